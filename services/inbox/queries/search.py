"""Finding cases by words: number, names, NISN and the like, schools; a word may be mistyped.

The search looks through everything that the person may read, whatever tab is open, and says where each hit stands.
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

from .inbox import ALL, InboxRow, rows_of, tabs_of
from .scope import InboxScope

SIZE = 50
# Shorter words are mistaken for anything; how alike a word must be otherwise (pg_trgm's word similarity).
SHORTEST, ALIKE = 4, 0.4
# What is much less alike than the best is noise.
NEARLY = 0.8
# A request's running number has six digits; people type "123" for 000123.
RUNNING = 6


@dataclass(frozen=True)
class Found:
    """``more``: there are hits that are not shown; ``guessed``: nothing fits as typed, these are alike."""

    rows: list[InboxRow]
    more: bool = False
    guessed: bool = False


def search_cases(scope: InboxScope, typed: str, chosen: Q = ALL) -> Found:
    """At most ``SIZE`` cases for what was typed: open ones by due date, then closed ones, newest first.

    ``chosen``: a further condition on ``InboxEntry``. At most six queries.
    """
    terms = terms_of(typed, without=frozenset())
    if not terms:
        return Found([])
    entries = InboxEntry.objects.filter(_readable(scope), chosen)
    ids, guessed = _exact(entries, terms), False
    if not ids:
        ids, guessed = _alike(entries, terms), True
    more, ids = len(ids) > SIZE, ids[:SIZE]
    allowed = set(Request.objects.filter(visible_to(scope.user), pk__in=ids).values_list("pk", flat=True))
    ids = [pk for pk in ids if pk in allowed]
    stands = tabs_of(ids, scope)
    rows = [replace(row, tabs=stands[row.request.pk]) for row in rows_of(ids, scope)]
    return Found(rows, more, guessed and bool(rows))


def _readable(scope: InboxScope) -> Q:
    """``visible_to`` in the columns of the entry, which narrows the search; the last word is ``visible_to``'s own."""
    if scope.reads_everything:
        return Q()
    been = Q(assignee=scope.user) | Q(finished_by=scope.user)
    been |= Q(position_id__in=scope.led_position_ids | scope.kept_position_ids)
    worked = Q(Exists(StepRun.objects.filter(been, request_id=OuterRef("pk"))))
    named = SopActor.objects.filter(position_id__in=scope.position_ids).values("version_id")
    units = Q(unit_id__in=scope.unit_ids | scope.led_unit_ids)
    return units | Q(responsible_id=scope.user.pk) | Q(request__sop_version_id__in=named) | worked


def _exact(entries: QuerySet[InboxEntry], terms: Sequence[str]) -> list[int]:
    """Ids of entries that hold each of the words, or words that begin so."""
    for term in terms:
        held = Q(words__contains=f" {term}")
        if term.isdecimal() and len(term) < RUNNING:
            # Whole numbers only, else "10" finds every telephone of a school.
            held = Q(words__contains=f" {term} ") | Q(words__contains=f" {term.zfill(RUNNING)} ")
        entries = entries.filter(held)
    found = list(entries.filter(OPEN).order_by("due_at", "pk").values_list("pk", flat=True)[: SIZE + 1])
    if len(found) <= SIZE:
        closed = entries.filter(CLOSED).order_by("-pk").values_list("pk", flat=True)
        found += closed[: SIZE + 1 - len(found)]
    return found


@transaction.atomic
def _alike(entries: QuerySet[InboxEntry], terms: Sequence[str]) -> list[int]:
    """Ids of entries with words like those typed, the most alike first."""
    longer = [term for term in terms if len(term) >= SHORTEST]
    if not longer:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
    for term in longer:
        entries = entries.filter(words__trigram_word_similar=term)
    likeness = functools.reduce(operator.add, (TrigramWordSimilarity(term, "words") for term in longer))
    best = entries.annotate(likeness=likeness).order_by("-likeness", "-pk").values_list("pk", "likeness")[:SIZE]
    return [pk for pk, found in best if found >= NEARLY * best[0][1]]
