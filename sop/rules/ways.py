"""Starts, ends, the ways between them, and where the letter is made."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from .finding import ERROR, WARNING, Finding, at
from .flow import Flow, FlowStep, reachable

MANY_STEPS = 60


def way_findings(flow: Flow) -> Iterator[Finding]:
    """Exactly one start, at least one end; every step is reached and reaches an end."""
    if not flow.steps:
        yield Finding(ERROR, None, "no_steps", _("SOP belum mempunyai langkah. Tambahkan langkah pertamanya."), "steps")
        return
    yield from _starts(flow)
    yield from _ends(flow)
    yield from _unreached(flow)
    yield from _endless(flow)
    if len(flow.steps) > MANY_STEPS:
        message = _("SOP ini mempunyai %(count)s langkah, sehingga lembarnya sukar dibaca. Bagi menjadi beberapa SOP.")
        yield Finding(WARNING, None, "many_steps", message % {"count": len(flow.steps)}, "steps")


def _starts(flow: Flow) -> Iterator[Finding]:
    starts = [step for step in flow.steps if step.shape == "start"]
    if not starts:
        message = _("SOP belum mempunyai langkah mulai. Jadikan satu langkah berbentuk mulai.")
        yield Finding(ERROR, None, "no_start", message, "steps")
    for step in starts[1:]:
        message = _("langkah mulai kedua. SOP mempunyai tepat satu mulai; ubah bentuknya menjadi proses.")
        yield at(step, ERROR, "second_start", message, "shape")
    if starts and flow.actors and starts[0].actor_ids and flow.actors[0].id not in starts[0].actor_ids:
        message = _(
            "mulai tidak berada di kolom pelaksana pertama (“%(name)s”). "
            "Susun kolom menurut urutan pekerjaan, bukan pangkat."
        )
        yield at(starts[0], WARNING, "start_not_first_column", message, "actor_ids", name=flow.actors[0].name)


def _ends(flow: Flow) -> Iterator[Finding]:
    ends = [step for step in flow.steps if step.shape == "end"]
    if not ends:
        message = _("SOP belum mempunyai langkah selesai. Jadikan langkah terakhir berbentuk selesai.")
        yield Finding(ERROR, None, "no_end", message, "steps")
    elif all(step.end_kind == "rejected" for step in ends):
        message = _(
            "setiap alur berakhir dengan penolakan. Periksa cara berakhirnya; satu di antaranya mestinya selesai."
        )
        yield at(ends[-1], WARNING, "only_rejections", message, "end_kind")


def _exits(flow: Flow) -> dict[int, tuple[int, ...]]:
    return {step.id: step.exit_ids for step in flow.steps}


def _unreached(flow: Flow) -> Iterator[Finding]:
    """One finding per loose piece, at its first step; the steps behind it are named with it."""
    if not flow.start:
        return
    exits = _exits(flow)
    reached = {flow.start.id} | reachable(exits, flow.start.id)
    loose = [step for step in flow.steps if step.id not in reached and step.shape != "start"]
    led_to = {pk for step in loose for pk in step.exit_ids}
    told: set[int] = set()
    for step in sorted(loose, key=lambda step: (step.id in led_to, step.no)):
        if step.id in told:
            continue
        behind = reachable(exits, step.id)
        told |= {step.id} | behind
        others = [other.no for other in loose if other.id in behind and other.id != step.id]
        message = _("tidak dapat dicapai dari mulai%(others)s. Hubungkan langkah sebelumnya ke langkah ini.")
        yield at(step, ERROR, "unreachable", message, "no", others=_as_well(others))


def _endless(flow: Flow) -> Iterator[Finding]:
    """One finding per loop that nothing leads out of; a way that breaks off is told by the step where it does."""
    if not any(step.shape == "end" for step in flow.steps):
        return
    after = {step.id: reachable(_exits(flow), step.id) for step in flow.steps}
    stops = {step.id for step in flow.steps if not step.exit_ids or step.shape == "end"}
    endless = [step for step in flow.steps if step.id not in stops and not after[step.id] & stops]
    told: set[int] = set()
    for step in endless:
        # Where it has to be mended: all that follows leads back here.
        if step.id in told or not all(step.id in after[pk] for pk in after[step.id]):
            continue
        told |= after[step.id]
        others = [other.no for other in endless if step.id in after[other.id] and other is not step]
        message = _("alurnya tidak pernah sampai ke langkah selesai%(others)s. Perbaiki panah sesudahnya.")
        field = "if_yes_id" if step.shape == "decision" else "next_id"
        yield at(step, ERROR, "no_way_to_end", message, field, others=_as_well(others))


def _as_well(numbers: list[int]) -> str:
    """Words for the steps that share a finding: ", begitu pula langkah 5, 6"; "" for none."""
    if not numbers:
        return ""
    return _(", begitu pula langkah %(numbers)s") % {"numbers": ", ".join(map(str, sorted(numbers)))}


def exit_findings(step: FlowStep) -> Iterator[Finding]:
    """Decisions have two exits with labels of their own, ends none, every other step one."""
    if step.shape == "decision":
        yield from _decision(step)
        return
    if step.if_yes_id is not None or step.if_no_id is not None:
        message = _("cabang ya/tidak hanya untuk keputusan. Ubah bentuknya menjadi keputusan atau hapus cabangnya.")
        yield at(step, ERROR, "branch_without_decision", message, "shape")
    if step.shape == "end" and step.next_id is not None:
        message = _("langkah selesai tidak boleh diikuti langkah lain. Hapus panahnya.")
        yield at(step, ERROR, "end_with_exit", message, "next_id")
    if step.shape != "end" and step.next_id is None:
        message = _("belum menunjuk langkah berikutnya. Isi “berikutnya” atau jadikan selesai.")
        yield at(step, ERROR, "no_exit", message, "next_id")
    if step.next_id == step.id:
        message = _("menunjuk dirinya sendiri. Pilih langkah berikutnya yang lain.")
        yield at(step, ERROR, "points_to_itself", message, "next_id")


def _decision(step: FlowStep) -> Iterator[Finding]:
    missing = [field for field in ("if_yes_id", "if_no_id") if getattr(step, field) is None]
    labels = {"if_yes_id": step.yes_label, "if_no_id": step.no_label}
    if missing:
        message = _("keputusan harus mempunyai dua cabang. Pilih langkah tujuan untuk %(labels)s.")
        words = _(" dan ").join(f"“{labels[field]}”" for field in missing)
        yield at(step, ERROR, "decision_exits", message, missing[0], labels=words)
    elif step.if_yes_id == step.if_no_id:
        message = _("kedua cabang keputusan menuju langkah yang sama. Pilih langkah yang berbeda, atau jadikan proses.")
        yield at(step, ERROR, "decision_exits", message, "if_no_id")
    if _plain(step.yes_label) == _plain(step.no_label):
        message = _("kedua cabang keputusan bertuliskan “%(label)s”. Beri sebutan yang berbeda.")
        yield at(step, ERROR, "same_labels", message, "no_label", label=step.yes_label)
    for field, label in labels.items():
        if getattr(step, field) == step.id:
            message = _("cabang “%(label)s” kembali ke keputusan ini sendiri. Pilih langkah yang lain.")
            yield at(step, ERROR, "points_to_itself", message, field, label=label)
    if step.next_id is not None:
        message = _("keputusan tidak memakai panah “berikutnya”. Hapus panahnya; gunakan kedua cabang.")
        yield at(step, ERROR, "decision_next", message, "next_id")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .!?")


def letter_findings(flow: Flow) -> Iterator[Finding]:
    """One case makes one letter, by somebody in the office, in a step that is not a decision."""
    marked = [step for step in flow.steps if step.issues_letter]
    numbers = {step.id: step.no for step in flow.steps}
    # Arrows back are left out: what follows only on a second try is not the same way.
    onward = {step.id: tuple(pk for pk in step.exit_ids if numbers.get(pk, 0) > step.no) for step in flow.steps}
    # Who an actor is has to be sure before it can be held against the letter.
    sure = {actor.id for actor in flow.actors if actor.confirmed}
    for step in marked:
        if step.shape == "decision":
            message = _("keputusan tidak dapat menerbitkan surat. Tandai langkah yang membuat suratnya.")
            yield at(step, ERROR, "letter_by_decision", message, "issues_letter")
        elif step.actor_ids and sure.issuperset(step.actor_ids) and step.lead_kind != "position":
            message = _(
                "ditandai menerbitkan surat, tetapi dikerjakan “%(name)s”. "
                "Surat portal ini hanya diterbitkan oleh jabatan di kantor ini."
            )
            yield at(step, WARNING, "letter_not_by_office", message, "issues_letter", name=step.lead_name)
        later = [other.no for other in marked if other.id in reachable(onward, step.id)]
        if later:
            message = _(
                "menerbitkan surat, dan langkah %(later)s pada alur yang sama juga. "
                "Satu permohonan mendapat satu surat; tandai salah satu saja."
            )
            values = {"later": ", ".join(map(str, later))}
            yield at(step, WARNING, "second_letter", message, "issues_letter", **values)
