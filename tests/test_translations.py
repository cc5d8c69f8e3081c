"""Both languages are complete: every visible sentence has an English translation, and switching works."""

import ast
import gettext
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.forms import DateField
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from tests.factories import visitors
from ula_portal.core.models import Office
from ula_portal.core.text.words import moment

ROOT = Path(settings.BASE_DIR)
ENGLISH = ROOT / "locale/en/LC_MESSAGES/django.po"
INDONESIAN = ROOT / "locale/id/LC_MESSAGES/django.po"
CATALOGUES = pytest.mark.parametrize("path", [ENGLISH, INDONESIAN], ids=["en", "id"])
# Placeholders and tags, which must be the same in a translation as in its source.
KEPT = re.compile(r"%\(\w+\)[sd]|%%|%s|\{\w*\}|<[^>]+>")
needs_gettext = pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed")


def _entries(path) -> dict[tuple[str, str], dict]:
    """Entries of a .po file by (context, msgid): ``plural``, ``texts``, ``fuzzy``; without header and obsolete ones."""
    found = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if line and not line.startswith("#~")]
        fields, name = {}, ""
        for line in (line for line in lines if not line.startswith("#")):
            keyword, quoted = line.split(" ", 1) if not line.startswith('"') else (name, line)
            name = keyword
            fields[name] = fields.get(name, "") + ast.literal_eval(quoted)
        if fields.get("msgid"):
            found[fields.get("msgctxt", ""), fields["msgid"]] = {
                "plural": fields.get("msgid_plural"),
                "texts": [text for key, text in fields.items() if key.startswith("msgstr")],
                "fuzzy": any(line.startswith("#,") and "fuzzy" in line for line in lines),
            }
    return found


@pytest.fixture
def named_office(db):
    """Pages of a portal that is set up; before that they only say so."""
    return Office.objects.create(name="Dinas Pendidikan", regency="Kabupaten Contoh")


@CATALOGUES
def test_every_entry_is_translated(path):
    bare = [key for key, entry in _entries(path).items() if entry["fuzzy"] or not all(entry["texts"])]
    assert bare == []


def test_english_has_both_numbers():
    assert [
        key for key, entry in _entries(ENGLISH).items() if len(entry["texts"]) != (2 if entry["plural"] else 1)
    ] == []


@CATALOGUES
def test_placeholders_and_tags_are_kept(path):
    differing = [
        (source, text)
        for (_, source), entry in _entries(path).items()
        for text in entry["texts"]
        if sorted(KEPT.findall(text)) != sorted(KEPT.findall(source))
    ]
    assert differing == []


@CATALOGUES
def test_space_around_is_kept(path):
    """Fragments that are combined in code."""
    for (_, source), entry in _entries(path).items():
        for text in entry["texts"]:
            assert (text[:1].isspace(), text[-1:].isspace()) == (source[:1].isspace(), source[-1:].isspace()), source


@CATALOGUES
def test_what_is_compiled_is_what_is_written(path):
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    written = {}
    for (context, source), entry in _entries(path).items():
        key = f"{context}\x04{source}" if context else source
        if entry["plural"]:
            written |= {(key, number): text for number, text in enumerate(entry["texts"])}
        else:
            written[key] = entry["texts"][0]
    compiled.pop("", None)
    assert compiled == written


@needs_gettext
@CATALOGUES
def test_catalogues_are_well_formed(path, tmp_path):
    done = subprocess.run(
        ["msgfmt", "--check", "-o", tmp_path / "django.mo", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@needs_gettext
def test_no_sentence_of_the_source_is_missing(tmp_path):
    """Messages are extracted as docs/architecture/core.md describes, in a copy of the source."""
    copy = tmp_path / "source"
    for part in ("ula_portal", "sop", "services", "visitors", "templates", "locale"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", copy)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "en", "--no-location", "--no-wrap", "--no-obsolete"],
        cwd=copy,
        env={"PATH": "/usr/bin:/bin", "PORTAL_ENV": "test", "VAR_DIR": str(tmp_path / "var")},
        capture_output=True,
        check=True,
    )
    collected, committed = _entries(copy / ENGLISH.relative_to(ROOT)), _entries(ENGLISH)
    assert sorted(collected.keys() - committed.keys()) == []
    assert sorted(committed.keys() - collected.keys()) == [], "no longer in the source"


def test_words_of_other_offices_stay_out():
    """Words that must not appear on screen, each with the right one."""
    wrong = {
        "antrian": "antrean",
        "kasus": "permohonan",
        "kiosk": "anjungan mandiri",
        "online": "daring",
        "e-mail": "surel",
        "email": "surel",
        "password": "kata sandi",
        "deviasi": "pengecualian dari SOP",
        "jurnal": "jejak audit",
        "draft": "draf",
        "review": "reviu",
        "dashboard": "dasbor",
    }
    texts = [source for _, source in _entries(ENGLISH)]
    texts += [text for entry in _entries(INDONESIAN).values() for text in entry["texts"]]
    # Names of placeholders are not visible; at its first mention on a form "surel" is explained.
    seen = [KEPT.sub(" ", text).replace("urel (email)", "urel") for text in texts]
    found = [(word, text) for text in seen for word in wrong if re.search(rf"\b{word}\b", text, re.IGNORECASE)]
    assert found == []


WORDS = {
    "/": ("Apa yang ingin Anda urus?", "What do you need to do?"),
    "/layanan/": ("Bayarlah hanya biaya yang tertulis", "Pay only the fee that is stated"),
    "/akun/masuk/": ("Kata sandi", "Password"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", WORDS)
def test_pages_are_indonesian_whatever_the_browser_prefers(client, address, named_office):
    indonesian, english = WORDS[address]
    response = client.get(address, headers={"accept-language": "en-GB,en"})
    assert response.headers["Content-Language"] == "id"
    assert indonesian in response.content.decode()
    assert english not in response.content.decode()
    assert '<html lang="id"' in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", WORDS)
def test_pages_are_english_after_switching_and_indonesian_after_switching_back(client, address, named_office):
    indonesian, english = WORDS[address]
    answer = client.post(reverse("set_language"), {"language": "en", "next": address})
    assert (answer.status_code, answer.headers["Location"]) == (302, address)
    page = client.get(address).content.decode()
    assert english in page
    assert indonesian not in page
    assert '<html lang="en"' in page
    client.post(reverse("set_language"), {"language": "id", "next": address})
    assert indonesian in client.get(address).content.decode()


@pytest.mark.django_db
def test_words_of_django_and_allauth_follow_the_language(client, named_office):
    """Indonesian texts of packages are overridden if they say "bidang", "sandi" or "e-mail"."""
    wrong = {"login": "nobody@example.id", "password": "not this one"}
    assert "Surel atau kata sandi tidak cocok." in client.post("/akun/masuk/", wrong).content.decode()
    assert "Isian ini wajib diisi." in client.post("/akun/masuk/", {}).content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert "This field is required." in client.post("/akun/masuk/", {}).content.decode()


@pytest.mark.django_db
def test_what_everybody_in_the_room_reads_is_indonesian(client):
    """The display and a visitor's slip are Indonesian, whatever language the browser has chosen."""
    place = visitors.location()
    desk = visitors.person("frontdesk")
    slip = visitors.ticket(place)
    client.force_login(desk)
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    seen = {
        reverse("display", args=[place.code]): "sambungan sedang dipulihkan",
        reverse("ticket_print", args=[slip.pk]): "Pindai untuk melihat giliran Anda di HP.",
    }
    for address, words in seen.items():
        page = client.get(address).content.decode()
        assert '<html lang="id"' in page
        assert words in page


def test_a_day_comes_first_in_english_too():
    """05/03/2026 typed by an official who uses English is the fifth of March."""
    with translation.override("en"):
        assert DateField().clean("05/03/2026") == date(2026, 3, 5)
        assert date_format(date(2026, 3, 5)) == "5 March 2026"
        assert moment(datetime(2026, 3, 5, 2, 15, tzinfo=UTC)) == "5 March 2026 at 09.15 WIB"
    with translation.override("id"):
        assert DateField().clean("05/03/2026") == date(2026, 3, 5)
        assert moment(datetime(2026, 3, 5, 2, 15, tzinfo=UTC)) == "5 Maret 2026 pukul 09.15 WIB"
