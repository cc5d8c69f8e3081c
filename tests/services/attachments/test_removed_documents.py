"""A document removed by mistake can be restored while its slot is empty and the request still takes documents."""

import datetime

import pytest
from django.urls import reverse

from services.applying.actions.submitting import submit_request
from services.applying.receipt import tracking_token
from services.attachments.actions.documents import attach_document, remove_document, restore_document
from services.models import Request, TimelineEntry
from services.papers.queries.slots import document_slots
from tests.factories.pages import draft_url
from tests.factories.services import make_draft, make_service, picture
from tests.factories.sop import make_cast, make_office
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant
from ula_portal.core.verbs.errors import Outdated, Refused


@pytest.fixture
def draft(db):
    return make_draft(make_service(make_cast(make_office())))


def removed(draft):
    document = document_slots(draft)[0].document
    remove_document(document, by=applicant(draft.pk))
    return document


def test_what_was_taken_out_is_put_back(client, draft):
    document = document_slots(draft)[0].document
    gone = client.post(draft_url("apply_remove", draft, document.pk), follow=True).content.decode()
    undo = draft_url("apply_restore", draft, document.pk)
    assert f"{document.file.name} dihapus." in gone and undo in gone
    back = client.post(undo, follow=True).content.decode()
    assert document.file.name in back and undo not in back
    assert document_slots(draft)[0].document == document
    assert client.post(undo).status_code == 302
    assert not TimelineEntry.objects.exists()


def test_another_file_in_its_place_stays(client, draft):
    document = removed(draft)
    key = document_slots(draft)[0].key
    attach_document(draft, by=applicant(draft.pk), upload=picture(color="red"), slot_key=key)
    assert (
        draft_url("apply_restore", draft, document.pk)
        not in client.get(draft_url("apply_documents", draft)).content.decode()
    )
    answer = client.post(draft_url("apply_restore", draft, document.pk))
    assert answer.status_code == 422 and "sudah diisi berkas lain" in answer.content.decode()
    with pytest.raises(Refused):
        restore_document(document, by=applicant(draft.pk))


def test_the_way_back_is_offered_for_a_while_only(client, draft):
    document = removed(draft)
    with clock.at(clock.now() + datetime.timedelta(minutes=16)):
        assert "dihapus." not in client.get(draft_url("apply_documents", draft)).content.decode()
        client.post(draft_url("apply_restore", draft, document.pk))
    assert document_slots(draft)[0].document is None


def test_nobody_elses_file_comes_back(client, draft):
    document, other = removed(draft), make_draft(draft.service)
    client.post(draft_url("apply_restore", other, document.pk))
    document.refresh_from_db()
    assert document.removed_at is not None


def test_a_script_is_told_that_the_draft_was_sent(client, draft):
    document = removed(draft)
    submit_request(draft, by=applicant(draft.pk))
    answer = client.post(draft_url("apply_restore", draft, document.pk), headers={"hx-request": "true"})
    receipt = reverse("receipt", args=[tracking_token(draft)])
    assert answer.status_code == 409 and receipt in answer.content.decode()
    assert client.post(draft_url("apply_restore", draft, document.pk)).url == receipt


def test_while_the_file_is_incomplete_it_comes_back_after_sending_and_is_noted(client, draft):
    document = removed(draft)
    submit_request(draft, by=applicant(draft.pk))
    restore = reverse("track_restore", args=[tracking_token(draft), document.pk])
    assert restore in client.get(reverse("track_detail", args=[tracking_token(draft)])).content.decode()
    assert client.post(restore).status_code == 302
    assert document_slots(draft)[0].document == document
    assert TimelineEntry.objects.filter(verb="document_added", request=draft).count() == 1
    remove_document(document, by=applicant(draft.pk))
    Request.objects.update(complete_at=clock.now())
    with pytest.raises(Outdated):
        restore_document(document, by=applicant(draft.pk))
