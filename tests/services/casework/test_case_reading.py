"""Reading and judging papers in place, messages and timeline next to them, and being too late."""

import datetime
import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from services.attachments.actions.documents import attach_document
from services.attachments.actions.judging import judge_document
from services.casework.queries.history import case_history
from services.conversation.actions.asking import ask_applicant, withdraw_request
from services.conversation.actions.messaging import add_internal_note, write_to_applicant
from services.engine.actions.deviating import skip_step
from services.inbox.queries.arrivals import topic_of_case
from services.models import Mention, Message, TimelineEntry
from tests.factories import pages
from tests.factories.cases import count_queries, make_case, no_of, run_of, walk
from tests.factories.core import make_user
from tests.factories.pages import case_url
from ula_portal.core import clock
from ula_portal.core.files.uploads import page_sizes
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.live import changes
from ula_portal.core.models import JournalEntry, Role

pytestmark = pytest.mark.django_db


def act(client, request, verb, **data):
    run = getattr(run_of(request), "pk", "")
    return client.post(case_url(request, verb), {"key": f"k-{request.pk}-{verb}-{data}"[:64], "run": run, **data})


def see(client, request, **params):
    return client.get(case_url(request), params).content.decode()


def two_pages(name="rapor.pdf"):
    """A PDF of two pages, the second one rotated to landscape."""
    buffer, document = io.BytesIO(), pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    document.add_blank_page(page_size=(595, 842))
    document.pages[1].rotate(90, relative=False)
    document.save(buffer)
    return SimpleUploadedFile(name, buffer.getvalue(), "application/pdf")


@pytest.fixture
def pdf(cast, request_):
    return attach_document(request_, by=staff(cast.counter), upload=two_pages(), slot_key="lain")


class TestPages:
    def test_a_pdf_is_drawn_page_by_page(self, cast, request_, pdf, client):
        client.force_login(cast.official)
        sizes = page_sizes(pdf.file)
        assert [width < height for width, height in sizes] == [True, False]
        for number, (width, height) in enumerate(sizes, 1):
            answer = client.get(reverse("case_document_page", args=[request_.number, pdf.pk, number]))
            drawn = Image.open(io.BytesIO(answer.content))
            assert abs(drawn.width - width) < 3 and abs(drawn.height - height) < 3
            assert answer["Cache-Control"] == "private, no-store" and "sandbox" in answer["Content-Security-Policy"]
        assert JournalEntry.objects.filter(verb="read_document").count() == 1

    def test_what_cannot_be_drawn_is_not_found(self, cast, request_, pdf, client):
        client.force_login(cast.official)
        photo = request_.documents.exclude(pk=pdf.pk).first()
        for document, number in ((pdf, 3), (pdf, 0), (photo, 1)):
            address = reverse("case_document_page", args=[request_.number, document.pk, number])
            assert client.get(address).status_code == 404

    def test_only_readers_of_the_case_see_a_page(self, cast, service, request_, pdf, client):
        address = reverse("case_document_page", args=[request_.number, pdf.pk, 1])
        assert client.get(address).status_code == 302
        client.force_login(cast.outsider)
        assert client.get(address).status_code == 404
        client.force_login(cast.official)
        other = reverse("case_document_page", args=[make_case(service).number, pdf.pk, 1])
        assert client.get(other).status_code == 404
        assert not JournalEntry.objects.filter(verb="read_document").exists()


class TestViewer:
    def test_a_document_is_opened_in_place_and_that_is_written_down_once_a_day(self, cast, request_, client):
        client.force_login(cast.official)
        document = request_.documents.first()
        assert "data-viewer" not in see(client, request_)
        for _time in range(2):
            text = see(client, request_, berkas=document.pk)
            assert reverse("case_document", args=[request_.number, document.pk]) in text and "data-viewer" in text
        assert JournalEntry.objects.filter(verb="read_document").count() == 1

    def test_another_cases_document_is_not_opened(self, cast, service, request_, client):
        client.force_login(cast.official)
        other = make_case(service).documents.first()
        for wrong in (other.pk, "x", "9" * 30, ""):
            assert "data-viewer" not in see(client, request_, berkas=wrong)
        assert not JournalEntry.objects.filter(verb="read_document").exists()

    def test_judging_leads_to_the_next_document_and_back_to_the_list(self, cast, request_, client):
        client.force_login(cast.official)
        first = request_.documents.get()
        second = attach_document(request_, by=staff(cast.counter), upload=two_pages(), slot_key="lain")
        answer = act(client, request_, "penilaian", document=first.pk, verdict="fits")
        assert answer["Location"].endswith(f"?berkas={second.pk}#dokumen")
        answer = act(client, request_, "penilaian", document=second.pk, verdict="fits")
        assert answer["Location"].endswith("?tab=berkas#percakapan")
        assert "Semua berkas sudah dinilai sesuai." in see(client, request_)

    def test_a_mark_by_mistake_is_taken_back(self, cast, request_, client):
        client.force_login(cast.official)
        document = request_.documents.first()
        act(client, request_, "penilaian", document=document.pk, verdict="mend", note="Buram.")
        text = see(client, request_, berkas=document.pk)
        assert "Urungkan penilaian" in text and "Kembalikan kepada pemohon" in text
        act(client, request_, "penilaian", document=document.pk)
        document.refresh_from_db()
        assert document.verdict == "" and "Kembalikan kepada pemohon" not in see(client, request_)

    def test_a_reason_is_asked_for_and_what_was_typed_stays(self, cast, request_, client):
        client.force_login(cast.official)
        document = request_.documents.first()
        answer = act(client, request_, "penilaian", document=document.pk, verdict="mend", note=" ")
        text = answer.content.decode()
        assert answer.status_code == 422 and "Tulis apa yang perlu diperbaiki pemohon." in text
        assert "data-viewer" in text
        long = "x" * 301
        answer = act(client, request_, "penilaian", document=document.pk, verdict="mend", note=long)
        assert answer.status_code == 422 and long in answer.content.decode()

    def test_who_only_reads_judges_nothing(self, cast, request_, client):
        client.force_login(cast.head)
        document = request_.documents.first()
        assert "Perlu diperbaiki" not in see(client, request_, berkas=document.pk)
        assert act(client, request_, "penilaian", document=document.pk, verdict="fits").status_code == 403

    def test_the_replacement_says_what_was_wrong_with_the_one_before(self, cast, request_, client):
        document = request_.documents.first()
        judge_document(document, by=staff(cast.official), verdict="mend", note="Tidak terbaca")
        walk(request_, (cast.official, "no"))
        photo = io.BytesIO()
        Image.new("RGB", (30, 30), "red").save(photo, "PNG")
        upload = SimpleUploadedFile("baru.png", photo.getvalue(), "image/png")
        attach_document(request_, by=applicant(request_.pk), upload=upload, slot_key=f"r{document.requirement_id}")
        client.force_login(cast.official)
        text = see(client, request_)
        assert "Pengganti dari berkas yang dikembalikan" in text and "Tidak terbaca" in text
        assert "sudah diganti atau dihapus" in see(client, request_, berkas=document.pk)


class TestSendingBack:
    def test_marks_speak_for_an_answer_without_words(self, cast, request_, client):
        document = request_.documents.first()
        judge_document(document, by=staff(cast.official), verdict="mend", note="Foto buram")
        client.force_login(cast.official)
        act(client, request_, "putuskan", answer="no")
        assert "Foto buram" in request_.pauses.get().wanted
        document.refresh_from_db()
        assert document.verdict == "mend"

    def test_what_is_missing_speaks_too(self, cast, request_, client):
        request_.documents.update(removed_at=clock.now())
        client.force_login(cast.official)
        act(client, request_, "putuskan", answer="no")
        assert "KTP: belum ada" in request_.pauses.get().wanted

    def test_elsewhere_marked_documents_are_asked_for_with_their_reasons(self, cast, request_, client):
        walk(request_, (cast.official, "yes"), (cast.official, "done"), (cast.official, "yes"))
        marked = request_.documents.get()
        other = attach_document(request_, by=staff(cast.counter), upload=two_pages(), slot_key="lain")
        judge_document(marked, by=staff(cast.official), verdict="mend", note="Foto buram")
        client.force_login(cast.official)
        assert "Minta pemohon memperbaiki" in see(client, request_)
        act(client, request_, "minta", wanted="Mohon diperbaiki", documents=[marked.pk, other.pk])
        assert [each.verdict_note for each in request_.documents.order_by("pk")[:2]] == ["Foto buram", ""]


class TestTalk:
    def test_a_named_colleague_is_told_and_seen_to_have_read(self, cast, request_, client):
        client.force_login(cast.official)
        text = f"@{cast.section_head.full_name} mohon dilihat"
        assert act(client, request_, "catatan", text=text)["Location"].endswith("?tab=catatan#percakapan")
        assert cast.section_head.full_name in see(client, request_, tab="catatan")
        client.force_login(cast.section_head)
        see(client, request_)
        assert Mention.objects.get().read_at is None
        assert ">baru<" in see(client, request_, tab="catatan")
        assert Mention.objects.get().read_at

    def test_only_who_may_read_is_offered(self, cast, request_, client):
        client.force_login(cast.official)
        text = see(client, request_, tab="catatan")
        assert cast.section_head.full_name in text and cast.outsider.full_name not in text
        answer = act(client, request_, "catatan", text="lihat", mentions=[cast.outsider.pk])
        assert answer.status_code == 422 and not Message.objects.exists()

    def test_words_kept_ready_are_filled_in(self, cast, request_, client):
        from services.models import MessageTemplate

        ready = MessageTemplate.objects.create(title="Contoh siap", text="Yth. {name}, nomor {number}.")
        other = MessageTemplate.objects.create(title="Milik unit lain", text="x", unit=cast.office_unit)
        own = MessageTemplate.objects.create(title="Milik unit sendiri", text="x", unit=cast.unit)
        client.force_login(cast.official)
        text = see(client, request_, tab="pesan", templat=ready.pk)
        assert f"nomor {request_.number}.</textarea>" in text and own.title in text and other.title not in text

    def test_long_talk_has_pages(self, cast, request_, client):
        for number in range(23):
            message = write_to_applicant(request_, by=staff(cast.official), text=f"Pesan ke-{number:02d}")
        assert message.text == "Pesan ke-22"
        client.force_login(cast.official)
        answer = client.get(case_url(request_), {"tab": "pesan"})
        assert "Pesan ke-22" in answer.content.decode() and "Pesan ke-02" not in answer.content.decode()
        older = answer.context["side"].pager["older"].split("#")[0]
        text = client.get(case_url(request_) + older).content.decode()
        assert "Pesan ke-02" in text and "Pesan ke-22" not in text


class TestHistory:
    def test_it_is_filtered_and_exceptions_name_their_own_reasons(self, cast, request_):
        request_.documents.update(verdict="fits")
        walk(request_, (cast.official, "yes"))
        skip_step(run_of(request_), by=staff(cast.official), reason="Sekolah libur")
        add_internal_note(request_, by=staff(cast.official), text="catatan")
        whole = case_history(request_).rows
        skipped = case_history(request_, only="deviations").rows
        assert [(each.text, each.reason) for each in skipped] == [("Langkah 4 dilewati", "Sekolah libur")]
        assert {each.who for each in case_history(request_, only="applicant").rows} == {"Pemohon"}
        assert len(whole) > 3 and [each for each in whole if each.reason] == skipped

    def test_documents_are_named(self, cast, request_):
        judge_document(request_.documents.get(), by=staff(cast.official), verdict="mend", note="buram")
        assert case_history(request_).rows[0].text == "Berkas dinilai: KTP, perlu diperbaiki"

    def test_a_long_one_has_pages(self, cast, request_, client):
        old = TimelineEntry.objects.filter(request=request_).latest("pk")
        TimelineEntry.objects.bulk_create(
            TimelineEntry(request=request_, at=old.at, verb="noted", audience="internal", actor_kind="system")
            for _count in range(40)
        )
        client.force_login(cast.official)
        answer = client.get(case_url(request_), {"tab": "riwayat"})
        assert "Permohonan masuk" not in answer.content.decode()
        older = answer.context["side"].pager["older"].split("#")[0]
        assert "Permohonan masuk" in client.get(case_url(request_) + older).content.decode()


class TestTooLate:
    def test_the_second_is_told_what_happened_and_keeps_the_words(self, cast, request_, client):
        run, seen = run_of(request_), TimelineEntry.objects.filter(request=request_).latest("pk").pk
        colleague = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
        walk(request_, (cast.official, "yes"))
        client.force_login(colleague)
        data = {"key": "lain", "run": run.pk, "seen": seen, "answer": "no", "note": "Tanda tangan belum ada."}
        answer = client.post(case_url(request_, "putuskan"), data)
        text = answer.content.decode()
        assert answer.status_code == 409
        assert f"Langkah ini sudah diselesaikan oleh {cast.official.full_name} pukul" in text
        assert "Sejak Anda membuka halaman ini" in text and "Langkah 2 selesai: lengkap" in text
        assert "Tanda tangan belum ada.</textarea>" in text
        assert no_of(request_) == 4 and run_of(request_).ordinal == run.ordinal + 1

    def test_an_empty_form_for_a_step_that_is_over_is_no_error_of_theirs(self, cast, request_, client):
        run = run_of(request_)
        walk(request_, (cast.official, "yes"))
        client.force_login(cast.official)
        answer = client.post(case_url(request_, "putuskan"), {"key": "lain", "run": run.pk, "answer": "no"})
        assert answer.status_code == 409 and "sudah diselesaikan oleh" in answer.content.decode()

    def test_a_form_that_has_no_place_any_more_is_told_of_above(self, cast, request_, client):
        ask_applicant(request_, by=staff(cast.official), wanted="Mohon lengkapi")
        client.force_login(cast.official)
        answer = act(client, request_, "putuskan", answer="yes", note="Sudah lengkap.")
        text = answer.content.decode()
        assert answer.status_code == 422 and "Permohonan sedang menunggu kelengkapan dari pemohon." in text
        assert "Sudah lengkap.</textarea>" in text


def test_after_a_step_the_next_case_is_offered(cast, service, client):
    first, second = make_case(service), make_case(service)
    client.force_login(cast.official)
    answer = act(client, first, "putuskan", answer="no", note="Belum ada tanda tangan.")
    text = client.get(answer["Location"]).content.decode()
    assert "Berikutnya untuk Anda:" in text and second.number in text
    answer = act(client, second, "putuskan", answer="no", note="Belum ada tanda tangan.")
    assert "Tidak ada pekerjaan lain yang menunggu Anda." in client.get(answer["Location"]).content.decode()


def test_the_flowchart_stands_on_the_same_page_with_the_step_lit(cast, request_, client):
    client.force_login(cast.official)
    assert "sop-table" not in see(client, request_)
    text = see(client, request_, bagan=1)
    assert text.count('class="is-lit"') == 1 and "Apakah berkas lengkap?" in text.split('class="is-lit"')[1][:2000]


class TestNews:
    """The open page asks what others did since it was rendered."""

    def ask(self, client, request, since):
        return client.get(reverse("case_changes", args=[request.number]), {"sejak": since})

    def test_it_tells_what_others_did_and_not_ones_own_acts(self, cast, request_, client):
        client.force_login(cast.official)
        since = client.get(case_url(request_)).context["page"].newest_entry
        judge_document(request_.documents.get(), by=staff(cast.official), verdict="fits")
        assert self.ask(client, request_, since).json()["words"] == ""
        add_internal_note(request_, by=staff(cast.section_head), text="Mohon didahulukan")
        walk(request_, (cast.official, "yes"))
        client.force_login(cast.section_head)
        words = self.ask(client, request_, since).json()["words"]
        assert words.startswith(f"Permohonan ini berubah: Langkah 2 selesai: lengkap ({cast.official.full_name}, ")
        assert words.endswith("dan 1 hal lain") and "didahulukan" not in words

    def test_its_stream_knows_the_case_alone(self, cast, request_, client):
        client.force_login(cast.official)
        for page in (client.get(case_url(request_)).content.decode(), self.ask(client, request_, "0").json()["live"]):
            # The rail above it listens to its own stream.
            token = page.split("data-case-news=")[-1].split("/live/pekerjaan/")[1].split('"')[0]
            assert changes.topics_of(token) == {topic_of_case(request_.pk)}

    @pytest.mark.parametrize("since", ["", "-1", "9" * 40, "²"])
    def test_a_broken_place_tells_nothing(self, cast, request_, client, since):
        client.force_login(cast.official)
        assert self.ask(client, request_, since).json()["words"] == ""


def test_what_the_case_will_not_come_to_is_not_shown_as_to_come(cast, service, client):
    request = make_case(service)
    client.force_login(cast.official)

    def states():
        return {line.step.no: line.state for line in client.get(case_url(request)).context["page"].checklist}

    assert {state for no, state in states().items() if no > 2} == {"next"}
    walk(request, (cast.official, "yes"), (cast.official, "done"), (cast.official, "yes"))
    assert {no for no, state in states().items() if state == "untaken"} == {3, 10, 11}
    text = see(client, request, bagan=1)
    assert text.count('class="is-untaken"') == text.count("sop-untaken") + 3 == 6
    other = walk(make_case(service), (cast.official, "yes"), (cast.official, "done"), (cast.official, "no"))
    request = walk(other, (cast.section_head, "letter"), (cast.counter, "done"))
    assert states() | dict.fromkeys((3, 6, 7, 8, 9), "untaken") == states()
    request = make_case(service)
    withdraw_request(request, by=applicant(request.pk))
    assert {no: state for no, state in states().items() if state != "untaken"} == {1: "done", 2: "skipped"}


@pytest.mark.parametrize("params", [{}, {"berkas": "1"}, {"tab": "pesan"}, {"tab": "catatan"}, {"tab": "riwayat"}])
def test_the_number_of_queries_does_not_grow(cast, service, client, params):
    request = make_case(service)
    if "berkas" in params:
        params = {"berkas": request.documents.first().pk}
    client.force_login(cast.official)

    def happen(times):
        for number in range(times):
            make_user(Role.OFFICIAL)
            write_to_applicant(request, by=staff(cast.official), text="a")
            add_internal_note(request, by=staff(cast.official), text="b", mentions=[cast.section_head.pk, cast.head.pk])
            content = two_pages().read() + b"%" * (times + number)
            upload = SimpleUploadedFile(f"{number}.pdf", content, "application/pdf")
            attach_document(request, by=staff(cast.counter), upload=upload, slot_key="lain")

    happen(1)
    see(client, request, **params)
    before = count_queries(lambda: see(client, request, **params))
    happen(3)
    assert count_queries(lambda: see(client, request, **params)) == before <= 26


class TestMentionList:
    def test_it_leads_to_the_note_and_counts_what_is_new(self, cast, request_, client):
        add_internal_note(request_, by=staff(cast.official), text="Mohon dilihat", mentions=[cast.section_head.pk])
        client.force_login(cast.section_head)
        page = pages.text(client.get(reverse("mention_list")))
        assert "Mohon dilihat" in page and "Baru </span>" in page
        assert f"{case_url(request_)}?tab=catatan#percakapan" in page
        see(client, request_, tab="catatan")
        assert "Baru </span>" not in pages.text(client.get(reverse("mention_list")))
        client.force_login(cast.head)
        assert "Belum ada rekan yang menyebut Anda." in client.get(reverse("mention_list")).content.decode()

    def test_the_note_of_a_case_that_may_not_be_read_any_more_is_closed(self, cast, request_, client):
        helper = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
        add_internal_note(request_, by=staff(cast.official), text="Rahasia contoh", mentions=[helper.pk])
        yesterday = clock.today() - datetime.timedelta(days=1)
        helper.tenures.update(from_date=yesterday, to_date=yesterday)
        client.force_login(helper)
        text = client.get(reverse("mention_list")).content.decode()
        assert "Rahasia contoh" not in text and "tidak lagi dapat Anda baca" in text
