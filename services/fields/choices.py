"""Types of form fields with options: one of them, several of them, yes or no."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.text.cleaning import plain_line

from .base import TEXT_LIMIT, Definition, FieldType
from .parts import MAIN, PartsField, PartsWidget, kept_parts
from .show_if import OTHER

# A choice with more options than this is shown as a select box instead of radio buttons.
RADIO_LIMIT = 6
YES, NO = "Ya", "Tidak"


class ChoiceType(FieldType):
    """One of the options, or with the setting ``other`` a text of the applicant's own, stored as {"other": text}."""

    name = "choice"
    title = gettext_lazy("Pilihan, satu jawaban")
    settings: tuple[str, ...] = ("options", "other", "paper_hint", "prefill")
    seconds = 8

    def form_field(self, definition: Definition) -> forms.Field:
        if definition.rules.get("other"):
            return OptionsField(self.options(definition), definition)
        options = [(option, option) for option in self.options(definition)]
        radio = len(options) <= RADIO_LIMIT
        if not radio or not definition.required:
            options = [("", _("Pilih salah satu") if not radio else _("Tidak diisi")), *options]
        return forms.ChoiceField(
            label=definition.label,
            help_text=definition.help,
            required=definition.required,
            choices=options,
            widget=forms.RadioSelect if radio else forms.Select,
            error_messages={"invalid_choice": gettext_lazy("Pilihan ini tidak ada dalam daftar. Pilih salah satu.")},
        )

    def options(self, definition: Definition) -> tuple[str, ...]:
        own = (str(option) for option in definition.rules.get("options", []))
        return (*own, OTHER) if definition.rules.get("other") else tuple(own)

    def problems(self, definition: Definition) -> list[str]:
        options = self.options(definition)
        if not definition.rules.get("options"):
            return [_("Pilihannya belum ditulis.")]
        if len(set(options)) < len(options) or not all(option.strip() for option in options):
            return [_("Ada pilihan yang kosong atau sama.")]
        return []

    def to_initial(self, stored: Any, definition: Definition) -> Any:
        if not definition.rules.get("other"):
            return stored
        is_other = isinstance(stored, Mapping)
        return {MAIN: OTHER if is_other else stored, "other": stored["other"] if is_other else ""}

    def to_keep(self, typed: Any) -> Any:
        return kept_parts(typed)

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        return str(stored["other"] if isinstance(stored, Mapping) else stored)


class YesNoType(ChoiceType):
    name = "yes_no"
    title = gettext_lazy("Ya atau tidak")
    settings = ("paper_hint",)
    seconds = 5

    def options(self, definition: Definition) -> tuple[str, ...]:
        return YES, NO

    def problems(self, definition: Definition) -> list[str]:
        return []


class ChoicesType(ChoiceType):
    """Several of the options, stored as a list in the order of the options; {"other": text} comes last."""

    name = "choices"
    title = gettext_lazy("Pilihan, beberapa jawaban")
    settings = ("options", "other", "min_items", "max_items", "paper_hint")
    seconds = 15
    is_column = False

    def form_field(self, definition: Definition) -> forms.Field:
        return OptionsField(self.options(definition), definition, several=True)

    def problems(self, definition: Definition) -> list[str]:
        found, rules = super().problems(definition), definition.rules
        least, most = rules.get("min_items") or 0, rules.get("max_items") or len(self.options(definition))
        if not found and least > len(self.options(definition)):
            return [_("Pilihannya kurang dari jumlah yang harus dipilih.")]
        if not found and not 0 <= least <= most:
            return [_("Jumlah pilihan paling sedikit lebih besar daripada paling banyak.")]
        return found

    def hint(self, definition: Definition) -> str:
        least, most = definition.rules.get("min_items"), definition.rules.get("max_items")
        if most:
            return _("Pilih paling banyak %(n)s.") % {"n": most}
        return _("Pilih paling sedikit %(n)s.") % {"n": least} if least and least > 1 else _("Boleh lebih dari satu.")

    def to_initial(self, stored: Any, definition: Definition) -> Any:
        other = next((each["other"] for each in stored if isinstance(each, Mapping)), "")
        return {MAIN: [OTHER if isinstance(each, Mapping) else each for each in stored], "other": other}

    def display(self, stored: Any, definition: Definition | None = None) -> str:
        return ", ".join(super(ChoicesType, self).display(each) for each in stored)

    def from_plain(self, value: Any) -> Any:
        return {MAIN: list(value) if isinstance(value, list | tuple) else [value]}


class OptionsField(PartsField):
    """Radio buttons or check boxes, with a text box beside the option "Lainnya"."""

    template = "services/fields/options.html"

    def __init__(self, options: tuple[str, ...], definition: Definition, *, several: bool = False) -> None:
        self.options, self.several, self.rules = options, several, definition.rules
        # An answer that is not required can be taken back; a radio button cannot be unticked.
        self.shown = ("", *options) if not several and not definition.required else options
        kind = ChoicesType() if several else ChoiceType()
        super().__init__(
            label=definition.label,
            help_text=definition.help or kind.hint(definition),
            required=definition.required,
            widget=PartsWidget(("other",), several=several),
        )

    @property
    def other(self) -> str:
        return OTHER

    def clean(self, value: Any) -> Any:
        typed = value if isinstance(value, Mapping) else {MAIN: value}
        main = typed.get(MAIN) or []
        chosen = [option for option in (main if isinstance(main, list) else [main]) if option]
        if any(option not in self.options for option in chosen):
            raise ValidationError(_("Pilihan ini tidak ada dalam daftar. Pilih salah satu."))
        if not chosen:
            if self.required:
                raise ValidationError(self.error_messages["required"])
            return [] if self.several else ""
        answers = [self._own_text(typed) if option == OTHER else option for option in self.options if option in chosen]
        if not self.several:
            return answers[0]
        self._check_number(len(answers))
        return answers

    def _own_text(self, typed: Mapping[str, Any]) -> Any:
        if not self.rules.get("other"):
            return OTHER
        text = plain_line(str(typed.get("other") or ""))
        if not text:
            raise ValidationError(_("Tulis isi “Lainnya” di kotak di bawahnya."))
        if len(text) > TEXT_LIMIT:
            raise ValidationError(_("Isi “Lainnya” paling banyak %(n)s huruf.") % {"n": TEXT_LIMIT})
        return {"other": text}

    def _check_number(self, number: int) -> None:
        least, most = self.rules.get("min_items") or 0, self.rules.get("max_items") or len(self.options)
        if number < least:
            raise ValidationError(_("Pilih paling sedikit %(n)s.") % {"n": least})
        if number > most:
            raise ValidationError(_("Pilih paling banyak %(n)s.") % {"n": most})
