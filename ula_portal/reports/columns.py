"""A case as a row of a CSV or Excel file, without data of the applicant and without names of officers."""

from django.utils.translation import gettext as _

from services.deadlines.urgency import broke_promise, place_of, urgency_of
from services.models import CasePlace, Request
from ula_portal.core import clock


def headings() -> list[str]:
    return [
        _("Nomor"),
        _("Kode layanan"),
        _("Layanan"),
        _("Unit layanan"),
        _("Asal"),
        _("Keadaan"),
        _("Langkah ke"),
        _("Langkah"),
        _("Berada pada"),
        _("Diterima"),
        _("Berkas lengkap"),
        _("Sampai di langkah ini"),
        _("Batas langkah"),
        _("Janji selesai"),
        _("Selesai dikerjakan"),
        _("Ditutup"),
        _("Lewat waktu"),
    ]


# Column widths of a workbook, in characters.
WIDTHS = (18, 14, 40, 34, 16, 26, 10, 46, 40, 17, 17, 17, 17, 17, 17, 17, 12)


class CaseColumns:
    """Creates the cells of rows.

    Its texts are translated on creation, since a streamed file is written after the request's language was reset.
    """

    def __init__(self, at):
        self.at = at
        self.states = {value: str(label) for value, label in Request.State.choices}
        self.states |= {
            "submitted": _("Berjalan"),
            "in_progress": _("Berjalan"),
            "waiting_applicant": _("Menunggu pemohon"),
        }
        self.sources = {value: str(label) for value, label in Request.Source.choices}
        self.ready, self.agency, self.applicant = _("Siap diambil"), _("Instansi lain"), _("Pemohon")
        self.pool = _("Tugas bersama %(unit)s")
        self.yes, self.no = _("ya"), _("tidak")

    def cells(self, line) -> list:
        """Texts, a number, local datetimes (naive) or None, in the order of ``headings``."""
        request, run, service = line.request, line.run, line.request.service
        moments = (
            request.received_at,
            request.complete_at,
            run and run.offered_at,
            run and run.due_at,
            request.due_at,
            request.fulfilled_at,
            request.closed_at,
        )
        return [
            request.number,
            service.code,
            service.name,
            service.unit.name if service.unit else "",
            self.sources[request.source],
            self._state(request),
            run.step.no if run else None,
            run.step.activity if run else "",
            self._place(line) if run else "",
            *(clock.local(each).replace(tzinfo=None, microsecond=0) if each else None for each in moments),
            self.yes if self._late(line) else self.no,
        ]

    def _state(self, request):
        if request.fulfilled_at and not request.closed_at:
            return self.ready
        return self.states[request.state]

    def _place(self, line):
        run = line.run
        place = place_of(run, line.request)
        if place not in (CasePlace.OFFICE, CasePlace.AGENCY):
            return self.applicant
        if place == CasePlace.AGENCY:
            return line.agency or self.agency
        if run.unit:
            return self.pool % {"unit": run.unit.name}
        return run.position.name if run.position else ""

    def _late(self, line):
        request = line.request
        if request.fulfilled_at:
            return broke_promise(request, self.at)
        return urgency_of(line.run, request, self.at).kind == "late"
