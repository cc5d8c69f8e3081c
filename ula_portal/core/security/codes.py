"""Access codes and tokens: derived from the key and a row's nonce, stored only as a hash.

So a second tap, a reprint and the worker can show a code again, while the database alone cannot.
"""

import base64
import hashlib
import hmac
import itertools
import secrets

from django.conf import settings

# No I, L, O, U, 0, 1: read aloud and typed from paper without mistakes.
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


def new_nonce() -> str:
    """32 hex characters to keep in the row."""
    return secrets.token_hex(16)


def _digest(purpose: str, nonce: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), f"{purpose}:{nonce}".encode(), hashlib.sha256).digest()


def code(purpose: str, nonce: str, length: int = 8) -> str:
    """A code for people: ``length`` characters of ALPHABET (8 of 30 letters: 39 bits; throttle its use)."""
    number = int.from_bytes(_digest(purpose, nonce))
    letters = []
    for _position in range(length):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def token(purpose: str, nonce: str) -> str:
    """A token for URLs: 43 characters, 256 bits."""
    return base64.urlsafe_b64encode(_digest(purpose, nonce)).rstrip(b"=").decode()


def stored_hash(secret: str) -> str:
    """What stands in the database for a code or token (hex SHA-256)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(given: str, hashed: str) -> bool:
    """Compare a code that was typed with the stored hash, in constant time; nothing is the same as no hash."""
    return hmac.compare_digest(stored_hash(given), hashed or stored_hash("absent")) and bool(hashed)


def normalise(typed: str) -> str:
    """A code as people type it: spaces, hyphens and case do not matter."""
    return "".join(ch for ch in typed.upper() if ch.isalnum())


# What people take each other for, on paper and in handwriting: read → letters of ALPHABET it may stand for.
LOOK_ALIKES = {"0": "QD", "O": "QD", "1": "7J", "I": "J", "L": "J", "U": "V"} | {
    letter: pair for pair in ("5S", "2Z", "8B", "6G") for letter in pair
}


def spellings(typed: str, length: int = 8) -> list[str]:
    """The codes that somebody may have meant: what was typed first, then with letters that look alike.

    At most 2 to the ``length``; only what was typed where it has another length than a code.
    """
    code = normalise(typed)
    if len(code) != length:
        return [code]
    meant = ("".join(letters) for letters in itertools.product(*(LOOK_ALIKES.get(each, each) for each in code)))
    return [code, *(each for each in meant if each != code)]
