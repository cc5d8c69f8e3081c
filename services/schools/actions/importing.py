"""Loading the register of schools."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import connection
from django.utils.translation import gettext as _

from services.models import School
from services.schools.rules import SchoolRow, search_words
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Role
from ula_portal.core.permissions import has_role
from ula_portal.core.verbs.errors import NotAllowed
from ula_portal.core.verbs.transactions import verb

COLUMNS = ("name", "level", "status", "district", "village", "words")


@dataclass(frozen=True)
class SchoolImport:
    """The numbers of schools by result."""

    created: int
    changed: int
    unchanged: int


@verb
def import_schools(rows: Sequence[SchoolRow], *, by: Actor) -> SchoolImport:
    """Add the schools to the register, and update those it has. Schools that the file lacks are kept.

    Allowed: administrators, and the system.
    Effects: Recorded in the journal if anything changed. Answers already given keep the school as it was.
    Raises: NotAllowed.
    """
    if by.user is not None and not has_role(by.user, Role.ADMINISTRATOR):
        raise NotAllowed(_("Daftar sekolah dimuat oleh administrator."))
    with connection.cursor() as cursor:
        # Two imports at once would add the same school twice.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('services-schools'))")
    known = {school.npsn: school for school in School.objects.filter(npsn__in=[row.npsn for row in rows])}
    new, changed = [], []
    for row in rows:
        columns = asdict(row) | {"words": search_words(row)}
        school = known.get(row.npsn)
        if school is None:
            new.append(School(**columns))
        elif any(getattr(school, name) != columns[name] for name in COLUMNS):
            for name in COLUMNS:
                setattr(school, name, columns[name])
            changed.append(school)
    School.objects.bulk_create(new, batch_size=1000)
    School.objects.bulk_update(changed, COLUMNS, batch_size=1000)
    if new or changed:
        journal.record("import_schools", "school_register", 0, by, created=len(new), changed=len(changed))
    return SchoolImport(len(new), len(changed), len(rows) - len(new) - len(changed))
