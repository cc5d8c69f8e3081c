"""Flows: who leads a step, where the letter is issued, how much time the office needs."""

import dataclasses

import pytest

from sop.drafting.actions import importing
from sop.rules.flow import FlowStep
from sop.rules.queries import flows
from tests.factories import sop as make
from ula_portal.core.journal.actors import SYSTEM

from .test_rules import a_flow

pytestmark = pytest.mark.django_db


def test_the_first_office_position_leads(units, cast):
    data = make.small_content()
    data["actors"].append("BKPSDM")
    data["steps"][2]["actors"] = ["BKPSDM", *data["steps"][2]["actors"]]
    flow = flows.flow_of(make.publish(data, cast))
    signing, start = flow.by_no(3), flow.start
    assert signing.lead_name == "Kepala Bidang Pembinaan Pendidikan Dasar"
    assert signing.lead_kind == "position" and len(signing.other_position_ids) == 1
    assert signing.lead_position_id not in signing.other_position_ids
    assert (start.lead_kind, start.lead_position_id) == ("applicant", None)
    assert flow.step(signing.id) is signing
    with pytest.raises(KeyError):
        flow.by_no(99)


def test_the_letter_is_made_by_the_last_office_step_unless_marked(units, cast):
    flow = flows.flow_of(make.publish(make.small_content(), cast))
    assert [step.no for step in flow.steps if step.issues_letter] == [3]
    data = make.small_content(number="lain")
    data["steps"][0] |= {"shape": "start", "issues_letter": True}
    version = importing.import_sop(data, by=SYSTEM).version
    assert [s.no for s in flows.flow_of(version).steps if s.issues_letter] == [1]


def test_a_flow_reads_all_that_a_step_says(units, cast):
    draft = importing.import_sop(make.small_content(), by=SYSTEM).version
    said = {"per_item": True, "note": "Catatan", "time_text": "10 menit per berkas", "seconds": 600, "output": "Surat"}
    said |= {"issues_letter": True, "end_kind": "granted", "yes_label": "Lengkap", "no_label": "Kurang"}
    draft.steps.update(**said)
    names = {field.name for field in dataclasses.fields(FlowStep)}
    steps = {step.no: step for step in flows.flow_of(draft).steps}
    for row in draft.steps.all():
        told = {name: getattr(row, name) for name in names if hasattr(row, name)}
        # Only an end has an end kind.
        told["end_kind"] = "granted" if row.shape == "end" else ""
        assert {name: getattr(steps[row.no], name) for name in told} == told and said.keys() <= told.keys()


def test_office_time_is_the_longest_way_without_applicant_and_loops():
    # Steps 2 and 3 (600 s each) are the office's, 1 and 4 the applicant's; the loop over 1 does not count twice.
    assert a_flow().office_seconds == 1200
    detour = {2: {"if_no_id": 5}, 5: {"next_id": 3, "seconds": 50}}
    assert a_flow(detour).office_seconds == 1250
    # A branch that only leads back is not a path to an end.
    dead_end = {2: {"if_no_id": 5}, 5: {"next_id": 2, "seconds": 9999}}
    assert a_flow(dead_end).office_seconds == 1200


def test_office_time_of_many_branches_is_found_quickly():
    """Sixty steps with twenty diamonds inside one loop: a million paths."""
    changes = {2: {"if_yes_id": 5, "if_no_id": 1}}
    for n in range(5, 62, 3):
        last = n + 3 > 61
        changes[n] = {"shape": "decision", "if_yes_id": n + 1, "if_no_id": n + 2, "activity": "Apakah sesuai?"}
        changes[n + 1] = {"next_id": 3 if last else n + 3, "seconds": 100}
        changes[n + 2] = {"next_id": 3 if last else n + 3, "seconds": 200}
    changes[3] = {"shape": "decision", "if_yes_id": 4, "if_no_id": 2, "activity": "Apakah disetujui?"}
    flow = a_flow(changes)
    assert flow.office_seconds == 600 + 600 + 19 * (600 + 200)


def test_a_frozen_flow_is_read_once_a_draft_each_time(units, cast, django_assert_num_queries):
    version = make.publish(make.small_content(), cast)
    flows.clear_flow_cache()
    with django_assert_num_queries(4):
        first = flows.flow_of(version.pk)
    with django_assert_num_queries(0):
        assert flows.flow_of(version) is first
