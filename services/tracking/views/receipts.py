"""The receipt: on the screen after sending, as a paper to print, as a PDF to keep."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from services.applying.receipt import receipt_whatsapp, spaced_code, tracking_token, tracking_url
from services.models import Service
from services.papers.queries import slots as documents
from services.papers.queries.brought import brought_papers, loose_label
from ula_portal.core.documents import pdf
from ula_portal.core.office.queries import office

from .tracking import tracked_page


def receipt_context(found) -> dict:
    """What stands on a receipt: code, QR, what is still to come."""
    address = tracking_url(found)
    brought = brought_papers(found)
    brought_ids = {each.requirement_id for each in brought}
    return {
        "nav": "track",
        "found": found,
        "token": tracking_token(found),
        "code": spaced_code(found),
        "address": address,
        "address_words": address.partition("://")[2].rpartition("/lacak/")[0] + "/lacak/",
        "qr": pdf.qr_svg(address),
        "missing": documents.missing_documents(found),
        "originals": [each for each in documents.originals_of(found) if each.pk not in brought_ids],
        "brought": [(loose_label(each), each) for each in brought],
        "whatsapp": receipt_whatsapp(found),
        "again": "online" in found.service.channels and found.service.state == Service.State.PUBLISHED,
    }


@require_safe
@tracked_page
def receipt(request, found):
    """On the screen after sending: number, code, what happens next."""
    return render(request, "services/tracking/receipt.html", receipt_context(found))


@require_safe
@tracked_page
def receipt_paper(request, found):
    """The receipt as a paper, to print from the browser."""
    return render(request, "services/tracking/receipt_paper.html", receipt_context(found))


@require_safe
@tracked_page
def receipt_pdf(request, found):
    """The receipt as a PDF, for phones that cannot print."""
    content = pdf.render_template(
        "services/tracking/receipt_paper.html", {**receipt_context(found), "office": office(), "for_pdf": True}
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="tanda-terima-{found.number}.pdf"'
    return response
