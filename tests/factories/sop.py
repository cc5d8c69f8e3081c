"""Offices, people and SOPs for tests of the SOP floor, built from the demo office's data."""

import copy
import datetime
import functools
import itertools
import json
from pathlib import Path

from services.exchange import starter
from sop.approval.actions import life
from sop.drafting.actions import importing
from sop.drafting.actions.positions import confirm_actors
from sop.models import SopActor, SopVersion
from tests.snapshots import repeated
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Office, Position, Role, StaffRole, Tenure, Unit, User

STARTER = starter.DATA
DEMO = Path(__file__).resolve().parents[2] / "ula_portal" / "demo" / "data"
_serial = itertools.count(1)
SINCE = datetime.date(2020, 1, 1)


@functools.cache
def _read(name, folder=STARTER):
    return json.loads((folder / name).read_text(encoding="utf-8"))


@repeated
def make_office() -> dict[str, Unit]:
    """The demo office with its units and positions but without people; returns the units by code."""
    office = _read("office.json", DEMO)
    fields = ("name", "regency", "letterhead", "address", "phone", "email", "city")
    if not Office.objects.exists():
        Office.objects.create(**{key: office["office"][key] for key in fields})
    units = {}
    for row in _read("services.json")["units"]:
        units[row["code"]], _made = Unit.objects.get_or_create(
            code=row["code"], defaults={"name": row["name"], "parent": units.get(row["parent"])}
        )
    positions = {}
    for row in office["positions"]:
        positions[row["code"]], _made = Position.objects.get_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "unit": units[row["unit_code"]],
                "superior": positions.get(row["superior_code"]),
                "heads_unit": row["heads_unit"],
            },
        )
    return units


@repeated
def make_person(role=None, unit=None, position=None, **fields) -> User:
    """An account, optionally with a role (in a unit) and a position."""
    n = next(_serial)
    fields = {"email": f"orang{n}@example.id", "full_name": f"Orang Contoh {n}", "rank": "Pembina, IV/a"} | fields
    user = User.objects.create(**fields)
    if role:
        StaffRole.objects.create(user=user, role=role, unit=unit)
    if position:
        position = Position.objects.get(code=position)
        Tenure.objects.create(user=user, position=position, from_date=SINCE)
    return user


@repeated
def make_cast(units) -> dict[str, User]:
    """The people involved with an SOP: admin, head, section_head (of DIKDAS), other_head (of GTK), official."""
    head = {"full_name": "Kepala Contoh", "front_title": "Dr.", "back_title": "M.Pd.", "nip": "197001011995031901"}
    return {
        "admin": make_person(Role.ADMINISTRATOR),
        "head": make_person(Role.HEAD, position="KADIS", **head),
        "section_head": make_person(Role.SECTION_HEAD, units["DIKDAS"], "KABID-DIKDAS"),
        "other_head": make_person(Role.SECTION_HEAD, units["GTK"], "KABID-GTK"),
        "secretary": make_person(Role.SECTION_HEAD, units["SEKRETARIAT"], "SEKDIS"),
        "official": make_person(Role.OFFICIAL, units["DIKDAS"], "PENGELOLA-DIKDAS"),
    }


def demo_content(name: str) -> dict:
    """A copy of a file of the demo corpus (``leg-ijz``)."""
    return copy.deepcopy(_read(f"sops/{name}.json"))


def small_content(**changes) -> dict:
    """The content of a valid SOP of four steps with one decision that loops back."""
    official, head = "Pengelola Layanan Pendidikan Dasar", "Kepala Bidang Pembinaan Pendidikan Dasar"
    steps = [
        {"no": 1, "activity": "Mengajukan permohonan", "actors": ["Pemohon"], "shape": "start", "output": "Permohonan"},
        {"no": 2, "activity": "Apakah berkas lengkap?", "actors": [official], "shape": "decision", "output": "Hasil"},
        {
            "no": 3,
            "activity": "Menandatangani surat",
            "actors": [head, official],
            "shape": "process",
            "output": "Surat",
        },
        {"no": 4, "activity": "Menerima surat", "actors": ["Pemohon"], "shape": "end", "output": "Surat diterima"},
    ]
    steps[0]["next"], steps[2]["next"] = 2, 4
    steps[1] |= {"if_yes": 3, "if_no": 1, "minutes": 30, "time_text": "30 menit"}
    steps[2] |= {"minutes": 60, "time_text": "1 jam", "output": "Surat"}
    content = {
        "name": "Surat Keterangan Contoh",
        "number": "420/900/SOP-DISDIK/2026",
        "unit": "Bidang Pembinaan Pendidikan Dasar",
        "legal_basis": ["Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik"],
        "qualifications": ["Memahami prosedur pelayanan"],
        "equipment": ["Komputer"],
        "records": ["Buku agenda"],
        "actors": ["Pemohon", official, head],
        "steps": steps,
    }
    return content | changes


@repeated
def imported(content) -> SopVersion:
    """The version that is imported from a content."""
    return importing.import_sop(content, by=SYSTEM).version


def confirm_all(version, user):
    """Confirm the proposed match of every actor of a version."""
    mapping = {actor.pk: (actor.kind, actor.position_id) for actor in version.actors.all()}
    return confirm_actors(version, by=staff(user), mapping=mapping)


def approve(version, user, decree="1", effective_from=SINCE, **options):
    """Approve a version, on the day it takes effect if that is in the past."""
    noon = datetime.datetime.combine(effective_from, datetime.time(12), clock.OFFICE_ZONE)
    with clock.at(min(noon, clock.now())):
        return life.approve_version(version, by=staff(user), decree=decree, effective_from=effective_from, **options)


@repeated
def publish(content, cast, effective_from=SINCE, decree="800/1/2026", by=SYSTEM):
    """Import a content and publish it; returns the version."""
    version = importing.import_sop(content, by=by).version
    confirm_all(version, cast["admin"])
    life.verify_version(version, by=staff(cast["head"]))
    approve(version, cast["head"], decree, effective_from)
    return life.publish_version(version, by=staff(cast["admin"]))


def kinds_of(version) -> dict[str, str]:
    return dict(SopActor.objects.filter(version=version).values_list("name", "kind"))
