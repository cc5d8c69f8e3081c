"""Importing SOP files in the admin panel and in the editor. Open questions are asked before anything changes."""

from dataclasses import dataclass, field, replace

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sop.exchange import formats, xlsx
from sop.exchange.json import FileContent
from sop.permissions import loses_approval, may_import
from ula_portal.core.journal.actors import staff
from ula_portal.core.security.access import allowed
from ula_portal.core.verbs.errors import Outdated, Refused

from .actions import importing
from .forms import ImportForm, IntakeForm
from .queries.intake import intake_of, units_to_take_in_for

SHOWN_PROBLEMS, SHOWN_NOTES = 20, 8
# The content of the file is kept in the question's form, signed, so that nobody has to upload it again.
_SALT, _VALID_SECONDS = "sop.intake", 24 * 3600


@dataclass(frozen=True)
class ImportPage:
    """One of the two pages for importing files: its URL names, templates and the context of its frame."""

    here: str
    template: str
    asking: str
    onward: str
    frame: dict = field(default_factory=dict)


def admin_page(admin_context) -> ImportPage:
    """The page in the admin panel, which leads to the version's page there."""
    names = (
        "admin:sop_import",
        "sop/drafting/admin_import.html",
        "sop/drafting/admin_import_ask.html",
        "admin:sop_sopversion_change",
    )
    return ImportPage(*names, admin_context)


EDITOR_PAGE = ImportPage(
    "sop_take_in", "sop/drafting/editor_import.html", "sop/drafting/editor_import_ask.html", "sop_edit_check"
)


@allowed(may_import)
@never_cache
def take_in(request):
    """The page for users without access to the admin panel, which leads to the editor."""
    crumbs = [{"label": _("SOP"), "url": reverse("sop_drafts")}, {"label": _("Masukkan berkas SOP")}]
    return import_page(request, replace(EDITOR_PAGE, frame={"crumbs": crumbs}))


@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request, place):
    """Import a file as a draft. Problems are shown at the field, open questions on a separate page."""
    if not may_import(request.user):
        raise PermissionDenied
    if "signed_file" in request.POST:
        return _answered(request, place)
    units = units_to_take_in_for(request.user)
    form = ImportForm(units, request.POST, request.FILES) if request.method == "POST" else ImportForm(units)
    if form.is_valid():
        upload, unit = form.cleaned_data["file"], form.cleaned_data["unit"]
        try:
            data = formats.read_sop_file(upload.name, upload.read())
            intake = intake_of(data, request.user)
            if intake.edited or (intake.unit is None and unit is None and intake.near):
                return _ask(request, place, data, intake, unit, upload.name)
            return _take(request, place, data, unit and unit.code, intake.revision)
        except Refused as error:
            _tell_problems(form, getattr(error, "problems", [str(error)]))
    context = {**place.frame, "title": _("Masukkan berkas SOP"), "form": form}
    context["loses_approval"] = loses_approval(request.user)
    return render(request, place.template, context, status=422 if form.errors else 200)


def _tell_problems(form, problems):
    for problem in problems[:SHOWN_PROBLEMS]:
        form.add_error("file", problem)
    if len(problems) > SHOWN_PROBLEMS:
        form.add_error("file", _("… dan %(n)s masalah lagi.") % {"n": len(problems) - SHOWN_PROBLEMS})


def _ask(request, place, data, intake, unit, file_name, form=None):
    """The page with the questions. ``unit``: the unit chosen already, so that it is not asked for."""
    asks_unit = intake.unit is None and unit is None
    if form is None:
        signed_file = {"user": request.user.pk, "file": file_name[:120], "unit": unit.code if unit else ""}
        signed_file |= {"content": dict(data), "notes": getattr(data, "notes", [])}
        start = {"signed_file": signing.dumps(signed_file, salt=_SALT, compress=True), "revision": intake.revision}
        start["unit"] = intake.proposed.code if intake.proposed else ""
        form = IntakeForm(intake, asks_unit, initial=start)
    context = {**place.frame, "title": _("Sebelum berkas masuk"), "form": form, "intake": intake}
    context |= {"file_name": file_name, "asks_unit": asks_unit}
    return render(request, place.asking, context, status=422 if form.is_bound else 200)


def _answered(request, place):
    """Import the file after the questions, or ask again if an answer is missing or the draft was edited since."""
    try:
        signed_file = signing.loads(request.POST["signed_file"], salt=_SALT, max_age=_VALID_SECONDS)
    except signing.BadSignature:
        signed_file = {}
    if signed_file.get("user") != request.user.pk:
        messages.error(request, _("Pertanyaan tadi sudah tidak berlaku. Pilih berkasnya sekali lagi."))
        return redirect(place.here)
    data = FileContent(signed_file["content"], notes=signed_file["notes"])
    intake = intake_of(data, request.user)
    unit = next((unit for unit in intake.near if unit.code == signed_file["unit"]), None)
    form = IntakeForm(intake, intake.unit is None and unit is None, request.POST)
    if form.is_valid():
        code = form.cleaned_data.get("unit") or signed_file["unit"] or None
        try:
            return _take(request, place, data, code, form.cleaned_data["revision"])
        except Outdated as error:
            messages.warning(request, str(error))
            return _ask(request, place, data, intake, unit, signed_file["file"])
        except Refused as error:
            form.add_error(None, str(error))
    return _ask(request, place, data, intake, unit, signed_file["file"], form)


def _take(request, place, data, unit_code, seen_revision):
    result = importing.import_sop(data, by=staff(request.user), unit_code=unit_code, seen_revision=seen_revision)
    _tell_import(request, result)
    return redirect(place.onward, result.version.pk)


def _tell_import(request, result):
    sentences = {
        "created": _("SOP “%(name)s” masuk sebagai draf."),
        "replaced": _("Draf SOP “%(name)s” diganti dengan isi berkas ini."),
        "new draft": _("SOP “%(name)s” mendapat draf versi baru."),
        "unchanged": _("Isi berkas sama dengan yang sudah ada untuk SOP “%(name)s”. Tidak ada yang berubah."),
    }
    messages.success(request, sentences[result.state] % {"name": result.version.title})
    codes = ("file_note", "unknown_key", "time_from_text")
    notes = [finding.message for finding in result.findings if finding.code in codes]
    for note in notes[:SHOWN_NOTES]:
        messages.warning(request, note)
    if len(notes) > SHOWN_NOTES:
        messages.warning(request, _("… dan %(n)s catatan lagi tentang isi berkas.") % {"n": len(notes) - SHOWN_NOTES})


@allowed(may_import)
@require_safe
def empty_workbook(request):
    """The empty workbook, to be filled in."""
    response = HttpResponse(xlsx.empty_template(), content_type=formats.FORMATS["xlsx"].content_type)
    response["Content-Disposition"] = 'attachment; filename="Templat-SOP.xlsx"'
    return response
