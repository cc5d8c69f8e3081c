"""Steps about hours and holidays."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import clock
from ula_portal.core.models import CalendarDay, HoursRule

from .rules import Found, Gap, Step


def _hours_gaps(found: Found) -> Iterator[Gap]:
    if not found["service_hours"]:
        yield Gap(_("Jam pelayanan loket belum diisi."))
    if not found["working_hours"]:
        yield Gap(_("Jam kerja belum diisi. Yang berlaku jam kerja Perpres 21/2023."), advised=True)


def _weekdays(kind: str):  # type: ignore[no-untyped-def]  # Django names no type for distinct values.
    return HoursRule.objects.filter(kind=kind, from_date=None, to_date=None)


HOURS = Step(
    "hours",
    gettext_lazy("Jam pelayanan"),
    "opening_hours",
    _hours_gaps,
    lambda found: _("%(n)s hari dalam seminggu") % {"n": found["service_hours"]},
    lambda: {
        "service_hours": _weekdays(HoursRule.Kind.SERVICE),
        "working_hours": _weekdays(HoursRule.Kind.WORKING),
    },
)
HOLIDAYS = Step(
    "holidays",
    gettext_lazy("Hari libur"),
    "opening_holidays",
    lambda found: iter(()),
    lambda found: (
        _("Libur nasional, dan %(n)s hari khusus kantor") % {"n": found["calendar_days"]}
        if found["calendar_days"]
        else _("Libur nasional sudah dikenal portal.")
    ),
    lambda: {"calendar_days": CalendarDay.objects.filter(date__gte=clock.today().replace(month=1, day=1))},
)
