"""What happened to a request, for the applicant and for the office. Ids and verbs only, no words, no names.

Whatever stands here may have moved a case, so the live lists are woken.
"""

from services.models import Request, StepRun, TimelineEntry
from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.live import waking as live


def note(
    request: Request, verb: str, *, actor: Actor, audience: str = "public", run: StepRun | None = None, **ids: object
) -> TimelineEntry:
    """Append an entry; inside the verb's transaction. ``ids``: ids, numbers and codes that explain it."""
    live.nudge()
    return TimelineEntry.objects.create(
        request=request,
        at=clock.now(),
        verb=verb,
        audience=audience,
        actor_kind=actor.kind,
        actor_id=actor.id,
        run=run,
        data=ids,
    )
