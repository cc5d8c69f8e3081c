"""SOPs whose first version may be declared in force when the office begins with the portal."""

from django.db.models import Exists, OuterRef, QuerySet

from sop.models import SopVersion
from sop.states import OPEN


def declarable_versions() -> QuerySet[SopVersion]:
    """Open versions of SOPs of which no version was ever approved."""
    decided = SopVersion.objects.filter(sop=OuterRef("sop")).exclude(state__in=OPEN)
    return SopVersion.objects.filter(~Exists(decided), state__in=OPEN).select_related("sop__unit")
