"""Importing SOP files: refusals, imports with findings, and the effect of importing a file again."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sop.approval.actions import life
from sop.drafting.actions import importing
from sop.exchange import json as exchange
from sop.models import Sop, SopVersion
from sop.rules import findings
from sop.rules.queries import flows
from tests.factories import sop as make
from ula_portal.core.journal.actions import verify
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry, Unit
from ula_portal.core.verbs.errors import NotAllowed

pytestmark = pytest.mark.django_db
REAL = sorted((Path(__file__).parents[1] / "data").glob("*.json"))
# Errors and warnings of each real file in the demo's office, counted by hand according to the rules.
REAL_FINDINGS = {
    "01-mutasi-siswa": (0, 1),
    "02-legalisir-ijazah": (0, 0),
    "03-pengganti-ijazah-hilang-rusak": (2, 0),
    "04-izin-operasional-paud": (12, 0),
    "05-rekomendasi-izin-lkp-pkbm": (8, 0),
    "06-kenaikan-gaji-berkala": (4, 3),
    "07-kgb-per-golongan": (9, 0),
    "08-reaktivasi-nuptk": (0, 0),
    "09-pengaduan-masyarakat": (0, 0),
    "10-penerimaan-tamu": (1, 1),
    "12-surat-masuk-waktu-detik": (0, 5),
    "13-tunjangan-profesi-guru": (0, 0),
    "16-tamu-layanan-satu-atap-tiga-arah": (13, 0),
    "17-pemetaan-kompetensi-gtk": (0, 4),
    "19-pengundian-dua-keputusan-satu-perbaikan": (0, 0),
    "22-pembinaan-sepuluh-pelaksana": (0, 0),
    "24-izin-paud-teks-panjang": (0, 0),
}


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_files_become_drafts_with_their_findings(units, path):
    data = read(path)
    result = importing.import_sop(data, by=SYSTEM)
    assert result.state == "created" and result.version.state == "draft"
    assert (len(findings.errors(result.findings)), len(findings.warnings(result.findings))) == REAL_FINDINGS[path.stem]
    flow = flows.flow_of(result.version)
    assert [step.no for step in flow.steps] == [step["no"] for step in data["steps"]]
    assert [actor.name for actor in flow.actors] == data["actors"]
    assert all(step.time_text == (row["time_text"] or "") for step, row in zip(flow.steps, data["steps"], strict=True))
    assert not any(actor.confirmed for actor in flow.actors)


def test_the_real_corpus_is_complete():
    assert {path.stem for path in REAL} == set(REAL_FINDINGS) and len(REAL) == 17


def test_times_in_words_are_read_when_exact_and_told(units):
    result = importing.import_sop(read(next(path for path in REAL if "detik" in path.stem)), by=SYSTEM)
    flow = flows.flow_of(result.version)
    assert [step.seconds for step in flow.steps] == [30, 60, 180, 30, 600]
    assert [f.step_no for f in result.findings if f.code == "time_from_text"] == [1, 4]


@pytest.mark.parametrize("text", ["24 jam", "168 jam", "1-2 hari", "segera", "1 x 24 jam"])
def test_doubtful_times_in_words_stay_missing(units, text):
    data = make.small_content()
    data["steps"][2] |= {"minutes": None, "time_text": text}
    result = importing.import_sop(data, by=SYSTEM)
    assert flows.flow_of(result.version).by_no(3).seconds is None
    assert (3, "no_time") in {(f.step_no, f.code) for f in findings.errors(result.findings)}


def test_hours_of_a_day_and_more_are_kept_as_given(units):
    result = importing.import_sop(read(next(path for path in REAL if path.stem.startswith("17"))), by=SYSTEM)
    step = flows.flow_of(result.version).by_no(3)
    assert (step.seconds, step.time_text) == (10080 * 60, "168 jam")


# Identity


def test_same_content_again_changes_nothing(units):
    first = importing.import_sop(make.small_content(), by=SYSTEM)
    entries = JournalEntry.objects.count()
    again = importing.import_sop(make.small_content(), by=SYSTEM)
    assert again.state == "unchanged" and again.version == first.version
    assert (SopVersion.objects.count(), JournalEntry.objects.count()) == (1, entries)


def test_a_changed_file_replaces_the_open_draft(units, cast):
    first = importing.import_sop(make.small_content(), by=SYSTEM)
    make.confirm_all(first.version, cast["admin"])
    life.verify_version(first.version, by=staff(cast["section_head"]))
    changed = make.small_content()
    changed["steps"][3]["activity"] = "Menerima surat keterangan"
    second = importing.import_sop(changed, by=SYSTEM)
    assert second.state == "replaced" and second.version.pk == first.version.pk
    version = SopVersion.objects.get()
    assert version.state == "draft" and version.verified_by is None
    assert flows.flow_of(version).by_no(4).activity == "Menerima surat keterangan"
    # A person's decision about actors with the same name remains valid.
    assert all(actor.confirmed for actor in flows.flow_of(version).actors)


def test_an_approved_version_gets_a_new_draft_and_stays_as_it_is(units, cast):
    published = make.publish(make.small_content(), cast)
    before = flows.flow_of(published)
    result = importing.import_sop(make.small_content(name="Surat Keterangan Baru"), by=SYSTEM)
    assert result.state == "new draft"
    assert (result.version.ordinal, result.version.state) == (2, "draft")
    published.refresh_from_db()
    assert published.title == "Surat Keterangan Contoh" and flows.flow_of(published) == before
    assert Sop.objects.get().name == "Surat Keterangan Contoh"
    assert importing.import_sop(make.small_content(name="Surat Keterangan Baru"), by=SYSTEM).state == "unchanged"


def test_without_number_unit_and_name_are_the_identity(units):
    data = make.small_content(number=None)
    first = importing.import_sop(data, by=SYSTEM)
    assert first.sop.number_is_generated and first.sop.number.startswith("SOP/001/DIKDAS/")
    assert importing.import_sop(data, by=SYSTEM).state == "unchanged"
    other = importing.import_sop(make.small_content(number=None, unit="Sekretariat"), by=SYSTEM)
    assert other.sop != first.sop and other.sop.number.startswith("SOP/002/SEKRETARIAT/")
    changed = make.small_content(number=None, warnings=["Periksa dua kali."])
    assert importing.import_sop(changed, by=SYSTEM).version == first.version


def test_a_generated_number_never_meets_one_from_a_file(units):
    from ula_portal.core import clock

    taken = f"SOP/001/DIKDAS/{clock.today().year}"
    importing.import_sop(make.small_content(number=taken, name="Lain"), by=SYSTEM)
    assert importing.import_sop(make.small_content(number=""), by=SYSTEM).sop.number == taken.replace("001", "002")


def test_the_unit_is_the_files_own_else_the_option_else_the_office(units):
    named = importing.import_sop(
        make.small_content(number="1", unit="bidang pembinaan pendidikan dasar"), by=SYSTEM, unit_code="GTK"
    )
    unknown = importing.import_sop(
        make.small_content(number="2", unit="Dinas Antah Berantah"), by=SYSTEM, unit_code="GTK"
    )
    office = importing.import_sop(make.small_content(number="3", unit=None), by=SYSTEM)
    coded = importing.import_sop(
        make.small_content(number="4", unit="Apa saja", unit_code="ULA"), by=SYSTEM, unit_code="GTK"
    )
    assert [r.sop.unit.code for r in (named, unknown, office, coded)] == ["DIKDAS", "GTK", "DINAS", "ULA"]


def test_an_unknown_unit_code_and_an_empty_office_are_told(db):
    with pytest.raises(exchange.ImportRefused, match="Belum ada unit kerja"):
        importing.import_sop(make.small_content(), by=SYSTEM)
    Unit.objects.create(code="X", name="X")
    with pytest.raises(exchange.ImportRefused, match="“SALAH” tidak ada"):
        importing.import_sop(make.small_content(), by=SYSTEM, unit_code="SALAH")


def test_actors_are_proposed_by_their_names(units):
    names = ["Pemohon", "kepala dinas", "BKPSDM", "PTK Bidang Pendidikan", "Guru", "Tamu", "Pengadu", "Kepala Sekolah"]
    data = make.small_content(actors=names)
    for step in data["steps"]:
        step["actors"] = ["Pemohon"] if step["actors"] == ["Pemohon"] else ["kepala dinas"]
    kinds = make.kinds_of(importing.import_sop(data, by=SYSTEM).version)
    assert list(kinds.values()) == [
        "applicant",
        "position",
        "external",
        "external",
        "applicant",
        "applicant",
        "applicant",
        "external",
    ]


def test_optional_keys_are_taken(units):
    data = make.demo_content("paud")
    result = importing.import_sop(data, by=SYSTEM)
    flow = flows.flow_of(result.version)
    assert result.version.is_example and str(result.version.created_on) == data["created"]
    for step, row in zip(flow.steps, data["steps"], strict=True):
        assert step.issues_letter == row.get("issues_letter", False)
        if row["shape"] == "decision":
            assert (step.yes_label, step.no_label) == (row["yes_label"], row["no_label"])
        if row["shape"] == "end":
            assert step.end_kind == row["end_kind"]


def test_unknown_keys_are_told_and_ignored(units):
    data = make.small_content(warna="biru")
    data["steps"][1]["ikon"] = "x"
    found = [f for f in importing.import_sop(data, by=SYSTEM).findings if f.code == "unknown_key"]
    assert {(f.level, f.step_no) for f in found} == {("warning", None), ("warning", 2)}
    assert "“warna”" in found[0].message and found[1].message.startswith("Langkah 2")


# Refusals are named, and change nothing


def broken(change):
    data = make.small_content()
    change(data)
    return data


def step(n, **values):
    return lambda data: data["steps"][n - 1].update(values)


REFUSED = {
    "no steps": (lambda d: d.pop("steps"), "steps"),
    "empty steps": (lambda d: d.update(steps=[]), "steps harus diisi"),
    "no name": (lambda d: d.update(name=""), "name harus diisi"),
    "name of blanks": (lambda d: d.update(name="   "), "Nama SOP kosong"),
    "long name": (lambda d: d.update(name="x" * 301), "name terlalu panjang. Paling banyak 300"),
    "actors as text": (lambda d: d.update(actors="Pemohon"), "actors harus berupa daftar"),
    "step as text": (lambda d: d["steps"].insert(0, "mulai"), "Langkah ke-1 dalam berkas: isi berkas harus"),
    "minutes as text": (step(2, minutes="lama"), "Langkah 2: minutes harus berupa bilangan"),
    "negative minutes": (step(2, minutes=-5), "Langkah 2: minutes bernilai -5"),
    "no number": (lambda d: d["steps"][2].pop("no"), "Langkah ke-3 dalam berkas: isian wajib tidak ada: no"),
    "true as number": (step(3, no=True), "Langkah ke-3 dalam berkas: no harus berupa bilangan bulat"),
    "unknown shape": (step(3, shape="circle"), "Langkah 3: bentuk “circle” tidak dikenal"),
    "double number": (step(3, no=2), "Langkah 2: nomor ini dipakai lebih dari satu kali"),
    "missing step": (step(3, next=9), "Langkah 3: menunjuk langkah 9 (next) yang tidak ada"),
    "missing branch": (step(2, if_no=77), "Langkah 2: menunjuk langkah 77 (if_no) yang tidak ada"),
    "missing actor": (step(4, actors=["Siapa"]), "Langkah 4: pelaksana “Siapa” tidak ada"),
    "no actor": (step(4, actors=[]), "Langkah 4: actors harus diisi"),
    "actor twice": (lambda d: d["actors"].append("Pemohon"), "“Pemohon” tertulis lebih dari satu kali"),
    "actor twice in a step": (step(4, actors=["Pemohon", "Pemohon"]), "Langkah 4: pelaksana yang sama"),
    "impossible day": (lambda d: d.update(created="2026-02-30"), "bukan tanggal"),
    "end kind": (step(4, end_kind="dibuang"), "Langkah 4: end_kind “dibuang” tidak dikenal"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_the_step_named_and_nothing_changed(units, name):
    change, words = REFUSED[name]
    importing.import_sop(make.small_content(), by=SYSTEM)
    before = (SopVersion.objects.get().content_hash, JournalEntry.objects.count())
    with pytest.raises(exchange.ImportRefused) as refused:
        importing.import_sop(broken(change), by=SYSTEM)
    assert words in str(refused.value)
    version = SopVersion.objects.get()
    assert (version.content_hash, JournalEntry.objects.count()) == before


def test_every_problem_of_a_file_is_told_at_once(units):
    data = broken(step(3, next=9))
    data["steps"][3]["actors"] = ["Siapa"]
    with pytest.raises(exchange.ImportRefused) as refused:
        importing.import_sop(data, by=SYSTEM)
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("data", [None, [], "SOP", 7, {}])
def test_what_is_no_sop_at_all_is_refused(units, data):
    with pytest.raises(exchange.ImportRefused):
        importing.import_sop(data, by=SYSTEM)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "kosong"),
        (b"   ", "kosong"),
        (b'{"name": "a",', "baris 1"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b'{"a": NaN}', "tidak sah"),
        (b"[" * 100_000, "JSON yang utuh"),
        (b" " * (exchange.MAX_BYTES + 1), "terlalu besar"),
    ],
)
def test_broken_files_get_one_clear_sentence(content, words):
    with pytest.raises(exchange.ImportRefused) as refused:
        exchange.read_json(content)
    assert words in str(refused.value) and len(refused.value.problems) == 1


def test_text_is_cleaned_of_what_the_database_and_documents_refuse(units):
    data = make.small_content(name="  Surat\u0000  Keterangan\n ")
    data["steps"][0]["activity"] = "Mengajukan\u0007 permohonan\r\nlengkap"
    version = importing.import_sop(data, by=SYSTEM).version
    assert version.title == "Surat Keterangan"
    assert flows.flow_of(version).by_no(1).activity == "Mengajukan permohonan\nlengkap"


def test_a_byte_order_mark_is_no_obstacle():
    assert exchange.read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_large_sops_are_taken(units):
    actors = [f"Pelaksana {n}" for n in range(15)]
    steps = [
        {"no": n, "activity": "Memeriksa berkas", "actors": [actors[n % 15]], "shape": "process", "minutes": 5}
        | {"output": "Hasil", "next": n + 1}
        for n in range(1, 61)
    ]
    steps[0]["shape"], steps[-1]["shape"] = "start", "end"
    steps[-1].pop("next")
    result = importing.import_sop(make.small_content(actors=actors, steps=steps), by=SYSTEM)
    assert findings.errors(result.findings) == [] and len(flows.flow_of(result.version).steps) == 60


# Permissions


def test_only_administrators_and_the_units_heads_take_files_in(units, cast):
    for who in ("official", "other_head", "head"):
        with pytest.raises(NotAllowed):
            importing.import_sop(make.small_content(), by=staff(cast[who]))
    importing.import_sop(make.small_content(), by=staff(cast["admin"]))
    with pytest.raises(NotAllowed):
        # Nor may they replace another unit's draft, whichever unit the file names.
        importing.import_sop(make.small_content(unit_code="GTK", name="Lain"), by=staff(cast["other_head"]))
    result = importing.import_sop(make.small_content(name="Lain"), by=staff(cast["section_head"]))
    assert result.version.author == cast["section_head"]
    assert verify() == []


# The command


def run(*arguments):
    out, err = StringIO(), StringIO()
    try:
        call_command("import_sop", *map(str, arguments), stdout=out, stderr=err)
        status = 0
    except CommandError:
        status = 1
    return status, out.getvalue(), err.getvalue()


def test_the_command_prints_a_line_per_file_and_findings_below(units, tmp_path):
    status, out, err = run(*REAL)
    assert status == 0 and err == ""
    lines = [line.split("\t") for line in out.splitlines() if not line.startswith(" ")]
    assert [line[0] for line in lines] == [str(path) for path in REAL]
    for (_file, number, state, errors, warnings), path in zip(lines, REAL, strict=True):
        expected = REAL_FINDINGS[path.stem]
        assert number and state == "draft, created"
        assert (errors, warnings) == (f"{expected[0]} errors", f"{expected[1]} warnings")
    found = [line for line in out.splitlines() if line.startswith("    ")]
    assert len(found) == sum(map(sum, REAL_FINDINGS.values()))
    again = run(*REAL)[1]
    assert again.count("draft, unchanged\t") == 17


def test_one_bad_file_does_not_hold_up_the_others(units, tmp_path):
    good, bad, table = tmp_path / "baik.json", tmp_path / "rusak.json", tmp_path / "tabel.xlsx"
    good.write_text(json.dumps(make.small_content()))
    bad.write_text("{")
    table.write_bytes(b"PK")
    status, out, err = run(bad, table, tmp_path / "tidak-ada.json", tmp_path / "gambar.png", good, "--unit", "GTK")
    assert status == 1
    assert "rusak.json: Berkas bukan JSON" in err and "tabel.xlsx: Berkas .xlsx ini rusak" in err
    assert "tidak-ada.json: Berkas tidak ditemukan" in err and "gambar.png: Jenis berkas" in err
    assert [line.split("\t")[0] for line in out.splitlines()] == [str(good)]
    assert Sop.objects.get().unit.code == "DIKDAS"
