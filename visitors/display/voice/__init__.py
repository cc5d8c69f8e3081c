"""The voice of the waiting room: sentences spoken on the server by eSpeak NG, cached as files."""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings

from .words import call_words

__all__ = ["VoiceSilent", "call_words", "delete_old_recordings", "recording_of"]

_SPEAKER = Path(__file__).with_name("speaker.py")
# Part of the file name, so that another version of the speaker makes new files.
_VERSION = "1"
_SECONDS_TO_SPEAK = 15
# Recordings of earlier days are of no use, because numbers start again each morning.
_RETENTION_SECONDS = 2 * 24 * 3600
_DELETE_BATCH = 500


class VoiceSilent(Exception):
    """The sentence could not be spoken on this server; the display falls back to a chime."""


def recording_of(text: str) -> Path:
    """The WAV file with the spoken text, made if it does not exist yet.

    Raises: VoiceSilent.
    """
    folder = settings.VOICE_DIR
    path = folder / f"{hashlib.sha256(f'{_VERSION} {text}'.encode()).hexdigest()}.wav"
    if path.exists():
        return path
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".part", dir=folder)
        os.close(handle)
    except OSError as error:
        raise VoiceSilent(str(error)) from error
    try:
        # The only argument is our own file name; the text is passed by standard input.
        subprocess.run(
            [sys.executable, "-I", str(_SPEAKER), name],
            input=text.encode(),
            check=True,
            capture_output=True,
            timeout=_SECONDS_TO_SPEAK,
        )
        # Two processes may make the same file; replacing it is atomic, so readers always get a whole one.
        os.replace(name, path)
    except (OSError, subprocess.SubprocessError) as error:
        raise VoiceSilent(str(error)) from error
    finally:
        Path(name).unlink(missing_ok=True)
    return path


def delete_old_recordings() -> int:
    """Delete recordings older than two days, at most 500; returns how many. A chore of the worker."""
    if not settings.VOICE_DIR.is_dir():
        return 0
    limit, gone = time.time() - _RETENTION_SECONDS, 0
    for path in settings.VOICE_DIR.iterdir():
        if gone == _DELETE_BATCH:
            break
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
