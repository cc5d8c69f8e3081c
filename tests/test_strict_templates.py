"""Variables that do not exist are errors in the portal's own templates, and nowhere else."""

import pytest
from django.conf import settings
from django.template import Context, Engine, Origin, Template

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
