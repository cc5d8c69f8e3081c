"""Pages for finishing a draft: its findings, the request for verification, previews and downloads."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sop.approval.actions import proposing
from sop.approval.queries import deciding
from sop.document import content as document
from sop.document import pdf as document_pdf
from sop.exchange import formats
from sop.permissions import loses_approval
from sop.rules import actors, findings
from sop.rules.queries import flows
from ula_portal.core.journal.actors import staff
from ula_portal.core.notices import mail
from ula_portal.core.verbs.errors import Refused

from .page import edits_own, page, version_draft_page


@version_draft_page
@require_safe
def check(request, version):
    flow = flows.flow_of(version)
    found = flows.findings_of(version, flow)
    ids = {step.no: step.id for step in flow.steps}
    unmatched = actors.unmatched_actor_findings(flow)
    context = {
        "findings": found,
        "errors": [(finding, ids.get(finding.step_no)) for finding in findings.errors(found)],
        "warnings": [(finding, ids.get(finding.step_no)) for finding in findings.warnings(found)],
        "unmatched": unmatched,
        "deciders": deciding.deciders_of(version),
        "formats": formats.FORMATS,
        "identity": document.identity_block(version),
        "total": document.durations.duration_in_words(flow.office_seconds),
        "step_count": len(flow.steps),
    }
    return page(request, version, "sop_edit_check", "sop/editor/check.html", context)


@version_draft_page
@require_POST
def edit_own(request, version):
    """Let a head of office edit the draft, although they then can no longer approve it."""
    if loses_approval(request.user, version):
        edits_own(request, version)
    return redirect("sop_edit", version.pk)


@version_draft_page
@require_POST
def propose(request, version):
    try:
        proposing.propose_version(version, by=staff(request.user))
    except Refused as error:
        messages.error(request, str(error))
    else:
        success = _("Draf diajukan untuk diverifikasi.")
        notified = (
            _("Yang memverifikasi mendapat pemberitahuan.") if mail.is_sent() else _("Kabari yang memverifikasi.")
        )
        messages.success(request, f"{success} {notified}")
    return redirect("sop_edit_check", version.pk)


@version_draft_page
@require_safe
def preview_pdf(request, version):
    response = HttpResponse(document_pdf.pdf_of(version), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_name(version)}.pdf"'
    return response


@version_draft_page
@require_safe
def download(request, version, format):
    kind = formats.FORMATS.get(format)
    if kind is None:
        raise Http404
    response = HttpResponse(formats.write_sop_file(version, format), content_type=kind.content_type)
    response["Content-Disposition"] = f'attachment; filename="{_name(version)}{kind.suffix}"'
    return response


def _name(version):
    return f"SOP-{version.sop.slug}-draf"
