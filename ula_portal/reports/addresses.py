"""Convert selections of cases to addresses and back."""

import datetime
import re

from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode

from services.reports.queries.selection import Selection

# Kinds and fields of a selection by their names in addresses.
KINDS = {
    "berjalan": "running",
    "lewat-waktu": "late",
    "lewat-janji": "broken",
    "belum-diambil": "free",
    "di-kantor": "office",
    "instansi-lain": "agency",
    "menunggu-pemohon": "asked",
    "siap-diambil": "ready",
    "diterima": "received",
    "selesai": "finished",
    "sesuai-janji": "kept",
    "melewati-janji": "missed",
    "kurang-berkas": "lacking",
}
WORDS = {kind: word for word, kind in KINDS.items()}

IDS = {
    "unit": "unit",
    "layanan": "service",
    "langkah": "step",
    "petugas": "officer",
    "jabatan": "position",
    "bersama": "pool",
}
FLAGS = {"bebas": "free", "lewat": "late"}
DAYS = {"dari": "first", "sampai": "last"}
NAMES = {**IDS, "pihak": "agency", "kurang": "lack", **DAYS}
# A document: a requirement by its id, or an upload field by its name.
_PAPER = re.compile(r"r\d{1,18}|f-\w{1,60}", re.ASCII)


def selection_address(selection: Selection, name="report_cases", **more) -> str:
    """The address of a selection's list, or of the page ``name`` about it, with more parameters."""
    criteria = selection.criteria()
    query = {"keadaan": WORDS[selection.kind]}
    query |= {word: criteria[field] for word, field in NAMES.items() if field in criteria}
    query |= {word: 1 for word, field in FLAGS.items() if field in criteria}
    return f"{reverse(name)}?{urlencode(query | more)}"


def selection_of(query) -> Selection:
    """The selection in a query string; all open cases if it is empty.

    Raises: Http404 for invalid values.
    """
    kind = KINDS.get(query.get("keadaan", "berjalan"))
    if kind is None:
        raise Http404
    try:
        values = {field: int(query[word]) for word, field in IDS.items() if word in query}
        values |= {field: datetime.date.fromisoformat(query[word]) for word, field in DAYS.items() if word in query}
    except ValueError:
        raise Http404 from None
    if any(value >= 2**63 or value < 0 for field, value in values.items() if field in IDS.values()):
        raise Http404
    values |= {field: query.get(word) == "1" for word, field in FLAGS.items()}
    if "pihak" in query:
        values["agency"] = query["pihak"][:200].replace("\x00", "")
    if "kurang" in query:
        if kind != "lacking" or not _PAPER.fullmatch(query["kurang"]):
            raise Http404
        values["lack"] = query["kurang"]
    selection = Selection(kind, **values)
    if selection.of_period and not (selection.first and selection.last and selection.first <= selection.last):
        raise Http404
    return selection
