"""The step of counters and displays."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.core import make_user
from tests.factories.pages import as_user
from ula_portal.core.models import Location, Role
from ula_portal.opening.overview import overview
from visitors.models import Counter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]


@pytest.fixture
def admin(db):
    return as_user(make_user(Role.ADMINISTRATOR))


def step():
    return next(each for each in overview().steps if each.step.key == "counters")


def test_in_an_empty_office_the_room_is_made_with_its_counters_and_display(admin):
    page = reverse("opening_counters")
    key = admin.get(page).context["form"]["key"].value()
    for _time in range(2):
        assert admin.post(page, {"key": key, "name": "Ruang Layanan", "count": "3"}).status_code == 302
    place = Location.objects.get()
    assert list(place.counters.values_list("name", "number")) == [(f"Loket {n}", n) for n in (1, 2, 3)]
    assert step().state == "done"
    shown = admin.get(page).content.decode()
    assert f'href="{reverse("display", args=[place.code])}"' in shown
    assert admin.get(reverse("display", args=[place.code])).status_code == 200


def test_more_counters_go_on_counting_and_cost_no_more_queries(admin):
    page, counts = reverse("opening_counters"), []
    admin.post(page, {"key": "a", "name": "Ruang Layanan", "count": "1"})
    admin.get(page)
    for key in ("b", "c"):
        admin.post(page, {"key": key, "count": "2"})
        with CaptureQueriesContext(connection) as asked:
            admin.get(page)
        counts.append(len(asked))
    assert [each.number for each in Counter.objects.order_by("number")] == [1, 2, 3, 4, 5]
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "sent", [{"count": "0"}, {"count": "21"}, {"count": "tiga"}, {"name": ""}, {"name": "x" * 121}]
)
def test_what_makes_no_counters_is_refused(admin, sent):
    answer = admin.post(reverse("opening_counters"), {"key": "k", "name": "Ruang", "count": "3", **sent})
    assert answer.status_code == 422 and list(answer.context["form"].errors) == list(sent)
    assert not Location.objects.exists()


def test_a_name_that_is_taken_is_refused_and_nothing_is_half_done(admin):
    page = reverse("opening_counters")
    admin.post(page, {"key": "a", "name": "Ruang Layanan", "count": "1"})
    Counter.objects.update(name="Loket 3")
    assert admin.post(page, {"key": "b", "count": "2"}).status_code == 422
    assert Counter.objects.count() == 1


def test_services_that_no_counter_calls_are_a_gap_mended_by_one_button(admin, world):
    Counter.services.through.objects.all().delete()
    assert step().state != "done" and "belum dilayani loket" in str(step().gaps[0].words)
    assert admin.post(reverse("opening_serve_all")).status_code == 302
    assert step().state == "done"
