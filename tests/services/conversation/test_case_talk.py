"""Verdicts on documents, notes that mention colleagues, message templates."""

import pytest

from services.attachments.actions.judging import judge_document
from services.conversation.actions.asking import ask_applicant, withdraw_request
from services.conversation.actions.default_templates import ensure_message_templates
from services.conversation.actions.messaging import add_internal_note, read_mentions
from services.conversation.admin import MessageTemplateForm
from services.conversation.message_templates import PLACEHOLDERS, REASONS, TEMPLATES, filled_message
from services.conversation.queries.colleagues import mentioned_in, mentions_of, readers_of, unread_mentions
from services.conversation.queries.messaging import MessageCounts, message_counts
from services.engine.actions.deviating import reassign
from services.engine.queries.cases import visible_to
from services.letters.rules import unknown_placeholders
from services.models import Document, Mention, MessageTemplate, ReadyReason, Request, StepRun
from tests.factories.cases import make_case, make_case_service, run_of, to_letter, walk
from tests.factories.concurrently import concurrently
from tests.factories.core import make_user, named_cast
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, applicant, staff
from ula_portal.core.models import JournalEntry, Notice, Role, User
from ula_portal.core.office.actions.absences import record_absence
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db


def journaled(verb):
    return JournalEntry.objects.filter(verb=verb).count()


class TestVerdicts:
    def test_a_document_fits_or_must_be_mended_and_why(self, cast, request_):
        document = request_.documents.first()
        judge_document(document, by=staff(cast.official), verdict="mend", note="  buram ")
        document.refresh_from_db()
        assert (document.verdict, document.verdict_note) == ("mend", "buram")
        judge_document(document, by=staff(cast.official), verdict="fits", note="tak dipakai")
        document.refresh_from_db()
        assert (document.verdict, document.verdict_note) == ("fits", "")
        judge_document(document, by=staff(cast.official), verdict="")
        document.refresh_from_db()
        assert (document.verdict, document.verdict_note) == ("", "")
        entries = request_.timeline.filter(data__document=document.pk).values_list("verb", "audience")
        judged = [each for each in entries if each[0] != "document_added"]
        assert judged == [("document_judged", "internal")] * 2 + [("verdict_cleared", "internal")]
        assert (journaled("judge_document"), journaled("clear_verdict")) == (2, 1)

    def test_twice_is_once(self, cast, request_):
        document = request_.documents.first()
        for _time in range(2):
            judge_document(document, by=staff(cast.official), verdict="fits")
        assert journaled("judge_document") == 1
        judge_document(document, by=staff(cast.official), verdict="")
        with pytest.raises(Outdated):
            judge_document(document, by=staff(cast.official), verdict="")

    @pytest.mark.parametrize(
        ("verdict", "note", "field"), [("mend", " ", "note"), ("mend", "x" * 301, "note"), ("baik", "", "verdict")]
    )
    def test_what_is_missing_is_named(self, cast, request_, verdict, note, field):
        with pytest.raises(Refused) as refused:
            judge_document(request_.documents.first(), by=staff(cast.official), verdict=verdict, note=note)
        assert refused.value.field == field

    def test_only_by_who_works_the_step(self, cast, service, request_):
        document = request_.documents.first()
        for user in (cast.outsider, cast.frontdesk, cast.counter, cast.head, cast.admin):
            with pytest.raises(NotAllowed):
                judge_document(document, by=staff(user), verdict="fits")
        make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
        pooled = make_case(service, judged=False).documents.first()
        with pytest.raises(NotAllowed):
            judge_document(pooled, by=staff(cast.official), verdict="fits")
        assert not Document.objects.exclude(verdict="").exists()

    def test_not_after_the_end_and_not_on_what_was_replaced(self, cast, request_):
        document = request_.documents.first()
        Document.objects.filter(pk=document.pk).update(removed_at=clock.now())
        with pytest.raises(Outdated):
            judge_document(document, by=staff(cast.official), verdict="fits")
        withdraw_request(request_, by=applicant(request_.pk))
        with pytest.raises(Outdated):
            judge_document(request_.documents.last(), by=staff(cast.official), verdict="fits")

    def test_asking_keeps_the_reasons_that_were_marked(self, cast, request_):
        document = request_.documents.first()
        judge_document(document, by=staff(cast.official), verdict="mend", note="buram")
        ask_applicant(request_, by=staff(cast.official), wanted="Mohon diperbaiki.", documents={document.pk: "buram"})
        document.refresh_from_db()
        assert document.verdict_note == "buram"
        said = JournalEntry.objects.get(verb="ask_applicant").data
        assert said == {"pause": request_.pauses.get().pk, "documents": [document.pk]}


class TestMentions:
    def test_the_colleague_is_told_once_and_it_waits_until_read(self, cast, request_):
        for _time in range(2):
            add_internal_note(
                request_,
                by=staff(cast.official),
                text="@Fauziah Contoh mohon dilihat",
                mentions=[cast.section_head.pk],
                key="a",
            )
        assert unread_mentions(cast.section_head).count() == 1
        notice = Notice.objects.get(kind="mentioned")
        assert (notice.user, notice.path) == (
            cast.section_head,
            f"/petugas/kasus/{request_.number}/?tab=catatan#percakapan",
        )
        assert read_mentions(request_, by=staff(cast.official)) == 0
        assert read_mentions(request_, by=staff(cast.section_head)) == 1
        assert unread_mentions(cast.section_head).count() == 0

    def test_nobody_is_told_of_a_case_they_may_not_read(self, cast, request_):
        for stranger in (cast.outsider, cast.secretary):
            with pytest.raises(Refused) as refused:
                add_internal_note(request_, by=staff(cast.official), text="lihat", mentions=[stranger.pk])
            assert refused.value.field == "mentions"
        assert not Mention.objects.exists() and not request_.messages.exists()

    def test_naming_oneself_tells_nobody(self, cast, request_):
        add_internal_note(request_, by=staff(cast.official), text="@Sri Contoh", mentions=[cast.official.pk])
        assert not Mention.objects.exists()

    def test_who_left_the_cases_circle_learns_no_more(self, cast, request_):
        helper = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
        add_internal_note(request_, by=staff(cast.official), text="lihat", mentions=[helper.pk])
        assert mentions_of(helper).rows[0].may_read
        helper.tenures.update(to_date=clock.today().replace(year=2021), from_date=clock.today().replace(year=2020))
        helper = User.objects.get(pk=helper.pk)
        assert not mentions_of(helper).rows[0].may_read

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("@Ani Contoh tolong", {"Ani Contoh"}),
            ("@ani contoh wati tolong", {"Ani Contoh Wati"}),
            ("@Ani Contoh Wati dan @Ani Contoh", {"Ani Contoh", "Ani Contoh Wati"}),
            # A user without a name is not mentioned by every @.
            ("Ani Contoh tanpa tanda, surel a@contoh.id", set()),
        ],
    )
    def test_names_behind_an_at_sign(self, text, names):
        people_ = [User(pk=n, full_name=name) for n, name in enumerate(("Ani Contoh", "Ani Contoh Wati", ""), 1)]
        found = mentioned_in(text, people_)
        assert {person.full_name for person in people_ if person.pk in found} == names


def test_what_the_applicant_wrote_last_is_unanswered(cast, request_):
    assert message_counts(request_) == MessageCounts(0, 0, False)
    for writes, unanswered in ((None, True), (cast.official, False), (None, True)):
        request_.messages.create(at=clock.now(), author=writes, internal=False, text="Apa kabar?")
        assert message_counts(request_).unanswered is unanswered
    request_.messages.create(at=clock.now(), author=cast.official, internal=True, text="Catatan")
    assert message_counts(request_) == MessageCounts(3, 1, True)


def test_colleagues_are_exactly_those_who_may_read(cast, service):
    """Position holders, members of the unit, deputies, absent users, former assignees, roles that read everything."""
    second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    deputy = make_user(Role.OFFICIAL)
    record_absence(second, by=SYSTEM, kind="leave", from_date=clock.today(), to_date=clock.today(), deputy=deputy)
    make_user(None, cast.positions["KABID-DIKDAS"])
    left = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
    User.objects.filter(pk=left.pk).update(is_active=False)
    make_user(Role.SECTION_HEAD, unit=cast.office_unit)
    fresh, signed = make_case(service), to_letter(make_case(service), cast)
    walk(signed, (cast.section_head, "letter"))
    reassign(run_of(fresh), by=staff(cast.admin), to_user=cast.official)
    StepRun.objects.filter(pk=run_of(fresh).pk).update(position=cast.positions["PENGELOLA-DATA"])
    for request in (fresh, signed):
        request = Request.objects.select_related("service", "sop_version").get(pk=request.pk)
        readers = {
            user.pk
            for user in User.objects.filter(is_active=True, staff_roles__isnull=False).distinct()
            if Request.objects.filter(visible_to(user), pk=request.pk).exists()
        }
        assert {user.pk for user in readers_of(request)} == readers
        assert {cast.official.pk, deputy.pk, cast.admin.pk, cast.frontdesk.pk} <= readers
        # The head of a unit at whose position the case is.
        assert (cast.secretary.pk in readers) == (request.pk == fresh.pk)


class TestReadyWords:
    def test_the_placeholders_are_filled_and_what_is_not_known_is_said(self, request_):
        text = filled_message("{name}/{number}/{service}/{due}", request_)
        assert text.startswith(f"{request_.applicant_name}/{request_.number}/{request_.service.name}/")
        request_.applicant_name, request_.due_at = "", None
        assert filled_message("{name}: {due}", request_) == "Bapak/Ibu: dihitung sejak berkas lengkap"

    @pytest.mark.parametrize(
        ("text", "unknown"),
        [("Halo {name}", []), ("{nama} {x}", ["nama", "x"]), ("{name", ["{"]), ("a } b", ["{"]), ("{}", [""])],
    )
    def test_unknown_placeholders_are_found(self, text, unknown):
        assert unknown_placeholders(text, PLACEHOLDERS) == unknown

    def test_a_template_with_an_unknown_placeholder_is_not_saved(self):
        form = MessageTemplateForm({"title": "Contoh", "text": "Halo {nama}", "active": True})
        assert not form.is_valid() and "{nama}" in str(form.errors["text"])
        assert MessageTemplateForm({"title": "Contoh", "text": "Halo {name}", "active": True}).is_valid()

    def test_every_office_begins_with_words_that_fit(self):
        MessageTemplate.objects.all().delete()
        ReadyReason.objects.all().delete()
        ensure_message_templates()
        ensure_message_templates()
        assert (ReadyReason.objects.count(), MessageTemplate.objects.count()) == (len(REASONS), len(TEMPLATES))
        assert not any(unknown_placeholders(text, PLACEHOLDERS) for _title, text in TEMPLATES)
        assert set(PLACEHOLDERS) == {"name", "number", "service", "due"}


@pytest.mark.django_db(transaction=True)
def test_two_verdicts_at_once_stand_in_a_row():
    cast = named_cast()
    document = make_case(make_case_service(cast), judged=False).documents.first()
    concurrently(
        *(
            lambda note=note: judge_document(document, by=staff(cast.official), verdict="mend", note=note)
            for note in "ab"
        )
    )
    document.refresh_from_db()
    assert document.verdict_note in ("a", "b")
    assert journaled("judge_document") == 2
