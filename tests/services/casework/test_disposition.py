"""The disposition sheet: its contents, who may print it, and where it is offered."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from services.casework.queries.disposition import sheet_of, sheet_run
from services.casework.views.disposition import TEMPLATE, sheet_context
from services.conversation.actions.asking import withdraw_request
from tests.factories.cases import make_case, make_case_service, run_of, step, walk
from ula_portal.core.documents import pdf
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry
from ula_portal.core.office import queries

pytestmark = pytest.mark.django_db
OFFICIAL = "Pengelola Layanan Pendidikan Dasar"
HEAD = "Kepala Bidang Pembinaan Pendidikan Dasar"
STEPS = [
    step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
    step(2, "Meneruskan berkas", OFFICIAL, next=3),
    step(3, "Memberi disposisi", HEAD, "decision", yes_label="setuju", no_label="tidak setuju", if_yes=4, if_no=2),
    step(4, "Menandatangani surat", HEAD, issues_letter=True, next=5),
    step(5, "Menerima surat", "Pemohon", "end", end_kind="completed"),
]


@pytest.fixture
def case(cast):
    return walk(make_case(make_case_service(cast, STEPS)), (cast.official, "done"))


def test_the_sheet_names_the_step_and_is_noted_in_the_journal(cast, case, client):
    client.force_login(cast.official)
    detail = client.get(reverse("case_detail", args=[case.number])).content.decode()
    address = reverse("case_disposition", args=[case.number])
    assert address in detail
    answer = client.get(address, HTTP_ACCEPT_LANGUAGE="en")
    text = answer.content.decode()
    for words in (case.number, "3. Memberi disposisi", f"Yth. Sdr. {HEAD}", "Setuju", OFFICIAL, "Lembar Disposisi"):
        assert words in text, words
    assert reverse("case_record", args=[case.number]) in text
    assert "no-store" in answer["Cache-Control"]
    pdf = client.get(reverse("case_disposition_pdf", args=[case.number]))
    assert pdf.content.startswith(b"%PDF") and case.number in pdf["Content-Disposition"]
    entries = JournalEntry.objects.filter(verb="print_disposition", subject_id=str(case.pk))
    assert [each.data for each in entries] == [{"run": run_of(case).pk}] * 2


def test_the_sheet_is_one_page_even_with_long_names(cast, case):

    case.applicant_name = "Siti Contoh Nama Yang Sangat Panjang " * 3
    html = render_to_string(
        TEMPLATE, {**sheet_context(case, sheet_run(case)), "office": queries.office(), "for_pdf": True}
    )
    assert len(pdf.lay_out(html).pages) == 1


def test_who_may_not_record_prints_nothing(cast, case, client):
    for user, status in ((cast.frontdesk, 403), (cast.outsider, 404), (cast.head, 403), (cast.section_head, 200)):
        client.force_login(user)
        for name in ("case_disposition", "case_disposition_pdf"):
            assert client.get(reverse(name, args=[case.number])).status_code == status, (user, name)


def test_without_an_open_step_of_an_official_there_is_no_sheet(cast, case, client):
    withdraw_request(case, by=staff(cast.frontdesk))
    client.force_login(cast.admin)
    for name in ("case_disposition", "case_disposition_pdf"):
        answer = client.get(reverse(name, args=[case.number]), follow=True)
        assert "tidak ada lembar disposisi" in answer.content.decode()
    assert not JournalEntry.objects.filter(verb="print_disposition").exists()


def test_an_ordinary_step_does_not_offer_one(cast, client):
    case = make_case(make_case_service(cast, STEPS))
    client.force_login(cast.official)
    assert "Cetak lembar disposisi" not in client.get(reverse("case_detail", args=[case.number])).content.decode()
    # The address works for everybody who may record the step.
    sheet = sheet_of(case, sheet_run(case))
    # It offers the office's other positions, not the applicant.
    assert (sheet.answers, sheet.forward_to) == ((), (HEAD,))
    assert client.get(reverse("case_disposition", args=[case.number])).status_code == 200
