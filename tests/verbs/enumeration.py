"""Every verb of the portal, read from the source code: what the ``actions`` of all rooms offer to other modules."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("services", "visitors", "sop", "ula_portal/core")
# Methods that write or lock rows; ``update`` is judged by its arguments, see ``_writes``.
WRITING_METHODS = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "select_for_update",
}
# Modules that hold verbs, although they are not called ``actions``.
MODULES_LIKE_ACTIONS = (
    "ula_portal/core/notices/delivery.py",
    "ula_portal/core/notices/outbox.py",
    "ula_portal/core/notices/tasks.py",
)


def verbs_found() -> set[str]:
    """Full names of the public functions of ``actions`` that open a transaction or are used outside ``actions``.

    Functions that only support the verbs of their own package are not included. A full name is dotted, from the app
    on: ``services.routing.actions.routing.route_case``.
    """
    by_short_name, atomic = {}, set()
    for path, full_name, node in _public_functions():
        by_short_name.setdefault(node.name, set()).add(full_name)
        # In the modules beside ``actions`` every public function without a decorator is a verb as well.
        undecorated = _is_like_actions(path) and not node.decorator_list
        if undecorated or _decorators_of(node) & {"verb", "transaction.atomic"}:
            atomic.add(full_name)
    used = {
        full_name
        for app, name in _used_outside()
        for full_name in by_short_name.get(name, ())
        if full_name.startswith(app)
    }
    return atomic | used


def decorators() -> dict[str, set[str]]:
    """Decorators of every public function of ``actions``, by its full name."""
    return {full_name: _decorators_of(node) for _path, full_name, node in _public_functions()}


def writing() -> set[str]:
    """Public functions of ``actions`` that write or lock rows themselves."""
    return {full_name for _path, full_name, node in _public_functions() if any(map(_writes, ast.walk(node)))}


def _public_functions():
    """Path of the module, full name and syntax tree of every public function of ``actions``."""
    for path in [path for app in APPS for path in _modules(ROOT / app) if _is_of_actions(path)]:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield path, f"{_module_name(path)}.{node.name}", node


def _decorators_of(node):
    return set(map(ast.unparse, node.decorator_list))


def _writes(node):
    """Whether a node of the syntax tree is a call that writes to the database or locks rows.

    ``update`` counts only with nothing but keyword arguments, since dicts and sets have an ``update`` too.
    """
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    if node.func.attr == "update":
        return bool(node.keywords) and not node.args
    return node.func.attr in WRITING_METHODS


def _is_like_actions(path):
    return path.relative_to(ROOT).as_posix() in MODULES_LIKE_ACTIONS


def _is_of_actions(path):
    return "actions" in path.relative_to(ROOT).with_suffix("").parts or _is_like_actions(path)


def _modules(folder):
    return sorted(path for path in folder.rglob("*.py") if "migrations" not in path.parts)


def _module_name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _used_outside():
    """App and short name of everything that code outside ``actions`` imports from there or reads from its modules.

    Calls by the demo do not count as use.
    """
    used = set()
    for top in ("services", "visitors", "sop", "ula_portal"):
        for path in _modules(ROOT / top):
            if not _is_of_actions(path) and "demo" not in path.parts:
                used |= _used_by(ast.parse(path.read_text(encoding="utf-8")), top)
    return used


def _used_by(tree, top):
    """As ``_used_outside``, for one module: its syntax tree, and the folder at the top in which it stands."""
    # By the name under which it was imported: the app of a module of ``actions``, or of something from one.
    used, apps = set(), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            app = top if node.level else module.partition(".")[0]
            inside = "actions" in module.split(".") or module.endswith((".delivery", ".outbox", ".tasks"))
            names = [
                alias for alias in node.names if inside or alias.name in ("actions", "delivery", "outbox", "tasks")
            ]
            used |= {(app, alias.name) for alias in names}
            apps |= {alias.asname or alias.name: app for alias in names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in apps:
            used.add((apps[node.value.id], node.attr))
    return used
