"""What an answer to a decision means, according to the flow alone."""

import pytest

from services.engine import decisions
from sop.exchange import json as exchange
from tests.factories import cases
from tests.factories.sop_contents import flow_of_content

OFFICE, APPLICANT = cases.OFFICIAL, "Pemohon"


def flow(answering, yes, no):
    """A decision (2) and the steps to which it may lead: 3 and 4 ask the applicant, 5 goes on, 6 refuses."""
    steps = [
        cases.step(1, "Mengajukan", APPLICANT, "start", next=2),
        cases.step(2, "Apakah lengkap?", answering, "decision", if_yes=yes, if_no=no),
        cases.step(3, "Melengkapi berkas", APPLICANT, next=2),
        cases.step(4, "Memilih waktu", APPLICANT, next=5),
        cases.step(5, "Menyerahkan", OFFICE, "end", end_kind="completed"),
        cases.step(6, "Menolak", OFFICE, "end", end_kind="rejected"),
        cases.step(7, "Mengambil sendiri", APPLICANT, "end", end_kind="completed"),
    ]
    return flow_of_content(exchange.clean(cases.content(steps)))


@pytest.mark.parametrize(
    ("yes", "no", "outcome", "complete"),
    [
        (5, 3, "yes", True),
        (5, 3, "no", False),
        (3, 5, "no", True),
        # Both answers ask the applicant for something, so neither finds the file complete.
        (4, 3, "yes", False),
        (4, 3, "no", False),
        # A refusal does not find the file complete.
        (6, 4, "yes", False),
        # The other answer asks the applicant for nothing.
        (5, 6, "yes", False),
        # Collecting a letter does not mean that something was missing.
        (7, 3, "yes", True),
        (5, 7, "yes", False),
        (5, 3, "done", False),
        (5, None, "yes", False),
    ],
)
def test_an_answer_finds_a_file_complete_where_only_the_other_would_ask_for_more(yes, no, outcome, complete):
    told = flow(OFFICE, yes, no)
    assert decisions.finds_complete(told, told.by_no(2), outcome) is complete


def test_only_the_office_finds_a_file_complete_and_only_by_a_decision():
    told = flow(APPLICANT, 5, 3)
    assert not decisions.finds_complete(told, told.by_no(2), "yes")
    told = flow(OFFICE, 5, 3)
    assert not decisions.finds_complete(told, told.by_no(5), "yes")
