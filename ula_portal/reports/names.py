"""The title and description of a selection of cases."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.models import Service
from services.reports.queries.lacking import lack_names
from services.reports.queries.period import Period
from services.reports.queries.selection import Selection
from sop.models import Step
from ula_portal.core.models import Position, Unit, User

from .lines import span

TITLES = {
    "running": gettext_lazy("Permohonan yang sedang berjalan"),
    "late": gettext_lazy("Permohonan yang lewat waktu"),
    "broken": gettext_lazy("Permohonan yang melewati janji kepada pemohon"),
    "free": gettext_lazy("Permohonan yang langkahnya belum diambil petugas"),
    "office": gettext_lazy("Permohonan yang menunggu di kantor"),
    "agency": gettext_lazy("Permohonan yang menunggu instansi lain"),
    "asked": gettext_lazy("Permohonan yang menunggu kelengkapan dari pemohon"),
    "ready": gettext_lazy("Permohonan yang hasilnya siap diambil"),
    "received": gettext_lazy("Permohonan yang diterima"),
    "finished": gettext_lazy("Permohonan yang selesai dikerjakan"),
    "kept": gettext_lazy("Permohonan yang selesai sesuai janji"),
    "missed": gettext_lazy("Permohonan yang selesai melewati janji"),
    "lacking": gettext_lazy("Permohonan yang diberi lembar kekurangan"),
}


def title_of(selection: Selection) -> str:
    return str(TITLES[selection.kind])


def narrowed(selection: Selection) -> list[str]:
    """The further conditions of a selection, one phrase each. One query per named object."""
    found = []
    for field, model, phrase in (
        ("unit", Unit, _("Unit: %(name)s")),
        ("service", Service, _("Layanan: %(name)s")),
        ("step", Step, _("Langkah: %(name)s")),
        ("officer", User, _("Petugas: %(name)s")),
        ("position", Position, _("Jabatan: %(name)s")),
        ("pool", Unit, _("Tugas bersama %(name)s")),
    ):
        pk = getattr(selection, field)
        if pk is not None:
            found.append(phrase % {"name": model.objects.filter(pk=pk).first() or _("tidak dikenal")})
    if selection.agency:
        found.append(selection.agency)
    if selection.lack is not None:
        names = lack_names([selection.lack], [selection.service])
        name = names.get((selection.service, selection.lack), _("tidak dikenal"))
        found.append(_("Kurang: %(name)s") % {"name": name})
    if selection.free:
        found.append(_("belum diambil petugas"))
    if selection.late:
        found.append(_("hanya yang lewat waktu"))
    if selection.of_period:
        found.append(span(Period(selection.first, selection.last)))
    return found
