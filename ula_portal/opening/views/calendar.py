"""The steps of hours and holidays."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import CalendarDay, HoursRule
from ula_portal.core.security.access import StaffRequest, allowed
from ula_portal.core.time.actions import remove_calendar_day, replace_week, set_calendar_days
from ula_portal.core.time.days import national_days
from ula_portal.core.verbs.errors import Refused

from ..calendar_steps import HOLIDAYS, HOURS
from ..forms.calendar import HolidaysForm, WeekForm
from ..pages import go_on, show_step
from ..permissions import may_set_up


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: StaffRequest) -> HttpResponse:
    """The ordinary week of counters and office; dated exceptions such as Ramadan stay in the panel."""
    form = WeekForm(request.POST or None, list(HoursRule.objects.filter(from_date=None, to_date=None)))
    if request.method == "POST" and form.is_valid():
        try:
            replace_week(form.rules, by=staff(request.user))
        except Refused as error:
            form.error = str(error)
        else:
            messages.success(request, _("Jam tersimpan."))
            return go_on(HOURS.key)
    status = 422 if form.bound else 200
    return show_step(request, HOURS.key, "opening/hours.html", {"form": form}, status=status)


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def holidays(request: StaffRequest) -> HttpResponse:
    """The office's own days, the national ones that it knows, and the form for more."""
    form = HolidaysForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = set_calendar_days(form.chosen, by=staff(request.user))
        except Refused as error:
            form.add_error(None, str(error))
        else:
            words = ngettext("%(n)s hari dicatat.", "%(n)s hari dicatat.", changed)
            messages.success(request, words % {"n": changed} if changed else _("Hari-hari ini sudah tercatat."))
            return redirect("opening_holidays")
    today = clock.today()
    own = list(CalendarDay.objects.filter(date__gte=today).order_by("date")[:200])
    taken = {day.date for day in own}
    coming = [
        note
        for year in (today.year, today.year + 1)
        for note in sorted(national_days(year).values())
        if note.day >= today and note.day not in taken
    ]
    context: dict[str, Any] = {"form": form, "own": own, "national": coming}
    return show_step(request, HOLIDAYS.key, "opening/holidays.html", context, status=422 if form.errors else 200)


@allowed(may_set_up)
@require_POST
def holiday_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Delete one of the office's days; the national calendar applies again."""
    if day := CalendarDay.objects.filter(pk=pk).first():
        remove_calendar_day(day, by=staff(request.user))
        messages.success(request, _("%(name)s dihapus.") % {"name": day.name})
    return redirect("opening_holidays")
