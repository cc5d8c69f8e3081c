"""Files of every format: recognised, imported by the command, exported, and imported again without a change."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from sop.drafting.actions import importing
from sop.drafting.actions.steps import add_step
from sop.exchange import formats
from sop.exchange.json import ImportRefused
from sop.models import SopVersion
from tests.factories import sop as make
from ula_portal.core.journal.actors import SYSTEM, staff

pytestmark = pytest.mark.django_db
STARTER = Path(__file__).parents[3] / "services" / "exchange" / "data" / "sops"
FILES = sorted((Path(__file__).parents[1] / "data").glob("*.json")) + sorted(STARTER.glob("*.json"))
KINDS = list(formats.FORMATS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_sop_given_back_and_taken_in_again_is_unchanged(units, kind):
    for path in FILES:
        first = importing.import_sop(json.loads(path.read_text(encoding="utf-8")), by=SYSTEM)
        data = formats.write_sop_file(first.version, kind)
        again = importing.import_sop(formats.read_sop_file(f"sop.{kind}", data), by=SYSTEM)
        assert (again.state, again.version.pk) == ("unchanged", first.version.pk), path.stem
        assert not [finding for finding in again.findings if finding.code == "file_note"], path.stem


@pytest.mark.parametrize("kind", KINDS)
def test_the_commands_give_back_and_take_in_every_kind(units, tmp_path, kind):
    number = importing.import_sop(make.small_content(), by=SYSTEM).sop.number
    path = tmp_path / f"sop{formats.FORMATS[kind].suffix}"
    call_command("export_sop", number, str(path), format=kind, stdout=StringIO())
    SopVersion.objects.all().delete()
    out = StringIO()
    call_command("import_sop", str(path), stdout=out)
    name, found, state, errors, _warnings = out.getvalue().splitlines()[0].split("\t")
    assert (name, found, state, errors) == (str(path), number, "draft, created", "0 errors")


def test_what_the_reader_guessed_is_told_by_the_command(units, tmp_path):
    from .test_xlsx import HEADINGS, workbook

    steps = [[*HEADINGS, "Catatan Pak Budi"], [1, "Mengajukan", "Mulai", "Pemohon", "", "x", "hm"]]
    steps += [[2, "Menyerahkan", "", "Pemohon", "", "x", ""]]
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook({"Identitas": [["Nama SOP", "x"]], "Langkah": steps}))
    out = StringIO()
    call_command("import_sop", str(path), stdout=out)
    assert "    warning: Langkah, kolom Catatan Pak Budi: tidak dikenal dan diabaikan." in out.getvalue()
    assert "    warning: Langkah, baris 3, kolom Bentuk: kosong, dibaca sebagai Selesai." in out.getvalue()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.xls", "simpan sebagai .xlsx"),
        ("a.ODS", "simpan sebagai .xlsx"),
        ("a.csv", "simpan sebagai .xlsx"),
        ("a.docx", "tidak dikenal"),
        ("json", "tidak dikenal"),
        ("", "tidak dikenal"),
    ],
)
def test_other_kinds_are_refused_by_name(name, words):
    with pytest.raises(ImportRefused, match=words):
        formats.read_sop_file(name, b"x")


def test_a_wrong_suffix_does_not_matter_when_the_content_tells(units):
    version = make.imported(make.small_content())
    for kind in ("xlsx", "bpmn"):
        assert formats.read_sop_file("sop.json", formats.write_sop_file(version, kind))["name"] == version.name


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_with_gaps_is_given_back_all_the_same(units, cast, kind):
    draft = make.imported(make.small_content())
    add_step(draft, by=staff(cast["admin"]))
    assert formats.write_sop_file(draft, kind)
