"""Numbers on paper for power or network failures, and entering them afterwards."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.security.access import allowed
from ula_portal.core.verbs.errors import Refused
from visitors import permissions
from visitors.checkin import queries as checkin
from visitors.checkin.actions import paper
from visitors.places.queries import closures
from visitors.places.views import chosen_place

from ..forms import PaperEntryForm, PaperNumbersForm


@never_cache
@allowed(permissions.may_check_in)
@require_http_methods(["GET", "HEAD", "POST"])
def paper_numbers(request):
    """Recent sheets of reserved numbers, and a form that prints another one."""
    places = closures.locations()
    if not places:
        return render(request, "visitors/closing/checkin_no_counter.html")
    place = chosen_place(request, places)
    form = PaperNumbersForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sheet = paper.reserve_numbers(place, by=staff(request.user), **form.values())
            return redirect("paper_sheet", sheet.pk)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    sheets = checkin.paper_sheets(request.user, place)
    context = {"form": form, "place": place, "sheets": sheets, "today": clock.today(), "days": checkin.DAYS_TO_ENTER}
    return render(request, "visitors/desk/paper_numbers.html", context, status=422 if form.errors else 200)


@never_cache
@allowed(permissions.may_check_in)
@require_safe
def paper_sheet(request, pk):
    """The sheet: numbers to cut out, and lines for notes. For visitors, so always Indonesian."""
    sheet = _sheet(request, pk)
    with translation.override("id"):
        return render(request, "visitors/desk/paper_sheet.html", {"sheet": sheet})


@never_cache
@allowed(permissions.may_check_in)
@require_http_methods(["GET", "HEAD", "POST"])
def paper_enter(request, pk):
    """Enter one visitor of the sheet with the times written there."""
    sheet = _sheet(request, pk)
    entered = checkin.numbers_entered(sheet)
    left = [number for number in sheet.numbers if number not in entered]
    form = PaperEntryForm(request.POST or None, sheet=sheet, initial={"number": left[0] if left else None})
    if request.method == "POST" and form.is_valid():
        try:
            made = paper.enter_from_paper(sheet, by=staff(request.user), **form.values())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("%(label)s dicatat.") % {"label": made.ticket.label})
            return redirect("paper_enter", sheet.pk)
    context = {"form": form, "sheet": sheet, "entered": entered, "left": left}
    return render(request, "visitors/desk/paper_enter.html", context, status=422 if form.errors else 200)


def _sheet(request, pk):
    sheet = checkin.sheet_for_desk(request.user, pk)
    if sheet is None:
        raise Http404
    return sheet
