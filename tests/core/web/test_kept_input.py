"""An expired session loses no input: it returns to the same account, and to nobody else."""

import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from tests.access_table import TABLE
from tests.factories.cases import run_of
from tests.factories.world import ROLES
from ula_portal.core import clock
from ula_portal.core.models import KeptInput
from ula_portal.core.web.kept_input import filling
from ula_portal.core.web.kept_input.rules import keepable, looks_typed
from ula_portal.core.web.kept_input.storage import KeptForm, delete_expired_forms, owner_mark, store_form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]
LOGIN = "/akun/masuk/"
NOT_LOST = "Isian Anda tidak hilang"
WORDS = 'Ijazah & <b>rapor</b> "asli" sudah dicek'


def decision(world, user=None, **more):
    """Address, page and form of a decision, as the official's browser submits it."""
    case = world.case
    form = {"run": run_of(case).pk, "answer": "no", "note": WORDS, "key": "kunci-rahasia", **more}
    form["_owner"] = owner_mark(user or world.cast.official)
    return reverse("case_act", args=[case.number, "putuskan"]), reverse("case_detail", args=[case.number]), form


def send(client, address, form, page="", **headers):
    if page:
        headers["referer"] = f"http://testserver{page}"
    return client.post(address, form, headers=headers)


def next_of(response):
    """Where the log-in redirects to."""
    address = response.headers.get("HX-Redirect") or response.url
    assert address.startswith(LOGIN)
    return parse_qs(urlsplit(address).query)["next"][0]


def log_in(client, user, address):
    client.force_login(user)
    return client.get(address, follow=True)


def test_a_decision_comes_back_to_its_page_with_its_fields_filled(client, world):
    address, page, form = decision(world)
    client.force_login(world.cast.official)
    assert f'name="_owner" value="{form["_owner"]}"' in client.get(page).content.decode()
    client.logout()
    after = next_of(send(client, address, form, page))
    assert urlsplit(after).path == page, "to the page, not to the address of the button"
    assert WORDS not in str(KeptInput.objects.values_list()) and "kunci-rahasia" not in str(KeptInput.objects.values())
    back = log_in(client, world.cast.official, after)
    text = back.content.decode()
    assert back.status_code == 200 and NOT_LOST in text
    assert 'Ijazah &amp; &lt;b&gt;rapor&lt;/b&gt; "asli" sudah dicek</textarea>' in text
    assert "kunci-rahasia" not in text
    assert run_of(world.case).finished_at is None, "nothing was done meanwhile"
    assert NOT_LOST in client.get(after).content.decode(), "loaded again, it is still there"


def test_sent_again_it_is_forgotten(client, world):
    address, page, form = decision(world)
    after = next_of(send(client, address, form, page))
    log_in(client, world.cast.official, after)
    note = reverse("case_act", args=[world.case.number, "catatan"])
    send(client, note, {"text": "Lain", "key": "k2"}, after)
    assert KeptInput.objects.count() == 1, "another form of the page leaves it"
    assert send(client, address, form, after).status_code == 302
    assert not KeptInput.objects.exists()
    assert NOT_LOST not in client.get(after, follow=True).content.decode()


def test_another_account_gets_nothing_and_it_is_dropped(client, world):
    address, page, form = decision(world)
    after = next_of(send(client, address, form, page))
    back = log_in(client, world.cast.section_head, after)
    assert back.status_code == 200 and NOT_LOST not in back.content.decode() and "rapor" not in back.content.decode()
    assert not KeptInput.objects.exists()


@pytest.mark.parametrize("mark", ["", "17:falsch", "x"])
def test_without_the_pages_own_mark_nothing_is_kept_and_the_page_says_so(client, world, mark):
    address, page, form = decision(world)
    after = next_of(send(client, address, form | {"_owner": mark}, page))
    assert not KeptInput.objects.exists()
    text = log_in(client, world.cast.official, after).content.decode()
    assert "harus Anda tulis lagi" in text and NOT_LOST not in text


def test_after_half_an_hour_it_is_gone(client, world):
    address, page, form = decision(world)
    after = next_of(send(client, address, form, page))
    assert delete_expired_forms() == 0
    with clock.at(clock.now() + datetime.timedelta(minutes=31)):
        assert NOT_LOST not in log_in(client, world.cast.official, after).content.decode()
        assert delete_expired_forms() == 1


def test_htmx_is_led_on_and_comes_back_to_the_page_that_was_open(client, world):
    address, page, form = decision(world)
    there = f"{page}?tab=catatan"
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{there}#percakapan"}
    answer = send(client, address, form, **headers)
    assert answer.status_code == 200 and not answer.content
    after = next_of(answer)
    assert after.startswith(f"{there}&")
    assert NOT_LOST in log_in(client, world.cast.official, after).content.decode()


@pytest.mark.parametrize("page", ["https://jahat.example/petugas/", "http://[petugas", "http://testserver/akun/"])
def test_a_page_elsewhere_is_not_led_back_to(client, world, page):
    address, _page, form = decision(world)
    after = next_of(client.post(address, form, headers={"referer": page}))
    assert urlsplit(after).netloc == "" and urlsplit(after).path == address


def test_a_piece_of_a_page_asked_for_in_vain_leaves_the_page(client, world):
    page = reverse("case_detail", args=[world.case.number])
    answer = client.get(page, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"})
    assert answer.headers["HX-Retarget"] == "#sesi" and "Waktu masuk Anda habis" in answer.content.decode()


def test_pages_that_save_by_themselves_and_boxes_for_files_are_told(client, world):
    address = reverse("sop_edit_identity", args=[world.sop_draft.pk])
    assert client.post(address, {"name": "x"}, headers={"HX-Request": "true", "X-Autosave": "1"}).status_code == 401
    address = reverse("case_upload", args=[world.case.number, "lain"])
    answer = client.post(address, {}, headers={"HX-Request": "true", "X-Requested-With": "XMLHttpRequest"})
    assert answer.status_code == 401 and "data-upload-over" in answer.content.decode()
    assert not KeptInput.objects.exists()


def test_a_form_from_before_another_log_in_comes_back_at_once(world):
    """The CSRF token is a different one then."""
    address, page, form = decision(world)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.cast.official)
    answer = send(browser, address, form, page)
    assert answer.status_code == 302 and answer.url.startswith(f"{page}?ketikan=")
    assert NOT_LOST in browser.get(answer.url).content.decode()
    assert run_of(world.case).finished_at is None


@pytest.mark.parametrize("what", ["another's page", "no mark", "another site"])
def test_a_forged_form_is_not_kept(world, what):
    address, page, form = decision(world, world.cast.section_head if what == "another's page" else None)
    if what == "no mark":
        del form["_owner"]
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.cast.official)
    origin = {"origin": "https://jahat.example"} if what == "another site" else {}
    assert send(browser, address, form, page, **origin).status_code == 403
    assert not KeptInput.objects.exists()


def test_the_log_in_form_of_a_second_tab_leads_on(world):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.cast.official)
    answer = browser.post(LOGIN, {"login": "x@example.id", "password": "x", "next": "/petugas/kasus/"})
    assert answer.status_code == 302 and answer.url == "/petugas/kasus/"
    answer = browser.post(LOGIN, {"next": "https://jahat.example/"})
    assert answer.url == reverse("staff_home")


def test_the_second_factor_that_came_due_loses_nothing_either(client, world):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    address, page, form = decision(world)
    client.force_login(world.cast.official)
    with clock.at(clock.now() + datetime.timedelta(days=400)):
        answer = send(client, address, form, page)
        assert answer.status_code == 302 and answer.url == reverse("mfa_activate_totp")
        TOTP.activate(world.cast.official, generate_totp_secret())
        assert NOT_LOST in client.get(reverse("staff_home"), follow=True).content.decode()


def test_from_the_start_page_the_way_leads_back_once(client, world):
    """After setting a new password, for instance, the log-in does not know where to continue."""
    address, page, form = decision(world)
    send(client, address, form, page)
    back = log_in(client, world.cast.official, reverse("staff_home"))
    assert NOT_LOST in back.content.decode()
    assert client.get(reverse("staff_home")).status_code == 200


def test_files_are_named_to_be_chosen_again(client, world):
    page = reverse("case_record", args=[world.case.number])
    scan = SimpleUploadedFile("lembar.jpg", b"x", "image/jpeg")
    form = {"photo": scan, "note": "Dari lembar", "_owner": owner_mark(world.cast.official)}
    after = next_of(send(client, page, form, page))
    text = log_in(client, world.cast.official, after).content.decode()
    assert "Pilih lagi berkas" in text and "lembar.jpg" in text


def test_a_form_of_the_panel_comes_back_too(client, world):
    page = reverse("admin:core_unit_change", args=[world.cast.unit.pk])
    form = {"code": "KODE-BARU", "name": "Bidang Contoh Baru", "_owner": owner_mark(world.cast.admin)}
    answer = client.post(page, form)
    back = log_in(client, world.cast.admin, next_of(answer))
    text = back.content.decode()
    assert NOT_LOST in text and 'value="Bidang Contoh Baru"' in text and 'value="KODE-BARU"' in text


STAFF_FORMS = [name for name, row in TABLE.items() if row.post.startswith("in ")]


def test_no_form_of_staff_ends_at_a_page_that_is_none(world):
    """For every address of the table that staff post to, the log-in leads to a page, whatever the referrer was."""
    ends = {}
    for name in STAFF_FORMS:
        row = TABLE[name]
        address = reverse(name, args=row.args(world))
        words = list(zip(ROLES, row.post.split(), strict=True))
        role = next((role for role, word in reversed(words) if word.rstrip("+r") in ("200", "302", "422")), None)
        if role is None or not address.startswith(("/petugas/", "/admin/")):
            continue
        client, user = Client(), world.user(role)
        answer = client.post(address, row.data(world) | {"_owner": owner_mark(user)})
        ends[name] = log_in(client, user, next_of(answer)).status_code
    assert len(ends) > 30
    assert {name: status for name, status in ends.items() if status != 200} == {}


def test_only_so_many_forms_of_one_account_are_kept(world):
    data, files = QueryDict("note=x"), MultiValueDict()
    for _n in range(22):
        store_form(world.cast.official.pk, "/petugas/", data, files)
    assert KeptInput.objects.count() == 20
    assert store_form(world.cast.official.pk, "/petugas/", QueryDict(f"note={'x' * 500_000}"), files) == ""


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("note", "Dua kata", "Dua kata"),
        ("password1", "sandi-saya", None),
        ("csrfmiddlewaretoken", "abc", None),
        ("idempotency_key", "abc", None),
        ("key", "abc", None),
        ("nik_anak", "3207010101800001", None),
        ("nomor", "3207 0101 0180 0001", ""),
        ("note", "NIK 3207010101800001 salah", "NIK … salah"),
        ("note", "NIK 32.07.01.010180.0001 salah", "NIK … salah"),
        ("note", "Rapat 24.11.2026 08.00-09.00", "Rapat 24.11.2026 08.00-09.00"),
        ("r-nuptk", "3207010101800001", "3207010101800001"),
        ("q", "https://x.id/lacak/" + "a" * 43 + "/", "https://x.id/lacak/…/"),
        ("q", "a" * 43, ""),
        ("nip", "198501012010011001", "198501012010011001"),
    ],
)
def test_what_is_never_kept(name, value, kept):
    data = QueryDict(mutable=True)
    data[name] = value
    fields, again = keepable(data)
    assert fields == ([] if kept is None else [(name, [kept])])
    assert (name in again) == (kept != value and name not in ("csrfmiddlewaretoken", "idempotency_key", "key"))


PAGE = """<main id="isi"><details><summary>Lain</summary>
<form method="post" action="/petugas/a/"><input type="hidden" name="do" value="satu"><input name="text" value="satu">
</form></details>
<form method="post" action="/petugas/a/"><input type="hidden" name="do" value="dua"><input name="text" value='lama "x"'>
<textarea name="note" rows=3>
lama</textarea><select name="to"><option value="1" selected>A</option><option value="2">B</option></select>
<input type=checkbox name="also" value="1" checked><input type="checkbox" name="also" value="2"><input type=file name=f>
<input type="password" name="password"></form>
<form method="get" action="/petugas/a/"><input name="text"></form></main>"""


def filled(fields, action="/petugas/a/"):
    return filling.fill_page(PAGE, "/petugas/b/", KeptForm(action, fields, [], ["password"]))


def test_of_several_forms_the_most_alike_one_is_filled():
    text = filled([("do", ["dua"]), ("text", ['"&<']), ("note", ["\nbaris"]), ("to", ["2"]), ("also", ["2"])])
    assert '<input type="hidden" name="do" value="satu"><input name="text" value="satu">' in text
    assert '<input name="text" value="&quot;&amp;&lt;">' in text
    assert '<textarea name="note" rows=3>\n\nbaris</textarea>' in text
    assert '<option value="1">A' in text and '<option value="2" selected>B' in text
    assert '<input type="checkbox" name="also" value="1">' in text
    assert '<input type="checkbox" name="also" value="2" checked>' in text
    assert "<details>" in text and "<strong>password</strong>" in text


def test_what_was_closed_opens_and_what_has_no_place_is_shown():
    text = filled([("do", ["satu"]), ("text", ["Baru"]), ("gone", ["Kata <i> tanpa tempat"]), ("run", ["17"])])
    assert "<details open>" in text and "Kata &lt;i&gt; tanpa tempat" in text and ">17<" not in text
    assert "Tulisan panjang" in filled([("x", ["Tulisan panjang"])], action="/petugas/c/")


def test_a_button_alone_is_to_be_pressed_again():
    text = filled([("do", ["satu"])])
    assert "Tekan tombolnya sekali lagi" in text and NOT_LOST not in text


def test_what_a_form_carries_is_not_taken_for_typed():
    assert [each for each in ("17", '{"a": 1}', "ya", "Siti", "dua kata", "081234567890") if looks_typed(each)] == [
        "Siti",
        "dua kata",
        "081234567890",
    ]
