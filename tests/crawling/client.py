"""What somebody gets from the portal, in this process."""

from unittest.mock import patch

from django.conf import settings
from django.template import Template
from django.test import Client
from django.test import utils as django_tests
from django.urls import Resolver404, resolve

from .pages import Answer


def is_paper(address):
    """PDFs take long to draw, and the access matrix asks for each of them as every role."""
    try:
        return resolve(address.split("?")[0]).view_name.endswith("_pdf")
    except Resolver404:
        return False


def _drawn_plainly():
    """While tests run, Django copies the context of each template that is drawn; here nobody looks at it."""
    return patch.object(Template, "_render", django_tests._TestState.saved_data.template_render)


def asking(user, language):
    """What somebody gets at an address, and with ``data`` what is answered to a form that is sent there.

    An answer to a form gets an address of its own, since another page is read where it was sent to.
    """
    client = Client(headers={"accept-language": language})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    if user:
        client.force_login(user)

    def ask(address, data=None):
        if is_paper(address):
            return Answer(address, 200)
        with _drawn_plainly():
            response = client.get(address, follow=True) if data is None else client.post(address, data, follow=True)
        path, query = response.request["PATH_INFO"], response.request["QUERY_STRING"]
        if data is not None and not response.redirect_chain:
            query = "terkirim"
        kind = "" if response.streaming else response.get("Content-Type", "")
        is_page = kind.startswith("text/html") and bool(response.content)
        # A form that asks once more is a page like others.
        status = 200 if data is not None and response.status_code == 422 else response.status_code
        return Answer(
            f"{path}?{query}" if query else path,
            status,
            response.content if is_page or kind.startswith("text/javascript") else b"",
            is_page,
            response.get("Content-Security-Policy", ""),
            kind,
        )

    return ask
