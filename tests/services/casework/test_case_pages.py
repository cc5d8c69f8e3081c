"""The inbox and the page of a case: what they show to whom, forms, refusals, query counts."""

import datetime

import pytest
from django.urls import reverse

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.applying.receipt import spaced_code, tracking_token
from services.conversation.actions.asking import ask_applicant
from services.inbox.queries import inbox
from services.models import Letter, Request
from services.routing.actions.routing import route_case
from tests.factories.cases import at, count_queries, make_case, no_of, run_of, to_letter, walk
from tests.factories.core import make_user
from tests.factories.pages import case_url
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry, Role
from ula_portal.core.office.actions.absences import record_absence

pytestmark = pytest.mark.django_db
LIST = "/petugas/kasus/"


def act(client, request, verb, **data):
    """Send a form of the case page for the open run, as a browser would."""
    pk = getattr(run_of(request), "pk", "")
    return client.post(case_url(request, verb), {"key": f"kunci-{verb}-{pk}", "run": pk, **data})


def tab(user, name):
    return [row.request for row in inbox.cases_for(inbox.scope_of(type(user).objects.get(pk=user.pk)), name).rows]


class TestInbox:
    def test_each_tab_holds_its_own(self, cast, service):
        mine, asked, agency = make_case(service), make_case(service), make_case(service)
        ask_applicant(asked, by=staff(cast.official), wanted="Mohon lengkapi")
        walk(agency, (cast.official, "yes"))
        assert tab(cast.official, "mine") == [mine]
        assert inbox.mine_now(cast.official).count() == 1
        assert inbox.mine_now(cast.outsider).count() == 0
        assert tab(cast.official, "pool") == []
        assert tab(cast.official, "waiting") == [asked, agency]
        assert tab(cast.outsider, "waiting") == tab(cast.outsider, "mine") == []
        assert tab(cast.counter, "waiting") == []

    def test_the_pool_is_offered_to_all_holders_until_it_is_taken(self, cast, service):
        second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
        request = make_case(service)
        assert tab(cast.official, "pool") == tab(second, "pool") == [request]
        assert tab(cast.official, "mine") == []
        assert tab(cast.outsider, "pool") == []

    def test_a_vacant_position_is_the_units_pool(self, cast, service):
        record_absence(cast.official, by=SYSTEM, kind="leave", from_date=clock.today(), to_date=clock.today())
        request = make_case(service)
        assert tab(cast.section_head, "pool") == [request]
        assert tab(cast.outsider, "pool") == []

    def test_a_position_that_became_vacant_later_is_found_by_the_unit(self, cast, service):
        second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
        request = make_case(service)
        for person in (cast.official, second):
            record_absence(person, by=SYSTEM, kind="leave", from_date=clock.today(), to_date=clock.today())
        assert tab(cast.section_head, "pool") == [request]

    def test_a_deputy_finds_the_work_of_the_absent(self, cast, service):
        request = make_case(service)
        deputy = make_user(Role.OFFICIAL)
        assert tab(deputy, "mine") == []
        record_absence(
            cast.official, by=SYSTEM, kind="travel", from_date=clock.today(), to_date=clock.today(), deputy=deputy
        )
        assert tab(deputy, "mine") == [request]

    def test_late_work_is_found_by_time_alone(self, cast, service):
        with clock.at(at(23)):
            request, paused = make_case(service), make_case(service)
            ask_applicant(paused, by=staff(cast.official), wanted="Mohon lengkapi")
        with clock.at(at(23, "15:00")):
            assert tab(cast.official, "late") == []
        with clock.at(at(25)):
            for user in (cast.official, cast.section_head, cast.admin, cast.head):
                assert tab(user, "late") == [request]
            assert tab(cast.outsider, "late") == tab(cast.frontdesk, "late") == []

    def test_closed_requests_stand_with_whoever_worked_on_them(self, cast, service):
        request = to_letter(make_case(service), cast)
        walk(request, (cast.section_head, "letter"), (cast.counter, "done"))
        for user in (cast.official, cast.section_head, cast.counter, cast.head):
            assert tab(user, "done") == [request]
        assert tab(cast.outsider, "done") == tab(cast.frontdesk, "done") == []

    def test_the_desk_finds_letters_to_hand_over(self, cast, service):
        request = to_letter(make_case(service), cast)
        walk(request, (cast.section_head, "letter"))
        assert tab(cast.frontdesk, "waiting") == tab(cast.counter, "waiting") == [request]

    def test_pages(self, cast, service, client):
        first = make_case(service)
        others = [make_case(service) for _count in range(3)]
        seen, cursor = [], None
        for _page in range(3):
            page = inbox.cases_for(inbox.scope_of(cast.official), "mine", cursor=cursor, size=2)
            seen += [row.request for row in page.rows]
            cursor = page.next
            if cursor is None:
                break
        assert seen == [first, *others]

    @pytest.mark.parametrize("name", ["official", "section_head", "counter", "admin", "head"])
    @pytest.mark.parametrize("which", ["mine", "pool", "waiting", "late", "done"])
    def test_the_number_of_queries_does_not_grow(self, cast, service, client, name, which):
        make_case(service)
        client.force_login(getattr(cast, name))
        client.get(LIST, {"tab": which})
        one = count_queries(lambda: client.get(LIST, {"tab": which}))
        for _count in range(2):
            make_case(service)
        assert count_queries(lambda: client.get(LIST, {"tab": which})) == one <= 13

    def test_what_the_page_says_when_nothing_waits(self, cast, client):
        client.force_login(cast.official)
        assert "Tidak ada pekerjaan yang menunggu Anda." in client.get(LIST).content.decode()
        assert client.get(LIST, {"tab": "lain"}).status_code == 404
        assert client.get(LIST, {"hal": "rusak"}).status_code == 200

    def test_strangers_are_sent_to_the_log_in_and_people_without_role_refused(self, client):
        assert client.get(LIST).status_code == 302
        client.force_login(make_user())
        assert client.get(LIST).status_code == 403


class TestPage:
    def test_who_reads_a_case(self, cast, service, client):
        request = make_case(service)
        seen = {}
        for name in ("official", "section_head", "frontdesk", "counter", "admin", "head", "outsider", "secretary"):
            client.force_login(getattr(cast, name))
            seen[name] = client.get(case_url(request)).status_code
        assert seen.pop("outsider") == 404
        assert seen.pop("secretary") == 404
        assert set(seen.values()) == {200}
        client.force_login(cast.official)
        assert client.get("/petugas/kasus/ULA-2026-999999/").status_code == 404

    def test_the_whole_way_by_the_pages(self, cast, service, client):
        request = make_case(service)
        client.force_login(cast.official)
        text = client.get(case_url(request)).content.decode()
        assert "Apakah berkas lengkap?" in text and "Tidak lengkap" in text
        answer = act(client, request, "putuskan", answer="yes")
        assert answer.status_code == 302
        text = client.get(case_url(request)).content.decode()
        assert "Langkah 2 selesai, menunggu Kepala Sekolah." in text
        act(client, request, "selesai", happened_on=clock.today().isoformat())
        act(client, request, "putuskan", answer="yes")
        text = client.get(case_url(request)).content.decode()
        assert "Langkah 5 selesai, langkah berikutnya juga tugas Anda." in text
        assert '<details class="fold mb-3" id="konsep" open>' in text
        text = act(client, request, "selesai", note="konsep siap")
        assert f"diteruskan kepada {run_of(request).position.name}." in client.get(case_url(request)).content.decode()
        client.force_login(cast.section_head)
        # Whoever has to check the draft sees it.
        draft = client.get(case_url(request)).content.decode()
        assert '<details class="fold mb-3" id="konsep" open>' in draft
        assert f"nomor {request.number}" in draft
        act(client, request, "putuskan", answer="yes")
        text = client.get(case_url(request)).content.decode()
        assert "Terbitkan surat" in text and request.applicant_name in text
        body = f"Dengan ini kami menerangkan contoh bagi {request.applicant_name}."
        preview = client.post(reverse("case_letter_preview", args=[request.number]), {"body": body})
        assert preview["Content-Type"] == "application/pdf" and preview.content.startswith(b"%PDF")
        assert not Letter.objects.exists()
        act(client, request, "surat", body=body)
        letter = Letter.objects.get()
        assert (letter.state, letter.body) == ("issued", body)
        client.force_login(cast.counter)
        pdf = client.get(reverse("case_letter", args=[request.number, letter.pk]))
        assert b"".join(pdf.streaming_content).startswith(b"%PDF")
        act(client, request, "serahkan")
        text = client.get(case_url(request)).content.decode()
        assert "Surat diserahkan kepada pemohon." in text
        request.refresh_from_db()
        assert request.state == Request.State.COMPLETED

    def test_a_stranger_to_the_step_is_told_and_nothing_happens(self, cast, service, client):
        request = make_case(service)
        client.force_login(cast.head)
        text = client.get(case_url(request)).content.decode()
        assert "bukan tugas Anda" in text and "Selesaikan langkah" not in text
        answer = act(client, request, "putuskan", answer="yes")
        assert answer.status_code == 403
        assert "Langkah ini bukan tugas Anda." in answer.content.decode()
        assert no_of(request) == 2

    def test_a_stale_page_is_told_who_was_faster(self, cast, service, client):
        request, run = make_case(service), None
        run = run_of(request)
        client.force_login(cast.official)
        act(client, request, "putuskan", answer="yes")
        again = {"key": "lain", "run": run.pk, "answer": "yes"}
        answer = client.post(case_url(request, "putuskan"), again, follow=True)
        assert "Langkah ini sudah diselesaikan oleh Sri Contoh pukul" in answer.content.decode()
        assert no_of(request) == 4

    def test_sending_back_needs_words_for_the_applicant(self, cast, service, client):
        request = make_case(service)
        client.force_login(cast.official)
        page = client.get(case_url(request)).content.decode()
        assert "Bila kosong, sistem menuliskan berkas yang kurang" in page and "Wajib untuk" not in page
        answer = act(client, request, "putuskan", answer="no")
        assert answer.status_code == 422
        assert "Tulis apa yang perlu dilengkapi pemohon." in answer.content.decode()
        act(client, request, "putuskan", answer="no", note="Tanda tangan kepala sekolah belum ada.")
        assert request.pauses.get().wanted == "Tanda tangan kepala sekolah belum ada."
        act(client, request, "jawaban", text="dibawa ke loket")
        assert no_of(request) == 2
        answer = act(client, request, "putuskan")
        assert "Pilih salah satu jawaban." in answer.content.decode()

    def test_what_was_typed_is_kept(self, cast, service, client):
        request = walk(make_case(service), (cast.official, "yes"))
        client.force_login(cast.official)
        tomorrow = clock.today() + datetime.timedelta(days=1)
        answer = act(client, request, "selesai", note="Kuota 3 kursi", happened_on=tomorrow.isoformat())
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "Tanggal ini belum tiba." in text and "Kuota 3 kursi" in text
        assert act(client, request, "lewati", reason="").status_code == 422
        assert act(client, request, "minta", wanted="").status_code == 422
        assert act(client, request, "catatan", text="").status_code == 422
        assert no_of(request) == 4

    def test_a_late_step_asks_for_its_reason(self, cast, service, client):
        with clock.at(at(23)):
            request = make_case(service)
        with clock.at(at(26)):
            client.force_login(cast.official)
            assert "Alasan pengecualian dari SOP" in client.get(case_url(request)).content.decode()
            assert act(client, request, "putuskan", answer="yes").status_code == 422
            act(client, request, "putuskan", answer="yes", deviation_reason="Listrik padam.")
        assert no_of(request) == 4

    def test_a_pooled_step_is_claimed_first(self, cast, service, client):
        make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
        request = make_case(service)
        client.force_login(cast.official)
        text = client.get(case_url(request)).content.decode()
        assert "Ambil pekerjaan ini" in text and "Minta kelengkapan" not in text
        act(client, request, "ambil")
        assert run_of(request).assignee == cast.official
        assert "Ambil pekerjaan ini" not in client.get(case_url(request)).content.decode()

    def test_a_step_is_handed_to_a_colleague(self, cast, service, client):
        request = make_case(service)
        second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
        client.force_login(cast.official)
        assert act(client, request, "alihkan", to_user=cast.outsider.pk).status_code == 422
        act(client, request, "alihkan", to_user=second.pk)
        assert run_of(request).assignee == second

    def test_asking_marks_documents_and_notes_are_kept_apart(self, cast, service, client):
        request = make_case(service)
        document = request.documents.first()
        client.force_login(cast.official)
        act(client, request, "minta", wanted="KTP buram", documents=[document.pk])
        document.refresh_from_db()
        assert document.verdict == "mend"
        act(client, request, "catatan", text="Sudah ditelepon")
        act(client, request, "pesan", text="Mohon segera")
        seen = {name: client.get(case_url(request), {"tab": name}).content.decode() for name in ("pesan", "catatan")}
        assert "Sudah ditelepon" in seen["catatan"] and "Mohon segera" not in seen["catatan"]
        assert "Mohon segera" in seen["pesan"] and "Sudah ditelepon" not in seen["pesan"]
        assert "KTP buram" in seen["pesan"]

    def test_a_walk_in_is_declared_complete(self, cast, service, client):
        request = open_walk_in_request(service, by=staff(cast.frontdesk), applicant=WalkInApplicant("Ibu Contoh"))
        client.force_login(cast.official)
        text = client.get(case_url(request)).content.decode()
        # If a decision of the SOP declares it, there is no second button.
        assert "mulai dihitung saat Anda menjawab “Lengkap”" in text and "Nyatakan berkas lengkap" not in text
        assert text.count('data-confirm="Belum ada:') == 1
        client.force_login(cast.frontdesk)
        assert "Nyatakan berkas lengkap" in client.get(case_url(request)).content.decode()
        act(client, request, "lengkap")
        request.refresh_from_db()
        assert request.due_at
        act(client, request, "tarik")
        request.refresh_from_db()
        assert request.state == Request.State.WITHDRAWN
        assert "sudah ditutup" in act(client, request, "selesai").content.decode()

    def test_documents_open_for_readers_only_and_reading_is_journalled(self, cast, service, client):
        request, other = make_case(service), make_case(service)
        document = request.documents.first()
        path = reverse("case_document", args=[request.number, document.pk])
        client.force_login(cast.outsider)
        assert client.get(path).status_code == 404
        client.force_login(cast.official)
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("inline")
        assert JournalEntry.objects.get(verb="read_document").data == {"document": document.pk}
        assert client.get(reverse("case_document", args=[other.number, document.pk])).status_code == 404

    def test_the_receipt_is_printed_again_for_who_lost_the_code(self, cast, service, client):
        request = make_case(service)
        path = reverse("case_receipt", args=[request.number])
        client.force_login(cast.outsider)
        assert client.get(path).status_code == 404
        client.force_login(cast.official)
        assert path in client.get(case_url(request)).content.decode()
        answer = client.get(path)
        assert spaced_code(request) in answer.content.decode() and answer["Cache-Control"] == "private, no-store"
        assert tracking_token(request) not in answer.content.decode()
        # Twice on one sheet; the code is the applicant's secret, so the office's copy has their signature instead.
        mine, _cut, office = answer.content.decode().partition("Gunting di sini")
        assert "paper--twice" in mine and "paper--long" not in mine and "Lembar untuk pemohon" in mine
        assert "Lembar untuk kantor" in office and "Pemohon," in office
        assert spaced_code(request) in mine and spaced_code(request) not in office and "data:image" not in office
        assert JournalEntry.objects.filter(verb="reprint_receipt", subject_id=request.pk).count() == 1

    def test_verbs_need_post_and_unknown_ones_are_not_found(self, cast, service, client):
        request = make_case(service)
        client.force_login(cast.official)
        assert client.get(case_url(request, "selesai")).status_code == 405
        assert client.post(case_url(request, "hapus")).status_code == 404
        assert client.post(reverse("case_letter_preview", args=[request.number])).status_code == 302
        assert client.get(reverse("case_letter", args=[request.number, 1])).status_code == 404

    def test_the_number_of_queries_does_not_grow_with_what_happened(self, cast, service, client):
        request = make_case(service)
        route_case(request, by=staff(cast.admin), to_user=cast.official)
        client.force_login(cast.official)
        client.get(case_url(request))
        before = count_queries(lambda: client.get(case_url(request)))
        for _count in range(2):
            walk(request, (cast.official, "no"), (cast.counter, "done"))
        assert count_queries(lambda: client.get(case_url(request))) == before <= 16
