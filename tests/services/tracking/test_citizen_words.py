"""References on applicants' pages are correct, and Indonesian data is marked so on pages in another language."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings as django_settings
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation

from services.applying.receipt import tracking_token
from services.casework.notices import APPLICANT_KINDS
from services.conversation.actions import asking
from services.engine.actions import steps
from services.engine.queries.progress import progress_of
from services.tracking import actions as lost_code
from tests.factories.cases import OFFICIAL, at, make_case_service, run_of, step, to_letter, walk
from tests.factories.core import named_cast
from tests.factories.services import make_draft, make_request, make_service
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import Notice
from ula_portal.core.notices import kinds
from ula_portal.core.office import queries

QUOTED = re.compile(r"“([^”]+)”")
MAIL = "siti@contoh.id"


class Reader(HTMLParser):
    """Parses a page into its texts with their languages, and the labels of its buttons."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.texts, self.buttons = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag in ("meta", "link", "input", "img", "br", "hr", "col"):
            return
        inherited = self.open[-1][1] if self.open else ""
        self.open.append((tag, dict(attrs).get("lang") or inherited))
        if tag in ("button", "a"):
            self.buttons.append("")

    def handle_startendtag(self, tag, attrs):
        """Ignore self-closing tags, such as the shapes of an SVG, since they contain no text."""

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags = [tag for tag, _lang in self.open]
        if {"script", "style", "title"} & set(tags) or not data.strip():
            return
        self.texts.append((data.strip(), self.open[-1][1] if self.open else ""))
        if {"button", "a"} & set(tags):
            self.buttons[-1] += data.strip()


def asked(cast):
    request = make_request(make_service(cast), surel=MAIL)
    if run_of(request).assignee_id is None:
        steps.claim_step(run_of(request), by=staff(cast.official))
    document = request.documents.get()
    asking.ask_applicant(
        request,
        by=staff(cast.official),
        wanted="Tanda tangan belum ada.",
        documents={document.pk: "tanpa tanda tangan"},
    )
    return "applicant_asked"


def lettered(cast):
    request = make_request(make_case_service(cast), surel=MAIL)
    to_letter(request, cast)
    walk(request, (cast.section_head, "letter"))
    return "letter_ready"


def code_lost(cast):
    request = make_request(make_service(cast), surel=MAIL)
    lost_code.ask_for_new_code(request, by=applicant(request.pk), contact=MAIL)
    return "code_wanted"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("happened", [asked, lettered, code_lost])
def test_a_button_named_in_a_mail_stands_on_the_page_it_leads_to(client, happened):
    kind = happened(named_cast())
    notice = Notice.objects.filter(kind=kind).latest("pk")
    mail = kinds.kind_of(kind).compose(notice)
    named, path = QUOTED.findall(mail.body), re.search(r"https?://[^/\s]+(/lacak/\S+)", mail.body)[1]
    assert named, mail.body
    buttons = Reader(client.get(path).content.decode()).buttons
    assert set(named) <= set(buttons), (named, buttons)


def test_every_mail_that_names_a_button_is_looked_at_above():
    naming = {kind for kind, _label, _subject, body in APPLICANT_KINDS if QUOTED.search(str(body))}
    assert naming == {"applicant_asked", "letter_ready"}


def page_languages(client, path, data):
    """Return the languages in which each of the texts of ``data`` is marked on the English page."""
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    reader = Reader(client.get(path, follow=True).content.decode())
    assert reader.texts and reader.texts[0][1] == "en"
    return {text: {lang for shown, lang in reader.texts if text in shown} for text in data}


@pytest.mark.parametrize("name", ["apply_start", "apply_data", "apply_documents", "apply_review", "service_detail"])
def test_the_offices_words_are_marked_as_indonesian_before_sending(client, cast, name):
    service = make_service(cast)
    draft = make_draft(service, documents=False)
    token = [] if name in ("apply_start", "service_detail") else [tracking_token(draft)]
    papers = [each.text for each in service.requirements.all()]
    found = page_languages(client, reverse(name, args=[service.slug, *token]), [service.name, "Nama lengkap", *papers])
    assert found[service.name]
    assert all(languages <= {"id"} for languages in found.values()), found


@pytest.mark.parametrize("name", ["receipt", "track_detail", "track_contents", "track_withdraw"])
def test_the_offices_words_are_marked_as_indonesian_after_sending(client, cast, name):
    request = make_request(make_service(cast), documents=False)
    leads = {line["meta"].split(" · ")[0] for line in progress_of(request) if line["state"] == "next"} - {"Anda"}
    papers = [each.text for each in request.service.requirements.all()]
    data = [request.service.name, "Ijazah asli", "Diri sendiri", *leads, *papers]
    found = page_languages(client, reverse(name, args=[tracking_token(request)]), data)
    assert found[request.service.name]
    assert all(languages <= {"id"} for languages in found.values()), found


def test_where_the_request_is_stands_once(client, cast):
    request = make_request(make_service(cast))
    html = client.get(reverse("track_detail", args=[tracking_token(request)])).content.decode()
    assert html.count("Saat ini di") == 1


def refusing_steps():
    return [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Apakah berkas lengkap?", OFFICIAL, "decision", if_yes=3, if_no=4),
        step(3, "Mencatat hasil", OFFICIAL, "end", end_kind="completed"),
        step(4, "Menyampaikan penolakan", OFFICIAL, "end", end_kind="rejected"),
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("address", "email", "told"),
    [
        ("Jalan Contoh 1", "ula@contoh.id", "Kirim ke Jalan Contoh 1 atau ula@contoh.id."),
        ("Jalan Contoh 1", "", "Kirim ke Jalan Contoh 1."),
        ("", "ula@contoh.id", "Kirim ke ula@contoh.id."),
        ("", "", None),
    ],
)
def test_an_objection_is_sent_to_what_the_office_has(client, address, email, told):
    cast = named_cast()
    with clock.at(at(23)):
        request = make_request(make_case_service(cast, refusing_steps()))
        walk(request, (cast.official, "no"), (cast.official, "done"))
    office = queries.office()
    office.address, office.email = address, email
    office.save()
    html = client.get(reverse("track_detail", args=[tracking_token(request)])).content.decode()
    assert "keberatan secara tertulis" in html
    assert told in html if told else "Kirim ke" not in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Berkas 12 MB melebihi batas 5 MB.", "Berkas 12\xa0MB melebihi batas 5\xa0MB."),
        ("Kepala Bidang · pukul 09.15 WIB", "Kepala Bidang\xa0· pukul 09.15\xa0WIB"),
        ("<b> · 3 MBx", "&lt;b&gt;\xa0· 3 MBx"),
    ],
)
def test_lines_begin_with_no_dot_and_no_unit(text, shown):
    assert Template("{{ text|unbroken }}").render(Context({"text": text})) == shown


def test_data_is_marked_only_where_the_page_speaks_another_language():
    template = Template("{{ name|indonesian }}")
    assert template.render(Context({"name": "Cuti <guru>"})) == "Cuti &lt;guru&gt;"
    with translation.override("en"):
        assert template.render(Context({"name": "Cuti <guru>"})) == '<span lang="id">Cuti &lt;guru&gt;</span>'
        assert template.render(Context({"name": ""})) == ""
