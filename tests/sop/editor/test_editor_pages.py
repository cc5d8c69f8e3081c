"""The pages of the SOP editor: permissions, forms that keep the input, two people on one draft, pasting, undo."""

import html
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from sop.approval.actions import life, proposing
from sop.drafting.actions import identity, importing, pasting, removal, starting
from sop.drafting.actions.actors import add_actor
from sop.drafting.actions.steps import save_step
from sop.drafting.queries import editing
from sop.models import RemovedStep, SopActor, SopVersion, Step
from sop.rules.queries import flows
from tests.factories import pages
from tests.factories import sop as make
from tests.factories.pages import as_user
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Position, Role, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder_of_its_own")]
LIST = "/petugas/sop/"


@pytest.fixture
def draft(units):
    return make.imported(make.small_content())


@pytest.fixture
def drafter(units, cast):
    return make.make_person(Role.DRAFTER, units["DIKDAS"], full_name="Sari Contoh")


@pytest.fixture
def other(cast):
    cast["section_head"].full_name = "Budi Contoh"
    cast["section_head"].save()
    return cast["section_head"]


def text(response):
    return html.unescape(pages.text(response))


def url(name, *args):
    return reverse(name, args=args)


def step_of(version, no):
    return version.steps.get(no=no)


def step_url(step):
    return url("sop_edit_step", step.version_id, step.pk)


# Submits a form as a browser would: every field of the page that belongs to it.


def fields_of(response, form_id):
    """Name → values of the form's inputs, as a browser without JavaScript would submit them."""
    found = re.search(rf'<form[^>]*id="{form_id}".*?</form>', response.content.decode(), re.S).group()
    data = {}

    def put(name, value):
        data.setdefault(name, []).append(html.unescape(value))

    for tag in re.findall(r"<input[^>]*>", found):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = attributes.get("type", "text")
        if "name" not in attributes or (kind in ("checkbox", "radio") and " checked" not in tag):
            continue
        put(attributes["name"], attributes.get("value", "on" if kind == "checkbox" else ""))
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', found, re.S):
        put(name, inner.removeprefix("\n"))
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', found, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', inner) or re.search(
            r'<option value="([^"]*)"', inner
        )
        put(name, chosen.group(1))
    return data


def open_step(client, step):
    return fields_of(client.get(step_url(step)), "langkah")


def send(client, step, data, **changes):
    options = {"headers": {"HX-Request": "true"}} if changes.pop("htmx", False) else {}
    return client.post(step_url(step), {**data, **changes}, **options)


# Lists and starting a draft


def test_lists_show_own_units_only(draft, cast, drafter):
    for who, sees in (
        (drafter, True),
        (cast["section_head"], True),
        (cast["admin"], True),
        (cast["other_head"], False),
    ):
        client = as_user(who)
        assert (draft.title in text(client.get(LIST, {"bagian": "draf"}))) == sees
        assert client.get(url("sop_edit", draft.pk)).status_code == (200 if sees else 404)
    assert as_user(cast["official"]).get(LIST).status_code == 403
    assert Client().get(LIST).status_code == 302


def test_what_waits_is_shown_with_its_number_in_the_menu(draft, cast, drafter):
    make.confirm_all(draft, cast["admin"])
    assert "count is-hot" not in text(as_user(cast["section_head"]).get("/petugas/"))
    proposing.propose_version(draft, by=staff(drafter))
    page = text(as_user(cast["section_head"]).get(LIST))
    assert "Menunggu verifikasi Anda" in page
    assert f"/admin/sop/sopversion/{draft.pk}/change/" in page
    assert re.search(r'SOP</span>\s*<span class="count is-hot">1</span>', page)
    assert "Tidak ada SOP yang menunggu Anda." in text(as_user(drafter).get(LIST, {"bagian": "menunggu"}))


def test_search_and_empty_lists(draft, drafter):
    client = as_user(drafter)
    assert draft.title in text(client.get(LIST, {"bagian": "draf", "q": "keterangan"}))
    assert "Tidak ada SOP yang cocok" in text(client.get(LIST, {"bagian": "draf", "q": "tidak ada"}))
    assert "Belum ada SOP yang berlaku." in text(client.get(LIST, {"bagian": "berlaku"}))
    assert client.get(LIST, {"bagian": "lain"}).status_code == 404


def test_a_verified_version_stands_among_the_drafts_as_waiting(draft, cast, drafter):
    make.confirm_all(draft, cast["admin"])
    life.verify_version(draft, by=staff(cast["head"]))
    assert "Menunggu pengesahan" in text(as_user(drafter).get(LIST, {"bagian": "draf"}))


def test_a_new_sop_begins_with_its_identity_once(units, drafter):
    client = as_user(drafter)
    page = client.get(url("sop_new"))
    key = re.search(r'name="key" value="([^"]+)"', text(page)).group(1)
    data = {"name": "Mutasi Siswa", "unit_id": units["DIKDAS"].pk, "number": "", "key": key}
    first, second = client.post(url("sop_new"), data), client.post(url("sop_new"), data)
    version = SopVersion.objects.get()
    assert first.url == second.url == url("sop_edit_identity", version.pk)
    assert version.title == "Mutasi Siswa" and version.edited_by == drafter


def test_a_new_sop_keeps_what_was_typed(units, drafter):
    client = as_user(drafter)
    response = client.post(url("sop_new"), {"name": "", "unit_id": units["DIKDAS"].pk, "number": "420/9"})
    assert response.status_code == 422
    assert "Isi nama SOP." in text(response) and 'value="420/9"' in text(response)
    foreign = client.post(url("sop_new"), {"name": "Mutasi", "unit_id": units["GTK"].pk})
    assert foreign.status_code == 422 and not SopVersion.objects.exists()


def test_a_version_in_force_gets_a_new_version(cast, drafter):
    version = make.publish(make.small_content(), cast)
    client = as_user(drafter)
    assert "Buat versi baru" in text(client.get(LIST, {"bagian": "berlaku"}))
    response = client.post(url("sop_revise", version.sop_id), {"key": "k"})
    made = SopVersion.objects.get(ordinal=2)
    assert response.url == url("sop_edit", made.pk)
    assert "Buka draf" in text(client.get(LIST, {"bagian": "berlaku"}))
    again = client.post(url("sop_revise", version.sop_id), {"key": "lain"}, follow=True)
    assert "Lanjutkan draf itu" in text(again)


def test_what_is_no_draft_any_more_says_so_and_shows_what_was_typed(draft, cast, drafter):
    client, step = as_user(drafter), step_of(draft, 2)
    data = open_step(client, step)
    make.confirm_all(draft, cast["admin"])
    life.verify_version(draft, by=staff(cast["head"]))
    assert "tidak dapat diubah" in text(client.get(url("sop_edit", draft.pk)))
    response = send(client, step, data, activity="Memeriksa sekali lagi")
    assert response.status_code == 409 and "Memeriksa sekali lagi" in text(response)


# Identity and actors


def test_identity_is_saved_and_goes_on_to_the_actors(draft, drafter):
    client = as_user(drafter)
    data = fields_of(client.get(url("sop_edit_identity", draft.pk)), "identitas")
    data |= {"name": "Nama baru", "warnings": "Satu\n\n Dua ", "created_on": "2026-01-31"}
    response = client.post(url("sop_edit_identity", draft.pk), data | {"go_on": "1"})
    assert response.url == url("sop_edit_actors", draft.pk)
    draft.refresh_from_db()
    assert (draft.name, draft.warnings, str(draft.created_on)) == ("Nama baru", ["Satu", "Dua"], "2026-01-31")


def test_a_wrong_identity_keeps_everything(draft, drafter):
    client = as_user(drafter)
    data = fields_of(client.get(url("sop_edit_identity", draft.pk)), "identitas")
    response = client.post(url("sop_edit_identity", draft.pk), data | {"name": "", "records": "Buku besar"})
    page = text(response)
    assert response.status_code == 422 and "Isi nama SOP." in page and "Buku besar" in page
    draft.refresh_from_db()
    assert "Buku besar" not in draft.records


def test_a_number_of_another_sop_is_refused_beside_its_field(draft, drafter):
    importing.import_sop(make.small_content(number="420/1/LAIN", name="Lain"), by=SYSTEM)
    client = as_user(drafter)
    data = fields_of(client.get(url("sop_edit_identity", draft.pk)), "identitas")
    response = client.post(url("sop_edit_identity", draft.pk), data | {"number": "420/1/LAIN"})
    assert response.status_code == 422
    assert re.search(r'id="id_number_error"[^>]*>\s*Nomor ini sudah dipakai', text(response))


def test_actors_are_added_moved_and_removed(draft, drafter):
    client, position = as_user(drafter), Position.objects.get(code="SEKDIS")
    page = url("sop_edit_actors", draft.pk)
    client.post(url("sop_edit_actor_add", draft.pk), {"baru-who": f"position:{position.pk}", "baru-name": ""})
    made = SopActor.objects.get(version=draft, position=position)
    assert made.name == position.name and made.order == 4
    data = fields_of(client.get(page), f"form-{made.pk}")
    moved = client.post(url("sop_edit_actor", draft.pk, made.pk), data | {"do": "left"})
    assert moved.url == f"{page}?fokus={made.pk}-left#pelaksana-{made.pk}"
    made.refresh_from_db()
    assert made.order == 3
    data = fields_of(client.get(page), f"form-{made.pk}")
    client.post(url("sop_edit_actor", draft.pk, made.pk), data | {"do": "remove"})
    assert not SopActor.objects.filter(pk=made.pk).exists()


def test_an_acting_actor_stays_and_the_steps_are_named(draft, drafter):
    client, actor = as_user(drafter), draft.actors.get(order=1)
    data = fields_of(client.get(url("sop_edit_actors", draft.pk)), f"form-{actor.pk}")
    response = client.post(url("sop_edit_actor", draft.pk, actor.pk), data | {"do": "remove"}, follow=True)
    assert "masih mengerjakan langkah 1, 4" in text(response)


def test_saving_an_actor_confirms_it(draft, drafter):
    client, actor = as_user(drafter), draft.actors.get(order=2)
    assert not actor.confirmed
    page = client.get(url("sop_edit_actors", draft.pk))
    assert "Belum dipastikan" in text(page)
    client.post(url("sop_edit_actor", draft.pk, actor.pk), fields_of(page, f"form-{actor.pk}"))
    actor.refresh_from_db()
    assert actor.confirmed


def test_an_actor_without_a_name_is_asked_for_it(draft, drafter):
    response = as_user(drafter).post(url("sop_edit_actor_add", draft.pk), {"baru-who": "external", "baru-name": ""})
    assert response.status_code == 422 and "Isi nama kolomnya" in text(response)
    doubled = as_user(drafter).post(url("sop_edit_actor_add", draft.pk), {"baru-who": "applicant", "baru-name": ""})
    assert doubled.status_code == 422 and "sudah ada dalam SOP ini" in text(doubled)


# A step


def test_saving_an_untouched_step_changes_nothing(draft, drafter):
    client, before = as_user(drafter), flows.flow_of(draft)
    for step in draft.steps.all():
        assert send(client, step, open_step(client, step)).status_code == 302
    draft.refresh_from_db()
    assert flows.flow_of(draft) == before and draft.revision == 0


def test_every_field_of_a_step_is_saved(draft, drafter):
    client, step = as_user(drafter), step_of(draft, 3)
    actors = [str(pk) for pk in draft.actors.order_by("-order").values_list("pk", flat=True)]
    data = open_step(client, step) | {
        "activity": "Menandatangani",
        "actors": [*actors, ""],
        "inputs": "Konsep",
        "time_number": "1,5",
        "time_unit": "days",
        "per_item": "on",
        "output": "Surat bertanda tangan",
        "note": "Basah",
        "issues_letter": "on",
        "next_id": str(step_of(draft, 1).pk),
    }
    assert send(client, step, data).status_code == 302
    step.refresh_from_db()
    assert (step.seconds, step.per_item, step.issues_letter) == (40500, True, True)
    assert (step.activity, step.inputs, step.output, step.note) == (
        "Menandatangani",
        "Konsep",
        "Surat bertanda tangan",
        "Basah",
    )
    assert [str(link.actor_id) for link in step.step_actors.order_by("order")] == actors
    assert step.next_id == step_of(draft, 1).pk


def test_a_time_in_figures_and_its_own_words(draft, drafter):
    client, step = as_user(drafter), step_of(draft, 2)
    assert open_step(client, step)["time_text"] == [""]
    send(client, step, open_step(client, step), time_number="2", time_unit="hours")
    step.refresh_from_db()
    assert (step.seconds, step.time_text) == (7200, "")
    send(client, step, open_step(client, step), time_text="1 s.d. 2 jam")
    step.refresh_from_db()
    assert (step.seconds, step.time_text) == (7200, "1 s.d. 2 jam")


@pytest.mark.parametrize("number", ["lima", "-1", "9999999999", "1e9", "nan"])
def test_a_wrong_time_keeps_everything_typed(draft, drafter, number):
    client, step = as_user(drafter), step_of(draft, 2)
    response = send(client, step, open_step(client, step), time_number=number, output="Hasil ketik", shape="process")
    page = text(response)
    assert response.status_code == 422
    assert f'value="{number}"' in page and "Hasil ketik" in page
    assert re.search(r'value="process" checked', page)
    assert not re.search(r'id="id_time_number_error"[^>]*hidden', page)
    step.refresh_from_db()
    assert step.shape == "decision"


def test_a_decision_takes_the_way_along(draft, drafter):
    client, step = as_user(drafter), step_of(draft, 3)
    send(client, step, open_step(client, step), shape="decision")
    step.refresh_from_db()
    assert (step.next_id, step.if_yes_id) == (None, step_of(draft, 4).pk)


@pytest.mark.parametrize(("do", "numbers"), [("up", [1, 3, 2, 4]), ("down", [1, 2, 4, 3])])
def test_moving_saves_first_and_keeps_the_step_open(draft, drafter, do, numbers):
    client = as_user(drafter)
    steps = list(draft.steps.order_by("no"))
    moved = steps[2]
    response = send(client, moved, open_step(client, moved), activity="Diubah", do=do)
    assert response.url == f"{step_url(moved)}?fokus={do}#langkah-{moved.pk}"
    assert [steps.index(step) + 1 for step in draft.steps.order_by("no")] == numbers
    moved.refresh_from_db()
    assert moved.activity == "Diubah"
    page = text(client.get(response.url))
    assert re.search(rf'value="{do}"[^>]*data-focus-on-load', page)


def test_adding_after_a_step_takes_its_place_in_the_flow_once(draft, drafter):
    client, step = as_user(drafter), step_of(draft, 3)
    data = open_step(client, step) | {"do": "add"}
    first, second = send(client, step, data), send(client, step, data)
    made = step_of(draft, 4)
    assert draft.steps.count() == 5 and first.url == second.url == f"{step_url(made)}?fokus=isi#langkah-{made.pk}"
    step.refresh_from_db()
    assert step.next_id == made.pk and made.next_id == step_of(draft, 5).pk
    assert "data-focus-on-load" in re.search(r"<textarea[^>]*id_activity[^>]*>", text(client.get(first.url))).group()


def test_the_last_step_goes_on_to_a_new_one(draft, drafter):
    client, step = as_user(drafter), step_of(draft, 4)
    assert "Simpan dan tambah langkah" in text(client.get(step_url(step)))
    assert send(client, step, open_step(client, step), do="next").url.startswith(step_url(step_of(draft, 5)))


def test_splitting_makes_two_rows(draft, drafter):
    client, step = as_user(drafter), step_of(draft, 3)
    response = send(client, step, open_step(client, step), activity="Memeriksa dan menandatangani surat", do="split")
    assert response.url.startswith(step_url(step_of(draft, 4)))
    assert [each.activity for each in draft.steps.filter(no__in=[3, 4]).order_by("no")] == [
        "Memeriksa",
        "Menandatangani surat",
    ]


def test_removing_is_undone_from_the_page(draft, drafter):
    client, step = as_user(drafter), step_of(draft, 2)
    before = flows.flow_of(draft)
    page = client.post(step_url(step), open_step(client, step) | {"do": "remove"}, follow=True)
    assert "Langkah 2 dihapus." in text(page) and "Urungkan" in text(page)
    removed = RemovedStep.objects.get()
    undone = client.post(url("sop_edit_restore", draft.pk, removed.pk))
    assert undone.url.startswith(step_url(step_of(draft, 2)))
    assert flows.flow_of(draft) == before
    again = client.post(url("sop_edit_restore", draft.pk, removed.pk), follow=True)
    assert "sudah dikembalikan" in text(again)


def test_a_removed_steps_address_offers_to_put_it_back(draft, drafter):
    client, step = as_user(drafter), step_of(draft, 2)
    removed = removal.remove_step(step, by=staff(drafter))
    assert client.get(step_url(step)).url == f"{url('sop_edit', draft.pk)}?dihapus={removed.pk}"
    assert client.get(url("sop_edit_step", draft.pk, 999_999)).url == url("sop_edit", draft.pk)


def test_a_step_of_another_draft_is_not_reached(draft, drafter, units):
    foreign = importing.import_sop(
        make.small_content(number="420/2/LAIN", name="Lain", unit_code="GTK"), by=SYSTEM
    ).version
    step = step_of(foreign, 2)
    response = as_user(drafter).post(url("sop_edit_step", draft.pk, step.pk), {"do": "remove", "activity": "x"})
    assert response.status_code in (302, 409) and Step.objects.filter(pk=step.pk).exists()


# Autosave


def test_an_autosave_answers_with_pieces_and_never_with_the_form(draft, drafter):
    client, step = as_user(drafter), step_of(draft, 2)
    response = send(client, step, open_step(client, step), activity="Memeriksa berkas", htmx=True)
    page = text(response)
    assert response.status_code == 200 and response["X-Saved"] == "1"
    assert "Tersimpan pukul" in page and "<textarea" not in page and "<select" not in page
    assert f'id="kepala-{step.pk}"' in page and "innerHTML:#pratinjau" in page
    step.refresh_from_db()
    assert step.activity == "Memeriksa berkas"


def test_autosaves_in_a_row_stand_on_each_other(draft, drafter):
    client, step = as_user(drafter), step_of(draft, 2)
    data = open_step(client, step)
    for words in ("Satu", "Dua", "Tiga"):
        page = text(send(client, step, data, activity=words, htmx=True))
        assert "Tersimpan pukul" in page
        data["was"] = [re.search(r'name="was" value=("\{.*?\}")', page, re.S).group(1).strip('"')]
    step.refresh_from_db()
    assert step.activity == "Tiga"


def test_an_autosave_that_is_refused_names_the_field(draft, drafter):
    client, step = as_user(drafter), step_of(draft, 2)
    response = send(client, step, open_step(client, step), time_number="lima", htmx=True)
    assert response.status_code == 422
    assert re.search(r'id="id_time_number_error" hx-swap-oob="true"\s*>\s*Isi waktu', text(response))


def test_an_autosave_tells_of_others_changes(draft, drafter, other):
    client, step = as_user(drafter), step_of(draft, 2)
    data = open_step(client, step)
    save_step(step_of(draft, 3), by=staff(other), fields={"output": "Lain"}, was={"output": "Surat"})
    page = text(send(client, step, data, output="Saya", revision="0", htmx=True))
    assert "Draf ini sedang diubah orang lain juga" in page and "Tersimpan pukul" in page


# Two people


def edited_by_both(draft, drafter, other, **changes):
    """Sari has opened the step, Budi changes its activity, Sari saves."""
    client, step = as_user(drafter), step_of(draft, 2)
    data = open_step(client, step)
    save_step(step, by=staff(other), fields={"activity": "Tulisan Budi?"}, was={"activity": step.activity})
    return client, step, send(client, step, data, activity="Tulisan Sari?", output="Hasil Sari", **changes)


def test_the_second_is_told_and_nothing_is_lost(draft, drafter, other):
    _client, step, response = edited_by_both(draft, drafter, other)
    page = text(response)
    assert response.status_code == 409
    assert "Tulisan Budi?" in page and "Tulisan Sari?" in page and "Budi Contoh" in page
    step.refresh_from_db()
    # Fields that nobody else changed are saved immediately.
    assert (step.activity, step.output) == ("Tulisan Budi?", "Hasil Sari")


@pytest.mark.parametrize(("choice", "stays"), [("mine", "Tulisan Sari?"), ("stored", "Tulisan Budi?")])
def test_one_of_the_two_is_chosen(draft, drafter, other, choice, stays):
    client, step, response = edited_by_both(draft, drafter, other)
    data = fields_of(response, "langkah")
    assert data["activity"] == ["Tulisan Sari?"]
    # Saving again without a choice changes nothing.
    again = send(client, step, data, note="Catatan")
    assert again.status_code == 409 and "Pakai isian saya" in text(again)
    step.refresh_from_db()
    assert (step.activity, step.note) == ("Tulisan Budi?", "Catatan")
    assert send(client, step, fields_of(again, "langkah"), choose_activity=choice).status_code == 302
    step.refresh_from_db()
    assert step.activity == stays


def test_a_third_change_while_choosing_is_told_again(draft, drafter, other):
    client, step, response = edited_by_both(draft, drafter, other)
    save_step(step, by=staff(other), fields={"activity": "Lagi-lagi Budi?"}, was={"activity": "Tulisan Budi?"})
    again = send(client, step, fields_of(response, "langkah"), choose_activity="mine")
    assert again.status_code == 409 and "Lagi-lagi Budi?" in text(again)


def test_a_clash_over_time_and_actors_is_in_words(draft, drafter, other):
    client, step = as_user(drafter), step_of(draft, 2)
    data = open_step(client, step)
    first = draft.actors.get(order=1)
    was = editing.step_values(step)
    save_step(step, by=staff(other), fields={"seconds": 27000, "actor_ids": [first.pk]}, was=was)
    head = draft.actors.get(order=3)
    response = send(client, step, data, time_number="45", actors=[str(head.pk)])
    page = text(response)
    assert response.status_code == 409 and "1 hari kerja" in page and "45 menit" in page
    stored = send(client, step, fields_of(response, "langkah"), choose_seconds="stored", choose_actor_ids="stored")
    assert stored.status_code == 302
    step.refresh_from_db()
    assert step.seconds == 27000 and list(step.actors.all()) == [first]


def test_an_autosave_shows_the_clash_beside_what_is_typed(draft, drafter, other):
    _client, _step, response = edited_by_both(draft, drafter, other, htmx=True)
    page = text(response)
    assert response.status_code == 409
    assert 'id="langkah-bentrok" hx-swap-oob="true"' in page and "Tulisan Budi?" in page


@pytest.mark.parametrize("htmx", [True, False])
def test_a_step_removed_meanwhile_comes_back_with_what_was_typed(draft, drafter, other, htmx):
    client, step = as_user(drafter), step_of(draft, 2)
    data = open_step(client, step)
    removal.remove_step(step, by=staff(other))
    response = send(client, step, data, activity="Tulisan Sari?", htmx=htmx)
    assert response.status_code == 409 and "Langkah ini sudah dihapus" in text(response)
    if not htmx:
        data = fields_of(response, "langkah")
        assert data["activity"] == ["Tulisan Sari?"]
    back = send(client, step, data, activity="Tulisan Sari?", do="restore")
    assert back.url.startswith(step_url(step))
    assert step_of(draft, 2).activity == "Tulisan Sari?"


def test_a_step_lost_to_a_paste_comes_back_as_a_new_one(draft, drafter, other):
    client, step = as_user(drafter), step_of(draft, 2)
    data = open_step(client, step)
    row = {"no": 1, "activity": "Menerima", "actors": ["Pemohon"], "shape": "start"}
    pasting.paste_steps(draft, by=staff(other), rows=[row], replace=True)
    response = send(client, step, data, activity="Tulisan Sari?", if_yes_id="", if_no_id="")
    assert response.status_code == 409 and "Tambahkan sebagai langkah baru" in text(response)
    back = send(client, step, fields_of(response, "langkah"), do="restore", if_yes_id="", if_no_id="")
    assert back.status_code == 302 and step_of(draft, 2).activity == "Tulisan Sari?"


def test_two_people_on_the_identity(draft, drafter, other):
    client = as_user(drafter)
    address = url("sop_edit_identity", draft.pk)
    data = fields_of(client.get(address), "identitas")
    identity.save_identity(draft, by=staff(other), fields={"warnings": ["Milik Budi"]}, was={"warnings": []})
    response = client.post(address, data | {"warnings": "Milik Sari", "records": "Agenda"})
    assert response.status_code == 409 and "Milik Budi" in text(response)
    draft.refresh_from_db()
    assert (draft.warnings, draft.records) == (["Milik Budi"], ["Agenda"])
    chosen = client.post(address, fields_of(response, "identitas") | {"choose_warnings": "mine"})
    assert chosen.status_code == 302
    draft.refresh_from_db()
    assert draft.warnings == ["Milik Sari"]


# Paste

TABLE = (
    "No\tUraian Kegiatan\tPelaksana\tWaktu\tOutput\n"
    "1\tMengantar berkas\tPemohon\t\tBerkas\n"
    "2\tMemeriksa berkas\tKasir\t15 menit\tHasil\n"
)


def test_a_paste_is_looked_at_before_it_is_put_in(draft, drafter):
    client, address = as_user(drafter), url("sop_edit_paste", draft.pk)
    looked = client.post(address, {"text": TABLE, "do": "look"})
    page = text(looked)
    assert looked.status_code == 200 and "Terbaca 2 langkah" in page and "Kasir" in page and "15 menit" in page
    assert draft.steps.count() == 4
    data = {"text": TABLE, "do": "put", "replace": "1", "key": "k"}
    put = client.post(address, data)
    assert put.url == url("sop_edit", draft.pk)
    assert [step.activity for step in draft.steps.order_by("no")] == ["Mengantar berkas", "Memeriksa berkas"]
    page = text(client.get(put.url))
    assert "Salinan draf sebelum diganti" in page
    copy = draft.copies.get()
    client.post(url("sop_edit_restore_copy", draft.pk, copy.pk))
    assert draft.steps.count() == 4


def test_a_paste_can_be_added(draft, drafter):
    client, address = as_user(drafter), url("sop_edit_paste", draft.pk)
    client.post(address, {"text": TABLE, "do": "put", "replace": "", "key": "k"})
    client.post(address, {"text": TABLE, "do": "put", "replace": "", "key": "k"})
    assert draft.steps.count() == 6


def rows_pasted(count):
    lines = [f"{n}\tMengantar berkas {n}\tPemohon\t10 menit" for n in range(1, count + 1)]
    return "No\tUraian Kegiatan\tPelaksana\tWaktu\n" + "\n".join(lines) + "\n"


def test_more_rows_than_fit_can_replace_from_the_refusal_and_the_copy_brings_all_back(draft, drafter):
    client, address = as_user(drafter), url("sop_edit_paste", draft.pk)
    before = list(draft.steps.order_by("no").values_list("activity", "shape"))
    data = {"text": rows_pasted(200), "do": "put", "replace": "", "key": "k"}
    refused = client.post(address, data)
    page = text(refused)
    assert refused.status_code == 422 and "paling banyak memuat 200 langkah" in page
    assert "Ganti semua langkah yang sudah ada" in page and "Masukkan 200 langkah" in page
    assert draft.steps.count() == 4
    assert client.post(address, data | {"replace": "1"}).url == url("sop_edit", draft.pk)
    assert draft.steps.count() == 200
    assert client.get(url("sop_edit", draft.pk)).status_code == 200
    back = client.post(url("sop_edit_restore_copy", draft.pk, draft.copies.get().pk), follow=True)
    assert "Draf dikembalikan ke salinan itu" in text(back)
    assert list(draft.steps.order_by("no").values_list("activity", "shape")) == before
    # The previously replaced content is kept as well.
    newest = editing.copies_of(draft)[0]
    client.post(url("sop_edit_restore_copy", draft.pk, newest.pk))
    assert draft.steps.count() == 200


@pytest.mark.parametrize("text_pasted", ["", "   \n", "hanya satu kalimat"])
def test_what_is_no_table_is_said_so(draft, drafter, text_pasted):
    response = as_user(drafter).post(url("sop_edit_paste", draft.pk), {"text": text_pasted, "do": "look"})
    assert response.status_code == 422 and "invalid-feedback" in text(response)


def test_unreadable_cells_are_named_and_nothing_is_put_in(draft, drafter):
    wrong = TABLE.replace("2\tMemeriksa", "dua belas ribu\tMemeriksa")
    response = as_user(drafter).post(url("sop_edit_paste", draft.pk), {"text": wrong, "do": "put", "replace": "1"})
    page = text(response)
    assert response.status_code == 422 and "baris 3" in page.lower() and "dua belas ribu" in page
    assert draft.steps.count() == 4


def test_cells_of_several_lines_are_read_as_spreadsheets_copy_them(draft, drafter):
    quoted = 'No\tUraian Kegiatan\tPelaksana\n1\t"Menerima\nberkas"\tPemohon\n'
    assert "Terbaca 1 langkah" in text(
        as_user(drafter).post(url("sop_edit_paste", draft.pk), {"text": quoted, "do": "look"})
    )


# Check, propose, document


def test_findings_lead_to_their_steps_and_bar_proposing(draft, drafter):
    step = step_of(draft, 2)
    save_step(step, by=staff(drafter), fields={"output": ""}, was={"output": "Hasil"})
    client = as_user(drafter)
    page = text(client.get(url("sop_edit_check", draft.pk)))
    assert "output belum diisi" in page and step_url(step) in page
    assert "Perbaiki dahulu" in page
    refused = client.post(url("sop_edit_propose", draft.pk), follow=True)
    assert "output belum diisi" in text(refused)
    draft.refresh_from_db()
    assert draft.proposed_at is None


def test_a_sound_draft_is_proposed(draft, drafter):
    client = as_user(drafter)
    page = text(client.post(url("sop_edit_propose", draft.pk), follow=True))
    assert "Sudah diajukan oleh Sari Contoh" in page
    draft.refresh_from_db()
    assert draft.proposed_by == drafter


def test_the_document_is_looked_at_and_taken_along(draft, drafter):
    client = as_user(drafter)
    pdf = client.get(url("sop_edit_pdf", draft.pk))
    assert pdf["Content-Type"] == "application/pdf" and "no-store" in pdf["Cache-Control"]
    taken = client.get(url("sop_edit_download", draft.pk, "json"))
    assert json.loads(taken.content)["name"] == draft.title
    assert "attachment" in taken["Content-Disposition"]
    assert client.get(url("sop_edit_download", draft.pk, "exe")).status_code == 404


@pytest.mark.parametrize(
    "name", ["sop_edit", "sop_edit_identity", "sop_edit_actors", "sop_edit_check", "sop_edit_paste"]
)
def test_an_empty_draft_has_all_its_pages(units, drafter, name):
    version = starting.start_sop(by=staff(drafter), name="Baru", unit_id=Unit.objects.get(code="DIKDAS").pk)
    assert as_user(drafter).get(url(name, version.pk)).status_code == 200


def test_a_first_step_without_actors_opens(units, drafter):
    version = starting.start_sop(by=staff(drafter), name="Baru", unit_id=units["DIKDAS"].pk)
    client = as_user(drafter)
    made = client.post(url("sop_edit_add", version.pk), {"key": "k"}, follow=True)
    assert made.status_code == 200 and "Belum ada pelaksana." in text(made)
    add_actor(version, by=staff(drafter), name="Pemohon", kind="applicant")
    assert client.get(url("sop_edit", version.pk)).status_code == 200


def test_a_hardly_begun_draft_has_its_document_and_files(units, drafter):
    version = starting.start_sop(by=staff(drafter), name="Baru", unit_id=units["DIKDAS"].pk)
    client = as_user(drafter)
    for _round in range(3):
        assert client.get(url("sop_edit_pdf", version.pk)).status_code == 200
        for kind in ("json", "xlsx", "bpmn"):
            assert client.get(url("sop_edit_download", version.pk, kind)).status_code == 200, kind
        client.post(url("sop_edit_add", version.pk))
        if not version.actors.exists():
            add_actor(version, by=staff(drafter), name="Pemohon", kind="applicant")
