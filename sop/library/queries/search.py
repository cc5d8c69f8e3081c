"""Full-text search in the public library: Indonesian stems, spelling mistakes forgiven, best answers first.

The index (``sop.models.search``) is kept by the database; what is in force today is asked anew each time.
"""

import datetime
import difflib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramSimilarity
from django.db import connection
from django.db.models import Case, F, FloatField, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, NullIf, Round
from django_stubs_ext import WithAnnotations

from sop.models import Passage, SearchEntry, SopVersion
from ula_portal.core import clock, ports
from ula_portal.core.text.search_terms import STOP_WORDS, normalised_query, terms_of

# In the library every answer is an SOP.
SAYS_NOTHING = STOP_WORDS | {"sop", "prosedur", "standar", "operasional"}
# How alike (difflib's ratio) a known word must be to stand for a mistyped one; short words are mistaken for anything.
ALIKE, SHORTEST = 0.75, 4
# Written for one another: ijasah, izazah; aktip, aktiv.
SOUNDS = str.maketrans("zjvf", "sspp")
# Services whose own words fit the question bring their SOP along; those after the third are noise.
SERVICES = 3
# Weight of a word by where it stands: the rest; activities, outputs, actors; number and unit; name.
WEIGHTS = [0.1, 0.3, 0.5, 1.0]
SCALE = 100_000
# Rarer words weigh more; from here on all are equally common.
COUNTED = 300

# How many SOPs in force hold each word (up to COUNTED), and for a word that none holds, the words most alike.
_HOLDING = """SELECT 1 FROM sop_searchentry e JOIN sop_sopversion v ON v.id = e.version_id
    WHERE e.words @@ to_tsquery('indonesian', asked.query) AND v.state = 'published'
    AND v.effective_from <= %(day)s AND (v.effective_to IS NULL OR v.effective_to > %(day)s) LIMIT %(counted)s"""
_COUNTS = f"""
SELECT asked.term, (SELECT count(*) FROM ({_HOLDING}) AS held)
FROM unnest(%(terms)s::text[], %(queries)s::text[]) AS asked (term, query)
"""
_NEIGHBOURS = """
SELECT asked.term, near.word FROM unnest(%(terms)s::text[]) AS asked (term) CROSS JOIN LATERAL (
    SELECT w.word FROM sop_searchword w ORDER BY w.word <-> asked.term LIMIT 20
) AS near
"""


class Answer(TypedDict):
    """The best answer has the lowest."""

    worse: int


@dataclass(frozen=True)
class Question:
    """What somebody asks the library.

    ``typed``: as typed, tidied; ``terms``: the words looked for, with how many SOPs in force hold each; ``shown``: the
    whole question as it is answered, other than ``typed`` when words were corrected; ``services``: those whose own
    words fit; ``any_word``: one of the words is enough.
    """

    typed: str
    terms: dict[str, int] = field(default_factory=dict)
    shown: str = ""
    services: tuple[ports.ServiceOnSop, ...] = ()
    any_word: bool = False

    @property
    def corrected(self) -> bool:
        return self.shown != self.typed

    def __bool__(self) -> bool:
        return bool(self.typed)


def question(typed: str, *, exact: bool = False, day: datetime.date | None = None) -> Question:
    """Read what was typed; each word that no SOP in force holds becomes the nearest that one does, unless ``exact``.

    At most five queries, whatever the library holds.
    """
    typed = normalised_query(typed)
    terms = terms_of(typed, without=SAYS_NOTHING)
    if not terms:
        return Question(typed, shown=typed)
    known = _counts({term: _lexemes(term) for term in terms}, day)
    instead = {} if exact else _corrections([term for term in terms if not known[term]], day)
    found = dict(instead.get(term, (term, known[term])) for term in terms)
    services = tuple(ports.services_on_sops(typed)[:SERVICES])
    shown = _rewritten(typed, {term: better for term, (better, _found) in instead.items()})
    return Question(typed, found, shown, services)


def answers(versions: QuerySet[SopVersion], asked: Question) -> "QuerySet[WithAnnotations[SopVersion, Answer]]":
    """Those of the versions that answer, with ``worse``."""
    if not asked.terms:
        return versions.none().annotate(worse=Value(0))
    held = _holding(asked).values("version_id")
    brought = [service.sop_id for service in asked.services]
    return versions.filter(Q(pk__in=held) | Q(sop_id__in=brought)).annotate(worse=_worse(asked))


def relaxed(asked: Question) -> Question:
    """The same question, answered by whatever holds one of its words."""
    return replace(asked, any_word=True)


def passages_for(version_ids: Iterable[int], asked: Question) -> dict[int, Passage]:
    """For each version the passage, beside its name and number, that answers best. One query."""
    if not asked.terms:
        return {}
    words = " | ".join(_lexemes(term) for term in asked.terms)
    found = Passage.objects.filter(version_id__in=list(version_ids), words=_query(words))
    found = found.exclude(place__in=[Passage.Place.NAME, Passage.Place.NUMBER, Passage.Place.UNIT])
    fits = [
        Case(When(words=_query(_lexemes(t)), then=Value(_rarity(n))), default=Value(0.0))
        for t, n in asked.terms.items()
    ]
    # A step says what happens; a box of the identity block counts where it holds a rarer word.
    in_step = Case(When(place=Passage.Place.ACTIVITY, then=Value(0.35)), When(step_no__isnull=False, then=Value(0.3)))
    found = found.annotate(fit=_sum(fits) + Coalesce(in_step, Value(0.0)))
    best = found.order_by("version_id", "-fit", "pk").distinct("version_id")
    return {passage.version_id: passage for passage in best.defer("words")}


def words_that_fit(words: Iterable[str], asked: Question) -> set[str]:
    """Those of the words (a to z, digits) that the search takes for one of the question's. One query."""
    words = list(words)
    if not words or not asked.terms:
        return set()
    with connection.cursor() as cursor:
        sql = "SELECT word, tsvector_to_array(to_tsvector('indonesian', word)) FROM unnest(%s::text[]) AS word"
        cursor.execute(sql, [list({*words, *asked.terms})])
        stems = dict(cursor.fetchall())
    wanted = {stem: len(term) > 2 for term in asked.terms for stem in stems[term]}
    return {word for word in words if any(_fits(stem, wanted) for stem in stems[word])}


def _fits(stem: str, wanted: Mapping[str, bool]) -> bool:
    return stem in wanted or any(open_ended and stem.startswith(start) for start, open_ended in wanted.items())


def _counts(queries: Mapping[str, str], day: datetime.date | None) -> dict[str, int]:
    """For each word (with its query): how many SOPs in force hold it, at most COUNTED."""
    values: dict[str, Any] = {"terms": list(queries), "queries": list(queries.values()), "day": day or clock.today()}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values | {"counted": COUNTED})
        return dict(cursor.fetchall())


def _corrections(unknown: Iterable[str], day: datetime.date | None) -> dict[str, tuple[str, int]]:
    """For words that no SOP in force holds: the word most likely meant and how many hold it, if any is alike."""
    wrong = [term for term in unknown if len(term) >= SHORTEST and not term.isdecimal()]
    if not wrong:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NEIGHBOURS, {"terms": wrong})
        near = [(_likeness(term, word), term, word) for term, word in cursor.fetchall()]
    near = sorted((row for row in near if row[0] >= ALIKE), key=lambda row: (-row[0], row[2]))
    counts = _counts({word: word for _likeness, _term, word in near}, day) if near else {}
    found: dict[str, tuple[str, int]] = {}
    for _like, term, word in near:
        if counts[word]:
            found.setdefault(term, (word, counts[word]))
    return found


def _likeness(one: str, other: str) -> float:
    """0 to 1; letters that sound alike count almost as the same."""
    written = _ratio(one, other)
    return max(written, 0.97 * _ratio(one.translate(SOUNDS), other.translate(SOUNDS)))


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def _rewritten(typed: str, instead: Mapping[str, str]) -> str:
    if not instead:
        return typed
    return re.sub(r"[^\W_]+", lambda found: instead.get("".join(terms_of(found[0])), found[0]), typed)


def _lexemes(term: str, weight: str = "") -> str:
    """A word as PostgreSQL reads it in a query: its stem, or anything that begins with it."""
    exact = f"{term}:{weight}" if weight else term
    return f"{exact} | {term}:*{weight}" if len(term) > 2 else exact


def _holding(asked: Question) -> QuerySet[SearchEntry]:
    """Entries with enough of the words: both of two; half of more, since people add what an SOP puts otherwise."""
    each = [f"({_lexemes(term)})" for term in asked.terms]
    needed = 1 if asked.any_word else len(each) if len(each) < 3 else (len(each) + 1) // 2
    if needed in (1, len(each)):
        return SearchEntry.objects.filter(words=_query((" | " if needed == 1 else " & ").join(each)))
    some = SearchEntry.objects.filter(words=_query(" | ".join(each)))
    held = [Case(When(words=_query(word), then=Value(1)), default=Value(0)) for word in each]
    return some.alias(held=_sum(held)).filter(held__gte=needed)


def _query(words: str) -> SearchQuery:
    return SearchQuery(words, config="indonesian", search_type="raw")


def _rarity(versions: int) -> float:
    """A word that few SOPs hold says more: 1 for one SOP, a tenth for some hundreds."""
    return round(1 / (1 + math.log2(max(versions, 1))), 4)


def _worse(asked: Question) -> Cast:
    words = F("search_entry__words")
    fits: list[Combinable] = [
        Coalesce(SearchRank(words, _query(_lexemes(term)), weights=WEIGHTS), Value(0.0)) * Value(_rarity(versions))
        for term, versions in asked.terms.items()
    ]
    brought = [When(sop_id=s.sop_id, then=Value(0.4 - 0.1 * n)) for n, s in enumerate(asked.services)]
    if brought:
        fits.append(Case(*brought, default=Value(0.0), output_field=FloatField()))
    name = Coalesce(NullIf(F("name"), Value("")), F("sop__name"))
    fits.append(TrigramSimilarity(name, asked.shown) * Value(0.5))
    return Cast(Round(_sum(fits) * Value(-SCALE)), IntegerField())


def _sum(expressions: Sequence[Combinable]) -> Combinable:
    total = expressions[0]
    for expression in expressions[1:]:
        total = total + expression
    return total
