"""The key facts of a service in words: what to bring, how long it took, when nobody has to come."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.deadlines.queries.statistics import observed_time
from services.fields.show_if import leaves, words_of
from services.models import Requirement, Service

from .queries.catalogue import requirements_of
from .standard import asks_for_stamp_duty, cases_not_needed


def facts_of(service: Service, requirements: list[Requirement] | None = None) -> dict[str, Any]:
    """Return the context shared by page and poster: the key facts, the checklist, and when not to come.

    ``requirements``: those to show instead of the service's own.
    """
    requirements = requirements_of(service) if requirements is None else requirements
    return {
        "service": service,
        "requirements": [(requirement, words_of(requirement.show_if)) for requirement in requirements],
        "to_bring": _to_bring(requirements),
        "observed": observed_time(service) if service.working_days is not None else None,
        "stamp_duty": asks_for_stamp_duty(requirements),
        "not_needed": cases_not_needed(service),
    }


def _to_bring(requirements: list[Requirement]) -> str:
    """Return the text of the first tile: how many files to upload and how many originals to bring."""
    kinds, needed = Requirement.Kind, [r for r in requirements if r.required and r.kind != Requirement.Kind.CONDITION]
    uploads = _most_applicable(r for r in needed if r.kind == kinds.UPLOAD)
    originals = _most_applicable(r for r in needed if r.kind == kinds.ORIGINAL)
    counted = [
        (uploads, ngettext("%(n)d berkas", "%(n)d berkas", uploads)),
        (originals, ngettext("%(n)d dokumen asli", "%(n)d dokumen asli", originals)),
    ]
    words = ", ".join(words % {"n": number} for number, words in counted if number)
    if words and any(requirement.show_if for requirement in needed):
        return _("Paling banyak %(papers)s") % {"papers": words}
    return words or _("Tidak ada yang wajib")


def _most_applicable(requirements: Iterable[Requirement]) -> int:
    """Return the largest number of the requirements that can apply to one person.

    Requirements for different answers to the same question exclude each other, so only the largest group counts.
    """
    unconditional = 0
    by_answer: dict[str, Counter[str]] = {}
    for requirement in requirements:
        asked = list(leaves(requirement.show_if))
        # One answer alone excludes others; of several conditions it is not known which hold together.
        if len(asked) == 1 and isinstance(asked[0][1], list):
            by_answer.setdefault(asked[0][0], Counter()).update(asked[0][1])
        else:
            unconditional += 1
    return unconditional + sum(max(counter.values()) for counter in by_answer.values())
