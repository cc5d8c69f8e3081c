"""A service goes out to a file and comes back the same; files that are no service are refused."""

import copy
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from services.catalogue.actions.importing import import_catalogue
from services.exchange import starter
from services.exchange.actions.importing import ServiceExists, import_service, take_template
from services.exchange.content import MAX_BYTES, as_file, content_of, read_file
from services.fields.actions.versions import begin_version, put_into_use
from services.models import Field, FormVersion, LetterTemplate, Service
from sop.models import Sop
from tests.factories.core import named_cast
from tests.factories.services import common_fields, entry, make_service
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry, Unit
from ula_portal.core.verbs.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return named_cast()


def write(**changes):
    """The file of a service that is not stored."""
    undo = transaction.savepoint()
    import_catalogue({"services": [entry(code="BARU") | changes], "common_fields": common_fields()}, by=SYSTEM)
    content = content_of(Service.objects.get(code="BARU"))
    transaction.savepoint_rollback(undo)
    return content


def test_all_services_of_the_catalogue_come_back_byte_for_byte(cast):
    whole, written = starter.catalogue(), {}
    for row in whole["units"]:
        Unit.objects.get_or_create(code=row["code"], defaults={"name": row["name"]})
    sop = Sop.objects.create(number="420/1", name="SOP", slug="sop", unit=cast.unit)
    undo = transaction.savepoint()
    import_catalogue(whole, by=SYSTEM, sop_files={"SKPI": sop.number})
    for service in Service.objects.all():
        for template in starter.letters()["templates"]:
            if service.code in template["services"]:
                take_template(template, service, by=SYSTEM)
    skpi = Service.objects.get(code="SKPI")
    skpi.decree, skpi.decree_date, skpi.complaint_handling = "1/2026", "2026-01-02", "Datang saja."
    skpi.save()
    for service in Service.objects.all():
        written[service.code] = as_file(content_of(service))
    assert len(written) == 23 and sum(b'"letter_templates": [\n' in each for each in written.values()) == 19
    transaction.savepoint_rollback(undo)
    assert not Service.objects.exists() and not LetterTemplate.objects.exists()
    for code, content in written.items():
        result = import_service(read_file(content), by=staff(cast.admin))
        assert (result.state, result.notes, result.service.state) == ("created", [], "draft")
        assert as_file(content_of(result.service)) == content, code
        assert import_service(read_file(content), by=staff(cast.admin)).state == "unchanged"


def test_pages_of_a_form_come_back(cast):
    service = make_service(cast, published=False)
    version = begin_version(service)
    pages = [version.pages.create(order=no, title=title) for no, title in ((1, "Anda"), (2, "Perkara"))]
    for no, page in enumerate(pages, 1):
        Field.objects.create(version=version, order=no, name=f"isi{no}", label="Isi", type="text", page=page)
    put_into_use(version)
    content = content_of(service)
    assert content["service"]["form_pages"] == ["Anda", "Perkara"] and content["service"]["form_fields"][1]["page"] == 2
    content["service"] |= {"code": "SALINAN", "requirements": []}
    made = import_service(content, by=SYSTEM).service
    assert content_of(made)["service"] == content["service"]
    content["service"]["form_fields"][1]["page"] = 1
    assert import_service(content, by=SYSTEM, replace=True).state == "changed"
    assert made.form_versions.count() == 2


def test_a_code_that_exists_asks_and_gets_a_new_version_of_the_form(cast):
    content = write()
    service = import_service(content, by=staff(cast.admin)).service
    changed = copy.deepcopy(content)
    changed["service"]["form_fields"][-1]["label"] = "Nomor surat kehilangan"
    with pytest.raises(ServiceExists):
        import_service(changed, by=staff(cast.admin))
    assert import_service(changed, by=staff(cast.admin), replace=True).state == "changed"
    old, new = FormVersion.objects.filter(service=service).order_by("ordinal")
    assert (old.is_current, new.is_current) == (False, True)


def test_a_published_service_is_not_changed_by_a_file(cast):
    service = make_service(cast)
    content = content_of(service)
    assert import_service(content, by=staff(cast.admin)).state == "unchanged"
    content["service"]["summary"] = "Lain"
    with pytest.raises(Refused, match="sedang terbit"):
        import_service(content, by=staff(cast.admin), replace=True)
    service.refresh_from_db()
    assert service.summary != "Lain" and service.state == "published"


def test_the_unit_is_known_by_code_or_name_or_chosen(cast):
    content, unit = write(), cast.unit
    content["service"] |= {"unit": "TIDAK-ADA", "unit_name": unit.name.upper()}
    assert import_service(content, by=SYSTEM).service.unit == unit
    content["service"] |= {"code": "LAIN", "unit_name": "Bidang Lain"}
    with pytest.raises(Refused, match="Bidang Lain") as refused:
        import_service(content, by=SYSTEM)
    assert refused.value.field == "unit" and not Service.objects.filter(code="LAIN").exists()
    other = Unit.objects.exclude(pk=unit.pk).first()
    assert import_service(content, by=SYSTEM, unit=other).service.unit == other


def test_a_template_of_the_office_stays_and_an_unknown_sop_is_said(cast):
    letter = {"code": "surat", "name": "Surat", "title": "SURAT", "classification": "1", "body": "Untuk {jenis}."}
    content = write() | {"letter_templates": [letter]}
    content["service"]["sop"] = "420/TIDAK-ADA"
    own = LetterTemplate.objects.create(**letter | {"body": "Milik kantor"})
    result = import_service(content, by=SYSTEM)
    assert result.service.letter_template == own and len(result.notes) == 2 and result.service.sop is None
    own.refresh_from_db()
    assert own.body == "Milik kantor"
    content["letter_templates"] = [letter | {"code": "lain", "body": "Untuk {tidak_ada}."}]
    with pytest.raises(Refused, match="tidak_ada"):
        import_service(content, by=SYSTEM, replace=True)


def test_only_administrators_bring_in_services(cast):
    content = write()
    for user in (cast.section_head, cast.head, cast.official):
        with pytest.raises(NotAllowed):
            import_service(content, by=staff(user))
    assert not JournalEntry.objects.filter(verb="import_service").exists()


BROKEN = {
    "no JSON": b"{",
    "NaN": b'{"format": NaN}',
    "a list": b"[]",
    "a NUL": json.dumps({"format": "ula-portal/service/1", "service": {"name": "\0"}}).encode(),
    "half a character": b'{"format": "\\ud800"}',
    "deep": b"[" * 100_000,
    "a picture": b"\x89PNG\r\n",
    "too large": b" " * (MAX_BYTES + 1),
    "another format": b'{"format": "lain", "service": {}}',
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=list(BROKEN))
def test_what_is_no_service_is_refused(content):
    with pytest.raises(Refused) as refused:
        read_file(content)
    assert refused.value.field == "file"


WRONG = {
    "an unknown kind": lambda s: s.update(kind="lain"),
    "an impossible day": lambda s: s.update(decree_date="2026-02-31"),
    "a text as number": lambda s: s.update(working_days="3"),
    "a letter like a digit": lambda s: s.update(ticket_letter="O"),
    "fields that are no list": lambda s: s.update(form_fields={}),
    "a requirement without text": lambda s: s["requirements"].append({"kind": "upload", "required": True}),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=list(WRONG))
def test_a_wrong_part_is_named(cast, change):
    content = write()
    change(content["service"])
    with pytest.raises(Refused, match="keliru: service"):
        read_file(as_file(content))


INCONSISTENT = {
    "type": lambda f: f[-1].update(type="lain"),
    "twice": lambda f: f.append(f[-1]),
    "unknown in a condition": lambda f: f[-1].update(show_if={"tidak_ada": ["x"]}),
    "of itself": lambda f: f[-1].update(show_if={f[-1]["name"]: ["x"]}),
    "in a circle": lambda f: (
        f[-1].update(show_if={f[-2]["name"]: ["x"]}),
        f[-2].update(show_if={f[-1]["name"]: ["x"]}),
    ),
}


@pytest.mark.parametrize("change", INCONSISTENT.values(), ids=list(INCONSISTENT))
def test_a_form_that_contradicts_itself_is_refused_whole(cast, change):
    content = write()
    change(content["service"]["form_fields"])
    with pytest.raises(Refused):
        import_service(read_file(as_file(content)), by=SYSTEM)
    assert not Service.objects.exists()


def test_commands(cast, tmp_path, capsys):
    service = make_service(cast, published=False)
    path = str(tmp_path / "layanan.json")
    call_command("export_service", service.code.lower(), path)
    call_command("import_service", path)
    assert "unchanged" in capsys.readouterr().out
    Service.objects.filter(pk=service.pk).update(summary="Lain")
    with pytest.raises(CommandError, match="--replace"):
        call_command("import_service", path)
    call_command("import_service", path, "--replace")
    assert "draft, changed" in capsys.readouterr().out
    for arguments in (["export_service", "TIDAK-ADA", path], ["import_service", str(tmp_path)]):
        with pytest.raises(CommandError):
            call_command(*arguments)
