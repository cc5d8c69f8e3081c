"""The form of one requirement, and of a new one."""

import json

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.fields.show_if import words_of
from services.models import Requirement
from ula_portal.core.data.idempotency import new_key
from ula_portal.core.web.field_saving.forms import EditorForm, control

_ALWAYS = "{}"


def _text_field():
    return forms.CharField(
        label=gettext_lazy("Persyaratan"),
        max_length=300,
        widget=control(forms.TextInput()),
        error_messages={"required": gettext_lazy("Tulis persyaratannya.")},
    )


def _kind_field():
    return forms.ChoiceField(
        label=gettext_lazy("Cara memenuhinya"), choices=Requirement.Kind.choices, widget=control(forms.Select())
    )


class RequirementForm(EditorForm):
    """A requirement. ``conditions``: (condition as JSON, words) that the form of the service offers."""

    INPUTS = {name: (name,) for name in ("text", "kind", "required", "show_if", "issued_by")}
    text = _text_field()
    kind = _kind_field()
    required = forms.BooleanField(
        label=gettext_lazy("Wajib"), required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )
    show_if = forms.ChoiceField(
        label=gettext_lazy("Berlaku bila"),
        required=False,
        widget=control(forms.Select()),
        error_messages={"invalid_choice": gettext_lazy("Pilih salah satu dari daftar.")},
    )
    issued_by = forms.CharField(
        label=gettext_lazy("Diterbitkan oleh"),
        required=False,
        max_length=150,
        widget=control(forms.TextInput()),
        help_text=gettext_lazy("Kantor yang mengeluarkannya, untuk pemohon yang belum punya."),
    )

    def __init__(self, conditions, present, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offered = [(_ALWAYS, _("Selalu")), *conditions]
        if condition_text(present) not in dict(offered):
            offered.append((condition_text(present), condition_words(present)))
        self.fields["show_if"].choices = offered

    @classmethod
    def inputs_of(cls, values):
        return dict(values) | {"show_if": condition_text(values["show_if"])}

    def to_save(self, was):
        fields = super().to_save(was)
        return fields | {"show_if": json.loads(fields["show_if"] or _ALWAYS)}

    def in_words(self, name, value):
        if name == "show_if":
            known = dict(self.fields["show_if"].choices)
            return known.get(condition_text(value)) or condition_words(value)
        if name == "required":
            return _("wajib") if value else _("tidak wajib")
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))


class NewRequirementForm(forms.Form):
    use_required_attribute = False
    text = _text_field()
    kind = _kind_field()
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"key": new_key(), "kind": Requirement.Kind.UPLOAD}, prefix="baru", **kwargs)


def condition_text(condition):
    return json.dumps(condition or {}, sort_keys=True, ensure_ascii=False)


def condition_words(condition):
    """A condition in words, without the labels of the form."""
    return words_of(condition or {}) or _("Selalu")


def conditions_from(fields):
    """The conditions that a form offers: each answer of each field with options, as (JSON, words)."""
    return [
        (condition_text({field.name: [option]}), f"{field.label}: {option}")
        for field in fields
        for option in field.kind.options(field)
    ]
