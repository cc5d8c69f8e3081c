"""Who records whose absence, what is refused, and how somebody returns."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.core import day, make_acting, make_position, make_user
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Absence, JournalEntry, Notice, Role, User
from ula_portal.core.notices import kinds
from ula_portal.core.office.actions import office, people
from ula_portal.core.office.actions.absences import end_absence, note_absence, record_absence
from ula_portal.core.office.queries import holders_of
from ula_portal.core.verbs.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db
PAGE = "/petugas/kehadiran/"


def sent(user, **changes):
    return {"key": "kunci", "user": user.pk, "kind": "leave", "from_date": day(0), "to_date": day(2), **changes}


def may_note(by, person):
    by = User.objects.get(pk=by.pk)
    try:
        note_absence(person, by=staff(by), kind="travel", from_date=day(0), to_date=day(0))
    except NotAllowed:
        return False
    Absence.objects.filter(user=person).delete()
    return True


def test_whose_absence_may_be_noted(cast):
    for by in (cast.official, cast.section_head, cast.head, cast.admin):
        assert may_note(by, cast.official)
    for by in (cast.counter, cast.outsider, cast.secretary):
        assert not may_note(by, cast.official)


def test_a_role_in_the_unit_is_no_ground(cast):
    """The head of the unit to which a superior belongs is not thereby that superior's superior."""
    colleague = make_user([Role.SECTION_HEAD, Role.OFFICIAL], unit=cast.office_unit)
    beside = make_user([Role.SECTION_HEAD], make_position(unit=cast.unit), cast.unit)
    for by in (colleague, beside, cast.secretary, cast.official):
        assert not may_note(by, cast.head)
        assert not may_note(by, cast.section_head)


def test_standing_in_gives_nobody_this_right_nor_makes_them_subordinate(cast):
    record_absence(cast.section_head, by=SYSTEM, kind="leave", from_date=day(0), to_date=day(0), deputy=cast.outsider)
    assert not may_note(cast.outsider, cast.official)
    record_absence(cast.official, by=SYSTEM, kind="leave", from_date=day(0), to_date=day(0), deputy=cast.counter)
    assert not may_note(cast.section_head, cast.counter)


def test_who_is_above_by_an_order_is_above_for_its_time_only(cast):
    acting = make_acting(cast.outsider, cast.positions["KABID-DIKDAS"], from_date=day(0), to_date=day(1))
    assert may_note(cast.outsider, cast.official)
    with clock.at(clock.now() + datetime.timedelta(days=2)):
        assert not may_note(cast.outsider, cast.official)
    with clock.at(clock.now() - datetime.timedelta(days=1)):
        assert not may_note(cast.outsider, cast.official)
    people.end_tenure(acting, by=SYSTEM)
    people.set_active(cast.outsider, by=SYSTEM, active=False)
    assert not may_note(cast.outsider, cast.official)


def test_acting_below_somebody_makes_nobody_their_superior(cast):
    """The head, who acts in a position below the secretary, does not become the secretary's subordinate."""
    make_acting(cast.head, cast.positions["PENGELOLA-DATA"], "plt")
    assert not may_note(cast.secretary, cast.head)


def test_the_secretariat_notes_its_officials_absence(cast):
    keeper = make_user(Role.OFFICIAL, make_position("PERSURATAN", "Pengadministrasi Persuratan"))
    assert not may_note(keeper, cast.head)
    office.entrust_paper(keeper.tenures.get().position, by=SYSTEM, position=cast.positions["KADIS"])
    assert may_note(keeper, cast.head) and not may_note(keeper, cast.section_head)
    stand_in = make_user(Role.OFFICIAL)
    record_absence(keeper, by=SYSTEM, kind="leave", from_date=day(0), to_date=day(0), deputy=stand_in)
    assert not may_note(stand_in, cast.head)


@pytest.mark.parametrize("by", ["section_head", "admin"])
def test_nobody_becomes_the_deputy_of_whom_they_note(cast, client, by):
    by = getattr(cast, by)
    with pytest.raises(Refused) as refused:
        note_absence(cast.official, by=staff(by), kind="leave", from_date=day(0), to_date=day(2), deputy=by)
    assert refused.value.field == "deputy"
    client.force_login(by)
    assert client.post(PAGE, sent(cast.official, deputy=by.pk)).status_code == 422
    assert not Absence.objects.exists()
    days = {"kind": "leave", "from_date": day(0), "to_date": day(2)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(user=cast.official, deputy=by, recorded_by=by, **days)
    # People still name a colleague for their own absence.
    assert note_absence(
        cast.official, by=staff(cast.official), kind="leave", from_date=day(0), to_date=day(2), deputy=cast.outsider
    ).recorded_by


def test_the_absentee_is_told_at_once_by_mail_and_on_their_pages(cast, client):
    deputy = make_user(Role.OFFICIAL, make_position(), full_name="Pengganti Contoh")
    note_absence(cast.official, by=staff(cast.official), kind="leave", from_date=day(5), to_date=day(5))
    assert not Notice.objects.exists()
    absence = note_absence(
        cast.official, by=staff(cast.section_head), kind="sick", from_date=day(0), to_date=day(2), deputy=deputy
    )
    notice = Notice.objects.get()
    assert (notice.kind, notice.user, notice.next_try_at <= clock.now()) == ("absence_recorded", cast.official, True)
    message = kinds.kind_of(notice.kind).compose(notice)
    assert message.to == cast.official.email
    assert "Fauziah Contoh mencatat bahwa Anda tidak di tempat" in message.body and "Pengganti Contoh" in message.body
    client.force_login(cast.official)
    assert "Fauziah Contoh mencatat Anda tidak hadir dari" in client.get("/petugas/").content.decode()
    page = client.get(PAGE).content.decode()
    assert "Fauziah Contoh mencatat Anda tidak di tempat." in page and "Pengganti Anda: Pengganti Contoh." in page
    absence.refresh_from_db()
    assert absence.seen_at is not None
    assert "mencatat Anda tidak hadir" not in client.get("/petugas/").content.decode()
    # The absentee takes it back; the notice that was not sent yet is dropped.
    client.post(reverse("absence_end", args=[absence.pk]))
    absence.delete()
    assert kinds.kind_of(notice.kind).compose(notice) is None


def test_a_form_sent_again_after_its_absence_was_removed_says_so_and_may_then_be_sent_anew(cast, client):
    client.force_login(cast.official)
    data = sent(cast.official)
    assert client.post(PAGE, data).status_code == client.post(PAGE, data).status_code == 302
    end_absence(Absence.objects.get(), by=staff(cast.official))
    answer = client.post(PAGE, data)
    form = answer.context["form"]
    assert answer.status_code == 422 and "catatannya dihapus" in answer.content.decode()
    assert form["kind"].value() == "leave" and form["key"].value() not in ("", "kunci")
    assert not Absence.objects.exists()
    assert client.post(PAGE, data | {"key": form["key"].value()}).status_code == 302
    assert Absence.objects.count() == 1


def test_what_is_told_of_an_absence_asks_the_same_for_one_and_three(cast, client):
    client.force_login(cast.official)
    client.get("/petugas/")
    counted = []
    for number in range(3):
        absence = note_absence(
            cast.official, by=staff(cast.section_head), kind="sick", from_date=day(number), to_date=day(number)
        )
        Absence.objects.filter(pk=absence.pk).update(deputy=make_user())
        with CaptureQueriesContext(connection) as queries:
            client.get("/petugas/")
        counted.append(len(queries))
    assert counted[0] == counted[2]


def test_the_deputy_has_the_position_until_the_person_is_back(cast):
    deputy = make_user(Role.OFFICIAL)
    position = cast.positions["PENGELOLA-DIKDAS"].pk
    absence = note_absence(
        cast.official, by=staff(cast.official), kind="sick", from_date=day(-1), to_date=day(5), deputy=deputy
    )
    assert holders_of([position])[position] == [deputy]
    end_absence(absence, by=staff(cast.official))
    absence.refresh_from_db()
    assert (absence.to_date, holders_of([position])[position]) == (day(-1), [cast.official])
    end_absence(absence, by=staff(cast.official))
    assert (
        list(JournalEntry.objects.filter(subject_kind="user").values_list("verb", flat=True)).count("change_absence")
        == 1
    )


def test_what_has_not_begun_is_taken_away(cast):
    absence = note_absence(cast.official, by=staff(cast.official), kind="leave", from_date=day(3), to_date=day(5))
    with pytest.raises(NotAllowed):
        end_absence(absence, by=staff(cast.counter))
    end_absence(absence, by=staff(cast.section_head))
    end_absence(absence, by=staff(cast.section_head))
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("days", "deputy", "field"),
    [
        ((-5, -2), None, "to_date"),
        ((3, 1), None, "to_date"),
        ((0, 500), None, "to_date"),
        ((2, 8), None, "from_date"),
        ((20, 21), "official", "deputy"),
        ((20, 21), "counter", "deputy"),
    ],
)
def test_refusals_stand_beside_their_field_and_keep_what_was_typed(cast, client, days, deputy, field):
    note_absence(cast.official, by=staff(cast.official), kind="leave", from_date=day(1), to_date=day(2))
    record_absence(cast.counter, by=SYSTEM, kind="leave", from_date=day(21), to_date=day(30))
    person = getattr(cast, deputy).pk if deputy else ""
    client.force_login(cast.official)
    data = sent(cast.official, kind="meeting", from_date=day(days[0]), to_date=day(days[1]), deputy=person)
    answer = client.post(PAGE, data)
    text = answer.content.decode()
    assert answer.status_code == 422 and f'id="id_{field}_error' in text
    assert '<option value="meeting" selected>' in text
    assert Absence.objects.filter(user=cast.official).count() == 1


def test_the_page_shows_each_person_what_is_theirs_to_know(cast, client):
    note_absence(cast.official, by=staff(cast.official), kind="sick", from_date=day(0), to_date=day(1))
    seen = {}
    for user in (cast.official, cast.section_head, cast.outsider, cast.admin):
        client.force_login(user)
        seen[user.email] = "Sri Contoh</p>" in client.get(PAGE).content.decode()
    assert list(seen.values()) == [True, True, False, True]


def test_the_same_form_twice_notes_one_absence(cast, client):
    client.force_login(cast.section_head)
    for _ in range(2):
        assert client.post(PAGE, sent(cast.official)).status_code == 302
    absence = Absence.objects.get()
    client.post(reverse("absence_end", args=[absence.pk]))
    client.post(reverse("absence_end", args=[absence.pk]))
    assert not Absence.objects.exists()
