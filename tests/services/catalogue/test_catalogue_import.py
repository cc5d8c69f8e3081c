"""The catalogue's file becomes units, categories, services, requirements and typed forms."""

import copy
import json
from pathlib import Path

import pytest

from services.catalogue.actions.importing import import_catalogue
from services.models import Category, Field, FormVersion, Requirement, Service
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import JournalEntry, Unit
from ula_portal.core.verbs.errors import Refused

CATALOGUE = Path(__file__).resolve().parents[3] / "services" / "exchange" / "data" / "services.json"
pytestmark = pytest.mark.django_db


@pytest.fixture
def data():
    return json.loads(CATALOGUE.read_text(encoding="utf-8"))


def entry(data, code):
    return next(each for each in data["services"] if each["code"] == code)


def test_takes_in_the_whole_file(data):
    result = import_catalogue(data, by=SYSTEM)
    assert len(result.created) == 23 and not result.changed and not result.unchanged
    assert Service.objects.filter(kind="elsewhere").count() == 3
    assert set(Service.objects.values_list("state", flat=True)) == {"draft"}
    assert Unit.objects.get(code="DIKDAS").parent.code == "DINAS"
    skpi = Service.objects.get(code="SKPI")
    assert skpi.slug == "surat-pengganti-ijazah-hilang-atau-rusak"
    assert skpi.working_days == 3 and skpi.category.name == "Ijazah" and skpi.complaint_handling
    police = skpi.requirements.get(text="Surat keterangan kehilangan dari Kepolisian")
    assert police.show_if == {"jenis": ["Hilang"]} and police.required and police.kind == "upload"
    assert Service.objects.get(code="SMA").where.startswith("Urusan SMA dan SMK")


def test_who_issues_a_paper_is_taken_over_and_what_the_office_wrote_stays(data):
    import_catalogue(data, by=SYSTEM)
    card = Requirement.objects.get(service__code="VPD", text="KK")
    assert "Disdukcapil" in card.issued_by
    Requirement.objects.filter(pk=card.pk).update(issued_by="Kantor kami")
    assert import_catalogue(data, by=SYSTEM).changed == ["VPD"]
    del next(each for each in entry(data, "VPD")["requirements"] if each["text"] == "KK")["issued_by"]
    Requirement.objects.filter(pk=card.pk).update(issued_by="Kantor kami")
    assert not import_catalogue(data, by=SYSTEM).changed
    card.refresh_from_db()
    assert card.issued_by == "Kantor kami"


def test_form_asks_common_questions_first_and_keeps_rules(data):
    import_catalogue(data, by=SYSTEM)
    fields = list(Field.objects.filter(version__service__code="LEG-IJZ"))
    assert [f.name for f in fields[:2]] == ["hubungan", "nama_pemohon"] and fields[0].is_common
    year = next(f for f in fields if f.name == "tahun_lulus")
    assert year.rules == {"min": 1950, "max": 2100} and not year.is_common
    schools = Field.objects.get(version__service__code="RISET", name="lokasi")
    assert schools.rules == {"max_items": 20, "item": {"type": "npsn", "label": "NPSN"}}
    assert not Field.objects.filter(version__service__code="TAMU", is_common=True).exists()
    assert not FormVersion.objects.filter(service__kind="elsewhere").exists()


def test_same_content_again_changes_nothing(data):
    import_catalogue(data, by=SYSTEM)
    before = [Service.objects.count(), Requirement.objects.count(), Field.objects.count(), JournalEntry.objects.count()]
    result = import_catalogue(copy.deepcopy(data), by=SYSTEM)
    assert len(result.unchanged) == 23 and not result.created and not result.changed
    assert before == [
        Service.objects.count(),
        Requirement.objects.count(),
        Field.objects.count(),
        JournalEntry.objects.count(),
    ]
    assert Category.objects.count() == len({each["category"] for each in data["services"]})


def test_changed_fields_make_a_new_version_and_keep_the_old(data):
    import_catalogue(data, by=SYSTEM)
    entry(data, "DAPO")["form_fields"].append({"name": "kontak", "label": "Kontak", "type": "phone"})
    result = import_catalogue(data, by=SYSTEM)
    assert result.changed == ["DAPO"]
    old, new = FormVersion.objects.filter(service__code="DAPO").order_by("ordinal")
    assert not old.is_current and new.is_current and new.ordinal == 2
    assert new.fields.count() == old.fields.count() + 1


def test_requirement_that_is_gone_is_kept_but_no_longer_asked(data):
    import_catalogue(data, by=SYSTEM)
    gone = entry(data, "DAPO")["requirements"].pop()
    assert import_catalogue(data, by=SYSTEM).changed == ["DAPO"]
    assert not Requirement.objects.get(service__code="DAPO", text=gone["text"]).active
    entry(data, "DAPO")["requirements"].append(gone)
    import_catalogue(data, by=SYSTEM)
    assert Requirement.objects.get(service__code="DAPO", text=gone["text"]).active


def test_address_stays_when_the_name_changes(data):
    import_catalogue(data, by=SYSTEM)
    entry(data, "DAPO")["name"] = "Bantuan Dapodik"
    import_catalogue(data, by=SYSTEM)
    service = Service.objects.get(code="DAPO")
    assert service.name == "Bantuan Dapodik" and service.slug == "konsultasi-dapodik"


def test_an_entry_says_only_what_it_must():
    field = {"name": "keperluan", "label": "Keperluan", "type": "text"}
    requirement = {"text": "KTP", "kind": "original", "required": True}
    bare = {"code": "TAMU", "name": "Bertemu pejabat", "kind": "visit", "category": "Umum"}
    data = {"services": [bare | {"form_fields": [field], "requirements": [requirement]}]}
    assert import_catalogue(data, by=SYSTEM).created == ["TAMU"]
    service = Service.objects.get()
    assert (service.unit, service.working_days, service.fee_idr, service.summary) == (None, None, 0, "")
    assert import_catalogue(data, by=SYSTEM).unchanged == ["TAMU"]


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda e: e.update(kind="lain"), "DAPO"),
        (lambda e: e["form_fields"][0].update(type="gambar"), "npsn"),
        (lambda e: e["form_fields"].append(dict(e["form_fields"][0])), "DAPO"),
        (lambda e: e["requirements"][0].update(show_if={"tidak_ada": ["x"]}), "tidak_ada"),
        (lambda e: e.update(unit="TIADA"), "TIADA"),
    ],
)
def test_broken_entry_is_refused_by_name_and_nothing_is_kept(data, spoil, word):
    spoil(entry(data, "DAPO"))
    with pytest.raises(Refused, match=word):
        import_catalogue(data, by=SYSTEM)
    assert not Service.objects.exists() and not Unit.objects.exists()


def test_unknown_sop_number_is_refused(data):
    with pytest.raises(Refused, match="DAPO"):
        import_catalogue(data, by=SYSTEM, sop_files={"DAPO": "tidak/ada"})
    assert not Service.objects.exists()
