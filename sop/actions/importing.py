"""Take an SOP file in as a draft version."""

import datetime
import hashlib
import json
import re
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.actions.journal import record
from ula_portal.core.actors import SYSTEM
from ula_portal.core.errors import NotAllowed
from ula_portal.core.models import Unit
from ula_portal.core.numbering import next_number

from ..exchange import json as exchange
from ..models import Actor, Comment, Sop, SopVersion, Step, StepActor
from ..permissions import may_import
from ..queries import findings_of
from ..rules import WARNING, Finding
from .actors import ActorChoice, positions_by_name, propose

NUMBER_TEMPLATE = "SOP/{sequence:03d}/{unit}/{year}"
State = SopVersion.State
# Exact times only: "24 jam" may mean a day, "1-2 hari" anything.
_TIME = re.compile(r"(\d+)\s*(detik|menit|jam|hari)(?:\s+kerja)?\.?", re.IGNORECASE)
_SECONDS = {"detik": 1, "menit": 60, "jam": 3600, "hari": 450 * 60}
_REJECTED = re.compile(r"\b(penolakan|menolak|ditolak)\b", re.IGNORECASE)


@dataclass(frozen=True)
class ImportResult:
    """``state``: created, replaced (an open draft), new draft (after an approved version) or unchanged."""

    sop: Sop
    version: SopVersion
    state: str
    findings: list[Finding]


@transaction.atomic
def import_sop(data: dict, *, unit_code=None, actor=SYSTEM, user=None) -> ImportResult:
    """Take the content of an SOP file in as a draft.

    Identity is the number, else unit and name as the file gives them. The same content again changes nothing, an
    open draft is replaced (and is unverified again), after an approved version a new draft is made. ``unit_code``
    is used when the file's own unit is unknown. ``user`` becomes the author. Raises ImportRefused naming every
    problem, NotAllowed when ``user`` may not; then nothing is changed.
    """
    content = exchange.clean(data)
    found = _unknown_keys(data) + _read_times(content)
    _propose_ends(content)
    with connection.cursor() as cursor:
        # One import at a time: identity, number and address of an SOP are looked up before they are made.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sop-import'))")
    unit = _unit(content, unit_code)
    sop = _existing(content)
    _refuse_stranger(user, unit, sop)
    newest = sop.versions.select_for_update().order_by("-ordinal").first() if sop else None
    digest = content_hash(content)
    is_open = newest is not None and newest.state in (State.DRAFT, State.VERIFIED)
    moved = is_open and newest.ordinal == 1 and sop.unit_id != unit.pk
    if newest and newest.content_hash == digest and newest.state != State.WITHDRAWN and not moved:
        return ImportResult(sop, newest, "unchanged", found + findings_of(newest))
    if sop is None:
        sop = _new_sop(content, unit)
    elif newest is None or (is_open and newest.ordinal == 1):
        Sop.objects.filter(pk=sop.pk).update(name=content["name"], unit=unit)
        sop.refresh_from_db()
    confirmed = _confirmed_choices(newest)
    version = newest if is_open else SopVersion(sop=sop, ordinal=newest.ordinal + 1 if newest else 1)
    state = "replaced" if is_open else "new draft" if newest else "created"
    _fill(version, content, digest, user)
    _write_flow(version, content, confirmed)
    record(f"sop_{state.replace(' ', '_')}", "sop_version", version.pk, actor, sop=sop.pk, content=digest)
    return ImportResult(sop, version, state, found + findings_of(version))


def _refuse_stranger(user, unit, sop):
    """A section head takes in SOPs of their own units, neither as new ones nor over those of others."""
    if user is None or all(may_import(user, pk) for pk in {unit.pk, sop.unit_id if sop else unit.pk}):
        return
    raise NotAllowed(_("SOP unit ini hanya dapat dimasukkan oleh administrator atau kepala bidang/bagian unit itu."))


def content_hash(content: dict) -> str:
    """SHA-256 of the canonical content: all that the document says, without its number and unit."""
    said = {key: value for key, value in content.items() if key not in ("number", "unit", "unit_code")}
    body = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def _unknown_keys(data):
    found = []
    for no, key in exchange.unknown_keys(data):
        where = _("Langkah %(no)s: ") % {"no": no} if no else ""
        message = where + _("isian “%(key)s” tidak dikenal dan diabaikan.") % {"key": key[:60]}
        found.append(Finding(WARNING, no, "unknown_key", message))
    return found


def _read_times(content):
    """Fill times that stand only in words, when the words are exact; each is told."""
    found = []
    for step in content["steps"]:
        match = _TIME.fullmatch(step["time_text"]) if step["seconds"] is None else None
        if not match or (match[2].lower() == "jam" and int(match[1]) >= 24):
            continue
        step["seconds"] = min(int(match[1]) * _SECONDS[match[2].lower()], 2_000_000_000)
        message = _("Langkah %(no)s: waktu dibaca dari teks “%(text)s”. Periksa apakah benar.")
        values = {"no": step["no"], "text": step["time_text"]}
        found.append(Finding(WARNING, step["no"], "time_from_text", message % values))
    return found


def _propose_ends(content):
    """Every end gets its kind, so that what is exported and taken in again is the same content."""
    for step in content["steps"]:
        if step["shape"] != "end":
            step["end_kind"] = ""
        elif not step["end_kind"]:
            step["end_kind"] = "rejected" if _REJECTED.search(step["activity"]) else "completed"


def _unit(content, unit_code):
    """The unit of the SOP: the file's own by code or name, else ``unit_code``, else the office."""
    fallback = None
    if unit_code:
        fallback = Unit.objects.filter(code__iexact=unit_code).first()
        if fallback is None:
            raise exchange.ImportRefused([_("Unit dengan kode “%(code)s” tidak ada.") % {"code": unit_code}])
    unit = None
    if content["unit_code"]:
        unit = Unit.objects.filter(code__iexact=content["unit_code"]).first()
    if unit is None and content["unit"]:
        unit = Unit.objects.filter(name__iexact=content["unit"]).order_by("pk").first()
    unit = unit or fallback or Unit.objects.filter(parent=None).order_by("pk").first()
    if unit is None:
        raise exchange.ImportRefused(
            [_("Belum ada unit kerja. Siapkan kantor dan unitnya lebih dahulu, lalu masukkan SOP lagi.")]
        )
    return unit


def _existing(content):
    if content["number"]:
        return Sop.objects.filter(number=content["number"]).first()
    same = Sop.objects.filter(source_unit=content["unit"], name=content["name"])
    return same.order_by("-number_is_generated", "pk").first()


def _new_sop(content, unit):
    number = content["number"]
    if not number:
        number = _next_free_number(unit)
    return Sop.objects.create(
        number=number,
        name=content["name"],
        slug=_free_slug(content["name"]),
        unit=unit,
        number_is_generated=not content["number"],
        source_unit=content["unit"],
    )


def _next_free_number(unit):
    year = clock.today().year
    while True:
        number = NUMBER_TEMPLATE.format(sequence=next_number("sop", year), unit=unit.code, year=year)
        if not Sop.objects.filter(number=number).exists():
            return number


def _free_slug(name):
    stem = slugify(name)[:100].strip("-") or "sop"
    taken = set(Sop.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug, count = stem, 1
    while slug in taken:
        count += 1
        slug = f"{stem}-{count}"
    return slug


def _confirmed_choices(version):
    """What persons have confirmed in the version before stays so for actors of the same name."""
    if version is None:
        return {}
    rows = version.actors.filter(confirmed=True)
    return {row.name: ActorChoice(row.kind, row.position_id) for row in rows}


def _fill(version, content, digest, user):
    version.state = State.DRAFT
    version.name = content["name"]
    version.created_on = datetime.date.fromisoformat(content["created"]) if content["created"] else None
    version.revised_on = clock.today() if version.ordinal > 1 else None
    for box in exchange.BOXES:
        setattr(version, box, content[box])
    version.is_example = content["example"]
    version.source_confidence = content["confidence"]
    version.content_hash = digest
    version.author = user
    version.verified_by = version.verified_at = None
    version.save()


def _write_flow(version, content, confirmed):
    # Comments outlive the rows they were made on.
    Comment.objects.filter(step__version=version).update(step=None)
    version.steps.all().delete()
    version.actors.all().delete()
    positions = positions_by_name()
    actors = []
    for order, name in enumerate(content["actors"], 1):
        choice = confirmed.get(name) or propose(name, positions)
        actors.append(Actor(version=version, order=order, name=name, confirmed=name in confirmed, **choice._asdict()))
    actors = {actor.name: actor for actor in Actor.objects.bulk_create(actors)}
    steps = Step.objects.bulk_create([_step(version, row) for row in content["steps"]])
    by_no = {step.no: step for step in steps}
    for row in content["steps"]:
        for key in exchange.EXITS:
            setattr(by_no[row["no"]], key, by_no.get(row[key]))
    Step.objects.bulk_update(steps, exchange.EXITS)
    StepActor.objects.bulk_create(
        StepActor(step=by_no[row["no"]], actor=actors[name], order=order)
        for row in content["steps"]
        for order, name in enumerate(row["actors"], 1)
    )


def _step(version, row):
    copied = ("no", "activity", "shape", "inputs", "seconds", "time_text", "per_item", "output", "note")
    step = Step(version=version, **{key: row[key] for key in copied})
    step.yes_label, step.no_label, step.issues_letter = row["yes_label"], row["no_label"], row["issues_letter"]
    step.end_kind = row["end_kind"]
    return step
