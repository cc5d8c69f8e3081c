"""A head's secretariat: whose paper it records, what it may read for that, and nothing else."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from services.conversation.actions.messaging import add_internal_note
from services.conversation.queries.colleagues import readers_of
from services.engine.actions.deviating import reassign, skip_step
from services.engine.actions.recording import attach_paper, record_on_paper
from services.engine.actions.report import StepReport
from services.engine.actions.steps import complete_step, decide_step
from services.engine.queries.cases import case_by_number, runs_of
from services.engine.queries.recording import recordable_steps
from services.inbox.queries import arrivals, inbox
from services.inbox.queries.search import search_cases
from tests.factories.cases import DESK, OFFICIAL, at, count_queries, make_case, make_case_service, run_of, step, walk
from tests.factories.concurrently import concurrently
from tests.factories.core import anew, make_acting, make_position, make_unit, make_user, named_cast
from tests.factories.services import picture
from ula_portal.core import clock
from ula_portal.core.journal.actions import verify
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry, Role, Secretariat
from ula_portal.core.office.actions import office, people
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.verbs.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 24)
KADIS = "Kepala Dinas"


def steps(letter=True):
    """Two steps of the head on paper, a draft in between, the head's letter. No step is at the secretariat."""
    return [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Memberi disposisi", KADIS, next=3),
        step(3, "Menyusun jawaban", OFFICIAL, next=4),
        step(4, "Apakah jawaban disetujui?", KADIS, "decision", if_yes=5, if_no=3),
        step(5, "Menandatangani jawaban", KADIS, issues_letter=letter, next=6),
        step(6, "Menerima jawaban", "Pemohon", "end", end_kind="completed"),
    ]


def staff_in(unit_code, position_code, name):
    unit = make_unit(unit_code, f"Subbagian {unit_code}")
    return make_user(Role.OFFICIAL, make_position(position_code, name, unit), unit)


@pytest.fixture
def keeper(cast):
    """The keeper of the head of office's paper, from a unit that takes part in no case."""
    user = staff_in("PERSURATAN", "PENGELOLA-SURAT", "Pengelola Surat")
    office.entrust_paper(user.tenures.get().position, by=SYSTEM, position=cast.positions["KADIS"])
    return user


@pytest.fixture
def disposed(cast):
    with clock.at(at(23)):
        return make_case(make_case_service(cast, steps()))


@pytest.fixture(autouse=True)
def wednesday():
    with clock.at(at(25, "10:00")):
        yield


def scope(user):
    return inbox.scope_of(anew(user))


def waiting(user):
    return [row.request for row in inbox.cases_for(scope(user), "paper").rows]


def record(request, user, outcome="done", *, note=""):
    report = StepReport(note, happened_on=DAY)
    return record_on_paper(run_of(request), by=staff(anew(user)), outcome=outcome, report=report, photo=picture())


def test_the_secretariat_finds_the_sheet_prints_it_and_records_it_in_its_own_name(cast, keeper, disposed, client):
    client.force_login(keeper)
    assert "ada di bagian lain daftar ini" in client.get("/petugas/kasus/").content.decode()
    listed = client.get("/petugas/kasus/?tab=paper").content.decode()
    assert "Menunggu catatan kertas" in listed and disposed.number in listed
    detail = reverse("case_detail", args=[disposed.number])
    page = client.get(detail).content.decode()
    assert "Anda sekretariat Kepala Dinas" in page and "Selesaikan langkah" not in page
    assert page.count(reverse("case_record", args=[disposed.number])) == 1
    for name in ("case_disposition", "case_disposition_pdf"):
        assert client.get(reverse(name, args=[disposed.number])).status_code == 200
    run = run_of(disposed)
    data = {"key": "kunci", "run": run.pk, "day_2": "2026-11-24", "note_2": "Teliti", "photo": picture()}
    with clock.at(at(23, "11:00")):
        other = make_case(disposed.service)
    answer = client.post(reverse("case_record", args=[disposed.number]), data, follow=True)
    # The next sheet is offered, so that a pile of sheets can be recorded.
    assert answer.redirect_chain and f'/petugas/kasus/{other.number}/" data-key="n"' in answer.content.decode()
    run.refresh_from_db()
    assert (run.finished_by, run.done_by, run.happened_on) == (keeper, cast.head, DAY)
    assert run.recorded_from_paper and run.paper and run_of(disposed).assignee == cast.official
    # The step has left the head, but the record can still be read.
    assert waiting(keeper) == [other]
    shown = client.get(f"{detail}?tab=riwayat").content.decode()
    assert f"dicatat oleh {keeper.full_name} dari lembar disposisi bertanggal 24 November 2026" in shown
    assert client.get(reverse("case_paper", args=[disposed.number, run.pk])).status_code == 200
    assert verify() == []


@pytest.mark.parametrize("letter", [True, False])
def test_the_rail_counts_sheets_without_asking_more(cast, keeper, letter):
    with clock.at(at(23)):
        request = make_case(make_case_service(cast, steps(letter), code="REL"))
    assert inbox.mine_now(anew(keeper)).count() == 1 and inbox.mine_now(anew(cast.outsider)).count() == 0
    for_keeper, for_another = (anew(user) for user in (keeper, cast.outsider))
    asked = [count_queries(lambda user=user: inbox.mine_now(user).count()) for user in (for_keeper, for_another)]
    assert asked[0] == asked[1]
    record(request, keeper)
    assert inbox.mine_now(anew(keeper)).count() == 0
    walk(request, (cast.official, "done"))
    assert inbox.mine_now(anew(keeper)).count() == 1
    record(request, keeper, "yes")
    # The head signs the letter in the portal, whether or not the SOP marks its step.
    assert waiting(keeper) == [] and inbox.mine_now(anew(keeper)).count() == 0


def test_what_stands_on_the_sheet_has_its_own_field(cast, keeper, disposed, client):
    client.force_login(keeper)
    assert (
        "Isi disposisi atau catatan pada lembar"
        in client.get(reverse("case_record", args=[disposed.number])).content.decode()
    )


def test_a_decision_on_paper_has_its_answer_and_reason(cast, keeper, disposed):
    record(disposed, keeper)
    walk(disposed, (cast.official, "done"))
    with pytest.raises(Refused):
        record(disposed, keeper, "no")
    record(disposed, keeper, "no", note="Alinea kedua diganti.")
    run = disposed.runs.get(step__no=4)
    assert (run.outcome, run.finished_by, run.done_by) == ("no", keeper, cast.head)


def test_it_opens_nothing_but_the_recording(cast, keeper, disposed):
    run, user = run_of(disposed), anew(keeper)
    other = make_user(Role.OFFICIAL, cast.positions["KADIS"], cast.office_unit)
    for verb in (
        lambda: complete_step(run, by=staff(user)),
        lambda: skip_step(run, by=staff(user), reason="Kepala sedang di luar kantor."),
        lambda: reassign(run, by=staff(user), to_user=other, reason="Kepala sedang di luar kantor."),
    ):
        with pytest.raises(NotAllowed):
            verb()
    record(disposed, keeper)
    # The official's step in between is not recorded from paper.
    with pytest.raises(NotAllowed):
        record(disposed, keeper)
    with pytest.raises(NotAllowed):
        attach_paper(run_of(disposed), by=staff(user), upload=picture())
    walk(disposed, (cast.official, "done"))
    with pytest.raises(NotAllowed):
        decide_step(run_of(disposed), by=staff(user), yes=True)
    record(disposed, keeper, "yes")
    # The letter is made in the portal by the head alone, so nobody has to record paper.
    assert waiting(keeper) == [] and recordable_steps(user, disposed, runs_of(disposed)) == []
    with pytest.raises(Refused, match="menerbitkan surat"):
        record(disposed, keeper)


def test_the_row_of_steps_ends_where_the_heads_paper_does(keeper, disposed):
    steps = recordable_steps(anew(keeper), disposed, runs_of(disposed))
    assert [(each.step.no, each.own) for each in steps] == [(2, False)]


def test_a_letter_that_the_sop_does_not_mark_waits_for_no_paper_either(cast, keeper):
    request = make_case(make_case_service(cast, steps(letter=False)))
    assert waiting(keeper) == [request]
    record_on_paper(
        run_of(request),
        by=staff(anew(keeper)),
        outcome="done",
        report=StepReport(happened_on=clock.today()),
        photo=picture(),
    )
    walk(request, (cast.official, "done"), (cast.head, "yes"))
    assert waiting(keeper) == []


def test_others_keep_other_peoples_paper(cast, keeper, disposed, client):
    """Another secretariat, a member of the same unit, and somebody without any task."""
    theirs = staff_in("TATA-USAHA", "TU-DIKDAS", "Pengadministrasi Umum")
    office.entrust_paper(theirs.tenures.get().position, by=SYSTEM, position=cast.positions["KABID-DIKDAS"])
    colleague = make_user(Role.OFFICIAL, make_position("ARSIP", "Arsiparis", keeper.tenures.get().position.unit))
    for user in (theirs, colleague):
        with pytest.raises(NotAllowed):
            record(disposed, user)
        assert waiting(user) == [] and case_by_number(anew(user), disposed.number) is None
        client.force_login(user)
        for name in ("case_detail", "case_record", "case_disposition"):
            assert client.get(reverse(name, args=[disposed.number])).status_code == 404
        assert search_cases(scope(user), disposed.number).rows == []
    # A case at the section head does not concern the keeper.
    other = make_case(make_case_service(cast, section_steps(), code="LAIN"))
    assert waiting(theirs) == [other] and waiting(keeper) == [disposed]
    assert case_by_number(anew(keeper), other.number) is None
    with pytest.raises(NotAllowed):
        record(other, keeper)


def section_steps():
    return [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Memberi disposisi", "Kepala Bidang Pembinaan Pendidikan Dasar", next=3),
        step(3, "Menyusun jawaban", OFFICIAL, issues_letter=True, next=4),
        step(4, "Menyerahkan jawaban", DESK, "end", end_kind="completed"),
    ]


def test_it_lasts_as_long_as_the_tenure_and_goes_to_the_deputy(cast, keeper, disposed):
    position = keeper.tenures.get().position
    stand_in = make_user(Role.OFFICIAL, make_position("LAIN", "Pengelola Lain"))
    successor = make_user(Role.OFFICIAL)
    people.end_tenure(keeper.tenures.get(), by=SYSTEM, last_day=DAY)
    make_acting(successor, position, from_date=datetime.date(2026, 11, 26))
    for user in (keeper, successor):
        with pytest.raises(NotAllowed):
            record(disposed, user)
        assert case_by_number(anew(user), disposed.number) is None
    with clock.at(at(26)):
        assert waiting(successor) == [disposed]
        record_absence(
            successor, by=SYSTEM, kind="leave", from_date=clock.today(), to_date=clock.today(), deputy=stand_in
        )
        assert waiting(stand_in) == [disposed]
        record(disposed, stand_in)
    assert disposed.runs.get(step__no=2).finished_by == stand_in


def test_while_the_applicant_has_to_act_there_is_no_paper(cast, keeper):
    applicants = [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Memberi disposisi", KADIS, next=3),
        step(3, "Melengkapi berkas", "Pemohon", next=4),
        step(4, "Menandatangani jawaban", KADIS, issues_letter=True, next=5),
        step(5, "Menerima jawaban", "Pemohon", "end"),
    ]
    request = make_case(make_case_service(cast, applicants))
    record_on_paper(
        run_of(request),
        by=staff(anew(keeper)),
        outcome="done",
        report=StepReport(happened_on=clock.today()),
        photo=picture(),
    )
    assert run_of(request).led_by == "applicant" and waiting(keeper) == []
    with pytest.raises(NotAllowed):
        record(request, keeper)


def test_the_search_and_the_live_list_know_the_secretariat(cast, keeper, disposed):
    found = search_cases(scope(keeper), disposed.number[-6:]).rows
    assert [(row.request, row.tabs) for row in found] == [(disposed, ("paper",))]
    passed_on = walk(make_case(disposed.service), (cast.head, "done"))
    found = search_cases(scope(keeper), passed_on.number).rows
    assert [(row.request, row.tabs) for row in found] == [(passed_on, ())]
    assert search_cases(scope(cast.outsider), passed_on.number).rows == []
    assert inbox.inbox_counts(scope(keeper))["paper"] == 1 and "paper" not in inbox.inbox_counts(scope(cast.official))
    assert f"p{cast.positions['KADIS'].pk}" in arrivals.topics_for(scope(keeper))
    make_case(disposed.service)
    # Since the beginning of the database, because a snapshot of this test's own transaction depends on other commits.
    assert inbox.arrivals(scope(keeper), "paper", "1:1:") == 2


def test_a_tab_that_somebody_does_not_have_is_empty(cast, disposed, client):
    client.force_login(cast.official)
    assert "Menunggu catatan kertas" not in client.get("/petugas/kasus/").content.decode()
    assert "Tidak ada lembar" in client.get("/petugas/kasus/?tab=paper").content.decode()
    assert client.get("/petugas/kasus/baru/?tab=paper&sejak=1:1:").json()["n"] == 0


def test_colleagues_can_call_the_secretariat_by_name(cast, keeper, disposed):
    other = make_case(make_case_service(cast, section_steps(), code="LAIN"))
    assert keeper in readers_of(disposed) and keeper not in readers_of(other)
    assert (
        add_internal_note(
            disposed, by=staff(cast.official), text="Lembar menyusul.", mentions=[keeper.pk]
        ).mentions.count()
        == 1
    )


def test_the_list_asks_as_often_for_many_as_for_one(cast, keeper, disposed, client):
    client.force_login(keeper)
    # The caches of all pages are filled first.
    client.get("/petugas/kasus/?tab=paper")
    once = count_queries(lambda: client.get("/petugas/kasus/?tab=paper"))
    for _time in range(3):
        make_case(disposed.service)
    assert count_queries(lambda: client.get("/petugas/kasus/?tab=paper")) == once


def test_nobody_is_their_own_secretariat(cast):
    position = cast.positions["KADIS"]
    with pytest.raises(Refused):
        office.entrust_paper(position, by=SYSTEM, position=position)
    with pytest.raises(IntegrityError, match="secretariat_of_another"), transaction.atomic():
        Secretariat.objects.create(keeper=position, position=position)


@pytest.mark.django_db(transaction=True)
def test_two_record_one_sheet_at_once_and_the_slower_keeps_what_was_typed(client):
    with clock.at(at(23)):
        cast = named_cast()
        request = make_case(make_case_service(cast, steps()))
        first, second = (staff_in(f"TU-{n}", f"TU-{n}", f"Pengelola Surat {n}") for n in (1, 2))
        for user in (first, second):
            office.entrust_paper(user.tenures.get().position, by=SYSTEM, position=cast.positions["KADIS"])
    run = run_of(request)

    def recording(user):
        with clock.at(at(25)):
            return record_on_paper(
                run, by=staff(anew(user)), outcome="done", report=StepReport(happened_on=DAY), photo=picture(), key="a"
            )

    results = concurrently(lambda: recording(first), lambda: recording(second))
    assert sorted(type(each).__name__ for each in results) == ["Outdated", "StepResult"]
    assert request.runs.count() == 3 and JournalEntry.objects.filter(verb="record_on_paper").count() == 1
    run.refresh_from_db()
    slower = second if run.finished_by == first else first
    client.force_login(slower)
    data = {"key": "b", "run": run.pk, "day_2": "2026-11-24", "note_2": "Segera selesaikan"}
    answer = client.post(reverse("case_record", args=[request.number]), data)
    assert answer.status_code == 409 and "Segera selesaikan" in answer.content.decode()
    # Sending the same sheet again changes nothing.
    recording(run.finished_by)
    assert request.runs.count() == 3 and verify() == []
