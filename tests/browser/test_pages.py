"""Every page, narrow and wide: axe finds nothing, nothing overflows or comes from another host, no console errors."""

import pytest
from django.contrib import admin
from django.urls import reverse

from services.catalogue.actions.importing import import_catalogue
from services.catalogue.actions.publishing import publish_service
from services.models import Service
from tests import snapshots
from tests.factories.services import common_fields, entry
from tests.factories.world import make_world
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from visitors.counter.actions import calling, serving, sessions

# Little is visible on the narrow one only.
WIDTHS = {1440: 900, 360: 740}
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
    """Function (page, addresses) -> findings as text, with one check for each width."""

    def look(page, addresses):
        found = []
        for address in addresses:
            answer = page.goto(address)
            if answer.status >= 400:
                found.append(f"{address}: {answer.status}")
            else:
                found += people.complaints
            for width, height in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                found += [f"{address} at {width}: {each}" for each in axe(page)]
                if wide := page.evaluate(STICKS_OUT):
                    found.append(f"{address} at {width}: sticks out: {wide}")
            # Axe itself writes inline styles, which must not count against the page.
            people.complaints.clear()
        return found

    return look


def _elsewhere(world):
    import_catalogue(
        {
            "services": [entry(code="LUAR", kind="elsewhere", where="Kantor Kementerian Agama", working_days=None)],
            "common_fields": common_fields(),
        },
        by=SYSTEM,
    )
    return publish_service(Service.objects.get(code="LUAR"), by=staff(world.cast.admin))


def public_pages(world):
    draft = [world.draft_address(name) for name in ("apply_data", "apply_saved", "apply_documents", "apply_review")]
    tokens = {name: world.token(getattr(world, name)) for name in ("case", "asked", "lettered")}
    return [
        "/",
        "/layanan/",
        "/layanan/?q=pindah+sekolah",
        "/layanan/?q=tidakadasamasekali",
        reverse("service_detail", args=[world.service.slug]),
        reverse("service_poster", args=[world.service.slug]),
        "/layanan/?untuk=umum",
        reverse("service_detail", args=[_elsewhere(world).slug]),
        reverse("apply_start", args=[world.service.slug]),
        *draft,
        "/lacak/",
        *(reverse("track_detail", args=[token]) for token in tokens.values()),
        *(
            reverse(name, args=[tokens["case"]])
            for name in ("receipt", "receipt_paper", "track_contents", "track_withdraw")
        ),
        "/verifikasi/",
        reverse("letter_verify", args=[world.letter_code]),
        "/sop/",
        reverse("sop_detail", args=[world.sop_version.sop.slug]),
        "/antrean/",
        reverse("ticket_own", args=[world.ticket_token]),
        "/layar/ula/",
        "/privasi/",
        "/aksesibilitas/",
        "/akun/masuk/",
        "/akun/sandi/lupa/",
    ]


def test_public_pages(people, world, look):
    page = people.stranger()
    assert look(page, public_pages(world)) == []


def test_pages_that_refuse(people, world, look):
    page = people.stranger()
    for address in ("/tidak-ada/", "/verifikasi/AAAA-AAAA-AAAA/"):
        assert [each for each in look(page, [address]) if not each.endswith(": 404")] == []
    page = people.known(world.cast.official)
    assert look(page, ["/petugas/tamu/"]) == ["/petugas/tamu/: 403"]


def test_staff_pages(people, world, look):
    cast = world.cast
    found = look(
        people.known(cast.official),
        [
            "/petugas/",
            *(f"/petugas/kasus/?tab={tab}" for tab in ("mine", "pool", "waiting", "late", "done")),
            *(reverse("case_detail", args=[each.number]) for each in (world.case, world.asked, world.lettered)),
            *(reverse(name) for name in ("account_change_password", "mfa_index", "account_logout")),
        ],
    )
    found += look(people.known(cast.section_head), [reverse("case_detail", args=[world.signing.number])])
    found += look(people.known(cast.head), ["/petugas/laporan/"])
    desk = people.known(cast.frontdesk)
    found += look(desk, ["/petugas/tamu/", reverse("ticket_print", args=[world.waiting.pk]), "/petugas/loket/"])
    session = sessions.open_session(world.desk, by=staff(cast.counter))
    counter = people.known(cast.counter)
    found += look(counter, ["/petugas/loket/"])
    calling.call_next(session, by=staff(cast.counter))
    found += look(counter, ["/petugas/loket/"])
    serving.start_serving(world.waiting, by=staff(cast.counter))
    found += look(counter, ["/petugas/loket/"])
    assert found == []


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
