"""The page of a version in the admin panel: the next task, the findings, the actors and the history."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sop.document import content as document
from sop.permissions import may_confirm_actors, may_correct, may_edit, may_propose, may_start, refusal
from sop.rules import findings
from sop.rules.actors import unmatched_actor_findings
from sop.rules.queries import flows, validity
from sop.states import OPEN, VERSION, verbs_from
from ula_portal.core.text.badges import Badge

from ..forms import ActorsForm, ApprovalForm, PaperForm, ReturnForm
from ..queries import corrections, deciding, panel, review


@dataclass(frozen=True)
class Task:
    """The next thing to do. ``action``: edit, actors, propose, a verb of ``states``, or "" if others have to do it."""

    title: str
    text: str
    action: str = ""


@dataclass(frozen=True)
class VerbButton:
    """A button, or the ``reason`` why the user has none. Obstacles for all users are shown in the task."""

    name: str
    label: str
    reason: str


def version_or_404(request, pk):
    version = panel.version_for(request.user, pk)
    if version is None:
        raise Http404
    return version


def version_page(request, pk, admin_context, *, approval=None, returning=None, actors=None, paper=None, status=200):
    """The page of a version. Bound forms with errors are passed in to be shown again."""
    version = version_or_404(request, pk)
    flow = flows.flow_of(version)
    found, columns = flows.findings_of(version, flow), panel.actors_of(version)
    may_confirm = version.state in OPEN and may_confirm_actors(request.user, version)
    if may_confirm and actors is None:
        actors = ActorsForm(columns, panel.near_positions(version))
    open_verbs = verbs_from(version.state, proposed=version.proposed_at is not None)
    verbs = {verb: VerbButton(verb, VERSION[verb].label, refusal(verb, request.user, version)) for verb in open_verbs}
    unmatched = unmatched_actor_findings(flow) if version.state in OPEN else []
    ids = {step.no: step.id for step in flow.steps}
    others = panel.other_versions(version)
    deciders = deciding.deciders_of(version)
    waiting = corrections.open_corrections(version) if version.state in OPEN else 0
    context = {
        **admin_context,
        "title": version.title,
        "version": version,
        "in_force": validity.is_in_force(version),
        "badge": _badge(version),
        "life": _life(version),
        "task": _task(request.user, version, verbs, findings.errors(found), unmatched, waiting),
        "deciders": deciders,
        "open_corrections": waiting,
        "may_correct": may_correct(request.user, version),
        "verbs": verbs,
        "may_edit": may_edit(request.user, version),
        "may_revise": _may_revise(request.user, version, others),
        "errors": [(finding, ids.get(finding.step_no)) for finding in findings.errors(found)],
        "warnings": [(finding, ids.get(finding.step_no)) for finding in findings.warnings(found)],
        "approval_form": approval or ApprovalForm(),
        "paper_form": paper or PaperForm(),
        "return_form": returning or ReturnForm(),
        "returned": review.return_of(version),
        "actors_form": actors if may_confirm else None,
        # The form comes before the document if an actor is unconfirmed or the form was just refused.
        "actors_first": may_confirm and (actors.is_bound or not all(actor.confirmed for actor in columns)),
        "actors": columns,
        "others": [other for other in others if other.pk != version.pk],
        "history": panel.milestones_of(version),
        "source": source_in_words(version.source_confidence),
        "identity": document.identity_block(version),
        "table": document.flow_table(flow),
    }
    return render(request, "sop/approval/version.html", context, status=status)


def _badge(version):
    if validity.is_in_force(version):
        return Badge("good", _("Berlaku"))
    return Badge("bad" if version.state == "withdrawn" else "info", version.get_state_display())


def _life(version):
    """The states of a version in order, as (label, "past", "now" or "later")."""
    states = [value for value in version.State.values if value != version.State.WITHDRAWN]
    # A withdrawn version has no current state: it passed all of them, or all but the last.
    passed = len(states) if version.published_at else len(states) - 1
    reached = states.index(version.state) if version.state in states else passed
    now = reached if version.state in states else None
    marks = ["now" if n == now else "past" if n < reached else "later" for n in range(len(states))]
    return [(version.State(state).label, mark) for state, mark in zip(states, marks, strict=True)]


def _may_revise(user, version, others):
    """Whether the user may start a revision: the version was published, and the SOP has no open draft."""
    is_open = any(other.state in OPEN for other in others)
    return not is_open and version.state in ("published", "withdrawn") and may_start(user, version.sop.unit_id)


def _task(user, version, verbs, errors, unmatched, waiting):
    if waiting:
        return _task_of_corrections(user, version, verbs, waiting)
    finder = {"draft": _task_of_draft, "verified": _task_of_verified, "approved": _task_of_approved}
    if version.state in finder:
        return finder[version.state](user, version, verbs, errors, unmatched)
    if version.state == "withdrawn":
        return Task(_("Versi ini sudah dicabut"), _("Versi ini tidak berlaku lagi dan hanya disimpan sebagai arsip."))
    if validity.is_in_force(version):
        return Task(_("Tidak ada yang perlu dilakukan"), _("Versi ini berlaku dan dapat dibaca masyarakat."))
    return Task(_("Tidak ada yang perlu dilakukan"), _("Versi ini sudah diterbitkan, tetapi tidak berlaku hari ini."))


def _task_of_corrections(user, version, verbs, waiting):
    """The task if corrections are open. They are answered in a draft, so a verified version has to be returned."""
    count = ngettext("%(n)s usulan perbaikan menunggu jawaban", "%(n)s usulan perbaikan menunggu jawaban", waiting)
    if version.state == "draft":
        return Task(count % {"n": waiting}, _("Penyusun memakai atau menolaknya. Setelah itu SOP dapat dilanjutkan."))
    text = _("Kembalikan SOP ini menjadi draf agar penyusun menjawabnya.")
    return Task(count % {"n": waiting}, text, "" if verbs["return"].reason else "return")


def _task_of_draft(user, version, verbs, errors, unmatched):
    if errors:
        count = ngettext("%(n)s hal harus diperbaiki", "%(n)s hal harus diperbaiki", len(errors)) % {"n": len(errors)}
        if may_edit(user, version):
            return Task(count, _("Draf ini baru dapat diverifikasi setelah temuan di bawah diperbaiki."), "edit")
        return Task(_("Draf belum siap diverifikasi"), _("Penyusun masih harus memperbaiki temuan di bawah ini."))
    if not verbs["verify"].reason:
        who = version.proposed_by.full_name if version.proposed_by else ""
        intro = _("%(name)s mengajukan draf ini untuk diverifikasi. ") % {"name": who} if who else ""
        return Task(
            _("Periksa, lalu verifikasi"), intro + _("Baca isi SOP di bawah. Bila sudah benar, verifikasi."), "verify"
        )
    if version.proposed_at:
        return Task(_("Menunggu verifikasi"), _("Draf sudah diajukan untuk diverifikasi."))
    if may_propose(user, version):
        text = _("Tidak ada yang harus diperbaiki. Ajukan draf ini untuk diverifikasi.")
        return Task(_("Siap diajukan"), text, "propose")
    return Task(_("Draf belum diajukan"), _("Penyusun belum mengajukan draf ini untuk diverifikasi."))


def _task_of_verified(user, version, verbs, errors, unmatched):
    if unmatched and may_confirm_actors(user, version):
        text = _("Pengesahan memerlukan setiap pelaksana dihubungkan dengan jabatan, pemohon, atau pihak lain.")
        count = ngettext("%(n)s pelaksana belum dipastikan", "%(n)s pelaksana belum dipastikan", len(unmatched))
        return Task(count % {"n": len(unmatched)}, text, "actors")
    if not verbs["approve"].reason and errors:
        text = _("Kembalikan versi ini menjadi draf agar temuan di bawah diperbaiki.")
        return Task(_("Belum dapat disahkan"), text, "return")
    if not verbs["approve"].reason:
        text = _("Baca isi SOP di bawah. Bila sudah benar, isi nomor keputusan dan sahkan.")
        return Task(_("Periksa, lalu sahkan"), text, "approve")
    if unmatched:
        return Task(_("Menunggu pelaksana dipastikan"), _("Setelah itu SOP ini dapat disahkan oleh kepala dinas."))
    return Task(_("Menunggu pengesahan"), _("SOP ini sudah diverifikasi dan menunggu disahkan."))


def _task_of_approved(user, version, verbs, errors, unmatched):
    if not verbs["publish"].reason:
        text = _("SOP ini sudah disahkan. Setelah diterbitkan, masyarakat dapat membacanya mulai tanggal efektifnya.")
        return Task(_("Terbitkan SOP ini"), text, "publish")
    return Task(_("Menunggu penerbitan"), _("SOP ini sudah disahkan dan menunggu administrator menerbitkannya."))


def source_in_words(confidence: str) -> str:
    """The source of the content in Indonesian. Unknown remarks of a file are shown unchanged."""
    known = (
        ("as published", _("diambil dari SOP yang sudah dipublikasikan instansi lain")),
        ("partly published", _("sebagian dari SOP yang sudah dipublikasikan, sebagian dilengkapi")),
        ("example: adapted", _("contoh, disesuaikan dari SOP yang sudah dipublikasikan")),
        ("example", _("contoh, disusun untuk peragaan")),
    )
    return next((words for start, words in known if confidence.startswith(start)), confidence)
