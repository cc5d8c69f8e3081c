"""With the few colours that a person has chosen in their system, the focus and every marked state stay visible."""

from django.urls import reverse

from services.models import Service

from .test_keyboard import tab_to

# What is marked, and how the mark is taken away.
MARKS = {
    "[aria-current]:not([aria-current=false])": "each => each.removeAttribute('aria-current')",
    ".form-check-input:checked": "each => { each.checked = false; }",
    ".is-active": "each => each.classList.remove('is-active')",
}


def unmarked(page):
    """Each first visible element that looks the same without its mark."""
    found = []
    for selector, take_away in MARKS.items():
        each = page.query_selector(f"{selector}:visible")
        if each is None:
            continue
        # A choice may be marked by the frame around it.
        shown = each.evaluate_handle("each => each.matches('input') ? each.parentElement : each").as_element()
        before = shown.screenshot()
        each.evaluate(take_away)
        if shown.screenshot() == before:
            found.append(f"{page.url}: {each.evaluate('each => each.outerHTML')[:150]}")
    return found


def test_focus_and_states_stay_visible(people, office):
    page = people.stranger(forced_colors="active")
    page.goto("/")
    tab_to(page, page.get_by_role("searchbox"))
    page.goto("/layanan/")
    found = unmarked(page)
    page.goto(reverse("apply_start", args=[Service.objects.get(code="MUT-K").slug]))
    page.get_by_role("button", name="Mulai isi formulir").click()
    page.get_by_label("Orang tua atau wali").check()
    found += unmarked(page)
    page = people.known(office["layanan.dikdas"], forced_colors="active")
    for address in ("/petugas/kasus/", "/petugas/tamu-anda/"):
        page.goto(address)
        found += unmarked(page)
    page = people.known(office["frontoffice"], forced_colors="active")
    page.goto("/petugas/tamu/")
    tab_to(page, page.locator("[name=name]"))
    found += unmarked(page)
    assert found == []
