"""A small sample of the load data satisfies all checks of the database and the journal."""

import datetime
import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count

from services.models import Request, StepRun
from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.models import NumberSequence
from ula_portal.demo import build
from ula_portal.demo.month import Scale
from visitors.models import Ticket, TicketSeries, Visit

NOW = datetime.datetime(2026, 11, 24, 3, 30, tzinfo=datetime.UTC)


def quietly(scale):
    with clock.at(NOW):
        return build.build(scale, stream=io.StringIO())


@pytest.mark.django_db(transaction=True)
def test_rows_by_copy_keep_every_rule():
    quietly(Scale(requests=0, visits=0, days=0, codes=("MUT-K", "KP", "TAMU")))
    out = io.StringIO()
    call_command("seed_load", requests=150, visits=90, stdout=out, stderr=io.StringIO())
    assert "rows a second" in out.getvalue()
    assert Request.objects.count() == 150
    assert Visit.objects.count() == Ticket.objects.count() == 90
    assert journal.verify() == []
    _check_numbers()
    for series in TicketSeries.objects.all():
        numbers = Ticket.objects.filter(day=series.day, letter=series.letter).values_list("number", flat=True)
        assert sorted(numbers) == list(range(1, series.last + 1))
    open_runs = StepRun.objects.filter(finished_at__isnull=True)
    assert open_runs.count() == Request.objects.filter(state__in=Request.OPEN_STATES).count() > 0
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone()[0] != "off"


def _check_numbers():
    for sequence in NumberSequence.objects.filter(key="request"):
        numbers = Request.objects.filter(number__startswith=f"ULA-{sequence.year}-").values_list("number", flat=True)
        assert sorted(int(number[-6:]) for number in numbers) == list(range(1, sequence.last + 1))


@pytest.mark.django_db(transaction=True)
def test_rows_loaded_twice_go_on_counting():
    quietly(Scale(requests=0, visits=0, days=0, codes=("MUT-K", "TAMU")))
    for seed in (1, 2):
        call_command("seed_load", requests=40, visits=30, seed=seed, stdout=io.StringIO(), stderr=io.StringIO())
    _check_numbers()
    assert journal.verify() == []
    doubled = Ticket.objects.values("day", "letter", "number").annotate(n=Count("pk")).filter(n__gt=1)
    assert not doubled.exists()
