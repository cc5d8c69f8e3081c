"""The requests of the simulated month: each has a fate, and the holders of the positions work on it along its SOP."""

from dataclasses import dataclass

from services import permissions
from services.applying.actions.drafts import create_draft, save_answers
from services.applying.actions.messages import write_to_office
from services.applying.actions.submitting import submit_request
from services.applying.actions.walk_in import read_answers
from services.attachments.actions import judging
from services.attachments.actions.documents import attach_document
from services.conversation.actions import asking
from services.engine.actions import recording, steps
from services.engine.actions.report import StepReport
from services.engine.decisions import finds_complete, reason_is_due
from services.fields.queries import fields_of
from services.letters.actions import handing_over
from services.letters.actions.issuing import issue_letter
from services.models import Letter, Request, StepRun
from services.papers.queries.slots import document_slots
from services.routing.actions import routing
from services.routing.queries.routing import rule_for, rules_in_order
from sop.rules.queries.flows import flow_of
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import User
from ula_portal.core.office.queries import holders_of

from .applicants import Applicants
from .office import Cast
from .papers import sample_upload
from .simulation import Simulation

# What the office asks an applicant to correct.
MENDING = [
    "Tanda tangan kepala sekolah belum ada.",
    "Pindaian terlalu gelap, mohon difoto ulang.",
    "Halaman kedua belum diunggah.",
    "Surat pernyataan belum bermeterai.",
]
# Reasons of refusals, of overrun deadlines, and a head's instructions on the disposition sheet.
GROUNDS = [
    "Data pada dokumen yang dilampirkan tidak sesuai dengan catatan kantor.",
    "Persyaratan yang ditetapkan untuk layanan ini belum dipenuhi sampai batas waktunya.",
    "Kuota atau daya tampung yang diperlukan sudah penuh.",
]
DELAYS = [
    "Pejabat penanda tangan mengikuti rapat di luar kantor.",
    "Menunggu kepastian data dari sekolah.",
    "Jaringan internet kantor terganggu.",
]
ORDERS = ["Tindak lanjuti sesuai ketentuan.", "Mohon ditindaklanjuti dan dilaporkan hasilnya."]
# Messages of applicants to the office.
QUESTIONS = ["Apakah surat saya dapat diambil oleh suami saya?", "Mohon info, berapa lama lagi permohonan saya?"]


@dataclass
class Fate:
    """What is out of the ordinary about a request, if anything. It happens once, at the first step that fits.

    ``kind``: smooth (nothing), loop (sent back once), asked, silent (asked, not answered yet), late (a step begins too
    late), stuck (nobody begins a step), unsigned (nobody signs the letter), sheet (waits for the head's disposition on
    paper), refused, withdrawn, draft (never submitted), or unrouted (waits in the routing list). ``spent``: whether it
    has happened.
    """

    kind: str
    spent: bool = False

    def take(self, kind: str) -> bool:
        """Whether the fate is ``kind`` and has not happened yet; from then on it counts as happened."""
        due = self.kind == kind and not self.spent
        self.spent = self.spent or due
        return due


class Cases:
    """Events of the simulation about requests. ``letters``: how many are rendered at most, since that takes long.

    Each event schedules the next one, with the request's fate. A request at which no event is due stays as it is.
    """

    def __init__(self, simulation: Simulation, cast: Cast, applicants: Applicants, letters: int):
        self.simulation, self.cast, self.applicants, self.rng = simulation, cast, applicants, simulation.rng
        self.letters_left = letters
        self.people = {user.pk: user for user in User.objects.all()}
        # Set by the desk, which is built later: schedules the visit of somebody who collects the request's letter.
        self.come_for_letter = lambda request_id: None

    def submit_online(self, service, fate: Fate) -> None:
        """A citizen fills in the form at home and submits it a little later."""
        draft = create_draft(service, by=applicant(), source=Request.Source.ONLINE)
        save_answers(
            draft,
            by=applicant(draft.pk),
            answers=read_answers(fields_of(draft.form_version_id), self._answers_for(service, draft)),
        )
        draft.refresh_from_db()
        me = applicant(draft.pk)
        for slot in document_slots(draft):
            if slot.required or self.rng.random() < 0.3:
                photo = "foto" in slot.label.lower() or self.rng.random() < 0.3
                attach_document(draft, by=me, upload=sample_upload(slot.label, as_photo=photo), slot_key=slot.key)
        if fate.kind != "draft":
            self.simulation.after(self.rng.randint(4, 15), self._send, draft, fate)

    def _answers_for(self, service, draft) -> dict:
        """Answers of a new applicant to all questions of the draft's form, by field name."""
        fields = fields_of(draft.form_version_id)
        return self.applicants.common_answers(self.applicants.person(), service) | self.applicants.answers(fields)

    def _send(self, draft, fate):
        request = submit_request(draft, by=applicant(draft.pk))
        if self.rng.random() < 0.1:
            self.simulation.after_work(self.rng.randint(60, 400), self._write, request)
        if fate.kind == "withdrawn":
            self.simulation.after_work(self.rng.randint(20, 60), self._withdraw, request)
        else:
            self.go_on(request.pk, fate)

    def _write(self, request):
        write_to_office(request, by=applicant(request.pk), text=self.rng.choice(QUESTIONS))

    def _withdraw(self, request):
        asking.withdraw_request(request, by=applicant(request.pk))

    def route(self, request_id: int, fate: Fate) -> None:
        """The administrator routes a walk-in request to the official whom the rule suggests."""
        request = Request.objects.select_related("service").get(pk=request_id)
        if request.is_open and request.responsible_id is None:
            rule = rule_for(request, rules_in_order())
            holders = holders_of([rule.position_id])[rule.position_id]
            if holders:
                routing.route_case(request, by=staff(self.cast.admin), to_user=self._shared_object(holders[0]))
        self.go_on(request_id, fate)

    def go_on(self, request_id: int, fate: Fate) -> None:
        """Schedule what happens to the step that is open now."""
        run = StepRun.objects.filter(request_id=request_id, finished_at__isnull=True).first()
        if run is None:
            return
        request, step = self._request_and_step(run)
        if run.led_by == "applicant" and step.shape == "end":
            self._plan_collecting(request)
        elif run.led_by == "applicant":
            self.simulation.after_work(self.rng.randint(90, 700), self._applicant_does, run.pk, fate)
        elif run.led_by == "external":
            self.simulation.after_work(
                (step.seconds or 3600) / 60 * self.rng.uniform(0.5, 0.9), self._finish, run.pk, fate
            )
        elif not self._is_left_lying(step, fate):
            self.simulation.after_work(self._minutes_until_start(request, step, fate), self._begin, run.pk, fate)

    def _is_left_lying(self, step, fate):
        """Whether nobody works on the step: it is stuck, waits for a signature, or for the head's disposition.

        The first two steps of an SOP are never stuck, and never late either.
        """
        if step.lead_position_id in self.cast.keepers and not step.issues_letter and fate.take("sheet"):
            return True
        return fate.take("unsigned") if step.issues_letter else step.no > 2 and fate.take("stuck")

    def _minutes_until_start(self, request, step, fate):
        """Working minutes until somebody starts the step."""
        quick = (request.service.working_days or 1) <= 2
        lag = self.rng.uniform(4, 35) if quick else self.rng.uniform(15, 180)
        if step.no > 2 and fate.take("late"):
            # Two to four working days of about 450 minutes.
            lag += self.rng.uniform(2, 4) * 450
        return lag

    def _request_and_step(self, run):
        request = Request.objects.select_related("service").get(pk=run.request_id)
        return request, flow_of(request.sop_version_id).step(run.step_id)

    def _run_and_worker(self, run_id):
        """The run and a user who may work on and finish it: the assignee, else a holder of its position, else anybody.

        The user is None if nobody may, both are None if the run is finished.
        """
        run = StepRun.objects.select_related("position").filter(pk=run_id, finished_at__isnull=True).first()
        if run is None:
            return None, None
        request = Request.objects.select_related("service").get(pk=run.request_id)
        unit_id = request.service.unit_id
        wanted = [run.assignee_id]
        if run.position_id:
            wanted += [user.pk for user in holders_of([run.position_id])[run.position_id]]
        people = [self.people[pk] for pk in wanted if pk] + list(self.people.values())
        step = flow_of(request.sop_version_id).step(run.step_id)
        return run, next((user for user in people if self._may(user, run, step, unit_id)), None)

    def _may(self, user, run, step, unit_id):
        return permissions.may_work(user, run, unit_id) and permissions.may_finish(user, run, step, unit_id)

    def _shared_object(self, user):
        """The same user as the one object of them in the simulation, which has cached their roles."""
        return self.people[user.pk]

    def _begin(self, run_id, fate):
        """Somebody starts the step, or asks the applicant first; a letter step stays open once no letter is left."""
        run, user = self._run_and_worker(run_id)
        if user is None:
            return
        request, step = self._request_and_step(run)
        silent = fate.take("silent")
        if silent or (step.shape == "process" and not step.issues_letter and fate.take("asked")):
            asking.ask_applicant(request, by=staff(user), wanted=self.rng.choice(MENDING))
            if not silent:
                self.simulation.after_work(self.rng.randint(120, 900), self._answer, run_id, fate)
            return
        if step.issues_letter and self.letters_left <= 0:
            return
        if not self._recorder_of(run, step):
            steps.start_step(run, by=staff(user))
        minutes = (step.seconds or 1800) / 60
        self.simulation.after_work(minutes * self.rng.uniform(0.3, 1.05), self._finish, run_id, fate)

    def _answer(self, run_id, fate):
        request = Request.objects.get(runs=run_id)
        asking.applicant_answers(request, by=applicant(request.pk), text="Sudah kami lengkapi.")
        self.simulation.after_work(self.rng.randint(10, 60), self._begin, run_id, fate)

    def _applicant_does(self, run_id, fate):
        """The applicant corrects the request in a step of their own."""
        request = Request.objects.get(runs=run_id)
        me = applicant(request.pk)
        slot = next(iter(document_slots(request)), None)
        if slot:
            name = f"{slot.label} (perbaikan {request.documents.count()})"
            attach_document(request, by=me, upload=sample_upload(name, as_photo=False), slot_key=slot.key)
        asking.applicant_answers(request, by=me, text="Sudah kami perbaiki.")
        self.go_on(request.pk, fate)

    def _finish(self, run_id, fate):
        """Somebody issues the letter, decides, records the paper or completes the step; then the next step follows."""
        run, user = self._run_and_worker(run_id)
        if user is None:
            return
        request, step = self._request_and_step(run)
        reason = self.rng.choice(DELAYS) if run.missed_alarm(clock.now()) else ""
        if step.issues_letter and run.led_by == "position":
            self.letters_left -= 1
            issue_letter(run, by=staff(user), deviation_reason=reason)
        elif step.shape == "decision":
            yes, note = self._decision(request, step, fate)
            if finds_complete(flow_of(request.sop_version_id), step, "yes" if yes else "no"):
                self._accept_documents(request, run, user)
            steps.decide_step(run, by=staff(user), yes=yes, report=StepReport(note=note, deviation_reason=reason))
        elif keeper := self._recorder_of(run, step):
            report = StepReport(self.rng.choice(ORDERS), happened_on=clock.today(), deviation_reason=reason)
            photo = sample_upload("Lembar disposisi", as_photo=True)
            recording.record_on_paper(run, by=staff(keeper), outcome="done", report=report, photo=photo)
        else:
            steps.complete_step(run, by=staff(user), report=StepReport(deviation_reason=reason))
        self.go_on(request.pk, fate)

    def _accept_documents(self, request, run, user):
        """Judge all documents as fitting, which a decision that finds the request complete demands."""
        if run.assignee_id is None:
            # The official became absent, so nobody has the step; documents are judged only once it is claimed.
            steps.claim_step(run, by=staff(user))
        for document in request.documents.filter(removed_at=None, file__isnull=False).exclude(verdict="fits"):
            judging.judge_document(document, by=staff(user), verdict="fits")

    def _recorder_of(self, run, step):
        """The secretary who records a step that its official does on paper, or None."""
        keeper = self.cast.keepers.get(run.position_id)
        plain = step.shape != "decision" and not step.issues_letter
        return self._shared_object(keeper) if keeper and plain else None

    def _decision(self, request, step, fate):
        """Whether a decision is yes, and its note, which a no always has."""
        flow = flow_of(request.sop_version_id)
        if_no = flow.step(step.if_no_id)
        leads_back = if_no.no < step.no or if_no.lead_kind == "applicant"
        if leads_back and fate.take("loop"):
            return False, self.rng.choice(MENDING)
        if not leads_back and if_no.shape != "end" and fate.take("refused"):
            return False, self.rng.choice(GROUNDS)
        return True, "Sesuai catatan pada berkas." if reason_is_due(flow, step, "yes") else ""

    def _plan_collecting(self, request):
        """Most applicants download or collect the letter; some do neither."""
        how = self.rng.random()
        if how < 0.12:
            return
        if request.source == Request.Source.WALK_IN or how < 0.3:
            self.come_for_letter(request.pk)
        else:
            self.simulation.after(self.rng.randint(30, 1500), self._download, request.pk)

    def _download(self, request_id):
        letter = Letter.objects.filter(request_id=request_id, state=Letter.State.ISSUED).first()
        if letter:
            handing_over.letter_downloaded(letter, by=applicant(request_id))
