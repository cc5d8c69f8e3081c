"""Pages of the admin panel: a version with its findings, actors and verbs; taking a file in."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ula_portal.core.actors import staff
from ula_portal.core.errors import Refused

from .. import actions, document, document_pdf, queries, rules
from ..exchange import json as exchange
from ..forms import ActorsForm, ApprovalForm, ImportForm
from ..permissions import may_confirm_actors, may_import, refusal
from ..states import MOVES, OPEN, verbs_from

SIMPLE_VERBS = {
    "verify": (actions.verify_version, gettext_lazy("Versi SOP sudah diverifikasi.")),
    "return": (actions.return_version, gettext_lazy("Versi SOP dikembalikan menjadi draf.")),
    "publish": (actions.publish_version, gettext_lazy("Versi SOP diterbitkan. Halaman publiknya sudah dapat dibuka.")),
    "withdraw": (actions.withdraw_version, gettext_lazy("Versi SOP dicabut dan tidak berlaku lagi.")),
}


def _version_or_404(request, pk):
    version = queries.version_for(request.user, pk)
    if version is None:
        raise Http404
    return version


def version_page(request, pk, admin_context, *, approval=None, actors=None, status=200):
    """The page of a version; bound forms with errors come back here, what was typed kept."""
    version = _version_or_404(request, pk)
    may_confirm = version.state in OPEN and may_confirm_actors(request.user, version)
    found = queries.findings_of(version)
    context = {
        **admin_context,
        "title": version.title,
        "version": version,
        "identity": document.identity(version),
        "table": document.table(version),
        "errors": rules.errors(found),
        "warnings": rules.warnings(found),
        "verbs": [_verb(request.user, version, verb) for verb in verbs_from(version.state)],
        "approval_form": approval or ApprovalForm(),
        "actors_form": actors or (ActorsForm(queries.actors_of(version)) if may_confirm else None),
        "actors": queries.actors_of(version),
        "others": queries.other_versions(version),
        "in_force": queries.is_in_force(version),
        "history": queries.history_of(version),
    }
    return render(request, "sop/admin_version.html", context, status=status)


def _verb(user, version, verb):
    """A button, or why there is none: the person may not, or something bars it."""
    reason = refusal(verb, user, version)
    barring = [] if reason else [finding.message for finding in queries.obstacles(version, verb)]
    return {"name": verb, "label": MOVES[verb].label, "who": MOVES[verb].who, "reason": reason, "barring": barring}


@require_POST
def act(request, pk, verb, admin_context):
    """Do one verb with a version; a refusal comes back as a message, at approval beside the field."""
    version = _version_or_404(request, pk)
    if verb == "approve":
        return _approve(request, version, admin_context)
    if verb not in SIMPLE_VERBS:
        raise Http404
    action, done = SIMPLE_VERBS[verb]
    try:
        action(version.pk, request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("admin:sop_sopversion_change", version.pk)


def _approve(request, version, admin_context):
    form = ApprovalForm(request.POST)
    if form.is_valid():
        try:
            actions.approve_version(version.pk, request.user, **form.cleaned_data)
        except Refused as error:
            if not error.field:
                messages.error(request, str(error))
                return redirect("admin:sop_sopversion_change", version.pk)
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Versi SOP disahkan. Administrator dapat menerbitkannya."))
            return redirect("admin:sop_sopversion_change", version.pk)
    return version_page(request, version.pk, admin_context, approval=form, status=422)


@require_POST
def confirm(request, pk, admin_context):
    """Confirm the actors of an open version."""
    version = _version_or_404(request, pk)
    form = ActorsForm(queries.actors_of(version), request.POST)
    if not form.is_valid():
        return version_page(request, version.pk, admin_context, actors=form, status=422)
    try:
        actions.confirm_actors(version.pk, form.mapping(), request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Pelaksana sudah dipastikan."))
    return redirect("admin:sop_sopversion_change", version.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request, admin_context):
    """Take a JSON file in as a draft; problems stand beside the field."""
    if not may_import(request.user):
        raise PermissionDenied
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_valid():
        unit = form.cleaned_data["unit"]
        try:
            content = exchange.read(form.cleaned_data["file"].read())
            result = actions.import_sop(
                content, unit_code=unit and unit.code, actor=staff(request.user), user=request.user
            )
        except Refused as error:
            for problem in getattr(error, "problems", [str(error)]):
                form.add_error("file", problem)
        else:
            _tell_import(request, result)
            return redirect("admin:sop_sopversion_change", result.version.pk)
    context = {**admin_context, "title": _("Masukkan berkas SOP"), "form": form}
    return render(request, "sop/admin_import.html", context, status=422 if form.errors else 200)


def _tell_import(request, result):
    said = {
        "created": _("SOP “%(name)s” masuk sebagai draf."),
        "replaced": _("Draf SOP “%(name)s” diganti dengan isi berkas ini."),
        "new draft": _("SOP “%(name)s” mendapat draf versi baru."),
        "unchanged": _("Isi berkas sama dengan yang sudah ada untuk SOP “%(name)s”; tidak ada yang berubah."),
    }
    messages.success(request, said[result.state] % {"name": result.version.title})
    for finding in result.findings:
        if finding.code in ("unknown_key", "time_from_text"):
            messages.warning(request, finding.message)


@require_safe
def preview_pdf(request, pk):
    """The PDF of any version the person may read, drafts included."""
    version = _version_or_404(request, pk)
    response = HttpResponse(document_pdf.pdf_of(version), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="SOP-{version.sop.slug}-versi-{version.ordinal}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
