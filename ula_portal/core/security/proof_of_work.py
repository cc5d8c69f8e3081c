"""Proof of work for busy sources: the person's device computes for a moment, so that flooding costs, a person not.

Only asked of a source (an address on the network, which many phones may share) that has tried more often than SOFT.
The page's own script solves the challenge of ALTCHA's protocol (``altcha``, version 1: find the number whose hash is
given) in the background; nothing leaves the portal. Who has no script, or a connection without encryption, where
browsers lend no hash function, waits WAIT seconds instead. Limits in ``core.security.throttle`` stay as they are.
"""

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from altcha import v1 as altcha
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ula_portal.core import clock

from . import throttle

# Tries of one source in the span of its throttle, from which on it is asked.
SOFT = {"draft": 8, "submit": 8, "code": 3, "lost-code": 1, "book": 6}
# Seconds: waiting instead of computing, and how long one challenge may be used.
WAIT, LIFETIME = 20, 20 * 60
# Numbers to try at most: a cheap phone tries some thousands a second, and needs half of them on average.
EASIEST, HARDEST = 30_000, 300_000
_SALT = "ula_portal.proof_of_work"
_KEY = "proof-of-work:"


class _Token(TypedDict):
    """What the form carries back: the challenge, the throttle's name, and since when it waits (POSIX)."""

    c: str
    n: str
    t: float


@dataclass(frozen=True)
class Challenge:
    """What the form carries: ``task`` (JSON) for the script, ``token`` signed for the way back, ``wait`` in seconds."""

    task: str
    token: str
    wait: int = WAIT


def challenge_for(name: str, who: str, posted: Mapping[str, str] | None = None) -> Challenge | None:
    """A challenge when this source is busy, else None.

    ``name``: a key of SOFT; ``who``: from ``throttle.client_of``; ``posted``: the form that was refused, whose waiting
    goes on instead of beginning anew.
    """
    tries = throttle.tries(name, who)
    if tries < _soft(name):
        return None
    most = min(EASIEST * 2 ** int(math.log2(max(tries / _soft(name), 1))), HARDEST)
    task = altcha.create_challenge(altcha.ChallengeOptions(hmac_key=_key(), max_number=most))
    now = clock.now().timestamp()
    earlier, age = _read(posted or {}, name)
    since = earlier["t"] if earlier and age < WAIT else now
    token = signing.dumps({"c": task.challenge, "n": name, "t": since}, salt=_SALT)
    return Challenge(json.dumps({**vars(task), "maxnumber": most}), token, math.ceil(WAIT - (now - since)))


def refusal(name: str, who: str, posted: Mapping[str, str]) -> str:
    """Why this posting must be repeated, as a sentence; empty when the source is not busy or has done its part.

    ``posted``: the form's data with ``proof_token`` and ``proof``. Call it before anything else is counted or done.
    """
    if throttle.tries(name, who) < _soft(name):
        return ""
    token, age = _read(posted, name)
    if token is None:
        return _("Sambungan ini sedang sibuk. Tunggu sebentar, lalu tekan tombolnya sekali lagi. Isian Anda tersimpan.")
    if age < WAIT and not _is_solved(posted.get("proof", ""), token["c"]):
        left = math.ceil(WAIT - age)
        return ngettext(
            "Tunggu %(left)d detik lagi, lalu tekan tombolnya sekali lagi. Isian Anda tersimpan.",
            "Tunggu %(left)d detik lagi, lalu tekan tombolnya sekali lagi. Isian Anda tersimpan.",
            left,
        ) % {"left": left}
    if not throttle.count("proof", throttle.digest(token["c"])):
        return _("Tekan tombolnya sekali lagi. Isian Anda tersimpan.")
    return ""


def _read(posted: Mapping[str, str], name: str) -> tuple[_Token | None, float]:
    """The form's token and its age in seconds; (None, 0) for one that is missing, forged, another's or too old."""
    try:
        token: _Token = signing.loads(posted.get("proof_token", ""), salt=_SALT)
    except signing.BadSignature:
        return None, 0
    age = clock.now().timestamp() - token["t"]
    return (token, age) if token["n"] == name and 0 <= age <= LIFETIME else (None, 0)


def _is_solved(solution: str, challenge: str) -> bool:
    try:
        payload = json.loads(base64.b64decode(solution, validate=True))
        fits, _error = altcha.verify_solution(payload, _key(), check_expires=False)
        return bool(fits) and payload["challenge"] == challenge
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False


def _soft(name: str) -> int:
    own: dict[str, int] = getattr(settings, "PROOF_FROM", {})
    return own.get(name, SOFT[name])


def _key() -> str:
    return _KEY + settings.SECRET_KEY
