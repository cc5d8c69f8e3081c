"""Busy sources have to compute or wait; quiet ones notice nothing."""

import base64
import datetime
import json

import altcha
import pytest

from ula_portal.core import clock
from ula_portal.core.security import proof_of_work, throttle

pytestmark = pytest.mark.django_db
WHO = "a" * 32


@pytest.fixture(autouse=True)
def easy(monkeypatch):
    monkeypatch.setattr(proof_of_work, "EASIEST", 300)


def busy(name="draft", times=8):
    for _try in range(times):
        throttle.count(name, WHO)


def solved(challenge):
    task = json.loads(challenge.task)
    found = altcha.solve_challenge_v1(task["challenge"], task["salt"], task["algorithm"], task["maxnumber"])
    payload = {key: task[key] for key in ("algorithm", "challenge", "salt", "signature")} | {"number": found.number}
    return base64.b64encode(json.dumps(payload).encode()).decode()


def posted(challenge, proof=""):
    return {"proof_token": challenge.token, "proof": proof}


def test_a_quiet_source_is_not_asked():
    busy(times=7)
    assert proof_of_work.challenge_for("draft", WHO) is None
    assert proof_of_work.missing_proof("draft", WHO, {}) == ""


def test_a_busy_source_is_asked_and_passes_with_its_work():
    busy()
    challenge = proof_of_work.challenge_for("draft", WHO)
    assert "Tunggu" in proof_of_work.missing_proof("draft", WHO, {})
    assert "detik lagi" in proof_of_work.missing_proof("draft", WHO, posted(challenge))
    assert proof_of_work.missing_proof("draft", WHO, posted(challenge, solved(challenge))) == ""
    assert proof_of_work.challenge_for("draft", "b" * 32) is None


def test_without_script_waiting_is_enough():
    busy()
    challenge = proof_of_work.challenge_for("draft", WHO)
    with clock.at(clock.now() + datetime.timedelta(seconds=proof_of_work.WAIT)):
        assert proof_of_work.missing_proof("draft", WHO, posted(challenge)) == ""
    with clock.at(clock.now() + datetime.timedelta(seconds=proof_of_work.LIFETIME + 1)):
        busy()
        assert proof_of_work.missing_proof("draft", WHO, posted(challenge))


def test_pressing_too_early_does_not_begin_the_waiting_anew():
    busy()
    first = proof_of_work.challenge_for("draft", WHO)
    with clock.at(clock.now() + datetime.timedelta(seconds=proof_of_work.WAIT - 5)):
        assert proof_of_work.missing_proof("draft", WHO, posted(first)).startswith("Tunggu 5 detik lagi")
        second = proof_of_work.challenge_for("draft", WHO, posted(first))
        assert second.wait == 5 and second.token != first.token
        # A solution for another form, or none, has to wait from now on.
        assert proof_of_work.challenge_for("draft", WHO, {"proof_token": "x"}).wait == proof_of_work.WAIT
    with clock.at(clock.now() + datetime.timedelta(seconds=proof_of_work.WAIT + 1)):
        assert proof_of_work.missing_proof("draft", WHO, posted(second)) == ""


def test_one_challenge_serves_a_few_taps_and_no_flood():
    busy()
    challenge = proof_of_work.challenge_for("draft", WHO)
    answer = posted(challenge, solved(challenge))
    refusals = [proof_of_work.missing_proof("draft", WHO, answer) for _tap in range(8)]
    assert [bool(each) for each in refusals] == [False] * 5 + [True] * 3


NESTED = base64.b64encode(b"[" * 200_000).decode()


@pytest.mark.parametrize("proof", ["", "bm9uc2Vuc2U=", "%%%", base64.b64encode(b"[]").decode(), "e30=", NESTED])
def test_what_is_no_solution_does_not_pass(proof):
    busy()
    assert proof_of_work.missing_proof("draft", WHO, posted(proof_of_work.challenge_for("draft", WHO), proof))


def test_a_solution_of_another_challenge_or_form_does_not_pass():
    busy()
    busy("submit")
    one, other = (proof_of_work.challenge_for("draft", WHO) for _time in range(2))
    assert proof_of_work.missing_proof("draft", WHO, posted(one, solved(other)))
    assert proof_of_work.missing_proof("submit", WHO, posted(one, solved(one)))
    assert proof_of_work.missing_proof("draft", WHO, {"proof_token": one.token[:-3] + "abc", "proof": solved(one)})


def test_the_task_grows_with_the_flood():
    busy()
    few = json.loads(proof_of_work.challenge_for("draft", WHO).task)["maxnumber"]
    busy(times=40)
    assert json.loads(proof_of_work.challenge_for("draft", WHO).task)["maxnumber"] == few * 4
