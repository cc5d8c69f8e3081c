"""Drafts and submission, online and at the desk: what is saved, what is refused, and repeated or concurrent calls."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from services.applying.actions.drafts import create_draft, save_answers
from services.applying.actions.messages import write_to_office
from services.applying.actions.submitting import submit_request
from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.applying.receipt import receipt_code, tracking_token
from services.attachments.actions.documents import EXTRA, attach_document, remove_document
from services.catalogue.actions.publishing import withdraw_service
from services.fields.queries import INVALID_INPUTS
from services.models import Document, Request, StepRun, TimelineEntry
from services.papers.queries.slots import document_slots, missing_documents
from sop.approval.actions.life import withdraw_version
from tests.factories.concurrently import concurrently
from tests.factories.services import NIK, answers_for, make_draft, make_request, make_service, picture
from tests.factories.sop import make_cast, make_office
from ula_portal.core import clock
from ula_portal.core.files.uploads import UploadRefused
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import JournalEntry, Notice, StoredFile
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

THURSDAY = datetime.datetime(2026, 11, 26, 9, 15, tzinfo=clock.OFFICE_ZONE)


@pytest.fixture
def cast(db):
    return make_cast(make_office())


@pytest.fixture
def service(cast):
    return make_service(cast)


def test_submitting_numbers_pins_and_starts_the_clock(service):
    with clock.at(THURSDAY):
        request = make_request(service, surel="siti@contoh.id")
    assert request.number == "ULA-2026-000001" and request.state == "submitted"
    assert request.sop_version.sop_id == service.sop_id and request.complete_at == THURSDAY
    assert clock.local(request.due_at).date() == datetime.date(2026, 12, 1)
    assert (request.applicant_name, request.on_behalf) == ("Siti Contoh", "Diri sendiri")
    assert StepRun.objects.filter(request=request).count() == 2
    assert TimelineEntry.objects.filter(request=request, verb="submitted", audience="public").exists()
    assert Notice.objects.filter(kind="request_received", subject_id=str(request.pk)).exists()
    assert JournalEntry.objects.filter(
        subject_kind="request", subject_id=str(request.pk), verb="submit_request"
    ).exists()


def test_no_address_no_notice(service):
    request = make_request(service)
    assert not Notice.objects.filter(kind="request_received", subject_id=str(request.pk)).exists()


def test_second_tap_returns_the_same_request(service):
    draft = make_draft(service)
    first = submit_request(draft, by=applicant(draft.pk))
    second = submit_request(draft, by=applicant(draft.pk), key="b")
    assert first.pk == second.pk and first.number == second.number
    assert StepRun.objects.filter(request=first).count() == 2


@pytest.mark.django_db(transaction=True)
def test_submitting_at_once_makes_one_request_and_numbers_without_gap():
    service = make_service(make_cast(make_office()))
    same, others = make_draft(service), [make_draft(service) for _each in range(4)]
    drafts = [same, same, same, *others]
    results = concurrently(*(lambda d=d: submit_request(d, by=applicant(d.pk)) for d in drafts))
    assert not [r for r in results if isinstance(r, Exception)]
    assert len({r.number for r in results[:3]}) == 1
    numbers = sorted(Request.objects.filter(number__isnull=False).values_list("number", flat=True))
    year = clock.today().year
    assert numbers == [f"ULA-{year}-{n:06d}" for n in range(1, 6)]


def test_a_refused_submission_gives_its_number_back(service, cast):
    broken = make_draft(service)
    Request.objects.filter(pk=broken.pk).update(answers={})
    with pytest.raises(Refused) as refused:
        submit_request(broken, by=applicant(broken.pk))
    assert refused.value.field == "hubungan"
    assert make_request(service).number.endswith("000001")


def test_missing_uploads_leave_the_clock_still(service):
    request = make_request(service, documents=False)
    assert request.state == "submitted" and request.complete_at is None and request.due_at is None
    assert [slot.label for slot in missing_documents(request)] == ["KTP"]


def test_show_if_decides_what_is_asked(service):
    assert [slot.label for slot in document_slots(make_draft(service, jenis="Rusak"))] == ["KTP"]
    lost = make_draft(service, jenis="Hilang", nomor_polisi="SK/1")
    assert [slot.label for slot in document_slots(lost)] == ["KTP", "Surat polisi"]
    with pytest.raises(Refused) as refused:
        draft = make_draft(service, jenis="Hilang")
        submit_request(draft, by=applicant(draft.pk))
    assert refused.value.field == "nomor_polisi"


def test_hidden_answers_are_dropped(service):
    assert "nomor_polisi" not in answers_for(service, jenis="Rusak", nomor_polisi="SK/1")


def test_power_of_attorney_is_asked_of_a_representative(service):
    draft = make_draft(service, hubungan="Penerima kuasa", nama_pemberi_kuasa="Budi Contoh")
    assert next(slot.key for slot in document_slots(draft)) == "f-surat_kuasa"
    assert submit_request(draft, by=applicant(draft.pk)).behalf_name == "Budi Contoh"


def test_without_sop_in_force_nothing_is_taken_and_the_draft_stays(service, cast):
    draft = make_draft(service)
    withdraw_version(service.sop.versions.get(), by=staff(cast["head"]))
    with pytest.raises(Refused, match="belum dapat dikirim"):
        submit_request(draft, by=applicant(draft.pk))
    draft.refresh_from_db()
    assert draft.state == "draft" and draft.number is None and draft.answers
    service.refresh_from_db()
    withdraw_service(service, by=staff(cast["admin"]))
    service.refresh_from_db()
    with pytest.raises(Refused):
        create_draft(service, by=applicant())


def test_a_service_that_is_not_online_makes_no_online_draft(cast):
    with pytest.raises(Refused, match="ruang layanan"):
        create_draft(make_service(cast, channels=["walk-in"]), by=applicant())


def test_the_same_key_begins_one_draft(service):
    first, second = (create_draft(service, by=applicant(), key="k") for _each in range(2))
    assert first.pk == second.pk and create_draft(service, by=applicant(), key="l").pk != first.pk


def test_a_sent_request_takes_no_answers(service):
    request = make_request(service)
    with pytest.raises(Outdated):
        save_answers(request, by=applicant(request.pk), answers={})


def test_what_was_asked_and_left_empty_is_kept_no_longer(service):
    draft = create_draft(service, by=applicant())
    save_answers(draft, by=applicant(draft.pk), answers={"jenis": "Rusak"}, invalid_inputs={"surel": "siti@"})
    kept = save_answers(draft, by=applicant(draft.pk), answers={}, only=["jenis"]).answers
    assert kept == {INVALID_INPUTS: {"surel": "siti@"}}
    assert save_answers(draft, by=applicant(draft.pk), answers={}, only=["surel"]).answers == {}


def test_codes_are_not_in_the_database(service):
    request = make_request(service)
    row = str(Request.objects.filter(pk=request.pk).values().get())
    assert receipt_code(request) not in row and tracking_token(request) not in row


class TestDocuments:
    def test_replacing_keeps_the_old_file_marked(self, service):
        draft = make_draft(service)
        key = document_slots(draft)[0].key
        new = attach_document(draft, by=applicant(draft.pk), upload=picture(color="red"), slot_key=key)
        assert Document.objects.filter(request=draft).count() == 2
        assert Document.objects.get(request=draft, removed_at__isnull=True) == new

    def test_the_same_file_again_changes_nothing(self, service):
        draft = make_draft(service)
        key = document_slots(draft)[0].key
        again = attach_document(draft, by=applicant(draft.pk), upload=picture(), slot_key=key)
        assert again == Document.objects.get(request=draft) and StoredFile.objects.count() == 1

    def test_the_same_file_under_a_new_name_shows_the_new_one(self, service):
        draft = make_draft(service)
        key = document_slots(draft)[0].key
        attach_document(draft, by=applicant(draft.pk), upload=picture("ijazah baru.png"), slot_key=key)
        assert StoredFile.objects.get().name == "ijazah baru.png" and Document.objects.get(request=draft)

    @pytest.mark.parametrize(
        ("name", "content"),
        [("virus.exe", b"MZ" + b"0" * 500), ("kosong.pdf", b""), ("palsu.png", b"\x89PNG\r\n\x1a\n" + b"0" * 90)],
    )
    def test_wrong_files_are_refused_and_the_old_one_stays(self, service, name, content):
        draft = make_draft(service)
        key = document_slots(draft)[0].key
        with pytest.raises(UploadRefused):
            attach_document(draft, by=applicant(draft.pk), upload=SimpleUploadedFile(name, content), slot_key=key)
        assert document_slots(draft)[0].document is not None and StoredFile.objects.count() == 1

    def test_a_huge_file_is_named_with_its_size(self, service):
        draft = make_draft(service, documents=False)
        huge = SimpleUploadedFile("besar.pdf", b"%PDF-" + b"0" * (6 * 1024 * 1024))
        with pytest.raises(UploadRefused, match=r"6 MB melebihi batas 5 MB"):
            attach_document(draft, by=applicant(draft.pk), upload=huge, slot_key=document_slots(draft)[0].key)

    def test_a_slot_that_is_not_asked_for_is_refused(self, service):
        draft = make_draft(service)
        with pytest.raises(Refused):
            attach_document(draft, by=applicant(draft.pk), upload=picture(), slot_key="r999999")

    def test_a_complete_request_takes_no_more_until_asked(self, service):
        request = make_request(service)
        with pytest.raises(Outdated):
            attach_document(request, by=applicant(request.pk), upload=picture(color="red"), slot_key=EXTRA)
        incomplete = make_request(service, documents=False)
        key = document_slots(incomplete)[0].key
        document = attach_document(incomplete, by=applicant(incomplete.pk), upload=picture(), slot_key=key)
        assert TimelineEntry.objects.filter(request=incomplete, verb="document_added").exists()
        remove_document(document, by=applicant(incomplete.pk))
        remove_document(document, by=applicant(incomplete.pk))
        assert document_slots(incomplete)[0].document is None

    @pytest.mark.django_db(transaction=True)
    def test_two_uploads_at_once_leave_one_file(self):
        service = make_service(make_cast(make_office()))
        draft = make_draft(service, documents=False)
        key, colours = document_slots(draft)[0].key, ["red", "blue", "green", "white"]
        results = concurrently(
            *(
                lambda c=c: attach_document(draft, by=applicant(draft.pk), upload=picture(color=c), slot_key=key)
                for c in colours
            )
        )
        assert not [r for r in results if isinstance(r, Exception)]
        assert Document.objects.filter(request=draft, removed_at__isnull=True).count() == 1


class TestAtTheDesk:
    def test_opens_and_submits_in_one_step(self, service, cast):
        request = open_walk_in_request(
            service, by=staff(cast["official"]), applicant=WalkInApplicant("Budi Contoh", phone="0812 3456 7890")
        )
        assert request.source == "walk-in" and request.state == "submitted" and request.number
        assert request.applicant_phone == "+6281234567890"
        assert request.complete_at is None and request.due_at is None

    def test_papers_brought_along_make_the_file_complete(self, service, cast):
        ids = list(service.requirements.filter(text__in=["KTP", "Ijazah asli"]).values_list("pk", flat=True))
        request = open_walk_in_request(
            service,
            by=staff(cast["official"]),
            applicant=WalkInApplicant("Budi Contoh"),
            answers={"jenis": "Rusak"},
            originals=[(ids[0], "kept"), ids[1]],
        )
        assert request.complete_at
        assert dict(request.documents.values_list("requirement__text", "original")) == {
            "KTP": "kept",
            "Ijazah asli": "seen",
        }

    def test_the_same_key_makes_one_request(self, service, cast):
        first, second = (
            open_walk_in_request(service, by=staff(cast["official"]), applicant=WalkInApplicant("Budi"), key="k")
            for _each in range(2)
        )
        assert first.pk == second.pk and Request.objects.count() == 1

    @pytest.mark.parametrize(
        ("who", "answers", "field"),
        [
            ({"name": " "}, {}, "applicant_name"),
            ({"name": "Budi", "phone": "123"}, {}, "no_hp"),
            ({"name": "Budi"}, {"jenis": "Dicuri"}, "jenis"),
            ({"name": "Budi"}, {"tidak_ada": "x"}, "tidak_ada"),
        ],
    )
    def test_wrong_answers_are_refused_by_field(self, service, cast, who, answers, field):
        with pytest.raises(Refused) as refused:
            open_walk_in_request(service, by=staff(cast["official"]), applicant=WalkInApplicant(**who), answers=answers)
        assert refused.value.field == field and not Request.objects.exists()

    def test_only_staff_may(self, service):
        from tests.factories.sop import make_person

        with pytest.raises(NotAllowed):
            open_walk_in_request(service, by=staff(make_person()), applicant=WalkInApplicant("Budi"))


def test_nik_is_never_readable_in_the_row(cast):
    service = make_service(
        cast, form_fields=[{"name": "nik", "label": "NIK", "type": "nik", "required": True}], requirements=[]
    )
    request = make_request(service, nik=NIK)
    row = str(Request.objects.filter(pk=request.pk).values().get())
    assert NIK not in row and NIK[-4:] in row


def test_messages_reach_the_office_once(service):
    request = make_request(service)
    for _each in range(2):
        write_to_office(request, by=applicant(request.pk), text=" Kapan selesai? ", key="m")
    assert request.messages.get().text == "Kapan selesai?"
    with pytest.raises(Refused):
        write_to_office(request, by=applicant(request.pk), text="  ")


def test_staff_may_add_papers_to_any_open_request(service, cast):
    request = make_request(service)
    attach_document(request, by=staff(cast["official"]), upload=picture(color="red"), slot_key=EXTRA)
    assert request.documents.filter(removed_at__isnull=True).count() == 2
