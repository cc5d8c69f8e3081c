"""The receipt: on screen after submission, as a page to print, and as a PDF."""

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
    """Return the contents of a receipt: code, QR code, and the papers that are still missing or were brought."""
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
    """The page after submission: number, code, and what happens next."""
    return render(request, "services/tracking/receipt.html", receipt_context(found))


@require_safe
@tracked_page
def receipt_paper(request, found):
    """The receipt to print from the browser."""
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
