"""Two people in one service at the same time."""

import pytest

from services.models import Service
from services.studio.actions.making import add_service
from services.studio.actions.saving import save_service
from services.studio.queries.editing import draft_of
from tests.factories.concurrently import concurrently
from tests.factories.core import named_cast
from tests.factories.services import make_service
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_both_keep_their_fields_and_a_name_is_taken_once():
    cast = named_cast()
    service = make_service(cast)
    head, admin = staff(cast.section_head), staff(cast.admin)
    concurrently(
        lambda: save_service(service, by=head, fields={"summary": "Satu"}, was={}),
        lambda: save_service(service, by=admin, fields={"product": "Dua"}, was={}),
    )
    draft = draft_of(Service.objects.get(pk=service.pk))
    assert draft.values == {"summary": "Satu", "product": "Dua"} and draft.revision == 2
    new = {"name": "Layanan yang sama", "kind": "visit", "category": "Baru", "unit": cast.unit}
    made = concurrently(lambda: add_service(by=head, **new), lambda: add_service(by=admin, **new))
    assert {type(each) for each in made} == {Service, Refused}
