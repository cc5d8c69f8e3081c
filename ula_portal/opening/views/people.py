"""The list of people, one more person, and a list of them from a workbook."""

import secrets
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Position, Unit, User
from ula_portal.core.notices import mail
from ula_portal.core.office.actions.invitations import MOST
from ula_portal.core.office.actions.roster import Taken, add_people
from ula_portal.core.office.invitations import is_open
from ula_portal.core.office.roster import STATES, not_invited, people_around, people_page
from ula_portal.core.office.rules.people import PersonRow, check_people, role_names
from ula_portal.core.office.rules.structure import positions_by_name
from ula_portal.core.security.access import StaffRequest, allowed
from ula_portal.core.text.badges import Badge
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.text.words import short_date
from ula_portal.core.verbs.errors import Refused

from ..pages import show_step
from ..people_files import rows_of_text, template, text_of_rows
from ..people_forms import ListForm, PersonForm
from ..people_steps import PEOPLE as STEP
from ..permissions import may_set_up

SEARCH, WRONG_SHOWN, GOOD_SHOWN = "opening-people-search", 100, 20
STATE_LABELS = {
    "": gettext_lazy("Semua"),
    "baru": gettext_lazy("Belum diundang"),
    "belum": gettext_lazy("Belum pernah masuk"),
    "aktif": gettext_lazy("Sudah pernah masuk"),
    "ditutup": gettext_lazy("Akun ditutup"),
}


@allowed(may_set_up)
@never_cache
@require_safe
def people(request: StaffRequest) -> HttpResponse:
    """All accounts by name, and how far each is from the first log-in."""
    state = request.GET.get("keadaan", "")
    state = state if state in STATES else ""
    words = _search_of(request)
    page = people_page(request.GET.get("halaman"), words, state)
    kept = {"keadaan": state, "cari": request.GET.get("cari", "") if words else ""}
    waiting = not_invited()[: MOST + 1].count()
    context: dict[str, Any] = {
        "rows": [(user, _badge(user)) for user in page.rows],
        "words": words,
        "state": state,
        "search": kept["cari"],
        "states": STATE_LABELS.items(),
        "prev_url": _address(kept, page.previous),
        "next_url": _address(kept, page.next),
        "waiting": waiting,
        "many": waiting > MOST,
        "most": MOST,
        "sends_mail": mail.is_sent(),
    }
    return show_step(request, STEP.key, "opening/people.html", context)


def _address(kept: dict[str, str], cursor: str | None) -> str:
    query = {name: value for name, value in {**kept, "halaman": cursor or ""}.items() if value}
    return f"?{urlencode(query)}" if cursor else ""


def _search_of(request: StaffRequest) -> str:
    """The words that were searched for. They stay on the server; the address only holds their id."""
    known: dict[str, str] = request.session.get(SEARCH, {})
    return known.get(request.GET.get("cari", ""), "")


@allowed(may_set_up)
@require_POST
def people_search(request: StaffRequest) -> HttpResponse:
    """Start a search by name, address or NIP."""
    words, state = plain_line(request.POST.get("q", ""))[:100], request.POST.get("keadaan", "")
    query = {"keadaan": state} if state in STATES else {}
    if words:
        key = secrets.token_urlsafe(6)
        request.session[SEARCH] = {key: words}
        query["cari"] = key
    return redirect(f"{reverse('opening_people')}?{urlencode(query)}" if query else "opening_people")


def _badge(user: User) -> Badge:
    invitation = getattr(user, "invitation", None)
    if not user.is_active:
        return Badge("neutral", _("Akun ditutup"))
    if user.last_login:
        return Badge("good", _("Aktif"))
    if invitation is None:
        ready = user.has_usable_password()
        return Badge("warn", _("Belum pernah masuk") if ready else _("Belum diundang"))
    invitation.user = user
    if not is_open(invitation):
        return Badge("warn", _("Undangan tidak berlaku lagi"))
    words = {"way": invitation.get_way_display(), "until": short_date(invitation.expires_at)}
    return Badge("info", _("Diundang (%(way)s) sampai %(until)s") % words)


def _position_names() -> list[str]:
    return positions_by_name(Position.objects.all(), Unit.objects.all()).labels()


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: StaffRequest) -> HttpResponse:
    """Type one person."""
    names = _position_names()
    form = PersonForm(request.POST or None, names=names)
    if request.method == "POST" and form.is_valid():
        (checked,) = check_people([form.row], people_around([form.row]))
        for column, sentence in checked.problems:
            form.add_error(column, sentence)
        if not checked.problems:
            try:
                taken = add_people([form.row], by=staff(request.user))
            except Refused as error:
                form.add_error(None, str(error))
            else:
                _tell(request, taken)
                return redirect("opening_person_add" if "another" in request.POST else "opening_people")
    context = {"form": form, "has_positions": bool(names)}
    return show_step(request, STEP.key, "opening/person_add.html", context, status=422 if form.errors else 200)


@allowed(may_set_up)
@require_safe
def people_template(request: StaffRequest) -> HttpResponse:
    """The workbook to fill in, with the office's positions and the roles."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(template(_position_names(), role_names()), content_type=kind)
    response["Content-Disposition"] = 'attachment; filename="templat-pegawai.xlsx"'
    return response


@allowed(may_set_up)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people_import(request: StaffRequest) -> HttpResponse:
    """Check a list, show what is wrong with each row, then add all or only the good ones."""
    if "take" in request.POST:
        return _take(request)
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _report(request, form.rows)
    context = {"form": form, "has_positions": Position.objects.exists()}
    return show_step(request, STEP.key, "opening/people_import.html", context, status=422 if form.errors else 200)


def _report(request: StaffRequest, rows: list[PersonRow]) -> HttpResponse:
    """What the list would add. Its rows stand in the form, and are checked again when they are added."""
    checked = check_people(rows, people_around(rows))
    wrong = [each for each in checked if each.problems]
    good = [each for each in checked if not each.problems and not each.known]
    context = {
        "wrong": wrong[:WRONG_SHOWN],
        "wrong_count": len(wrong),
        "wrong_more": max(len(wrong) - WRONG_SHOWN, 0),
        "good": good[:GOOD_SHOWN],
        "good_count": len(good),
        "good_more": max(len(good) - GOOD_SHOWN, 0),
        "known_count": len(checked) - len(wrong) - len(good),
        "text": text_of_rows(rows),
    }
    return show_step(request, STEP.key, "opening/people_report.html", context, status=422 if wrong else 200)


def _take(request: StaffRequest) -> HttpResponse:
    try:
        rows = rows_of_text(request.POST.get("text", ""))
    except Refused as error:
        messages.error(request, str(error))
        return redirect("opening_people_import")
    try:
        taken = add_people(rows, by=staff(request.user), only_good=request.POST["take"] == "good")
    except Refused as error:
        messages.error(request, str(error))
        return _report(request, rows)
    _tell(request, taken)
    return redirect("opening_people")


def _tell(request: StaffRequest, taken: Taken) -> None:
    words, n = [], len(taken.added)
    if n:
        words.append(ngettext("%(n)s petugas ditambahkan.", "%(n)s petugas ditambahkan.", n) % {"n": n})
    if n := taken.known:
        words.append(ngettext("%(n)s sudah terdaftar, dilewati.", "%(n)s sudah terdaftar, dilewati.", n) % {"n": n})
    if n := len(taken.wrong):
        words.append(ngettext("%(n)s baris belum diambil.", "%(n)s baris belum diambil.", n) % {"n": n})
    messages.success(request, " ".join(words))
