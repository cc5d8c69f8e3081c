"""The admin panel of core: permissions, refusals, journal entries."""

import datetime

import pytest
from django.contrib.admin import site
from django.urls import reverse

from tests.factories.core import make_position, make_unit, make_user, named_cast
from ula_portal.core import workdays
from ula_portal.core.data.admin import CappedPaginator
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import (
    CalendarDay,
    HoursRule,
    JournalEntry,
    NumberSequence,
    Office,
    Position,
    Role,
    StaffRole,
    Unit,
    User,
)
from ula_portal.core.office import queries
from ula_portal.core.office.actions import office

pytestmark = pytest.mark.django_db
PAGES = ["user", "unit", "position", "location", "hoursrule", "calendarday", "notice", "journalentry", "journalseal"]


@pytest.fixture
def admin(client):
    user = make_user(Role.ADMINISTRATOR)
    client.force_login(user)
    client.user = user
    return client


def url(model, page="changelist", *args):
    return reverse(f"admin:core_{model}_{page}", args=args)


def test_the_administrator_opens_every_list(admin):
    office.set_up_office(by=SYSTEM, name="Dinas Pendidikan", regency="Kabupaten Contoh")
    named_cast()
    for page in PAGES:
        assert admin.get(url(page)).status_code == 200, page
    for page in ["user", "unit", "position", "location", "hoursrule", "calendarday"]:
        assert admin.get(url(page, "add")).status_code == 200, page
    assert admin.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("role", [r for r in Role.values if r != Role.ADMINISTRATOR])
def test_nobody_else_opens_them(client, role):
    client.force_login(make_user(role, unit=make_unit()))
    for page in [*PAGES, "office"]:
        assert client.get(url(page), follow=True).status_code == 403, page


def test_a_stranger_is_sent_to_the_one_log_in_page(client):
    answer = client.get(url("user"), follow=True)
    assert answer.redirect_chain[-1][0].startswith("/akun/masuk/")


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [("/admin/core/location/", "/admin/core/location/"), ("https://example.com/", "/admin/"), ("", "/admin/")],
)
def test_the_log_in_page_leads_back_to_what_was_wanted(client, wanted, leads_to):
    answer = client.get("/admin/login/", {"next": wanted})
    assert answer.headers["Location"] == f"/akun/masuk/?next={leads_to}"


def test_the_office_is_one_row(admin):
    assert admin.get(url("office")).url == url("office", "add")
    fields = {"name": "Dinas", "regency": "Kabupaten Contoh", "letterhead": "PEMERINTAH\n\n DINAS \n"}
    admin.post(url("office", "add"), fields)
    row = Office.objects.get()
    assert row.letterhead == ["PEMERINTAH", "DINAS"]
    assert admin.get(url("office")).url == url("office", "change", row.pk)
    assert admin.get(url("office", "add")).status_code == 403
    assert admin.get(url("office", "delete", row.pk)).status_code == 403


def test_lists_take_as_many_queries_for_many_rows(admin, django_assert_max_num_queries):
    named_cast()
    for _ in range(5):
        make_user(Role.OFFICIAL, make_position())
    for page in PAGES:
        with django_assert_max_num_queries(9):
            admin.get(url(page))


def test_the_paginator_counts_no_further_than_its_cap(monkeypatch):
    monkeypatch.setattr(CappedPaginator, "CAP", 3)
    NumberSequence.objects.bulk_create(NumberSequence(key=str(n), year=2026, last=1) for n in range(5))
    pages = CappedPaginator(NumberSequence.objects.order_by("pk"), 2)
    assert (pages.count, pages.num_pages) == (3, 2)
    assert len(pages.page(2).object_list) == 1


def account_form(**changes):
    form = {"email": "Baru@Example.id", "full_name": "Petugas Baru", "nip": "", "usable_password": "true"}
    return form | {"password1": "kopi-susu-gula-aren", "password2": "kopi-susu-gula-aren"} | changes


def test_a_new_account_gets_a_password_and_small_letters(admin):
    admin.post(url("user", "add"), account_form())
    user = User.objects.get(email="baru@example.id")
    assert user.check_password("kopi-susu-gula-aren")
    assert JournalEntry.objects.filter(subject_kind="user", subject_id=str(user.pk), verb="admin_add").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password1": "pendek", "password2": "pendek"}, "password2"),
        ({"password2": "lain-sekali-ini"}, "password2"),
        ({"nip": "12"}, "nip"),
        ({"email": "bukan surel"}, "email"),
        ({"email": "SUDAH@example.id"}, "email"),
    ],
)
def test_a_faulty_account_is_shown_again(admin, changes, field):
    make_user(email="sudah@example.id")
    before = User.objects.count()
    answer = admin.post(url("user", "add"), account_form(**changes))
    assert field in answer.context["errors"].data[0] or answer.context["adminform"].form.errors[field]
    assert User.objects.count() == before


def person_form(user, roles=(), tenures=(), **changes):
    form = {"email": user.email, "full_name": user.full_name, "is_active": "on"} | changes
    form = {key: value for key, value in form.items() if value is not None}
    for prefix, rows in (("staff_roles", roles), ("tenures", tenures), ("absences", ())):
        form |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": sum("id" in r for r in rows)}
        for number, row in enumerate(rows):
            form |= {f"{prefix}-{number}-{key}": value for key, value in {"user": user.pk, **row}.items()}
    return form


def test_roles_and_tenures_are_given_beside_the_account(admin):
    user, post = make_user(), make_position()
    roles = [{"role": "official", "unit": post.unit_id}]
    tenures = [{"position": post.pk, "kind": "definitive", "from_date": "2026-01-05"}]
    answer = admin.post(url("user", "change", user.pk), person_form(user, roles, tenures))
    assert answer.status_code == 302
    assert queries.holders_of([post.pk], datetime.date(2026, 3, 2))[post.pk] == [user]
    verbs = JournalEntry.objects.filter(subject_kind="user", subject_id=str(user.pk)).values_list("verb", flat=True)
    assert {"assign_role", "begin_tenure", "admin_change"} <= set(verbs)


def test_overlapping_tenures_are_refused_beside_the_date(admin):
    post = make_position()
    user = make_user(position=post)
    held = user.tenures.get()
    rows = [
        {"id": held.pk, "position": post.pk, "kind": "definitive", "from_date": "2020-01-01"},
        {"position": post.pk, "kind": "plt", "from_date": "2026-01-05"},
    ]
    answer = admin.post(url("user", "change", user.pk), person_form(user, tenures=rows))
    assert answer.status_code == 200
    assert "sudah memegang jabatan" in answer.content.decode()
    assert user.tenures.count() == 1


@pytest.mark.parametrize("how", ["role deleted", "account closed"])
def test_the_last_administrator_stays(admin, how):
    row = StaffRole.objects.get(user=admin.user)
    roles = [{"id": row.pk, "role": "admin", "unit": ""}]
    changes = {}
    if how == "role deleted":
        roles[0]["DELETE"] = "on"
    else:
        changes["is_active"] = None
    answer = admin.post(url("user", "change", admin.user.pk), person_form(admin.user, roles, **changes))
    assert answer.status_code == 200
    assert "satu administrator" in answer.content.decode()
    assert StaffRole.objects.filter(role="admin", user__is_active=True).count() == 1


def test_another_administrator_may_be_closed(admin):
    other = make_user(Role.ADMINISTRATOR)
    row = other.staff_roles.get()
    form = person_form(other, [{"id": row.pk, "role": "admin", "unit": ""}], is_active=None)
    assert admin.post(url("user", "change", other.pk), form).status_code == 302
    other.refresh_from_db()
    assert not other.is_active


def test_nobody_deletes_an_account(admin):
    assert admin.get(url("user", "delete", make_user().pk)).status_code == 403


def test_a_unit_never_lies_below_itself(admin):
    top = make_unit("ATAS")
    below = make_unit("BAWAH", parent=top)
    form = {"code": "ATAS", "name": "Atas", "parent": below.pk}
    assert admin.post(url("unit", "change", top.pk), form).status_code == 200
    assert Unit.objects.get(code="ATAS").parent is None


def test_a_position_is_never_above_itself(admin):
    boss = make_position("ATASAN")
    clerk = make_position("BAWAHAN", superior=boss)
    form = {"code": "ATASAN", "name": "Atasan", "unit": boss.unit_id, "superior": clerk.pk}
    answer = admin.post(url("position", "change", boss.pk), form)
    assert "atasan dirinya sendiri" in answer.content.decode()


def test_a_new_holiday_counts_at_once(admin, django_capture_on_commit_callbacks):
    wednesday = datetime.date(2026, 3, 4)
    assert workdays.is_working_day(wednesday)
    form = {"date": "2026-03-04", "kind": "holiday", "name": "Libur contoh"}
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(url("calendarday", "add"), form)
    assert not workdays.is_working_day(wednesday)
    day = CalendarDay.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(url("calendarday", "delete", day.pk), {"post": "yes"})
    assert workdays.is_working_day(wednesday)


def hours_form(**changes):
    form = {"kind": "working", "name": "Jam kerja", "weekday": "0", "opens": "07:30", "closes": "16:00"}
    return form | changes


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes": "07:00"}, "Jam tutup harus sesudah jam buka"),
        ({"break_from": "12:00"}, "Isi awal dan akhir istirahat"),
        ({"break_from": "06:00", "break_to": "07:00"}, "Istirahat harus berada"),
        ({"break_from": "07:30", "break_to": "16:00"}, "menghabiskan seluruh hari"),
        ({"last_ticket": "17:00"}, "Nomor antrean terakhir"),
        ({"from_date": "2026-03-02", "to_date": "2026-03-01"}, "mendahului tanggal mulai"),
    ],
)
def test_impossible_hours_are_refused_in_words(admin, changes, words):
    answer = admin.post(url("hoursrule", "add"), hours_form(**changes))
    assert words in answer.content.decode()
    assert not HoursRule.objects.exists()


def test_changed_hours_count_at_once(admin, django_capture_on_commit_callbacks):
    monday = datetime.date(2026, 3, 2)
    before = workdays.working_periods(monday)
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(url("hoursrule", "add"), hours_form(opens="09:00"))
    assert workdays.working_periods(monday) != before
    workdays.clear_cache()


def test_the_history_of_a_row_is_its_chain(admin):
    unit = make_unit()
    answer = admin.get(url("unit", "history", unit.pk), follow=True)
    assert answer.status_code == 200
    assert "unit ditambahkan" in answer.content.decode()


def test_the_journal_cannot_be_touched_in_the_admin(admin):
    make_unit()
    entry = JournalEntry.objects.latest("pk")
    assert admin.get(url("journalentry", "change", entry.pk)).status_code == 200
    assert admin.post(url("journalentry", "change", entry.pk), {"verb": "x"}).status_code == 403
    assert admin.post(url("journalentry", "delete", entry.pk), {"post": "yes"}).status_code == 403
    assert admin.get(url("journalentry", "add")).status_code == 403


def test_a_secretariat_is_kept_beside_its_position(admin):
    cast = named_cast()
    head, desk = cast.positions["KADIS"], cast.positions["FRONT-OFFICE"]

    def save(*positions, **more):
        rows = {f"secretariat_of-{n}-position": pk for n, pk in enumerate(positions)}
        forms = {"secretariat_of-TOTAL_FORMS": len(positions), "secretariat_of-INITIAL_FORMS": 0}
        data = {"code": desk.code, "name": desk.name, "unit": desk.unit_id, "superior": desk.superior_id or ""}
        return admin.post(url("position", "change", desk.pk), data | forms | rows | more)

    assert "Sekretariat dari" in admin.get(url("position", "change", desk.pk)).content.decode()
    for positions in ((desk.pk,), (head.pk, head.pk)):
        assert save(*positions).status_code == 200
    assert "sekretariat dirinya sendiri" in save(desk.pk).content.decode()
    assert save(head.pk).status_code == 302
    assert queries.secretariats_of(head.pk) == [desk]
    assert desk.name in admin.get(url("position", "change", head.pk)).content.decode()
    kept = desk.secretariat_of.get()
    taken = {"secretariat_of-INITIAL_FORMS": 1, "secretariat_of-0-id": kept.pk, "secretariat_of-0-DELETE": "on"}
    assert save(head.pk, **taken).status_code == 302
    assert queries.secretariats_of(head.pk) == []
    entries = JournalEntry.objects.filter(subject_kind="position", subject_id=str(desk.pk)).order_by("pk")
    said = [(each.verb, each.data, each.actor_id) for each in entries if each.verb.endswith("_paper")]
    ids = {"secretariat_of": head.pk}
    assert said == [(verb, ids, str(admin.user.pk)) for verb in ("entrust_paper", "withdraw_paper")]


def test_the_start_page_shows_the_newest_changes_to_those_who_may_read_the_journal(admin, client):
    unit = make_unit("TERBARU")
    form = {"code": unit.code, "name": "Bidang Paling Baru", "short_name": "", "parent": ""}
    assert admin.post(url("unit", "change", unit.pk), form).status_code == 302
    page = admin.get(reverse("admin:index")).content.decode()
    assert "Perubahan terakhir" in page and f'<a href="{url("unit", "change", unit.pk)}">Bidang Paling Baru</a>' in page
    client.force_login(make_user(Role.SECTION_HEAD, unit=unit))
    assert "Perubahan terakhir" not in client.get(reverse("admin:index")).content.decode()


def test_forms_show_dates_and_times_as_they_are_written_here_and_errors_below_their_fields(admin):
    page = admin.post(url("hoursrule", "add"), hours_form(name="")).content.decode()
    assert page.index('id="id_name"') < page.index("errorlist") < page.index('id="id_from_date"')
    assert page.count("btn-primary") == 1 and "<label>" not in page
    written = {"from_date": "3 Mei 2027", "to_date": "4/5/2027", "opens": "08.30"}
    assert admin.post(url("hoursrule", "add"), hours_form() | written).status_code == 302
    rule = HoursRule.objects.get(from_date=datetime.date(2027, 5, 3), to_date=datetime.date(2027, 5, 4))
    assert rule.opens == datetime.time(8, 30)
    page = admin.get(url("hoursrule", "change", rule.pk)).content.decode()
    assert [f'value="{words}"' in page for words in ("03/05/2027", "04/05/2027", "08.30")] == [True] * 3


def test_what_a_choice_lacks_can_be_added_by_those_who_may(admin, rf):
    answer = admin.get(url("position", "add"))
    assert f'href="{url("unit", "add")}" target="_blank"' in answer.content.decode()
    fields = answer.context["adminform"].form.fields
    assert fields["unit"].add_link["url"] == url("unit", "add") and fields["code"].add_link is None
    request = rf.get("/")
    request.user = make_user(Role.SECTION_HEAD, unit=make_unit())
    assert not site.get_model_admin(Position).formfield_for_dbfield(Position._meta.get_field("unit"), request).add_link


def test_the_path_of_every_page_begins_with_the_panel(admin):
    unit = make_unit("JALUR")
    for page in (url("unit", "delete", unit.pk), url("unit", "change", unit.pk), url("unit", "add"), url("unit")):
        html = admin.get(page).content.decode()
        path = html[html.index('class="breadcrumbs"') :].split("</div>")[0]
        assert path.split("</a>")[0].endswith(">Administrasi") and "Beranda" not in path
        assert ("JALUR" in path or unit.name in path) == (str(unit.pk) in page)
