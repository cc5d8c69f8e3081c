"""Printing the disposition sheet of a case. What is written on it is recorded in ``views.recording``."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from services.engine.queries import cases
from services.permissions import may_see_cases
from ula_portal.core import clock
from ula_portal.core.documents import pdf
from ula_portal.core.journal.actors import staff
from ula_portal.core.office.queries import office
from ula_portal.core.security.access import allowed
from ula_portal.core.security.secret_pages import secret_page

from ..actions.reading import record_sheet_print
from ..queries.disposition import may_print_sheet, sheet_of, sheet_run

TEMPLATE = "services/casework/disposition.html"
staff_only = allowed(may_see_cases)


@staff_only
@secret_page
@require_safe
def disposition(request, number):
    """The sheet on the screen, to be printed from the browser. Opening it is recorded in the journal."""
    case, run = _case_and_run(request, number)
    if run is None:
        return _nothing_to_order(request, number)
    with translation.override("id"):
        names = {"pdf_url": "case_disposition_pdf", "record_url": "case_record", "back_url": "case_detail"}
        context = sheet_context(case, run) | {key: reverse(name, args=[number]) for key, name in names.items()}
        answer = render(request, TEMPLATE, context)
    record_sheet_print(run, by=staff(request.user))
    return answer


@staff_only
@secret_page
@require_safe
def disposition_pdf(request, number):
    """The sheet as PDF. Opening it is recorded in the journal."""
    case, run = _case_and_run(request, number)
    if run is None:
        return _nothing_to_order(request, number)
    with translation.override("id"):
        content = pdf.render_template(TEMPLATE, {**sheet_context(case, run), "office": office(), "for_pdf": True})
    record_sheet_print(run, by=staff(request.user))
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="lembar-disposisi-{case.number}.pdf"'
    return answer


def sheet_context(case, run) -> dict:
    """The template context of the sheet."""
    path = reverse("case_detail", args=[case.number])
    address = f"{settings.PORTAL_URL}{path}"
    return {
        "case": case,
        "sheet": sheet_of(case, run),
        "printed_at": clock.now(),
        "qr": pdf.qr_svg(address),
        "address_words": address.partition("://")[2],
    }


def _case_and_run(request, number):
    """The case and its open run at a position, None without one.

    Raises: Http404 if the person may not read the case; PermissionDenied if they may not print the sheet.
    """
    case = cases.case_by_number(request.user, number)
    if case is None:
        raise Http404(_("Permohonan ini tidak ditemukan."))
    run = sheet_run(case) if case.is_open else None
    if run is not None and not may_print_sheet(request.user, case, run):
        raise PermissionDenied
    return case, run


def _nothing_to_order(request, number):
    messages.warning(
        request, _("Tidak ada langkah pejabat yang sedang berjalan, sehingga tidak ada lembar disposisi untuk dicetak.")
    )
    return redirect("case_detail", number=number)
