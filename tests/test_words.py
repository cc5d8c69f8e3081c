"""The words of the interface: one word for each thing, and refusals that citizens understand."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.test_translations import ENGLISH, INDONESIAN, KEPT, _entries

ROOT = Path(settings.BASE_DIR)
# Synonyms that lost, each with the word that stands instead. Patterns, without regard to case.
LOST = {
    r"\bponsel": "HP",
    r"\bemail": "surel",
    r"batalkan": "urungkan, except for appointments",
    r"\btenggat|\bbatas waktu": "paling lambat (citizens), jatuh tempo (request), batas langkah (step)",
    r"\bserahkan": "alihkan, except for letters",
    r"\bjanji temu": "janji kedatangan",
    r"\bhalaman (utama|depan)": "beranda",
    r"(verifikasi|memeriksa|memverifikasi) (keaslian )?surat|(kode|halaman) verifikasi": "Periksa keaslian surat",
    r"\bprivasi|\bperlindungan data": "pelindungan data",
    r"\bboleh kosong|\bboleh dikosongkan": "tidak wajib",
    r"\bmasukkan": "ketik (codes), tulis (the rest)",
    r"\btuliskan": "tulis",
    r"\btopik": "kelompok",
    r"\bfront office": "meja depan",
    r"\bpanel admin\b": "Panel administrasi",
    r"\bpapan tombol": "papan ketik",
    r"\bbagan alir": "bagan alur",
    r"\bhalaman (pelacakan|lacak(?! permohonan))": "halaman Lacak permohonan",
    r"\b(publik|warga)\b": "masyarakat",
}
# What a pattern finds although it is right, by that pattern, with the reason.
RIGHT = {
    r"\bemail": (r"surel \(email\)|email_url", "explains the word at its first mention on a form; a setting's name"),
    r"batalkan": (r".*\bjanji\b.*|^dibatalkan$", "appointments are cancelled"),
    r"\bserahkan": (r"serahkan kepada pemohon", "letters are handed over"),
    r"\bmasukkan": (
        r"masukkan (dahulu )?(berkas|sop|layanan|sebagai|… langkah)",
        "takes in a file or a table; nobody types it",
    ),
    r"\b(publik|warga)\b": (r"pelayanan publik", "the law's term"),
    r"\bboleh kosong|\bboleh dikosongkan": (r"tidak boleh kosong", "forbids rather than permits"),
}


def _shown() -> list[str]:
    texts = [source for _, source in _entries(ENGLISH)]
    return texts + [text for entry in _entries(INDONESIAN).values() for text in entry["texts"]]


def _lost(text: str) -> list[str]:
    """The patterns of synonyms that lost which a text matches, apart from what is right."""
    shown = KEPT.sub("…", text)
    return [
        pattern
        for pattern in LOST
        if re.search(pattern, re.sub(RIGHT.get(pattern, ("$^",))[0], "", shown, flags=re.I | re.S), re.IGNORECASE)
    ]


def test_no_synonym_that_lost_is_shown():
    assert [(words, text) for text in _shown() if (words := _lost(text))] == []


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("Tuliskan nama.", True),
        ("Nomor HP boleh dikosongkan.", True),
        ("Pemohon membacanya di halaman lacak.", True),
        ("Pemohon membacanya di halaman Lacak permohonan.", False),
        ("Salah tekan? Batalkan", True),
        ("Janji ini sudah dibatalkan.", False),
        ("Masukkan kode.", True),
        ("Masukkan berkas SOP", False),
        ("Surel (email), tidak wajib", False),
        ("Tulis email Anda.", True),
    ],
)
def test_the_search_for_them_finds_each_and_leaves_what_is_right(text, lost):
    assert bool(_lost(text)) == lost


def test_the_guides_use_the_same_words():
    guides = list((ROOT / "docs" / "panduan").glob("*.md"))
    # Addresses and file names keep their words; guides say more about verifying SOPs and taking in files.
    prose = {path.name: re.sub(r"`[^`]+`|\]\([^)]+\)", "", path.read_text(encoding="utf-8")) for path in guides}
    wrong = r"\bponsel|janji temu|front office|panel admin\b|tuliskan|papan tombol|bagan alir|halaman (utama|depan)"
    assert [(name, found) for name, text in prose.items() if (found := re.findall(wrong, text, re.IGNORECASE))] == []
    assert len(guides) > 5


# Modules whose every sentence a citizen may read: what applicants and visitors do, and what refuses uploads and tries.
CITIZENS = [
    *("services/applying/actions", "services/applying/forms/apply.py", "services/applying/views/applicant.py"),
    *("services/applying/receipt.py", "services/attachments/actions/documents.py", "services/attachments/views.py"),
    *("services/conversation/actions/asking.py", "services/deadlines/due_days.py", "services/deadlines/rules.py"),
    *("services/fields", "services/letters/forms.py", "services/tracking"),
    *("visitors/appointments/actions/appointments.py", "visitors/appointments/actions/seats.py"),
    *("visitors/appointments/forms.py", "visitors/appointments/views/appointments.py"),
    *("visitors/appointments/views/own.py", "visitors/counter/actions/serving.py", "visitors/own_ticket"),
    *("visitors/queue/actions/tickets.py", "ula_portal/core/files", "ula_portal/core/security"),
    *("ula_portal/core/identifiers.py", "ula_portal/core/data/idempotency.py", "ula_portal/core/verbs/moves.py"),
]
# Only administrators meet these refusals.
OF_STAFF = {"from_paper.py"}
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


def _said_to_citizens() -> list[tuple[str, str]]:
    """Pairs of module and text, of every text in them that is translated."""
    for name in CITIZENS:
        assert (ROOT / name).exists(), name
    paths = [path for name in CITIZENS for path in ((ROOT / name).rglob("*.py") if "." not in name else [ROOT / name])]
    calls = [
        (path.name, node)
        for path in paths
        if path.name not in OF_STAFF
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in GETTEXT
    ]
    return [
        (name, argument.value)
        for name, call in calls
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def _too_long(text: str) -> list[str]:
    """The sentences of more than fifteen words; a placeholder counts as one."""
    sentences = re.split(r"(?<=[.?!:])\s+", re.sub(r"<[^>]+>", "", text))
    return [each for each in sentences if len(each.split()) > 15]


def test_refusals_that_citizens_reach_are_plain():
    """No technician's word, and no figure that a setting changes."""
    said = _said_to_citizens()
    assert len(said) > 200
    wrong = re.compile(
        r"\b(SOP|tamu ini|peramban|skrip|resolusi)\b|(?<![\w(.,-])\d+ (menit|hari|jam|MB|kali|detik)", re.I
    )
    assert [(name, text) for name, text in said if wrong.search(KEPT.sub("", text))] == []


def test_sentences_are_short():
    statutes = "Tugas pelayanan publik (UU Nomor 25"  # a value rather than a sentence
    assert [long for text in _shown() if not text.startswith(statutes) for long in _too_long(text)] == []


def test_no_clauses_are_chained_by_a_semicolon():
    """Formats of files are a list of two kinds of things, which one may divide."""
    texts = [re.sub(r"&\w+;", "", text) for text in _shown()]
    assert [text for text in texts if ";" in text and not text.startswith("PDF, JPG, PNG, HEIC; paling besar")] == []
