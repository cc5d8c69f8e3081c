"""The crawl over all pages finds broken links and controls, and nothing else; also in an empty office."""

import pytest

from tests.crawling.client import asking
from tests.crawling.crawler import Crawler
from tests.crawling.pages import Answer
from tests.factories.core import make_user
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import Role
from ula_portal.core.office.actions import office

HOME = "/"
OTHER = "<main><h1>Layanan</h1><p id=cara>Cara</p></main>"


def walk(body, **others):
    """The findings for a start page with this body; ``others``: bodies by the name of their path."""
    pages = {HOME: body, "/layanan/": OTHER} | {f"/{name}/": text for name, text in others.items()}

    def ask(address):
        path = address.split("?")[0]
        text = pages.get(path)
        content = f"<html><body>{text}</body></html>".encode()
        return Answer(address, 404) if text is None else Answer(address, 200, content, True)

    crawler = Crawler("somebody", ask)
    crawler.crawl([HOME])
    return [found.removeprefix("somebody /: ") for found in crawler.findings]


@pytest.mark.parametrize(
    ("link", "what"),
    [
        ("<a>Layanan</a>", "has no address"),
        ('<a href="">Layanan</a>', "has no address"),
        ('<a href="?untuk=guru">Guru</a>', "leads to the page it stands on"),
        ('<a href="?kelompok=1">Kelompok</a>', "leads to the page it stands on"),
        ('<a href="/">Beranda</a>', "leads to the page it stands on"),
        ('<a href="#">Atas</a>', "leads to the page it stands on"),
        ('<a href="#tiada">Cara</a>', "leads to no place"),
        ('<a href="/layanan/#tiada">Cara</a>', "leads to no place"),
        ('<a href="/tiada/">Tiada</a>', "answers 404"),
        ('<a href="tel:(0622) 123456">Telepon</a>', "cannot be dialled"),
        ('<a href="tel:">Telepon</a>', "cannot be dialled"),
        ('<a href="tel:+0622123456">Telepon</a>', "cannot be dialled"),
        ('<a href="mailto:">Surel</a>', "is no address of mail"),
        ('<a href="mailto:dinas">Surel</a>', "is no address of mail"),
        ('<a href="http://">Peta</a>', "is no address"),
        ('<a href="javascript:void(0)">Cetak</a>', "is no address"),
    ],
)
def test_a_dead_link_is_found(link, what):
    found = [each for each in walk(f"<main>{link}</main>") if each.startswith("“")]
    assert len(found) == 1 and found[0].endswith(what)


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/layanan/">Layanan</a>',
        '<a href="/layanan/#cara">Cara</a>',
        '<a href="#isi">Isi</a><p id="isi">',
        '<a class="skip-link" href="#isi">Langsung ke isi</a><main id="isi">',
        '<a href="/" aria-current="page">Beranda</a>',
        '<a href="tel:+62622123456">Telepon</a>',
        '<a href="tel:112">Darurat</a>',
        '<a href="mailto:dinas@example.go.id?subject=Tanya">Surel</a>',
        '<a href="https://wa.me/628123456?text=Halo">WhatsApp</a>',
        "<p hidden><a></a></p>",
    ],
)
def test_a_link_that_leads_somewhere_is_not(link):
    assert walk(f"<main>{link}</main>") == []


def test_pages_behind_links_are_walked_too():
    found = walk('<a href="/a/">A</a>', a='<a href="/b/">B</a>', b='<a href="/tiada/">Tiada</a>')
    assert found == ["somebody /b/: “Tiada” (/tiada/) answers 404"]


def test_many_pages_of_a_kind_are_walked_only_some_times():
    many = "".join(f'<a href="/layanan/?hari={n}" aria-current="page">{n}</a>' for n in range(50))
    asked = []

    def ask(address):
        asked.append(address)
        return Answer(address, 200, f"<html><body>{many}</body></html>".encode(), True)

    Crawler("somebody", ask).crawl(["/layanan/"])
    assert 2 <= len(asked) < 10


@pytest.mark.django_db
def test_an_office_that_was_just_set_up(client):
    """Nothing is published, nobody waits, and the office has neither telephone nor e-mail."""
    office.set_up_office(
        by=SYSTEM, name="Dinas Pendidikan", regency="Kabupaten Contoh", letterhead=["DINAS"], address="", city="Contoh"
    )
    public = ["/", "/layanan/", "/lacak/", "/sop/", "/antrean/", "/janji-temu/", "/verifikasi/", "/privasi/"]
    inside = ("/petugas/", "/akun/", "/admin/")
    for user, area, addresses in (
        (None, ("/",), [*public, "/aksesibilitas/"]),
        (make_user(Role.ADMINISTRATOR), inside, ["/petugas/", "/admin/"]),
    ):
        crawler = Crawler(str(user), asking(user, "id"), area)
        crawler.crawl(addresses)
        assert list(crawler.findings) == []
