"""The SOPs and staff of the demo office are complete, consistent and approvable.

Only the JSON is read, without the database, so that mistakes are reported by file and step. The rules are those of
PermenPAN-RB 35/2012 as the portal checks them, plus what cases need: letters, ends, times within the promise.
"""

import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STARTER, DEMO = ROOT / "services" / "exchange" / "data", ROOT / "ula_portal" / "demo" / "data"
MINUTES_PER_DAY = 450
APPLICANTS = {"Pemohon", "Tamu"}
AGENCIES = {"BKPSDM", "DPMPTSP", "BPMP", "Pusdatin", "Kepala Sekolah"}
ROLES = {"drafter", "frontdesk", "counter", "official", "section_head", "head", "admin"}
TOP_KEYS = {
    *("example", "name", "number", "unit", "unit_code", "created", "confidence", "legal_basis"),
    *("qualifications", "related", "equipment", "warnings", "records", "actors", "steps"),
}
STEP_KEYS = {"no", "activity", "actors", "shape", "inputs", "minutes", "time_text", "output", "note"}
DECISION_KEYS = {"if_yes", "if_no", "yes_label", "no_label"}
UNIT_MINUTES = {"menit": 1, "jam": 60, "hari": MINUTES_PER_DAY}
ACTIVE_VERB = re.compile(r"Me[a-z]+$")


def read(name, folder=STARTER):
    return json.loads((folder / name).read_text(encoding="utf-8"))


CATALOGUE = read("services.json")
OFFICE = read("office.json", DEMO)
UNITS = {unit["code"]: unit["name"] for unit in CATALOGUE["units"]}
SERVICES = {s["code"]: s for s in CATALOGUE["services"] if s["kind"] in ("request", "visit")}
POSITIONS = {position["name"]: position for position in OFFICE["positions"]}
SOPS = {code: read(f"sops/{code.lower()}.json") for code in SERVICES}

each_sop = pytest.mark.parametrize("code", sorted(SERVICES))


def steps_of(code):
    return {step["no"]: step for step in SOPS[code]["steps"]}


def exits(step):
    """Numbers of the steps that can follow: none after an end, two after a decision."""
    return [step[key] for key in ("next", "if_yes", "if_no") if key in step]


def leader(step):
    """The first office position leads; if there is none, the first actor."""
    office = [actor for actor in step["actors"] if actor in POSITIONS]
    return (office or step["actors"])[0]


def start_of(code):
    return next(step for step in SOPS[code]["steps"] if step["shape"] == "start")


def reachable(steps, number):
    """All steps that can follow step ``number``; the step itself only if it is part of a loop."""
    seen, todo = set(), exits(steps[number])
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo += exits(steps[current])
    return seen


def paths(steps, number, before=()):
    """All loop-free paths from step ``number`` to an end, as tuples of steps."""
    here = (*before, steps[number])
    following = [n for n in exits(steps[number]) if all(n != step["no"] for step in here)]
    if not exits(steps[number]):
        yield here
    for n in following:
        yield from paths(steps, n, here)


def office_minutes(path):
    return sum(step["minutes"] for step in path if leader(step) in POSITIONS)


def has_loop(code):
    steps = steps_of(code)
    return any(number in reachable(steps, number) for number in steps)


def test_every_service_has_exactly_one_file():
    assert {path.stem for path in (STARTER / "sops").glob("*.json")} == {code.lower() for code in SERVICES}
    assert len(SERVICES) == 20


def test_numbers_and_names_are_unique():
    for key in ("number", "name"):
        assert len({sop[key] for sop in SOPS.values()}) == len(SOPS)


@each_sop
def test_identity_block(code):
    sop = SOPS[code]
    assert set(sop) == TOP_KEYS
    assert sop["example"] is True
    assert "example" in sop["confidence"]
    assert re.fullmatch(r"420/\d{3}/SOP-DISDIK/2026", sop["number"])
    assert sop["unit_code"] == SERVICES[code]["unit"]
    assert sop["unit"] == UNITS[sop["unit_code"]]
    created = date.fromisoformat(sop["created"])
    assert date(2026, 1, 5) <= created <= date(2026, 6, 30)
    assert created.weekday() < 5
    for key in ("legal_basis", "qualifications", "related", "equipment", "warnings", "records"):
        assert sop[key], key
        assert all(isinstance(text, str) and text == text.strip() and text for text in sop[key]), key
    names = {f"SOP {other['name']}" for other in SOPS.values() if other is not sop}
    assert set(sop["related"]) <= names


@each_sop
def test_actors_are_positions_agencies_or_the_applicant(code):
    sop = SOPS[code]
    assert len(set(sop["actors"])) == len(sop["actors"])
    assert set(sop["actors"]) <= set(POSITIONS) | AGENCIES | APPLICANTS
    in_order_of_work = list(dict.fromkeys(actor for step in sop["steps"] for actor in step["actors"]))
    assert sop["actors"] == in_order_of_work
    applicant = "Tamu" if SERVICES[code]["kind"] == "visit" else "Pemohon"
    assert [actor for actor in sop["actors"] if actor in APPLICANTS] == [applicant]
    text = json.dumps(sop, ensure_ascii=False)
    for person in OFFICE["people"]:
        assert person["full_name"] not in text


@each_sop
def test_steps_have_the_right_keys_and_exits(code):
    steps = SOPS[code]["steps"]
    assert [step["no"] for step in steps] == list(range(1, len(steps) + 1))
    assert 5 <= len(steps) <= 16
    for step in steps:
        extra = {
            "start": {"next"},
            "process": {"next"},
            "decision": DECISION_KEYS,
            "end": {"end_kind"},
        }[step["shape"]]
        allowed = STEP_KEYS | extra | {"issues_letter"}
        assert STEP_KEYS | extra <= set(step) <= allowed, step["no"]
        assert set(exits(step)) <= {other["no"] for other in steps} - {step["no"]}, step["no"]
        if step["shape"] == "decision":
            assert step["if_yes"] != step["if_no"], step["no"]
            assert step["yes_label"] and step["no_label"] and step["yes_label"] != step["no_label"]
        if step["shape"] == "end":
            assert step["end_kind"] in ("completed", "rejected", "passed_on"), step["no"]
        assert step.get("issues_letter", True) is True


@each_sop
def test_one_start_by_the_applicant_in_the_first_column(code):
    starts = [step for step in SOPS[code]["steps"] if step["shape"] == "start"]
    assert len(starts) == 1
    assert starts[0]["no"] == 1
    assert starts[0]["actors"] == [SOPS[code]["actors"][0]]
    assert starts[0]["actors"][0] in APPLICANTS


@each_sop
def test_every_step_is_reached_and_reaches_an_end(code):
    steps = steps_of(code)
    assert {1} | reachable(steps, 1) == set(steps)
    ends = {number for number, step in steps.items() if step["shape"] == "end"}
    assert ends
    for number in set(steps) - ends:
        assert reachable(steps, number) & ends, number


@each_sop
def test_activities_are_sentences_of_the_prescribed_form(code):
    for step in SOPS[code]["steps"]:
        words = step["activity"].split()
        if step["shape"] == "decision":
            assert words[0] == "Apakah" and step["activity"].endswith("?"), step["no"]
        else:
            assert ACTIVE_VERB.match(words[0]) and len(words) > 2, step["no"]
            assert not step["activity"].endswith((".", "?")), step["no"]
        assert step["inputs"] and step["output"], step["no"]


@each_sop
def test_times_are_complete_and_agree_with_their_text(code):
    for step in SOPS[code]["steps"]:
        if leader(step) in APPLICANTS:
            assert (step["minutes"], step["time_text"]) == (None, ""), step["no"]
            continue
        amount, unit = re.fullmatch(r"(\d+) (menit|jam|hari)", step["time_text"]).groups()
        assert step["minutes"] == int(amount) * UNIT_MINUTES[unit] > 0, step["no"]
        assert unit != "jam" or int(amount) < 24, step["no"]


@each_sop
def test_office_time_stays_within_the_promise(code):
    if SERVICES[code]["working_days"] is None:
        return
    longest = max(office_minutes(path) for path in paths(steps_of(code), 1))
    assert 0 < longest <= SERVICES[code]["working_days"] * MINUTES_PER_DAY


@each_sop
def test_letters_are_made_once_and_before_the_end(code):
    """A case creates one letter on its way, never in a loop; the ends after a letter are all refusals, or none is."""
    steps = steps_of(code)
    letters = {number for number, step in steps.items() if step.get("issues_letter")}
    if SERVICES[code]["kind"] == "visit":
        assert not letters
        return
    for path in paths(steps, 1):
        assert sum(step["no"] in letters for step in path) == 1, [step["no"] for step in path]
    for number in letters:
        assert leader(steps[number]) in POSITIONS, number
        assert steps[number]["shape"] == "process", number
        after = reachable(steps, number)
        assert number not in after, number
        kinds = {steps[n]["end_kind"] for n in after if steps[n]["shape"] == "end"}
        assert kinds == {"rejected"} or "rejected" not in kinds, number


@each_sop
def test_ends_say_what_became_of_the_case(code):
    for step in SOPS[code]["steps"]:
        if step["shape"] != "end":
            continue
        if step["end_kind"] == "rejected":
            assert step["activity"].startswith("Menyampaikan surat penolakan"), step["no"]
            assert leader(step) in POSITIONS, step["no"]
        elif step["end_kind"] == "passed_on":
            assert leader(step) in AGENCIES, step["no"]
        elif SERVICES[code]["kind"] == "request":
            assert step["actors"] == ["Pemohon"] and step["activity"].startswith("Menerima "), step["no"]


@each_sop
def test_a_request_is_checked_by_the_office_right_after_it_came(code):
    first = steps_of(code)[start_of(code)["next"]]
    assert leader(first) in POSITIONS
    if has_loop(code):
        assert first["shape"] == "decision"
        assert first["no"] in reachable(steps_of(code), first["if_no"])


def test_corpus_is_varied():
    with_loops = [code for code in SOPS if has_loop(code)]
    assert len(with_loops) >= 12
    lengths = {len(sop["steps"]) for sop in SOPS.values()}
    assert min(lengths) == 5 and max(lengths) == 16 and len(lengths) >= 8
    agencies = {code: AGENCIES & set(sop["actors"]) for code, sop in SOPS.items()}
    assert all("BKPSDM" in agencies[code] for code in ("KP", "TB", "MUT-G"))
    assert all("DPMPTSP" in agencies[code] for code in ("PAUD", "PNF"))
    assert all("Pusdatin" in agencies[code] for code in ("NPSN", "NUPTK"))
    for code in ("PAUD", "PNF", "MUT-G"):
        assert any(step.get("end_kind") == "passed_on" for step in SOPS[code]["steps"])
    assert any(len(step["actors"]) > 1 for sop in SOPS.values() for step in sop["steps"])


def test_every_position_acts_and_has_a_holder():
    acting = {actor for sop in SOPS.values() for actor in sop["actors"]} & set(POSITIONS)
    # A head's secretariat records for the head in every SOP; the office's secretary records orders.
    kept = {name: position["secretariat_of"] for name, position in POSITIONS.items() if position.get("secretariat_of")}
    heads = {position["code"] for position in POSITIONS.values() if position["superior_code"] in (None, "KADIS")}
    assert set(kept.pop("Sekretaris Dinas")) == heads - {"SEKDIS"}
    keepers = set(kept)
    assert len(keepers) == 1 and not acting & keepers and acting | keepers == set(POSITIONS)
    held = [code for person in OFFICE["people"] for code in person["positions"]]
    assert sorted(held) == sorted(position["code"] for position in OFFICE["positions"])


def test_positions_form_one_hierarchy():
    by_code = {position["code"]: position for position in OFFICE["positions"]}
    assert len(by_code) == len(POSITIONS) == 14
    assert [code for code, position in by_code.items() if position["superior_code"] is None] == ["KADIS"]
    for position in by_code.values():
        assert position["unit_code"] in UNITS
        current, seen = position, set()
        while current["superior_code"]:
            assert current["code"] not in seen
            seen.add(current["code"])
            current = by_code[current["superior_code"]]
    headed = [position["unit_code"] for position in by_code.values() if position["heads_unit"]]
    assert sorted(headed) == sorted(set(UNITS) - {"ULA"})


def test_thirteen_fictional_people_with_sound_roles():
    people = OFFICE["people"]
    by_code = {position["code"]: position for position in OFFICE["positions"]}
    assert len(people) == 13
    for key in ("email", "full_name", "nip"):
        assert len({person[key] for person in people}) == 13
    assert {role["role"] for person in people for role in person["roles"]} == ROLES
    for person in people:
        assert re.fullmatch(r"[a-z]+(\.[a-z]+)*", person["email"])
        assert " Contoh " in person["full_name"]
        assert person["rank"]
        roles = {(role["role"], role["unit_code"]) for role in person["roles"]}
        assert len(roles) == len(person["roles"])
        assert all(unit is None or unit in UNITS for _, unit in roles)
        names = {role for role, _ in roles}
        for code in person["positions"]:
            unit = by_code[code]["unit_code"]
            assert unit in {unit for _, unit in roles}, person["email"]
            if by_code[code]["heads_unit"]:
                assert "official" in names
                assert ("head", None) in roles if code == "KADIS" else ("section_head", unit) in roles


@pytest.mark.parametrize("nip", [person["nip"] for person in OFFICE["people"]])
def test_nip_has_a_valid_shape(nip):
    assert re.fullmatch(r"\d{18}", nip)
    born = date(int(nip[:4]), int(nip[4:6]), int(nip[6:8]))
    appointed = date(int(nip[8:12]), int(nip[12:14]), 1)
    assert 18 <= (appointed - born).days / 365.25 <= 40
    assert nip[14] in "12"
    assert nip[15] == "9", "the serial marks the number as fictional"


def test_counters_serve_every_ticket_letter():
    locations = {location["code"] for location in OFFICE["locations"]}
    counters = OFFICE["counters"]
    assert locations == {"ula"}
    assert all(counter["location"] in locations for counter in counters)
    assert [counter["name"] for counter in counters if counter["kind"] == "counter"] == [
        "Loket 1",
        "Loket 2",
        "Loket 3",
    ]
    served = [letter for counter in counters if counter["kind"] == "counter" for letter in counter["letters"]]
    assert set(served) == {service["ticket_letter"] for service in SERVICES.values()}
    (room,) = [counter for counter in counters if counter["kind"] == "room"]
    assert room["name"] == "Ruang Kepala Bidang Pembinaan Pendidikan Dasar"
    assert room["position_code"] in {position["code"] for position in OFFICE["positions"]}


def clock(text):
    hours, minutes = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", text).groups()
    return int(hours) * 60 + int(minutes)


def worked(row):
    return clock(row["closes"]) - clock(row["opens"]) - (clock(row["break_to"]) - clock(row["break_from"]))


def test_working_hours_make_the_prescribed_week():
    """Perpres 21/2023: 37.5 hours a week, 32.5 in Ramadan; a working day of an SOP step is 450 minutes."""
    working = [row for row in OFFICE["hours"] if row["kind"] == "working"]
    usual = [row for row in working if row["from"] is None]
    ramadan = [row for row in working if (row["from"], row["to"]) == ("2026-02-18", "2026-03-19")]
    assert len(usual) + len(ramadan) == len(working)
    assert [row["weekday"] for row in usual] == [row["weekday"] for row in ramadan] == list(range(5))
    assert {worked(row) for row in usual} == {MINUTES_PER_DAY}
    assert {worked(row) for row in ramadan} == {390}


def test_hours_are_in_order_and_counters_open_while_the_office_works():
    rows = OFFICE["hours"]
    service = {row["weekday"]: row for row in rows if row["kind"] == "service"}
    assert sorted(service) == list(range(5))
    for row in rows:
        moments = [clock(row[key]) for key in ("opens", "break_from", "break_to", "closes")]
        assert all(a < b for a, b in pairwise(moments))
        if row["kind"] == "working":
            assert row["last_ticket"] is None
            at_counter = service[row["weekday"]]
            assert moments[0] <= clock(at_counter["opens"]) < clock(at_counter["closes"]) <= moments[3]
            assert clock(at_counter["break_from"]) <= moments[1] and moments[2] <= clock(at_counter["break_to"])
        else:
            assert moments[2] < clock(row["last_ticket"]) <= moments[3]
