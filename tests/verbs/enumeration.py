"""Every verb of the house, read from the source: what ``actions`` packages offer to the rest."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("services.actions", "visitors.actions", "sop.actions", "ula_portal.core.actions")


def verbs_found() -> set[str]:
    """Public functions of ``actions`` that open a transaction, are exported, or are used outside ``actions``.

    By their full names. What merely helps the verbs of its own package is none of these.
    """
    public, atomic, exported = {}, set(), set()
    for package in PACKAGES:
        for path in _modules(ROOT / package.replace(".", "/")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            module = _name_of(path)
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    public.setdefault(node.name, set()).add(f"{module}.{node.name}")
                    if "transaction.atomic" in map(ast.unparse, node.decorator_list):
                        atomic.add(f"{module}.{node.name}")
                elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                    # The engine's own re-export is for the verbs beside it.
                    names = set() if module == "services.engine.actions.flow" else set(ast.literal_eval(node.value))
                    exported |= {(package.partition(".")[0], name) for name in names}
    offered = exported | _used_outside()
    return atomic | {full for app, name in offered for full in public.get(name, ()) if full.startswith(app)}


def _modules(folder):
    return sorted(path for path in folder.rglob("*.py") if "migrations" not in path.parts)


def _name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _used_outside():
    """App and name of what code outside of ``actions`` imports from there, or reads from a module of it."""
    used = set()
    for top in ("services", "visitors", "sop", "ula_portal"):
        for path in _modules(ROOT / top):
            if "actions" not in path.parts and "demo" not in path.parts:
                used |= _used_by(ast.parse(path.read_text(encoding="utf-8")), top)
    return used


def _used_by(tree, top):
    used, rooms = set(), {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            app = top if node.level else module.partition(".")[0]
            inside = "actions" in module.split(".")
            names = [alias for alias in node.names if inside or alias.name == "actions"]
            used |= {(app, alias.name) for alias in names}
            rooms |= {alias.asname or alias.name: app for alias in names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in rooms:
            used.add((rooms[node.value.id], node.attr))
    return used
