"""The report for heads: its figures link to their cases; its files contain no personal data and no formulas."""

import csv
import datetime
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from python_calamine import CalamineWorkbook

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.models import Request, Service, StepRun
from services.originals.actions import print_shortage
from tests.factories.pages import text
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import User
from ula_portal.reports import files
from ula_portal.reports.addresses import KINDS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]
REPORT, CASES, FILE = "/petugas/laporan/", "/petugas/laporan/permohonan/", "/petugas/laporan/berkas/"


@pytest.fixture
def head(db, world, client):
    client.force_login(world.cast.head)
    return client


def file_of(client, **query):
    return b"".join(client.get(FILE, query).streaming_content)


def table_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def _walk_in(world):
    return open_walk_in_request(world.service, by=staff(world.cast.frontdesk), applicant=WalkInApplicant("Ibu Contoh"))


def test_every_figure_leads_to_as_many_cases(world, head):
    print_shortage(_walk_in(world), by=staff(world.cast.frontdesk))
    page = text(head.get(REPORT))
    found = re.findall(
        r'<a (?:class="report-figure[^"]*" )?href="([^"]+)"(?: class="stat-card[^>]*> '
        r'<span class="stat-card__label">[^<]*</span> <span class="stat-card__value"| ?)> ?(\d+) ?<',
        page,
    )
    assert len(found) > 15
    seen = set()
    for href, number in found:
        address = href.replace("&amp;", "&")
        listed = text(head.get(address)).count('<li class="row-item">')
        assert listed == int(number), address
        seen |= set(parse_qs(urlsplit(address).query)["keadaan"])
    assert {"berjalan", "di-kantor", "menunggu-pemohon", "siap-diambil", "diterima", "selesai", "kurang-berkas"} <= seen


def test_a_section_head_meets_own_cases_only(world, client):
    client.force_login(world.cast.section_head)
    page = text(client.get(CASES))
    assert world.case.number in page
    client.force_login(User.objects.get(pk=world.cast.secretary.pk))
    assert world.case.number not in text(client.get(CASES, {"unit": world.cast.unit.pk}))
    assert "Tidak ada permohonan yang sedang berjalan." in text(client.get(REPORT))
    assert len(table_of(file_of(client))) == 1


def test_a_broken_promise_is_late_by_the_promise_and_not_by_the_step(world, head):
    now, day = clock.now(), datetime.timedelta(days=1)
    Request.objects.filter(pk=world.case.pk).update(complete_at=now - 30 * day, due_at=now - 7 * day)
    StepRun.objects.filter(request=world.case, finished_at=None).update(due_at=now - 14 * day)
    assert "lewat waktu 5 hari kerja" in text(head.get(CASES, {"keadaan": "lewat-janji"}))
    listed = text(head.get(CASES, {"keadaan": "lewat-waktu"}))
    assert "lewat waktu 10 hari kerja" in listed and "batas langkah" in listed


def test_lists_name_no_applicant(world, head):
    for kind in KINDS:
        address = f"{CASES}?keadaan={kind}&dari=2020-01-01&sampai=2030-01-01"
        assert "Contoh Dewi" not in text(head.get(address))
        assert Request.objects.get(pk=world.asked.pk).applicant_name not in text(head.get(address))


@pytest.mark.parametrize(
    "query",
    [
        "keadaan=berjalan&kurang=r1",
        "keadaan=kurang-berkas&dari=2026-01-01&sampai=2026-02-01&kurang=r",
        "keadaan=semua",
        "unit=x",
        "unit=-1",
        f"unit={2**63}",
        "keadaan=diterima",
        "keadaan=diterima&dari=2026-01-01",
    ],
)
def test_what_no_page_leads_to_is_not_found(world, head, query):
    assert head.get(f"{CASES}?{query}").status_code == 404
    assert head.get(f"{FILE}?{query}").status_code == 404


def test_a_wrong_period_says_so_beside_its_field(head):
    page = text(head.get(REPORT, {"dari": "2026-11-02", "sampai": "2026-11-01"}))
    assert "Tanggal akhir mendahului tanggal awal." in page
    assert 'value="2026-11-01" aria-invalid="true"' in page
    assert "Isi tanggal" in page or head.get(REPORT, {"dari": "kemarin"}).status_code == 200


def test_csv(world, head):
    Service.objects.filter(pk=world.service.pk).update(name='=HYPERLINK("http://jahat.example";"klik")')
    content = file_of(head, keadaan="berjalan")
    heading, *rows = table_of(content)
    assert {row[0] for row in rows} == {r.number for r in (world.case, world.asked, world.signing, world.walk_in)}
    assert {row[2] for row in rows} == {'\'=HYPERLINK("http://jahat.example";"klik")'}
    states = {row[0]: (row[5], row[8]) for row in rows}
    assert states[world.case.number] == ("Berjalan", "Pengelola Layanan Pendidikan Dasar")
    assert states[world.asked.number] == ("Menunggu pemohon", "Pemohon")
    assert all(len(row) == len(heading) for row in rows)
    for request in (world.case, world.asked):
        assert request.applicant_name.encode() not in content
    for person in (world.cast.official, world.cast.section_head):
        assert person.full_name.encode() not in content


def test_xlsx(world, head):
    response = head.get(FILE, {"keadaan": "berjalan", "format": "xlsx"})
    assert response["Content-Disposition"].endswith('.xlsx"')
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))
    heading, *rows = book.get_sheet_by_index(0).to_python()
    assert heading[:3] == ["Nomor", "Kode layanan", "Layanan"]
    case = next(row for row in rows if row[0] == world.case.number)
    received = Request.objects.get(pk=world.case.pk).received_at
    assert abs((case[9] - received.astimezone(files.ZONE).replace(tzinfo=None)).total_seconds()) < 61
    assert head.get(FILE, {"format": "pdf"}).status_code == 404


def test_files_are_written_by_and_by():
    asked_for = []

    def rows():
        for n in range(5000):
            asked_for.append(n)
            yield ["ULA", n, None, "=1+1\x07<&>", "akhir"]

    headings = ["A", "B", "C", "D", "E"]
    content = files.xlsx_of(headings, rows(), title="Uji: [satu]", widths=[9] * 5)
    first = next(content)
    assert first
    assert asked_for == []
    whole = first + b"".join(content)
    read = CalamineWorkbook.from_filelike(io.BytesIO(whole)).get_sheet_by_index(0).to_python()
    assert (len(read), read[0], read[-1]) == (5001, headings, ["ULA", 4999.0, "", "=1+1<&>", "akhir"])
    asked_for.clear()
    lines = files.csv_of(headings, rows())
    next(lines), next(lines)
    assert asked_for == []
    assert len(table_of(b"".join(lines))) == 5000
