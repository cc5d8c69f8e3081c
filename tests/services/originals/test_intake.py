"""Papers at the desk: taking them in, originals that prevent closing, returning them, and missing papers."""

import datetime
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.attachments.actions.documents import attach_document, remove_document
from services.conversation.actions.asking import ask_applicant, close_unanswered, withdraw_request
from services.engine.actions.deviating import skip_step
from services.engine.actions.steps import complete_step
from services.letters.actions.handing_over import hand_over_letter, letter_downloaded
from services.letters.actions.issuing import issue_letter
from services.models import Document, PastHolding, Request, Requirement, TimelineEntry
from services.originals.actions import Tick, print_shortage, return_original, take_in_papers
from services.originals.queries import all_held
from services.papers.queries.brought import ended_holdings, held_originals, lacks_of
from services.tracking.queries.tracking import tracking_of
from tests.factories.cases import OFFICIAL, count_queries, make_case, make_case_service, run_of, step, to_letter, walk
from tests.factories.concurrently import concurrently
from tests.factories.core import named_cast
from tests.factories.services import keys_of, picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import JournalEntry
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db


def keep(request, user, shelf="A3", key=None):
    """Keep the original of the first paper (or ``key``) and return its document."""
    return take_in_papers(request, by=staff(user), ticks={key or keys_of(request)[0]: Tick("kept", shelf)})[0]


def entries(request, verb):
    return TimelineEntry.objects.filter(request=request, verb=verb)


class TestTakingIn:
    def test_papers_without_a_scan_are_recorded_and_no_clock_starts(self, cast, walk_in):
        first, *_others = keys_of(walk_in)
        shown = keys_of(walk_in)[-1]
        take_in_papers(
            walk_in, by=staff(cast.frontdesk), ticks={first: Tick("kept", " A3 "), shown: Tick("seen", "not kept")}
        )
        kept, seen = walk_in.documents.order_by("pk")
        assert (kept.original, kept.shelf, kept.file, kept.is_held) == ("kept", "A3", None, True)
        assert (seen.original, seen.shelf, seen.is_held) == ("seen", "", False)
        walk_in.refresh_from_db()
        assert walk_in.complete_at is None and walk_in.due_at is None
        assert entries(walk_in, "original_kept").get().audience == "public"
        assert entries(walk_in, "paper_taken").get().audience == "internal"
        assert "A3" not in str(JournalEntry.objects.get(verb="take_in_papers").data)

    def test_the_same_again_changes_nothing_and_unnamed_papers_stay(self, cast, walk_in):
        keep(walk_in, cast.frontdesk)
        assert take_in_papers(walk_in, by=staff(cast.official), ticks={keys_of(walk_in)[0]: Tick("kept", "A3")}) == []
        take_in_papers(walk_in, by=staff(cast.official), ticks={keys_of(walk_in)[-1]: Tick("copy")})
        assert len(held_originals(walk_in)) == 1 and entries(walk_in, "original_kept").count() == 1

    def test_a_wrong_tick_without_scan_goes_one_with_a_scan_stays(self, cast, walk_in):
        first, last = keys_of(walk_in)[0], keys_of(walk_in)[-1]
        attach_document(walk_in, by=staff(cast.frontdesk), upload=picture(), slot_key=first)
        take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={first: Tick("seen"), last: Tick("seen")})
        take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={first: Tick(""), last: Tick("")})
        assert [each.original for each in walk_in.documents.filter(removed_at=None)] == [""]

    def test_a_slip_is_mended_at_once_only_and_the_shelf_always(self, cast, walk_in):
        key, now = keys_of(walk_in)[0], clock.now()
        keep(walk_in, cast.frontdesk)
        with clock.at(now + datetime.timedelta(minutes=11)):
            keep(walk_in, cast.official, shelf="B1")
            with pytest.raises(Refused) as refused:
                take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={key: Tick("seen")})
            assert refused.value.field == key
        assert take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={key: Tick("seen")})[0].kept_at is None

    def test_a_new_scan_takes_the_original_over_and_it_cannot_be_removed(self, cast, walk_in):
        key = keys_of(walk_in)[0]
        keep(walk_in, cast.frontdesk)
        scan = attach_document(walk_in, by=staff(cast.frontdesk), upload=picture(), slot_key=key)
        assert [(each.pk, each.shelf) for each in held_originals(walk_in)] == [(scan.pk, "A3")]
        with pytest.raises(Refused):
            remove_document(scan, by=applicant(walk_in.pk))
        return_original(scan, by=staff(cast.frontdesk), received_by="Ibu Contoh")
        scan.refresh_from_db()
        remove_document(scan, by=applicant(walk_in.pk))

    def test_refusals(self, cast, walk_in):
        key = keys_of(walk_in)[0]
        with pytest.raises(NotAllowed):
            keep(walk_in, cast.outsider)
        for tick, field in [(Tick("kept", " "), f"shelf-{key}"), (Tick("kept", "x" * 41), f"shelf-{key}")]:
            with pytest.raises(Refused) as refused:
                take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={key: tick})
            assert refused.value.field == field
        with pytest.raises(Refused):
            take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={key: Tick("lost")})
        with pytest.raises(Outdated):
            take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={"r0": Tick("seen")})
        withdraw_request(walk_in, by=applicant(walk_in.pk))
        with pytest.raises(Outdated):
            keep(walk_in, cast.frontdesk)
        assert not Document.objects.exists()


class TestGivingBack:
    def test_it_keeps_who_signed_and_not_twice(self, cast, walk_in):
        document = keep(walk_in, cast.frontdesk)
        with pytest.raises(NotAllowed):
            return_original(document, by=staff(cast.outsider), received_by="Ibu Contoh")
        for name in ("  ", "x" * 151):
            with pytest.raises(Refused) as refused:
                return_original(document, by=staff(cast.official), received_by=name)
            assert refused.value.field == "received_by"
        done = return_original(document, by=staff(cast.official), received_by=" Ibu Contoh ")
        assert (done.returned_to, done.returned_by, done.is_held) == ("Ibu Contoh", cast.official, False)
        with pytest.raises(Outdated, match="Ibu Contoh"):
            return_original(document, by=staff(cast.frontdesk), received_by="Orang lain")
        assert "Contoh" not in str(JournalEntry.objects.get(verb="return_original").data)
        assert "Dokumen asli dikembalikan." in [each["text"] for each in tracking_of(walk_in).events]

    def test_it_comes_again_and_each_stay_is_kept(self, cast, walk_in):
        key, now = keys_of(walk_in)[0], clock.now()
        document = keep(walk_in, cast.frontdesk)
        return_original(document, by=staff(cast.frontdesk), received_by="Ibu Contoh")
        assert take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={key: Tick("")}) == []
        with clock.at(now + datetime.timedelta(days=1)):
            assert keep(walk_in, cast.official, shelf="B1").pk == document.pk
            assert take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={key: Tick("kept", "B1")}) == []
            scan = attach_document(walk_in, by=staff(cast.frontdesk), upload=picture(), slot_key=key)
            return_original(scan, by=staff(cast.official), received_by="Bapak Contoh")
        first, second = (stay.holding for stay in ended_holdings(walk_in))
        assert (first.shelf, first.returned_to, first.returned_by) == ("A3", "Ibu Contoh", cast.frontdesk)
        assert (second.shelf, second.returned_to) == ("B1", "Bapak Contoh") and second.kept_at > first.returned_at
        with pytest.raises(IntegrityError), transaction.atomic():
            PastHolding.objects.update(shelf="C1")

    @pytest.mark.parametrize("how", ["kept", "seen"])
    def test_a_second_taking_by_mistake_leaves_the_first_stay_as_it_was(self, cast, walk_in, how):
        key = keys_of(walk_in)[0]
        document = keep(walk_in, cast.frontdesk)
        return_original(document, by=staff(cast.frontdesk), received_by="Ibu Contoh")
        take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={key: Tick(how, "B1")})
        take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={key: Tick("")})
        document.refresh_from_db()
        assert (document.shelf, document.returned_to, document.removed_at) == ("A3", "Ibu Contoh", None)
        assert not PastHolding.objects.exists()

    def test_only_what_is_kept(self, cast, walk_in):
        seen = take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={keys_of(walk_in)[0]: Tick("seen")})[0]
        with pytest.raises(Outdated):
            return_original(seen, by=staff(cast.frontdesk), received_by="Ibu Contoh")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"shelf": "A3"},
            {"original": "seen", "kept_at": clock.now()},
            {"original": "kept"},
            {"original": "seen", "returned_to": "Ibu"},
            {"original": "kept", "kept_at": clock.now(), "returned_to": "Ibu"},
            {"returned_at": clock.now()},
        ],
    )
    def test_the_database_refuses_what_cannot_be(self, walk_in, wrong):
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.create(request=walk_in, added_at=clock.now(), **wrong)


def short_service(cast):
    """A service whose official may end the case without a letter."""
    steps = [
        step(1, "Mengajukan permohonan", "Pemohon", "start", next=2),
        step(2, "Memeriksa berkas", OFFICIAL, "decision", 20, if_yes=3, if_no=4),
        step(3, "Menandatangani surat", OFFICIAL, "end", 30, issues_letter=True),
        step(4, "Mencatat penolakan", OFFICIAL, "end", 15, end_kind="rejected"),
    ]
    return make_case_service(cast, steps, code="PENDEK")


class TestClosing:
    def test_staff_do_not_close_while_an_original_is_held(self, cast):
        request = make_case(short_service(cast))
        walk(request, (cast.official, "no"))
        document = keep(request, cast.frontdesk)
        for close in (
            lambda: complete_step(run_of(request), by=staff(cast.official)),
            lambda: skip_step(run_of(request), by=staff(cast.section_head), reason="Sudah selesai."),
        ):
            with pytest.raises(Refused, match=r"KTP \(rak A3\)"):
                close()
        assert Request.objects.get(pk=request.pk).is_open and run_of(request)
        return_original(document, by=staff(cast.frontdesk), received_by="Ibu Contoh")
        assert complete_step(run_of(request), by=staff(cast.official)).request.state == "rejected"

    def test_nor_hand_over_the_letter_but_a_download_is_free(self, cast, service):
        request = to_letter(make_case(service), cast)
        document = keep(request, cast.frontdesk)
        letter = issue_letter(run_of(request), by=staff(cast.section_head))
        with pytest.raises(Refused, match="rak A3"):
            hand_over_letter(letter, by=staff(cast.frontdesk))
        letter.refresh_from_db()
        assert letter.collected_at is None
        letter_downloaded(letter, by=applicant(request.pk))
        request.refresh_from_db()
        assert request.state == "completed" and held_originals(request)
        assert not return_original(document, by=staff(cast.frontdesk), received_by="Ibu Contoh").is_held

    def test_nor_close_what_was_not_answered_but_a_withdrawal_is_free(self, cast, service, settings):
        settings.UNANSWERED_DAYS = 0
        request = make_case(service)
        keep(request, cast.frontdesk)
        ask_applicant(request, by=staff(cast.official), wanted="Mohon KK.")
        with pytest.raises(Refused, match="rak A3"):
            close_unanswered(request, by=staff(cast.official))
        assert withdraw_request(request, by=staff(cast.frontdesk)).state == "withdrawn"
        assert held_originals(request)


class TestShortage:
    def test_it_names_what_is_missing_and_who_issues_it_and_is_counted_once(self, cast, service, walk_in):
        Requirement.objects.filter(service=service, text="KTP").update(issued_by="Disdukcapil")
        lacks = print_shortage(walk_in, by=staff(cast.frontdesk))
        assert [each.label for each in lacks] == ["KTP", "Surat polisi", "Ijazah asli"]
        assert lacks[0].issuer == "Diterbitkan oleh Disdukcapil."
        print_shortage(walk_in, by=staff(cast.frontdesk))
        assert entries(walk_in, "shortage_printed").count() == 1
        take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={keys_of(walk_in)[0]: Tick("seen")})
        print_shortage(walk_in, by=staff(cast.frontdesk))
        assert entries(walk_in, "shortage_printed").count() == 2
        walk_in.refresh_from_db()
        assert walk_in.complete_at is None
        # A present paper that needs correction is listed too, with the reason.
        walk_in.documents.update(verdict="mend", verdict_note="buram")
        lack = lacks_of(walk_in)[0]
        assert (lack.label, lack.note) == ("KTP", "buram")

    def test_refusals(self, cast, walk_in):
        with pytest.raises(NotAllowed):
            print_shortage(walk_in, by=staff(cast.outsider))
        take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={key: Tick("copy") for key in keys_of(walk_in)})
        assert not lacks_of(walk_in)
        with pytest.raises(Refused):
            print_shortage(walk_in, by=staff(cast.frontdesk))
        assert not entries(walk_in, "shortage_printed").exists()


class TestPages:
    def test_the_desk_ticks_gives_back_and_prints(self, client, cast, walk_in):
        client.force_login(cast.frontdesk)
        page, key = reverse("case_intake", args=[walk_in.number]), keys_of(walk_in)[0]
        assert page in client.get(reverse("case_answers", args=[walk_in.number])).content.decode()
        answer = client.post(page, {f"how-{key}": "kept", f"shelf-{key}": "", f"how-{keys_of(walk_in)[-1]}": "seen"})
        assert answer.status_code == 422 and "Tulis rak" in answer.content.decode()
        assert not walk_in.documents.exists()
        client.post(page, {f"how-{key}": "kept", f"shelf-{key}": "Rak <3>", f"how-{keys_of(walk_in)[-1]}": "seen"})
        document = held_originals(walk_in)[0]
        assert "Rak &lt;3&gt;" in client.get(page).content.decode()
        receipt = client.get(reverse("case_receipt", args=[walk_in.number])).content.decode()
        assert "Rak &lt;3&gt;" in receipt and "Diterima kembali" in receipt
        assert "harus diperlihatkan" not in receipt
        sheet = client.get(reverse("case_shortage", args=[walk_in.number])).content.decode()
        assert "Surat polisi" in sheet and "Ijazah asli" not in sheet and "belum dihitung" in sheet
        complete = make_case(walk_in.service)
        sheet = client.get(reverse("case_shortage", args=[complete.number])).content.decode()
        assert "Ijazah asli" in sheet and "belum dihitung" not in sheet
        back = reverse("case_return", args=[walk_in.number, document.pk])
        answer = client.post(back, {"received_by": ""})
        assert answer.status_code == 422 and "Tulis nama" in answer.content.decode()
        client.post(back, {"received_by": "Ibu Contoh"})
        html = client.get(page).content.decode()
        assert "Sudah dikembalikan" in html and "diterima Ibu Contoh" in html
        assert client.post(back, {"received_by": "Lain"}, follow=True).status_code == 200
        client.post(page, {f"how-{key}": "kept", f"was-{key}": "none", f"shelf-{key}": "B1"})
        assert "B1" in client.get(page).content.decode() and "diterima Ibu Contoh" in html
        assert "dikembalikan" in client.get(reverse("case_receipt", args=[walk_in.number])).content.decode()

    def test_a_refused_shelf_leaves_the_other_rows_as_they_stand(self, client, cast, walk_in):
        first, *_others, last = keys_of(walk_in)
        take_in_papers(walk_in, by=staff(cast.frontdesk), ticks={last: Tick("copy")})
        keep(walk_in, cast.frontdesk)
        client.force_login(cast.frontdesk)
        page = reverse("case_intake", args=[walk_in.number])
        answer = client.post(page, {f"how-{first}": "kept", f"shelf-{first}": ""})
        html = answer.content.decode()
        assert answer.status_code == 422 and html.count("Tulis rak") == 2
        assert re.search(rf'name="how-{last}" value="copy"[^>]* checked', html)
        assert f'href="#id_shelf-{first}"' in html and html.count(f'id="id_shelf-{first}"') == 1

    def test_an_old_page_undoes_nothing_that_somebody_else_ticked(self, client, cast, walk_in):
        first, *_others, last = keys_of(walk_in)
        keep(walk_in, cast.official)
        client.force_login(cast.frontdesk)
        stale = {f"how-{first}": "none", f"was-{first}": "none", f"how-{last}": "seen", f"was-{last}": "none"}
        client.post(reverse("case_intake", args=[walk_in.number]), stale)
        assert held_originals(walk_in) and walk_in.documents.count() == 2
        assert client.post(reverse("case_return", args=[walk_in.number, 0]), {}).status_code == 404

    def test_a_wrong_shelf_stands_beside_the_kept_paper(self, client, cast, walk_in):
        client.force_login(cast.frontdesk)
        page, key = reverse("case_intake", args=[walk_in.number]), keys_of(walk_in)[0]
        keep(walk_in, cast.frontdesk)
        answer = client.post(page, {f"how-{key}": "kept", f"shelf-{key}": "x" * 41})
        assert answer.status_code == 422 and "x" * 41 in answer.content.decode()
        client.post(page, {f"how-{key}": "none"})
        assert not held_originals(walk_in)

    def test_a_closed_case_only_gives_back(self, client, cast, walk_in):
        keep(walk_in, cast.frontdesk)
        withdraw_request(walk_in, by=applicant(walk_in.pk))
        client.force_login(cast.frontdesk)
        page = reverse("case_intake", args=[walk_in.number])
        html = client.get(page).content.decode()
        assert "Catat pengembalian" in html and 'type="radio"' not in html
        client.post(page, {f"how-{keys_of(walk_in)[-1]}": "seen"})
        assert walk_in.documents.count() == 1
        assert client.get(reverse("case_shortage", args=[walk_in.number])).status_code == 302


class TestHeld:
    def test_the_desk_sees_all_a_unit_its_own_until_given_back(self, client, cast, service, walk_in):
        first = keep(walk_in, cast.frontdesk)
        other = make_case(service)
        second = keep(other, cast.frontdesk, shelf="B1")
        withdraw_request(other, by=applicant(other.pk))
        assert [each.pk for each in all_held(cast.frontdesk).rows] == [first.pk, second.pk]
        assert len(all_held(cast.official).rows) == 2 and not all_held(cast.outsider).rows
        client.force_login(cast.frontdesk)
        html = client.get(reverse("held_list")).content.decode()
        assert walk_in.number in html and "Permohonan sudah ditutup" in html
        return_original(second, by=staff(cast.frontdesk), received_by="Ibu Contoh")
        assert [each.pk for each in all_held(cast.frontdesk).rows] == [first.pk]

    def test_the_list_asks_the_same_for_one_and_three(self, client, cast, service):
        client.force_login(cast.frontdesk)
        keep(make_case(service), cast.frontdesk)
        client.get(reverse("held_list"))
        one = count_queries(lambda: client.get(reverse("held_list")))
        for _n in range(2):
            keep(make_case(service), cast.frontdesk)
        assert count_queries(lambda: client.get(reverse("held_list"))) == one


@pytest.mark.django_db(transaction=True)
def test_two_desks_give_one_paper_back_once():
    cast = named_cast()
    request = open_walk_in_request(
        make_case_service(cast), by=staff(cast.frontdesk), applicant=WalkInApplicant("Ibu Contoh")
    )
    document = keep(request, cast.frontdesk)
    done = concurrently(*[lambda: return_original(document, by=staff(cast.frontdesk), received_by="Ibu Contoh")] * 2)
    assert sum(isinstance(each, Outdated) for each in done) == 1
