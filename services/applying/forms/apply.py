"""The form of a request, built from the fields of its form version, and the small forms around it."""

import datetime
import json

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.fields.queries import INVALID_INPUTS, fields_of
from services.fields.show_if import visible_fields
from ula_portal.core.security import secrets_at_rest
from ula_portal.core.text.cleaning import plain_text
from ula_portal.core.text.fields import LineField, TextField, storable_part
from ula_portal.core.text.words import indonesian


class AnswersForm(forms.Form):
    """The questions of one part of a draft. Fields hidden by other answers are neither required nor saved.

    After validation, valid or not, ``stored`` and ``invalid_inputs`` go to ``save_answers``, so that no input is lost.
    """

    def __init__(self, draft, part, data=None):
        self.definitions, self.answers = list(part.fields), draft.answers
        self.all_questions = [field for field in fields_of(draft.form_version_id) if not field.kind.is_file]
        super().__init__(data, initial=_initial(self.definitions, draft.answers))
        for definition in self.definitions:
            self.fields[definition.name] = self._field(definition)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*map(self._row, self.definitions))

    def _field(self, definition):
        field = definition.kind.form_field(definition)
        _mark_language(field, definition)
        field.error_messages["required"] = _("Isian ini wajib diisi.")
        if definition.kind.is_secret:
            # Keeps js/keep.js from saving the input in the browser.
            field.widget.attrs["data-keep-not"] = ""
        if definition.kind.is_secret and definition.name in self.answers:
            shown_as = definition.kind.display(self.answers[definition.name], definition)
            field.required = False
            field.help_text = _("Sudah tersimpan: %(value)s. Kosongkan bila tidak berubah.") % {"value": shown_as}
        return field

    def _row(self, definition):
        radio = isinstance(self.fields[definition.name].widget, forms.RadioSelect)
        row = Field(definition.name, **({"wrapper_class": "choices"} if radio else {}))
        # Conditions on answers of other pages are evaluated before this page is shown.
        conditions = {name: wanted for name, wanted in definition.show_if.items() if name in self.fields}
        if not conditions:
            return row
        hint = HTML(format_html('<p class="form-note mb-1" data-show-if-hint>{}</p>', self._condition(conditions)))
        return Div(hint, row, css_class="depends", data_show_if=json.dumps(conditions, ensure_ascii=False))

    def _condition(self, condition):
        """Return the condition in words, for browsers without scripts."""
        labels = {definition.name: definition.label for definition in self.definitions}
        parts = [f"{labels.get(name, name)}: {_(' atau ').join(wanted)}" for name, wanted in condition.items()]
        return _("Diisi hanya bila %(condition)s.") % {"condition": "; ".join(parts)}

    def clean(self):
        """Check the rule ``not_before``, which names the field of an earlier date on this or another page."""
        for later in self.definitions:
            earlier = next((field for field in self.all_questions if field.name == later.rules.get("not_before")), None)
            day = self.cleaned_data.get(later.name)
            first = earlier and (
                self.cleaned_data.get(earlier.name) or _initial([earlier], self.answers).get(earlier.name)
            )
            if day and isinstance(first, datetime.date) and day < first:
                words = {"label": earlier.label, "day": date_format(first, "j F Y")}
                self.add_error(later.name, _("Tanggal ini lebih awal daripada “%(label)s” (%(day)s).") % words)
        return self.cleaned_data

    def full_clean(self):
        super().full_clean()
        if not self.is_bound:
            return
        self._drop_hidden()

    def _drop_hidden(self):
        answers = {**self.answers, **{name: self.cleaned_data.get(name) for name in self.fields}}
        applying = {definition.name for definition in visible_fields(self.all_questions, answers)}
        for name in set(self.fields) - applying:
            self._errors.pop(name, None)
            self.cleaned_data.pop(name, None)

    @property
    def stored(self) -> dict:
        """The valid answers of this part (field name → stored value)."""
        answers = {}
        for definition in self.definitions:
            value = self.cleaned_data.get(definition.name)
            if value not in (None, ""):
                answers[definition.name] = definition.kind.to_stored(value, definition)
            elif definition.kind.is_secret and self._keeps_secret(definition.name):
                answers[definition.name] = self.answers[definition.name]
        return answers

    def _keeps_secret(self, name):
        return name in self.cleaned_data and name in self.answers

    @property
    def invalid_inputs(self) -> dict:
        """The invalid inputs as they were typed (field name → text); secrets are encrypted."""
        inputs = {}
        for definition in self.definitions:
            text = plain_text(self.data.get(definition.name, ""))
            if definition.name in self.errors and text:
                text = storable_part(text, definition.kind.max_length)
                inputs[definition.name] = secrets_at_rest.encrypt(text) if definition.kind.is_secret else text
        return inputs


def _mark_language(field, definition):
    """Mark labels, help and options as Indonesian, since the office writes them so whatever the page's language."""
    field.label = indonesian(definition.label)
    if definition.help:
        field.help_text = indonesian(definition.help)
    if isinstance(field.widget, forms.RadioSelect):
        field.choices = [(value, indonesian(label) if value else label) for value, label in field.choices]
    elif isinstance(field.widget, forms.Select):
        # Options cannot contain markup, so the whole select is marked.
        field.widget.attrs["lang"] = "id"


def _initial(definitions, answers):
    invalid, initial = answers.get(INVALID_INPUTS, {}), {}
    for definition in definitions:
        if definition.name in invalid:
            text = invalid[definition.name]
            initial[definition.name] = secrets_at_rest.decrypt(text) if definition.kind.is_secret else text
        elif definition.name in answers:
            initial[definition.name] = definition.kind.to_initial(answers[definition.name], definition)
    return initial


class Honeypot(forms.Form):
    """A field that is hidden from people, so that only robots fill it in."""

    situs_web = LineField(required=False)

    @property
    def is_robot(self) -> bool:
        return not self.is_valid() or bool(self.cleaned_data["situs_web"])


class KeyForm(forms.Form):
    """Base of forms for codes typed from paper; every field is required."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("Isian ini wajib diisi.")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class ResumeForm(KeyForm):
    """Opens a draft by its code."""

    code = LineField(
        label=gettext_lazy("Kode draf"),
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "ABCD EFGH JKMN", "autocomplete": "off", "class": "input-code"}),
    )


class TrackForm(KeyForm):
    """Opens a request by the number and code printed on the receipt."""

    number = LineField(
        label=gettext_lazy("Nomor permohonan"),
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "ULA-2026-000123", "autocomplete": "off", "class": "input-code"}),
    )
    code = LineField(
        label=gettext_lazy("Kode pelacakan"),
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "ABCD EFGH", "autocomplete": "off", "class": "input-code"}),
    )


class LostCodeForm(KeyForm):
    """Asks applicants who lost the code for the request's number and their contact."""

    number = LineField(
        label=gettext_lazy("Nomor permohonan"),
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "ULA-2026-000123", "autocomplete": "off", "class": "input-code"}),
    )
    contact = LineField(
        label=gettext_lazy("Surel atau nomor HP yang Anda tulis saat mengajukan"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email"}),
    )


class TextForm(forms.Form):
    """A message to the office."""

    text = TextField(
        label=gettext_lazy("Pesan"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args, label=None, required=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = required
        self.fields["text"].error_messages["required"] = _(
            "Pesan belum terkirim karena masih kosong. Tulis pesan Anda dahulu."
        )
        if label:
            self.fields["text"].label = label


class BroughtForm(TextForm):
    """The applicant's answer to a question of the office.

    ``sure`` confirms an answer without anything new; it is shown only after a refusal, whose text is ``asked_back``.
    """

    asked_back = ""
    sure = forms.BooleanField(required=False)

    def ask_back(self, refused):
        self.asked_back = str(refused)
