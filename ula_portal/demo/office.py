"""The demo office: units, positions, people and hours, created by the verbs of core."""

import datetime

from services.exchange import starter
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Location, Position, Secretariat, Unit, User
from ula_portal.core.office.actions import office, people
from ula_portal.core.time import actions as calendar

from . import logins, sources

SPECIMEN_MARK = "CONTOH"


def build_office() -> None:
    """Create everything in ``office.json`` except counters. Log-ins are written before the accounts are created."""
    source, catalogue = sources.office(), starter.catalogue()
    office.set_up_office(by=SYSTEM, specimen_mark=SPECIMEN_MARK, **source["office"])
    units = _units(catalogue["units"])
    office.set_up_office(by=SYSTEM, **_named(source["office"]), default_unit=units["SEKRETARIAT"])
    positions = _positions(source["positions"], units)
    for location in source["locations"]:
        office.add_location(
            by=SYSTEM, code=location["code"], name=location["name"], address=source["office"]["address"]
        )
    calendar.set_week([_hours(rule) for rule in source["hours"]], by=SYSTEM)
    passwords = _new_logins(source)
    for person in source["people"]:
        _person(person, positions, units, passwords)


def _named(entry):
    return {"name": entry["name"], "regency": entry["regency"]}


def _units(entries):
    short = starter.letters()["unit_short_names"]
    units: dict[str, Unit] = {}
    for entry in entries:
        units[entry["code"]] = office.add_unit(
            by=SYSTEM,
            code=entry["code"],
            name=entry["name"],
            short_name=short[entry["code"]],
            parent=units.get(entry["parent"]),
        )
    return units


def _positions(entries, units):
    positions: dict[str, Position] = {}
    for entry in entries:
        positions[entry["code"]] = office.add_position(
            by=SYSTEM,
            code=entry["code"],
            name=entry["name"],
            unit=units[entry["unit_code"]],
            superior=positions.get(entry["superior_code"]),
            heads_unit=entry["heads_unit"],
        )
    for entry in entries:
        for code in entry.get("secretariat_of", ()):
            office.entrust_paper(positions[entry["code"]], by=SYSTEM, position=positions[code])
    return positions


def _hours(rule):
    def hour(name):
        return datetime.time.fromisoformat(rule[name]) if rule[name] else None

    def day(name):
        return datetime.date.fromisoformat(rule[name]) if rule[name] else None

    return {
        "kind": rule["kind"],
        "weekday": rule["weekday"],
        "name": rule["name"],
        "from_date": day("from"),
        "to_date": day("to"),
        **{name: hour(name) for name in ("opens", "closes", "break_from", "break_to", "last_ticket")},
    }


def email_of(person: dict) -> str:
    return f"{person['email']}@{sources.office()['email_domain']}"


def _new_logins(source):
    """Create and store new passwords; returns them by e-mail address."""
    made = [
        {
            "role": logins.main_role([role["role"] for role in person["roles"]]),
            "email": email_of(person),
            "password": logins.new_password(),
        }
        for person in source["people"]
    ]
    logins.write_logins(made)
    return {login["email"]: login["password"] for login in made}


def _person(person, positions, units, passwords):
    email = email_of(person)
    titles = {key: person[key] for key in ("front_title", "back_title", "nip", "rank")}
    user = people.create_staff_member(
        by=SYSTEM, email=email, full_name=person["full_name"], password=passwords[email], **titles
    )
    since = datetime.date(clock.today().year - 2, 1, 2)
    for code in person["positions"]:
        people.begin_tenure(user, by=SYSTEM, position=positions[code], from_date=since)
    for role in person["roles"]:
        people.assign_role(user, by=SYSTEM, role=role["role"], unit=units.get(role["unit_code"]))


def renew_logins() -> list[dict]:
    """Set new passwords for all people of the demo office, if the file with the old ones is missing."""
    passwords = _new_logins(sources.office())
    for email, password in passwords.items():
        people.set_password(User.objects.get(email=email), by=SYSTEM, password=password)
    return logins.read_logins()


class Cast:
    """The people of the demo office by the code of their position, and its location."""

    def __init__(self):
        self.holders: dict[str, User] = {}
        users = {user.email: user for user in User.objects.all()}
        for person in sources.office()["people"]:
            for code in person["positions"]:
                self.holders[code] = users[email_of(person)]
        self.admin = next(
            users[email_of(person)]
            for person in sources.office()["people"]
            if any(role["role"] == "admin" for role in person["roles"])
        )
        self.head = self.holders["KADIS"]
        # The secretariat of each position by its id; without the office's secretary, who only records orders.
        secretariats = Secretariat.objects.select_related("keeper").exclude(keeper__heads_unit=True)
        self.keepers: dict[int, User] = {each.position_id: self.holders[each.keeper.code] for each in secretariats}
        self.frontdesk, self.counter = self.holders["FRONT-OFFICE"], self.holders["LOKET"]
        self.location = Location.objects.get(code=sources.office()["locations"][0]["code"])

    def leader_of(self, unit: Unit) -> User:
        """The section head of a unit, else of a unit above it, else the head of office."""
        heads = {
            role["unit_code"]: self.holders[person["positions"][0]]
            for person in sources.office()["people"]
            for role in person["roles"]
            if role["role"] == "section_head"
        }
        while unit is not None:
            if unit.code in heads:
                return heads[unit.code]
            unit = unit.parent
        return self.head
