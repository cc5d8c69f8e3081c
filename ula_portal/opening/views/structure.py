"""The pages of units and of positions: what the office has, and three ways to add more."""

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Position, Unit
from ula_portal.core.office.actions.structure import Added, add_positions, add_units
from ula_portal.core.office.queries import names_in_office
from ula_portal.core.security.access import StaffRequest, allowed
from ula_portal.core.verbs.errors import Refused

from ..pages import show_step
from ..people_steps import UNITS as STEP
from ..permissions import may_set_up
from ..structure_forms import EMPTY_ROWS, POSITIONS, UNITS, Kind, Table

WAYS = {
    "tulis": gettext_lazy("Tulis"),
    "tempel": gettext_lazy("Tempel dari lembar kerja"),
    "baku": gettext_lazy("Pilih dari struktur umum"),
}


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def units(request: StaffRequest) -> HttpResponse:
    """The units as a tree, each with the position that heads it."""
    return _page(request, UNITS, "opening_units", "opening/units.html")


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def positions(request: StaffRequest) -> HttpResponse:
    """The positions by unit, each with who holds it."""
    return _page(request, POSITIONS, "opening_positions", "opening/positions.html")


def _page(request: StaffRequest, kind: Kind, name: str, template: str) -> HttpResponse:
    asked = request.POST.get("cara") or request.GET.get("cara") or ""
    # The heads came with their units.
    there = Unit.objects.all() if kind is UNITS else Position.objects.filter(heads_unit=False)
    way = asked if asked in WAYS else "tulis" if there.exists() else "baku"
    table, status, pasted = Table(kind, way), 200, ""
    if request.method == "POST":
        status = 422
        do = request.POST.get("do", "save")
        if do == "paste":
            pasted = request.POST.get("text", "")
            try:
                table = Table.pasted(kind, pasted)
            except csv.Error:
                messages.error(request, _("Teks ini tidak terbaca. Salin lagi selnya, lalu tempel."))
            else:
                status = 200 if table.check() else 422
        elif do == "more":
            table, status = Table(kind, way, request.POST, EMPTY_ROWS), 200
        else:
            table = Table(kind, way, request.POST)
            if _save(request, kind, table):
                # With a fragment of its own, else browsers keep that of the form.
                return redirect(f"{reverse(name)}#isi")
    context = {
        "kind": kind.usual,
        "table": table,
        "way": way,
        "ways": [{"label": label, "url": f"?cara={key}#tambah", "active": key == way} for key, label in WAYS.items()],
        "pasted": pasted,
        "shows_table": way != "tempel" or request.method == "POST",
        "rows": _unit_rows(table.units) if kind is UNITS else _position_rows(),
    }
    return show_step(request, STEP.key, template, context, status=status)


def _save(request: StaffRequest, kind: Kind, table: Table) -> bool:
    """Add the rows of a correct table. Whether they were added; else the page says why not."""
    rows: Any = table.check()
    if rows is None:
        return False
    if not rows:
        messages.error(request, _("Belum ada baris yang terisi."))
        return False
    try:
        added = (add_units if kind is UNITS else add_positions)(rows, by=staff(request.user))
    except Refused as error:
        messages.error(request, str(error))
        return False
    messages.success(request, _words_of(added))
    return True


def _words_of(added: Added) -> str:
    words = []
    if added.units:
        words.append(ngettext("%(n)s unit ditambahkan.", "%(n)s unit ditambahkan.", added.units) % {"n": added.units})
    if added.positions:
        counted = ngettext("%(n)s jabatan ditambahkan.", "%(n)s jabatan ditambahkan.", added.positions)
        words.append(counted % {"n": added.positions})
    if added.known:
        counted = ngettext("%(n)s baris sudah ada dan dilewati.", "%(n)s baris sudah ada dan dilewati.", added.known)
        words.append(counted % {"n": added.known})
    return " ".join(words)


def _unit_rows(units: list[Unit]) -> list[dict[str, Any]]:
    """The units in the order of the tree, with depth and head. One query."""
    heads = {each.unit_id: each for each in Position.objects.filter(heads_unit=True)}
    below: dict[int | None, list[Unit]] = {}
    for unit in units:
        below.setdefault(unit.parent_id, []).append(unit)
    rows: list[dict[str, Any]] = []

    def walk(parent: int | None, depth: int) -> None:
        for unit in below.get(parent, ()):
            address = reverse("admin:core_unit_change", args=[unit.pk])
            rows.append({"unit": unit, "depth": min(depth, 4), "head": heads.get(unit.pk), "url": address})
            walk(unit.pk, depth + 1)

    walk(None, 0)
    return rows


def _position_rows() -> list[dict[str, Any]]:
    """The positions by unit, the head first. One query."""
    found = Position.objects.select_related("unit", "superior").annotate(names=names_in_office(clock.today()))
    return [
        {"position": each, "url": reverse("admin:core_position_change", args=[each.pk])}
        for each in found.order_by("unit__name", "-heads_unit", "name")
    ]
