"""States of pages that an address alone does not show: after a question, an action, an input or a closure."""

import datetime
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from services.routing.actions import routing
from tests.factories.cases import run_of, walk
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.web.kept_input import storage
from visitors.appointments.actions import slots
from visitors.closing import actions as closing
from visitors.counter.actions import calling, serving, sessions
from visitors.hosting.queries import presence


@dataclass(frozen=True)
class State:
    """The page at an address, or the answer to ``data`` posted there.

    ``role``: one of ``ROLES``; ``words``: text that the page has in this state only; ``after``: how much later it is
    requested.
    """

    role: str
    address: str
    words: str
    data: dict | None = None
    after: datetime.timedelta = datetime.timedelta()


def closing_is_asked_about(w):
    return State("frontdesk", reverse("service_closure"), "Yang terkena", {"do": "close", "reason": "Listrik padam"})


def service_is_stopped(w):
    closing.close_suddenly(w.location, by=staff(w.cast.frontdesk), reason="Listrik padam")
    return State("frontdesk", reverse("service_closure"), "Buka kembali sekarang")


def service_is_stopped_at_the_desk(w):
    closing.close_suddenly(w.location, by=staff(w.cast.frontdesk), reason="Listrik padam")
    return State("frontdesk", reverse("checkin"), "Listrik padam")


def closing_of_times_is_asked_about(w):
    data = {"day": _day_booked(w).isoformat(), "reason": "Listrik padam"}
    return State("frontdesk", reverse("slots_close"), "Tutup waktu janji?", data)


def day_with_a_booking(w):
    return State("frontdesk", f"{reverse('bookings')}?hari={_day_booked(w).isoformat()}", "Tamu Berjanji Contoh")


def day_that_was_closed(w):
    slots.close_slots(w.location, by=staff(w.cast.frontdesk), day=_day_booked(w), reason="Listrik padam")
    return State("frontdesk", f"{reverse('bookings')}?hari={_day_booked(w).isoformat()}", "Listrik padam")


def people_in_the_house(w):
    return State("frontdesk", reverse("inside_print"), "Tamu Menunggu Contoh")


def people_probably_gone(w):
    clerk = w.cast.counter
    session = sessions.open_session(w.desk, by=staff(clerk))
    calling.call_next(session, by=staff(clerk))
    serving.start_serving(w.waiting, by=staff(clerk))
    serving.finish_serving(w.waiting, by=staff(clerk))
    after = presence.PROBABLY_GONE + datetime.timedelta(minutes=1)
    return State("frontdesk", reverse("checkin"), "Mungkin sudah pulang", after=after)


def step_finished_just_now(w):
    walk(w.case, (w.cast.official, "yes"))
    return State("official", _case(w.case), "Urungkan langkah")


def where_a_step_leads(w):
    return State("official", _decide(w), "Urungkan langkah", _yes(w))


def documents_not_judged(w):
    w.case.documents.update(verdict="")
    return State("official", _decide(w), "Belum dinilai", _yes(w))


def letter_to_be_issued(w):
    return State("section_head", _case(w.signing), 'name="body"')


def case_waiting_for_an_official(w):
    return State("admin", reverse("admin:routing"), "Ibu Contoh")


def case_routed_just_now(w):
    routing.route_case(w.walk_in, by=staff(w.cast.admin), to_user=w.cast.official)
    return State("admin", reverse("admin:routing"), "Baru saja Anda teruskan")


def typed_when_the_session_ended(w):
    token = _keep(w.cast.official, _decide(w), {"note": "Stempel kurang jelas.", "run": str(run_of(w.case).pk)})
    return State("official", f"{_case(w.case)}?ketikan={token}", "Isian Anda tidak hilang.")


def typed_in_the_panel(w):
    page = reverse("admin:services_category_add")
    token = _keep(w.cast.admin, page, {"name": "Kelompok contoh"})
    return State("admin", f"{page}?ketikan={token}", "Isian Anda tidak hilang.")


def typed_and_lost(w):
    return State("official", f"{_case(w.case)}?ketikan=0", "harus Anda tulis lagi")


def _case(request):
    return reverse("case_detail", args=[request.number])


def _decide(w):
    return reverse("case_act", args=[w.case.number, "putuskan"])


def _yes(w):
    return {"key": "kunci-contoh", "run": run_of(w.case).pk, "answer": "yes"}


def _day_booked(w):
    return clock.local(w.booking.slot.starts_at).date()


def _keep(user, address, data):
    typed = QueryDict(mutable=True)
    typed.update(data)
    return storage.store_form(user.pk, address, typed, MultiValueDict())


STATES = (
    closing_is_asked_about,
    service_is_stopped,
    service_is_stopped_at_the_desk,
    closing_of_times_is_asked_about,
    day_with_a_booking,
    day_that_was_closed,
    people_in_the_house,
    people_probably_gone,
    step_finished_just_now,
    where_a_step_leads,
    documents_not_judged,
    letter_to_be_issued,
    case_waiting_for_an_official,
    case_routed_just_now,
    typed_when_the_session_ended,
    typed_in_the_panel,
    typed_and_lost,
)
