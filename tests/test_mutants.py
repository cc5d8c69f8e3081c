"""The tool behind ``make mutants``: it proposes changes and finds those that no test notices."""

import json
import subprocess
import sys
from textwrap import dedent

import pytest
from django.db import connection

from tests.mutants.choosing import Chooser
from tests.mutants.guards import _REFUSAL, guards
from tests.mutants.mutations import compiled, mutations
from tests.mutants.reach import ROOT, KnownTest
from tests.mutants.report import differing

VERB = """
LIMIT = 3


@atomic(durable=False)
def close(case, user, at=7):
    '''Words.'''
    if case.open and user.active:
        raise Refused(_("%(n)s lagi") % {"n": case.left}, field="note")
    runs = case.runs.select_for_update().filter(Q(done=False) | Q(late=True), case=case)
    runs.update(state="done", at=at)
    case.closed_at = at
    notify(case, to=[each for each in runs if each.user])
    return case.left < 1
"""
EXPECTED = [
    "8 clause dropped: case.open and user.active → user.active",
    "8 clause dropped: case.open and user.active → case.open",
    "8 negated: case.open and user.active → not (case.open and user.active)",
    "9 raise removed: raise Refused(_('%(n)s lagi') % {'n': case.left}, field='note') → pass",
    "10 select_for_update dropped: case.runs.select_for_update() → case.runs",
    "10 clause dropped: Q(done=False) | Q(late=True) → Q(done=False)",
    "11 call removed: runs.update(state='done', at=at) → pass",
    "11 argument dropped: runs.update(state='done', at=at) → runs.update(state='done')",
    "12 assignment removed: case.closed_at = at → pass",
    "13 filter dropped: each.user → True",
    "14 comparison shifted: case.left < 1 → case.left <= 1",
    "14 constant: 1 → 2",
    "14 other result: return case.left < 1 → return False",
]


def test_every_kind_of_change_is_proposed_and_can_be_compiled():
    found = mutations(VERB, "verb.py")
    shown = [f"{each.line} {each.what}: {each.before} → {each.after}" for each in found]
    assert [each for each in EXPECTED if each not in shown] == []
    # Neither texts nor values computed at import.
    assert {each.line for each in found} == set(range(8, 15))
    assert not [each for each in shown if "'n'" in each and "raise removed" not in each]
    assert len({compiled(VERB, each) for each in found}) == len(found)


@pytest.mark.django_db
def test_the_guards_of_a_text_are_those_that_it_defines():
    names = ("one_place", "letter")
    texts = [(ROOT / "services" / "sql" / f"{name}.sql").read_text() for name in names]
    with connection.cursor() as cursor:
        of_texts, every = guards(cursor, texts), guards(cursor)
    assert {guard.place.split("() ")[0] for guard in of_texts if guard.what == "refusal removed"} == {
        "services_case_is_at_one_place",
        "services_letter_is_whole",
    }
    triggers = [guard.place for guard in of_texts if guard.what == "trigger disabled"]
    assert len(triggers) == 8 and "services_letter.letter_is_whole" in triggers
    assert len(of_texts) == 12 < len(every)


def test_a_refusal_in_sql_ends_at_its_own_semicolon():
    text = "IF a THEN RAISE EXCEPTION 'one; ''two'' %', a USING ERRCODE = 'x'; END IF;"
    assert _REFUSAL.findall(text) == ["RAISE EXCEPTION 'one; ''two'' %', a USING ERRCODE = 'x';"]


def test_the_nearest_and_quickest_tests_come_first_and_the_bound_holds():
    [change] = [each for each in mutations(VERB, "services/actions/closing.py") if each.what == "raise removed"]
    line = {"services/actions/closing.py": frozenset({9})}

    def known(nodeid, seconds, lines=line, through=()):
        return KnownTest(nodeid, seconds, frozenset(), dict(lines), dict(through))

    tests = [
        known("tests/core/test_a.py::far", 0.1),
        known("tests/services/test_closing.py::slow", 2),
        known("tests/services/test_closing.py::quick", 1),
        known("tests/core/test_a.py::through", 0.1, (), line),
        known("tests/core/test_a.py::elsewhere", 0.1, {"services/actions/closing.py": frozenset({8})}),
    ]
    names = ["quick", "slow", "far", "through"]
    assert [each.split("::")[1] for each in Chooser(tests, 10).tests_of(change)[0]] == names
    chosen, reaching = Chooser(tests, 1.5).tests_of(change)
    assert ([each.split("::")[1] for each in chosen], reaching) == (["quick", "slow"], 4)


def test_a_long_change_is_shown_where_it_differs():
    before, after = differing("a" * 200 + "x" + "b" * 200, "a" * 200 + "y" + "b" * 200)
    assert "x" in before and "y" in after and len(before) <= 102


PLANTED = {
    "rules.py": """
        import functools

        def wrapped(function):
            @functools.wraps(function)
            def inside(*args):
                return function(*args)
            return inside

        @wrapped
        def may(age, member):
            return age > 17 and member

        def count(until):
            number = 0
            while number < until:
                number += 1
            return number
    """,
    "test_strong.py": """
        from rules import count, may

        def test_strong():
            assert may(18, True) and not may(17, True) and not may(18, False)
            assert [count(0), count(3)] == [0, 3]
    """,
    "test_weak.py": """
        from rules import may

        def test_weak():
            assert may(30, True)
    """,
}
# In a separate process like the command, because it forks and searches all existing functions.
TRY = """
import json, sys
from pathlib import Path
import pytest
from tests.mutants import changing, reach, trying
from tests.mutants.choosing import Chooser
from tests.mutants.databases import NoDatabase
from tests.mutants.mutations import mutations

folder = Path(sys.argv[1])
changing.ROOT = folder
# A loop is seen after a second.
trying.CPU = 0.5
changes = mutations((folder / "rules.py").read_text(), "rules.py")
without = [word for plugin in ("django", "cacheprovider", "xdist") for word in ("-p", f"no:{plugin}")]
options = ["-q", "-q", "-s", "--disable-warnings", "--rootdir", str(folder), "-c", str(folder / "none.ini"), *without]
# The line that runs while the module is imported is reached by no test.
lines = {"rules.py": frozenset(range(30)) - {8}}
for test in sys.argv[2:]:
    told = []
    chooser = Chooser([reach.KnownTest(test, 0.01, frozenset(), lines)], 9)
    plugin = trying.Trying(lambda _: changes, chooser, NoDatabase(), seconds=60, jobs=2, tell=told.append)
    pytest.main([*options, str(folder / test.split("::")[0])], plugins=[plugin])
    print(json.dumps({f"{each.change.line} {each.change.after}": [each.result, each.by] for each in told}))
"""


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """The outcome of each planted change, by the test that tried it."""
    folder = tmp_path_factory.mktemp("planted")
    for name, text in PLANTED.items():
        (folder / name).write_text(dedent(text))
    (folder / "none.ini").write_text("[pytest]\npythonpath = .\n")
    command = [sys.executable, "-c", TRY, folder, "test_strong.py::test_strong", "test_weak.py::test_weak"]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    strong, weak = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    return {"strong": strong, "weak": weak}


def test_a_strong_test_finds_the_planted_changes(tried):
    strong = tried["strong"]
    # Replacing a decorated function changes two lines, but not its result.
    others = {"8 return None": "untested", "7 return None": "unfit"}
    assert {key: result for key, (result, _by) in strong.items() if result != "found"} == others
    assert strong["12 member"] == ["found", "test_strong.py::test_strong"]


def test_an_endless_loop_is_found(tried):
    # Without it the loop never ends.
    assert tried["strong"]["17 pass"] == ["found", "time"]


def test_what_a_weak_test_misses_survives(tried):
    weak = {key: result for key, (result, _by) in tried["weak"].items()}
    assert weak["12 member"] == weak["12 age > 17"] == weak["12 return True"] == "survived"
    assert weak["12 return False"] == "found"
