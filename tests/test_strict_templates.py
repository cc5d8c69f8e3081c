"""Undefined variables are errors in the portal's own templates and nowhere else."""

import asyncio
from importlib import import_module

import pytest
from django.conf import settings
from django.template import Context, Engine, Origin, Template
from django.template.loaders.filesystem import Loader

from tests.processes import in_processes
from tests.strict_templates import NoSuchVariable

OWN = str(settings.BASE_DIR / "templates" / "contoh.html")
FOREIGN = "/usr/lib/python3/django/contrib/admin/templates/admin/contoh.html"


def drawn(text, name=OWN, **values):
    origin = Origin(name=name, template_name="contoh.html")
    return Template(text, origin=origin, engine=Engine.get_default()).render(Context(values))


@pytest.mark.parametrize(
    "text",
    [
        '<a href="{{ list_url }}">',
        "{{ service.nothing }}",
        "{{ nothing|upper|default:'x' }}",
        "{% for each in nothing %}{% endfor %}",
        "{% with each=nothing %}{% endwith %}",
        "{% regroup nothing by kind as groups %}",
        "{% include 'components/_phone.html' with phone=nothing only %}",
        "{% load i18n %}{% translate nothing %}",
        "{% load i18n %}{% blocktranslate %}{{ nothing }}{% endblocktranslate %}",
        "{% load i18n %}{% blocktranslate with a=nothing %}{{ a }}{% endblocktranslate %}",
    ],
)
def test_what_is_not_there_is_an_error(text):
    with pytest.raises(NoSuchVariable, match=r"contoh\.html: .*(nothing|list_url)"):
        drawn(text, service={"name": "Surat"})
    drawn(text, FOREIGN, service={"name": "Surat"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% if nothing %}a{% else %}b{% endif %}", "b"),
        ("{% if not service.nothing|length %}b{% endif %}", "b"),
        ("{{ nothing|default:'b' }}", "b"),
        ("{{ nothing|default_if_none:'b' }}", ""),
        ("{{ service.name|lower|default:'x' }}", "surat"),
        ("{{ service.none }}", "None"),
        ("{% for each in service.names %}{{ each|upper }}{{ forloop.counter }}{% endfor %}", "A1B2"),
        ("{% load i18n %}{% blocktranslate with a=service.name %}{{ a }} {{ b }}{% endblocktranslate %}", "Surat c"),
        ("{% load i18n %}{% blocktranslate count n=service.n %}{{ n }}{% plural %}{{ n }}{% endblocktranslate %}", "2"),
    ],
)
def test_what_is_there_is_drawn(text, expected):
    service = {"name": "Surat", "none": None, "names": ["a", "b"], "n": 2}
    assert drawn(text, service=service, b="c") == expected


def served(module):
    """Status and text of a page with an undefined template variable, from the server in that module."""
    plain = Loader.get_contents

    def get_contents(loader, origin):
        text = plain(loader, origin)
        return (
            text.replace("<h1>", "<h1>{{ nothing }}") if origin.template_name == "core/web/accessibility.html" else text
        )

    Loader.get_contents = get_contents
    answer = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        answer.append(message)

    head = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "query_string": b""}
    about = {"path": "/aksesibilitas/", "server": ("localhost", 80), "headers": [(b"host", b"localhost")]}
    asyncio.run(import_module(module).application({**head, **about}, receive, send))
    return answer[0]["status"], b"".join(each.get("body", b"") for each in answer).decode()


@pytest.mark.django_db
def test_the_server_of_browser_tests_refuses_it():
    """Each in a separate process, because its changes are permanent."""
    (strict, told), (plain, page) = in_processes((served, "tests.browser.strict_server"), (served, "ula_portal.asgi"))
    assert (strict, plain) == (500, 200)
    assert "<h1>Aksesibilitas" in page and "<h1>Aksesibilitas" not in told
