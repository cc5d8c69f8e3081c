"""Every verb of the portal, read from the source code: what the ``actions`` of all rooms offer to other modules."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("services", "visitors", "sop", "ula_portal/core")
# Verbs that are called in sequence, since each needs the previous one.
WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "select_for_update"}
ALSO = ("ula_portal/core/notices/delivery.py", "ula_portal/core/notices/outbox.py", "ula_portal/core/notices/tasks.py")


def verbs_found() -> set[str]:
    """Full names of the public functions of ``actions`` that open a transaction or are used outside ``actions``.

    Functions that only support the verbs of their own package are not included.
    """
    public, atomic = {}, set()
    for path in [path for app in APPS for path in _modules(ROOT / app) if _is_of_actions(path)]:
        module = _name_of(path)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                public.setdefault(node.name, set()).add(f"{module}.{node.name}")
                decorators = set(map(ast.unparse, node.decorator_list))
                if decorators & {"verb", "transaction.atomic"} or _stands_alone(path, node):
                    atomic.add(f"{module}.{node.name}")
    return atomic | {full for app, name in _used_outside() for full in public.get(name, ()) if full.startswith(app)}


def decorators() -> dict[str, set[str]]:
    """Decorators of every public function of ``actions``, by its full name."""
    return {name: set(map(ast.unparse, node.decorator_list)) for name, node in _public_functions()}


def writing() -> set[str]:
    """Public functions of ``actions`` that write or lock rows themselves."""
    return {name for name, node in _public_functions() if any(map(_writes, ast.walk(node)))}


def _public_functions():
    for path in [path for app in APPS for path in _modules(ROOT / app) if _is_of_actions(path)]:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{_name_of(path)}.{node.name}", node


def _writes(node):
    """Whether a call writes to the database or locks rows; ``update`` counts only with keyword arguments alone, unlike
    that of a dict or set.
    """
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    if node.func.attr == "update":
        return bool(node.keywords) and not node.args
    return node.func.attr in WRITES


def _stands_alone(path, node):
    return path.relative_to(ROOT).as_posix() in ALSO and not node.decorator_list


def _is_of_actions(path):
    inside = path.relative_to(ROOT)
    return "actions" in inside.with_suffix("").parts or inside.as_posix() in ALSO


def _modules(folder):
    return sorted(path for path in folder.rglob("*.py") if "migrations" not in path.parts)


def _name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _used_outside():
    """App and name of everything that code outside ``actions`` imports from there or reads from its modules."""
    used = set()
    for top in ("services", "visitors", "sop", "ula_portal"):
        for path in _modules(ROOT / top):
            if not _is_of_actions(path) and "demo" not in path.parts:
                used |= _used_by(ast.parse(path.read_text(encoding="utf-8")), top)
    return used


def _used_by(tree, top):
    used, rooms = set(), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            app = top if node.level else module.partition(".")[0]
            inside = "actions" in module.split(".") or module.endswith((".delivery", ".outbox", ".tasks"))
            names = [
                alias for alias in node.names if inside or alias.name in ("actions", "delivery", "outbox", "tasks")
            ]
            used |= {(app, alias.name) for alias in names}
            rooms |= {alias.asname or alias.name: app for alias in names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in rooms:
            used.add((rooms[node.value.id], node.attr))
    return used
