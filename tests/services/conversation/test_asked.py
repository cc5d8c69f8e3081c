"""Items asked for and what arrived: their states, the question before answering, the same file uploaded again."""

import datetime

import pytest
from django.urls import reverse

from services.applying.actions.messages import write_to_office
from services.applying.queries import request_by_token
from services.applying.receipt import tracking_token
from services.attachments.actions.documents import EXTRA, attach_document
from services.casework.queries.history import case_history
from services.conversation.actions import asking
from services.conversation.queries.asked_items import asked_items
from services.tracking.queries.tracking import tracking_of
from tests.factories.cases import at, run_of
from tests.factories.services import make_request, picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.verbs.errors import Refused

pytestmark = pytest.mark.django_db


def ask(request, user, documents=()):
    """Ask on Tuesday at ten; the test goes on at eleven."""
    with clock.at(at(24, "10:00")):
        asking.ask_applicant(request, by=staff(user), wanted="Mohon kirim KTP yang lebih jelas.", documents=documents)


@pytest.fixture
def asked(cast, service):
    """A request with two documents, one of which must be corrected; it is now an hour later."""
    with clock.at(at(24, "09:00")):
        request = make_request(service, jenis="Hilang", nomor_polisi="B/1/XI/2026")
    mend, _other = request.documents.order_by("pk")
    ask(request, cast.official, {mend.pk: "buram"})
    with clock.at(at(24, "11:00")):
        yield request


def states(request):
    return [each.state for each in asked_items(request, request.pauses.get())]


def key_of(document):
    return f"r{document.requirement_id}"


def send(request, document, upload):
    return attach_document(request, by=applicant(request.pk), upload=upload, slot_key=key_of(document))


def answer(client, request, **data):
    path = reverse("track_answer", args=[tracking_token(request)])
    return client.post(path, data, follow=True)


class TestStates:
    def test_each_thing_has_its_own(self, asked):
        mend, other = asked.documents.order_by("pk")
        assert states(asked) == ["unchanged"]
        other.delete()
        assert states(asked) == ["unchanged", "missing"]
        send(asked, mend, picture(color="red"))
        assert states(asked) == ["new", "missing"]
        write_to_office(asked, by=applicant(asked.pk), text="Surat polisi menyusul.")
        assert states(asked) == ["new", "answered"]

    def test_words_alone_are_a_thing_too(self, cast, service):
        with clock.at(at(24, "09:00")):
            request = make_request(service)
        ask(request, cast.official)
        with clock.at(at(24, "11:00")):
            assert states(request) == ["missing"]
            attach_document(request, by=applicant(request.pk), upload=picture("tambahan.png", "blue"), slot_key=EXTRA)
            assert [(each.label, each.state) for each in asked_items(request, request.pauses.get())] == [
                ("tambahan.png", "new")
            ]

    def test_what_was_there_before_is_not_new_by_another_way_round(self, cast, asked):
        _mend, other = asked.documents.order_by("pk")
        send(asked, other, picture(color="green"))
        assert states(asked) == ["unchanged", "new"]
        send(asked, other, picture())
        assert states(asked) == ["unchanged"]

    def test_what_was_shown_at_the_desk_before_is_not_new_either(self, asked):
        _mend, other = asked.documents.order_by("pk")
        asked.documents.filter(pk=other.pk).update(file=None, original="seen")
        assert states(asked) == ["unchanged"]


class TestTheSameFile:
    def test_the_refused_one_is_told_at_the_upload_and_nothing_is_kept(self, asked):
        mend, _other = asked.documents.order_by("pk")
        with pytest.raises(Refused, match="sama persis dengan yang perlu diperbaiki"):
            send(asked, mend, picture())
        with pytest.raises(Refused, match="sama persis"):
            send(asked, mend, picture("nama-lain.png"))
        assert asked.documents.count() == 2
        # Even if another file was there in between.
        send(asked, mend, picture(color="red"))
        with pytest.raises(Refused, match="sama persis dengan yang perlu diperbaiki"):
            send(asked, mend, picture())

    def test_one_that_was_there_when_the_office_asked_is_told_too(self, asked):
        _mend, other = asked.documents.order_by("pk")
        with pytest.raises(Refused, match="belum ada yang berubah"):
            send(asked, other, picture())

    def test_another_box_is_no_way_round(self, cast, service, asked):
        with pytest.raises(Refused, match="sama persis dengan yang perlu diperbaiki"):
            attach_document(asked, by=applicant(asked.pk), upload=picture(), slot_key=EXTRA)
        with clock.at(at(24, "09:00")):
            request = make_request(service)
        ask(request, cast.official)
        with pytest.raises(Refused, match="belum ada yang berubah"):
            attach_document(request, by=applicant(request.pk), upload=picture(), slot_key=EXTRA)
        first = attach_document(
            request, by=applicant(request.pk), upload=picture("tambahan.png", "blue"), slot_key=EXTRA
        )
        assert (
            attach_document(request, by=applicant(request.pk), upload=picture("tambahan.png", "blue"), slot_key=EXTRA)
            == first
        )

    def test_a_connection_lost_before_the_answer_does_no_harm(self, asked):
        mend, _other = asked.documents.order_by("pk")
        first = send(asked, mend, picture(color="red"))
        assert send(asked, mend, picture(color="red")) == first

    def test_it_may_come_again_once_the_mark_is_taken_back(self, cast, asked):
        mend, _other = asked.documents.order_by("pk")
        send(asked, mend, picture(color="red"))
        asked.documents.update(verdict="")
        send(asked, mend, picture())

    def test_the_box_says_so(self, client, asked):
        mend, _other = asked.documents.order_by("pk")
        path = reverse("track_upload", args=[tracking_token(asked), key_of(mend)])
        box = client.post(path, {"file": picture()}, headers={"HX-Request": "true"})
        assert box.status_code == 422 and "sama persis" in box.content.decode()
        box = client.post(path, {"file": picture(color="red")}, headers={"HX-Request": "true"})
        assert box.status_code == 200 and "Terunggah: berkas baru" in box.content.decode()

    def test_the_desk_is_told_too(self, client, cast, asked):
        mend, _other = asked.documents.order_by("pk")
        client.force_login(cast.frontdesk)
        path = reverse("case_upload", args=[asked.number, key_of(mend)])
        box = client.post(path, {"file": picture()}, headers={"HX-Request": "true"})
        assert box.status_code == 422 and "sama persis" in box.content.decode()


class TestDone:
    def test_with_nothing_new_is_asked_back_and_the_clock_stands(self, client, asked):
        page = answer(client, asked)
        html = page.content.decode()
        assert page.status_code == 422 and "Belum diganti: KTP." in html and 'name="sure"' in html
        asked.refresh_from_db()
        assert asked.state == "waiting_applicant" and asked.pauses.get().to_at is None

    def test_who_insists_goes_on_and_is_told_the_truth(self, client, asked):
        html = answer(client, asked, sure="on").content.decode()
        assert "Permohonan Anda dilanjutkan. Tidak ada berkas baru. Belum berubah: KTP." in html
        assert "Terima kasih" not in html
        asked.refresh_from_db()
        assert asked.state == "in_progress"
        [entry] = asked.timeline.filter(verb="answered")
        assert entry.data == {"pause": asked.pauses.get().pk, "words": False, "new": 0, "same": 1}

    def test_words_are_an_answer_but_no_paper(self, client, asked):
        html = answer(client, asked, text="KTP masih di bank.").content.decode()
        assert "Jawaban Anda telah kami terima. Tidak ada berkas baru. Belum berubah: KTP." in html
        assert "Kelengkapan Anda telah kami terima" not in html

    def test_all_that_was_asked_is_thanked_for(self, client, asked):
        mend, _other = asked.documents.order_by("pk")
        send(asked, mend, picture(color="red"))
        assert "Kelengkapan Anda telah kami terima" in answer(client, asked).content.decode()

    def test_an_upload_by_script_brings_what_is_still_owed_and_nothing_once_all_is_there(self, client, asked):
        mend, other = asked.documents.order_by("pk")
        other_key = key_of(other)
        other.delete()
        script = {"HX-Request": "true"}

        def sent(key, color):
            path = reverse("track_upload", args=[tracking_token(asked), key])
            return client.post(path, {"file": picture(color=color)}, headers=script).content.decode()

        html = sent(key_of(mend), "red")
        assert 'id="confirmation"' in html and "Belum ada: Surat polisi." in html and "Belum diganti" not in html
        html = sent(other_key, "blue")
        assert 'id="confirmation"' in html and "Unggah dahulu" not in html and 'name="sure"' not in html

    def test_one_of_two_is_not_all(self, client, asked):
        mend, other = asked.documents.order_by("pk")
        other.delete()
        send(asked, mend, picture(color="red"))
        assert "Belum ada: Surat polisi." in answer(client, asked).content.decode()
        html = answer(client, asked, text="Surat polisi menyusul.").content.decode()
        assert "Ada berkas baru. Belum berubah: Surat polisi." in html

    def test_the_events_tell_it_as_it_was(self, asked):
        asking.applicant_answers(asked, by=applicant(asked.pk), sure=True)
        events = tracking_of(request_by_token(tracking_token(asked))).events
        assert "Dilanjutkan tanpa berkas baru dari Anda." in [each["text"] for each in events]


class TestAtTheDesk:
    def act(self, client, request, **data):
        path = reverse("case_act", args=[request.number, "jawaban"])
        return client.post(path, {"key": "k", "run": run_of(request).pk, **data}, follow=True)

    def test_the_same_question_is_asked_and_the_same_truth_told(self, client, cast, asked):
        client.force_login(cast.frontdesk)
        shown = client.get(reverse("case_detail", args=[asked.number])).content.decode()
        assert "Belum diganti" in shown and 'type="checkbox" name="sure"' not in shown
        refused = self.act(client, asked)
        assert refused.status_code == 422 and 'type="checkbox" name="sure"' in refused.content.decode()
        asked.refresh_from_db()
        assert asked.state == "waiting_applicant"
        html = self.act(client, asked, sure="on").content.decode()
        assert "Jawaban pemohon dicatat. Tidak ada berkas baru. Belum berubah: KTP." in html
        told = [(each.text, each.who) for each in case_history(asked).rows]
        assert ("Pemohon menjawab: tanpa berkas baru", f"dicatat oleh {cast.frontdesk.full_name}") in told

    def test_that_all_came_is_said_too(self, client, cast, asked):
        mend, _other = asked.documents.order_by("pk")
        send(asked, mend, picture(color="red"))
        client.force_login(cast.frontdesk)
        assert "Jawaban pemohon dicatat. Semua yang diminta sudah ada." in self.act(client, asked).content.decode()

    def test_what_the_applicant_did_alone_is_told_as_theirs(self, asked):
        mend, _other = asked.documents.order_by("pk")
        send(asked, mend, picture(color="red"))
        asking.applicant_answers(asked, by=applicant(asked.pk), text="Sudah")
        told = [(each.text, each.who) for each in case_history(asked).rows]
        assert ("Pemohon menjawab: 1 berkas baru, jawaban tertulis", "Pemohon") in told


def test_a_clock_that_was_set_back_closes_no_request_before_its_last_pause_ended(asked):
    asking.applicant_answers(asked, by=applicant(asked.pk), text="Aslinya menyusul.")
    ended_at = asked.pauses.get().to_at
    with clock.at(ended_at - datetime.timedelta(minutes=30)):
        withdrawn = asking.withdraw_request(asked, by=applicant(asked.pk))
    assert withdrawn.closed_at == ended_at
