"""The SOPs of the demo office: imported without findings, approvable, in force, and suitable for cases."""

import json

import pytest

from sop.drafting.actions import importing
from sop.rules.queries import flows, validity
from tests.factories import sop as make
from ula_portal.core.journal.actors import SYSTEM

pytestmark = pytest.mark.django_db
FILES = sorted((make.STARTER / "sops").glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_demo_sop_goes_from_file_to_force(units, cast, path):
    data = json.loads(path.read_text(encoding="utf-8"))
    result = importing.import_sop(data, by=SYSTEM)
    assert result.findings == [] and result.sop.unit.code == data["unit_code"]
    version = make.publish(data, cast)
    assert validity.version_in_force(result.sop) == version
    flow = flows.flow_of(version)
    assert flow.start.lead_kind == "applicant"
    assert all(actor.position_id for actor in flow.actors if actor.kind == "position")
    letters = [step.no for step in flow.steps if step.issues_letter]
    marked = [row["no"] for row in data["steps"] if row.get("issues_letter")]
    assert letters == marked or (not marked and len(letters) == 1)
