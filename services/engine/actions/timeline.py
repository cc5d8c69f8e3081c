"""The timeline of a request, read by the applicant and the office. It holds ids and verbs only, no texts, no names."""

from services.models import Request, StepRun, TimelineEntry
from ula_portal.core import clock
from ula_portal.core.journal.actors import Actor
from ula_portal.core.live import waking as live
from ula_portal.core.verbs.transactions import part


@part
def add_entry(
    request: Request, verb: str, *, by: Actor, audience: str = "public", run: StepRun | None = None, **ids: object
) -> TimelineEntry:
    """Append an entry. ``ids``: ids, numbers and codes that explain it."""
    # Every entry may mean that a case moved, so open lists are told to refresh.
    live.nudge()
    return TimelineEntry.objects.create(
        request=request,
        at=clock.now(),
        verb=verb,
        audience=audience,
        actor_kind=by.kind,
        actor_id=by.id,
        run=run,
        data=ids,
    )
