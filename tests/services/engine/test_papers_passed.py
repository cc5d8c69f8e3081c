"""A file counts as complete only if its documents are judged, or for a reason that is recorded."""

import datetime

import pytest
from django.urls import reverse

from services.casework.queries.history import case_history
from services.conversation.actions.asking import declare_complete
from services.engine.actions.recording import record_on_paper
from services.engine.actions.report import StepReport
from services.engine.actions.steps import decide_step
from services.models import Deviation, StepRun
from tests.factories.cases import OFFICIAL, make_case, make_case_service, no_of, run_of, step
from tests.factories.services import make_draft, make_request, picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry
from ula_portal.core.verbs.errors import Refused

pytestmark = pytest.mark.django_db
WHY = "Aslinya sudah diperlihatkan di loket."


@pytest.fixture
def case(service):
    """A case with two documents: one must be corrected, one has not been judged."""
    request = make_case(service, judged=False, jenis="Hilang", nomor_polisi="B/1/XI/2026")
    mend = request.documents.order_by("pk").first()
    request.documents.filter(pk=mend.pk).update(verdict="mend", verdict_note="buram")
    return request


def act(client, request, verb, **data):
    run = run_of(request)
    path = reverse("case_act", args=[request.number, verb])
    return client.post(path, {"key": f"k{len(data)}", "run": run.pk, **data})


def test_the_papers_are_named_and_nothing_is_done_without_a_reason(cast, case):
    with pytest.raises(Refused, match=r"Perlu diperbaiki: KTP\. Belum dinilai: Surat polisi\.") as refused:
        decide_step(run_of(case), by=staff(cast.official), yes=True, report=StepReport(papers_reason=" "))
    assert refused.value.field == "papers_reason" and no_of(case) == 2
    case.documents.filter(verdict="mend").update(verdict="fits")
    with pytest.raises(Refused, match="Belum dinilai: Surat polisi"):
        decide_step(run_of(case), by=staff(cast.official), yes=True)
    case.documents.update(verdict="fits")
    decide_step(run_of(case), by=staff(cast.official), yes=True)
    assert not Deviation.objects.exists()


def test_who_goes_on_says_why_and_it_is_kept_without_words_outside_its_row(cast, case):
    ids = sorted(case.documents.values_list("pk", flat=True))
    moved = decide_step(run_of(case), by=staff(cast.official), yes=True, report=StepReport(papers_reason=f" {WHY} "))
    kept = Deviation.objects.get(kind="papers")
    assert (kept.reason, kept.by, kept.run, kept.request) == (WHY, cast.official, moved.run, case)
    entry = case.timeline.get(verb="papers_passed")
    assert (entry.audience, entry.data) == ("internal", {"documents": ids})
    said = JournalEntry.objects.get(verb="pass_papers")
    assert WHY not in str(said.data) and str(ids[0]) in str(said.data)
    for only in ("", "deviations"):
        told = [each for each in case_history(case, only=only).rows if each.reason == WHY]
        assert [each.text for each in told] == ["Dilanjutkan dengan berkas yang belum sesuai: KTP, Surat polisi"]


def test_sending_back_needs_none(cast, case):
    decide_step(run_of(case), by=staff(cast.official), yes=False, report=StepReport(note="KTP buram."))
    assert no_of(case) == 3


def test_a_sheet_of_paper_is_no_way_round(cast, case):
    def record(reason=""):
        report, head = StepReport(happened_on=clock.today(), papers_reason=reason), staff(cast.section_head)
        record_on_paper(run_of(case), by=head, outcome="yes", report=report, photo=picture())

    with pytest.raises(Refused) as refused:
        record()
    assert refused.value.field == "papers_reason"
    record(WHY)
    assert Deviation.objects.get(kind="papers").by == cast.section_head


def test_nor_is_declaring_it(cast):
    steps = [
        step(1, "Mengajukan", "Pemohon", "start", next=2),
        step(2, "Mengolah", OFFICIAL, next=3),
        step(3, "Menandatangani", OFFICIAL, issues_letter=True, next=4),
        step(4, "Menerima", "Pemohon", "end", end_kind="completed"),
    ]
    request = make_case(make_case_service(cast, steps), judged=False, documents=False)
    make_draft(request.service).documents.update(request=request)
    with pytest.raises(Refused, match="Belum dinilai: KTP") as refused:
        declare_complete(request, by=staff(cast.official))
    assert refused.value.field == "papers_reason"
    declare_complete(request, by=staff(cast.official), papers_reason=WHY)
    request.refresh_from_db()
    assert request.complete_at and Deviation.objects.get(kind="papers").reason == WHY


def test_what_was_only_shown_at_the_desk_is_not_judged(cast, service):
    request = make_request(service)
    request.documents.update(file=None, original="seen")
    decide_step(run_of(request), by=staff(cast.official), yes=True)


def test_the_page_asks_and_shows_it_afterwards(cast, case, client):
    client.force_login(cast.official)
    page = client.get(reverse("case_detail", args=[case.number])).content.decode()
    assert "Alasan tetap melanjutkan" not in page
    asked = act(client, case, "putuskan", answer="yes", note="Catatan saya")
    html = asked.content.decode()
    assert asked.status_code == 422 and "Alasan tetap melanjutkan" in html and "Perlu diperbaiki: KTP." in html
    assert "Catatan saya" in html and no_of(case) == 2
    assert act(client, case, "putuskan", answer="yes", papers_reason=WHY).status_code == 302
    assert WHY in client.get(reverse("case_detail", args=[case.number]), {"tab": "riwayat"}).content.decode()


@pytest.mark.parametrize("by", ["", "deviation_reason", "papers_reason"])
def test_a_late_step_asks_for_both_reasons_at_once(cast, case, client, by):
    client.force_login(cast.official)
    StepRun.objects.filter(pk=run_of(case).pk).update(due_at=run_of(case).offered_at)
    with clock.at(clock.now() + datetime.timedelta(hours=1)):
        given = {by: "Sudah saya tulis"} if by else {}
        asked = act(client, case, "putuskan", answer="yes", note="Catatan saya", **given)
        form = asked.context["forms"]["putuskan"]
        assert asked.status_code == 422 and set(form.errors) == {"deviation_reason", "papers_reason"} - {by}
        html = asked.content.decode()
        assert "Alasan tetap melanjutkan" in html and "Catatan saya" in html and given.get(by, "") in html
        both = {"deviation_reason": "Menunggu arsip", "papers_reason": WHY}
        assert act(client, case, "putuskan", answer="yes", **both).status_code == 302
    assert sorted(Deviation.objects.values_list("kind", flat=True)) == ["overrun", "papers"]


def test_late_and_sent_back_without_words_asks_for_both_too(cast, case, client):
    client.force_login(cast.official)
    case.documents.update(verdict="fits")
    StepRun.objects.filter(pk=run_of(case).pk).update(due_at=run_of(case).offered_at)
    with clock.at(clock.now() + datetime.timedelta(hours=1)):
        form = act(client, case, "putuskan", answer="no").context["forms"]["putuskan"]
    assert set(form.errors) == {"deviation_reason", "note"}


def test_so_does_the_form_for_paper_of_a_late_step(cast, case, client):
    client.force_login(cast.section_head)
    run = run_of(case)
    StepRun.objects.filter(pk=run.pk).update(due_at=run.offered_at)
    path, later = reverse("case_record", args=[case.number]), clock.now() + datetime.timedelta(days=1)
    with clock.at(later):
        data = {"key": "k", "run": run.pk, "answer": "yes", "day_2": clock.today().isoformat(), "photo": picture()}
        asked = client.post(path, data)
    assert set(asked.context["form"].errors) == {"deviation_reason", "papers_reason"} and no_of(case) == 2


def test_so_does_the_form_for_paper(cast, case, client):
    client.force_login(cast.section_head)
    run, day = run_of(case), clock.today().isoformat()
    data = {"key": "k", "run": run.pk, "answer": "yes", "day_2": day}
    path = reverse("case_record", args=[case.number])
    asked = client.post(path, data | {"photo": picture()})
    assert asked.status_code == 422 and "Alasan tetap melanjutkan" in asked.content.decode()
    assert client.post(path, data | {"papers_reason": WHY}).status_code == 302
    assert no_of(case) == 4
