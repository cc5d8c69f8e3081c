"""Middleware of all staff pages: stores a form that is answered by the log-in page, and fills its page afterwards."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse

from ula_portal.core.models import User
from ula_portal.core.security.client_address import GetResponse

from . import filling, storage

STAFF_PREFIXES = ("/petugas/", "/admin/")
# Forms of the log-in itself.
LOG_IN_PATHS = ("/admin/login/", "/admin/logout/")
PARAM = "ketikan"
OWNER = "_owner"
# Value of PARAM if nothing could be stored.
NOT_STORED = "0"
_POINTER = "kept_input"


class KeptInputMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith(STAFF_PREFIXES) or request.path.startswith(LOG_IN_PATHS):
            return response
        if request.method == "POST":
            return _after_post(request, response)
        return _after_get(request, response) if request.method == "GET" else response


def _user_of(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def _after_post(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    user, refused = _user_of(request), getattr(response, "csrf_refused", False)
    if user is None and (refused or _redirects_to_log_in(response)):
        return _interrupted(request, storage.owner_of(request.POST.get(OWNER, "")))
    # The user has logged in again in another tab, or the second factor has become due.
    if user and (refused or getattr(response, "second_factor_due", False)):
        mine = storage.owner_of(request.POST.get(OWNER, "")) == user.pk
        return _interrupted(request, user.pk, response) if mine and not _saves_itself(request) else response
    if token := _param_of(_page_of(request)):
        arrived = response.status_code in (302, 303) or "HX-Redirect" in response.headers
        if user and arrived:
            storage.delete_form(token, user, request.path)
            request.session.pop(_POINTER, None)
    return response


def _interrupted(request: HttpRequest, owner: int | None, response: HttpResponseBase | None = None) -> HttpResponseBase:
    """Store the submitted form and redirect: to the log-in page, to the second factor, or back to the page.

    ``response``: the original response, if the user is logged in.
    """
    if _saves_itself(request):
        # The page keeps its input and sends it again after a log-in in another tab.
        return HttpResponse(status=401)
    back = _page_of(request) or request.get_full_path()
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        notice = render_to_string("core/web/_session_ended.html", {"url": _log_in(_clean(back)), "upload": True})
        return HttpResponse(notice, status=401)
    token = storage.store_form(owner, request.get_full_path(), request.POST, request.FILES) if owner else ""
    back = _with_param(back, token or NOT_STORED)
    if token:
        request.session[_POINTER] = back
    if response is None:
        return _redirect(request, _log_in(back))
    return _redirect(request, back if response.status_code == 403 else response.headers["Location"])


def _after_get(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    user = _user_of(request)
    if user is None:
        if _redirects_to_log_in(response) and request.headers.get("HX-Request"):
            return _notice_in_place(request)
        return response
    token = request.GET.get(PARAM)
    if token is None:
        # After a new password or the second factor, the log-in ends on the start page.
        if request.path == reverse("staff_home") and response.status_code == 200 and _POINTER in request.session:
            return HttpResponseRedirect(request.session.pop(_POINTER))
        return response
    # If this address has no page, or not for this user, the page above it is used.
    if response.status_code in (403, 404, 405) and request.path != "/petugas/":
        return HttpResponseRedirect(_with_param(_parent_path(request.path), token))
    target = response.headers["Location"] if response.status_code == 302 else ""
    if target.startswith(STAFF_PREFIXES) and urlsplit(target).path != request.path:
        return HttpResponseRedirect(_with_param(target, token))
    if response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html"):
        request.session.pop(_POINTER, None)
        _fill(request, response, token, user)
    return response


def _fill(request: HttpRequest, response: HttpResponseBase, token: str, user: User) -> None:
    if not isinstance(response, HttpResponse):
        return
    if token == NOT_STORED:
        text = filling.add_lost_notice(response.content.decode())
    elif kept := storage.find_form(token, user):
        text = filling.fill_page(response.content.decode(), request.get_full_path(), kept)
    else:
        return
    response.content = text.encode()
    if "Content-Length" in response.headers:
        response.headers["Content-Length"] = str(len(response.content))


def _notice_in_place(request: HttpRequest) -> HttpResponse:
    """Response to htmx: the page with its input stays, and a line links to the log-in page."""
    url = _log_in(_clean(_page_of(request) or "/petugas/"))
    response = HttpResponse(render_to_string("core/web/_session_ended.html", {"url": url}))
    how = {"Retarget": "#sesi", "Reselect": "#sesi", "Reswap": "outerHTML show:top", "Push-Url": "false"}
    for name, value in how.items():
        response.headers[f"HX-{name}"] = value
    return response


def _saves_itself(request: HttpRequest) -> bool:
    """Whether the page saves automatically, and itself keeps what it could not save."""
    return "X-Autosave" in request.headers


def _redirect(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _log_in(back: str) -> str:
    return f"{reverse('account_login')}?{urlencode({'next': back})}"


def _redirects_to_log_in(response: HttpResponseBase) -> bool:
    wanted = (reverse("account_login"), reverse("admin:login"))
    return response.status_code == 302 and urlsplit(response.headers["Location"]).path in wanted


def _page_of(request: HttpRequest) -> str:
    """Path and query of the staff page with the form; "" if the browser does not send it."""
    try:
        referrer = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    except ValueError:
        return ""
    if referrer.netloc != request.get_host() or not referrer.path.startswith(STAFF_PREFIXES):
        return ""
    return urlunsplit(("", "", referrer.path, referrer.query, ""))


def _param_of(page: str) -> str:
    return dict(parse_qsl(urlsplit(page).query)).get(PARAM, "")


def _clean(page: str) -> str:
    parts = urlsplit(page)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != PARAM]
    return urlunsplit(("", "", parts.path, urlencode(query), ""))


def _with_param(page: str, token: str) -> str:
    parts = urlsplit(_clean(page))
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit(("", "", parts.path, f"{query}{urlencode({PARAM: token})}", parts.fragment))


def _parent_path(path: str) -> str:
    # Django's panel redirects from any address below an object to one with this ending.
    if path.startswith("/admin/"):
        path = path.removesuffix("change/")
    return path.rstrip("/").rpartition("/")[0] + "/"
