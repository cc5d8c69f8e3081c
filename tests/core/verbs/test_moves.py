"""States change only by moves, in Python as in the database."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from services.models import Request
from ula_portal.core import clock
from ula_portal.core.models import Notice
from ula_portal.core.models.outbox import NOTICE
from ula_portal.core.verbs.errors import Outdated
from ula_portal.core.verbs.moves import Move, Moves, StateField

LIFE = Moves(
    "core_notice",
    Move("raise", ("low", "middle"), "high"),
    Move("calm", ("high",), "middle", undone=True),
    Move("settle", ("high", "middle"), "low"),
    folded=(("low", "raise", "calm"),),
)


class Row:
    def __init__(self, state):
        self.state = state


def notice(**values):
    now = clock.now()
    values = {"next_try_at": now, "created_at": now, "state": "waiting"} | values
    return Notice.objects.create(kind="tried", subject_kind="request", subject_id="1", **values)


def test_a_move_is_made_where_it_applies():
    row = Row("low")
    LIFE.make(row, "raise")
    assert row.state == "high"
    with pytest.raises(Outdated, match="Keadaan sudah berubah"):
        LIFE.make(row, "raise")
    assert row.state == "high"
    with pytest.raises(KeyError):
        LIFE.make(row, "unknown")


def test_verbs_of_a_state_stand_in_the_order_of_the_table():
    assert LIFE.verbs_from("middle") == ("raise", "settle")
    assert LIFE.verbs_from("low") == ("raise",)


def test_only_what_may_be_undone_goes_back_and_only_where_it_came_from():
    row = Row("middle")
    LIFE.go_back(row, "high")
    assert row.state == "high"
    with pytest.raises(Outdated):
        LIFE.go_back(row, "low")
    LIFE.go_back(row, "high")
    assert row.state == "high"
    row = Row("middle")
    with pytest.raises(Outdated):
        LIFE.go_back(row, "low")


def test_one_save_writes_a_move_a_way_back_or_what_is_folded():
    moves = {("low", "high"), ("middle", "high"), ("high", "middle"), ("high", "low"), ("middle", "low")}
    assert LIFE.pairs == moves | {("low", "middle")}


def test_a_verb_stands_once_and_what_is_folded_follows_the_moves():
    with pytest.raises(ValueError, match="twice"):
        Moves("core_notice", Move("raise", ("low",), "high"), Move("raise", ("middle",), "high"))
    with pytest.raises(ValueError, match="calm does not apply to core_notice in low"):
        _ = Moves("core_notice", *LIFE.moves, folded=(("low", "calm"),)).pairs


def test_a_state_is_set_once_and_then_only_moved():
    row = Notice(state="failed")
    with pytest.raises(AttributeError, match=r"Notice\.state is written by its moves, not set from failed to sent"):
        row.state = "sent"
    assert row.state == "failed"
    row.state = "failed"
    NOTICE.make(row, "retry")
    assert row.state == "waiting"


@pytest.mark.django_db
def test_what_was_moved_is_saved_and_read_anew():
    made = notice()
    again, bare = Notice.objects.get(pk=made.pk), Notice.objects.defer("state").get(pk=made.pk)
    NOTICE.make(made, "give_up")
    made.save(update_fields=["state"])
    again.refresh_from_db()
    assert again.state == bare.state == "failed"
    again.refresh_from_db(fields=["kind"])
    with pytest.raises(AttributeError):
        again.state = "waiting"
    # A failed query does not allow it either.
    made.delete()
    with pytest.raises(Notice.DoesNotExist):
        again.refresh_from_db()
    with pytest.raises(AttributeError):
        again.state = "waiting"


@pytest.mark.django_db
def test_one_save_folds_only_moves_that_the_table_brings_together():
    made = notice()
    NOTICE.make(made, "give_up")
    NOTICE.make(made, "retry")
    NOTICE.make(made, "send")
    made.save()
    other = notice(state="failed")
    NOTICE.make(other, "retry")
    NOTICE.make(other, "suppress")
    refused = pytest.raises(ValueError, match="core_notice: one save makes no move from failed to suppressed")
    with refused, transaction.atomic():
        other.save()
    # Without the state, the moves are neither applied nor checked.
    third = notice(state="failed")
    NOTICE.make(third, "retry")
    third.save(update_fields=["attempts"])
    third.save(update_fields=["state"])
    assert Notice.objects.get(pk=third.pk).state == "waiting"


@pytest.mark.django_db
def test_the_database_refuses_what_python_let_pass():
    made = notice()
    NOTICE.make(made, "send")
    made.save()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Notice.objects.filter(pk=made.pk).update(state="waiting")
    assert refused.value.__cause__.diag.constraint_name == "notice_moves"


@pytest.mark.django_db
def test_many_are_moved_where_it_applies():
    kept, sent = notice(), notice(state="sent")
    later = clock.now() + datetime.timedelta(days=1)
    assert NOTICE.make_all(Notice.objects.all(), "suppress", next_try_at=later) == 1
    kept.refresh_from_db()
    sent.refresh_from_db()
    assert (kept.state, kept.next_try_at, sent.state) == ("suppressed", later, "sent")


def test_to_a_migration_it_is_a_column_of_text():
    _name, path, _args, kwargs = Request._meta.get_field("state").deconstruct()
    assert path == "django.db.models.CharField" and "moves" not in kwargs
    assert isinstance(Request._meta.get_field("state").clone(), StateField)
