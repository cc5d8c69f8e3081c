"""Steps that somebody finished a moment ago: kept in the session, so that no list asks the database in vain."""

from services.engine.queries.undoing import UNDO, finished_just_now
from ula_portal.core import clock

FINISHED = "finished_runs"
# Several cases may be finished within a minute.
KEPT = 10


def remember_finished(request, run_id):
    """Keep a run that was just finished, for the inbox; older ones are forgotten."""
    kept = {**_fresh(request), str(run_id): clock.now().timestamp()}
    request.session[FINISHED] = dict(list(kept.items())[-KEPT:])


def _fresh(request):
    since = (clock.now() - UNDO).timestamp()
    return {run_id: at for run_id, at in request.session.get(FINISHED, {}).items() if at > since}


def undoable_now(request) -> list:
    """What the person may take back now, newest first. No query where nothing was finished in this minute."""
    fresh = _fresh(request)
    return finished_just_now(request.user, [int(run_id) for run_id in fresh]) if fresh else []
