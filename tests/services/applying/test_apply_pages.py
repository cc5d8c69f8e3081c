"""The applicant's pages without JavaScript: no input is lost, and nothing happens twice."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from services.applying.actions.drafts import drop_old_drafts, save_answers
from services.applying.receipt import draft_code, receipt_code, tracking_token
from services.fields.queries import part_number_of, parts_of
from services.models import Document, Request
from services.papers.queries.slots import document_slots
from tests.factories.pages import draft_url
from tests.factories.services import NIK, entry, make_draft, make_request, make_service, picture
from tests.factories.sop import make_cast, make_office
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant
from ula_portal.core.models import StoredFile

COLOURS = ("white", "red", "blue")
GOOD = {"hubungan": "Diri sendiri", "nama_pemohon": "Siti Contoh", "jenis": "Rusak"}


@pytest.fixture
def cast(db):
    return make_cast(make_office())


@pytest.fixture
def service(cast):
    return make_service(cast)


def fill_in(client, draft, said, **more):
    """Submit every part of the questions with the given answers and return the last response."""
    for number in range(1, len(parts_of(draft.form_version_id)) + 1):
        answer = client.post(part(draft, number), {**said, **more})
    return answer


def part(draft, number):
    return draft_url("apply_part", draft, number) if number > 1 else draft_url("apply_data", draft)


def test_a_long_matter_is_asked_in_parts_that_are_counted(cast):
    more = [{"name": f"isian{n}", "label": f"Isian {n}", "type": "text", "required": False} for n in range(4)]
    service = make_service(cast, form_fields=[*entry()["form_fields"], *more], published=False)
    titles = [each.title for each in parts_of(service.form_versions.get().pk)]
    assert titles[-2:] == ["Tentang permohonan, bagian 1", "Tentang permohonan, bagian 2"]


def test_what_hangs_on_a_choice_stands_right_behind_it_and_nothing_else_does(cast):
    def asked(name, **on):
        return {"name": name, "label": name, "type": "text", "required": False, **({"show_if": on} if on else {})}

    choice = {"name": "a", "label": "A", "type": "choice", "required": True, "options": ["x", "y"]}
    fields = [choice, asked("b"), asked("a1", a=["x"]), asked("a1_1", a1=["z"]), asked("a2", a=["y"]), asked("c")]
    service = make_service(cast, form_fields=fields, requirements=[], published=False)
    parts = parts_of(service.form_versions.get().pk)
    names = [field.name for part in parts if part.kind == "matter" for field in part.fields]
    assert names == ["a", "a1", "a1_1", "a2", "b", "c"]


def test_the_whole_way(client, service):
    notice = client.get(reverse("apply_start", args=[service.slug]))
    for word in ("Dasar", "Tujuan", "Data yang diminta", "Lama disimpan", "Hak Anda", "Hubungi"):
        assert word in notice.content.decode()
    start = client.post(reverse("apply_start", args=[service.slug]), {"idempotency_key": "k"})
    draft = Request.objects.get()
    assert start.url == draft_url("apply_data", draft)
    assert client.get(start.url).status_code == 200
    assert client.post(start.url, GOOD).url == part(draft, 2)
    assert client.post(part(draft, 2), GOOD).url == part(draft, 3)
    assert "Langkah 3 dari 5" in client.get(part(draft, 3)).content.decode()
    assert client.post(part(draft, 3), GOOD).url == draft_url("apply_documents", draft)
    slot = document_slots(Request.objects.get())[0]
    uploaded = client.post(draft_url("apply_upload", draft, slot.key), {"file": picture()})
    assert uploaded.status_code == 302
    review = client.get(draft_url("apply_review", draft)).content.decode()
    assert "Siti Contoh" in review and "ktp.png" in review
    sent = client.post(draft_url("apply_review", draft))
    request = Request.objects.get()
    assert sent.url == reverse("receipt", args=[tracking_token(request)])
    page = client.get(sent.url).content.decode()
    assert request.number in page and receipt_code(request)[:4] in page
    # Submitting again and going back in the browser lead to the same receipt.
    assert client.post(draft_url("apply_review", draft)).url == sent.url
    assert client.get(draft_url("apply_data", draft)).url == sent.url
    assert Request.objects.count() == 1


def test_an_empty_form_names_every_field_and_stays(client, service):
    draft = make_draft(service, documents=False)
    Request.objects.update(answers={})
    pages = [client.post(part(draft, n), {}).content.decode() for n in (1, 2, 3)]
    assert all("Isian ini wajib diisi." in page and "Isian Anda yang lain tetap ada" in page for page in pages)
    assert "nomor_polisi" in pages[2] and "hubungan" not in pages[2]


def test_wrong_answers_are_kept_and_told_beside_the_field(client, cast):
    service = make_service(
        cast, requirements=[], form_fields=[{"name": "nik", "label": "NIK", "type": "nik", "required": True}]
    )
    draft = make_draft(service, nik=NIK)
    typed = {**GOOD, "nama_pemohon": "Nama Baru", "no_hp": "12345", "nik": "3515140508680000"}
    page = "".join(client.post(part(draft, n), typed).content.decode() for n in (1, 2, 3))
    assert "Empat angka terakhir tidak boleh 0000" in page and "Nomor HP tidak benar" in page
    assert 'value="3515140508680000"' in page and 'value="12345"' in page and 'value="Nama Baru"' in page
    row = str(Request.objects.values().get())
    assert "3515140508680000" not in row and "Nama Baru" in row
    # Opening the page again shows all inputs, valid or not.
    again = "".join(client.get(part(draft, n)).content.decode() for n in (1, 2, 3))
    assert 'value="3515140508680000"' in again and 'value="12345"' in again
    review = client.get(draft_url("apply_review", draft)).content.decode()
    assert "Kirim permohonan" not in review and "#id_nik" in review
    client.post(draft_url("apply_review", draft))
    assert Request.objects.get().state == "draft"


def test_what_need_not_be_said_must_be_right_where_it_is(client, cast):
    nik = {"name": "nik", "label": "NIK", "type": "nik", "required": False}
    draft = make_draft(make_service(cast, requirements=[], form_fields=[nik]))
    review = draft_url("apply_review", draft)
    assert "Kirim permohonan" in client.get(review).content.decode()
    client.post(part(draft, 3), GOOD | {"nik": "123"})
    page = client.get(review).content.decode()
    assert "Kirim permohonan" not in page and "#id_nik" in page


def test_a_stored_nik_is_not_shown_and_kept_when_left_blank(client, cast):
    service = make_service(
        cast, requirements=[], form_fields=[{"name": "nik", "label": "NIK", "type": "nik", "required": True}]
    )
    draft = make_draft(service, nik=NIK)
    page = client.get(part(draft, 3)).content.decode()
    assert NIK not in page and NIK[-4:] in page
    assert fill_in(client, draft, GOOD, nik="").status_code == 302
    assert Request.objects.get().answers["nik"]["last"] == NIK[-4:]


def test_save_and_continue_later_keeps_a_half_filled_form(client, service):
    draft = make_draft(service, documents=False)
    saved = client.post(part(draft, 2), {"nama_pemohon": "Setengah", "later": "1"})
    assert saved.url == draft_url("apply_saved", draft)
    page = client.get(saved.url).content.decode()
    assert "Draf tersimpan sampai" in page and draft_url("apply_data", draft) in page
    assert 'value="Setengah"' in client.get(part(draft, 2)).content.decode()


def test_show_if_is_enforced_by_the_server(client, service):
    draft = make_draft(service, documents=False)
    page = fill_in(client, draft, GOOD, jenis="Hilang")
    assert "Isian ini wajib diisi." in page.content.decode()
    assert fill_in(client, draft, GOOD, nomor_polisi="SK/1").status_code == 302
    assert "nomor_polisi" not in Request.objects.get().answers
    html = client.get(part(draft, 3)).content.decode()
    assert "data-show-if=" in html and "Diisi hanya bila Keadaan: Hilang." in html


def test_who_applies_decides_what_is_asked(client, service):
    draft = make_draft(service, documents=False)
    client.post(part(draft, 1), {"hubungan": "Penerima kuasa", "nama_pemberi_kuasa": "Budi Contoh"})
    assert "Surat kuasa" in client.get(draft_url("apply_documents", draft)).content.decode()
    client.post(part(draft, 1), {"hubungan": "Diri sendiri"})
    assert "Surat kuasa" not in client.get(draft_url("apply_documents", draft)).content.decode()
    assert client.post(draft_url("apply_review", draft), {"incomplete": "1"}).status_code == 302
    request = Request.objects.get()
    assert "nama_pemberi_kuasa" not in request.answers and request.behalf_name == ""


def test_an_answer_changed_from_the_review_leads_back_to_it(client, service):
    draft = make_draft(service, documents=False)
    changed = client.post(part(draft, 2) + "?periksa=1", {**GOOD, "nama_pemohon": "Siti Baru"})
    assert changed.url == draft_url("apply_review", draft)
    assert "Siti Baru" in client.get(changed.url).content.decode()


def test_two_devices_on_two_pages_disturb_nothing(client, service):
    draft = make_draft(service, documents=False)
    stale = Request.objects.get()
    client.post(part(draft, 2), {**GOOD, "nama_pemohon": "Siti Baru"})
    save_answers(stale, by=applicant(stale.pk), answers={"jenis": "Rusak"}, only=["jenis", "nomor_polisi"])
    assert Request.objects.get().answers["nama_pemohon"] == "Siti Baru"


def test_a_draft_is_opened_on_another_device_by_its_code(client, service):
    draft = make_draft(service, documents=False)
    code = draft_code(draft)
    assert code in client.get(draft_url("apply_saved", draft)).content.decode()
    resume = reverse("apply_resume")
    for typed in (code, code.lower(), code.replace(" ", "-")):
        assert client.post(resume, {"code": typed}).url == draft_url("apply_documents", draft)
    wrong = client.post(resume, {"code": "ABCD EFGH JKMN"})
    assert wrong.status_code == 200 and "tidak cocok" in wrong.content.decode()
    sent = make_request(service)
    assert client.post(resume, {"code": draft_code(sent)}).url == reverse("receipt", args=[tracking_token(sent)])


def test_codes_of_drafts_cannot_be_tried_without_end(client, service, settings):
    settings.THROTTLES = {"code": (2, 300)}
    settings.PROOF_FROM = {"code": 9}
    code = draft_code(make_draft(service, documents=False))
    for _try in range(2):
        client.post(reverse("apply_resume"), {"code": "AAAA AAAA AAAA"})
    assert client.post(reverse("apply_resume"), {"code": code}).status_code == 429


def test_old_drafts_are_dropped_with_their_files(service, django_capture_on_commit_callbacks):
    draft, sent = make_draft(service), make_request(service)
    kept = {document.file_id for document in sent.documents.all()}
    with clock.at(clock.now() + datetime.timedelta(days=29)):
        assert drop_old_drafts() == 0
    with clock.at(clock.now() + datetime.timedelta(days=31)), django_capture_on_commit_callbacks(execute=True):
        assert drop_old_drafts() == 1 and drop_old_drafts() == 0
    assert list(Request.objects.all()) == [sent] and not Document.objects.filter(request=draft.pk).exists()
    assert {file.pk for file in StoredFile.objects.all()} == kept


def test_a_picture_is_shown_small(client, service):
    draft = make_draft(service)
    document = Document.objects.get()
    small = client.get(draft_url("apply_file", draft, document.pk) + "?kecil")
    assert small["Content-Type"] == "image/jpeg" and len(small.content) < 4000
    assert "?kecil" in client.get(draft_url("apply_documents", draft)).content.decode()


@pytest.mark.parametrize("htmx", [True, False])
def test_a_refused_file_is_told_at_its_box_and_nothing_else_is_lost(client, service, htmx):
    draft = make_draft(service, jenis="Hilang", nomor_polisi="1")
    slots = document_slots(draft)
    headers = {"HX-Request": "true"} if htmx else {}
    bad = SimpleUploadedFile("surat.docx", b"PK\x03\x04" + b"0" * 200)
    answer = client.post(draft_url("apply_upload", draft, slots[1].key), {"file": bad}, headers=headers)
    html = answer.content.decode()
    assert answer.status_code == 422 and "ZIP tidak dapat diterima" in html
    assert html.count("data-upload-url") == (1 if htmx else 2)
    assert StoredFile.objects.count() == 2


def test_an_upload_without_a_file_says_so(client, service):
    draft = make_draft(service)
    answer = client.post(draft_url("apply_upload", draft, document_slots(draft)[0].key), headers={"HX-Request": "true"})
    assert answer.status_code == 422 and "Pilih berkas" in answer.content.decode()


def test_own_file_can_be_seen_and_removed(client, service):
    draft = make_draft(service)
    document = Document.objects.get()
    seen = client.get(draft_url("apply_file", draft, document.pk))
    assert seen["Content-Type"] == "image/jpeg" and "sandbox" in seen["Content-Security-Policy"]
    assert "no-store" in seen["Cache-Control"]
    assert client.post(draft_url("apply_remove", draft, document.pk)).status_code == 302
    assert client.post(draft_url("apply_remove", draft, document.pk)).status_code == 302
    assert client.get(draft_url("apply_file", draft, document.pk)).status_code == 404


def test_missing_documents_need_a_promise(client, service):
    draft = make_draft(service, documents=False)
    page = client.post(draft_url("apply_review", draft), follow=True).content.decode()
    assert "Centang bahwa Anda akan menyusulkannya" in page and Request.objects.get().state == "draft"
    assert client.post(draft_url("apply_review", draft), {"incomplete": "1"}).status_code == 302
    assert Request.objects.get().complete_at is None


class TestOthers:
    def test_another_persons_file_is_not_found(self, client, service):
        mine, theirs = make_draft(service), make_draft(service)
        foreign = Document.objects.get(request=theirs)
        assert client.get(draft_url("apply_file", mine, foreign.pk)).status_code == 404
        client.post(draft_url("apply_remove", mine, foreign.pk))
        foreign.refresh_from_db()
        assert foreign.removed_at is None

    def test_wrong_token_or_service_is_not_found(self, client, service, cast):
        draft, other = make_draft(service), make_service(cast)
        wrong = [
            reverse("apply_data", args=[service.slug, "x" * 43]),
            reverse("apply_data", args=[other.slug, tracking_token(draft)]),
            reverse("apply_review", args=[service.slug, "x" * 43]),
        ]
        for path in wrong:
            assert client.get(path).status_code == 404 and client.post(path, GOOD).status_code == 404

    def test_a_draft_is_not_tracked(self, client, service):
        answer = client.get(reverse("track_detail", args=[tracking_token(make_draft(service))]))
        assert answer.status_code == 302 and "/ajukan/" in answer.url


def test_private_pages_are_neither_kept_nor_indexed(client, service):
    draft, request = make_draft(service), make_request(service)
    for path in (
        draft_url("apply_data", draft),
        draft_url("apply_documents", draft),
        reverse("receipt", args=[tracking_token(request)]),
        reverse("track_detail", args=[tracking_token(request)]),
    ):
        answer = client.get(path)
        assert answer["Cache-Control"] == "private, no-store" and "noindex" in answer["X-Robots-Tag"]
        assert answer["Referrer-Policy"] == "same-origin"


def test_robots_begin_and_send_nothing_and_people_are_told_what_to_do(client, service):
    begin = reverse("apply_start", args=[service.slug])
    caught = client.post(begin, {"situs_web": "http://spam", "idempotency_key": "tetap"})
    words = caught.content.decode()
    assert caught.status_code == 422 and 'value="tetap"' in words and 'value="http://spam"' in words
    assert "Kosongkan, lalu tekan tombol lagi." in words and 'class="honey"' not in words
    assert not Request.objects.exists()
    draft = make_draft(service, documents=False)
    caught = client.post(draft_url("apply_review", draft), {"situs_web": "http://spam", "incomplete": "1"})
    assert caught.status_code == 422 and 'id="id_incomplete" checked' in caught.content.decode()
    assert Request.objects.get().state == "draft"
    assert client.post(draft_url("apply_review", draft), {"situs_web": "", "incomplete": "1"}).status_code == 302


def test_dates_stand_in_their_order(client, cast):
    dates = [{"name": name, "label": name.title(), "type": "date", "required": True} for name in ("mulai", "selesai")]
    dates[1]["not_before"] = "mulai"
    draft = make_draft(make_service(cast, form_fields=dates, requirements=[]))
    number = part_number_of(draft, "selesai")
    said = {"mulai": "2026-12-01", "selesai": "2026-11-30"}
    html = client.post(draft_url("apply_part", draft, number), said).content.decode()
    assert "lebih awal daripada “Mulai” (1 Desember 2026)" in html and 'value="2026-11-30"' in html
    assert client.post(draft_url("apply_part", draft, number), said | {"selesai": "01/12/2026"}).status_code == 302


def test_too_many_submissions_are_stopped(client, service, settings):
    settings.THROTTLES = {"submit": (1, 300)}
    first, second = make_draft(service), make_draft(service)
    assert client.post(draft_url("apply_review", first)).status_code == 302
    answer = client.post(draft_url("apply_review", second))
    assert answer.status_code == 429 and "Kirim permohonan" in answer.content.decode()
    second.refresh_from_db()
    assert second.state == "draft"


def test_a_service_that_is_not_open_online_has_no_form(client, cast):
    closed = make_service(cast, channels=["walk-in"])
    assert client.get(reverse("apply_start", args=[closed.slug])).status_code == 404
    unpublished = make_service(cast, published=False)
    assert client.post(reverse("apply_start", args=[unpublished.slug])).status_code == 404
    assert not Request.objects.exists()


def test_a_busy_source_begins_after_a_moment_and_loses_nothing(client, service):
    begin = reverse("apply_start", args=[service.slug])
    for n in range(8):
        assert client.post(begin, {"idempotency_key": f"k{n}"}).status_code == 302
    asked = client.post(begin, {"idempotency_key": "tetap"})
    assert asked.status_code == 422 and 'value="tetap"' in asked.content.decode()
    assert Request.objects.count() == 8
    with clock.at(clock.now() + datetime.timedelta(seconds=21)):
        again = {"idempotency_key": "tetap", "proof_token": asked.context["proof"].token}
        assert client.post(begin, again).status_code == 302
    assert Request.objects.count() == 9


def test_a_source_that_uploads_without_end_is_stopped(client, service, settings):
    settings.THROTTLES = {"upload-size": (2, 3600)}
    draft = make_draft(service, documents=False)
    slot = document_slots(draft)[0]
    codes = [
        client.post(draft_url("apply_upload", draft, slot.key), {"file": picture(color=c)}).status_code for c in COLOURS
    ]
    assert codes == [302, 302, 429]
