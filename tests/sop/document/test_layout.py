"""The input of cached PDFs: a change must increase LAYOUT, so that no outdated PDF is served."""

import dataclasses
import datetime
import hashlib
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation

from sop.document import paper
from sop.document import pdf as document_pdf
from sop.models import Sop, SopVersion
from sop.rules.flow import assemble
from tests.factories.flows import flow_of_content
from ula_portal.core.documents.laid_out import ElementPosition
from ula_portal.core.models import Office, Unit

STEPS = [
    {"no": 1, "shape": "start", "actors": [1], "next": 2},
    {"no": 2, "shape": "decision", "actors": [2], "if_yes": 3, "if_no": 1},
    {"no": 3, "shape": "process", "actors": [2, 3], "next": 4},
    {"no": 4, "shape": "decision", "actors": [3], "if_yes": 5, "if_no": 2, "no_label": "Tidak lengkap"},
    {"no": 5, "shape": "end", "actors": [1]},
]
TIMES = [
    {"seconds": 45},
    {"seconds": 5400, "inputs": "Berkas\nLembar disposisi"},
    {"seconds": 100000, "output": "Hasil"},
    {"seconds": 900, "per_item": True, "note": "–"},
    {"time_text": "1 hari"},
]
DAY = datetime.date(2026, 2, 12)
SIGNER = {
    "position": "Kepala Dinas",
    "name": "Nama Contoh",
    "rank": "Pembina",
    "nip": "197001011995031901",
    "mandate": "1",
}
SIGNED = {"created_on": DAY, "revised_on": DAY, "effective_from": DAY, "decree": "1/2026", "approved_as": SIGNER}


def sample(actors, number="420/001", **fields):
    """A flow that contains everything that can be drawn, and its version; neither is stored."""
    names = [f"Pengelola Layanan {n}" for n in range(1, actors + 1)]
    steps = [step | {"activity": "Memeriksa", "actors": [names[n - 1] for n in step["actors"]]} for step in STEPS]
    flow = flow_of_content({"actors": names, "steps": steps})
    steps = [dataclasses.replace(step, **times) for step, times in zip(flow.steps, TIMES, strict=True)]
    sop = Sop(number=number, unit=Unit(name="Bidang Contoh"))
    version = SopVersion(sop=sop, name="Contoh", legal_basis=["Peraturan", "Keputusan"], warnings=["Segera"], **fields)
    return assemble(1, flow.actors, steps), version


def made_of(flow, version, tight) -> list[str]:
    """Everything that WeasyPrint receives for the sample, whose rows are 60 px high and whose fourth row is on the next
    page: the HTML without the addresses of its stylesheets, the stylesheets, and the drawings.
    """
    columns = paper.column_widths(flow, tight=tight)
    html = document_pdf.html_of(version, flow, columns, document_pdf.SIZES[1][0])
    sheets = [
        Path(finders.find(name)).read_text("utf-8")
        for name in re.findall(r'stylesheet" href="/static/([^"]+)"(?! media="screen")', html)
    ]
    placed = {}
    for step in flow.steps:
        page = 1 + (step.no >= 4)
        placed[f"langkah-{step.no}"] = [ElementPosition(page, 37.8, 60.0 * step.no, 1047.0, 60.0)]
        placed[f"bagan-{step.no}"] = [ElementPosition(page, 250.0, 60.0 * step.no, 400.0, 60.0)]
    pictures, beneath = document_pdf.drawings(flow, columns, placed, 3, document_pdf.mark_of(version))
    drawn = [ElementTree.tostring(svg, encoding="unicode") for svg in [*pictures.values(), *beneath]]
    assert len(sheets) == 2 and len(drawn) == len(STEPS) + 3 + (len(flow.actors) if columns.head else 0)
    return [re.sub(r'"/static/[^"]*"', '""', html), columns.css(), *sheets, *drawn]


@pytest.mark.django_db
def test_another_look_raises_the_number_of_the_layout():
    Office.objects.create(name="Dinas Contoh", regency="Kabupaten Contoh")
    with translation.override("id"):
        made = made_of(*sample(3, is_example=True), tight=False)
        Office.objects.update(letterhead=["PEMERINTAH KABUPATEN CONTOH", "DINAS CONTOH"])
        made += made_of(*sample(12, "SOP 2", state=SopVersion.State.WITHDRAWN, **SIGNED), tight=True)
    made += [document_pdf.LAYOUT, document_pdf.SIZES, document_pdf.VARIANT]
    digest = hashlib.sha256(json.dumps(made).encode()).hexdigest()[:16]
    assert digest == document_pdf.SAMPLE, (
        "what an SOP's PDF is made from has changed: raise LAYOUT in sop/document/pdf.py by one, run this again, and "
        f"write SAMPLE = {digest!r} beside it"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["LAYOUT", "SAMPLE"])
def test_what_was_stored_with_another_layout_is_not_served(monkeypatch, name):
    flow, version = sample(3)
    monkeypatch.setattr(document_pdf, "flow_of", lambda _version: flow)
    version.pk = 1
    before = document_pdf._cache_path(version)
    assert before == document_pdf._cache_path(version)
    monkeypatch.setattr(document_pdf, name, "another")
    assert document_pdf._cache_path(version) != before
