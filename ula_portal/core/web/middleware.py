"""What happens to every request: the language by choice, input that can be read, the second factor of staff."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponseRedirect
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from ula_portal.core.security import second_factor


class ChosenLanguageMiddleware:
    """Indonesian unless the visitor switched; a phone set to English must not decide it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
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
    """Let pages meet only what a database can hold.

    NUL is taken out of what was typed, wherever it stands; an address with NUL and a form in another encoding than
    UTF-8, which no page of the portal sends, are answered by 400. Before everything that reads cookies or forms.
    """

    ENCODINGS = ("utf-8", "utf8", "us-ascii")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info or request.content_params.get("charset", "utf-8").lower() not in self.ENCODINGS:
            raise BadRequest("an address with NUL, or a form that is not UTF-8")
        try:
            request.GET, request.POST = _without_nul(request.GET), _without_nul(request.POST)
        except UnreadablePostError as error:
            raise BadRequest("the form did not arrive whole") from error
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        return self.get_response(request)


def _without_nul(data):
    """The same query data where it holds no NUL, as nearly always; else a cleaned copy."""
    if not any("\0" in text for name, values in data.lists() for text in (name, *values)):
        return data
    cleaned = data.copy()
    cleaned.clear()
    for name, values in data.lists():
        cleaned.setlist(name.replace("\0", ""), [value.replace("\0", "") for value in values])
    return cleaned


class StaffPagesMiddleware:
    """No page of staff stays in a browser that the next person sits down at, unless the page decides otherwise."""

    PLACES = ("/petugas/", "/admin/", "/akun/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith(self.PLACES):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class SecondFactorMiddleware:
    """Lead staff whose grace is over to the page where the second factor is set up, before any staff page opens."""

    GUARDED = ("/petugas/", "/admin/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(self.GUARDED) and second_factor.is_overdue(request.user):
            response = HttpResponseRedirect(reverse("mfa_activate_totp"))
            response.second_factor_due = True
            return response
        return self.get_response(request)


class WrongMethodMiddleware:
    """An address that only takes forms, opened by hand or reloaded, answers with a page instead of with nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            page = render(request, "405.html", status=405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response
