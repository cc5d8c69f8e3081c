"""Verbs on SOPs: drafting, review, approval, publication."""

from sop.approval.actions import proposing
from sop.approval.queries.corrections import places_of
from sop.drafting.actions import (
    actors,
    copies,
    identity,
    importing,
    pasting,
    positions,
    removal,
    splitting,
    starting,
    steps,
)
from sop.drafting.queries.editing import actor_values, identity_values, step_values
from sop.models import DraftCopy
from tests.factories import sop as make
from tests.factories.sop_drafts import step
from ula_portal.core.journal.actors import SYSTEM, staff

from .rows import OUTDATED, SAME, Row, on


def draft(w, rows=True):
    """The section head's own draft."""
    version = starting.start_sop(by=staff(w.cast.section_head), name="SOP draf contoh", unit_id=w.cast.unit.pk)
    if not rows:
        return version
    version = pasting.paste_steps(
        version, by=staff(w.cast.section_head), rows=make.small_content()["steps"], replace=True
    )
    make.confirm_all(version, w.cast.admin)
    return version


def place(version):
    return next(each.key for each in places_of(version) if each.field == "note")


def head(w):
    return w.cast.section_head


def on_step(w, no, **options):
    return on(step(draft(w), no), by=staff(head(w)), **options)


def removed(w):
    return removal.remove_step(step(draft(w), 2), by=staff(head(w)))


def column(w):
    return draft(w).actors.order_by("order").first()


def edited(w, verb):
    """A call that writes a value into a field of a step, a column or the identity block."""
    if verb is steps.save_step:
        row = step(draft(w), 2)
        return on(row, by=staff(head(w)), fields={"note": "Catatan"}, was=step_values(row))
    if verb is actors.save_actor:
        row = column(w)
        return on(row, by=staff(head(w)), fields={"name": "Pemohon layanan"}, was=actor_values(row))
    version = draft(w)
    values = identity_values(version)
    return on(version, by=staff(head(w)), fields={"name": "SOP dengan nama lain"}, was=values)


def copy_of(w):
    """The copy of a draft that an imported file has replaced."""
    version = draft(w)
    importing.import_sop(make.small_content(number=version.sop.number), by=staff(head(w)))
    return DraftCopy.objects.get(version=version)


def proposed(w):
    return proposing.propose_version(draft(w), by=staff(head(w)))


ROWS = [
    Row(
        importing.import_sop,
        "system",
        lambda w: on(make.small_content(number="420/9/2026"), by=SYSTEM),
        case="new",
        wrote=("journal sop_version: sop_created",),
    ),
    Row(
        importing.import_sop,
        "section_head",
        lambda w: on(make.small_content(number=w.sop_draft.sop.number), by=staff(head(w)), seen_revision=0),
        case="in place of a draft",
        wrote=("journal sop_draft: sop_replaced",),
    ),
    Row(
        importing.import_sop,
        "admin",
        lambda w: on(make.small_content(number=w.sop_version.sop.number), by=staff(w.cast.admin)),
        case="after a version in force",
        wrote=("journal sop_version: sop_new_draft",),
    ),
    Row(
        positions.confirm_actors,
        "admin",
        lambda w: on(
            w.sop_draft,
            by=staff(w.cast.admin),
            mapping={a.pk: (a.kind, a.position_id) for a in w.sop_draft.actors.all()},
        ),
        wrote=("journal sop_draft: actors_confirmed",),
        again=SAME,
    ),
    Row(
        starting.start_sop,
        "section_head",
        lambda w: on(by=staff(head(w)), name="SOP baru", unit_id=w.cast.unit.pk, key="k"),
        wrote=("journal sop_version: sop_started",),
    ),
    Row(
        starting.start_revision,
        "section_head",
        lambda w: on(w.sop_version.sop, by=staff(head(w)), key="k"),
        wrote=("journal sop_version: sop_revision_started",),
    ),
    Row(
        pasting.paste_steps,
        "section_head",
        lambda w: on(draft(w), by=staff(head(w)), rows=make.small_content()["steps"], key="k"),
        wrote=("journal sop_version: sop_steps_pasted",),
    ),
    Row(
        steps.add_step,
        "section_head",
        lambda w: on(draft(w), by=staff(head(w)), key="k"),
        wrote=("journal sop_version: sop_step_added",),
    ),
    Row(
        steps.save_step,
        "section_head",
        lambda w: edited(w, steps.save_step),
        wrote=("journal sop_version: sop_step_saved",),
    ),
    Row(
        steps.move_step,
        "section_head",
        lambda w: on_step(w, 3, to_no=2),
        wrote=("journal sop_version: sop_step_moved",),
    ),
    Row(
        splitting.split_step,
        "section_head",
        lambda w: on_step(w, 3, key="k"),
        wrote=("journal sop_version: sop_step_split",),
    ),
    Row(
        removal.remove_step,
        "section_head",
        lambda w: on_step(w, 2),
        wrote=("journal sop_version: sop_step_removed",),
        again="StepGone",
    ),
    Row(
        removal.restore_step,
        "section_head",
        lambda w: on(removed(w), by=staff(head(w))),
        wrote=("journal sop_version: sop_step_restored",),
        again=OUTDATED,
    ),
    Row(
        actors.add_actor,
        "section_head",
        lambda w: on(draft(w), by=staff(head(w)), name="Sekolah", kind="external", key="k"),
        wrote=("journal sop_version: sop_actor_added",),
    ),
    Row(
        actors.save_actor,
        "section_head",
        lambda w: edited(w, actors.save_actor),
        wrote=("journal sop_version: sop_actor_saved",),
    ),
    Row(
        actors.move_actor,
        "section_head",
        lambda w: on(column(w), by=staff(head(w)), to_order=2),
        wrote=("journal sop_version: sop_actor_moved",),
    ),
    Row(
        actors.remove_actor,
        "section_head",
        lambda w: on(actors.add_actor(draft(w), by=staff(head(w)), name="Sekolah", kind="external"), by=staff(head(w))),
        wrote=("journal sop_version: sop_actor_removed",),
        again=OUTDATED,
    ),
    Row(
        identity.save_identity,
        "section_head",
        lambda w: edited(w, identity.save_identity),
        wrote=("journal sop_version: sop_identity_saved",),
    ),
    Row(
        identity.save_identity,
        "section_head",
        lambda w: on(proposed(w), by=staff(head(w)), fields={"name": "SOP dengan nama lain"}, was={}),
        case="proposed before",
        wrote=("journal sop_version: sop_identity_saved",),
    ),
    Row(
        copies.restore_copy,
        "section_head",
        lambda w: on(copy_of(w), by=staff(head(w))),
        wrote=("journal sop_version: sop_copy_restored",),
        again=SAME,
    ),
]
