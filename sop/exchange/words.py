"""The words used in SOP tables and their values: headings, shapes, times, exits, yes and no.

The words are those of the office's forms and part of the file format, so they are not translated.
"""

import difflib
import re
import unicodedata

from ula_portal.core.workdays import MINUTES_PER_SOP_DAY

SHAPE_WORDS = {"start": "Mulai", "process": "Proses", "decision": "Keputusan", "end": "Selesai"}
END_WORDS = {"completed": "Selesai", "rejected": "Ditolak", "passed_on": "Diteruskan"}
YES, NO, NONE = "Ya", "Tidak", "–"

# For each key, the heading in the template, then its variants.
HEADINGS = {
    "no": ("No", "Nomor", "No Urut", "Nomor Urut", "No Langkah", "Nomor Langkah", "Langkah", "Step"),
    "activity": (
        *("Uraian Kegiatan", "Kegiatan", "Uraian", "Aktivitas", "Uraian Prosedur", "Prosedur", "Tahapan"),
        *("Uraian Aktivitas", "Uraian Langkah", "Nama Kegiatan", "Activity"),
    ),
    "shape": ("Bentuk", "Simbol", "Bentuk Simbol", "Jenis Langkah", "Shape"),
    "actors": ("Pelaksana", "Pelaku", "Aktor", "Penanggung Jawab", "Pelaksana Kegiatan", "Actors"),
    "other_actors": ("Pelaksana Lain", "Pelaksana Lainnya", "Pelaksana Pendamping", "Pelaksana 2"),
    "inputs": (
        *("Kelengkapan", "Perlengkapan", "Persyaratan", "Syarat", "Persyaratan/Kelengkapan", "Bahan"),
        *("Persyaratan/Perlengkapan", "Kelengkapan/Persyaratan", "Input", "Inputs"),
    ),
    "time_text": ("Waktu", "Waktu Baku", "Durasi", "Lama", "Jangka Waktu", "Waktu Penyelesaian", "Time text"),
    "minutes": ("Menit Kerja", "Menit", "Jumlah Menit", "Minutes"),
    "time_unit": ("Satuan", "Satuan Waktu"),
    "per_item": ("Per Berkas", "Waktu per Berkas", "Per item"),
    "output": ("Output", "Hasil", "Keluaran", "Output/Hasil", "Hasil/Output", "Out put"),
    "note": ("Keterangan", "Ket", "Catatan", "Note"),
    "next": ("Langkah Berikutnya", "Berikutnya", "Selanjutnya", "Langkah Selanjutnya", "Lanjut ke", "Next"),
    "if_yes": ("Jika Ya, ke Langkah", "Jika Ya", "Bila Ya", "Kalau Ya", "Ya", "Bila Ya, ke Langkah", "If yes"),
    "if_no": (
        *("Jika Tidak, ke Langkah", "Jika Tidak", "Bila Tidak", "Kalau Tidak", "Tidak", "Bila Tidak, ke Langkah"),
        "If no",
    ),
    "yes_label": ("Sebutan Ya", "Tulisan Ya", "Label Ya", "Yes label"),
    "no_label": ("Sebutan Tidak", "Tulisan Tidak", "Label Tidak", "No label"),
    "end_kind": ("Cara Berakhir", "Berakhir", "Akhir", "End kind"),
    "issues_letter": ("Menerbitkan Surat", "Membuat Surat", "Surat Terbit", "Issues letter"),
}

_SHAPES = {
    "start": "mulai awal start permulaan",
    "process": "proses kegiatan kotak process persegi aktivitas □ ▭ ▢ ■ [] ⬜",
    "decision": "keputusan cabang percabangan decision diamond pilihan ketupat ◇ ◊ ◆ <> ♢ ⬦",
    "end": "selesai akhir end finish",
}
_CAPSULE = {"kapsul", "oval", "terminator", "terminal", "○", "◯", "⬭", "()"}
_ENDS = {
    "completed": "selesai completed tuntas",
    "rejected": "ditolak penolakan rejected tolak",
    "passed_on": "diteruskan diteruskan_ke_pihak_lain passed_on diteruskan_kepada_pihak_lain",
}
_YES = {"ya", "y", "yes", "true", "benar", "1", "v", "x", "√", "✓", "✔", "●", "ada"}
_NO = {"", "tidak", "t", "no", "n", "false", "salah", "0", "-", "–", "—", "tdk", "bukan"}
_NOTHING = {"-", "–", "—", "tidak ada", "kosong"}


def folded(text: str) -> str:
    """A text for comparisons: NFKC-normalised, case-folded, only letters and digits, with single spaces."""
    text = unicodedata.normalize("NFKC", str(text)).casefold()
    return " ".join(re.findall(r"[^\W_]+", text))


_BY_HEADING = {folded(word): key for key, words in HEADINGS.items() for word in words}
_BY_HEADING |= {folded(key): key for key in HEADINGS}


def heading_key(heading: str, names: dict[str, str] | None = None) -> str | None:
    """The key of a column by its heading, or None. Case, punctuation and small spelling mistakes are ignored.

    ``names``: keys by folded heading; by default those of a table of steps.
    """
    names = _BY_HEADING if names is None else names
    plain = folded(heading)
    bare = folded(re.sub(r"\([^)]*\)|\*", "", str(heading)))
    for text in (plain, bare):
        if text in names:
            return names[text]
    close = difflib.get_close_matches(bare, names, n=1, cutoff=0.86) if len(bare) > 4 else []
    return names[close[0]] if close else None


def shape_of(text: str) -> str | None:
    """The shape that a word or symbol names; "capsule" if it may be a start or an end; None if it is unknown."""
    word = _word(text)
    for shape, words in _SHAPES.items():
        if word in words.split() or any(part in words.split() for part in word.split()):
            return shape
    return "capsule" if any(part in _CAPSULE for part in word.split()) else None


def end_kind_of(text: str) -> str | None:
    """The kind of an end; "" if the cell is empty, None if it is unknown."""
    word = _word(text)
    if not word or word in _NOTHING:
        return ""
    return next((kind for kind, words in _ENDS.items() if word.replace(" ", "_") in words.split()), None)


def truth_of(text: str) -> bool | None:
    """Whether a cell means yes; False if it is empty, None if it is neither yes nor no."""
    word = _word(text)
    return True if word in _YES else False if word in _NO else None


def is_nothing(text: str) -> bool:
    """Whether a cell explicitly states that there is nothing, such as "–"."""
    return _word(text) in _NOTHING


def number_of(text: str) -> int | None:
    """A whole number as users and spreadsheets write it: "4", "4.", "4)", "4.0"; None if it is not a number."""
    match = re.fullmatch(r"\s*(?:no\.?|nomor|langkah)?\s*(\d{1,9})(?:[.,]0+)?\s*[.)]?\s*", str(text), re.IGNORECASE)
    return int(match[1]) if match else None


_EXIT = re.compile(
    r"(?:[→>↑↓←=-]+\s*)?(?:(?:kembali|lanjut|menuju)\s*)?(?:ke\s*)?(?:(?:langkah|nomor|no|step)\b\.?\s*)*(?:ke[\s-]*)?"
    r"(\d{1,9})(?:[.,]0+)?\s*[.)]?",
    re.IGNORECASE,
)


def exit_of(text: str) -> int | None:
    """The number of the step that an exit names: "4", "langkah 4", "kembali ke no. 4"; None if it names none."""
    match = _EXIT.fullmatch(str(text).strip())
    return int(match[1]) if match else None


def is_mark(text: str) -> bool:
    """Whether a cell only contains a mark: a tick, a cross, a symbol or the name of a shape."""
    return len(_word(text)) <= 1 or truth_of(text) is not None or shape_of(text) is not None


# Times

UNIT_WORDS = {"detik": "detik", "menit": "menit", "jam": "jam", "hari": "hari kerja"}
_UNITS = {"detik": 1 / 60, "menit": 1, "jam": 60, "hari": MINUTES_PER_SOP_DAY}
_UNIT = {
    "detik": ("detik", "dtk", "second", "seconds"),
    "menit": ("menit", "mnt", "min", "minute", "minutes", "'"),
    "jam": ("jam", "j", "hour", "hours"),
    "hari": ("hari", "hr", "hari kerja", "hr kerja", "hk", "day", "days"),
}
_BY_UNIT = {word: unit for unit, words in _UNIT.items() for word in words}
_AMOUNT = r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
_PART = re.compile(rf"({_AMOUNT})\s*({'|'.join(sorted(_BY_UNIT, key=len, reverse=True))})(?![a-z])\.?", re.IGNORECASE)
_PER_ITEM = re.compile(
    r"\s*(?:/|\bper\b|\btiap\b|\bsetiap\b)\s*(?:satu\s+)?(?:berkas|dokumen|orang|surat|item)\.?$", re.I
)


def per_item_of(text: str) -> tuple[str, bool]:
    """A time without "per berkas", and whether it contained that."""
    bare = _PER_ITEM.sub("", text.strip())
    return (bare, True) if bare and bare != text.strip() else (text.strip(), False)


def time_unit_of(text: str) -> str | None:
    """The time unit that a word means (detik, menit, jam or hari), or None."""
    return _BY_UNIT.get(" ".join(str(text).strip(" ().").casefold().split()))


def unit_in_heading(heading: str) -> str | None:
    """The time unit in a heading such as "Waktu (menit)", or None."""
    match = re.search(r"[(/]\s*([^()/]+?)\s*\)?\s*$", heading)
    return time_unit_of(match[1]) if match else None


def amount_of(text: str) -> float | None:
    """A number in Indonesian or spreadsheet notation: "15", "0,5", "0.5", "1.500"; None if it is not a number."""
    text = str(text).strip()
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", text):
        text = text.replace(".", "")
    return float(text.replace(",", ".")) if re.fullmatch(r"\d{1,12}(?:[.,]\d+)?", text) else None


def minutes_of(text: str, unit: str | None = None) -> float | int | None:
    """The working minutes of an exact time ("15 menit", "0,5 jam", "1 hari kerja", "1 jam 30 menit"), else None.

    ``unit``: used for a number without a unit. Times of 24 hours or more are not exact, because they may mean days.
    """
    text = " ".join(str(text).casefold().split())
    alone = amount_of(text)
    if alone is not None:
        parts: list[tuple[float | None, str]] = [(alone, unit)] if unit else []
    else:
        found = list(_PART.finditer(text))
        rest = re.sub(r"[\s,.&]|dan", "", _PART.sub("", text))
        parts = [] if rest else [(amount_of(match[1]), _BY_UNIT[match[2].casefold()]) for match in found]
    seconds = 0
    for amount, name in parts:
        if amount is None or (name == "jam" and amount >= 24):
            return None
        seconds += round(amount * _UNITS[name] * 60)
    return minutes_in(seconds) if parts else None


def minutes_in(seconds: int | None) -> float | int | None:
    """The minutes as in the JSON file: an int if possible, else a float; None for None."""
    if seconds is None:
        return None
    return seconds // 60 if seconds % 60 == 0 else seconds / 60


def _word(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", str(text)).strip().strip(".").casefold().split())
