"""Proof of work for busy sources: the user's device computes for a moment, which makes flooding expensive.

It is only required from a source (a network address, which many phones may share) with more tries than SOFT. The
page's script solves the challenge in the background (ALTCHA protocol, version 1: find the number with a given hash)
without contacting any other server. Users without JavaScript, or without HTTPS, where browsers offer no hash function,
wait WAIT seconds instead. The limits of ``core.security.throttle`` apply in addition.
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

# Number of tries of one source, within the period of its throttle, from which a proof is required.
SOFT = {"draft": 8, "submit": 8, "code": 3, "lost-code": 1, "book": 6}
# Seconds: the wait that replaces a proof, and the validity of a challenge.
WAIT, LIFETIME = 20, 20 * 60
# Upper bounds of the number to find. A cheap phone tries some thousands per second and needs half on average.
EASIEST, HARDEST = 30_000, 300_000
_SALT = "ula_portal.proof_of_work"
_KEY = "proof-of-work:"


class _Token(TypedDict):
    """Content of the signed token: the challenge, the throttle's name, and when the wait began (POSIX time)."""

    c: str
    n: str
    t: float


@dataclass(frozen=True)
class Challenge:
    """Data for the form: ``task`` (JSON) for the script, the signed ``token`` to send back, ``wait`` in seconds."""

    task: str
    token: str
    wait: int = WAIT


def challenge_for(name: str, who: str, posted: Mapping[str, str] | None = None) -> Challenge | None:
    """A challenge if this source is busy, else None.

    ``name``: a key of SOFT; ``who``: from ``throttle.client_of``; ``posted``: the refused form, whose wait continues
    instead of starting again.
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


def missing_proof(name: str, who: str, posted: Mapping[str, str]) -> str:
    """A sentence why the form must be sent again; "" if the source is not busy, or has computed or waited.

    ``posted``: the form's data with ``proof_token`` and ``proof``. Call this before anything is counted or changed.
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
    """The form's token and its age in seconds; (None, 0) if it is missing, forged, expired or for another throttle."""
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
