"""Who wrote or edited a version: kept for good, since they neither verify nor approve it."""

from django.db import connection

from sop.models import SopVersion
from ula_portal.core import clock
from ula_portal.core.models import User


def note_editor(version: SopVersion, user: User) -> None:
    """Keep that somebody wrote or edited a draft, once; the draft is locked and saved as one."""
    with connection.cursor() as cursor:
        # By hand, for one round trip in every autosave.
        cursor.execute(
            "INSERT INTO sop_versioneditor (version_id, user_id, since)"
            " SELECT %(version)s, %(user)s, %(now)s WHERE NOT EXISTS"
            " (SELECT 1 FROM sop_versioneditor WHERE version_id = %(version)s AND user_id = %(user)s)"
            " ON CONFLICT DO NOTHING",
            {"version": version.pk, "user": user.pk, "now": clock.now()},
        )
