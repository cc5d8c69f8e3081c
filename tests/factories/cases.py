"""Requests in progress: services on SOPs with loops, external agencies and letters, advanced by the actions."""

import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from services.engine.actions.report import StepReport
from services.engine.actions.steps import complete_step, decide_step
from services.letters.actions.issuing import ensure_letter_templates, issue_letter
from services.models import Request, StepRun
from sop.rules.queries.flows import flow_of
from tests.snapshots import repeated
from ula_portal.core.clock import OFFICE_ZONE
from ula_portal.core.journal.actors import staff

from .services import make_request, make_service

OFFICIAL = "Pengelola Layanan Pendidikan Dasar"
HEAD = "Kepala Bidang Pembinaan Pendidikan Dasar"
DESK = "Petugas Loket"


def at(day, clock="09:00", month=11, year=2026):
    """A moment in November 2026 (the 23rd is a Monday) on the office's clock."""
    hour, minute = clock.split(":")
    return datetime.datetime(year, month, day, int(hour), int(minute), tzinfo=OFFICE_ZONE)


def step(no, activity, actor, shape="process", minutes=60, **more):
    """A step as an SOP's file has it; an applicant's step has no time."""
    actors = actor if isinstance(actor, list) else [actor]
    each = {"no": no, "activity": activity, "actors": actors, "shape": shape, "output": "Hasil", "inputs": "Berkas"}
    if actors[0] != "Pemohon":
        each |= {"minutes": minutes, "time_text": f"{minutes} menit"}
    if shape == "decision":
        each |= {"yes_label": "lengkap", "no_label": "tidak lengkap"}
    return each | more


def content(steps, number="420/901/SOP-DISDIK/2026", name="Rekomendasi Contoh"):
    actors = list(dict.fromkeys(actor for each in steps for actor in each["actors"]))
    return {
        "name": name,
        "number": number,
        "unit": "Bidang Pembinaan Pendidikan Dasar",
        "unit_code": "DIKDAS",
        "legal_basis": ["Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik"],
        "actors": actors,
        "steps": steps,
    }


def rich_steps():
    """Two loops (the applicant corrects; the draft is returned), an external agency, a letter, a rejection with a
    letter.
    """
    return [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Apakah berkas lengkap?", OFFICIAL, "decision", 20, if_yes=4, if_no=3),
        step(3, "Melengkapi berkas sesuai catatan", "Pemohon", next=2),
        step(4, "Memberikan konfirmasi daya tampung", "Kepala Sekolah", minutes=120, next=5),
        step(5, "Apakah daya tampung tersedia?", OFFICIAL, "decision", 15, if_yes=6, if_no=10),
        step(6, "Menyusun konsep surat", OFFICIAL, minutes=20, next=7),
        step(7, "Apakah konsep disetujui?", HEAD, "decision", 30, if_yes=8, if_no=6),
        step(8, "Menandatangani surat", HEAD, minutes=30, issues_letter=True, next=9),
        step(9, "Menerima surat", "Pemohon", "end", end_kind="completed"),
        step(10, "Menandatangani surat penolakan", HEAD, minutes=30, issues_letter=True, next=11),
        step(11, "Menyampaikan surat penolakan", DESK, "end", 15, end_kind="rejected"),
    ]


@repeated
def make_case_service(cast, steps=None, **changes):
    """A published service with its own SOP (default: ``rich_steps``), including letter templates."""
    ensure_letter_templates()
    number = f"420/{changes.get('code', 'KASUS')}/SOP-DISDIK/2026"
    return make_service(cast, content(steps or rich_steps(), number, f"SOP {number}"), **changes)


def make_case(service, *, judged=True, **said) -> Request:
    """A request submitted online with complete documents; ``judged``: the office has already accepted them."""
    request = make_request(service, **said)
    if judged:
        request.documents.update(verdict="fits")
    return request


def run_of(request) -> StepRun | None:
    """The open run, read again from the database."""
    return StepRun.objects.filter(request=request, finished_at__isnull=True).select_related("position").first()


def no_of(request) -> int | None:
    """The number of the open step."""
    run = run_of(request)
    return flow_of(request.sop_version_id).step(run.step_id).no if run else None


def walk(request, *moves):
    """Perform moves on a request: pairs of user and ``"done"``, ``"yes"``, ``"no"`` or ``"letter"``."""
    for user, move in moves:
        run = run_of(request)
        if move == "letter":
            issue_letter(run, by=staff(user))
        elif move == "done":
            complete_step(run, by=staff(user))
        else:
            note = "" if move == "yes" else "Belum sesuai."
            report = StepReport(note, papers_reason="Aslinya diperlihatkan.")
            decide_step(run, by=staff(user), yes=move == "yes", report=report)
    request.refresh_from_db()
    return request


def to_letter(request, cast):
    """Advance a request on ``rich_steps`` to the step of its letter."""
    official, head = cast.official, cast.section_head
    return walk(request, (official, "yes"), (official, "done"), (official, "yes"), (official, "done"), (head, "yes"))


def count_queries(function) -> int:
    """Number of database queries that a call makes."""
    with CaptureQueriesContext(connection) as queries:
        function()
    return len(queries)


@repeated
def begin(cast):
    """A case at the first step, with its own service."""
    return make_case(make_case_service(cast))
