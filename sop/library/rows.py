"""The rows of the public library's list, with highlighted hits."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sop.models import Passage, SopVersion
from ula_portal.core import ports
from ula_portal.core.data.batched_counts import count_in_one_query

from .highlight import excerpt, index_words, marked
from .queries import library, search

# Results are counted up to this number; beyond it, the list shows "more than".
COUNTED = 1000


@dataclass(frozen=True)
class LibraryRow:
    """A row of the list. ``title``, ``number``, ``services`` (names) and ``excerpt`` are HTML with highlighted hits.

    ``place``: where the excerpt comes from, in words.
    """

    version: SopVersion
    title: SafeString
    number: SafeString
    services: list[SafeString]
    place: str = ""
    excerpt: SafeString | str = ""


@dataclass(frozen=True)
class SearchResult:
    """The result of a search. ``versions``: query set of the matches; ``total``: their number, at most COUNTED + 1.

    ``elsewhere``: the number of matches that the filters exclude; 0 without a question.
    """

    question: search.SearchQuestion
    versions: QuerySet[SopVersion]
    total: int
    elsewhere: int = 0

    @property
    def more(self) -> bool:
        return self.total > COUNTED


def find_versions(question: search.SearchQuestion, unit_code: str = "", sop_id: int | None = None) -> SearchResult:
    """The versions in force that match a question, limited to a unit and an SOP if these are given.

    If nothing in the whole library matches, a single matching word is enough.
    """
    versions = library.public_versions(unit_code, sop_id)
    if not question:
        (total,) = _counts(versions)
        return SearchResult(question, versions, total)
    everywhere = library.public_versions()
    everything, total = _counts(search.answers(everywhere, question), search.answers(versions, question))
    if not everything and len(question.terms) > 1:
        question = search.relaxed(question)
        everything, total = _counts(search.answers(everywhere, question), search.answers(versions, question))
    return SearchResult(question, search.answers(versions, question), total, everything - total)


def rows(
    versions: list[SopVersion], question: search.SearchQuestion, services: list[ports.ServiceOnSop]
) -> list[LibraryRow]:
    """A page of versions as rows. Takes two queries if there is a question, else none."""
    passages = search.passages_for([version.pk for version in versions], question)
    texts = [version.title for version in versions] + [version.sop.number for version in versions]
    names = [service.name for service in services]
    found_texts = [passage.text for passage in passages.values()]
    hits = search.words_that_fit(index_words(*texts, *names, *found_texts), question)
    return [_row(version, passages.get(version.pk), hits, services) for version in versions]


def _row(
    version: SopVersion, passage: Passage | None, hits: set[str], services: Collection[ports.ServiceOnSop]
) -> LibraryRow:
    standing_on = [marked(service.name, hits) for service in services if service.sop_id == version.sop_id]
    title, number = marked(version.title, hits), marked(version.sop.number, hits)
    if passage is None:
        return LibraryRow(version, title, number, standing_on)
    return LibraryRow(version, title, number, standing_on, _where(passage), excerpt(passage.text, hits))


def _where(passage: Passage) -> str:
    place = Passage.Place(passage.place)
    if passage.step_no is None:
        return str(place.label)
    if place == Passage.Place.ACTIVITY:
        return _("Langkah %(no)s") % {"no": passage.step_no}
    return _("Langkah %(no)s, %(part)s") % {"no": passage.step_no, "part": str(place.label).lower()}


def _counts(*found: QuerySet[SopVersion]) -> Collection[int]:
    """The number of versions in each query set, at most COUNTED + 1. Takes one query."""
    return count_in_one_query({number: (versions, COUNTED + 1) for number, versions in enumerate(found)}).values()
