"""People with every kind of relation to an open step, and changes that may affect them in the meantime."""

from dataclasses import fields
from types import SimpleNamespace

from services.models import StepRun
from tests.snapshots import repeated
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Position, Role, StaffRole, Tenure
from ula_portal.core.office.actions import people
from ula_portal.core.office.actions.absences import record_absence

from .core import anew, make_position, make_unit, make_user

POST = "PENGELOLA-DIKDAS"


@repeated
def staffed(cast):
    """In addition to the cast: another holder of the official's position, a member of the unit in another position, a
    section head without a position, a sub-unit with its official, and somebody with only a role.
    """
    posts = cast.positions
    below = make_unit("PAUD", "Seksi PAUD", cast.unit)
    more = {"STAF-DIKDAS": ("Staf", cast.unit), "STAF-PAUD": ("Staf PAUD", below), "KOSONG": ("Kosong", cast.unit)}
    posts = posts | {code: make_position(code, name, unit) for code, (name, unit) in more.items()}
    return SimpleNamespace(
        **{each.name: getattr(cast, each.name) for each in fields(cast) if each.name != "positions"},
        positions=posts,
        colleague=make_user(Role.OFFICIAL, posts[POST], cast.unit),
        member=make_user(Role.OFFICIAL, posts["STAF-DIKDAS"], cast.unit),
        below=make_user(Role.OFFICIAL, posts["STAF-PAUD"], below),
        leader=make_user(Role.SECTION_HEAD, None, cast.unit),
        nobody=make_user(Role.OFFICIAL, None),
    )


def away(name, deputy=""):
    def change(office):
        stand_in = {"deputy": getattr(office, deputy)} if deputy else {}
        day = {"from_date": clock.today(), "to_date": clock.today()}
        record_absence(getattr(office, name), by=SYSTEM, kind="sick", **day, **stand_in)

    return change


def closed(name):
    return lambda office: people.set_active(getattr(office, name), by=SYSTEM, active=False)


def without_post(name):
    return lambda office: Tenure.objects.filter(user=getattr(office, name)).delete()


def without_role(name):
    return lambda office: StaffRole.objects.filter(user=getattr(office, name)).delete()


def no_deciding(office):
    Position.objects.filter(code=POST).update(deputy_decides=False)


def in_turn(*changes):
    return lambda office: [change(office) for change in changes]


def step(post=POST, assignee="", unit="", led_by="position", given=False):
    """An open step as stored in the database, without the rest of its case."""

    def build(office):
        return StepRun(
            led_by=led_by,
            position=Position.objects.get(code=post) if post else None,
            assignee=anew(getattr(office, assignee)) if assignee else None,
            unit=getattr(office, unit) if unit else None,
            deviation="reassigned" if given else "",
        )

    return build


def unchanged(office):
    pass


AGENCY = {"post": "", "led_by": "external"}
APPLICANT = {"post": "", "led_by": "applicant"}
