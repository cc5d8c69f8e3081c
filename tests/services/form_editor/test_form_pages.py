"""Pages of the form editor: what they show, the same without scripts, by two people, at any length of the form."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from services.form_editor.actions import fields as verbs
from services.form_editor.actions.draft import start_draft
from services.form_editor.actions.publishing import publish_form
from services.form_editor.actions.removal import remove_field
from services.form_editor.queries.editing import Place, draft_of
from services.form_editor.rules import condition_of, groups_of, name_for
from services.models import Field, FormVersion, Request
from tests.factories.core import named_cast
from tests.factories.services import make_service
from ula_portal.core.journal.actors import staff
from ula_portal.core.web.field_saving.forms import EditorForm

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return named_cast()


@pytest.fixture
def service(cast):
    return make_service(cast)


@pytest.fixture
def draft(cast, service):
    return start_draft(service, by=staff(cast.admin))


@pytest.fixture
def page(client, cast):
    client.force_login(cast.admin)
    return client


def named(draft, name):
    return Field.objects.select_related("version__service").get(version=draft, name=name)


def address(name, draft, *more):
    return reverse(name, args=[draft.service.code, *more])


def posted(field, **changes):
    """What the form of a text or choice field sends, with the values it was opened with."""
    values = Place(field).values()
    data = {"label": field.label, "help": field.help, "options": "\n".join(field.rules.get("options", []))}
    data |= {"required": "on"} if field.required else {}
    lines = (groups_of(field.show_if) or [[]])[0]
    return data | {"when_0": lines, "was": EditorForm.write_was(values)} | changes


def text_of(response):
    return " ".join(response.content.decode().split())


class TestStart:
    def test_the_form_in_use_is_shown_and_nothing_is_made(self, page, service):
        shown = text_of(page.get(reverse("form_editor", args=[service.code])))
        assert "Keadaan" in shown and "tampil bila Keadaan: Hilang" in shown and "Ubah formulir" in shown
        assert draft_of(service) is None

    def test_without_a_form_the_page_says_how_to_begin(self, page, cast):
        service = make_service(cast, published=False)
        FormVersion.objects.filter(service=service).update(is_current=False)
        editor = reverse("form_editor", args=[service.code])
        assert "Formulir ini belum ada" in text_of(page.get(editor))
        shown = text_of(page.post(editor, {"do": "start"}, follow=True))
        assert "Nama lengkap pemohon" in shown and "Tambah isian" in shown

    def test_another_services_form_is_copied(self, page, cast, service):
        other = make_service(cast, published=False)
        page.post(reverse("form_editor", args=[other.code]), {"do": "copy", "source": service.pk})
        assert draft_of(other).fields.filter(name="nomor_polisi", show_if={"jenis": ["Hilang"]}).exists()
        assert "Pilih layanan" in text_of(
            page.post(reverse("form_editor", args=[other.code]), {"do": "copy", "source": "x"}, follow=True)
        )

    def test_a_section_head_of_another_unit_finds_nothing(self, client, cast, service):
        service.unit = None
        service.save()
        client.force_login(cast.section_head)
        assert client.get(reverse("form_editor", args=[service.code])).status_code == 404

    def test_acts_on_a_draft_that_is_gone_say_so(self, page, service):
        response = page.post(reverse("form_editor", args=[service.code]), {"do": "add_page", "title": "Baru"})
        assert response.status_code == 409 and "belum tersimpan" in text_of(response)
        assert page.get(reverse("form_publish", args=[service.code])).status_code == 302


class TestList:
    def test_a_field_is_added_by_its_question(self, page, draft):
        data = {"do": "add_field", "page": draft.pages.last().pk, "label": "Tahun lulus", "type": "number", "key": "k"}
        shown = page.post(address("form_editor", draft), data, follow=True)
        assert page.post(address("form_editor", draft), data).status_code == 302
        assert draft.fields.filter(name="tahun_lulus").count() == 1
        assert "Angka terkecil" in text_of(shown)

    def test_what_is_missing_is_told_beside_the_question(self, page, draft):
        data = {"do": "add_field", "page": draft.pages.last().pk, "label": "", "type": "number"}
        response = page.post(address("form_editor", draft), data)
        assert response.status_code == 422 and "Tulis pertanyaannya." in text_of(response)
        response = page.post(address("form_editor", draft), {"do": "add_page", "title": ""})
        assert response.status_code == 422 and "Tulis judul halaman." in text_of(response)

    def test_a_dragged_field_stands_before_the_one_it_was_dropped_on(self, page, draft):
        target = named(draft, "nama_pemohon")
        data = {"do": "order", "field": named(draft, "jenis").pk, "page": target.page_id, "before": target.pk}
        page.post(address("form_editor", draft), data)
        names = [field.name for field in draft.fields.order_by("order")]
        assert names.index("jenis") == names.index("nama_pemohon") - 1
        page.post(address("form_editor", draft), data | {"before": ""})
        assert named(draft, "jenis").page_id == target.page_id

    def test_removing_offers_to_undo_it(self, page, draft):
        field = named(draft, "jenis")
        response = page.post(address("form_field", draft, field.pk), posted(field, do="remove"))
        shown = text_of(page.get(response.url))
        assert "“Keadaan” dihapus." in shown and "Urungkan" in shown
        page.post(address("form_editor", draft), {"do": "restore", "number": 1})
        assert named(draft, "jenis").rules == field.rules

    def test_discarding(self, page, draft, service):
        page.post(address("form_editor", draft), {"do": "discard"})
        assert draft_of(service) is None

    def test_unknown_acts_are_not_found(self, page, draft):
        assert page.post(address("form_editor", draft), {"do": "lain"}).status_code == 404


class TestField:
    def test_it_is_saved_without_scripts(self, page, draft):
        field = named(draft, "jenis")
        response = page.post(
            address("form_field", draft, field.pk), posted(field, label="Keadaan surat", options="A\nB")
        )
        assert response.status_code == 302
        assert (named(draft, "jenis").label, named(draft, "jenis").rules["options"]) == ("Keadaan surat", ["A", "B"])

    def test_a_condition_is_picked_from_the_fields_before(self, page, draft):
        field = named(draft, "nomor_polisi")
        url = address("form_field", draft, field.pk)
        assert "Keadaan: Rusak" in text_of(page.get(url))
        data = posted(field, when_0=["jenis=Rusak", "", "nama_pemohon+"], when_1=["hubungan=Diri sendiri"])
        page.post(url, data)
        assert named(draft, "nomor_polisi").show_if == {
            "any": [{"jenis": ["Rusak"], "nama_pemohon": {"filled": True}}, {"hubungan": ["Diri sendiri"]}]
        }
        response = page.post(url, posted(named(draft, "nomor_polisi"), when_0=["nomor_polisi+"]))
        assert response.status_code == 422

    def test_an_answer_that_is_gone_stays_until_it_is_changed(self, page, draft):
        named_field = named(draft, "nomor_polisi")
        remove_field(Place(named(draft, "jenis")), by=staff(draft.edited_by))
        url = address("form_field", draft, named_field.pk)
        assert "jenis: Hilang (tidak ada lagi)" in text_of(page.get(url))
        page.post(url, posted(named_field, help="Lihat suratnya."))
        assert named(draft, "nomor_polisi").show_if == {"jenis": ["Hilang"]}

    def test_an_autosave_answers_with_fragments_only(self, page, draft):
        field = named(draft, "jenis")
        data = posted(field, label="Keadaan surat") | {"order": "1,2"}
        response = page.post(address("form_field", draft, field.pk), data, headers={"HX-Request": "true"})
        shown = text_of(response)
        assert response["X-Saved"] == "1" and "Tersimpan pukul" in shown and "<form" not in shown
        response = page.post(
            address("form_field", draft, field.pk), posted(field, label=""), headers={"HX-Request": "true"}
        )
        assert response.status_code == 422 and "Tulis pertanyaannya." in text_of(response)

    def test_two_people_in_one_field_choose(self, page, cast, draft):
        field = named(draft, "jenis")
        mine = posted(field, label="Kondisi", help="Pilih.")
        verbs.save_field(Place(field), by=staff(cast.section_head), fields={"label": "Keadaan surat"}, was={})
        response = page.post(address("form_field", draft, field.pk), mine)
        shown = text_of(response)
        assert response.status_code == 409 and "Keadaan surat" in shown and "Kondisi" in shown
        assert named(draft, "jenis").help == "Pilih."

    def test_moving_at_the_edge_of_a_page_leads_to_the_next(self, page, draft):
        field = named(draft, "jenis")
        page.post(address("form_field", draft, field.pk), posted(field, do="up"))
        assert named(draft, "jenis").page == draft.pages.order_by("order")[1]

    def test_copying_changing_the_type_and_going_on(self, page, draft):
        field = named(draft, "jenis")
        url = address("form_field", draft, field.pk)
        page.post(url, posted(field, do="copy", key="k"))
        page.post(url, posted(field, do="copy", key="k"))
        assert draft.fields.filter(label="Keadaan (salinan)").count() == 1
        page.post(url, posted(field, do="type", type="choices"))
        assert named(draft, "jenis").type == "choices"
        assert page.post(url, posted(named(draft, "jenis"), do="next")).url.endswith("?fokus=isi#isian")

    def test_a_column_is_added_and_opened(self, page, draft):
        group = verbs.add_field(draft.pages.last(), by=staff(draft.edited_by), label="Siswa", type="group")
        url = address("form_field", draft, group.pk)
        more = {"do": "column", "column-label": "Nama", "column-type": "text"}
        response = page.post(url, posted(group, **more))
        assert response.url.startswith(address("form_column", draft, group.pk, "nama"))
        assert "kolom dari “Siswa”" in text_of(page.get(response.url))
        response = page.post(url, posted(named(draft, "siswa"), **more | {"column-label": ""}))
        assert response.status_code == 422 and "Tulis pertanyaannya." in text_of(response)
        column = address("form_column", draft, group.pk, "nama")
        page.post(column, {"label": "Nama siswa", "required": "on", "do": "save"})
        assert named(draft, "siswa").rules["columns"][0]["required"] is True
        page.post(column, {"label": "Nama siswa", "do": "remove"})
        assert named(draft, "siswa").rules["columns"] == []

    def test_a_field_that_is_gone_says_where_it_is(self, page, draft):
        field = named(draft, "jenis")
        remove_field(Place(field), by=staff(draft.edited_by))
        assert page.get(address("form_field", draft, field.pk)).status_code == 410
        response = page.post(address("form_field", draft, field.pk), {"label": "x"}, headers={"HX-Request": "true"})
        assert response.status_code == 409 and "dihapus orang lain" in text_of(response)

    @pytest.mark.parametrize("columns", [0, 1])
    def test_opening_costs_the_same_at_ten_fields_and_at_a_hundred(self, page, draft, columns):
        def count():
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert page.get(address("form_field", draft, named(draft, "jenis").pk)).status_code == 200
            return len(caught)

        count()
        few = count()
        last = draft.pages.order_by("order").last()
        Field.objects.bulk_create(
            Field(
                version=draft,
                page=last,
                order=100 + n,
                name=f"n{n}",
                label=f"Isian {n}",
                type="group" if columns else "text",
                rules={"columns": [{"name": "a", "label": "A", "type": "text"}]} if columns else {},
                show_if={"jenis": ["Hilang"]},
            )
            for n in range(90)
        )
        assert count() == few


class TestPreview:
    def test_it_asks_page_by_page_and_stores_nothing(self, page, draft):
        url = address("form_preview_page", draft)
        shown = page.get(url)
        assert "Siapa yang mengajukan?" in text_of(shown)
        said = {"hubungan": "Diri sendiri", "nama_pemohon": "Siti", "jenis": "Hilang", "nomor_polisi": "LP/1"}
        for number in (1, 2, 3):
            shown = page.post(url, said | {"part": number, "answers": shown.context["answers"]})
        assert shown.status_code == 200 and "LP/1" in text_of(shown) and "Periksa kembali" in text_of(shown)
        assert not Request.objects.exists()
        back = page.post(url, {"part": 4, "back": "1", "answers": shown.context["answers"]})
        assert 'value="LP/1"' in text_of(back)

    def test_what_is_missing_is_told_as_to_an_applicant(self, page, draft):
        response = page.post(address("form_preview_page", draft), {"part": 1, "answers": "x"})
        assert response.status_code == 422 and "Isian ini wajib diisi." in text_of(response)

    def test_incomplete_fields_are_left_out_and_named(self, page, draft):
        last = draft.pages.order_by("order").last()
        verbs.add_field(last, by=staff(draft.edited_by), label="Warna", type="choice")
        shown = text_of(page.get(address("form_preview_page", draft), {"halaman": last.order}))
        assert "Keadaan" in shown and "Warna" not in shown and "belum lengkap" in shown


class TestPublishing:
    def test_the_page_says_what_changes_and_publishes(self, page, draft, service):
        verbs.add_field(draft.pages.last(), by=staff(draft.edited_by), label="Tahun lulus", type="number")
        draft.refresh_from_db()
        url = address("form_publish", draft)
        assert "Ditambah: Tahun lulus" in text_of(page.get(url))
        assert page.post(url, {"revision": draft.revision - 1}).status_code == 409
        assert "diterbitkan dan langsung dipakai" in text_of(page.post(url, {"revision": draft.revision}, follow=True))
        assert service.form_versions.get(is_current=True) == draft

    def test_errors_are_listed_with_the_way_to_mend_them(self, page, draft):
        field = verbs.add_field(draft.pages.last(), by=staff(draft.edited_by), label="Warna", type="choice")
        shown = text_of(page.get(address("form_publish", draft)))
        assert "harus diperbaiki" in shown and address("form_field", draft, field.pk) in shown and "disabled" in shown

    def test_a_former_version_is_used_again(self, page, draft, service):
        publish_form(draft, by=staff(draft.edited_by))
        shown = text_of(page.post(reverse("form_reuse", args=[service.code, 1]), follow=True))
        assert "versi 1 dipakai lagi" in shown and service.form_versions.get(is_current=True).ordinal == 1
        assert page.post(reverse("form_reuse", args=[service.code, 9])).status_code == 404


@pytest.mark.parametrize(
    ("condition", "groups"),
    [
        ({}, []),
        ({"a": ["x", "y"], "b": {"filled": False}}, [["a=x", "a=y", "b-"]]),
        ({"any": [{"a": ["x"]}, {"b-c": {"filled": True}}]}, [["a=x"], ["b-c+"]]),
        ({"all": [{"a": ["x"]}, {"a": {"filled": True}}]}, [["a=x", "a+"]]),
        ({"a": ["x"], "any": [{"b": ["y"]}]}, None),
    ],
)
def test_conditions_are_lines_and_back(condition, groups):
    assert groups_of(condition) == groups
    if groups is not None:
        assert condition_of(groups) == condition


@pytest.mark.parametrize(
    ("label", "taken", "name"),
    [
        ("Tahun lulus", {"tahun_lulus"}, "tahun_lulus_2"),
        ("Any", (), "isian_any"),
        ("???", (), "isian"),
        ("x" * 99, (), "x" * 56),
    ],
)
def test_names_of_fields(label, taken, name):
    assert name_for(label, taken) == name


class TestWays:
    def test_each_way_names_its_answers_and_the_fields_only_it_has(self, page, draft):
        shown = text_of(page.get(address("form_ways", draft)))
        assert "Keadaan: Hilang" in shown and "Nomor surat polisi" in shown and "sekitar" in shown

    def test_errors_come_first(self, page, draft):
        verbs.add_field(draft.pages.last(), by=staff(draft.edited_by), label="Warna", type="choice")
        assert "setelah kesalahan formulir diperbaiki" in text_of(page.get(address("form_ways", draft)))

    def test_a_condition_on_itself_keeps_a_form_from_being_published(self, page, draft):
        Field.objects.filter(pk=named(draft, "jenis").pk).update(show_if={"jenis": ["Hilang"]})
        shown = text_of(page.get(address("form_publish", draft)))
        assert "berputar" in shown and "harus diperbaiki" in shown
