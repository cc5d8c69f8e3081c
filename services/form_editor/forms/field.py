"""The form of a field or of a column of a group: its texts, the settings of its type, and its condition."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.fields.base import TYPES
from services.fields.show_if import words_of
from services.fields.types import ITEM_TYPES
from ula_portal.core.web.field_saving.forms import EditorForm, control, textarea

from ..queries.editing import Form, Place
from ..rules import condition_of, groups_of
from .conditions import GROUPS, LineList, lines_to_pick

WHEN = tuple(f"when_{number}" for number in range(GROUPS))


def _text(label: Any, limit: int, help_text: Any = "", **attrs: Any) -> forms.CharField:
    widget = control(forms.TextInput(), **attrs)
    return forms.CharField(label=label, max_length=limit, required=False, help_text=help_text, widget=widget)


def _number(label: Any, help_text: Any = "") -> forms.CharField:
    return _text(label, 20, help_text, inputmode="decimal", size=8)


def _tick(label: Any, help_text: Any = "") -> forms.BooleanField:
    widget = forms.CheckboxInput(attrs={"class": "form-check-input"})
    return forms.BooleanField(label=label, required=False, help_text=help_text, widget=widget)


class FieldForm(EditorForm):
    """Only the inputs that the field's type has. ``form``: the whole form, ``place``: the field in it."""

    label = _text(gettext_lazy("Pertanyaan"), 400)
    help = forms.CharField(
        label=gettext_lazy("Keterangan"),
        max_length=600,
        required=False,
        help_text=gettext_lazy("Tampil di bawah pertanyaan."),
        widget=textarea(2),
    )
    required = _tick(gettext_lazy("Wajib diisi"))
    text = forms.CharField(label=gettext_lazy("Isi"), max_length=4000, required=False, widget=textarea(4))
    options = forms.CharField(
        label=gettext_lazy("Pilihan"),
        max_length=40_000,
        required=False,
        help_text=gettext_lazy("Satu baris satu pilihan."),
        widget=textarea(4),
    )
    other = _tick(gettext_lazy("Tambahkan pilihan Lainnya"), gettext_lazy("Pemohon menulis sendiri isinya."))
    item_type = forms.ChoiceField(label=gettext_lazy("Isi tiap baris"), required=False, widget=control(forms.Select()))
    item_label = _text(gettext_lazy("Sebutan satu baris"), 160, gettext_lazy("Misalnya “Siswa”."))
    min = _number(gettext_lazy("Angka terkecil"))
    max = _number(gettext_lazy("Angka terbesar"))
    min_items = _number(gettext_lazy("Paling sedikit"))
    max_items = _number(gettext_lazy("Paling banyak"))
    not_before = forms.ChoiceField(
        label=gettext_lazy("Tidak lebih awal daripada"), required=False, widget=control(forms.Select())
    )
    example = _text(gettext_lazy("Contoh jawaban"), 240, gettext_lazy("Tampil di bawah isian."))
    paper_hint = _text(
        gettext_lazy("Letaknya pada dokumen"), 320, gettext_lazy("Misalnya “kanan atas ijazah, di bawah foto”.")
    )
    prefill = forms.ChoiceField(
        label=gettext_lazy("Terisi sendiri dari"),
        required=False,
        help_text=gettext_lazy("Pemohon masih dapat mengubahnya."),
        widget=control(forms.Select()),
    )

    def __init__(self, form: Form, place: Place, *args: Any, **kwargs: Any) -> None:
        self.form, self.place = form, place
        self.groups = groups_of(place.definition.show_if)
        # A condition with more than this form can show comes from a file, and stays as it is.
        self.shows_condition = self.groups is not None and len(self.groups) <= GROUPS
        self.INPUTS = self._inputs()
        super().__init__(*args, **kwargs)
        wanted = {name for names in self.INPUTS.values() for name in names}
        for name in set(self.fields) - wanted:
            del self.fields[name]
        self._fill_choices()
        for name, field in self.fields.items():
            # Without these, the type has nothing to show.
            field.is_optional = name not in ("options", "text", "item_type")
        if self.place.kind.name == "info":
            self.fields["label"].label = _("Judul")

    def _inputs(self) -> dict[str, tuple[str, ...]]:
        inputs: dict[str, tuple[str, ...]] = {name: (name,) for name in self.place.values()}
        if not self.place.kind.has_answer:
            del inputs["required"], inputs["help"]
        if "item" in inputs:
            inputs["item"] = ("item_label",) if self.place.kind.name == "group" else ("item_type", "item_label")
        inputs["show_if"] = WHEN
        return inputs

    def _fill_choices(self) -> None:
        before = self.form.before(self.place)
        choices = lines_to_pick(before, self.groups or [])
        for name in WHEN:
            self.fields[name] = LineList(label=_("Tampil bila"), required=False, choices=choices)
        definition = self.place.definition
        same = [(each.name, each.label) for each in before if each.type == definition.type]
        dates = [(each.name, each.label) for each in before if each.type == "date"]
        for name, found in (("prefill", same), ("not_before", dates)):
            if name in self.fields:
                self._offer(name, found, definition.rules.get(name))
        if "item_type" in self.fields:
            self.fields["item_type"].choices = [(name, TYPES[name].title) for name in ITEM_TYPES]

    def _offer(self, name: str, found: list[tuple[str, str]], stored: Any) -> None:
        gone = [(stored, _("(tidak ada lagi)"))] if stored and stored not in dict(found) else []
        self.fields[name].choices = [("", _("Tidak")), *found, *gone]

    @classmethod
    def inputs_of(cls, values: dict) -> dict:
        shown = dict(values)
        if "options" in values:
            shown["options"] = "\n".join(values["options"] or ())
        item = values.get("item") or {}
        shown |= {"item_type": item.get("type", "text"), "item_label": item.get("label", "")}
        for name in ("min", "max"):
            shown[name] = str("" if values.get(name) is None else values[name]).replace(".", ",")
        groups = groups_of(values.get("show_if") or {}) or []
        return shown | {name: groups[n] if n < len(groups) else [] for n, name in enumerate(WHEN)}

    def to_save(self, was: dict) -> dict:
        data = self.cleaned_data
        fields = {name: data[name] for name in self.INPUTS if name in data}
        if "options" in fields:
            fields["options"] = data["options"].splitlines()
        if "item" in self.INPUTS:
            found = {"type": data.get("item_type", ""), "label": data["item_label"]}
            fields["item"] = {key: text for key, text in found.items() if text}
        fields["show_if"] = condition_of(data[name] for name in WHEN) if self.shows_condition else was["show_if"]
        return fields

    def in_words(self, name: str, value: Any) -> str:
        if name == "show_if":
            return words_of(value or {}, {field.name: field.label for field in self.form.fields})
        if name == "options":
            return "\n".join(value or ())
        if name == "item":
            return (value or {}).get("label", "")
        if isinstance(value, bool):
            return _("ya") if value else _("tidak")
        return super().in_words(name, value)

    def condition_words(self) -> str:
        """The stored condition in words."""
        return self.in_words("show_if", self.place.definition.show_if)

    def when_groups(self) -> list[dict[str, Any]]:
        """The groups of the condition for the template: those with lines, and an empty one behind them."""
        groups = []
        for number, name in enumerate(WHEN):
            lines = [line for line in self[name].value() or [] if line]
            groups.append({"name": name, "number": number + 1, "slots": [*lines, ""]})
            if not lines:
                break
        return groups

    def settings(self) -> list[forms.BoundField]:
        """The inputs of the type's settings, without texts and condition, in order."""
        own = {"label", "help", "required", *WHEN}
        return [field for field in self.visible_fields() if field.name not in own]

    def told_fields(self) -> list[forms.BoundField]:
        """The inputs that have a place for their error on the page; those of a condition share one."""
        silent = WHEN[1:] if self.shows_condition else WHEN
        return [field for field in self.visible_fields() if field.name not in silent]
