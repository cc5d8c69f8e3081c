"""Pages of people: the list, one person, a list from a workbook, invitations."""

import io

import pypdf
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sop.exchange.workbook import open_workbook
from tests.factories.core import make_user, named_cast
from tests.factories.pages import as_user, text
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Invitation, Notice, Position, User
from ula_portal.core.office.actions.invitations import invite
from ula_portal.core.office.invitations import secrets_of
from ula_portal.core.office.rules.people import PersonRow
from ula_portal.core.verbs.errors import Refused
from ula_portal.opening import people_files

pytestmark = pytest.mark.django_db
HEADS = [heading for heading, _width in people_files.HEADINGS]
SITI = ["Siti Rahma", "", "S.Pd.", "198001012005012001", "Penata", "siti@example.id", "Petugas Loket", "Petugas loket"]


@pytest.fixture
def admin():
    return as_user(named_cast().admin)


def workbook(*rows, write=None):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("Pegawai")
    for number, row in enumerate([HEADS, *rows]):
        for column, value in enumerate(row):
            sheet.write_string(number, column, value)
    if write:
        write(sheet)
    book.close()
    return file.getvalue()


def upload(content):
    return {"file": SimpleUploadedFile("pegawai.xlsx", content)}


def test_the_template_offers_the_offices_positions_and_can_be_filled(admin):
    answer = admin.get(reverse("opening_people_template"))
    sheets = {each.name: each.rows for each in open_workbook(answer.content)}
    assert sheets["Pegawai"] == [HEADS]
    assert {row[0] for row in sheets["Pilihan"][1:]} >= set(Position.objects.values_list("name", flat=True))
    with pytest.raises(Refused, match="Tidak ada baris"):
        people_files.rows_of_workbook(answer.content)


def test_a_workbook_is_checked_then_taken_and_again_adds_nobody(admin):
    content = workbook(SITI, ["Ani", "", "", "", "", "ani@example.id", "Petugas Front Office", ""])
    report = admin.post(reverse("opening_people_import"), upload(content))
    assert report.status_code == 200 and report.context["good_count"] == 2
    assert not User.objects.filter(email="siti@example.id").exists()
    answer = admin.post(reverse("opening_people_import"), {"take": "all", "text": report.context["text"]}, follow=True)
    assert "2 petugas ditambahkan." in text(answer)
    siti = User.objects.get(email="siti@example.id")
    assert siti.nip == SITI[3] and siti.staff_roles.get().role == "counter"
    report = admin.post(reverse("opening_people_import"), upload(content))
    assert (report.context["good_count"], report.context["known_count"]) == (0, 2)
    answer = admin.post(reverse("opening_people_import"), {"take": "all", "text": report.context["text"]}, follow=True)
    assert "2 sudah terdaftar, dilewati." in text(answer)


def test_wrong_rows_are_reported_by_their_number_and_left_out_or_nothing_is_taken(admin):
    def formula(sheet):
        sheet.write_formula(4, 0, "=A2", value="Siti Rahma")
        sheet.write_string(4, 5, "rumus@example.id")
        sheet.write_number(5, 3, 198001012005012001)
        for column, value in ((0, "Angka"), (5, "angka@example.id"), (6, "Petugas Loket")):
            sheet.write_string(5, column, value)

    wrong = [["Kembar", "", "", "", "", "siti@example.id", "Petugas Loket", ""], ["X", *[""] * 6, "Raja"]]
    report = admin.post(reverse("opening_people_import"), upload(workbook(SITI, *wrong, write=formula)))
    found = {each.row.number: each.problems[0][1] for each in report.context["wrong"]}
    assert report.status_code == 422 and set(found) == {3, 4, 5, 6}
    assert "baris 2" in found[3] and "rumus" in found[5] and "NIP" in found[6]
    shown = text(report)
    assert all(sentence in shown for sentence in found.values())
    before, kept = User.objects.count(), report.context["text"]
    refused = admin.post(reverse("opening_people_import"), {"take": "all", "text": kept})
    assert refused.status_code == 422 and User.objects.count() == before
    assert {each.row.number for each in refused.context["wrong"]} == set(found)
    answer = admin.post(reverse("opening_people_import"), {"take": "good", "text": kept}, follow=True)
    assert User.objects.count() == before + 1 and "4 baris belum diambil." in text(answer)


@pytest.mark.parametrize("content", [b"", b"PK rusak", b"nama;surel", b"\0" * 3_000_000])
def test_files_that_are_no_workbook_are_refused_beside_the_field(admin, content):
    answer = admin.post(reverse("opening_people_import"), upload(content))
    assert answer.status_code == 422 and answer.context["form"].errors["file"]


def test_pasted_cells_need_no_headings_and_may_name_columns_in_any_order():
    (row,) = people_files.rows_of_text("\t".join(SITI) + "\n")
    assert row == PersonRow(1, *SITI)
    rows = people_files.rows_of_text("Email\tNama lengkap\nani@example.id\t=HYPERLINK(1)\n")
    assert rows == [PersonRow(2, full_name="=HYPERLINK(1)", email="ani@example.id")]
    many = [PersonRow(3, "Ani", positions="A\nB"), PersonRow(7, "Budi")]
    assert [(row.number, row.positions) for row in people_files.rows_of_text(people_files.text_of_rows(many))] == [
        (3, "A;B"),
        (7, ""),
    ]
    with pytest.raises(Refused, match="paling banyak 5000"):
        people_files.rows_of_text("Ani\n" * 5001)


def test_one_person_is_typed_and_mistakes_stand_beside_their_fields(admin):
    typed = {"full_name": "Siti Rahma", "email": "siti@example.id", "positions": "Petugas Loket", "nip": "123"}
    answer = admin.post(reverse("opening_person_add"), typed)
    assert answer.status_code == 422 and answer.context["form"].errors["nip"] and 'value="Siti Rahma"' in text(answer)
    answer = admin.post(reverse("opening_person_add"), typed | {"nip": "", "another": "1", "roles": "Petugas loket"})
    assert answer["Location"] == reverse("opening_person_add")
    assert User.objects.get(email="siti@example.id").staff_roles.get().role == "counter"


def test_the_list_shows_how_far_each_is_and_searches_without_names_in_the_address(admin):
    User.objects.filter(full_name="Sri Contoh").update(last_login=clock.now())
    shown = text(admin.get(reverse("opening_people")))
    assert "Aktif" in shown and "Belum diundang" in shown
    answer = admin.post(reverse("opening_people_search"), {"q": "sri contoh", "keadaan": "aktif"})
    assert "sri" not in answer["Location"]
    page = admin.get(answer["Location"])
    assert [user.full_name for user, _badge in page.context["rows"]] == ["Sri Contoh"]
    page = admin.get(reverse("opening_people"), {"keadaan": "ditutup", "cari": "tidak-ada"})
    assert page.context["rows"] == [] and "Tidak ada petugas yang cocok" in text(page)


def test_slips_are_printed_with_a_code_each_and_again_with_another(admin, settings):
    settings.SENDS_MAIL = False
    user = make_user(email="baru@example.id", full_name="Petugas Baru")
    (earlier,) = invite([user], by=SYSTEM, way="slip")
    answer = admin.post(reverse("opening_people_invite"), {"way": "slip", "chosen": [user.pk, "x"]})
    assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
    (page,) = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    row, shown = Invitation.objects.get(), page.extract_text()
    code = secrets_of(row.nonce, user).code
    assert all(word in shown for word in ("Petugas Baru", user.email, "akun/pertama", f"{code[:4]} {code[4:]}"))
    assert row.nonce != earlier.nonce and not Notice.objects.exists()
    refused = admin.post(reverse("opening_people_invite"), {"way": "mail", "chosen": user.pk}, follow=True)
    assert "Cetak slip undangan" in text(refused)


def test_all_who_were_never_invited_are_invited_by_mail_at_once(admin):
    answer = admin.post(reverse("opening_people_invite"), {"way": "mail", "all": "1"}, follow=True)
    assert "7 petugas diundang lewat surel." in text(answer)
    assert Notice.objects.filter(kind="staff_invited").count() == 7
    for data, word in (({"way": "mail", "all": "1"}, "sudah diundang"), ({"way": "mail"}, "Centang dahulu")):
        assert word in text(admin.post(reverse("opening_people_invite"), data, follow=True))


def test_the_list_costs_the_same_for_one_and_three(admin):
    counts = []
    admin.get(reverse("opening_people"))
    for _time in range(2):
        with CaptureQueriesContext(connection) as asked:
            admin.get(reverse("opening_people"))
        counts.append(len(asked))
        for _row in range(2):
            make_user(position=Position.objects.first())
    assert counts[0] == counts[1] <= 13
