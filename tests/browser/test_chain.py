"""The whole chain with all roles, from the search on a phone to the letter that somebody else verifies."""

import re

from playwright.sync_api import expect

from services.models import Letter, Request
from tests.factories.world import PASSWORD
from ula_portal.core.journal import actions as journal
from visitors.models import Ticket

from . import acts

WALK_IN = "Rahayu Contoh"


def test_the_whole_chain(people, office):
    display = people.stranger(width=1920, height=1080)
    display.goto("/layar/ula/")
    display.evaluate("window.openedOnce = true")
    citizen = people.stranger(width=360, height=740, has_touch=True, is_mobile=True)
    desk, counter, official, head, admin = (
        people.staff(office[name].email, PASSWORD)
        for name in ("frontoffice", "loket", "layanan.dikdas", "kabid.dikdas", "data")
    )

    number, code = acts.apply_to_move(citizen)
    _desk_checks_in(desk)
    _counter_serves(counter, display)
    walk_in = _admin_routes(admin)

    _official_asks(official, number)
    _citizen_answers(citizen, number, code)
    acts.work_on_move(official, number)
    acts.allow_dialogs(head)
    letter_number = acts.sign_letter(head, number)
    acts.download_letter(citizen, letter_number)
    _stranger_verifies(people.stranger(), letter_number)

    acts.work_on_move(official, walk_in, at_desk=True)
    acts.sign_letter(head, walk_in)
    _counter_hands_over(counter, walk_in)

    assert Request.objects.filter(state="completed").count() == 2
    assert journal.verify() == []
    # The confirmation about documents is an answer 422, which the console reports as an error.
    assert [each for each in people.complaints if "422" not in each] == []


def _desk_checks_in(page):
    page.goto("/petugas/tamu/")
    page.locator("[name=name]").fill(WALK_IN)
    page.get_by_role("combobox", name="Layanan", exact=True).fill("Pindah sekolah ke luar")
    page.keyboard.press("Enter")
    page.get_by_label("Buka permohonan sekarang").check()
    acts.press(page, "Catat dan cetak nomor")
    expect(page.get_by_text("B-001").first).to_be_visible()
    assert Ticket.objects.get().state == "waiting"


def _counter_serves(page, display):
    page.goto("/petugas/loket/")
    page.get_by_role("button", name="Buka Loket 1").click()
    expect(display.locator(".d-list").first).to_contain_text("Siap")
    acts.press(page, "Panggil berikutnya")
    expect(display.locator(".d-now .d-number")).to_have_text("B-001")
    expect(display.locator(".d-now")).to_contain_text("Loket 1")
    # Live update: the page has not been reloaded since the morning.
    assert display.evaluate("window.openedOnce")
    expect(page.locator(".called")).to_have_text("B-001")
    expect(page.locator(".facts")).to_contain_text(WALK_IN)
    acts.press(page, "Mulai layani")
    page.locator("[name=result]").fill("Berkas diterima")
    acts.press(page, "Selesai")
    expect(page.get_by_role("button", name="Panggil berikutnya")).to_be_visible()
    expect(display.locator(".d-list").first).to_contain_text("Siap")
    assert Ticket.objects.get().state == "finished"


def _admin_routes(page):
    page.goto("/admin/penerusan/")
    row = page.locator(".routing__row", has_text=WALK_IN)
    walk_in = acts.NUMBER.search(row.inner_text()).group()
    # The suggestion is selected, so one click is enough.
    expect(row.locator("option:checked")).to_contain_text("Sri Contoh Wahyuni")
    row.get_by_role("button", name="Teruskan").click()
    expect(page.get_by_text(f"{walk_in} diteruskan kepada Sri Contoh Wahyuni.")).to_be_visible()
    expect(page.get_by_text("Tidak ada permohonan yang menunggu penerusan.")).to_be_visible()
    return walk_in


def _official_asks(page, number):
    acts.open_case(page, number)
    page.get_by_text("Minta kelengkapan dari pemohon").click()
    page.locator("[name=wanted]").fill("Rapor belum memuat lembar mutasi.")
    page.get_by_label("berkas-3.png").or_(page.get_by_label("Rapor, termasuk lembar mutasi")).first.check()
    acts.press(page, "Kirim permintaan")
    expect(page.locator("main")).to_contain_text("Menunggu pemohon")


def _citizen_answers(page, number, code):
    page.goto("/lacak/")
    page.locator("[name=number]").fill(number)
    page.locator("[name=code]").fill(code)
    acts.press(page, "Lihat permohonan")
    expect(page.get_by_text("Rapor belum memuat lembar mutasi.").first).to_be_visible()
    box = page.locator("section.upload-row", has_text="Rapor")
    box.locator("input[name=file]").set_input_files(acts.photo("rapor-lengkap.png", "green"))
    expect(box).to_contain_text("rapor-lengkap.png")
    acts.press(page, "Kirim kelengkapan")
    expect(page.get_by_text("Kelengkapan Anda telah kami terima").first).to_be_visible()


def _stranger_verifies(page, letter_number):
    from services.letters.queries import verification_code

    page.goto("/verifikasi/")
    page.locator("[name=code]").fill(verification_code(Letter.objects.get(number=letter_number)))
    page.locator("[name=code]").press("Enter")
    expect(page).to_have_url(re.compile("/verifikasi/.+/"))
    expect(page.locator("main")).to_contain_text(letter_number)
    # The public verification page shows initials, not the name.
    expect(page.locator("main")).not_to_contain_text("Siti Contoh")


def _counter_hands_over(page, number):
    acts.open_case(page, number, tab="waiting")
    acts.press(page, "Surat sudah diserahkan")
    expect(page.get_by_text("Surat diserahkan kepada pemohon.").first).to_be_visible()
