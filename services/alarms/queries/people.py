"""The people whom an alarm calls.

Rules: an acting holder or a deputy counts as holder. Absent people are not called; their deputies or the other holders
are. A deputy of a letter's signer may not sign (``permissions.may_sign``) and is not called for it; while nobody can
sign, the heads above are called. A superior position that nobody present holds, or only the late person, passes the
call on upwards. If nobody is found, the head of the service's unit is called, then the head of the unit above.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property

from services import permissions
from services.engine.queries.recording import unit_of_case
from services.models import AlarmStep, Request, StepRun
from sop.rules.queries.flows import flow_of
from ula_portal.core.models import Position, Unit, User
from ula_portal.core.office.absences import presence_of
from ula_portal.core.office.queries import holders_of, ids_in_office_by_position

Whom = AlarmStep.Whom


class Chart:
    """Positions, holders and units of a day, read once. Five queries however much rings, six if a letter waits."""

    def __init__(self, day: date, assignee_ids: Iterable[int] = ()) -> None:
        self.posts = {post.pk: post for post in Position.objects.all()}
        self.parents = dict(Unit.objects.values_list("pk", "parent_id"))
        self.day, self.present = day, holders_of(self.posts, day)
        # For the alarm at hand: holders by position, without deputies who may not sign its letter.
        self.holders = self.present
        self.away = set(presence_of(assignee_ids, day))

    def people_to_call(self, step: AlarmStep, request: Request, run: StepRun | None) -> list[User]:
        """The people whom an alarm step calls for a request and its open run (or None), without duplicates."""
        self.holders = self._holders_for(request, run)
        ways: dict[str, Callable[[Request, StepRun | None], list[User]]] = {
            Whom.ASSIGNEE: self._workers,
            Whom.HOLDERS: self._holders_of_run,
            Whom.RESPONSIBLE: self._responsible,
            Whom.SUPERIOR: lambda request, run: self._superiors(request, run, step.levels),
            Whom.UNIT_HEAD: lambda request, run: self._head_of(unit_of_case(request)),
            Whom.OFFICE_HEAD: lambda request, run: self._office_head(),
        }
        found = ways[step.whom](request, run)
        return list({user.pk: user for user in found}.values())

    def _holders_for(self, request: Request, run: StepRun | None) -> dict[int, list[User]]:
        if run is None or run.led_by != "position" or run.position_id is None:
            return self.present
        if not flow_of(run.step.version_id).step(run.step_id).issues_letter:
            return self.present
        own, unit_id = self.own_holder_ids.get(run.position_id, ()), unit_of_case(request)
        signing = [
            user for user in self.present[run.position_id] if user.pk in own or permissions.may_sign(user, run, unit_id)
        ]
        return self.present | {run.position_id: signing}

    @cached_property
    def own_holder_ids(self) -> dict[int, set[int]]:
        return ids_in_office_by_position(self.day)

    def _stands_in(self, user: User, run: StepRun) -> bool:
        """Whether ``_holders_for`` left a person out, as a deputy who may not sign."""
        position_id = run.position_id or 0
        return user in self.present.get(position_id, ()) and user not in self.holders[position_id]

    def _present(self, user: User) -> bool:
        return user.is_active and user.pk not in self.away

    def _workers(self, request: Request, run: StepRun | None) -> list[User]:
        """The assignee, or those who may take the step."""
        assignee = run.assignee if run else None
        if run and assignee and self._present(assignee) and not self._stands_in(assignee, run):
            return [assignee]
        return self._holders_of_run(request, run)

    def _holders_of_run(self, request: Request, run: StepRun | None) -> list[User]:
        found = list(self.holders.get(run.position_id or 0, ())) if run is not None else []
        if not found and run is not None:
            pool = [post for post in self.posts.values() if post.unit_id == run.unit_id and not post.heads_unit]
            found = [user for post in pool for user in self.holders[post.pk]]
        return found or self._head_of(unit_of_case(request))

    def _responsible(self, request: Request, run: StepRun | None) -> list[User]:
        official = request.responsible
        return [official] if official and self._present(official) else self._workers(request, run)

    def _superiors(self, request: Request, run: StepRun | None, levels: int) -> list[User]:
        """Holders of the position ``levels`` above the step's. The superior of a pool is the head of its unit.

        Further up where the position is vacant or held only by somebody who is late.
        """
        position_id = (run.position_id if run else None) or 0
        late = {user.pk for user in self._workers(request, run)} if position_id else set()
        if self.present.get(position_id) and not self.holders[position_id]:
            # Nobody can sign, so nobody is late.
            late = set()
        post = self.posts.get(position_id)
        if post is None:
            post, levels = self._heading_post(unit_of_case(request)), levels - 1
        seen = set[int]()
        while post is not None and post.pk not in seen:
            others = [user for user in self.holders[post.pk] if user.pk not in late]
            if levels <= 0 and others:
                return others
            seen.add(post.pk)
            post, levels = self.posts.get(post.superior_id or 0), levels - 1
        return []

    def _heading_post(self, unit_id: int | None) -> Position | None:
        """The position that heads a unit, or that of the nearest unit above which has one."""
        while unit_id is not None:
            post = next((p for p in self.posts.values() if p.unit_id == unit_id and p.heads_unit), None)
            if post is not None:
                return post
            unit_id = self.parents.get(unit_id)
        return None

    def _head_of(self, unit_id: int | None) -> list[User]:
        while unit_id is not None:
            post = next((p for p in self.posts.values() if p.unit_id == unit_id and p.heads_unit), None)
            if post is not None and self.holders[post.pk]:
                return self.holders[post.pk]
            unit_id = self.parents.get(unit_id)
        return self._office_head()

    def _office_head(self) -> list[User]:
        tops = [p for p in self.posts.values() if p.heads_unit and self.parents.get(p.unit_id) is None]
        return [user for post in tops for user in self.holders[post.pk]]
