"""The page of the office: what is in order, what is missing, where it is mended, for administrators only."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.core import make_position, make_unit, make_user
from tests.factories.pages import as_user, text
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Office, Role
from ula_portal.core.office.actions.office import set_up_office
from ula_portal.opening.overview import STEPS, overview

pytestmark = pytest.mark.django_db


def state_of(key):
    return next(each for each in overview().steps if each.step.key == key)


def words_of(key):
    return [str(gap.words) for gap in state_of(key).gaps]


def test_an_empty_office_shows_all_that_is_missing_and_leads_to_the_first():
    page = as_user(make_user(Role.ADMINISTRATOR)).get(reverse("opening"))
    now = page.context["overview"]
    assert [each.step.key for each in now.steps if each.state == "now"] == ["office"]
    assert now.next.url == reverse("opening_office")
    assert str(now.words).startswith(f"{now.done} dari {len(STEPS)} bagian")
    shown = text(page)
    assert shown.count("btn btn-primary") == 1
    for step in now.steps:
        for gap in step.gaps:
            assert str(gap.words) in shown
        if step.url:
            assert f'href="{step.url}"' in shown


def test_it_costs_the_same_for_one_and_three():
    counts = []
    for _time in range(2):
        for _row in range(2):
            make_position(unit=make_unit())
        with CaptureQueriesContext(connection) as asked:
            overview()
        counts.append(len(asked))
    assert counts == [3, 3]


def test_units_without_head_positions_without_holder_and_missing_roles_are_named():
    assert words_of("units") == ["Unit belum ada."]
    unit = make_unit()
    assert words_of("units") == ["Jabatan belum ada."]
    post = make_position(unit=unit)
    assert words_of("units") == ["1 unit belum mempunyai pimpinan."]
    head = make_position(unit=unit, heads_unit=True)
    assert words_of("units") == []
    assert words_of("people") == [
        "Belum ada petugas meja depan.",
        "Belum ada petugas loket.",
        "Belum ada pejabat yang mengerjakan permohonan.",
        "Belum ada kepala dinas.",
        "2 jabatan belum ada pemegangnya.",
    ]
    make_user([Role.FRONT_DESK, Role.COUNTER, Role.OFFICIAL], post)
    make_user(Role.HEAD, head)
    assert words_of("people") == []


def test_a_closed_account_fills_neither_a_role_nor_a_position():
    post = make_position(heads_unit=True)
    user = make_user([Role.FRONT_DESK, Role.COUNTER, Role.OFFICIAL, Role.HEAD], post)
    assert words_of("people") == []
    type(user).objects.update(is_active=False)
    assert len(words_of("people")) == 5


def test_what_is_advised_does_not_keep_the_office_closed(cast):
    set_up_office(by=SYSTEM, name="Dinas Pendidikan", regency="Kabupaten Contoh", address="Jalan Contoh 1")
    office = state_of("office")
    assert office.state == "done" and len(office.advised) == len(office.gaps) == 2


def test_the_server_says_what_its_settings_lack(settings):
    settings.PORTAL_URL, settings.SENDS_MAIL = "http://127.0.0.1:8000", False
    assert words_of("server") == [
        "Alamat portal hanya dikenal server ini. Isi PORTAL_URL pada pengaturan server.",
        "Pekerja latar belum berjalan. Jalankan “manage.py worker” pada server.",
        "Portal tidak mengirim surel. Isi EMAIL_URL pada pengaturan server.",
    ]
    settings.PORTAL_URL, settings.SENDS_MAIL = "https://portal.example.id", True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert len(words_of("server")) == 1


def test_two_change_different_fields_at_the_same_time_and_both_stay():
    set_up_office(by=SYSTEM, name="Dinas", regency="Kabupaten Contoh", address="Jalan 1", phone="0622 11111")
    client = as_user(make_user(Role.ADMINISTRATOR))
    form = client.get(reverse("opening_office")).context["form"]
    seen = {name: form[name].value() or "" for name in form.fields}
    seen |= {f"initial-{name}": value for name, value in seen.items()}
    assert client.post(reverse("opening_office"), seen | {"address": "Jalan 2"}).status_code == 302
    assert client.post(reverse("opening_office"), seen | {"phone": "0622 22222"}).status_code == 302
    office = Office.objects.get()
    assert (office.address, office.phone) == ("Jalan 2", "0622 22222")


def test_errors_keep_what_was_typed_and_stand_beside_their_field():
    client = as_user(make_user(Role.ADMINISTRATOR))
    sent = {"name": "Dinas Baru", "regency": "", "address": "Jalan 1", "phone": "telepon", "email": "salah"}
    answer = client.post(reverse("opening_office"), sent)
    assert answer.status_code == 422 and "Dinas Baru" in text(answer)
    assert set(answer.context["form"].errors) == {"regency", "phone", "email"}
    assert not Office.objects.exists()


def test_saving_leads_to_the_next_open_step_and_the_letterhead_starts_from_the_name():
    client = as_user(make_user(Role.ADMINISTRATOR))
    sent = {"name": "Dinas Pendidikan", "regency": "Kabupaten Contoh", "address": "Jalan 1", "city": "Contoh"}
    answer = client.post(reverse("opening_office"), sent)
    assert answer.url == overview().after("office").url
    form = client.get(reverse("opening_letterhead")).context["form"]
    lines = ["PEMERINTAH KABUPATEN CONTOH", "DINAS PENDIDIKAN"]
    assert form["letterhead"].initial == lines
    sent = {"letterhead": "\n".join(lines), "postal_code": "21255", "website": "https://disdik.example.id/"}
    preview = text(client.post(reverse("opening_letterhead_preview"), sent, headers={"HX-Request": "true"}))
    assert "Kode Pos 21255" in preview and "disdik.example.id" in preview and "<form" not in preview
    assert Office.objects.get().letterhead == []
    client.post(reverse("opening_letterhead"), sent)
    office = Office.objects.get()
    assert (office.letterhead, office.postal_code, office.website) == (lines, "21255", "disdik.example.id")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("letterhead", ""),
        ("letterhead", "A\nB\nC\nD\nE"),
        ("letterhead", "A" * 81),
        ("postal_code", "2125"),
        ("postal_code", "٢١٢٥٥"),
        ("website", "javascript:alert(1)"),
        ("website", "situs kami"),
    ],
)
def test_a_letterhead_that_no_paper_takes_is_refused(field, value):
    set_up_office(by=SYSTEM, name="Dinas", regency="Kabupaten Contoh")
    client = as_user(make_user(Role.ADMINISTRATOR))
    answer = client.post(reverse("opening_letterhead"), {"letterhead": "DINAS", field: value})
    assert list(answer.context["form"].errors) == [field]
    assert client.post(reverse("opening_letterhead_preview"), {field: value}).status_code == 422
