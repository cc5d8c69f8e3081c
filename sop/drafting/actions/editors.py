"""Records who wrote or edited a version, because these users may neither verify nor approve it."""

from django.db import connection

from sop.models import SopVersion
from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.transactions import part


@part
def note_editor(version: SopVersion, *, by: Actor) -> None:
    """Record that a user wrote or edited a draft, unless it is recorded already. The draft has to be locked."""
    with connection.cursor() as cursor:
        # Raw SQL takes a single round trip, and this runs in every autosave.
        cursor.execute(
            "INSERT INTO sop_versioneditor (version_id, user_id, since)"
            " SELECT %(version)s, %(user)s, %(now)s WHERE NOT EXISTS"
            " (SELECT 1 FROM sop_versioneditor WHERE version_id = %(version)s AND user_id = %(user)s)"
            " ON CONFLICT DO NOTHING",
            {"version": version.pk, "user": by.staff_member.pk, "now": clock.now()},
        )
