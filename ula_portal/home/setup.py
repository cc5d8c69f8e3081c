"""What an office still has to set up before citizens can use the portal, for administrators."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from services.catalogue.queries.catalogue import published_services
from sop.models import SopVersion
from sop.rules.queries.validity import in_force
from ula_portal.core import clock
from ula_portal.core.data.batched_counts import count_in_one_query
from ula_portal.core.models import HoursRule, Office, Role, StaffRole, Tenure
from ula_portal.core.office.queries import in_office
from visitors.models import Counter


@dataclass(frozen=True)
class SetupStep:
    """A part of the office that has to be set up once. ``state``: done, now (the first that is missing) or next."""

    title: StrOrPromise
    url: str
    state: str


# In the order in which an office does it: title, page of the panel, what exists once it is done.
STEPS: tuple[tuple[StrOrPromise, str, Callable[[], QuerySet[Model]]], ...] = (
    (_("Nama dan alamat kantor"), "core_office", lambda: Office.objects.exclude(address="")),
    (_("Jam pelayanan"), "core_hoursrule", lambda: HoursRule.objects.filter(kind=HoursRule.Kind.SERVICE)),
    (_("Petugas dengan jabatan"), "core_user", lambda: Tenure.objects.filter(in_office(clock.today()))),
    (_("Kepala dinas"), "core_user", lambda: StaffRole.objects.filter(role=Role.HEAD)),
    (_("SOP yang berlaku"), "sop_sopversion", lambda: SopVersion.objects.filter(in_force())),
    (_("Layanan yang terbit"), "services_service", published_services),
    (_("Loket"), "visitors_counter", lambda: Counter.objects.filter(active=True)),
)


def setup_steps() -> list[SetupStep]:
    """The steps of setting up the office; empty once all are done. One query."""
    found = count_in_one_query({title: (rows(), 1) for title, _page, rows in STEPS})
    missing = [title for title, _page, _rows in STEPS if not found[title]]
    if not missing:
        return []
    return [
        SetupStep(
            title,
            reverse(f"admin:{page}_changelist"),
            "done" if found[title] else "now" if title == missing[0] else "next",
        )
        for title, page, _rows in STEPS
    ]
