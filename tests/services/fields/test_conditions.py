"""Conditions with "and" and "or": the server and the page's script agree, and what remains of them on one page."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from services.fields.show_if import holds, is_condition, may_hold, names_in, reduced, visible_fields, words_of
from services.models import Field
from tests.test_architecture import ROOT

CASES = json.loads((Path(__file__).parent / "conditions.json").read_text())
NESTED = {"any": [{"a": ["1"], "b": ["2"]}, {"c": {"filled": True}}]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case["condition"]))
def test_holds(case):
    assert holds(case["condition"], case["answers"]) is case["holds"]


# A page with one input for each answer and one box with the condition, as far as the script looks at it.
PAGE = """
const fs = require("fs");
const [script, file] = [1, 2].map((n) => fs.readFileSync(process.argv[n], "utf8"));
const cases = JSON.parse(file);
const found = cases.map(({ condition, answers }) => {
  const elements = Object.entries(answers).flatMap(([name, value]) =>
    [].concat(value).map((each) => ({ name, value: each, type: "text", hasAttribute: () => false })));
  const form = { elements, dataset: {}, isConnected: true };
  const box = { hidden: false, dataset: { showIf: JSON.stringify(condition) } };
  Object.assign(box, { querySelectorAll: () => [], closest: () => form });
  form.querySelectorAll = () => [box];
  const document = { querySelectorAll: () => [box], addEventListener: () => {} };
  new Function("document", script)(document);
  return !box.hidden;
});
console.log(JSON.stringify(found));
"""


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_the_page_decides_alike():
    files = [ROOT / "static/js/services/fields.js", Path(__file__).parent / "conditions.json"]
    run = subprocess.run(["node", "-e", PAGE, *files], capture_output=True, text=True, check=True, timeout=30)
    assert json.loads(run.stdout) == [case["holds"] for case in CASES]


def test_an_answer_still_open_may_meet_any_condition():
    assert may_hold(NESTED, {}) and may_hold(NESTED, {"a": "1"}) and may_hold(NESTED, {"a": "0"})
    assert not may_hold({"any": [{"a": ["1"]}, {"b": ["2"]}]}, {"a": "0", "b": "0"})
    assert may_hold({"a": {"filled": True}}, {})


def test_answers_of_all_types_can_be_asked_for():
    other = {"other": "warisan"}
    assert holds({"a": ["Lainnya"]}, {"a": other}) and holds({"a": ["Lainnya"]}, {"a": ["x", other]})
    assert not holds({"a": ["warisan"]}, {"a": other})
    for empty in ("", [], {}, None):
        assert holds({"a": {"filled": False}}, {"a": empty})
    assert holds({"a": {"filled": True}}, {"a": [{"nama": "Siti"}]}) and holds({"a": {"filled": True}}, {"a": other})


def test_a_hidden_field_counts_as_empty():
    fields = [
        Field(name="a"),
        Field(name="b", show_if={"a": ["1"]}),
        Field(name="c", show_if={"b": {"filled": False}}),
    ]
    assert [each.name for each in visible_fields(fields, {"a": "0", "b": "x"})] == ["a", "c"]
    assert [each.name for each in visible_fields(fields, {"a": "1", "b": "x"})] == ["a", "b"]


def test_conditions_in_a_circle_end():
    fields = [Field(name="a", show_if={"b": {"filled": False}}), Field(name="b", show_if={"a": {"filled": False}})]
    visible_fields(fields, {"a": "1", "b": "1"})


@pytest.mark.parametrize(
    ("condition", "answers", "here", "rest"),
    [
        ({"a": ["1"]}, {"a": "1"}, [], {}),
        ({"a": ["1"]}, {"a": "0"}, [], None),
        ({"a": ["1"], "b": ["2"]}, {"a": "1"}, ["b"], {"b": ["2"]}),
        (NESTED, {"a": "1"}, ["b"], {"any": [{"b": ["2"]}]}),
        (NESTED, {"a": "0"}, ["b"], None),
        (NESTED, {"c": "x"}, ["a"], {}),
        ({"all": [{"a": ["1"]}, {"b": ["2"]}]}, {"a": "1"}, ["b"], {"all": [{"b": ["2"]}]}),
        ({"all": [{"a": ["1"]}, {"b": ["2"]}]}, {"a": "0"}, ["b"], None),
        ({"a": {"filled": False}}, {}, [], {}),
    ],
)
def test_what_remains_on_a_page(condition, answers, here, rest):
    assert reduced(condition, answers, here) == rest


def test_the_fields_and_the_words_of_a_condition():
    assert names_in(NESTED) == ["a", "b", "c"]
    assert words_of(NESTED, {"a": "A", "b": "B", "c": "C"}) == "A: 1; B: 2 atau C diisi"
    assert words_of({"a": ["1", "2"]}) == "1 atau 2"
    assert words_of({"c": {"filled": False}}, {"c": "C"}) == "C tidak diisi"


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a": ["1"]},
        NESTED,
        {"a": {"filled": False}},
    ],
)
def test_a_condition_has_its_shape(value):
    assert is_condition(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"a": "1"},
        {"a": []},
        {"a": [1]},
        {"a": [""]},
        {"a": {"filled": 1}},
        {"a": {"empty": True}},
        {"any": [{}]},
        {"any": []},
        {"any": [{"any": [{"any": [{"any": [{"a": ["1"]}]}]}]}]},
    ],
)
def test_anything_else_is_no_condition(value):
    assert not is_condition(value)
