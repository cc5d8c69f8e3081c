"""Questions with several inputs on the applicant's and the desk's pages, without JavaScript."""

import dataclasses

import pytest
from django.urls import reverse

from services.applying.actions.drafts import save_answers
from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.fields.queries import answer_warnings, fields_of, prefilled, readable_answers, unanswered
from services.models import InboxEntry, Request
from services.schools.actions.importing import import_schools
from services.schools.rules import SchoolRow
from tests.factories.core import named_cast
from tests.factories.pages import as_user, draft_url, text
from tests.factories.services import make_draft, make_service
from ula_portal.core.journal.actors import SYSTEM, applicant, staff

FIELDS = [
    {"name": "petunjuk", "label": "Siapkan kartu", "type": "info", "text": "Lihat {{ halaman }} depan."},
    {"name": "bantuan", "label": "Bantuan", "type": "choices", "required": True, "options": ["KIP"], "other": True},
    {
        "name": "siswa",
        "label": "Siswa",
        "type": "group",
        "required": True,
        "item": {"label": "Siswa"},
        "columns": [
            {"name": "nama", "label": "Nama siswa", "type": "text", "required": True},
            {"name": "pindahan", "label": "Pindahan", "type": "yes_no", "required": True},
            {"name": "asal", "label": "Asal", "type": "text", "required": True, "show_if": {"pindahan": ["Ya"]}},
        ],
    },
    {"name": "sekolah", "label": "Sekolah", "type": "school", "required": True, "paper_hint": "kanan atas"},
    {"name": "rumah", "label": "Rumah", "type": "address", "required": False},
]
GOOD = {
    "bantuan": ["KIP", "Lainnya"],
    "bantuan.other": "PKH",
    "siswa.0.nama": "Siti",
    "siswa.0.pindahan": "Tidak",
    "siswa.1.nama": "Budi",
    "siswa.1.pindahan": "Ya",
    "siswa.1.asal": "SD Contoh",
    "sekolah": "69990001",
}


@pytest.fixture
def draft(db):
    cast = named_cast()
    service = make_service(cast, form_fields=FIELDS, requirements=[])
    import_schools([SchoolRow("69990001", "SD Negeri 1 Contoh", village="Desa Contoh")], by=SYSTEM)
    draft = make_draft(service)
    draft.cast = cast
    return draft


def page_of(draft):
    return draft_url("apply_part", draft, 3)


def again(draft):
    return Request.objects.get(pk=draft.pk)


def test_the_answers_are_kept_and_read(client, draft):
    answer = client.post(page_of(draft), GOOD)
    assert answer.status_code == 302 and answer.url == draft_url("apply_review", draft)
    assert not unanswered(again(draft))
    words = dict(readable_answers(again(draft), common=False))
    assert words["Bantuan"] == "KIP, PKH"
    assert words["Siswa"] == "1. Nama siswa: Siti; Pindahan: Tidak\n2. Nama siswa: Budi; Pindahan: Ya; Asal: SD Contoh"
    assert words["Sekolah"].startswith("SD Negeri 1 Contoh (NPSN 69990001)") and "Rumah" not in words
    review = text(client.get(answer.url))
    assert "2. Nama siswa: Budi" in review
    shown = text(client.get(page_of(draft)))
    for value in ('value="Siti"', 'value="Budi"', 'value="PKH"', 'value="69990001"'):
        assert value in shown
    assert not answer_warnings(again(draft))


def test_what_the_office_wrote_is_never_a_template(client, draft):
    shown = text(client.get(page_of(draft)))
    assert "Lihat {{ halaman }} depan." in shown and "Letaknya: kanan atas" in shown


def test_an_error_stands_in_its_row_and_nothing_is_lost(client, draft):
    shown = text(client.post(page_of(draft), {**GOOD, "siswa.1.asal": " ", "sekolah": "", "sekolah.search": "negeri"}))
    assert "Siswa 2, Asal: Isian ini wajib diisi." in shown and 'value="Budi"' in shown
    assert "Pilih satu sekolah dari hasil pencarian." in shown and "69990001" in shown
    assert {each.name for each in unanswered(again(draft))} == {"siswa", "sekolah"}
    resumed = text(client.get(page_of(draft)))
    assert 'value="Budi"' in resumed and 'value="negeri"' in resumed
    assert "KIP" in again(draft).answers["bantuan"]


def test_a_hidden_column_is_neither_wanted_nor_kept(client, draft):
    client.post(page_of(draft), {**GOOD, "siswa.0.asal": "dibuang"})
    assert again(draft).answers["siswa"][0] == {"nama": "Siti", "pindahan": "Tidak"}


@pytest.mark.parametrize(
    ("act", "names"),
    [
        ("siswa.add", ["Siti", "Budi", ""]),
        ("siswa.0.copy", ["Siti", "Siti", "Budi"]),
        ("siswa.0.remove", ["Budi"]),
        ("siswa.1.up", ["Budi", "Siti"]),
        ("siswa.0.down", ["Budi", "Siti"]),
    ],
)
def test_rows_change_by_buttons_without_errors(client, draft, act, names):
    answer = client.post(page_of(draft), {**GOOD, "act": act})
    assert answer.status_code == 302 and answer.url == page_of(draft) + "#id_siswa"
    shown = client.get(answer.url)
    assert [form["nama"].value() or "" for _title, form in shown.context["form"]["siswa"].rows] == names
    assert "Isian ini wajib" not in text(shown)
    assert [each.name for each in unanswered(again(draft))] == ["siswa"]


def test_a_school_is_searched_by_a_button(client, draft):
    typed = {**GOOD, "sekolah": "", "sekolah.search": "desa contoh", "act": "sekolah.search"}
    shown = text(client.get(client.post(page_of(draft), typed).url))
    assert 'value="desa contoh"' in shown and 'value="69990001"' in shown and "Pilih satu" not in shown


def test_a_question_of_another_page_decides_which_ones_are_here(client, db):
    fields = [
        {"name": "kuasa", "label": "Dari kuasa", "type": "text", "required": True, "show_if": show}
        for show in [{"any": [{"hubungan": ["Penerima kuasa"]}, {"nama_pemohon": {"filled": False}}]}]
    ]
    fields.append({"name": "umum", "label": "Umum", "type": "text", "required": False})
    cast = named_cast()
    draft = make_draft(make_service(cast, form_fields=fields, requirements=[]))
    assert "Dari kuasa" not in text(client.get(page_of(draft)))
    save_answers(draft, by=applicant(draft.pk), answers={"hubungan": "Penerima kuasa"}, only=["hubungan"])
    shown = text(client.get(page_of(draft)))
    assert "Dari kuasa" in shown and "data-show-if=" not in shown


def test_what_is_known_is_offered(db):
    fields = [
        {"name": "wali", "label": "Wali", "type": "text", "required": True, "prefill": "nama_pemohon"},
        {"name": "angka", "label": "Angka", "type": "number", "required": True, "prefill": "nama_pemohon"},
    ]
    draft = make_draft(make_service(named_cast(), form_fields=fields, requirements=[]))
    known = fields_of(draft.form_version_id)
    answers = {"nama_pemohon": "Siti", "sekolah": {"village": "Contoh"}}
    by_name = {each.name: each for each in known}
    assert prefilled(by_name["wali"], answers, known) == "Siti"
    assert prefilled(by_name["wali"], {}, known) is None
    assert prefilled(by_name["angka"], answers, known) is None
    elsewhere = dataclasses.replace(by_name["wali"], rules={"prefill": "sekolah.village"})
    assert prefilled(elsewhere, answers, known) is None, "the form has no field named sekolah"


def test_the_desk_fills_in_rows(draft):
    request = open_walk_in_request(
        draft.service, by=staff(draft.cast.frontdesk), applicant=WalkInApplicant("Siti"), key="k"
    )
    page, client = reverse("case_answers", args=[request.number]), as_user(draft.cast.frontdesk)
    shown = text(client.post(page, {**GOOD, "siswa.1.asal": "", "act": "siswa.add"}))
    assert "Siswa 3" in shown and "Isian ini wajib" not in shown and "siswa" not in again(request).answers
    assert client.post(page, GOOD).status_code == 302
    assert [row["nama"] for row in again(request).answers["siswa"]] == ["Siti", "Budi"]
    assert "69990001" in InboxEntry.objects.get(request=request).words
