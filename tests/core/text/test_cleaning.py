"""Text input becomes plain: no invisible characters, one encoding of each letter; cleaning it again changes nothing."""

import unicodedata

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from ula_portal.core.text.cleaning import plain_line, plain_text, row_id
from ula_portal.core.text.fields import DateField, LineField, TextField


@given(st.text())
def test_plain_text_is_plain(text):
    line, lines = plain_line(text), plain_text(text)
    assert plain_line(line) == line and plain_text(lines) == lines
    assert plain_line(lines) == line
    for sign in lines:
        assert sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("  Siti\t Aminah \r\n", "Siti Aminah"),
        ("Nama\u2028Palsu\x85: x", "Nama Palsu : x"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("\u200b\u2060\ufeff\u3164\u2800", ""),
        ("e\u200b\u0301", "\u00e9"),
        ("I Gusti N\u0303", "I Gusti \u00d1"),
        ("Z" + "\u0336" * 50, "Z" + "\u0336" * 4),
        ("Ma'ruf, S.Pd. – Ø 你好 \U0001f600", "Ma'ruf, S.Pd. – Ø 你好 \U0001f600"),
    ],
)
def test_a_line(typed, line):
    assert plain_line(typed) == line


def test_lines_stay_lines():
    assert plain_text("\r\na\x0bb \r\rc\x00\n") == "a\nb\n\nc"


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("²", 0), ("٣", 0), ("-1", 0), ("9" * 30, 0), (None, 0)])
def test_row_id(text, number):
    assert row_id(text) == number


def test_a_form_shows_no_more_again_than_it_keeps():
    """Two megabytes are not sent back to a phone; the part shown is enough to shorten the text by hand."""

    class Form(forms.Form):
        line, text, day = LineField(max_length=10), TextField(max_length=20), DateField()

    form = Form({"line": "x" * 50, "text": "y" * 2_000_000, "day": "z" * 2_000_000})
    assert set(form.errors) == {"line", "text", "day"}
    assert form["line"].value() == "x" * 20 and form["text"].value() == "y" * 40
    assert len(str(form)) < 4000
    assert form.errors["text"] == ["Terlalu panjang: 2000000 huruf, paling banyak 20. Hanya 40 huruf pertama disimpan."]
