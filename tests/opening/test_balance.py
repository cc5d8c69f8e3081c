"""The opening balance: numbers go on upwards only, SOPs are in force by their decree, running requests are cases."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from services.applying.actions.from_paper import PaperRequest, record_paper_request
from services.applying.actions.walk_in import WalkInApplicant
from services.applying.receipt import receipt_code
from services.catalogue.actions.publishing import withdraw_service
from services.deadlines.rules import due_at
from services.models import InboxEntry, Request
from sop.approval.actions.life import withdraw_version
from sop.approval.actions.on_paper import PaperDecree, declare_in_force
from sop.drafting.actions.importing import import_sop
from sop.drafting.actions.starting import start_revision
from sop.models import SopVersion
from sop.rules.queries.validity import version_in_force
from tests.conftest import OPEN_AT
from tests.factories.cases import make_case_service
from tests.factories.core import named_cast
from tests.factories.pages import as_user, text
from tests.factories.sop import confirm_all, small_content
from ula_portal.core import clock
from ula_portal.core.data.numbering import last_numbers, next_number
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry, Notice
from ula_portal.core.office.actions.numbers import continue_numbers
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db
TODAY = clock.local(OPEN_AT).date()
SIGNED = datetime.date(2024, 3, 4)


@pytest.fixture
def cast():
    with clock.at(OPEN_AT):
        yield named_cast()


# Numbers


def test_numbers_go_on_and_never_back(cast):
    year = TODAY.year
    assert continue_numbers("letter", by=staff(cast.admin), last=500) == 500
    assert next_number("letter", year) == 501
    for last in (500, 1):
        with pytest.raises(Refused, match="501") as refused:
            continue_numbers("letter", by=staff(cast.admin), last=last)
        assert refused.value.field == "letter"
    assert continue_numbers("letter", by=staff(cast.admin), last=501) == 501
    assert JournalEntry.objects.filter(verb="continue_numbers").count() == 1
    for last in (0, -1, 100_000):
        with pytest.raises(Refused, match="antara 1"):
            continue_numbers("sop", by=staff(cast.admin), last=last)
    with pytest.raises(NotAllowed):
        continue_numbers("letter", by=staff(cast.head), last=900)
    assert last_numbers(year) == {"letter": 501}


def test_all_numbers_of_the_page_or_none(cast):
    client, url = as_user(cast.admin), reverse("opening_balance")
    next_number("request", TODAY.year)
    next_number("request", TODAY.year)
    refused = client.post(url, {"letter": "10", "request": "1"})
    assert refused.status_code == 422 and 'value="10"' in text(refused) and "letter" not in last_numbers(TODAY.year)
    assert client.post(url, {"letter": "10", "request": "", "sop": "x"}).status_code == 422
    assert client.post(url, {"letter": "10"}).status_code == 302
    assert "Nomor berikutnya di portal: 11." in text(client.get(url))


# SOPs


def draft_sop(cast, confirmed=True, **content):
    version = import_sop(small_content(**content), by=staff(cast.admin)).version
    return confirm_all(version, cast.admin) if confirmed else version


def decree(**changes):
    said = {"decree": "420/7/2024", "decree_date": SIGNED, "effective_from": SIGNED}
    return PaperDecree(**said | {"position": "Kepala Dinas", "name": "Ani", "scan": None} | changes)


def test_an_sop_is_in_force_by_its_decree_without_a_scan(cast):
    version = draft_sop(cast)
    declare_in_force(version, by=staff(cast.admin), paper=decree(), key="k")
    assert declare_in_force(version, by=staff(cast.admin), paper=decree(), key="k").state == "published"
    there = SopVersion.objects.get(pk=version.pk)
    assert version_in_force(there.sop_id) == there and there.is_opening and there.on_paper
    assert (there.effective_from, there.approved_by, there.recorded_by) == (SIGNED, None, cast.admin)
    assert there.approved_as["name"] == "Ani" and there.decree_scan is None
    assert JournalEntry.objects.filter(verb="sop_declared_in_force", subject_id=str(there.pk)).count() == 1
    with pytest.raises(Outdated):
        declare_in_force(version, by=staff(cast.admin), paper=decree())


def test_four_eyes_decide_on_every_later_version(cast):
    version = declare_in_force(draft_sop(cast), by=staff(cast.admin), paper=decree())
    revision = confirm_all(start_revision(version.sop, by=staff(cast.admin)), cast.admin)
    with pytest.raises(Refused, match="sudah pernah disahkan"):
        declare_in_force(revision, by=staff(cast.admin), paper=decree(decree_date=TODAY, effective_from=TODAY))
    withdraw_version(version, by=staff(cast.head))
    with pytest.raises(Refused, match="sudah pernah disahkan"):
        declare_in_force(revision, by=staff(cast.admin), paper=decree(decree_date=TODAY, effective_from=TODAY))


def test_who_may_not_and_what_cannot_be_declared(cast):
    version = draft_sop(cast, confirmed=False)
    for user in (cast.head, cast.section_head, cast.official):
        with pytest.raises(NotAllowed):
            declare_in_force(version, by=staff(user), paper=decree())
    with pytest.raises(Refused, match="Belum dapat dilanjutkan"):
        declare_in_force(version, by=staff(cast.admin), paper=decree())
    confirm_all(version, cast.admin)
    tomorrow = TODAY + datetime.timedelta(days=1)
    wrong = {
        "decree": {"decree": " "},
        "decree_date": {"decree_date": tomorrow, "effective_from": tomorrow},
        "effective_from": {"effective_from": tomorrow},
        "name": {"name": ""},
        "nip": {"nip": "abc"},
    }
    for field, change in wrong.items():
        with pytest.raises(Refused) as refused:
            declare_in_force(version, by=staff(cast.admin), paper=decree(**change))
        assert refused.value.field == field
    with clock.at(OPEN_AT + datetime.timedelta(days=9)), pytest.raises(Refused, match="lebih baru") as refused:
        late = TODAY + datetime.timedelta(days=5)
        declare_in_force(version, by=staff(cast.admin), paper=decree(decree_date=late, effective_from=late))
    version.refresh_from_db()
    assert refused.value.field == "decree_date" and version.state == "draft"


def test_the_page_declares_the_good_ones_and_says_why_not_the_others(cast):
    good = draft_sop(cast, number="420/1")
    bad = draft_sop(cast, confirmed=False, number="420/2", name="SOP Lain")
    client, url = as_user(cast.admin), reverse("opening_balance_sops")
    said = {"decree": "420/7/2024", "decree_date": "2024-03-04", "effective_from": "2024-03-04"}
    said |= {"position": "Kepala Dinas", "name": "Ani"}
    assert client.post(url, said).status_code == 422
    page = client.post(url, said | {"versions": [good.pk, bad.pk]})
    assert page.status_code == 200 and "Periksa SOP ini" in text(page) and 'value="420/7/2024"' in text(page)
    assert list(SopVersion.objects.filter(state="published")) == [good]
    assert good.sop.number not in text(client.get(url))


# Requests


@pytest.fixture
def service(cast):
    return make_case_service(cast)


def running(number="12/2026", step=6, received=TODAY, due=None, name="Siti"):
    return PaperRequest(number, WalkInApplicant(name, phone="0812 3456 7890"), step, received, due)


def take_over(cast, service, key="", by=None, **said):
    return record_paper_request(service, by=staff(by or cast.admin), paper=running(**said), key=key)


def test_a_case_at_its_step_with_its_clock_and_code(cast, service, client):
    received = TODAY - datetime.timedelta(days=8)
    request = take_over(cast, service, key="k", received=received)
    assert take_over(cast, service, key="k") == request and Request.objects.count() == 1
    request.refresh_from_db()
    assert (request.state, request.paper_number, request.applicant_name) == ("in_progress", "12/2026", "Siti")
    assert clock.local(request.received_at).date() == received and request.complete_at == request.received_at
    assert request.due_at == due_at(request.received_at, service.working_days)
    first, now = request.runs.order_by("ordinal")
    assert (first.step.no, first.outcome, now.step.no, now.assignee) == (1, "done", 6, cast.official)
    assert now.offered_at == OPEN_AT and now.due_at > OPEN_AT
    assert list(request.timeline.values_list("verb", flat=True)) == ["recorded_from_paper"]
    assert not Notice.objects.filter(subject_kind="request").exists()
    found = client.post(reverse("track"), {"number": request.number, "code": receipt_code(request)}, follow=True)
    assert found.status_code == 200 and "berjalan di kertas" in text(found)
    address = reverse("case_detail", args=[request.number])
    case = text(as_user(cast.official).get(address, {"tab": "riwayat"}))
    assert "Permohonan dicatat dari kertas" in case and "(nomor di kertas 12/2026)" in case
    assert " 12 2026 " in InboxEntry.objects.get(request=request).words


def test_a_step_of_the_applicant_waits_and_stops_the_clock(cast, service):
    request = take_over(cast, service, step=3)
    assert request.state == "waiting_applicant" and request.pauses.get().to_at is None


@pytest.mark.parametrize(("days", "complete"), [(3, 0), (4, 1), (6, 3), (None, 0)])
def test_the_promise_ends_on_the_day_that_was_promised(cast, service, days, complete):
    """Received on Monday the 16th; three working days are promised, the 21st and 22nd are a weekend."""
    monday = datetime.date(2026, 11, 16)
    due = days and monday + datetime.timedelta(days=days if days < 5 else days + 2)
    request = take_over(cast, service, received=monday, due=due)
    assert clock.local(request.complete_at).date() == monday + datetime.timedelta(days=complete)
    assert clock.local(request.due_at).date() == (due or monday + datetime.timedelta(days=3))


def test_refusals_name_the_field_and_leave_nothing(cast, service):
    tomorrow, far = TODAY + datetime.timedelta(days=1), TODAY + datetime.timedelta(days=60)
    wrong = [
        ("number", {"number": " "}),
        ("number", {"number": "1" * 61}),
        ("name", {"name": ""}),
        ("step", {"step": 99}),
        ("step", {"step": 1}),
        ("step", {"step": 9}),
        ("received_on", {"received": tomorrow}),
        ("due_on", {"due": TODAY - datetime.timedelta(days=1)}),
        ("due_on", {"due": tomorrow}),
        ("due_on", {"due": far}),
    ]
    for field, said in wrong:
        with pytest.raises(Refused) as refused:
            take_over(cast, service, **said)
        assert refused.value.field == field, said
    for user in (cast.head, cast.section_head, cast.frontdesk):
        with pytest.raises(NotAllowed):
            take_over(cast, service, by=user)
    assert not Request.objects.exists() and "request" not in last_numbers(TODAY.year)


def test_a_number_of_the_books_is_recorded_once_for_each_service(cast, service):
    take_over(cast, service)
    with pytest.raises(Refused, match="sudah dicatat"):
        take_over(cast, service, number=" 12/2026 ")
    withdraw_service(service, by=staff(cast.admin))
    with pytest.raises(Refused, match="tidak menerima"):
        take_over(cast, service, number="13/2026")


def test_rows_are_pasted_whole_or_not_at_all(cast, service):
    client, url = as_user(cast.admin), reverse("opening_balance_requests")
    head = "Nomor\tLayanan\tNama\tHP\tLangkah\tDiterima\tJatuh tempo\n"
    good = f"1/2026\t{service.code.lower()}\tSiti\t081234567890\t6\t23/11/2026\n"
    bad = f"2/2026\t{service.code}\t=1+1\t0812\tx\t99/11/2026\n"
    refused = client.post(url, {"do": "paste", "rows": head + good + bad})
    shown = text(refused)
    assert refused.status_code == 422 and "Baris 3:" in shown and "=1+1" in shown and not Request.objects.exists()
    twice = client.post(url, {"do": "paste", "rows": good + good})
    assert twice.status_code == 422 and "Baris 2:" in text(twice) and not Request.objects.exists()
    more = good.replace("1/2026\t", "2/2026\t").replace("\t", ";")
    assert client.post(url, {"do": "paste", "rows": head + good}).status_code == 302
    assert client.post(url, {"do": "paste", "rows": more}).status_code == 302
    assert client.post(url, {"do": "paste", "rows": "x\n" * 201}).status_code == 422
    assert client.post(url, {"do": "paste", "rows": '\0;"a'}).status_code == 422
    shown = text(client.get(url))
    assert Request.objects.count() == 2 and shown.count(">Cetak tanda terima<") == 2


def test_the_typed_form_keeps_what_was_typed_and_sends_once(cast, service):
    client, url = as_user(cast.admin), reverse("opening_balance_requests")
    said = {
        "service": service.code,
        "number": "5",
        "name": "Siti",
        "step": "99",
        "received_on": "23/11/2026",
        "key": "k",
    }
    refused = client.post(url, said)
    assert refused.status_code == 422 and 'value="Siti"' in text(refused) and "Langkah 99 tidak ada" in text(refused)
    for _time in range(2):
        assert client.post(url, said | {"step": "2"}).status_code == 302
    assert Request.objects.get().runs.count() == 2


def test_the_lists_cost_the_same_for_one_and_three(cast, service):
    client, counts = as_user(cast.admin), []
    for numbers in ("1", "23"):
        for number in numbers:
            draft_sop(cast, number=f"420/{number}", name=f"SOP {number}")
            take_over(cast, service, number=number)
        for page in ("opening_balance_sops", "opening_balance_requests"):
            client.get(reverse(page))
            with CaptureQueriesContext(connection) as asked:
                shown = text(client.get(reverse(page)))
            counts.append((page, len(asked)))
        assert shown.count(">Cetak tanda terima<") == int(numbers[-1])
    assert counts[:2] == counts[2:]
