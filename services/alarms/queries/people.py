"""Whom an alarm calls: the office's posts of one day, and the way up from a step.

Rules: an acting holder or a deputy counts as holder. Whoever is absent is not called; their deputies or the other
holders are. A letter is signed by a tenure of one's own (``permissions.may_sign``): who only stands in for its signer
is not called for it, and as long as nobody signs, the heads above are. A superior post that nobody present holds, or
that only the late person holds, passes the call on upwards. Where nobody is found below the head of the service's unit,
that head is called, then the one of the unit above.
"""

from functools import cached_property

from services import permissions
from services.engine.queries.recording import unit_of_case
from services.models import AlarmStep
from sop.rules.queries.flows import flow_of
from ula_portal.core.models import Position, Unit, User
from ula_portal.core.office.absences import presence_of
from ula_portal.core.office.queries import holders_of, ids_in_office_by_position

Whom = AlarmStep.Whom


class Chart:
    """Posts, holders and units of a day, read once: five queries whatever rings, six where a letter waits."""

    def __init__(self, day, assignee_ids=()):
        self.posts = {post.pk: post for post in Position.objects.all()}
        self.parents = dict(Unit.objects.values_list("pk", "parent_id"))
        self.day, self.present = day, holders_of(self.posts, day)
        # Of the alarm that is asked about: who holds the posts, without those who stand in where they may not sign.
        self.held = self.present
        self.away = set(presence_of(assignee_ids, day))

    def called(self, step, request, run) -> list[User]:
        """People whom an alarm step calls for a request and its open run (or None), each once."""
        self.held = self._held_for(request, run)
        found = {
            Whom.ASSIGNEE: self._workers,
            Whom.HOLDERS: self._holders_of_run,
            Whom.RESPONSIBLE: self._responsible,
            Whom.SUPERIOR: lambda request, run: self._superiors(request, run, step.levels),
            Whom.UNIT_HEAD: lambda request, run: self._head_of(unit_of_case(request)),
            Whom.OFFICE_HEAD: lambda request, run: self._office_head(),
        }[step.whom](request, run)
        return list({user.pk: user for user in found}.values())

    def _held_for(self, request, run):
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
    def own(self):
        return ids_in_office_by_position(self.day)

    def _stands_in(self, user, run):
        """Whether somebody has a letter's step whom ``_held_for`` left out."""
        return user in self.present.get(run.position_id, ()) and user not in self.held[run.position_id]

    def _present(self, user):
        return user is not None and user.is_active and user.pk not in self.away

    def _workers(self, request, run):
        """Whoever has the step; else those who may take it."""
        if run is not None and self._present(run.assignee) and not self._stands_in(run.assignee, run):
            return [run.assignee]
        return self._holders_of_run(request, run)

    def _holders_of_run(self, request, run):
        found = list(self.held.get(run.position_id, ())) if run is not None else []
        if not found and run is not None:
            pool = [post for post in self.posts.values() if post.unit_id == run.unit_id and not post.heads_unit]
            found = [user for post in pool for user in self.held[post.pk]]
        return found or self._head_of(unit_of_case(request))

    def _responsible(self, request, run):
        return [request.responsible] if self._present(request.responsible) else self._workers(request, run)

    def _superiors(self, request, run, levels):
        """From the step's post ``levels`` up, then on until somebody else holds it; a pool's superior is its head."""
        late = {user.pk for user in self._workers(request, run)} if run and run.position_id else set()
        if run and self.present.get(run.position_id) and not self.held[run.position_id]:
            # Nobody signs: it is nobody's delay.
            late = set()
        post = self.posts.get(run.position_id) if run is not None else None
        if post is None:
            post, levels = self._heading_post(unit_of_case(request)), levels - 1
        seen = set()
        while post is not None and post.pk not in seen:
            others = [user for user in self.held[post.pk] if user.pk not in late]
            if levels <= 0 and others:
                return others
            seen.add(post.pk)
            post, levels = self.posts.get(post.superior_id), levels - 1
        return []

    def _heading_post(self, unit_id):
        """The post that heads a unit, or the nearest unit above that has one."""
        while unit_id is not None:
            post = next((p for p in self.posts.values() if p.unit_id == unit_id and p.heads_unit), None)
            if post is not None:
                return post
            unit_id = self.parents.get(unit_id)
        return None

    def _head_of(self, unit_id):
        while unit_id is not None:
            post = next((p for p in self.posts.values() if p.unit_id == unit_id and p.heads_unit), None)
            if post is not None and self.held[post.pk]:
                return self.held[post.pk]
            unit_id = self.parents.get(unit_id)
        return self._office_head()

    def _office_head(self):
        tops = [p for p in self.posts.values() if p.heads_unit and self.parents.get(p.unit_id) is None]
        return [user for post in tops for user in self.held[post.pk]]
