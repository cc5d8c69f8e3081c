"""Form fields that clean what was submitted."""

import pytest
from django import forms

from ula_portal.core.text.fields import LineField, ListField, TextField


@pytest.mark.parametrize(
    ("submitted", "items"),
    [
        ("Satu\r\n  Dua  \n\nTiga", ["Satu", "Dua", "Tiga"]),
        ("Sa\x00tu\u200b", ["Satu"]),
        ("", []),
        (None, []),
    ],
)
def test_a_list_is_one_item_per_line_without_blank_lines_and_invisible_characters(submitted, items):
    assert ListField(required=False).clean(submitted) == items


def test_a_list_is_edited_one_item_per_line_and_unchanged_until_an_item_changes():
    field = ListField(required=False)
    shown = field.prepare_value(["Satu", "Dua"])
    assert shown == "Satu\nDua"
    assert not field.has_changed(["Satu", "Dua"], shown + "\r\n") and not field.has_changed(None, "")
    assert field.has_changed(["Satu", "Dua"], "Satu")


@pytest.mark.parametrize(
    ("field", "width"),
    [
        (LineField(max_length=8), 12),
        (LineField(max_length=150), 40),
        (LineField(max_length=40, widget=forms.TextInput(attrs={"placeholder": "ULA-2026-000123"})), 19),
        (LineField(widget=forms.TextInput(attrs={"size": 7})), 7),
        (LineField(widget=forms.HiddenInput), None),
        (TextField(), None),
    ],
)
def test_a_line_has_the_width_of_what_is_typed_at_most(field, width):
    assert field.widget.attrs.get("size") == width
