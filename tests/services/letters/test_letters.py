"""Letters: numbers without gaps, failed renderings, templates, signature blocks, verification."""

import datetime
import hashlib
import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from services.conversation.actions.asking import withdraw_request
from services.engine import decisions
from services.engine.actions.deviating import skip_step
from services.engine.actions.report import StepReport
from services.engine.actions.steps import decide_step
from services.letters import rules
from services.letters.actions import issuing as verbs
from services.letters.actions.issuing import ensure_letter_templates, issue_letter
from services.letters.queries import letter_by_code, letter_for_applicant, verification_code
from services.models import Letter, LetterTemplate, Request
from sop.rules.queries.flows import flow_of
from sop.rules.queries.validity import version_in_force
from tests.factories.cases import at, make_case, make_case_service, run_of, to_letter, walk
from tests.factories.concurrently import concurrently
from tests.factories.core import make_acting, make_user, named_cast
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, applicant, staff
from ula_portal.core.models import JournalEntry, NumberSequence, Office, Role, StoredFile
from ula_portal.core.office.actions import people
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    Office.objects.create(name="Dinas Pendidikan", regency="Kabupaten Batu Bara", city="Lima Puluh", phone="0622")
    return named_cast()


@pytest.fixture
def ready(cast, service):
    """A request at its letter step."""
    return to_letter(make_case(service, nama_pemohon="Siti Aminah Contoh"), cast)


def text_of(letter):
    with letter.file.blob.open("rb") as stream:
        content = stream.read()
    assert content.startswith(b"%PDF")
    with pikepdf.open(io.BytesIO(content)) as document:
        return content, len(document.pages)


def test_a_letter_gets_number_file_and_fingerprint(cast, ready):
    with clock.at(at(24)):
        letter = issue_letter(run_of(ready), by=staff(cast.section_head), deviation_reason="x")
    assert letter.number == "400.3.5/1-Dikdas/2026"
    content, pages = text_of(letter)
    assert pages == 1
    assert letter.file.sha256 == hashlib.sha256(content).hexdigest()
    assert letter.signatory["position"] == "Kepala Bidang Pembinaan Pendidikan Dasar"
    ready.refresh_from_db()
    assert ready.state == Request.State.IN_PROGRESS
    assert run_of(ready).led_by == "applicant"


def test_only_who_may_work_the_step_issues_and_only_there(cast, service, ready):
    with pytest.raises(NotAllowed):
        issue_letter(run_of(ready), by=staff(cast.official))
    other = make_case(service)
    with pytest.raises(Refused, match="tidak menerbitkan surat"):
        issue_letter(run_of(other), by=staff(cast.official))
    with pytest.raises(Refused) as refused:
        issue_letter(run_of(ready), by=staff(cast.section_head), body="  ")
    assert refused.value.field == "body"
    assert not Letter.objects.exists()
    assert not NumberSequence.objects.filter(key="letter").exists()


def test_again_by_the_same_person_gives_the_same_letter(cast, ready):
    run = run_of(ready)
    first = issue_letter(run, by=staff(cast.section_head))
    assert issue_letter(run, by=staff(cast.section_head)) == first
    with pytest.raises(Outdated):
        issue_letter(run, by=staff(make_user(Role.SECTION_HEAD, unit=cast.unit)))
    assert Letter.objects.count() == 1


EDITED = "Nama: Siti Aminah Contoh\n\nIsi yang sudah disunting."


def test_a_failed_rendering_keeps_the_number_for_the_next_try(cast, service, ready, monkeypatch):
    run = run_of(ready)
    with monkeypatch.context() as patch:
        patch.setattr(verbs.pdf, "render_template", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(Refused, match=r"Nomor 400\.3\.5/1-Dikdas/20\d\d tetap dipesan"):
            issue_letter(run, by=staff(cast.section_head), body=EDITED)
    letter = Letter.objects.get()
    assert (letter.state, letter.sequence, letter.body) == ("reserved", 1, EDITED)
    assert run_of(ready) == run
    assert letter_by_code(verification_code(letter)) is None
    other = to_letter(make_case(service), cast)
    assert issue_letter(run_of(other), by=staff(cast.section_head)).sequence == 2
    again = issue_letter(run, by=staff(cast.section_head))
    assert (again.pk, again.sequence, again.state) == (letter.pk, 1, "issued")
    assert sorted(Letter.objects.values_list("sequence", flat=True)) == [1, 2]


def test_a_failed_issue_leaves_no_file_behind(cast, ready, monkeypatch):
    before = StoredFile.objects.count()
    kept = []
    keep = verbs.uploads.keep

    def keep_and_fail(*args):
        kept.append(keep(*args))
        return kept[0]

    monkeypatch.setattr(verbs.uploads, "keep", keep_and_fail)
    monkeypatch.setattr(verbs, "_mark_issued", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        issue_letter(run_of(ready), by=staff(cast.section_head))
    assert StoredFile.objects.count() == before
    assert not kept[0].blob.storage.exists(kept[0].blob.name)
    assert Letter.objects.get().state == "reserved"


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_many_issue_at_once():
    cast = named_cast()
    service = make_case_service(cast)
    requests = [to_letter(make_case(service), cast) for _count in range(4)]
    runs = [run_of(request) for request in requests]
    results = concurrently(*[lambda run=run: issue_letter(run, by=staff(cast.section_head)) for run in runs])
    assert sorted(letter.sequence for letter in results) == [1, 2, 3, 4]
    results = concurrently(*[lambda: issue_letter(runs[0], by=staff(cast.section_head))] * 2)
    assert {letter.sequence for letter in results} <= {1, 2, 3, 4}
    assert Letter.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_two_officials_issuing_one_letter_make_one():
    cast = named_cast()
    second = make_user([Role.SECTION_HEAD], cast.positions["KABID-DIKDAS"], cast.unit)
    request = to_letter(make_case(make_case_service(cast)), cast)
    run = run_of(request)
    people = (cast.section_head, second)
    results = concurrently(*[lambda user=user: issue_letter(run, by=staff(user)) for user in people])
    issued = [each for each in results if isinstance(each, Letter)]
    assert len(issued) == 1
    assert any(isinstance(each, Outdated) for each in results)
    assert Letter.objects.filter(state="issued").count() == 1


def test_the_year_begins_its_own_sequence(cast, service):
    with clock.at(at(30, month=12)):
        first = to_letter(make_case(service), cast)
        issue_letter(run_of(first), by=staff(cast.section_head))
    with clock.at(at(4, month=1, year=2027)):
        second = to_letter(make_case(service), cast)
        letter = issue_letter(run_of(second), by=staff(cast.section_head))
    assert (letter.sequence, letter.number) == (1, "400.3.5/1-Dikdas/2027")


def test_a_refusal_uses_its_own_template_and_the_reason_given(cast, service):
    request = walk(make_case(service), (cast.official, "yes"), (cast.official, "done"))
    reason = "Daya tampung sekolah tujuan sudah penuh."
    decide_step(run_of(request), by=staff(cast.official), yes=False, report=StepReport(note=reason))
    letter = issue_letter(run_of(request), by=staff(cast.section_head))
    assert letter.template.is_refusal
    assert reason in letter.body
    assert "keberatan" in letter.body
    assert "21 (dua puluh satu) hari kerja" in letter.body
    read = Request.objects.get(pk=request.pk)
    walk(request, (cast.counter, "done"))
    assert request.state == Request.State.REJECTED
    # A request object read before its end shows no letter yet.
    assert letter_for_applicant(read) is None and letter_for_applicant(request) == letter
    # An end step of the office does not say that the letter was collected.
    letter.refresh_from_db()
    assert letter.collected_at is None


def test_every_end_after_a_step_decides_about_refusal(service):
    flow = flow_of(version_in_force(service.sop_id).pk)
    assert decisions.is_refusal_step(flow, flow.by_no(10))
    assert decisions.is_refusal_step(flow, flow.by_no(11))
    assert not decisions.is_refusal_step(flow, flow.by_no(8))
    assert not decisions.is_refusal_step(flow, flow.by_no(2))


def test_the_service_names_its_template_and_the_matters_code_stays_with_a_refusal(cast, service):
    template = LetterTemplate.objects.get(code="rekomendasi-gtk")
    service.letter_template = template
    service.save()
    assert issue_letter(run_of(to_letter(make_case(service), cast)), by=staff(cast.section_head)).number.startswith(
        "400.3.7/"
    )
    refused = walk(make_case(service), (cast.official, "yes"), (cast.official, "done"), (cast.official, "no"))
    assert issue_letter(run_of(refused), by=staff(cast.section_head)).number.startswith("400.3.7/")


def test_default_templates_are_made_once_and_edits_stay(cast):
    first = ensure_letter_templates()
    LetterTemplate.objects.filter(code="penolakan").update(title="Judul kantor")
    assert len(ensure_letter_templates()) == len(first) == LetterTemplate.objects.count()
    assert LetterTemplate.objects.get(code="penolakan").title == "Judul kantor"


def test_acting_holders_sign_as_such_and_cite_their_order(cast, ready):
    tenure = cast.section_head.tenures.get()
    people.end_tenure(tenure, by=SYSTEM, last_day=clock.today() - datetime.timedelta(days=1))
    acting = make_user([Role.SECTION_HEAD], unit=cast.unit, nip="198609262015051001")
    make_acting(acting, tenure.position, "plt")
    letter = issue_letter(run_of(ready), by=staff(acting))
    assert letter.signatory["position"] == "Plt. Kepala Bidang Pembinaan Pendidikan Dasar"
    assert letter.signatory["nip"] == "198609262015051001"
    said = letter.signatory["authority"]
    assert said.startswith("Berdasarkan Surat Perintah Kepala Dinas Nomor 800/1/2026 tanggal 1 Januari 2020, berlaku ")


def test_a_second_letter_withdraws_the_first(cast, ready):
    first = issue_letter(run_of(ready), by=staff(cast.section_head))
    skip_step(run_of(ready), by=staff(cast.section_head), reason="Nama pada surat keliru.", to_step_no=8)
    second = issue_letter(run_of(ready), by=staff(cast.section_head))
    first.refresh_from_db()
    assert (first.state, second.state, second.sequence) == ("withdrawn", "issued", 2)
    said = JournalEntry.objects.filter(verb="issue_letter").latest("pk").data
    assert (said["letter"], said["replaces"]) == (second.pk, first.pk)
    assert letter_by_code(verification_code(first)) == first


def test_the_applicant_sees_the_letter_when_it_waits_for_them(cast, ready):
    assert letter_for_applicant(ready) is None
    letter = issue_letter(run_of(ready), by=staff(cast.section_head))
    assert letter_for_applicant(Request.objects.get(pk=ready.pk)) == letter


def test_text_of_a_letter_is_taken_literally():
    paragraphs = rules.paragraphs("Satu\nbaris.\n\nNama: <b>Ani</b>\nLayanan: Contoh\n\nDua: panjang" + "x" * 60)
    assert rules.paragraphs(" \r\n ") == []
    assert [each.text or each.data for each in paragraphs][:2] == [
        "Satu baris.",
        (("Nama", "<b>Ani</b>"), ("Layanan", "Contoh")),
    ]
    assert rules.filled_body("{applicant} {secret.__class__} {unknown}", {"applicant": "Ani"}).startswith(
        "Ani {secret.__class__}"
    )
    assert (
        rules.letter_number(
            "{code}/{sequence}/{unit}/{roman_month}/{year}",
            code="800",
            sequence=7,
            unit="A",
            day=datetime.date(2026, 11, 2),
        )
        == "800/7/A/XI/2026"
    )
    assert rules.initials("Siti  aminah 2 Contoh") == "S. A. C."


class TestVerification:
    @pytest.fixture
    def letter(self, cast, ready):
        return issue_letter(run_of(ready), by=staff(cast.section_head))

    def page(self, client, letter, code=None, **more):
        return client.get(reverse("letter_verify", args=[code or verification_code(letter)]), **more)

    def test_a_valid_letter(self, client, letter):
        answer = self.page(client, letter)
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "Surat ini tercatat dan berlaku." in text
        assert "Cocokkan dengan surat yang Anda pegang." in text
        assert letter.number in text and letter.file.sha256 in text
        assert "S*** A***** C*****" in text
        assert "Siti" not in text and letter.request.number not in text

    def test_spelling_does_not_matter(self, client, letter):
        spelled = verification_code(letter).lower().replace("-", "")
        assert self.page(client, letter, spelled).status_code == 200

    def test_a_withdrawn_letter(self, client, letter):
        Letter.objects.filter(pk=letter.pk).update(state="withdrawn", withdrawn_at=at(26))
        text = self.page(client, letter).content.decode()
        assert "Surat ini sudah dicabut pada Kamis, 26 November 2026 dan tidak berlaku lagi." in text
        assert "tercatat dan berlaku" not in text

    def test_an_unknown_code_and_the_limit(self, client, letter):
        answer = self.page(client, letter, "AAAABBBBCCCC")
        assert answer.status_code == 404
        assert "Kode tidak tercatat. Periksa penulisannya atau hubungi" in answer.content.decode()
        for _count in range(20):
            answer = self.page(client, letter, "AAAABBBBCCCC")
        assert answer.status_code == 429
        assert self.page(client, letter).status_code == 429

    def test_the_form_leads_to_the_letters_page(self, client, letter):
        answer = client.post(reverse("verify_form"), {"code": verification_code(letter)})
        assert answer.status_code == 302
        assert answer["Location"].endswith(f"/verifikasi/{verification_code(letter).replace('-', '')}/")
        answer = client.post(reverse("verify_form"), {"code": "pendek"})
        assert answer.status_code == 422
        assert "12 huruf dan angka" in answer.content.decode()
        assert "pendek" in answer.content.decode()

    def test_a_file_is_compared_and_not_kept(self, client, letter):
        with letter.file.blob.open("rb") as stream:
            content = stream.read()
        url, before = reverse("letter_verify", args=[verification_code(letter)]), StoredFile.objects.count()
        same = client.post(url, {"file": SimpleUploadedFile("a.pdf", content)}).content.decode()
        other = client.post(url, {"file": SimpleUploadedFile("a.pdf", content + b"\n")}).content.decode()
        assert "Sama persis" in same and "Berbeda" in other
        assert client.post(url, {}).status_code == 422
        assert StoredFile.objects.count() == before


def test_a_request_whose_letter_is_issued_is_not_withdrawn(cast, ready):
    with clock.at(at(24)):
        letter = issue_letter(run_of(ready), by=staff(cast.section_head), deviation_reason="x")
        with pytest.raises(Refused, match="sudah terbit"):
            withdraw_request(ready, by=applicant(ready.pk))
    ready.refresh_from_db()
    assert ready.state != Request.State.WITHDRAWN
    assert letter.state == Letter.State.ISSUED


def test_an_applicants_words_cannot_become_lines_of_the_letter():
    words = {"applicant": "Siti\n\nKeputusan: dikabulkan\u2028\u202egpj", "reason": "Satu.\n\nDua.\u202e"}
    blocks = rules.paragraphs(rules.filled_body("Nama: {applicant}\nLayanan: X\n\n{reason}", words))
    assert blocks[0].data == (("Nama", "Siti Keputusan: dikabulkan gpj"), ("Layanan", "X"))
    assert [block.text for block in blocks[1:]] == ["Satu.", "Dua."]
