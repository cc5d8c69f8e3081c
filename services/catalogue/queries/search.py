"""Search in the catalogue: Indonesian word stems first, spelling mistakes next, best answers first.

The catalogue of an office has at most some hundred services, so their words are weighed at each search (some
milliseconds) instead of being kept in a column that could grow stale.
"""

import difflib
import re

from django.db import connection

from services.models import Service
from ula_portal.core.text.search_terms import terms_of, tidy

# How alike a word must be to one of the service's words to count as a spelling mistake of it.
ALIKE = 0.42

# What people say and type → what stands in catalogues. Words of a single service belong into its "kata lain".
SAID = {
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
# Words of the catalogue that count as meant when a question finds nothing; 1 is the same word.
MEANT = 0.6
NEAREST = 3

# Weights: words of name and synonyms 1, of official name and product 0.55, of texts 0.3; a mistyped word counts by its
# likeness. Rare words weigh more than those that many services share; what can be done here goes before pages that
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
        CASE WHEN length(term) > 3 AND strict_word_similarity(term, short) >= %(alike)s
             THEN 0.75 * strict_word_similarity(term, short) ELSE 0 END
    ) AS fit
    FROM texts CROSS JOIN terms
), weighed AS (
    SELECT *, fit * ln(1 + (SELECT count(*) FROM texts)::float
        / greatest(1, sum(CASE WHEN fit > 0.5 THEN 1 ELSE 0 END) OVER (PARTITION BY term))) AS weight
    FROM found
)
SELECT id, sum(weight)
    + CASE WHEN %(whole)s = ANY(synonyms) OR %(whole)s = name THEN 3 ELSE 0 END
    + similarity(%(whole)s, name) - CASE WHEN kind = 'elsewhere' THEN 0.3 ELSE 0 END AS rank
FROM weighed GROUP BY id, kind, name, synonyms HAVING max(fit) > 0
ORDER BY rank DESC, id
"""


def ranked(services: list[Service], q: str) -> list[Service]:
    """Those of the services that fit, best first; all of them as they came when nothing was typed. One query."""
    whole, terms = tidy(q), list(dict.fromkeys(SAID.get(term, term) for term in terms_of(q)))
    if not terms:
        return services
    by_id = {service.pk: service for service in services}
    with connection.cursor() as cursor:
        cursor.execute(RANKING, {"terms": terms, "ids": list(by_id), "whole": whole, "alike": ALIKE})
        found = cursor.fetchall()
    best = found[0][1] if found else 0
    # What shares only a common word with the question is noise beside a good answer.
    return [by_id[pk] for pk, rank in found if rank >= best * 0.25]


def nearest(services: list[Service], q: str) -> tuple[str, list[Service]]:
    """What was probably meant by a question that finds nothing, and at most three services for it; ("", []) without.

    The words typed are replaced by the nearest of the catalogue's own, others are dropped. At most one query.
    """
    words = {word for service in services for word in re.findall(r"[a-z]{3,}", _said_of(service))}
    close = (difflib.get_close_matches(term, words, 1, MEANT) for term in terms_of(q) if len(term) > 2)
    meant = " ".join(dict.fromkeys(found[0] for found in close if found))
    return (meant, ranked(services, meant)[:NEAREST]) if meant else ("", [])


def _said_of(service: Service) -> str:
    return " ".join([service.name, *service.synonyms]).lower()
