"""Random SOPs, random moves of random officers, time that passes and jumps back: the invariants of a case.

A case is at exactly one place, its clocks add up and never run backwards, and the journal verifies. Users without a
permission are refused, and users with it are not; permissions are computed here independently from the product code.
"""

import contextlib
import dataclasses
import datetime
import itertools
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.conversation.actions import asking
from services.deadlines.queries.times import times_of
from services.deadlines.urgency import place_of
from services.engine.actions import deviating, presence, recording, taking_back
from services.engine.actions.report import StepReport
from services.engine.actions.steps import claim_step, complete_step, decide_step, start_step
from services.engine.queries.recording import consecutive_steps
from services.models import Deviation, InboxEntry, Pause, StepRun
from services.models.inbox import CLOCK_RUNS
from services.routing.actions import routing
from sop.rules.queries.flows import clear_flow_cache, flow_of
from tests.factories.cases import DESK, HEAD, OFFICIAL, at, make_case, make_case_service, run_of
from tests.factories.core import make_acting, make_position, make_user, named_cast
from tests.factories.flows import case_steps
from tests.factories.services import picture
from ula_portal.core import clock, workdays
from ula_portal.core.journal.actions import verify
from ula_portal.core.journal.actors import SYSTEM, applicant, staff
from ula_portal.core.models import Absence, JournalEntry, Role, Secretariat, Tenure, User
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.office.actions.office import entrust_paper
from ula_portal.core.verbs.errors import Refused

CHIEF = "Kepala Dinas"
NAMES = (
    "official",
    "second",
    "section_head",
    "head",
    "secretary",
    "frontdesk",
    "counter",
    "admin",
    "outsider",
    "keeper",
)
# Users to whom most of the work belongs are drawn more often.
WHO = st.sampled_from((*NAMES, "official", "official", "section_head", "section_head", "admin"))
WHY = "Alasan contoh."
BOTH = StepReport(note=WHY, deviation_reason=WHY)
REASON = st.sampled_from((WHY, WHY, WHY, " "))
minutes = st.one_of(st.integers(0, 90), st.integers(90, 6000))


@dataclass
class Office:
    """Who holds, leads and serves what on a day, read independently from tenures and absences."""

    cast: object
    unit_id: int
    day: datetime.date

    def __post_init__(self):
        in_time = {"from_date__lte": self.day}
        tenures = Tenure.objects.filter(**in_time).exclude(to_date__lt=self.day).select_related("position")
        self.own = [(each.user_id, each.position) for each in tenures]
        self.acting = [(each.user_id, each.position) for each in tenures if each.kind != "definitive"]
        away = Absence.objects.filter(**in_time, to_date__gte=self.day)
        self.away = {}
        for each in away:
            self.away.setdefault(each.user_id, set()).add(each.deputy_id)

    def hands(self, user_id) -> list:
        """Positions whose work a user does: their own, and those of the people for whom they are deputies."""
        deputising = {absent for absent, deputies in self.away.items() if user_id in deputies}
        if user_id in self.away:
            deputising = set()
        return [
            position
            for holder, position in self.own
            if holder == user_id or (holder in deputising and not self.acted_for(position.pk))
        ]

    def acted_for(self, position_id) -> bool:
        """Whether an acting holder of the position is present; then its deputies have no say."""
        return any(position.pk == position_id and holder not in self.away for holder, position in self.acting)

    def holders(self, position_id) -> set:
        own = {holder for holder, position in self.own if position.pk == position_id}
        here = {holder for holder in own if holder not in self.away}
        deputies = {each for holder in own & set(self.away) for each in self.away[holder] if each}
        if self.acted_for(position_id):
            return here
        return here | {each for each in deputies if each not in self.away}

    def present_in(self, unit_id) -> set:
        return {holder for holder, position in self.own if position.unit_id == unit_id and holder not in self.away}

    def in_unit(self, user, unit_id) -> bool:
        return any(position.unit_id == unit_id for position in self.hands(user.pk))

    def leads(self, user, unit_id) -> bool:
        """Units led: the section head's, and for the secretary the secretariat and the unit below."""
        led = {
            self.cast.section_head.pk: {self.cast.unit.pk},
            self.cast.secretary.pk: {self.cast.ula.pk, self.cast.positions["SEKDIS"].unit_id},
        }
        acts = {position.unit_id for holder, position in self.acting if holder == user.pk and position.code != "KADIS"}
        heads = {self.cast.positions["KABID-DIKDAS"].unit_id} & acts
        return unit_id in led.get(user.pk, set()) | heads

    def leads_case(self, user) -> bool:
        return user.pk == self.cast.admin.pk or self.leads(user, self.unit_id)

    def serves(self, user) -> bool:
        desk = {self.cast.frontdesk.pk, self.cast.counter.pk}
        return user.pk in desk or self.in_unit(user, self.unit_id) or self.leads(user, self.unit_id)

    def works(self, user, run) -> bool:
        """Whether there is any ground on which the user may do the step, regardless of who has claimed it."""
        if run.led_by == "applicant":
            return self.serves(user)
        pool = run.unit_id or self.unit_id
        owner = run.position.unit_id if run.position_id and not run.unit_id else self.unit_id
        if self.leads(user, owner) or (run.deviation == "reassigned" and run.assignee_id == user.pk):
            return True
        if run.position_id in {position.pk for position in self.hands(user.pk)}:
            return True
        vacant = run.unit_id or run.position_id is None or not self.holders(run.position_id)
        return bool(vacant) and self.in_unit(user, pool)

    def records(self, user, run, runs, responsible_id) -> bool:
        if run.led_by == "applicant":
            return False
        before = [each for each in runs if each.position_id and each.ordinal < run.ordinal]
        gave = before[-1].position.unit_id if before else None
        hands = self.hands(user.pk)
        below = any(position.superior_id and position.superior_id == run.position_id for position in hands)
        kept = Secretariat.objects.filter(position=run.position_id).values_list("keeper_id", flat=True)
        return (
            self.works(user, run)
            or any(position.pk in kept for position in hands)
            or self.leads_case(user)
            or user.pk == responsible_id
            or any(position.unit_id == gave for position in hands)
            or below
        )


def is_open(machine):
    return machine.request.is_open


def is_asked(machine):
    return machine.request.state == "waiting_applicant"


class CaseMachine(RuleBasedStateMachine):
    """One case. Random users try every move; whatever succeeds must have been allowed."""

    cast = second = keeper = None

    @initialize(steps=case_steps(DESK, OFFICIAL, HEAD, CHIEF))
    def submit(self, steps):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.moment = self.latest = at(2)
        with clock.at(self.moment):
            self.request = make_case(make_case_service(self.cast, steps))
        self.flow = flow_of(self.request.sop_version_id)
        self.seen = {}
        self.print = self._print()

    def teardown(self):
        if not hasattr(self, "atomic"):
            return
        try:
            assert verify() == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
            # Ids are reused after the rollback.
            clear_flow_cache()

    def user(self, name):
        # Roles and positions are cached on the user object for one request.
        return User.objects.get(pk=getattr(self if name in ("second", "keeper") else self.cast, name).pk)

    def office(self):
        return Office(self.cast, self.cast.unit.pk, clock.local(self.moment).date())

    def runs(self):
        return list(self.request.runs.select_related("step", "position").order_by("ordinal"))

    def step(self, run):
        return self.flow.step(run.step_id)

    def play(self, may, verb, *args, **more):
        """Call a verb: it must be refused without a trace, or be allowed. Returns whether it was done."""
        before = self.print
        with clock.at(self.moment):
            try:
                with transaction.atomic():
                    verb(*args, **more)
                    connection.check_constraints()
            except Refused:
                assert self._print() == before
                return False
        assert may, f"{verb.__name__} by whoever had no right"
        self.print = self._print()
        return True

    def _print(self):
        runs = list(StepRun.objects.filter(request=self.request).order_by("pk").values_list())
        pauses = list(Pause.objects.filter(request=self.request).order_by("pk").values_list())
        journal = JournalEntry.objects.filter(subject_kind="request", subject_id=str(self.request.pk))
        entries = journal.count(), Deviation.objects.filter(request=self.request).count()
        self.request.refresh_from_db()
        return runs, pauses, entries, self.request.state, self.request.due_at, self.request.responsible_id

    # Time

    @rule(passed=minutes)
    def nothing_happens(self, passed):
        self.time_passes(passed)

    def time_passes(self, passed):
        self.moment = max(self.moment, self.latest) + datetime.timedelta(minutes=passed)
        self.latest = self.moment
        self.play(True, presence.follow_presence)

    @rule(slipped=st.integers(1, 120))
    def the_servers_clock_is_set_back(self, slipped):
        self.moment -= datetime.timedelta(minutes=slipped)
        self._go_on(yes=True)

    # Presence

    @rule(name=st.one_of(st.none(), WHO), days=st.integers(0, 3), deputy=st.one_of(WHO, st.none()))
    def somebody_is_away(self, name, days, deputy):
        """``name``: None stands for the assignee of the open step."""
        run, today = run_of(self.request), clock.local(self.moment).date()
        absent = self.user(name) if name else run and run.assignee
        stand_in = self.user(deputy) if deputy else None
        if absent and absent != stand_in:
            end = today + datetime.timedelta(days=days)
            # An absence is not recorded twice.
            with contextlib.suppress(Refused):
                record_absence(absent, by=SYSTEM, kind="sick", from_date=today, to_date=end, deputy=stand_in)
        # Permissions do not depend on the sweep.
        self._go_on(yes=True)

    @rule(name=WHO, code=st.sampled_from(["KABID-DIKDAS", "KADIS", "PENGELOLA-DIKDAS"]), days=st.integers(0, 2))
    def somebody_acts_for_a_time(self, name, code, days):
        today = clock.local(self.moment).date()
        span = {"from_date": today, "to_date": today + datetime.timedelta(days=days)}
        with contextlib.suppress(Refused):
            make_acting(self.user(name), self.cast.positions[code], **span)

    # Moves that are allowed and must succeed

    @precondition(is_open)
    @rule(yes=st.booleans())
    def whoever_has_the_step_does_it(self, yes):
        self._go_on(yes)

    @precondition(is_open)
    @rule(passed=st.integers(1, 600))
    def the_office_works_on(self, passed):
        self.time_passes(passed)
        self._go_on(yes=True)

    @precondition(is_open)
    @rule(passed=st.integers(1, 60), yes=st.booleans())
    def and_on(self, passed, yes):
        self.time_passes(passed)
        self._go_on(yes)
        self._go_on(yes=True)

    def _go_on(self, yes):
        run = run_of(self.request)
        if run is None:
            return
        with clock.at(self.moment):
            user, step = self._rightful(run), self.step(run)
            if user is None or step.issues_letter or self._is_asked(run):
                return
        if step.shape == "decision":
            told = self.play(True, decide_step, run, by=staff(user), yes=yes, report=BOTH)
        else:
            told = self.play(True, complete_step, run, by=staff(user), report=BOTH)
        assert told, f"{user} was refused what is theirs"

    def _rightful(self, run):
        office = self.office()
        if run.led_by == "applicant":
            return self.user("counter")
        here = office.holders(run.position_id) if run.position_id else office.present_in(self.cast.unit.pk)
        if run.assignee_id in here:
            return User.objects.get(pk=run.assignee_id)
        gone = run.assignee_id in office.away or not run.assignee_id or not office.works(run.assignee, run)
        return User.objects.get(pk=min(here)) if here and gone else None

    def _is_asked(self, run):
        return run.led_by != "applicant" and self.request.pauses.filter(to_at=None).exists()

    @precondition(is_open)
    @rule(seconds=st.integers(0, 60), yes=st.booleans())
    def whoever_just_did_it_takes_it_back(self, seconds, yes):
        before = run_of(self.request)
        self._go_on(yes)
        done = before and StepRun.objects.select_related("finished_by").get(pk=before.pk)
        if not done or done.finished_at is None or done.undo is None:
            return
        self.moment = max(self.moment, done.finished_at) + datetime.timedelta(seconds=seconds)
        self.latest = max(self.latest, self.moment)
        late = self.moment > done.finished_at + datetime.timedelta(minutes=1)
        assert self.play(not late, taking_back.take_back_step, done, by=staff(done.finished_by)) != late
        if not late:
            now = run_of(self.request)
            clocks = ("step_id", "assignee_id", "offered_at", "started_at", "due_at")
            assert [getattr(now, name) for name in clocks] == [getattr(before, name) for name in clocks]

    # Moves of random users

    @rule(name=WHO, seconds=st.sampled_from((1, 59, 61)))
    def somebody_takes_back_what_was_done_last(self, name, seconds):
        done = [run for run in self.runs() if run.finished_at and run.taken_back_at is None]
        if not done:
            return
        last, user = done[-1], self.user(name)
        self.moment = max(self.moment, last.finished_at) + datetime.timedelta(seconds=seconds)
        self.latest = max(self.latest, self.moment)
        may = last.finished_by_id == user.pk and self.moment <= last.finished_at + datetime.timedelta(minutes=1)
        self.play(may, taking_back.take_back_step, last, by=staff(user))

    @rule(name=WHO, yes=st.booleans(), reason=REASON)
    def somebody_does_the_step(self, name, yes, reason):
        run, user = run_of(self.request), self.user(name)
        if run is None:
            return
        may, decision = self.office().works(user, run), self.step(run).shape == "decision"
        if decision:
            report = StepReport(note=reason, deviation_reason=reason)
            self.play(may, decide_step, run, by=staff(user), yes=yes, report=report)
        else:
            self.play(may, complete_step, run, by=staff(user), report=StepReport(deviation_reason=reason))

    @precondition(is_open)
    @rule(name=WHO, start=st.booleans())
    def somebody_takes_the_step(self, name, start):
        if run := run_of(self.request):
            user = self.user(name)
            self.play(self.office().works(user, run), start_step if start else claim_step, run, by=staff(user))

    @precondition(is_open)
    @rule(name=WHO, to=st.sampled_from((0, 0, *range(1, 11))), reason=REASON)
    def somebody_leaves_the_order(self, name, to, reason):
        run, user, office = run_of(self.request), self.user(name), self.office()
        if run is None:
            return
        may = (office.works(user, run) or office.leads_case(user)) and bool(reason.strip())
        target = next((each for each in self.flow.steps if each.no == to), None)
        if target and not office.leads_case(user):
            may = may and target.lead_position_id in {position.pk for position in office.hands(user.pk)}
        self.play(may, deviating.skip_step, run, by=staff(user), reason=reason, to_step_no=to or None)

    @precondition(is_open)
    @rule(by=WHO, to=WHO, reason=REASON)
    def somebody_gives_it_away(self, by, to, reason):
        run, user, other = run_of(self.request), self.user(by), self.user(to)
        if run is None:
            return
        office = self.office()
        works = office.works(other, run) or run.assignee_id == other.pk
        may = (run.assignee_id == user.pk and works) or (office.leads_case(user) and (works or bool(reason.strip())))
        self.play(may, deviating.reassign, run, by=staff(user), to_user=other, reason=reason)

    @precondition(is_open)
    @rule(name=WHO, back=st.integers(0, 4), outcome=st.sampled_from(["fits", "fits", "done", "yes", "no"]))
    def somebody_records_a_sheet(self, name, back, outcome):
        run, user = run_of(self.request), self.user(name)
        if run is None:
            return
        may = self.office().records(user, run, self.runs(), self.request.responsible_id)
        day = clock.local(self.moment).date() - datetime.timedelta(days=back)
        if outcome == "fits":
            outcome = "yes" if self.step(run).shape == "decision" else "done"
        if outcome != "done":
            words = {"outcome": outcome, "report": dataclasses.replace(BOTH, happened_on=day)}
            self.play(may, recording.record_on_paper, run, by=staff(user), photo=picture(), **words)
            return
        row = consecutive_steps(self.flow, self.step(run))[: back + 1]
        done = [recording.DoneStep(each.no, day) for each in row]
        words = {"steps": done, "deviation_reason": WHY}
        self.play(may, recording.complete_steps, run, by=staff(user), photo=picture(), **words)

    @precondition(is_open)
    @rule(name=WHO)
    def somebody_asks_the_applicant(self, name):
        run, user = run_of(self.request), self.user(name)
        if run:
            may = self.office().works(user, run)
            self.play(may, asking.ask_applicant, self.request, by=staff(user), wanted="Mohon lengkapi")

    @precondition(is_asked)
    @rule(name=st.one_of(st.none(), WHO))
    def the_answer_comes(self, name):
        user = self.user(name) if name else None
        by = staff(user) if user else applicant(self.request.pk)
        self.play(user is None or self.office().serves(user), asking.applicant_answers, self.request, by=by, text=WHY)

    @rule(by=WHO, to=WHO)
    def somebody_routes_it(self, by, to):
        user, official = self.user(by), self.request.responsible
        may = self.office().leads_case(user)
        self.play(may, routing.route_case, self.request, by=staff(user), to_user=self.user(to), replacing=official)

    @rule(name=st.one_of(st.none(), WHO), really=st.integers(0, 5))
    def it_is_withdrawn(self, name, really):
        if really < 5:
            return
        user = self.user(name) if name else None
        by = staff(user) if user else applicant(self.request.pk)
        self.play(user is None or self.office().serves(user), asking.withdraw_request, self.request, by=by)

    # Invariants

    @invariant()
    def it_stays_whole(self):
        if hasattr(self, "request"):
            runs, pauses = self.runs(), list(self.request.pauses.order_by("from_at"))
            self._is_at_exactly_one_place(runs, pauses)
            self._clocks_never_run_backwards_and_add_up(runs, pauses)
            self._lists_find_it_where_it_is()

    def _lists_find_it_where_it_is(self):
        run, entry = run_of(self.request), InboxEntry.objects.get(pk=self.request.pk)
        assert (entry.run_id, entry.place) == (run and run.pk, place_of(run, self.request))
        running = self.request.state in ("submitted", "in_progress") and self.request.fulfilled_at is None
        assert (entry.place in CLOCK_RUNS) == running

    def _is_at_exactly_one_place(self, runs, pauses):
        assert len([run for run in runs if run.finished_at is None]) == (1 if self.request.is_open else 0)
        assert len([pause for pause in pauses if pause.to_at is None]) == (1 if is_asked(self) else 0)
        assert (self.request.closed_at is None) == self.request.is_open
        assert [run.ordinal for run in runs] == list(range(1, len(runs) + 1))
        for earlier, later in itertools.pairwise(_counted(runs)):
            if earlier.outcome in ("done", "yes", "no"):
                assert later.step_id in self.step(earlier).exit_ids
            else:
                assert earlier.outcome == "skipped"
                assert earlier.deviations.filter(kind__in=("skipped", "reordered")).exclude(reason="").exists()

    def _clocks_never_run_backwards_and_add_up(self, runs, pauses):
        now = max([self.moment, self.latest, *(run.offered_at for run in runs)])
        for run in runs:
            assert run.offered_at <= (run.started_at or run.offered_at) <= (run.finished_at or now)
            # Finished runs stay as they are.
            if run.finished_at:
                told = run.finished_at, run.outcome, run.finished_by_id
                assert self.seen.setdefault(run.pk, told) == told
        # Runs taken back count nowhere, and pauses that they opened took no time.
        runs, pauses = _counted(runs), [pause for pause in pauses if pause.to_at != pause.from_at]
        for earlier, later in itertools.pairwise(runs):
            assert later.offered_at == earlier.finished_at
        for earlier, later in itertools.pairwise(pauses):
            assert earlier.from_at <= earlier.to_at <= later.from_at
        last = self.request.closed_at or now
        elapsed = _worked(self.request.received_at, last)
        paused = sum(_worked(pause.from_at, pause.to_at or now) for pause in pauses)
        assert sum(_worked(run.offered_at, run.finished_at or now) for run in runs) == elapsed
        times = times_of(self.request, runs, pauses, now)
        assert sum(each.used + each.paused for each in times.runs.values()) == elapsed == times.elapsed
        assert sum(each.paused for each in times.runs.values()) == paused
        assert times.used + times.paused + times.outside == elapsed
        for run in runs:
            if run.worked_seconds is not None and not run.happened_on:
                assert run.worked_seconds <= times.runs[run.pk].used


def _counted(runs):
    return [run for run in runs if run.taken_back_at is None]


def _worked(begin, end):
    return workdays.working_seconds_between(begin.replace(microsecond=0), end.replace(microsecond=0))


@pytest.mark.django_db
def test_whatever_is_tried_a_case_stays_whole():
    CaseMachine.cast = named_cast()
    CaseMachine.second = make_user(Role.OFFICIAL, None, CaseMachine.cast.unit, full_name="Dua Contoh")
    post = make_position("PERSURATAN", "Pengadministrasi Persuratan")
    CaseMachine.keeper = make_user(Role.OFFICIAL, post, full_name="Tiga Contoh")
    entrust_paper(post, by=SYSTEM, position=CaseMachine.cast.positions["KADIS"])
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            # A failure is reported immediately, because shrinking it takes minutes.
            phases=(Phase.reuse, Phase.generate),
            suppress_health_check=checks,
        ),
    )
