"""Taking back a wrong click within a minute."""

import datetime
from typing import Any, TypedDict

from django.db.models import DateTimeField
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import User
from ula_portal.core.text.words import duration_text
from ula_portal.core.verbs.errors import Outdated, Refused
from ula_portal.core.verbs.transactions import part, verb
from visitors import states
from visitors.models import CounterSession, Ticket, Visit

from . import events

_RESTORED_FIELDS = (
    *("state", "session_id", "target_id", "service_id"),
    *("calls", "called_at", "served_at", "finished_at"),
)


class _Undo(TypedDict):
    """JSON value of ``Ticket.undo``: what the last click changed.

    ``of``: kind of the click's event; ``by``: id of the user; ``at``: ISO 8601 time; ``left``: the click also ended the
    visit; ``before``: the former values of ``_RESTORED_FIELDS``.
    """

    of: str
    by: int
    at: str
    left: bool
    before: dict[str, Any]


def record_undo(ticket: Ticket, of: str, user: User, *, left: bool = False) -> None:
    """Store in ``ticket.undo`` the values that a verb is about to change; the caller saves the field.

    ``of``: kind of the event that the verb appends. ``left``: the verb also ends the visit.
    """
    before = {name: getattr(ticket, name) for name in _RESTORED_FIELDS}
    ticket.undo = {
        "of": of,
        "by": user.pk,
        "at": clock.now().isoformat(),
        "left": left,
        "before": {k: v.isoformat() if isinstance(v, datetime.datetime) else v for k, v in before.items()},
    }


@verb
def take_back(ticket: Ticket, *, by: Actor) -> Ticket:
    """Undo the last click on a ticket: state, counter and place in the line are as before.

    Allowed: the user who clicked, within a minute.
    Effects: an event "undone". A call that was taken back does not count as a turn of its lane.
    Raises: Outdated when it is too late, somebody has acted on the ticket since, or the visitor has left or holds
    another number. Refused while the counter to which the ticket would return is closed, paused or busy.
    """
    user = by.staff_member
    lock_visit_of(ticket)
    glimpse = Ticket.objects.filter(pk=ticket.pk).values_list("undo", flat=True).first()
    before = (glimpse or {}).get("before", {})
    # The session is locked before the ticket, as for calling.
    session = None
    if before.get("state") in states.AT_COUNTER:
        session = CounterSession.objects.select_for_update(no_key=True).get(pk=before["session_id"])
    found = (
        Ticket.objects.select_for_update(of=("self",), no_key=True)
        .select_related("visit", "session__counter")
        .filter(pk=ticket.pk)
        .first()
    )
    if found is None or found.undo is None or found.undo != glimpse or found.undo["by"] != user.pk:
        raise Outdated(_("Tidak ada tindakan Anda yang dapat diurungkan pada nomor ini."))
    if clock.now() - datetime.datetime.fromisoformat(found.undo["at"]) > states.UNDO_WITHIN:
        raise too_late()
    if session is not None:
        _require_free_counter(session, found)
    _require_visit_goes_on(found, found.undo)
    return _restore(found, found.undo)


def too_late() -> Outdated:
    """The refusal for somebody who tries to take back a click after the minute has passed."""
    sentence = _("Sudah lewat %(time)s. Tindakan itu tidak dapat diurungkan lagi.")
    return Outdated(sentence % {"time": duration_text(states.UNDO_WITHIN)})


@part
def lock_visit_of(ticket: Ticket) -> None:
    """Lock the visit before the ticket, in the same order as checking out does.

    So only one of several tickets of a visit can return to the queue, and none can once the visit has ended.
    """
    Visit.objects.select_for_update(of=("self",), no_key=True).filter(tickets=ticket.pk).first()


def _require_free_counter(session: CounterSession, ticket: Ticket) -> None:
    if session.closed_at is not None or session.paused_at is not None:
        raise Refused(_("Buka atau lanjutkan loket dahulu, lalu urungkan."))
    other = Ticket.objects.filter(session=session, state__in=states.AT_COUNTER).exclude(pk=ticket.pk).first()
    if other:
        raise Refused(_("Kembalikan atau selesaikan dahulu %(label)s.") % {"label": other.label})


def _require_visit_goes_on(ticket: Ticket, undo: _Undo) -> None:
    if ticket.visit.left_at is not None and not undo.get("left"):
        raise Outdated(_("Kunjungan ini sudah selesai. Nomor baru diberikan di meja depan."))
    others = ticket.visit.tickets.filter(state__in=Ticket.LIVE_STATES).exclude(pk=ticket.pk)
    if others.exists():
        raise Outdated(_("Sudah ada nomor lain yang berlaku."))


def _restore(ticket: Ticket, undo: _Undo) -> Ticket:
    counter = ticket.counter
    if undo.get("left"):
        Visit.objects.filter(pk=ticket.visit_id).update(left_at=None)
    before = dict(undo["before"])
    states.TICKET.go_back(ticket, before.pop("state"))
    for name, value in before.items():
        field = ticket._meta.get_field(name.removesuffix("_id"))
        setattr(ticket, name, field.to_python(value) if isinstance(field, DateTimeField) else value)
    if undo["of"] == "finished":
        ticket.result = ""
    ticket.undo = None
    ticket.save(update_fields=[*(name.removesuffix("_id") for name in undo["before"]), "result", "undo"])
    # ``visitors_call_next`` finds the call that was taken back by its time (``at``).
    events.append(
        "undone",
        ticket.location_id,
        ticket=ticket,
        counter=ticket.counter or counter,
        of=undo["of"],
        at=undo["at"],
        state=ticket.state,
    )
    return ticket
