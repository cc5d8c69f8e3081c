"""SOPs as PDF: compared with the same table without drawings in bare WeasyPrint, and stored ones with rendered ones."""

import re
import statistics
import time

from sop.document import paper
from sop.document import pdf as document_pdf
from sop.rules.queries import flows
from tests.factories import sop as make
from ula_portal.core.documents import pdf
from ula_portal.core.models import Role, User

from .clients import Measured

STEPS, ACTORS = 40, 6
BLANK = re.compile(r"<svg id=.*?</svg>", re.DOTALL)


def publish():
    """A published SOP of the demo office with forty steps; every fifth is a decision that leads back."""
    names = ["Pemohon", *(f"Pengelola Layanan Contoh {n}" for n in range(1, ACTORS))]
    steps = []
    for no in range(1, STEPS + 1):
        step = {
            "no": no,
            "activity": "Meneliti kelengkapan berkas permohonan dan mencatatnya dalam buku agenda",
            "actors": [names[(no * no) % ACTORS] if 1 < no < STEPS else names[0]],
            "shape": {1: "start", STEPS: "end"}.get(no, "process"),
            "minutes": 15,
            "time_text": "15 menit",
            "inputs": "Berkas permohonan, lembar disposisi",
            "output": "Berkas yang sudah diteliti",
        }
        if no % 5 == 0 and no < STEPS:
            step |= {"shape": "decision", "activity": "Apakah berkas sudah lengkap dan benar?"}
            step |= {"if_yes": no + 1, "if_no": no - 3}
        elif no < STEPS:
            step["next"] = no + 1
        steps.append(step)
    content = make.small_content(number="BENCH-40", name="Empat Puluh Langkah", actors=names, steps=steps)
    head = User.objects.filter(staff_roles__role=Role.HEAD).first()
    admin = User.objects.filter(staff_roles__role=Role.ADMINISTRATOR).first()
    return make.publish(content, {"admin": admin, "head": head})


def bare(version, seconds: float) -> Measured:
    """Render the document without drawings with WeasyPrint alone: neither archival nor tagged."""
    flow = flows.flow_of(version)
    columns = paper.column_widths(flow)
    html = BLANK.sub("", document_pdf.html_of(version, flow, columns))
    return repeat(lambda: pdf.lay_out(html, css=columns.css()).write_pdf(), seconds)


def drawn(version, seconds: float) -> Measured:
    """Render the document as when it is served for the first time."""
    return repeat(lambda: document_pdf.render(version), seconds)


def repeat(work, seconds: float) -> Measured:
    """Repeat the work in this process at least three times, in processor time, so that other processes do not count."""
    taken, end = [], time.process_time() + seconds
    while len(taken) < 3 or time.process_time() < end:
        begun = time.process_time()
        content = work()
        taken.append((time.process_time() - begun) * 1000)
        assert content.startswith(b"%PDF-")
    points = statistics.quantiles(taken, n=100, method="inclusive")
    return Measured(1000 / statistics.median(taken), points[49], points[94], points[98], 0, len(taken))
