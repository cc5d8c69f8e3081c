"""Functions and triggers of the database: their text stands in ``<app>/sql/<name>.sql``, and migrations carry it."""

import hashlib
from pathlib import Path

from django.apps import apps
from django.db.migrations.operations.base import Operation


class SqlText(Operation):
    """Executes the current text of ``<app>/sql/<name>.sql``, where ``<app>`` is the migration's.

    Exactly one migration carries a text: the newest that changed it, with the text's fingerprint. Once offices run a
    migration, a changed text goes to a new one with the new fingerprint, and the old one loses the operation: a fresh
    database gets a text only when all is there that it speaks of. So a text must be fit to be executed again, over its
    earlier self; what it no longer holds, the new migration drops (``DROP … IF EXISTS``) before.
    """

    reversible = False

    def __init__(self, name: str, fingerprint: str):
        self.name, self.fingerprint = name, fingerprint

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        # None: a percent sign is one.
        schema_editor.execute(text_path(app_label, self.name).read_text(), params=None)

    def describe(self):
        return f"Execute {self.name}.sql"


def text_path(app_label: str, name: str) -> Path:
    return Path(apps.get_app_config(app_label).path) / "sql" / f"{name}.sql"


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
