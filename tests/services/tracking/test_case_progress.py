"""The progress of a request in words, figures per step, and the notices about it."""

import datetime

import pytest

from services.applying.queries import request_by_token
from services.applying.receipt import tracking_token
from services.conversation.actions.asking import applicant_answers, ask_applicant, withdraw_request
from services.engine.actions.deviating import skip_step
from services.engine.actions.report import StepReport
from services.engine.actions.steps import complete_step
from services.engine.queries.progress import progress_of
from services.letters.actions.issuing import issue_letter
from services.letters.default_templates import DEFAULTS, REFUSAL
from services.tracking.queries.tracking import tracking_of
from tests.factories.cases import at, count_queries, make_case, run_of, to_letter, walk
from tests.factories.core import make_user
from ula_portal.core import clock, ports
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import Notice, Role
from ula_portal.core.notices import kinds

pytestmark = pytest.mark.django_db


def states(request):
    return [(line["step"], line["state"]) for line in progress_of(type(request).objects.get(pk=request.pk))]


def test_the_way_shows_what_was_walked_and_the_shortest_way_on(cast, service):
    with clock.at(at(23)):
        request = make_case(service)
    assert states(request) == [(1, "done"), (2, "now"), *((no, "next") for no in (4, 5, 6, 7, 8, 9))]
    lines = progress_of(request)
    assert lines[0]["meta"] == "23 November 2026 pukul 09.00 WIB"
    assert lines[1]["meta"] == (
        "Saat ini di: Pengelola Layanan Pendidikan Dasar, sejak 23 November 2026 pukul 09.00 WIB"
    )
    assert "Contoh" not in "".join(line["meta"] for line in lines)
    # Steps are numbered without a gap where step 3 is not taken; steps that depend on a decision say so.
    assert [line["number"] for line in lines] == list(range(1, 9))
    assert lines[2]["meta"] == "Kepala Sekolah · bila “lengkap”"
    assert lines[7]["meta"] == "Anda"


def test_loops_are_cut_out_and_waiting_says_what_is_wanted(cast, service):
    request = make_case(service)
    run = run_of(request)
    ask_applicant(request, by=staff(cast.official), wanted="Tanda tangan belum ada.")
    line = progress_of(request)[1]
    assert (line["state"], line["note"]) == ("waiting", "Tanda tangan belum ada.")
    applicant_answers(request, by=applicant(request.pk), text="Sudah kami lengkapi.")
    walk(request, (cast.official, "no"))
    assert states(request)[:3] == [(1, "done"), (2, "done"), (3, "waiting")]
    applicant_answers(request, by=applicant(request.pk), text="Sudah kami lengkapi.")
    assert states(request)[:3] == [(1, "done"), (2, "now"), (4, "next")]
    assert run_of(request) != run


def test_agencies_refusals_and_collecting_are_told(cast, service):
    request = walk(make_case(service), (cast.official, "yes"))
    assert progress_of(request)[2]["meta"].startswith("Menunggu Kepala Sekolah, sejak")
    walk(request, (cast.official, "done"), (cast.official, "no"))
    assert states(request)[-2:] == [(10, "now"), (11, "next")]
    other = to_letter(make_case(service), cast)
    issue_letter(run_of(other), by=staff(cast.section_head))
    assert (progress_of(other)[-1]["state"], progress_of(other)[-1]["meta"]) == ("now", "Siap diambil")


def test_skipped_and_withdrawn_steps_are_shown_as_such(cast, service):
    request = make_case(service)
    skip_step(run_of(request), by=staff(cast.official), reason="Sudah diperiksa di loket.", to_step_no=6)
    assert states(request)[:3] == [(1, "done"), (2, "skipped"), (6, "now")]
    withdraw_request(request, by=applicant(request.pk))
    assert states(request) == [(1, "done"), (2, "skipped"), (6, "skipped")]


def test_the_way_takes_two_questions(cast, service):
    request = type(make_case(service)).objects.get()
    assert count_queries(lambda: progress_of(request)) == 2
    assert progress_of(type(request)(service=service)) == []


def test_real_times_per_step_answer_the_sops_page(cast, service):
    for minutes in ("09:10", "09:20", "09:30"):
        with clock.at(at(23)):
            request = make_case(service)
        with clock.at(at(23, minutes)):
            walk(request, (cast.official, "yes"))
    found = ports.case_statistics(request.sop_version)
    assert found[2] == {"runs": 3, "median_seconds": 20 * 60, "p90_seconds": 28 * 60}
    assert 1 not in found and 3 not in found


def composed(kind):
    notice = Notice.objects.filter(kind=kind).latest("pk")
    return kinds.kind_of(kind).compose(notice)


def test_the_applicant_is_told_with_the_secret_link_only_at_delivery(cast, service):
    request = make_case(service, surel="siti@example.id")
    ask_applicant(request, by=staff(cast.official), wanted="Mohon KTP yang jelas.")
    message = composed("applicant_asked")
    assert message.to == "siti@example.id"
    assert "Mohon KTP yang jelas." in message.body and "/lacak/" in message.body
    assert "Yang perlu Anda lakukan" in message.body and "Kirim kelengkapan" in message.body
    row = Notice.objects.get(kind="applicant_asked")
    assert "siti" not in f"{row.path}{row.subject_id}{row.last_error}" and "/lacak/" not in row.path
    applicant_answers(request, by=applicant(request.pk), text="Sudah kami lengkapi.")
    to_letter(request, cast)
    issue_letter(run_of(request), by=staff(cast.section_head))
    assert "siap diambil" in composed("letter_ready").body
    walk(request, (cast.counter, "done"))
    assert request.number in composed("request_closed").subject
    assert "Tidak ada lagi yang perlu Anda lakukan" in composed("request_closed").body


def test_the_mail_names_each_document_that_must_be_mended(cast, service):
    request = make_case(service, surel="siti@example.id")
    document = request.documents.get()
    ask_applicant(
        request, by=staff(cast.official), wanted="Mohon perbaiki.", documents={document.pk: "tanda tangan belum ada"}
    )
    assert "- KTP: tanda tangan belum ada" in composed("applicant_asked").body


def test_the_mail_of_a_refusal_says_until_when_to_object(cast, service):
    with clock.at(at(23)):
        request = make_case(service, surel="siti@example.id")
        walk(request, (cast.official, "yes"), (cast.official, "done"), (cast.official, "no"))
        walk(request, (cast.section_head, "letter"))
    with clock.at(at(26)):
        late = StepReport(deviation_reason="Loket tutup dua hari.")
        complete_step(run_of(request), by=staff(cast.counter), report=late)
    # Counted from the date of the letter, as the letter says, although the request was closed three days later.
    assert "{objection_days} hari kerja sejak tanggal surat ini" in dict(DEFAULTS)[REFUSAL]["body"]
    assert "sampai Selasa, 22 Desember 2026" in composed("request_rejected").body
    assert tracking_of(request_by_token(tracking_token(request))).objection_until == datetime.date(2026, 12, 22)


def test_without_an_address_no_notice_is_written(cast, service):
    request = make_case(service)
    ask_applicant(request, by=staff(cast.official), wanted="Mohon KTP yang jelas.")
    assert not Notice.objects.filter(kind="applicant_asked").exists()


def test_officials_are_told_what_is_theirs_but_not_their_own_doing(cast, service):
    request = make_case(service)
    assert Notice.objects.get(kind="step_offered").user == cast.official
    message = composed("step_offered")
    assert message.to == cast.official.email and f"/petugas/kasus/{request.number}/" in message.body
    walk(request, (cast.official, "yes"), (cast.official, "done"))
    assert Notice.objects.filter(kind="step_offered").count() == 1


def test_all_holders_of_a_pooled_step_are_told_and_closed_accounts_are_not(cast, service):
    second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    make_case(service)
    notices = Notice.objects.filter(kind="step_offered")
    assert {notice.user for notice in notices} == {cast.official, second}
    type(second).objects.filter(pk=second.pk).update(is_active=False)
    assert kinds.kind_of("step_offered").compose(Notice.objects.get(user=second)) is None
