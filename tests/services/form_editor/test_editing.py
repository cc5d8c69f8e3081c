"""Verbs of the form editor: what each changes of a draft, who may, and what is refused."""

import pytest

from services.applying.actions.drafts import create_draft
from services.fields.queries import fields_of, parts_of
from services.form_editor.actions import draft as drafts
from services.form_editor.actions import fields as verbs
from services.form_editor.actions import pages as page_verbs
from services.form_editor.actions.publishing import publish_form, reuse_form
from services.form_editor.actions.removal import remove_field, restore_field
from services.form_editor.queries.editing import Form, Place, draft_of
from services.form_editor.queries.problems import problems_of
from services.models import Field, FormVersion
from tests.factories.core import named_cast
from tests.factories.services import make_draft, make_service
from ula_portal.core.data.field_changes import EditedMeanwhile
from ula_portal.core.journal.actors import applicant, staff
from ula_portal.core.models import JournalEntry
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return named_cast()


@pytest.fixture
def service(cast):
    return make_service(cast)


@pytest.fixture
def by(cast):
    return staff(cast.admin)


@pytest.fixture
def draft(service, by):
    return drafts.start_draft(service, by=by)


def named(draft, name):
    return Field.objects.select_related("version__service").get(version=draft, name=name)


def names(draft):
    return list(draft.fields.order_by("order").values_list("name", flat=True))


def last_entry(service):
    return JournalEntry.objects.filter(subject_kind="service", subject_id=str(service.pk)).latest("sequence").verb


def save(place, by, was=None, **fields):
    return verbs.save_field(place, by=by, fields=fields, was=place.values() if was is None else was)


class TestDraft:
    def test_it_begins_as_the_form_in_use_on_the_pages_it_has(self, service, draft):
        current = service.form_versions.get(is_current=True)
        assert set(names(draft)) == set(current.fields.values_list("name", flat=True))
        titles = [part.title for part in parts_of(current.pk)]
        assert list(draft.pages.order_by("order").values_list("title", flat=True)) == titles
        assert named(draft, "surat_kuasa").page == named(draft, "hubungan").page
        assert named(draft, "nomor_polisi").show_if == {"jenis": ["Hilang"]}
        assert draft.is_draft and draft.ordinal == 2 and last_entry(service) == "form_draft_started"

    def test_a_second_start_finds_the_same_draft(self, service, draft, by):
        assert drafts.start_draft(service, by=by) == draft

    def test_a_service_without_a_form_begins_with_the_applicant(self, cast, by):
        service = make_service(cast, published=False)
        FormVersion.objects.filter(service=service).update(is_current=False)
        draft = drafts.start_draft(service, by=by)
        assert "nama_pemohon" in names(draft) and draft.pages.count() == 3

    def test_a_service_elsewhere_has_none(self, cast, by):
        with pytest.raises(Refused, match="tempat lain"):
            drafts.start_draft(make_service(cast, kind="elsewhere", published=False), by=by)

    def test_discarding_it_keeps_the_form_in_use(self, service, draft, by):
        drafts.discard_draft(draft, by=by)
        assert draft_of(service) is None and service.form_versions.get().is_current
        assert last_entry(service) == "form_draft_discarded"
        with pytest.raises(Outdated):
            drafts.discard_draft(draft, by=by)

    def test_a_copied_form_brings_its_pages_groups_and_conditions(self, cast, service, draft, by):
        group = verbs.add_field(draft.pages.last(), by=by, label="Daftar siswa", type="group")
        verbs.add_column(group, by=by, label="Nama", type="text")
        publish_form(draft, by=by)
        other = drafts.start_draft(make_service(cast), by=by)
        drafts.copy_form(other, by=by, source=service)
        assert named(other, "nomor_polisi").show_if == {"jenis": ["Hilang"]}
        assert named(other, "daftar_siswa").rules["columns"][0]["label"] == "Nama"
        assert named(other, "daftar_siswa").page.version == other
        assert other.pages.count() == draft.pages.count()

    def test_a_form_without_one_in_use_is_not_copied(self, cast, draft, by):
        other = make_service(cast, published=False)
        FormVersion.objects.filter(service=other).update(is_current=False)
        with pytest.raises(Refused, match="belum memiliki"):
            drafts.copy_form(draft, by=by, source=other)

    def test_section_heads_edit_in_their_unit_only(self, cast, service):
        drafts.start_draft(service, by=staff(cast.section_head))
        service.unit = None
        service.save()
        with pytest.raises(NotAllowed):
            drafts.start_draft(service, by=staff(cast.section_head))

    @pytest.mark.parametrize("who", ["official", "frontdesk", "head"])
    def test_others_do_not(self, cast, service, who):
        with pytest.raises(NotAllowed):
            drafts.start_draft(service, by=staff(getattr(cast, who)))


class TestFields:
    def test_a_field_gets_its_name_from_the_label_and_keeps_it(self, service, draft, by):
        page = draft.pages.first()
        field = verbs.add_field(page, by=by, label=" Tahun  lulus? ", type="number", key="a")
        assert (field.name, field.label, field.page) == ("tahun_lulus", "Tahun lulus?", page)
        assert verbs.add_field(page, by=by, label="Tahun lulus?", type="number", key="a") == field
        assert verbs.add_field(page, by=by, label="Tahun lulus?", type="number").name == "tahun_lulus_2"
        assert save(Place(field), by, label="Lulus tahun").field.name == "tahun_lulus"
        draft.refresh_from_db()
        assert draft.revision == 4 and draft.edited_by and last_entry(service) == "form_field_saved"

    @pytest.mark.parametrize(("label", "type"), [("", "text"), ("Nama", "lain")])
    def test_a_field_needs_a_question_and_a_known_type(self, draft, by, label, type):
        with pytest.raises(Refused) as refused:
            verbs.add_field(draft.pages.first(), by=by, label=label, type=type)
        assert refused.value.field

    def test_settings_of_the_type_are_saved_and_empty_ones_dropped(self, draft, by):
        place = Place(named(draft, "jenis"))
        save(place, by, options=["Hilang", " Rusak ", "", "Hilang", "Terbakar"], other=True, help="Pilih satu.")
        field = named(draft, "jenis")
        assert field.rules == {"options": ["Hilang", "Rusak", "Terbakar"], "other": True}
        assert field.help == "Pilih satu."
        save(Place(field), by, other=False)
        assert named(draft, "jenis").rules == {"options": ["Hilang", "Rusak", "Terbakar"]}

    @pytest.mark.parametrize(
        ("name", "value"),
        [("label", " "), ("label", "x" * 201), ("min", "banyak"), ("max", "1e99"), ("example", "x" * 121)],
    )
    def test_what_cannot_be_stored_is_refused(self, draft, by, name, value):
        field = verbs.add_field(draft.pages.first(), by=by, label="Jumlah", type="number")
        with pytest.raises(Refused) as refused:
            save(Place(field), by, **{name: value})
        assert refused.value.field == name

    def test_a_condition_that_is_none_is_refused(self, draft, by):
        with pytest.raises(Refused, match="Syarat"):
            save(Place(named(draft, "jenis")), by, show_if={"hubungan": 5})

    def test_two_people_meet_field_by_field(self, cast, draft, by):
        place = Place(named(draft, "jenis"))
        was = place.values()
        other = staff(cast.section_head)
        save(place, other, was=was, label="Keadaan ijazah")
        save(place, by, was=was, help="Lihat ijazahnya.")
        field = named(draft, "jenis")
        assert (field.label, field.help) == ("Keadaan ijazah", "Lihat ijazahnya.")
        with pytest.raises(EditedMeanwhile) as met:
            save(Place(field), by, was=was, label="Kondisi")
        assert met.value.fields == {"label": "Keadaan ijazah"} and met.value.by == cast.admin

    def test_an_unchanged_field_is_not_written(self, draft, by):
        place = Place(named(draft, "nomor_polisi"))
        before = draft.revision
        save(place, by, **place.values())
        draft.refresh_from_db()
        assert draft.revision == before

    def test_another_type_keeps_the_settings_it_also_has(self, draft, by):
        place = Place(named(draft, "jenis"))
        verbs.change_type(place, by=by, type="choices")
        assert named(draft, "jenis").rules == {"options": ["Hilang", "Rusak"]}
        verbs.change_type(Place(named(draft, "jenis")), by=by, type="text")
        assert named(draft, "jenis").rules == {}
        with pytest.raises(Refused):
            verbs.change_type(Place(named(draft, "nama_pemohon")), by=by, type="number")

    def test_moving_within_and_between_pages_numbers_all_anew(self, draft, by):
        first, last = draft.pages.first(), draft.pages.last()
        verbs.move_field(named(draft, "jenis"), by=by, page=first, to=1)
        assert names(draft)[0] == "jenis" and named(draft, "jenis").page == first
        verbs.move_field(named(draft, "jenis"), by=by, page=last, to=99)
        assert names(draft)[-1] == "jenis"
        orders = draft.fields.order_by("order").values_list("order", flat=True)
        assert [*orders] == [*range(1, len(names(draft)) + 1)]
        draft.refresh_from_db()
        before = draft.revision
        verbs.move_field(named(draft, "jenis"), by=by, page=last, to=99)
        draft.refresh_from_db()
        assert draft.revision == before

    def test_a_copy_stands_behind_with_settings_and_condition(self, draft, by):
        copy = verbs.copy_field(named(draft, "nomor_polisi"), by=by, key="k")
        assert verbs.copy_field(named(draft, "nomor_polisi"), by=by, key="k") == copy
        assert names(draft)[names(draft).index("nomor_polisi") + 1] == copy.name == "nomor_surat_polisi"
        assert copy.show_if == {"jenis": ["Hilang"]} and copy.required

    def test_columns_of_a_group(self, draft, by):
        group = verbs.add_field(draft.pages.last(), by=by, label="Siswa", type="group")
        verbs.add_column(group, by=by, label="Nama", type="text")
        column = verbs.add_column(group, by=by, label="Asal", type="choice")
        save(column, by, options=["Dalam", "Luar"], show_if={"nama": {"filled": True}})
        assert named(draft, "siswa").rules["columns"][1] == {
            "name": "asal",
            "label": "Asal",
            "type": "choice",
            "rules": {"options": ["Dalam", "Luar"]},
            "show_if": {"nama": {"filled": True}},
        }
        verbs.move_column(Form(draft).place(group.pk, "asal"), by=by, to=1)
        assert [each["name"] for each in named(draft, "siswa").rules["columns"]] == ["asal", "nama"]
        with pytest.raises(Refused):
            verbs.add_column(group, by=by, label="Alamat", type="address")
        with pytest.raises(Outdated):
            verbs.add_column(named(draft, "jenis"), by=by, label="Nama", type="text")

    def test_a_removed_column_comes_back_where_it_stood(self, draft, by):
        group = verbs.add_field(draft.pages.last(), by=by, label="Siswa", type="group")
        for label in ("Nama", "NISN"):
            verbs.add_column(group, by=by, label=label, type="text")
        number = remove_field(Form(draft).place(group.pk, "nama"), by=by)
        assert [each["name"] for each in named(draft, "siswa").rules["columns"]] == ["nisn"]
        restore_field(draft, by=by, number=number)
        assert [each["name"] for each in named(draft, "siswa").rules["columns"]] == ["nama", "nisn"]


class TestRemoval:
    def test_a_removed_field_comes_back_with_everything(self, draft, by):
        before = names(draft)
        number = remove_field(Place(named(draft, "jenis")), by=by)
        assert "jenis" not in names(draft)
        field = restore_field(draft, by=by, number=number)
        assert names(draft) == before and field.rules == {"options": ["Hilang", "Rusak"]}
        with pytest.raises(Outdated):
            restore_field(draft, by=by, number=number)

    def test_its_name_is_not_given_to_another_meanwhile(self, draft, by):
        remove_field(Place(named(draft, "jenis")), by=by)
        assert verbs.add_field(draft.pages.first(), by=by, label="Jenis", type="text").name == "jenis_2"

    def test_a_field_that_is_gone_is_neither_saved_nor_moved_nor_removed(self, draft, by):
        field = named(draft, "jenis")
        page, place = field.page, Place(field)
        remove_field(Place(named(draft, "jenis")), by=by)
        for act in (
            lambda: save(place, by, label="Lain"),
            lambda: verbs.move_field(field, by=by, page=page, to=1),
            lambda: remove_field(place, by=by),
            lambda: verbs.copy_field(field, by=by),
        ):
            with pytest.raises(Outdated):
                act()

    def test_the_applicants_name_stays(self, draft, by):
        with pytest.raises(Refused, match="selalu"):
            remove_field(Place(named(draft, "nama_pemohon")), by=by)


class TestPages:
    def test_adding_naming_moving_removing(self, service, draft, by):
        count = draft.pages.count()
        page = page_verbs.add_page(draft, by=by, title=" Data  anak ", key="h")
        assert page_verbs.add_page(draft, by=by, title="Data anak", key="h") == page
        assert (page.title, page.order) == ("Data anak", count + 1)
        page_verbs.save_page(page, by=by, title="Data siswa")
        page_verbs.move_page(page, by=by, to=1)
        assert draft.pages.order_by("order").first().title == "Data siswa"
        field = verbs.add_field(page, by=by, label="Kelas", type="text")
        assert names(draft)[0] == "kelas"
        heir = page_verbs.remove_page(page, by=by)
        field.refresh_from_db()
        assert field.page == heir and draft.pages.count() == count and last_entry(service) == "form_page_removed"
        with pytest.raises(Outdated):
            page_verbs.save_page(page, by=by, title="Lain")

    @pytest.mark.parametrize("title", ["", " ", "x" * 101])
    def test_a_page_needs_a_title(self, draft, by, title):
        with pytest.raises(Refused):
            page_verbs.add_page(draft, by=by, title=title)

    def test_the_only_page_stays(self, draft, by):
        for page in list(draft.pages.all())[1:]:
            page_verbs.remove_page(page, by=by)
        with pytest.raises(Refused, match="sedikitnya"):
            page_verbs.remove_page(draft.pages.get(), by=by)


class TestPublishing:
    def test_new_requests_use_it_and_those_under_way_keep_theirs(self, service, draft, by):
        begun = make_draft(service, documents=False)
        verbs.add_field(draft.pages.last(), by=by, label="Tahun lulus", type="number")
        published = publish_form(draft, by=by)
        assert published.is_current and not published.is_draft and last_entry(service) == "form_published"
        begun.refresh_from_db()
        assert "tahun_lulus" not in {field.name for field in fields_of(begun.form_version_id)}
        new = create_draft(service, by=applicant())
        assert "tahun_lulus" in {field.name for field in fields_of(new.form_version_id)}
        assert [part.title for part in parts_of(new.form_version_id)][-1] == draft.pages.last().title

    def test_a_published_draft_is_edited_no_more(self, draft, by):
        field = named(draft, "jenis")
        publish_form(draft, by=by)
        for act in (
            lambda: publish_form(draft, by=by),
            lambda: save(Place(field), by, label="Lain"),
            lambda: page_verbs.add_page(draft, by=by, title="Lain"),
        ):
            with pytest.raises(Outdated):
                act()

    def test_what_was_changed_after_the_check_is_not_published(self, draft, by):
        seen = draft.revision
        verbs.add_field(draft.pages.last(), by=by, label="Tahun lulus", type="number")
        with pytest.raises(Outdated, match="berubah"):
            publish_form(draft, by=by, revision=seen)

    def test_a_form_with_errors_is_not_published(self, draft, by):
        verbs.add_field(draft.pages.last(), by=by, label="Warna", type="choice")
        with pytest.raises(Refused, match="Warna"):
            publish_form(draft, by=by)

    def test_using_the_former_version_again_undoes_it(self, service, draft, by):
        former = service.form_versions.get(is_current=True)
        publish_form(draft, by=by)
        reuse_form(former, by=by)
        assert service.form_versions.get(is_current=True) == former and last_entry(service) == "form_reused"
        with pytest.raises(Outdated):
            reuse_form(former, by=by)

    def test_a_draft_is_not_used_by_that(self, draft, by):
        with pytest.raises(Refused, match="menerbitkannya"):
            reuse_form(draft, by=by)

    @pytest.mark.parametrize("verb", [publish_form, reuse_form])
    def test_others_may_not(self, cast, draft, verb):
        with pytest.raises(NotAllowed):
            verb(draft, by=staff(cast.official))


class TestProblems:
    def sentences(self, draft):
        return [problem.sentence for problem in problems_of(Form(draft)) if problem.is_error]

    def test_the_catalogues_form_has_none(self, draft):
        assert self.sentences(draft) == []

    def test_the_applicant_must_be_asked_always(self, draft, by):
        save(Place(named(draft, "nama_pemohon")), by, required=False)
        assert "harus wajib" in self.sentences(draft)[0]
        Field.objects.filter(version=draft, name="nama_pemohon").delete()
        assert "belum menanyakan" in self.sentences(draft)[0]

    def test_a_requirement_needs_the_field_it_asks_about(self, draft, by):
        remove_field(Place(named(draft, "nomor_polisi")), by=by)
        remove_field(Place(named(draft, "jenis")), by=by)
        assert any("Surat polisi" in sentence for sentence in self.sentences(draft))
