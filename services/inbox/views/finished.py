"""Steps that the person finished within the last minute, remembered in the session to save the lists a query."""

from services.engine.queries.undoing import UNDO, finished_just_now
from ula_portal.core import clock

FINISHED = "finished_runs"
# Several cases may be finished within a minute.
MAX_REMEMBERED = 10


def remember_finished(request, run_id):
    """Remember a run that was just finished, for the inbox; older ones are dropped."""
    runs = {**_fresh(request), str(run_id): clock.now().timestamp()}
    request.session[FINISHED] = dict(list(runs.items())[-MAX_REMEMBERED:])


def _fresh(request):
    since = (clock.now() - UNDO).timestamp()
    return {run_id: at for run_id, at in request.session.get(FINISHED, {}).items() if at > since}


def undoable_now(request) -> list:
    """The runs that the person may take back now, newest first. No query if none was finished in the last minute."""
    fresh = _fresh(request)
    return finished_just_now(request.user, [int(run_id) for run_id in fresh]) if fresh else []
