"""Search in the catalogue by Indonesian word stems and similar spellings, best matches first.

An office has at most a few hundred services, so each search computes the ranking from their texts (a few
milliseconds) instead of maintaining a search column.
"""

import difflib
import re

from django.db import connection

from services.models import Service
from ula_portal.core.text.search_terms import normalised_query, terms_of

# Minimal trigram similarity between a search term and a service's words to count as a misspelling.
MIN_SIMILARITY = 0.42

# Colloquial or misspelled words → the words catalogues use. Words for a single service belong in its "kata lain".
COLLOQUIAL_WORDS = {
    "izasah": "ijazah",
    "ijasah": "ijazah",
    "ijazh": "ijazah",
    "ijin": "izin",
    "ilang": "hilang",
    "kehilangan": "hilang",
    "kebakar": "terbakar",
    "sobek": "robek",
    "sklh": "sekolah",
    "skolah": "sekolah",
    "fotocopy": "fotokopi",
    "fotocopi": "fotokopi",
    "fc": "fotokopi",
    "jumpa": "bertemu",
    "ketemu": "bertemu",
    "kadis": "pejabat",
    "riset": "penelitian",
    "pkl": "magang",
    "ngajar": "mengajar",
    "hamil": "melahirkan",
    "benerin": "perbaikan",
    "betulkan": "perbaikan",
}
# Minimal similarity (difflib ratio, 1 for equal words) of a suggested word when a search finds nothing.
SUGGESTION_SIMILARITY = 0.6
MAX_SUGGESTIONS = 3

# Weights: words of name and synonyms 1, of official name and product 0.55, of texts 0.3; a misspelled word counts by
# its similarity. Rare words weigh more than words many services share. Services of this office rank above pages that
# point elsewhere.
RANKING = """
WITH terms AS (
    SELECT term, to_tsquery('indonesian', quote_literal(term)) AS exact,
        to_tsquery('indonesian', quote_literal(term) || ':*') AS begun
    FROM unnest(%(terms)s::text[]) AS term
), texts AS (
    SELECT id, kind, lower(name) AS name, synonyms,
        lower(code || ' ' || name || ' ' || array_to_string(synonyms, ' ')) AS short,
        setweight(to_tsvector('indonesian', code || ' ' || name || ' ' || array_to_string(synonyms, ' ')), 'A')
        || setweight(to_tsvector('indonesian', official_name || ' ' || product), 'B')
        || setweight(to_tsvector('indonesian', summary || ' ' || "where" || ' ' || after), 'C') AS words
    FROM services_service WHERE id = ANY(%(ids)s)
), found AS (
    SELECT texts.id, texts.kind, texts.name, texts.synonyms, terms.term, greatest(
        CASE WHEN ts_filter(words, '{a}') @@ exact THEN 1.0
             WHEN ts_filter(words, '{a}') @@ begun AND length(term) > 2 THEN 0.85
             WHEN ts_filter(words, '{b}') @@ exact THEN 0.55
             WHEN ts_filter(words, '{c}') @@ exact THEN 0.3 ELSE 0 END,
        CASE WHEN length(term) > 3 AND strict_word_similarity(term, short) >= %(min_similarity)s
             THEN 0.75 * strict_word_similarity(term, short) ELSE 0 END
    ) AS fit
    FROM texts CROSS JOIN terms
), weighed AS (
    SELECT *, fit * ln(1 + (SELECT count(*) FROM texts)::float
        / greatest(1, sum(CASE WHEN fit > 0.5 THEN 1 ELSE 0 END) OVER (PARTITION BY term))) AS weight
    FROM found
)
SELECT id, sum(weight)
    + CASE WHEN %(query)s = ANY(synonyms) OR %(query)s = name THEN 3 ELSE 0 END
    + similarity(%(query)s, name) - CASE WHEN kind = 'elsewhere' THEN 0.3 ELSE 0 END AS rank
FROM weighed GROUP BY id, kind, name, synonyms HAVING max(fit) > 0
ORDER BY rank DESC, id
"""


def ranked(services: list[Service], q: str) -> list[Service]:
    """Return the services that match a search, best first; all in the given order if it is empty. Runs one query."""
    query, terms = normalised_query(q), list(dict.fromkeys(COLLOQUIAL_WORDS.get(term, term) for term in terms_of(q)))
    if not terms:
        return services
    by_id = {service.pk: service for service in services}
    with connection.cursor() as cursor:
        cursor.execute(RANKING, {"terms": terms, "ids": list(by_id), "query": query, "min_similarity": MIN_SIMILARITY})
        rows = cursor.fetchall()
    best = rows[0][1] if rows else 0
    # Services that share only a common word with the search are noise next to a good match.
    return [by_id[pk] for pk, rank in rows if rank >= best * 0.25]


def suggestion_for(services: list[Service], q: str) -> tuple[str, list[Service]]:
    """Return a corrected search for one without results, and at most three services for it; ("", []) if there is none.

    Each typed word is replaced by the most similar word of the catalogue or dropped. Runs at most one query.
    """
    words = {word for service in services for word in re.findall(r"[a-z]{3,}", _searchable_words(service))}
    matches = (
        difflib.get_close_matches(term, words, 1, SUGGESTION_SIMILARITY) for term in terms_of(q) if len(term) > 2
    )
    suggestion = " ".join(dict.fromkeys(found[0] for found in matches if found))
    return (suggestion, ranked(services, suggestion)[:MAX_SUGGESTIONS]) if suggestion else ("", [])


def _searchable_words(service: Service) -> str:
    return " ".join([service.name, *service.synonyms]).lower()
