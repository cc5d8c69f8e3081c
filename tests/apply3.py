def sub(path, *pairs):
    s = open(path).read()
    for a, b in pairs:
        assert a in s, (path, a)
        s = s.replace(a, b, 1)
    open(path, "w").write(s)


s = open("visitors/queries/__init__.py").read()
s = s.replace("    screen_rule_of,\n", "").replace('    "screen_rule_of",\n', "")
s = s.replace(
    "from .board import Board, Place, board_of, location_by_code, notice_at, place_of, ticket_by_token, words_of",
    "from .board import Board, Place, board_at, board_of, location_by_code, notice_at, place_of, ticket_by_token, words_of",
)
s = s.replace('    "board_of",\n', '    "board_at",\n    "board_of",\n')
s = s.replace("from .closing import closure_at, closures_at, last", "from .closing import closure_at, last").replace(
    '    "closures_at",\n', ""
)
s = s.replace("    hosts_away,\n", "").replace('    "hosts_away",\n', "")
open("visitors/queries/__init__.py", "w").write(s)

sub(
    "visitors/queries/closing.py",
    (
        '''def closures_at(moment: datetime.datetime):
    """Closures in force at a moment, of all locations."""
    return Closure.objects.filter(closed_at__lte=moment, until__gt=moment).filter(
        Q(reopened_at__isnull=True) | Q(reopened_at__gt=moment)
    )
''',
        '''def in_force(moment: datetime.datetime, closure: str = "") -> Q:
    """The condition for closures in force at a moment. ``closure``: the way to them, as ``closures__``."""
    stopped = {f"{closure}closed_at__lte": moment, f"{closure}until__gt": moment}
    reopened = Q(**{f"{closure}reopened_at__isnull": True}) | Q(**{f"{closure}reopened_at__gt": moment})
    return Q(**stopped) & reopened


def with_closure(locations, moment: datetime.datetime):
    """Locations with ``stopped``: the closure in force there at a moment (the database lets there be one), or None."""
    stopped = FilteredRelation("closures", condition=in_force(moment, "closures__"))
    return locations.annotate(stopped=stopped).select_related("stopped")
''',
    ),
    (
        """    return closures_at(moment or clock.now()).filter(location_id=location_id).first()
""",
        """    return Closure.objects.filter(in_force(moment or clock.now()), location_id=location_id).first()
""",
    ),
    ("from django.db.models import Q\n", "from django.db.models import FilteredRelation, Q\n"),
)
sub(
    "visitors/queries/board.py",
    (
        '''def location_by_code(code: str) -> Location | None:
    """A place where visitors are received, by the code in its addresses."""
    return Location.objects.filter(code=code).first()


def board_of(location_id: int, ticket_ids=()) -> Board:
    """The queue of a location now, with the places of all live tickets and of ``ticket_ids``. Eight queries."""
    now, day = clock.now(), clock.today()
    desks, sessions = line.desks_of(location_id), line.open_sessions(location_id)
    rule, closure = line.rule_of(location_id), closing.closure_at(location_id, now)
    tickets = list(
        Ticket.objects.filter(
            Q(state__in=Ticket.LIVE_STATES) | Q(pk__in=ticket_ids), location_id=location_id, day=day
        ).select_related("session")
    )
    waiting = [t for t in tickets if t.state == Ticket.State.WAITING]
    shown = _desks_now(desks, sessions, tickets)
    served = screen.served_seconds(location_id)
    at_work = [desk for desk in desks if desk.id in sessions and sessions[desk.id].paused_at is None]
    over = not shown and _is_over(now)
    called = [desk for desk in shown if desk.label]
    return Board(
        at=now,
        now=max(called, key=lambda d: (d.state == "called", d.since)) if called else None,
        desks=_fitting(shown),
        next=[] if over else [t.label for t in fairness.likely_order(waiting, now, rule)[:NEXT_SHOWN]],
        waiting=0 if over else len(waiting),
        notice=notice_at(now, bool(shown), closure),
        wait=waiting_time.band(len(waiting), sum(desk.kind == "counter" for desk in at_work), served),
        over=over,
        news=screen.news_of(location_id),
        places=_places(tickets, waiting, (desks, at_work), now, rule, served),
    )


def _desks_now(desks, sessions, tickets):
    """Open counters, and rooms only while somebody is called there: an official's day is not the public's."""
    current = {t.session.counter_id: t for t in tickets if t.state in ("called", "serving")}
    found = []
    for desk in desks:
        ticket, session = current.get(desk.id), sessions.get(desk.id)
        if ticket:
            found.append(DeskNow(desk.name, desk.number, ticket.state, ticket.label, ticket.called_at, ticket.calls))
        elif session and desk.kind == "counter":
            found.append(DeskNow(desk.name, desk.number, "paused" if session.paused_at else "open"))
    return found
''',
        '''def _places_now():
    """Locations with what runs their queue: ``queue_rule``, ``screen_rule``, ``stopped`` (a closure in force)."""
    return closing.with_closure(Location.objects.select_related("queue_rule", "screen_rule"), clock.now())


def location_by_code(code: str) -> Location | None:
    """A place where visitors are received, by the code in its addresses, ready for ``board_at``. One query."""
    return _places_now().filter(code=code).first()


@dataclass(frozen=True)
class _Queue:
    """What board and places are worked out from."""

    at: datetime.datetime
    rule: QueueRule
    desks: list[line.Desk]
    tickets: list[Ticket]
    served: list[float]

    @property
    def waiting(self):
        return [ticket for ticket in self.tickets if ticket.state == Ticket.State.WAITING]

    @property
    def at_work(self):
        return [desk for desk in self.desks if desk.session == "open"]


def _queue_at(location, ticket_ids=()):
    """Two queries, and one for the time that visits took, every few minutes."""
    live = Q(state__in=Ticket.LIVE_STATES) | Q(pk__in=ticket_ids)
    tickets = Ticket.objects.filter(live, location_id=location.pk, day=clock.today()).select_related("session")
    desks, served = line.desks_of(location.pk), screen.served_seconds(location.pk)
    return _Queue(clock.now(), line.own_rule(location), desks, list(tickets), served)


def board_of(location_id: int, ticket_ids=()) -> Board:
    """``board_at`` for a location that is not read yet. Four queries."""
    return board_at(_places_now().get(pk=location_id), ticket_ids)


def board_at(location: Location, ticket_ids=()) -> Board:
    """The queue of a location now, with the places of all live tickets and of ``ticket_ids``. Three queries.

    ``location``: from ``location_by_code``.
    """
    queue = _queue_at(location, ticket_ids)
    now, waiting, shown = queue.at, queue.waiting, _desks_now(queue)
    over = not shown and _is_over(now)
    called = [desk for desk in shown if desk.label]
    return Board(
        at=now,
        now=max(called, key=lambda d: (d.state == "called", d.since)) if called else None,
        desks=_fitting(shown),
        next=[] if over else [t.label for t in fairness.likely_order(waiting, now, queue.rule)[:NEXT_SHOWN]],
        waiting=0 if over else len(waiting),
        notice=notice_at(now, bool(shown), location.stopped),
        wait=waiting_time.band(len(waiting), sum(desk.kind == "counter" for desk in queue.at_work), queue.served),
        over=over,
        news=screen.news_of(location.pk),
        places=_places(queue),
    )


def _desks_now(queue):
    """Open counters, and rooms only while somebody is called there: an official's day is not the public's."""
    current = {t.session.counter_id: t for t in queue.tickets if t.state in ("called", "serving")}
    found = []
    for desk in queue.desks:
        ticket = current.get(desk.id)
        if ticket:
            found.append(DeskNow(desk.name, desk.number, ticket.state, ticket.label, ticket.called_at, ticket.calls))
        elif desk.session and desk.kind == "counter":
            found.append(DeskNow(desk.name, desk.number, desk.session))
    return found
''',
    ),
    (
        """def _places(tickets, waiting, counters, now, rule, served):
    desks, at_work = counters
    ahead = line.places(waiting, desks, now, rule)
    names = {desk.id: desk.name for desk in desks}
""",
        """def _places(queue):
    ahead = line.places(queue.waiting, queue.desks, queue.at, queue.rule)
    names, at_work = {desk.id: desk.name for desk in queue.desks}, queue.at_work
""",
    ),
    (
        "waiting_time.band(before, serving, served))\n\n    return {ticket.pk: place(ticket) for ticket in tickets}",
        "waiting_time.band(before, serving, queue.served))\n\n    return {ticket.pk: place(ticket) for ticket in queue.tickets}",
    ),
    (
        '''    """Where one ticket stands now. Nine queries at most."""
    if ticket''',
        '''    """Where one ticket stands now. Two queries for a ticket from ``ticket_by_token``."""
    if ticket''',
    ),
    (
        """    found = board_of(ticket.location_id, [ticket.pk]).places.get(ticket.pk)
    return found or""",
        """    return _places(_queue_at(ticket.location, [ticket.pk])).get(ticket.pk) or""",
    ),
    (
        '''    """The ticket whose secret has this hash, whatever its state, with service and location."""
    return Ticket.objects.filter(token_hash=token_hash).select_related("service", "location", "visit").first()
''',
        '''    """The ticket whose secret has this hash, whatever its state, with service, location and its rule."""
    with_all = Ticket.objects.select_related("service", "location__queue_rule", "visit")
    return with_all.filter(token_hash=token_hash).first()
''',
    ),
    ("from ..models import Ticket\n", "from ..models import QueueRule, Ticket\n"),
)
sub(
    "visitors/queries/line.py",
    (
        """def desks_of(""",
        '''def own_rule(location) -> QueueRule:
    """``rule_of`` for a location that is read; no query where its ``queue_rule`` was fetched with it."""
    return getattr(location, "queue_rule", None) or QueueRule(location_id=location.pk)


def desks_of(''',
    ),
)
sub(
    "visitors/views/display.py",
    (
        """        board = queries.board_of(place.pk)
        sound = queries.screen_rule_of(place.pk)
        context""",
        """        board = queries.board_at(place)
        # Without a rule of its own a display speaks at all hours.
        sound = getattr(place, "screen_rule", None) or ScreenRule(location=place)
        context""",
    ),
    ("    board = queries.board_of(_place(location).pk)\n", "    board = queries.board_at(_place(location))\n"),
    ("from .. import queries\n", "from .. import queries\nfrom ..models import ScreenRule\n"),
)
sub(
    "visitors/queries/counter.py",
    (
        """from django.db.models import Count, Prefetch, Q
""",
        """from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DateTimeField, OuterRef, Prefetch, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
""",
    ),
    (
        '''    """The session that somebody opened today, with counter and location; one of yesterday has to be opened anew."""
    today = CounterSession.objects.filter(user=user, closed_at__isnull=True, opened_at__gte=line.midnight())
    return today.select_related("counter__location").first()
''',
        '''    """The session that somebody opened today; one of yesterday has to be opened anew. One query.

    With counter, location and its rule, and ``preferred``: ids of the services that the counter prefers.
    """
    today = CounterSession.objects.filter(user=user, closed_at__isnull=True, opened_at__gte=line.midnight())
    preferred = Counter.preferred.through.objects.filter(counter=OuterRef("counter_id")).values("service_id")
    today = today.annotate(preferred=ArraySubquery(preferred))
    return today.select_related("counter__location__queue_rule").first()
''',
    ),
    (
        '''    """All that the counter's page shows. The person's right is the session itself."""
    counter = session.counter
    own = list(
        Ticket.objects.filter(
            session=session, location=counter.location_id, day=clock.today(), state__in=["called", "serving", "held"]
        )
        .select_related("visit__visitor", "visit__host", "service")
        .order_by("called_at")
    )
    waiting = line.waiting_at(counter)
    missed = list(
        Ticket.objects.filter(
            session__counter=counter,
            location=counter.location_id,
            day=clock.today(),
            state=Ticket.State.NO_SHOW,
            visit__left_at__isnull=True,
        ).order_by("-finished_at")[:8]
    )
''',
        '''    """All that the counter's page shows: four queries, one more where requests are named.

    ``session``: from ``session_of``. The person's right is the session itself.
    """
    counter = session.counter
    tickets = _tickets_at(session, user)
    own = [ticket for ticket in tickets if ticket.session_id == session.pk and ticket.state in OWN]
    waiting = line.waiting_at(counter, line.own_rule(counter.location), session.preferred)
''',
    ),
    (
        """        missed=missed,
""",
        """        missed=_missed_at(counter, tickets),
""",
    ),
    (
        """        undoable=_undoable(counter, user),
""",
        """        undoable=_undoable(tickets, user),
""",
    ),
    (
        '''def _undoable(counter, user):
    """The ticket of this person's last click, while it can be taken back (``actions.take_back``)."""
    mine = Ticket.objects.filter(location=counter.location_id, day=clock.today(), undo__by=user.pk)
    clicked = [(datetime.datetime.fromisoformat(ticket.undo["at"]), ticket) for ticket in mine]
    recent = [click for click in clicked if clock.now() - click[0] <= states.UNDO_WITHIN]
    return max(recent, key=lambda click: click[0])[1] if recent else None
''',
        '''def _tickets_at(session, user):
    """Tickets in hand, those that missed this counter's call, and what the person clicked within the last minute.

    By called time; one reading of the location's day, found by the index of its numbers.
    """
    missed = Q(session__counter=session.counter, state=Ticket.State.NO_SHOW, visit__left_at__isnull=True)
    clicked = Q(undo__by=user.pk, clicked_at__gte=clock.now() - states.UNDO_WITHIN)
    today = Ticket.objects.filter(location=session.counter.location_id, day=clock.today())
    today = today.annotate(clicked_at=Cast(KT("undo__at"), DateTimeField()))
    found = today.filter(Q(session=session, state__in=OWN) | missed | clicked)
    return list(found.select_related("session", "visit__visitor", "visit__host", "service").order_by("called_at"))


def _missed_at(counter, tickets):
    """Those who missed a call of this counter and are still here, the last ones first."""
    missed = [
        ticket
        for ticket in tickets
        if ticket.state == Ticket.State.NO_SHOW
        and ticket.session.counter_id == counter.pk
        and ticket.visit.left_at is None
    ]
    return sorted(missed, key=lambda ticket: ticket.finished_at, reverse=True)[:MISSED_SHOWN]


def _undoable(tickets, user):
    """The ticket of this person's last click, while it can be taken back (``actions.take_back``)."""
    since = clock.now() - states.UNDO_WITHIN
    clicked = [t for t in tickets if t.undo and t.undo["by"] == user.pk and t.clicked_at >= since]
    return max(clicked, key=lambda ticket: ticket.clicked_at, default=None)
''',
    ),
    (
        """@dataclass(frozen=True)
class Workplace""",
        """# What stands at a counter or was put aside there.
OWN = ("called", "serving", "held")
MISSED_SHOWN = 8


@dataclass(frozen=True)
class Workplace""",
    ),
    ("import datetime\nfrom dataclasses", "from dataclasses"),
)
sub(
    "visitors/queries/desk.py",
    (
        '''def hosts_away(position_ids) -> set[int]:
    """Of these positions, those that nobody holds here today: vacant, or away without a stand-in. Three queries."""
    return {pk for pk, people in holders_of(position_ids).items() if not people}


def hosts_to_choose() -> QuerySet[Position]:
    """Positions that visitors ask for: those with a room first, then those that lead a unit."""
    rooms = Counter.objects.filter(kind=Counter.Kind.ROOM, active=True, position_id=OuterRef("pk"))
    return Position.objects.annotate(has_room=Exists(rooms)).order_by("-has_room", "-heads_unit", "name")
''',
        '''def hosts_to_choose() -> QuerySet[Position]:
    """Positions that visitors ask for: those with a room first, then those that lead a unit.

    ``is_there``: whether somebody holds it here today, as holder or stand-in.
    """
    rooms = Counter.objects.filter(kind=Counter.Kind.ROOM, active=True, position_id=OuterRef("pk"))
    positions = Position.objects.annotate(has_room=Exists(rooms), is_there=is_held(clock.today()))
    return positions.order_by("-has_room", "-heads_unit", "name")
''',
    ),
    ("from ula_portal.core.queries import holders_of\n", "from ula_portal.core.queries import is_held\n"),
    (
        '''    """Where visitors are received: places with a counter in use, by name."""
    return list(Location.objects.filter(pk__in=Counter.objects.filter(active=True).values("location_id")))
''',
        '''    """Where visitors are received: places with a counter in use, by name, each with ``stopped``, its closure now."""
    places = Location.objects.filter(pk__in=Counter.objects.filter(active=True).values("location_id"))
    return list(closing.with_closure(places, clock.now()))
''',
    ),
    ("from . import line\nfrom .bookings", "from . import closing, line\nfrom .bookings"),
)
sub(
    "visitors/forms.py",
    (
        """        away = queries.hosts_away([position.pk for position in positions])
        words = _("%(position)s (tidak di tempat hari ini)")
        labels = {p.pk: words % {"position": p} if p.pk in away else str(p) for p in positions}
""",
        """        words = _("%(position)s (tidak di tempat hari ini)")
        labels = {p.pk: str(p) if p.is_there else words % {"position": p} for p in positions}
""",
    ),
)
sub(
    "visitors/views/checkin.py",
    (
        "queries.notice_at(clock.now(), False, queries.closure_at(place.pk))",
        "queries.notice_at(clock.now(), False, place.stopped)",
    ),
)
sub("visitors/views/closing.py", ('"closure": queries.closure_at(place.pk)}', '"closure": place.stopped}'))
sub(
    "ula_portal/core/queries.py",
    (
        """def position_ids_held(user, day)""",
        '''def is_held(day) -> Exists:
    """For a query of positions: whether somebody present holds the position on a day, as ``holders_of`` has it."""
    away = Absence.objects.filter(_away(day))
    deputy_away = Exists(away.filter(user_id=OuterRef("deputy_id")))
    stand_in = away.filter(~deputy_away, user_id=OuterRef("user_id"), deputy__is_active=True)
    here = Exists(stand_in) | ~Exists(away.filter(user_id=OuterRef("user_id")))
    held = Tenure.objects.filter(_in_office(day), here, position_id=OuterRef("pk"), user__is_active=True)
    return Exists(held)


def position_ids_held(user, day)''',
    ),
)
