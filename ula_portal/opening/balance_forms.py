"""Forms of the opening balance: last numbers, the decree of SOPs in force, requests that run on paper."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.applying.actions.from_paper import PaperRequest
from services.applying.actions.walk_in import WalkInApplicant
from services.catalogue.queries.catalogue import published_services
from services.models import Service
from sop.approval.actions.on_paper import PaperDecree
from sop.approval.forms import PaperForm
from sop.approval.queries.opening import declarable_versions
from sop.models import SopVersion
from ula_portal.core.data.idempotency import new_key
from ula_portal.core.office.actions.numbers import HIGHEST, SERIES
from ula_portal.core.text.fields import IntegerField, LineField

MOST_ROWS = 200
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


class NumbersForm(forms.Form):
    """The last number on paper of each series; empty ones stay as they are."""

    def __init__(self, *args: Any, last: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in SERIES.items():
            now = last.get(key, 0)
            self.fields[key] = IntegerField(
                label=label,
                required=False,
                min_value=1,
                max_value=HIGHEST,
                help_text=_("Nomor berikutnya di portal: %(n)s.") % {"n": now + 1},
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 8}),
            )


class DecreeForm(PaperForm):
    """A decree and the SOPs that it established. The decree is needed, its scan is not."""

    scan = None  # type: ignore[assignment]
    versions = forms.ModelMultipleChoiceField(
        SopVersion.objects.none(),
        label=gettext_lazy("SOP"),
        error_messages={"required": gettext_lazy("Pilih paling sedikit satu SOP.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self.fields["versions"].queryset = declarable_versions()  # type: ignore[attr-defined]

    def paper(self) -> PaperDecree:
        said = {name: value for name, value in self.cleaned_data.items() if name in PaperDecree.__dataclass_fields__}
        return PaperDecree(**said | {"scan": None})


class DateField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        wrong = gettext_lazy("Tulis tanggal seperti 31/12/2026.")
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(input_formats=DAYS, error_messages={"invalid": wrong}, widget=widget, **kwargs)


class PaperRequestForm(forms.Form):
    """One request as it stands in the books."""

    service = forms.ModelChoiceField(
        Service.objects.none(),
        label=gettext_lazy("Layanan"),
        to_field_name="code",
        empty_label=gettext_lazy("Pilih layanan"),
        error_messages={"invalid_choice": gettext_lazy("Layanan ini tidak ada atau belum terbit.")},
    )
    number = LineField(label=gettext_lazy("Nomor di kertas"), max_length=60)
    name = LineField(label=gettext_lazy("Nama pemohon"), max_length=150)
    phone = LineField(label=gettext_lazy("Nomor HP"), max_length=20, required=False)
    step = IntegerField(
        label=gettext_lazy("Langkah SOP sekarang"),
        min_value=1,
        max_value=999,
        help_text=gettext_lazy("Nomor langkah pada SOP layanan, misalnya 3."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4}),
    )
    received_on = DateField(label=gettext_lazy("Tanggal diterima"))
    due_on = DateField(
        label=gettext_lazy("Jatuh tempo"),
        required=False,
        help_text=gettext_lazy("Tidak wajib. Tanpa isian, dihitung sejak tanggal diterima."),
    )
    key = forms.CharField(required=False, widget=forms.HiddenInput, initial=new_key, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = published_services().filter(kind=Service.Kind.REQUEST)
        self.fields["service"].queryset = services  # type: ignore[attr-defined]

    @property
    def paper(self) -> PaperRequest:
        said = self.cleaned_data
        applicant = WalkInApplicant(said["name"], phone=said["phone"])
        return PaperRequest(said["number"], applicant, said["step"], said["received_on"], said["due_on"])


COLUMNS = ("number", "service", "name", "phone", "step", "received_on", "due_on")


@dataclass(frozen=True)
class PastedRow:
    """A row that was pasted: its place, and the form that reads it."""

    no: int
    form: PaperRequestForm

    @property
    def problem(self) -> str:
        """The first error, with the label of its field."""
        for name, errors in self.form.errors.items():
            label = f"{self.form.fields[name].label}: " if name in self.form.fields else ""
            return f"{label}{errors[0]}"
        return ""


class PastedForm(forms.Form):
    """Rows pasted from a spreadsheet, in the order of ``COLUMNS``."""

    rows = forms.CharField(
        label=gettext_lazy("Baris dari lembar kerja"),
        widget=forms.Textarea(attrs={"rows": 8, "class": "opening-rows", "spellcheck": "false"}),
        max_length=100_000,
        error_messages={"required": gettext_lazy("Tempelkan paling sedikit satu baris.")},
    )

    def clean_rows(self) -> str:
        text: str = self.cleaned_data["rows"]
        if len(_cells(text)) > MOST_ROWS:
            raise forms.ValidationError(_("Paling banyak %(n)s baris sekali tempel.") % {"n": MOST_ROWS})
        return text

    def read(self) -> list[PastedRow]:
        """The rows, each in a form of its own; a heading and empty lines are left out."""
        found = []
        for no, cells in enumerate(_cells(self.cleaned_data["rows"]), 1):
            data = dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=False))
            data["service"] = data.get("service", "").upper()
            if no == 1 and not any(letter.isdecimal() for letter in data.get("received_on", "")):
                continue
            found.append(PastedRow(no, PaperRequestForm(data)))
        return found


def _cells(text: str) -> list[list[str]]:
    """The cells of a pasted text, separated by tabs or semicolons."""
    separator = "\t" if "\t" in text else ";"
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error:
        rows = [line.split(separator) for line in text.splitlines()]
    return [row for row in rows if any(cell.strip() for cell in row)]
