"""From a form of the case page to a verb, and to the sentence that says what happened."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.attachments.actions import judging
from services.conversation.actions import asking, talking
from services.conversation.queries.asked import came_words, things_asked
from services.engine.actions import deviating, steps, taking_back
from services.letters.actions import handing_over
from services.letters.actions.letters import issue_letter
from services.models import Request
from sop.rules.queries.flows import flow_of
from ula_portal.core.data.errors import Outdated
from ula_portal.core.journal.actors import staff


def _went_on(moved, user):
    flow = flow_of(moved.request.sop_version_id)
    no = flow.step(moved.run.step_id).no
    done = _("Langkah %(no)d dilewati") if moved.run.outcome == "skipped" else _("Langkah %(no)d selesai")
    return f"{done % {'no': no}}{whither(moved.request, moved.next_run, flow, user)}"


def whither(request, run, flow, user):
    if run is None:
        return _(". Permohonan ditutup: %(state)s.") % {"state": request.get_state_display().lower()}
    step = flow.step(run.step_id)
    if step.lead_kind == "applicant":
        return _(", surat siap diambil pemohon.") if step.shape == "end" else _(", menunggu pemohon.")
    if step.lead_kind == "external":
        return _(", menunggu %(who)s.") % {"who": step.lead_name}
    if run.assignee_id == user.pk:
        return _(", langkah berikutnya juga tugas Anda.")
    return _(", diteruskan kepada %(who)s.") % {"who": step.lead_name}


def _step_words(data):
    return {
        "note": data.get("note") or "",
        "idempotency_key": data["key"],
        "happened_on": data.get("happened_on"),
        "sent_on": data.get("sent_on"),
        "deviation_reason": data.get("deviation_reason") or "",
    }


def claim(page, user, data):
    steps.claim_step(_run(data), user)
    return _("Langkah ini sekarang menjadi tugas Anda.")


def start(page, user, data):
    steps.start_step(_run(data), user)
    return _("Waktu pengerjaan langkah ini mulai dihitung.")


def complete(page, user, data):
    return _went_on(steps.complete_step(_run(data), user, **_step_words(data)), user)


def decide(page, user, data):
    words = _step_words(data) | {"papers_reason": data["papers_reason"]}
    return _went_on(steps.decide_step(_run(data), user, data["answer"] == "yes", **words), user)


def take_back(page, user, data):
    taking_back.take_back_step(_run(data), user)
    return _("Penyelesaian langkah diurungkan. Langkah ini berjalan lagi seperti semula.")


def letter(page, user, data):
    issued = issue_letter(_run(data), user, body=data["body"], deviation_reason=data.get("deviation_reason") or "")
    return _("Surat %(number)s diterbitkan.") % {"number": issued.number}


def ask(page, user, data):
    reasons = {paper.document.pk: paper.document.verdict_note for paper in page.marked}
    documents = {int(pk): reasons.get(int(pk), "") for pk in data.get("documents", ())}
    asking.ask_applicant(page.request.pk, user, data["wanted"], documents)
    return _("Pemohon diminta melengkapi. Waktu pelayanan berhenti sampai pemohon menjawab.")


def judge(page, user, data):
    if not page.request.documents.filter(pk=data["document"]).exists():
        raise Outdated(_("Berkas ini tidak ada pada permohonan ini."))
    judging.judge_document(data["document"], user, data["verdict"], data["note"])
    return VERDICT_SAID[data["verdict"]]


def answer(page, user, data):
    asking.applicant_answers(page.request, actor=staff(user), text=data["text"], sure=data["sure"])
    came = came_words(things_asked(page.request, page.request.pauses.order_by("from_at").last()))
    return _("Jawaban pemohon dicatat. %(came)s Waktu pelayanan berjalan lagi.") % {"came": came}


def skip(page, user, data):
    moved = deviating.skip_step(
        _run(data), user, reason=data["reason"], to_step_no=data["to_step_no"], idempotency_key=data["key"]
    )
    return _went_on(moved, user)


def reassign(page, user, data):
    to_user = next(each for each in [*page.takers, *page.other_takers] if str(each.pk) == data["to_user"])
    deviating.reassign(_run(data), to_user, by=user, note=data["note"], reason=data.get("reason") or "")
    return _("Langkah dialihkan kepada %(name)s.") % {"name": to_user}


def declare_complete(page, user, data):
    asking.declare_complete(page.request.pk, user, papers_reason=data["papers_reason"])
    return _("Berkas dinyatakan lengkap. Waktu pelayanan mulai dihitung.")


def hand_over(page, user, data):
    if page.letter is None:
        raise Outdated(_("Surat ini belum terbit atau sudah dicabut."))
    handing_over.hand_over_letter(page.letter.pk, user)
    return _("Surat diserahkan kepada pemohon.")


def note(page, user, data):
    mentions = data["mentions"]
    talking.add_internal_note(page.request.pk, user, data["text"], mentions=mentions, idempotency_key=data["key"])
    told = [each.full_name for each in page.colleagues if each.pk in mentions and each.pk != user.pk]
    if told:
        return _("Catatan internal disimpan. Diberi tahu: %(names)s.") % {"names": ", ".join(told)}
    return _("Catatan internal disimpan.")


def message(page, user, data):
    talking.write_to_applicant(page.request.pk, user, data["text"], idempotency_key=data["key"])
    return _("Pesan dikirim kepada pemohon.")


def close_unanswered(page, user, data):
    asking.close_unanswered(page.request.pk, user, data["reason"])
    return _("Permohonan ditutup karena tidak dijawab.")


def withdraw(page, user, data):
    request: Request = asking.withdraw_request(page.request, actor=staff(user))
    return _("Permohonan %(number)s ditarik atas permintaan pemohon.") % {"number": request.number}


def _run(data):
    return data.get("run") or 0


VERDICT_SAID = {
    "fits": gettext_lazy("Berkas dinilai sesuai."),
    "mend": gettext_lazy("Berkas ditandai perlu diperbaiki. Pemohon belum diberi tahu."),
    "": gettext_lazy("Penilaian berkas dibatalkan. Pemohon tidak perlu menggantinya."),
}
VERBS = {
    "ambil": claim,
    "mulai": start,
    "selesai": complete,
    "putuskan": decide,
    "surat": letter,
    "minta": ask,
    "penilaian": judge,
    "jawaban": answer,
    "lewati": skip,
    "alihkan": reassign,
    "lengkap": declare_complete,
    "urungkan": take_back,
    "serahkan": hand_over,
    "catatan": note,
    "pesan": message,
    "tutup": close_unanswered,
    "tarik": withdraw,
}
