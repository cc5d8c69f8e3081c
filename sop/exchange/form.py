"""The office's workbook for an SOP: its sheets, fields and columns with their explanations.

The names of sheets, labels and headings are part of the file format, as in ``words``, so they are not translated.
"""

from typing import Any, NamedTuple

from ula_portal.core.workdays import MINUTES_PER_SOP_DAY

from . import words

GUIDE, IDENTITY, ACTORS, STEPS, EXAMPLE = "Petunjuk", "Identitas", "Pelaksana", "Langkah", "Contoh"
SHEET_NAMES = {
    GUIDE: ("Petunjuk", "Petunjuk Pengisian"),
    IDENTITY: ("Identitas", "Identitas SOP", "Blok Identitas"),
    ACTORS: ("Pelaksana", "Daftar Pelaksana", "Aktor"),
    STEPS: ("Langkah", "Langkah-Langkah", "Kegiatan", "Uraian Kegiatan", "Alur", "Prosedur"),
    EXAMPLE: ("Contoh", "Contoh Pengisian"),
}


class IdentityField(NamedTuple):
    key: str
    label: str
    explanation: str
    other_labels: tuple[str, ...] = ()


FIELDS = (
    IdentityField(
        "name", "Nama SOP *", "Wajib. Nama layanan atau pekerjaan, misalnya “Mutasi Peserta Didik SD”.", ("Judul SOP",)
    ),
    IdentityField("number", "Nomor SOP", "Kosongkan bila belum ada: portal memberi nomor.", ("No SOP",)),
    IdentityField(
        "unit", "Unit Kerja", "Nama bidang atau bagian, seperti tertulis di portal.", ("Unit", "Nama Unit", "Bidang")
    ),
    IdentityField("unit_code", "Kode Unit", "Boleh dikosongkan. Kode unit di portal, misalnya DIKDAS."),
    IdentityField(
        "created", "Tanggal Pembuatan", "Hari SOP selesai disusun, misalnya 31 Januari 2026.", ("Tanggal Dibuat",)
    ),
    IdentityField("legal_basis", "Dasar Hukum", "Satu baris satu peraturan. Sisipkan baris bila kurang."),
    IdentityField("qualifications", "Kualifikasi Pelaksana", "Satu baris satu kemampuan yang diperlukan."),
    IdentityField("related", "Keterkaitan", "SOP lain yang berhubungan, satu baris satu SOP."),
    IdentityField(
        "equipment", "Peralatan/Perlengkapan", "Satu baris satu alat.", ("Peralatan dan Perlengkapan", "Peralatan")
    ),
    IdentityField("warnings", "Peringatan", "Akibat bila SOP tidak dijalankan, satu baris satu peringatan."),
    IdentityField(
        *("records", "Pencatatan dan Pendataan", "Buku, berkas, atau aplikasi tempat pekerjaan dicatat."),
        ("Pencatatan & Pendataan", "Pencatatan/Pendataan"),
    ),
    IdentityField("example", "SOP Contoh", "Ya bila hanya contoh, bukan SOP yang sungguh dipakai."),
    IdentityField(
        "confidence", "Keterangan Sumber", "Boleh dikosongkan. Dari mana isi SOP ini berasal.", ("Keyakinan Sumber",)
    ),
)
LABELS = {words.folded(label): field.key for field in FIELDS for label in (field.label, *field.other_labels)}


class StepColumn(NamedTuple):
    """A column of the sheet of steps. ``width``: in characters.

    ``choices``: words to choose from; "actors" or "steps" for those in the workbook.
    """

    key: str
    width: int
    explanation: str
    choices: tuple[str, ...] | str = ()

    @property
    def heading(self) -> str:
        return words.HEADINGS[self.key][0]


STEP_COLUMNS = (
    StepColumn("no", 6, "Nomor urut langkah."),
    StepColumn(
        "activity", 32, "Satu baris satu kegiatan, diawali kata kerja: “Menerima berkas”. Keputusan berupa tanya."
    ),
    StepColumn("shape", 12, "Pilih bentuk simbolnya.", tuple(words.SHAPE_WORDS.values())),
    StepColumn("actors", 17, "Pilih dari lembar Pelaksana.", "actors"),
    StepColumn("other_actors", 15, "Bila dikerjakan bersama. Beberapa: pisahkan dengan titik koma.", "actors"),
    StepColumn("inputs", 17, "Berkas atau bahan yang diperlukan."),
    StepColumn("time_text", 11, "Misalnya 15 menit, 2 jam, 1 hari kerja. Langkah pemohon boleh kosong."),
    StepColumn("minutes", 9, "Boleh kosong: dihitung dari Waktu."),
    StepColumn("per_item", 8, "Ya bila waktunya untuk tiap berkas.", (words.YES, words.NO)),
    StepColumn("output", 17, "Yang dihasilkan langkah ini."),
    StepColumn("note", 16, "Hal lain yang perlu diketahui."),
    StepColumn("next", 11, "Nomor langkah. Kosong: baris di bawahnya. “–”: tidak ada.", "steps"),
    StepColumn("if_yes", 9, "Hanya keputusan. Kosong: baris di bawahnya.", "steps"),
    StepColumn("yes_label", 10, "Misalnya “lengkap”. Kosong: “Ya”."),
    StepColumn("if_no", 9, "Hanya keputusan: nomor langkah.", "steps"),
    StepColumn("no_label", 10, "Misalnya “tidak lengkap”. Kosong: “Tidak”."),
    StepColumn("end_kind", 11, "Hanya bentuk Selesai.", tuple(words.END_WORDS.values())),
    StepColumn("issues_letter", 12, "Ya pada langkah yang membuat suratnya.", (words.YES, words.NO)),
)
REQUIRED = ("no", "activity", "shape", "actors")

GUIDE_TEXT = (
    ("Urutan pengisian", ""),
    ("1", "Isi lembar Identitas. Hanya Nama SOP yang wajib."),
    ("2", "Isi lembar Pelaksana: satu baris satu jabatan (bukan nama orang), urut menurut jalannya pekerjaan."),
    ("3", "Isi lembar Langkah: satu baris satu kegiatan. Lembar Contoh memperlihatkan isian yang jadi."),
    ("4", "Simpan sebagai .xlsx, lalu di portal buka Panel administrasi, Masukkan berkas SOP, dan pilih berkas ini."),
    ("Bentuk langkah", ""),
    ("Mulai", "Kegiatan pertama. Satu SOP mempunyai tepat satu Mulai."),
    ("Proses", "Kegiatan biasa."),
    ("Keputusan", "Pertanyaan dengan dua jawaban, misalnya “Apakah berkas lengkap?”."),
    ("Selesai", "Kegiatan terakhir. Boleh lebih dari satu, misalnya bila permohonan ditolak."),
    ("Waktu", ""),
    (
        "Cara menulis",
        f"15 menit, 2 jam, 1 hari kerja ({MINUTES_PER_SOP_DAY} menit), 30 detik. "
        "Langkah yang dikerjakan pemohon boleh kosong.",
    ),
    ("Panah", ""),
    (
        "Langkah biasa",
        "Kosongkan Langkah Berikutnya bila lanjut ke baris di bawahnya; bila tidak, tulis nomor langkahnya.",
    ),
    ("Keputusan", "Isi Jika Tidak dengan nomor langkah tujuan. Kembali ke langkah sebelumnya dibolehkan."),
    ("Baik diketahui", ""),
    ("•", "Kolom bertanda * wajib diisi. Urutan kolom boleh diubah; nama lembar dan judul kolom jangan."),
    ("•", "Yang belum sesuai ketentuan SOP tidak menghalangi: portal menyebutnya sebagai temuan untuk diperbaiki."),
    ("•", "Gambar alirnya dibuat oleh portal. Tidak perlu menggambar apa pun di sini."),
)

EXAMPLE_STEPS: tuple[dict[str, Any], ...] = (
    {"no": 1, "activity": "Mengajukan permohonan dan berkas", "shape": "start", "actors": ["Pemohon"]}
    | {"inputs": "Fotokopi ijazah, KTP", "output": "Permohonan", "next": 2},
    {"no": 2, "activity": "Apakah berkas lengkap?", "shape": "decision", "actors": ["Petugas Loket"]}
    | {"inputs": "Permohonan", "minutes": 15, "time_text": "15 menit", "output": "Hasil pemeriksaan", "if_yes": 3}
    | {"yes_label": "lengkap", "if_no": 1, "no_label": "tidak lengkap", "note": "Dikembalikan bila tidak lengkap"},
    {
        "no": 3,
        "activity": "Mengesahkan salinan ijazah",
        "shape": "process",
        "actors": ["Kepala Bidang", "Petugas Loket"],
    }
    | {"inputs": "Berkas lengkap", "minutes": 5, "time_text": "5 menit", "per_item": True, "output": "Salinan sah"}
    | {"next": 4, "issues_letter": True},
    {"no": 4, "activity": "Menyerahkan salinan kepada pemohon", "shape": "end", "actors": ["Petugas Loket"]}
    | {
        "inputs": "Salinan sah",
        "minutes": 10,
        "time_text": "10 menit",
        "output": "Tanda terima",
        "end_kind": "completed",
    },
)
EXAMPLE_CONTENT = {
    "name": "Contoh",
    "actors": ["Pemohon", "Petugas Loket", "Kepala Bidang"],
    "steps": list(EXAMPLE_STEPS),
}
