"""Whether a database is one of this version of the portal."""

import pkgutil
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

FLOORS = ("core", "sop", "services", "visitors")


def complaint() -> str:
    """A sentence where the database ran a migration that this version does not have; else an empty one.

    An empty database and one that lacks migrations are no cause.
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
