"""The period of a report: a usual one by a link, or any by two dates."""

import datetime

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from services.reports.queries.period import Period
from ula_portal.core import clock
from ula_portal.core.text.words import duration_text

LATELY_DAYS = 30
LATELY = "30-hari"
USUAL = {
    LATELY: format_lazy(_("{n} hari terakhir"), n=LATELY_DAYS),
    "bulan-ini": _("Bulan ini"),
    "bulan-lalu": _("Bulan lalu"),
    "tahun-ini": _("Tahun ini"),
}
LONGEST = datetime.timedelta(days=366)


def usual(key: str) -> Period | None:
    """One of the ``USUAL`` periods as of today; None for an unknown key."""
    today = clock.today()
    first = today.replace(day=1)
    last_month = first - datetime.timedelta(days=1)
    spans = {
        LATELY: (today - datetime.timedelta(days=LATELY_DAYS - 1), today),
        "bulan-ini": (first, today),
        "bulan-lalu": (last_month.replace(day=1), last_month),
        "tahun-ini": (today.replace(month=1, day=1), today),
    }
    return Period(*spans[key]) if key in spans else None


class PeriodForm(forms.Form):
    dari = forms.DateField(label=_("Dari tanggal"))
    sampai = forms.DateField(label=_("Sampai tanggal"))

    def clean(self):
        data = super().clean()
        first, last = data.get("dari"), data.get("sampai")
        if first and last and last < first:
            self.add_error("sampai", _("Tanggal akhir mendahului tanggal awal."))
        elif first and last and last - first >= LONGEST:
            self.add_error("sampai", _("Pilih rentang paling lama %(time)s.") % {"time": duration_text(LONGEST)})
        elif first and first.year < 2000:
            self.add_error("dari", _("Pilih tanggal sesudah tahun 1999."))
        elif last and last.year > 2100:
            self.add_error("sampai", _("Pilih tanggal sebelum tahun 2101."))
        return data


def asked_for(query) -> tuple[Period, str, PeriodForm]:
    """The period of a query string, its key in ``USUAL`` or "", and the form with its dates.

    For invalid dates it is the default period, and the form contains the errors.
    """
    if "dari" in query or "sampai" in query:
        form = PeriodForm(query)
        if form.is_valid():
            return Period(form.cleaned_data["dari"], form.cleaned_data["sampai"]), "", form
        return usual(LATELY), "", form
    key = query.get("masa") if query.get("masa") in USUAL else LATELY
    period = usual(key)
    return period, key, PeriodForm(initial={"dari": period.first, "sampai": period.last})
