"""Steps about SOPs, letters and services."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from services.catalogue.queries.catalogue import published_services
from services.models import LetterTemplate, Service
from sop.models import Sop, SopVersion
from sop.rules.queries.validity import in_force

from .rules import Found, Gap, Step


def _sop_rows() -> Mapping[str, QuerySet[Any, Any]]:
    valid = Exists(SopVersion.objects.filter(in_force(), sop=OuterRef("pk")))
    return {"sops": Sop.objects.filter(valid), "sops_without": Sop.objects.exclude(valid)}


def _sop_gaps(found: Found) -> Iterator[Gap]:
    if not found["sops"]:
        yield Gap(_("Belum ada SOP yang berlaku."))
    if n := found["sops_without"]:
        words = ngettext(
            "%(n)s SOP belum mempunyai versi yang berlaku.", "%(n)s SOP belum mempunyai versi yang berlaku.", n
        )
        yield Gap(words % {"n": n}, advised=True)


def _service_rows() -> Mapping[str, QuerySet[Any, Any]]:
    # Their SOP in force has a step that issues a letter, for which there is no text.
    issuing = SopVersion.objects.filter(in_force(), sop=OuterRef("sop"), steps__issues_letter=True)
    return {
        "published": published_services(),
        "services": Service.objects.exclude(state=Service.State.WITHDRAWN),
        "letterless": Service.objects.filter(Exists(issuing), letter_template=None),
        "refusals": LetterTemplate.objects.filter(is_refusal=True),
    }


def _service_gaps(found: Found) -> Iterator[Gap]:
    if not found["published"]:
        yield Gap(_("Belum ada layanan yang terbit."))
    if n := found["letterless"]:
        words = ngettext(
            "%(n)s layanan belum mempunyai templat surat.", "%(n)s layanan belum mempunyai templat surat.", n
        )
        yield Gap(words % {"n": n}, advised=True)
    if not found["refusals"]:
        page = reverse("admin:services_lettertemplate_changelist")
        yield Gap(_("Templat surat penolakan belum ada."), page, advised=True)


SOPS = Step(
    "sops",
    gettext_lazy("SOP"),
    "sop_drafts",
    _sop_gaps,
    lambda found: _("%(n)s SOP berlaku") % {"n": found["sops"]},
    _sop_rows,
)
SERVICES = Step(
    "services",
    gettext_lazy("Layanan"),
    "studio",
    _service_gaps,
    lambda found: (
        _("%(published)s dari %(all)s layanan terbit") % {"published": found["published"], "all": found["services"]}
    ),
    _service_rows,
)
