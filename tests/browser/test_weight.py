"""First visits stay below 100 kB, that of the start page below 60 kB."""

import io
from urllib.parse import urlsplit

import brotli
import pytest
from django.urls import reverse

from services.models import Service
from ula_portal.demo import build
from ula_portal.demo.month import Scale

LIMIT_BYTES = 100_000
START_PAGE_BYTES = 60_000
# The headers of one answer, in bytes, rounded up.
HEADERS_BYTES = 700


def weight(page, address):
    """The bytes of a first visit by address.

    Static files count as served after collectstatic, compressed with Brotli; pages count uncompressed.
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
        assert sum(sizes.values()) < (START_PAGE_BYTES if address == "/" else LIMIT_BYTES), sizes
        assert len({urlsplit(url).netloc for url in sizes}) == 1, sizes
