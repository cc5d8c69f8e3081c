"""Steps about what an office begins with: services of the starter catalogue, and what runs on paper."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from services.models import Request
from ula_portal.core import clock
from ula_portal.core.models import NumberSequence

from .rules import Found, Gap, Step


def _starter_gaps(found: Found) -> Iterator[Gap]:
    if not found["services"]:
        yield Gap(_("Belum ada layanan. Ambil dari katalog awal atau susun sendiri."))


def _balance_rows() -> Mapping[str, QuerySet[Any, Any]]:
    return {
        "letter_numbers": NumberSequence.objects.filter(key="letter", year=clock.today().year),
        "paper_requests": Request.objects.exclude(paper_number=""),
    }


def _balance_gaps(found: Found) -> Iterator[Gap]:
    if not found["letter_numbers"]:
        yield Gap(_("Nomor surat terakhir tahun ini belum dicatat."), advised=True)


STARTER = Step(
    "starter",
    gettext_lazy("Layanan awal"),
    "opening_starter",
    _starter_gaps,
    # The numbers come from the step of the services.
    lambda found: ngettext("%(n)s layanan", "%(n)s layanan", found["services"]) % {"n": found["services"]},
)
BALANCE = Step(
    "balance",
    gettext_lazy("Saldo awal"),
    "opening_balance",
    _balance_gaps,
    lambda found: _("%(n)s permohonan dari kertas") % {"n": found["paper_requests"]},
    _balance_rows,
)
