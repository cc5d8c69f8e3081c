"""The timeline of a request in words, as the office reads it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from services.engine.queries.recording import flow_of_case
from services.models import AlarmStep, Deviation, Document, Request, TimelineEntry
from services.papers.queries.slots import document_label
from sop.rules.flow import Flow, FlowStep
from ula_portal.core.data.pagination import Page, paginate
from ula_portal.core.models import User

SHOWN = 30


@dataclass(frozen=True)
class Happening:
    """An entry of the timeline. ``who``: a name, "Pemohon" or "Portal". ``internal``: the applicant does not see it."""

    at: datetime
    text: str
    who: str
    internal: bool
    reason: str = ""


HAPPENED = {
    "submitted": gettext_lazy("Permohonan masuk"),
    "recorded_from_paper": gettext_lazy("Permohonan dicatat dari kertas"),
    "asked": gettext_lazy("Pemohon diminta melengkapi"),
    "document_judged": gettext_lazy("Berkas dinilai"),
    "verdict_cleared": gettext_lazy("Penilaian berkas diurungkan"),
    "answers_completed": gettext_lazy("Isian dilengkapi petugas"),
    "answered": gettext_lazy("Pemohon menjawab"),
    "declared_complete": gettext_lazy("Berkas dinyatakan lengkap"),
    "papers_passed": gettext_lazy("Dilanjutkan dengan berkas yang belum sesuai"),
    "document_added": gettext_lazy("Berkas ditambahkan"),
    "document_removed": gettext_lazy("Berkas dihapus"),
    "paper_taken": gettext_lazy("Dokumen diterima di loket"),
    "paper_mark_undone": gettext_lazy("Catatan penerimaan dokumen diurungkan"),
    "original_kept": gettext_lazy("Dokumen asli disimpan"),
    "original_returned": gettext_lazy("Dokumen asli dikembalikan"),
    "shortage_printed": gettext_lazy("Lembar kekurangan dicetak"),
    "message_received": gettext_lazy("Pesan dari pemohon"),
    "message_sent": gettext_lazy("Pesan kepada pemohon"),
    "noted": gettext_lazy("Catatan internal ditulis"),
    "due_recomputed": gettext_lazy("Jatuh tempo dihitung ulang menurut kalender"),
    "code_wanted": gettext_lazy("Kode pelacakan baru diminta"),
    "code_renewed": gettext_lazy("Kode pelacakan baru dibuat"),
    "letter_issued": gettext_lazy("Surat diterbitkan"),
    "letter_withdrawn": gettext_lazy("Surat dicabut dan diganti"),
    "letter_downloaded": gettext_lazy("Surat diunduh pemohon"),
    "letter_handed_over": gettext_lazy("Surat diserahkan"),
    "complete_request": gettext_lazy("Permohonan selesai"),
    "reject_request": gettext_lazy("Permohonan ditutup: tidak dapat dikabulkan"),
    "withdraw_request": gettext_lazy("Permohonan ditarik pemohon"),
}


# Acts that are addressed to the applicant.
WITH_APPLICANT = (
    "asked",
    "message_sent",
    "letter_issued",
    "letter_withdrawn",
    "letter_handed_over",
    "complete_request",
    "reject_request",
)
REMINDERS = ("escalated", "step_reminded")
# Kinds of deviation by the timeline's verb.
_DEVIATING: dict[str, tuple[str, ...]] = {
    "step_done": ("overrun",),
    "step_skipped": ("skipped", "reordered"),
    "step_reassigned": ("reassigned",),
    "papers_passed": ("papers",),
}


def case_history(request: Request, *, only: str = "", cursor: str | None = None) -> Page[Happening]:
    """A page of the timeline, newest first. At most five queries.

    ``only``: "deviations" from the SOP, "applicant" (acts of the applicant or addressed to them), or "" for all.
    """
    entries = TimelineEntry.objects.filter(request=request)
    if only == "applicant":
        entries = entries.filter(Q(actor_kind="applicant") | Q(verb__in=WITH_APPLICANT))
    elif only == "deviations":
        entries = entries.filter(_is_deviation())
    page = paginate(entries, [("pk", True)], cursor, SHOWN)
    return Page(_happenings(request, page.rows), page.next, page.previous)


def _is_deviation() -> Q:
    late = Exists(Deviation.objects.filter(run_id=OuterRef("run_id"), kind=Deviation.Kind.OVERRUN))
    return (
        Q(verb__in=["step_skipped", "papers_passed"])
        | Q(verb="step_reassigned", data__deviation="reassigned")
        | Q(late, verb="step_done")
    )


def newest_entry(request: Request) -> int:
    """Id of the newest entry in a request's timeline, 0 without any. One query."""
    newest = TimelineEntry.objects.filter(request=request).order_by("-pk")
    return newest.values_list("pk", flat=True).first() or 0


def happened_since(request: Request, entry_id: int, but_not: User | None = None) -> list[Happening]:
    """The latest ten entries after an entry, oldest first. Reminders are left out, since they change nothing.

    ``but_not``: a user whose own acts are left out.
    """
    entries = TimelineEntry.objects.filter(request=request, pk__gt=entry_id).exclude(verb__in=REMINDERS)
    if but_not is not None:
        entries = entries.exclude(actor_kind="staff", actor_id=str(but_not.pk))
    return _happenings(request, list(entries.order_by("-pk")[:10]))[::-1]


def _happenings(request: Request, entries: Collection[TimelineEntry]) -> list[Happening]:
    names, reasons, papers = _names(entries), _reasons(entries), _papers(entries)
    flow = flow_of_case(request)
    return [
        Happening(
            entry.at,
            _text(entry, flow, names) + _which(entry, papers),
            _who(entry, names),
            entry.audience == TimelineEntry.Audience.INTERNAL,
            _reason_of(entry, reasons),
        )
        for entry in entries
    ]


def _reasons(entries: Iterable[TimelineEntry]) -> list[Deviation]:
    """Deviations of the runs in the entries. At most one query."""
    runs = {entry.run_id for entry in entries if entry.run_id and entry.verb in _DEVIATING}
    return list(Deviation.objects.filter(run_id__in=runs)) if runs else []


def _reason_of(entry: TimelineEntry, reasons: Iterable[Deviation]) -> str:
    kinds = _DEVIATING.get(entry.verb, ())
    fits = [each for each in reasons if each.run_id == entry.run_id and each.kind in kinds]
    if entry.verb == "step_reassigned" and not entry.data.get("deviation"):
        return ""
    return min(fits, key=lambda each: abs(each.at - entry.at)).reason if fits else ""


def _papers(entries: Iterable[TimelineEntry]) -> dict[int, str]:
    """Labels of the documents in the entries, by id. At most one query."""
    ids = {pk for entry in entries for pk in _papers_of(entry)}
    if not ids:
        return {}
    found = Document.objects.filter(pk__in=ids).select_related("requirement", "request")
    return {each.pk: document_label(each) for each in found}


def _papers_of(entry: TimelineEntry) -> Sequence[int]:
    one = entry.data.get("document")
    return [one] if one else entry.data.get("documents") or []


def _which(entry: TimelineEntry, papers: Mapping[int, str]) -> str:
    labels = ", ".join(papers[pk] for pk in _papers_of(entry) if pk in papers)
    if entry.verb == "document_judged" and entry.data.get("verdict") in Document.Verdict.values:
        labels = f"{labels}, {Document.Verdict(entry.data['verdict']).label.lower()}"
    return f": {labels}" if labels else ""


def _names(entries: Collection[TimelineEntry]) -> dict[int, str]:
    ids = {int(entry.actor_id) for entry in entries if entry.actor_kind == "staff" and entry.actor_id.isdecimal()}
    ids |= {entry.data["user"] for entry in entries if entry.data.get("user")}
    ids |= {pk for entry in entries for pk in entry.data.get("users", ())}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "full_name"))


# Acts of the applicant that staff may record for them.
OF_APPLICANT = ("answered", "withdraw_request")


def _who(entry: TimelineEntry, names: Mapping[int, str]) -> str:
    if entry.actor_kind == "staff" and entry.actor_id.isdecimal():
        name = names.get(int(entry.actor_id), _("Petugas"))
        return _("dicatat oleh %(name)s") % {"name": name} if entry.verb in OF_APPLICANT else name
    return _("Pemohon") if entry.actor_kind == "applicant" else _("Portal")


def _text(entry: TimelineEntry, flow: Flow, names: Mapping[int, str]) -> str:
    name = names.get(entry.data.get("user", 0), _("petugas"))
    if entry.verb == "escalated":
        return _escalated(entry.data, ", ".join(names.get(pk, _("petugas")) for pk in entry.data.get("users", ())))
    if entry.verb == "routed":
        return _("Diteruskan kepada %(name)s") % {"name": name}
    if entry.verb == "routing_undone":
        return _("Penerusan kepada %(name)s diurungkan") % {"name": name}
    if entry.verb == "step_reassigned":
        return _("Langkah dialihkan kepada %(name)s") % {"name": name}
    if entry.verb == "answered" and "new" in entry.data:
        return _answered(entry.data)
    if entry.verb in STEP_WORDS and entry.data.get("step"):
        return _step_text(entry, flow.by_no(entry.data["step"]))
    return str(HAPPENED.get(entry.verb, _("Perubahan dicatat")))


def _answered(data: Mapping[str, Any]) -> str:
    """What came with an answer. Old entries lack this data."""
    new = ngettext("%(n)d berkas baru", "%(n)d berkas baru", data["new"]) % {"n": data["new"]}
    words = _("jawaban tertulis") if data.get("words") else ""
    parts = [new if data["new"] else _("tanpa berkas baru"), words]
    return _("Pemohon menjawab: %(came)s") % {"came": ", ".join(filter(None, parts))}


def _escalated(data: Mapping[str, Any], names: str) -> str:
    """Who was told about which due date, and in which role. Old entries only have the people."""
    if data.get("whom") not in AlarmStep.Whom.values:
        return _("Keterlambatan diberitahukan kepada %(names)s") % {"names": names}
    whom = AlarmStep.Whom(data["whom"]).label.lower()
    if data.get("levels", 1) > 1:
        whom = _("%(whom)s tingkat %(n)d") % {"whom": whom, "n": data["levels"]}
    words = {"names": names, "whom": whom, "no": data.get("step")}
    if data.get("step"):
        return _("Peringatan batas langkah %(no)d untuk %(names)s (%(whom)s)") % words
    return _("Peringatan jatuh tempo permohonan untuk %(names)s (%(whom)s)") % words


STEP_WORDS = {
    "step_done": gettext_lazy("Langkah %(no)d selesai"),
    "step_skipped": gettext_lazy("Langkah %(no)d dilewati"),
    "step_stopped": gettext_lazy("Langkah %(no)d dihentikan"),
    "step_reminded": gettext_lazy("Petugas langkah %(no)d diingatkan"),
    "step_claimed": gettext_lazy("Langkah %(no)d diambil"),
    "step_taken_back": gettext_lazy("Penyelesaian langkah %(no)d diurungkan"),
    "step_passed_on": gettext_lazy("Langkah %(no)d beralih karena pejabatnya berganti atau tidak di tempat"),
}


def _step_text(entry: TimelineEntry, step: FlowStep) -> str:
    text = str(STEP_WORDS[entry.verb]) % {"no": step.no}
    answer = {"yes": step.yes_label, "no": step.no_label}.get(entry.data.get("outcome", ""))
    if paper := entry.data.get("paper"):
        day = date_format(date.fromisoformat(paper), "j F Y")
        text = _("%(text)s, dicatat dari lembar disposisi bertanggal %(day)s") % {"text": text, "day": day}
    return f"{text}: {answer}" if answer else text
