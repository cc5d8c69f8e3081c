"""Undoing a routing within its minute: who may, what is restored, and what is refused."""

import datetime

import pytest
from django.urls import reverse

from services.casework.queries.history import case_history
from services.conversation.actions.messaging import add_internal_note
from services.engine.actions.deviating import reassign
from services.engine.actions.steps import decide_step, start_step
from services.models import Request, Routing
from services.routing.actions.routing import route_case, undo_routing
from services.routing.queries.routing import waiting_for_routing
from services.routing.queries.undo import undoable_by
from tests.factories.cases import make_case_service, run_of
from tests.factories.concurrently import concurrently
from tests.factories.core import make_user, named_cast
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry, Notice, Role, StaffRole
from ula_portal.core.notices import delivery
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

from .test_routing import URL, walk_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
NOW = datetime.datetime(2026, 11, 24, 3, tzinfo=datetime.UTC)


def routed(cast, service, to=None, by=None, **more):
    """A walk-in request that was just routed, and its routing."""
    request = walk_in(cast, service)
    route_case(request, by=staff(by or cast.admin), to_user=to or cast.official, **more)
    request.refresh_from_db()
    return request, Routing.objects.get(request=request)


def later(seconds):
    return clock.at(NOW + datetime.timedelta(seconds=seconds))


def test_undo_brings_back_what_was_and_both_acts_stay_on_record(cast, service):
    second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    request, routing = routed(cast, service, second, note="Pemohon menunggu")
    assert run_of(request).assignee == second
    with later(60):
        undo_routing(routing, by=staff(cast.admin))
        # Calling it again changes nothing.
        undo_routing(routing, by=staff(cast.admin))
    request.refresh_from_db()
    assert (request.responsible, run_of(request).assignee) == (None, None)
    assert waiting_for_routing(cast.admin).rows == [request]
    assert not request.messages.exists()
    texts = [each.text for each in case_history(request).rows]
    assert f"Diteruskan kepada {second}" in texts and f"Penerusan kepada {second} diurungkan" in texts
    verbs = JournalEntry.objects.filter(subject_kind="request", subject_id=str(request.pk)).values_list(
        "verb", flat=True
    )
    assert list(verbs)[-2:] == ["route_case", "undo_routing"]
    route_case(request, by=staff(cast.admin), to_user=cast.official)


def test_a_step_taken_from_somebody_goes_back_to_them(cast, service):
    request = walk_in(cast, service)
    second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    reassign(run_of(request), by=staff(cast.section_head), to_user=cast.official)
    route_case(request, by=staff(cast.admin), to_user=second)
    undo_routing(Routing.objects.get(), by=staff(cast.admin))
    assert run_of(request).assignee == cast.official


def test_the_mail_waits_for_the_minute_and_never_goes_out_once_undone(cast, service, mailoutbox):
    _request, routing = routed(cast, service)
    with later(60):
        assert delivery.deliver(routing.notice) == "not due"
        undo_routing(routing, by=staff(cast.admin))
    with later(120):
        assert delivery.deliver(routing.notice) == "not due"
    assert Notice.objects.get(pk=routing.notice_id).state == Notice.State.SUPPRESSED
    _other, kept = routed(cast, service)
    with later(70):
        assert delivery.deliver(kept.notice) == Notice.State.SENT
    assert [mail.to for mail in mailoutbox] == [[cast.official.email]]


def test_whoever_had_it_for_less_than_a_minute_gets_no_mail(cast, service):
    request, first = routed(cast, service)
    route_case(request, by=staff(cast.admin), to_user=cast.section_head, replacing=cast.official)
    assert Notice.objects.get(pk=first.notice_id).state == Notice.State.SUPPRESSED
    assert Notice.objects.get(kind="case_routed", state=Notice.State.WAITING).user == cast.section_head


def test_undo_is_refused_after_its_minute(cast, service):
    _request, routing = routed(cast, service)
    with later(61), pytest.raises(Outdated, match="Waktu 1 menit"):
        undo_routing(routing, by=staff(cast.admin))


def test_only_who_routed_may_undo_and_only_with_the_right(cast, service):
    _request, routing = routed(cast, service, by=cast.section_head)
    for user in (cast.admin, cast.official, cast.outsider):
        with pytest.raises(NotAllowed):
            undo_routing(routing, by=staff(user))
    StaffRole.objects.filter(user=cast.section_head).delete()
    del cast.section_head._portal_roles
    with pytest.raises(NotAllowed):
        undo_routing(routing, by=staff(cast.section_head))


@pytest.mark.parametrize(
    "act",
    [
        lambda cast, request: decide_step(run_of(request), by=staff(cast.official), yes=True),
        lambda cast, request: start_step(run_of(request), by=staff(cast.official)),
        lambda cast, request: add_internal_note(request, by=staff(cast.official), text="Sedang saya baca."),
    ],
    ids=["decided", "started", "noted"],
)
def test_undo_is_refused_once_the_official_has_acted(cast, service, act):
    second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    request, routing = routed(cast, service)
    act(cast, request)
    with pytest.raises(Outdated, match="sudah dikerjakan"):
        undo_routing(routing, by=staff(cast.admin))
    request.refresh_from_db()
    assert request.responsible == cast.official and second.pk


def test_the_same_form_sent_twice_routes_once_and_not_again_after_an_undo(cast, service):
    request, routing = routed(cast, service, key="kunci")
    route_case(request, by=staff(cast.admin), to_user=cast.official, key="kunci")
    with pytest.raises(Outdated, match="sudah diteruskan kepada Sri"):
        route_case(request, by=staff(cast.admin), to_user=cast.section_head, replacing=cast.official, key="kunci")
    undo_routing(routing, by=staff(cast.admin))
    with pytest.raises(Outdated, match="sudah diurungkan"):
        route_case(request, by=staff(cast.admin), to_user=cast.official, key="kunci")
    request.refresh_from_db()
    assert request.responsible is None and Routing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_official_and_who_takes_it_back_at_once():
    cast = named_cast()
    request, routing = routed(cast, make_case_service(cast))
    run = run_of(request)

    def at_the_moment(verb, *args, **more):
        with clock.at(NOW):
            return verb(*args, **more)

    undone, decided = concurrently(
        lambda: at_the_moment(undo_routing, routing, by=staff(cast.admin)),
        lambda: at_the_moment(decide_step, run, by=staff(cast.official), yes=True),
    )
    # The only holder may work on the step either way; the refusal is right in both orders.
    assert not isinstance(decided, Exception)
    request.refresh_from_db()
    assert request.responsible == (cast.official if isinstance(undone, Outdated) else None)


def test_the_page_undoes_one_and_all(cast, service, client):
    requests = [walk_in(cast, service) for _n in range(3)]
    client.force_login(cast.admin)
    data = {"chosen": [each.pk for each in requests], "to_all": cast.official.pk, "note_all": "Segera", "key": "k1"}
    text = client.post(URL, data, follow=True).content.decode()
    assert "3 permohonan diteruskan." in text and "Urungkan semua (3)" in text
    assert [each.messages.get().text for each in requests] == ["Segera"] * 3
    found = undoable_by(cast.admin)
    undo = reverse("admin:routing_undo")
    text = client.post(
        undo, {"routing": found[0].pk, "shown": [each.pk for each in found]}, follow=True
    ).content.decode()
    assert f"Penerusan {found[0].request.number} diurungkan." in text
    text = client.post(undo, {"all": 1, "shown": [each.pk for each in undoable_by(cast.admin)]}, follow=True)
    assert "Penerusan 2 permohonan diurungkan." in text.content.decode()
    assert undoable_by(cast.admin) == [] and len(waiting_for_routing(cast.admin).rows) == 3
    for junk in ("x", "99999999999999999999", "-1"):
        assert "hanya dapat diurungkan oleh" in client.post(undo, {"routing": junk}, follow=True).content.decode()


def test_who_lost_the_race_is_told_kindly_and_keeps_what_was_typed(cast, service, client):
    taken, other = walk_in(cast, service), walk_in(cast, service)
    route_case(taken, by=staff(cast.section_head), to_user=cast.section_head)
    client.force_login(cast.admin)
    data = {"chosen": [taken.pk, other.pk], f"to_{taken.pk}": cast.official.pk, f"to_{other.pk}": ""}
    answer = client.post(URL, data | {f"note_{other.pk}": "Ibunya menunggu"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f"{taken.number} sudah diteruskan kepada {cast.section_head}." in text
    assert "Ibunya menunggu" in text and "Pilih dahulu pejabat" in text
    too_long = client.post(URL, {"one": other.pk, f"to_{other.pk}": cast.official.pk, f"note_{other.pk}": "a" * 501})
    assert too_long.status_code == 422 and "a" * 501 in too_long.content.decode()
    with pytest.raises(Refused):
        route_case(Request(pk=10**9), by=staff(cast.admin), to_user=cast.official)
