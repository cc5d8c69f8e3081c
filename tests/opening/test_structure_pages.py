"""Pages of units and positions: typed, pasted or from the usual structure, checked before anything is written."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.core import make_position, make_unit, make_user
from tests.factories.pages import as_user, text
from ula_portal.core.models import Position, Role, Unit
from ula_portal.opening.structure_forms import MOST_ROWS, POSITIONS, UNITS, Table

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return as_user(make_user(Role.ADMINISTRATOR))


def filled(table, **changes):
    return dict(table.formset.data) | changes


def posted(*rows, **more):
    data = {"baris-TOTAL_FORMS": len(rows), "baris-INITIAL_FORMS": 0, "cara": "tulis", "do": "save"} | more
    return data | {f"baris-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def test_an_empty_office_starts_from_the_usual_structure_ticked_and_adapted(admin):
    address = reverse("opening_units")
    page = admin.get(address)
    assert page.context["way"] == "baku" and text(page).count("btn btn-primary") == 1
    table = page.context["table"]
    renamed = {"baris-3-take": "", "baris-4-name": "Unit Layanan Terpadu", "cara": "baku", "do": "save"}
    answer = admin.post(address, filled(table, **renamed))
    assert answer.status_code == 302 and answer["Location"] == f"{address}#isi"
    names = set(Unit.objects.values_list("name", flat=True))
    assert "Unit Layanan Terpadu" in names and "Subbagian Keuangan dan Perencanaan" not in names
    assert Unit.objects.count() == 9 and Position.objects.get(name="Kepala Seksi SD").superior.name.endswith("Dasar")
    # Positions of the unit that was renamed are left for the administrator to place.
    positions = Table(POSITIONS, "baku")
    ticks = {form["name"].value(): bool(form["take"].value()) for form in positions.formset}
    assert not ticks["Petugas Loket"] and ticks["Pengelola Kepegawaian"]
    admin.post(reverse("opening_positions"), filled(positions, cara="baku", do="save"))
    assert Position.objects.get(name="Pengelola Kepegawaian").superior.name == "Kepala Subbagian Umum dan Kepegawaian"
    assert not Position.objects.filter(name="Petugas Loket").exists()


def test_pasted_cells_are_shown_with_their_errors_and_nothing_is_written(admin):
    make_unit(name="Sekretariat")
    heads = "Nama unit\tSingkatan\tDi bawah unit\tPimpinan"
    pasted = f"{heads}\nBidang A\tA\tTidak Ada\t\n\nsekretariat\nBidang B\tB\t\tKepala B"
    answer = admin.post(reverse("opening_units"), {"cara": "tempel", "do": "paste", "text": pasted})
    assert answer.status_code == 422 and Unit.objects.count() == 1
    forms = answer.context["table"].formset.forms
    assert [bool(form.errors) for form in forms] == [True, False, False]
    assert [form.known for form in forms] == [False, True, False]
    mended = filled(answer.context["table"], cara="tempel", do="save", **{"baris-0-parent": ""})
    answer = admin.post(reverse("opening_units"), mended, follow=True)
    assert "2 unit ditambahkan. 1 jabatan ditambahkan. 1 baris sudah ada dan dilewati." in text(answer)
    again = admin.post(reverse("opening_units"), mended, follow=True)
    assert Unit.objects.count() == 3 and "3 baris sudah ada" in text(again)


def test_what_was_typed_stays_when_a_row_is_wrong_and_when_rows_are_added(admin):
    make_unit(name="Sekretariat")
    rows = [{"name": "Arsiparis", "unit": "Sekretariat"}, {"name": "Pengolah", "unit": "Entah"}]
    answer = admin.post(reverse("opening_positions"), posted(*rows))
    shown = text(answer)
    assert answer.status_code == 422 and not Position.objects.exists()
    assert 'value="Entah"' in shown and 'aria-invalid="true"' in shown and "1 baris perlu diperbaiki" in shown
    answer = admin.post(reverse("opening_positions"), posted(*rows, do="more"))
    assert answer.status_code == 200 and len(answer.context["table"].formset.forms) == 4
    answer = admin.post(reverse("opening_positions"), posted({"name": ""}))
    assert answer.status_code == 422 and "Belum ada baris yang terisi" in text(answer)


def test_a_list_is_cut_and_a_forged_count_does_no_harm(admin):
    table = Table.pasted(UNITS, "\n".join(f"Unit {n}" for n in range(MOST_ROWS + 3)))
    assert len(table.formset.forms) == MOST_ROWS and table.left_out == 3
    for count in ("99999", "x", ""):
        answer = admin.post(reverse("opening_units"), posted({"name": "A"}, **{"baris-TOTAL_FORMS": count}))
        assert answer.status_code == 422 and not Unit.objects.exists()


@pytest.mark.parametrize("name", ["opening_units", "opening_positions"])
def test_the_pages_cost_the_same_for_one_and_three(admin, name):
    counts = []
    admin.get(reverse(name))
    for _time in range(2):
        for _row in range(2):
            make_user(position=make_position(unit=make_unit()))
        with CaptureQueriesContext(connection) as asked:
            admin.get(reverse(name))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12
