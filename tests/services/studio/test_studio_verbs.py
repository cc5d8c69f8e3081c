"""Changing a service field by field, undo, publication: who may, what follows, what is refused."""

import datetime

import pytest

from services.catalogue.actions.publishing import publish_service, withdraw_service
from services.catalogue.queries.catalogue import requirements_of
from services.models import Category, Field, LetterTemplate, Requirement, Service
from services.studio.actions.letters import make_letter_template
from services.studio.actions.making import add_service, copy_service
from services.studio.actions.publishing import ask_publication, discard_changes, publish_changes, publish_prepared
from services.studio.actions.requirements import (
    MOST_REQUIREMENTS,
    add_requirement,
    move_requirement,
    remove_requirement,
    save_requirement,
)
from services.studio.actions.saving import save_service, undo_change
from services.studio.notices import compose_asked
from services.studio.queries.editing import current_requirements, current_values, draft_of, drafted, missing_of
from services.studio.rules.naming import code_of
from tests.factories.core import make_unit
from ula_portal.core import clock
from ula_portal.core.data.field_changes import EditedMeanwhile
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import JournalEntry, Notice
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

pytestmark = pytest.mark.django_db


def save(service, by, was=None, **fields):
    return save_service(service, by=by, fields=fields, was=was or {})


def last_no(service):
    return draft_of(service).changes[-1]["no"]


def texts(service):
    return [row["text"] for row in current_requirements(service)]


class TestFields:
    def test_changes_of_a_draft_are_stored_at_once(self, draft, by_head, anew):
        save(draft, by_head, summary="Baru", working_days="7", legal_basis="UU 1\n\nUU 1\nUU 2", component_9="SMA")
        service = anew(draft)
        assert (service.summary, service.working_days, service.legal_basis) == ("Baru", 7, ["UU 1", "UU 2"])
        assert service.internal_components["9"] == "SMA" and draft_of(service).values == {}

    def test_the_public_sees_changes_of_a_published_service_only_once_they_are_published(
        self, published, by_head, by_admin, client, anew
    ):
        save(published, by_head, summary="Ringkasan yang baru", decree_date="2026-01-02")
        assert "Ringkasan yang baru" not in client.get(f"/layanan/{published.slug}/").content.decode()
        service = anew(published)
        assert drafted(service).summary == "Ringkasan yang baru" and service.summary == "Untuk contoh."
        publish_changes(service, by=by_admin, revision=draft_of(service).revision)
        service = anew(published)
        assert service.decree_date == datetime.date(2026, 1, 2) and draft_of(service).values == {}
        assert "Ringkasan yang baru" in client.get(f"/layanan/{published.slug}/").content.decode()

    def test_a_value_set_back_is_no_change(self, published, by_head, anew):
        save(published, by_head, summary="Lain")
        save(published, by_head, summary="Untuk contoh.")
        assert draft_of(anew(published)).values == {}

    def test_two_people_meet_field_by_field(self, published, by_head, by_admin, anew):
        opened = current_values(anew(published))
        save(published, by_head, was=opened, summary="Dari kepala", product=opened["product"])
        save(published, by_admin, was=opened, product="Dari administrator", summary=opened["summary"])
        assert current_values(anew(published))["summary"] == "Dari kepala"
        assert current_values(anew(published))["product"] == "Dari administrator"
        with pytest.raises(EditedMeanwhile) as error:
            save(published, by_admin, was=opened, summary="Dari administrator")
        assert error.value.fields == {"summary": "Dari kepala"}
        assert error.value.by == by_head.staff_member
        assert current_values(anew(published))["summary"] == "Dari kepala"

    @pytest.mark.parametrize(
        "name, value",
        [
            ("name", " "),
            ("category_id", ""),
            ("category_id", 999_999),
            ("kind", "lain"),
            ("audiences", ["semua"]),
            ("working_days", "0"),
            ("working_days", "tiga"),
            ("fee_idr", "-1"),
            ("decree_date", "2026-13-01"),
            ("ticket_letter", "O"),
            ("summary", "x" * 4001),
            ("synonyms", ["x" * 81]),
            ("legal_basis", [str(n) for n in range(41)]),
            ("summary", 5),
        ],
    )
    def test_what_cannot_be_stored_is_refused_at_its_field(self, draft, by_head, anew, name, value):
        with pytest.raises(Refused) as error:
            save(draft, by_head, **{name: value})
        assert error.value.field == name
        assert draft_of(anew(draft)).revision == 0

    def test_a_published_service_keeps_its_kind(self, published, by_head):
        with pytest.raises(Refused, match="Tarik layanan") as error:
            save(published, by_head, kind="visit")
        assert error.value.field == "kind"

    def test_only_the_unit_and_administrators_may(self, cast, draft, by_head, by_admin, anew):
        for user in (cast.official, cast.outsider, cast.head, cast.frontdesk):
            with pytest.raises(NotAllowed):
                save(draft, staff(user), summary="Lain")
        with pytest.raises(NotAllowed) as error:
            save(draft, by_head, unit_id=cast.other_unit.pk)
        assert error.value.field == "unit_id"
        with pytest.raises(NotAllowed):
            save(draft, by_head, unit_id="")
        below = make_unit("SEKSI", parent=cast.unit)
        save(draft, staff(type(cast.section_head).objects.get(pk=cast.section_head.pk)), unit_id=below.pk)
        save(draft, by_admin, unit_id=cast.other_unit.pk)
        assert anew(draft).unit == cast.other_unit

    def test_waiting_changes_of_a_withdrawn_service_are_stored_with_the_next_one(
        self, published, by_head, by_admin, anew
    ):
        save(published, by_head, summary="Menunggu")
        withdraw_service(published, by=by_admin)
        save(published, by_head, product="Lain")
        service = anew(published)
        assert (service.summary, service.product, draft_of(service).values) == ("Menunggu", "Lain", {})


class TestUndo:
    def test_it_takes_back_one_change_after_the_other(self, published, by_head, by_admin, anew):
        save(published, by_head, summary="Satu")
        save(published, by_admin, product="Dua")
        undo_change(published, by=by_head, no=last_no(anew(published)))
        assert current_values(anew(published))["product"] == "Surat keterangan"
        undo_change(published, by=by_head, no=last_no(anew(published)))
        assert draft_of(anew(published)).values == {} and draft_of(anew(published)).changes == []

    def test_twice_is_refused(self, draft, by_head, anew):
        save(draft, by_head, summary="Satu")
        save(draft, by_head, product="Dua")
        no = last_no(anew(draft))
        undo_change(draft, by=by_head, no=no)
        with pytest.raises(Outdated):
            undo_change(draft, by=by_head, no=no)
        assert anew(draft).summary == "Satu"

    def test_a_value_changed_elsewhere_meanwhile_is_kept(self, draft, by_head, anew):
        save(draft, by_head, summary="Satu")
        Service.objects.filter(pk=draft.pk).update(summary="Dari panel")
        with pytest.raises(Outdated):
            undo_change(draft, by=by_head, no=last_no(anew(draft)))
        assert anew(draft).summary == "Dari panel"

    def test_what_somebody_types_in_a_row_is_one_change(self, draft, by_head, by_admin, anew):
        with clock.at(datetime.datetime(2026, 11, 24, 3, tzinfo=datetime.UTC)):
            save(draft, by_head, summary="Un")
            save(draft, by_head, summary="Untuk semua")
        with clock.at(datetime.datetime(2026, 11, 24, 4, tzinfo=datetime.UTC)):
            save(draft, by_head, summary="Untuk semua orang")
        assert [change["new"] for change in draft_of(anew(draft)).changes] == ["Untuk semua", "Untuk semua orang"]
        undo_change(draft, by=by_admin, no=last_no(anew(draft)))
        undo_change(draft, by=by_admin, no=last_no(anew(draft)))
        assert anew(draft).summary == "Untuk contoh."

    def test_a_unit_of_others_is_not_restored(self, cast, draft, by_admin, anew):
        save(draft, by_admin, unit_id=cast.unit.pk) if anew(draft).unit_id != cast.unit.pk else None
        Service.objects.filter(pk=draft.pk).update(unit=cast.other_unit)
        save(draft, by_admin, unit_id=cast.unit.pk)
        with pytest.raises(NotAllowed):
            undo_change(draft, by=staff(cast.section_head), no=last_no(anew(draft)))


class TestRequirements:
    def test_of_a_draft_are_stored_at_once_and_undone(self, draft, by_head, anew):
        name = add_requirement(draft, by=by_head, text="Akta lahir", kind="original")
        assert [row.text for row in requirements_of(draft)][-1] == "Akta lahir"
        save_requirement(draft, by=by_head, name=name, fields={"issued_by": "Disdukcapil"}, was={})
        move_requirement(draft, by=by_head, name=name, up=True)
        remove_requirement(draft, by=by_head, name=name)
        assert "Akta lahir" not in texts(anew(draft))
        for _change in range(4):
            undo_change(draft, by=by_head, no=last_no(anew(draft)))
        assert texts(anew(draft)) == ["KTP", "Surat polisi", "Ijazah asli"]
        row = Requirement.objects.get(service=draft, text="Akta lahir")
        assert not row.active and row.issued_by == ""

    def test_of_a_published_service_wait_for_publication(self, published, by_head, by_admin, anew):
        rows = current_requirements(anew(published))
        add_requirement(published, by=by_head, text="Akta lahir", kind="upload")
        remove_requirement(published, by=by_head, name=rows[0]["key"])
        save_requirement(published, by=by_head, name=rows[1]["key"], fields={"required": False}, was={})
        assert [row.text for row in requirements_of(published)] == ["KTP", "Surat polisi", "Ijazah asli"]
        service = anew(published)
        publish_changes(service, by=by_admin, revision=draft_of(service).revision)
        assert [row.text for row in requirements_of(published)] == ["Surat polisi", "Ijazah asli", "Akta lahir"]
        # Requests under way refer to the removed one.
        assert not Requirement.objects.get(pk=rows[0]["key"]).active
        assert not Requirement.objects.get(pk=rows[1]["key"]).required

    def test_two_people_change_two_of_them(self, published, by_head, by_admin, anew):
        one, two, _three = current_requirements(anew(published))
        save_requirement(published, by=by_head, name=one["key"], fields={"text": "KTP asli"}, was=one)
        save_requirement(published, by=by_admin, name=two["key"], fields={"text": "Surat dari polisi"}, was=two)
        assert texts(anew(published))[:2] == ["KTP asli", "Surat dari polisi"]
        with pytest.raises(EditedMeanwhile):
            save_requirement(published, by=by_admin, name=one["key"], fields={"text": "KTP lama"}, was=one)

    def test_refusals(self, cast, draft, by_head, anew):
        first = current_requirements(anew(draft))[0]["key"]
        for text in ("", "ktp"):
            with pytest.raises(Refused) as error:
                add_requirement(draft, by=by_head, text=text, kind="upload")
            assert error.value.field == "text"
        with pytest.raises(Refused) as error:
            save_requirement(draft, by=by_head, name=first, fields={"show_if": {"tidak_ada": ["Ya"]}}, was={})
        assert error.value.field == "show_if"
        with pytest.raises(Refused):
            save_requirement(draft, by=by_head, name=first, fields={"text": "Ijazah asli"}, was={})
        for verb in (remove_requirement, move_requirement):
            with pytest.raises(Outdated):
                verb(draft, by=by_head, name="0", **({"up": True} if verb is move_requirement else {}))
        with pytest.raises(NotAllowed):
            remove_requirement(draft, by=staff(cast.outsider), name=first)
        assert texts(anew(draft)) == ["KTP", "Surat polisi", "Ijazah asli"]

    def test_the_same_form_twice_adds_one(self, draft, by_head, anew):
        made = [add_requirement(draft, by=by_head, text="Akta", kind="upload", key="k") for _time in range(2)]
        assert made[0] == made[1] and texts(anew(draft)).count("Akta") == 1

    def test_a_list_has_an_end(self, draft, by_head, monkeypatch):
        monkeypatch.setattr("services.studio.actions.requirements.MOST_REQUIREMENTS", 3)
        with pytest.raises(Refused, match="Paling banyak 3"):
            add_requirement(draft, by=by_head, text="Akta", kind="upload")
        assert MOST_REQUIREMENTS == 40


class TestPublication:
    def test_only_administrators_publish_changes_and_only_those_they_saw(self, published, by_head, by_admin, anew):
        save(published, by_head, summary="Satu")
        seen = draft_of(anew(published)).revision
        with pytest.raises(NotAllowed):
            publish_changes(published, by=by_head, revision=seen)
        save(published, by_head, product="Dua")
        with pytest.raises(Outdated, match="diubah lagi"):
            publish_changes(published, by=by_admin, revision=seen)
        assert anew(published).summary == "Untuk contoh."

    def test_changes_that_would_hide_the_service_are_refused(self, published, by_head, by_admin, anew):
        save(published, by_head, sop_id="", working_days="")
        service = anew(published)
        assert [gap.field for gap in missing_of(service).reasons] == ["sop_id", "working_days"]
        with pytest.raises(Refused, match=r"Belum ada SOP.*Jangka waktu"):
            publish_changes(service, by=by_admin, revision=draft_of(service).revision)
        assert anew(published).sop_id

    def test_publishing_again_brings_changes_left_when_it_was_withdrawn(self, published, by_head, by_admin, anew):
        save(published, by_head, summary="Menunggu")
        withdraw_service(published, by=by_admin)
        with pytest.raises(NotAllowed):
            publish_prepared(published, by=by_head)
        publish_prepared(published, by=by_admin)
        service = anew(published)
        assert (service.summary, service.state, draft_of(service).values) == ("Menunggu", "published", {})

    def test_discarding_leaves_what_is_public(self, published, by_head, anew):
        save(published, by_head, summary="Satu")
        service = anew(published)
        with pytest.raises(Outdated):
            discard_changes(service, by=by_head, revision=draft_of(service).revision - 1)
        discard_changes(service, by=by_head, revision=draft_of(service).revision)
        assert drafted(anew(published)).summary == "Untuk contoh."
        with pytest.raises(Outdated, match="Tidak ada perubahan"):
            discard_changes(published, by=by_head, revision=draft_of(anew(published)).revision)

    def test_asking_tells_the_administrators_once(self, cast, draft, by_head, by_admin, anew):
        ask_publication(draft, by=by_head)
        ask_publication(draft, by=by_head)
        notice = Notice.objects.get(kind="service_asked")
        assert notice.user == cast.admin
        words = compose_asked(notice)
        assert draft.name in words.subject and "Fauziah Contoh" in words.body
        save(draft, by_head, summary="Lain")
        assert draft_of(anew(draft)).asked_at is None and compose_asked(notice) is None

    def test_asking_is_refused_without_anything_to_publish(self, cast, published, draft, by_head, anew):
        with pytest.raises(Outdated):
            ask_publication(published, by=by_head)
        save(draft, by_head, working_days="")
        with pytest.raises(Refused, match="Jangka waktu"):
            ask_publication(draft, by=by_head)
        with pytest.raises(NotAllowed):
            ask_publication(draft, by=staff(cast.outsider))
        assert not Notice.objects.filter(kind="service_asked").exists()


class TestLetters:
    def test_a_service_gets_a_template_of_its_own(self, cast, draft, by_head, anew):
        make_letter_template(draft, by=by_head, name="Surat pindah", key="k")
        make_letter_template(draft, by=by_head, name="Surat pindah", key="k")
        template = LetterTemplate.objects.get()
        assert anew(draft).letter_template == template and template.code == "surat-pindah"
        assert "{applicant}" in template.body and not template.is_refusal
        for name in ("", "SURAT pindah"):
            with pytest.raises(Refused) as error:
                make_letter_template(draft, by=by_head, name=name)
            assert error.value.field == "name"
        with pytest.raises(NotAllowed):
            make_letter_template(draft, by=staff(cast.outsider), name="Lain")
        undo_change(draft, by=by_head, no=last_no(anew(draft)))
        assert anew(draft).letter_template is None

    def test_the_template_of_a_published_service_waits(self, published, by_head, anew):
        make_letter_template(published, by=by_head, name="Surat pindah")
        assert anew(published).letter_template is None
        assert drafted(anew(published)).letter_template.name == "Surat pindah"


class TestMaking:
    def test_a_new_service_is_a_draft_with_code_and_address(self, cast, by_head):
        given = {"name": "Pengantar Pindah  Sekolah", "kind": "request", "category": "Kesiswaan", "unit": cast.unit}
        made = add_service(by=by_head, **given, key="k")
        assert (made.code, made.slug, made.state) == ("PPS", "pengantar-pindah-sekolah", "draft")
        assert made.category.name == "Kesiswaan" and made.complaint_handling
        assert add_service(by=by_head, **given, key="k") == made
        with pytest.raises(Refused) as error:
            add_service(by=by_head, **given, key="lain")
        assert error.value.field == "name"
        second = add_service(by=by_head, **given | {"name": "Pengantar pindah siswa", "category": "kesiswaan"})
        assert second.code == "PPS-2" and second.category == made.category
        assert second.order > made.order

    def test_refusals(self, cast, by_head):
        given = {"name": "Baru", "kind": "visit", "category": "Umum", "unit": cast.unit}
        for changed, field in (({"name": " "}, "name"), ({"kind": "x"}, "kind"), ({"category": ""}, "category")):
            with pytest.raises(Refused) as error:
                add_service(by=by_head, **given | changed)
            assert error.value.field == field
        for unit in (None, cast.other_unit):
            with pytest.raises(NotAllowed):
                add_service(by=by_head, **given | {"unit": unit})
        with pytest.raises(NotAllowed):
            add_service(by=staff(cast.official), **given)
        assert not Service.objects.exists() and not Category.objects.exists()

    def test_a_copy_brings_texts_requirements_and_form(self, cast, published, by_head, by_admin):
        Service.objects.filter(pk=published.pk).update(decree="1/2026")
        made = copy_service(published, by=by_head, name="Salinan", unit=cast.unit, key="k")
        assert copy_service(published, by=by_head, name="Salinan", unit=cast.unit, key="k") == made
        assert (made.state, made.decree, made.summary) == ("draft", "", published.summary)
        assert made.sop_id == published.sop_id and made.slug == "salinan"
        kept = ["text", "kind", "required", "show_if", "order"]
        assert list(made.requirements.values(*kept)) == list(published.requirements.values(*kept))
        fields = ["name", "label", "type", "rules", "show_if", "required", "is_common", "order"]
        of = [Field.objects.filter(version__service=each, version__is_current=True) for each in (made, published)]
        assert list(of[0].values(*fields)) == list(of[1].values(*fields)) != []
        publish_service(made, by=by_admin)
        entry = JournalEntry.objects.get(verb="copy_service")
        assert (entry.subject_id, entry.data) == (str(made.pk), {"source": published.pk})

    @pytest.mark.parametrize(
        "name, code",
        [("Legalisasi Ijazah", "LI"), ("Beasiswa", "BEASI"), ("Surat untuk dan dari", "SURAT"), ("漢字", "LAYANAN")],
    )
    def test_codes(self, name, code):
        assert code_of(name) == code
