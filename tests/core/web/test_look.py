"""Appearance: readable colour tokens, no inline script or style, icons that exist, plain error pages."""

import re
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.template.loader import render_to_string

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ICONS = {path.stem for path in (ROOT / "templates/components/icons").glob("*.svg")}


def _tokens() -> dict[str, dict[str, str]]:
    css = (ROOT / "static/css/tokens.css").read_text()
    light, dark = css.split("@media screen and (prefers-color-scheme: dark)")[:2]
    read = dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", light))
    return {"light": read, "dark": read | dict(re.findall(r"--([\w-]+): (#[0-9A-F]{6});", dark))}


def _contrast(first: str, second: str) -> float:
    """The contrast ratio of WCAG 2.2."""

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dim = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


TEXT = [
    *[(ink, ground) for ink in ("ink", "muted", "primary", "bad") for ground in ("ground", "card", "sunken")],
    *[("ink", f"{kind}-bg") for kind in ("good", "warn", "bad", "primary", "accent", "neutral")],
    *[(kind, f"{kind}-bg") for kind in ("good", "warn", "bad")],
    ("muted", "accent-bg"),
    ("muted", "primary-bg"),
    ("primary-strong", "primary-bg"),
    ("on-primary", "primary"),
    ("on-deep", "deep"),
    ("on-deep-muted", "deep"),
    ("accent-ink", "card"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_is_readable(scheme, ink, ground):
    tokens = _tokens()[scheme]
    assert _contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "card"])
def test_controls_and_focus_are_visible(scheme, ground):
    tokens = _tokens()[scheme]
    assert _contrast(tokens["control"], tokens[ground]) >= 3
    assert _contrast(tokens["focus"], tokens[ground]) >= 3


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_templates_keep_to_the_content_security_policy(path):
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.S)
    assert not re.search(r"\sstyle=|<style|javascript:|\son\w+=[\"']", text)
    for attributes in re.findall(r"<script\b([^>]*)>", text):
        assert "src=" in attributes or re.search(r'type="application/(ld\+)?json"', attributes)


def test_every_icon_that_is_asked_for_exists():
    asked = set()
    for path in TEMPLATES:
        asked |= set(re.findall(r'_icon\.html" with name="([\w-]+)"', path.read_text()))
        asked |= set(re.findall(r'\bicon="([\w-]+)"', path.read_text()))
    for app in ("ula_portal", "sop", "services", "visitors"):
        for path in (ROOT / app).rglob("*.py"):
            asked |= set(re.findall(r'\bBadge\([^\n]*[)s], "([\w-]+)"\)', path.read_text()))
    assert {"pencil", "doc"} <= asked <= ICONS


# A badge in one branch, and another one in the next.
PILL = r'include "components/_status\.html"'
CHOICE = re.compile(rf"{PILL}(?:(?!{{% end).)*?{{% el(?:if|se)[^%]*%}}\s*(?:{{% translate [^%]*%}})?{{% {PILL}", re.S)


def test_what_a_state_looks_like_is_no_template_s_matter():
    assert CHOICE.search(
        '{% if a %}{% include "components/_status.html" %}{% else %}{% include "components/_status.html" %}'
    )
    choosing = {str(path.relative_to(ROOT / "templates")) for path in TEMPLATES if CHOICE.search(path.read_text())}
    assert choosing == {"components/_urgency.html"}


@pytest.mark.parametrize("name", ["400", "403_csrf", "429", "500"])
def test_trouble_pages_need_no_context_and_no_database(name):
    page = render_to_string(f"{name}.html")
    assert 'href="/static/css/portal.css"' in page
    assert "hilang" in page


def test_trouble_code_is_shown():
    assert "K7QX-20" in render_to_string("500.html", {"trouble_code": "K7QX-20"})


def test_first_page_stays_small():
    """Compressed stylesheets and scripts of a public page; the rest of 100 kB is left for the page itself."""
    import gzip

    from bootstrap_wrapper import get_bootstrap_css_dir

    files = [
        get_bootstrap_css_dir() / "bootstrap.min.css",
        ROOT / "static/css/tokens.css",
        ROOT / "static/css/portal.css",
        ROOT / "static/js/portal.js",
        ROOT / "static/img/favicon.svg",
    ]
    assert sum(len(gzip.compress(f.read_bytes(), 9)) for f in files) < 60_000


def test_every_class_of_a_stylesheet_is_used():
    files = [path for pattern in ("*.html", "*.svg", "*.py", "*.js") for path in _sources(pattern)]
    written = "\n".join(path.read_text() for path in files)
    words = set(re.findall(r"[\w-]+", written))
    # Classes that are put together: "is-{{ state }}", f"signature__name--{size}pt".
    begun = {each for each in re.findall(r"[\w-]+(?=\{)", written) if each.endswith(("-", "_"))}
    # Of Django's own pages.
    panel = Path(django.__file__).parent / "contrib/admin"
    django_own = [path for pattern in ("*.html", "*.py", "*.js") for path in panel.rglob(pattern)]
    words |= set(re.findall(r"[\w-]+", "\n".join(path.read_text() for path in django_own)))
    unused = {
        f"{path.relative_to(ROOT)}: .{name}"
        for path in (ROOT / "static/css").rglob("*.css")
        for name in _classes(path.read_text()) - words
        if not any(name.startswith(each) for each in begun)
    }
    assert unused == set()


def _classes(css: str) -> set[str]:
    selectors = re.sub(r"\{[^{}]*\}", " ", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    return set(re.findall(r"\.([A-Za-z][\w-]*)", selectors))


def _sources(pattern: str):
    places = ("templates", "static/js", "services", "sop", "visitors", "ula_portal")
    return (path for place in places for path in (ROOT / place).rglob(pattern))
