"""Access codes and tokens, derived from the secret key and a row's nonce; only a hash is stored.

So the portal can show a code again (second tap, reprint, notice), but the database alone does not reveal it.
"""

import base64
import hashlib
import hmac
import itertools
import secrets

from django.conf import settings

# Without I, L, O, U, 0 and 1, so that codes can be read aloud and typed from paper without mistakes.
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def new_nonce() -> str:
    """A random nonce (32 hex characters) to store in a row."""
    return secrets.token_hex(16)


def _digest(purpose: str, nonce: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), f"{purpose}:{nonce}".encode(), hashlib.sha256).digest()


def code(purpose: str, nonce: str, length: int = 8) -> str:
    """A code for people: ``length`` characters of ALPHABET. Eight have 39 bits, so its use must be throttled."""
    number = int.from_bytes(_digest(purpose, nonce))
    letters = []
    for _position in range(length):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def token(purpose: str, nonce: str) -> str:
    """A token for URLs (43 characters, 256 bits)."""
    return base64.urlsafe_b64encode(_digest(purpose, nonce)).rstrip(b"=").decode()


def stored_hash(secret: str) -> str:
    """The hash that is stored for a code or token (SHA-256, hex)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(submitted: str, hashed: str) -> bool:
    """Compare a submitted code with the stored hash in constant time. An empty hash matches nothing."""
    return hmac.compare_digest(stored_hash(submitted), hashed or stored_hash("absent")) and bool(hashed)


def normalise(submitted: str) -> str:
    """A submitted code in capitals, without spaces and hyphens."""
    return "".join(ch for ch in submitted.upper() if ch.isalnum())


# Characters that people confuse on paper and in handwriting → the letters of ALPHABET that may be meant.
LOOK_ALIKES = {"0": "QD", "O": "QD", "1": "7J", "I": "J", "L": "J", "U": "V"} | {
    letter: pair for pair in ("5S", "2Z", "8B", "6G") for letter in pair
}


def spellings(submitted: str, length: int = 8) -> list[str]:
    """The codes that may be meant: the submitted one first, then those with look-alike letters.

    At most 2 to the power of ``length``. Only the submitted one if it does not have the length of a code.
    """
    code = normalise(submitted)
    if len(code) != length:
        return [code]
    candidates = ("".join(letters) for letters in itertools.product(*(LOOK_ALIKES.get(each, each) for each in code)))
    return [code, *(each for each in candidates if each != code)]
