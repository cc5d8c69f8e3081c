"""Corrections proposed for a version, with the fields they concern and the present content of these fields."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from sop.drafting.queries.editing import identity_values, step_values, steps_of
from sop.models import Correction, SopVersion

# The fields that can be corrected. To change shapes, actors or times, a version has to be returned to its drafter.
IDENTITY_FIELDS = {
    "name": _("Nama SOP"),
    "legal_basis": _("Dasar hukum"),
    "qualifications": _("Kualifikasi pelaksana"),
    "related": _("Keterkaitan"),
    "equipment": _("Peralatan/perlengkapan"),
    "warnings": _("Peringatan"),
    "records": _("Pencatatan dan pendataan"),
}
STEP_FIELDS = {
    "activity": _("Uraian kegiatan"),
    "inputs": _("Kelengkapan"),
    "output": pgettext_lazy("mutu baku", "Output"),
    "note": _("Keterangan"),
}


@dataclass(frozen=True)
class CorrectionPlace:
    """A field of a version. ``key``: used in addresses; ``label``: its name in words; ``text``: its present content."""

    key: str
    step_id: int | None
    field: str
    label: str
    text: str


def places_of(version: SopVersion) -> list[CorrectionPlace]:
    """Every field of a version that can be corrected, the identity block first. Takes four queries."""
    values = identity_values(version)
    places = [
        CorrectionPlace(name, None, name, str(label), _text(values[name])) for name, label in IDENTITY_FIELDS.items()
    ]
    for step in steps_of(version):
        stored = step_values(step)
        for name, label in STEP_FIELDS.items():
            words = gettext("Langkah %(no)s: %(field)s") % {"no": step.no, "field": str(label).lower()}
            places.append(CorrectionPlace(f"{step.pk}-{name}", step.pk, name, words, stored[name]))
    return places


def _text(value: str | list[str]) -> str:
    """A value of the identity block as text; a list has one line per item."""
    return "\n".join(value) if isinstance(value, list) else value


@dataclass(frozen=True)
class ShownCorrection:
    """A correction and its place, which is None if its step is no longer in the draft."""

    row: Correction
    place: CorrectionPlace | None

    @property
    def changed(self) -> bool:
        """Whether the field was changed since the correction was proposed."""
        return self.place is not None and self.place.text != self.row.before


def corrections_of(version: SopVersion, places: Iterable[CorrectionPlace] | None = None) -> list[ShownCorrection]:
    """All corrections of a version, open ones first, with the users who proposed and answered them."""
    rows = list(version.corrections.select_related("proposed_by", "answered_by"))
    if not rows:
        return []
    by_place = {(place.step_id, place.field): place for place in places or places_of(version)}
    rows.sort(key=lambda row: (row.state != Correction.State.OPEN, row.pk))
    return [ShownCorrection(row, by_place.get((row.step_id, row.field))) for row in rows]


def correction_by_id(correction_id: int) -> Correction | None:
    """A correction with its version. Whether the user may read that version has to be checked separately."""
    return Correction.objects.filter(pk=correction_id).select_related("version").first()


def open_corrections(version: SopVersion) -> int:
    """The number of open corrections of a version."""
    return version.corrections.filter(state=Correction.State.OPEN).count()
