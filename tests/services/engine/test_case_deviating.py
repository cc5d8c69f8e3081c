"""Deviations from the SOP on the page of a case: who may make which, with which reason, and what is recorded."""

import pytest
from django.urls import reverse

from services.engine.actions.deviating import reassign, skip_step
from services.engine.actions.report import StepReport
from services.engine.actions.steps import claim_step, decide_step
from services.models import Deviation
from tests.factories.cases import at, make_case, make_case_service, no_of, run_of, walk
from tests.factories.concurrently import concurrently
from tests.factories.core import make_user, named_cast
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import JournalEntry, Role
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db
WHY = "Berkas sudah diperiksa di loket."


def act(client, request, verb, **data):
    run = run_of(request)
    data = {"key": f"kunci-{verb}-{run.pk}", "run": run.pk, **data}
    return client.post(reverse("case_act", args=[request.number, verb]), data)


def page(client, request):
    return client.get(reverse("case_detail", args=[request.number])).content.decode()


def deviations(request):
    return list(Deviation.objects.filter(request=request).values_list("kind", "reason", "by__full_name"))


def test_an_official_goes_on_at_steps_of_their_own_alone(cast, request_, client):
    client.force_login(cast.official)
    offered = page(client, request_).split('name="to_step_no"')[1].split("</select>")[0]
    assert 'value="6"' in offered and 'value="8"' not in offered
    assert act(client, request_, "lewati", reason=WHY, to_step_no=8).status_code == 422
    with pytest.raises(Refused, match="bukan langkah Anda") as refused:
        skip_step(run_of(request_), by=staff(cast.official), reason=WHY, to_step_no=8)
    assert refused.value.field == "to_step_no"
    assert act(client, request_, "lewati", reason=WHY, to_step_no=6).status_code == 302
    assert (no_of(request_), deviations(request_)) == (6, [("reordered", WHY, "Sri Contoh")])


def test_who_leads_the_case_skips_what_is_not_theirs(cast, request_, client):
    for user in (cast.head, cast.frontdesk, cast.counter):
        client.force_login(user)
        assert "Lewati dengan alasan" not in page(client, request_)
        assert act(client, request_, "lewati", reason=WHY, to_step_no=8).status_code in (403, 422)
    client.force_login(cast.admin)
    assert "Lewati dengan alasan" in page(client, request_)
    assert act(client, request_, "lewati", reason="  ", to_step_no=8).status_code == 422
    assert act(client, request_, "lewati", reason=WHY, to_step_no=8).status_code == 302
    assert deviations(request_) == [("reordered", WHY, "Rizki Contoh")]


def test_a_pooled_step_is_not_skipped_before_it_is_claimed(cast, request_, client):
    walk(request_, (cast.official, "yes"))
    make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    walk(request_, (cast.official, "done"))
    client.force_login(cast.official)
    assert "Lewati dengan alasan" not in page(client, request_)
    claim_step(run_of(request_), by=staff(cast.official))
    assert "Lewati dengan alasan" in page(client, request_)


def test_giving_a_step_to_somebody_else_needs_a_leader_and_a_reason(cast, request_, client):
    client.force_login(cast.official)
    assert "Alihkan kepada" not in page(client, request_)
    client.force_login(cast.section_head)
    shown = page(client, request_)
    assert "Bukan pemegang jabatan, perlu alasan" in shown and cast.outsider.full_name not in shown
    # For whoever leads somebody else's step, the form to reassign it is next to the step, not at the bottom.
    assert shown.count("Alihkan langkah kepada") == 1
    assert shown.index("Alihkan langkah kepada") < shown.index("Langkah menurut SOP")
    answer = act(client, request_, "alihkan", to_user=cast.section_head.pk, note="Mohon dibantu.")
    assert answer.status_code == 422
    assert "Tulis alasan pengecualian dari SOP." in answer.content.decode()
    assert "Mohon dibantu." in answer.content.decode()
    assert run_of(request_).assignee == cast.official
    assert act(client, request_, "alihkan", to_user=cast.section_head.pk, reason=WHY).status_code == 302
    run = run_of(request_)
    assert (run.assignee, run.deviation) == (cast.section_head, "reassigned")
    assert deviations(request_) == [("reassigned", WHY, "Fauziah Contoh")]
    entry = JournalEntry.objects.get(verb="reassign_step", subject_id=str(request_.pk))
    assert entry.data["deviation"] == "reassigned" and WHY not in str(entry.data)


def test_whoever_was_given_a_step_may_work_it_and_the_former_may_not(cast, request_):
    reassign(run_of(request_), by=staff(cast.admin), to_user=cast.outsider, reason=WHY)
    with pytest.raises(NotAllowed):
        decide_step(run_of(request_), by=staff(cast.official), yes=True)
    decide_step(run_of(request_), by=staff(cast.outsider), yes=True)
    assert no_of(request_) == 4


def test_nobody_who_is_away_or_without_position_is_given_a_step(cast, request_):
    run = run_of(request_)
    with pytest.raises(Refused, match="tidak memegang jabatan"):
        reassign(run, by=staff(cast.section_head), to_user=make_user(Role.OFFICIAL), reason=WHY)
    second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    record_absence(second, by=SYSTEM, kind="leave", from_date=clock.today(), to_date=clock.today())
    with pytest.raises(Refused, match="sedang tidak di kantor"):
        reassign(run, by=staff(cast.section_head), to_user=second)
    with pytest.raises(NotAllowed):
        reassign(run, by=staff(cast.secretary), to_user=cast.section_head, reason=WHY)
    assert deviations(request_) == []


def test_late_and_skipped_are_both_kept(cast):
    with clock.at(at(23)):
        request = make_case(make_case_service(cast))
    with clock.at(at(26)):
        reassign(run_of(request), by=staff(cast.section_head), to_user=cast.section_head, reason="Sri sedang diklat.")
        decide_step(
            run_of(request),
            by=staff(cast.section_head),
            yes=True,
            report=StepReport(deviation_reason="Menunggu penugasan."),
        )
    assert [kind for kind, _why, _who in deviations(request)] == ["reassigned", "overrun"]


@pytest.mark.django_db(transaction=True)
def test_of_two_exceptions_at_once_the_second_is_told():
    cast = named_cast()
    run = run_of(make_case(make_case_service(cast)))

    def skip(user):
        def attempt():
            try:
                skip_step(run, by=staff(user), reason=WHY, to_step_no=6)
            except Outdated:
                return "late"
            return "done"

        return attempt

    assert sorted(concurrently(skip(cast.official), skip(cast.section_head))) == ["done", "late"]
    assert Deviation.objects.count() == 1
