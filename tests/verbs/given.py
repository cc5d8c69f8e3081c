"""Builders that bring a case into the state that a verb of the table starts from."""

import datetime

from services.engine.actions import recording
from services.engine.actions.report import StepReport
from services.engine.actions.steps import claim_step, complete_step, decide_step
from services.models import AlarmStep, Document, Request, Service
from services.routing.actions import routing
from tests.factories.cases import DESK, HEAD, OFFICIAL, make_case, make_case_service, run_of, step
from tests.factories.core import LONG_AGO
from tests.factories.services import picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, applicant, staff
from ula_portal.core.office.actions import office, people
from ula_portal.core.office.actions.absences import record_absence

DAYS = datetime.timedelta(days=1)


def mailed(request):
    """The same request with an e-mail address of the applicant."""
    Request.objects.filter(pk=request.pk).update(applicant_email="siti@example.id")
    return request


def two_holders(w):
    """Give the official's position a second holder, so that its steps have to be claimed."""
    people.begin_tenure(w.cast.outsider, by=SYSTEM, position=w.cast.positions["PENGELOLA-DIKDAS"], from_date=LONG_AGO)


def pooled(w):
    """A case at a step that two may claim."""
    two_holders(w)
    return mailed(make_case(w.service))


def claimed(w):
    request = pooled(w)
    claim_step(run_of(request), by=staff(w.cast.official))
    return request


def drafting(w):
    """A case at step 6 of ``rich_steps``, where the official writes."""
    for move in (lambda: decide(w, w.case, True), lambda: complete(w, w.case), lambda: decide(w, w.case, True)):
        move()
    return mailed(w.case)


def decide(w, request, yes, note=""):
    return decide_step(run_of(request), by=staff(w.cast.official), yes=yes, report=StepReport(note))


def complete(w, request):
    return complete_step(run_of(request), by=staff(w.cast.official))


def put_up(w):
    """A second service, built once for all rows: handled by the head of office on paper, without a letter."""
    steps = [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Memberi disposisi", "Kepala Dinas", next=3),
        step(3, "Menyusun jawaban", OFFICIAL, next=4),
        step(4, "Mencatat dalam buku agenda", OFFICIAL, next=5),
        step(5, "Mengarsipkan berkas", [OFFICIAL, HEAD], next=6),
        step(6, "Meneruskan jawaban", DESK, "end", 15, end_kind="passed_on"),
    ]
    make_case_service(w.cast, steps, code="KERTAS")


def paper_case(w):
    """A case that waits for the head of office, for whom the secretary records paper."""
    office.entrust_paper(w.cast.positions["SEKDIS"], by=SYSTEM, position=w.cast.positions["KADIS"])
    return mailed(make_case(Service.objects.get(code="KERTAS")))


def disposed(w):
    """The same case at the first of three consecutive steps of one official."""
    request = paper_case(w)
    complete_step(run_of(request), by=staff(w.cast.head))
    return request


def last_step(w):
    """A case at the desk's last step, which closes it."""
    request = disposed(w)
    days = [recording.DoneStep(no, clock.today()) for no in (3, 4, 5)]
    recording.complete_steps(run_of(request), by=staff(w.cast.official), steps=days)
    return request


def external_case(w):
    """A case that waits for another agency."""
    decide(w, w.case, True)
    return mailed(w.case)


def papers_lacking(w):
    """An open case whose documents have not been declared complete."""
    return mailed(w.walk_in)


def judged(w, verdict="mend"):
    document = w.document(w.case)
    Document.objects.filter(pk=document.pk).update(verdict=verdict, verdict_note="Buram." if verdict == "mend" else "")
    return document


def routed(w, to, note=""):
    """The latest routing of the walk-in request."""
    routing.route_case(w.walk_in, by=staff(w.cast.section_head), to_user=to, note=note)
    return w.walk_in.routings.latest("pk")


def away(w, user, deputy=None):
    first = clock.today()
    record_absence(user, by=SYSTEM, kind="leave", from_date=first, to_date=first + 2 * DAYS, deputy=deputy)


def only_alarm(kind, whom, **more):
    AlarmStep.objects.all().delete()
    AlarmStep.objects.create(kind=kind, offset=0, offset_unit="hour", whom=whom, text="Mohon selesaikan.", **more)


def holder(request):
    return applicant(request.pk)


def photo():
    return picture("lembar.png")


def on_paper(w):
    return {"outcome": "done", "report": StepReport(happened_on=clock.today()), "photo": photo()}


def undoable(w):
    """The finished run of the official's decision."""
    return decide(w, mailed(w.case), False, note="Lengkapi KTP.").run
