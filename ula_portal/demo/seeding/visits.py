"""Batches of finished visits with their tickets and events."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db import connection

from services.models import Service
from ula_portal.core import clock, workdays
from ula_portal.core.models import Role
from ula_portal.core.office.queries import staff_with_role
from ula_portal.core.security import codes
from visitors.models import Counter as Desk
from visitors.models import CounterSession
from visitors.queue.actions.tickets import TOKEN_PURPOSE

from .copying import Batch, line, reserve

BATCH = 3000
YEARS = 3
_NAMES = ["Aminah", "Bambang", "Citra", "Darwis", "Elvina", "Farhan", "Hasan", "Indah", "Lukman", "Mariam", "Salmah"]
_PRIORITY = 0.1

_VISITOR = "visitors_visitor (id, name, phone, institution)"
_VISIT = (
    "visitors_visit (id, purpose, head_count, note, companion, checked_in_at, left_at, left_assumed, represents,"
    " proxy_seen, checked_in_by_id, location_id, service_id, visitor_id)"
)
_TICKET = (
    "visitors_ticket (id, day, letter, number, lane, priority_ground, state, issued_at, waiting_since, called_at,"
    " calls, served_at, finished_at, result, nonce, token_hash, location_id, service_id, session_id, visit_id)"
)
_EVENT = "visitors_queueevent (at, kind, data, counter_id, location_id, ticket_id)"


def visit_batches(count: int, seed: int) -> Iterator[Batch]:
    """Batches of ``BATCH`` visits, ``count`` in total, by day."""
    maker = _Maker(count, random.Random(seed))
    for start in range(0, count, BATCH):
        yield maker.batch(start, min(start + BATCH, count))


class _Maker:
    def __init__(self, count, rng):
        self.count, self.rng = count, rng
        today = clock.today()
        days = (today - timedelta(days=number) for number in range(365 * YEARS, 0, -1))
        self.days = [day for day in days if workdays.is_working_day(day)]
        self.services = list(Service.objects.exclude(ticket_letter="").exclude(kind="elsewhere").order_by("pk"))
        self.desk = Desk.objects.filter(kind=Desk.Kind.COUNTER, active=True).order_by("pk").first()
        self.clerk = staff_with_role(Role.FRONT_DESK)[0]
        self.session_id = self._session()

    def _session(self):
        """Create the closed session in which all visitors were called."""
        begin = datetime.combine(self.days[0], time(7, 30), clock.OFFICE_ZONE)
        session = CounterSession.objects.create(
            counter=self.desk, user=self.clerk, opened_at=begin, closed_at=clock.now()
        )
        return session.pk

    def batch(self, start, end) -> Batch:
        count = end - start
        ids = [reserve(table, count) for table in ("visitors_visitor", "visitors_visit", "visitors_ticket")]
        tables = {_VISITOR: [], _VISIT: [], _TICKET: [], _EVENT: []}
        tickets = [self._visit(ordinal, *keys, tables) for ordinal, *keys in zip(range(start, end), *ids, strict=True)]
        batch = Batch(tables)
        # Placeholder lines, so that the rows can be counted before their numbers are known.
        tables[_TICKET] = [""] * count
        tables[_EVENT] = [""] * (4 * count)
        batch.first = lambda self_: self._number(self_, tickets)
        return batch

    def _visit(self, ordinal, visitor_id, visit_id, ticket_id, tables):
        rng = self.rng
        day = self.days[ordinal * len(self.days) // self.count]
        share = (ordinal * len(self.days) % self.count) / self.count
        came = datetime.combine(day, time(8), clock.OFFICE_ZONE) + timedelta(hours=6.5 * share)
        left = came + timedelta(minutes=rng.uniform(8, 60))
        service = rng.choice(self.services)
        name = f"{rng.choice(_NAMES)} Contoh {ordinal % 997}"
        tables[_VISITOR].append(line(visitor_id, name, f"+62813{ordinal % 10_000_000:07d}", ""))
        tables[_VISIT].append(
            line(
                *(visit_id, "service", 1, "", "", came, left, False, "", False),
                *(self.clerk.pk, self.desk.location_id, service.pk, visitor_id),
            )
        )
        nonce = f"{rng.getrandbits(128):032x}"
        lane = "priority" if rng.random() < _PRIORITY else "regular"
        return day, service, came, left, ticket_id, visit_id, nonce, lane

    def _number(self, batch, tickets):
        """Assign the ticket numbers of a batch. The series' rows stay locked until the commit."""
        last = self._lock_series(Counter((ticket[0], ticket[1].ticket_letter) for ticket in tickets))
        lines, events, location = [], [], self.desk.location_id
        for day, service, came, left, ticket_id, visit_id, nonce, lane in tickets:
            key = (day, service.ticket_letter)
            last[key] += 1
            called, served = came + (left - came) / 3, came + (left - came) / 2
            ground = "elderly" if lane == "priority" else ""
            token_hash = codes.stored_hash(codes.token(TOKEN_PURPOSE, nonce))
            lines.append(
                line(
                    *(ticket_id, day, key[1], last[key], lane, ground, "finished", came, came, called, 1, served, left),
                    *("", nonce, token_hash, location, service.pk, self.session_id, visit_id),
                )
            )
            data = {"lane": lane}
            for kind, at in (("issued", came), ("called", called), ("serving", served), ("finished", left)):
                event_data = {**data, "turn": "next", "call": 1} if kind == "called" else data
                counter = None if kind == "issued" else self.desk.pk
                events.append(line(at, kind, event_data, counter, location, ticket_id))
        batch.tables[_TICKET], batch.tables[_EVENT] = lines, events

    def _lock_series(self, counts):
        last = {}
        with connection.cursor() as cursor:
            for (day, letter), count in sorted(counts.items()):
                cursor.execute(
                    "INSERT INTO visitors_ticketseries (location_id, day, letter, last) VALUES (%s, %s, %s, %s)"
                    " ON CONFLICT (location_id, day, letter)"
                    " DO UPDATE SET last = visitors_ticketseries.last + EXCLUDED.last RETURNING last",
                    [self.desk.location_id, day, letter, count],
                )
                last[day, letter] = cursor.fetchone()[0] - count
        return last
