"""Recording what an official wrote on paper, what another agency did, and several steps together."""

from functools import cached_property

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from services.engine.actions import recording
from services.engine.actions.report import StepReport
from services.engine.queries import cases
from services.engine.queries.recording import recordable_steps
from services.inbox.views.finished import remember_finished
from services.models import Request
from services.permissions import may_see_cases
from sop.rules.queries.flows import flow_of
from ula_portal.core import clock
from ula_portal.core.files import uploads
from ula_portal.core.journal.actors import staff
from ula_portal.core.security.access import allowed
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

from ..actions.reading import record_reading_of_paper
from ..forms.recording import RecordForm
from ..words import next_words

staff_only = allowed(may_see_cases)


class RecordPage:
    """The open step of a case, and the steps from it on that one person may record."""

    def __init__(self, request, user):
        self.request, self.user = request, user
        self.runs = cases.runs_of(request)
        self.flow = flow_of(request.sop_version_id)
        last = self.runs[-1] if self.runs else None
        self.run = last if last is not None and last.finished_at is None and request.is_open else None
        self.step = self.flow.step(self.run.step_id) if self.run else None

    @cached_property
    def row(self):
        return recordable_steps(self.user, self.request, self.runs) if self.run else []

    @property
    def is_late(self) -> bool:
        return self.run.missed_alarm(clock.now())

    @property
    def from_paper(self) -> bool:
        return any(each.from_paper for each in self.row)

    def posted_for_another(self, data) -> bool:
        """Whether the form was sent for a run that is not the open one."""
        return self.run is None or data.get("run") != str(self.run.pk)

    def form(self, *data):
        received = clock.local(self.request.received_at).date()
        return RecordForm(*data, row=self.row, run=self.run, received=received, late=self.is_late)


@staff_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case_record(request, number):
    """The form. A refused form is shown again with its input; the photo is kept."""
    page = _page_or_404(request, number)
    if request.method == "POST" and page.posted_for_another(request.POST):
        return _too_late(request, page)
    if page.run is None:
        messages.warning(request, _("Permohonan ini sudah ditutup."))
        return redirect("case_detail", number=number)
    if not page.row:
        raise PermissionDenied
    if page.request.state == Request.State.WAITING_APPLICANT:
        messages.warning(request, _("Permohonan sedang menunggu kelengkapan dari pemohon. Catat dahulu jawabannya."))
        return redirect("case_detail", number=number)
    if request.method != "POST":
        return _render(request, page, page.form())
    form = page.form(request.POST, request.FILES)
    try:
        return _handle(request, page, form)
    except Outdated:
        # Somebody was faster after the page was read.
        return _too_late(request, _page_or_404(request, number))
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect("case_detail", number=number)
    except Refused as error:
        form.refuse(error)
    return _render(request, page, form, status=422)


def _handle(request, page, form):
    """Store the photo before the form is validated, then record the steps."""
    if "lepas_foto" in request.POST:
        page.run.paper = recording.detach_paper(page.run, by=staff(request.user)).paper
        form.errors.clear()
        return _render(request, page, form)
    if photo := request.FILES.get("photo"):
        try:
            page.run.paper = recording.attach_paper(page.run, by=staff(request.user), upload=photo).paper
        except uploads.UploadRefused as refused:
            form.add_error("photo", str(refused))
    if not form.is_valid():
        return _render(request, page, form, status=422)
    moved = _record(page, form)
    remember_finished(request, moved[-1].run.pk)
    messages.success(request, _done_sentence(moved, request.user))
    return redirect(reverse("case_detail", args=[page.request.number]) + "?selesai=1")


def _page_or_404(request, number) -> RecordPage:
    case = cases.case_by_number(request.user, number)
    if case is None:
        raise Http404(_("Permohonan ini tidak ditemukan."))
    return RecordPage(case, request.user)


def _render(request, page, form, status=200, unsaved=()):
    limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
    context = {"page": page, "case": page.request, "form": form, "unsaved": unsaved, "max_megabytes": limit}
    return render(request, "services/casework/case_record.html", context, status=status)


def _record(page, form):
    """Call the verb that fits: a form with an answer records a decision, all others record one or more steps."""
    data, done, reason = form.cleaned_data, form.steps_done, form.cleaned_data.get("deviation_reason") or ""
    run, by, key = page.run, staff(page.user), data["key"]
    if "answer" not in data:
        return recording.complete_steps(run, by=by, steps=done, deviation_reason=reason, key=key)
    report = StepReport(done[0].note, done[0].happened_on, done[0].sent_on, reason, data["papers_reason"])
    return [recording.record_on_paper(run, by=by, outcome=data["answer"], report=report, key=key)]


def _done_sentence(moved, user):
    last = moved[-1]
    flow = flow_of(last.request.sop_version_id)
    first_no, last_no = (flow.step(each.run.step_id).no for each in (moved[0], last))
    if len(moved) > 1:
        words = _("Langkah %(first)d sampai %(last)d dicatat") % {"first": first_no, "last": last_no}
    else:
        words = _("Langkah %(no)d dicatat") % {"no": last_no}
    return f"{words}{next_words(last.request, last.next_run, flow, user)}"


def _too_late(request, page):
    """The page after the step was done by somebody: the written texts are shown with the current step."""
    earlier = next((run for run in page.runs if str(run.pk) == request.POST.get("run")), None)
    if earlier is not None and earlier.finished_by_id == request.user.pk:
        # The person sent the same form again.
        messages.success(request, _("Langkah ini sudah Anda catat."))
        return redirect("case_detail", number=page.request.number)
    if earlier is None:
        messages.warning(request, _("Langkah ini sudah berubah. Isian Anda tampil di bawah."))
    else:
        name = earlier.finished_by if earlier.finished_by_id else _("pemohon")
        messages.warning(request, _("Langkah ini sudah diselesaikan oleh %(name)s.") % {"name": name})
    unsaved = [text for name, text in request.POST.items() if name.startswith(("note_", "deviation_")) and text.strip()]
    return _render(request, page, page.form() if page.row else None, status=409, unsaved=unsaved)


@staff_only
@require_safe
def case_paper(request, number, pk):
    """The photo of the sheet from which a step was recorded. Opening it is recorded in the journal."""
    run = cases.run_with_paper(request.user, number, pk)
    if run is None:
        raise Http404(_("Foto ini tidak ditemukan."))
    record_reading_of_paper(run, by=staff(request.user))
    return uploads.serve(run.paper, inline=request.GET.get("unduh") is None)
