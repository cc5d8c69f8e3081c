"""Finding schools in the register."""

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q

from services.models import School
from ula_portal.core.text.search_terms import terms_of

# How many schools a search shows.
SIZE = 10
# Shorter texts are similar to anything. ALIKE: the least word similarity (pg_trgm), 0 to 1.
SHORTEST, ALIKE = 4, 0.4


def school_by_npsn(npsn: str) -> School | None:
    """Return the school with this number, or None. One query, none for what cannot be a number."""
    npsn = npsn.strip().upper()
    if len(npsn) != 8 or not npsn.isalnum():
        return None
    return School.objects.filter(npsn=npsn).first()


def search_schools(text: str) -> list[School]:
    """Return up to ``SIZE`` schools by name, village, district or number, else similar ones. At most two queries."""
    terms = terms_of(text, without=frozenset())
    if not terms:
        return []
    condition = Q()
    for term in terms:
        condition &= Q(words__contains=f" {term}")
    found = list(School.objects.filter(condition).order_by("name", "npsn")[:SIZE])
    wanted = " ".join(terms)
    if found or len(wanted) < SHORTEST:
        return found
    alike = School.objects.annotate(alike=TrigramWordSimilarity(wanted, "words"))
    return list(alike.filter(alike__gte=ALIKE).order_by("-alike", "name")[:SIZE])


def known_places() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of all districts and of all villages with a school. One query."""
    rows = list(School.objects.order_by().values_list("district", "village").distinct())
    districts, villages = ({row[place] for row in rows if row[place]} for place in (0, 1))
    return tuple(sorted(districts)), tuple(sorted(villages))
