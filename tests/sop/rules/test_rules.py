"""Each rule of the SOP format, violated one at a time."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.rules import findings, identity
from sop.rules.activity import starts_with_active_verb
from sop.rules.actors import looks_like_person, unmatched_actor_findings
from sop.rules.flow import FlowActor, FlowStep, assemble, reachable


def a_flow(changes=(), drop=(), actors=("Pemohon", "Petugas Loket", "Kepala Bidang")):
    """start 1 → decision 2 (yes 3, no 1) → process 3 → end 4, to be changed step by step."""
    actors = tuple(
        FlowActor(n, n, name, "applicant" if name == "Pemohon" else "position", n, True)
        for n, name in enumerate(actors, 1)
    )
    base = {"seconds": 600, "output": "Hasil"}
    rows = {
        1: {"activity": "Mengajukan permohonan", "shape": "start", "acting": (1,), "next_id": 2},
        2: {"activity": "Apakah lengkap?", "shape": "decision", "acting": (2,), "if_yes_id": 3, "if_no_id": 1},
        3: {"activity": "Menandatangani surat", "shape": "process", "acting": (3,), "next_id": 4},
        4: {"activity": "Menerima surat", "shape": "end", "acting": (1,)},
    }
    for no, change in dict(changes).items():
        rows[no] = rows.get(no, {"shape": "process", "acting": (2,), "activity": "Memeriksa berkas"}) | change
    steps = []
    for no, row in rows.items():
        if no in drop:
            continue
        row = base | row
        acting = [actors[n - 1] for n in row.pop("acting")]
        lead = next((actor for actor in acting if actor.kind == "position"), acting[0] if acting else None)
        steps.append(
            FlowStep(
                id=no,
                no=no,
                actor_ids=tuple(actor.id for actor in acting),
                actor_names=tuple(actor.name for actor in acting),
                lead_kind=lead.kind if lead else "external",
                lead_position_id=None,
                lead_name=lead.name if lead else "",
                other_position_ids=(),
                **row,
            )
        )
    return assemble(1, actors, steps)


def found(flow, **options):
    return {(f.level, f.step_no, f.code) for f in findings.findings(flow, **options)}


def test_a_sound_sop_has_no_findings():
    assert found(a_flow()) == set()


BROKEN = {
    "decision without no": ({2: {"if_no_id": None}}, ("error", 2, "decision_exits")),
    "decision to one step twice": ({2: {"if_no_id": 3}}, ("error", 2, "decision_exits")),
    "decision with a next": ({2: {"next_id": 3}}, ("error", 2, "decision_next")),
    "branch of a process": ({3: {"if_yes_id": 1}}, ("error", 3, "branch_without_decision")),
    "end that goes on": ({4: {"next_id": 1}}, ("error", 4, "end_with_exit")),
    "no way on": ({3: {"next_id": None}}, ("error", 3, "no_exit")),
    "to itself": ({3: {"next_id": 3}}, ("error", 3, "points_to_itself")),
    "two starts": ({3: {"shape": "start"}}, ("error", 3, "second_start")),
    "no start": ({1: {"shape": "process"}}, ("error", None, "no_start")),
    "no end": ({4: {"shape": "process", "next_id": 1}}, ("error", None, "no_end")),
    "unreachable": ({5: {"next_id": 4}}, ("error", 5, "unreachable")),
    "loop without end": ({5: {"next_id": 6}, 6: {"next_id": 5}, 3: {"next_id": 5}}, ("error", 5, "no_way_to_end")),
    "no time": ({3: {"seconds": None}}, ("error", 3, "no_time")),
    "no time at all": ({3: {"seconds": 0}}, ("error", 3, "no_time")),
    "no output": ({3: {"output": " "}}, ("error", 3, "no_output")),
    "no output by the applicant": ({4: {"output": ""}}, ("error", 4, "no_output")),
    "many hours": ({3: {"time_text": "168 jam"}}, ("warning", 3, "many_hours")),
    "a day in hours": ({3: {"time_text": "1 x 24 jam"}}, ("warning", 3, "many_hours")),
    "start elsewhere": ({1: {"acting": (2,)}}, ("warning", 1, "start_not_first_column")),
    "row that only says Mulai": ({1: {"activity": "Mulai"}}, ("warning", 1, "bare_row")),
    "row that only says Selesai": ({4: {"activity": "SELESAI."}}, ("warning", 4, "bare_row")),
    "passive": ({3: {"activity": "Diterima berkas"}}, ("warning", 3, "no_active_verb")),
    "noun": ({3: {"activity": "Penandatanganan surat"}}, ("warning", 3, "no_active_verb")),
    "noun that looks like a verb": ({3: {"activity": "Berkas diperiksa"}}, ("warning", 3, "no_active_verb")),
    "no activity": ({3: {"activity": " "}}, ("error", 3, "no_activity")),
    "an activity of dashes": ({3: {"activity": "-"}}, ("error", 3, "no_activity")),
    "a question left empty": ({2: {"activity": ""}}, ("error", 2, "no_activity")),
    "nobody acts": ({3: {"acting": ()}}, ("error", 3, "no_actor")),
    "decision to itself": ({2: {"if_no_id": 2}}, ("error", 2, "points_to_itself")),
    "equal labels": ({2: {"yes_label": "Lengkap", "no_label": " lengkap."}}, ("error", 2, "same_labels")),
    "a time in words alone": ({3: {"seconds": None, "time_text": "segera"}}, ("error", 3, "no_time")),
    "times that disagree": ({3: {"seconds": 900, "time_text": "2 hari kerja"}}, ("warning", 3, "time_disagrees")),
    "time per item not marked": ({3: {"time_text": "10 menit/berkas"}}, ("warning", 3, "per_item_unmarked")),
    "every end rejects": ({4: {"end_kind": "rejected"}}, ("warning", 4, "only_rejections")),
    "two letters on one way": (
        {3: {"issues_letter": True}, 4: {"acting": (2,), "issues_letter": True}},
        ("warning", 3, "second_letter"),
    ),
    "letter of the applicant": ({4: {"issues_letter": True}}, ("warning", 4, "letter_not_by_office")),
    "letter of a decision": ({2: {"issues_letter": True}}, ("error", 2, "letter_by_decision")),
    "two activities in sentences": (
        {3: {"activity": "Menandatangani surat. Menyerahkan surat kepada petugas."}},
        ("warning", 3, "several_activities"),
    ),
    "two activities in lines": (
        {3: {"activity": "Menandatangani surat\nMembubuhkan stempel"}},
        ("warning", 3, "several_activities"),
    ),
    "a numbered list of activities": (
        {3: {"activity": "1. Memeriksa berkas 2. Menandatangani surat"}},
        ("warning", 3, "several_activities"),
    ),
    "activities behind semicolons": (
        {3: {"activity": "Memeriksa berkas; Mencatat dalam agenda"}},
        ("warning", 3, "several_activities"),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_breach_is_found_and_named(name):
    changes, expected = BROKEN[name]
    assert expected in found(a_flow(changes))
    finding = next(f for f in findings.findings(a_flow(changes)) if (f.step_no, f.code) == expected[1:])
    assert finding.message.endswith(".") and "%" not in finding.message and finding.field
    assert expected[1] is None or finding.message.startswith(f"Langkah {expected[1]}: ")


def test_one_cause_is_told_once_with_all_it_touches():
    broken_off = a_flow({3: {"next_id": None}, 5: {"next_id": 6}, 6: {"next_id": 4}})
    codes = [(f.step_no, f.code) for f in findings.errors(findings.findings(broken_off))]
    assert codes == [(3, "no_exit"), (5, "unreachable")]
    message = next(f.message for f in findings.findings(broken_off) if f.code == "unreachable")
    assert "begitu pula langkah 4, 6" in message
    goes_on = findings.errors(findings.findings(a_flow({4: {"next_id": 1}})))
    assert [(f.step_no, f.code) for f in goes_on] == [(4, "end_with_exit")]
    endless = findings.findings(a_flow({5: {"next_id": 6}, 6: {"next_id": 5}, 3: {"next_id": 5}}))
    (message,) = [f.message for f in endless if f.code == "no_way_to_end"]
    assert "begitu pula langkah 1, 2, 3, 6" in message


def test_an_sop_without_steps_or_actors_is_told_so_and_no_more():
    assert found(assemble(1, (), ())) == {("error", None, "no_steps"), ("error", None, "no_actors")}


def test_a_refusals_letter_beside_the_granting_one_is_fine():
    rejected = {5: {"acting": (2,), "activity": "Menolak permohonan", "shape": "end", "end_kind": "rejected"}}
    flow = a_flow({2: {"if_no_id": 5}, 3: {"issues_letter": True}, 5: rejected[5] | {"issues_letter": True}})
    assert found(flow) == set()


def test_a_letter_is_not_held_against_an_actor_that_nobody_has_confirmed():
    flow = a_flow({4: {"issues_letter": True}})
    unsure = replace(flow, actors=tuple(replace(actor, confirmed=False) for actor in flow.actors))
    assert found(unsure) == set()


def test_a_letter_made_again_after_going_back_is_one_letter():
    check = {5: {"activity": "Apakah surat benar?", "shape": "decision", "if_yes_id": 4, "if_no_id": 3}}
    assert found(a_flow({3: {"issues_letter": True, "next_id": 5}} | check)) == set()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15 menit", 900),
        ("1 jam 30 menit", 5400),
        ("1 jam, 30 menit", 5400),
        ("1,5 jam", 5400),
        ("2 hari kerja", 54_000),
        ("1 hari", 8 * 3600),
        ("1 hari", 7 * 3600),
        ("1-2 hari", 40_000),
        ("5 s.d. 10 menit", 400),
        ("maks. 30 menit", 1800),
        ("paling lama 3 hari kerja", 81_000),
        ("1 minggu", 5 * 27_000),
        ("segera", 60),
        ("1 x 24 menit", 60),
        ("", 60),
    ],
)
def test_times_that_agree_or_cannot_be_compared_are_let_be(text, seconds):
    assert found(a_flow({3: {"time_text": text, "seconds": seconds}})) == set()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2 hari kerja", 900), ("30 menit", 60), ("1 jam 30 menit", 3600), ("1-2 hari", 90_000), ("30 detik", 1800)],
)
def test_times_that_disagree_are_named_with_both(text, seconds):
    finding = next(f for f in findings.findings(a_flow({3: {"time_text": text, "seconds": seconds}})))
    assert finding.code == "time_disagrees" and f"“{text}”" in finding.message and "dihitung" in finding.message


def test_a_time_per_item_that_is_marked_is_fine():
    assert found(a_flow({3: {"time_text": "10 menit per berkas", "per_item": True}})) == set()


@pytest.mark.parametrize(
    "activity",
    [
        "Menerima, memeriksa, dan mencatat berkas",
        "Menyiapkan berkas:\n1. Fotokopi ijazah\n2. Kartu keluarga",
        "Menyiapkan berkas: a. ijazah b. kartu keluarga",
        "Menandatangani surat a.n. Kepala Dinas",
        "Mencatat pada buku agenda No. 12. Bidang menerima salinannya",
        "Menerima berkas\nmelalui loket",
        "Memberi paraf pada lembar disposisi, agenda, dll. Berkas disimpan",
    ],
)
def test_one_activity_is_not_taken_for_several(activity):
    assert found(a_flow({3: {"activity": activity}})) == set()


def test_a_sheet_that_grows_too_large_is_told():
    names = tuple(f"Petugas {n}" for n in range(16))
    assert ("warning", None, "many_actors") in found(a_flow(actors=names))
    steps = {n: {"next_id": n + 1 if n < 64 else 4} for n in range(5, 65)}
    assert ("warning", None, "many_steps") in found(a_flow({3: {"next_id": 5}} | steps))
    assert "many_steps" not in {code for _level, _no, code in found(a_flow({3: {"next_id": 4}}))}


def test_the_applicants_steps_need_no_time():
    assert found(a_flow({1: {"seconds": None}, 4: {"seconds": None}})) == set()


def test_under_a_day_in_hours_is_fine():
    assert found(a_flow({3: {"time_text": "23 jam", "seconds": 23 * 3600}})) == set()


@pytest.mark.parametrize(
    "activity",
    [
        "Menerima dan memeriksa berkas",
        "MEMERIKSA berkas",
        "1. Mengagendakan surat",
        "Berkoordinasi dengan sekolah",
        "Merekap data",
        "Melaporkan hasil",
        "Mewawancarai pemohon",
        "Datang ke kantor",
        "Bekerja sama",
        "Belajar",
    ],
)
def test_active_verbs_are_known(activity):
    assert starts_with_active_verb(activity)


@pytest.mark.parametrize("activity", ["Berita acara dibuat", "Terima berkas", "Penerimaan", "", "Meja disiapkan", "…"])
def test_other_beginnings_are_not(activity):
    assert not starts_with_active_verb(activity)


@pytest.mark.parametrize(
    "name",
    [
        "Budi Hartono, S.Pd.",
        "Dra. Fauziah",
        "H. Rahmat",
        "Drs. Hendra, M.M.",
        "Ibu Sri",
        "Pak Yusuf",
        "Siti, S.Kom",
        "NIP 198507072010012907",
        "Kepala Seksi (198507072010012907)",
        "Dr. Ahmad",
        "Nur, M.Pd",
        "Eko, S.Sos., M.AP.",
    ],
)
def test_names_of_people_are_refused_as_actors(name):
    assert looks_like_person(name)
    assert ("error", None, "actor_is_person") in found(a_flow(actors=("Pemohon", name, "Kepala Bidang")))


@pytest.mark.parametrize(
    "name",
    [
        "Kepala Dinas",
        "Sekretaris",
        "Kasubbag Umum, Keuangan",
        "Pemohon (Penyelenggara/Yayasan)",
        "BKPSDM",
        "RSUD Dr. Pirngadi",
        "Petugas Saksi dan Pengawas",
        "Kepala Bidang SMP",
        "Admin NUPTK Dinas",
        "Bidang/Balai",
    ],
)
def test_positions_are_not_taken_for_people(name):
    assert not looks_like_person(name)


def test_a_colleagues_plain_name_is_found_too():
    flow = a_flow(actors=("Pemohon", "Rahmat  contoh siregar", "Kepala Bidang"))
    assert found(flow) == set()
    assert ("error", None, "actor_is_person") in found(flow, staff_names=["Rahmat Contoh Siregar"])


def test_a_colleague_in_brackets_is_found_too():
    flow = a_flow(actors=("Pemohon", "Pengelola (Rahmat Contoh)", "Kepala Bidang"))
    assert ("error", None, "actor_is_person") in found(flow, staff_names=["Rahmat Contoh"])


@pytest.mark.parametrize("account", ["Petugas Loket", "Kepala Bidang", "", "Loket"])
def test_a_shared_account_does_not_make_a_position_a_person(account):
    assert found(a_flow(), staff_names=[account]) == set()


def test_machines_and_double_columns_are_told():
    flow = a_flow(actors=("Pemohon", "Aplikasi SIPLah", "kepala bidang", "Kepala Bidang"))
    codes = {code for _level, _no, code in found(flow)}
    assert codes == {"actor_is_no_position", "actor_twice", "actor_never_acts"}


def test_only_actors_that_act_have_to_be_matched():
    flow = a_flow(actors=("Pemohon", "Petugas Loket", "Kepala Bidang", "Arsiparis"))
    unmatched = [replace(actor, position_id=None) if actor.kind == "position" else actor for actor in flow.actors]
    names = [finding.message for finding in unmatched_actor_findings(replace(flow, actors=tuple(unmatched)))]
    assert len(names) == 2 and "Petugas Loket" in names[0] and "Kepala Bidang" in names[1]
    unconfirmed = replace(flow, actors=tuple(replace(actor, confirmed=False) for actor in flow.actors))
    assert {f.code for f in unmatched_actor_findings(unconfirmed)} == {"actor_unconfirmed"}
    assert unmatched_actor_findings(flow) == []


WHOLE = {box: ["ada"] for box in ("legal_basis", "qualifications", "equipment", "records")}


def test_gaps_of_the_identity_block_are_told_as_warnings():
    assert findings.findings(a_flow(), identity=identity.Identity("Legalisasi Ijazah", WHOLE)) == []
    empty = findings.findings(
        a_flow(), identity=identity.Identity("SOP Legalisasi", {"legal_basis": [" "], "records": []})
    )
    assert {(f.level, f.step_no) for f in empty} == {("warning", None)}
    assert [f.field for f in empty] == ["name", "legal_basis", "qualifications", "equipment", "records"]
    assert "name_says_sop" not in {
        f.code for f in findings.findings(a_flow(), identity=identity.Identity("Sopan Santun Layanan", WHOLE))
    }


def test_actors_that_never_act_are_told():
    flow = a_flow(actors=("Pemohon", "Petugas Loket", "Kepala Bidang", "Arsiparis"))
    assert found(flow) == {("warning", None, "actor_never_acts")}


def test_a_decision_may_be_any_question():
    assert found(a_flow({2: {"activity": "Kelengkapan berkas terpenuhi?"}})) == set()


# Any draft

TEXTS = st.text(alphabet="Me nyrima.;1\n-•()“%sSOPd/", max_size=30)


@st.composite
def drafts(draw):
    """Any flow that the editor can store, meaningful or not: up to 12 steps, arrows from anywhere to anywhere."""
    count, columns = draw(st.integers(0, 12)), draw(st.integers(0, 5))
    kinds = st.sampled_from(("position", "applicant", "external"))
    actors = [
        FlowActor(n, n, f"{draw(TEXTS)} {n}", draw(kinds), draw(st.none() | st.integers(1, 3)), draw(st.booleans()))
        for n in range(1, columns + 1)
    ]
    exits = st.none() | st.integers(1, count) if count else st.none()
    steps = []
    for no in range(1, count + 1):
        acting = draw(st.lists(st.sampled_from(actors), unique=True, max_size=3)) if actors else []
        shape = draw(st.sampled_from(("start", "process", "decision", "end")))
        ends = st.sampled_from(("completed", "rejected", "passed_on")) if shape == "end" else st.just("")
        steps.append(
            FlowStep(
                id=no,
                no=no,
                activity=draw(TEXTS),
                shape=shape,
                actor_ids=tuple(actor.id for actor in acting),
                actor_names=tuple(actor.name for actor in acting),
                lead_kind=acting[0].kind if acting else "external",
                lead_position_id=None,
                lead_name=acting[0].name if acting else "",
                other_position_ids=(),
                seconds=draw(st.none() | st.integers(0, 10**7)),
                time_text=draw(st.sampled_from(("", "2 hari", "30 menit/berkas", "99 jam", "1-2 hari")) | TEXTS),
                per_item=draw(st.booleans()),
                output=draw(TEXTS),
                next_id=draw(exits),
                if_yes_id=draw(exits),
                if_no_id=draw(exits),
                yes_label=draw(TEXTS),
                no_label=draw(TEXTS),
                end_kind=draw(ends),
                issues_letter=draw(st.booleans()),
            )
        )
    return assemble(1, actors, steps)


@settings(deadline=None)
@given(flow=drafts(), people=st.lists(TEXTS, max_size=3), name=TEXTS)
def test_any_draft_is_judged_without_stumbling(flow, people, name):
    judged = findings.findings(flow, people, identity.Identity(name, {}))
    numbers = {step.no for step in flow.steps} | {None}
    for finding in [*judged, *unmatched_actor_findings(flow)]:
        assert finding.step_no in numbers and finding.code and finding.field and finding.message.endswith(".")
        assert finding.step_no is None or finding.message.startswith(f"Langkah {finding.step_no}: ")
    assert len(set(judged)) == len(judged)


@settings(deadline=None)
@given(flow=drafts())
def test_without_errors_every_step_is_reached_and_ends(flow):
    if findings.errors(findings.findings(flow)):
        return
    exits = {step.id: step.exit_ids for step in flow.steps}
    ends = {step.id for step in flow.steps if step.shape == "end"}
    assert {flow.start.id} | reachable(exits, flow.start.id) == set(exits)
    assert all(pk in ends or reachable(exits, pk) & ends for pk in exits)


@st.composite
def sound(draw):
    """A sound SOP: a sequence of steps, some of them decisions that lead back, with up to 15 actors and 60 steps."""
    count, columns = draw(st.integers(2, 60)), draw(st.integers(1, 15))
    actors = [FlowActor(n, n, f"Petugas {n}", "position", n, True) for n in range(1, columns + 1)]
    acting = [1, *range(1, columns + 1), *draw(st.lists(st.integers(1, columns), min_size=count, max_size=count))]
    count = max(count, columns + 1)
    steps = []
    for no in range(1, count + 1):
        shape = "start" if no == 1 else "end" if no == count else draw(st.sampled_from(("process", "decision")))
        onward = no + 1 if no < count else None
        ways = {"next_id": onward}
        if shape == "decision":
            ways = {"if_yes_id": onward, "if_no_id": draw(st.integers(1, no - 1))}
        actor = actors[acting[no - 1] - 1]
        steps.append(
            FlowStep(
                id=no,
                no=no,
                activity="Apakah lengkap?" if shape == "decision" else "Memeriksa berkas",
                shape=shape,
                actor_ids=(actor.id,),
                actor_names=(actor.name,),
                lead_kind="position",
                lead_position_id=actor.id,
                lead_name=actor.name,
                other_position_ids=(),
                seconds=600,
                time_text="10 menit",
                output="Hasil",
                end_kind="completed" if shape == "end" else "",
                **ways,
            )
        )
    return assemble(1, actors, steps)


# Generating flows of 60 steps with many loops takes a while.
@settings(deadline=None, max_examples=40)
@given(flow=sound())
def test_a_sound_flow_of_any_size_has_no_findings(flow):
    assert findings.findings(flow, ["Rahmat Contoh"], identity.Identity("Legalisasi", WHOLE)) == []
    assert unmatched_actor_findings(flow) == []
