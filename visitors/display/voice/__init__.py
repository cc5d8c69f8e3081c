"""The voice of the waiting room: sentences spoken on the server by eSpeak NG, each kept as a file for a while."""

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
# Another version of the speaker is another sound.
_VERSION = "1"
_SECONDS_TO_SPEAK = 15
# Recordings of earlier days are of no use: numbers begin anew each morning.
_RETENTION_SECONDS = 2 * 24 * 3600
_DELETE_BATCH = 500


class VoiceSilent(Exception):
    """The sentence could not be spoken on this server; the display falls back to the chime."""


def recording_of(text: str) -> Path:
    """The WAV file with the spoken text, made when it is not there yet. Raises VoiceSilent."""
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
        # One argument of our own making; the text goes in by standard input.
        subprocess.run(
            [sys.executable, "-I", str(_SPEAKER), name],
            input=text.encode(),
            check=True,
            capture_output=True,
            timeout=_SECONDS_TO_SPEAK,
        )
        # Two who ask at once make the same file; it is whole for whoever opens it.
        os.replace(name, path)
    except (OSError, subprocess.SubprocessError) as error:
        raise VoiceSilent(str(error)) from error
    finally:
        Path(name).unlink(missing_ok=True)
    return path


def delete_old_recordings() -> int:
    """Delete recordings older than two days, at most 500 at once; returns how many."""
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
