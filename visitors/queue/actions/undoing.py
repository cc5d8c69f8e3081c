"""Taking back a counter's misclick within a minute."""

import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.db.models import DateTimeField
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.models import User
from ula_portal.core.text.words import lasting
from ula_portal.core.verbs.errors import Outdated, Refused
from visitors import states
from visitors.models import CounterSession, Ticket, Visit

from . import events

_RESTORED_FIELDS = ("state", "session_id", "target_id", "service_id", "calls", "called_at", "served_at", "finished_at")


class _Undo(TypedDict):
    """``Ticket.undo``: what the last click changed, as JSON keeps it."""

    of: str
    by: int
    at: str
    left: bool
    before: dict[str, Any]


def record_undo(ticket: Ticket, of: str, user: User, *, left: bool = False) -> None:
    """Keep on the ticket what a verb is about to change, for ``take_back``; the caller saves ``undo``.

    ``of``: kind of the event the verb writes. ``left``: the verb ends the visit too.
    """
    before = {name: getattr(ticket, name) for name in _RESTORED_FIELDS}
    ticket.undo = {
        "of": of,
        "by": user.pk,
        "at": clock.now().isoformat(),
        "left": left,
        "before": {k: v.isoformat() if isinstance(v, datetime.datetime) else v for k, v in before.items()},
    }


def take_back(ticket_id: int, user: User) -> Ticket:
    """Undo the last click on a ticket: it stands where it stood, at its place in the line and at its counter.

    May: who clicked, within a minute. Raises Outdated when there is nothing to take back any more (too late, somebody
    else has acted since, the visitor has left), Refused while the counter it would return to is closed or busy.
    """
    with transaction.atomic():
        lock_visit_of(ticket_id)
        glimpse = Ticket.objects.filter(pk=ticket_id).values_list("undo", flat=True).first()
        before = (glimpse or {}).get("before", {})
        # Session before ticket, as when calling.
        session = None
        if before.get("state") in states.AT_COUNTER:
            session = CounterSession.objects.select_for_update(no_key=True).get(pk=before["session_id"])
        ticket = (
            Ticket.objects.select_for_update(of=("self",), no_key=True)
            .select_related("visit", "session__counter")
            .filter(pk=ticket_id)
            .first()
        )
        if ticket is None or ticket.undo is None or ticket.undo != glimpse or ticket.undo["by"] != user.pk:
            raise Outdated(_("Tidak ada tindakan Anda yang dapat dibatalkan pada nomor ini."))
        if clock.now() - datetime.datetime.fromisoformat(ticket.undo["at"]) > states.UNDO_WITHIN:
            raise too_late()
        if session is not None:
            _must_be_free(session, ticket)
        _must_still_be_here(ticket, ticket.undo)
        return _restore(ticket, ticket.undo)


def too_late() -> Outdated:
    """What to tell somebody who takes back what was clicked too long ago."""
    sentence = _("Sudah lewat %(time)s; tindakan itu tidak dapat dibatalkan lagi.")
    return Outdated(sentence % {"time": lasting(states.UNDO_WITHIN)})


def lock_visit_of(ticket_id: int) -> None:
    """Before the ticket, as when leaving: of several numbers of a visit one comes back, and none once it has ended."""
    Visit.objects.select_for_update(of=("self",), no_key=True).filter(tickets=ticket_id).first()


def _must_be_free(session: CounterSession, ticket: Ticket) -> None:
    if session.closed_at is not None or session.paused_at is not None:
        raise Refused(_("Buka atau lanjutkan loket dahulu, lalu batalkan."))
    other = Ticket.objects.filter(session=session, state__in=states.AT_COUNTER).exclude(pk=ticket.pk).first()
    if other:
        raise Refused(_("Kembalikan atau selesaikan dahulu %(label)s.") % {"label": other.label})


def _must_still_be_here(ticket: Ticket, undo: _Undo) -> None:
    if ticket.visit.left_at is not None and not undo.get("left"):
        raise Outdated(_("Kunjungan ini sudah selesai."))
    others = ticket.visit.tickets.filter(state__in=Ticket.LIVE_STATES).exclude(pk=ticket.pk)
    if others.exists():
        raise Outdated(_("Tamu ini sudah memegang nomor lain."))


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
    # By the moment ``visitors_call_next`` finds the call that was taken back: it took nobody's turn.
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
