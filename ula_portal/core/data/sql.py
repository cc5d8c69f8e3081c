"""The database's functions and triggers: their SQL is in ``<app>/sql/<name>.sql`` and is executed by migrations.

The text named ``moves`` is generated from the app's tables of legal moves.
"""

import hashlib
from pathlib import Path

from django.apps import apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from ..verbs.moves import Moves, StateField


class SqlText(Operation):
    """Executes the current SQL text with a name, as ``text_of`` reads it in the migration's app.

    Exactly one migration executes a text: the newest one that changed it, with the text's fingerprint. Once offices
    have run a migration, a changed text moves to a new migration with the new fingerprint and the operation is removed
    from the old one, so that a fresh database executes it only after everything it refers to exists. A text must
    therefore be repeatable over its earlier version; the new migration first drops (``DROP … IF EXISTS``) what the text
    no longer contains.
    """

    reversible = False

    def __init__(self, name: str, fingerprint: str):
        self.name, self.fingerprint = name, fingerprint

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        # With None, a percent sign is taken literally.
        schema_editor.execute(text_of(app_label, self.name), params=None)

    def describe(self) -> str:
        return f"Execute the text {self.name}"


def names_of(app_label: str) -> set[str]:
    """The names of an app's SQL texts."""
    found = {path.stem for path in _folder(app_label).iterdir()}
    return found | {"moves"} if _moves_of(app_label) else found


def text_of(app_label: str, name: str) -> str:
    """The current SQL text with this name.

    Raises: OSError if there is none.
    """
    if name == "moves":
        return "".join(moves.guard for moves in _moves_of(app_label))
    return (_folder(app_label) / f"{name}.sql").read_text()


def _folder(app_label: str) -> Path:
    return Path(apps.get_app_config(app_label).path) / "sql"


def _moves_of(app_label: str) -> list[Moves]:
    fields = (field for model in apps.get_app_config(app_label).get_models() for field in model._meta.local_fields)
    return sorted((field.moves for field in fields if isinstance(field, StateField)), key=lambda moves: moves.table)


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
