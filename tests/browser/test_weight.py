"""First visits stay below 100 kB."""

import io
from urllib.parse import urlsplit

import brotli
import pytest
from django.urls import reverse

from services.models import Service
from ula_portal.demo import build
from ula_portal.demo.month import Scale

LIMIT_BYTES = 100_000
# Headers of one answer, rounded up.
HEADERS_BYTES = 700


def weight(page, address):
    """What a first visit costs in bytes: addresses and sizes.

    Static files count as they are served when collected: compressed with Brotli. Pages count as they are.
    """
    answers = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address, wait_until="networkidle")
    sizes = {}
    for answer in answers:
        body = answer.body()
        if "/static/" in answer.url:
            body = min(brotli.compress(body), body, key=len)
        sizes[answer.url] = len(body) + HEADERS_BYTES
    return sizes


@pytest.fixture
def whole_catalogue(people):
    """The demo office with all its services."""
    build.build(Scale(requests=0, visits=0, letters=0, days=0), stream=io.StringIO())


def test_first_visits_are_light(people, whole_catalogue):
    service = Service.objects.get(code="MUT-K")
    for address in ("/", "/layanan/", reverse("service_detail", args=[service.slug]), "/lacak/"):
        sizes = weight(people.stranger(width=360, height=740, first_visit=True), address)
        assert len(sizes) > 2
        assert sum(sizes.values()) < LIMIT_BYTES, sizes
        assert len({urlsplit(url).netloc for url in sizes}) == 1, sizes
