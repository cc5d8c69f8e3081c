"""Routing rules: their order, rules that never match, the editor, and the page that tries them."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from services.models import RoutingRule
from services.routing.actions.rules import add_routing_rule, move_rule
from services.routing.queries.rules import automatic_official, rule_lines
from tests.factories.cases import count_queries, make_case_service
from tests.factories.concurrently import concurrently
from tests.factories.core import named_cast
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry, Office
from ula_portal.core.office.actions import office
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.verbs.errors import NotAllowed, Outdated

from .test_routing import walk_in

pytestmark = pytest.mark.django_db
LIST = "/admin/services/routingrule/"
TRY = "/admin/penerusan/uji/"


def rule(cast, **conditions):
    return RoutingRule(user=cast.official, **conditions)


def hidden(*rules):
    return [line.hidden_by for line in rule_lines(rules)]


def test_a_rule_is_hidden_by_an_earlier_one_that_takes_all_it_would_take(cast, service):
    everything, narrow = rule(cast), rule(cast, service=service, source="online", answers={"jenis": ["Hilang"]})
    assert hidden(narrow, everything) == [(), ()]
    assert hidden(everything, narrow) == [(), (1,)]
    # A service's unit counts, another unit does not.
    assert hidden(rule(cast, unit=cast.unit), rule(cast, service=service)) == [(), (1,)]
    assert hidden(rule(cast, unit=cast.other_unit), rule(cast, service=service)) == [(), ()]
    # A rule with more answers covers one with fewer, but not the other way round.
    both, one = {"jenis": ["Hilang", "Rusak"]}, {"jenis": ["Hilang"]}
    assert hidden(rule(cast, answers=both), rule(cast, answers=one)) == [(), (1,)]
    assert hidden(rule(cast, answers=one), rule(cast, answers=both)) == [(), ()]
    # The last rule is covered source by source; a rule that is not in use covers nothing and has no number.
    sources = [rule(cast, source=source) for source in ("online", "walk-in", "kiosk")]
    lines = rule_lines([rule(cast, active=False), *sources, rule(cast, unit=cast.unit)])
    assert [line.place for line in lines] == [0, 1, 2, 3, 4]
    assert lines[-1].hidden_words == "tidak pernah tercapai karena aturan 1, 2 dan 3"
    assert not any(line.hidden_words for line in lines[:-1])


def test_rules_change_places_and_the_journal_knows(cast):
    first, second = (
        add_routing_rule(by=staff(cast.admin), official=cast.official, source=source)
        for source in ("online", "walk-in")
    )
    move_rule(second, by=staff(cast.admin), up=True)
    assert list(RoutingRule.objects.values_list("pk", flat=True)) == [second.pk, first.pk]
    # There is nothing above the first rule.
    move_rule(second, by=staff(cast.admin), up=True)
    entries = JournalEntry.objects.filter(verb="move_routing_rule")
    assert [(each.subject_id, each.data) for each in entries.order_by("pk")] == [
        (str(second.pk), {"order": 10}),
        (str(first.pk), {"order": 20}),
    ]
    for user in (cast.section_head, cast.official, cast.head):
        with pytest.raises(NotAllowed):
            move_rule(first, by=staff(user), up=True)
    with pytest.raises(Outdated):
        move_rule(RoutingRule(pk=0), by=staff(cast.admin), up=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoutingRule.objects.update(order=1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db(transaction=True)
def test_two_move_and_two_add_at_once():
    cast = named_cast()
    rules = [add_routing_rule(by=staff(cast.admin), official=cast.official) for _n in range(3)]
    results = concurrently(
        lambda: move_rule(rules[0], by=staff(cast.admin), up=False),
        lambda: move_rule(rules[2], by=staff(cast.admin), up=True),
        lambda: add_routing_rule(by=staff(cast.admin), official=cast.official),
        lambda: add_routing_rule(by=staff(cast.admin), official=cast.official),
    )
    assert not any(isinstance(each, Exception) for each in results)
    assert len(set(RoutingRule.objects.values_list("order", flat=True))) == 5


def test_an_automatic_rule_for_somebody_away_names_the_deputy(cast, service):
    add_routing_rule(by=staff(cast.admin), official=cast.official, automatic=True)
    request = walk_in(cast, service)
    assert request.responsible == cast.official
    record_absence(
        cast.official, by=SYSTEM, kind="leave", from_date=clock.today(), to_date=clock.today(), deputy=cast.section_head
    )
    assert automatic_official(request) == cast.section_head
    record_absence(cast.section_head, by=SYSTEM, kind="sick", from_date=clock.today(), to_date=clock.today())
    assert automatic_official(request) is None


def test_the_editor(cast, service, client):
    client.force_login(cast.admin)
    add = reverse("admin:services_routingrule_add")
    assert "Jawaban pemohon" in client.get(add).content.decode()
    data = {"service": service.pk, "active": "on"}
    assert "Pilih satu tujuan" in client.post(add, data).content.decode()
    both = {"user": cast.official.pk, "position": cast.positions["PENGELOLA-DIKDAS"].pk}
    assert "Pilih satu tujuan" in client.post(add, data | both).content.decode()
    data["user"] = cast.official.pk
    text = client.post(add, data | {"unit": cast.other_unit.pk}).content.decode()
    assert "tidak akan pernah cocok" in text
    client.post(add, data)
    saved = RoutingRule.objects.get()
    assert (saved.service, saved.user, saved.order) == (service, cast.official, 10)
    entry = JournalEntry.objects.get(subject_kind="routing_rule", verb="admin_add")
    assert (entry.data["service"], entry.data["user"]) == (service.pk, cast.official.pk)
    # A second rule of the same kind can never match.
    text = client.post(add, data, follow=True).content.decode()
    assert "Aturan 2 tidak pernah tercapai karena aturan 1." in text
    assert "Tidak pernah tercapai karena aturan 1" in text


def test_conditions_on_answers_are_ticked(cast, service, client):
    client.force_login(cast.admin)
    add = reverse("admin:services_routingrule_add")
    data = {"user": cast.official.pk, "active": "on", "conditions": ["hubungan=Diri sendiri"]}
    assert client.post(add, data).status_code == 302
    saved = RoutingRule.objects.get()
    assert saved.answers == {"hubungan": ["Diri sendiri"]}
    entry = JournalEntry.objects.get(subject_kind="routing_rule")
    assert len(entry.data["answers_sha256"]) == 64 and "Diri sendiri" not in str(entry.data)
    change = reverse("admin:services_routingrule_change", args=[saved.pk])
    assert 'value="hubungan=Diri sendiri" ' in client.get(change).content.decode()
    assert client.post(add, data | {"conditions": ["tidak=ada"]}).status_code == 200
    # An answer that no form offers any more stays until somebody removes it.
    RoutingRule.objects.update(answers={"lama": ["Dulu"]})
    assert 'value="lama=Dulu"' in client.get(change).content.decode()
    client.post(change, data | {"conditions": ["lama=Dulu"]})
    assert RoutingRule.objects.get().answers == {"lama": ["Dulu"]}
    text = client.post(change, data | {"service": service.pk, "conditions": ["lama=Dulu"]}).content.decode()
    assert "tidak menanyakan" in text


def test_section_heads_read_the_rules(cast, service, client):
    saved = add_routing_rule(by=staff(cast.admin), official=cast.official, service=service)
    client.force_login(cast.section_head)
    text = client.get(LIST).content.decode()
    assert "Naikkan" not in text and "Tambah aturan" not in text and cast.official.full_name in text
    change = reverse("admin:services_routingrule_change", args=[saved.pk])
    assert f"layanan {service.name}" in client.get(change).content.decode()
    assert client.get(reverse("admin:services_routingrule_add")).status_code == 403
    assert client.post(reverse("admin:routing_rule_move", args=[saved.pk]), {"to": "up"}).status_code == 403
    client.force_login(cast.head)
    assert client.get(LIST).status_code == 403


def test_buttons_move_rules(cast, client):
    first, second = (add_routing_rule(by=staff(cast.admin), official=cast.official) for _n in range(2))
    client.force_login(cast.admin)
    answer = client.post(reverse("admin:routing_rule_move", args=[first.pk]), {"to": "down"})
    assert answer["Location"].endswith(f"#aturan-{first.pk}")
    assert list(RoutingRule.objects.values_list("pk", flat=True)) == [second.pk, first.pk]
    gone = client.post(reverse("admin:routing_rule_move", args=[10**6]), {"to": "down"}, follow=True)
    assert "sudah dihapus" in gone.content.decode()


def test_which_rule_takes_a_request(cast, service, client):
    add_routing_rule(by=staff(cast.admin), official=cast.outsider, unit=cast.other_unit)
    add_routing_rule(
        by=staff(cast.admin), official=cast.section_head, answers={"hubungan": ["Diri sendiri"]}, source="walk-in"
    )
    add_routing_rule(by=staff(cast.admin), official=cast.official)
    request = walk_in(cast, service)
    client.force_login(cast.section_head)
    assert "jawab_hubungan" in client.get(TRY).content.decode()
    text = client.post(TRY, {"number": request.number.lower()}).content.decode()
    assert "Aturan 3 yang berlaku" in text and "unit lain" in text and "jawaban lain" in text
    made_up = {"service": service.pk, "source": "walk-in", "jawab_hubungan": "Diri sendiri"}
    text = client.post(TRY, made_up).content.decode()
    assert "Aturan 2 yang berlaku" in text and "cocok, tetapi sudah didahului" in text
    assert client.post(TRY, {}).status_code == 422
    foreign = walk_in(cast, make_case_service(cast, code="LAIN", unit="GTK"))
    for number in (foreign.number, "ULA-1999-000001"):
        assert "tidak ditemukan" in client.post(TRY, {"number": number}).content.decode()
    client.force_login(cast.official)
    assert client.get(TRY, follow=True).status_code == 403


def test_the_default_unit_is_suggested_where_nothing_fits(cast, service, client):
    office.set_up_office(by=SYSTEM, name="Dinas", regency="Contoh", default_unit=cast.other_unit)
    request = walk_in(cast, service)
    today = clock.today()
    for user in (cast.official, cast.section_head):
        record_absence(user, by=SYSTEM, kind="leave", from_date=today, to_date=today)
    client.force_login(cast.admin)
    text = client.post(TRY, {"number": request.number}).content.decode()
    assert f"Hari ini disarankan: {cast.outsider} (unit penerima bila tidak ada yang cocok)." in text
    Office.objects.update(default_unit=None)
    assert "tidak ada pejabat yang dapat disarankan" in client.post(TRY, {"number": request.number}).content.decode()


def test_lists_and_tests_ask_the_same_number_of_questions_for_one_and_three(cast, service, client):
    client.force_login(cast.admin)
    add_routing_rule(by=staff(cast.admin), official=cast.official)
    request = walk_in(cast, service)
    pages = (lambda: client.get(LIST), lambda: client.post(TRY, {"number": request.number}))
    for page in pages:
        page()
    before = [count_queries(page) for page in pages]
    for _n in range(2):
        add_routing_rule(
            by=staff(cast.admin), position=cast.positions["PENGELOLA-DIKDAS"], service=service, unit=cast.unit
        )
    assert [count_queries(page) for page in pages] == before
