"""The same form submitted fifty times concurrently, on real database connections."""

import pytest

from services.applying.actions.drafts import create_draft
from services.applying.actions.submitting import submit_request
from services.models import Request, StepRun, TimelineEntry
from tests.factories.concurrently import concurrently
from tests.factories.core import named_cast
from tests.factories.services import make_draft, make_service
from ula_portal.core.journal.actors import applicant
from ula_portal.core.models import JournalEntry

pytestmark = pytest.mark.django_db(transaction=True)
TAPS = 50


@pytest.fixture
def service():
    return make_service(named_cast())


def test_beginning(service):
    made = concurrently(*[lambda: create_draft(service, by=applicant(), key="sekali-saja").pk] * TAPS)
    assert set(made) == {Request.objects.get().pk}


def test_sending(service):
    draft = make_draft(service)
    made = concurrently(*[lambda: submit_request(draft, by=applicant(draft.pk)).number] * TAPS)
    assert set(made) == {Request.objects.get().number}
    assert StepRun.objects.filter(request=draft, finished_at=None).count() == 1
    assert TimelineEntry.objects.filter(request=draft, verb="submitted").count() == 1
    assert JournalEntry.objects.filter(subject_id=str(draft.pk), verb="submit_request").count() == 1
    # No number was used up by a refused submission, so the next request gets the next number.
    assert submit_request(other := make_draft(service), by=applicant(other.pk)).number[-1] == "2"
