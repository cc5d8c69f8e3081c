"""Cases with complications (an absent official, another agency, a rejection) as seen by the office and the citizen."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from services.applying.receipt import tracking_token
from services.conversation.actions.default_templates import ensure_message_templates
from services.engine.actions.presence import follow_presence
from services.models import Request
from tests.factories.cases import make_case, make_case_service, no_of, run_of, walk
from tests.factories.core import named_cast
from ula_portal.core.journal import actions as journal

from . import acts


@pytest.fixture
def cast(people):
    ensure_message_templates()
    return named_cast()


@pytest.fixture
def case(cast):
    return make_case(make_case_service(cast))


def track(people, request):
    page = people.stranger(width=360, height=740)
    page.goto(reverse("track_detail", args=[tracking_token(request)]))
    return page


def test_an_absent_officials_case_goes_to_the_acting_one(people, cast, case):
    head = people.known(cast.section_head)
    head.goto("/petugas/")
    head.get_by_role("link", name="Kehadiran").first.click()
    head.locator("[name=user]").select_option(label="Sri Contoh")
    head.locator("[name=kind]").select_option(label="Cuti")
    head.locator("[name=deputy]").select_option(label="Maya Contoh")
    acts.press(head, "Catat ketidakhadiran")
    acts.said(head, "Ketidakhadiran Sri Contoh dicatat.")
    # As the worker's sweep does.
    follow_presence()

    citizen = track(people, case)
    main = citizen.locator("main")
    expect(main).to_contain_text("Pengelola Layanan Pendidikan Dasar sedang cuti sampai")
    expect(main).to_contain_text("digantikan oleh Pengelola Layanan Guru dan Tenaga Kependidikan")
    expect(main).to_contain_text("Waktu pelayanan tetap berjalan.")
    for name in ("Sri Contoh", "Maya Contoh"):
        expect(main).not_to_contain_text(name)

    deputy = people.known(cast.outsider)
    acts.open_case(deputy, case.number)
    acts.press(deputy, "Lengkap")
    expect(deputy.locator("main")).to_contain_text("Memberikan konfirmasi daya tampung")
    assert (no_of(case), case.runs.get(step__no=2).finished_by) == (4, cast.outsider)
    assert people.complaints == []


def test_an_agencys_step_is_recorded_with_its_days(people, cast, case):
    walk(case, (cast.official, "yes"))
    expect(track(people, case).locator("main")).to_contain_text("Menunggu Kepala Sekolah")
    page = people.known(cast.official)
    page.goto(reverse("case_detail", args=[case.number]))
    page.get_by_role("link", name="Catat dari kertas atau beberapa langkah").click()
    page.get_by_label("Catatan").first.fill("Kuota 3 kursi")
    page.get_by_label("Tanggal selesai di instansi").fill("2020-01-01")
    page.locator("[name=photo]").set_input_files(acts.photo("jawaban.png"))
    page.get_by_label("Catatan").first.press("Control+Enter")
    # The error is shown next to its field; the photo and the text are preserved.
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Catatan").first).to_have_value("Kuota 3 kursi")
    expect(page.get_by_text("jawaban.png")).to_be_visible()
    day = page.get_by_label("Tanggal selesai di instansi")
    day.fill(day.get_attribute("max"))
    page.get_by_label("Catatan").first.press("Control+Enter")
    acts.said(page, "Langkah 4 dicatat")
    run = case.runs.get(step__no=4)
    assert (run.note, run.paper.name, run.finished_by) == ("Kuota 3 kursi", "jawaban.png", cast.official)
    expect(track(people, case).locator("main")).not_to_contain_text("Menunggu Kepala Sekolah")
    assert [each for each in people.complaints if "422" not in each] == []


def test_a_refusal_ends_the_case_with_its_letter_and_reason(people, cast, case):
    official, head, counter = cast.official, cast.section_head, cast.counter
    walk(case, (official, "yes"), (official, "done"))
    page = people.known(official)
    page.goto(reverse("case_detail", args=[case.number]))
    page.locator("[name=note]").first.fill("Daya tampung kelas 4 sudah penuh.")
    acts.press(page, "Tidak lengkap")
    expect(page.locator("main")).to_contain_text("Menandatangani surat penolakan")

    signing = people.known(head)
    acts.allow_dialogs(signing)
    signing.goto(reverse("case_detail", args=[case.number]))
    expect(signing.locator("textarea[name=body]")).not_to_be_empty()
    acts.press(signing, "Terbitkan surat")
    expect(signing.locator("main")).to_contain_text("diterbitkan")

    desk = people.known(counter)
    acts.open_case(desk, case.number)
    desk.get_by_role("button", name="Selesaikan langkah").click()
    acts.said(desk, "Permohonan ditutup")

    main = track(people, case).locator("main")
    expect(main).to_contain_text("Permohonan tidak dapat dikabulkan")
    expect(main).to_contain_text("Daya tampung kelas 4 sudah penuh.")
    expect(main).to_contain_text("Surat penolakan")
    expect(main).to_contain_text("keberatan")
    assert Request.objects.get().state == "rejected"
    assert run_of(case) is None and journal.verify() == []
    assert people.complaints == []
