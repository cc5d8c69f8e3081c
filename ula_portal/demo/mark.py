"""Whether the demo built a database, and what was added to it since.

Uses plain SQL, so that a database of any version can be checked before it is changed.
"""

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.exchange import starter

from . import sources
from .office import email_of

# The journal chain (subject kind, id) that records the progress of the build in the database itself.
CHAIN = ("demo", "office")
# Tables that are not empty once somebody has started a real office.
_OWN = ("core_office", "core_user", "services_service", "services_request")


@dataclass(frozen=True)
class Added:
    """What was added to a database of the demo; true if there is anything."""

    office: str
    renamed: bool
    accounts: int
    services: int

    def __bool__(self) -> bool:
        return self.renamed or bool(self.accounts or self.services)

    def __str__(self) -> str:
        parts = [
            self.accounts and ngettext("%(n)d akun", "%(n)d akun", self.accounts) % {"n": self.accounts},
            self.services and ngettext("%(n)d layanan", "%(n)d layanan", self.services) % {"n": self.services},
            self.renamed and _("nama kantor sendiri"),
        ]
        return ", ".join(str(part) for part in parts if part)


def state() -> str:
    """State of the database: ``empty``, ``complete``, ``incomplete`` (build interrupted), ``foreign`` (other data)."""
    if not _exists("core_journalentry"):
        return "foreign" if _ask("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')") else "empty"
    if _has_verb("demo_built"):
        return "complete"
    if _has_verb("demo_begun"):
        return "incomplete"
    return "foreign" if any(_has_rows(table) for table in _OWN) else "empty"


def added() -> Added:
    """What was added to the demo's database: other accounts and services, another name of the office."""
    office, catalogue = sources.office(), starter.catalogue()
    people = [email_of(person) for person in office["people"]]
    codes = [entry["code"] for entry in catalogue["services"]]
    name = _ask("SELECT max(name) FROM core_office") or ""
    return Added(
        office=name,
        renamed=bool(name) and name != office["office"]["name"],
        accounts=_ask("SELECT count(*) FROM core_user WHERE email <> ALL(%s)", people),
        services=_ask("SELECT count(*) FROM services_service WHERE code <> ALL(%s)", codes),
    )


def files() -> list[str]:
    """Names of the files in the file store that belong to this database."""
    with connection.cursor() as cursor:
        # Uses JSON, since the table of an older version may lack a column.
        cursor.execute("SELECT to_jsonb(f) ->> 'blob', to_jsonb(f) ->> 'viewing' FROM core_storedfile f")
        return [name for row in cursor for name in row if name]


def _has_verb(verb):
    query = "SELECT EXISTS (SELECT FROM core_journalentry WHERE subject_kind = %s AND subject_id = %s AND verb = %s)"
    return _ask(query, *CHAIN, verb)


def _has_rows(table):
    return _exists(table) and _ask(f"SELECT EXISTS (SELECT FROM {table})")


def _exists(table):
    return _ask("SELECT to_regclass(%s) IS NOT NULL", table)


def _ask(query, *values):
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return cursor.fetchone()[0]
