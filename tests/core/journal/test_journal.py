"""The journal is chained and sealed, refuses to be rewritten, and shows if it was."""

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from tests.factories.concurrently import concurrently
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal import actors
from ula_portal.core.models import JournalEntry, JournalHead, JournalSeal

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 3, 2, 5, tzinfo=datetime.UTC)
MONDAY = datetime.date(2026, 3, 2)
A_DAY = datetime.timedelta(days=1)


def write(subject="7", verb="submit_request", **data):
    return journal.record(verb, "request", subject, actors.applicant(subject), **data)


def write_days():
    """Three subjects on three days, sealed each following morning."""
    for number in range(3):
        with clock.at(NOON + number * A_DAY):
            for subject in "123":
                write(subject, step=number)
        with clock.at(NOON + (number + 1) * A_DAY):
            journal.seal_day(MONDAY + number * A_DAY)


def tamper(sql, *values):
    """Like somebody with full rights on the database: disables the triggers, then enables them again."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_entries_of_a_subject_are_chained():
    first, second = write(), write(verb="complete_step", run=3)
    other = write("8")
    assert (first.sequence, first.previous_hash) == (1, journal.GENESIS)
    assert (second.sequence, second.previous_hash) == (2, first.hash)
    assert (other.sequence, other.previous_hash) == (1, journal.GENESIS)
    assert JournalHead.objects.get(subject_id="7").hash == second.hash
    assert journal.verify() == []


def test_what_is_hashed_and_how_never_changes():
    """Otherwise every existing chain would count as forged."""
    said = ("request", "7", 1, NOON, "submit_request", "applicant", "7", {"b": 2, "a": "é"})
    assert journal.entry_hash(journal.GENESIS, *said) == (
        "2a3c56d116c0204b299bf3024eaad3ccd4db765005c5dfee173d8840d78f8500"
    )


def test_a_rolled_back_verb_leaves_no_entry():
    write()
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError
    assert write().sequence == 2
    assert journal.verify() == []


@pytest.mark.parametrize("table", ["core_journalentry", "core_journalseal"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET hash = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_rewrite(table, sql):
    write_days()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))


def test_the_guard_also_stands_before_truncate():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname = 'append_only_truncate' AND tgrelid IN"
            " ('core_journalentry'::regclass, 'core_journalseal'::regclass) AND tgenabled <> 'D'"
        )
        assert cursor.fetchone() == (2,)


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE core_journalentry SET verb = 'other' WHERE subject_id = '2' AND sequence = 2", "changed"),
        ("UPDATE core_journalentry SET data = '{\"step\": 9}' WHERE subject_id = '2' AND sequence = 2", "changed"),
        ("UPDATE core_journalentry SET at = at + '1 s' WHERE subject_id = '2' AND sequence = 2", "changed"),
        ("UPDATE core_journalentry SET actor_id = '9' WHERE subject_id = '2' AND sequence = 3", "changed"),
        ("DELETE FROM core_journalentry WHERE subject_id = '2' AND sequence = 1", "missing"),
        ("DELETE FROM core_journalentry WHERE subject_id = '2' AND sequence = 2", "missing"),
        ("DELETE FROM core_journalentry WHERE subject_id = '2' AND sequence = 3", "newest entries"),
        ("DELETE FROM core_journalentry WHERE subject_id = '2'", "newest entries"),
        ("DELETE FROM core_journalhead WHERE subject_id = '2'", "lost its head"),
        ("UPDATE core_journalseal SET heads = 2 WHERE day = '2026-03-03'", "seal of 2026-03-03"),
        ("DELETE FROM core_journalseal WHERE day = '2026-03-03'", "seal of 2026-03-04"),
    ],
)
def test_tampering_is_found(sql, fault):
    write_days()
    assert journal.verify() == []
    tamper(sql)
    assert any(fault in sentence for sentence in journal.verify())


def test_a_chain_recomputed_by_an_expert_is_found_by_the_seals():
    write_days()
    entry = JournalEntry.objects.get(subject_id="2", sequence=3)
    forged = journal.entry_hash(
        entry.previous_hash, "request", "2", 3, entry.at, "forged", entry.actor_kind, entry.actor_id, entry.data
    )
    tamper("UPDATE core_journalentry SET verb = 'forged', hash = %s WHERE id = %s", forged, entry.pk)
    tamper("UPDATE core_journalhead SET hash = %s WHERE subject_id = '2'", forged)
    assert journal.verify() == ["seal of 2026-03-04: it does not fit the entries it sealed"]


def test_a_whole_subject_taken_out_is_found_by_the_seals():
    write_days()
    tamper("DELETE FROM core_journalentry WHERE subject_id = '2'")
    tamper("DELETE FROM core_journalhead WHERE subject_id = '2'")
    assert len(journal.verify()) == 3


def test_a_day_is_sealed_once_and_only_when_it_is_over():
    with clock.at(NOON):
        write()
        assert journal.seal_day(MONDAY) is None
    with clock.at(datetime.datetime(2026, 3, 2, 17, 5, tzinfo=datetime.UTC)):
        assert journal.seal_day(MONDAY) is None
    with clock.at(datetime.datetime(2026, 3, 2, 17, 10, tzinfo=datetime.UTC)):
        assert journal.seal_day(MONDAY).heads == 1
        assert journal.seal_day(MONDAY) is None
    assert JournalSeal.objects.count() == 1


def test_a_seal_after_days_without_one_covers_them_all():
    with clock.at(NOON):
        write("1")
    with clock.at(NOON + A_DAY):
        write("2")
    with clock.at(NOON + 2 * A_DAY):
        assert journal.seal_day(MONDAY + A_DAY).heads == 2
    assert journal.verify() == []


def test_a_seal_covers_what_was_written_since_the_one_before():
    with clock.at(NOON):
        write("1")
    with clock.at(NOON + A_DAY):
        write("2")
        journal.seal_day(MONDAY)
    with clock.at(NOON + 2 * A_DAY):
        assert journal.seal_day(MONDAY + A_DAY).heads == 1


def test_the_command_tells_and_exits_by_what_it_finds():
    write_days()
    out = io.StringIO()
    call_command("verify_journal", stdout=out, stderr=io.StringIO())
    assert "Journal intact: 9 entries, 3 seals." in out.getvalue()
    tamper("UPDATE core_journalentry SET verb = 'other' WHERE subject_id = '1' AND sequence = 1")
    with pytest.raises(CommandError):
        call_command("verify_journal", stdout=io.StringIO(), stderr=io.StringIO())


@pytest.mark.django_db(transaction=True)
def test_eight_writers_on_the_same_subjects_make_chains_without_fork():
    def write_some():
        for turn in range(20):
            with transaction.atomic():
                write(str(turn % 3))

    results = concurrently(*[write_some] * 8)
    assert results == [None] * 8
    assert JournalEntry.objects.count() == 160
    assert journal.verify() == []
