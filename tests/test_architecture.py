"""The floors of the house: who may import whom, and what may stand where."""

import ast
import re
from pathlib import Path

import pytest

from ula_portal.core import ports

ROOT = Path(__file__).resolve().parent.parent
# From the ground up; a module may import from its own floor and from those before it.
FLOORS = ["core", "sop", "services", "visitors", "composition"]
# The ASGI entry hands /live/ to visitors; settings and the embedded database stand below everything.
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


def imports_of(path):
    """Absolute names of everything a module imports, inside functions too."""
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
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


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_imports_flow_downwards(path):
    own = floor_of(name_of(path))
    if own is None:
        return
    for imported in imports_of(path):
        other = floor_of(imported)
        if other:
            assert FLOORS.index(other) <= FLOORS.index(own), f"{name_of(path)} imports {imported} from above"


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_other_apps_are_entered_by_their_doors(path):
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
    own = floor_of(name_of(path))
    for imported in imports_of(path):
        other = floor_of(imported)
        parts = imported.split(".")
        if own in ("services", "visitors") and other in ("sop", "services") and other != own and len(parts) > 1:
            assert parts[1] in doors, f"{name_of(path)} reaches into {imported}"


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_weasyprint_stands_in_one_place(path):
    if name_of(path) != "ula_portal.core.pdf":
        assert not any(name.split(".")[0] == "weasyprint" for name in imports_of(path))


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_modules_stay_short(path):
    assert len(path.read_text().splitlines()) <= MODULE_LIMIT


@pytest.mark.parametrize("path", [p for p in ALL if "views" in name_of(p)], ids=name_of)
def test_views_fetch_through_queries(path):
    """A protected object reaches a view only through a query that knows the person."""
    protected = "Request|Document|StepRun|Letter|Message|Pause|Visit|Visitor|Ticket|StoredFile|SopVersion|User"
    found = re.findall(rf"\b(?:{protected})\.objects\b|get_object_or_404\(\s*(?:{protected})\b", path.read_text())
    assert not found


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_time_comes_from_the_clock(path):
    if name_of(path) == "ula_portal.core.clock" or "embedded_postgres" in name_of(path):
        return
    found = re.findall(r"timezone\.now\(|date\.today\(|datetime\.utcnow\(|timezone\.localdate\(", path.read_text())
    assert not found


def test_every_port_has_an_empty_default():
    names = {"case_statistics", "satisfaction", "queue_now", "visit_of", "services_on_sops"}
    assert {port.name for port in ports.PORTS} == names
    assert ports.Port("nobody", dict)() == {}


def test_no_signals_for_business_rules():
    for path in ALL:
        assert not any(name.startswith("django.db.models.signals") for name in imports_of(path)), name_of(path)


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda p: str(p.relative_to(ROOT)))
def test_templates_hold_no_inline_script_or_style(path):
    """The Content-Security-Policy forbids them; documents for paper are no exception."""
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json\")[^>]*>", text)
    assert not re.search(r"<style\b|\sstyle=\"|\son(click|change|submit|load)=", text)


def test_no_other_database_than_postgresql():
    for path in ALL:
        if name_of(path) != "ula_portal.env":
            assert "sqlite" not in path.read_text().lower(), name_of(path)
