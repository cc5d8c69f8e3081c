"""The works that the bench measures, each with its reference and its goal (docs/performance.md)."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ula_portal.core.journal.actors import staff

from . import calling, papers, stage
from .clients import CLIENTS, Call, Measured, by_turns, load
from .servers import Stage, run_module

CSRF = "a" * 32


@dataclass
class Work:
    """``reference`` and ``portal`` measure one round each; ``goal`` is the smallest acceptable ratio of the two."""

    key: str
    name: str
    goal: float
    reference: Callable[[], Measured]
    portal: Callable[[], Measured]
    queries: int
    rounds: list[tuple[Measured, Measured]] = field(default_factory=list)

    def play(self) -> None:
        self.rounds.append((self.reference(), self.portal()))

    @property
    def ratios(self) -> list[float]:
        return [portal.per_second / reference.per_second for reference, portal in self.rounds]

    @property
    def failed(self) -> int:
        return sum(reference.failed + portal.failed for reference, portal in self.rounds)


def prepare(place: Stage, seconds: float) -> list[Work]:
    """Fill both databases and return the works, which can be played once the servers run."""
    stage.build_office()
    service_paths, tracking_paths = stage.service_paths(), stage.tracking_paths()
    _templates(place.folder / "templates", service_paths, tracking_paths)
    bare = json.loads(run_module("tests.load.reference.prepare", place))
    sessions = stage.clerks(CLIENTS)
    original = stage.draft()
    tickets = max(int(600 * seconds), 400)
    drafts = _Drafts(original, place.portal_port, seconds)
    form = urlencode(stage.ANSWERS | {"name": "Aminah Contoh Lubis"})

    sop = papers.publish()
    sop_path = f"/sop/{sop.sop.slug}/pdf/"

    def visit(port, paths):
        return lambda: load(port, [Call(path) for path in paths], seconds)

    def call_in_portal():
        stage.fill_queue(tickets)
        return calling.call_in_portal(sessions, tickets)

    works = [
        Work(
            "submit",
            "kirim permohonan",
            0.4,
            lambda: load(place.reference_port, [Call("/submit/", form)], seconds),
            drafts.send,
            _queries(drafts.one, post=True),
        ),
        Work(
            "service",
            "halaman layanan",
            0.7,
            visit(place.reference_port, [f"/page/{pk}/" for pk in bare["ids"]]),
            visit(place.portal_port, service_paths),
            max(map(_queries, service_paths)),
        ),
        Work(
            "tracking",
            "halaman lacak",
            0.5,
            visit(place.reference_port, [f"/thing/{token}/" for token in bare["tokens"]]),
            visit(place.portal_port, tracking_paths),
            max(map(_queries, tracking_paths)),
        ),
        Work(
            "call_next",
            "panggil berikutnya (8 petugas)",
            0.5,
            lambda: calling.call_by_sql(place.reference_database, tickets),
            call_in_portal,
            _queries_of_call(sessions[0]),
        ),
        Work(
            "sop_pdf",
            "SOP sebagai PDF, 40 langkah",
            0.5,
            lambda: papers.bare(sop, seconds),
            lambda: papers.drawn(sop, seconds),
            0,
        ),
        Work(
            "sop_pdf_stored",
            "SOP sebagai PDF, tersimpan",
            20,
            lambda: papers.drawn(sop, seconds),
            visit(place.portal_port, [sop_path]),
            _queries(sop_path),
        ),
        _wrong_pairs(place, seconds),
    ]
    return works


def _wrong_pairs(place, seconds):
    """Guessing must reveal nothing by timing: an unknown number takes as long as a wrong code for an existing one."""
    number = stage.a_number()
    typed = [{"number": each, "code": "AAAAAAAA"} for each in (number, f"{number[:-6]}999999")]
    calls = [Call("/lacak/", urlencode(each | {"csrfmiddlewaretoken": CSRF}), f"csrftoken={CSRF}") for each in typed]
    measured = []

    def wrong_code():
        measured[:] = by_turns(place.portal_port, calls, 2 * seconds)
        return measured[0]

    return Work("wrong_pair", "nomor salah banding kode salah", 0.95, wrong_code, lambda: measured[1], 0)


class _Drafts:
    """Submits each draft once, and counts the submitted ones in the database afterwards."""

    def __init__(self, original, port, seconds):
        self.original, self.port, self.seconds = original, port, seconds
        # More than the portal can submit in the time; adjusted after each round.
        self.count = int(700 * seconds) + 200

    def send(self) -> Measured:
        paths = stage.copies_of(self.original, self.count)
        before = stage.submitted()
        measured = load(self.port, [_form(path) for path in paths], self.seconds)
        sent = stage.submitted() - before
        # The client does not count answers that were outstanding when the time was up.
        missing = max(measured.answers - sent, 0)
        if measured.answers > self.count:
            self.count *= 2
            return self.send()
        self.count = int(sent * 1.6) + 200
        return Measured(
            measured.per_second, measured.p50, measured.p95, measured.p99, measured.failed + missing, measured.answers
        )

    @property
    def one(self) -> str:
        return stage.copies_of(self.original, 1)[0]


def _form(path):
    return Call(path, urlencode({"csrfmiddlewaretoken": CSRF}), f"csrftoken={CSRF}")


def _queries(path: str, *, post=False) -> int:
    """The number of SQL statements of the second visit, when all caches are filled."""
    client = Client()
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(path) if post else client.get(path)
    if answer.status_code not in (200, 302):
        raise SystemExit(f"{path} answers {answer.status_code}")
    # BEGIN, COMMIT and savepoints do not count.
    words = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
    return sum(query["sql"].lstrip("( \n").upper().startswith(words) for query in captured)


def _queries_of_call(clerk) -> int:
    from ula_portal.core.models import User
    from visitors.counter.actions.calling import call_next
    from visitors.models import CounterSession

    stage.fill_queue(2)
    session, user = CounterSession.objects.get(pk=clerk[0]), User.objects.get(pk=clerk[1])
    with CaptureQueriesContext(connection) as captured:
        call_next(session, by=staff(user))
    stage.fill_queue(0)
    return sum("visitors_" in query["sql"] for query in captured)


def _templates(folder: Path, service_paths, tracking_paths):
    """Write templates for the bare project that are as large as the pages they are compared with."""
    folder.mkdir()
    client = Client()
    for name, paths in (("page.html", service_paths), ("thing.html", tracking_paths)):
        sizes = [len(client.get(path).content) for path in paths]
        filler = "<p>Isian sepanjang halaman yang sebenarnya.</p>\n"
        count = sum(sizes) // len(sizes) // len(filler)
        head = "<!doctype html><title>{{ thing.name }}</title><h1>{{ thing.number }}</h1>\n"
        (folder / name).write_text(head + filler * count)
