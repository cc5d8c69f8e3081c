"""The staff rail counts waiting items, up to a number that people would still read."""

import pytest

from ula_portal.core.models import Unit
from ula_portal.core.web import navigation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("waiting", "badge", "hot"), [(0, 0, False), (7, 7, True), (99, 99, True), (101, "99+", True)])
def test_a_badge_ends_where_counting_does(monkeypatch, waiting, badge, hot):
    monkeypatch.setattr(navigation, "_entries", [])
    navigation.add_rail_entry(
        "Pekerjaan", "staff_home", "inbox", lambda _user: True, badge=lambda _user: Unit.objects.all()
    )
    Unit.objects.bulk_create(Unit(code=str(number), name="Unit") for number in range(waiting))
    (entry,) = navigation.entries_for(object(), "/")
    assert (entry["badge"], entry["hot"]) == (badge, hot)


def test_all_badges_and_conditions_are_one_question(monkeypatch, django_assert_num_queries):
    Unit.objects.create(code="A", name="Unit")
    units = Unit.objects.all()
    monkeypatch.setattr(navigation, "_entries", [])
    navigation.add_rail_entry("Tidak boleh", "staff_home", "inbox", lambda _user: False, badge=lambda _user: 1 / 0)
    navigation.add_rail_entry(
        "Tanpa isi", "staff_home", "inbox", lambda _user: units.filter(code="B"), badge=lambda _user: units
    )
    navigation.add_rail_entry("Mustahil", "staff_home", "inbox", lambda _user: Unit.objects.none())
    navigation.add_rail_entry(
        "Berisi", "staff_home", "inbox", lambda _user: units, badge=lambda _user: units.union(units.all())
    )
    navigation.add_rail_entry(
        "Kosong", "staff_home", "inbox", lambda _user: True, badge=lambda _user: Unit.objects.none()
    )
    with django_assert_num_queries(1):
        shown = navigation.entries_for(object(), "/")
    assert [(entry["label"], entry["badge"]) for entry in shown] == [("Berisi", 1), ("Kosong", 0)]


def test_an_entry_has_its_group_and_a_short_word(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", [])
    navigation.add_rail_entry("Beranda", "staff_home", "home", lambda _user: True, order=10)
    navigation.add_rail_entry(
        "Catatan untuk Anda", "staff_home", "at", lambda _user: True, group=navigation.CASES, short="Catatan"
    )
    shown = navigation.entries_for(object(), "/")
    assert [(entry["short"], entry["group"]) for entry in shown] == [("Beranda", ""), ("Catatan", navigation.CASES)]


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/petugas/", ["Beranda"]),
        ("/petugas/kasus/1/", ["Kasus"]),
        ("/admin/", ["Panel"]),
        ("/admin/core/unit/", ["Panel"]),
        ("/admin/penerusan/", ["Penerusan"]),
        ("/admin/penerusan/uji/", ["Penerusan"]),
        ("/lain/", []),
    ],
)
def test_one_entry_at_most_is_marked_the_one_that_leads_closest(monkeypatch, path, marked):
    monkeypatch.setattr(navigation, "_entries", [])
    names = {"Beranda": "staff_home", "Penerusan": "admin:routing", "Kasus": "case_list", "Panel": "admin:index"}
    for label, name in names.items():
        navigation.add_rail_entry(label, name, "inbox", lambda _user: True)
    assert [entry["label"] for entry in navigation.entries_for(object(), path) if entry["active"]] == marked


def test_entries_of_a_group_are_adjacent_and_no_two_share_an_icon():
    entries = sorted(navigation._entries, key=lambda entry: entry.order)
    groups = [str(entry.group) for entry in entries]
    runs = [group for number, group in enumerate(groups) if number == 0 or groups[number - 1] != group]
    assert len(runs) == len(set(runs))
    icons = [entry.icon for entry in entries]
    assert len(icons) == len(set(icons)) and not {"user", "globe"} & set(icons)
