"""How long a finished step can be taken back, and which steps a user can take back now."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from services.models import StepRun
from services.models.case import COUNTED, UNDO_WITHIN
from ula_portal.core import clock
from ula_portal.core.models import User

UNDO = UNDO_WITHIN
# Notices wait a little longer, so that no worker is sending them at that very moment.
MAIL_WAITS = UNDO + timedelta(seconds=10)


def finished_just_now(user: User, run_ids: Iterable[int]) -> list[StepRun]:
    """Those of the runs that the user finished within the last minute and may take back, newest first. One query.

    Whether somebody else has gone on meanwhile is checked by the verb only.
    """
    found = StepRun.objects.filter(COUNTED, pk__in=run_ids, finished_by=user, finished_at__gt=clock.now() - UNDO)
    return list(found.filter(undo__isnull=False).select_related("request__service", "step").order_by("-finished_at"))


def undoable_run(user: User, runs: Sequence[StepRun]) -> StepRun | None:
    """The newest finished run of a case, if the user may still take it back; None otherwise."""
    done = [run for run in runs if run.finished_at is not None]
    last = next((run for run in reversed(done) if run.undo is not None), None)
    if last is None or not _is_last(last, runs):
        return None
    if last.finished_by_id != user.pk or clock.now() > last.undo_until:
        return None
    return last


def _is_last(run: StepRun, runs: Sequence[StepRun]) -> bool:
    """Whether only the run that this one opened came after it, and nobody has started that one."""
    after = [each for each in runs if each.ordinal > run.ordinal]
    opened = [run.undo["next"]] if run.undo and run.undo["next"] else []
    return [each.pk for each in after] == opened and not any(each.started_at and not each.finished_at for each in after)
