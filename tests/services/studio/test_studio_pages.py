"""The studio's pages: what they show, with and without JavaScript, and what they cost."""

import json
import re

import pytest
from django.urls import reverse

from services.models import Service, ServiceDraft
from services.studio.queries.editing import current_requirements, draft_of
from tests.factories.cases import count_queries
from tests.factories.services import make_service
from ula_portal.core.journal.actors import staff

pytestmark = pytest.mark.django_db
AUTOSAVE = {"headers": {"HX-Request": "true", "X-Autosave": "1"}}


@pytest.fixture
def head(client, cast):
    client.force_login(cast.section_head)
    return client


@pytest.fixture
def admin(client, cast):
    client.force_login(cast.admin)
    return client


def part(service, slug):
    return reverse("studio_part", args=[service.code, slug])


def page(service):
    return reverse("studio_service", args=[service.code])


def was_of(html, form_id):
    text = re.search(rf'id="{form_id}-was"\s+name="[^"]*" value="([^"]*)"', html)[1]
    return text.replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")


def posted(client, url, form_id, **changed):
    """What a browser would post from a part, with some inputs changed."""
    was = was_of(client.get(url).content.decode(), form_id)
    inputs = {}
    for name, value in json.loads(was).items():
        if value is True:
            inputs[name] = "on"
        elif isinstance(value, list) and name not in ("audiences", "channels"):
            inputs[name] = "\n".join(value)
        elif value not in (None, False):
            inputs[name] = value
    return inputs | {"was": was} | changed


def test_the_list_shows_state_what_lacks_and_the_next_act(admin, published, draft):
    ServiceDraft.objects.create(service=published, values={"summary": "Lain"})
    html = admin.get(reverse("studio")).content.decode()
    assert published.name in html and "Ada perubahan" in html and "Diterbitkan" in html
    assert "1 hal belum lengkap" in html and f"{part(draft, 'standar')}?fokus=component_8" in html
    assert published.name not in admin.get(reverse("studio"), {"q": draft.code}).content.decode()
    assert draft.name not in admin.get(reverse("studio"), {"keadaan": "published"}).content.decode()
    assert "Tidak ada layanan yang cocok" in admin.get(reverse("studio"), {"q": "qwertz"}).content.decode()


def test_an_empty_office_is_led_to_its_first_service(admin):
    assert "Belum ada layanan." in admin.get(reverse("studio")).content.decode()
    answer = admin.post(
        reverse("studio_new"), {"name": "Legalisasi", "kind": "request", "category": "Ijazah", "unit": "", "key": "k"}
    )
    made = Service.objects.get()
    assert answer.url == page(made)
    for slug in ("sop", "formulir", "persyaratan", "surat", "standar", "pratinjau", "terbitkan"):
        assert admin.get(part(made, slug)).status_code == 200, slug
    html = admin.get(page(made)).content.decode()
    assert "Belum ada SOP yang dipasangkan." in html and f"{part(made, 'sop')}?fokus=sop_id#id_sop_id" in html


def test_section_heads_see_only_their_unit(head, cast, draft):
    other = make_service(cast, published=False, unit="GTK", kind="visit")
    html = head.get(reverse("studio")).content.decode()
    assert draft.name in html and other.name not in html
    assert head.get(page(other)).status_code == 404
    answer = head.post(reverse("studio_new"), {"name": "Baru", "kind": "visit", "category": "Umum", "unit": ""})
    assert answer.status_code == 422 and "Pilih unit penanggung jawab." in answer.content.decode()


def test_lists_cost_the_same_at_one_and_three_services(admin, cast, published):
    admin.get(reverse("studio"))
    counts = [count_queries(lambda: admin.get(reverse("studio")))]
    for _service in range(2):
        make_service(cast, published=False)
    counts.append(count_queries(lambda: admin.get(reverse("studio"))))
    assert counts[0] == counts[1] <= 12


def test_a_part_is_saved_without_javascript_and_goes_on(head, draft):
    data = posted(head, page(draft), "identitas", summary="Baru", go_on="1")
    answer = head.post(page(draft), data)
    assert answer.url == part(draft, "sop")
    assert Service.objects.get(pk=draft.pk).summary == "Baru"
    refused = head.post(page(draft), posted(head, page(draft), "identitas", name="", summary="Tetap ada"))
    assert refused.status_code == 422
    assert "Isi nama layanan." in refused.content.decode() and "Tetap ada" in refused.content.decode()


def test_an_autosave_answers_with_pieces_and_never_with_the_form(head, draft):
    data = posted(head, part(draft, "standar"), "standar", product="")
    answer = head.post(part(draft, "standar"), data, **AUTOSAVE)
    html = answer.content.decode()
    assert answer["X-Saved"] == "1" and "<textarea" not in html
    assert "Hasil layanan belum diisi." in html and "Urungkan perubahan terakhir" in html
    # The next autosave stands on the new values.
    again = data | {"was": was_of(html, "standar"), "product": "Surat"}
    assert head.post(part(draft, "standar"), again, **AUTOSAVE).status_code == 200
    assert Service.objects.get(pk=draft.pk).product == "Surat"


def test_a_field_that_another_person_changed_is_chosen(head, cast, published):
    from services.studio.actions.saving import save_service

    data = posted(head, page(published), "identitas", summary="Milik saya", name="Nama lain")
    save_service(published, by=staff(cast.admin), fields={"summary": "Milik orang"}, was={})
    answer = head.post(page(published), data, **AUTOSAVE)
    html = answer.content.decode()
    assert answer.status_code == 409 and "Milik orang" in html and "Rizki Contoh" in html
    values = draft_of(Service.objects.get(pk=published.pk)).values
    assert values == {"summary": "Milik orang", "name": "Nama lain"}


def test_undo_leads_back_to_the_field(head, draft):
    head.post(part(draft, "standar"), posted(head, part(draft, "standar"), "standar", product="Lain"))
    no = draft_of(Service.objects.get(pk=draft.pk)).changes[-1]["no"]
    answer = head.post(reverse("studio_undo", args=[draft.code]), {"no": no})
    assert answer.url == f"{part(draft, 'standar')}?fokus=product#id_product"
    again = head.post(reverse("studio_undo", args=[draft.code]), {"no": no}, follow=True)
    assert "sudah diurungkan" in again.content.decode()


def test_a_gap_leads_to_its_very_field(head, draft):
    Service.objects.filter(pk=draft.pk).update(product="")
    html = head.get(f"{part(draft, 'standar')}?fokus=product").content.decode()
    assert re.search(r'name="product"[^>]*data-focus-on-load', html)


def test_requirements_are_saved_one_by_one(head, draft):
    url = part(draft, "persyaratan")
    answer = head.post(
        reverse("studio_requirement_add", args=[draft.code]),
        {"baru-text": "Akta lahir", "baru-kind": "upload", "baru-key": "k"},
    )
    assert answer.url == f"{url}#persyaratan-baru"
    refused = head.post(
        reverse("studio_requirement_add", args=[draft.code]), {"baru-text": "akta LAHIR", "baru-kind": "upload"}
    )
    assert refused.status_code == 422 and "Persyaratan ini sudah ada." in refused.content.decode()
    row = current_requirements(Service.objects.get(pk=draft.pk))[-1]
    name = row["key"]
    was = was_of(head.get(url).content.decode(), f"syarat-{name}")
    data = {f"{name}-text": "Akta kelahiran", f"{name}-kind": "original", f"{name}-was": was}
    data |= {f"{name}-show_if": '{"jenis": ["Hilang"]}', "do": "up"}
    answer = head.post(reverse("studio_requirement", args=[draft.code, name]), data)
    assert answer.url == f"{url}#syarat-{name}"
    rows = current_requirements(Service.objects.get(pk=draft.pk))
    assert [each["text"] for each in rows] == ["KTP", "Surat polisi", "Akta kelahiran", "Ijazah asli"]
    assert rows[2]["show_if"] == {"jenis": ["Hilang"]} and rows[2]["required"] is False
    saved = head.post(reverse("studio_requirement", args=[draft.code, name]), data | {"do": "save"}, **AUTOSAVE)
    assert saved["X-Saved"] == "1"
    head.post(reverse("studio_requirement", args=[draft.code, name]), {"do": "remove"})
    gone = head.post(reverse("studio_requirement", args=[draft.code, name]), data, follow=True)
    assert "sudah dihapus" in gone.content.decode()


def test_changes_are_compared_published_or_discarded(admin, cast, published):
    admin.post(page(published), posted(admin, page(published), "identitas", summary="Ringkasan lain"))
    html = admin.get(part(published, "terbitkan")).content.decode()
    assert "Untuk contoh." in html and "Ringkasan lain" in html and "Terbitkan perubahan" in html
    assert "Ringkasan lain" in admin.get(reverse("studio_preview", args=[published.code])).content.decode()
    discard = reverse("studio_discard", args=[published.code])
    assert "Buang perubahan ini?" in admin.get(discard).content.decode()
    revision = draft_of(Service.objects.get(pk=published.pk)).revision
    admin.post(discard, {"revision": revision})
    assert admin.get(discard).url == part(published, "terbitkan")
    admin.post(page(published), posted(admin, page(published), "identitas", summary="Yang baru"))
    revision = draft_of(Service.objects.get(pk=published.pk)).revision
    answer = admin.post(
        reverse("studio_publish", args=[published.code]), {"do": "changes", "revision": revision}, follow=True
    )
    assert "Perubahan diterbitkan." in answer.content.decode()
    assert Service.objects.get(pk=published.pk).summary == "Yang baru"


def test_a_section_head_asks_and_an_administrator_publishes(client, cast, draft):
    client.force_login(cast.section_head)
    url = reverse("studio_publish", args=[draft.code])
    assert "Minta diterbitkan" in client.get(part(draft, "terbitkan")).content.decode()
    assert "Hanya administrator" in client.post(url, {"do": "publish"}, follow=True).content.decode()
    assert "Administrator sudah diberi tahu." in client.post(url, {"do": "ask"}, follow=True).content.decode()
    client.force_login(cast.admin)
    assert "Penerbitan diminta" in client.get(reverse("studio")).content.decode()
    client.post(url, {"do": "publish"})
    assert Service.objects.get(pk=draft.pk).state == "published"
    client.post(url, {"do": "withdraw"})
    assert Service.objects.get(pk=draft.pk).state == "withdrawn"
    assert client.post(url, {"do": "lain"}).status_code == 404


def test_the_letter_is_shown_with_sample_data(client, cast, draft):
    client.force_login(cast.section_head)
    assert client.get(reverse("studio_letter", args=[draft.code])).status_code == 404
    add = reverse("studio_template_add", args=[draft.code])
    assert client.post(add, {"do": "defaults"}).status_code == 403
    client.force_login(cast.admin)
    assert "Pasang templat bawaan" in client.get(part(draft, "surat")).content.decode()
    answer = client.post(add, {"do": "defaults"}, follow=True).content.decode()
    assert "Templat bawaan dipasang." in answer and "Pasang templat bawaan" not in answer
    assert "{applicant}" in answer and "Nama pemohon" in answer and "Keadaan" in answer
    letter = client.get(reverse("studio_letter", args=[draft.code])).content.decode()
    assert "Siti Contoh" in letter and draft.name in letter
    client.post(add, {"templat-name": "Surat contoh", "templat-key": "k"})
    assert Service.objects.get(pk=draft.pk).letter_template.name == "Surat contoh"
    again = client.post(add, {"templat-name": "Surat contoh"}, follow=True).content.decode()
    assert "sudah ada" in again and "Isi nama templat." in client.post(add, follow=True).content.decode()


def test_a_copy_is_made_from_the_page(head, published):
    url = f"{reverse('studio_new')}?salin={published.code}"
    html = head.get(url).content.decode()
    assert "Salinan dari" in html and 'name="kind"' not in html
    answer = head.post(url, {"name": "Salinan", "unit": published.unit_id, "key": "k"})
    assert answer.url == page(Service.objects.get(name="Salinan"))
    assert head.get(f"{reverse('studio_new')}?salin=tidak-ada").status_code == 404


def test_parts_follow_the_kind(admin, cast):
    elsewhere = make_service(cast, published=False, kind="elsewhere", where="")
    html = admin.get(page(elsewhere)).content.decode()
    assert "Belum disebutkan ke mana" in html and part(elsewhere, "sop") not in html
    assert admin.get(part(elsewhere, "sop")).status_code == 404
    assert admin.get(reverse("studio_preview", args=[elsewhere.code])).status_code == 200
