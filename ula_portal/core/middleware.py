"""What happens to every request: the language by choice, the second factor of staff, words where Django has none."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from . import second_factor


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


class SecondFactorMiddleware:
    """Lead staff whose grace is over to the page where the second factor is set up, before any staff page opens."""

    GUARDED = ("/petugas/", "/admin/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(self.GUARDED) and second_factor.is_overdue(request.user):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
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
