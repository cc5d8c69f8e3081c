"""Batches of requests with runs, timeline and journal: closed ones over three years, and recent open ones."""

import bisect
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection

from services.applying.receipt import secret_hashes
from services.deadlines import rules as deadlines
from services.fields.queries import current_form
from services.models import Request, Service
from sop.rules.queries.flows import flow_of
from sop.rules.queries.validity import version_in_force
from ula_portal.core import clock, workdays
from ula_portal.core.journal.actions import GENESIS, entry_hash
from ula_portal.core.office.queries import holders_of

from .copying import Batch, line, reserve

BATCH = 2000
YEARS = 3
# Share of open requests among those of the last month, and among older ones.
OPEN_LATELY, OPEN_OLD, WITHDRAWN = 0.6, 0.003, 0.02
_NAMES = ["Aminah", "Bambang", "Citra", "Darwis", "Elvina", "Farhan", "Hasan", "Indah", "Lukman", "Mariam", "Salmah"]
_CLANS = ["Batubara", "Damanik", "Ginting", "Hutapea", "Lubis", "Marpaung", "Nasution", "Purba", "Saragih", "Tanjung"]

_REQUEST = (
    "services_request (id, number, state, source, answers, applicant_name, applicant_phone, applicant_email, on_behalf,"
    " behalf_name, created_at, received_at, complete_at, due_at, fulfilled_at, closed_at, nonce,"
    " code_hash, token_hash, is_specimen, form_version_id, responsible_id, sop_version_id, service_id)"
)
_RUN = (
    "services_steprun (id, ordinal, led_by, offered_at, started_at, due_at, finished_at, outcome, worked_seconds, note,"
    " happened_on, deviation, deviation_reason, assignee_id, finished_by_id, position_id, request_id, step_id, unit_id)"
)
_TIMELINE = "services_timelineentry (at, verb, audience, actor_kind, actor_id, data, request_id, run_id)"
_JOURNAL = (
    "core_journalentry (subject_kind, subject_id, sequence, at, verb, actor_kind, actor_id, data, previous_hash, hash)"
)
_HEAD = "core_journalhead (subject_kind, subject_id, sequence, hash, changed_at)"


@dataclass(frozen=True)
class _Stop:
    """A step on the straight path through an SOP."""

    step_id: int
    no: int
    led_by: str
    position_id: int | None
    unit_id: int | None
    user_id: int | None
    minutes: int
    outcome: str


@dataclass(frozen=True)
class _Track:
    service: Service
    form_version_id: int
    sop_version_id: int
    stops: tuple[_Stop, ...]
    responsible_id: int | None


def request_batches(count: int, seed: int) -> Iterator[Batch]:
    """Batches of ``BATCH`` requests, ``count`` in total, by date of receipt."""
    maker = _Maker(count, random.Random(seed))
    for start in range(0, count, BATCH):
        yield maker.batch(start, min(start + BATCH, count))


class _Maker:
    def __init__(self, count, rng):
        self.count, self.rng, self.now = count, rng, clock.now()
        self.tracks = _tracks()
        today = clock.today()
        self.days = [d for d in (today - timedelta(days=n) for n in range(365 * YEARS, 0, -1)) if _is_weekday(d)]
        self.lately = bisect.bisect(self.days, today - timedelta(days=30))
        self._due: dict[tuple[date, int], datetime] = {}

    def batch(self, start, end) -> Batch:
        ids = reserve("services_request", end - start)
        self.run_ids = iter(reserve("services_steprun", (end - start) * max(len(t.stops) for t in self.tracks)))
        tables = {_RUN: [], _TIMELINE: [], _JOURNAL: [], _HEAD: []}
        rows = [self._request(pk, number, tables) for pk, number in zip(ids, range(start, end), strict=True)]
        # Requests first, since the other rows refer to them. Their numbers are assigned inside the transaction.
        batch = Batch({_REQUEST: [tail for _year, _head, tail in rows], **tables})
        batch.first = lambda self_: _number(self_, rows)
        return batch

    def _request(self, pk, ordinal, tables):
        """Add the rows of a request to ``tables``; returns its own row as (year, id, columns after the number)."""
        rng = self.rng
        track = rng.choice(self.tracks)
        place = ordinal * len(self.days) // self.count
        day = self.days[place]
        received = datetime.combine(day, time(8), clock.OFFICE_ZONE) + timedelta(
            seconds=(ordinal * len(self.days) % self.count) / self.count * 7 * 3600
        )
        is_open = rng.random() < (OPEN_LATELY if place >= self.lately else OPEN_OLD)
        withdrawn = not is_open and rng.random() < WITHDRAWN
        done = self._done(track, is_open or withdrawn)
        closed = self._runs(pk, track, done, received, is_open, withdrawn, tables)
        state = _state(track, done, is_open, withdrawn)
        source = "walk-in" if rng.random() < 0.35 else "online"
        responsible = track.responsible_id
        if is_open and source == "walk-in" and rng.random() < 0.05:
            responsible = None
        name = f"{rng.choice(_NAMES)} Contoh {rng.choice(_CLANS)}"
        nonce = f"{rng.getrandbits(128):032x}"
        hashes = secret_hashes(nonce)
        answers = {"nama_pemohon": name, "hubungan": "Diri sendiri", "kecamatan": "Lima Puluh"}
        tail = line(
            *(state, source, answers, name, f"+62812{ordinal % 10_000_000:07d}", "", "Diri sendiri", ""),
            *(received, received, received, self._due_at(day, received, track)),
            *(None if is_open or withdrawn else closed, None if is_open else closed),
            *(nonce, hashes["code_hash"], hashes["token_hash"], True),
            *(track.form_version_id, responsible, track.sop_version_id, track.service.pk),
        )
        return day.year, pk, tail

    def _done(self, track, part):
        """The number of finished steps: all, or up to one of the office's own steps."""
        if not part:
            return len(track.stops)
        return self.rng.choice([n for n, stop in enumerate(track.stops) if n and stop.led_by == "position"])

    def _due_at(self, day, received, track):
        key = (day, track.service.working_days)
        if key not in self._due:
            self._due[key] = deadlines.due_at(received, track.service.working_days)
        return self._due[key]

    def _runs(self, pk, track, done, at, is_open, withdrawn, tables):
        """Add runs with timeline and journal; returns the moment of the last act."""
        chain = _Chain(pk, self.now, tables)
        applicant = ("applicant", str(pk))
        tables[_TIMELINE].append(line(at, "submitted", "public", *applicant, {"source": "online"}, pk, None))
        data = {"service": track.service.pk, "sop_version": track.sop_version_id}
        chain.add("submit_request", *applicant, data)
        for ordinal, stop in enumerate(track.stops[:done], 1):
            run_id = next(self.run_ids)
            begun = at
            at = at + timedelta(minutes=stop.minutes * (0.5 + self.rng.random()) + (30 if ordinal > 1 else 0))
            actor = ("staff", str(stop.user_id)) if stop.user_id else applicant
            tables[_RUN].append(self._run(run_id, ordinal, stop, pk, begun, at, stop.outcome))
            entry_data = {"step": stop.no, "outcome": stop.outcome}
            tables[_TIMELINE].append(line(at, "step_done", "public", *actor, entry_data, pk, run_id))
            if ordinal > 1:
                after = track.stops[ordinal].no if ordinal < len(track.stops) else None
                chain.add("complete_step", *actor, {"run": run_id, **entry_data, "next": after})
        if is_open or withdrawn:
            run_id, stop = next(self.run_ids), track.stops[done]
            end = None if is_open else at + timedelta(hours=3)
            tables[_RUN].append(self._run(run_id, done + 1, stop, pk, at, end, "cancelled" if withdrawn else ""))
            at = end or at
        if not is_open:
            verb = "withdraw_request" if withdrawn else "complete_request"
            tables[_TIMELINE].append(line(at, verb, "public", *applicant, {}, pk, None))
        if withdrawn:
            chain.add("withdraw_request", *applicant, {})
        chain.end()
        return at

    def _run(self, run_id, ordinal, stop, pk, begun, ended, outcome):
        started = begun if ended else None
        due = begun + timedelta(days=1, minutes=stop.minutes) if stop.led_by != "applicant" else None
        worked = stop.minutes * 60 if ended and stop.led_by != "applicant" else None
        return line(
            *(run_id, ordinal, stop.led_by, begun, started, due, ended, outcome, worked, "", None, "", ""),
            *(stop.user_id, stop.user_id if ended else None, stop.position_id, pk, stop.step_id, stop.unit_id),
        )


class _Chain:
    """The journal of one request, hashed as in ``core.journal.actions``.

    Entries have the time of loading, since days that are sealed already must not get new entries.
    """

    def __init__(self, pk, at, tables):
        self.subject, self.at, self.tables = ("request", str(pk)), at, tables
        self.sequence, self.hash = 0, GENESIS

    def add(self, verb, actor_kind, actor_id, data):
        self.sequence += 1
        digest = entry_hash(self.hash, *self.subject, self.sequence, self.at, verb, actor_kind, actor_id, data)
        self.tables[_JOURNAL].append(
            line(*self.subject, self.sequence, self.at, verb, actor_kind, actor_id, data, self.hash, digest)
        )
        self.hash = digest

    def end(self):
        self.tables[_HEAD].append(line(*self.subject, self.sequence, self.hash, self.at))


def _number(batch, rows):
    """Assign the request numbers of a batch. The sequence's rows stay locked until the commit."""
    last = {}
    with connection.cursor() as cursor:
        for year, count in sorted(Counter(year for year, _pk, _tail in rows).items()):
            cursor.execute(
                "INSERT INTO core_numbersequence (key, year, last) VALUES ('request', %s, %s)"
                " ON CONFLICT (key, year) DO UPDATE SET last = core_numbersequence.last + %s RETURNING last",
                [year, count, count],
            )
            last[year] = cursor.fetchone()[0] - count
    lines = []
    for year, pk, tail in rows:
        last[year] += 1
        lines.append(f"{pk}\tULA-{year}-{last[year]:06d}\t{tail}")
    batch.tables[_REQUEST] = lines


def _state(track, done, is_open, withdrawn):
    if withdrawn:
        return Request.State.WITHDRAWN
    if not is_open:
        return Request.State.COMPLETED
    return Request.State.SUBMITTED if done == 1 else Request.State.IN_PROGRESS


def _is_weekday(day):
    return workdays.is_working_day(day)


def _tracks() -> list[_Track]:
    """The straight path of each published service: yes to every question, no step twice."""
    tracks = []
    services = Service.objects.filter(kind=Service.Kind.REQUEST, state=Service.State.PUBLISHED)
    for service in services.select_related("unit").order_by("pk"):
        version = version_in_force(service.sop_id)
        if version is None:
            continue
        flow = flow_of(version.pk)
        holders = holders_of({step.lead_position_id for step in flow.steps if step.lead_position_id})
        stops, step = [], flow.start
        while step is not None:
            stops.append(_stop(step, holders, service))
            following = step.if_yes_id if step.shape == "decision" else step.next_id
            step = flow.step(following) if following else None
        responsible = next((stop.user_id for stop in stops if stop.user_id), None)
        tracks.append(_Track(service, current_form(service).pk, version.pk, tuple(stops), responsible))
    return tracks


def _stop(step, holders, service):
    people = holders.get(step.lead_position_id, [])
    return _Stop(
        step_id=step.id,
        no=step.no,
        led_by=step.lead_kind,
        position_id=step.lead_position_id,
        unit_id=None if people else service.unit_id,
        user_id=people[0].pk if people else None,
        minutes=(step.seconds or 600) // 60,
        outcome="yes" if step.shape == "decision" else "done",
    )
