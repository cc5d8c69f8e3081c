"""What staff complete for an applicant at the desk: answers and scans; and clearing a verdict."""

import pytest
from django.urls import reverse

from services.applying.actions.completing import complete_answers
from services.attachments.actions.judging import clear_verdict
from services.conversation.actions.asking import ask_applicant, withdraw_request
from services.letters.actions.issuing import draft_body, template_for
from services.models import Request, TimelineEntry
from sop.rules.queries.flows import flow_of
from tests.factories.cases import make_case, run_of
from tests.factories.services import picture
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import JournalEntry
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db


def page(request):
    return reverse("case_answers", args=[request.number])


class TestAnswers:
    def test_the_letter_of_a_walk_in_carries_what_was_entered_later(self, cast, walk_in):
        flow = flow_of(walk_in.sop_version_id)
        step = next(each for each in flow.steps if each.issues_letter)
        template = template_for(walk_in, flow, step)
        template.body = "Nomor surat polisi: {nomor_polisi}\n\nPemohon: {applicant}"
        assert "B/7" not in draft_body(walk_in, template)
        done = complete_answers(
            walk_in, by=staff(cast.frontdesk), answers={"jenis": "Hilang", "nomor_polisi": "B/7/XI/2026"}
        )
        assert "Nomor surat polisi: B/7/XI/2026" in draft_body(done, template)
        assert "Ibu Contoh" in draft_body(done, template)

    def test_what_is_not_named_stays_and_columns_follow(self, cast, walk_in):
        complete_answers(walk_in, by=staff(cast.frontdesk), answers={"no_hp": "+628123456789"})
        done = complete_answers(walk_in, by=staff(cast.official), answers={"jenis": "Rusak"})
        assert done.answers["nama_pemohon"] == done.applicant_name == "Ibu Contoh"
        assert (done.applicant_phone, done.answers["jenis"]) == ("+628123456789", "Rusak")

    def test_it_is_kept_for_the_office_without_words(self, cast, walk_in):
        complete_answers(walk_in, by=staff(cast.frontdesk), answers={"jenis": "Rusak"})
        complete_answers(walk_in, by=staff(cast.frontdesk), answers={"jenis": "Rusak"})
        entry = TimelineEntry.objects.get(request=walk_in, verb="answers_completed")
        assert entry.audience == "internal" and entry.data == {"answers": 1}
        assert "Rusak" not in str(JournalEntry.objects.get(verb="complete_answers").data)

    def test_refusals(self, cast, walk_in):
        with pytest.raises(NotAllowed):
            complete_answers(walk_in, by=staff(cast.outsider), answers={"jenis": "Rusak"})
        with pytest.raises(Refused) as refused:
            complete_answers(walk_in, by=staff(cast.frontdesk), answers={"tidak_ada": "x"})
        assert refused.value.field == "tidak_ada"
        withdraw_request(walk_in, by=applicant(walk_in.pk))
        with pytest.raises(Outdated):
            complete_answers(walk_in, by=staff(cast.frontdesk), answers={"jenis": "Rusak"})

    def test_what_was_written_online_is_the_applicants(self, cast, service):
        request = make_case(service)
        with pytest.raises(Refused):
            complete_answers(request, by=staff(cast.frontdesk), answers={"nama_pemohon": "Nama Lain"})
        assert (
            complete_answers(request, by=staff(cast.frontdesk), answers={"no_hp": "+628123456789"}).applicant_phone
            == "+628123456789"
        )


class TestPage:
    def test_answers_are_entered_in_parts_and_wrong_ones_lose_nothing(self, client, cast, walk_in):
        client.force_login(cast.frontdesk)
        html = client.get(page(walk_in)).content.decode()
        assert "Siapa yang mengajukan?" in html and "Ibu Contoh" in html and "Nomor surat polisi" in html
        said = {"jenis": "Hilang", "nomor_polisi": "B/7/XI/2026", "no_hp": "123", "nama_pemohon": ""}
        answer = client.post(page(walk_in), said)
        assert answer.status_code == 422 and 'value="123"' in answer.content.decode()
        walk_in.refresh_from_db()
        assert walk_in.answers["nomor_polisi"] == "B/7/XI/2026" and walk_in.applicant_name == "Ibu Contoh"
        assert client.post(page(walk_in), {**said, "no_hp": "0812 3456 7890"}).status_code == 302
        walk_in.refresh_from_db()
        assert walk_in.applicant_phone == "+6281234567890"

    def test_scans_are_taken_and_replaced(self, client, cast, walk_in):
        client.force_login(cast.frontdesk)
        complete_answers(walk_in, by=staff(cast.frontdesk), answers={"jenis": "Rusak"})
        requirement = walk_in.service.requirements.get(text="KTP")
        path = reverse("case_upload", args=[walk_in.number, f"r{requirement.pk}"])
        for color in ("white", "red"):
            answer = client.post(path, {"file": picture(color=color)}, headers={"HX-Request": "true"})
            assert answer.status_code == 200 and "Terunggah" in answer.content.decode()
        assert walk_in.documents.filter(removed_at=None).count() == 1
        other = client.post(reverse("case_upload", args=[walk_in.number, "lain"]), {"file": picture("x.png", "blue")})
        assert other.status_code == 302
        assert walk_in.documents.filter(removed_at=None).count() == 2
        bad = client.post(path, {})
        assert bad.status_code == 422 and "Belum ada berkas yang dipilih." in bad.content.decode()

    def test_only_for_who_may_serve_and_while_it_is_open(self, client, cast, walk_in):
        for user, status in [(cast.outsider, 404), (cast.admin, 403), (cast.official, 200), (cast.counter, 200)]:
            client.force_login(user)
            assert client.get(page(walk_in)).status_code == status, user
        withdraw_request(walk_in, by=applicant(walk_in.pk))
        answer = client.get(page(walk_in), follow=True)
        assert "Permohonan ini sudah ditutup." in answer.content.decode()

    def test_the_case_leads_there(self, client, cast, walk_in):
        client.force_login(cast.frontdesk)
        assert page(walk_in) in client.get(reverse("case_detail", args=[walk_in.number])).content.decode()
        client.force_login(cast.head)
        assert page(walk_in) not in client.get(reverse("case_detail", args=[walk_in.number])).content.decode()


class TestVerdict:
    def marked(self, cast, service):
        request = make_case(service)
        document = request.documents.first()
        ask_applicant(
            request, by=staff(cast.official), wanted="Mohon KTP yang jelas.", documents={document.pk: "buram"}
        )
        return request, document

    def test_a_mark_made_by_mistake_is_taken_back(self, client, cast, service):
        request, document = self.marked(cast, service)
        client.force_login(cast.official)
        html = client.get(reverse("case_detail", args=[request.number]), {"berkas": document.pk}).content.decode()
        assert "Urungkan penilaian" in html
        path = reverse("case_act", args=[request.number, "penilaian"])
        answer = client.post(path, {"document": document.pk}, follow=True)
        assert "Penilaian berkas diurungkan." in answer.content.decode()
        document.refresh_from_db()
        assert (document.verdict, document.verdict_note) == ("", "")
        assert Request.objects.get(pk=request.pk).state == "waiting_applicant"
        assert JournalEntry.objects.filter(verb="clear_verdict").count() == 1
        again = client.post(path, {"document": document.pk}, follow=True).content.decode()
        assert "tidak lagi ditandai" in again and "Urungkan penilaian" not in again

    def test_only_by_who_works_the_step_and_on_its_own_request(self, client, cast, service):
        request, document = self.marked(cast, service)
        with pytest.raises(NotAllowed):
            clear_verdict(document, by=staff(cast.frontdesk))
        other = make_case(service)
        client.force_login(cast.official)
        client.post(reverse("case_act", args=[other.number, "penilaian"]), {"document": document.pk})
        document.refresh_from_db()
        assert document.verdict == "mend"
        withdraw_request(request, by=applicant(request.pk))
        with pytest.raises(Outdated):
            clear_verdict(document, by=staff(cast.official))
        assert run_of(request) is None
