"""A configurable number is defined once: no text repeats it, and pages and papers show what an office has set."""

import ast
import datetime
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as portal
from django.contrib import admin
from django.db import models, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from services.conversation.actions import asking
from services.letters import default_templates, rules
from services.models import AlarmStep
from tests.access_table import MODELS, TABLE
from tests.factories.world import ROLES, session_key_of
from ula_portal.core import clock
from ula_portal.core.journal.actors import booking, staff
from ula_portal.core.journal.admin import ReadOnlyAdmin
from ula_portal.core.models import Notice
from ula_portal.core.notices import kinds
from ula_portal.core.verbs.errors import Refused
from visitors.appointments.actions import appointments
from visitors.counter.actions import calling, serving, sessions
from visitors.models import Slot, Ticket
from visitors.queue.actions import tickets

ROOT = Path(portal.BASE_DIR)
# Texts of the demo and of the page of components, and migrations.
ASIDE = ("migrations", "demo", "embedded_postgres", "examples", "style_page.py")
_ONES = "satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|seratus|seribu"
_TIMES = "detik|menit|jam|hari|minggu|bulan|tahun|MB|kB"
FIGURE = re.compile(
    rf"(?<![\w.])\d[\d.,]*(?: |\u00a0|&nbsp;)(?:{_TIMES}|huruf|karakter|angka|butir|kali|orang|nomor|tempat)\b"
    rf"|\b(?:{_ONES})(?: belas| puluh(?: (?:{_ONES}))?| ratus| ribu)? (?:{_TIMES}|huruf)\b"
    rf"|\bse(?:detik|menit|jam|minggu|tahun)\b|\d+ (?:sampai|dan|–) \d+",
    re.I,
)
# Numbers that no office edits: those fixed by law or by a format, examples, and verbs with a number in their name.
FACTS = re.compile(
    r"Nomor \d+ Tahun \d{4}|3 × 24 jam|sekali setahun|[78] sampai 14|25,00 dan 100,00|paling lambat 3 hari kerja"
    r"|(?:kode|16|18|10|lalu 7|16\.|empat) ?\d* ?angka|8 karakter|01 sampai 12|1024 sampai 65535|60 tahun ke atas"
    r"|7 jam 30 menit|1 hari kerja \(|(?:[Ss]atu|1) hari kerja (?:=|adalah)|0 hari kerja|0 jam kerja|^0 menit$"
    r"|^1 tahun$|15 menit, 2 jam, 1 hari kerja|, 30 detik|^(?:5|10|15) menit$|Mohon tunggu 5 menit|dalam satu menit\."
    r"|[Ss]atu huruf|dalam seminggu|2 Mei 2027 Hari"
)


def _constants(path):
    """The strings of a module except docstrings; none if the text contains no number."""
    text = path.read_text()
    if not FIGURE.search(text):
        return []
    tree = ast.parse(text)
    places = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    told = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, places) and _is_told(node)}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node.value for node in texts if id(node) not in told]


def _is_told(node):
    return bool(node.body) and isinstance(node.body[0], ast.Expr)


def _sentences():
    for app in ("ula_portal", "sop", "services", "visitors"):
        for path in (ROOT / app).rglob("*.py"):
            if not set(ASIDE) & set(path.relative_to(ROOT).parts):
                yield from ((path, text) for text in _constants(path))
    for path in (ROOT / "templates").rglob("*.html"):
        if set(ASIDE) & set(path.parts):
            continue
        text = re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}|class=\"[^\"]*\"", "", path.read_text(), flags=re.S)
        yield from ((path, line.strip()) for line in text.splitlines())
    for path in (ROOT / "static/js").rglob("*.js"):
        yield from ((path, text) for text in re.findall(r'"([^"\n]+)"', path.read_text()))


def test_no_sentence_holds_a_figure_of_its_own():
    """A number in a sentence comes from its definition, through functions such as ``core.text.words.duration_text``."""
    found = [
        (str(path.relative_to(ROOT)), match[0], text[:120])
        for path, text in _sentences()
        for match in FIGURE.finditer(FACTS.sub("", text))
    ]
    assert found == []


ENGLISH = re.compile(
    r"\b(\d[\d.,]*|one|two|three|five|ten|fifteen|twenty|thirty)[ \u00a0]"
    r"(second|minute|hour|day|week|month|year|MB)s?\b",
    re.I,
)


def test_no_translation_adds_a_figure():
    written = (ROOT / "locale/en/LC_MESSAGES/django.po").read_text()
    entries = [re.split(r"^msgstr(?:\[\d\])? ", block, flags=re.M) for block in written.split("\n\n")]
    added = [
        entry[0][-160:]
        for entry in entries
        if "%(" in entry[0] and not FIGURE.search(entry[0]) and any(map(ENGLISH.search, entry[1:]))
    ]
    assert added == []


@pytest.mark.parametrize(
    "text", ["Sudah lewat satu menit.", "Draf disimpan 30 hari.", "paling besar 5&nbsp;MB", "dua puluh satu hari"]
)
def test_a_figure_is_found(text):
    assert FIGURE.search(FACTS.sub("", text))


@dataclass(frozen=True)
class Figure:
    """A number that an office edits.

    ``odd``: the value it is set to; ``said``: a sentence with it; ``usual``: a sentence that must not appear. ``{}``
    stands for the number. A number without ``said`` is in no sentence: an order, an address, a time of the day.
    """

    odd: int
    said: str = ""
    usual: str = ""


# Any value that the panel accepts.
EDITED = {
    "services.alarmstep.levels": Figure(7, "{} tingkat"),
    "services.alarmstep.offset": Figure(43, "{} hari kerja sesudah jatuh tempo"),
    "services.alarmstep.order": Figure(1),
    "services.category.order": Figure(1),
    "services.readyreason.order": Figure(1),
    "services.routingrule.order": Figure(1),
    "services.service.fee_idr": Figure(37_043, "Rp37.043", "(?i)(layanan|biaya)[^.]{0,30}gratis"),
    "services.service.order": Figure(1),
    "services.service.working_days": Figure(41, "{} hari kerja", r"(?<!lambat )(?<!Sisa )\b3 hari kerja(?! \d)"),
    "visitors.counter.number": Figure(1),
    "visitors.queuerule.ages_after_minutes": Figure(37, "sudah menunggu {} menit", "menunggu 20 menit"),
    "visitors.queuerule.calls_before_no_show": Figure(5, "Panggil 2 kali lagi", "Panggilan terakhir"),
    "visitors.queuerule.numbers_before_return": Figure(17, "setelah {} nomor", "setelah 3 nomor"),
    "visitors.queuerule.priority_in_a_row": Figure(4, "paling banyak {} nomor prioritas", "paling banyak 2 nomor"),
    "visitors.queuerule.recall_after_seconds": Figure(47, "{} detik lagi", r"\b10 detik"),
    "visitors.screennotice.order": Figure(1),
    "visitors.slotplan.capacity": Figure(13, "{} tempat", r"\b2 tempat"),
    "visitors.slotplan.minutes": Figure(37),
    "visitors.ticketprinter.port": Figure(9),
}
SETTINGS = {
    "APPOINTMENT_DAYS_AHEAD": Figure(19),
    "APPOINTMENT_GRACE_MINUTES": Figure(31),
    "APPOINTMENT_HEAD_START_MINUTES": Figure(31),
    "APPOINTMENT_MOVES": Figure(0, "sudah {} kali dipindah", "sudah 5 kali"),
    "APPOINTMENT_NOTICE_MINUTES": Figure(31),
    "APPOINTMENTS_PER_CONTACT": Figure(0, "memegang {} janji", "memegang 2 janji"),
    "DRAFT_DAYS": Figure(59, "{} hari", r"\b30 hari\b(?! terakhir)"),
    "OBJECTION_DAYS": Figure(53, r"{} \(lima puluh tiga\) hari kerja", r"\b21 (\(|hari kerja)"),
    "STEP_ALARM_FLOOR_MINUTES": Figure(31),
    "UNANSWERED_DAYS": Figure(61, "setelah {} hari tanpa jawaban"),
    "UPLOAD_MAX_BYTES": Figure(11 * 1024 * 1024, "paling besar 11.MB", r"\b5.MB"),
}


def _set_odd(world):
    """Changes all rows of every model together, so that values distributed among rows are consistent."""
    AlarmStep.objects.create(kind="step", whom="superior", text="Lewat.", levels=7, offset=43)
    for name, figure in EDITED.items():
        model, field = name.rsplit(".", 1)
        if figure.said:
            apps.get_model(model)._default_manager.update(**{field: figure.odd})
    Slot.objects.update(capacity=13)


# The same document at other addresses, and the page of components, whose texts are examples.
SAME = {"sop_edit_pdf", "sop_version_pdf", "admin:sop_version_pdf", "style_page"}


def _reader(world):
    """Returns a role's answer at an address."""
    clients = {role: Client() for role in ROLES}
    for role in ROLES[1:]:
        clients[role].cookies[portal.SESSION_COOKIE_NAME] = session_key_of(world.user(role))
    return lambda role, name, *args: clients[role].get(reverse(name, args=args))


def _pages(world, read):
    """The texts of every address for every role, once each, of the panel's lists and forms, and of PDFs."""
    for name, row in ((name, row) for name, row in TABLE.items() if name not in SAME):
        answers = dict(zip(ROLES, row.get.split(), strict=True))
        roles = [role for role in ("anonymous", "admin", "counter", "official") if answers[role].startswith("200")]
        for role in roles[:1] or [role for role in ROLES if answers[role].startswith("200")][:1]:
            yield name, read(role, name, *row.args(world))
    for label, (_may_view, may_add) in MODELS.items():
        for page in ("changelist", *(["add"] if may_add else [])):
            yield label, read("admin", f"admin:{label.replace('.', '_')}_{page}")


def _text_of(response):
    kind = response.get("Content-Type", "")
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if kind == "application/pdf":
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return re.sub(r"<[^>]+>|\s+", " ", body.decode()) if kind.startswith("text/") else ""


def _mails():
    for notice in Notice.objects.all():
        if message := kinds.known(notice.kind).compose(notice):
            yield f"{message.subject} {message.body}"


def _letter(world):
    template = next(each for code, each in default_templates.DEFAULTS if code == default_templates.REFUSAL)
    return rules.filled_body(template["body"], rules.request_values(world.case))


def _refused(act, *args, **words):
    with pytest.raises(Refused) as told, transaction.atomic():
        act(*args, **words)
    return str(told.value)


def _refusals(world, read):
    cast = world.cast
    yield _refused(asking.close_unanswered, world.asked, by=staff(cast.official))
    contact = appointments.Contact("Tamu Lain", email="tamu@example.id")
    yield _refused(appointments.book, world.free_slot, by=booking(""), contact=contact)
    holder = booking(world.booking.pk)
    yield _refused(appointments.move_booking, world.booking, by=holder, slot_id=world.free_slot.pk)
    session = sessions.open_session(world.desk, by=staff(cast.counter))
    ticket = calling.call_next(session, by=staff(cast.counter))
    with clock.at(clock.now() + datetime.timedelta(seconds=1)):
        yield _refused(calling.recall, ticket, by=staff(cast.counter))
    Ticket.objects.filter(pk=ticket.pk).update(calls=3)
    yield _refused(serving.no_show, ticket, by=staff(cast.counter))
    # The third of five calls is announced like any other.
    yield _text_of(read("anonymous", "display", world.location.code))
    yield _text_of(read("anonymous", "ticket_own", tickets.ticket_token(world.missed)))


@pytest.mark.django_db
@pytest.mark.usefixtures("office_hours")
def test_what_an_office_sets_is_what_pages_and_papers_say(world, settings):
    for name, figure in SETTINGS.items():
        setattr(settings, name, figure.odd)
    _set_odd(world)
    read = _reader(world)
    told = [(name, _text_of(response)) for name, response in _pages(world, read)]
    told += [("mail", text) for text in _mails()]
    told += [("letter", _letter(world)), *(("refusal", text) for text in _refusals(world, read))]
    figures, whole = {**EDITED, **SETTINGS}, " ".join(text for _name, text in told)
    unsaid = [name for name, each in figures.items() if not re.search(each.said.format(each.odd), whole)]
    usual = [(name, place, _around(each.usual, text)) for name, each in figures.items() for place, text in told]
    assert (unsaid, [found for found in usual if found[2]]) == ([], [])


def _around(usual, text):
    match = re.search(usual, text) if usual else None
    return match and text[max(match.start() - 40, 0) : match.end() + 40]


def test_every_number_that_can_be_edited_is_among_them():
    numbers = (models.IntegerField, models.DecimalField, models.FloatField, models.DurationField)
    found = {
        f"{model._meta.label_lower}.{field.name}"
        for model, page in admin.site._registry.items()
        if not isinstance(page, ReadOnlyAdmin)
        for field in model._meta.fields
        if isinstance(field, numbers) and field.editable and not field.choices and not field.primary_key
    }
    assert found == set(EDITED)
