"""Search for cases by words: number, names, identity numbers, schools. Typing errors are tolerated.

The search covers everything that the person may read, whatever tab is open, and names the tabs of each hit.
"""

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from services.engine.queries.cases import visible_to
from services.models import InboxEntry, Request, StepRun
from services.models.inbox import CLOSED, OPEN
from sop.models import SopActor
from ula_portal.core.text.search_terms import terms_of

from .inbox import ALL, tabs_of
from .rows import InboxRow, rows_of
from .scope import InboxScope

SIZE = 50
# Shorter words are similar to anything. ALIKE: the least word similarity (pg_trgm) of longer ones, 0 to 1.
SHORTEST, ALIKE = 4, 0.4
# Hits below this share of the best hit's similarity are left out.
NEARLY = 0.8
# A request's running number has six digits; people type "123" for 000123.
RUNNING_DIGITS = 6


@dataclass(frozen=True)
class CaseHits:
    """``more``: there are hits beyond ``SIZE``. ``guessed``: no hit fits exactly, the rows are similar."""

    rows: list[InboxRow]
    more: bool = False
    guessed: bool = False


def search_cases(scope: InboxScope, text: str, condition: Q = ALL) -> CaseHits:
    """At most ``SIZE`` cases for a search text: open ones by due date, then closed ones, newest first.

    ``condition``: a further condition on ``InboxEntry``. At most six queries.
    """
    terms = terms_of(text, without=frozenset())
    if not terms:
        return CaseHits([])
    entries = InboxEntry.objects.filter(_readable(scope), condition)
    ids, guessed = _exact(entries, terms), False
    if not ids:
        ids, guessed = _similar(entries, terms), True
    more, ids = len(ids) > SIZE, ids[:SIZE]
    allowed = set(Request.objects.filter(visible_to(scope.user), pk__in=ids).values_list("pk", flat=True))
    ids = [pk for pk in ids if pk in allowed]
    tabs = tabs_of(ids, scope)
    rows = [replace(row, tabs=tabs[row.request.pk]) for row in rows_of(ids, scope)]
    return CaseHits(rows, more, guessed and bool(rows))


def _readable(scope: InboxScope) -> Q:
    """``visible_to`` by columns of the entry, to narrow the search. The caller applies ``visible_to`` to the hits."""
    if scope.reads_everything:
        return Q()
    took_part = Q(assignee=scope.user) | Q(finished_by=scope.user)
    took_part |= Q(position_id__in=scope.led_position_ids | scope.kept_position_ids)
    worked = Q(Exists(StepRun.objects.filter(took_part, request_id=OuterRef("pk"))))
    named = SopActor.objects.filter(position_id__in=scope.position_ids).values("version_id")
    units = Q(unit_id__in=scope.unit_ids | scope.led_unit_ids)
    return units | Q(responsible_id=scope.user.pk) | Q(request__sop_version_id__in=named) | worked


def _exact(entries: QuerySet[InboxEntry], terms: Sequence[str]) -> list[int]:
    """Ids of entries that contain each term as the beginning of a word."""
    for term in terms:
        contains = Q(words__contains=f" {term}")
        if term.isdecimal() and len(term) < RUNNING_DIGITS:
            # Whole numbers only, else "10" finds every telephone of a school.
            contains = Q(words__contains=f" {term} ") | Q(words__contains=f" {term.zfill(RUNNING_DIGITS)} ")
        entries = entries.filter(contains)
    found = list(entries.filter(OPEN).order_by("due_at", "pk").values_list("pk", flat=True)[: SIZE + 1])
    if len(found) <= SIZE:
        closed = entries.filter(CLOSED).order_by("-pk").values_list("pk", flat=True)
        found += closed[: SIZE + 1 - len(found)]
    return found


@transaction.atomic
def _similar(entries: QuerySet[InboxEntry], terms: Sequence[str]) -> list[int]:
    """Ids of entries with words similar to the terms, the most similar first. The transaction keeps the setting local.

    Terms shorter than ``SHORTEST`` are ignored.
    """
    longer = [term for term in terms if len(term) >= SHORTEST]
    if not longer:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
    for term in longer:
        entries = entries.filter(words__trigram_word_similar=term)
    similarity = functools.reduce(operator.add, (TrigramWordSimilarity(term, "words") for term in longer))
    best = entries.annotate(similarity=similarity).order_by("-similarity", "-pk").values_list("pk", "similarity")[:SIZE]
    return [pk for pk, found in best if found >= NEARLY * best[0][1]]
