"""The portal's answers to a user, in this process."""

from unittest.mock import patch

from django.conf import settings
from django.template import Template
from django.test import Client
from django.test import utils as django_tests
from django.urls import Resolver404, resolve

from .pages import Answer


def is_paper(address):
    """PDFs are slow to render, and the access table requests each of them for every role."""
    try:
        return resolve(address.split("?")[0]).view_name.endswith("_pdf")
    except Resolver404:
        return False


def _drawn_plainly():
    """During tests Django copies the context of each rendered template, which is not needed here."""
    return patch.object(Template, "_render", django_tests._TestState.saved_data.template_render)


def asking(user, language):
    """The answer at an address, or with ``data`` the answer to a form posted there.

    An answer to a form gets a separate address, since its own address shows another page.
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
        # A form that asks for confirmation is treated like any other page.
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
