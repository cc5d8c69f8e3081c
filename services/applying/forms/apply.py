"""The form of a request, built from the fields of its form version, and the small forms around it."""

import datetime

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.fields.forms import QuestionsForm
from services.fields.groups import GroupField, rearranged
from services.fields.queries import INVALID_INPUTS, fields_of, prefilled
from services.fields.show_if import reduced, visible_fields
from ula_portal.core.security import secrets_at_rest
from ula_portal.core.text.cleaning import plain_text, row_id
from ula_portal.core.text.fields import LineField, TextField


class AnswersForm(QuestionsForm):
    """The questions of one part of a draft. Fields hidden by other answers are neither required nor saved.

    After validation, valid or not, ``stored`` and ``invalid_inputs`` go to ``save_answers``, so that no input is lost.
    ``act``: the name of the question whose button was pressed (a row added, a school searched), or "". The form is
    then shown again with what was typed.
    """

    def __init__(self, draft, part, data=None, *, all_fields=None):
        """``all_fields``: the fields of the whole form, if it is not published yet."""
        self.answers, self.all_fields = draft.answers, all_fields or fields_of(draft.form_version_id)
        self.act = ""
        shown = self._conditions_here(part.fields)
        definitions = [definition for definition in part.fields if shown[definition.name] is not None]
        initial = _initial(definitions, draft.answers, self.all_fields)
        super().__init__(definitions, conditions=shown, initial=initial, data=data)
        if data is not None and "act" in data:
            self._perform(data["act"])

    def _conditions_here(self, fields):
        """Return what remains of the conditions of this page's fields (name → condition), None if they cannot hold."""
        known = {field.name: self.answers.get(field.name) for field in visible_fields(self.all_fields, self.answers)}
        here = {field.name for field in fields}
        return {field.name: reduced(field.show_if, known, here) for field in fields}

    def question(self, definition):
        field = super().question(definition)
        if definition.kind.is_secret:
            # Keeps js/keep.js from saving the input in the browser.
            field.widget.attrs["data-keep-not"] = ""
        if definition.kind.is_secret and definition.name in self.answers:
            shown_as = definition.kind.display(self.answers[definition.name], definition)
            field.required = False
            field.help_text = _("Sudah tersimpan: %(value)s. Kosongkan bila tidak berubah.") % {"value": shown_as}
        return field

    def _perform(self, act):
        """Carry out the act of a button, ``question.act`` or ``question.row.act``, on the input."""
        name, _dot, rest = act.partition(".")
        if name not in self.fields:
            return
        self.act = name
        if isinstance(self.fields[name], GroupField):
            index, _dot, verb = rest.rpartition(".")
            typed = self.fields[name].widget.value_from_datadict(self.data, {}, name)
            self.data = self.fields[name].written(self.data, name, rearranged(typed, verb, row_id(index)))

    def clean(self):
        """Check the rule ``not_before``, which names the field of an earlier date on this or another page."""
        for later in self.definitions:
            earlier = next((field for field in self.all_fields if field.name == later.rules.get("not_before")), None)
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
        if self.is_bound:
            answers = {**self.answers, **{name: self.cleaned_data.get(name) for name in self.fields}}
            self.drop_hidden(visible_fields(self.all_fields, answers))

    @property
    def stored(self) -> dict:
        """The valid answers of this part (field name → stored value); a secret left blank stays as it was."""
        kept = [each.name for each in self.definitions if each.kind.is_secret and each.name in self.cleaned_data]
        return {name: self.answers[name] for name in kept if name in self.answers} | super().stored

    @property
    def invalid_inputs(self) -> dict:
        """The inputs to show again as they were typed (field name → text); secrets are encrypted."""
        inputs = {}
        for definition in self.definitions:
            if definition.name not in self.errors and definition.name != self.act:
                continue
            typed = self[definition.name].data or ""
            kept = definition.kind.to_keep(plain_text(typed) if isinstance(typed, str) else typed)
            if kept:
                inputs[definition.name] = secrets_at_rest.encrypt(kept) if definition.kind.is_secret else kept
        return inputs


def _initial(definitions, answers, all_fields=()):
    invalid, initial = answers.get(INVALID_INPUTS, {}), {}
    for definition in definitions:
        kind = definition.kind
        if definition.name in invalid:
            kept = invalid[definition.name]
            initial[definition.name] = kind.from_kept(
                secrets_at_rest.decrypt(kept) if kind.is_secret else kept, definition
            )
        elif definition.name in answers:
            initial[definition.name] = kind.to_initial(answers[definition.name], definition)
        elif known := prefilled(definition, answers, all_fields):
            initial[definition.name] = known
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
