"""Which lists of the inbox changed, for the live streams. It covers every verb that moves a case."""

from dataclasses import dataclass

from django.db import connection

from services.models.inbox import AT_APPLICANT

from .scope import InboxScope

# Rows per round; the rest follows in the next round.
LIMIT = 2000
EVERYTHING, DESK = "all", "desk"

# After a restore from another server, rows may carry transaction ids that this server has not reached yet.
_ROWS = """
SELECT pg_snapshot_xmin(snapshot.now)::text::bigint, e.arrived_xid::text::bigint, e.request_id, e.place,
    e.assignee_id, e.responsible_id, e.handed_by_id, e.position_id, e.pool_unit_id, e.unit_id
FROM (SELECT pg_current_snapshot() AS now) snapshot
LEFT JOIN LATERAL (
    SELECT * FROM services_inboxentry i
    WHERE i.arrived_xid >= %s::xid8 AND i.arrived_xid < pg_snapshot_xmax(snapshot.now)
    ORDER BY i.arrived_xid, i.request_id LIMIT %s
) e ON true ORDER BY 2, 3
"""


@dataclass(frozen=True)
class Mark:
    """How far a reader has read: all transactions below ``xid``, and the pairs (xid, request id) of later ones."""

    xid: int
    seen: frozenset[tuple[int, int]] = frozenset()


def mark_of_now() -> Mark:
    """The mark of a reader that starts now. Transactions that are still running will be read. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return Mark(cursor.fetchone()[0])


def topics_since(mark: Mark) -> tuple[set[str], Mark]:
    """Topics of all cases that came to a new place since ``mark``, and the next mark. One query.

    The mark moves up to the oldest running transaction. Rows committed above it are returned immediately and remembered
    in the mark, so that none is lost and none is returned twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [str(mark.xid), LIMIT])
        rows = cursor.fetchall()
    horizon = max(rows[0][0], mark.xid)
    found = [row for row in rows if row[1] is not None]
    if len(found) == LIMIT:
        horizon = max(min(horizon, found[-1][1]), mark.xid)
    topics = set[str]()
    for row in found:
        if (row[1], row[2]) not in mark.seen:
            topics |= _topics_of(*row[3:]) | {topic_of_case(row[2])}
    return topics, Mark(horizon, frozenset((row[1], row[2]) for row in found if row[1] >= horizon))


def _topics_of(
    place: str,
    assignee_id: int | None,
    responsible_id: int | None,
    handed_by_id: int | None,
    position_id: int | None,
    pool_unit_id: int | None,
    unit_id: int | None,
) -> set[str]:
    topics = {f"u{pk}" for pk in (assignee_id, responsible_id, handed_by_id) if pk}
    topics |= {f"p{position_id}"} if position_id else set()
    topics |= {f"n{pk}" for pk in (pool_unit_id, unit_id) if pk}
    return topics | {EVERYTHING} | ({DESK} if place in AT_APPLICANT else set())


def topic_of_case(request_id: int) -> str:
    """The stream topic of one case, for its page."""
    return f"r{request_id}"


def topics_for(scope: InboxScope) -> set[str]:
    """The stream topics that concern a person's inbox."""
    topics = {f"u{pk}" for pk in {scope.user.pk, *scope.stands_in_for}}
    topics |= {f"p{pk}" for pk in scope.position_ids | scope.led_position_ids | scope.kept_position_ids}
    topics |= {f"n{pk}" for pk in scope.unit_ids | scope.led_unit_ids}
    return topics | ({EVERYTHING} if scope.sees_all else set()) | ({DESK} if scope.at_desk else set())
