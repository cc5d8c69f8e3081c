"""A published service of the section head's unit, and a draft."""

import pytest

from services.models import Service
from tests.factories.core import named_cast
from tests.factories.services import make_service
from ula_portal.core.journal.actors import staff


@pytest.fixture
def cast():
    return named_cast()


@pytest.fixture
def published(cast):
    return make_service(cast)


@pytest.fixture
def draft(cast):
    return make_service(cast, published=False)


@pytest.fixture
def by_head(cast):
    return staff(cast.section_head)


@pytest.fixture
def by_admin(cast):
    return staff(cast.admin)


@pytest.fixture
def anew():
    """The service as the next request reads it."""
    return lambda service: Service.objects.get(pk=service.pk)
