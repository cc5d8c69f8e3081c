"""Acting holders of a position (Plh., Plt.): who records the order, its requirements, and when it applies."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories.core import anew, day, make_acting, make_position, make_user, order
from ula_portal.core import clock, permissions
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry, Notice, Role, Tenure
from ula_portal.core.notices import kinds
from ula_portal.core.office import queries
from ula_portal.core.office.actions import office, people
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.office.actions.acting import ActingTerm, end_acting, record_acting
from ula_portal.core.office.actions.people import Order
from ula_portal.core.verbs.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(cast):
    """The secretariat of the head of the section."""
    user = make_user(Role.OFFICIAL, make_position("PERSURATAN", "Pengadministrasi Persuratan"))
    office.entrust_paper(user.tenures.get().position, by=SYSTEM, position=cast.positions["KABID-DIKDAS"])
    return user


def record(by, cast, user=None, code="KABID-DIKDAS", kind="plh", first=0, last=2, said=None, key=""):
    span = {"from_date": day(first), "to_date": None if last is None else day(last)}
    user, post = user or cast.outsider, cast.positions[code]
    term = ActingTerm(kind, span["from_date"], span["to_date"], said or order())
    return record_acting(user, by=staff(anew(by)), position=post, term=term, key=key)


def test_the_journal_names_who_recorded_it(cast):
    record(cast.admin, cast)
    entry = JournalEntry.objects.filter(verb="begin_tenure").latest("pk")
    assert (entry.actor_kind, entry.actor_id) == ("staff", str(cast.admin.pk))


def test_administrators_and_the_secretariat_record_it_nobody_else(cast, keeper):
    for by in (cast.admin, keeper):
        record(by, cast).delete()
    for by in (cast.head, cast.section_head, cast.official, cast.secretary, cast.counter, cast.outsider):
        with pytest.raises(NotAllowed):
            record(by, cast)
    with pytest.raises(NotAllowed):
        record(keeper, cast, code="KADIS")
    # The secretariat's deputy does its work, but not this.
    record_absence(keeper, by=SYSTEM, kind="leave", from_date=day(0), to_date=day(0), deputy=cast.counter)
    with pytest.raises(NotAllowed):
        record(cast.counter, cast)
    assert not Tenure.objects.filter(kind="plh").exists()


def test_nobody_records_an_order_for_themselves(cast, keeper):
    for by in (cast.admin, keeper):
        with pytest.raises(Refused) as refused:
            record(by, cast, user=anew(by))
        assert refused.value.field == "user"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"said": Order(" ", datetime.date(2020, 1, 1), "Kepala Dinas")}, "mandate"),
        ({"said": Order("800/1", None, "Kepala Dinas")}, "mandate_date"),
        ({"said": Order("800/1", datetime.date(2099, 1, 1), "Kepala Dinas")}, "mandate_date"),
        ({"said": Order("800/1", datetime.date(2020, 1, 1), "")}, "mandate_by"),
        ({"last": None}, "to_date"),
        ({"first": 2, "last": 1}, "to_date"),
        ({"first": -9, "last": -1}, "to_date"),
        ({"last": 400}, "to_date"),
        ({"kind": "definitive"}, "kind"),
    ],
)
def test_an_order_that_lacks_something_is_refused_beside_its_field(cast, changes, field):
    with pytest.raises(Refused) as refused:
        record(cast.admin, cast, **changes)
    assert refused.value.field == field
    assert not Tenure.objects.exclude(kind="definitive").exists()


def test_a_closed_account_acts_for_nobody(cast):
    people.set_active(cast.outsider, by=SYSTEM, active=False)
    with pytest.raises(Refused) as refused:
        record(cast.admin, cast, user=anew(cast.outsider))
    assert refused.value.field == "user"


@pytest.mark.parametrize("without", ["mandate", "mandate_date", "mandate_by", "to_date"])
def test_the_database_refuses_an_acting_tenure_without_its_order(cast, without):
    whole = {"mandate": "800/1", "mandate_date": day(0), "mandate_by": "Kepala Dinas", "to_date": day(1)}
    empty = {**whole, without: "" if without in ("mandate", "mandate_by") else None}
    place = {"user": cast.outsider, "position": cast.positions["KADIS"], "from_date": day(0)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Tenure.objects.create(kind="plt", **place, **empty)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tenure.objects.create(kind="plh", **place, **{**whole, "mandate_date": day(1)})
    held = Tenure.objects.create(kind="plh", **place, **whole)
    with pytest.raises(IntegrityError), transaction.atomic():
        Tenure.objects.filter(pk=held.pk).update(**{without: empty[without]})


def test_it_counts_from_its_first_to_its_last_day_and_ends_when_withdrawn(cast):
    post = cast.positions["KABID-DIKDAS"].pk
    tenure = record(cast.admin, cast, first=1, last=2)
    for distance, holds in ((0, False), (1, True), (2, True), (3, False)):
        with clock.at(clock.now() + datetime.timedelta(days=distance)):
            assert (post in queries.own_position_ids(cast.outsider)) is holds
            assert permissions.has_role(anew(cast.outsider), Role.SECTION_HEAD) is holds
    with clock.at(clock.now() + datetime.timedelta(days=2)):
        end_acting(tenure, by=staff(anew(cast.admin)))
        end_acting(tenure, by=staff(anew(cast.admin)))
        tenure.refresh_from_db()
        assert tenure.to_date == clock.today() - datetime.timedelta(days=1)
        assert queries.own_position_ids(cast.outsider) == {cast.positions["PENGELOLA-GTK"].pk}
    assert JournalEntry.objects.filter(verb="end_tenure").count() == 1


def test_one_that_has_not_begun_is_taken_away_by_who_may_record_it(cast, keeper):
    tenure = record(cast.admin, cast, first=3, last=4)
    for by in (cast.outsider, cast.head):
        with pytest.raises(NotAllowed):
            end_acting(tenure, by=staff(by))
    end_acting(cast.section_head.tenures.get(), by=staff(cast.admin))
    end_acting(tenure, by=staff(keeper))
    end_acting(tenure, by=staff(keeper))
    assert not Tenure.objects.filter(kind="plh").exists()
    assert cast.section_head.tenures.get().to_date is None


def test_the_person_and_the_holder_are_told(cast):
    record(cast.admin, cast)
    told = {notice.user for notice in Notice.objects.filter(kind="acting_recorded")}
    assert told == {cast.outsider, cast.section_head}
    message = kinds.kind_of("acting_recorded").compose(Notice.objects.first())
    assert "Maya Contoh tercatat sebagai Plh. Kepala Bidang Pembinaan Pendidikan Dasar" in message.body
    assert "nomor 800/1/2026 dari Kepala Dinas" in message.body


def test_who_acts_for_a_head_has_the_heads_role_a_deputy_has_not(cast):
    assert not anew(cast.outsider).is_staff
    make_acting(cast.outsider, cast.positions["KADIS"])
    make_acting(cast.official, cast.positions["KABID-DIKDAS"], "plt")
    assert permissions.roles_of(anew(cast.outsider)) >= {(Role.HEAD, cast.office_unit.pk)}
    assert permissions.unit_ids_led_by(anew(cast.official)) == {cast.unit.pk}
    assert cast.official in queries.staff_with_role(Role.SECTION_HEAD, [cast.unit.pk])
    assert cast.official not in queries.staff_with_role(Role.HEAD)
    record_absence(cast.head, by=SYSTEM, kind="leave", from_date=day(0), to_date=day(0), deputy=cast.counter)
    assert permissions.roles_of(anew(cast.counter)) == {(Role.COUNTER, cast.ula.pk)}


def test_a_deputy_makes_room_for_an_acting_holder_who_is_here(cast):
    post = cast.positions["KABID-DIKDAS"].pk
    record_absence(cast.section_head, by=SYSTEM, kind="leave", from_date=day(0), to_date=day(3), deputy=cast.counter)
    assert queries.holders_of([post])[post] == [cast.counter]
    make_acting(cast.outsider, cast.positions["KABID-DIKDAS"], to_date=day(2))
    assert queries.holders_of([post])[post] == [cast.outsider]
    assert post not in queries.position_ids_held(cast.counter, day(0))
    record_absence(cast.outsider, by=SYSTEM, kind="sick", from_date=day(0), to_date=day(0))
    assert queries.holders_of([post])[post] == [cast.counter]
    assert post in queries.position_ids_held(cast.counter, day(0))


def test_a_deputy_who_is_away_too_or_closed_does_nobodys_work(cast):
    post = cast.positions["KABID-DIKDAS"].pk
    record_absence(cast.section_head, by=SYSTEM, kind="leave", from_date=day(0), to_date=day(3), deputy=cast.counter)
    record_absence(cast.counter, by=SYSTEM, kind="sick", from_date=day(1), to_date=day(1))
    assert [post in queries.position_ids_held(cast.counter, day(each)) for each in (0, 1, 2)] == [True, False, True]
    people.set_active(cast.counter, by=SYSTEM, active=False)
    assert queries.position_ids_held(anew(cast.counter), day(0)) == set()


def form_data(cast, **changes):
    return {
        "key": "kunci",
        "position": cast.positions["KABID-DIKDAS"].pk,
        "kind": "plh",
        "user": cast.outsider.pk,
        "from_date": day(0),
        "to_date": day(1),
        "mandate": "800/7/2026",
        "mandate_date": day(0),
        "mandate_by": "Kepala Dinas",
        **changes,
    }


def test_it_is_recorded_and_ended_on_the_page_once(cast, keeper, client):
    client.force_login(keeper)
    page = reverse("acting")
    assert "Catat Plh. atau Plt." in client.get(reverse("absences")).content.decode()
    # Somebody else's position, and the user themselves, are not among the choices.
    for wrong in ({"position": cast.positions["KADIS"].pk}, {"user": keeper.pk}, {"mandate_by": ""}):
        assert client.post(page, form_data(cast, **wrong)).status_code == 422
    for _time in range(2):
        assert client.post(page, form_data(cast)).status_code == 302
    tenure = Tenure.objects.get(kind="plh")
    assert (tenure.mandate, tenure.mandate_by) == ("800/7/2026", "Kepala Dinas")
    shown = client.get(reverse("absences")).content.decode()
    assert "Plh. Kepala Bidang Pembinaan Pendidikan Dasar: Maya Contoh" in shown
    client.force_login(cast.outsider)
    shown = client.get(reverse("absences")).content.decode()
    assert "surat perintah Kepala Dinas nomor 800/7/2026" in shown and "Akhiri masa tugas" not in shown
    client.post(reverse("acting_end", args=[tenure.pk]))
    assert Tenure.objects.filter(pk=tenure.pk).exists()
    client.force_login(keeper)
    client.post(reverse("acting_end", args=[tenure.pk]))
    assert not Tenure.objects.filter(pk=tenure.pk).exists()


def test_administrators_set_per_position_whether_a_deputy_decides(cast, client):
    client.force_login(cast.admin)
    post = cast.positions["KABID-DIKDAS"]
    data = {"name": post.name, "code": post.code, "unit": post.unit_id, "superior": post.superior_id}
    rows = {f"secretariat_of-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    assert client.post(reverse("admin:core_position_change", args=[post.pk]), data | rows).status_code == 302
    post.refresh_from_db()
    assert post.deputy_decides is False
    client.force_login(cast.section_head)
    assert client.get(reverse("admin:core_position_change", args=[post.pk])).status_code in (302, 403)
