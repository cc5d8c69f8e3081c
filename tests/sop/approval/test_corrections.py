"""Corrections: proposed by verifiers and approvers, accepted or declined by the drafter, who becomes the editor."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from sop.approval.actions import corrections, life, proposing
from sop.approval.queries.corrections import corrections_of
from sop.drafting.actions import removal
from sop.models import Correction
from tests.factories import sop as make
from tests.factories import sop_drafts as draft
from tests.factories.cases import count_queries
from tests.factories.pages import as_user, text
from ula_portal.core import clock
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry, Notice, Role
from ula_portal.core.notices import kinds
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(units, drafter, cast):
    version = draft.small_draft(drafter, units)
    make.confirm_all(version, cast["admin"])
    return version


def propose(version, user, no=2, field="note", text="Lebih jelas", **options):
    place = f"{draft.step(version, no).pk}-{field}" if no else field
    return corrections.propose_correction(version, by=staff(user), place=place, text=text, **options)


def take(correction, user):
    shown = next(each for each in corrections_of(correction.version) if each.row.pk == correction.pk)
    seen = shown.place.text if shown.place else ""
    return corrections.take_over_correction(correction, by=staff(user), seen=seen)


# Proposing


def test_the_draft_stays_as_it_is_and_its_drafter_is_told_once(version, drafter, cast):
    before = draft.content(version)
    first = propose(version, cast["head"])
    propose(version, cast["head"], no=None, field="legal_basis", text="Satu\n\n Dua ")
    assert draft.content(version) == before and version.edited_by == drafter
    assert not version.editors.filter(user=cast["head"]).exists()
    assert (first.before, first.text, first.state) == ("", "Lebih jelas", "open")
    assert Correction.objects.get(field="legal_basis").text == "Satu\nDua"
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (drafter, "sop_correction")
    assert notice.path in kinds.kind_of(notice.kind).compose(notice).body
    assert JournalEntry.objects.filter(verb="sop_correction_proposed").count() == 2


def test_of_a_draft_that_nobody_wrote_here_nobody_is_told(units, cast):
    version = make.imported(make.small_content())
    assert version.author is None and propose(version, cast["head"]).state == "open"
    assert not Notice.objects.exists()


def test_who_proposed_is_told_once_all_of_theirs_are_answered(version, drafter, cast):
    one, two = propose(version, cast["head"]), propose(version, cast["head"], no=3)
    beside = propose(version, cast["section_head"])
    # Every proposer causes a separate notice.
    assert Notice.objects.filter(kind="sop_correction", user=drafter).count() == 2
    corrections.decline_correction(one, by=staff(drafter), reason="x" * 1000)
    assert not Notice.objects.filter(kind="sop_correction_answered").exists()
    corrections.decline_correction(two, by=staff(drafter), reason="Tidak perlu.")
    assert [each.user for each in Notice.objects.filter(kind="sop_correction_answered")] == [cast["head"]]
    with pytest.raises(Refused, match="terlalu panjang") as refusal:
        corrections.decline_correction(beside, by=staff(drafter), reason="x" * 1001)
    assert refusal.value.field == "reason"


@pytest.mark.parametrize("who", ["admin", "official", "other_head", "drafter", "secretary"])
def test_only_who_verifies_or_approves_proposes(version, drafter, cast, who):
    with pytest.raises(NotAllowed):
        propose(version, drafter if who == "drafter" else cast[who])


def test_an_editor_does_not_propose_and_the_section_head_does(version, cast):
    draft.save(draft.step(version, 1), cast["head"], note="Sendiri")
    with pytest.raises(NotAllowed):
        propose(version, cast["head"])
    assert propose(version, cast["section_head"]).state == "open"


def test_again_at_the_same_place_the_new_words_count_and_a_key_counts_once(version, cast):
    first = propose(version, cast["head"], key="satu")
    assert propose(version, cast["head"], text="Lain", key="satu").text == "Lebih jelas"
    second = propose(version, cast["head"], text="Lain", key="dua")
    assert (second.pk, second.text) == (first.pk, "Lain")
    assert propose(version, cast["section_head"]).pk != first.pk


@pytest.mark.parametrize(
    ("no", "field", "text", "match"),
    [
        (2, "note", "", "sama dengan isi sekarang"),
        (2, "note", "x" * 5001, "terlalu panjang"),
        (None, "name", " ", "Nama SOP diisi"),
        (None, "records", "\n".join("abcdefgh" for _n in range(500)), "Paling banyak"),
        (2, "shape", "end", "tidak ada lagi"),
        (None, "number", "1", "tidak ada lagi"),
    ],
)
def test_what_cannot_stand_there_is_refused(version, cast, no, field, text, match):
    with pytest.raises(Refused, match=match):
        propose(version, cast["head"], no=no, field=field, text=text)
    assert not Correction.objects.exists()


def test_nothing_goes_on_while_one_waits(version, drafter, cast):
    correction = propose(version, cast["head"])
    for call in (
        lambda: proposing.propose_version(version, by=staff(drafter)),
        lambda: life.verify_version(version, by=staff(cast["section_head"])),
    ):
        with pytest.raises(Refused, match="1 usulan perbaikan belum dijawab"):
            call()
    with pytest.raises(NotAllowed, match="pengusulnya"):
        corrections.withdraw_correction(correction, by=staff(cast["section_head"]))
    corrections.withdraw_correction(correction, by=staff(cast["head"]))
    assert not Notice.objects.filter(kind="sop_correction_answered").exists()
    life.verify_version(version, by=staff(cast["section_head"]))
    # A correction of a verified version, too, returns it to the drafter for an answer.
    second = propose(version, cast["head"])
    with pytest.raises(Refused, match="belum dijawab"):
        life.approve_version(version, by=staff(cast["head"]), decree="1", effective_from=clock.today())
    with pytest.raises(Outdated, match="Kembalikan menjadi draf"):
        take(second, drafter)
    life.return_version(version, by=staff(cast["head"]), reason="Lihat usulan.")
    assert take(second, drafter).state == "taken"


# Answering


def test_whoever_takes_over_is_the_editor_and_whoever_proposed_still_approves(version, drafter, cast):
    other = make.make_person(Role.DRAFTER, version.sop.unit)
    take(propose(version, cast["head"]), other)
    take(propose(version, cast["head"], no=None, field="legal_basis", text="Satu\nDua"), drafter)
    version.refresh_from_db()
    assert draft.step(version, 2).note == "Lebih jelas" and version.legal_basis == ["Satu", "Dua"]
    assert {each.user for each in version.editors.all()} == {drafter, other}
    told = Notice.objects.filter(kind="sop_correction_answered")
    assert {each.user for each in told} == {cast["head"]} and told.count() == 2
    life.verify_version(version, by=staff(cast["section_head"]))
    assert (
        life.approve_version(version, by=staff(cast["head"]), decree="1", effective_from=clock.today()).state
        == "approved"
    )
    with pytest.raises(Outdated, match="sudah disahkan"):
        propose(version, cast["head"], text="Terlambat")


def test_declining_needs_a_reason_and_leaves_the_draft(version, drafter, cast):
    correction, before = propose(version, cast["head"]), draft.content(version)
    for reason in (" ", "x" * 1001):
        with pytest.raises(Refused) as refused:
            corrections.decline_correction(correction, by=staff(drafter), reason=reason)
        assert refused.value.field == "reason"
    declined = corrections.decline_correction(correction, by=staff(drafter), reason=" Sudah tertulis di langkah 3. ")
    assert (declined.state, declined.answer) == ("declined", "Sudah tertulis di langkah 3.")
    assert draft.content(version) == before
    assert Notice.objects.filter(kind="sop_correction_answered", user=cast["head"]).exists()


@pytest.mark.parametrize("who", ["head", "other_head", "official"])
def test_neither_strangers_nor_the_proposer_answer(version, cast, who):
    correction = propose(version, cast["head"])
    for answer in (
        lambda: take(correction, cast[who]),
        lambda: corrections.decline_correction(correction, by=staff(cast[who]), reason="x"),
    ):
        with pytest.raises(NotAllowed):
            answer()
    assert not version.editors.filter(user=cast[who]).exists()


def test_answered_once(version, drafter, cast):
    correction = propose(version, cast["head"])
    take(correction, drafter)
    for again in (
        lambda: take(correction, drafter),
        lambda: corrections.decline_correction(correction, by=staff(drafter), reason="x"),
        lambda: corrections.withdraw_correction(correction, by=staff(cast["head"])),
        lambda: corrections.withdraw_correction(Correction(pk=0, version=version), by=staff(cast["head"])),
    ):
        with pytest.raises(Outdated, match="sudah dijawab"):
            again()


def test_what_changed_since_it_was_looked_at_is_compared_anew(version, drafter, cast):
    correction = propose(version, cast["head"])
    draft.save(draft.step(version, 2), drafter, note="Berubah")
    with pytest.raises(Outdated, match="baru saja berubah"):
        corrections.take_over_correction(correction, by=staff(drafter), seen="")
    assert corrections_of(version)[0].changed
    take(correction, drafter)
    assert draft.step(version, 2).note == "Lebih jelas"


def test_of_a_removed_step_it_is_declined_and_of_a_restored_one_taken(version, drafter, cast):
    correction = propose(version, cast["head"])
    removed = removal.remove_step(draft.step(version, 2), by=staff(drafter))
    with pytest.raises(Outdated, match="tidak ada lagi"):
        take(correction, drafter)
    assert corrections_of(version)[0].place is None
    removal.restore_step(removed, by=staff(drafter))
    assert take(correction, drafter).state == "taken"


def test_the_database_keeps_answers_apart_from_proposals(version, cast):
    row = Correction.objects.filter(pk=propose(version, cast["head"]).pk)
    for changes in (
        {"state": "taken"},
        {"state": "taken", "answered_by": cast["head"], "answered_at": clock.now()},
        {"answered_by": cast["section_head"]},
    ):
        with pytest.raises(IntegrityError, match="sop_correction_answered"), transaction.atomic():
            row.update(**changes)


# Pages


def test_proposed_and_withdrawn_in_the_panel(version, cast):
    client, address = as_user(cast["head"]), reverse("admin:sop_version_correct", args=[version.pk])
    step = draft.step(version, 2)
    assert f'value="{step.pk}-activity"' in text(client.get(address))
    page = text(client.get(address, {"bagian": f"{step.pk}-activity"}))
    assert "Apakah berkas lengkap?</textarea>" in page
    same = client.post(address, {"place": f"{step.pk}-activity", "text": step.activity})
    assert same.status_code == 422 and "sama dengan isi sekarang" in text(same)
    sent = client.post(address, {"place": f"{step.pk}-activity", "text": "Apakah sah?", "key": "k"}, follow=True)
    assert "Usulan dikirim" in text(sent) and "Tarik usulan" in text(sent)
    assert "Apakah sah?</textarea>" in text(client.get(address, {"bagian": f"{step.pk}-activity"}))
    admin = as_user(cast["admin"])
    assert "Tarik usulan" not in text(admin.get(address)) and "Tulis usulan" not in text(admin.get(address))
    pk = Correction.objects.get().pk
    assert "hanya dapat ditarik" in text(admin.post(address, {"withdraw": pk}, follow=True))
    assert client.post(address, {"withdraw": pk + 1}).status_code == 404
    assert "Usulan ditarik" in text(client.post(address, {"withdraw": pk}, follow=True))
    assert as_user(cast["other_head"]).get(address).status_code == 404
    assert client.get(address, {"bagian": "lain"}).status_code == 302


def test_answered_in_the_editor(version, drafter, cast):
    correction, second = propose(version, cast["head"]), propose(version, cast["head"], no=3)
    client, page = as_user(drafter), reverse("sop_edit_corrections", args=[version.pk])
    assert page in text(client.get(reverse("sop_edit", args=[version.pk])))
    shown = text(client.get(page))
    assert "Lebih jelas" in shown and "Pakai usulan" in shown
    address = reverse("sop_edit_correction", args=[version.pk, correction.pk])
    refused = client.post(address, {"do": "decline", "reason": ""})
    assert refused.status_code == 422 and "Tulis alasannya" in text(refused)
    assert "tertulis dalam draf" in text(client.post(address, {"do": "take", "seen": ""}, follow=True))
    assert "sudah dijawab" in text(client.post(address, {"do": "take", "seen": ""}, follow=True))
    address = reverse("sop_edit_correction", args=[version.pk, second.pk])
    assert "Usulan ditolak" in text(client.post(address, {"do": "decline", "reason": "Tidak perlu"}, follow=True))
    assert "Tidak perlu" in text(as_user(cast["head"]).get(reverse("admin:sop_version_correct", args=[version.pk])))
    foreign = reverse(
        "sop_edit_correction", args=[draft.small_draft(drafter, {"DIKDAS": version.sop.unit}).pk, second.pk]
    )
    assert client.post(foreign, {"do": "take"}).status_code == 404


def test_the_page_of_corrections_asks_the_same_for_one_and_three(version, drafter, cast):
    client, page = as_user(drafter), reverse("sop_edit_corrections", args=[version.pk])
    counts = []
    for no in (1, 2, 3):
        propose(version, cast["head"], no=no)
        client.get(page)
        counts.append(count_queries(lambda: client.get(page)))
    assert counts[0] == counts[2]


# A head of office who is about to edit a draft


def test_a_head_is_asked_before_the_first_edit(version, cast):
    head, step = as_user(cast["head"]), draft.step(version, 1)
    for name, *args in (("sop_edit",), ("sop_edit_identity",), ("sop_edit_paste",), ("sop_edit_step", step.pk)):
        page = text(head.get(reverse(name, args=[version.pk, *args])))
        assert "Anda tidak dapat mengesahkannya" in page and "Usulkan perbaikan" in page
    answer = head.post(reverse("sop_edit_step", args=[version.pk, step.pk]), {"activity": "Menulis sendiri"})
    assert answer.status_code == 409 and "Menulis sendiri" in text(answer)
    assert not version.editors.filter(user=cast["head"]).exists()
    assert "Anda tidak dapat mengesahkannya" not in text(head.get(reverse("sop_edit_check", args=[version.pk])))
    for _again in range(2):
        assert head.post(reverse("sop_edit_own", args=[version.pk])).status_code == 302
    assert 'id="langkah"' in text(head.get(reverse("sop_edit_step", args=[version.pk, step.pk])))
    # Another draft or another session asks again.
    assert "Sunting sendiri" in text(as_user(cast["head"]).get(reverse("sop_edit", args=[version.pk])))
    draft.save(step, cast["head"], note="Sendiri")
    assert "Sunting sendiri" not in text(as_user(cast["head"]).get(reverse("sop_edit", args=[version.pk])))


def test_section_heads_and_drafters_are_not_asked(version, drafter, cast):
    for user in (drafter, cast["section_head"], cast["admin"]):
        assert "Sunting sendiri" not in text(as_user(user).get(reverse("sop_edit", args=[version.pk])))


@pytest.mark.parametrize("place", ["editor", "panel"])
def test_a_head_is_asked_before_beginning_a_version(units, cast, place):
    old, head = make.publish(make.small_content(), cast), as_user(cast["head"])
    addresses = {
        "editor": reverse("sop_revise", args=[old.sop_id]),
        "panel": reverse("admin:sop_version_act", args=[old.pk, "revise"]),
    }
    asked = text(head.post(addresses[place], {"key": "k", "idempotency_key": "k"}))
    assert "Bila Anda yang memulai draf" in asked and old.sop.versions.count() == 1
    head.post(addresses[place], {"key": "k", "idempotency_key": "k", "sure": "1"})
    assert old.sop.versions.get(ordinal=2).author == cast["head"]
    assert "Bila Anda yang memulai draf" in text(head.get(reverse("sop_new")))
    assert "Bila Anda yang memulai draf" not in text(as_user(cast["section_head"]).get(reverse("sop_new")))


def test_the_panel_and_the_editor_name_who_decides_by_position(version, drafter, cast):
    page = text(as_user(cast["admin"]).get(reverse("admin:sop_sopversion_change", args=[version.pk])))
    assert "Yang dapat memverifikasi: Kepala Bidang Pembinaan Pendidikan Dasar, Kepala Dinas." in page
    draft.save(draft.step(version, 1), cast["section_head"], note="x")
    page = text(as_user(drafter).get(reverse("sop_edit_check", args=[version.pk])))
    assert "Yang dapat memverifikasi: Sekretaris Dinas, Kepala Dinas." in page
