"""Every page, narrow and wide: axe finds nothing, nothing overflows or comes from another host, no console errors."""

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Error

from services.catalogue.actions.importing import import_catalogue
from services.catalogue.actions.publishing import publish_service
from services.models import Service
from tests import snapshots
from tests.access_table import TABLE
from tests.factories.services import common_fields, entry
from tests.factories.world import make_world
from tests.screenshots.addresses import shots
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from visitors.counter.actions import calling, serving, sessions

# Little is visible on the narrow one only.
WIDTHS = {1440: 900, 360: 740}
# A window of 1280 pixels at four times its size.
ZOOMED = {"width": 320, "height": 256}
# What is still moved or faded although the person asked for less motion.
MOVES = """() => [...document.querySelectorAll("*")].flatMap(each => ["", "::before", "::after"].map(part => {
  const style = getComputedStyle(each, part || null);
  const lasts = (style.animationName === "none" ? "0s" : style.animationDuration) + "," + style.transitionDuration;
  return lasts.split(",").some(time => parseFloat(time) > 0.01) && each.outerHTML.slice(0, 100) + part;
})).filter(Boolean)[0]"""
STICKS_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return "";
  const wide = [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > width + 1);
  return wide.slice(-1).map(e => e.outerHTML.slice(0, 120)).join() || "something";
}"""


@pytest.fixture
def world(people):
    return snapshots.built(("pages", clock.today()), make_world)


@pytest.fixture
def look(people, axe):
    """Function (page, addresses) -> findings as text, with one check for each width. ``zoomed``: the pages also have to
    fit into the window of somebody who enlarges them four times.
    """

    def look(page, addresses, zoomed=False):
        found = []
        for address in addresses:
            answer = _page_at(page, address)
            if answer is None:
                people.complaints.clear()
                continue
            if answer.status >= 400:
                found.append(f"{address}: {answer.status}")
            else:
                found += people.complaints
            for width, height in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                found += [f"{address} at {width}: {each}" for each in axe(page)]
                found += _out_of_place(page, address)
            if zoomed:
                page.set_viewport_size(ZOOMED)
                found += _out_of_place(page, address)
            if moving := page.evaluate(MOVES):
                found.append(f"{address}: moves: {moving}")
            # Axe itself writes inline styles, which must not count against the page.
            people.complaints.clear()
        return found

    return look


def _page_at(page, address):
    """The answer, or None for a file and for a part of a page."""
    try:
        answer = page.goto(address)
    except Error as error:
        if "ERR_ABORTED" in str(error) or "Download is starting" in str(error):
            return None
        raise
    return answer if page.evaluate("!!document.doctype") else None


def _out_of_place(page, address):
    wide = page.evaluate(STICKS_OUT)
    return [f"{address} at {page.viewport_size['width']}: sticks out: {wide}"] if wide else []


def _pages_of(world):
    """Addresses of the access table by the role to which each is shown. Each role has its own start page."""
    found, seen = {}, set()
    for shot in shots(world)[0]:
        # PDFs take long, and the lists of the panel have their own test.
        if "pdf" in shot.name or shot.name not in TABLE or (shot.address in seen and shot.name != "staff_home"):
            continue
        seen.add(shot.address)
        found.setdefault(shot.role, []).append(shot.address)
    return found


def _elsewhere(world):
    import_catalogue(
        {
            "services": [entry(code="LUAR", kind="elsewhere", where="Kantor Kementerian Agama", working_days=None)],
            "common_fields": common_fields(),
        },
        by=SYSTEM,
    )
    return publish_service(Service.objects.get(code="LUAR"), by=staff(world.cast.admin))


def test_public_pages(people, world, look):
    pages = [*_pages_of(world)["anonymous"], reverse("service_detail", args=[_elsewhere(world).slug])]
    assert len(pages) > 50
    assert look(people.stranger(), pages, zoomed=True) == []


def test_pages_that_refuse(people, world, look):
    page = people.stranger()
    for address in ("/tidak-ada/", "/verifikasi/AAAA-AAAA-AAAA/"):
        assert [each for each in look(page, [address]) if not each.endswith(": 404")] == []
    page = people.known(world.cast.official)
    assert look(page, ["/petugas/tamu/"]) == ["/petugas/tamu/: 403"]


@pytest.mark.parametrize("role", ["official", "frontdesk", "counter", "admin", "section_head", "head"])
def test_staff_pages(people, world, look, role):
    assert look(people.known(world.user(role)), _pages_of(world)[role]) == []


def test_counter_in_its_states(people, world, look):
    clerk = world.cast.counter
    page = people.known(clerk)
    session = sessions.open_session(world.desk, by=staff(clerk))
    found = look(page, ["/petugas/loket/"])
    calling.call_next(session, by=staff(clerk))
    found += look(page, ["/petugas/loket/", "/layar/ula/", reverse("ticket_own", args=[world.ticket_token])])
    serving.start_serving(world.waiting, by=staff(clerk))
    assert found + look(page, ["/petugas/loket/"]) == []


def panel_pages(world):
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
        if world.cast.admin.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    ]
    rows = {
        "core_user": world.cast.official,
        "core_unit": world.cast.unit,
        "services_service": world.service,
        "services_letter": world.letter,
        "sop_sopversion": world.sop_version,
        "visitors_counter": world.desk,
        "visitors_visit": world.waiting.visit,
    }
    return [
        "/admin/",
        "/admin/penerusan/",
        *lists,
        *(reverse(f"admin:{name}_change", args=[row.pk]) for name, row in rows.items()),
        reverse("admin:sop_sopversion_change", args=[world.sop_draft.pk]),
        reverse("admin:sop_import"),
        *(reverse(f"admin:{name}_add") for name in ("core_user", "core_hoursrule", "services_routingrule")),
        reverse("admin:password_change"),
    ]


def test_admin_panel(people, world, look):
    assert look(people.known(world.cast.admin), panel_pages(world)) == []


FAULTY = """<!DOCTYPE html><html lang="id"><head><title>x</title><style>
.pale { color: #bbb; background: #fff; } .narrow { display: none; } .late .pale { color: #000; }
@media (max-width: 500px) { .narrow { display: block; } }
</style></head><body><main><h1>Contoh</h1><p class="pale">Pucat</p><p class="narrow"><img src="data:,"></p>
<div class="narrow"><i class="pale">Pucat pada layar sempit</i></div></main></body></html>"""


def test_faults_are_found_once_and_where_they_show(people, axe):
    page = people.stranger(width=1440)
    page.set_content(FAULTY)
    assert [each.split()[0] for each in axe(page)] == ["color-contrast"]
    assert axe(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert [each.split()[0] for each in axe(page)] == ["image-alt", "color-contrast"]
