"""An SOP written as BPMN and read back is the same SOP; what is written is sound BPMN."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from sop.exchange import bpmn
from sop.exchange.bpmn.names import PREFIXES
from sop.exchange.json import clean
from sop.flowchart import layout
from tests.factories import sop as make
from tests.factories.sop_contents import contents, flow_of_content

DEMO = Path(__file__).parents[2] / "ula_portal" / "demo" / "data" / "sops"
FILES = sorted((Path(__file__).parent / "data").glob("*.json")) + sorted(DEMO.glob("*.json"))


def written(content):
    return bpmn.write(content, layout(flow_of_content(clean(content))))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_comes_back_as_it_was(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    assert clean(bpmn.read(written(content))) == clean(content)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(contents(most_steps=14, most_actors=5))
def test_any_content_comes_back_as_it_was(content):
    assert clean(bpmn.read(written(content))) == clean(content)
