"""The office's emblem, and pages on which staff record absences and acting holders."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ula_portal.core import clock
from ula_portal.core.data.idempotency import renew_key
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Absence, Tenure, User
from ula_portal.core.security.access import StaffRequest, allowed, staff_required
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

from . import absences as absence_queries
from . import permissions as office
from . import queries
from .actions.absences import end_absence, note_absence, read_absences
from .actions.acting import end_acting, record_acting
from .emblem import emblem_file
from .forms import AbsenceForm, ActingForm
from .queries import position_ids_with_secretariat


@require_safe
def office_emblem(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The office's emblem, a picture drawn by the portal itself; an address never changes its content."""
    stored = emblem_file(pk)
    if stored is None:
        raise Http404
    with stored.blob.open("rb") as file:
        response = HttpResponse(file.read(), content_type="image/png")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@staff_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: StaffRequest) -> HttpResponse:
    """Absences that are not over, and the form for a new one."""
    people, everybody = _people_of(request.user)
    form = AbsenceForm(request.POST or None, people=people, deputies=everybody, by=request.user)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                absence = note_absence(by=staff(request.user), **form.noted)
            except Refused as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
                if isinstance(error, Outdated):
                    renew_key(form)
            else:
                messages.success(request, _("Ketidakhadiran %(name)s dicatat.") % {"name": absence.user})
                return redirect("absences")
        status = 422
    rows = absence_queries.absences_from(clock.today(), [each.pk for each in people])
    context: dict[str, object] = {"form": form, "rows": rows, "today": clock.today(), "leads": len(people) > 1}
    context["recorded_by_others"] = recorded_by_others = [
        row for row in rows if row.user_id == request.user.pk and _by_another(row)
    ]
    context["acting"] = absence_queries.acting_tenures(clock.today(), _positions_seen_by(request.user))
    context["records_acting"] = office.may_record_acting(request.user)
    if request.method == "GET" and any(row.seen_at is None for row in recorded_by_others):
        read_absences(by=staff(request.user))
    return render(request, "core/office/absences.html", context, status=status)


def _by_another(absence: Absence) -> bool:
    return absence.recorded_by_id not in (None, absence.user_id)


def _positions_seen_by(user: User) -> set[int] | None:
    """Ids of the positions whose acting holders are listed for a user: their own and those whose secretariat they are.

    None means all positions.
    """
    if office.notes_absences_of_all(user):
        return None
    own = queries.own_position_ids(user)
    return own | position_ids_with_secretariat(own)


def _people_of(user: User) -> tuple[list[User], list[User]]:
    """The users whose absence a user may record, starting with the user, and all users with a position."""
    everybody = queries.people_holding_positions()
    led = everybody if office.notes_absences_of_all(user) else office.people_answered_for(user)
    return [user, *(each for each in led if each.pk != user.pk)], everybody


@staff_required
@require_POST
def absence_end(request: StaffRequest, pk: int) -> HttpResponse:
    """End an absence, or cancel one that has not begun."""
    try:
        if absence := Absence.objects.filter(pk=pk).first():
            end_absence(absence, by=staff(request.user))
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Dicatat: kembali bertugas."))
    return redirect("absences")


@allowed(office.may_record_acting)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def acting(request: StaffRequest) -> HttpResponse:
    """Record the order by which somebody acts in a position (Plh., Plt.)."""
    form = ActingForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            tenure = record_acting(by=staff(request.user), **form.recorded)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            if isinstance(error, Outdated):
                renew_key(form)
        else:
            words = {"name": tenure.user, "post": f"{tenure.prefix}{tenure.position.name}"}
            messages.success(request, _("%(name)s dicatat sebagai %(post)s.") % words)
            return redirect("absences")
    return render(request, "core/office/acting.html", {"form": form}, status=422 if form.errors else 200)


@allowed(office.may_record_acting)
@require_POST
def acting_end(request: StaffRequest, pk: int) -> HttpResponse:
    """End an acting tenure before its last day."""
    try:
        if tenure := Tenure.objects.filter(pk=pk).first():
            end_acting(tenure, by=staff(request.user))
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Masa tugas diakhiri."))
    return redirect("absences")
