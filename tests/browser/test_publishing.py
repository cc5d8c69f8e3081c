"""An SOP's way through the panel by three people, and the service that stands on it."""

import json

from playwright.sync_api import expect

from services.models import Service
from sop.models import SopVersion
from tests.factories.sop import demo_content
from ula_portal.core import clock

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
    assert _status(citizen, f"/sop/{service.sop.slug}/") == 404

    _take_in(admin, service)
    address = admin.url
    acts.press(admin, "Pastikan pelaksana")
    expect(admin.get_by_text("Pelaksana sudah dipastikan.")).to_be_visible()
    # Whoever took it in may not verify it.
    expect(admin.get_by_role("button", name="Verifikasi", exact=True)).to_have_count(0)

    section_head.goto(address)
    acts.press(section_head, "Verifikasi")
    expect(section_head.get_by_text("Versi SOP sudah diverifikasi.")).to_be_visible()
    head.goto(address)
    head.locator("[name=decree]").fill("800/99/2026")
    head.locator("[name=effective_from]").fill(clock.today().isoformat())
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


def _status(page, address):
    return page.request.get(address).status


def _take_in(page, service):
    content = demo_content("mut-k")
    content["number"] = service.sop.number
    content["steps"][4]["activity"] = "Memeriksa berkas dengan cara baru"
    page.goto("/admin/sop/sopversion/impor/")
    broken = {"name": "rusak.json", "mimeType": "application/json", "buffer": b"{"}
    page.locator("[name=file]").set_input_files(broken)
    page.locator("#content input[type=submit]").click()
    expect(page.locator(".errorlist")).to_be_visible()
    whole = {"name": "mut-k.json", "mimeType": "application/json", "buffer": json.dumps(content).encode()}
    page.locator("[name=file]").set_input_files(whole)
    page.locator("#content input[type=submit]").click()
    expect(page.locator("h1")).to_contain_text(service.sop.name)
    assert SopVersion.objects.filter(sop=service.sop).count() == 2
