"""Append to the journal, seal a day, and verify the hash chains."""

import datetime
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from ula_portal.core import clock
from ula_portal.core.models import JournalEntry, JournalHead, JournalSeal

from ..verbs.transactions import part, verb
from .actors import Actor

GENESIS = "0" * 64


def entry_hash(
    previous: str,
    subject_kind: str,
    subject_id: str,
    sequence: int,
    at: datetime.datetime,
    verb: str,
    actor_kind: str,
    actor_id: str,
    data: Mapping[str, object],
) -> str:
    """The SHA-256 (hex) of the canonical JSON of an entry and the previous entry's hash."""
    body = json.dumps(
        [previous, subject_kind, subject_id, sequence, at.timestamp(), verb, actor_kind, actor_id, data],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(body.encode()).hexdigest()


@part
def record(verb_name: str, subject_kind: str, subject_id: object, by: Actor, /, **data: object) -> JournalEntry:
    """Append an entry to the subject's chain. Call it last in a verb.

    ``data`` may contain ids, numbers and hashes only, never words or names. Every verb locks rows first, then a number,
    then the chain, so that verbs cannot deadlock.
    """
    subject, at = str(subject_id), clock.now()
    with connection.cursor() as cursor:
        # The upsert creates a missing head, and locks it until the commit.
        cursor.execute(
            "INSERT INTO core_journalhead (subject_kind, subject_id, sequence, hash, changed_at)"
            " VALUES (%s, %s, 0, %s, %s) ON CONFLICT (subject_kind, subject_id)"
            " DO UPDATE SET changed_at = EXCLUDED.changed_at RETURNING id, sequence, hash",
            [subject_kind, subject, GENESIS, at],
        )
        head_id, sequence, previous = cursor.fetchone()
        sequence += 1
        digest = entry_hash(previous, subject_kind, subject, sequence, at, verb_name, by.kind, by.id, data)
        cursor.execute(
            "UPDATE core_journalhead SET sequence = %s, hash = %s WHERE id = %s", [sequence, digest, head_id]
        )
    return JournalEntry.objects.create(
        subject_kind=subject_kind,
        subject_id=subject,
        sequence=sequence,
        at=at,
        verb=verb_name,
        actor_kind=by.kind,
        actor_id=by.id,
        data=data,
        previous_hash=previous,
        hash=digest,
    )


@dataclass(frozen=True)
class Act:
    """An entry to append with others: a verb and its data, on the subject with this id."""

    verb: str
    subject_id: int
    data: Mapping[str, object] = field(default_factory=dict)


@part
def record_many(subject_kind: str, acts: Sequence[Act], by: Actor) -> None:
    """Append many entries to the chains of their subjects, as ``record`` does, in few statements for any number."""
    at = clock.now()
    # In one order, so that two calls for the same subjects cannot deadlock.
    subjects = sorted({str(act.subject_id) for act in acts})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_journalhead (subject_kind, subject_id, sequence, hash, changed_at)"
            " SELECT %s, unnest(%s::text[]), 0, %s, %s ON CONFLICT (subject_kind, subject_id)"
            " DO UPDATE SET changed_at = EXCLUDED.changed_at RETURNING subject_id, sequence, hash",
            [subject_kind, subjects, GENESIS, at],
        )
        heads = {subject: (sequence, digest) for subject, sequence, digest in cursor.fetchall()}
    entries = []
    for act in acts:
        subject, data = str(act.subject_id), dict(act.data)
        sequence, previous = heads[subject]
        digest = entry_hash(previous, subject_kind, subject, sequence + 1, at, act.verb, by.kind, by.id, data)
        heads[subject] = sequence + 1, digest
        entry = JournalEntry(subject_kind=subject_kind, subject_id=subject, sequence=sequence + 1, at=at, verb=act.verb)
        entry.actor_kind, entry.actor_id, entry.data = by.kind, by.id, data
        entry.previous_hash, entry.hash = previous, digest
        entries.append(entry)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_journalhead AS head SET sequence = new.sequence, hash = new.hash"
            " FROM unnest(%s::text[], %s::int[], %s::text[]) AS new (subject_id, sequence, hash)"
            " WHERE head.subject_kind = %s AND head.subject_id = new.subject_id",
            [subjects, [heads[each][0] for each in subjects], [heads[each][1] for each in subjects], subject_kind],
        )
    JournalEntry.objects.bulk_create(entries, batch_size=2000)


@verb
def seal_day(day: datetime.date) -> JournalSeal | None:
    """Seal the state of all chains at the end of ``day``; None if it is sealed already or not over yet.

    A seal covers the entries since the previous seal. It waits until ten minutes after midnight, longer than any
    transaction may last, so that no entry of that day can be committed later.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('journal-seal'))")
    settled = _end_of(day) + datetime.timedelta(minutes=10) <= clock.now()
    if not settled or JournalSeal.objects.filter(day__gte=day).exists():
        return None
    before = JournalSeal.objects.order_by("-day").first()
    heads, digest = _heads_between(before, day)
    return JournalSeal.objects.create(
        day=day,
        heads=heads,
        previous_hash=before.hash if before else GENESIS,
        hash=digest,
        sealed_at=clock.now(),
    )


def _end_of(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), clock.OFFICE_ZONE)


def _heads_between(before: JournalSeal | None, day: datetime.date) -> tuple[int, str]:
    """Number of chains with entries after the seal ``before`` up to ``day``, and a hash of the newest ones."""
    entries = JournalEntry.objects.filter(at__lt=_end_of(day))
    if before:
        entries = entries.filter(at__gte=_end_of(before.day))
    newest = entries.order_by("subject_kind", "subject_id", "-sequence").distinct("subject_kind", "subject_id")
    digest, count = hashlib.sha256((before.hash if before else GENESIS).encode()), 0
    links = newest.values_list("subject_kind", "subject_id", "sequence", "hash")
    for kind, subject, sequence, link in links.iterator():
        digest.update(f"{kind}:{subject}:{sequence}:{link}\n".encode())
        count += 1
    return count, digest.hexdigest()


def verify(progress: Callable[[int], object] | None = None) -> list[str]:
    """Check every chain, its head and every seal. Returns one sentence per fault; an empty list if intact."""
    faults: list[str] = []
    previous: JournalEntry | None = None
    entries = JournalEntry.objects.order_by("subject_kind", "subject_id", "sequence")
    ends: dict[tuple[str, str], tuple[int, str]] = {}
    for number, entry in enumerate(entries.iterator(chunk_size=5000), 1):
        chain = (entry.subject_kind, entry.subject_id)
        before = previous if previous and (previous.subject_kind, previous.subject_id) == chain else None
        expected_previous = before.hash if before else GENESIS
        expected_sequence = before.sequence + 1 if before else 1
        if entry.sequence != expected_sequence or entry.previous_hash != expected_previous:
            faults.append(f"{entry}: an entry before it is missing or was changed")
        if entry.hash != entry_hash(
            entry.previous_hash,
            *chain,
            entry.sequence,
            entry.at,
            entry.verb,
            entry.actor_kind,
            entry.actor_id,
            entry.data,
        ):
            faults.append(f"{entry}: its content was changed")
        ends[chain] = (entry.sequence, entry.hash)
        previous = entry
        if progress:
            progress(number)
    for head in JournalHead.objects.iterator():
        if ends.pop((head.subject_kind, head.subject_id), None) != (head.sequence, head.hash):
            faults.append(f"{head}: the newest entries of this chain are missing")
    faults += [f"{kind} {subject}: the chain has lost its head" for kind, subject in ends]
    return faults + _verify_seals()


def _verify_seals() -> list[str]:
    faults: list[str] = []
    before: JournalSeal | None = None
    for seal in JournalSeal.objects.order_by("day"):
        expected = (before.hash if before else GENESIS, *_heads_between(before, seal.day))
        if (seal.previous_hash, seal.heads, seal.hash) != expected:
            faults.append(f"seal of {seal.day}: it does not fit the entries it sealed")
        before = seal
    return faults
