"""Who notes whose absence, what is refused, and how somebody comes back."""

import datetime

import pytest
from django.urls import reverse

from tests.factories.core import make_user, named_cast
from ula_portal.core import clock
from ula_portal.core.actions import people
from ula_portal.core.actions.absences import end_absence, note_absence
from ula_portal.core.errors import NotAllowed
from ula_portal.core.models import Absence, JournalEntry, Role
from ula_portal.core.queries import holders_of

pytestmark = pytest.mark.django_db
PAGE = "/petugas/kehadiran/"


@pytest.fixture
def cast():
    return named_cast()


def day(distance):
    return clock.today() + datetime.timedelta(days=distance)


def sent(user, **changes):
    return {"key": "kunci", "user": user.pk, "kind": "leave", "from_date": day(0), "to_date": day(2), **changes}


def test_whose_absence_may_be_noted(cast):
    for by in (cast.official, cast.section_head, cast.head, cast.admin):
        note_absence(by, cast.official, "travel", day(0), day(0))
        Absence.objects.all().delete()
    for by in (cast.counter, cast.outsider, cast.secretary):
        with pytest.raises(NotAllowed):
            note_absence(by, cast.official, "travel", day(0), day(0))
    # Standing in for somebody makes nobody their subordinate.
    people.record_absence(cast.official, "leave", day(0), day(0), deputy=cast.outsider)
    with pytest.raises(NotAllowed):
        note_absence(cast.section_head, cast.outsider, "travel", day(0), day(0))


def test_the_deputy_has_the_position_until_the_person_is_back(cast):
    deputy = make_user(Role.OFFICIAL)
    position = cast.positions["PENGELOLA-DIKDAS"].pk
    absence = note_absence(cast.official, cast.official, "sick", day(-1), day(5), deputy=deputy)
    assert holders_of([position])[position] == [deputy]
    end_absence(absence.pk, cast.official)
    absence.refresh_from_db()
    assert (absence.to_date, holders_of([position])[position]) == (day(-1), [cast.official])
    end_absence(absence.pk, cast.official)
    assert (
        list(JournalEntry.objects.filter(subject_kind="user").values_list("verb", flat=True)).count("change_absence")
        == 1
    )


def test_what_has_not_begun_is_taken_away(cast):
    absence = note_absence(cast.official, cast.official, "leave", day(3), day(5))
    with pytest.raises(NotAllowed):
        end_absence(absence.pk, cast.counter)
    end_absence(absence.pk, cast.section_head)
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
    note_absence(cast.official, cast.official, "leave", day(1), day(2))
    people.record_absence(cast.counter, "leave", day(21), day(30))
    person = getattr(cast, deputy).pk if deputy else ""
    client.force_login(cast.official)
    data = sent(cast.official, kind="meeting", from_date=day(days[0]), to_date=day(days[1]), deputy=person)
    answer = client.post(PAGE, data)
    text = answer.content.decode()
    assert answer.status_code == 422 and f'id="id_{field}_error' in text
    assert '<option value="meeting" selected>' in text
    assert Absence.objects.filter(user=cast.official).count() == 1


def test_the_page_shows_each_person_what_is_theirs_to_know(cast, client):
    note_absence(cast.official, cast.official, "sick", day(0), day(1))
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
