"""Tables of steps, pasted or from a spreadsheet: what is understood, what is reported, what is ignored."""

import pytest

from sop.exchange import words
from sop.exchange.rows import parse_table


def table(text, **options):
    """A table from lines of cells separated by "|"."""
    rows = [[cell.strip().replace("\\n", "\n") for cell in line.split("|")] for line in text.strip("\n").splitlines()]
    return parse_table(rows, **options)


def column(parsed, key):
    return [step[key] for step in parsed.steps]


def told(problems):
    return [str(problem) for problem in problems]


OFFICE = """
No | Uraian Kegiatan | Pelaksana | Kelengkapan | Waktu | Output | Keterangan
1 | Mengajukan permohonan | Pemohon | Berkas | - | Permohonan |
2 | Apakah berkas lengkap? | Verifikator | Berkas | 15 menit | Hasil | Bila tidak, kembali ke langkah 1
3 | Menandatangani surat | Kepala Dinas; Verifikator | Konsep | 1 hari kerja | Surat | paraf
4 | Menyerahkan surat | Verifikator | Surat | 5 Menit per berkas | Surat diterima |
"""


def test_the_offices_own_table_becomes_steps():
    parsed = table(OFFICE)
    assert parsed.problems == parsed.gaps == []
    assert column(parsed, "no") == [1, 2, 3, 4]
    assert column(parsed, "shape") == ["start", "decision", "process", "end"]
    assert column(parsed, "actors") == [["Pemohon"], ["Verifikator"], ["Kepala Dinas", "Verifikator"], ["Verifikator"]]
    assert parsed.actors == ["Pemohon", "Verifikator", "Kepala Dinas"]
    assert column(parsed, "minutes") == [None, 15, 450, 5]
    assert column(parsed, "time_text") == ["-", "15 menit", "1 hari kerja", "5 Menit"]
    assert column(parsed, "per_item") == [False, False, False, True]
    assert column(parsed, "next") == [2, None, 4, None]
    assert (parsed.steps[1]["if_yes"], parsed.steps[1]["if_no"]) == (3, 1)
    assert [note.message for note in parsed.notes if note.row == 3] == [
        "cabang tidak dibaca dari keterangan: ke langkah 1."
    ]


def test_without_a_heading_the_usual_order_holds():
    body = "\n".join(OFFICE.strip().splitlines()[1:])
    assert table(body).steps == table(OFFICE).steps
    unnumbered = "\n".join(line.split("|", 1)[1] for line in body.splitlines())
    assert table(unnumbered).steps == table(OFFICE).steps


def test_columns_may_stand_in_any_order_and_be_spelt_otherwise():
    parsed = table("""
    PELAKSANA: | uraian kegitan | no. | WAKTU (menit) | Hasil | Ket.
    Kabid | Menelaah konsep | 7 | 30 | Konsep | x
    """)
    step = parsed.steps[0]
    assert (step["no"], step["activity"], step["actors"]) == (7, "Menelaah konsep", ["Kabid"])
    assert (step["minutes"], step["time_text"], step["output"], step["note"]) == (30, "30 menit", "Konsep", "x")


def test_a_column_of_activities_alone_is_enough():
    assert column(table("Kegiatan\nMenerima berkas\nMencatat\nMenyimpan"), "next") == [2, 3, None]
    assert column(table("Menerima berkas\nMencatat\nMenyimpan"), "shape") == ["start", "process", "end"]
    assert [gap.row for gap in table("Menerima berkas\nMencatat").gaps] == [1, 2]


def test_a_title_above_the_heading_is_passed_over():
    parsed = table("SOP MUTASI SISWA\n\nNo | Kegiatan | Pelaksana\n1 | Menerima | Loket", first_row=10)
    assert parsed.rows == [13] and column(parsed, "activity") == ["Menerima"]


def test_a_column_per_actor_is_read_by_its_marks():
    parsed = table("""
    No | Uraian Kegiatan | Pelaksana | | | Mutu Baku | | | Ket
     | | Pemohon | Petugas | Kepala\\nDinas | Kelengkapan | Waktu | Output |
    1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
    1 | Mengajukan | ○ | | | Berkas | | Permohonan |
    2 | Memeriksa | | ◇ | | Berkas | 1 jam 30 menit | Hasil |
    3 | Menyetujui | | x | x | Berkas | 0,5 jam | Disposisi |
    4 | Menyerahkan | | v | - | Surat | 30 detik | Surat |
    """)
    assert parsed.problems == parsed.gaps == []
    assert parsed.actors == ["Pemohon", "Petugas", "Kepala Dinas"]
    assert column(parsed, "actors") == [["Pemohon"], ["Petugas"], ["Petugas", "Kepala Dinas"], ["Petugas"]]
    assert column(parsed, "shape") == ["start", "decision", "process", "end"]
    assert column(parsed, "minutes") == [None, 90, 30, 0.5]


def test_actors_in_a_single_heading_are_found_by_their_marks():
    parsed = table("""
    No | Uraian Kegiatan | Pemohon | Loket | Kelengkapan | Waktu
    1 | Mengajukan | V | | Berkas | 5 menit
    2 | Menerima | | V | Berkas | 5 menit
    """)
    assert parsed.actors == ["Pemohon", "Loket"] and column(parsed, "actors") == [["Pemohon"], ["Loket"]]


def test_exits_are_read_in_many_ways():
    parsed = table("""
    No | Kegiatan | Bentuk | Berikutnya | Jika ya | Jika tidak
    1 | a | mulai | langkah 2 | |
    2 | b | KEPUTUSAN | | → 3 | kembali ke no. 1
    3 | c | Proses | – | |
    4 | d | Proses | 5.0 | |
    5 | e | selesai | | |
    """)
    assert parsed.problems == []
    assert column(parsed, "next") == [2, None, None, 5, None]
    assert (parsed.steps[1]["if_yes"], parsed.steps[1]["if_no"]) == (3, 1)


def test_what_cannot_be_read_is_told_all_at_once_with_row_and_column():
    parsed = table(
        """
    No | Uraian Kegiatan | Bentuk | Menit kerja | Langkah berikutnya | Cara berakhir | Menerbitkan surat
    1 | a | lingkaran | lama | 9 | |
    1 | b | Proses | 5 | entah | |
    satu | c | Proses | | | dibuang | mungkin
    1000 | d | Selesai | 99999999 | | |
    """,
        sheet="Langkah",
    )
    assert told(parsed.problems) == [
        "Langkah, baris 2, kolom Bentuk: “lingkaran” tidak dikenal. Gunakan Mulai, Proses, Keputusan, Selesai.",
        "Langkah, baris 2, kolom Menit kerja: “lama” bukan jumlah menit. Tulis angka saja.",
        "Langkah, baris 4, kolom No: “satu” bukan nomor langkah. Tulis angka saja.",
        "Langkah, baris 4, kolom Cara berakhir: “dibuang” tidak dikenal. Gunakan Selesai, Ditolak, Diteruskan.",
        "Langkah, baris 4, kolom Menerbitkan surat: “mungkin” tulis Ya atau Tidak.",
        "Langkah, baris 5, kolom Menit kerja: “99999999” bukan jumlah menit. Tulis angka saja.",
        "Langkah, baris 3, kolom No: nomor 1 sudah dipakai di baris 2.",
        "Langkah, baris 5, kolom No: nomor 1000 di luar batas 1 sampai 999.",
        "Langkah, baris 2, kolom Langkah berikutnya: langkah 9 tidak ada dalam tabel.",
        "Langkah, baris 3, kolom Langkah berikutnya: “entah” bukan nomor langkah. Tulis angka saja.",
    ]
    assert str(table("No | Kegiatan\nx | a").problems[0]).startswith("Baris 2, kolom No: ")


def test_cells_that_are_too_long_are_told():
    parsed = table("Uraian Kegiatan | Waktu\n" + "x" * 5001 + " | " + "y" * 81)
    assert [problem.column for problem in parsed.problems] == ["Uraian Kegiatan", "Waktu"]


def test_unknown_columns_with_content_are_told_and_empty_ones_not():
    parsed = table("No | Kegiatan | Catatan Pak Budi | Kosong\n1 | Menerima | hm |")
    assert [note.column for note in parsed.notes][:1] == ["Catatan Pak Budi"]
    assert "Kosong" not in [note.column for note in parsed.notes]


def test_rows_left_by_merged_cells_go_on_with_the_step_above():
    parsed = table("""
    No | Kegiatan | Pelaksana | Kelengkapan
    1 | Menerima | Loket | KTP
     | | Kabid | KK
    2 | Mencatat | Loket |
    """)
    assert len(parsed.steps) == 2 and parsed.steps[0]["inputs"] == "KTP\nKK"
    assert parsed.steps[0]["actors"] == ["Loket", "Kabid"] and parsed.notes[0].row == 3


def test_known_actors_are_found_whatever_their_capitals():
    known = ["Kepala Dinas", "Seksi Sarana, Prasarana", "Loket"]
    parsed = table(
        "Kegiatan | Pelaksana | Pelaksana lain\n"
        "a | KEPALA DINAS | loket\n"
        "b | Seksi Sarana, Prasarana |\n"
        "c | Loket, Kepala Dinas |\n"
        "d | Kepala\\nDinas |\n"
        "e | Loket\\nKepala Dinas |\n"
        "f | Loket dan Camat |",
        actors=known,
    )
    assert column(parsed, "actors") == [
        ["Kepala Dinas", "Loket"],
        ["Seksi Sarana, Prasarana"],
        ["Loket", "Kepala Dinas"],
        ["Kepala Dinas"],
        ["Loket", "Kepala Dinas"],
        ["Loket dan Camat"],
    ]


def test_an_actor_twice_in_a_step_counts_once():
    parsed = table("Kegiatan | Pelaksana\na | Loket; loket")
    assert parsed.steps[0]["actors"] == ["Loket"] and "dihitung sekali" in str(parsed.notes[0])


def test_numbers_that_are_missing_are_counted_on():
    assert column(table("No | Kegiatan\n | a\n | b"), "no") == [1, 2]
    assert column(table("No | Kegiatan\n4 | a\n | b\n5 | c"), "no") == [4, 6, 5]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("15 menit", 15),
        ("15 Mnt.", 15),
        ("15'", 15),
        ("0,5 jam", 30),
        ("1.5 jam", 90),
        ("1 jam 30 menit", 90),
        ("2 Hari Kerja", 900),
        ("1 hari", 450),
        ("30 detik", 0.5),
        ("1.500 menit", 1500),
        ("23 jam", 1380),
        ("24 jam", None),
        ("1 x 24 jam", None),
        ("1-2 hari", None),
        ("maks. 15 menit", None),
        ("segera", None),
        ("15", None),
        ("", None),
        ("-", None),
    ],
)
def test_times_are_read_when_they_are_exact(text, minutes):
    assert words.minutes_of(text) == minutes


def test_a_time_may_have_its_unit_in_a_column_of_its_own():
    parsed = table("Kegiatan | Waktu | Satuan\na | 15 | menit\nb | 2 | Hari Kerja\nc | 3 | windu\nd | 4 |")
    assert column(parsed, "minutes") == [15, 900, None, None]
    assert column(parsed, "time_text") == ["15 menit", "2 Hari Kerja", "3", "4"]
    assert [problem.row for problem in parsed.problems] == [4]
    assert any("belum menyebut satuan" in note.message for note in parsed.notes)


def test_minutes_go_before_what_the_words_say():
    parsed = table("Kegiatan | Waktu | Menit kerja | Per berkas\na | 168 jam | 10080 | tidak\nb | 1 jam | – |")
    assert column(parsed, "minutes") == [10080, None]


@pytest.mark.parametrize("rows", [[], [[]], [["", ""]], [[None]], [["No", "Uraian Kegiatan"]]])
def test_an_empty_table_has_no_steps(rows):
    parsed = parse_table(rows)
    assert parsed.steps == [] and parsed.problems == []
