"""Actions on a version in the admin panel: its verbs, its actors, its files."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from sop.document import pdf as document_pdf
from sop.drafting.actions import positions, starting
from sop.exchange import formats
from sop.permissions import loses_approval
from ula_portal.core.files import uploads
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Refused

from ..actions import life, on_paper, proposing
from ..forms import ActorsForm, ApprovalForm, PaperForm, ReturnForm
from ..queries import panel
from .version_page import version_or_404, version_page

SIMPLE_VERBS = {
    "propose": (proposing.propose_version, gettext_lazy("Draf diajukan untuk diverifikasi.")),
    "verify": (life.verify_version, gettext_lazy("Versi SOP sudah diverifikasi.")),
    "publish": (
        life.publish_version,
        gettext_lazy("Versi SOP diterbitkan. Halamannya untuk masyarakat sudah dapat dibuka."),
    ),
    "withdraw": (life.withdraw_version, gettext_lazy("Versi SOP dicabut dan tidak berlaku lagi.")),
}


@require_POST
def act(request, pk, verb, admin_context):
    """Use a verb on a version. A refusal is shown as a message, or at its field if the verb has a form."""
    version = version_or_404(request, pk)
    if verb == "approve":
        return _approve(request, version, admin_context)
    if verb == "record":
        return _record(request, version, admin_context)
    if verb == "return":
        return _return(request, version, admin_context)
    if verb == "revise":
        return _revise(request, version, admin_context)
    if verb not in SIMPLE_VERBS:
        raise Http404
    action, done = SIMPLE_VERBS[verb]
    try:
        action(version, by=staff(request.user))
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("admin:sop_sopversion_change", version.pk)


def _revise(request, version, admin_context):
    """Start a new version and open it in the editor. A head of office is asked to confirm first (``sure``)."""
    if loses_approval(request.user) and "sure" not in request.POST:
        key = request.POST.get("idempotency_key", "")[:64]
        context = {**admin_context, "title": _("Buat versi baru"), "version": version, "key": key}
        return render(request, "sop/approval/ask_revise.html", context)
    try:
        draft = starting.start_revision(
            version.sop, by=staff(request.user), key=request.POST.get("idempotency_key", "")
        )
    except Refused as error:
        messages.error(request, str(error))
        return redirect("admin:sop_sopversion_change", version.pk)
    messages.success(request, _("Draf versi %(n)s dibuat dari isi yang terakhir.") % {"n": draft.ordinal})
    return redirect("sop_edit", draft.pk)


def _approve(request, version, admin_context):
    """Approve a version. If that is refused, the form keeps what was entered."""
    form = ApprovalForm(request.POST)
    success = _("Versi SOP disahkan. Administrator dapat menerbitkannya.")
    return _submit(request, version, form, life.approve_version, success) or version_page(
        request, version.pk, admin_context, approval=form, status=422
    )


def _record(request, version, admin_context):
    """Record an SOP that was established on paper. A refusal is shown at its field."""
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        key = form.cleaned_data["idempotency_key"]
        try:
            on_paper.record_paper_version(version, by=staff(request.user), paper=form.paper(), key=key)
        except (Refused, uploads.UploadRefused) as error:
            field = "scan" if isinstance(error, uploads.UploadRefused) else error.field
            form.add_error(field if field in form.fields else None, str(error))
        else:
            messages.success(request, _("SOP dari kertas dicatat. Administrator dapat menerbitkannya."))
            return redirect("admin:sop_sopversion_change", version.pk)
    return version_page(request, version.pk, admin_context, paper=form, status=422)


@require_safe
def decree_scan(request, pk):
    """The scan of the decree of an SOP from paper, for users who may read the version."""
    version = version_or_404(request, pk)
    if version.decree_scan is None:
        raise Http404
    return uploads.serve(version.decree_scan)


def _return(request, version, admin_context):
    """Return a version to its drafter with a reason."""
    form = ReturnForm(request.POST)
    success = _("Versi SOP dikembalikan menjadi draf.")
    return _submit(request, version, form, life.return_version, success) or version_page(
        request, version.pk, admin_context, returning=form, status=422
    )


def _submit(request, version, form, action, success):
    """Call a verb with the values of a form. Returns None if the form has to be shown again."""
    if not form.is_valid():
        return None
    try:
        action(version, by=staff(request.user), **form.cleaned_data)
    except Refused as error:
        if error.field in form.fields:
            form.add_error(error.field, str(error))
        else:
            messages.error(request, str(error))
        return None
    messages.success(request, success)
    return redirect("admin:sop_sopversion_change", version.pk)


@require_POST
def confirm(request, pk, admin_context):
    """Confirm the actors of an open version."""
    version = version_or_404(request, pk)
    form = ActorsForm(panel.actors_of(version), panel.near_positions(version), request.POST)
    if not form.is_valid():
        return version_page(request, version.pk, admin_context, actors=form, status=422)
    try:
        positions.confirm_actors(version, by=staff(request.user), mapping=form.mapping())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Pelaksana sudah dipastikan."))
    return redirect("admin:sop_sopversion_change", version.pk)


@require_safe
def version_pdf(request, pk):
    """The PDF of any version that the user may read, including drafts."""
    version = version_or_404(request, pk)
    response = HttpResponse(document_pdf.pdf_of(version), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="SOP-{version.sop.slug}-versi-{version.ordinal}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def version_file(request, pk, kind):
    """A version that the user may read, as a file in one of the exchange formats."""
    version = version_or_404(request, pk)
    if kind not in formats.FORMATS:
        raise Http404
    form = formats.FORMATS[kind]
    response = HttpResponse(formats.write_sop_file(version, kind), content_type=form.content_type)
    name = f"SOP-{version.sop.slug}-versi-{version.ordinal}{form.suffix}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
