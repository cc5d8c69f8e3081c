"""Write the content of an SOP into a version, and tell a content by its hash.

A content is a dict in the form that ``sop.exchange.json.clean`` gives.
"""

import datetime
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sop.exchange import json as exchange
from sop.exchange.export import content_of
from sop.exchange.json import Content, StepContent
from sop.models import Comment, SopActor, SopVersion, Step, StepActor
from sop.rules.durations import WORKING_DAY
from ula_portal.core.models import Position

from .positions import ActorChoice, positions_by_name, propose

# Exact times only: "24 jam" may mean a day, "1-2 hari" anything.
_TIME = re.compile(r"(\d+)\s*(detik|menit|jam|hari)(?:\s+kerja)?\.?", re.IGNORECASE)
_SECONDS = {"detik": 1, "menit": 60, "jam": 3600, "hari": WORKING_DAY}
_REJECTED = re.compile(r"\b(penolakan|menolak|ditolak)\b", re.IGNORECASE)
_COPIED = ["no", "activity", "shape", "inputs", "seconds", "time_text", "per_item", "output", "note"]
_COPIED += ["yes_label", "no_label", "end_kind", "issues_letter"]


class KnownActor(NamedTuple):
    """What an actor of some name is, and whether a person has said so."""

    choice: ActorChoice
    confirmed: bool


def content_hash(content: Content) -> str:
    """SHA-256 of the canonical content: all that the document says, without its number and unit."""
    said = {key: value for key, value in content.items() if key not in ("number", "unit", "unit_code")}
    body = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def hash_of(version: SopVersion) -> str:
    """The hash that the version's own export would get when it is taken in."""
    content = exchange.normal(content_of(version))
    read_times(content)
    propose_ends(content)
    return content_hash(content)


def read_times(content: Content) -> list[StepContent]:
    """Fill times that stand only in words, when the words are exact; the steps it was done for."""
    filled = []
    for step in content["steps"]:
        match = _TIME.fullmatch(step["time_text"]) if step["seconds"] is None else None
        if not match or (match[2].lower() == "jam" and int(match[1]) >= 24):
            continue
        step["seconds"] = min(int(match[1]) * _SECONDS[match[2].lower()], 2_000_000_000)
        filled.append(step)
    return filled


def propose_ends(content: Content) -> None:
    """Every end gets its kind, so that what is exported and taken in again is the same content."""
    for step in content["steps"]:
        if step["shape"] != "end":
            step["end_kind"] = ""
        elif not step["end_kind"]:
            step["end_kind"] = proposed_end(step["activity"])


def proposed_end(activity: str) -> str:
    """How an end seems to end by its words."""
    return Step.EndKind.REJECTED if _REJECTED.search(activity) else Step.EndKind.COMPLETED


def fill(version: SopVersion, content: Content) -> None:
    """Set the identity block of a version; its owner saves it."""
    version.name = content["name"]
    version.created_on = datetime.date.fromisoformat(content["created"]) if content["created"] else None
    for box in exchange.BOXES:
        setattr(version, box, content[box])
    version.is_example = content["example"]
    version.source_confidence = content["confidence"]


def known_actors(version: SopVersion | None, confirmed_only: bool = False) -> dict[str, KnownActor]:
    """What the actors of a version are, by name."""
    if version is None:
        return {}
    rows = version.actors.filter(confirmed=True) if confirmed_only else version.actors.all()
    return {row.name: KnownActor(ActorChoice(row.kind, row.position_id), row.confirmed) for row in rows}


def write_flow(version: SopVersion, content: Content, known: Mapping[str, KnownActor]) -> None:
    """Replace actors and steps of a version; ``known`` actors stay what they are, others are proposed."""
    drop_steps(version)
    version.actors.all().delete()
    actors = add_actors(version, content["actors"], known)
    write_steps(version, content["steps"], actors)


def drop_steps(version: SopVersion) -> None:
    """Delete all steps; comments outlive the rows they were made on."""
    Comment.objects.filter(step__version=version).update(step=None)
    version.steps.all().delete()


def add_actors(
    version: SopVersion, names: Iterable[str], known: Mapping[str, KnownActor] | None = None, after: int = 0
) -> dict[str, SopActor]:
    """Make columns for the names, from the one after ``after`` on; by name."""
    positions = positions_by_name()
    existing = set(Position.objects.values_list("pk", flat=True))
    actors = []
    for order, name in enumerate(names, after + 1):
        choice, confirmed = (known or {}).get(name) or KnownActor(propose(name, positions), False)
        if choice.position_id and choice.position_id not in existing:
            choice, confirmed = propose(name, positions), False
        actors.append(SopActor(version=version, order=order, name=name, confirmed=confirmed, **choice._asdict()))
    return {actor.name: actor for actor in SopActor.objects.bulk_create(actors)}


def write_steps(
    version: SopVersion,
    rows: Sequence[StepContent],
    actors: Mapping[str, SopActor],
    targets: Mapping[int, Step] | None = None,
    numbered_from: int | None = None,
) -> list[Step]:
    """Make steps of clean rows; they lead to each other by the rows' own numbers, else to ``targets`` (no → Step).

    ``numbered_from``: the new steps count on from here in the order of the rows; else each keeps its number.
    """
    steps = [Step(version=version, **{key: row[key] for key in _COPIED}) for row in rows]
    for number, step in enumerate(steps, numbered_from or 0):
        step.no = number if numbered_from else step.no
    Step.objects.bulk_create(steps)
    by_no = dict(targets or {}) | {row["no"]: step for row, step in zip(rows, steps, strict=True)}
    for row, step in zip(rows, steps, strict=True):
        for key in exchange.EXITS:
            setattr(step, key, by_no.get(row[key]))
    Step.objects.bulk_update(steps, exchange.EXITS)
    StepActor.objects.bulk_create(
        StepActor(step=step, actor=actors[name], order=order)
        for row, step in zip(rows, steps, strict=True)
        for order, name in enumerate(row["actors"], 1)
    )
    return steps
