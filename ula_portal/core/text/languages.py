"""Switch the visitor's language from a form that first saves its input."""

from typing import TypeVar

from django.conf import settings
from django.http import HttpResponseBase
from django.utils import translation

Response = TypeVar("Response", bound=HttpResponseBase)


def set_language_cookie(response: Response, chosen: str) -> Response:
    """Set the language cookie on a response, as Django's ``set_language`` does; an unknown language changes nothing.

    Returns the same response.
    """
    if translation.check_for_language(chosen) and chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.LANGUAGE_COOKIE_PATH,
            domain=settings.LANGUAGE_COOKIE_DOMAIN,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    return response
