"""Recording of paper sheets, of agencies' steps and of several steps at once: by whom, and how it is shown."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from services.conversation.actions.asking import ask_applicant, withdraw_request
from services.engine.actions.recording import DoneStep, attach_paper, complete_steps, detach_paper, record_on_paper
from services.engine.actions.report import StepReport
from services.engine.actions.steps import decide_step
from services.engine.queries.cases import runs_of
from services.engine.queries.recording import consecutive_steps, recordable_steps
from services.models import TimelineEntry
from tests.factories.cases import (
    DESK,
    HEAD,
    OFFICIAL,
    at,
    content,
    make_case,
    make_case_service,
    no_of,
    run_of,
    step,
    walk,
)
from tests.factories.flows import flow_of_content
from tests.factories.services import picture
from ula_portal.core import clock
from ula_portal.core.journal.actions import verify
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import JournalEntry, StoredFile
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 24)


def paper_steps():
    """Steps: registered at the front desk, assigned by the head of office, done by an official; none online."""
    return [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Meneruskan berkas kepada Kepala Dinas", "Petugas Front Office", next=3),
        step(3, "Memberi disposisi", "Kepala Dinas", next=4),
        step(4, "Menyusun jawaban", OFFICIAL, next=5),
        step(5, "Apakah jawaban disetujui?", HEAD, "decision", if_yes=6, if_no=4),
        step(6, "Mencatat dalam buku agenda", OFFICIAL, next=7),
        step(7, "Mengarsipkan berkas", OFFICIAL, next=8),
        step(8, "Menandatangani jawaban", HEAD, issues_letter=True, next=9),
        step(9, "Menyerahkan jawaban", DESK, "end", 15, end_kind="completed"),
    ]


@pytest.fixture
def disposed(cast):
    """A request that has been waiting for the head's disposition since Monday at nine."""
    with clock.at(at(23)):
        return walk(make_case(make_case_service(cast, paper_steps())), (cast.frontdesk, "done"))


@pytest.fixture
def wednesday():
    with clock.at(at(25, "10:00")):
        yield


def address(request):
    return reverse("case_record", args=[request.number])


def sent(request, **data):
    run = run_of(request)
    return {"key": f"kunci-{run.pk}", "run": run.pk, **data}


def test_the_heads_sheet_is_recorded_in_the_recorders_own_name(cast, disposed, wednesday):
    record_on_paper(
        run_of(disposed),
        by=staff(cast.frontdesk),
        outcome="done",
        report=StepReport(note="Setuju", happened_on=DAY),
        photo=picture(),
    )
    run = disposed.runs.get(step__no=3)
    assert (run.finished_by, run.done_by, run.happened_on) == (cast.frontdesk, cast.head, DAY)
    assert run.recorded_from_paper and run.paper and not run.deviation
    entry = JournalEntry.objects.get(verb="record_on_paper")
    assert (entry.actor_id, entry.data["day"]) == (str(cast.frontdesk.pk), "2026-11-24")
    assert entry.data["sha256"] == run.paper.sha256 and "Setuju" not in str(entry.data)
    told = TimelineEntry.objects.get(request=disposed, run=run, verb="step_done")
    assert (told.actor_id, told.data["paper"]) == (str(cast.frontdesk.pk), "2026-11-24")
    assert run_of(disposed).assignee == cast.official
    assert verify() == []


def test_nobody_records_a_sheet_that_never_went_through_their_hands(cast, disposed, wednesday):
    # The secretary is directly below the head of office, but the SOP does not name them.
    for user in (cast.outsider, cast.official, cast.secretary):
        with pytest.raises(NotAllowed):
            record_on_paper(
                run_of(disposed), by=staff(user), outcome="done", report=StepReport(happened_on=DAY), photo=picture()
            )
        with pytest.raises(NotAllowed):
            attach_paper(run_of(disposed), by=staff(user), upload=picture())
        with pytest.raises(NotAllowed):
            detach_paper(run_of(disposed), by=staff(user))
    assert StoredFile.objects.filter(name__startswith="foto").count() == 0
    assert no_of(disposed) == 3


def test_what_stands_in_anothers_place_needs_its_photo(cast, disposed, wednesday, client):
    with pytest.raises(Refused, match="foto lembarnya") as refused:
        record_on_paper(run_of(disposed), by=staff(cast.frontdesk), outcome="done", report=StepReport(happened_on=DAY))
    assert refused.value.field == "photo"
    with pytest.raises(Refused, match="foto lembarnya"):
        complete_steps(run_of(disposed), by=staff(cast.frontdesk), steps=[DoneStep(3, DAY)])
    client.force_login(cast.frontdesk)
    answer = client.post(address(disposed), sent(disposed, day_3="2026-11-24", note_3="Segera selesaikan"))
    text = answer.content.decode()
    assert answer.status_code == 422 and "Sertakan foto lembarnya" in text and "Segera selesaikan" in text
    assert no_of(disposed) == 3


def test_a_letter_and_an_answer_are_not_recorded_as_done(cast, disposed, wednesday):
    with pytest.raises(Refused, match="bukan keputusan"):
        record_on_paper(
            run_of(disposed),
            by=staff(cast.frontdesk),
            outcome="yes",
            report=StepReport(happened_on=DAY),
            photo=picture(),
        )
    letter = make_case_service(
        cast,
        [
            step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
            step(2, "Menandatangani surat", HEAD, issues_letter=True, next=3),
            step(3, "Menerima surat", "Pemohon", "end"),
        ],
        code="SURAT",
    )
    request = make_case(letter)
    with pytest.raises(Refused, match="menerbitkan surat"):
        record_on_paper(
            run_of(request),
            by=staff(cast.section_head),
            outcome="done",
            report=StepReport(happened_on=clock.today()),
            photo=picture(),
        )
    assert recordable_steps(cast.section_head, request, runs_of(request)) == []


@pytest.mark.parametrize(
    ("day", "why"),
    [(datetime.date(2026, 11, 26), "belum tiba"), (datetime.date(2026, 11, 20), "mendahului"), (None, "tanggal")],
)
def test_the_day_on_the_sheet_must_be_possible(cast, disposed, wednesday, day, why):
    with pytest.raises(Refused, match=why) as refused:
        record_on_paper(
            run_of(disposed),
            by=staff(cast.frontdesk),
            outcome="done",
            report=StepReport(happened_on=day),
            photo=picture(),
        )
    assert refused.value.field == "happened_on"


def test_what_was_done_in_time_is_not_late_because_it_is_recorded_late(cast, disposed):
    with clock.at(at(27)):
        with pytest.raises(Refused) as refused:
            record_on_paper(
                run_of(disposed),
                by=staff(cast.frontdesk),
                outcome="done",
                report=StepReport(happened_on=clock.today()),
                photo=picture(),
            )
        assert refused.value.field == "deviation_reason"
        record_on_paper(
            run_of(disposed),
            by=staff(cast.frontdesk),
            outcome="done",
            report=StepReport(happened_on=DAY),
            photo=picture(),
        )
    assert not disposed.deviations.exists()


def test_steps_done_at_a_stretch_are_one_form(cast, disposed, wednesday, client):
    record_on_paper(
        run_of(disposed), by=staff(cast.frontdesk), outcome="done", report=StepReport(happened_on=DAY), photo=picture()
    )
    walk(disposed, (cast.official, "done"), (cast.section_head, "yes"))
    row = recordable_steps(cast.official, disposed, runs_of(disposed))
    assert [(each.step.no, each.own) for each in row] == [(6, True), (7, True)]
    client.force_login(cast.official)
    data = sent(disposed, day_6="2026-11-25", day_7="2026-11-25", note_7="Rak 3")
    answer = client.post(address(disposed), data, follow=True)
    assert "Langkah 6 sampai 7 dicatat" in answer.content.decode()
    six, seven = disposed.runs.get(step__no=6), disposed.runs.get(step__no=7)
    assert (no_of(disposed), six.finished_by, seven.note) == (8, cast.official, "Rak 3")
    assert not six.recorded_from_paper
    # The working time of a step offered and done at the same moment is unknown.
    assert (six.worked_seconds, seven.worked_seconds) == (None, None)
    # Submitting the same form again changes nothing.
    assert client.post(address(disposed), data).status_code == 302
    assert no_of(disposed) == 8


def test_ones_own_step_with_its_sheet_is_recorded_from_paper_too(cast, disposed, wednesday):
    record_on_paper(
        run_of(disposed), by=staff(cast.frontdesk), outcome="done", report=StepReport(happened_on=DAY), photo=picture()
    )
    walk(disposed, (cast.official, "done"), (cast.section_head, "yes"))
    complete_steps(
        run_of(disposed), by=staff(cast.official), steps=[DoneStep(6, DAY), DoneStep(7, DAY)], photo=picture()
    )
    six, seven = disposed.runs.get(step__no=6), disposed.runs.get(step__no=7)
    assert six.recorded_from_paper and seven.recorded_from_paper and six.paper_id


def test_a_row_has_no_gap_keeps_order_and_is_all_or_nothing(cast, disposed, wednesday, client):
    record_on_paper(
        run_of(disposed), by=staff(cast.frontdesk), outcome="done", report=StepReport(happened_on=DAY), photo=picture()
    )
    walk(disposed, (cast.official, "done"), (cast.section_head, "yes"))
    client.force_login(cast.official)
    for days, why in (
        ({"day_7": "2026-11-25"}, "Isi tanggal ini."),
        ({"day_6": "2026-11-25", "note_7": "Rak 3"}, "kosongkan isian sesudahnya"),
        ({"day_6": "2026-11-25", "day_7": "2026-11-24"}, "harus berurutan"),
        ({"day_6": "2026-11-26"}, "belum tiba"),
        ({"day_6": "bukan tanggal"}, "Tanggal tidak benar."),
    ):
        answer = client.post(address(disposed), sent(disposed, note_6="Nomor agenda 12", **days))
        text = answer.content.decode()
        assert answer.status_code == 422 and why in text and "Nomor agenda 12" in text
    run = run_of(disposed)
    with pytest.raises(Refused, match="berurutan"):
        complete_steps(run, by=staff(cast.official), steps=[DoneStep(6, clock.today()), DoneStep(7, DAY)])
    with pytest.raises(Outdated, match="berurutan"):
        complete_steps(run, by=staff(cast.official), steps=[DoneStep(7, DAY)])
    with pytest.raises(NotAllowed):
        complete_steps(run, by=staff(cast.outsider), steps=[DoneStep(6, DAY)])
    assert (no_of(disposed), disposed.runs.count()) == (6, 6)


def test_the_row_ends_where_the_persons_right_does(cast, disposed):
    request = make_case(disposed.service)
    row = recordable_steps(cast.frontdesk, request, runs_of(request))
    # The head's sheets return to the front desk, which forwarded the case; the official's work does not.
    assert [(each.step.no, each.own, each.from_paper) for each in row] == [(2, True, False), (3, False, True)]
    assert recordable_steps(cast.outsider, request, runs_of(request)) == []
    assert [each.step.no for each in recordable_steps(cast.admin, request, runs_of(request))] == [2, 3, 4]


def test_a_row_is_at_most_a_dozen_steps_and_takes_none_twice():
    begun = step(1, "Mengajukan permohonan", "Pemohon", "start", next=2)
    plain = [step(no, f"Langkah {no}", OFFICIAL, next=no + 1) for no in range(2, 20)]
    long = flow_of_content(content([begun, *plain, step(20, "Mencatat", OFFICIAL, "end", end_kind="completed")]))
    assert [each.no for each in consecutive_steps(long, long.step(2))] == list(range(2, 14))
    loop = flow_of_content(content([begun, *plain[:2], step(4, "Mengulang", OFFICIAL, next=2)]))
    assert [each.no for each in consecutive_steps(loop, loop.step(3))] == [3, 4, 2]


class TestPage:
    def test_a_decision_on_paper(self, cast, disposed, wednesday, client):
        record_on_paper(
            run_of(disposed),
            by=staff(cast.frontdesk),
            outcome="done",
            report=StepReport(happened_on=DAY),
            photo=picture(),
        )
        walk(disposed, (cast.official, "done"))
        client.force_login(cast.official)
        page = client.get(address(disposed)).content.decode()
        assert "dicatat oleh Sri Contoh" in page and "Tanggal pada lembar" in page
        answer = client.post(address(disposed), sent(disposed, answer="no", day_5="2026-11-25", photo=picture()))
        assert answer.status_code == 422 and "Tulis alasan jawaban ini." in answer.content.decode()
        answer = client.post(address(disposed), sent(disposed, day_5="2026-11-25", note_5="Alinea kedua diganti."))
        assert answer.status_code == 422 and "Alinea kedua diganti." in answer.content.decode()
        data = sent(disposed, answer="no", day_5="2026-11-25", note_5="Alinea kedua diganti.")
        assert client.post(address(disposed), data).status_code == 302
        run = disposed.runs.get(step__no=5)
        assert (run.outcome, run.finished_by, run.done_by) == ("no", cast.official, cast.section_head)
        assert no_of(disposed) == 4
        shown = client.get(reverse("case_detail", args=[disposed.number])).content.decode()
        assert "dicatat oleh Sri Contoh dari lembar disposisi bertanggal 25 November 2026" in shown

    def test_the_photo_outlives_what_else_is_wrong(self, cast, disposed, wednesday, client):
        client.force_login(cast.frontdesk)
        data = sent(disposed, day_3="2026-12-24", note_3="Selesaikan", photo=picture("lembar.png", "blue"))
        answer = client.post(address(disposed), data)
        text = answer.content.decode()
        assert answer.status_code == 422 and "lembar.png" in text and "Selesaikan" in text
        run = run_of(disposed)
        photo = client.get(reverse("case_paper", args=[disposed.number, run.pk]))
        assert photo["Content-Type"] == "image/jpeg" and photo["X-Content-Type-Options"] == "nosniff"
        assert JournalEntry.objects.filter(verb="read_paper", subject_id=str(disposed.pk)).count() == 1
        bad = SimpleUploadedFile("lembar.pdf", b"bukan pdf")
        answer = client.post(address(disposed), sent(disposed, day_3="2026-11-24", photo=bad))
        assert answer.status_code == 422 and no_of(disposed) == 3
        assert run_of(disposed).paper == run.paper
        assert client.post(address(disposed), sent(disposed, day_3="2026-11-24")).status_code == 302
        assert disposed.runs.get(step__no=3).paper == run.paper

    def test_a_wrong_photo_is_taken_back(self, cast, disposed, wednesday, client):
        client.force_login(cast.frontdesk)
        kept = attach_paper(run_of(disposed), by=staff(cast.frontdesk), upload=picture()).paper
        answer = client.post(address(disposed), sent(disposed, note_3="Selesaikan", lepas_foto="1"))
        assert answer.status_code == 200 and "Selesaikan" in answer.content.decode()
        assert run_of(disposed).paper is None and not StoredFile.objects.filter(pk=kept.pk).exists()

    def test_others_get_no_page_and_no_photo(self, cast, disposed, client):
        run = attach_paper(run_of(disposed), by=staff(cast.frontdesk), upload=picture())
        paper = reverse("case_paper", args=[disposed.number, run.pk])
        for user, page, photo in ((cast.outsider, 404, 404), (cast.official, 403, 200), (cast.admin, 200, 200)):
            client.force_login(user)
            assert client.get(address(disposed)).status_code == page
            assert client.get(paper).status_code == photo
        # A step without a sheet has no photo, even if other steps have one.
        bare = disposed.runs.exclude(pk=run.pk).first()
        assert client.get(reverse("case_paper", args=[disposed.number, bare.pk])).status_code == 404
        assert "Catat dari lembar kertas" in client.get(reverse("case_detail", args=[disposed.number])).content.decode()

    def test_whoever_is_too_late_keeps_what_they_typed(self, cast, disposed, wednesday, client):
        data = sent(disposed, day_3="2026-11-24", note_3="Segera selesaikan")
        record_on_paper(
            run_of(disposed), by=staff(cast.admin), outcome="done", report=StepReport(happened_on=DAY), photo=picture()
        )
        client.force_login(cast.frontdesk)
        answer = client.post(address(disposed), data)
        text = answer.content.decode()
        assert answer.status_code == 409 and "Segera selesaikan" in text
        assert "sudah diselesaikan oleh Rizki Contoh" in text
        assert no_of(disposed) == 4

    def test_an_agencys_step_has_its_two_days_and_the_letter_it_sent(self, cast, client):
        with clock.at(at(23)):
            request = walk(make_case(make_case_service(cast)), (cast.official, "yes"))
        with clock.at(at(27)):
            client.force_login(cast.official)
            shown = client.get(address(request)).content.decode()
            assert "Catat jawaban instansi lain" in shown and "Tanggal dikirim ke instansi" in shown
            wrong = sent(request, sent_on="2026-11-26", day_4="2026-11-25", note_4="Kuota 3")
            answer = client.post(address(request), wrong)
            assert answer.status_code == 422 and "Mendahului tanggal dikirim." in answer.content.decode()
            data = sent(request, sent_on="2026-11-24", day_4="2026-11-26", note_4="Kuota 3", photo=picture())
            assert client.post(address(request), data).status_code == 302
            run = request.runs.get(step__no=4)
            assert (run.sent_on, run.happened_on) == (DAY, datetime.date(2026, 11, 26))
            assert run.paper and not run.recorded_from_paper and run.finished_by == cast.official
            shown = client.get(reverse("case_detail", args=[request.number])).content.decode()
        assert "dikirim 24 November 2026, selesai 26 November 2026, dicatat oleh Sri Contoh" in shown


def test_while_the_applicant_is_asked_nothing_is_recorded(cast, disposed, client):
    ask_applicant(disposed, by=staff(cast.head), wanted="Mohon lampirkan surat pengantar.")
    client.force_login(cast.frontdesk)
    answer = client.post(address(disposed), sent(disposed, day_3=clock.today()), follow=True)
    assert "sedang menunggu kelengkapan dari pemohon" in answer.content.decode()
    assert no_of(disposed) == 3


def test_a_closed_case_takes_no_paper(cast, disposed, client):
    run = run_of(disposed)
    withdraw_request(disposed, by=applicant(disposed.pk))
    with pytest.raises(Outdated):
        attach_paper(run, by=staff(cast.frontdesk), upload=picture())
    client.force_login(cast.frontdesk)
    assert client.get(address(disposed)).status_code == 302
    with pytest.raises(Outdated):
        decide_step(run, by=staff(cast.head), yes=True)
