"""What a deputy may do with a step, and what requires a holder or an order (Plh., Plt.)."""

import pytest
from django.urls import reverse

from services.engine.actions.deviating import reassign, skip_step
from services.engine.actions.presence import follow_presence
from services.engine.actions.steps import claim_step, complete_step, decide_step, start_step
from services.letters.actions import issuing as letter_verbs
from services.letters.actions.issuing import issue_letter
from services.letters.queries import verification_code
from services.models import Letter
from tests.factories.cases import make_case, run_of, to_letter, walk
from tests.factories.core import anew, day, make_acting, make_user
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Position, Role
from ula_portal.core.office.actions import people
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.office.actions.acting import end_acting
from ula_portal.core.verbs.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(cast, service):
    return to_letter(make_case(service), cast)


@pytest.fixture
def deputy(cast):
    """A member of the unit who is the deputy of its absent head."""
    user = make_user(Role.OFFICIAL, full_name="Pengganti Contoh")
    record_absence(cast.section_head, by=SYSTEM, kind="leave", from_date=day(0), to_date=day(3), deputy=user)
    return user


def refuses_to_sign(ready, user):
    with pytest.raises(NotAllowed):
        issue_letter(run_of(ready), by=staff(anew(user)))
    return not Letter.objects.exists()


def test_a_deputy_signs_no_letter_and_does_not_leave_it_out_either(cast, ready, deputy):
    follow_presence()
    assert run_of(ready).assignee == deputy
    assert refuses_to_sign(ready, deputy)
    with pytest.raises(NotAllowed, match="ditandatangani Kepala Bidang"):
        skip_step(run_of(ready), by=staff(anew(deputy)), reason="Pejabat cuti.")
    # A deputy does the ordinary work.
    assert start_step(run_of(ready), by=staff(anew(deputy))).started_at


def test_the_page_says_so_and_offers_no_button(cast, ready, deputy, client):
    client.force_login(anew(deputy))
    address = reverse("case_detail", args=[ready.number])
    html = client.get(address).content.decode()
    assert "Langkah ini memerlukan pemegang jabatannya" in html and "Plh., atau Plt. jabatan itu" in html
    assert "Terbitkan surat" not in html and "Langkah ini bukan tugas Anda" not in html
    answer = client.post(reverse("case_act", args=[ready.number, "surat"]), {"run": run_of(ready).pk, "body": "Isi"})
    assert answer.status_code in (302, 403, 409, 422) and not Letter.objects.exists()
    assert client.post(reverse("case_letter_preview", args=[ready.number]), {"body": "Isi"}).status_code == 302


def test_who_acts_by_an_order_signs_and_the_letter_cites_it(cast, ready, deputy, client):
    follow_presence()
    make_acting(cast.outsider, cast.positions["KABID-DIKDAS"])
    # Immediately, before the sweep, although the step is still assigned to the deputy.
    letter = issue_letter(run_of(ready), by=staff(anew(cast.outsider)))
    assert letter.signatory["position"] == "Plh. Kepala Bidang Pembinaan Pendidikan Dasar"
    assert "Surat Perintah Kepala Dinas Nomor 800/1/2026" in letter.signatory["authority"]
    page = client.get(reverse("letter_verify", args=[verification_code(letter)])).content.decode()
    assert "Plh. Kepala Bidang" in page and "Nomor 800/1/2026" in page


def test_the_step_goes_from_the_deputy_to_who_acts_and_back(cast, ready, deputy):
    follow_presence()
    tenure = make_acting(cast.outsider, cast.positions["KABID-DIKDAS"], to_date=day(1))
    assert follow_presence() == 1 and run_of(ready).assignee == cast.outsider
    end_acting(tenure, by=staff(anew(cast.admin)))
    assert follow_presence() == 1 and run_of(ready).assignee == deputy


def test_the_order_of_yesterday_or_tomorrow_signs_nothing(cast, ready, deputy):
    post = cast.positions["KABID-DIKDAS"]
    make_acting(cast.outsider, post, from_date=day(-3), to_date=day(-1))
    assert refuses_to_sign(ready, cast.outsider)
    make_acting(cast.outsider, post, from_date=day(1), to_date=day(2))
    assert refuses_to_sign(ready, cast.outsider)
    tenure = make_acting(cast.outsider, post)
    end_acting(tenure, by=staff(anew(cast.admin)))
    assert refuses_to_sign(ready, cast.outsider)
    make_acting(cast.outsider, post)
    people.set_active(cast.outsider, by=SYSTEM, active=False)
    assert refuses_to_sign(ready, cast.outsider)


def test_an_order_withdrawn_while_the_letter_is_drawn_issues_nothing(cast, ready, deputy, monkeypatch):
    tenure = make_acting(cast.outsider, cast.positions["KABID-DIKDAS"])
    draw = letter_verbs._render

    def withdrawn_meanwhile(context):
        end_acting(tenure, by=staff(anew(cast.admin)))
        return draw(context)

    monkeypatch.setattr(letter_verbs, "_render", withdrawn_meanwhile)
    user = anew(cast.outsider)
    with pytest.raises(NotAllowed):
        issue_letter(run_of(ready), by=staff(user))
    assert Letter.objects.get().state == "reserved"


def test_neither_the_pool_nor_a_given_step_signs(cast, ready):
    colleague = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    record_absence(cast.section_head, by=SYSTEM, kind="leave", from_date=day(0), to_date=day(3))
    follow_presence()
    assert run_of(ready).unit == cast.unit
    assert refuses_to_sign(ready, colleague)
    for verb in (claim_step, start_step):
        with pytest.raises(NotAllowed):
            verb(run_of(ready), by=staff(anew(colleague)))
    with pytest.raises(Refused) as refused:
        reassign(run_of(ready), by=staff(anew(cast.admin)), to_user=colleague, reason="Kepala bidang cuti.")
    assert refused.value.field == "to_user"


def test_a_role_without_a_post_signs_nothing(cast, ready):
    assert refuses_to_sign(ready, make_user([Role.SECTION_HEAD], unit=cast.unit))


def at_decision(cast, service):
    """A case at the head's decision about the draft."""
    request = walk(make_case(service), (cast.official, "yes"), (cast.official, "done"), (cast.official, "yes"))
    return walk(request, (cast.official, "done"))


def test_a_deputy_decides_unless_the_office_says_no(cast, service, deputy):
    request = at_decision(cast, service)
    run = run_of(request)
    assert run.assignee == deputy
    Position.objects.filter(code="KABID-DIKDAS").update(deputy_decides=False)
    with pytest.raises(NotAllowed, match="tidak mengizinkan pengganti"):
        decide_step(run, by=staff(anew(deputy)), yes=True)
    with pytest.raises(NotAllowed):
        skip_step(run, by=staff(anew(deputy)), reason="Terburu-buru.", to_step_no=7)
    make_acting(cast.outsider, cast.positions["KABID-DIKDAS"])
    assert decide_step(run, by=staff(anew(cast.outsider)), yes=True).run.finished_by == cast.outsider
    other = at_decision(cast, service)
    Position.objects.filter(code="KABID-DIKDAS").update(deputy_decides=True)
    end_acting(cast.outsider.tenures.get(kind="plh"), by=staff(anew(cast.admin)))
    assert decide_step(run_of(other), by=staff(anew(deputy)), yes=True).run.finished_by == deputy


def test_where_deputies_do_not_decide_the_pool_does_not_either_but_whom_a_leader_gave_it(cast, service):
    record_absence(cast.section_head, by=SYSTEM, kind="leave", from_date=day(0), to_date=day(3))
    request = at_decision(cast, service)
    Position.objects.filter(code="KABID-DIKDAS").update(deputy_decides=False)
    with pytest.raises(NotAllowed):
        decide_step(run_of(request), by=staff(anew(cast.official)), yes=True)
    reassign(run_of(request), by=staff(anew(cast.admin)), to_user=cast.counter, reason="Kepala bidang cuti.")
    assert decide_step(run_of(request), by=staff(anew(cast.counter)), yes=True).run.finished_by == cast.counter


def test_a_deputy_does_plain_steps(cast, service):
    request = walk(make_case(service), (cast.official, "yes"), (cast.official, "done"), (cast.official, "yes"))
    deputy = make_user(Role.OFFICIAL)
    record_absence(cast.official, by=SYSTEM, kind="sick", from_date=day(0), to_date=day(0), deputy=deputy)
    Position.objects.update(deputy_decides=False)
    assert complete_step(run_of(request), by=staff(anew(deputy))).run.finished_by == deputy
