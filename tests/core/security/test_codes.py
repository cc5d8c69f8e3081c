"""Codes as people read and type them."""

from hypothesis import given
from hypothesis import strategies as st

from ula_portal.core.security import codes

CODES = st.text(codes.ALPHABET, min_size=8, max_size=8)


@given(CODES)
def test_a_code_is_among_its_own_spellings_and_first(code):
    found = codes.spellings(f" {code[:4].lower()}-{code[4:]} ")
    assert found[0] == code and len(found) == len(set(found)) <= 2**8


@given(CODES, st.data())
def test_letters_taken_for_each_other_lead_to_the_code(code, data):
    wrong = {letter: typed for typed, meant in codes.LOOK_ALIKES.items() for letter in meant}
    typed = [wrong.get(letter, letter) if data.draw(st.booleans()) else letter for letter in code]
    assert code in codes.spellings("".join(typed))


def test_another_length_is_only_what_was_typed():
    assert codes.spellings("2Z 58") == ["2Z58"]
    assert codes.spellings("") == [""]


def test_a_code_is_the_same_as_its_hash_and_nothing_is_the_same_as_none():
    hashed = codes.stored_hash("ABCD2345")
    assert codes.matches("ABCD2345", hashed)
    for typed, stored in (("ABCD2346", hashed), ("", hashed), ("", ""), ("absent", ""), ("ABCD2345", "ABCD2345")):
        assert not codes.matches(typed, stored)
