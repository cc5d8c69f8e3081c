"""The architecture: floors are apps, rooms are topics, with layers inside a room; imports go one way.

``python -m pytest -s tests/test_architecture.py -k order`` prints the order of the rooms.
"""

import ast
import functools
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from ula_portal.core import ports

ROOT = Path(__file__).resolve().parent.parent
# From the lowest; a module may import from its own floor and from those before it.
FLOORS = ["core", "sop", "services", "visitors", "composition"]
# The rooms of each floor, lower first: a room may use those before it. Rooms without a folder are root modules.
ROOMS = {
    "core": (
        "clock verbs text identifiers models permissions security data live journal time files documents notices "
        "office web ports urls apps"
    ),
    "sop": "states models permissions rules flowchart exchange document drafting approval editor library urls apps",
    "services": (
        "skm states models permissions schools fields deadlines catalogue papers engine attachments originals letters "
        "exchange conversation routing applying alarms tracking inbox reports casework form_editor studio urls apps"
    ),
    "visitors": (
        "states models permissions places queue hosting checkin appointments closing counter desk display own_ticket "
        "streams urls apps"
    ),
}
# Inside a room. A module with another name belongs to no layer; only the rule against circular imports covers it.
LAYERS = ["rules", "queries", "permissions", "actions", "forms", "views", "admin", "urls"]
# A required name, which belongs to a lower room.
FRONT_OF = {"workdays": "time"}
# Modules outside the rooms of an app, for Django or for the database.
BESIDE = {"management", "migrations", "sql", "data"}
# Settings and the embedded database are below everything else.
BELOW_EVERYTHING = ("ula_portal.data_folder", "ula_portal.env", "ula_portal.embedded_postgres", "ula_portal.settings")
LOOSE_LIMIT = 8
LINE_LIMIT = 140
MODULE_LIMIT = 300


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
    """Absolute names of everything that a module imports, including imports inside functions."""
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
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in BY_NAME:
            # Imports by name at run time count like others.
            names = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            yield from names
            # The names of the admin panel's pages are relative to their app.
            yield from (f"{names[0]}.{name}" for name in names[1:])


BY_NAME = ("import_module", "import_string", "__import__", "load_pages")
ALL = list(modules())
NAMES = {name_of(path) for path in ALL}


def room_of(name):
    """Floor, room and layer of a module; None for each that does not apply."""
    floor = floor_of(name)
    if floor not in ROOMS:
        return floor, None, None
    parts = name.removeprefix("ula_portal.").split(".")[1:]
    layer = parts[1] if len(parts) > 1 and parts[1] in LAYERS else None
    room = parts[0] if parts else None
    return floor, FRONT_OF.get(room, room), layer


def imported_modules(path):
    """The portal's modules that a module imports: for ``from a.b import c`` this is a.b.c or a.b."""
    for name in imports_of(path):
        module = name if name in NAMES else name.rpartition(".")[0]
        if module in NAMES and module != name_of(path):
            yield module


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


def test_rooms_follow_the_stated_order():
    for floor, rooms in ROOMS.items():
        print(f"{floor}: {' → '.join(rooms.split())}")
    upward = []
    for path in ALL:
        floor, room, _layer = room_of(name_of(path))
        order = ROOMS.get(floor, "").split()
        for imported in imported_modules(path):
            other_floor, other, _layer = room_of(imported)
            if floor == other_floor and room in order and other in order and order.index(other) > order.index(room):
                upward.append(f"{name_of(path)} imports {imported}")
    assert upward == []


def test_layers_of_a_room_follow_their_order():
    upward = []
    for path in ALL:
        floor, _room, layer = room_of(name_of(path))
        for imported in imported_modules(path):
            other_floor, _other, other = room_of(imported)
            both = floor == other_floor and layer and other
            # An admin page adds views to its own addresses.
            if both and LAYERS.index(other) > LAYERS.index(layer):
                upward.append(f"{name_of(path)} imports {imported}")
    assert upward == []


def test_no_module_needs_itself():
    """No circular imports, not even those hidden by an import inside a function."""
    graph = {name_of(path): set(imported_modules(path)) for path in ALL}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        raise AssertionError(" → ".join(circle.args[1])) from None


def test_every_module_has_a_room():
    loose = {floor: set() for floor in ROOMS}
    stray = []
    for path in ALL:
        floor, room, _layer = room_of(name_of(path))
        if floor not in ROOMS or room is None:
            continue
        if path.parent.name == floor and path.name != "__init__.py":
            loose[floor].add(path.stem)
        if room not in ROOMS[floor].split() and room not in BESIDE:
            stray.append(name_of(path))
    assert stray == []
    assert {floor: names for floor, names in loose.items() if len(names) > LOOSE_LIMIT} == {}


def test_no_room_is_named_after_a_layer_or_like_a_test():
    rooms = {room for names in ROOMS.values() for room in names.split()}
    # The rules of the SOP format are a separate matter.
    assert rooms & {*LAYERS, "models"} - {"permissions", "urls", "models", "rules"} == set()
    # pytest would collect neither as a test, but readers would take them for one.
    assert [name for name in NAMES if re.search(r"(^|\.)test_|_tests?$", name)] == []


def test_no_module_only_passes_on():
    """Code imports a name from the module that defines it."""
    passing = []
    for path in ALL:
        body = [node for node in ast.parse(text_of(path)).body if not isinstance(node, ast.Expr)]
        own = [node for node in body if not isinstance(node, ast.ImportFrom | ast.Import)]
        lists = all(isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__" for node in own)
        here = floor_of(name_of(path)) in ROOMS
        if here and body and lists and any(isinstance(node, ast.ImportFrom) for node in body):
            passing.append(name_of(path))
    # Tables have their app as prefix; tables that belong to no topic of the portal share one prefix.
    assert [name for name in passing if not name.endswith(".models")] == []


def test_every_room_has_its_sign():
    """The docstring of a room says what it contains, which rooms it uses, and its verbs."""
    used = {}
    for path in ALL:
        floor, room, _layer = room_of(name_of(path))
        for imported in imported_modules(path):
            other_floor, other, _layer = room_of(imported)
            if floor == other_floor and room != other and other != "models" and _folder(floor, other).is_dir():
                used.setdefault((floor, room), set()).add(other)
    wrong = []
    for floor, names in ROOMS.items():
        for room in names.split():
            if not _folder(floor, room).is_dir() or room == "models":
                continue
            sign = ast.get_docstring(ast.parse((_folder(floor, room) / "__init__.py").read_text())) or ""
            named = re.search(r"^Uses: ([^.]*)\.", sign, re.MULTILINE)
            told = set(re.split(r",\s+", named[1])) if named else None
            if told != used.get((floor, room), {"nothing of its floor"}):
                wrong.append(f"{floor}.{room} uses {sorted(used.get((floor, room), ()))}")
    assert wrong == []


def _folder(floor, room):
    return (ROOT / "ula_portal" / "core" if floor == "core" else ROOT / floor) / str(room)


def test_other_apps_are_entered_by_what_they_offer():
    """Another app may use only models, queries, verbs and plain values, but no pages or forms."""
    reaching = []
    for path in ALL:
        floor = room_of(name_of(path))[0]
        for imported in imported_modules(path):
            other, _room, layer = room_of(imported)
            across = floor in ("services", "visitors") and other in ("sop", "services") and other != floor
            if across and layer in ("forms", "views", "admin", "urls"):
                reaching.append(f"{name_of(path)} reaches into {imported}")
    assert reaching == []


def test_weasyprint_stands_in_one_place():
    using = {name_of(path) for path in ALL if any(name.split(".")[0] == "weasyprint" for name in imports_of(path))}
    # Drawings of others are drawn by a program of their own.
    assert using == {"ula_portal.core.documents.pdf", "ula_portal.core.documents.draw_svg"}
    private = re.compile(
        r"_page_box|\bbox\.replacement|\btemplate\._|\.border_box_|\.descendants\(|\.(artifact|stacked)\("
    )
    reaching = {name_of(path) for path in ALL if private.search(text_of(path))}
    assert reaching == {"ula_portal.core.documents.laid_out"}


def test_modules_stay_short():
    length = {name_of(path): len(text_of(path).splitlines()) for path in ALL}
    assert {name: lines for name, lines in length.items() if lines > MODULE_LIMIT} == {}


def test_views_fetch_through_queries():
    """A view gets protected objects only from a query that checks permissions."""
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
    """Apps get the addresses of their channels from ``core.live.channels``; the code that serves them is on
    a higher floor.
    """
    serving = [name for name in map(name_of, ALL) if name.startswith("ula_portal.live")]
    assert {"ula_portal.live.application", "ula_portal.live.hub"} <= set(serving)
    apps = [path for path in ALL if floor_of(name_of(path)) not in (None, "composition")]
    scripts = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "js").rglob("*.js")]
    address = re.compile(r"""["'`]/live/""")
    assert {str(path.relative_to(ROOT)) for path in [*apps, *scripts] if address.search(text_of(path))} == {
        "ula_portal/core/live/channels.py"
    }
    assert [
        name_of(path) for path in apps if "ula_portal.live" in text_of(path).replace("``ula_portal.live``", "")
    ] == []
    # The serving code knows no app, and no stream by name.
    above = [path for path in ALL if name_of(path) in serving]
    known = [name for path in above for name in imports_of(path) if floor_of(name) in ("sop", "services", "visitors")]
    assert known == [] and [name_of(path) for path in above if re.search(r"\.kind\b", text_of(path))] == []


def test_no_app_does_otherwise_in_tests():
    """Tests run the code that is shipped; only the settings may check whether tests are running."""
    assert [name_of(path) for path in ALL if re.search(r"settings\.PORTAL_ENV\b", text_of(path))] == []


def test_no_signals_for_business_rules():
    for path in ALL:
        assert not any(name.startswith("django.db.models.signals") for name in imports_of(path)), name_of(path)


def test_templates_hold_no_inline_script_or_style():
    """The Content-Security-Policy forbids them; this includes documents for print."""
    script = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json\")[^>]*>")
    style = re.compile(r"<style\b|\sstyle=\"|\son(click|change|submit|load)=")
    templates = sorted((ROOT / "templates").rglob("*.html"))
    assert [str(path) for path in templates if script.search(text_of(path)) or style.search(text_of(path))] == []


def test_lines_of_templates_styles_and_scripts_stay_short():
    """Nobody reads lines of more than 140 characters; ruff limits Python to 120."""
    files = [path for folder in ("templates", "static/css", "static/js") for path in (ROOT / folder).rglob("*.*")]
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*files, ROOT / "tests" / "crawling" / "press.js"]
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if len(line) > LINE_LIMIT
    ]
    assert len(files) > 300 and long == []


def test_no_other_database_than_postgresql():
    for path in ALL:
        if name_of(path) != "ula_portal.env":
            assert "sqlite" not in text_of(path).lower(), name_of(path)
