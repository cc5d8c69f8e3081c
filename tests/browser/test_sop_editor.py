"""Writing an SOP in a browser: from nothing, with and without JavaScript, by two people, pasted, by keyboard."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from sop.drafting.actions import importing, removal, starting
from sop.drafting.actions.steps import save_step
from sop.models import SopVersion, Step
from sop.rules import findings
from sop.rules.queries import flows
from tests.factories import sop as make
from tests.factories.world import session_key_of
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Role

from . import acts

OFFICIAL, HEAD = "Pengelola Layanan Pendidikan Dasar", "Kepala Bidang Pembinaan Pendidikan Dasar"
# number → activity, actor, shape, minutes, output, exits by number (next, or yes and no with their labels)
TEN = [
    ("Mengajukan permohonan", "Pemohon", "start", "", "Permohonan", 2),
    ("Apakah berkas lengkap?", OFFICIAL, "decision", "15", "Hasil pemeriksaan", ("Lengkap", 3, "Tidak lengkap", 1)),
    ("Mencatat permohonan", OFFICIAL, "process", "10", "Catatan agenda", 4),
    ("Menyusun konsep surat", OFFICIAL, "process", "60", "Konsep surat", 5),
    ("Apakah konsep disetujui?", HEAD, "decision", "30", "Paraf", ("Disetujui", 6, "Diperbaiki", 4)),
    ("Menandatangani surat", HEAD, "process", "15", "Surat bertanda tangan", 7),
    ("Memberi nomor surat", OFFICIAL, "process", "5", "Surat bernomor", 8),
    ("Memindai surat", OFFICIAL, "process", "5", "Salinan digital", 9),
    ("Menyerahkan surat", OFFICIAL, "process", "5", "Tanda terima", 10),
    ("Menerima surat", "Pemohon", "end", "", "Surat diterima", None),
]


@pytest.fixture
def cast(people):
    """Sari is a drafter of a unit, Budi its head."""
    units = make.make_office()
    cast = make.make_cast(units)
    sari = make.make_person(Role.DRAFTER, units["DIKDAS"], full_name="Sari Contoh")
    budi = cast["section_head"]
    budi.full_name = "Budi Contoh"
    budi.save()
    return cast | {"sari": sari, "budi": budi, "units": units}


@pytest.fixture
def draft(cast):
    return importing.import_sop(make.small_content(), by=SYSTEM).version


def open_step(page, version, no):
    step = version.steps.get(no=no)
    page.goto(reverse("sop_edit_step", args=[version.pk, step.pk]))
    return step


def saved(page):
    """Wait until the page says that everything is saved."""
    expect(page.locator("#edit-status")).to_have_text(re.compile(r"^\s*Tersimpan pukul"))


def begin(page):
    """Create a draft with its three actors from the menu; returns the version."""
    page.goto("/petugas/")
    menu = page.locator("details.rail-menu summary")
    if menu.is_visible():
        menu.click()
    page.get_by_role("link", name="SOP", exact=True).first.click()
    page.get_by_role("link", name="SOP baru").first.click()
    page.get_by_label("Nama SOP").fill("Surat Keterangan Contoh")
    acts.press(page, "Buat draf")
    page.get_by_label("Dasar hukum").fill("Undang-Undang Nomor 25 Tahun 2009")
    acts.press(page, "Simpan dan lanjut ke pelaksana")
    for who in ("Pemohon", OFFICIAL, HEAD):
        form = page.locator("#baru")
        form.get_by_label("Siapa ini?").select_option(label=who)
        acts.press(form, "Tambah pelaksana")
        expect(page.locator(".messages, .notice").filter(has_text=who).first).to_be_visible()
    page.get_by_role("link", name="Lanjut ke langkah").click()
    return SopVersion.objects.get()


def fill_step(page, row):
    activity, who, shape, minutes, output, _exits = row
    page.locator("#id_activity").fill(activity)
    page.locator(f"input[name=shape][value={shape}]").check()
    page.locator("select[name=actors]").first.select_option(label=who)
    page.locator("#id_time_number").fill(minutes)
    page.locator("#id_output").fill(output)


def write_ten(page, version):
    """Enter ten steps in a row, then the exits that do not lead to the next step."""
    acts.press(page, "Tulis langkah pertama")
    for number, row in enumerate(TEN, 1):
        expect(page.locator(".is-open .sop-line__no")).to_have_text(str(number))
        fill_step(page, row)
        acts.press(page, "Simpan dan tambah langkah" if number < len(TEN) else "Simpan langkah")
    said = page.get_by_text("Langkah 10 tersimpan.")
    expect(said).to_be_visible()
    steps = {step.no: step for step in version.steps.all()}
    for number, row in enumerate(TEN, 1):
        if row[2] != "decision":
            continue
        yes, yes_no, no, no_no = row[5]
        page.goto(reverse("sop_edit_step", args=[version.pk, steps[number].pk]))
        page.locator("#id_yes_label").fill(yes)
        page.locator("#id_if_yes_id").select_option(str(steps[yes_no].pk))
        page.locator("#id_no_label").fill(no)
        page.locator("#id_if_no_id").select_option(str(steps[no_no].pk))
        acts.press(page, "Simpan langkah")
        expect(page.get_by_text(f"Langkah {number} tersimpan.")).to_be_visible()


def judge_ten(version):
    """The draft contains the input with both loops, and the rules find no error."""
    flow = flows.flow_of(version)
    assert [(step.activity, step.shape, step.output) for step in flow.steps] == [(r[0], r[2], r[4]) for r in TEN]
    numbers = {step.id: step.no for step in flow.steps}
    for step, row in zip(flow.steps, TEN, strict=True):
        if row[2] == "decision":
            found = (step.yes_label, numbers[step.if_yes_id], step.no_label, numbers[step.if_no_id])
        else:
            found = numbers.get(step.next_id)
        assert found == row[5], step.no
    assert findings.errors(flows.findings_of(SopVersion.objects.get(pk=version.pk))) == []


@pytest.mark.parametrize("javascript", [True, False])
def test_ten_steps_with_two_loops_from_scratch(people, cast, javascript):
    page = people.known(cast["sari"], javascript=javascript, width=1440 if javascript else 360)
    version = begin(page)
    write_ten(page, version)
    judge_ten(version)
    page.get_by_role("link", name=re.compile("Periksa dan ajukan")).click()
    acts.press(page, "Ajukan verifikasi")
    expect(page.get_by_text("Sudah diajukan oleh Sari Contoh")).to_be_visible()
    assert people.complaints == []
    # A person who may verify finds it in the menu and on the list.
    desk = people.known(cast["budi"])
    desk.goto("/petugas/sop/")
    expect(desk.locator(".rail .count.is-hot")).to_have_text("1")
    desk.get_by_role("link", name="Surat Keterangan Contoh").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Surat Keterangan Contoh")


def test_what_is_typed_is_saved_by_itself_and_drawn(people, cast, draft):
    page = people.known(cast["sari"], width=1440)
    step = open_step(page, draft, 3)
    activity = page.locator("#id_activity")
    activity.fill("Menandatangani surat keterangan")
    saved(page)
    step.refresh_from_db()
    assert step.activity == "Menandatangani surat keterangan"
    # The list and the preview follow, and the cursor stays in its field.
    expect(page.locator(f"#kepala-{step.pk}")).to_contain_text("surat keterangan")
    expect(page.locator("#pratinjau tr.is-open")).to_contain_text("surat keterangan")
    expect(activity).to_be_focused()
    activity.press("End")
    page.keyboard.type(" contoh")
    saved(page)
    page.locator("input[name=shape][value=decision]").check()
    # The next step has become the first branch.
    expect(page.locator("#id_if_yes_id")).to_have_value(str(draft.steps.get(no=4).pk))
    expect(page.locator("#pratinjau tr.is-open svg polygon").first).to_be_attached()
    expect(page.locator("#temuan-langkah")).to_contain_text("dua cabang")
    step.refresh_from_db()
    assert (step.shape, step.if_yes_id, step.next_id) == ("decision", draft.steps.get(no=4).pk, None)
    assert people.complaints == []


def test_a_refusal_stands_beside_its_field_and_typing_stays(people, cast, draft):
    page = people.known(cast["sari"])
    step = open_step(page, draft, 2)
    page.locator("#id_output").fill("Hasil yang diketik")
    page.locator("#id_time_number").fill("lima belas")
    expect(page.locator("#id_time_number_error")).to_contain_text("Isi waktu dengan angka")
    expect(page.locator("#id_time_number")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_output")).to_have_value("Hasil yang diketik")
    acts.press(page, "Simpan langkah")
    expect(page.locator("#id_output")).to_have_value("Hasil yang diketik")
    expect(page.locator("#id_time_number")).to_have_value("lima belas")
    page.locator("#id_time_number").fill("15")
    saved(page)
    expect(page.locator("#id_time_number_error")).to_be_hidden()
    step.refresh_from_db()
    assert (step.seconds, step.output) == (900, "Hasil yang diketik")


def test_a_broken_connection_loses_nothing(people, cast, draft):
    page = people.known(cast["sari"])
    step = open_step(page, draft, 2)
    page.context.set_offline(True)
    page.locator("#id_output").fill("Diketik tanpa sambungan")
    expect(page.locator("#edit-status")).to_contain_text("sambungan terputus, dicoba lagi")
    warned = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.dismiss()))
    page.evaluate("window.location.reload()")
    expect(page.locator("#id_output")).to_have_value("Diketik tanpa sambungan")
    page.context.set_offline(False)
    saved(page)
    step.refresh_from_db()
    assert step.output == "Diketik tanpa sambungan" and warned == ["beforeunload"]


def test_a_log_in_that_ended_loses_nothing(people, cast, draft):
    page = people.known(cast["sari"])
    step = open_step(page, draft, 2)
    page.context.clear_cookies()
    page.locator("#id_output").fill("Diketik sesudah keluar")
    expect(page.locator("#edit-status")).to_contain_text("Anda perlu masuk lagi")
    expect(page.locator("#id_output")).to_have_value("Diketik sesudah keluar")
    # Logging in again in another tab creates another session with another CSRF token.
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_key_of(cast["sari"]), "url": people.base}
    page.context.add_cookies([cookie])
    page.context.new_page().goto("/petugas/sop/")
    saved(page)
    step.refresh_from_db()
    assert step.output == "Diketik sesudah keluar"


@pytest.mark.parametrize("javascript", [True, False])
def test_two_people_lose_nothing_and_the_second_is_told(people, cast, draft, javascript):
    sari = people.known(cast["sari"], width=1440, javascript=javascript)
    budi = people.known(cast["budi"], width=1440)
    step = open_step(sari, draft, 2)
    open_step(budi, draft, 2)
    budi.locator("#id_activity").fill("Apakah berkasnya lengkap, menurut Budi?")
    saved(budi)
    sari.locator("#id_activity").fill("Apakah berkasnya lengkap, menurut Sari?")
    sari.locator("#id_output").fill("Hasil dari Sari")
    if not javascript:
        acts.press(sari, "Simpan langkah")
    clash = sari.locator("[data-clash]")
    expect(clash).to_contain_text("Tersimpan oleh Budi Contoh")
    expect(clash).to_contain_text("menurut Budi?")
    expect(sari.locator("#id_activity")).to_have_value("Apakah berkasnya lengkap, menurut Sari?")
    expect(sari.locator("#id_output")).to_have_value("Hasil dari Sari")
    acts.press(sari, "Pakai isian saya")
    expect(sari.get_by_text("Langkah 2 tersimpan.")).to_be_visible()
    step.refresh_from_db()
    assert (step.activity, step.output) == ("Apakah berkasnya lengkap, menurut Sari?", "Hasil dari Sari")


def test_different_steps_do_not_disturb_each_other(people, cast, draft):
    sari, budi = people.known(cast["sari"]), people.known(cast["budi"])
    open_step(sari, draft, 2)
    open_step(budi, draft, 3)
    budi.locator("#id_note").evaluate("each => each.closest('details').open = true")
    budi.locator("#id_note").fill("Catatan Budi")
    saved(budi)
    sari.locator("#id_output").fill("Hasil Sari")
    saved(sari)
    expect(sari.locator("#edit-note")).to_contain_text("sedang diubah orang lain juga")
    assert set(draft.steps.filter(no__in=[2, 3]).values_list("output", "note")) == {
        ("Hasil Sari", ""),
        ("Surat", "Catatan Budi"),
    }


def test_a_step_removed_meanwhile_comes_back_with_what_was_typed(people, cast, draft):
    page = people.known(cast["sari"])
    step = open_step(page, draft, 2)
    removal.remove_step(step, by=staff(cast["budi"]))
    page.locator("#id_output").fill("Tidak boleh hilang")
    expect(page.locator("[data-clash]")).to_contain_text("Budi Contoh menghapusnya")
    acts.press(page, "Kembalikan langkah dengan isian saya")
    expect(page.get_by_text("Langkah 2 ada kembali")).to_be_visible()
    assert draft.steps.get(no=2).output == "Tidak boleh hilang"


def test_delete_and_undo(people, cast, draft):
    before = flows.flow_of(draft)
    page = people.known(cast["sari"])
    open_step(page, draft, 2)
    acts.press(page, "Hapus langkah")
    expect(page.get_by_text("Langkah 2 dihapus.")).to_be_visible()
    expect(page.get_by_role("button", name="Urungkan")).to_be_focused()
    assert draft.steps.count() == 3
    page.keyboard.press("Enter")
    expect(page.get_by_text("Langkah 2 dikembalikan.")).to_be_visible()
    assert flows.flow_of(draft) == before


@pytest.mark.parametrize("javascript", [True, False])
def test_twenty_rows_from_a_spreadsheet(people, cast, javascript):
    version = starting.start_sop(by=staff(cast["sari"]), name="Dari lembar kerja", unit_id=cast["units"]["DIKDAS"].pk)
    rows = ["No\tUraian Kegiatan\tPelaksana\tKelengkapan\tWaktu\tOutput\tKeterangan"]
    rows += [
        f"{n}\tMemeriksa berkas {n}\t{'Pemohon' if n in (1, 20) else OFFICIAL}\tBerkas\t{n} menit\tHasil {n}\t"
        for n in range(1, 21)
    ]
    page = people.known(cast["sari"], javascript=javascript)
    page.goto(reverse("sop_edit", args=[version.pk]))
    page.get_by_role("link", name="Tempel dari lembar kerja").click()
    page.get_by_label("Isi tabel").fill("\n".join(rows))
    acts.press(page, "Periksa dulu")
    expect(page.get_by_role("heading", name="Terbaca 20 langkah")).to_be_visible()
    assert version.steps.count() == 0
    acts.press(page, "Masukkan 20 langkah")
    expect(page.locator(".sop-item")).to_have_count(20)
    steps = list(version.steps.order_by("no"))
    assert [step.seconds for step in steps] == [n * 60 for n in range(1, 21)]
    assert [step.next_id for step in steps[:-1]] == [step.pk for step in steps[1:]]
    assert {actor.name: actor.kind for actor in version.actors.all()} == {"Pemohon": "applicant", OFFICIAL: "position"}


def test_by_keyboard_alone(people, cast, draft):
    page = people.known(cast["sari"], width=1440)
    step = open_step(page, draft, 3)
    page.locator("#id_activity").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("Menandatangani dengan papan ketik")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_text("Langkah dipindahkan menjadi nomor 2.")).to_be_visible()
    expect(page.locator("[name=do][value=up]")).to_be_focused()
    step.refresh_from_db()
    assert (step.no, step.activity) == (2, "Menandatangani dengan papan ketik")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".is-open .sop-line__no")).to_have_text("3")
    expect(page.locator("#id_activity")).to_be_focused()
    # A select keeps its own arrow keys.
    page.locator("select[name=actors]").first.focus()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert Step.objects.get(pk=step.pk).no == 2
    page.locator("#buka-" + str(step.pk)).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".is-open .sop-line__no")).to_have_text("2")


def test_leaving_by_a_link_saves_first(people, cast, draft):
    page = people.known(cast["sari"])
    step = open_step(page, draft, 2)
    page.locator("#id_output").fill("Diketik lalu pergi")
    page.get_by_role("link", name=re.compile("^.?Identitas|Identitas$")).first.click()
    expect(page.get_by_role("heading", name="Identitas SOP")).to_be_visible()
    step.refresh_from_db()
    assert step.output == "Diketik lalu pergi"


def test_leaving_with_something_that_cannot_be_saved_is_asked_first(people, cast, draft):
    page = people.known(cast["sari"])
    open_step(page, draft, 2)
    page.locator("#id_time_number").fill("lima belas")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.locator(".crumbs a").first.click(no_wait_after=True)
    expect(page.locator("#id_time_number_error")).to_be_visible()
    expect(page.locator("#id_time_number")).to_have_value("lima belas")
    assert asked == ["beforeunload"]


def test_more_than_two_actors_in_a_step(people, cast, draft):
    page = people.known(cast["sari"])
    step = open_step(page, draft, 2)
    for place, who in enumerate((HEAD, OFFICIAL, "Pemohon")):
        page.locator("select[name=actors]").nth(place).select_option(label=who)
    saved(page)
    expect(page.locator(f"#kepala-{step.pk}")).to_contain_text(f"{HEAD}, {OFFICIAL}, Pemohon")
    assert list(step.step_actors.order_by("order").values_list("actor__name", flat=True)) == [HEAD, OFFICIAL, "Pemohon"]


@pytest.mark.parametrize("shape", ["Proses", "Selesai"])
def test_an_arrow_lost_with_the_shape_is_told_and_set_back(people, cast, draft, shape):
    page = people.known(cast["sari"])
    step = open_step(page, draft, 2)
    ways = (step.if_yes_id, step.if_no_id)
    page.locator(".sop-shape", has_text=shape).click()
    dropped = page.locator("[data-dropped]")
    expect(dropped).to_contain_text("Cabang “Tidak” ke langkah 1 dilepas.")
    expect(dropped.get_by_text("ke langkah 3")).to_have_count(0 if shape == "Proses" else 1)
    saved(page)
    step.refresh_from_db()
    assert step.if_no_id is None
    dropped.get_by_role("button", name="Urungkan").click()
    expect(dropped).to_be_hidden()
    expect(page.get_by_role("radio", name="Keputusan")).to_be_focused()
    page.wait_for_load_state("networkidle")
    expect(page.locator(f"#kepala-{step.pk} .sop-line__meta")).to_contain_text("Tidak")
    page.reload()
    step.refresh_from_db()
    assert (step.shape, step.if_yes_id, step.if_no_id) == ("decision", *ways)
    expect(page.locator("#id_if_no_id")).to_have_value(str(ways[1]))


def test_a_long_activity_stands_whole_only_once_while_its_step_is_open(people, cast, draft):
    step = draft.steps.get(no=3)
    step.activity = "Memeriksa kelengkapan berkas permohonan " * 60
    step.save()
    page = people.known(cast["sari"])
    open_step(page, draft, 3)
    lines = "title => title.getBoundingClientRect().height / parseFloat(getComputedStyle(title).lineHeight)"
    assert page.locator(f"#kepala-{step.pk} h3").evaluate(lines) < 3.6


STICKS_OUT = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(people, cast, draft, axe, scheme):
    other = starting.start_sop(by=staff(cast["sari"]), name="Baru", unit_id=cast["units"]["DIKDAS"].pk)
    removed = removal.remove_step(draft.steps.get(no=3), by=staff(cast["sari"]))
    step = draft.steps.get(no=2)
    addresses = [
        *(f"/petugas/sop/?bagian={each}" for each in ("menunggu", "draf", "berlaku")),
        *(reverse(f"sop_edit{part}", args=[draft.pk]) for part in ("", "_identity", "_actors", "_check", "_paste")),
        *(reverse("sop_edit", args=[pk]) for pk in (other.pk, draft.pk)),
        f"{reverse('sop_edit', args=[draft.pk])}?dihapus={removed.pk}",
        reverse("sop_edit_step", args=[draft.pk, step.pk]),
        reverse("sop_new"),
    ]
    page = people.known(cast["sari"])
    page.emulate_media(color_scheme=scheme)
    found = []
    for address in addresses:
        assert page.goto(address).status == 200
        for width, height in ((360, 740), (1440, 900)):
            page.set_viewport_size({"width": width, "height": height})
            found += [f"{address} at {width}: {each}" for each in axe(page)]
            if page.evaluate(STICKS_OUT) > 0:
                found.append(f"{address} at {width} sticks out")
    assert found == []


def test_axe_finds_nothing_where_things_went_wrong(people, cast, draft, axe):
    page = people.known(cast["sari"], width=1440)
    step = open_step(page, draft, 2)
    save_step(step, by=staff(cast["budi"]), fields={"activity": "Menurut Budi?"}, was={"activity": step.activity})
    page.locator("#id_activity").fill("Menurut Sari?")
    expect(page.locator("[data-clash]")).to_be_visible()
    assert axe(page) == []
    page.goto(reverse("sop_edit_paste", args=[draft.pk]))
    page.get_by_label("Isi tabel").fill("No\tUraian Kegiatan\tPelaksana\nsatu juta\tMenerima\tKasir")
    acts.press(page, "Periksa dulu")
    expect(page.get_by_text("Ada sel yang tidak terbaca")).to_be_visible()
    assert axe(page) == []
