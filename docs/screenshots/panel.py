"""The administrator's pages."""

import json

from .browsing import ROOT


def draft_file():
    """A file for the panel: an SOP of the demo under another name, so that it is imported as a draft."""
    source = json.loads((ROOT / "services/exchange/data/sops/leg-ijz.json").read_text())
    source |= {"name": "Legalisasi Rapor", "number": None}
    return {"name": "sop.json", "mimeType": "application/json", "buffer": json.dumps(source).encode()}


def panel(admin):
    """The administrator's pages; forms are filled in but not saved, except the draft of an SOP."""
    page = admin.page
    admin.go("/admin/")
    admin.shoot("admin-panel")
    admin.go("/admin/penerusan/")
    admin.shoot("admin-penerusan")
    admin.go("/admin/sop/sopversion/impor/")
    page.set_input_files("input[type=file]", draft_file())
    admin.shoot("admin-sop-masuk")
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url("**/change/")
    admin.shoot("admin-sop-draf")
    page.get_by_role("button", name="Pastikan pelaksana").click()
    page.wait_for_load_state()
    draft = page.url
    admin.go("/petugas/layanan/")
    admin.shoot("admin-layanan")
    admin.go("/petugas/kantor/pegawai/tambah/")
    admin.shoot("admin-petugas-baru")
    admin.go("/petugas/kehadiran/plh-plt/")
    admin.shoot("admin-ketidakhadiran")
    admin.go("/admin/core/calendarday/add/")
    page.select_option("select[name=kind]", label="Libur")
    page.fill("[name=date]", "22-12-2026")
    page.fill("[name=name]", "Hari jadi kabupaten")
    admin.shoot("admin-hari-libur")
    return draft
