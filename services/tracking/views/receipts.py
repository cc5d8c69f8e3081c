"""The receipt: on screen after submission, as a page to print, and as a PDF."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from services.applying.receipt import receipt_whatsapp, spaced_code, tracking_token, tracking_url
from services.models import Service
from services.papers.queries import slots as paper_slots
from services.papers.queries.brought import brought_papers, paper_label
from ula_portal.core.documents import pdf
from ula_portal.core.office.queries import office
from ula_portal.core.text.words import indonesian

from .tracking import with_request

MOST_PAPERS_ON_HALF_A_PAGE = 4


def receipt_context(tracked) -> dict:
    """Return the contents of a receipt: code, QR code, and the papers that are still missing or were brought."""
    address = tracking_url(tracked)
    brought = brought_papers(tracked)
    brought_ids = {each.requirement_id for each in brought}
    missing = paper_slots.missing_documents(tracked)
    originals = [each for each in paper_slots.originals_of(tracked) if each.pk not in brought_ids]
    return {
        "nav": "track",
        "tracked": tracked,
        "token": tracking_token(tracked),
        "code": spaced_code(tracked),
        "address": address,
        "address_words": address.partition("://")[2].rpartition("/lacak/")[0] + "/lacak/",
        "qr": pdf.qr_svg(address),
        "missing": missing,
        "originals": originals,
        "brought": [(paper_label(each), each) for each in brought],
        # More than half a page of A4, so the two copies of the desk do not fit on one.
        "is_long": len(missing) + len(originals) + 2 * len(brought) > MOST_PAPERS_ON_HALF_A_PAGE,
        "whatsapp": receipt_whatsapp(tracked),
        "may_apply_again": "online" in tracked.service.channels and tracked.service.state == Service.State.PUBLISHED,
    }


@require_safe
@with_request
def receipt(request, tracked):
    """The page after submission: number, code, and what happens next."""
    context = receipt_context(tracked)
    token = context["token"]
    facts = [
        {"label": _("Nomor permohonan"), "value": tracked.number},
        {"label": _("Layanan"), "value": indonesian(tracked.service.name)},
    ]
    actions = [
        {"label": _("Lihat perkembangan"), "url": reverse("track_detail", args=[token]), "primary": True},
        {"label": _("Cetak tanda terima"), "url": reverse("receipt_paper", args=[token])},
        {"label": _("Simpan sebagai PDF"), "url": reverse("receipt_pdf", args=[token])},
    ]
    return render(request, "services/tracking/receipt.html", context | {"facts": facts, "actions": actions})


@require_safe
@with_request
def receipt_paper(request, tracked):
    """The receipt to print from the browser."""
    return render(request, "services/tracking/receipt_paper.html", receipt_context(tracked))


@require_safe
@with_request
def receipt_pdf(request, tracked):
    """The receipt as a PDF, for phones that cannot print."""
    content = pdf.render_template(
        "services/tracking/receipt_paper.html", {**receipt_context(tracked), "office": office(), "for_pdf": True}
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="tanda-terima-{tracked.number}.pdf"'
    return response
