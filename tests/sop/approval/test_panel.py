"""SOPs in the admin panel: who sees what, buttons or a reason for their absence, forms that keep the input."""

import datetime
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sop.approval.actions import life, proposing
from sop.approval.queries import panel
from sop.approval.views.version_page import source_in_words
from sop.drafting.actions import importing, steps
from sop.exchange.json import MAX_BYTES
from sop.models import SopVersion, Step
from tests.factories import sop as make
from tests.factories.pages import as_user, text
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Position, Role
from ula_portal.core.verbs.errors import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder_of_its_own")]
LIST = "/admin/sop/sopversion/"


@pytest.fixture
def draft(units):
    return make.imported(make.small_content())


def page_of(version):
    return reverse("admin:sop_sopversion_change", args=[version.pk])


def act(client, version, verb, **data):
    return client.post(reverse("admin:sop_version_act", args=[version.pk, verb]), data, follow=True)


def test_everyone_sees_only_what_they_may(draft, cast):
    for who, sees in (("admin", True), ("head", True), ("section_head", True), ("other_head", False)):
        client = as_user(cast[who])
        assert (draft.title in text(client.get(LIST))) == sees
        assert client.get(page_of(draft)).status_code == (200 if sees else 404)
        assert client.get(reverse("admin:sop_version_pdf", args=[draft.pk])).status_code == (200 if sees else 404)
    assert as_user(cast["official"]).get(LIST).status_code in (302, 403)
    assert Client().get(page_of(draft)).status_code == 302


def test_nothing_is_added_changed_or_deleted_by_hand(draft, cast):
    client = as_user(cast["admin"])
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{draft.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(page_of(draft), {"state": "published"})
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_whole_life_by_buttons(draft, cast):
    head, admin = as_user(cast["head"]), as_user(cast["admin"])
    form = {}
    for actor in draft.actors.all():
        form |= {f"kind_{actor.pk}": actor.kind, f"actor_{actor.pk}": actor.position_id or ""}
    done = admin.post(reverse("admin:sop_version_actors", args=[draft.pk]), form, follow=True)
    assert "Pelaksana sudah dipastikan" in text(done)
    assert "sudah diverifikasi" in text(act(as_user(cast["section_head"]), draft, "verify"))
    days = {"decree_date": clock.today(), "effective_from": clock.today()}
    assert "Versi SOP disahkan" in text(act(head, draft, "approve", decree="800/9/2026", **days))
    assert "Halamannya untuk masyarakat" in text(act(admin, draft, "publish"))
    assert "Halaman untuk masyarakat" in text(head.get(page_of(draft)))
    assert "dicabut" in text(act(head, draft, "withdraw"))
    draft.refresh_from_db()
    assert (draft.state, draft.decree) == ("withdrawn", "800/9/2026")


def broken(number="rusak"):
    data = make.small_content(number=number)
    data["steps"][2]["output"] = ""
    return importing.import_sop(data, by=SYSTEM).version


def task_of(version, user):
    """The single task that the page shows to a person: its heading, and its button or link."""
    response = as_user(user).get(page_of(version))
    return response.context["task"]


def test_the_page_says_who_may_and_what_bars(draft, cast):
    page = text(as_user(cast["admin"]).get(page_of(draft)))
    assert "Verifikasi hanya dapat dilakukan oleh kepala bidang/bagian" in page
    page = text(as_user(cast["section_head"]).get(page_of(broken())))
    assert "1 hal harus diperbaiki" in page and page.count("Langkah 3: output belum diisi") == 1
    assert 'value="Verifikasi"' not in page


def test_each_person_is_asked_for_one_thing_at_each_station(draft, cast):
    admin, section_head, head = cast["admin"], cast["section_head"], cast["head"]
    assert [task_of(draft, who).action for who in (admin, section_head, head)] == ["propose", "verify", "verify"]
    life.verify_version(draft, by=staff(section_head))
    assert {task_of(draft, who).action for who in (admin, section_head, head)} == {"actors"}
    make.confirm_all(draft, admin)
    assert [task_of(draft, who).action for who in (admin, section_head, head)] == ["", "", "approve"]
    make.approve(draft, head, "1")
    assert [task_of(draft, who).action for who in (admin, section_head, head)] == ["publish", "", ""]
    life.publish_version(draft, by=staff(admin))
    assert {task_of(draft, who).action for who in (admin, section_head, head)} == {""}
    page = text(as_user(head).get(page_of(draft)))
    assert "dapat dibaca masyarakat" in page and "Anda akan mencabut <strong>Surat Keterangan Contoh</strong>" in page
    life.withdraw_version(draft, by=staff(head))
    assert "sudah dicabut" in task_of(draft, admin).title


def test_findings_lead_to_where_they_are_mended(units, cast):
    version = broken()
    SopVersion.objects.filter(pk=version.pk).update(legal_basis=[])
    page = text(as_user(cast["section_head"]).get(page_of(version)))
    step = version.steps.get(no=3)
    assert f"{reverse('sop_edit_step', args=[version.pk, step.pk])}#langkah-{step.pk}" in page
    assert "Buka langkah 3" in page
    assert "Dasar hukum belum diisi" in page and f'href="{reverse("sop_edit_identity", args=[version.pk])}"' in page
    assert f'href="{reverse("sop_edit", args=[version.pk])}"' in page


def test_a_frozen_version_offers_no_editing(units, cast):
    version = make.publish(make.small_content(), cast)
    page = text(as_user(cast["admin"]).get(page_of(version)))
    assert reverse("sop_edit", args=[version.pk]) not in page and "Buat versi baru" in page


def test_a_proposal_is_shown_with_its_author(draft, cast):
    assert "diajukan untuk diverifikasi" in text(act(as_user(cast["admin"]), draft, "propose"))
    task = task_of(draft, cast["section_head"])
    assert task.action == "verify" and task.text.startswith(cast["admin"].full_name)
    assert task_of(draft, cast["admin"]).title == "Menunggu verifikasi"
    page = text(as_user(cast["admin"]).get(page_of(draft)))
    assert f"Diajukan untuk diverifikasi oleh {cast['admin'].full_name}" in page


def test_who_edited_last_is_shown(draft, cast):
    step = draft.steps.get(no=3)
    steps.save_step(step, by=staff(cast["section_head"]), fields={"output": "Surat resmi"}, was={"output": step.output})
    page = text(as_user(cast["admin"]).get(page_of(draft)))
    assert f"Terakhir diubah oleh {cast['section_head'].full_name}" in page


def test_a_new_version_is_begun_once_and_goes_on_in_the_editor(units, cast):
    version, client = make.publish(make.small_content(), cast), as_user(cast["section_head"])
    address = reverse("admin:sop_version_act", args=[version.pk, "revise"])
    for _again in range(2):
        answer = client.post(address, {"idempotency_key": "satu"})
        new = SopVersion.objects.get(sop=version.sop, ordinal=2)
        assert answer.status_code == 302 and answer["Location"] == reverse("sop_edit", args=[new.pk])
    assert "Buat versi baru" not in text(client.get(page_of(version)))
    answer = text(client.post(address, {"idempotency_key": "dua"}, follow=True))
    assert SopVersion.objects.filter(sop=version.sop).count() == 2 and 'class="notices"' in answer


def test_a_stranger_begins_no_version(units, cast):
    version = make.publish(make.small_content(), cast)
    assert act(as_user(cast["other_head"]), version, "revise").status_code == 404
    assert SopVersion.objects.count() == 1


def test_a_draft_with_holes_still_opens(draft, cast):
    """The editor allows unfinished drafts: steps without actor, text or exits, SOPs without actors."""
    Step.objects.create(version=draft, no=5, activity="", shape="decision")
    Step.objects.create(version=draft, no=6, activity="-", shape="process")
    client = as_user(cast["section_head"])
    page = text(client.get(page_of(draft)))
    assert "Langkah 5: uraian kegiatan belum diisi" in page and "Langkah 6: pelaksana belum dipilih" in page
    assert client.get(reverse("admin:sop_version_pdf", args=[draft.pk])).status_code == 200
    with pytest.raises(Refused, match="Langkah 5: uraian kegiatan belum diisi"):
        life.verify_version(draft, by=staff(cast["section_head"]))
    draft.actors.all().delete()
    assert "SOP belum mempunyai pelaksana" in text(client.get(page_of(draft)))
    draft.steps.all().delete()
    assert "SOP belum mempunyai langkah" in text(client.get(page_of(draft)))


def test_verbs_come_by_post_and_only_known_ones(draft, cast):
    client = as_user(cast["head"])
    address = reverse("admin:sop_version_act", args=[draft.pk, "verify"])
    assert client.get(address).status_code == 405
    assert act(client, draft, "explode").status_code == 404
    assert Client(enforce_csrf_checks=True).post(address).status_code in (302, 403)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_wrong_person_is_told_so(draft, cast):
    assert "hanya dapat dilakukan" in text(act(as_user(cast["admin"]), draft, "verify"))
    assert act(as_user(cast["other_head"]), draft, "verify").status_code == 404


def test_an_incomplete_approval_keeps_what_was_typed(draft, cast):
    make.confirm_all(draft, cast["admin"])
    life.verify_version(draft, by=staff(cast["section_head"]))
    client = as_user(cast["head"])
    answer = act(client, draft, "approve", decree="800/9/2026", effective_from="kemarin")
    assert answer.status_code == 422
    assert "Isi tanggal yang benar" in text(answer) and 'value="800/9/2026"' in text(answer)
    answer = act(client, draft, "approve", decree="", effective_from="2026-01-05")
    assert "Isi nomor keputusan" in text(answer) and 'value="2026-01-05"' in text(answer)


def test_a_position_without_choice_is_asked_for(draft, cast):
    actor = draft.actors.get(order=2)
    form = {}
    for row in draft.actors.all():
        form |= {f"kind_{row.pk}": row.kind, f"actor_{row.pk}": row.position_id or ""}
    form[f"actor_{actor.pk}"] = ""
    client = as_user(cast["admin"])
    answer = client.post(reverse("admin:sop_version_actors", args=[draft.pk]), form)
    assert answer.status_code == 422 and "Pilih jabatannya" in text(answer)
    assert not draft.actors.filter(confirmed=True).exists()


def test_a_refusal_leaves_the_approvals_form_as_it_was_typed(units, cast):
    first = make.publish(make.small_content(), cast, effective_from=datetime.date(2026, 3, 2))
    second = importing.import_sop(make.small_content(name="Surat Keterangan Kedua"), by=SYSTEM).version
    life.verify_version(second, by=staff(cast["section_head"]))
    client = as_user(cast["head"])
    days = {"decree_date": "2026-01-02", "effective_from": "2026-01-05"}
    answer = act(client, second, "approve", decree="800/9/2026", **days)
    assert answer.status_code == 422 and "2 Maret 2026" in text(answer)
    assert 'value="800/9/2026"' in text(answer) and 'value="2026-01-05"' in text(answer)
    # Somebody returned it in the meantime: nothing is approved, and the page says why.
    life.return_version(second, by=staff(cast["section_head"]))
    answer = act(client, second, "approve", decree="800/9/2026", **days)
    assert answer.status_code == 422 and "sekarang berkeadaan “Draf”" in text(answer)
    assert first.state == "published"


def test_positions_of_a_similar_name_are_proposed_and_marked(units, cast):
    names = ["Pemohon", "Kepala Bidang", "Pengelola Layanan Pend. Dasar", "Kepala Puskesmas"]
    data = make.small_content(actors=names)
    for step, acting in zip(data["steps"], ([0], [2], [1, 3], [0]), strict=True):
        step["actors"] = [names[n] for n in acting]
    version = importing.import_sop(data, by=SYSTEM).version
    client = as_user(cast["section_head"])
    response = client.get(page_of(version))
    chosen = {row[0].name: (row[1].value(), row[2].value(), row[3]) for row in response.context["actors_form"].rows()}
    ids = {code: str(pk) for code, pk in Position.objects.values_list("code", "pk")}
    assert chosen["Kepala Bidang"] == ("position", ids["KABID-DIKDAS"], True)
    assert chosen["Pengelola Layanan Pend. Dasar"] == ("position", ids["PENGELOLA-DIKDAS"], True)
    assert chosen["Kepala Puskesmas"] == ("external", "", False)
    assert chosen["Pemohon"] == ("applicant", "", False)
    assert text(response).count("Jabatan dengan nama yang mirip") == 2
    # Nothing is stored before a person saves the form.
    assert not version.actors.filter(position__isnull=False).exists()
    # No position is suggested for actors that somebody has matched or declared external.
    assert len(panel.near_positions(version)) == 2
    version.actors.filter(name="Kepala Bidang").update(confirmed=True)
    matched = version.actors.filter(name="Pengelola Layanan Pend. Dasar")
    matched.update(kind="position", position=Position.objects.first())
    assert panel.near_positions(version) == {}


def test_another_units_head_is_not_proposed_by_half_a_name(units, cast):
    data = make.small_content(actors=["Pemohon", "Kepala Bidang"], unit="Unit Layanan", unit_code="ULA")
    for step in data["steps"]:
        step["actors"] = ["Kepala Bidang" if step["actors"] != ["Pemohon"] else "Pemohon"]
    version = importing.import_sop(data, by=SYSTEM).version
    assert version.sop.unit.code == "ULA" and panel.near_positions(version) == {}


# Waiting work


def test_the_start_page_counts_what_waits_for_the_reader(draft, cast):
    def number(who):
        links = as_user(cast[who]).get("/admin/").context["portal_links"]
        return next(n for label, _url, n in links if label == "SOP yang menunggu Anda")

    assert [number(who) for who in ("section_head", "head", "admin")] == [0, 0, 0]
    proposing.propose_version(draft, by=staff(cast["admin"]))
    assert [number(who) for who in ("section_head", "other_head", "head", "admin")] == [1, 0, 1, 0]
    make.confirm_all(draft, cast["admin"])
    life.verify_version(draft, by=staff(cast["section_head"]))
    assert [number(who) for who in ("section_head", "head", "admin")] == [0, 1, 0]
    make.approve(draft, cast["head"], "1")
    assert [number(who) for who in ("section_head", "head", "admin")] == [0, 0, 1]


def test_the_list_is_narrowed_to_what_waits(draft, cast):
    def names(who, value):
        page = as_user(cast[who]).get(LIST, {"menunggu": value})
        return [version.title for version in page.context["cl"].result_list]

    other = importing.import_sop(make.small_content(number="lain", name="Surat Lain"), by=SYSTEM).version
    proposing.propose_version(draft, by=staff(cast["admin"]))
    life.verify_version(other, by=staff(cast["section_head"]))
    assert names("admin", "verifikasi") == ["Surat Keterangan Contoh"]
    assert names("admin", "pengesahan") == ["Surat Lain"]
    assert names("admin", "penerbitan") == [] == names("admin", "saya")
    assert names("head", "saya") == ["Surat Keterangan Contoh", "Surat Lain"]
    assert names("section_head", "saya") == ["Surat Keterangan Contoh"]
    assert names("head", "lainnya") == ["Surat Keterangan Contoh", "Surat Lain"]
    assert "Draf, menunggu verifikasi" in text(as_user(cast["head"]).get(LIST))


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        ("as published elsewhere", "dipublikasikan instansi lain"),
        ("partly published, completed plausibly", "sebagian dilengkapi"),
        ("example: written plausibly for this office; not a published SOP", "contoh, disusun"),
        ("Disusun bersama Bagian Organisasi", "Disusun bersama Bagian Organisasi"),
        ("", ""),
    ],
)
def test_where_the_content_comes_from_is_said_in_indonesian(confidence, words):
    assert words in source_in_words(confidence) and "published" not in source_in_words(confidence)


def test_changes_by_hand_stand_in_the_journal_behind_the_history_link(draft, cast):
    answer = as_user(cast["admin"]).get(f"{LIST}{draft.pk}/history/")
    assert answer.status_code == 302 and "kind=sop_version" in answer["Location"]


def upload(client, content, name="sop.json", **data):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    data["file"] = SimpleUploadedFile(name, content)
    return client.post(reverse("admin:sop_import"), data, follow=True)


def test_a_file_comes_in_as_a_draft_of_its_author(units, cast):
    client = as_user(cast["section_head"])
    answer = upload(client, make.small_content(warna="biru"))
    version = SopVersion.objects.get()
    assert version.author == cast["section_head"] and "masuk sebagai draf" in text(answer)
    assert "“warna” tidak dikenal" in text(answer)
    assert "Tidak ada yang berubah" in text(upload(client, make.small_content()))


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"{", "sop.json", "Berkas bukan JSON yang utuh"),
        (b"", "sop.json", "kosong"),
        (b"PK\x03\x04", "sop.xlsx", "Berkas .xlsx ini rusak"),
        (b"x", "sop.doc", "Jenis berkas ini tidak dikenal"),
        (b"x", "sop.xls", "simpan sebagai .xlsx"),
        (b'{"name": "x"}', "sop.json", "isian wajib tidak ada: actors, steps"),
        (b" " * (MAX_BYTES + 1), "sop.json", "terlalu besar"),
    ],
)
def test_broken_uploads_are_told_beside_the_field(units, cast, content, name, words):
    answer = upload(as_user(cast["admin"]), content, name)
    assert answer.status_code == 422 and words in text(answer)
    assert not SopVersion.objects.exists()


def test_uploading_is_for_administrators_and_section_heads(units, cast):
    assert upload(as_user(cast["head"]), make.small_content()).status_code == 403
    assert as_user(cast["admin"]).post(reverse("admin:sop_import")).status_code == 422
    assert not SopVersion.objects.exists()


def test_list_and_page_ask_a_constant_number_of_questions(units, cast, django_assert_max_num_queries):
    client = as_user(cast["admin"])
    first = make.imported(make.small_content())
    client.get(LIST)
    with django_assert_max_num_queries(12) as one:
        client.get(LIST, {"q": "surat"})
    for n in range(3):
        importing.import_sop(make.small_content(number=f"n{n}", name=f"Surat {n}"), by=SYSTEM)
    with django_assert_max_num_queries(12) as four:
        client.get(LIST, {"q": "surat"})
    assert len(one) == len(four)
    large = importing.import_sop(make.demo_content("mut-g"), by=SYSTEM).version
    with django_assert_max_num_queries(24) as small:
        client.get(page_of(first))
    with django_assert_max_num_queries(24) as big:
        client.get(page_of(large))
    assert len(small) == len(big)


def test_a_return_asks_for_its_reason_and_the_drafter_reads_it(units, cast, draft):
    drafter = make.make_person(Role.DRAFTER, units["DIKDAS"])
    proposing.propose_version(draft, by=staff(drafter))
    client = as_user(cast["section_head"])
    answer = act(client, draft, "return", reason="  ")
    assert answer.status_code == 422 and "Tulis apa yang perlu diperbaiki" in text(answer)
    assert 'aria-invalid="true"' in text(answer) and 'class="sop-verb" open' in text(answer)
    answer = act(client, draft, "return", reason="Kata <b>lama</b> " * 200)
    assert answer.status_code == 422 and "Alasan ini terlalu panjang" in text(answer)
    assert "Kata &lt;b&gt;lama&lt;/b&gt; Kata" in text(answer)
    draft.refresh_from_db()
    assert draft.proposed_at
    answer = act(client, draft, "return", reason="Langkah 2 kurang <jelas>.")
    assert answer.status_code == 200 and "Langkah 2 kurang &lt;jelas&gt;." in text(answer)
    for name in ("sop_edit", "sop_edit_check"):
        shown = text(as_user(drafter).get(reverse(name, args=[draft.pk])))
        assert f"Dikembalikan oleh {cast['section_head'].full_name}" in shown and "kurang &lt;jelas&gt;." in shown
    proposing.propose_version(draft, by=staff(drafter))
    assert "Dikembalikan oleh" not in text(as_user(drafter).get(reverse("sop_edit_check", args=[draft.pk])))
