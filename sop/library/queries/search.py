"""Full-text search in the public library, with Indonesian stems and tolerance for spelling mistakes.

The database maintains the index (``sop.models.search``). Whether a version is in force is checked in every search.
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

# Words without meaning for the search; in the library, every result is an SOP.
SAYS_NOTHING = STOP_WORDS | {"sop", "prosedur", "standar", "operasional"}
# Minimum similarity (difflib's ratio) of the word that replaces a mistyped one, and minimum length of the latter.
ALIKE, SHORTEST = 0.75, 4
# Letters that are often confused: ijasah, izazah; aktip, aktiv.
SOUNDS = str.maketrans("zjvf", "sspp")
# Number of services that match the question and whose SOPs are added to the results; more would be noise.
SERVICES = 3
# Weight of a word by its place: the rest; activities, outputs, actors; number and unit; name.
WEIGHTS = [0.1, 0.3, 0.5, 1.0]
SCALE = 100_000
# Rare words weigh more. Versions with a word are counted up to this number.
COUNTED = 300

# The number of SOPs in force that contain each word (up to COUNTED), and the most similar words of the index.
_HOLDING = """SELECT 1 FROM sop_searchentry e JOIN sop_sopversion v ON v.id = e.version_id
    WHERE e.words @@ to_tsquery('indonesian', question.query) AND v.state = 'published'
    AND v.effective_from <= %(day)s AND (v.effective_to IS NULL OR v.effective_to > %(day)s) LIMIT %(counted)s"""
_COUNTS = f"""
SELECT question.term, (SELECT count(*) FROM ({_HOLDING}) AS containing)
FROM unnest(%(terms)s::text[], %(queries)s::text[]) AS question (term, query)
"""
_NEIGHBOURS = """
SELECT question.term, near.word FROM unnest(%(terms)s::text[]) AS question (term) CROSS JOIN LATERAL (
    SELECT w.word FROM sop_searchword w ORDER BY w.word <-> question.term LIMIT 20
) AS near
"""


class WithRank(TypedDict):
    """``worse``: rank of a result; the best one has the lowest."""

    worse: int


@dataclass(frozen=True)
class SearchQuestion:
    """A search question.

    ``entered``: the question as entered, with whitespace normalised. ``terms``: the words searched for, with the number
    of SOPs in force that contain each. ``shown``: the question that is answered; it differs from ``entered`` if words
    were corrected. ``services``: services that match the question. ``any_word``: a single matching word is enough.
    """

    entered: str
    terms: dict[str, int] = field(default_factory=dict)
    shown: str = ""
    services: tuple[ports.ServiceOnSop, ...] = ()
    any_word: bool = False

    @property
    def corrected(self) -> bool:
        return self.shown != self.entered

    def __bool__(self) -> bool:
        return bool(self.entered)


def parse_question(entered: str, *, exact: bool = False, day: datetime.date | None = None) -> SearchQuestion:
    """Analyse a question as entered.

    A word that no SOP in force contains is replaced with the most similar one that some SOP contains, unless
    ``exact`` is set. Takes at most five queries.
    """
    entered = normalised_query(entered)
    terms = terms_of(entered, without=SAYS_NOTHING)
    if not terms:
        return SearchQuestion(entered, shown=entered)
    known = _counts({term: _lexemes(term) for term in terms}, day)
    instead = {} if exact else _corrections([term for term in terms if not known[term]], day)
    found = dict(instead.get(term, (term, known[term])) for term in terms)
    services = tuple(ports.services_on_sops(entered)[:SERVICES])
    shown = _rewritten(entered, {term: better for term, (better, _found) in instead.items()})
    return SearchQuestion(entered, found, shown, services)


def answers(
    versions: QuerySet[SopVersion], question: SearchQuestion
) -> "QuerySet[WithAnnotations[SopVersion, WithRank]]":
    """The versions that match a question, annotated with ``worse``."""
    if not question.terms:
        return versions.none().annotate(worse=Value(0))
    matching = _holding(question).values("version_id")
    brought = [service.sop_id for service in question.services]
    return versions.filter(Q(pk__in=matching) | Q(sop_id__in=brought)).annotate(worse=_worse(question))


def relaxed(question: SearchQuestion) -> SearchQuestion:
    """The same question, for which a single matching word is enough."""
    return replace(question, any_word=True)


def passages_for(version_ids: Iterable[int], question: SearchQuestion) -> dict[int, Passage]:
    """The best matching passage of each version, other than name, number and unit, by version id. Takes one query."""
    if not question.terms:
        return {}
    words = " | ".join(_lexemes(term) for term in question.terms)
    found = Passage.objects.filter(version_id__in=list(version_ids), words=_query(words))
    found = found.exclude(place__in=[Passage.Place.NAME, Passage.Place.NUMBER, Passage.Place.UNIT])
    fits = [
        Case(When(words=_query(_lexemes(t)), then=Value(_rarity(n))), default=Value(0.0))
        for t, n in question.terms.items()
    ]
    # Steps are more relevant than the identity block, which wins only with a rarer word.
    in_step = Case(When(place=Passage.Place.ACTIVITY, then=Value(0.35)), When(step_no__isnull=False, then=Value(0.3)))
    found = found.annotate(fit=_sum(fits) + Coalesce(in_step, Value(0.0)))
    best = found.order_by("version_id", "-fit", "pk").distinct("version_id")
    return {passage.version_id: passage for passage in best.defer("words")}


def words_that_fit(words: Iterable[str], question: SearchQuestion) -> set[str]:
    """Those of the words (a to z, digits) that match a word of the question. Takes one query."""
    words = list(words)
    if not words or not question.terms:
        return set()
    with connection.cursor() as cursor:
        sql = "SELECT word, tsvector_to_array(to_tsvector('indonesian', word)) FROM unnest(%s::text[]) AS word"
        cursor.execute(sql, [list({*words, *question.terms})])
        stems = dict(cursor.fetchall())
    wanted = {stem: len(term) > 2 for term in question.terms for stem in stems[term]}
    return {word for word in words if any(_fits(stem, wanted) for stem in stems[word])}


def _fits(stem: str, wanted: Mapping[str, bool]) -> bool:
    return stem in wanted or any(open_ended and stem.startswith(start) for start, open_ended in wanted.items())


def _counts(queries: Mapping[str, str], day: datetime.date | None) -> dict[str, int]:
    """The number of SOPs in force that contain each word, at most COUNTED. ``queries``: tsquery by word."""
    values: dict[str, Any] = {"terms": list(queries), "queries": list(queries.values()), "day": day or clock.today()}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values | {"counted": COUNTED})
        return dict(cursor.fetchall())


def _corrections(unknown: Iterable[str], day: datetime.date | None) -> dict[str, tuple[str, int]]:
    """For unknown words, the most similar word that some SOP in force contains, with the number of these SOPs."""
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
    """The similarity of two words from 0 to 1. Letters that sound alike count almost as equal."""
    written = _ratio(one, other)
    return max(written, 0.97 * _ratio(one.translate(SOUNDS), other.translate(SOUNDS)))


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def _rewritten(entered: str, instead: Mapping[str, str]) -> str:
    if not instead:
        return entered
    return re.sub(r"[^\W_]+", lambda found: instead.get("".join(terms_of(found[0])), found[0]), entered)


def _lexemes(term: str, weight: str = "") -> str:
    """The tsquery of a word: its stem, or anything that starts with it."""
    exact = f"{term}:{weight}" if weight else term
    return f"{exact} | {term}:*{weight}" if len(term) > 2 else exact


def _holding(question: SearchQuestion) -> QuerySet[SearchEntry]:
    """Entries with enough of the words: all of one or two, at least half of more."""
    each = [f"({_lexemes(term)})" for term in question.terms]
    needed = 1 if question.any_word else len(each) if len(each) < 3 else (len(each) + 1) // 2
    if needed in (1, len(each)):
        return SearchEntry.objects.filter(words=_query((" | " if needed == 1 else " & ").join(each)))
    some = SearchEntry.objects.filter(words=_query(" | ".join(each)))
    matches = [Case(When(words=_query(word), then=Value(1)), default=Value(0)) for word in each]
    return some.alias(matches=_sum(matches)).filter(matches__gte=needed)


def _query(words: str) -> SearchQuery:
    return SearchQuery(words, config="indonesian", search_type="raw")


def _rarity(versions: int) -> float:
    """The weight of a word that is contained in so many versions: 1 for one version, a tenth for some hundreds."""
    return round(1 / (1 + math.log2(max(versions, 1))), 4)


def _worse(question: SearchQuestion) -> Cast:
    words = F("search_entry__words")
    fits: list[Combinable] = [
        Coalesce(SearchRank(words, _query(_lexemes(term)), weights=WEIGHTS), Value(0.0)) * Value(_rarity(versions))
        for term, versions in question.terms.items()
    ]
    brought = [When(sop_id=s.sop_id, then=Value(0.4 - 0.1 * n)) for n, s in enumerate(question.services)]
    if brought:
        fits.append(Case(*brought, default=Value(0.0), output_field=FloatField()))
    name = Coalesce(NullIf(F("name"), Value("")), F("sop__name"))
    fits.append(TrigramSimilarity(name, question.shown) * Value(0.5))
    return Cast(Round(_sum(fits) * Value(-SCALE)), IntegerField())


def _sum(expressions: Sequence[Combinable]) -> Combinable:
    total = expressions[0]
    for expression in expressions[1:]:
        total = total + expression
    return total
