"""The table of the case page's verbs: everything that a row names exists, and no page names a verb itself."""

import re
from inspect import signature

import pytest
from django.conf import settings
from django.forms import Form
from django.template.loader import get_template
from django.urls import resolve, reverse

from services.casework.verbs import PLACES, ROWS, VERBS, CaseVerb
from services.casework.views.page import CasePage
from services.casework.views.side import TABS
from services.engine.actions.steps import start_step
from tests.factories.cases import make_case, make_case_service, run_of
from tests.factories.core import named_cast


@pytest.mark.parametrize("verb", ROWS, ids=lambda verb: verb.slug)
def test_what_a_row_names_is_there(verb):
    found = resolve(reverse("case_act", args=["ULA-2026-000001", verb.slug]))
    assert (found.url_name, found.kwargs["slug"]) == ("case_act", verb.slug)
    assert VERBS[verb.slug] is verb and len(ROWS) == len(VERBS)
    assert list(signature(verb.act).parameters) == ["page", "by", "data"]
    assert issubclass(verb.form, Form)
    assert callable(verb.place) or verb.place in ("", *PLACES)
    assert verb.tab in ("", *TABS) and not (verb.tab and verb.place)
    if verb.place or verb.tab:
        text = get_template(verb.template).template.source
        # Words that its template needs.
        assert ("verb.button" in text) <= bool(verb.button) and ("verb.heading" in text) <= bool(verb.heading)


def test_templates_and_views_name_no_verb():
    """Except the inbox's, which is a lower room."""
    naming = re.compile(rf"case_act['\"],? [\w.]+ ['\"]|forms\.(?:{'|'.join(VERBS)})\b")
    pages = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
    assert [path.name for path in pages if naming.search(path.read_text())] == ["_undo.html"]
    slugs = re.compile(rf"(?<!GET\.get\()[\"'](?:{'|'.join(set(VERBS) - set(TABS))})[\"']")
    rooms = [path for app in ("services", "visitors", "ula_portal") for path in (settings.BASE_DIR / app).rglob("*.py")]
    casework = [path for path in rooms if "casework" in path.parts and slugs.search(path.read_text())]
    assert [path.name for path in casework] == ["verbs.py"]


@pytest.mark.django_db
def test_a_new_row_stands_on_the_page_and_is_done(client, monkeypatch):
    """A verb without its own form or template needs only its row."""
    cast = named_cast()
    request = make_case(make_case_service(cast))

    def again(page, by, data):
        start_step(page.run, by=by)
        return "Dicoba lagi."

    row = CaseVerb("coba", again, lambda page: page.may_ask, place="more", heading="Coba ini", button="Coba lagi")
    monkeypatch.setitem(VERBS, row.slug, row)
    client.force_login(cast.official)
    address = reverse("case_detail", args=[request.number])
    page = client.get(address).content.decode()
    assert "<summary>Coba ini</summary>" in page and f'action="{address}coba/"' in page and "Coba lagi" in page
    assert CasePage(request, cast.head).shown_verbs == []
    said = client.post(f"{address}coba/", {"key": "k", "run": run_of(request).pk}, follow=True).content.decode()
    assert "Dicoba lagi." in said and run_of(request).started_at
    assert client.post(f"{address}coba/", {"run": run_of(request).pk}).status_code == 422
