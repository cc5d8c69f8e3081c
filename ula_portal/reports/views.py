"""The report for heads: one page, a period, printable."""

import datetime

from django import forms
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from services.queries import reports
from ula_portal.core import clock
from ula_portal.core.access import allowed


def may_read_reports(user) -> bool:
    return reports.reach_of(user) is not None


class PeriodForm(forms.Form):
    dari = forms.DateField(label=_("Dari tanggal"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    sampai = forms.DateField(label=_("Sampai tanggal"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def clean(self):
        data = super().clean()
        first, last = data.get("dari"), data.get("sampai")
        if first and last and last < first:
            self.add_error("sampai", _("Tanggal akhir mendahului tanggal awal."))
        elif first and last and last - first > datetime.timedelta(days=366):
            self.add_error("sampai", _("Pilih rentang paling lama satu tahun."))
        return data


@allowed(may_read_reports)
@require_safe
def report(request):
    today = clock.today()
    period = {"dari": today - datetime.timedelta(days=30), "sampai": today}
    form = PeriodForm(request.GET or None, initial=period)
    if form.is_bound and form.is_valid():
        period = form.cleaned_data
    reach = reports.reach_of(request.user)
    services = reports.figures_by_service(reach, period["dari"], period["sampai"])
    totals = {
        key: sum(getattr(s, key) for s in services) for key in ("received", "closed", "on_time", "open_now", "overdue")
    }
    totals["on_time_percent"] = round(100 * totals["on_time"] / totals["closed"]) if totals["closed"] else None
    context = {
        "form": form,
        "period": period,
        "services": services,
        "totals": totals,
        "waiting": reports.where_cases_wait(reach),
    }
    return render(request, "reports/report.html", context)
