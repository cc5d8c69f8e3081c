"""The floors of the house: who may import whom, and what may stand where."""

import ast
import functools
import re
from pathlib import Path

from ula_portal.core import ports

ROOT = Path(__file__).resolve().parent.parent
# From the ground up; a module may import from its own floor and from those before it.
FLOORS = ["core", "sop", "services", "visitors", "composition"]
# Settings and the embedded database stand below everything.
BELOW_EVERYTHING = ("ula_portal.env", "ula_portal.embedded_postgres", "ula_portal.settings")
MODULE_LIMIT = 400


def modules():
    for folder in ("ula_portal", "sop", "services", "visitors"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def floor_of(name):
    if name.startswith(BELOW_EVERYTHING):
        return None
    if name == "ula_portal.core" or name.startswith("ula_portal.core."):
        return "core"
    first = name.split(".")[0]
    if first in ("sop", "services", "visitors"):
        return first
    return "composition" if name.startswith("ula_portal.") else None


@functools.cache
def text_of(path):
    return path.read_text()


@functools.cache
def imports_of(path):
    """Absolute names of everything a module imports, inside functions too."""
    return tuple(_imported(path))


def _imported(path):
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parts, node.module] if node.module else parts)
            for alias in node.names:
                yield f"{base}.{alias.name}"


ALL = list(modules())


def test_imports_flow_downwards():
    upward = [
        f"{name_of(path)} imports {imported}"
        for path in ALL
        for imported in imports_of(path)
        if floor_of(name_of(path))
        and floor_of(imported)
        and FLOORS.index(floor_of(imported)) > FLOORS.index(floor_of(name_of(path)))
    ]
    assert upward == []


def test_other_apps_are_entered_by_their_doors():
    """From the floor above only models, queries and actions (and what describes them) are touched."""
    doors = {
        "models",
        "queries",
        "actions",
        "permissions",
        "states",
        "deadlines",
        "rules",
        "flowchart",
        "document",
        "document_pdf",
        "durations",
    }
    reaching = []
    for path in ALL:
        own = floor_of(name_of(path))
        for imported in imports_of(path):
            other, parts = floor_of(imported), imported.split(".")
            inside = own in ("services", "visitors") and other in ("sop", "services") and other != own
            if inside and len(parts) > 1 and parts[1] not in doors:
                reaching.append(f"{name_of(path)} reaches into {imported}")
    assert reaching == []


def test_weasyprint_stands_in_one_place():
    using = {name_of(path) for path in ALL if any(name.split(".")[0] == "weasyprint" for name in imports_of(path))}
    assert using == {"ula_portal.core.documents.pdf"}


def test_modules_stay_short():
    assert [name_of(path) for path in ALL if len(text_of(path).splitlines()) > MODULE_LIMIT] == []


def test_views_fetch_through_queries():
    """A protected object reaches a view only through a query that knows the person."""
    protected = "Request|Document|StepRun|Letter|Message|Pause|Visit|Visitor|Ticket|StoredFile|SopVersion|User"
    fetching = re.compile(rf"\b(?:{protected})\.objects\b|get_object_or_404\(\s*(?:{protected})\b")
    assert [name_of(path) for path in ALL if "views" in name_of(path) and fetching.search(text_of(path))] == []


def test_time_comes_from_the_clock():
    other_clocks = re.compile(r"timezone\.now\(|date\.today\(|datetime\.utcnow\(|timezone\.localdate\(")
    looking = {name_of(path) for path in ALL if other_clocks.search(text_of(path))}
    assert {name for name in looking if name != "ula_portal.core.clock" and "embedded_postgres" not in name} == set()


def test_every_port_has_an_empty_default():
    names = {"case_statistics", "satisfaction", "queue_now", "visit_of", "services_on_sops"}
    assert {port.name for port in ports.PORTS} == names
    assert ports.Port("nobody", dict)() == {}


def test_live_streams_are_registered_never_named():
    """An app has its channels' addresses from ``core.channels`` and is found there: what serves it stands above."""
    serving = [name for name in map(name_of, ALL) if name.startswith("ula_portal.live")]
    assert {"ula_portal.live.application", "ula_portal.live.hub"} <= set(serving)
    apps = [path for path in ALL if floor_of(name_of(path)) not in (None, "composition")]
    scripts = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "js").glob("*.js")]
    address = re.compile(r"""["'`]/live/""")
    assert {str(path.relative_to(ROOT)) for path in [*apps, *scripts] if address.search(text_of(path))} == {
        "ula_portal/core/live/channels.py"
    }
    assert [
        name_of(path) for path in apps if "ula_portal.live" in text_of(path).replace("``ula_portal.live``", "")
    ] == []
    # What serves knows no app, and no stream by its kind.
    above = [path for path in ALL if name_of(path) in serving]
    known = [name for path in above for name in imports_of(path) if floor_of(name) in ("sop", "services", "visitors")]
    assert known == [] and [name_of(path) for path in above if re.search(r"\.kind\b", text_of(path))] == []


def test_no_app_does_otherwise_in_tests():
    """The path that tests take is the one that ships; only the settings know where they are read."""
    assert [name_of(path) for path in ALL if re.search(r"settings\.PORTAL_ENV\b", text_of(path))] == []


def test_no_signals_for_business_rules():
    for path in ALL:
        assert not any(name.startswith("django.db.models.signals") for name in imports_of(path)), name_of(path)


def test_templates_hold_no_inline_script_or_style():
    """The Content-Security-Policy forbids them; documents for paper are no exception."""
    script = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json\")[^>]*>")
    style = re.compile(r"<style\b|\sstyle=\"|\son(click|change|submit|load)=")
    templates = sorted((ROOT / "templates").rglob("*.html"))
    assert [str(path) for path in templates if script.search(text_of(path)) or style.search(text_of(path))] == []


def test_no_other_database_than_postgresql():
    for path in ALL:
        if name_of(path) != "ula_portal.env":
            assert "sqlite" not in text_of(path).lower(), name_of(path)
