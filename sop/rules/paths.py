"""Rules for starts, ends, the paths between them, and the step that issues the letter."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from .finding import ERROR, WARNING, Finding, step_finding
from .flow import Flow, FlowStep, reachable

MANY_STEPS = 60


def path_findings(flow: Flow) -> Iterator[Finding]:
    """Findings on paths: exactly one start, at least one end, and every step lies on a path between them."""
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
        message = _("langkah mulai kedua. SOP mempunyai tepat satu mulai. Ubah bentuknya menjadi proses.")
        yield step_finding(step, ERROR, "second_start", message, "shape")
    if starts and flow.actors and starts[0].actor_ids and flow.actors[0].id not in starts[0].actor_ids:
        message = _(
            "mulai tidak berada di kolom pelaksana pertama (“%(name)s”). "
            "Susun kolom menurut urutan pekerjaan, bukan pangkat."
        )
        yield step_finding(starts[0], WARNING, "start_not_first_column", message, "actor_ids", name=flow.actors[0].name)


def _ends(flow: Flow) -> Iterator[Finding]:
    ends = [step for step in flow.steps if step.shape == "end"]
    if not ends:
        message = _("SOP belum mempunyai langkah selesai. Jadikan langkah terakhir berbentuk selesai.")
        yield Finding(ERROR, None, "no_end", message, "steps")
    elif all(step.end_kind == "rejected" for step in ends):
        message = _(
            "setiap alur berakhir dengan penolakan. Periksa cara berakhirnya. Satu di antaranya mestinya selesai."
        )
        yield step_finding(ends[-1], WARNING, "only_rejections", message, "end_kind")


def _exits(flow: Flow) -> dict[int, tuple[int, ...]]:
    return {step.id: step.exit_ids for step in flow.steps}


def _unreached(flow: Flow) -> Iterator[Finding]:
    """One finding per part of the flow that the start does not reach, at its first step; it names the other steps."""
    if not flow.start:
        return
    exits = _exits(flow)
    reached = {flow.start.id} | reachable(exits, flow.start.id)
    loose = [step for step in flow.steps if step.id not in reached and step.shape != "start"]
    led_to = {pk for step in loose for pk in step.exit_ids}
    reported: set[int] = set()
    for step in sorted(loose, key=lambda step: (step.id in led_to, step.no)):
        if step.id in reported:
            continue
        behind = reachable(exits, step.id)
        reported |= {step.id} | behind
        others = [other.no for other in loose if other.id in behind and other.id != step.id]
        message = _("tidak dapat dicapai dari mulai%(others)s. Hubungkan langkah sebelumnya ke langkah ini.")
        yield step_finding(step, ERROR, "unreachable", message, "no", others=_as_well(others))


def _endless(flow: Flow) -> Iterator[Finding]:
    """One finding per loop without an exit. A path that breaks off is reported by ``exit_findings`` instead."""
    if not any(step.shape == "end" for step in flow.steps):
        return
    after = {step.id: reachable(_exits(flow), step.id) for step in flow.steps}
    stops = {step.id for step in flow.steps if not step.exit_ids or step.shape == "end"}
    endless = [step for step in flow.steps if step.id not in stops and not after[step.id] & stops]
    reported: set[int] = set()
    for step in endless:
        # Only steps of the loop itself are reported, not those that lead into it.
        if step.id in reported or not all(step.id in after[pk] for pk in after[step.id]):
            continue
        reported |= after[step.id]
        others = [other.no for other in endless if step.id in after[other.id] and other is not step]
        message = _("alurnya tidak pernah sampai ke langkah selesai%(others)s. Perbaiki panah sesudahnya.")
        field = "if_yes_id" if step.shape == "decision" else "next_id"
        yield step_finding(step, ERROR, "no_way_to_end", message, field, others=_as_well(others))


def _as_well(numbers: list[int]) -> str:
    """Words for the other steps that share a finding, such as ", begitu pula langkah 5, 6"; empty if there are none."""
    if not numbers:
        return ""
    return _(", begitu pula langkah %(numbers)s") % {"numbers": ", ".join(map(str, sorted(numbers)))}


def exit_findings(step: FlowStep) -> Iterator[Finding]:
    """Findings on exits: a decision has two with different labels, an end has none, every other step has one."""
    if step.shape == "decision":
        yield from _decision(step)
        return
    if step.if_yes_id is not None or step.if_no_id is not None:
        message = _("cabang ya/tidak hanya untuk keputusan. Ubah bentuknya menjadi keputusan atau hapus cabangnya.")
        yield step_finding(step, ERROR, "branch_without_decision", message, "shape")
    if step.shape == "end" and step.next_id is not None:
        message = _("langkah selesai tidak boleh diikuti langkah lain. Hapus panahnya.")
        yield step_finding(step, ERROR, "end_with_exit", message, "next_id")
    if step.shape != "end" and step.next_id is None:
        message = _("belum menunjuk langkah berikutnya. Isi “berikutnya” atau jadikan selesai.")
        yield step_finding(step, ERROR, "no_exit", message, "next_id")
    if step.next_id == step.id:
        message = _("menunjuk dirinya sendiri. Pilih langkah berikutnya yang lain.")
        yield step_finding(step, ERROR, "points_to_itself", message, "next_id")


def _decision(step: FlowStep) -> Iterator[Finding]:
    missing = [field for field in ("if_yes_id", "if_no_id") if getattr(step, field) is None]
    labels = {"if_yes_id": step.yes_label, "if_no_id": step.no_label}
    if missing:
        message = _("keputusan harus mempunyai dua cabang. Pilih langkah tujuan untuk %(labels)s.")
        words = _(" dan ").join(f"“{labels[field]}”" for field in missing)
        yield step_finding(step, ERROR, "decision_exits", message, missing[0], labels=words)
    elif step.if_yes_id == step.if_no_id:
        message = _("kedua cabang keputusan menuju langkah yang sama. Pilih langkah yang berbeda, atau jadikan proses.")
        yield step_finding(step, ERROR, "decision_exits", message, "if_no_id")
    if _plain(step.yes_label) == _plain(step.no_label):
        message = _("kedua cabang keputusan bertuliskan “%(label)s”. Beri sebutan yang berbeda.")
        yield step_finding(step, ERROR, "same_labels", message, "no_label", label=step.yes_label)
    for field, label in labels.items():
        if getattr(step, field) == step.id:
            message = _("cabang “%(label)s” kembali ke keputusan ini sendiri. Pilih langkah yang lain.")
            yield step_finding(step, ERROR, "points_to_itself", message, field, label=label)
    if step.next_id is not None:
        message = _("keputusan tidak memakai panah “berikutnya”. Hapus panahnya. Gunakan kedua cabang.")
        yield step_finding(step, ERROR, "decision_next", message, "next_id")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" .!?")


def letter_findings(flow: Flow) -> Iterator[Finding]:
    """Findings on letter steps: a case issues one letter, in a step of this office that is not a decision."""
    marked = [step for step in flow.steps if step.issues_letter]
    numbers = {step.id: step.no for step in flow.steps}
    # Arrows back are ignored: a step that is only reached on a second attempt is not on the same path.
    onward = {step.id: tuple(pk for pk in step.exit_ids if numbers.get(pk, 0) > step.no) for step in flow.steps}
    # The kind of an unconfirmed actor is only a guess, so it causes no finding.
    confirmed = {actor.id for actor in flow.actors if actor.confirmed}
    for step in marked:
        if step.shape == "decision":
            message = _("keputusan tidak dapat menerbitkan surat. Tandai langkah yang membuat suratnya.")
            yield step_finding(step, ERROR, "letter_by_decision", message, "issues_letter")
        elif step.actor_ids and confirmed.issuperset(step.actor_ids) and step.lead_kind != "position":
            message = _(
                "ditandai menerbitkan surat, tetapi dikerjakan “%(name)s”. "
                "Surat portal ini hanya diterbitkan oleh jabatan di kantor ini."
            )
            yield step_finding(step, WARNING, "letter_not_by_office", message, "issues_letter", name=step.lead_name)
        later = [other.no for other in marked if other.id in reachable(onward, step.id)]
        if later:
            message = _(
                "menerbitkan surat, dan langkah %(later)s pada alur yang sama juga. Satu permohonan mendapat satu "
                "surat. Tandai salah satu saja."
            )
            values = {"later": ", ".join(map(str, later))}
            yield step_finding(step, WARNING, "second_letter", message, "issues_letter", **values)
