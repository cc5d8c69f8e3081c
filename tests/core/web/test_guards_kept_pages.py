"""Kept input on staff pages: which responses count as an interruption, and which page restores the input."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from tests.factories.core import make_user
from ula_portal.core.models import KeptInput
from ula_portal.core.web.kept_input import storage
from ula_portal.core.web.kept_input.middleware import KeptInputMiddleware
from ula_portal.core.web.kept_input.storage import owner_mark

pytestmark = pytest.mark.django_db
PAGE, FORM = "/petugas/a/", "/petugas/a/kirim/"
LOG_IN, NOBODY = "/akun/masuk/?next=/petugas/", AnonymousUser()
FIELD = '<main><form method="post" action="/petugas/a/kirim/"><input name="note"></form></main>'
POINTER = "kept_input"


def answer(response, user, method, address, data=None, session=None, **headers):
    """The response of the portal when a page responds like this."""
    headers = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    request = getattr(RequestFactory(), method)(address, data or {}, **headers)
    request.user, request.session = user, {} if session is None else session
    return KeptInputMiddleware(lambda _request: response)(request)


def sent(response, owner, user=NOBODY, address=FORM, **more):
    """The response to the owner's form when ``user`` submits it."""
    return answer(response, user, "post", address, {"note": "Dua kata", "_owner": owner_mark(owner)}, **more)


def looked(response, user, address=PAGE, **more):
    return answer(response, user, "get", address, **more)


def kept(user, action=FORM):
    data = RequestFactory().post(action, {"note": "Dua kata"})
    return storage.store_form(user.pk, action, data.POST, data.FILES)


def refused(status=403, **marks):
    response = HttpResponse("Ditolak", status=status)
    for name, value in marks.items():
        setattr(response, name, value)
    return response


def due():
    response = HttpResponseRedirect("/akun/dua-langkah/")
    response.second_factor_due = True
    return response


# Submitted forms


@pytest.mark.parametrize("response", [HttpResponseRedirect(LOG_IN), HttpResponseRedirect("/admin/login/?next=/admin/")])
def test_whoever_is_led_to_the_log_in_finds_it_again(user, response):
    session = {}
    led = sent(response, user, referer=f"http://testserver{PAGE}?tab=b&kosong=", session=session)
    assert led.status_code == 302 and led.url.startswith("/akun/masuk/?next=%2Fpetugas%2Fa%2F%3Ftab%3Db%26kosong%3D%26")
    token = session[POINTER].removeprefix(f"{PAGE}?tab=b&kosong=&ketikan=")
    assert storage.find_form(token, user).fields == [("note", ["Dua kata"])]


def test_a_form_without_the_right_token_and_without_a_session_is_kept_as_well(user):
    assert sent(refused(csrf_refused=True), user).url.startswith("/akun/masuk/") and KeptInput.objects.exists()


@pytest.mark.parametrize(
    ("address", "response"),
    [
        ("/akun/profil/", HttpResponseRedirect(LOG_IN)),
        ("/", HttpResponseRedirect(LOG_IN)),
        ("/admin/login/", HttpResponseRedirect(LOG_IN)),
        ("/admin/logout/", HttpResponseRedirect(LOG_IN)),
        (FORM, HttpResponseRedirect("/petugas/b/")),
        (FORM, refused()),
        (FORM, HttpResponse("Isian salah", status=422)),
    ],
)
def test_any_other_answer_passes(user, address, response):
    session = {}
    assert sent(response, user, address=address, session=session) is response
    assert not KeptInput.objects.exists() and not session


@pytest.mark.parametrize("made", [lambda: refused(csrf_refused=True), due])
def test_who_is_logged_in_gets_back_only_the_own_form(user, made):
    response, session = made(), {}
    led = sent(response, user, user, session=session)
    assert KeptInput.objects.get().user == user and session[POINTER].startswith(f"{FORM}?ketikan=")
    assert led.url == (session[POINTER] if response.status_code == 403 else "/akun/dua-langkah/")
    assert sent(response, make_user(), user) is response
    # A page that saves automatically learns that there was kept input.
    assert sent(response, user, user, X_AUTOSAVE="1") is response
    assert KeptInput.objects.count() == 1


def test_without_a_mark_the_page_tells_that_nothing_was_kept(user):
    session = {}
    led = answer(HttpResponseRedirect(LOG_IN), NOBODY, "post", FORM, {"note": "Dua kata"}, session)
    assert led.url.endswith("%3Fketikan%3D0") and not session


@pytest.mark.parametrize(
    ("response", "forgotten"),
    [
        (HttpResponseRedirect(PAGE), True),
        (HttpResponse(status=303), True),
        (HttpResponse(headers={"HX-Redirect": PAGE}), True),
        (HttpResponse("Isian salah", status=422), False),
        (HttpResponse("Sebagian"), False),
    ],
)
def test_what_arrived_is_forgotten(user, response, forgotten):
    token, session = kept(user), {POINTER: PAGE}
    where = {"HX_CURRENT_URL": f"http://testserver{PAGE}?ketikan={token}", "referer": f"http://testserver{PAGE}"}
    assert sent(response, user, user, session=session, **where) is response
    assert (storage.find_form(token, user) is None, POINTER not in session) == (forgotten, forgotten)


def test_nobody_forgets_what_somebody_typed(user):
    token = kept(user)
    sent(HttpResponseRedirect(PAGE), user, referer=f"http://testserver{PAGE}?ketikan={token}")
    assert storage.find_form(token, user)
    # A page for which nothing was kept, or an external one, has nothing to forget.
    for page in (PAGE, f"http://jahat.example{PAGE}?ketikan={token}", f"http://testserver/akun/?ketikan={token}"):
        sent(HttpResponseRedirect(PAGE), user, user, referer=page)
    assert storage.find_form(token, user)


@pytest.mark.parametrize(("headers", "led"), [({}, 302), ({"HX_REQUEST": "true"}, 200)])
def test_htmx_is_led_by_its_own_header(user, headers, led):
    response = sent(HttpResponseRedirect(LOG_IN), user, **headers)
    assert response.status_code == led and response.headers.get("HX-Redirect", response.headers.get("Location"))


# Pages that are only viewed


def test_a_piece_of_a_page_is_answered_in_place_only_at_the_log_in():
    there = {"HX_CURRENT_URL": f"http://testserver{PAGE}?tab=b&ketikan=lama"}
    led = looked(HttpResponseRedirect(LOG_IN), NOBODY, HX_REQUEST="true", **there)
    assert led.status_code == 200 and 'next=%2Fpetugas%2Fa%2F%3Ftab%3Db"' in led.content.decode()
    for response, headers in (
        (HttpResponseRedirect(LOG_IN), {}),
        (HttpResponseRedirect("/petugas/b/"), {"HX_REQUEST": "true"}),
        (HttpResponse("Isi"), {"HX_REQUEST": "true"}),
    ):
        assert looked(response, NOBODY, **headers) is response


@pytest.mark.parametrize(
    ("address", "status", "session", "led"),
    [
        ("/petugas/", 200, {POINTER: PAGE}, True),
        ("/petugas/", 200, {}, False),
        ("/petugas/", 404, {POINTER: PAGE}, False),
        (PAGE, 200, {POINTER: PAGE}, False),
    ],
)
def test_only_the_start_page_leads_on_to_what_waits(user, address, status, session, led):
    response = HttpResponse("Isi", status=status)
    given = looked(response, user, address, session=session)
    assert (given.url, session) == (PAGE, {}) if led else given is response


@pytest.mark.parametrize(
    ("address", "response", "led"),
    [
        (FORM, refused(403), PAGE),
        (FORM, refused(404), PAGE),
        (FORM, refused(405), PAGE),
        ("/admin/core/unit/7/change/", refused(404), "/admin/core/unit/"),
        ("/petugas/change/", refused(404), "/petugas/"),
        ("/petugas/", refused(403), None),
        (FORM, refused(422), None),
        (PAGE, HttpResponseRedirect("/petugas/b/?tab=b"), "/petugas/b/?tab=b&"),
        (PAGE, HttpResponseRedirect("/admin/core/"), "/admin/core/"),
        (PAGE, HttpResponseRedirect("/akun/profil/"), None),
        (PAGE, HttpResponseRedirect(f"{PAGE}?tab=b"), None),
        (PAGE, HttpResponse(FIELD, content_type="application/json"), None),
        (PAGE, HttpResponse(FIELD, status=422), None),
    ],
)
def test_what_is_no_page_gives_way_to_one(user, address, response, led):
    token = kept(user)
    given = looked(response, user, f"{address}?ketikan={token}")
    if led is None:
        assert given is response and b"Dua kata" not in given.content
    else:
        assert given.url == f"{led}{'' if led.endswith('&') else '?'}ketikan={token}"


@pytest.mark.parametrize("length", [True, False])
def test_the_page_takes_what_was_kept(user, length):
    response, session = HttpResponse(FIELD), {POINTER: PAGE}
    if length:
        response.headers["Content-Length"] = str(len(FIELD))
    given = looked(response, user, f"{PAGE}?ketikan={kept(user)}", session=session)
    assert b'<input name="note" value="Dua kata">' in given.content and not session
    assert given.headers.get("Content-Length") == (str(len(given.content)) if length else None)


def test_a_page_stays_as_it_is_without_something_kept_for_it(user):
    token = kept(user)
    for address, asking in ((f"{PAGE}?ketikan={'x' * 32}", user), (f"{PAGE}?ketikan={token}", NOBODY), (PAGE, user)):
        assert looked(HttpResponse(FIELD), asking, address).content.decode() == FIELD
    streamed = FileResponse(iter([FIELD.encode()]), content_type="text/html")
    assert b"".join(looked(streamed, user, f"{PAGE}?ketikan={token}")) == FIELD.encode()
    response = refused(404)
    assert answer(response, user, "head", f"{FORM}?ketikan={token}") is response
    assert "harus Anda tulis lagi" in looked(HttpResponse(FIELD), user, f"{PAGE}?ketikan=0").content.decode()
    assert looked(HttpResponse(FIELD), user, f"/akun/?ketikan={token}").content.decode() == FIELD
