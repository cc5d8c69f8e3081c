"""Encrypted data cannot be read without the key."""

import pytest

from ula_portal.core.security import secrets_at_rest


def test_comes_back_and_never_looks_the_same():
    one, two = secrets_at_rest.encrypt("3515140508680001"), secrets_at_rest.encrypt("3515140508680001")
    assert one != two and "3515140508680001" not in one
    assert secrets_at_rest.decrypt(one) == secrets_at_rest.decrypt(two) == "3515140508680001"


def test_hash_depends_on_key_and_purpose(settings):
    first = secrets_at_rest.keyed_hash("nik", "3515140508680001")
    assert first == secrets_at_rest.keyed_hash("nik", "3515140508680001") and len(first) == 64
    assert first != secrets_at_rest.keyed_hash("nip", "3515140508680001")
    settings.SECRET_KEY = "another key of this portal, long enough for it"
    assert first != secrets_at_rest.keyed_hash("nik", "3515140508680001")


def test_an_older_key_still_reads_and_a_lost_one_says_so(settings):
    cipher, old = secrets_at_rest.encrypt("abc"), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key of this portal, long enough for it", [old]
    assert secrets_at_rest.decrypt(cipher) == "abc"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(secrets_at_rest.Unreadable):
        secrets_at_rest.decrypt(cipher)


def test_a_changed_cipher_text_is_refused():
    cipher = secrets_at_rest.encrypt("abc")
    with pytest.raises(secrets_at_rest.Unreadable):
        secrets_at_rest.decrypt(cipher[:-4] + "AAAA")
