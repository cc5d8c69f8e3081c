"""The services the public and staff see, and what prevents their publication."""

import datetime
from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from services.models import FormVersion, Requirement, Service
from sop.models import SopVersion
from sop.rules.flow import Flow, FlowStep
from sop.rules.queries.flows import flow_of
from sop.rules.queries.validity import in_force, version_in_force
from ula_portal.core.models import User
from ula_portal.core.ports import ServiceOnSop
from ula_portal.core.workdays import MINUTES_PER_SOP_DAY

from ..standard import missing_components
from .search import ranked

Kind, State = Service.Kind, Service.State
SECONDS_PER_DAY = MINUTES_PER_SOP_DAY * 60


def with_sop_in_force(services: QuerySet[Service], day: datetime.date | None = None) -> QuerySet[Service]:
    """Annotate ``has_sop_in_force`` for a day (default today)."""
    return services.annotate(
        has_sop_in_force=Exists(SopVersion.objects.filter(in_force(day), sop_id=OuterRef("sop_id")))
    )


def published_services(user: User | None = None) -> QuerySet[Service]:
    """Return the services the public sees: published, and for services of kind request with an SOP in force.

    Withdrawing an SOP therefore hides its services without changing them. Staff see the same services here;
    unpublished ones are in the admin panel.
    """
    services = with_sop_in_force(Service.objects.filter(state=State.PUBLISHED))
    return services.filter(Q(has_sop_in_force=True) | ~Q(kind=Kind.REQUEST)).select_related("category")


def service_by_slug(slug: str) -> Service | None:
    """Return a published service with its unit, category and SOP, or None if the public may not see it."""
    return published_services().select_related("unit", "sop").filter(slug=slug).first()


def search_services(q: str) -> list[Service]:
    """Return published services that match a search, best first; all of them if it is empty. Runs two queries."""
    return ranked(list(published_services()), q)


def ours_instead_of(service: Service, limit: int = 3) -> list[Service]:
    """Suggest this office's services on the page of a service handled elsewhere, for the same audiences.

    Runs two or three queries.
    """
    people = service.audiences or [name for name, _label in Service.AUDIENCES]
    ours = list(published_services().exclude(kind=Kind.ELSEWHERE).filter(audiences__overlap=people))
    return (ranked(ours, service.name) or ranked(ours, " ".join(service.synonyms)))[:limit]


def services_on_sops(words: str = "") -> list[ServiceOnSop]:
    """Return published services based on an SOP: all by name, or those that match the search ``words``, best first."""
    services = search_services(words) if words else published_services().order_by("name", "pk")
    return [
        ServiceOnSop(service.sop_id, service.code, service.name, reverse("service_detail", args=[service.slug]))
        for service in services
        if service.sop_id
    ]


def requirements_of(service: Service) -> list[Requirement]:
    """Return the active requirements of a service in order."""
    return list(service.requirements.filter(active=True).order_by("order"))


def usual_path(flow: Flow) -> list[FlowStep]:
    """Return the steps of a flow in the normal case, from the start to a completed end.

    At decisions it follows "yes", unless only "no" leads to a completed end ("Apakah ada kekurangan?").
    """
    way, step = [], flow.start
    while step is not None and step not in way:
        way.append(step)
        following = next((pk for pk in step.exit_ids if _gets_through(flow, pk, {s.id for s in way})), None)
        step = flow.step(following) if following else None
    return way


def _gets_through(flow: Flow, pk: int, walked: set[int]) -> bool:
    """Tell whether a completed end can be reached from a step without repeating any of the steps in ``walked``."""
    seen, waiting = set(walked), [pk]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        step = flow.step(current)
        if step.shape == "end" and step.end_kind != "rejected":
            return True
        waiting.extend(step.exit_ids)
    return False


def services_for_desk() -> QuerySet[Service]:
    """Return published services handled at this office, for staff who open a request or a visit."""
    return published_services().exclude(kind=Kind.ELSEWHERE)


def with_publication_facts(services: QuerySet[Service]) -> QuerySet[Service]:
    """Annotate what ``unpublished_reasons`` reads, so that a list of services needs no further query."""
    return with_sop_in_force(services).annotate(
        has_form=Exists(FormVersion.objects.filter(service_id=OuterRef("pk"), is_current=True))
    )


class Gap(str):
    """A sentence on what a service lacks. ``field``: the field of the service where it is mended."""

    field: str

    def __new__(cls, sentence: str, field: str) -> "Gap":
        gap = super().__new__(cls, sentence)
        gap.field = field
        return gap


def unpublished_reasons(service: Service) -> list[Gap]:
    """Return what prevents the public from seeing a service; empty if nothing does.

    Uses the annotations of ``with_publication_facts`` if present, otherwise queries.
    """
    if service.kind == Kind.ELSEWHERE:
        return [] if service.where else [Gap(_("Belum disebutkan ke mana masyarakat harus pergi."), "where")]
    if service.kind == Kind.VISIT:
        return []
    reasons = []
    if service.sop_id is None:
        reasons.append(Gap(_("Belum ada SOP yang dipasangkan."), "sop_id"))
    elif not _has_sop_in_force(service):
        reasons.append(Gap(_("SOP-nya belum berlaku: sahkan dan terbitkan SOP terlebih dahulu."), "sop_id"))
    if service.working_days is None:
        reasons.append(Gap(_("Jangka waktu pelayanan belum diisi."), "working_days"))
    if not _has_form(service):
        reasons.append(Gap(_("Formulir permohonan belum ada."), "form"))
    return reasons


# Checks registered by higher rooms; see register_gap_check.
_gap_checks: list[tuple[Callable[[Service, Flow], list[str]], str]] = []


def register_gap_check(look: Callable[[Service, Flow], list[str]], field: str) -> None:
    """Register a check of a higher room: it returns sentences on what a service with an SOP in force is missing.

    ``field``: the field of the service where that is mended.
    """
    if (look, field) not in _gap_checks:
        _gap_checks.append((look, field))


def gaps_of(service: Service) -> list[Gap]:
    """Return what is missing or doubtful in a service's standard, for staff. It blocks nothing."""
    if service.kind == Kind.ELSEWHERE:
        return []
    gaps = text_gaps(service)
    version = version_in_force(service.sop_id) if service.sop_id else None
    days = service.working_days
    if version and days and flow_of(version.pk).office_seconds > days * SECONDS_PER_DAY:
        sentence = _("Jangka waktu pelayanan lebih pendek daripada waktu menurut SOP-nya.")
        gaps.append(Gap(sentence, "working_days"))
    if version:
        flow = flow_of(version.pk)
        gaps += [Gap(sentence, field) for look, field in _gap_checks for sentence in look(service, flow)]
    return gaps


def text_gaps(service: Service) -> list[Gap]:
    """Return those of ``gaps_of`` that are texts not filled in. Runs no query."""
    if service.kind == Kind.ELSEWHERE:
        return []
    gaps = []
    if not service.legal_basis:
        gaps.append(Gap(_("Dasar hukum belum diisi."), "legal_basis"))
    if not service.product:
        gaps.append(Gap(_("Hasil layanan belum diisi."), "product"))
    if not service.complaint_handling:
        gaps.append(Gap(_("Penanganan pengaduan belum diisi."), "complaint_handling"))
    if missing := missing_components(service):
        numbers = ", ".join(map(str, missing))
        sentence = _("Komponen standar pelayanan yang belum diisi: %(numbers)s.") % {"numbers": numbers}
        gaps.append(Gap(sentence, f"component_{missing[0]}"))
    return gaps


def _has_sop_in_force(service: Service) -> bool:
    if hasattr(service, "has_sop_in_force"):
        return bool(service.has_sop_in_force)
    return service.sop_id is not None and version_in_force(service.sop_id) is not None


def _has_form(service: Service) -> bool:
    if hasattr(service, "has_form"):
        return bool(service.has_form)
    return FormVersion.objects.filter(service=service, is_current=True).exists()
