"""What a step of the set-up is, and the gaps it may have."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ula_portal.core.models import Office
from ula_portal.core.text.badges import Badge

# Rows are counted up to here.
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Gap:
    """A sentence about what is missing. ``url``: where it is mended; "" if that is the page of the step, or no page.

    ``advised``: the office can open without it, so the step counts as complete.
    """

    words: StrOrPromise
    url: str = ""
    advised: bool = False


@dataclass(frozen=True)
class Found:
    """What the steps read: the office's row, and how many rows of each name in ``Step.rows`` there are."""

    office: Office
    counts: Mapping[str, int]

    def __getitem__(self, name: str) -> int:
        return self.counts[name]


@dataclass(frozen=True)
class Step:
    """A part of the office that is set up, and may be changed later.

    ``url_name``: its page; "" if it is not mended in the portal. ``rows()``: querysets by name, of which ``found``
    has the numbers; names are unique among all steps. ``gaps(found)``: what is missing. ``summary(found)``: what is
    there, in a few words.
    """

    key: str
    title: StrOrPromise
    url_name: str
    gaps: Callable[[Found], Iterator[Gap]]
    summary: Callable[[Found], StrOrPromise]
    rows: Callable[[], Mapping[str, QuerySet[Any, Any]]] = dict

    @property
    def url(self) -> str:
        return reverse(self.url_name) if self.url_name else ""


@dataclass(frozen=True)
class StepNow:
    """A step as it stands. ``state``: done, now (the first that is not) or next."""

    step: Step
    state: str
    gaps: list[Gap]
    summary: StrOrPromise

    @property
    def title(self) -> StrOrPromise:
        return self.step.title

    @property
    def url(self) -> str:
        return self.step.url

    @property
    def advised(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.advised]

    @property
    def badge(self) -> Badge:
        if self.state == "done":
            return Badge("good", _("Lengkap"))
        return Badge("warn" if self.state == "now" else "neutral", _("Belum lengkap"))
