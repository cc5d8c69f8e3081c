"""Missing values are shown and refused before a letter is issued; its masked subject on the verification page."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from services.catalogue.queries.catalogue import gaps_of
from services.letters import rules
from services.letters.actions.issuing import ensure_letter_templates, issue_letter
from services.letters.actions.templates import add_letter_template
from services.letters.queries import known_placeholders, verification_code
from services.models import Letter, LetterTemplate
from tests.factories.cases import count_queries, make_case, make_case_service, run_of, to_letter, walk
from tests.factories.core import named_cast
from tests.factories.services import entry, make_service
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Office
from ula_portal.core.verbs.errors import Refused

pytestmark = pytest.mark.django_db
NAMED = "Dengan ini diterangkan:\n\nNama siswa: {applicant}\nNISN: {nisn}\n\nDemikian."


@pytest.fixture
def cast():
    Office.objects.create(name="Dinas Pendidikan", regency="Kabupaten Batu Bara")
    return named_cast()


@pytest.fixture
def service(cast):
    fields = [*entry()["form_fields"], {"name": "nisn", "label": "NISN", "type": "text", "required": False}]
    return make_case_service(cast, form_fields=fields)


@pytest.fixture
def template(service):
    """The service's own template, which declares the name and another value as its subject."""
    wording = {"name": "Pindah", "title": "SURAT PINDAH", "classification": "400.3.5", "body": NAMED}
    wording["subject"] = ["applicant", "nisn"]
    made = add_letter_template(by=SYSTEM, code="pindah", wording=wording, services=[service.code])
    service.refresh_from_db()
    return made


def ready(cast, service, **said):
    return to_letter(make_case(service, **{"nama_pemohon": "Budi Siregar", "nisn": "0051231234", **said}), cast)


# Templates


def form_of(template, **changes):
    names = ("code", "name", "title", "classification", "number_pattern", "body")
    return {name: getattr(template, name) for name in names} | {"subject": "\n".join(template.subject)} | changes


@pytest.mark.parametrize(
    ("field", "text", "named"),
    [
        ("body", "Nama: {nama_sisiwa}", "{nama_sisiwa}"),
        ("body", "Nama: {nama siswa}", "{nama siswa}"),
        ("body", "Nama: {applicant", "{"),
        ("number_pattern", "{code}/{sequence}/{bulan}/{year}", "{bulan}"),
        ("subject", "nama_sisiwa", "{nama_sisiwa}"),
    ],
)
def test_an_unknown_placeholder_is_refused_when_the_template_is_saved(cast, client, template, field, text, named):
    client.force_login(cast.admin)
    address = reverse("admin:services_lettertemplate_change", args=[template.pk])
    answer = client.post(address, form_of(template, **{field: text}))
    said = answer.context["adminform"].form.errors[field][0]
    known = "{sequence}" if field == "number_pattern" else "{applicant}"
    assert answer.status_code == 200 and f"Tidak dikenal: {named}." in said and known in said
    template.refresh_from_db()
    assert template.body != text and template.number_pattern != text
    answer = client.post(address, form_of(template, subject="{applicant}\nnisn"))
    template.refresh_from_db()
    assert answer.status_code == 302 and template.subject == ["applicant", "nisn"]


def test_a_template_is_not_set_up_with_an_unknown_placeholder_either(service):
    with pytest.raises(Refused) as refused, transaction.atomic():
        wording = {"name": "X", "title": "X", "classification": "1", "body": "{tidak_ada}"}
        add_letter_template(by=SYSTEM, code="x", wording=wording, services=[service.code])
    assert refused.value.field == "body" and "{tidak_ada}" in str(refused.value)
    assert not LetterTemplate.objects.filter(code="x").exists()


def test_a_template_names_what_its_services_ask_and_one_of_none_what_any_asks(cast, template):
    other = {"name": "nomor_kapal", "label": "Nomor kapal", "type": "text", "required": False}
    make_service(cast, form_fields=[*entry()["form_fields"], other], published=False)
    assert "nisn" in known_placeholders(template) and "nomor_kapal" not in known_placeholders(template)
    for none in (None, LetterTemplate()):
        assert {"nisn", "nomor_kapal"} <= set(known_placeholders(none))


# Missing values


def test_a_letter_with_an_open_place_is_refused_and_takes_no_number(cast, service, template):
    request = ready(cast, service)
    for body, place in (
        ("Nama: ……\n\nDemikian.", "Nama"),
        ("Diterangkan bahwa ………… benar lulus.", "Diterangkan bahwa"),
    ):
        with pytest.raises(Refused, match=f"Masih kosong: {place}") as refused:
            issue_letter(run_of(request), by=staff(cast.section_head), body=body)
        assert refused.value.field == "body"
    assert not Letter.objects.exists()


def test_the_database_issues_no_letter_with_an_open_place_and_leaves_earlier_ones_alone(cast, service, template):
    letter = issue_letter(run_of(ready(cast, service)), by=staff(cast.section_head))
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(state="reserved", body="Nama: ……")
        Letter.objects.filter(pk=letter.pk).update(state="issued")
    # A letter issued before this rule can still be collected and withdrawn.
    Letter.objects.filter(pk=letter.pk).update(body="Nama: ……", collected_at=letter.issued_at)


def test_the_page_names_what_is_missing_and_leads_to_where_it_is_filled_in(cast, service, template, client):
    request = make_case(service, nama_pemohon="Budi Siregar")
    request.answers = {name: said for name, said in request.answers.items() if name != "nisn"}
    request.save(update_fields=["answers"])
    client.force_login(cast.official)
    address = reverse("case_detail", args=[request.number])
    walk(request, (cast.official, "yes"), (cast.official, "done"), (cast.official, "yes"))
    # Shown while the draft is prepared, before the letter step.
    html = client.get(address).content.decode()
    assert "Surat belum dapat terbit karena ada yang masih kosong" in html
    assert reverse("case_answers", args=[request.number]) in html
    walk(request, (cast.official, "done"), (cast.section_head, "yes"))
    client.force_login(cast.section_head)
    assert "Surat belum dapat terbit karena ada yang masih kosong" in client.get(address).content.decode()
    with pytest.raises(Refused, match="Masih kosong: NISN"):
        issue_letter(run_of(request), by=staff(cast.section_head))
    # Written into the text by hand, it can be issued; the verification page takes it from there.
    body = "Nama siswa: Budi Siregar\nNISN: 0051231234"
    assert issue_letter(run_of(request), by=staff(cast.section_head), body=body).subject[1][1] == "******1234"


def test_what_a_template_declares_must_be_known(cast, service, template):
    request = ready(cast, service)
    request.answers = {name: said for name, said in request.answers.items() if name != "nisn"}
    request.save(update_fields=["answers"])
    with pytest.raises(Refused, match="Pokok surat"):
        issue_letter(run_of(request), by=staff(cast.section_head), body="Nama siswa: Budi Siregar")
    assert not Letter.objects.exists()


def test_what_the_page_says_of_a_letter_asks_the_same_whatever_is_missing(cast, service, template, client):
    request = ready(cast, service)
    client.force_login(cast.section_head)
    address = reverse("case_detail", args=[request.number])
    client.get(address)
    whole = count_queries(lambda: client.get(address))
    template.body = "A: {nama_pemohon}\nB: {nisn}\nC: {legal_basis}\nD: {reason}\nE: {service}"
    template.save()
    request.answers = {}
    request.save(update_fields=["answers"])
    assert count_queries(lambda: client.get(address)) <= whole


# Without a template


def test_without_a_template_it_is_said_before_anybody_writes(cast, service, client):
    LetterTemplate.objects.all().delete()
    request = walk(make_case(service), (cast.official, "yes"), (cast.official, "done"), (cast.official, "yes"))
    address, said = reverse("case_detail", args=[request.number]), "Templat surat untuk layanan ini belum ada"
    client.force_login(cast.official)
    html = client.get(address).content.decode()
    assert said in html and "Langkah penerbitan surat akan tertahan." in html
    walk(request, (cast.official, "done"), (cast.section_head, "yes"))
    client.force_login(cast.section_head)
    html = client.get(address).content.decode()
    assert said in html and 'name="body"' not in html and "Terbitkan surat" not in html
    with pytest.raises(Refused, match="Templat surat belum ada"):
        issue_letter(run_of(request), by=staff(cast.section_head))
    gaps = " ".join(gaps_of(service))
    assert "Langkah 8 menerbitkan surat, tetapi templat suratnya belum ada." in gaps and "Langkah 10" in gaps
    client.force_login(cast.admin)
    panel = client.get(reverse("admin:services_service_change", args=[service.pk])).content.decode()
    assert "Langkah 8 menerbitkan surat" in panel
    ensure_letter_templates()
    assert "menerbitkan surat" not in " ".join(gaps_of(service))


def test_the_panel_says_when_a_template_names_what_the_form_has_not(service, template):
    LetterTemplate.objects.filter(pk=template.pk).update(body="{lenyap}")
    service.refresh_from_db()
    assert "Templat surat “Pindah” memakai isian yang tidak ada pada formulir: {lenyap}." in gaps_of(service)


# The subject


RUNNING = "Dengan ini diterangkan bahwa {applicant}, NISN {nisn}, benar siswa kami.\n\nDemikian."


def said(text, template=RUNNING, name="applicant", known="Budi Siregar"):
    return rules.value_in_text(text, template, name, "Nama pemohon", known)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Dengan ini diterangkan bahwa BUDI  siregar, NISN 0051231234, benar siswa kami.", "Budi Siregar"),
        # A correction within a sentence.
        ("Dengan ini diterangkan bahwa Budi S. Siregar, NISN 0051231234, benar siswa kami.", "Budi S. Siregar"),
        ("Pernyataan baru tanpa nama.", ""),
        ("Diterangkan bahwa Ani benar siswa kami.", ""),
        ("Diterangkan bahwa Ani benar siswa.\n\nNama pemohon: Ani Lubis", "Ani Lubis"),
        # A part of another name is not a match.
        ("Diterangkan bahwa Budi Siregarwati benar siswa kami.", ""),
    ],
)
def test_what_a_running_text_says(text, value):
    assert said(text) == value


def test_what_a_running_text_says_at_its_end_in_two_places_and_nowhere():
    assert said("Surat ini atas nama Ani S. Lubis.", "Surat ini atas nama {applicant}.") == "Ani S. Lubis"
    twice = "Bahwa {applicant} lulus.\n\nSurat untuk {applicant} sendiri."
    assert said("Bahwa Budi Siregar lulus.\n\nSurat untuk Ani sendiri.", twice) == "Ani"
    assert said("Bahwa Ani lulus.\n\nSurat untuk Ida sendiri.", twice) == ""
    # If the template never names it, nothing contradicts the known value.
    assert said("Isi.", "Isi.") == "Budi Siregar"


def test_a_name_corrected_in_the_running_text_is_what_the_verification_page_tells(cast, service, template, client):
    LetterTemplate.objects.filter(pk=template.pk).update(body=RUNNING)
    request = ready(cast, service)
    run, text = run_of(request), rules.filled_body(RUNNING, {"applicant": "Budi Siregar", "nisn": "0051231234"})
    with pytest.raises(Refused, match="“Budi Siregar”, tidak ada lagi pada isi surat") as refused:
        issue_letter(run, by=staff(cast.section_head), body="Diterangkan bahwa Ani benar siswa kami, NISN 0051231234.")
    assert refused.value.field == "body" and not Letter.objects.exists()
    letter = issue_letter(run, by=staff(cast.section_head), body=text.replace("Siregar", "Harahap"))
    assert dict(letter.subject) == {"Nama pemohon": "B*** H******", "NISN": "******1234"}
    assert "B*** H******" in verified(client, letter)


def verified(client, letter):
    return client.get(reverse("letter_verify", args=[verification_code(letter)])).content.decode()


def test_the_verification_page_names_the_subject_masked_so_that_another_name_is_found_out(
    cast, service, template, client
):
    letter = issue_letter(run_of(ready(cast, service)), by=staff(cast.section_head))
    page = verified(client, letter)
    assert "B*** S******" in page and "******1234" in page
    assert "Budi" not in page and "0051231234" not in page and "Inisial pemohon" not in page
    Letter.objects.filter(pk=letter.pk).update(state="withdrawn", withdrawn_at=letter.issued_at)
    page = verified(client, letter)
    assert "B*** S******" in page and "sudah dicabut" in page


def test_it_says_what_the_letter_says_where_the_official_mended_a_name(cast, service, template):
    body = "Nama siswa: Budy Siregar Jaya\nNISN: 0051231234"
    letter = issue_letter(run_of(ready(cast, service)), by=staff(cast.section_head), body=body)
    assert letter.subject[0] == ["Nama pemohon", "B*** S****** J***"]


def test_it_stays_as_issued_whatever_changes_and_can_be_erased(cast, service, template, client):
    request = ready(cast, service)
    letter = issue_letter(run_of(request), by=staff(cast.section_head))
    request.refresh_from_db()
    request.answers, request.applicant_name = {}, "Orang Lain"
    request.save(update_fields=["answers", "applicant_name"])
    template.subject = ["service"]
    template.save()
    assert "B*** S******" in verified(client, letter)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(subject=[["Nama", "X"]])
    Letter.objects.filter(pk=letter.pk).update(subject=[])
    # For letters issued before this rule, initials are shown.
    assert "O. L." in verified(client, letter)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Budi Siregar", "B*** S******"),
        ("0051231234", "******1234"),
        ("197001011995031901", "**************1901"),
        ("10204567", "****4567"),
        ("19700101 199503 1 901", "******** ****** 1 901"),
        ("2024", "****"),
        ("DN-01 1234567", "***** ***4567"),
        ("  Ä  b ", "Ä b"),
        ("", ""),
    ],
)
def test_masks(value, shown):
    assert rules.masked(value) == shown


def test_open_places_are_named_by_their_line():
    body = "Nama: Ani\nNISN: ……\nKelas : …………\nDengan ini diterangkan bahwa siswa ………… benar lulus … 2026"
    assert rules.blanks_in(body) == ["NISN", "Kelas", "Dengan ini diterangkan bahwa siswa"]
    assert rules.blanks_in("Selesai … dan titik...") == []
