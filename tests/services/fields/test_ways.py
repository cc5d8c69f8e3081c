"""Checking a form's conditions, and the ways through a form."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.fields import ways
from services.fields.checks import findings_of
from services.fields.queries import FieldDefinition
from services.fields.show_if import visible_fields
from services.fields.ways import ways_through


def field(name, type="choice", required=True, show_if=None, **rules):
    if type in ("choice", "choices"):
        rules = {"options": ["Ya", "Tidak"]} | rules
    return FieldDefinition(name, name.upper(), type, required, "", rules, show_if or {}, False)


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ([field("a", "choice", options=[])], "a", "Pilihannya belum ditulis."),
        ([field("a", "?")], "a", "Jenis isian ini tidak dikenal."),
        ([field("a", show_if={"a": ["Ya"]})], "a", "Syarat tampil berputar: “A” → “A”."),
        ([field("a"), field("b", show_if={"x": ["Ya"]})], "b", "Syarat tampil menyebut isian “x” yang tidak ada."),
        (
            [field("b", show_if={"a": ["Ya"]}), field("a")],
            "b",
            "Syarat tampil menyebut “A” yang baru ditanyakan sesudahnya.",
        ),
        ([field("a"), field("b", show_if={"a": ["Mungkin"]})], "b", "“A” tidak punya pilihan “Mungkin”."),
        ([field("a"), field("b", show_if={"a": ["Lainnya"]})], "b", "“A” tidak punya pilihan “Lainnya”."),
        (
            [field("a", "info"), field("b", show_if={"a": {"filled": True}})],
            "b",
            "Syarat tampil menyebut “A” yang tidak punya jawaban.",
        ),
        (
            [field("a", "file"), field("b", show_if={"a": {"filled": True}})],
            "b",
            "Syarat tampil menyebut “A” yang tidak punya jawaban.",
        ),
        ([field("a", "date", not_before="x")], "a", "Aturannya menyebut isian “x” yang tidak ada."),
        ([field("a", "text", prefill="x.village")], "a", "Aturannya menyebut isian “x” yang tidak ada."),
        ([field("a"), field("b", show_if={"a": "Ya"})], "b", "Syarat tampilnya tidak dapat dibaca."),
    ],
)
def test_what_cannot_work_is_named(fields, name, words):
    (finding,) = findings_of(fields)
    assert (finding.field, finding.text, finding.is_error) == (name, words, True)


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        ("choice", {"options": "Ya"}),
        ("choice", {"options": [1]}),
        ("choice", {"options": ["Ya"], "other": "ya"}),
        ("number", {"min": "x"}),
        ("decimal", {"max": "NaN"}),
        ("group", {"columns": [{"name": "a", "label": "A", "type": "text"}], "max_items": "2"}),
        ("group", {"columns": [{"name": "a", "label": "A", "type": "number", "rules": {"min": []}}]}),
        ("group", {"columns": [{"name": "a", "label": "A", "type": "text", "required": "ya"}]}),
        ("list", {"item": "npsn"}),
        ("list", {"item": {"type": ["npsn"]}}),
        ("text", {"prefill": ["a"]}),
        ("info", {"text": 1}),
    ],
)
def test_settings_of_the_wrong_kind_are_named(kind, rules):
    (finding,) = findings_of([FieldDefinition("a", "A", kind, True, "", rules, {}, False)])
    assert finding.is_error


def test_a_circle_is_named_at_each_of_its_fields():
    circle = [field("a", show_if={"b": ["Ya"]}), field("b", show_if={"any": [{"a": ["Ya"]}]}), field("c")]
    found = findings_of(circle)
    assert {finding.field for finding in found} == {"a", "b"}
    assert all("“A”" in finding.text and "“B”" in finding.text for finding in found)


def test_a_good_form_has_no_findings():
    other = field("b", other=True)
    fields = [field("a"), other, field("c", "text", show_if={"any": [{"a": ["Ya"]}, {"b": ["Lainnya"]}]})]
    assert findings_of(fields) == []


def found(*fields):
    return [(dict(way.choices), way.fields) for way in ways_through(fields).ways]


def test_answers_that_lead_to_the_same_rest_are_one_way():
    a, b = field("a", options=["x", "y", "z"]), field("b", "text", show_if={"a": ["z"]})
    assert found(a, b) == [({"A": "x atau y"}, ("a",)), ({"A": "z"}, ("a", "b"))]
    assert found(a, field("c", "text")) == [({}, ("a", "c"))]


def test_questions_that_are_not_shown_lead_nowhere_else():
    fields = [field("a"), field("b", show_if={"a": ["Ya"]}), field("c", "text", show_if={"b": ["Ya"]})]
    assert found(*fields) == [
        ({"A": "Ya", "B": "Ya"}, ("a", "b", "c")),
        ({"A": "Ya", "B": "Tidak"}, ("a", "b")),
        ({"A": "Tidak"}, ("a",)),
    ]


@pytest.mark.parametrize(
    ("asked", "condition", "words"),
    [
        (field("a", "text", False), {"a": {"filled": True}}, ["diisi", "tidak diisi"]),
        (field("a", "text"), {"a": ["SD"]}, ["SD", "jawaban lain"]),
        (field("a", required=False), {"a": ["Ya"]}, ["Ya", "Tidak atau tidak diisi"]),
        (field("a", "choices", options=["x", "y"]), {"a": ["x"], "any": [{"a": ["y"]}]}, ["x atau y", "x dan y"]),
        (field("a", "yes_no"), {"a": ["Ya"]}, ["Ya", "Tidak"]),
    ],
)
def test_each_kind_of_answer_is_a_way(asked, condition, words):
    assert [
        dict(way.choices)["A"] for way in ways_through([asked, field("b", "text", show_if=condition)]).ways
    ] == words


def test_what_leads_nowhere_is_warned_of():
    fields = [field("a"), field("b", "text", show_if={"a": ["Ya"]})]
    (warning,) = ways_through(fields).findings
    assert (warning.field, warning.text) == ("a", "Setelah jawaban “Tidak” tidak ada isian lagi.")
    assert not warning.is_error
    never = field("c", "text", show_if={"all": [{"a": ["Ya"]}, {"a": ["Tidak"]}]})
    texts = {each.field: each.text for each in ways_through([*fields, never, field("d", "text")]).findings}
    assert texts == {"c": "Isian ini tidak pernah tampil, apa pun jawabannya."}


def test_each_way_says_how_long_it_takes():
    rows = field("g", "group", columns=[{"name": "n", "label": "N", "type": "nisn"}], min_items=3)
    quick, slow = ways_through([field("a"), field("b", "text", show_if={"a": ["Tidak"]}), rows]).ways
    assert (quick.seconds, slow.seconds) == (8 + 90, 8 + 15 + 90)


def test_too_many_ways_are_not_followed():
    forks = [field(f"f{n}") for n in range(9)]
    more = [field(f"g{n}", "text", show_if={f"f{n}": ["Ya"]}) for n in range(9)]
    assert ways_through([*forks, *more]) == ways.FormWays((), too_many=True)
    many = field("a", "choices", options=list("1234567"))
    shown = [field(f"b{n}", "text", show_if={"a": [n]}) for n in "1234567"]
    assert ways_through([many, *shown]).too_many


OPTIONS = ["x", "y", "z"]


@st.composite
def forms(draw):
    fields = []
    for n in range(draw(st.integers(1, 5))):
        kind, required = draw(st.sampled_from(["choice", "choices", "text"])), draw(st.booleans())
        leaf = st.sampled_from([{"filled": True}, {"filled": False}, ["x"], ["y", "z"]])
        single = st.builds(lambda k, wanted: {f"f{k}": wanted}, st.integers(0, max(n - 1, 0)), leaf)
        several = st.builds(
            lambda key, parts: {key: parts}, st.sampled_from(["any", "all"]), st.lists(single, min_size=1, max_size=2)
        )
        condition = draw(st.one_of(st.just({}), single, several)) if n else {}
        fields.append(field(f"f{n}", kind, required, condition, **({"options": OPTIONS} if kind != "text" else {})))
    return fields


def answer_to(data, each):
    if not each.required and data.draw(st.booleans()):
        return None
    if each.type == "choices":
        return data.draw(st.lists(st.sampled_from(OPTIONS), min_size=1, unique=True))
    return data.draw(st.sampled_from([*OPTIONS, "free"] if each.type == "text" else OPTIONS))


@settings(max_examples=60, deadline=None)
@given(forms(), st.data())
def test_whoever_fills_in_a_form_goes_one_of_its_ways(fields, data):
    result = ways_through(fields)
    answers = {each.name: answer_to(data, each) for each in fields}
    gone = tuple(each.name for each in visible_fields(fields, answers))
    assert result.too_many or gone in [way.fields for way in result.ways]
    assert len(set(result.ways)) == len(result.ways)
