"""Whom an alarm calls: the office's posts of one day, and the way up from a step.

Rules: an acting holder or a deputy counts as holder. Whoever is absent is not called; their deputies or the other
holders are. A letter is signed by a tenure of one's own (``permissions.may_sign``): who only stands in for its signer
is not called for it, and as long as nobody signs, the heads above are. A superior post that nobody present holds, or
that only the late person holds, passes the call on upwards. Where nobody is found below the head of the service's unit,
that head is called, then the one of the unit above.
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
    """Posts, holders and units of a day, read once: five queries whatever rings, six where a letter waits."""

    def __init__(self, day: date, assignee_ids: Iterable[int] = ()) -> None:
        self.posts = {post.pk: post for post in Position.objects.all()}
        self.parents = dict(Unit.objects.values_list("pk", "parent_id"))
        self.day, self.present = day, holders_of(self.posts, day)
        # Of the alarm that is asked about: who holds the posts, without those who stand in where they may not sign.
        self.held = self.present
        self.away = set(presence_of(assignee_ids, day))

    def called(self, step: AlarmStep, request: Request, run: StepRun | None) -> list[User]:
        """People whom an alarm step calls for a request and its open run (or None), each once."""
        self.held = self._held_for(request, run)
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

    def _held_for(self, request: Request, run: StepRun | None) -> dict[int, list[User]]:
        if run is None or run.led_by != "position" or run.position_id is None:
            return self.present
        if not flow_of(run.step.version_id).step(run.step_id).issues_letter:
            return self.present
        own, unit_id = self.own.get(run.position_id, ()), unit_of_case(request)
        signing = [
            user for user in self.present[run.position_id] if user.pk in own or permissions.may_sign(user, run, unit_id)
        ]
        return self.present | {run.position_id: signing}

    @cached_property
    def own(self) -> dict[int, set[int]]:
        return ids_in_office_by_position(self.day)

    def _stands_in(self, user: User, run: StepRun) -> bool:
        """Whether somebody has a letter's step whom ``_held_for`` left out."""
        position_id = run.position_id or 0
        return user in self.present.get(position_id, ()) and user not in self.held[position_id]

    def _present(self, user: User) -> bool:
        return user.is_active and user.pk not in self.away

    def _workers(self, request: Request, run: StepRun | None) -> list[User]:
        """Whoever has the step; else those who may take it."""
        assignee = run.assignee if run else None
        if run and assignee and self._present(assignee) and not self._stands_in(assignee, run):
            return [assignee]
        return self._holders_of_run(request, run)

    def _holders_of_run(self, request: Request, run: StepRun | None) -> list[User]:
        found = list(self.held.get(run.position_id or 0, ())) if run is not None else []
        if not found and run is not None:
            pool = [post for post in self.posts.values() if post.unit_id == run.unit_id and not post.heads_unit]
            found = [user for post in pool for user in self.held[post.pk]]
        return found or self._head_of(unit_of_case(request))

    def _responsible(self, request: Request, run: StepRun | None) -> list[User]:
        official = request.responsible
        return [official] if official and self._present(official) else self._workers(request, run)

    def _superiors(self, request: Request, run: StepRun | None, levels: int) -> list[User]:
        """From the step's post ``levels`` up, then on until somebody else holds it; a pool's superior is its head."""
        position_id = (run.position_id if run else None) or 0
        late = {user.pk for user in self._workers(request, run)} if position_id else set()
        if self.present.get(position_id) and not self.held[position_id]:
            # Nobody signs: it is nobody's delay.
            late = set()
        post = self.posts.get(position_id)
        if post is None:
            post, levels = self._heading_post(unit_of_case(request)), levels - 1
        seen = set[int]()
        while post is not None and post.pk not in seen:
            others = [user for user in self.held[post.pk] if user.pk not in late]
            if levels <= 0 and others:
                return others
            seen.add(post.pk)
            post, levels = self.posts.get(post.superior_id or 0), levels - 1
        return []

    def _heading_post(self, unit_id: int | None) -> Position | None:
        """The post that heads a unit, or the nearest unit above that has one."""
        while unit_id is not None:
            post = next((p for p in self.posts.values() if p.unit_id == unit_id and p.heads_unit), None)
            if post is not None:
                return post
            unit_id = self.parents.get(unit_id)
        return None

    def _head_of(self, unit_id: int | None) -> list[User]:
        while unit_id is not None:
            post = next((p for p in self.posts.values() if p.unit_id == unit_id and p.heads_unit), None)
            if post is not None and self.held[post.pk]:
                return self.held[post.pk]
            unit_id = self.parents.get(unit_id)
        return self._office_head()

    def _office_head(self) -> list[User]:
        tops = [p for p in self.posts.values() if p.heads_unit and self.parents.get(p.unit_id) is None]
        return [user for post in tops for user in self.held[post.pk]]
