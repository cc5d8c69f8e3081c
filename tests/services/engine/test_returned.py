"""A case that was sent back says by whom and why, also in lists; whoever sent it back reads the answer."""

import pytest
from django.urls import reverse

from services.attachments.actions.documents import EXTRA, attach_document
from services.casework.queries.history import case_history
from services.conversation.actions.asking import applicant_answers, ask_applicant
from services.engine.actions.deviating import skip_step
from services.engine.actions.report import StepReport
from services.engine.actions.steps import complete_step, decide_step
from services.engine.queries.returned import answered_of, is_return
from services.inbox.queries.inbox import cases_for, scope_of
from services.models import InboxEntry, StepRun
from tests.factories.cases import content, count_queries, make_case, no_of, rich_steps, run_of, walk
from tests.factories.flows import flow_of_content
from tests.factories.services import picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff

pytestmark = pytest.mark.django_db


def to_approval(service, cast):
    official = cast.official
    return walk(make_case(service), (official, "yes"), (official, "done"), (official, "yes"), (official, "done"))


def see(client, user, request):
    client.force_login(user)
    return client.get(reverse("case_detail", args=[request.number])).content.decode()


def marks(user):
    return {row.request.number: row.returned for row in cases_for(scope_of(user), "mine").rows}


def test_by_an_answer(cast, service, client):
    request, head = to_approval(service, cast), cast.section_head
    assert marks(head) == {request.number: False}
    decide_step(run_of(request), by=staff(head), yes=False, report=StepReport(note="Dasar hukumnya belum disebut."))
    assert no_of(request) == 6 and marks(cast.official) == {request.number: True}
    page = see(client, cast.official, request)
    assert f"Dikembalikan oleh Kepala Bidang Pembinaan Pendidikan Dasar ({head.full_name}):" in page
    assert "Dasar hukumnya belum disebut." in page
    assert "Dikembalikan" in client.get(reverse("case_list")).content.decode()
    complete_step(run_of(request), by=staff(cast.official), report=StepReport(note="Dasar hukum sudah ditambahkan."))
    page = see(client, head, request)
    assert "Jawaban atas yang Anda minta:" in page and "Dasar hukumnya belum disebut." in page
    assert f"{cast.official.full_name}: Dasar hukum sudah ditambahkan." in page
    assert "Dikembalikan oleh" not in page and marks(head) == {request.number: False}


def test_as_a_deviation(cast, service, client):
    request, head = to_approval(service, cast), cast.section_head
    skip_step(run_of(request), by=staff(head), reason="Daya tampung perlu dihitung lagi.", to_step_no=5)
    page = see(client, cast.official, request)
    assert f"Dikembalikan oleh {head.full_name}:" in page and "Daya tampung perlu dihitung lagi." in page
    assert InboxEntry.objects.get(request=request).returned


def test_what_goes_forward_out_of_order_was_not_returned(cast, service, client):
    request = make_case(service)
    skip_step(run_of(request), by=staff(cast.section_head), reason="Sudah dikonfirmasi.", to_step_no=6)
    assert "Dikembalikan oleh" not in see(client, cast.official, request)
    assert not InboxEntry.objects.get(request=request).returned


def test_what_the_applicant_answered_is_read_by_who_asked(cast, service, client):
    request = make_case(service)
    decide_step(run_of(request), by=staff(cast.official), yes=False, report=StepReport(note="KTP buram."))
    assert not InboxEntry.objects.get(request=request).returned
    applicant_answers(request, by=staff(cast.frontdesk), text="KTP asli diperlihatkan.")
    page = see(client, cast.official, request)
    assert "Jawaban atas yang Anda minta:" in page and "Pemohon: KTP asli diperlihatkan." in page
    ask_applicant(request, by=staff(cast.official), wanted="Mohon nomor HP.")
    applicant_answers(request, by=staff(cast.frontdesk), text="0812")
    page = see(client, cast.official, request)
    assert "“Mohon nomor HP.”" in page and "Pemohon: 0812</p>" in page
    ask_applicant(request, by=staff(cast.official), wanted="Mohon foto lokasi.")
    attach_document(request, by=applicant(request.pk), upload=picture("lokasi.png", "blue"), slot_key=EXTRA)
    applicant_answers(request, by=staff(cast.frontdesk))
    assert "Pemohon: tanpa jawaban tertulis, 1 berkas baru" in see(client, cast.official, request)
    told = {(each.text, each.who) for each in case_history(request).rows}
    assert ("Pemohon menjawab: tanpa berkas baru, jawaban tertulis", f"dicatat oleh {cast.frontdesk.full_name}") in told


def test_at_their_end_the_applicant_was_asked_nothing():
    """A letter that was ready for collection is signed again."""
    signed = StepRun(pk=1, step_id=8, led_by="position", outcome="done", finished_at=clock.now())
    fetched = StepRun(pk=2, step_id=9, led_by="applicant", outcome="skipped", finished_at=clock.now())
    again = StepRun(pk=3, step_id=8, led_by="position")
    assert answered_of(flow_of_content(content(rich_steps())), [signed, fetched, again], [], []) is None


@pytest.mark.parametrize(("earlier", "now"), [("applicant", "position"), ("position", "applicant")])
def test_the_applicant_neither_sends_back_nor_is_sent_back_to(earlier, now):
    flow = flow_of_content(content(rich_steps()))
    decided = StepRun(step_id=5, led_by=earlier, outcome="no", finished_at=clock.now())
    assert is_return(flow, StepRun(step_id=5, led_by="position", outcome="no"), StepRun(step_id=2, led_by="position"))
    assert not is_return(flow, decided, StepRun(step_id=2, led_by=now))


def test_the_list_costs_the_same_with_marks(cast, service):
    scope = scope_of(cast.official)
    costs = []
    for _n in range(2):
        request = to_approval(service, cast)
        decide_step(run_of(request), by=staff(cast.section_head), yes=False, report=StepReport(note="Belum."))
        costs.append(count_queries(lambda: cases_for(scope, "mine")))
    assert costs[0] == costs[1] == 2
