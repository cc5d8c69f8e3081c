"""Verbs of the core floor: office, people, absences, calendar, notices, journal."""

from tests.factories.core import day, order
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Position
from ula_portal.core.office.actions import absences, acting, office, people

from .rows import REFUSED, SAME, Row, on


def admin(w):
    return {"actor": staff(w.cast.admin)}


def post(w, code):
    return Position.objects.get(code=code)


def noted(w, first, **more):
    return absences.note_absence(w.cast.official, w.cast.official, "leave", day(first), day(first + 3), **more)


def away_since_yesterday(w):
    return people.record_absence(w.cast.official, "leave", day(-1), day(2), by=w.cast.official)


def acts(w, first):
    days = {"from_date": day(first), "to_date": day(first + 2)}
    return people.begin_tenure(w.cast.outsider, post(w, "KADIS"), kind="plh", order=order(), **days)


def record_acting(w, by="admin", first=0):
    c = w.cast
    return on(getattr(c, by), c.outsider, post(w, "KADIS"), "plh", day(first), day(first + 2), order=order())


def note_absence(w, by, **more):
    c = w.cast
    return on(getattr(c, by), c.official, "leave", day(10), day(12), **more)


ROWS = [
    Row(
        office.set_up_office,
        "admin",
        lambda w: on(name="Dinas", regency="Kota", **admin(w)),
        wrote=("journal office: set_up_office",),
        again=SAME,
    ),
    Row(
        office.add_unit,
        "admin",
        lambda w: on("BARU", "Bidang Baru", **admin(w)),
        wrote=("journal unit: add_unit",),
        again=REFUSED,
    ),
    Row(
        office.add_position,
        "admin",
        lambda w: on("BARU", "Jabatan Baru", w.cast.unit, **admin(w)),
        wrote=("journal position: add_position",),
        again=REFUSED,
    ),
    Row(
        office.entrust_paper,
        "admin",
        lambda w: on(post(w, "SEKDIS"), post(w, "KADIS"), **admin(w)),
        wrote=("journal position: entrust_paper",),
    ),
    Row(
        office.add_location,
        "admin",
        lambda w: on("dua", "Ruang Dua", **admin(w)),
        wrote=("journal location: add_location",),
        again=REFUSED,
    ),
    Row(
        people.create_staff_member,
        "admin",
        lambda w: on("baru@example.id", "Petugas Baru", **admin(w)),
        wrote=("journal user: create_staff_member",),
        again=REFUSED,
    ),
    Row(
        people.set_password,
        "admin",
        lambda w: on(w.cast.official, "kata-sandi-yang-panjang-2026", **admin(w)),
        wrote=("journal official: set_password",),
        again=SAME,
    ),
    Row(
        people.change_email,
        "admin",
        lambda w: on(w.cast.official, "lain@example.id", **admin(w)),
        wrote=(
            "journal official: change_email",
            "notice email_change: email_left to outside",
            "notice email_change: email_taken to outside",
        ),
    ),
    Row(people.forget_email_changes, "system", lambda w: on()),
    Row(
        people.set_active,
        "admin",
        lambda w: on(w.cast.official, False, **admin(w)),
        case="closed",
        wrote=("journal official: close_account",),
    ),
    Row(
        people.set_active,
        "admin",
        lambda w: people.set_active(w.cast.official, False) and on(w.cast.official, True, **admin(w)),
        case="opened",
        wrote=("journal official: open_account",),
    ),
    Row(
        people.assign_role,
        "admin",
        lambda w: on(w.cast.official, "frontdesk", **admin(w)),
        wrote=("journal official: assign_role",),
    ),
    Row(
        people.revoke_role,
        "admin",
        lambda w: on(w.cast.official, "official", unit=w.cast.unit, **admin(w)),
        wrote=("journal official: revoke_role",),
        again=REFUSED,
    ),
    Row(
        people.begin_tenure,
        "admin",
        lambda w: on(w.cast.outsider, post(w, "LOKET"), **admin(w)),
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
        people.record_absence,
        "official",
        lambda w: on(w.cast.official, "leave", day(1), day(2), by=w.cast.official),
        wrote=("journal official: record_absence",),
        again=REFUSED,
    ),
    Row(
        people.record_absence,
        "system",
        lambda w: on(w.cast.official, "leave", day(1), day(2)),
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
        lambda w: note_absence(w, "section_head", idempotency_key="k", deputy=w.cast.outsider),
        case="same key",
        wrote=("journal official: record_absence", "notice absence: absence_recorded to official"),
    ),
    Row(absences.read_absences, "official", lambda w: on(w.cast.official)),
    Row(
        absences.end_absence,
        "official",
        lambda w: on(noted(w, 1).pk, w.cast.official),
        case="not begun",
        wrote=("journal official: remove_absence",),
    ),
    Row(
        absences.end_absence,
        "official",
        lambda w: on(away_since_yesterday(w).pk, w.cast.official),
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
        lambda w: on(*record_acting(w).args, order=order(), idempotency_key="k"),
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
        lambda w: on(acts(w, -1).pk, w.cast.admin),
        case="running",
        wrote=("journal outsider: end_tenure",),
    ),
    Row(
        acting.end_acting,
        "admin",
        lambda w: on(acts(w, 1).pk, w.cast.admin),
        case="not begun",
        wrote=("journal outsider: remove_tenure",),
    ),
]
