"""The starter catalogue: services to tick, units proposed by their names, SOPs as drafts, and what is missing."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from services.applying.actions.from_paper import PaperRequest, record_paper_request
from services.applying.actions.walk_in import WalkInApplicant
from services.catalogue.actions.publishing import publish_service
from services.exchange.actions.starting import add_starter_services, take_in_starter_sop
from services.exchange.starter import HOME, for_regency
from services.models import LetterTemplate, Service
from services.schools.actions.importing import import_schools
from services.schools.rules import SchoolRow
from sop.approval.actions.on_paper import PaperDecree, declare_in_force
from sop.models import Sop, SopActor
from tests.conftest import OPEN_AT
from tests.factories.core import make_unit, make_user, named_cast
from tests.factories.pages import as_user, text
from tests.factories.sop import confirm_all
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Office, Role
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.opening.starter import catalogue_now, proposed_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return named_cast()


def test_drafts_with_forms_requirements_and_letters(cast):
    result = add_starter_services(by=staff(cast.admin), units={"LEG-IJZ": cast.unit, "SMA": None})
    assert result.created == ["LEG-IJZ", "SMA"]
    service = Service.objects.get(code="LEG-IJZ")
    assert (service.state, service.unit, service.letter_template.code) == ("draft", cast.unit, "pengesahan-ijazah")
    assert service.requirements.exists() and service.form_versions.get(is_current=True).fields.count() == 15
    assert LetterTemplate.objects.filter(is_refusal=True).count() == 1
    Service.objects.filter(pk=service.pk).update(summary="Milik kantor")
    again = add_starter_services(by=staff(cast.admin), units={"LEG-IJZ": cast.unit, "SKPI": cast.unit})
    assert (again.created, again.unchanged) == (["SKPI"], ["LEG-IJZ"])
    service.refresh_from_db()
    assert service.summary == "Milik kantor" and LetterTemplate.objects.filter(is_refusal=True).count() == 1


@pytest.mark.parametrize("known", [(), ("Sungai Contoh",)])
def test_the_regency_and_its_districts_are_those_of_the_office(cast, known):
    Office.objects.create(name="Dinas Lain", regency="Kabupaten Lain")
    import_schools(
        [SchoolRow(f"6999000{n}", "SD", "SD", "Negeri", each, "") for n, each in enumerate(known)], by=SYSTEM
    )
    add_starter_services(by=staff(cast.admin), units={"PAUD": cast.unit, "MADRASAH": None})
    fields = Service.objects.get(code="PAUD").form_versions.get(is_current=True).fields
    asked, where = fields.get(name="kecamatan"), fields.get(name="kecamatan_lembaga")
    if known:
        assert asked.rules["options"] == ["Sungai Contoh", "Di luar Kabupaten Lain"]
        assert where.rules["options"] == ["Sungai Contoh"]
    else:
        assert (asked.type, where.type, asked.rules) == ("text", "text", {})
    assert "Kabupaten Lain" in Service.objects.get(code="MADRASAH").where


def test_the_regency_of_the_catalogue_keeps_its_districts():
    content = {"name": "kecamatan", "options": ["Talawi", "Di luar Kabupaten Batu Bara"]}
    assert for_regency(content, HOME, ["Lain"]) == content
    assert for_regency([1, None, "x"], "Kabupaten Lain", []) == [1, None, "x"]


def test_refusals(cast):
    with pytest.raises(NotAllowed):
        add_starter_services(by=staff(cast.section_head), units={"SMA": None})
    with pytest.raises(Refused) as refused:
        add_starter_services(by=staff(cast.admin), units={"SMA": None, "SKPI": None})
    assert refused.value.field == "SKPI" and not Service.objects.exists()
    with pytest.raises(Refused, match="LAIN"):
        add_starter_services(by=staff(cast.admin), units={"LAIN": cast.unit})


def test_an_example_sop_is_a_draft_of_this_office(cast):
    add_starter_services(by=staff(cast.admin), units={"LEG-IJZ": cast.unit, "SMA": None})
    service = Service.objects.get(code="LEG-IJZ")
    version = take_in_starter_sop(service, by=staff(cast.admin)).version
    assert (version.state, version.sop.unit, version.sop.number_is_generated) == ("draft", cast.unit, True)
    assert not SopActor.objects.filter(version=version, confirmed=True).exclude(kind="applicant").exists()
    assert take_in_starter_sop(service, by=staff(cast.admin)) is None and Sop.objects.count() == 1
    with pytest.raises(NotAllowed):
        take_in_starter_sop(service, by=staff(cast.head))
    with pytest.raises(Refused, match="contoh SOP"):
        take_in_starter_sop(Service.objects.get(code="SMA"), by=staff(cast.admin))


def test_units_are_proposed_by_code_then_by_name():
    near = make_unit("BIDANG-2", "Bidang Pembinaan Guru dan Tenaga Kependidikan SD")
    same = make_unit("PAUD-PNF", "Bidang Lain Sekali")
    units = [near, same]
    assert proposed_unit("PAUD-PNF", "Bidang Pembinaan PAUD", units) == same
    assert proposed_unit("GTK", "Bidang Pembinaan Guru dan Tenaga Kependidikan", units) == near
    assert proposed_unit("ULA", "Unit Layanan (ULA)", units) is None and proposed_unit("ULA", "ULA", []) is None


def test_the_page_from_nothing_to_drafts(cast):
    client, url = as_user(cast.admin), reverse("opening_starter")
    page = client.get(url)
    assert text(page).count('name="codes"') == 23
    field = page.context["form"]["unit_DIKDAS"]
    assert field.initial == cast.unit.pk
    refused = client.post(url, {"codes": ["LEG-IJZ"], "sops": "on"})
    assert refused.status_code == 422 and 'value="LEG-IJZ" checked' in text(refused) and "Pilih unit" in text(refused)
    assert client.post(url, {}).status_code == 422 and not Service.objects.exists()
    said = {"codes": ["LEG-IJZ", "SMA"], "unit_DIKDAS": cast.unit.pk, "sops": "on"}
    assert client.post(url, said).status_code == 302
    assert client.post(url, said).status_code == 422, "what is there can no longer be ticked"
    shown = text(client.get(url))
    assert shown.count('name="codes"') == 21 and "Lanjutkan draf SOP" in shown and "belum berlaku" in shown


def test_an_office_without_units_is_led_to_them():
    shown = text(as_user(make_user(Role.ADMINISTRATOR)).get(reverse("opening_starter")))
    assert "Unit kerja belum ada" in shown and 'name="codes"' not in shown


def test_it_costs_the_same_for_one_and_three(cast):
    counts = []
    for codes in (["LEG-IJZ"], ["SKPI", "SKK"]):
        add_starter_services(by=staff(cast.admin), units=dict.fromkeys(codes, cast.unit))
        for service in Service.objects.filter(code__in=codes):
            take_in_starter_sop(service, by=staff(cast.admin))
        with CaptureQueriesContext(connection) as asked:
            catalogue_now()
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 2


def test_from_the_catalogue_to_a_request_that_was_running_on_paper(cast):
    """What an office needs on its first day: a draft, its SOP in force by its decree, published, a case at its step."""
    with clock.at(OPEN_AT):
        by, signed = staff(cast.admin), datetime.date(2024, 3, 4)
        add_starter_services(by=by, units={"LEG-IJZ": cast.unit})
        service = Service.objects.get(code="LEG-IJZ")
        version = confirm_all(take_in_starter_sop(service, by=by).version, cast.admin)
        with pytest.raises(Refused, match="belum berlaku"):
            publish_service(service, by=by)
        paper = PaperDecree("420/7/2024", signed, signed, position="Kepala Dinas", name="Ani", scan=None)
        declare_in_force(version, by=by, paper=paper)
        publish_service(service, by=by)
        running = PaperRequest("12/2026", WalkInApplicant("Siti"), 2, clock.today())
        case = record_paper_request(service, by=by, paper=running)
        run = case.runs.get(finished_at=None)
        assert (case.state, run.step.no, run.assignee) == ("in_progress", 2, cast.counter)
