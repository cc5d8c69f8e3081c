"""Steps about the office itself: its name and address, its emblem, its letterhead."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .rules import Found, Gap, Step


def _office_gaps(found: Found) -> Iterator[Gap]:
    office = found.office
    if not office.pk:
        yield Gap(_("Nama kantor belum diisi."))
        return
    if not office.address:
        yield Gap(_("Alamat kantor belum diisi."))
    if not (office.phone or office.email):
        yield Gap(_("Telepon atau surel kantor belum diisi."), advised=True)
    if not office.city:
        yield Gap(_("Tempat penandatanganan surat belum diisi."), advised=True)


def _office_summary(found: Found) -> str:
    return str(found.office) if found.office.pk else ""


def _emblem_gaps(found: Found) -> Iterator[Gap]:
    if not found.office.emblem_id:
        yield Gap(_("Logo belum ada. Halaman dan surat memakai gambar netral."), advised=True)


def _letterhead_gaps(found: Found) -> Iterator[Gap]:
    if not found.office.letterhead:
        yield Gap(_("Baris kop surat belum ditulis."))
    if not found.office.postal_code:
        yield Gap(_("Kode pos belum tercantum pada kop surat."), advised=True)


OFFICE = Step("office", gettext_lazy("Nama dan alamat kantor"), "opening_office", _office_gaps, _office_summary)
EMBLEM = Step(
    "emblem",
    gettext_lazy("Logo"),
    "opening_emblem",
    _emblem_gaps,
    lambda found: _("Tampil pada halaman, surat, dan SOP.") if found.office.emblem_id else _("Memakai gambar netral."),
)
LETTERHEAD = Step(
    "letterhead",
    gettext_lazy("Kop surat"),
    "opening_letterhead",
    _letterhead_gaps,
    lambda found: found.office.letterhead[-1] if found.office.letterhead else "",
)
