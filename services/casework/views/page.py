"""The page of a case for one person: what it shows, and the forms of the verbs that apply now."""

from functools import cached_property
from typing import Any

from ..verbs import PLACES, VERBS, CaseForm, CaseVerb
from .shown import ShownCase


class CasePage(ShownCase):
    """A case with the forms of the verbs that this person may use on it."""

    @cached_property
    def verbs_by_place(self) -> dict[str, list[CaseVerb]]:
        """The verbs whose forms are on the page, by place. Verbs without a place are left out: they cost queries."""
        found: dict[str, list[CaseVerb]] = {place: [] for place in PLACES}
        for verb in VERBS.values():
            if verb.place and verb.shown(self):
                found[verb.place_on(self)].append(verb)
        return found

    @property
    def shown_verbs(self) -> list[CaseVerb]:
        return [verb for verbs in self.verbs_by_place.values() for verb in verbs]

    def form(self, verb: CaseVerb, data: Any = None, **more: Any) -> CaseForm:
        """The form of a verb, bound if ``data`` is given. The prefix of its ids keeps them unique on the page."""
        return verb.form(data, page=self, **{"auto_id": f"{verb.slug}_%s", **more})
