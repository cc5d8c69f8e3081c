"""The opening balance: last numbers, SOPs in force, requests that run on paper."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from services.applying.actions.from_paper import record_paper_request
from services.applying.queries import requests_from_paper
from sop.approval.actions.on_paper import declare_in_force
from sop.approval.queries.opening import declarable_versions
from ula_portal.core import clock
from ula_portal.core.data.numbering import last_numbers
from ula_portal.core.data.pagination import paginate
from ula_portal.core.journal.actors import staff
from ula_portal.core.office.actions.numbers import continue_numbers
from ula_portal.core.security.access import StaffRequest, allowed
from ula_portal.core.verbs.errors import Refused

from ..balance_forms import DecreeForm, NumbersForm, PaperRequestForm, PastedForm, PastedRow
from ..balance_steps import BALANCE
from ..pages import show_step
from ..permissions import may_set_up

PAGE = 50


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def balance(request: StaffRequest) -> HttpResponse:
    """The last numbers on paper, and the ways to the other parts."""
    year = clock.today().year
    form = NumbersForm(request.POST if request.method == "POST" else None, last=last_numbers(year))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                for series, last in form.cleaned_data.items():
                    if last is not None:
                        continue_numbers(series, by=staff(request.user), last=last)
        except Refused as refused:
            _say(form, refused)
        else:
            messages.success(request, _("Nomor terakhir tersimpan."))
            return redirect("opening_balance")
    context = {"form": form, "year": year}
    return show_step(request, BALANCE.key, "opening/balance.html", context, status=422 if form.errors else 200)


def _say(form: forms.Form, refused: Refused) -> None:
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sops(request: StaffRequest) -> HttpResponse:
    """SOPs that are in force already, with their decree. Each is declared for itself; refused ones stay, with why."""
    form = DecreeForm(request.POST if request.method == "POST" else None)
    refusals: dict[int, str] = {}
    if request.method == "POST" and form.is_valid():
        done = 0
        for version in form.cleaned_data["versions"]:
            try:
                declare_in_force(version, by=staff(request.user), paper=form.paper())
                done += 1
            except Refused as refused:
                if refused.field:
                    _say(form, refused)
                    break
                refusals[version.pk] = str(refused)
        if done:
            words = ngettext("%(n)s SOP dicatat berlaku.", "%(n)s SOP dicatat berlaku.", done)
            messages.success(request, words % {"n": done})
        if not refusals and not form.errors:
            return redirect("opening_balance_sops")
    page = paginate(declarable_versions(), [("sop__name", False), ("pk", False)], request.GET.get("hal"), PAGE)
    chosen = {str(each) for each in form["versions"].value() or []} if form.is_bound else set()
    rows = [(version, str(version.pk) in chosen, refusals.get(version.pk, "")) for version in page.rows]
    context = {"form": form, "rows": rows, **_links(page)}
    return show_step(request, BALANCE.key, "opening/balance_sops.html", context, status=422 if form.errors else 200)


def _links(page: Any) -> dict[str, str | None]:
    return {
        "next_url": page.next and f"?hal={page.next}",
        "prev_url": page.previous and f"?hal={page.previous}",
    }


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def requests(request: StaffRequest) -> HttpResponse:
    """Requests that run on paper, typed one by one or pasted; below, those that were recorded, to print their codes."""
    pasting = request.POST.get("do") == "paste"
    posted = request.POST if request.method == "POST" else None
    form = PaperRequestForm(None if pasting else posted)
    pasted = PastedForm(posted if pasting else None)
    bad: list[PastedRow] = []
    done = 0
    if posted is not None and pasting and pasted.is_valid():
        rows = pasted.read()
        done, bad = _record_rows(request, rows)
        if not rows:
            pasted.add_error("rows", _("Tempelkan paling sedikit satu baris."))
    elif posted is not None and not pasting and form.is_valid():
        done = _record(request, form, form.cleaned_data["key"])
    if done:
        words = ngettext("%(n)s permohonan dicatat.", "%(n)s permohonan dicatat.", done)
        messages.success(request, words % {"n": done})
        return redirect("opening_balance_requests")
    page = paginate(requests_from_paper(), [("pk", True)], request.GET.get("hal"), PAGE)
    context = {"form": form, "pasted": pasted, "bad": bad, "recorded": page.rows, **_links(page)}
    status = 422 if form.errors or pasted.errors or bad else 200
    return show_step(request, BALANCE.key, "opening/balance_requests.html", context, status=status)


def _record(request: StaffRequest, form: PaperRequestForm, key: str = "") -> int:
    try:
        record_paper_request(form.cleaned_data["service"], by=staff(request.user), paper=form.paper, key=key)
    except Refused as refused:
        _say(form, refused)
        return 0
    return 1


def _record_rows(request: StaffRequest, rows: list[PastedRow]) -> tuple[int, list[PastedRow]]:
    """Record all rows, or none if any is refused. Returns how many, and the refused ones."""
    with transaction.atomic():
        done = sum(_record(request, row.form) for row in rows if row.form.is_valid())
        bad = [row for row in rows if row.form.errors]
        if bad:
            transaction.set_rollback(True)
    return (0, bad) if bad else (done, [])
