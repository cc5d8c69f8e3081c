"""Corrections proposed to the drafter of a version, with where they belong and what stands there now."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from sop.drafting.queries.editing import identity_values, step_values, steps_of
from sop.models import Correction, SopVersion

# What can be put in other words; shapes, actors and times are the drafter's work: for those a version is returned.
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
class Place:
    """A field of a version: ``key`` for addresses, ``label`` in words, ``text`` as it stands now."""

    key: str
    step_id: int | None
    field: str
    label: str
    text: str


def places_of(version: SopVersion) -> list[Place]:
    """Every field of a version that can be corrected, identity first. Four queries."""
    values = identity_values(version)
    places = [Place(name, None, name, str(label), _text(values[name])) for name, label in IDENTITY_FIELDS.items()]
    for step in steps_of(version):
        stored = step_values(step)
        for name, label in STEP_FIELDS.items():
            words = gettext("Langkah %(no)s: %(field)s") % {"no": step.no, "field": str(label).lower()}
            places.append(Place(f"{step.pk}-{name}", step.pk, name, words, stored[name]))
    return places


def _text(value: str | list[str]) -> str:
    """A value of the identity block as it is typed: a list has an item per line."""
    return "\n".join(value) if isinstance(value, list) else value


@dataclass(frozen=True)
class Shown:
    """A correction and its place; ``place`` is None when its step is no longer in the draft."""

    row: Correction
    place: Place | None

    @property
    def changed(self) -> bool:
        """Whether somebody changed the field since the correction was proposed."""
        return self.place is not None and self.place.text != self.row.before


def corrections_of(version: SopVersion, places: Iterable[Place] | None = None) -> list[Shown]:
    """All corrections of a version, those that wait first, with who proposed and answered them."""
    rows = list(version.corrections.select_related("proposed_by", "answered_by"))
    if not rows:
        return []
    by_place = {(place.step_id, place.field): place for place in places or places_of(version)}
    rows.sort(key=lambda row: (row.state != Correction.State.OPEN, row.pk))
    return [Shown(row, by_place.get((row.step_id, row.field))) for row in rows]


def correction_by_id(correction_id: int) -> Correction | None:
    """A correction with its version. Whether the user may read that version has to be checked separately."""
    return Correction.objects.filter(pk=correction_id).select_related("version").first()


def open_corrections(version: SopVersion) -> int:
    """How many corrections of a version wait for an answer."""
    return version.corrections.filter(state=Correction.State.OPEN).count()
