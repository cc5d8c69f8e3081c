"""The timeline of a request, read by the applicant and the office. It holds ids and verbs only, no texts, no names."""

from services.models import Request, StepRun, TimelineEntry
from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.live import waking as live


def note(
    request: Request, verb: str, *, actor: Actor, audience: str = "public", run: StepRun | None = None, **ids: object
) -> TimelineEntry:
    """Append an entry; call it inside the verb's transaction. ``ids``: ids, numbers and codes that explain it."""
    # Every entry may mean that a case moved, so open lists are told to refresh.
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
