"""Check that the database fits this version of the portal."""

import pkgutil
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

FLOORS = ("core", "sop", "services", "visitors")


def version_problem() -> str:
    """A sentence for the operator if the database has a migration that this version does not know; else "".

    An empty database, or one that lacks migrations, is fine.
    """
    folders = {label: Path(apps.get_app_config(label).path) / "migrations" for label in FLOORS}
    known = {(label, module.name) for label in FLOORS for module in pkgutil.iter_modules([str(folders[label])])}
    ran = {(app, name) for app, name in MigrationRecorder(connection).applied_migrations() if app in FLOORS}
    if not ran - known:
        return ""
    return _(
        "Basis data ini dibuat oleh versi portal lain (migrasi %(migration)s). "
        "Pakai versi itu, atau buat basis data baru untuk versi ini."
    ) % {"migration": ".".join(min(ran - known))}
