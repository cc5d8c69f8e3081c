"""Addresses of pages, a logged-in client, and the text of a page."""

from django.test import Client
from django.urls import reverse

from services.applying.receipt import tracking_token


def text(response) -> str:
    """The page with each run of whitespace as one space, so that line breaks in templates do not matter."""
    return " ".join(response.content.decode().split())


def as_user(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def case_url(request, verb: str = "") -> str:
    """The address of a case's page, or of one of its verbs."""
    return reverse("case_act", args=[request.number, verb]) if verb else reverse("case_detail", args=[request.number])


def draft_url(name: str, draft, *more) -> str:
    """The address of a page of an application."""
    return reverse(name, args=[draft.service.slug, tracking_token(draft), *more])
