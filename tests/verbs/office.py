"""Verbs of the core floor: office, people, absences, calendar, notices, journal."""

from tests.factories.core import day, order
from tests.factories.services import picture
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Position
from ula_portal.core.office import queries
from ula_portal.core.office.actions import (
    absences,
    acting,
    emblem,
    first_administrator,
    invitations,
    office,
    people,
    roster,
    structure,
)
from ula_portal.core.office.emblem import drawn
from ula_portal.core.office.rules.people import PersonRow
from ula_portal.core.office.rules.structure import PositionRow, UnitRow

from .rows import OUTDATED, REFUSED, SAME, Row, on


def admin(w):
    return {"by": staff(w.cast.admin)}


def post(w, code):
    return Position.objects.get(code=code)


def noted(w, first, **more):
    c, days = w.cast, {"from_date": day(first), "to_date": day(first + 3)}
    return absences.note_absence(c.official, by=staff(c.official), kind="leave", **days, **more)


def closed(w):
    return people.set_active(w.cast.official, by=SYSTEM, active=False)


def away_since_yesterday(w):
    return absences.record_absence(
        w.cast.official, by=staff(w.cast.official), kind="leave", from_date=day(-1), to_date=day(2)
    )


def acts(w, first):
    days = {"from_date": day(first), "to_date": day(first + 2)}
    more = {"position": post(w, "KADIS"), "kind": "plh", "order": order()}
    return people.begin_tenure(w.cast.outsider, by=SYSTEM, **more, **days)


def record_acting(w, key=""):
    term = acting.ActingTerm("plh", day(0), day(2), order())
    return on(w.cast.outsider, position=post(w, "KADIS"), term=term, key=key, **admin(w))


def note_absence(w, by, **more):
    c, days = w.cast, {"from_date": day(10), "to_date": day(12)}
    return on(c.official, by=staff(getattr(c, by)), kind="leave", **days, **more)


def first_address(w):
    token = first_administrator.issue_setup_address(by=SYSTEM, despite_others=True)
    person = {"email": "baru@example.id", "full_name": "Admin Baru", "password": "sandi-panjang-1"}
    return on(queries.setup_address(token), by=SYSTEM, name="Dinas", regency="Kota", **person)


def invited(w):
    return invitations.invite([w.cast.official], way="slip", **admin(w))[0]


ROWS = [
    Row(
        first_administrator.issue_setup_address,
        "system",
        lambda w: on(by=SYSTEM, despite_others=True),
        wrote=("journal setup_address: issue_setup_address",),
        again=SAME,
    ),
    # This office has a name already.
    Row(
        first_administrator.make_first_administrator,
        "system",
        first_address,
        wrote=("journal user: assign_role", "journal user: create_staff_member"),
        again=OUTDATED,
    ),
    Row(
        office.set_up_office,
        "admin",
        lambda w: on(name="Dinas", regency="Kota", **admin(w)),
        wrote=("journal office: set_up_office",),
        again=SAME,
    ),
    Row(
        emblem.set_emblem,
        "admin",
        lambda w: on(drawn(picture("logo.png", "green", size=(120, 120))), **admin(w)),
        wrote=("journal office: set_emblem",),
    ),
    Row(
        emblem.remove_emblem,
        "admin",
        lambda w: emblem.set_emblem(drawn(picture("logo.png", "green", size=(120, 120))), by=SYSTEM) and on(**admin(w)),
        wrote=("journal office: remove_emblem",),
    ),
    Row(
        emblem.restore_emblem,
        "admin",
        lambda w: (
            emblem.set_emblem(drawn(picture("logo.png", "green", size=(120, 120))), by=SYSTEM)
            and emblem.remove_emblem(by=SYSTEM)
            and on(**admin(w))
        ),
        wrote=("journal office: set_emblem",),
    ),
    Row(
        office.add_unit,
        "admin",
        lambda w: on(code="BARU", name="Bidang Baru", **admin(w)),
        wrote=("journal unit: add_unit",),
        again=REFUSED,
    ),
    Row(
        office.add_position,
        "admin",
        lambda w: on(code="BARU", name="Jabatan Baru", unit=w.cast.unit, **admin(w)),
        wrote=("journal position: add_position",),
        again=REFUSED,
    ),
    Row(
        office.entrust_paper,
        "admin",
        lambda w: on(post(w, "SEKDIS"), position=post(w, "KADIS"), **admin(w)),
        wrote=("journal position: entrust_paper",),
    ),
    Row(
        structure.add_units,
        "admin",
        lambda w: on([UnitRow("Bidang Baru", head="Kepala Bidang Baru")], **admin(w)),
        wrote=("journal position: add_position", "journal unit: add_unit"),
    ),
    Row(
        structure.add_positions,
        "admin",
        lambda w: on([PositionRow("Jabatan Baru", w.cast.unit.name)], **admin(w)),
        wrote=("journal position: add_position",),
    ),
    Row(
        roster.add_people,
        "admin",
        lambda w: on([PersonRow(1, "Baru", email="baru@example.id", positions="Petugas Loket")], **admin(w)),
        wrote=("journal user: assign_role", "journal user: begin_tenure", "journal user: create_staff_member"),
    ),
    Row(
        invitations.invite,
        "admin",
        lambda w: on([w.cast.official], way="slip", **admin(w)),
        case="by slip",
        wrote=("journal official: invite_staff_member",),
        again=SAME,
    ),
    Row(
        invitations.invite,
        "admin",
        lambda w: on([w.cast.official], way="mail", **admin(w)),
        case="by mail",
        wrote=("journal official: invite_staff_member", "notice invitation: staff_invited to official"),
        again=SAME,
    ),
    Row(
        invitations.accept_invitation,
        "official",
        lambda w: on(invited(w), by=staff(w.cast.official), password="kata-sandi-yang-panjang-2026"),
        wrote=("journal official: set_password",),
        again=OUTDATED,
    ),
    Row(
        office.add_location,
        "admin",
        lambda w: on(code="dua", name="Ruang Dua", **admin(w)),
        wrote=("journal location: add_location",),
        again=REFUSED,
    ),
    Row(
        people.create_staff_member,
        "admin",
        lambda w: on(email="baru@example.id", full_name="Petugas Baru", **admin(w)),
        wrote=("journal user: create_staff_member",),
        again=REFUSED,
    ),
    Row(
        people.set_password,
        "admin",
        lambda w: on(w.cast.official, password="kata-sandi-yang-panjang-2026", **admin(w)),
        wrote=("journal official: set_password",),
        again=SAME,
    ),
    Row(
        people.change_email,
        "admin",
        lambda w: on(w.cast.official, email="lain@example.id", **admin(w)),
        wrote=(
            "journal official: change_email",
            "notice email_change: email_left to outside",
            "notice email_change: email_taken to outside",
        ),
    ),
    Row(people.delete_old_email_changes, "system", lambda w: on()),
    Row(
        people.set_active,
        "admin",
        lambda w: on(w.cast.official, active=False, **admin(w)),
        case="closed",
        wrote=("journal official: close_account",),
    ),
    Row(
        people.set_active,
        "admin",
        lambda w: (
            people.set_active(w.cast.official, by=SYSTEM, active=False) and on(w.cast.official, active=True, **admin(w))
        ),
        case="opened",
        wrote=("journal official: open_account",),
    ),
    Row(
        people.assign_role,
        "admin",
        lambda w: on(w.cast.official, role="frontdesk", **admin(w)),
        wrote=("journal official: assign_role",),
    ),
    Row(
        people.revoke_role,
        "admin",
        lambda w: on(w.cast.official, role="official", unit=w.cast.unit, **admin(w)),
        wrote=("journal official: revoke_role",),
        again=REFUSED,
    ),
    Row(
        people.begin_tenure,
        "admin",
        lambda w: on(w.cast.outsider, position=post(w, "LOKET"), **admin(w)),
        wrote=("journal outsider: begin_tenure",),
        again=REFUSED,
    ),
    Row(
        people.end_tenure,
        "admin",
        lambda w: on(w.cast.outsider.tenures.get(), **admin(w)),
        wrote=("journal outsider: end_tenure",),
    ),
    Row(
        absences.record_absence,
        "official",
        lambda w: on(w.cast.official, by=staff(w.cast.official), kind="leave", from_date=day(1), to_date=day(2)),
        wrote=("journal official: record_absence",),
        again=REFUSED,
    ),
    Row(
        absences.record_absence,
        "system",
        lambda w: on(w.cast.official, by=SYSTEM, kind="leave", from_date=day(1), to_date=day(2)),
        case="set-up",
        wrote=("journal official: record_absence",),
        again=REFUSED,
    ),
    Row(
        absences.note_absence,
        "official",
        lambda w: note_absence(w, "official"),
        case="own",
        wrote=("journal official: record_absence",),
        again=REFUSED,
    ),
    Row(
        absences.note_absence,
        "section_head",
        lambda w: note_absence(w, "section_head"),
        case="of somebody",
        wrote=("journal official: record_absence", "notice absence: absence_recorded to official"),
        again=REFUSED,
    ),
    Row(
        absences.note_absence,
        "section_head",
        lambda w: note_absence(w, "section_head", key="k", deputy=w.cast.outsider),
        case="same key",
        wrote=("journal official: record_absence", "notice absence: absence_recorded to official"),
    ),
    Row(absences.read_absences, "official", lambda w: on(by=staff(w.cast.official))),
    Row(
        absences.end_absence,
        "official",
        lambda w: on(noted(w, 1), by=staff(w.cast.official)),
        case="not begun",
        wrote=("journal official: remove_absence",),
    ),
    Row(
        absences.end_absence,
        "official",
        lambda w: on(away_since_yesterday(w), by=staff(w.cast.official)),
        case="running",
        wrote=("journal official: change_absence",),
    ),
    Row(
        acting.record_acting,
        "admin",
        record_acting,
        wrote=(
            "journal outsider: begin_tenure",
            "notice tenure: acting_recorded to head",
            "notice tenure: acting_recorded to outsider",
        ),
        again=REFUSED,
    ),
    Row(
        acting.record_acting,
        "admin",
        lambda w: record_acting(w, key="k"),
        case="same key",
        wrote=(
            "journal outsider: begin_tenure",
            "notice tenure: acting_recorded to head",
            "notice tenure: acting_recorded to outsider",
        ),
    ),
    Row(
        acting.end_acting,
        "admin",
        lambda w: on(acts(w, -1), by=staff(w.cast.admin)),
        case="running",
        wrote=("journal outsider: end_tenure",),
    ),
    Row(
        acting.end_acting,
        "admin",
        lambda w: on(acts(w, 1), by=staff(w.cast.admin)),
        case="not begun",
        wrote=("journal outsider: remove_tenure",),
    ),
]
