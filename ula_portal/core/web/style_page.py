"""The style page of staff: every component in all its states."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ula_portal.core.security.access import StaffRequest, staff_required

_EXAMPLES = Path(settings.BASE_DIR) / "templates/components/examples"


@dataclass(frozen=True)
class Example:
    """A template that shows one component; ``sample``: the data of the JSON file beside it, else None."""

    name: str
    template: str
    sample: Any


@staff_required
@require_safe
def style_page(request: StaffRequest) -> HttpResponse:
    """Every component in all its states, one template of ``templates/components/examples/`` for each."""
    return render(request, "core/web/style_page.html", {"examples": _examples()})


@cache
def _examples() -> list[Example]:
    return [
        Example(path.stem, f"components/examples/{path.name}", _sample(path.with_suffix(".json")))
        for path in sorted(_EXAMPLES.glob("*.html"))
    ]


def _sample(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
