"""Parts that write the content of an SOP into a version, and the hash of a content.

A content is a dict as returned by ``sop.exchange.json.clean``.
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
from ula_portal.core.verbs.transactions import part

from .positions import ActorChoice, guess_choice, positions_by_name

# Matches exact times only, because "24 jam" may mean a day, and "1-2 hari" is a range.
_TIME = re.compile(r"(\d+)\s*(detik|menit|jam|hari)(?:\s+kerja)?\.?", re.IGNORECASE)
_SECONDS = {"detik": 1, "menit": 60, "jam": 3600, "hari": WORKING_DAY}
_REJECTED = re.compile(r"\b(penolakan|menolak|ditolak)\b", re.IGNORECASE)
_COPIED = ["no", "activity", "shape", "inputs", "seconds", "time_text", "per_item", "output", "note"]
_COPIED += ["yes_label", "no_label", "end_kind", "issues_letter"]


class KnownActor(NamedTuple):
    """What an actor is, and whether a person has confirmed it."""

    choice: ActorChoice
    confirmed: bool


def content_hash(content: Content) -> str:
    """SHA-256 (hex) of the canonical content: everything in the document except its number and unit."""
    hashed = {key: value for key, value in content.items() if key not in ("number", "unit", "unit_code")}
    body = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def hash_of(version: SopVersion) -> str:
    """The hash that the version's own export would have when it is imported again."""
    content = exchange.normal(content_of(version))
    read_times(content)
    propose_ends(content)
    return content_hash(content)


def read_times(content: Content) -> list[StepContent]:
    """Fill in the seconds of steps whose time is given only in words, if the words are exact. Returns these steps."""
    filled = []
    for step in content["steps"]:
        match = _TIME.fullmatch(step["time_text"]) if step["seconds"] is None else None
        if not match or (match[2].lower() == "jam" and int(match[1]) >= 24):
            continue
        step["seconds"] = min(int(match[1]) * _SECONDS[match[2].lower()], 2_000_000_000)
        filled.append(step)
    return filled


def propose_ends(content: Content) -> None:
    """Set the kind of every end, so that a content that is exported and imported again stays the same."""
    for step in content["steps"]:
        if step["shape"] != "end":
            step["end_kind"] = ""
        elif not step["end_kind"]:
            step["end_kind"] = proposed_end(step["activity"])


def proposed_end(activity: str) -> str:
    """The kind of an end, guessed from its words."""
    return Step.EndKind.REJECTED if _REJECTED.search(activity) else Step.EndKind.COMPLETED


def fill_identity(version: SopVersion, content: Content) -> None:
    """Set the identity block of a version. The caller saves the version."""
    version.name = content["name"]
    version.created_on = datetime.date.fromisoformat(content["created"]) if content["created"] else None
    for box in exchange.BOXES:
        setattr(version, box, content[box])
    version.is_example = content["example"]
    version.source_confidence = content["confidence"]


def known_actors(version: SopVersion | None, confirmed_only: bool = False) -> dict[str, KnownActor]:
    """The actors of a version by name; empty without a version."""
    if version is None:
        return {}
    rows = version.actors.filter(confirmed=True) if confirmed_only else version.actors.all()
    return {row.name: KnownActor(ActorChoice(row.kind, row.position_id), row.confirmed) for row in rows}


@part
def write_flow(version: SopVersion, content: Content, known: Mapping[str, KnownActor]) -> None:
    """Replace the actors and steps of a version. Actors in ``known`` keep their kind, that of others is guessed."""
    drop_steps(version)
    version.actors.all().delete()
    actors = add_actors(version, content["actors"], known)
    write_steps(version, content["steps"], actors)


@part
def drop_steps(version: SopVersion) -> None:
    """Delete all steps of a version. Comments on them are kept."""
    Comment.objects.filter(step__version=version).update(step=None)
    version.steps.all().delete()


@part
def add_actors(
    version: SopVersion, names: Iterable[str], known: Mapping[str, KnownActor] | None = None, after: int = 0
) -> dict[str, SopActor]:
    """Add a column for each name, to the right of the column with the order ``after``. Returns them by name."""
    positions = positions_by_name()
    existing = set(Position.objects.values_list("pk", flat=True))
    actors = []
    for order, name in enumerate(names, after + 1):
        choice, confirmed = (known or {}).get(name) or KnownActor(guess_choice(name, positions), False)
        if choice.position_id and choice.position_id not in existing:
            choice, confirmed = guess_choice(name, positions), False
        actors.append(SopActor(version=version, order=order, name=name, confirmed=confirmed, **choice._asdict()))
    return {actor.name: actor for actor in SopActor.objects.bulk_create(actors)}


@part
def write_steps(
    version: SopVersion,
    rows: Sequence[StepContent],
    actors: Mapping[str, SopActor],
    targets: Mapping[int, Step] | None = None,
    numbered_from: int | None = None,
) -> list[Step]:
    """Create steps from clean rows and return them in the same order.

    A row's exits refer to the numbers of the other rows, or else to existing steps in ``targets``, by their number.
    ``numbered_from``: number of the first new step; if it is None, every step keeps the number of its row.
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
