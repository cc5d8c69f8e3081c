"""The page for importing files: formats, problems in words, and the questions before anything changes."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sop.drafting.actions import importing
from sop.drafting.actions.steps import save_step
from sop.exchange import formats, xlsx
from sop.models import DraftCopy, Sop, SopVersion
from sop.rules.queries import flows
from tests.factories import sop as make
from tests.sop.approval.test_panel import as_user, text
from tests.sop.exchange.test_xlsx import HEADINGS, workbook
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import Role, StaffRole, User

pytestmark = pytest.mark.django_db


def upload(client, content, name="sop.json", **data):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return client.post(reverse("admin:sop_import"), data | {"file": SimpleUploadedFile(name, content)}, follow=True)


def answer(client, page, **changes):
    """Submit the form of the question page as a browser would."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in values.items() if value is not None and value is not False}
    return client.post(reverse("admin:sop_import"), data | changes, follow=True)


def edited_draft(cast, **changes):
    draft = importing.import_sop(make.small_content(**changes), by=SYSTEM).version
    step = draft.steps.get(no=3)
    save_step(step, by=staff(cast["secretary"] if changes else cast["admin"]), fields={"note": "b"}, was={"note": ""})
    draft.refresh_from_db()
    return draft


@pytest.mark.parametrize("kind", list(formats.FORMATS))
def test_every_kind_of_file_comes_in(units, cast, kind):
    version = make.imported(make.small_content())
    data = formats.write_sop_file(version, kind)
    page = upload(as_user(cast["admin"]), data, f"sop{formats.FORMATS[kind].suffix}")
    assert "Tidak ada yang berubah" in text(page)


def test_the_template_is_one_click_away(units, cast):
    client = as_user(cast["section_head"])
    assert reverse("admin:sop_template") in text(client.get(reverse("admin:sop_import")))
    given = client.get(reverse("admin:sop_template"))
    assert given["Content-Disposition"] == 'attachment; filename="Templat-SOP.xlsx"'
    assert given.content.startswith(b"PK") and given["Content-Type"].endswith("sheet")
    page = upload(client, given.content, "Templat-SOP.xlsx")
    assert page.status_code == 422 and "Nama SOP belum diisi" in text(page)


def test_a_version_can_be_downloaded_in_every_kind(units, cast):
    version = make.imported(make.small_content())
    client = as_user(cast["section_head"])
    page = text(client.get(reverse("admin:sop_sopversion_change", args=[version.pk])))
    for kind, form in formats.FORMATS.items():
        address = reverse("admin:sop_version_file", args=[version.pk, kind])
        assert address in page
        given = client.get(address)
        assert given["Content-Type"] == form.content_type and given["Content-Disposition"].endswith(f'{form.suffix}"')
        assert formats.read_sop_file(f"a{form.suffix}", given.content)["name"] == version.name
        assert as_user(cast["other_head"]).get(address).status_code == 404
    assert client.get(reverse("admin:sop_version_file", args=[version.pk, "exe"])).status_code == 404


def test_problems_stand_in_a_list_that_does_not_grow_without_end(units, cast):
    steps = [HEADINGS, *([n, "x", f"bulat{n}", "Loket", "", ""] for n in range(1, 101))]
    page = upload(as_user(cast["admin"]), workbook({"Identitas": [["Nama SOP", "x"]], "Langkah": steps}), "a.xlsx")
    said = text(page)
    assert page.status_code == 422 and "Langkah, baris 2, kolom Bentuk: “bulat1” tidak dikenal" in said
    assert "tidak ada yang berubah" in said and "… dan 80 masalah lagi." in said and "baris 23," not in said
    assert not Sop.objects.exists()


# The unit


def test_a_unit_that_is_nearly_right_is_proposed_and_confirmed(units, cast):
    client = as_user(cast["admin"])
    page = upload(client, make.small_content(unit="Bidang Pendidikan Dasar"))
    assert page.status_code == 200 and "“Bidang Pendidikan Dasar” dalam berkas tidak dikenal" in text(page)
    assert not Sop.objects.exists()
    assert page.context["form"]["unit"].value() == "DIKDAS" and page.context["form"].fields["unit"].choices[0][0]
    assert "masuk sebagai draf" in text(answer(client, page))
    sop = Sop.objects.get()
    assert sop.unit.code == "DIKDAS" and sop.source_unit == "Bidang Pendidikan Dasar"


def test_a_code_in_the_text_is_proposed(units, cast):
    page = upload(as_user(cast["admin"]), make.small_content(unit="Seksi Kesejahteraan GTK"))
    assert page.context["form"]["unit"].value() == "GTK"


@pytest.mark.parametrize("unit", [None, "Zzz Qqq"])
def test_without_a_likely_unit_a_person_chooses(units, cast, unit):
    client = as_user(cast["admin"])
    page = upload(client, make.small_content(unit=unit))
    assert page.context["form"].fields["unit"].choices[0][0] == ""
    again = answer(client, page, unit="")
    assert again.status_code == 422 and "Pilih unitnya." in text(again) and not Sop.objects.exists()
    assert "masuk sebagai draf" in text(answer(client, again, unit="ULA"))
    assert Sop.objects.get().unit.code == "ULA"


def test_a_unit_chosen_before_is_not_asked_for_again(units, cast):
    page = upload(as_user(cast["admin"]), make.small_content(unit="Zzz"), unit="GTK")
    assert "masuk sebagai draf" in text(page) and Sop.objects.get().unit.code == "GTK"


def test_section_heads_choose_among_their_own_units(units, cast):
    client = as_user(cast["section_head"])
    page = upload(client, make.small_content(unit="Bidang GTK"))
    codes = {code for code, _name in page.context["form"].fields["unit"].choices} - {""}
    assert "DIKDAS" in codes and "GTK" not in codes
    assert answer(client, page, unit="GTK").status_code == 422
    assert not Sop.objects.exists()


# A draft that somebody edited


def test_a_draft_edited_by_hand_is_replaced_only_when_a_person_says_so(units, cast):
    draft = edited_draft(cast)
    client = as_user(cast["section_head"])
    page = upload(client, make.small_content(warnings=["Baru"]))
    assert cast["admin"].full_name in text(page) and "WIB" in text(page)
    again = answer(client, page)
    assert again.status_code == 422 and "Centang bila draf itu memang akan diganti" in text(again)
    draft.refresh_from_db()
    assert draft.warnings == [] and not DraftCopy.objects.exists()
    assert "diganti dengan isi berkas ini" in text(answer(client, again, replace="on"))
    draft.refresh_from_db()
    assert draft.warnings == ["Baru"] and draft.revision == 0
    assert DraftCopy.objects.get().content["steps"][2]["note"] == "b"


def test_a_draft_edited_once_more_is_asked_about_once_more(units, cast):
    draft = edited_draft(cast)
    client = as_user(cast["section_head"])
    page = upload(client, make.small_content(warnings=["Baru"]))
    step = draft.steps.get(no=3)
    save_step(step, by=staff(cast["section_head"]), fields={"note": "c"}, was={"note": "b"})
    again = answer(client, page, replace="on")
    assert "baru saja diubah lagi" in text(again) and cast["section_head"].full_name in text(again)
    draft.refresh_from_db()
    assert draft.warnings == [] and not DraftCopy.objects.exists()
    assert "diganti" in text(answer(client, again, replace="on"))


def test_the_same_content_needs_no_question(units, cast):
    draft = edited_draft(cast)
    page = upload(as_user(cast["admin"]), formats.write_sop_file(draft, "xlsx"), "sop.xlsx")
    assert "Sebelum berkas masuk" not in text(page)


@pytest.mark.parametrize("field", ["number", "unit", "unit_code"])
def test_another_way_to_name_number_and_unit_is_no_other_content(units, cast, field):
    draft = edited_draft(cast)
    content = json.loads(formats.write_sop_file(draft, "json")) | {field: ""}
    page = upload(as_user(cast["admin"]), content)
    assert "Sebelum berkas masuk" not in text(page)


def test_strangers_learn_nothing_of_anothers_draft(units, cast):
    edited_draft(cast)
    page = upload(as_user(cast["other_head"]), make.small_content(warnings=["Baru"]))
    assert page.status_code == 422 and "hanya dapat dimasukkan" in text(page)
    assert cast["admin"].full_name not in text(page).replace(cast["other_head"].full_name, "")


# The signed file in the question's form


def test_what_is_held_belongs_to_one_person_and_cannot_be_altered(units, cast):
    page = upload(as_user(cast["admin"]), make.small_content(unit="Zzz"))
    signed_file = page.context["form"]["signed_file"].value()
    for client, value in (
        (as_user(cast["section_head"]), signed_file),
        (as_user(cast["admin"]), signed_file[:-3] + "abc"),
    ):
        again = client.post(
            reverse("admin:sop_import"), {"signed_file": value, "unit": "DIKDAS", "revision": 0}, follow=True
        )
        assert "sudah tidak berlaku" in text(again)
    assert not Sop.objects.exists()
    assert as_user(cast["head"]).post(reverse("admin:sop_import"), {"signed_file": signed_file}).status_code == 403
    assert Client().post(reverse("admin:sop_import"), {"signed_file": signed_file}).status_code == 302


def test_the_answer_may_come_twice(units, cast):
    client = as_user(cast["admin"])
    page = upload(client, make.small_content(unit="Zzz"))
    answer(client, page, unit="DIKDAS")
    answer(client, page, unit="DIKDAS")
    assert SopVersion.objects.count() == 1


def test_the_largest_sop_fits_through_the_question(units, cast):
    actors = [f"Pelaksana {n}" for n in range(15)]
    steps = [
        {"no": n, "activity": f"Memeriksa berkas {n} " * 200, "actors": [actors[n % 15]], "shape": "process"}
        | {"minutes": 5, "output": "Hasil", "next": n % 200 + 1}
        for n in range(1, 201)
    ]
    client = as_user(cast["admin"])
    page = upload(client, xlsx.write_workbook(make.small_content(unit="Zzz", actors=actors, steps=steps)), "besar.xlsx")
    assert "masuk sebagai draf" in text(answer(client, page, unit="DIKDAS"))


def test_command_and_verb_go_on_without_questions(units, cast):
    draft = edited_draft(cast)
    result = importing.import_sop(make.small_content(warnings=["Baru"]), by=SYSTEM)
    assert result.state == "replaced" and DraftCopy.objects.filter(version=draft).count() == 1
    assert flows.flow_of(result.version).by_no(3).note == ""


def test_a_drafter_takes_files_in_for_their_own_units_beside_the_editor(units, cast):
    drafter = cast["drafter"] if "drafter" in cast else make_drafter(units)
    client = as_user(drafter)
    address = reverse("sop_take_in")
    assert address in text(client.get(reverse("sop_drafts")))
    own = make.small_content(unit="", unit_code="DIKDAS")
    page = client.post(address, {"file": SimpleUploadedFile("sop.json", json.dumps(own).encode())}, follow=True)
    version = SopVersion.objects.get()
    assert page.request["PATH_INFO"] == reverse("sop_edit_check", args=[version.pk])
    assert version.author == drafter
    other = own | {"number": "", "name": "Milik bidang lain", "unit_code": "GTK"}
    page = client.post(address, {"file": SimpleUploadedFile("sop.json", json.dumps(other).encode())}, follow=True)
    assert page.status_code == 422 and "hanya dapat dimasukkan oleh" in text(page)
    bad = client.post(address, {"file": SimpleUploadedFile("sop.xlsx", b"bukan lembar kerja")})
    assert bad.status_code == 422 and 'id="id_file_error"' in text(bad)
    assert SopVersion.objects.count() == 1


def make_drafter(units):
    person = User.objects.create_user(email="penyusun@example.id", full_name="Penyusun Contoh")
    StaffRole.objects.create(user=person, role=Role.DRAFTER, unit=units["DIKDAS"])
    return person


def test_only_own_units_are_offered_and_taken(units, cast):
    drafter = make.make_person(Role.DRAFTER, units["DIKDAS"])
    address = reverse("sop_take_in")
    offered = as_user(drafter).get(address).context["form"].fields["unit"].queryset
    assert [unit.code for unit in offered] == ["DIKDAS"]
    foreign = next(code for code in units if code != "DIKDAS")
    file = SimpleUploadedFile("sop.json", json.dumps(make.small_content()).encode())
    answer = as_user(drafter).post(address, {"file": file, "unit": foreign})
    assert answer.status_code == 422 and not Sop.objects.exists()
    everything = as_user(cast["admin"]).get(reverse("admin:sop_import")).context["form"].fields["unit"].queryset
    assert foreign in {unit.code for unit in everything}
