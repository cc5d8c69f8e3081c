"""The step about counters and the display of the waiting room."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from services.catalogue.queries.catalogue import services_for_desk
from ula_portal.core.models import Location
from visitors.models import Counter

from .rules import Found, Gap, Step


def _rows() -> Mapping[str, QuerySet[Any, Any]]:
    calls = Counter.services.through.objects.filter(service_id=OuterRef("pk"), counter__active=True)
    return {
        "locations": Location.objects.all(),
        "counters": Counter.objects.filter(active=True, kind=Counter.Kind.COUNTER),
        "uncalled": services_for_desk().filter(~Exists(calls)),
    }


def _gaps(found: Found) -> Iterator[Gap]:
    if not found["locations"]:
        yield Gap(_("Ruang tunggu belum ada."))
    if not found["counters"]:
        yield Gap(_("Loket belum ada."))
    elif n := found["uncalled"]:
        words = ngettext("%(n)s layanan belum dilayani loket.", "%(n)s layanan belum dilayani loket.", n)
        yield Gap(words % {"n": n})


def places_with_counters() -> list[Location]:
    """The waiting rooms by name, with their counters and what these serve. Three queries."""
    counters = Counter.objects.order_by("kind", "number", "name").prefetch_related("services")
    return list(Location.objects.prefetch_related(Prefetch("counters", counters)).order_by("name", "pk"))


COUNTERS = Step(
    "counters",
    gettext_lazy("Loket dan layar"),
    "opening_counters",
    _gaps,
    lambda found: _("%(n)s loket") % {"n": found["counters"]},
    _rows,
)
