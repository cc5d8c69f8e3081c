"""What a database is to the demo: its own, with or without what somebody added since, or not its own at all.

Read in plain SQL, so that a database of an older or of no version at all can be judged before it is touched.
"""

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import sources
from .office import email_of

# One chain of the journal tells how far the building came: it is in the database that it speaks of.
CHAIN = ("demo", "office")
# Where an office of one's own has something first.
_OWN = ("core_office", "core_user", "services_service", "services_request")


@dataclass(frozen=True)
class Added:
    """What a marked database holds that the demo did not build; true where there is anything."""

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
    """``empty``, ``complete``, ``incomplete`` (an interrupted first start) or ``foreign`` (data of one's own)."""
    if not _exists("core_journalentry"):
        return "foreign" if _ask("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')") else "empty"
    if _has_verb("demo_built"):
        return "complete"
    if _has_verb("demo_begun"):
        return "incomplete"
    return "foreign" if any(_has_rows(table) for table in _OWN) else "empty"


def added() -> Added:
    """What came into the demo's database since: accounts and services not of the demo, another office's name."""
    office, catalogue = sources.read("office.json"), sources.read("services.json")
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
    """Names in the file store of what the database knows; another portal's files may lie beside them."""
    with connection.cursor() as cursor:
        # By way of JSON: an older version's table may lack a column.
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
