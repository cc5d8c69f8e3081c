"""Each rule of the SOP format, broken one at a time."""

import pytest

from sop import rules
from sop.flow import FlowActor, FlowStep, assemble


def a_flow(changes=(), drop=(), actors=("Pemohon", "Petugas Loket", "Kepala Bidang")):
    """start 1 → decision 2 (yes 3, no 1) → process 3 → end 4, changed step by step."""
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
        lead = next((actor for actor in acting if actor.kind == "position"), acting[0])
        steps.append(
            FlowStep(
                id=no,
                no=no,
                actor_ids=tuple(actor.id for actor in acting),
                actor_names=tuple(actor.name for actor in acting),
                lead_kind=lead.kind,
                lead_position_id=None,
                lead_name=lead.name,
                other_position_ids=(),
                **row,
            )
        )
    return assemble(1, actors, steps)


def found(flow, **options):
    return {(f.level, f.step_no, f.code) for f in rules.findings(flow, **options)}


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
    "loop without end": ({5: {"next_id": 6}, 6: {"next_id": 5}, 3: {"next_id": 5}}, ("error", 3, "no_way_to_end")),
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
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_breach_is_found_and_named(name):
    changes, expected = BROKEN[name]
    assert expected in found(a_flow(changes))
    message = next(f.message for f in rules.findings(a_flow(changes)) if (f.step_no, f.code) == expected[1:])
    assert message.endswith(".") and (expected[1] is None or message.startswith(f"Langkah {expected[1]}"))


def test_the_applicants_steps_need_no_time():
    assert found(a_flow({1: {"seconds": None}, 4: {"seconds": None}})) == set()


def test_under_a_day_in_hours_is_fine():
    assert found(a_flow({3: {"time_text": "23 jam"}})) == set()


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
    assert rules.starts_with_active_verb(activity)


@pytest.mark.parametrize("activity", ["Berita acara dibuat", "Terima berkas", "Penerimaan", "", "Meja disiapkan", "…"])
def test_other_beginnings_are_not(activity):
    assert not rules.starts_with_active_verb(activity)


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
    assert rules.looks_like_person(name)
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
    assert not rules.looks_like_person(name)


def test_a_colleagues_plain_name_is_found_too():
    flow = a_flow(actors=("Pemohon", "Rahmat  contoh siregar", "Kepala Bidang"))
    assert found(flow) == set()
    assert ("error", None, "actor_is_person") in found(flow, people=["Rahmat Contoh Siregar"])


def test_actors_that_never_act_are_told():
    flow = a_flow(actors=("Pemohon", "Petugas Loket", "Kepala Bidang", "Arsiparis"))
    assert found(flow) == {("warning", None, "actor_never_acts")}


def test_a_decision_may_be_any_question():
    assert found(a_flow({2: {"activity": "Kelengkapan berkas terpenuhi?"}})) == set()
