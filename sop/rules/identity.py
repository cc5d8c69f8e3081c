"""Rules for the identity block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .finding import WARNING, Finding

_SOP_FIRST = re.compile(
    r"\W*(SOP|S\.O\.P\.?|standar operasional prosedur|prosedur operasional standar)\b", re.IGNORECASE
)

# The boxes that are checked, by field name.
BOXES = ("legal_basis", "qualifications", "equipment", "records")


@dataclass(frozen=True)
class Identity:
    """The identity block. ``boxes``: the lines of each box by its field name (``legal_basis`` …)."""

    name: str
    boxes: dict[str, list[str]]


def identity_findings(identity: Identity) -> Iterator[Finding]:
    """Warnings on the identity block. Related SOPs and cautions are optional, so their boxes are not checked."""
    if match := _SOP_FIRST.match(identity.name):
        message = _("Nama SOP diawali “%(word)s”, padahal dokumennya sudah berjudul SOP. Tulis nama kegiatannya saja.")
        yield Finding(WARNING, None, "name_says_sop", message % {"word": match[1]}, "name")
    messages = {
        "legal_basis": _("Dasar hukum belum diisi. Tulis peraturan yang mendasari SOP ini."),
        "qualifications": _("Kualifikasi pelaksana belum diisi. Tulis kemampuan yang dibutuhkan pelaksananya."),
        "equipment": _("Peralatan/perlengkapan belum diisi. Tulis alat dan bahan yang dipakai."),
        "records": _("Pencatatan dan pendataan belum diisi. Tulis di mana pekerjaan ini dicatat."),
    }
    for box in BOXES:
        if not any(line.strip() for line in identity.boxes.get(box) or ()):
            yield Finding(WARNING, None, f"no_{box}", messages[box], box)
