"""The step about counters and the display of the waiting room."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.models import Location
from visitors.models import Counter

from .rules import Found, Gap, Step


def _gaps(found: Found) -> Iterator[Gap]:
    if not found["locations"]:
        yield Gap(_("Ruang tunggu belum ada."))
    if not found["counters"]:
        yield Gap(_("Loket belum ada."))


COUNTERS = Step(
    "counters",
    gettext_lazy("Loket dan layar"),
    "admin:visitors_counter_changelist",
    _gaps,
    lambda found: _("%(n)s loket") % {"n": found["counters"]},
    lambda: {
        "locations": Location.objects.all(),
        "counters": Counter.objects.filter(active=True, kind=Counter.Kind.COUNTER),
    },
)
