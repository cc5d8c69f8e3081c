"""Middleware for all requests: the chosen language, readable input, caching, the second factor of staff."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from ula_portal.core.security import second_factor
from ula_portal.core.security.client_address import GetResponse


class ChosenLanguageMiddleware:
    """Indonesian unless the visitor switched; the browser's language is ignored."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            language = translation.get_supported_language_variant(
                request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
            )
        except LookupError:
            language = settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ReadableInputMiddleware:
    """Keeps input from pages that the database cannot store.

    NUL is removed from submitted values. An address with NUL, or a form in another encoding than UTF-8, which no page
    of the portal sends, is answered with 400. Must come before everything that reads cookies or forms.
    """

    ENCODINGS = ("utf-8", "utf8", "us-ascii")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        encoding = (request.content_params or {}).get("charset", "utf-8")
        if "\0" in request.path_info or encoding.lower() not in self.ENCODINGS:
            raise BadRequest("an address with NUL, or a form that is not UTF-8")
        try:
            request.GET = _without_nul(request.GET)  # type: ignore[assignment]  # a copy that nobody changes
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]  # likewise
        except UnreadablePostError as error:
            raise BadRequest("the form did not arrive whole") from error
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        return self.get_response(request)


def _without_nul(data: QueryDict) -> QueryDict:
    """The data itself if it contains no NUL, as nearly always; else a cleaned copy."""
    if not any("\0" in text for name, values in data.lists() for text in (name, *values)):
        return data
    cleaned = data.copy()
    cleaned.clear()
    for name, values in data.lists():
        cleaned.setlist(name.replace("\0", ""), [value.replace("\0", "") for value in values])
    return cleaned


class StaffPagesMiddleware:
    """Keeps staff pages out of the browser's cache, for computers that several people use. A page may override it."""

    PLACES = ("/petugas/", "/admin/", "/akun/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith(self.PLACES):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class SecondFactorDue(HttpResponseRedirect):
    second_factor_due = True


class SecondFactorMiddleware:
    """Redirects staff whose grace period is over from staff pages to the set-up of the second factor."""

    GUARDED = ("/petugas/", "/admin/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(self.GUARDED) and second_factor.is_overdue(request.user):
            return SecondFactorDue(reverse("mfa_activate_totp"))
        return self.get_response(request)


class WrongMethodMiddleware:
    """Shows a page instead of an empty 405 response, for example after reloading the target of a form."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        wrong = isinstance(response, HttpResponse) and response.status_code == 405 and not response.content
        if wrong and request.method == "GET":
            page = render(request, "405.html", status=405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response
