"""Each clause of the guards of verbs on drafts, documents and verdicts, tested by a case that only it refuses."""

import datetime

import pytest

from services.alarms.actions import reminding
from services.applying.actions.drafts import create_draft
from services.applying.actions.messages import write_to_office
from services.applying.actions.submitting import submit_request
from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.attachments.actions import documents
from services.attachments.actions.documents import EXTRA, attach_document, remove_document, restore_document
from services.attachments.actions.judging import clear_verdict, judge_document
from services.conversation.actions import asking
from services.engine.actions import steps
from services.inbox.actions import saved_filters
from services.inbox.actions.saved_filters import change_filter, delete_filter, save_filter
from services.inbox.queries import filters as inbox_filters
from services.inbox.queries.scope import scope_of
from services.letters.actions.issuing import issue_letter
from services.models import FormVersion, Letter, LetterTemplate, Request, Requirement, Service, StepRun
from services.papers.queries.slots import document_slots, originals_of
from tests.factories.cases import make_case, make_case_service, run_of, to_letter, walk
from tests.factories.services import make_draft, picture
from tests.factories.standing import anew, away, in_turn, without_post
from tests.factories.states import put
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(office):
    return make_case_service(office)


class TestApplying:
    TAKES_NONE = [{"kind": "visit"}, {"state": "withdrawn"}, {"state": "draft"}, {"channels": ["walk-in"]}]

    @pytest.mark.parametrize("change", TAKES_NONE)
    def test_a_service_that_takes_no_requests_begins_none(self, service, change):
        put(Service.objects.all(), **change)
        service.refresh_from_db()
        with pytest.raises(Refused):
            create_draft(service, by=applicant())
        assert not Request.objects.exists()

    def test_nor_one_without_a_form(self, service):
        FormVersion.objects.update(is_current=False)
        with pytest.raises(Refused):
            create_draft(service, by=applicant())

    def test_at_the_desk_a_service_need_not_be_online(self, office, service):
        Service.objects.update(channels=["walk-in"])
        service.refresh_from_db()
        assert open_walk_in_request(service, by=staff(office.frontdesk), applicant=WalkInApplicant("Ibu Contoh")).number

    def test_a_draft_of_a_service_that_was_closed_meanwhile_stays(self, service):
        draft = make_draft(service)
        Service.objects.update(state="withdrawn")
        with pytest.raises(Refused, match="Draf Anda tersimpan"):
            submit_request(draft, by=applicant(draft.pk))
        draft.refresh_from_db()
        assert (draft.state, draft.number) == ("draft", None)

    def test_nobody_without_a_name(self, office, service):
        with pytest.raises(Refused) as refused:
            open_walk_in_request(service, by=staff(office.frontdesk), applicant=WalkInApplicant("  "))
        assert refused.value.field == "applicant_name" and not Request.objects.exists()

    def test_papers_of_another_service_or_given_up_and_conditions_are_not_taken_in(self, office, service):
        other = make_case_service(office, code="LAIN", name="Surat lain")
        asked, gone, condition = Requirement.objects.filter(service=service).order_by("order")
        Requirement.objects.filter(pk=gone.pk).update(active=False)
        Requirement.objects.filter(pk=condition.pk).update(kind="condition")
        brought = [asked.pk, gone.pk, condition.pk, Requirement.objects.filter(service=other).first().pk]
        request = open_walk_in_request(
            service, by=staff(office.frontdesk), applicant=WalkInApplicant("Ibu Contoh"), originals=brought
        )
        assert list(request.documents.values_list("requirement_id", flat=True)) == [asked.pk]
        Requirement.objects.update(kind="original", active=True, show_if={})
        assert {each.service_id for each in originals_of(request)} == {service.pk}

    @pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
    def test_a_message_has_words_and_an_end(self, service, text):
        request = make_case(service)
        with pytest.raises(Refused) as refused:
            write_to_office(request, by=applicant(request.pk), text=text)
        assert refused.value.field == "text"

    def test_a_draft_writes_no_messages(self, service):
        draft = make_draft(service)
        with pytest.raises(Outdated):
            write_to_office(draft, by=applicant(draft.pk), text="Apa kabar?")


class TestPapers:
    @pytest.fixture
    def draft(self, service):
        return make_draft(service, documents=False)

    def add(self, draft, color, key=EXTRA):
        return attach_document(draft, by=applicant(draft.pk), upload=picture(color=color), slot_key=key)

    def test_files_are_bounded_in_number_replaced_ones_too(self, draft, monkeypatch):
        monkeypatch.setattr(documents, "FILES_PER_REQUEST", 2)
        key = document_slots(draft)[0].key
        for color in ("red", "blue"):
            self.add(draft, color, key)
        with pytest.raises(Refused, match="terlalu banyak"):
            self.add(draft, "green", key)

    def test_and_in_size(self, draft, monkeypatch):
        first = self.add(draft, "red")
        monkeypatch.setattr(documents, "BYTES_PER_REQUEST", first.file.size + 1)
        with pytest.raises(Refused, match="terlalu banyak"):
            self.add(draft, "blue")

    def test_of_further_papers_only_those_that_are_there_count(self, draft, monkeypatch):
        monkeypatch.setattr(documents, "EXTRA_FILES", 1)
        self.add(draft, "white", document_slots(draft)[0].key)
        first = self.add(draft, "red")
        with pytest.raises(Refused, match="berkas tambahan"):
            self.add(draft, "blue")
        remove_document(first, by=applicant(draft.pk))
        second = self.add(draft, "blue")
        with pytest.raises(Refused, match="Tempatnya"):
            restore_document(first, by=applicant(draft.pk))
        remove_document(second, by=applicant(draft.pk))
        restore_document(first, by=applicant(draft.pk))
        restore_document(first, by=applicant(draft.pk))
        assert draft.documents.filter(removed_at=None, requirement=None).get() == first

    def test_the_same_further_paper_again_is_the_one_that_is_there(self, draft):
        assert self.add(draft, "red") == self.add(draft, "red")
        # The same file in another slot counts as another paper.
        assert self.add(draft, "red", document_slots(draft)[0].key).requirement

    def test_staff_add_to_open_cases_only(self, office, service):
        request = make_case(service)
        attach_document(request, by=staff(office.frontdesk), upload=picture(color="red"), slot_key=EXTRA)
        asking.withdraw_request(request, by=applicant(request.pk))
        with pytest.raises(Outdated):
            attach_document(request, by=staff(office.frontdesk), upload=picture(color="blue"), slot_key=EXTRA)


class TestMarks:
    @pytest.fixture
    def request_(self, service):
        return make_case(service, judged=False)

    def paper(self, request):
        return request.documents.earliest("pk")

    @pytest.mark.parametrize(
        ("verdict", "note", "field"),
        [("lost", "", "verdict"), ("mend", " ", "note"), ("mend", "x" * 301, "note")],
    )
    def test_what_a_mark_must_say(self, office, request_, verdict, note, field):
        steps.claim_step(run_of(request_), by=staff(office.official))
        with pytest.raises(Refused) as refused:
            judge_document(self.paper(request_), by=staff(office.official), verdict=verdict, note=note)
        assert refused.value.field == field

    def test_a_pooled_step_is_claimed_first_an_agencys_has_nobody(self, office, request_):
        with pytest.raises(NotAllowed, match="Ambil dahulu"):
            judge_document(self.paper(request_), by=staff(office.official), verdict="fits")
        request_.documents.update(verdict="fits")
        walk(request_, (office.official, "yes"))
        assert (
            judge_document(self.paper(request_), by=staff(office.official), verdict="mend", note="buram").verdict
            == "mend"
        )

    def test_only_who_works_the_step_and_what_is_there(self, office, request_):
        steps.claim_step(run_of(request_), by=staff(office.official))
        paper = self.paper(request_)
        for verb in (
            lambda user: judge_document(paper, by=staff(user), verdict="fits"),
            lambda user: clear_verdict(paper, by=staff(user)),
        ):
            with pytest.raises(NotAllowed):
                verb(office.outsider)
            with pytest.raises(NotAllowed):
                verb(office.colleague)
        with pytest.raises(Outdated, match="tidak lagi ditandai"):
            clear_verdict(paper, by=staff(office.official))
        row = request_.documents.filter(pk=paper.pk)
        for end in (lambda: row.update(removed_at=clock.now()), row.delete):
            end()
            with pytest.raises(Outdated, match="diganti atau dihapus"):
                judge_document(paper, by=staff(office.official), verdict="fits")

    def test_nothing_is_judged_any_more_once_it_is_closed(self, office, request_):
        steps.claim_step(run_of(request_), by=staff(office.official))
        asking.withdraw_request(request_, by=applicant(request_.pk))
        with pytest.raises(Outdated):
            judge_document(self.paper(request_), by=staff(office.official), verdict="fits")


class TestLetters:
    def test_a_number_that_waits_does_not_keep_the_applicant(self, office, service):
        request = to_letter(make_case(service), office)
        said = {"number": "420/1", "sequence": 1, "year": 2026, "nonce": "n", "verify_hash": "v"}
        template = LetterTemplate.objects.first()
        Letter.objects.create(request=request, template=template, **said, reserved_at=clock.now())
        assert asking.withdraw_request(request, by=applicant(request.pk)).state == "withdrawn"

    def test_what_a_letter_must_have(self, office, service):
        request = to_letter(make_case(service), office)
        with pytest.raises(Refused) as refused:
            issue_letter(run_of(request), by=staff(office.section_head), body=" ")
        assert refused.value.field == "body"
        StepRun.objects.filter(pk=run_of(request).pk).update(due_at=clock.now() - datetime.timedelta(hours=1))
        with pytest.raises(Refused) as refused:
            issue_letter(run_of(request), by=staff(office.section_head), deviation_reason=" ")
        assert refused.value.field == "deviation_reason"
        asking.ask_applicant(request, by=staff(office.section_head), wanted="Mohon lengkapi.")
        with pytest.raises(Refused, match="menunggu kelengkapan"):
            issue_letter(run_of(request), by=staff(office.section_head), deviation_reason="Rapat.")
        assert not Letter.objects.exists()


class TestReminding:
    def test_another_case_that_one_may_read_opens_this_one_not(self, office, service):
        case, other = make_case(service), make_case(service)
        Request.objects.filter(pk=other.pk).update(responsible=office.outsider)
        assert reminding.remind_step(run_of(other), by=staff(office.outsider))
        with pytest.raises(NotAllowed):
            reminding.remind_step(run_of(case), by=staff(office.outsider))

    def test_who_is_away_is_not_reminded_but_the_others(self, office, service):
        run = run_of(make_case(service))
        steps.claim_step(run, by=staff(office.official))
        away("official")(office)
        assert reminding.remind_step(run, by=staff(anew(office.leader))) == [office.colleague]

    def test_who_reminds_is_not_among_them(self, office, service):
        run = run_of(make_case(service))
        assert reminding.remind_step(run, by=staff(office.official)) == [office.colleague]

    def test_there_may_be_nobody(self, office, service):
        run = run_of(make_case(service))
        in_turn(away("official"), away("colleague"))(office)
        with pytest.raises(Refused, match="Belum ada petugas lain"):
            reminding.remind_step(run, by=staff(anew(office.leader)))

    def test_the_hour_counts_for_the_step_alone(self, office, service):
        request = make_case(service)
        reminding.remind_step(run_of(request), by=staff(office.leader))
        walk(request, (office.official, "yes"), (office.official, "done"))
        assert reminding.remind_step(run_of(request), by=staff(office.leader))


class TestFilters:
    def test_a_leader_deletes_what_is_shared_with_the_unit_and_changes_nothing(self, office):
        shared = save_filter(by=staff(office.official), name="Unit", choice={}, unit=office.unit)
        own = save_filter(by=staff(office.official), name="Sendiri", choice={})
        with pytest.raises(NotAllowed):
            change_filter(shared, by=staff(office.leader), name="Lain")
        for kept, user in ((own, office.leader), (shared, office.member), (shared, office.secretary)):
            with pytest.raises(NotAllowed):
                delete_filter(kept, by=staff(user))
        delete_filter(shared, by=staff(office.leader))

    @pytest.mark.parametrize(
        ("who", "seen"),
        [("official", ["Sendiri", "Unit"]), ("member", ["Unit"]), ("leader", ["Unit"]), ("outsider", [])],
    )
    def test_ones_own_and_those_of_ones_units_are_there(self, office, who, seen):
        made = [
            save_filter(by=staff(office.official), name="Sendiri", choice={}),
            save_filter(by=staff(office.official), name="Unit", choice={}, unit=office.unit),
        ]
        scope = scope_of(anew(getattr(office, who)))
        assert [each.name for each in inbox_filters.saved_filters(scope)] == seen
        assert [each.name for each in made if inbox_filters.saved_filter(scope, each.pk)] == seen

    def test_with_which_units_it_is_shared(self, office):
        assert save_filter(by=staff(office.leader), name="Satu", choice={}, unit=office.unit).unit == office.unit
        without_post("member")(office)
        with pytest.raises(NotAllowed):
            save_filter(by=staff(anew(office.member)), name="Dua", choice={}, unit=office.unit)

    def test_it_has_a_name_and_there_is_an_end(self, office, monkeypatch):
        with pytest.raises(Refused) as refused:
            save_filter(by=staff(office.official), name="  ", choice={})
        assert refused.value.field == "name"
        monkeypatch.setattr(saved_filters, "MAX_FILTERS", 1)
        save_filter(by=staff(office.colleague), name="Milik rekan", choice={})
        save_filter(by=staff(office.official), name="Satu", choice={})
        with pytest.raises(Refused, match="1 saringan"):
            save_filter(by=staff(office.official), name="Dua", choice={})
