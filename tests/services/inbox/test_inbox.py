"""The inbox: its rows follow every verb, filters, search in all tabs, saved filters."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from services.alarms.actions.reminding import remind_step
from services.applying.actions.walk_in import WalkInApplicant, open_walk_in_request
from services.conversation.actions.asking import ask_applicant
from services.engine.actions.steps import claim_step
from services.inbox.actions.saved_filters import change_filter, delete_filter, save_filter
from services.inbox.queries import arrivals, inbox, search
from services.inbox.queries.filters import InboxFilter
from services.inbox.queries.search import search_cases
from services.inbox.views.inbox import VERBS, verbs_for
from services.models import InboxEntry, Participation, SavedFilter
from services.routing.actions.routing import route_case
from tests.factories.cases import at, count_queries, make_case, make_case_service, run_of, to_letter, walk
from tests.factories.core import make_user
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.live import changes
from ula_portal.core.models import Notice, Role
from ula_portal.core.notices import kinds
from ula_portal.core.verbs.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db
LIST = "/petugas/kasus/"


def scope(user):
    return inbox.scope_of(type(user).objects.get(pk=user.pk))


def numbers(response):
    return [row.request.number for row in response.context["rows"]]


def entry(request):
    return InboxEntry.objects.get(pk=request.pk)


class TestRows:
    def test_the_row_of_a_case_follows_every_verb(self, cast, service):
        request = make_case(service)
        first = entry(request)
        assert (first.place, first.assignee_id, first.step_no) == ("office", cast.official.pk, 2)
        assert first.due_at == min(run_of(request).due_at, request.due_at)
        ask_applicant(request, by=staff(cast.official), wanted="Mohon lengkapi")
        assert (entry(request).place, entry(request).state) == ("paused", "waiting_applicant")
        other = to_letter(make_case(service), cast)
        assert entry(other).handed_by_id == cast.section_head.pk
        walk(other, (cast.section_head, "letter"))
        assert entry(other).place == "ready"
        walk(other, (cast.counter, "done"))
        assert (entry(other).place, entry(other).closed_at) == ("closed", other.closed_at)
        own = Participation.objects.filter(entry=other.pk)
        assert set(own.values_list("user_id", flat=True)) == {
            each.pk for each in (cast.official, cast.section_head, cast.counter)
        }
        assert set(own.values_list("closed_at", flat=True)) == {other.closed_at}

    def test_who_answered_for_a_case_and_did_nothing_has_no_part_in_it(self, cast, service):
        request = make_case(service)
        second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
        for person, before in ((second, None), (cast.official, second)):
            route_case(request, by=staff(cast.admin), to_user=person, replacing=before)
        assert list(Participation.objects.values_list("user_id", flat=True)) == [cast.official.pk]

    def test_who_took_part_knows_the_service_and_follows_it(self, cast, service):
        request = to_letter(make_case(service), cast)
        other = make_case_service(cast, code="LAIN", name="Surat lain")
        make_case(other)
        parts = Participation.objects.filter(entry=request.pk)
        assert set(parts.values_list("service_id", flat=True)) == {service.pk}
        # Corrected by hand, as after a wrong choice at the desk.
        type(request).objects.filter(pk=request.pk).update(service=other)
        assert set(parts.values_list("service_id", flat=True)) == {other.pk}
        walk(request, (cast.section_head, "letter"), (cast.counter, "done"))
        own, chosen = scope(cast.official), InboxFilter(service=other.pk).condition(clock.now())
        assert [row.request for row in inbox.cases_for(own, "done", chosen).rows] == [request]
        assert inbox.cases_for(own, "done", InboxFilter(service=service.pk).condition(clock.now())).rows == []

    def test_rows_follow_a_service_that_moves_to_another_unit(self, cast, service):
        request = make_case(service)
        service.unit = cast.other_unit
        service.save()
        assert entry(request).unit_id == cast.other_unit.pk

    def test_what_is_erased_is_not_found_any_more(self, cast, service):
        request = make_case(service, nama_pemohon="Dewi Contoh", no_hp="081234567890")
        assert " dewi " in entry(request).words
        assert "81234567890" not in entry(request).words
        request.applicant_name, request.answers = "", {}
        request.save()
        assert "dewi" not in entry(request).words

    def test_the_most_urgent_stands_first(self, cast, service):
        with clock.at(at(24)):
            later = make_case(service)
        with clock.at(at(23)):
            sooner = make_case(service)
            rows = inbox.cases_for(scope(cast.official), "mine").rows
        assert [row.request for row in rows] == [sooner, later]
        with clock.at(at(27)):
            assert [row.urgency.kind for row in inbox.cases_for(scope(cast.official), "mine").rows] == ["late"] * 2


class TestFilters:
    def test_each_filter_narrows(self, cast, service, client):
        online = make_case(service)
        walk_in = open_walk_in_request(service, by=staff(cast.frontdesk), applicant=WalkInApplicant("Ibu Contoh"))
        other = make_case(make_case_service(cast, code="LAIN", name="Surat lain"))
        walk(online, (cast.official, "yes"))
        client.force_login(cast.section_head)

        def found(tab, **query):
            return numbers(client.get(LIST, {"tab": tab, **query}))

        everything = {online.number, walk_in.number, other.number}
        client.force_login(cast.official)
        assert set(found("mine") + found("pool") + found("waiting")) == everything
        assert other.number not in found("mine", service=service.pk)
        assert found("mine", service=other.service_id) == [other.number]
        assert found("waiting", source="online") == [online.number]
        assert found("waiting", service=service.pk, step=4) == [online.number]
        assert found("waiting", service=service.pk, step=2) == []
        assert found("mine", state="in_progress") == []
        assert found("mine", due="late") == []
        assert found("mine", due="week", unit=cast.unit.pk)
        with clock.at(at(30, month=12)):
            own = scope(cast.official)
            late = inbox.cases_for(own, "late", InboxFilter(due="late").condition(own.at)).rows
        assert other in [row.request for row in late]

    def test_what_is_no_option_counts_as_not_chosen(self, cast, service, client):
        request = make_case(service)
        client.force_login(cast.official)
        for query in ({"service": "x"}, {"service": "9" * 30}, {"state": "lain"}, {"step": "-1"}, {"hal": "palsu"}):
            assert numbers(client.get(LIST, query)) == [request.number]

    def test_tabs_keep_the_filters_and_a_chip_takes_one_off(self, cast, service, client):
        make_case(service)
        client.force_login(cast.official)
        answer = client.get(LIST, {"service": service.pk, "source": "online"})
        text = answer.content.decode()
        assert f"?tab=pool&amp;service={service.pk}&amp;source=online" in text
        assert [chip["url"] for chip in answer.context["chips"]] == [
            "?tab=mine&source=online",
            f"?tab=mine&service={service.pk}",
        ]


class TestSearch:
    def find(self, user, words, chosen=inbox.ALL):
        return search_cases(scope(user), words, chosen)

    def test_it_looks_in_all_tabs_and_says_where(self, cast, service):
        mine = make_case(service, nama_pemohon="Dewi Contoh")
        asked = make_case(service, nama_pemohon="Dewi Lestari Contoh")
        ask_applicant(asked, by=staff(cast.official), wanted="Mohon lengkapi")
        done = to_letter(make_case(service, nama_pemohon="Dewi Ketiga Contoh"), cast)
        walk(done, (cast.section_head, "letter"), (cast.counter, "done"))
        found = {row.request: row.tabs for row in self.find(cast.official, "dewi").rows}
        assert found == {mine: ("mine",), asked: ("waiting",), done: ("done",)}
        assert {row.request: row.tabs for row in self.find(cast.frontdesk, "dewi").rows}[mine] == ()

    def test_only_within_ones_own_right(self, cast, service):
        request = make_case(service, nama_pemohon="Dewi Contoh")
        assert self.find(cast.outsider, "dewi").rows == self.find(cast.outsider, request.number).rows == []
        assert self.find(cast.head, "dewi").rows

    def test_what_others_alone_may_read_does_not_crowd_out_ones_own(self, cast, service, monkeypatch):
        monkeypatch.setattr(search, "SIZE", 1)
        _more_urgent, own = (make_case(service, nama_pemohon="Dewi Contoh") for _n in range(2))
        own.runs.filter(finished_at=None).update(assignee=cast.outsider)
        found = self.find(cast.outsider, "dewi")
        assert ([row.request for row in found.rows], found.more) == ([own], False)

    def test_names_numbers_and_schools_however_they_are_typed(self, cast):
        fields = [
            {"name": "jenis", "label": "Keadaan", "type": "choice", "options": ["Hilang", "Rusak"]},
            {"name": "nisn", "label": "NISN siswa", "type": "nisn"},
            {"name": "tempat", "label": "Sekolah asal", "type": "text"},
        ]
        service = make_case_service(cast, form_fields=fields)
        hit = make_case(service, nama_pemohon="Dewi Lestari Contoh", nisn="0012345678", tempat="SDN 010 Talawi")
        make_case(service, nama_pemohon="Bambang Contoh", nisn="0099999999", tempat="SDN 333 Pandan")
        right = ["dewi lestari", "DEWÍ", "lest", "0012345678", "SDN 010 Talawi", "talawi"]
        for typed in [*right, "devi lestarri", "0012345679", "tallawi"]:
            found = self.find(cast.official, typed)
            assert ([row.request for row in found.rows], found.guessed) == ([hit], typed not in right), typed

    def test_by_number_whole_or_its_end(self, cast, service):
        first, second = make_case(service), make_case(service)
        for typed in (second.number, second.number.lower(), second.number[-6:].lstrip("0")):
            assert [row.request for row in self.find(cast.official, typed).rows] == [second], typed
        assert {row.request for row in self.find(cast.official, "ULA").rows} == {first, second}

    def test_a_guess_is_called_one(self, cast, service):
        make_case(service, nama_pemohon="Ahmad Contoh")
        assert self.find(cast.official, "ahmed").guessed
        assert not self.find(cast.official, "ahmad").guessed
        assert not self.find(cast.official, "%%").rows and not self.find(cast.official, "qwertz").guessed

    def test_what_is_much_less_alike_than_the_best_is_noise(self, cast, service):
        best = make_case(service, nama_pemohon="Lestari Contoh")
        make_case(service, nama_pemohon="Leste Contoh")
        assert [row.request for row in self.find(cast.official, "lestarri").rows] == [best]

    def test_the_words_stay_on_the_server(self, cast, service, client):
        request = make_case(service, nama_pemohon="Dewi Contoh")
        make_case(service)
        client.force_login(cast.official)
        said = {"q": "Dewi", "tab": "pool", "source": "online"}
        answer = client.post(reverse("case_search"), said)
        assert "ewi" not in answer["Location"]
        assert "tab=pool" in answer["Location"] and "source=online" in answer["Location"]
        page = client.get(answer["Location"])
        assert numbers(page) == [request.number]
        assert "ada di: Perlu saya kerjakan" in page.content.decode()
        again = client.post(reverse("case_search"), said)
        assert again["Location"] == answer["Location"]
        lost = client.get(LIST, {"cari": "tidak-ada"})
        assert "sudah tidak tersimpan" in lost.content.decode()
        assert client.post(reverse("case_search"), {"q": " "})["Location"] == f"{LIST}?"

    def test_the_number_of_queries_does_not_grow(self, cast, service, client):
        client.force_login(cast.official)
        make_case(service, nama_pemohon="Dewi Contoh")
        address = client.post(reverse("case_search"), {"q": "dewi", "service": service.pk})["Location"]
        client.get(address)
        one = count_queries(lambda: client.get(address))
        for _count in range(2):
            make_case(service, nama_pemohon="Dewi Contoh")
        assert count_queries(lambda: client.get(address)) == one <= 17


class TestSavedFilters:
    def test_saved_opened_renamed_shared_and_deleted(self, cast, service, client):
        request = make_case(service, nama_pemohon="Dewi Contoh")
        client.force_login(cast.official)
        address = client.post(reverse("case_search"), {"q": "dewi", "source": "online"})["Location"]
        query = address.partition("?")[2]
        create = f"{reverse('case_filters')}?{query}"
        client.post(create, {"name": "  Daring   Dewi ", "unit": "", "key": "kunci-1"})
        client.post(create, {"name": "Daring Dewi", "unit": "", "key": "kunci-1"})
        kept = SavedFilter.objects.get()
        assert (kept.name, kept.words, kept.choice) == ("Daring Dewi", "dewi", {"tab": "mine", "source": "online"})
        opened = client.get(LIST, {"saringan": kept.pk}, follow=True)
        assert numbers(opened) == [request.number] and "dewi" not in opened.redirect_chain[0][0].lower()
        change = reverse("case_filter", args=[kept.pk])
        client.post(change, {f"s{kept.pk}-name": "Daring kita", f"s{kept.pk}-unit": cast.unit.pk, "do": "change"})
        kept.refresh_from_db()
        assert (kept.name, kept.unit, kept.words) == ("Daring kita", cast.unit, "")
        client.force_login(cast.section_head)
        assert "Daring kita" in client.get(LIST).content.decode()
        client.force_login(cast.outsider)
        assert "Daring kita" not in client.get(LIST).content.decode()
        assert "sudah dihapus" in client.get(LIST, {"saringan": kept.pk}, follow=True).content.decode()
        client.post(change, {"do": "delete"})
        assert SavedFilter.objects.exists()
        client.force_login(cast.official)
        client.post(change, {"do": "delete"})
        assert not SavedFilter.objects.exists()

    def test_what_is_refused(self, cast, client):
        made = save_filter(by=staff(cast.official), name="Punya saya", choice={"tab": "late"})
        with pytest.raises(Refused):
            save_filter(by=staff(cast.official), name="PUNYA SAYA", choice={})
        with pytest.raises(NotAllowed):
            save_filter(by=staff(cast.official), name="Lain", choice={}, unit=cast.other_unit)
        for verb in (
            lambda: change_filter(made, by=staff(cast.head), name="x"),
            lambda: delete_filter(made, by=staff(cast.head)),
        ):
            with pytest.raises(NotAllowed):
                verb()
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedFilter.objects.filter(pk=made.pk).update(unit=cast.unit, words="dewi")
        change_filter(made, by=staff(cast.official), name="Punya unit", unit=cast.unit)
        delete_filter(made, by=staff(cast.section_head))
        client.force_login(cast.official)
        save_filter(by=staff(cast.official), name="Terpakai", choice={})
        answer = client.post(reverse("case_filters"), {"name": "terpakai", "key": "k"})
        assert answer.status_code == 422 and "sudah memakai nama ini" in answer.content.decode()

    def test_a_choice_survives_being_stored(self):
        choice = InboxFilter(service=3, due="late")
        assert InboxFilter.from_values({**choice.as_query(), "tab": "mine"}) == choice


class TestBulk:
    def send(self, client, do, *runs, query="tab=pool", **data):
        said = {"do": do, "chosen": [run.pk for run in runs], **data}
        return client.post(f"{reverse('case_bulk')}?{query}", said)

    def said(self, client, answer):
        """The result list: number → (done, words)."""
        result = client.get(answer["Location"]).context["result"]
        return {each["number"]: (each["done"], each["words"]) for each in result["outcomes"]}

    def test_claiming_several_tells_of_each(self, cast, service, client):
        second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
        free, taken, done, foreign = (make_case(service) for _count in range(4))
        runs = [run_of(each) for each in (free, taken, done)]
        claim_step(runs[1], by=staff(second))
        walk(done, (second, "yes"))
        client.force_login(cast.official)
        answer = self.send(client, "claim", *runs)
        assert answer["Location"] == f"{LIST}?tab=pool"
        said = self.said(client, answer)
        assert said[free.number] == (True, "Sekarang tugas Anda.")
        assert said[taken.number] == (False, f"Langkah ini sudah diambil oleh {second}.")
        assert said[done.number][0] is False and str(second) in said[done.number][1]
        assert client.get(LIST).context["result"] is None
        again = self.said(client, self.send(client, "claim", runs[0]))
        assert again[free.number][0] is True
        client.force_login(cast.outsider)
        self.send(client, "claim", run_of(foreign))
        assert run_of(foreign).assignee is None

    def test_handing_over_checks_each_right(self, cast, service, client):
        second = make_user(Role.OFFICIAL, cast.positions["PENGELOLA-DIKDAS"], cast.unit)
        mine, signing = make_case(service), to_letter(make_case(service), cast)
        client.force_login(cast.official)
        assert [each.pk for each in client.get(LIST).context["colleagues"]] == [cast.section_head.pk, second.pk]
        claim_step(run_of(mine), by=staff(cast.official))
        said = self.said(client, self.send(client, "hand_over", run_of(mine), run_of(signing), to_user=second.pk))
        assert said == {
            mine.number: (True, f"Dialihkan kepada {second}."),
            signing.number: (False, "Anda tidak dapat mengalihkan langkah ini."),
        }
        assert run_of(mine).assignee == second
        for nobody in ("", cast.outsider.pk, "x"):
            answer = self.send(client, "hand_over", run_of(mine), to_user=nobody)
            assert "Pilih dahulu rekan" in client.get(answer["Location"]).content.decode()

    def test_without_mail_nobody_is_said_to_be_reminded(self, cast, service, settings):
        settings.SENDS_MAIL = False
        with pytest.raises(Refused, match="secara langsung"):
            remind_step(run_of(make_case(service)), by=staff(cast.official))
        assert all("remind" not in verbs_for(tab) for tab in VERBS)
        settings.SENDS_MAIL = True
        assert "remind" in verbs_for("late") and "remind" in verbs_for("waiting")
        assert not Notice.objects.filter(kind="step_reminder").exists()

    def test_reminding_once_an_hour(self, cast, service, client):
        signing, asked = to_letter(make_case(service), cast), make_case(service)
        ask_applicant(asked, by=staff(cast.official), wanted="Mohon lengkapi")
        client.force_login(cast.official)
        before = Notice.objects.count()
        send = [run_of(signing), run_of(asked)]
        said = self.said(client, self.send(client, "remind", *send, key="kunci-1"))
        assert said[signing.number] == (True, f"{cast.section_head} diingatkan.")
        assert said[asked.number][0] is False and "Menunggu pemohon" in said[asked.number][1]
        assert self.said(client, self.send(client, "remind", *send, key="kunci-1"))[signing.number][0] is True
        words = self.said(client, self.send(client, "remind", *send, key="kunci-2"))[signing.number]
        assert words[0] is False and "Sudah diingatkan pukul" in words[1]
        assert Notice.objects.count() == before + 1
        notice = Notice.objects.get(kind="step_reminder")
        assert notice.user == cast.section_head
        assert signing.number in kinds.kind_of("step_reminder").compose(notice).subject
        with clock.at(clock.now() + timedelta(hours=1, minutes=1)):
            assert remind_step(run_of(signing), by=staff(cast.official)) == [cast.section_head]
        with pytest.raises(NotAllowed):
            remind_step(run_of(signing), by=staff(cast.outsider))
        with pytest.raises(Refused, match="tugas Anda sendiri"):
            remind_step(run_of(signing), by=staff(cast.section_head))

    def test_nothing_chosen_is_said(self, cast, client):
        client.force_login(cast.official)
        for chosen in ([], ["x"], ["9" * 30]):
            answer = client.post(reverse("case_bulk"), {"do": "claim", "chosen": chosen})
            assert "Pilih dahulu permohonan" in client.get(answer["Location"]).content.decode()


class TestNews:
    # Real commits: inside one transaction a snapshot cannot tell before from after.
    @pytest.mark.django_db(transaction=True)
    def test_it_counts_what_the_page_does_not_show_yet(self, cast, service, client):
        client.force_login(cast.official)
        make_case(service)
        page = client.get(LIST)
        make_case(service)
        news = f"{reverse('case_news')}{page.context['news']}&sejak={page.context['snapshot']}"
        found = client.get(news).json()
        assert (found["n"], found["words"]) == (1, "1 permohonan baru – tampilkan")
        assert found["counts"]["mine"] == 2 and found["live"].startswith("/live/pekerjaan/")
        assert client.get(f"{news}&source=walk-in").json()["n"] == 0
        for since in ("", "palsu", "5:3:", "1:9:7,6", "1:2:3", "9" * 30 + ":" + "9" * 30 + ":"):
            assert client.get(reverse("case_news"), {"sejak": since}).json()["n"] == 0

    def test_a_token_holds_topics_and_nothing_else(self, cast):
        topics = arrivals.topics_for(scope(cast.section_head))
        token = changes.address(topics).removeprefix("/live/pekerjaan/")
        assert changes.topics_of(token) == topics
        assert changes.topics_of(token + "x") is None
