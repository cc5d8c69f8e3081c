"""The page of all ways through a draft: which answers lead to which questions, and how long each way takes."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from services.fields.ways import FormWays, Way, ways_through
from services.models import FormVersion

from .page import Listed, draft_page, render_page


@dataclass(frozen=True)
class WayRow:
    """A way with the labels of its questions, and its time in words. ``others``: not shown on every way."""

    way: Way
    number: int
    time: str
    count: int
    others: list[str]


@require_safe
@draft_page
def form_ways(request: HttpRequest, version: FormVersion) -> HttpResponse:
    """All ways through the form, the shortest first; of a form with errors, only these."""
    listed = Listed(version)
    found = FormWays(()) if listed.errors else ways_through(listed.form.definitions)
    context = {"version": version, "listed": listed, "ways": _rows(listed, found.ways), "too_many": found.too_many}
    return render_page(request, version.service, "ways.html", context)


def _rows(listed: Listed, ways: tuple[Way, ...]) -> list[WayRow]:
    labels = {field.name: field.label for field in listed.form.definitions}
    everywhere = set(labels).intersection(*(way.fields for way in ways)) if ways else set()
    return [
        WayRow(
            way,
            number,
            _minutes(way.seconds),
            len(way.fields),
            [labels[name] for name in way.fields if name not in everywhere],
        )
        for number, way in enumerate(sorted(ways, key=lambda way: way.seconds), 1)
    ]


def _minutes(seconds: int) -> str:
    return _("sekitar %(n)s menit") % {"n": max(round(seconds / 60), 1)}
