"""Malformed and malicious input never breaks a page: every address, as the first role that may open it."""

import re
from pathlib import Path

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from tests.access_table import EDITOR, MODELS, TABLE
from tests.factories.world import ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]
ROOT = Path(__file__).resolve().parent.parent
HUGE = "9" * 30
POSTED = [name for name, row in TABLE.items() if row.post]


class Watched(QueryDict):
    """Records the parameters that a page reads."""

    read: set[str] = set()

    def get(self, key, default=None):
        self.read.add(key)
        return super().get(key, default)

    def __getitem__(self, key):
        self.read.add(key)
        return super().__getitem__(key)

    def getlist(self, key, default=None):
        self.read.add(key)
        return super().getlist(key, default)

    def __contains__(self, key):
        self.read.add(key)
        return super().__contains__(key)


def browser(world, answers):
    """A client of the first role that gets a page."""
    words = zip(ROLES, answers.split(), strict=True)
    role = next((role for role, word in words if word[:3] in ("200", "302", "404")), "admin")
    client = Client(raise_request_exception=False)
    if user := world.user(role):
        client.force_login(user)
    return client


def status(ask, *args, **options):
    """The status of an answer whose changes are rolled back."""
    with transaction.atomic():
        answer = ask(*args, **options).status_code
        transaction.set_rollback(True)
    return answer


def names_read(ask, *args):
    Watched.read = set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.handlers.wsgi.QueryDict", Watched)
        patch.setattr("django.http.QueryDict", Watched)
        status(ask, *args)
    return sorted(Watched.read - {"csrfmiddlewaretoken"})


@pytest.mark.parametrize("name", TABLE)
def test_parameters(world, name):
    row = TABLE[name]
    client, address = browser(world, row.get), reverse(name, args=row.args(world))
    names = names_read(client.get, f"{address}?x=1")
    asked = [dict.fromkeys(names, "a\0b"), *({each: HUGE} for each in names)]
    assert [data for data in asked if status(client.get, f"{address}?{urlencode(data)}") >= 500] == []


@pytest.mark.parametrize("name", POSTED)
def test_posted(world, name):
    row = TABLE[name]
    client, address = browser(world, row.post), reverse(name, args=row.args(world))
    names = names_read(client.post, address, row.data(world))
    # The editor renders its whole page with each answer, so all its fields are sent at once.
    one_by_one = [dict.fromkeys(names, HUGE)] if name in EDITOR else [{each: HUGE} for each in names]
    asked = [dict.fromkeys(names, "a\0b"), *one_by_one]
    assert [data for data in asked if status(client.post, address, row.data(world) | data) >= 500] == []


@pytest.mark.parametrize("name", TABLE)
def test_arguments_in_the_path(world, name):
    args = TABLE[name].args(world)
    client = browser(world, TABLE[name].get)
    for place, arg in enumerate(args):
        for value in [int(HUGE)] if isinstance(arg, int) else ["a\0b", HUGE]:
            try:
                address = reverse(name, args=[*args[:place], value, *args[place + 1 :]])
            except NoReverseMatch:
                continue
            assert status(client.get, address) < 500 and status(client.post, address) < 500, address


def test_digits_of_other_scripts_are_no_numbers():
    """``"²".isdigit()`` is true but ``int("²")`` fails; use ``isdecimal`` or also check for ASCII."""
    files = [path for app in ("sop", "services", "visitors", "ula_portal") for path in (ROOT / app).rglob("*.py")]
    lines = [(path.name, line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    careless = [each for each in lines if re.search(r"\.is(digit|numeric)\(\)", each[1])]
    assert [each for each in careless if "isascii()" not in each[1]] == []


@pytest.mark.parametrize("label", MODELS)
def test_lists_of_the_admin_panel(world, label):
    client, address = browser(world, "in in in in in in 200 in"), reverse(f"admin:{label.replace('.', '_')}_changelist")
    for value in ["a\0b", HUGE]:
        for name in ("q", "p", "o", "e", "all", "id__exact", "pk__in"):
            assert status(client.get, f"{address}?{urlencode({name: value})}") < 500, (name, value)


FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"number=1&code=2", f"{FORM}; charset=utf-16", 400),
        (b"number=1&code=2", f"{FORM}; charset=zlib", 400),
        (b"number=1&code=2", f"{PARTS}; charset=utf-7", 400),
        (b"number=1&code=2", f"{FORM}; charset=UTF-8", 200),
        (b"number=%ff%fe&code=%00", FORM, 200),
        (b"\xff\xfe\0&=&&==%", FORM, 200),
        (b"garbage", PARTS, 200),
        (b"garbage", "multipart/form-data", 400),
        (b'--x\r\nContent-Disposition: form-data; name="number"\r\n\r\n\xff\0\r\n', PARTS, 200),
        (b"&".join(b"a=1" for _n in range(2100)), FORM, 400),
        (b'{"number": "\\u0000"', "application/json", 200),
        (b"", "/;;charset", 200),
    ],
)
def test_bodies(client, body, kind, expected):
    response = client.generic("POST", reverse("track"), body, content_type=kind)
    assert response.status_code == expected
    if expected == 400:
        assert "Permintaan tidak dapat dibaca" in response.content.decode()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"HTTP_ACCEPT_LANGUAGE": "x" * 3000 + ";q=9,*;q=nan"}, 200),
        ({"HTTP_COOKIE": 'sessionid="\\000aaaaaaaaaaa"; csrftoken="\\000"; django_language="\\000"'}, 200),
        ({"HTTP_COOKIE": 'sessionid="' + "é" * 500 + '"; messages=x:y:z'}, 200),
        ({"HTTP_HOST": "jahat.example"}, 400),
        ({"HTTP_HOST": "a\0b, c"}, 400),
        ({"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://[", "HTTP_HX_TRIGGER": "%ff"}, 200),
        ({"HTTP_REFERER": "http://[", "HTTP_IF_MODIFIED_SINCE": "x", "HTTP_RANGE": "bytes=9-1"}, 200),
        ({"CONTENT_TYPE": "text/html; charset=base64"}, 400),
    ],
)
def test_headers(client, headers, expected):
    assert client.get(reverse("track"), **headers).status_code == expected


@pytest.mark.parametrize("path", ["/%00", "/layanan/%00/", "/%ff%fe/", "/" + "a" * 5000, "/lacak/../../x"])
def test_paths(client, path):
    assert client.get(path).status_code in (400, 404)


def test_nul_is_taken_out_and_what_was_typed_stays(world, client):
    """A draft stores an invalid answer as JSON, which cannot contain this character."""
    draft, address = world.draft, reverse("apply_part", args=[world.service.slug, world.token(world.draft), 2])
    client.post(address, {"nama_pemohon": "Siti\0 Aminah", "no_hp": "08\0 salah", "idempotency_key": "a\0b"})
    draft.refresh_from_db()
    assert draft.answers["nama_pemohon"] == "Siti Aminah" and draft.answers["_typed"]["no_hp"] == "08 salah"
