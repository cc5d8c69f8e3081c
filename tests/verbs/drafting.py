"""Verbs on SOPs: drafting, review, approval, publication."""

from sop import actions
from sop.models import DraftCopy
from sop.queries import actor_values, identity_values, places_of, step_values
from tests.factories import sop as make
from tests.factories.sop_drafts import step
from ula_portal.core.actors import staff

from .rows import OUTDATED, SAME, Row, on


def draft(w, rows=True):
    """The section head's own draft."""
    version = actions.start_sop(w.cast.section_head, name="SOP draf contoh", unit_id=w.cast.unit.pk)
    if not rows:
        return version
    version = actions.paste_steps(version.pk, w.cast.section_head, make.small_content()["steps"], replace=True)
    make.confirm_all(version, w.cast.admin)
    return version


def place(version):
    return next(each.key for each in places_of(version) if each.field == "note")


def head(w):
    return w.cast.section_head


def on_step(w, no, *more, **options):
    return on(step(draft(w), no).pk, head(w), *more, **options)


def removed(w):
    return actions.remove_step(step(draft(w), 2).pk, head(w))


def column(w):
    return draft(w).actors.order_by("order").first()


def edited(w, verb):
    """A call that writes a value into a field of a step, of a column, of the identity block."""
    if verb is actions.save_step:
        row = step(draft(w), 2)
        return on(row.pk, head(w), {"note": "Catatan"}, step_values(row))
    if verb is actions.save_actor:
        row = column(w)
        return on(row.pk, head(w), {"name": "Pemohon layanan"}, actor_values(row))
    version = draft(w)
    return on(version.pk, head(w), {"name": "SOP dengan nama lain"}, identity_values(version))


def copy_of(w):
    """A kept copy: what a file took the place of."""
    version = draft(w)
    actions.import_sop(make.small_content(number=version.sop.number), user=head(w))
    return DraftCopy.objects.get(version=version)


def proposed(w):
    return actions.propose_version(draft(w).pk, head(w))


ROWS = [
    Row(
        actions.import_sop,
        "system",
        lambda w: on(make.small_content(number="420/9/2026")),
        case="new",
        wrote=("journal sop_version: sop_created",),
    ),
    Row(
        actions.import_sop,
        "section_head",
        lambda w: on(
            make.small_content(number=w.sop_draft.sop.number), user=head(w), actor=staff(head(w)), seen_revision=0
        ),
        case="in place of a draft",
        wrote=("journal sop_draft: sop_replaced",),
    ),
    Row(
        actions.import_sop,
        "admin",
        lambda w: on(make.small_content(number=w.sop_version.sop.number), actor=staff(w.cast.admin)),
        case="after a version in force",
        wrote=("journal sop_version: sop_new_draft",),
    ),
    Row(
        actions.confirm_actors,
        "admin",
        lambda w: on(w.sop_draft.pk, {a.pk: (a.kind, a.position_id) for a in w.sop_draft.actors.all()}, w.cast.admin),
        wrote=("journal sop_draft: actors_confirmed",),
        again=SAME,
    ),
    Row(
        actions.start_sop,
        "section_head",
        lambda w: on(head(w), name="SOP baru", unit_id=w.cast.unit.pk, key="k"),
        wrote=("journal sop_version: sop_started",),
    ),
    Row(
        actions.start_revision,
        "section_head",
        lambda w: on(w.sop_version.sop_id, head(w), key="k"),
        wrote=("journal sop_version: sop_revision_started",),
    ),
    Row(
        actions.paste_steps,
        "section_head",
        lambda w: on(draft(w).pk, head(w), make.small_content()["steps"], key="k"),
        wrote=("journal sop_version: sop_steps_pasted",),
    ),
    Row(
        actions.add_step,
        "section_head",
        lambda w: on(draft(w).pk, head(w), key="k"),
        wrote=("journal sop_version: sop_step_added",),
    ),
    Row(
        actions.save_step,
        "section_head",
        lambda w: edited(w, actions.save_step),
        wrote=("journal sop_version: sop_step_saved",),
    ),
    Row(actions.move_step, "section_head", lambda w: on_step(w, 3, 2), wrote=("journal sop_version: sop_step_moved",)),
    Row(
        actions.split_step,
        "section_head",
        lambda w: on_step(w, 3, key="k"),
        wrote=("journal sop_version: sop_step_split",),
    ),
    Row(
        actions.remove_step,
        "section_head",
        lambda w: on_step(w, 2),
        wrote=("journal sop_version: sop_step_removed",),
        again="StepGone",
    ),
    Row(
        actions.restore_step,
        "section_head",
        lambda w: on(removed(w).pk, head(w)),
        wrote=("journal sop_version: sop_step_restored",),
        again=OUTDATED,
    ),
    Row(
        actions.add_actor,
        "section_head",
        lambda w: on(draft(w).pk, head(w), name="Sekolah", kind="external", key="k"),
        wrote=("journal sop_version: sop_actor_added",),
    ),
    Row(
        actions.save_actor,
        "section_head",
        lambda w: edited(w, actions.save_actor),
        wrote=("journal sop_version: sop_actor_saved",),
    ),
    Row(
        actions.move_actor,
        "section_head",
        lambda w: on(column(w).pk, head(w), 2),
        wrote=("journal sop_version: sop_actor_moved",),
    ),
    Row(
        actions.remove_actor,
        "section_head",
        lambda w: on(actions.add_actor(draft(w).pk, head(w), name="Sekolah", kind="external").pk, head(w)),
        wrote=("journal sop_version: sop_actor_removed",),
        again=OUTDATED,
    ),
    Row(
        actions.save_identity,
        "section_head",
        lambda w: edited(w, actions.save_identity),
        wrote=("journal sop_version: sop_identity_saved",),
    ),
    Row(
        actions.save_identity,
        "section_head",
        lambda w: on(proposed(w).pk, head(w), {"name": "SOP dengan nama lain"}, {}),
        case="proposed before",
        wrote=("journal sop_version: sop_identity_saved",),
    ),
    Row(
        actions.restore_copy,
        "section_head",
        lambda w: on(copy_of(w).pk, head(w)),
        wrote=("journal sop_version: sop_copy_restored",),
        again=SAME,
    ),
]
