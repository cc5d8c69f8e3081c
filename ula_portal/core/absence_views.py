"""Who is away: staff note it for themselves, section heads for their people, administrators for everybody."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from . import clock, permissions, queries
from .absence_forms import AbsenceForm
from .access import staff_required
from .actions.absences import end_absence, note_absence
from .errors import NotAllowed, Refused


@staff_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request):
    """The absences that are not over, and the form for another."""
    people, everybody = _people_of(request.user)
    form = AbsenceForm(request.POST or None, people=people, deputies=everybody)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                absence = note_absence(request.user, **form.noted)
            except Refused as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, _("Ketidakhadiran %(name)s dicatat.") % {"name": absence.user})
                return redirect("absences")
        status = 422
    rows = queries.absences_from(clock.today(), [each.pk for each in people])
    context = {"form": form, "rows": rows, "today": clock.today(), "leads": len(people) > 1}
    context["sets_tenures"] = request.user.has_perm("core.change_user")
    return render(request, "core/absences.html", context, status=status)


def _people_of(user):
    """Whose absence somebody notes, themselves first, and everybody with a position."""
    everybody = queries.people_holding_positions()
    if permissions.notes_absences_of_all(user):
        led = everybody
    else:
        units = permissions.unit_ids_led_by(user)
        led = queries.people_in_units(units) if units else []
    return [user, *(each for each in led if each.pk != user.pk)], everybody


@staff_required
@require_POST
def absence_end(request, pk):
    """Somebody is back, or does not go away after all."""
    try:
        end_absence(pk, request.user)
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Dicatat: kembali bertugas."))
    return redirect("absences")
