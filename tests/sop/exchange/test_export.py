"""Importing an exported SOP changes nothing."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sop.drafting.actions import importing
from sop.exchange.export import content_of
from tests.factories import sop as make
from ula_portal.core.journal.actors import SYSTEM

pytestmark = pytest.mark.django_db
STARTER = Path(__file__).parents[3] / "services" / "exchange" / "data" / "sops"
FILES = sorted((Path(__file__).parents[1] / "data").glob("*.json")) + sorted(STARTER.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_export_and_import_change_nothing(units, path):
    first = importing.import_sop(json.loads(path.read_text(encoding="utf-8")), by=SYSTEM)
    again = importing.import_sop(json.loads(json.dumps(content_of(first.version))), by=SYSTEM)
    assert again.state == "unchanged"
    assert again.version.pk == first.version.pk


def test_the_command_writes_json_and_pdf(units, tmp_path, capsys):
    number = importing.import_sop(make.small_content(), by=SYSTEM).sop.number
    call_command("export_sop", number, str(tmp_path / "sop.json"), format="json")
    assert json.loads((tmp_path / "sop.json").read_text())["number"] == number
    call_command("export_sop", number, str(tmp_path / "sop.pdf"), format="pdf")
    assert (tmp_path / "sop.pdf").read_bytes().startswith(b"%PDF-")


def test_an_unknown_number_and_an_unwritable_file_are_one_sentence(units, tmp_path):
    with pytest.raises(CommandError, match="tidak ada"):
        call_command("export_sop", "X/1", str(tmp_path / "x.json"), format="json")
    number = importing.import_sop(make.small_content(), by=SYSTEM).sop.number
    with pytest.raises(CommandError, match="tidak dapat ditulis"):
        call_command("export_sop", number, str(tmp_path / "no" / "x.json"), format="json")
