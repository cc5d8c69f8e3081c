"""Two administrators at the same moment: one file and one number of the books make one row."""

import pytest

from services.applying.actions.from_paper import PaperRequest, record_paper_request
from services.applying.actions.walk_in import WalkInApplicant
from services.exchange.actions.importing import import_service
from services.exchange.content import content_of
from services.models import Request, Service
from tests.factories.cases import make_case_service
from tests.factories.concurrently import one_after_the_other
from tests.factories.core import named_cast
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.verbs.errors import Refused


@pytest.mark.django_db(transaction=True)
def test_one_file_and_one_number_make_one_row():
    cast = named_cast()
    service = make_case_service(cast)
    content = content_of(service)
    content["service"]["code"] = "BARU"

    def bring_in():
        return import_service(content, by=staff(cast.admin)).state

    assert one_after_the_other(bring_in, bring_in) == ("created", "unchanged")
    assert Service.objects.filter(code="BARU").count() == 1
    paper = PaperRequest("12/2026", WalkInApplicant("Siti"), 6, clock.today())

    def record():
        return record_paper_request(service, by=staff(cast.admin), paper=paper)

    first, second = one_after_the_other(record, record)
    assert isinstance(first, Request) and isinstance(second, Refused) and "sudah dicatat" in str(second)
    assert Request.objects.count() == 1
