"""Routing in the admin panel: five at a time, one undone, then all; one without JavaScript; rules by keyboard."""

from playwright.sync_api import expect

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.models import Request, RoutingRule, Service
from ula_portal.core.journal.actors import staff


def _waiting(office, count):
    service = Service.objects.get(code="MUT-K")
    return [
        open_walk_in_request(
            service, by=staff(office["frontoffice"]), applicant=WalkInApplicant(f"Tamu Contoh {chr(65 + n)}")
        )
        for n in range(count)
    ]


def _route_all(page, official):
    page.goto("/admin/penerusan/")
    page.get_by_label("Centang semua").check()
    page.get_by_label("Kepada", exact=True).select_option(value=str(official.pk))
    page.get_by_label("Catatan internal untuk semuanya").fill("Pemohon menunggu di ruang layanan")
    page.get_by_role("button", name="Teruskan yang dicentang").click()
    expect(page.get_by_text("5 permohonan diteruskan.")).to_be_visible()


def test_five_at_once_and_back(people, office, axe):
    requests, official = _waiting(office, 5), office["layanan.dikdas"]
    page = people.known(office["data"])
    _route_all(page, official)
    expect(page.get_by_text("Tidak ada permohonan yang menunggu penerusan.")).to_be_visible()
    assert Request.objects.filter(responsible=official).count() == 5
    assert axe(page) == []

    page.get_by_role("button", name=f"Urungkan {requests[2].number}").click()
    expect(page.get_by_text(f"Penerusan {requests[2].number} diurungkan.")).to_be_visible()
    expect(page.locator(".routing__row")).to_have_count(1)
    page.get_by_role("button", name="Urungkan semua (4)").click()
    expect(page.get_by_text("Penerusan 4 permohonan diurungkan.")).to_be_visible()
    expect(page.locator(".routing__row")).to_have_count(5)
    assert not Request.objects.filter(responsible__isnull=False).exists()

    # A request whose routing was undone can be routed again.
    _route_all(page, official)
    assert Request.objects.filter(responsible=official).count() == 5
    assert people.complaints == []


def test_without_javascript_one_is_routed_and_taken_back(people, office):
    first, _second = _waiting(office, 2)
    page = people.known(office["kabid.dikdas"], javascript=False, width=360, height=740)
    page.goto("/admin/penerusan/")
    page.get_by_role("button", name=f"Teruskan {first.number}").click()
    expect(page.get_by_text(f"{first.number} diteruskan kepada")).to_be_visible()
    page.get_by_role("button", name=f"Urungkan {first.number}").click()
    expect(page.locator(".routing__row")).to_have_count(2)
    assert people.complaints == []


def test_rules_are_moved_by_keyboard_and_what_is_never_reached_says_so(people, office, axe):
    page = people.known(office["data"])
    page.goto("/admin/services/routingrule/")
    first, second = RoutingRule.objects.values_list("pk", flat=True)[:2]
    page.get_by_role("button", name="Naikkan aturan ke-2").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f".rules__row:target#aturan-{second}")).to_be_visible()
    assert list(RoutingRule.objects.values_list("pk", flat=True)[:2]) == [second, first]
    # The rule for online requests alone now follows one that matches all requests of the unit.
    expect(page.locator(f"#aturan-{first}")).to_contain_text("Tidak pernah tercapai karena aturan 1")
    assert axe(page) == []
    assert people.complaints == []
