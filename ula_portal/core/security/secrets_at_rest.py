"""Encryption of values that must not be readable in the database (NIK), and a keyed hash to look them up.

Both keys are derived from ``SECRET_KEY``. Keys in ``SECRET_KEY_FALLBACKS`` can still decrypt.
"""

import base64
import functools
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """The value was changed, or encrypted with a key that this portal no longer has."""


def _derived(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose, so that no two uses of the secret share a key."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"portal-ula:{purpose}".encode()).derive(secret.encode())


@functools.lru_cache(maxsize=4)
def _box(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(secret, "at-rest"))) for secret in secrets])


@functools.lru_cache(maxsize=4)
def _hash_key(secret: str) -> bytes:
    return _derived(secret, "look-up")


def encrypt(text: str) -> str:
    """The encrypted, authenticated text in URL-safe base64; different at each call."""
    return _box((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)).encrypt(text.encode()).decode()


def decrypt(cipher: str) -> str:
    """The decrypted text.

    Raises: Unreadable if the cipher text was changed or its key is gone.
    """
    try:
        return _box((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)).decrypt(cipher.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def keyed_hash(purpose: str, text: str) -> str:
    """A hash to look a value up by (64 hex characters). Without the key, short numbers cannot be guessed from it."""
    return hmac.new(_hash_key(settings.SECRET_KEY), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()
