"""The public library's list: rows with what was found where, marked."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sop.models import Passage, SopVersion
from ula_portal.core import ports
from ula_portal.core.data.batched_counts import count_in_one_query

from .highlight import excerpt, marked, words_of
from .queries import library, search

# Beyond this the list says "more than".
COUNTED = 1000


@dataclass(frozen=True)
class Row:
    """``title``, ``number``, ``services`` (names) and ``said``: HTML with marks; ``where``: of ``said``, in words."""

    version: SopVersion
    title: SafeString
    number: SafeString
    services: list[SafeString]
    where: str = ""
    said: SafeString | str = ""


@dataclass(frozen=True)
class Found:
    """``versions``: query set of the answers; ``total``: their number, at most COUNTED + 1; ``elsewhere``: answers that
    the filters keep out, counted alike (0 when nothing was asked)."""

    asked: search.Question
    versions: QuerySet[SopVersion]
    total: int
    elsewhere: int = 0

    @property
    def more(self) -> bool:
        return self.total > COUNTED


def find(asked: search.Question, unit_code: str = "", sop_id: int | None = None) -> Found:
    """Versions in force that answer, of a unit and an SOP when given.

    One of the words is enough only where nothing in the whole library holds more.
    """
    versions = library.public_versions(unit_code, sop_id)
    if not asked:
        (total,) = _counts(versions)
        return Found(asked, versions, total)
    everywhere = library.public_versions()
    everything, total = _counts(search.answers(everywhere, asked), search.answers(versions, asked))
    if not everything and len(asked.terms) > 1:
        asked = search.relaxed(asked)
        everything, total = _counts(search.answers(everywhere, asked), search.answers(versions, asked))
    return Found(asked, search.answers(versions, asked), total, everything - total)


def rows(versions: list[SopVersion], asked: search.Question, services: list[ports.ServiceOnSop]) -> list[Row]:
    """A page of versions as rows. Two queries when something was asked, else none."""
    passages = search.passages_for([version.pk for version in versions], asked)
    texts = [version.title for version in versions] + [version.sop.number for version in versions]
    names = [service.name for service in services]
    said = [passage.text for passage in passages.values()]
    hits = search.words_that_fit(words_of(*texts, *names, *said), asked)
    return [_row(version, passages.get(version.pk), hits, services) for version in versions]


def _row(version: SopVersion, passage: Passage | None, hits: set[str], services: Collection[ports.ServiceOnSop]) -> Row:
    standing_on = [marked(service.name, hits) for service in services if service.sop_id == version.sop_id]
    title, number = marked(version.title, hits), marked(version.sop.number, hits)
    if passage is None:
        return Row(version, title, number, standing_on)
    return Row(version, title, number, standing_on, _where(passage), excerpt(passage.text, hits))


def _where(passage: Passage) -> str:
    place = Passage.Place(passage.place)
    if passage.step_no is None:
        return str(place.label)
    if place == Passage.Place.ACTIVITY:
        return _("Langkah %(no)s") % {"no": passage.step_no}
    return _("Langkah %(no)s, %(part)s") % {"no": passage.step_no, "part": str(place.label).lower()}


def _counts(*found: QuerySet[SopVersion]) -> Collection[int]:
    """How many versions each query set has, counted no further than needed. One query."""
    return count_in_one_query({number: (versions, COUNTED + 1) for number, versions in enumerate(found)}).values()
