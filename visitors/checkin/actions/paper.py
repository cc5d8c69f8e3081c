"""Numbers on paper for when network or power fail, and entering them afterwards (*dicatat kemudian*)."""

import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal import actors
from ula_portal.core.models import Location, User
from ula_portal.core.verbs.errors import NotAllowed, Refused
from visitors import permissions
from visitors.models import PaperSheet, Ticket, Visit
from visitors.queue.actions import events
from visitors.queue.actions.tickets import GENERAL_LETTER, LETTERS, new_secret, service_if_served

from .checkin import CheckIn, check_in

# What fits on two sheets of paper; more is a second print.
MAX_SHEET_NUMBERS = 60


def reserve_numbers(
    location: Location, user: User, *, count: int, letter: str = GENERAL_LETTER, idempotency_key: str = ""
) -> PaperSheet:
    """Take today's next ``count`` numbers of a letter out of the series, to be printed and handed out on paper.

    The series stays without gap or double: the sheet's row says where these numbers went. Called again with the same
    key it returns the same sheet. May: front desk and counters. Raises NotAllowed, or Refused with the field.
    """
    if not permissions.may_check_in(user):
        raise NotAllowed(_("Anda tidak berwenang mencetak nomor cadangan."))
    if not 1 <= count <= MAX_SHEET_NUMBERS:
        raise Refused(_("Jumlah nomor antara 1 dan %(n)s.") % {"n": MAX_SHEET_NUMBERS}, field="count")
    if not LETTERS.fullmatch(letter):
        raise Refused(_("Huruf A sampai Z tanpa I, O, dan Q."), field="letter")
    with transaction.atomic():
        claim = idempotency.claim(actors.staff(user).key, idempotency_key)
        if earlier := claim.earlier(PaperSheet.objects):
            return earlier
        now = clock.now()
        day = clock.local(now).date()
        last = _take(location.pk, day, letter, count)
        sheet = PaperSheet.objects.create(
            location=location,
            day=day,
            letter=letter,
            first=last - count + 1,
            last=last,
            printed_at=now,
            printed_by=user,
        )
        journal.record("reserve_numbers", "paper_sheet", sheet.pk, actors.staff(user))
        claim.record("paper_sheet", sheet.pk)
        return sheet


def _take(location_id: int, day: datetime.date, letter: str, count: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO visitors_ticketseries (location_id, day, letter, last) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (location_id, day, letter) DO UPDATE SET last = visitors_ticketseries.last + excluded.last"
            " RETURNING last",
            [location_id, day, letter, count],
        )
        last: int = cursor.fetchone()[0]
        return last


def enter_from_paper(
    sheet_id: int,
    number: int,
    user: User,
    *,
    came_at: datetime.datetime,
    finished_at: datetime.datetime | None = None,
    result: str = "",
    **who_and_what: Any,
) -> CheckIn:
    """Enter a visitor who got a number on paper, with the times written there; it stays visible as entered later.

    ``finished_at``: when the visitor was served; None while they still wait, which only today's can: their place in the
    line is that of ``came_at``. No official is called to somebody who was served. ``who_and_what``: what ``check_in``
    takes. May: front desk and counters. Raises NotAllowed, or Refused with the field (a number that is not on the sheet
    or was entered already, a time that is not of that day, in the future or in the wrong order).
    """
    with transaction.atomic():
        sheet = PaperSheet.objects.select_for_update().select_related("location").filter(pk=sheet_id).first()
        if sheet is None or number not in sheet.numbers:
            raise Refused(_("Nomor ini tidak ada di lembar cadangan."), field="number")
        _check_times(sheet, came_at, finished_at)
        over = finished_at is not None
        made = check_in(user=user, location=sheet.location, issue=False, came_at=came_at, is_over=over, **who_and_what)
        if made.ticket is not None or Ticket.objects.filter(visit=made.visit).exists():
            return made
        of_number = Ticket.objects.filter(location=sheet.location, day=sheet.day, letter=sheet.letter, number=number)
        if of_number.exists():
            raise Refused(_("Nomor ini sudah dicatat."), field="number")
        ticket = _ticket(sheet, number, made.visit, came_at, finished_at, result, who_and_what.get("ground", ""))
        if finished_at is not None and sheet.day != clock.today():
            # Of today's nobody has seen them leave.
            Visit.objects.filter(pk=made.visit.pk).update(left_at=finished_at, left_assumed=True)
        return CheckIn(made.visit, ticket, made.request)


def _check_times(sheet: PaperSheet, came_at: datetime.datetime, finished_at: datetime.datetime | None) -> None:
    if clock.local(came_at).date() != sheet.day or came_at > clock.now():
        raise Refused(_("Waktu datang harus pada hari nomor itu dicetak dan tidak di masa depan."), field="came_at")
    if finished_at is None and sheet.day != clock.today():
        raise Refused(_("Tamu hari lain tidak menunggu lagi. Isi waktu selesainya."), field="finished_at")
    if finished_at is not None and not came_at <= finished_at <= clock.now():
        raise Refused(_("Waktu selesai harus setelah waktu datang dan tidak di masa depan."), field="finished_at")


def _ticket(
    sheet: PaperSheet,
    number: int,
    visit: Visit,
    came_at: datetime.datetime,
    finished_at: datetime.datetime | None,
    result: str,
    ground: str,
) -> Ticket:
    nonce, token_hash = new_secret()
    ticket = Ticket.objects.create(
        visit=visit,
        location=sheet.location,
        day=sheet.day,
        letter=sheet.letter,
        number=number,
        lane=Ticket.Lane.PRIORITY if ground else Ticket.Lane.REGULAR,
        priority_ground=ground,
        state=Ticket.State.FINISHED if finished_at else Ticket.State.WAITING,
        service=service_if_served(sheet.location_id, visit.service),
        issued_at=came_at,
        waiting_since=came_at,
        finished_at=finished_at,
        result=result.strip()[:200] if finished_at else "",
        nonce=nonce,
        token_hash=token_hash,
    )
    events.append("issued", sheet.location_id, ticket=ticket, late=True)
    if finished_at:
        events.append("finished", sheet.location_id, ticket=ticket, late=True)
    return ticket
