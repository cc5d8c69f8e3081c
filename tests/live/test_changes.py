"""The inbox's stream from the real server: it notifies those whom a case concerns, and nobody else."""

import pytest

from services.inbox.queries import arrivals, inbox
from services.models import StepRun
from tests.factories.cases import make_case, make_case_service
from tests.factories.core import named_cast
from tests.live.live_server import Client, running
from ula_portal.core.live import changes


@pytest.mark.django_db(transaction=True)
def test_a_new_case_is_told_to_those_whom_it_concerns():
    cast = named_cast()
    service = make_case_service(cast)

    def address(user):
        return changes.address(arrivals.topics_for(inbox.scope_of(user)))

    mark = arrivals.mark_of_now()
    with running() as port, Client(port, address(cast.official)) as own, Client(port, address(cast.outsider)) as other:
        assert own.next()[0] == other.next()[0] == "hello"
        request = make_case(service)
        data, _id = own.until("changed")
        assert set(data) == {"at"}
        # Others hear only of the next change, which is theirs.
        StepRun.objects.filter(request=request, finished_at=None).update(assignee=cast.outsider)
        later, _id = other.until("changed")
        assert later["at"] > data["at"]
        assert Client(port, f"{address(cast.official)}x").status == 404
    topics, after = arrivals.topics_since(mark)
    for user in (cast.official, cast.section_head, cast.head, cast.admin):
        assert topics & arrivals.topics_for(inbox.scope_of(user))
    assert not topics & arrivals.topics_for(inbox.scope_of(cast.frontdesk))
    assert arrivals.topics_since(after)[0] == set()
    assert arrivals.topic_of_case(request.pk) in topics and request.number not in str(topics)
