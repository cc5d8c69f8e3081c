"""A request's timeline as the applicant reads it."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from services.engine.queries.recording import flow_of_case
from services.models import Request, TimelineEntry
from sop.rules.flow import Flow
from ula_portal.core.text.words import filled_sentence, indonesian

# The sentence for each verb; entries with other verbs are not shown to the applicant.
EVENT_SENTENCES = {
    "submitted": gettext_lazy("Permohonan diterima."),
    "recorded_from_paper": gettext_lazy("Permohonan yang berjalan di kertas dicatat di portal."),
    "asked": gettext_lazy("Kami meminta kelengkapan dari Anda."),
    "answered": gettext_lazy("Kelengkapan dari Anda diterima."),
    "declared_complete": gettext_lazy("Berkas dinyatakan lengkap. Waktu pelayanan mulai dihitung."),
    "document_added": gettext_lazy("Berkas ditambahkan."),
    "document_removed": gettext_lazy("Berkas dihapus."),
    "original_kept": gettext_lazy("Dokumen asli Anda disimpan kantor untuk sementara."),
    "original_returned": gettext_lazy("Dokumen asli dikembalikan."),
    "message_received": gettext_lazy("Anda mengirim pesan."),
    "message_sent": gettext_lazy("Kami mengirim pesan kepada Anda."),
    "letter_issued": gettext_lazy("Surat diterbitkan."),
    "letter_downloaded": gettext_lazy("Surat diunduh."),
    "letter_handed_over": gettext_lazy("Surat diserahkan di loket."),
    "complete_request": gettext_lazy("Permohonan selesai."),
    "reject_request": gettext_lazy("Permohonan tidak dapat dikabulkan."),
    "withdraw_request": gettext_lazy("Permohonan ditarik."),
    "due_recomputed": gettext_lazy("Tanggal selesai dihitung ulang karena jam kerja atau hari libur berubah."),
    "code_renewed": gettext_lazy("Kode pelacakan baru dibuat. Kode lama tidak berlaku lagi."),
}


class TrackingEvent(TypedDict):
    """An entry of the applicant's timeline. ``detail``: the question or the answer, or ""."""

    at: datetime
    text: StrOrPromise
    detail: str


def tracking_events(request: Request, entries: Iterable[TimelineEntry]) -> list[TrackingEvent]:
    """Return the events of a request, newest first, without those of steps taken back. Runs no query itself."""
    flow = flow_of_case(request)
    pauses = {pause.pk: pause for pause in request.pauses.all()}
    taken_back = {run.pk for run in request.runs.all() if run.taken_back_at}
    happened: list[TrackingEvent] = []
    for entry in entries:
        if entry.run_id in taken_back:
            continue
        if text := _happened(entry, flow):
            pause = pauses.get(entry.data.get("pause"))
            detail = {"asked": pause.wanted, "answered": pause.answer}.get(entry.verb, "") if pause else ""
            happened.append({"at": entry.at, "text": text, "detail": detail})
    return happened[::-1]


def _happened(entry: TimelineEntry, flow: Flow) -> StrOrPromise:
    if entry.verb == "answered" and entry.data.get("new") == 0:
        return _("Jawaban Anda diterima.") if entry.data.get("words") else _("Dilanjutkan tanpa berkas baru dari Anda.")
    if entry.verb not in ("step_done", "step_skipped"):
        return EVENT_SENTENCES.get(entry.verb, "")
    step = flow.by_no(entry.data["step"])
    if step.lead_kind == "applicant":
        return ""
    if entry.verb == "step_skipped":
        return filled_sentence(
            _("Langkah dilewati: %(activity)s. Tanyakan alasannya lewat pesan."), activity=indonesian(step.activity)
        )
    answer = {"yes": step.yes_label, "no": step.no_label}.get(entry.data.get("outcome"))
    if answer:
        return indonesian(f"{step.activity} {answer[:1].upper()}{answer[1:]}.")
    return filled_sentence(_("Selesai: %(activity)s."), activity=indonesian(step.activity))
