"""Routing: a request is given to the responsible official, and taken back again within a minute."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from services import permissions
from services.engine.actions import flow, timeline
from services.engine.actions.deviating import keep_note, may_be_given
from services.engine.actions.flow import Case
from services.engine.queries.undoing import MAIL_WAITS, UNDO
from services.models import Request, Routing, TimelineEntry
from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import User
from ula_portal.core.notices import outbox
from ula_portal.core.office.absences import presence_of
from ula_portal.core.text.words import lasting
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused


@dataclass(frozen=True)
class Choice:
    """A request and to whom it is to go, with a note; ``replacing_id``: who the page showed as responsible."""

    request_id: int
    to_user: User
    note: str = ""
    replacing_id: int | None = None


@dataclass(frozen=True)
class Answer:
    """What became of a choice: ``request`` when it was routed, else ``refusal``."""

    choice: Choice
    request: Request | None = None
    refusal: Refused | None = None


def route_many(choices: Sequence[Choice], *, by: User, batch: str = "") -> list[Answer]:
    """Route requests one after the other, each in a transaction of its own; rights are checked for each."""
    answers = list[Answer]()
    earlier = User.objects.in_bulk([each.replacing_id for each in choices if each.replacing_id])
    for choice in choices:
        replacing = earlier.get(choice.replacing_id or 0)
        try:
            request = route_case(
                choice.request_id, choice.to_user, by=by, note=choice.note, replacing=replacing, batch=batch
            )
        except Refused as error:
            answers.append(Answer(choice, refusal=error))
        else:
            answers.append(Answer(choice, request))
    return answers


@transaction.atomic
def route_case(
    request_id: int, to_user: User, *, by: User, note: str = "", replacing: User | None = None, batch: str = ""
) -> Request:
    """Make somebody responsible for a request (*penerusan*); returns the request.

    Who may: permission ``route_case``. The open step becomes theirs if they hold its position. ``replacing`` is the
    official the page showed as responsible (None: nobody yet); when it is somebody else by now, Outdated is raised.
    The same official again changes nothing, nor does the same ``batch`` (key of the form). Their mail waits for the
    minute in which ``undo_routing`` takes all of it back. Raises NotAllowed, and Refused (``field`` is ``to_user``) for
    somebody who holds no position or is away.
    """
    case = Case.lock(request_id)
    request = case.request
    if not permissions.may_route(by, case.unit_id):
        raise NotAllowed(_("Anda tidak dapat meneruskan permohonan unit ini."))
    # One form routes many requests, each once.
    claimed = idempotency.claim(staff(by).key, f"{batch[:40]}:{request.pk}" if batch else "")
    if claimed.earlier_id and _sent_before(case, to_user, claimed.earlier_id):
        return request
    case.must_be_open()
    if request.responsible_id == to_user.pk:
        return request
    if request.responsible_id != (replacing.pk if replacing else None):
        raise _routed_already(request)
    _must_be_here(to_user)
    routing = Routing(request=request, from_user=request.responsible, to_user=to_user, by=by, at=clock.now())
    case.set(responsible=to_user)
    case.save()
    _give_open_step(case, routing)
    _tell(case, routing, note)
    routing.save()
    claimed.record("routing", routing.pk)
    journal.record("route_case", "request", request.pk, staff(by), user=to_user.pk, step_given=routing.step_given)
    return request


def _routed_already(request: Request) -> Outdated:
    words = {"number": request.number, "name": request.responsible or "–"}
    return Outdated(_("%(number)s sudah diteruskan kepada %(name)s.") % words)


def _sent_before(case: Case, to_user: User, routing_id: str) -> bool:
    """Whether the same form routed the request before. Raises Outdated when that was undone, or went elsewhere."""
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


def _must_be_here(user: User) -> None:
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


def _give_open_step(case: Case, routing: Routing) -> None:
    """The open step goes along, unless somebody has begun it; what it was before is written down."""
    run = routing.run = case.run
    if run is None or run.assignee_id == routing.to_user_id or not may_be_given(case, routing.to_user):
        return
    if run.assignee_id and run.started_at and permissions.still_has_it(run):
        return
    routing.step_given, routing.step_from, routing.step_started_at = True, run.assignee, run.started_at
    run.assignee, run.started_at = routing.to_user, None
    run.save(update_fields=["assignee", "started_at"])


def _tell(case: Case, routing: Routing, note: str) -> None:
    request, to_user = case.request, routing.to_user
    routing.note = keep_note(case, routing.by, note)
    routing.entry = timeline.note(
        request,
        "routed",
        actor=staff(routing.by),
        audience="internal",
        user=to_user.pk,
        step_given=routing.step_given,
    )
    # Who had it for less than a minute need not hear of it.
    _drop_mail(Routing.objects.filter(request=request, to_user=routing.from_user, undone_at__isnull=True))
    if to_user.pk != routing.by_id:
        routing.notice = flow.tell_official(request, "case_routed", to_user, delay=MAIL_WAITS)


def _drop_mail(routings: QuerySet[Routing]) -> None:
    outbox.drop(pk for pk in routings.values_list("notice_id", flat=True) if pk)


@transaction.atomic
def undo_routing(routing_id: int, *, by: User) -> Request:
    """Take back a routing within a minute (*urungkan*): the request and its open step are as they were before.

    Only who did it, as long as they may route the case. Note and mail go; timeline and journal show both acts. Again:
    nothing. Raises NotAllowed, and Outdated once the minute is over, the case has gone on, or the official has acted.
    """
    routing = Routing.objects.filter(pk=routing_id, by=by).first()
    if routing is None:
        raise NotAllowed(_("Penerusan hanya dapat diurungkan oleh yang melakukannya."))
    case = Case.lock(routing.request_id)
    routing = Routing.objects.select_related("to_user", "from_user", "step_from").get(pk=routing_id)
    request = case.request
    if not permissions.may_route(by, case.unit_id):
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
    timeline.note(request, "routing_undone", actor=staff(by), audience="internal", user=user_id, step_given=given)
    journal.record("undo_routing", "request", request.pk, staff(by), user=user_id, step_given=given)
    return request


def _take_back(routing: Routing) -> None:
    if routing.notice_id:
        outbox.drop([routing.notice_id])
    note, routing.note, routing.undone_at = routing.note, None, clock.now()
    routing.save(update_fields=["note", "undone_at"])
    if note:
        note.delete()


def _must_be_undoable(case: Case, routing: Routing) -> None:
    words = {"number": case.request.number, "name": routing.to_user, "time": lasting(UNDO)}
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
