"""The start page of staff: each role sees its work first, and nothing that its role may not see."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from services.models import InboxEntry
from tests.factories.cases import no_of
from tests.factories.core import make_unit, make_user
from tests.factories.pages import as_user, case_url, text
from tests.factories.world import ROLES
from ula_portal.core import clock
from ula_portal.core.models import Role
from visitors.models import HostCall

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]
HOME = "/petugas/"
DESK = ["nomor menunggu dipanggil", "tamu dicatat hari ini", "janji kedatangan berikutnya", "loket buka"]
OFFICE = ["nomor menunggu dipanggil", "tamu dicatat hari ini", "tidak hadir hari ini", "loket buka"]
OWN = ["jatuh tempo hari ini", "dikembalikan kepada Anda", "belum ada yang mengambil"]


def shown(user):
    return as_user(user).get(HOME).context


@pytest.mark.usefixtures("db")
def test_in_an_empty_office_the_administrator_is_led_to_what_is_missing():
    context = shown(make_user(Role.ADMINISTRATOR))
    assert context["lead"].words == "Persiapan kantor belum selesai."
    assert context["lead"].url == reverse("opening")
    assert (context["setup"].next.step.key, context["cards"][0].value) == ("office", "0")


@pytest.mark.parametrize(
    ("role", "words", "button", "cards"),
    [
        ("frontdesk", "2 nomor menunggu dipanggil.", "Catat tamu", DESK),
        ("counter", "Anda belum membuka loket. 2 nomor menunggu dipanggil.", "Buka loket", DESK),
        ("official", "1 tamu menunggu Anda. 2 permohonan menunggu Anda.", "Jawab tamu", [*OWN, "tamu Anda hari ini"]),
        (
            "section_head",
            "Tidak ada permohonan yang lewat waktu. 1 menunggu Anda.",
            "Kerjakan berikutnya",
            [*OWN, "tidak hadir hari ini"],
        ),
        ("head", "Tidak ada permohonan yang lewat waktu.", "", OFFICE),
        ("admin", "1 permohonan perlu diteruskan. Persiapan kantor belum selesai.", "Teruskan permohonan", OFFICE),
        ("outsider", "Tidak ada pekerjaan yang menunggu Anda.", "", [*OWN, "tamu Anda hari ini"]),
    ],
)
def test_every_role_sees_its_work_first(world, role, words, button, cards):
    answer = as_user(world.user(role)).get(HOME)
    lead = answer.context["lead"]
    assert (lead.words, lead.button) == (words, button)
    assert [card.label for card in answer.context["cards"]] == cards
    page = text(answer)
    assert page.count("btn btn-primary") == bool(button)
    assert 'class="cards"' not in page


def test_nobody_sees_the_work_of_others(world):
    guest, booked = world.host_call.visit.visitor.name, world.booking.visitor.name
    pages = {role: text(as_user(world.user(role)).get(HOME)) for role in ROLES if role != "anonymous"}
    seen = {
        "case": {role for role, page in pages.items() if f'href="{case_url(world.case)}"' in page},
        "guest": {role for role, page in pages.items() if guest in page},
        "booking": {role for role, page in pages.items() if booked in page},
        "ticket": {role for role, page in pages.items() if world.waiting.label in page},
        "results": {role for role, page in pages.items() if 'id="hasil"' in page},
        "setup": {role for role, page in pages.items() if 'id="persiapan"' in page},
        "routing": {role for role, page in pages.items() if f'{reverse("admin:routing")}"> Teruskan' in page},
    }
    assert seen == {
        "case": {"official"},
        "guest": {"official"},
        "booking": {"frontdesk", "counter"},
        "ticket": {"frontdesk", "counter"},
        "results": {"section_head", "head"},
        "setup": {"admin"},
        "routing": {"section_head", "admin"},
    }


def test_several_roles_are_one_page_without_repetition(world):
    cast = world.cast
    person = make_user([Role.FRONT_DESK, Role.HEAD, Role.ADMINISTRATOR], cast.positions["KADIS"], None)
    context = shown(person)
    labels = [card.label for card in context["cards"]]
    assert labels == [*DESK, "tidak hadir hari ini"]
    assert context["lead"].words == "2 nomor menunggu dipanggil. Tidak ada permohonan yang lewat waktu."
    assert context["queue"] and context["overview"] and context["setup"]


def test_who_has_no_work_is_told_so(world):
    answer = as_user(make_user(Role.OFFICIAL, unit=make_unit())).get(HOME)
    assert answer.context["cards"] == []
    page = text(answer)
    assert "empty-state" in page
    assert page.count("Tidak ada pekerjaan yang menunggu Anda.") == 2


def test_what_came_back_is_counted_and_listed(world):
    client, entries = as_user(world.cast.official), InboxEntry.objects.filter(pk=world.case.pk)
    entries.update(returned=True)
    card = next(card for card in client.get(HOME).context["cards"] if card.label.startswith("dikembalikan"))
    assert card.value == "1"
    listed = client.get(card.url)
    assert [row.request for row in listed.context["rows"]] == [world.case]
    assert "Dikembalikan: Hanya yang dikembalikan" in text(listed)


def test_late_cases_are_told_and_met_first(world):
    with clock.at(clock.now() + timedelta(days=10)):
        context = shown(world.cast.official)
        assert context["lead"].words == "2 permohonan menunggu Anda, 2 lewat waktu."
        assert {row.urgency.meter for row in context["rows"]} == {"late"}
        overview = shown(world.cast.head)["overview"]
        assert 0 < overview.late <= overview.running
        words = shown(world.cast.head)["lead"].words
        assert words.startswith(f"{overview.late} dari {overview.running} permohonan lewat waktu.")


def test_beside_the_inbox_a_case_shows_its_next_action_to_those_who_may_read_it(world):
    address = f"{case_url(world.case)}?ringkas=1"
    client, asked = as_user(world.cast.official), {"HX-Request": "true"}
    page = client.get(address, headers=asked)
    assert b"<html" not in page.content
    assert 'id="langkah-form"' in text(page)
    assert b"<html" in client.get(address).content
    assert as_user(world.cast.outsider).get(address, headers=asked).status_code == 404
    letter = text(as_user(world.cast.section_head).get(f"{case_url(world.signing)}?ringkas=1", headers=asked))
    assert "Tulis surat" in letter
    assert "langkah-form" not in letter


def test_what_was_done_is_confirmed_in_the_row_of_crumbs(world):
    HostCall.objects.all().delete()
    client = as_user(world.cast.official)
    page = client.get(case_url(world.case)).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(key|run|seen)" value="([^"]*)"', page))
    done = text(client.post(case_url(world.case, "putuskan"), {**fields, "answer": "yes"}, follow=True))
    row = done.split('class="crumb-row"')[1].split("work__head")[0]
    assert "crumb-row__done" in row
    assert row.count("Urungkan <span") + row.count("Urungkan<span") == 1
    assert 'class="notice notice--good"' not in done


def test_the_first_step_is_done_after_three_clicks(world):
    HostCall.objects.all().delete()
    client, before = as_user(world.cast.official), no_of(world.case)
    clicks, page = 1, client.get(client.get(HOME).context["lead"].url)
    assert page.context["case"] == world.case
    fields = dict(re.findall(r'<input type="hidden" name="(key|run|seen)" value="([^"]*)"', page.content.decode()))
    answer = re.search(r'form="langkah-form"\s+name="answer" value="(\w+)"', page.content.decode())
    action = re.search(r'id="langkah-form" method="post" novalidate\s+action="([^"]+)"', page.content.decode())
    clicks += 1
    client.post(action[1], {**fields, "answer": answer[1]})
    assert no_of(world.case) != before
    assert clicks <= 3


def test_a_missing_second_factor_is_one_line(world):
    page = text(as_user(world.cast.official).get(HOME))
    assert page.count("notice--line") == 1
    assert f'<a href="{reverse("mfa_activate_totp")}">Aktifkan langkah kedua</a>' in page
