"""Verbs on whole versions of an SOP: proposing, review, approval, publication, corrections."""

import datetime

from sop.approval.actions import corrections, life, on_paper, proposing
from sop.approval.queries.corrections import places_of
from sop.drafting.actions import starting
from tests.factories import sop as make
from tests.factories.services import picture
from ula_portal.core.journal.actors import staff

from .drafting import draft, head, place, proposed
from .rows import OUTDATED, SAME, Row, on

DECREED = datetime.date(2023, 5, 2)


def whole(w):
    """A draft imported from a file, so that nobody in the cast is its author."""
    make.confirm_all(w.sop_draft, w.cast.admin)
    return w.sop_draft


def verified(w):
    return life.verify_version(whole(w), by=staff(w.cast.section_head))


def approved(w):
    return life.approve_version(
        verified(w), by=staff(w.cast.head), decree="800/2/2026", effective_from=datetime.date(2026, 12, 1)
    )


def revised(w):
    """A new version of the published SOP, approved."""
    version = starting.start_revision(w.sop_version.sop, by=staff(w.cast.section_head))
    make.confirm_all(version, w.cast.admin)
    life.verify_version(version, by=staff(w.cast.head))
    return life.approve_version(
        version, by=staff(w.cast.head), decree="800/3/2026", effective_from=datetime.date(2026, 12, 1)
    )


def corrected(w, version=None, text="Lebih jelas"):
    version = version or draft(w)
    return corrections.propose_correction(version, by=staff(w.cast.head), place=place(version), text=text)


def two_corrected(w):
    version = draft(w)
    first = corrected(w, version)
    keys = [each.key for each in places_of(version) if each.field == "note"]
    corrections.propose_correction(version, by=staff(w.cast.head), place=keys[1], text="Lebih jelas")
    return first


def seen(correction):
    found = places_of(correction.version)
    return next(p.text for p in found if (p.step_id, p.field) == (correction.step_id, correction.field))


def paper(**more):
    return on_paper.PaperDecree("420/1/2023", DECREED, DECREED, "Kepala Dinas", "Pendahulu", scan=picture("k.png"))


ROWS = [
    Row(
        proposing.propose_version,
        "section_head",
        lambda w: on(draft(w), by=staff(head(w))),
        wrote=("journal sop_version: sop_proposed", "notice sop_version: sop_proposed to secretary"),
    ),
    Row(
        life.verify_version,
        "section_head",
        lambda w: on(whole(w), by=staff(head(w))),
        wrote=("journal sop_draft: sop_verified",),
        again=OUTDATED,
    ),
    Row(
        life.return_version,
        "head",
        lambda w: on(proposed(w), by=staff(w.cast.head), reason="Lengkapi waktunya."),
        case="proposed",
        wrote=("journal sop_version: sop_returned", "notice sop_version: sop_returned to section_head"),
        again=OUTDATED,
    ),
    Row(
        life.return_version,
        "section_head",
        lambda w: on(verified(w), by=staff(head(w))),
        case="nobody wrote it",
        wrote=("journal sop_draft: sop_returned",),
        again=OUTDATED,
    ),
    Row(
        life.approve_version,
        "head",
        lambda w: on(
            verified(w), by=staff(w.cast.head), decree="800/2/2026", effective_from=datetime.date(2026, 12, 1)
        ),
        wrote=("journal sop_draft: sop_approved",),
        again=OUTDATED,
    ),
    Row(
        on_paper.record_paper_version,
        "admin",
        lambda w: on(whole(w), by=staff(w.cast.admin), paper=paper(), key="k"),
        wrote=("journal sop_draft: sop_recorded",),
    ),
    Row(
        life.publish_version,
        "admin",
        lambda w: on(approved(w), by=staff(w.cast.admin)),
        case="the first",
        wrote=("journal sop_draft: sop_published",),
        again=OUTDATED,
    ),
    Row(
        life.publish_version,
        "admin",
        lambda w: on(revised(w), by=staff(w.cast.admin)),
        case="supersedes",
        wrote=("journal sop_version: sop_published", "journal sop_version: sop_superseded"),
        again=OUTDATED,
    ),
    Row(
        life.withdraw_version,
        "head",
        lambda w: on(w.sop_version, by=staff(w.cast.head)),
        wrote=("journal sop_version: sop_withdrawn",),
        again=OUTDATED,
    ),
    Row(
        corrections.propose_correction,
        "head",
        lambda w: (lambda v: on(v, by=staff(w.cast.head), place=place(v), text="Lebih jelas", key="k"))(draft(w)),
        case="the first",
        wrote=("journal sop_version: sop_correction_proposed", "notice sop_version: sop_correction to section_head"),
    ),
    Row(
        corrections.propose_correction,
        "head",
        lambda w: (lambda v: on(v, by=staff(w.cast.head), place=place(v), text="Jelas"))(corrected(w).version),
        case="renewed",
        wrote=("journal sop_version: sop_correction_proposed",),
        again=SAME,
    ),
    Row(
        corrections.withdraw_correction,
        "head",
        lambda w: on(corrected(w), by=staff(w.cast.head)),
        wrote=("journal sop_version: sop_correction_withdrawn",),
        again=OUTDATED,
    ),
    Row(
        corrections.take_over_correction,
        "section_head",
        lambda w: (lambda c: on(c, by=staff(head(w)), seen=seen(c)))(corrected(w)),
        case="the last",
        wrote=(
            "journal sop_version: sop_correction_taken",
            "journal sop_version: sop_step_saved",
            "notice sop_version: sop_correction_answered to head",
        ),
        again=OUTDATED,
    ),
    Row(
        corrections.take_over_correction,
        "section_head",
        lambda w: (lambda c: on(c, by=staff(head(w)), seen=seen(c)))(two_corrected(w)),
        case="another waits",
        wrote=("journal sop_version: sop_correction_taken", "journal sop_version: sop_step_saved"),
        again=OUTDATED,
    ),
    Row(
        corrections.decline_correction,
        "section_head",
        lambda w: on(corrected(w), by=staff(head(w)), reason="Cukup."),
        case="the last",
        wrote=("journal sop_version: sop_correction_declined", "notice sop_version: sop_correction_answered to head"),
        again=OUTDATED,
    ),
    Row(
        corrections.decline_correction,
        "section_head",
        lambda w: on(two_corrected(w), by=staff(head(w)), reason="Cukup."),
        case="another waits",
        wrote=("journal sop_version: sop_correction_declined",),
        again=OUTDATED,
    ),
]
