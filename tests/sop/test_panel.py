"""SOPs in the admin panel: who sees what, buttons or the reason for none, forms that keep what was typed."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sop import actions
from sop.models import SopVersion
from tests.factories import sop as make

pytestmark = pytest.mark.django_db
LIST = "/admin/sop/sopversion/"


@pytest.fixture
def draft(units):
    return actions.import_sop(make.small_content()).version


@pytest.fixture(autouse=True)
def _cache_of_its_own(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def as_user(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(version):
    return reverse("admin:sop_sopversion_change", args=[version.pk])


def act(client, version, verb, **data):
    return client.post(reverse("admin:sop_version_act", args=[version.pk, verb]), data, follow=True)


def text(response):
    return response.content.decode()


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
    answer = text(act(head, draft, "approve", decree="800/9/2026", effective_from="2026-01-05"))
    assert "Versi SOP disahkan" in answer
    assert "Halaman publiknya" in text(act(admin, draft, "publish"))
    assert "Halaman publik" in text(head.get(page_of(draft)))
    assert "dicabut" in text(act(head, draft, "withdraw"))
    draft.refresh_from_db()
    assert (draft.state, draft.decree) == ("withdrawn", "800/9/2026")


def test_the_page_says_who_may_and_what_bars(draft, cast):
    data = make.small_content(number="rusak")
    data["steps"][2]["output"] = ""
    broken = actions.import_sop(data).version
    page = text(as_user(cast["admin"]).get(page_of(draft)))
    assert "hanya dapat dilakukan oleh kepala bidang/bagian" in page
    page = text(as_user(cast["section_head"]).get(page_of(broken)))
    assert "belum dapat dilakukan karena" in page and page.count("Langkah 3: output belum diisi") == 2


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
    actions.verify_version(draft.pk, cast["section_head"])
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
    assert "tidak ada yang berubah" in text(upload(client, make.small_content()))


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"{", "sop.json", "Berkas bukan JSON yang utuh"),
        (b"", "sop.json", "kosong"),
        (b"PK\x03\x04", "sop.xlsx", "Jenis berkas ini tidak dikenal"),
        (b'{"name": "x"}', "sop.json", "isian wajib tidak ada: actors, steps"),
        (b" " * 2_000_001, "sop.json", "terlalu besar"),
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
    first = actions.import_sop(make.small_content()).version
    client.get(LIST)
    with django_assert_max_num_queries(12) as one:
        client.get(LIST, {"q": "surat"})
    for n in range(3):
        actions.import_sop(make.small_content(number=f"n{n}", name=f"Surat {n}"))
    with django_assert_max_num_queries(12) as four:
        client.get(LIST, {"q": "surat"})
    assert len(one) == len(four)
    large = actions.import_sop(make.demo_content("mut-g")).version
    with django_assert_max_num_queries(26) as small:
        client.get(page_of(first))
    with django_assert_max_num_queries(26) as big:
        client.get(page_of(large))
    assert len(small) == len(big)
