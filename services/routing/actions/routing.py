"""Routing: making an official responsible for a request, and undoing that within a minute."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services import permissions
from services.engine.actions import flow, timeline
from services.engine.actions.deviating import may_be_given, store_note
from services.engine.actions.flow import Case
from services.engine.queries.undoing import MAIL_WAITS, UNDO
from services.models import Request, Routing, TimelineEntry
from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.notices import outbox
from ula_portal.core.office.absences import presence_of
from ula_portal.core.text.words import duration_text
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

NOT_YOURS = gettext_lazy("Penerusan hanya dapat diurungkan oleh yang melakukannya.")


@dataclass(frozen=True)
class RoutingChoice:
    """A request, the official who shall get it, and a note.

    ``replacing_id``: id of the official whom the page showed as responsible.
    """

    request: Request
    to_user: User
    note: str = ""
    replacing_id: int | None = None


@dataclass(frozen=True)
class RoutingResult:
    """The outcome of a choice: ``request`` if it was routed, else ``refusal``."""

    choice: RoutingChoice
    request: Request | None = None
    refusal: Refused | None = None


def route_many(choices: Sequence[RoutingChoice], *, by: Actor, key: str = "") -> list[RoutingResult]:
    """Route requests one after the other, each in its own transaction, so that a refusal does not undo the others.

    ``key``: of the form. Calling it again with the same key changes nothing.

    Allowed: as ``route_case``, checked for each request.
    Effects: as ``route_case``.
    """
    results = list[RoutingResult]()
    officials = User.objects.in_bulk([choice.replacing_id for choice in choices if choice.replacing_id])
    for choice in choices:
        replacing = officials.get(choice.replacing_id or 0)
        try:
            request = route_case(
                choice.request, by=by, to_user=choice.to_user, note=choice.note, replacing=replacing, key=key
            )
        except Refused as error:
            results.append(RoutingResult(choice, refusal=error))
        else:
            results.append(RoutingResult(choice, request))
    return results


@verb
def route_case(
    request: Request, *, by: Actor, to_user: User, note: str = "", replacing: User | None = None, key: str = ""
) -> Request:
    """Make an official responsible for a request (*penerusan*).

    ``replacing``: the official whom the page showed as responsible, None for nobody. ``key``: of the form, which may
    route many requests. Calling it again with the same official or the same key changes nothing.

    Allowed: permission ``route_case``.
    Effects: the open step is assigned to the official if they hold its position; timeline (internal), journal, the
    note, and a notice to the official, which waits while ``undo_routing`` is possible.
    Raises: NotAllowed; Outdated when somebody other than ``replacing`` is responsible by now, or the case is closed;
    Refused (``field`` is ``to_user``) when the official holds no position or is absent.
    """
    user = by.staff_member
    case = Case.lock(request.pk)
    request = case.request
    if not permissions.may_route(user, case.unit_id):
        raise NotAllowed(_("Anda tidak dapat meneruskan permohonan unit ini."))
    # One form routes many requests, each once.
    claimed = idempotency.claim(by.key, f"{key[:40]}:{request.pk}" if key else "")
    if claimed.earlier_id and _was_routed_before(case, to_user, claimed.earlier_id):
        return request
    case.must_be_open()
    if request.responsible_id == to_user.pk:
        return request
    if request.responsible_id != (replacing.pk if replacing else None):
        raise _routed_already(request)
    _must_be_present(to_user)
    routing = Routing(request=request, from_user=request.responsible, to_user=to_user, by=user, at=clock.now())
    case.set(responsible=to_user)
    case.save()
    _assign_open_step(case, routing)
    _tell(case, routing, by, note)
    routing.save()
    claimed.record("routing", routing.pk)
    journal.record("route_case", "request", request.pk, by, user=to_user.pk, step_given=routing.step_given)
    return request


def _routed_already(request: Request) -> Outdated:
    words = {"number": request.number, "name": request.responsible or "–"}
    return Outdated(_("%(number)s sudah diteruskan kepada %(name)s.") % words)


def _was_routed_before(case: Case, to_user: User, routing_id: str) -> bool:
    """Whether the same form has routed the request already.

    Raises: Outdated when that was undone, or routed the request to somebody else.
    """
    earlier = Routing.objects.filter(pk=routing_id, request=case.request).first()
    if earlier is None:
        return False
    if earlier.undone_at:
        raise Outdated(
            _("Penerusan %(number)s lewat halaman ini sudah diurungkan. Muat ulang halaman, lalu teruskan lagi.")
            % {"number": case.request.number}
        )
    if earlier.to_user_id != to_user.pk:
        raise _routed_already(case.request)
    return True


def _must_be_present(user: User) -> None:
    if not user.is_active or not permissions.standing_of(user).position_ids:
        raise Refused(_("%(name)s tidak memegang jabatan hari ini.") % {"name": user}, field="to_user")
    absence = presence_of([user.pk]).get(user.pk)
    if absence is None:
        return
    if absence.deputy:
        words = {"name": user, "deputy": absence.deputy}
        raise Refused(
            _("%(name)s sedang tidak di kantor. Penggantinya: %(deputy)s.") % words,
            field="to_user",
        )
    raise Refused(_("%(name)s sedang tidak di kantor.") % {"name": user}, field="to_user")


def _assign_open_step(case: Case, routing: Routing) -> None:
    """Assign the open step to the new official unless somebody has begun it, and note its state for the undo."""
    run = routing.run = case.run
    if run is None or run.assignee_id == routing.to_user_id or not may_be_given(case, routing.to_user):
        return
    if run.assignee_id and run.started_at and permissions.is_assignee_entitled(run):
        return
    routing.step_given, routing.step_from, routing.step_started_at = True, run.assignee, run.started_at
    run.assignee, run.started_at = routing.to_user, None
    run.save(update_fields=["assignee", "started_at"])


def _tell(case: Case, routing: Routing, by: Actor, note: str) -> None:
    request, to_user = case.request, routing.to_user
    routing.note = store_note(case, note, by=by)
    routing.entry = timeline.add_entry(
        request,
        "routed",
        by=by,
        audience="internal",
        user=to_user.pk,
        step_given=routing.step_given,
    )
    # Whoever had it for less than a minute need not be told.
    _drop_mail(Routing.objects.filter(request=request, to_user=routing.from_user, undone_at__isnull=True))
    if to_user.pk != routing.by_id:
        routing.notice = flow.notify_official(request, "case_routed", to_user, delay=MAIL_WAITS)


def _drop_mail(routings: QuerySet[Routing]) -> None:
    outbox.drop(pk for pk in routings.values_list("notice_id", flat=True) if pk)


@verb
def undo_routing(routing: Routing, *, by: Actor) -> Request:
    """Take back a routing within its minute (*urungkan*). Calling it again changes nothing.

    Allowed: whoever routed the case, while they may still route it.
    Effects: responsible official, assignee and start of the open step are restored; the note is deleted and the mail
    is not sent; timeline (internal) and journal show both acts.
    Raises: NotAllowed; Outdated when the minute is over, the case has moved on or the official has acted.
    """
    user = by.staff_member
    request_id = Routing.objects.filter(pk=routing.pk, by=user).values_list("request_id", flat=True).first()
    if request_id is None:
        raise NotAllowed(NOT_YOURS)
    case = Case.lock(request_id)
    routing = Routing.objects.select_related("to_user", "from_user", "step_from").get(pk=routing.pk)
    request = case.request
    if not permissions.may_route(user, case.unit_id):
        raise NotAllowed(_("Anda tidak dapat meneruskan permohonan unit ini."))
    if routing.undone_at:
        return request
    case.must_be_open()
    _must_be_undoable(case, routing)
    case.set(responsible=routing.from_user)
    case.save()
    if routing.step_given:
        run = case.open_run
        run.assignee, run.started_at = routing.step_from, routing.step_started_at
        run.save(update_fields=["assignee", "started_at"])
    _take_back(routing)
    user_id, given = routing.to_user_id, routing.step_given
    timeline.add_entry(request, "routing_undone", by=by, audience="internal", user=user_id, step_given=given)
    journal.record("undo_routing", "request", request.pk, by, user=user_id, step_given=given)
    return request


def _take_back(routing: Routing) -> None:
    if routing.notice_id:
        outbox.drop([routing.notice_id])
    note, routing.note, routing.undone_at = routing.note, None, clock.now()
    routing.save(update_fields=["note", "undone_at"])
    if note:
        note.delete()


def _must_be_undoable(case: Case, routing: Routing) -> None:
    words = {"number": case.request.number, "name": routing.to_user, "time": duration_text(UNDO)}
    if clock.now() > routing.at + UNDO:
        raise Outdated(
            _(
                "Waktu %(time)s untuk mengurungkan penerusan %(number)s sudah lewat. "
                "Cari nomornya di halaman penerusan untuk mengganti penanggung jawabnya."
            )
            % words
        )
    run, acted = case.run, False
    if case.request.responsible_id != routing.to_user_id or (run and run.pk) != routing.run_id:
        acted = True
    elif routing.step_given and run:
        acted = run.assignee_id != routing.to_user_id or run.started_at is not None
    own = TimelineEntry.objects.filter(request=case.request, pk__gt=routing.entry_id, actor_kind="staff")
    if acted or own.filter(actor_id=str(routing.to_user_id)).exists():
        raise Outdated(_("%(number)s sudah dikerjakan %(name)s, sehingga penerusannya tidak dapat diurungkan.") % words)
