"""Taking back a finished step within a minute: what stays, what is restored, what is refused, what no longer counts."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from services.applying.queries import request_by_token
from services.applying.receipt import tracking_token
from services.casework.queries.history import case_history
from services.conversation.actions import asking
from services.deadlines.queries.statistics import case_statistics
from services.deadlines.queries.times import times_of
from services.engine.actions import deviating, recording, taking_back
from services.engine.actions.report import StepReport
from services.engine.actions.steps import claim_step, complete_step, decide_step, start_step
from services.engine.queries.cases import runs_of
from services.engine.queries.progress import progress_of
from services.engine.queries.recording import runs_before
from services.engine.queries.returned import answered_of
from services.letters.actions import handing_over
from services.models import Alarm, AlarmStep, Deviation, InboxEntry, StepRun
from services.routing.actions.routing import route_case
from services.tracking.queries.tracking import tracking_of
from sop.rules.queries.flows import flow_of
from tests.factories.cases import (
    DESK,
    HEAD,
    OFFICIAL,
    at,
    make_case,
    make_case_service,
    no_of,
    run_of,
    step,
    to_letter,
    walk,
)
from tests.factories.concurrently import concurrently
from tests.factories.core import named_cast
from tests.factories.services import picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import JournalEntry, Notice
from ula_portal.core.notices import delivery
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]
NOW = at(24, "10:00")
# End steps with and without a letter, completed and refused, of the office and of the applicant.
ENDS = [
    step(1, "Mengajukan", "Pemohon", "start", next=2),
    step(2, "Apakah dapat dikabulkan?", OFFICIAL, "decision", if_yes=3, if_no=6),
    step(3, "Apakah perlu surat?", OFFICIAL, "decision", if_yes=4, if_no=5),
    step(4, "Menandatangani surat", HEAD, issues_letter=True, next=7),
    step(5, "Menyampaikan hasil", OFFICIAL, "end", end_kind="completed"),
    step(6, "Menyampaikan penolakan", DESK, "end", end_kind="rejected"),
    step(7, "Menerima surat", "Pemohon", "end", end_kind="completed"),
]


@pytest.fixture
def case(service):
    """A case at the official's first decision since nine o'clock."""
    with clock.at(at(24, "09:00")):
        return make_case(service, surel="siti@contoh.id")


def later(seconds):
    return clock.at(NOW + datetime.timedelta(seconds=seconds))


def decided(case, cast, yes=True):
    return decide_step(
        run_of(case), by=staff(cast.official), yes=yes, report=StepReport(note="" if yes else "KTP buram.")
    ).run


class TestWhatComesBack:
    def test_the_step_has_a_new_run_on_the_old_clock(self, cast, case):
        before = run_of(case)
        run = decided(case, cast)
        opened = run_of(case)
        with later(60):
            new = taking_back.take_back_step(run, by=staff(cast.official))
            # Doing it again from another tab changes nothing.
            assert taking_back.take_back_step(run, by=staff(cast.official)) == new
        assert new == run_of(case) and no_of(case) == 2
        old = ("step_id", "position_id", "unit_id", "assignee_id", "offered_at", "started_at", "due_at")
        assert [getattr(new, name) for name in old] == [getattr(before, name) for name in old]
        run.refresh_from_db()
        opened.refresh_from_db()
        assert (run.outcome, run.finished_at, run.finished_by) == ("yes", NOW, cast.official)
        assert (opened.outcome, opened.finished_by) == ("undone", None)
        assert run.taken_back_at == opened.taken_back_at == NOW + datetime.timedelta(minutes=1)
        decide_step(new, by=staff(cast.official), yes=True)
        assert no_of(case) == 4

    def test_a_question_to_the_applicant_took_no_time(self, cast, case):
        due = case.due_at
        run = decided(case, cast, yes=False)
        with later(30):
            taking_back.take_back_step(run, by=staff(cast.official))
        case.refresh_from_db()
        pause = case.pauses.get()
        assert (case.state, case.due_at, pause.to_at) == ("submitted", due, pause.from_at)

    def test_what_was_asked_and_answered_in_it_is_still_read(self, cast, case):
        asking.ask_applicant(case, by=staff(cast.official), wanted="Mohon nomor HP.")
        asking.applicant_answers(case, by=applicant(case.pk), text="0812")
        taking_back.take_back_step(decided(case, cast), by=staff(cast.official))
        told = answered_of(flow_of(case.sop_version_id), runs_of(case), list(case.pauses.all()), [])
        assert (told.reason, told.answers) == ("Mohon nomor HP.", (("Pemohon", "0812"),))

    @pytest.mark.parametrize("begun", [True, False])
    def test_the_state_is_what_it_was(self, cast, case, begun):
        if begun:
            start_step(run_of(case), by=staff(cast.official))
        case.refresh_from_db()
        state = case.state
        assert state == ("in_progress" if begun else "submitted")
        for yes in (True, False):
            taking_back.take_back_step(decided(case, cast, yes=yes), by=staff(cast.official))
            case.refresh_from_db()
            assert case.state == state
        assert decided(case, cast).pk and start_step(run_of(case), by=staff(cast.official))
        case.refresh_from_db()
        assert case.state == "in_progress"

    @pytest.mark.parametrize("granted", [True, False])
    def test_closing_is_reversed(self, cast, granted):
        request, official = make_case(make_case_service(cast, ENDS)), cast.official
        walk(request, *([(official, "yes"), (official, "no")] if granted else [(official, "no")]))
        user = official if granted else cast.counter
        run = complete_step(run_of(request), by=staff(user)).run
        request.refresh_from_db()
        assert request.state == ("completed" if granted else "rejected")
        taking_back.take_back_step(run, by=staff(user))
        request.refresh_from_db()
        assert (request.state, request.closed_at, request.fulfilled_at) == ("in_progress", None, None)
        assert no_of(request) == (5 if granted else 6)
        assert InboxEntry.objects.get(request=request).place == "office"
        # The case has gone on since the decision before it.
        with pytest.raises(Outdated):
            taking_back.take_back_step(request.runs.get(step__no=3 if granted else 2), by=staff(official))

    def test_an_end_that_came_by_itself_goes_too(self, cast):
        request = walk(make_case(make_case_service(cast, ENDS)), (cast.official, "yes"))
        words = {"reason": "Surat tidak diperlukan.", "to_step_no": 7}
        run = deviating.skip_step(run_of(request), by=staff(cast.section_head), **words).run
        request.refresh_from_db()
        assert request.state == "completed"
        taking_back.take_back_step(run, by=staff(cast.section_head))
        request.refresh_from_db()
        assert request.state == "in_progress" and no_of(request) == 3
        events = tracking_of(request_by_token(tracking_token(request))).events
        assert "Permohonan selesai." not in [each["text"] for each in events]

    def test_declared_completeness_goes_with_its_answer(self, cast, service):
        request = make_case(service, documents=False)
        run = decided(request, cast)
        request.refresh_from_db()
        assert request.complete_at and "Berkas dinyatakan lengkap" in self.told(request)
        taking_back.take_back_step(run, by=staff(cast.official))
        request.refresh_from_db()
        assert (request.complete_at, request.due_at) == (None, None)
        assert "Berkas dinyatakan lengkap" not in self.told(request)

    def told(self, request):
        """The state and progress that the applicant sees."""
        events = tracking_of(request_by_token(tracking_token(request))).events
        return " ".join(str(each["text"]) for each in events)

    def test_an_ask_that_a_skip_ended_is_open_again(self, cast, case):
        asking.ask_applicant(case, by=staff(cast.official), wanted="Mohon KTP.")
        pause = case.pauses.get()
        with later(600):
            run = deviating.skip_step(run_of(case), by=staff(cast.section_head), reason="Mendesak", to_step_no=6).run
            new = taking_back.take_back_step(run, by=staff(cast.section_head))
        case.refresh_from_db()
        pause.refresh_from_db()
        assert (case.state, pause.to_at, pause.run) == ("waiting_applicant", None, new)

    def test_a_sheet_and_another_agency_too(self, cast, case):
        day = StepReport(happened_on=clock.today())
        run = recording.record_on_paper(
            run_of(case), by=staff(cast.section_head), outcome="yes", report=day, photo=picture()
        ).run
        taking_back.take_back_step(run, by=staff(cast.section_head))
        decided(case, cast)
        run = complete_step(run_of(case), by=staff(cast.official), report=StepReport(happened_on=clock.today())).run
        taking_back.take_back_step(run, by=staff(cast.official))
        assert no_of(case) == 4 and run_of(case).happened_on is None

    def test_a_step_given_to_somebody_else_stays_theirs(self, cast, case):
        deviating.reassign(run_of(case), by=staff(cast.section_head), to_user=cast.outsider, reason="Sri cuti")
        run = decide_step(run_of(case), by=staff(cast.outsider), yes=True).run
        new = taking_back.take_back_step(run, by=staff(cast.outsider))
        assert (new.assignee, new.deviation, new.deviation_reason) == (cast.outsider, "reassigned", "Sri cuti")
        decide_step(new, by=staff(cast.outsider), yes=True)


class TestWhatStays:
    def test_timeline_and_journal_show_both_and_the_applicant_sees_neither(self, cast, case):
        run = decided(case, cast)
        taking_back.take_back_step(run, by=staff(cast.official))
        texts = [each.text for each in case_history(case).rows]
        assert "Langkah 2 selesai: lengkap" in texts and "Penyelesaian langkah 2 diurungkan" in texts
        said = JournalEntry.objects.filter(subject_id=str(case.pk), subject_kind="request").values_list(
            "verb", flat=True
        )
        assert list(said)[-2:] == ["complete_step", "take_back_step"]
        found = tracking_of(request_by_token(tracking_token(case)))
        assert [each["text"] for each in found.events] == ["Permohonan diterima."]
        assert [line["state"] for line in found.progress if line["step"] == 2] == ["now"]

    @pytest.mark.parametrize(
        "change", [{"outcome": "no"}, {"taken_back_at": None}, {"finished_at": NOW - datetime.timedelta(hours=1)}]
    )
    def test_the_database_keeps_it(self, cast, case, change):
        run = decided(case, cast)
        taking_back.take_back_step(run, by=staff(cast.official))
        with pytest.raises(IntegrityError), transaction.atomic():
            StepRun.objects.filter(pk=run.pk).update(**change)

    def test_the_database_knows_the_minute(self, cast, case):
        run = decided(case, cast)
        with pytest.raises(IntegrityError), transaction.atomic():
            StepRun.objects.filter(pk=run.pk).update(taken_back_at=NOW + datetime.timedelta(seconds=61))


class TestNotices:
    def test_they_wait_and_never_go_out_once_undone(self, cast, case, mailoutbox):
        run = decided(case, cast, yes=False)
        [pk] = run.undo["notices"]
        with later(60):
            assert delivery.deliver(Notice(pk=pk)) == "not due"
            taking_back.take_back_step(run, by=staff(cast.official))
        with later(120):
            assert delivery.deliver(Notice(pk=pk)) == "not due"
        assert Notice.objects.get(pk=pk).state == Notice.State.SUPPRESSED

    def test_they_go_out_when_the_minute_is_over(self, cast, case, mailoutbox):
        run = decided(case, cast, yes=False)
        with later(70):
            assert delivery.deliver(Notice(pk=run.undo["notices"][0])) == Notice.State.SENT

    def test_those_of_a_letter_need_not_wait(self, cast, case):
        request = to_letter(case, cast)
        walk(request, (cast.section_head, "letter"))
        assert Notice.objects.get(kind="letter_ready").next_try_at == NOW


class TestRefused:
    def refused(self, run, user, match, seconds=30, kind=Outdated):
        count = StepRun.objects.count()
        with later(seconds), pytest.raises(kind, match=match):
            taking_back.take_back_step(run, by=staff(user))
        assert StepRun.objects.count() == count

    def test_after_its_minute(self, cast, case):
        self.refused(decided(case, cast), cast.official, "Waktu 1 menit", seconds=61)

    def test_for_anybody_else(self, cast, case):
        run = decided(case, cast)
        for user in (cast.section_head, cast.admin, cast.head):
            self.refused(run, user, "oleh yang menyelesaikannya", kind=NotAllowed)

    def test_once_somebody_has_gone_on(self, cast, case):
        run = walk(case, (cast.official, "yes"), (cast.official, "done"), (cast.official, "yes")) and case.runs.get(
            step__no=5
        )
        complete_step(run_of(case), by=staff(cast.official))
        self.refused(run, cast.official, "sudah dilanjutkan")

    @pytest.mark.parametrize("how", ["claim", "start", "paper", "given", "applicant", "asked", "routed"])
    def test_once_somebody_has_begun(self, cast, case, how):
        request = walk(case, (cast.official, "yes"), (cast.official, "done"), (cast.official, "yes"))
        run = complete_step(run_of(request), by=staff(cast.official)).run
        now = run_of(request)
        if how == "claim":
            StepRun.objects.filter(pk=now.pk).update(assignee=None)
            StepRun.objects.filter(pk=run.pk).update(undo=run.undo | {"assignee": None})
            claim_step(now, by=staff(cast.section_head))
        elif how == "start":
            start_step(now, by=staff(cast.section_head))
        elif how == "paper":
            recording.attach_paper(now, by=staff(cast.section_head), upload=picture())
        elif how == "given":
            deviating.reassign(now, by=staff(cast.admin), to_user=cast.official, reason="Kepala bidang rapat")
        elif how == "applicant":
            asking.withdraw_request(request, by=applicant(request.pk))
        elif how == "routed":
            # The open run does not change.
            route_case(request, by=staff(cast.admin), to_user=cast.official)
        else:
            asking.ask_applicant(request, by=staff(cast.section_head), wanted="Mohon KTP.")
        self.refused(run, cast.official, "sudah dilanjutkan")

    def test_what_the_applicant_answered(self, cast, case):
        run = decided(case, cast, yes=False)
        asking.applicant_answers(case, by=applicant(case.pk), text="Sudah.")
        self.refused(run, cast.official, "sudah dilanjutkan")
        theirs = case.runs.get(step__no=3)
        self.refused(theirs, cast.official, "yang menyelesaikannya", kind=NotAllowed)

    def test_what_the_desk_recorded_for_the_applicant(self, cast, case):
        decided(case, cast, yes=False)
        asking.applicant_answers(case, by=staff(cast.frontdesk), text="Sudah.")
        self.refused(case.runs.get(step__no=3), cast.frontdesk, "tidak dapat diurungkan", kind=Refused)

    def test_once_a_letter_is_out(self, cast, case):
        request = to_letter(case, cast)
        before = request.runs.get(step__no=7)
        walk(request, (cast.section_head, "letter"))
        self.refused(request.runs.get(step__no=8), cast.section_head, "tidak dapat diurungkan", kind=Refused)
        self.refused(before, cast.section_head, "Surat sudah terbit", kind=Refused)
        handing_over.hand_over_letter(request.letters.get(), by=staff(cast.counter))
        self.refused(request.runs.get(step__no=9), cast.counter, "tidak dapat diurungkan", kind=Refused)

    def test_several_on_one_form(self, cast):
        steps = [
            step(1, "Mengajukan", "Pemohon", "start", next=2),
            step(2, "Menyusun", OFFICIAL, next=3),
            step(3, "Menomori", OFFICIAL, next=4),
            step(4, "Menandatangani", HEAD, issues_letter=True, next=5),
            step(5, "Menerima", "Pemohon", "end", end_kind="completed"),
        ]
        request = make_case(make_case_service(cast, steps))
        done = [recording.DoneStep(no, clock.today()) for no in (2, 3)]
        for moved in recording.complete_steps(run_of(request), by=staff(cast.official), steps=done):
            self.refused(moved.run, cast.official, "tidak dapat diurungkan", kind=Refused)

    def test_the_old_forms_are_too_late(self, cast, case):
        run = decide_step(run_of(case), by=staff(cast.official), yes=True, key="k1").run
        opened = run_of(case)
        taking_back.take_back_step(run, by=staff(cast.official))
        with pytest.raises(Outdated, match="diurungkan"):
            decide_step(run, by=staff(cast.official), yes=True, key="k1")
        with pytest.raises(Outdated, match="diurungkan"):
            complete_step(opened, by=staff(cast.official))


class TestCountsNowhere:
    def test_neither_run_does(self, cast, case):
        run = decided(case, cast)
        opened = run_of(case)
        taking_back.take_back_step(run, by=staff(cast.official))
        gone = {run.pk, opened.pk}
        assert case_statistics(case.sop_version_id) == {}
        assert not gone & {each.pk for each in runs_of(case)}
        assert not gone & {each.pk for each in runs_before(run_of(case))}
        assert not gone & set(times_of(case, runs_of(case), [], NOW).runs)
        assert [line["step"] for line in progress_of(case)][:2] == [1, 2]
        assert InboxEntry.objects.get(request=case).handed_by_id is None
        decide_step(run_of(case), by=staff(cast.official), yes=True)
        assert case_statistics(case.sop_version_id)[2]["runs"] == 1

    def test_nor_a_ground_of_refusal(self, cast):
        request = make_case(make_case_service(cast, ENDS))
        run = decide_step(
            run_of(request), by=staff(cast.official), yes=False, report=StepReport(note="Salah ketik")
        ).run
        taking_back.take_back_step(run, by=staff(cast.official))
        decide_step(
            run_of(request), by=staff(cast.official), yes=False, report=StepReport(note="Syarat usia belum terpenuhi")
        )
        complete_step(run_of(request), by=staff(cast.counter))
        assert tracking_of(request_by_token(tracking_token(request))).refusal == "Syarat usia belum terpenuhi"

    def test_a_return_that_was_taken_back_marks_nothing(self, cast, case):
        official = cast.official
        walk(case, (official, "yes"), (official, "done"), (official, "yes"), (official, "done"))
        run = decide_step(run_of(case), by=staff(cast.section_head), yes=False, report=StepReport(note="Belum.")).run
        assert InboxEntry.objects.get(request=case).returned
        taking_back.take_back_step(run, by=staff(cast.section_head))
        assert not InboxEntry.objects.get(request=case).returned

    def test_what_has_rung_does_not_ring_again(self, cast, case):
        run = run_of(case)
        level = AlarmStep.objects.create(kind="step", whom="officer")
        alarm = Alarm.objects.create(request=case, run=run, step=level, due_at=NOW, rang_at=NOW)
        new = taking_back.take_back_step(decided(case, cast), by=staff(cast.official))
        alarm.refresh_from_db()
        assert alarm.run == new

    def test_papers_passed_over_by_it_stay_on_record(self, cast, service):
        request = make_case(service, judged=False)
        run = decide_step(
            run_of(request), by=staff(cast.official), yes=True, report=StepReport(papers_reason="Asli ada")
        ).run
        new = taking_back.take_back_step(run, by=staff(cast.official))
        assert Deviation.objects.get().run == run
        with pytest.raises(Refused, match="Belum dinilai"):
            decide_step(new, by=staff(cast.official), yes=True)


class TestPages:
    def act(self, client, request, verb, run, **data):
        path = reverse("case_act", args=[request.number, verb])
        return client.post(path, {"key": f"k-{verb}-{run.pk}", "run": run.pk, **data})

    def test_the_banner_stands_on_case_and_inbox_for_a_minute(self, cast, case, client):
        client.force_login(cast.official)
        run = run_of(case)
        answer = self.act(client, case, "putuskan", run, answer="yes")
        pages = (answer["Location"], reverse("case_list"))
        for page in pages:
            html = client.get(page).content.decode()
            assert "Urungkan" in html and reverse("case_act", args=[case.number, "urungkan"]) in html
        with later(61):
            for page in pages:
                assert reverse("case_act", args=[case.number, "urungkan"]) not in client.get(page).content.decode()
        back = client.post(
            reverse("case_act", args=[case.number, "urungkan"]), {"key": "u", "run": run.pk}, follow=True
        ).content.decode()
        assert "Penyelesaian langkah diurungkan." in back and no_of(case) == 2
        assert reverse("case_act", args=[case.number, "urungkan"]) not in back

    def test_others_have_none_and_are_refused(self, cast, case, client):
        run = decided(case, cast)
        client.force_login(cast.section_head)
        path = reverse("case_act", args=[case.number, "urungkan"])
        assert path not in client.get(reverse("case_detail", args=[case.number])).content.decode()
        assert client.post(path, {"key": "u", "run": run.pk}).status_code == 403
        for junk in ("", "x", "99999999999999999999"):
            assert client.post(path, {"key": "u", "run": junk}).status_code in (403, 422)

    def test_too_late_is_told(self, cast, case, client):
        run = decided(case, cast)
        client.force_login(cast.official)
        with later(61):
            answer = self.act(client, case, "urungkan", run)
        assert answer.status_code == 409 and "Waktu 1 menit untuk mengurungkan" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_take_back_once():
    cast = named_cast()
    request = make_case(make_case_service(cast))
    run = decide_step(run_of(request), by=staff(cast.official), yes=True).run

    def take_back():
        with clock.at(NOW):
            return taking_back.take_back_step(run, by=staff(cast.official))

    first, second = concurrently(take_back, take_back)
    assert first == second == run_of(request) and request.runs.filter(step__no=2).count() == 2


@pytest.mark.django_db(transaction=True)
def test_whoever_begins_at_that_moment_or_takes_back_wins():
    cast = named_cast()
    official = cast.official
    request = make_case(make_case_service(cast))
    walk(request, (official, "yes"), (official, "done"), (official, "yes"))
    run = complete_step(run_of(request), by=staff(official)).run
    now = run_of(request)

    def at_the_moment(verb, step, user):
        with clock.at(NOW):
            return verb(step, by=staff(user))

    undone, begun = concurrently(
        lambda: at_the_moment(taking_back.take_back_step, run, official),
        lambda: at_the_moment(start_step, now, cast.section_head),
    )
    assert isinstance(undone, Outdated) != isinstance(begun, Outdated)
    assert no_of(request) == (7 if isinstance(undone, Outdated) else 6)
