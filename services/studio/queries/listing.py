"""The list of services: which a user may prepare, what each lacks, and what is next."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from services.catalogue.queries.catalogue import Gap, text_gaps, unpublished_reasons, with_publication_facts
from services.models import Service
from services.permissions import may_publish_services
from ula_portal.core.data.pagination import Page, paginate
from ula_portal.core.models import User
from ula_portal.core.text.badges import Badge

from ..rules.parts import address_of
from .editing import draft_of, is_asked, services_edited_by

PAGE_SIZE = 50
_TONES = {"draft": "neutral", "published": "good", "withdrawn": "warn"}


@dataclass(frozen=True)
class Row:
    """A service in the list. ``lacking``: number of things that are not filled in; ``next``: words and address."""

    service: Service
    badges: list[Badge]
    lacking: int
    next_words: StrOrPromise
    next_url: str


def listed_services(user: User, q: str, state: str, cursor: str | None) -> Page[Service]:
    """A page of the services that a user may prepare, by name; those that match the words and the state."""
    services = with_publication_facts(services_edited_by(user))
    if state in Service.State.values:
        services = services.filter(state=state)
    for word in q.split()[:6]:
        services = services.filter(Q(name__icontains=word) | Q(code__icontains=word) | Q(official_name__icontains=word))
    return paginate(services, [("name", False), ("pk", False)], cursor, PAGE_SIZE)


def waiting_for_publication(user: User) -> QuerySet[Service]:
    """The services whose publication somebody asked for, if the user may publish them."""
    services = services_edited_by(user) if may_publish_services(user) else Service.objects.none()
    waiting = ~Q(state=Service.State.PUBLISHED) | ~Q(draft__values={})
    return services.filter(waiting, draft__asked_at__isnull=False)


def row_of(service: Service, user: User) -> Row:
    """What the list shows of a service of ``listed_services``. Runs no query."""
    draft = draft_of(service)
    reasons, texts = unpublished_reasons(service), text_gaps(service)
    badges = [Badge(_TONES[service.state], service.get_state_display())]
    if draft.values:
        badges.append(Badge("info", _("Ada perubahan"), "pencil"))
    if is_asked(service):
        badges.append(Badge("warn", _("Penerbitan diminta"), "clock"))
    words, url = _next(service, bool(draft.values), [*reasons, *texts], reasons, user)
    return Row(service, badges, len(reasons) + len(texts), words, url)


def _next(service: Service, changed: bool, gaps: list[Gap], reasons: list[Gap], user: User) -> tuple[StrOrPromise, str]:
    publish = reverse("studio_part", args=[service.code, "terbitkan"])
    public = service.state == Service.State.PUBLISHED
    if reasons or (gaps and not public):
        return _("Lengkapi"), address_of(service, gaps[0].field)
    if changed:
        return _("Terbitkan perubahan") if may_publish_services(user) else _("Minta diterbitkan"), publish
    if not public:
        return _("Terbitkan") if may_publish_services(user) else _("Minta diterbitkan"), publish
    return (_("Lengkapi"), address_of(service, gaps[0].field)) if gaps else (_("Buka"), address_of(service))
