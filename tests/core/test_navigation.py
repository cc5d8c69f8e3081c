"""The staff rail: what waits is counted, and never further than a person would read."""

import pytest

from ula_portal.core import navigation


@pytest.mark.parametrize(("waiting", "badge", "hot"), [(0, 0, False), (7, 7, True), (99, 99, True), (101, "99+", True)])
def test_a_badge_ends_where_counting_does(monkeypatch, waiting, badge, hot):
    monkeypatch.setattr(navigation, "_entries", [])
    navigation.add("Pekerjaan", "staff_home", "inbox", lambda _user: True, badge=lambda _user: waiting)
    (entry,) = navigation.entries_for(object(), "/")
    assert (entry["badge"], entry["hot"]) == (badge, hot)
