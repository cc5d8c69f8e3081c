"""What somebody gets from the portal, in this process."""

from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve

from .pages import Answer


def is_paper(address):
    """PDFs take long to draw, and the access matrix asks for each of them as every role."""
    try:
        return resolve(address.split("?")[0]).view_name.endswith("_pdf")
    except Resolver404:
        return False


def asking(user, language):
    """What somebody gets at an address."""
    client = Client(headers={"accept-language": language})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    if user:
        client.force_login(user)

    def ask(address):
        if is_paper(address):
            return Answer(address, 200)
        response = client.get(address, follow=True)
        path, query = response.request["PATH_INFO"], response.request["QUERY_STRING"]
        is_page = not response.streaming and response.get("Content-Type", "").startswith("text/html")
        is_page = is_page and bool(response.content)
        return Answer(
            f"{path}?{query}" if query else path,
            response.status_code,
            response.content if is_page else b"",
            is_page,
            response.get("Content-Security-Policy", ""),
        )

    return ask
