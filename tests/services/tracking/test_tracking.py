"""Tracking a request: access by number and code or by the secret address, and the applicant's actions there."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from services.applying import queries as applying
from services.applying.receipt import compose_received, receipt_code, tracking_token
from services.conversation.actions import asking, messaging
from services.engine.actions import steps
from services.engine.actions.report import StepReport
from services.letters.actions.issuing import issue_letter
from services.models import Document, Request
from services.papers.queries.slots import document_slots
from services.tracking.queries.tracking import (
    request_by_number_and_code,
    request_by_number_for_desk,
    tidy_number,
    tracking_of,
)
from sop.rules.queries.flows import flow_of
from tests.factories.cases import at, make_case_service, run_of, walk
from tests.factories.core import named_cast
from tests.factories.pages import text
from tests.factories.services import make_draft, make_request, make_service, picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import JournalEntry, Notice
from ula_portal.core.text.badges import Badge


@pytest.fixture
def service(cast):
    return make_service(cast)


def address(request, name="track_detail", *more):
    return reverse(name, args=[tracking_token(request), *more])


def look(client, request):
    return text(client.get(address(request)))


def asked(service, user):
    """A request whose first document needs correction."""
    request = make_request(service)
    run = run_of(request)
    if run.assignee_id is None:
        steps.claim_step(run, by=staff(user))
    document = request.documents.get()
    asking.ask_applicant(
        request,
        by=staff(user),
        wanted="Tanda tangan kepala sekolah belum ada.",
        documents={document.pk: "tanpa tanda tangan"},
    )
    request.refresh_from_db()
    return request


class TestNumberAndCode:
    def test_the_pair_leads_to_the_request(self, client, service):
        request = make_request(service)
        code = receipt_code(request)
        for number, typed in [
            (request.number, code),
            (request.number.lower(), f"{code[:4]} {code[4:]}".lower()),
            (request.number.replace("-", " "), f"{code[:4]}-{code[4:]}"),
            (str(int(request.number[-6:])), code),
        ]:
            answer = client.post(reverse("track"), {"number": number, "code": typed})
            assert answer.status_code == 302 and answer.url == address(request)

    def test_letters_that_look_alike_are_forgiven(self, client, service):
        request = make_request(service)
        code = receipt_code(request)
        alike = str.maketrans(
            {"S": "5", "5": "S", "Z": "2", "2": "Z", "B": "8", "8": "B", "G": "6", "6": "G", "J": "I"}
        )
        answer = client.post(reverse("track"), {"number": request.number, "code": code.translate(alike)})
        assert answer.status_code == 302 and answer.url == address(request)

    def test_wrong_number_and_wrong_code_cannot_be_told_apart(self, client, service):
        request = make_request(service)
        wrong = [(request.number, "AAAA AAAA"), ("ULA-2026-999999", receipt_code(request)), ("apa saja", "x")]
        answers = []
        client.get(reverse("track"))
        for n, (number, code) in enumerate(wrong):
            with CaptureQueriesContext(connection) as queries:
                typed = {"number": number, "code": code}
                answer = client.post(reverse("track"), typed, REMOTE_ADDR=f"198.51.100.{n}")
            html = answer.content.decode()
            assert answer.status_code == 200 and "Nomor atau kode tidak cocok." in html
            # Counting occasionally deletes old counts, regardless of the input.
            asked = [query for query in queries if not query["sql"].startswith("DELETE")]
            answers.append((len(asked), html.replace(number, "").replace(code, "").count("<")))
        assert len(set(answers)) == 1

    def test_a_draft_has_no_number_to_be_found_by(self, service):
        draft = make_draft(service)
        assert request_by_number_and_code("", receipt_code(draft)) is None

    def test_too_many_wrong_codes_close_the_door_for_the_right_one_too(self, client, service, settings):
        settings.THROTTLES = {"code": (3, 300)}
        request = make_request(service)
        right = {"number": request.number, "code": receipt_code(request)}
        for _try in range(3):
            client.post(reverse("track"), {**right, "code": "SALAH"})
        answer = client.post(reverse("track"), right)
        assert (
            answer.status_code == 429
            and "Terlalu banyak percobaan. Silakan coba lagi setelah 5 menit" in answer.content.decode()
        )
        with clock.at(clock.now() + datetime.timedelta(minutes=6)):
            assert client.post(reverse("track"), right).status_code == 302

    def test_a_source_that_guesses_must_compute_or_wait(self, client, service):
        request = make_request(service)
        wrong = {"number": request.number, "code": "SALAH"}
        right = {"number": request.number, "code": receipt_code(request)}
        for _try in range(3):
            page = client.post(reverse("track"), wrong).content.decode()
        assert "data-proof" in page and 'name="proof_token"' in page
        asked = client.post(reverse("track"), right)
        assert asked.status_code == 422 and "sekali lagi" in asked.content.decode()
        token = asked.context["proof"].token
        with clock.at(clock.now() + datetime.timedelta(seconds=21)):
            assert client.post(reverse("track"), {**right, "proof_token": token}).status_code == 302
        assert client.post(reverse("track"), right, REMOTE_ADDR="198.51.100.9").status_code == 302

    def test_right_codes_are_not_counted(self, client, service, settings):
        settings.THROTTLES = {"code": (1, 300)}
        request = make_request(service)
        for _try in range(3):
            pair = {"number": request.number, "code": receipt_code(request)}
            assert client.post(reverse("track"), pair).status_code == 302

    def test_one_number_is_guarded_against_many_addresses(self, client, service, settings):
        settings.THROTTLES = {"code-number": (3, 300)}
        request = make_request(service)
        for n in range(3):
            client.post(reverse("track"), {"number": request.number, "code": "X"}, REMOTE_ADDR=f"198.51.100.{n}")
        right = {"number": request.number, "code": receipt_code(request)}
        assert client.post(reverse("track"), right, REMOTE_ADDR="198.51.100.9").status_code == 429

    def test_empty_fields_are_named(self, client, db):
        assert client.post(reverse("track"), {}).content.decode().count("Isian ini wajib diisi.") >= 2

    @pytest.mark.parametrize(
        ("typed", "number"),
        [
            ("ula-2026-000123", "ULA-2026-000123"),
            (" ULA 2026 123 ", "ULA-2026-000123"),
            ("2026000123", "ULA-2026-000123"),
            ("123", "ULA-2026-000123"),
            ("bukan nomor", "BUKANNOMOR"),
            ("\x00'; --", ""),
        ],
    )
    def test_numbers_as_people_type_them(self, typed, number):
        with clock.at(at(23)):
            assert tidy_number(typed) == number


class TestDesk:
    def test_finds_by_number_for_the_desk_only(self, service, cast):
        request = make_request(service)
        assert request_by_number_for_desk(cast.frontdesk, request.number) == request
        assert request_by_number_for_desk(cast.frontdesk, "999999") is None
        assert request_by_number_for_desk(cast.official, request.number) is None


class TestPage:
    def test_tells_where_and_until_when(self, client, service):
        with clock.at(at(26, "09:15")):
            request = make_request(service)
            html = look(client, request)
        for words in (
            request.number,
            "Diterima",
            "Saat ini di",
            "Pengelola Layanan Pendidikan Dasar, sejak 26 November 2026 pukul 09.15 WIB",
            "Selesai paling lambat Selasa, 1 Desember 2026: 3 hari kerja sejak berkas lengkap (Kamis, 26 November).",
            "Sabtu dan Minggu tidak dihitung.",
            "Mengajukan permohonan",
            "Permohonan diterima.",
        ):
            assert words in html, words

    def test_names_of_staff_never_show(self, client, service, cast):
        request = asked(service, cast.official)
        html = look(client, request)
        assert cast.official.full_name not in html and cast.section_head.full_name not in html

    def test_late_is_admitted(self, client, service):
        with clock.at(at(23)):
            request = make_request(service)
        with clock.at(at(30)):
            html = look(client, request)
        assert "melewati waktu yang kami janjikan" in html and "Kami mohon maaf." in html

    def test_unknown_tokens_are_not_found(self, client, service):
        make_request(service)
        for name in ("track_detail", "receipt", "receipt_paper", "receipt_pdf", "track_contents", "track_withdraw"):
            assert client.get(reverse(name, args=["x" * 43])).status_code == 404
        for name in ("track_answer", "track_message", "track_letter", "track_withdraw"):
            assert client.post(reverse(name, args=["x" * 43])).status_code == 404

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries_do_not_grow(self, client, service, cast, number):
        request = make_request(service, documents=True)
        for _each in range(number):
            run = run_of(request)
            asking.ask_applicant(request, by=staff(cast.official), wanted="Mohon lengkapi.")
            asking.applicant_answers(request, by=applicant(request.pk), text="Sudah kami lengkapi.")
            assert run_of(request).pk == run.pk
        look(client, request)
        with CaptureQueriesContext(connection) as queries:
            look(client, request)
        assert len(queries) <= 6, [q["sql"][:90] for q in queries]

    def test_receipt_on_screen_paper_and_pdf(self, client, service):
        request = make_request(service)
        code = receipt_code(request)
        for name in ("receipt", "receipt_paper"):
            html = client.get(address(request, name)).content.decode()
            assert request.number in html and f"{code[:4]} {code[4:]}" in html
            assert "Jangan berikan kode ini kepada orang lain." in html and "Ijazah asli" in html
        assert "data:image/svg+xml;base64," in html
        pdf = client.get(address(request, "receipt_pdf"))
        assert pdf["Content-Type"] == "application/pdf" and pdf.content[:5] == b"%PDF-"

    def test_contents_show_answers_and_files(self, client, service):
        request = make_request(service)
        html = client.get(address(request, "track_contents")).content.decode()
        assert "Siti Contoh" in html and "KTP" in html
        document = request.documents.get()
        assert client.get(address(request, "track_file", document.pk)).status_code == 200
        other = make_request(service)
        assert client.get(address(other, "track_file", document.pk)).status_code == 404


class TestAnswering:
    def test_says_what_is_wanted_and_takes_the_answer(self, client, service, cast):
        request = asked(service, cast.official)
        html = look(client, request)
        assert "Menunggu kelengkapan dari Anda" in html and "Tanda tangan kepala sekolah belum ada." in html
        assert "Perlu diperbaiki" in html and "tanpa tanda tangan" in html
        document = request.documents.get()
        key = f"r{document.requirement_id}"
        upload = client.post(
            address(request, "track_upload", key), {"file": picture(color="red")}, headers={"HX-Request": "true"}
        )
        assert upload.status_code == 200 and "Terunggah" in upload.content.decode()
        assert "Terunggah" in look(client, request)
        answer = client.post(address(request, "track_answer"), {"text": "Sudah saya perbaiki"}, follow=True)
        assert "Kelengkapan Anda telah kami terima" in answer.content.decode()
        request.refresh_from_db()
        assert request.state == "in_progress" and "Sudah saya perbaiki" in answer.content.decode()

    def test_what_was_sent_back_stands_first_with_what_is_wrong(self, client, service, cast):
        request = make_request(service, jenis="Hilang", nomor_polisi="B/1/XI/2026")
        first, second = sorted(request.documents.all(), key=lambda each: each.pk)
        asking.ask_applicant(
            request,
            by=staff(cast.official),
            wanted="Mohon perbaiki surat polisi.",
            documents={second.pk: "cap belum ada"},
        )
        html = look(client, request)
        assert "Ada berkas yang perlu diperbaiki" in html and "Unggah pengganti" in html
        assert html.index("cap belum ada") < html.index("Kirim kelengkapan") < html.index("Tambah berkas lain")
        assert f'id="r{second.requirement_id}"' in html and f'id="r{first.requirement_id}"' not in html
        # Accepted documents are not shown; a document to correct cannot be removed without a replacement.
        assert address(request, "track_remove", second.pk) not in html

    def test_words_of_the_office_are_explained(self, client, cast):
        requirement = {"text": "SPTJM bermeterai Rp10.000", "kind": "upload", "required": True}
        request = make_request(make_service(cast, requirements=[requirement]), documents=False)
        html = look(client, request)
        assert "Apa ini?" in html and "Surat Pernyataan Tanggung Jawab Mutlak" in html

    def test_answering_twice_is_told_and_changes_nothing(self, client, service, cast):
        request = asked(service, cast.official)
        client.post(address(request, "track_answer"), {"text": "Sudah di meja petugas."})
        again = client.post(address(request, "track_answer"), {"text": ""}, follow=True).content.decode()
        assert "Tidak ada yang sedang kami tunggu dari Anda" in again

    def test_an_empty_answer_while_a_document_is_owed_keeps_waiting(self, client, service, cast):
        request = asked(service, cast.official)
        answer = client.post(address(request, "track_answer"), {"text": " "})
        assert answer.status_code == 422 and "Unggah dahulu berkas yang diminta" in answer.content.decode()
        request.refresh_from_db()
        assert request.state == "waiting_applicant"
        document = request.documents.get()
        client.post(address(request, "track_upload", f"r{document.requirement_id}"), {"file": picture(color="red")})
        client.post(address(request, "track_answer"), {"text": ""})
        request.refresh_from_db()
        assert request.state == "in_progress"

    def test_another_paper_can_be_added_and_removed(self, client, service, cast):
        request = asked(service, cast.official)
        sent = {"file": picture("lain.png", "blue")}
        answer = client.post(address(request, "track_upload", "lain"), sent, headers={"HX-Request": "true"})
        extra = Document.objects.get(request=request, requirement=None)
        boxes = answer.content.decode()
        # The empty box for the next file follows it.
        assert boxes.index(f'id="d{extra.pk}"') < boxes.index('id="lain"') and "lain.png" in look(client, request)
        client.post(address(request, "track_remove", extra.pk))
        extra.refresh_from_db()
        assert extra.removed_at

    def test_a_wrong_file_is_told_on_the_page(self, client, service, cast):
        request = asked(service, cast.official)
        bad = SimpleUploadedFile("a.exe", b"MZ000000")
        answer = client.post(address(request, "track_upload", "lain"), {"file": bad})
        assert answer.status_code == 422 and "Jenis berkas ini tidak dapat diterima" in answer.content.decode()

    def test_nothing_is_taken_unasked(self, client, service):
        request = make_request(service)
        upload, path = {"file": picture(color="red")}, address(request, "track_upload", "lain")
        assert "tidak dapat diubah lagi" in client.post(path, upload, follow=True).content.decode()
        scripted = client.post(path, {"file": picture(color="red")}, headers={"HX-Request": "true"})
        assert scripted.status_code == 422 and "tidak dapat diubah lagi" in scripted.content.decode()
        assert request.documents.count() == 1

    def test_missing_papers_can_follow(self, client, service):
        request = make_request(service, documents=False)
        html = look(client, request)
        assert "Berkas Anda belum lengkap" in html and html.count("Menunggu kelengkapan dari Anda") == 2
        assert "Saat ini di" not in html and "Sedang dikerjakan" not in html
        slot = document_slots(request)[0]
        client.post(address(request, "track_upload", slot.key), {"file": picture()})
        html = look(client, request)
        assert "Semua berkas wajib sudah ada" in html and "Terunggah" in html
        assert "Menunggu kelengkapan" not in html


class TestMessagesAndWithdrawing:
    def test_a_message_is_kept_once(self, client, service):
        request = make_request(service)
        for _tap in range(2):
            client.post(address(request, "track_message"), {"text": "Kapan selesai?", "idempotency_key": "k"})
        html = look(client, request)
        assert Notice.objects.filter(kind="applicant_message", user__isnull=False).count() == 1
        assert request.messages.count() == 1 and "Kapan selesai?" in html and "Anda mengirim pesan." in html

    def test_a_message_too_many_is_not_sent_and_not_lost(self, client, service, settings):
        settings.THROTTLES = {"message": (1, 300)}
        request = make_request(service)
        answers = [
            client.post(address(request, "track_message"), {"text": text}) for text in ("Satu.", "Kapan <selesai>?")
        ]
        assert [answer.status_code for answer in answers] == [302, 429] and request.messages.count() == 1
        html = answers[1].content.decode()
        assert "Kapan &lt;selesai&gt;?</textarea>" in html and "Pesan ini belum terkirim" in html

    def test_an_empty_message_is_refused(self, client, service):
        request = make_request(service)
        answer = client.post(address(request, "track_message"), {"text": " "})
        assert answer.status_code == 422 and "Pesan belum terkirim karena masih kosong." in answer.content.decode()

    def test_internal_notes_never_show(self, client, service, cast):
        request = make_request(service)
        messaging.add_internal_note(request, by=staff(cast.official), text="curiga palsu")
        assert "curiga palsu" not in look(client, request)

    def test_withdrawing_asks_first_and_never_by_a_link(self, client, service):
        request = make_request(service)
        asked_again = client.get(address(request, "track_withdraw")).content.decode()
        assert "Tarik permohonan ini?" in asked_again and "tidak dapat dilanjutkan lagi" in asked_again
        request.refresh_from_db()
        assert request.state == "submitted"
        html = client.post(address(request, "track_withdraw"), follow=True).content.decode()
        request.refresh_from_db()
        assert request.state == "withdrawn" and "Permohonan Anda sudah ditarik." in html and "Ditarik pemohon" in html
        again = client.post(address(request, "track_withdraw"), follow=True).content.decode()
        assert "sudah ditutup" in again


@pytest.mark.django_db(transaction=True)
def test_the_letter_is_fetched_by_its_applicant_only(client):
    cast = named_cast()
    service = make_case_service(cast)
    request, other = make_request(service), make_request(service)
    assert client.post(address(request, "track_letter")).status_code == 404
    walk_to_letter(request, cast)
    html = look(client, request)
    assert "Siap diambil" in html and "Unduh surat" in html and "Sedang dikerjakan" not in html
    assert "tidak dapat ditarik lagi" in client.get(address(request, "track_withdraw")).content.decode()
    assert client.get(address(request, "track_letter")).url == address(request, "track_detail")
    assert client.post(address(other, "track_letter")).status_code == 404
    fetched = client.post(address(request, "track_letter"))
    assert fetched["Content-Type"] == "application/pdf" and "attachment" in fetched["Content-Disposition"]
    request.refresh_from_db()
    assert request.state == "completed"
    assert client.post(address(request, "track_letter")).status_code == 200
    assert JournalEntry.objects.filter(verb="download_letter", subject_id=str(request.pk)).count() == 1
    assert "Permohonan selesai." in look(client, request)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_says_why_and_how_to_object(client):
    cast = named_cast()
    with clock.at(at(23)):
        request = make_request(make_case_service(cast))
        walk(request, (cast.official, "yes"), (cast.section_head, "done"))
        steps.decide_step(
            run_of(request),
            by=staff(cast.official),
            yes=False,
            report=StepReport(note="Daya tampung sekolah tujuan penuh."),
        )
        walk(request, (cast.section_head, "letter"), (cast.counter, "done"))
        html = look(client, request)
    assert request.state == "rejected"
    for words in (
        "Tidak dapat dikabulkan",
        "Daya tampung sekolah tujuan penuh.",
        "Apakah daya tampung tersedia? Tidak lengkap.",
        "keberatan secara tertulis kepada Kepala Dinas sampai Selasa, 22 Desember 2026",
        "Unduh surat",
    ):
        assert words in html, words


def walk_to_letter(request, cast):
    """Answer every decision with yes, until the applicant has the letter."""
    for _step in range(12):
        request.refresh_from_db()
        run = run_of(request)
        if run is None or run.led_by == "applicant":
            return
        step = flow_of(request.sop_version_id).step(run.step_id)
        user = cast.section_head
        if step.issues_letter:
            issue_letter(run, by=staff(user))
        elif step.shape == "decision":
            steps.decide_step(run, by=staff(user), yes=True, report=StepReport(papers_reason="Aslinya diperlihatkan."))
        else:
            steps.complete_step(run, by=staff(user))
    raise AssertionError("no letter")


def test_words_for_each_state(service, cast):
    request = make_request(service)
    fresh = applying.request_by_token(tracking_token(request))
    assert tracking_of(fresh).badge.label == "Diterima"
    asked_request = asked(service, cast.official)
    page = tracking_of(applying.request_by_token(tracking_token(asked_request)))
    assert page.badge == Badge("warn", "Menunggu kelengkapan dari Anda")


def test_the_mail_holds_number_code_and_link_and_its_row_none(service, settings):
    settings.PORTAL_URL = "https://ula.example.id"
    request = make_request(service, surel="siti@contoh.id")
    notice = Notice.objects.get(kind="request_received")
    mail = compose_received(notice)
    code = receipt_code(request)
    assert mail.to == "siti@contoh.id" and request.number in mail.subject
    assert f"{code[:4]} {code[4:]}" in mail.body
    assert f"https://ula.example.id{address(request)}" in mail.body
    assert f"https://ula.example.id{address(request, 'receipt_pdf')}" in mail.body
    assert "Kami selesaikan paling lambat" in mail.body
    later = make_request(service, documents=False, surel="siti@contoh.id")
    assert (
        "Susulkan berkas"
        in compose_received(Notice.objects.get(kind="request_received", subject_id=str(later.pk))).body
    )
    row = str(Notice.objects.filter(pk=notice.pk).values().get())
    assert code not in row and "siti" not in row and tracking_token(request) not in row
    Request.objects.filter(pk=request.pk).update(applicant_email="")
    assert compose_received(notice) is None
