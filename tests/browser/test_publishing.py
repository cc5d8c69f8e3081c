"""An SOP goes through the admin panel, handled by each person in turn, up to the service that is based on it."""

import json

from playwright.sync_api import expect

from services.models import Service
from sop.models import SopVersion
from tests.factories.sop import demo_content
from ula_portal.core import clock
from ula_portal.core.models import Role, StaffRole

from . import acts


def test_a_service_is_gone_without_its_sop_and_back_with_the_next(people, office):
    service = Service.objects.get(code="MUT-K")
    citizen = people.stranger()
    admin, section_head, head = (people.known(office[name]) for name in ("data", "kabid.dikdas", "kepala.dinas"))
    old = SopVersion.objects.get(sop=service.sop)

    admin.goto(f"/admin/sop/sopversion/{old.pk}/change/")
    admin.locator("summary", has_text="Cabut").click()
    acts.press(admin, "Ya, cabut versi ini")
    assert _status(citizen, f"/layanan/{service.slug}/") == 404
    # Its address answers that it is withdrawn, not that it never existed.
    assert _status(citizen, f"/sop/{service.sop.slug}/") == 410

    _take_in(admin, service)
    address = admin.url
    # Already matched as in the previous version; shown as such and still editable.
    admin.locator("summary", has_text="Ubah pelaksana").click()
    acts.press(admin, "Pastikan pelaksana")
    expect(admin.get_by_text("Pelaksana sudah dipastikan.")).to_be_visible()
    # The person who imported it may not verify it.
    expect(admin.get_by_role("button", name="Verifikasi", exact=True)).to_have_count(0)

    section_head.goto(address)
    acts.press(section_head, "Verifikasi")
    expect(section_head.get_by_text("Versi SOP sudah diverifikasi.")).to_be_visible()
    head.goto(address)
    head.locator("#id_decree").fill("800/99/2026")
    head.locator("#id_effective_from").fill(clock.today().isoformat())
    acts.press(head, "Sahkan")
    expect(head.get_by_text("Versi SOP disahkan.").first).to_be_visible()
    assert _status(citizen, f"/layanan/{service.slug}/") == 404
    admin.goto(address)
    acts.press(admin, "Terbitkan")
    expect(admin.get_by_text("Versi SOP diterbitkan.").first).to_be_visible()

    assert _status(citizen, f"/layanan/{service.slug}/") == 200
    citizen.goto(f"/sop/{service.sop.slug}/")
    expect(citizen.locator("main")).to_contain_text("Memeriksa berkas dengan cara baru")
    answer = citizen.request.get(f"/sop/{service.sop.slug}/pdf/")
    assert answer.body().startswith(b"%PDF")


def test_a_revision_goes_from_hand_to_hand_and_back(people, office):
    """Drafter, section head, head of office and administrator each find their own tasks and cannot do another's."""
    old = SopVersion.objects.get(sop=Service.objects.get(code="MUT-K").sop)
    StaffRole.objects.create(user=office["layanan.dikdas"], role=Role.DRAFTER, unit=old.sop.unit)
    names = ("layanan.dikdas", "kabid.dikdas", "kepala.dinas", "data", "kabid.gtk")
    drafter, section_head, head, admin, stranger = (people.known(office[name]) for name in names)

    admin.goto(f"/admin/sop/sopversion/{old.pk}/change/")
    acts.press(admin, "Buat versi baru")
    admin.wait_for_url("**/petugas/sop/*/")
    new = SopVersion.objects.get(sop=old.sop, state="draft")
    address = f"/admin/sop/sopversion/{new.pk}/change/"

    _propose(drafter, new)
    assert _status(drafter, address) == 403 and _status(stranger, address) == 404
    admin.goto(address)
    expect(admin.get_by_role("heading", name="Menunggu verifikasi", exact=True)).to_be_visible()
    assert _refused(admin, new, "verify") and _refused(admin, new, "approve")

    _open_what_waits(section_head, new)
    acts.press(section_head, "Verifikasi")
    expect(section_head.get_by_text("Versi SOP sudah diverifikasi.")).to_be_visible()
    expect(section_head.get_by_role("button", name="Sahkan", exact=True)).to_have_count(0)
    assert _refused(section_head, new, "approve")

    _open_what_waits(head, new)
    head.locator("summary", has_text="Kembalikan menjadi draf untuk diubah").click()
    head.get_by_label("Yang perlu diperbaiki").fill("Sebutkan dasar hukum yang baru.")
    acts.press(head, "Kembalikan dengan catatan ini")
    expect(head.get_by_text("Versi SOP dikembalikan menjadi draf.")).to_be_visible()

    drafter.goto(f"/petugas/sop/{new.pk}/")
    expect(drafter.get_by_text("Sebutkan dasar hukum yang baru.")).to_be_visible()
    _propose(drafter, new)
    _open_what_waits(section_head, new)
    acts.press(section_head, "Verifikasi")
    _open_what_waits(head, new)
    head.locator("#id_decree").fill("800/100/2026")
    head.locator("#id_effective_from").fill("")
    acts.press(head, "Sahkan")
    expect(head.get_by_text("Isi tanggal efektif.")).to_be_visible()
    expect(head.locator("#id_decree")).to_have_value("800/100/2026")
    head.locator("#id_effective_from").fill(clock.today().isoformat())
    acts.press(head, "Sahkan")
    expect(head.get_by_text("Versi SOP disahkan.").first).to_be_visible()
    assert _refused(head, new, "publish")

    _open_what_waits(admin, new)
    acts.press(admin, "Terbitkan")
    expect(admin.get_by_text("Versi SOP diterbitkan.").first).to_be_visible()
    new.refresh_from_db()
    people_of = (new.verified_by, new.approved_by, new.published_by)
    assert people_of == (office["kabid.dikdas"], office["kepala.dinas"], office["data"])
    assert new.state == "published"
    # The console reports the one answer 422.
    assert [complaint for complaint in people.complaints if "422" not in complaint] == []


def test_withdrawing_names_what_is_withdrawn_and_asks_first(people, office):
    version = SopVersion.objects.get(sop=Service.objects.get(code="MUT-K").sop)
    head = people.known(office["kepala.dinas"])
    head.goto(f"/admin/sop/sopversion/{version.pk}/change/")
    sure = head.get_by_role("button", name="Ya, cabut versi ini")
    expect(sure).to_be_hidden()
    head.locator("summary", has_text="Cabut").click()
    expect(head.locator("details", has=sure).locator("strong")).to_have_text(version.title)
    expect(sure).to_be_visible()
    version.refresh_from_db()
    assert version.state == "published"


def _propose(page, version):
    page.goto(f"/petugas/sop/{version.pk}/periksa/")
    acts.press(page, "Ajukan verifikasi")
    expect(page.get_by_text("Draf diajukan untuk diverifikasi.").first).to_be_visible()


def _open_what_waits(page, version):
    """Open the version from the panel's first page by the number of waiting tasks."""
    page.goto("/admin/")
    page.get_by_role("link", name="SOP yang menunggu Anda 1", exact=True).click()
    page.locator("#result_list").get_by_role("link", name=version.title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(version.title)


def _refused(page, version, verb):
    """Whether a verb posted without its button is refused."""
    before = SopVersion.objects.values_list("state", flat=True).get(pk=version.pk)
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    today = clock.today().isoformat()
    form = {"csrfmiddlewaretoken": token, "decree": "1", "decree_date": today, "effective_from": today}
    answer = page.request.post(
        f"/admin/sop/sopversion/{version.pk}/tindakan/{verb}/", form=form, headers={"Referer": page.url}
    )
    after = SopVersion.objects.values_list("state", flat=True).get(pk=version.pk)
    return before == after and answer.status in (200, 422) and "hanya dapat dilakukan oleh" in answer.text()


def _status(page, address):
    return page.request.get(address).status


def _take_in(page, service):
    content = demo_content("mut-k")
    content["number"] = service.sop.number
    content["steps"][4]["activity"] = "Memeriksa berkas dengan cara baru"
    page.goto("/admin/sop/sopversion/impor/")
    broken = {"name": "rusak.json", "mimeType": "application/json", "buffer": b"{"}
    page.locator("[name=file]").set_input_files(broken)
    page.locator("main input[type=submit]").click()
    expect(page.locator(".errorlist")).to_be_visible()
    whole = {"name": "mut-k.json", "mimeType": "application/json", "buffer": json.dumps(content).encode()}
    page.locator("[name=file]").set_input_files(whole)
    page.locator("main input[type=submit]").click()
    expect(page.locator("h1")).to_contain_text(service.sop.name)
    assert SopVersion.objects.filter(sop=service.sop).count() == 2
