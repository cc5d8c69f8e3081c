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

from .charts import Bar, Chart, Kind, Part, Point, Promise, bar_chart, line_chart

_EXAMPLES = Path(settings.BASE_DIR) / "templates/components/examples"


@dataclass(frozen=True)
class Example:
    """A template that shows one component. ``sample``: its data, from the JSON file beside it or built here."""

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
    if path.stem == "chart":
        return _charts()
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _charts() -> list[Chart]:
    held = [
        ("Kepala Bidang Pembinaan Pendidikan Anak Usia Dini dan Pendidikan Nonformal", 6, 5, 1),
        ("Sekretaris", 3, 0, 2),
        ("BKPSDM", 0, 2, 0),
        ("Pengelola data", 0, 0, 0),
    ]
    bars = [
        Bar(
            label=name,
            text=str(on_time + late + asked),
            parts=(Part(Kind.ON_TIME, on_time), Part(Kind.LATE, late), Part(Kind.ASKED, asked)),
            cells=(str(on_time), str(late), str(asked)),
        )
        for name, on_time, late, asked in held
    ]
    days = [2.0, 2.5, None, 1.5, 3.5, 4.0, 3.0, 2.5]
    points = [
        Point(f"{number} November", value, f"{value} hari".replace(".", ",") if value else "belum ada")
        for number, value in enumerate(days, 1)
    ]
    return [
        bar_chart("Tertahan pada", bars, ("Jabatan", "Tepat waktu", "Lewat waktu", "Menunggu pemohon"), "held"),
        line_chart("Lama pelayanan", points, ("Tanggal", "Rata-rata"), Promise(3, "Janji 3 hari kerja")),
    ]
