"""The steps of hours and holidays."""

import datetime

import pytest
from django.urls import reverse

from tests.factories.core import make_user
from tests.factories.pages import as_user
from ula_portal.core import workdays
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import CalendarDay, HoursRule, JournalEntry, Role
from ula_portal.core.time.actions import replace_week, set_calendar_day, set_hours

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]


@pytest.fixture
def admin(db):
    return as_user(make_user(Role.ADMINISTRATOR))


def as_sent(form):
    """What the page posts when nothing is changed."""
    sent = {}
    for day in [*form.service, *form.working]:
        for field in day:
            value = field.value()
            if value:
                sent[field.html_name] = "on" if value is True else f"{value:%H:%M}"
    return sent


def test_a_usual_week_is_offered_and_saved_as_it_stands(admin):
    form = admin.get(reverse("opening_hours")).context["form"]
    assert not HoursRule.objects.exists()
    assert admin.post(reverse("opening_hours"), as_sent(form)).status_code == 302
    rules = HoursRule.objects.filter(kind="service")
    assert [(rule.weekday, rule.opens.hour, rule.last_ticket.hour) for rule in rules] == [(n, 8, 14) for n in range(5)]
    assert HoursRule.objects.filter(kind="working").count() == 5
    assert workdays.service_hours(datetime.date(2026, 11, 28)) is None
    before = JournalEntry.objects.count()
    form = admin.get(reverse("opening_hours")).context["form"]
    admin.post(reverse("opening_hours"), as_sent(form))
    assert JournalEntry.objects.count() == before


def test_a_day_without_its_mark_is_closed_and_dated_rules_stay(admin):
    ramadan = {"from_date": datetime.date(2027, 2, 8), "to_date": datetime.date(2027, 3, 9), "name": "Ramadan"}
    times = {"opens": datetime.time(8), "closes": datetime.time(12)}
    set_hours({"kind": "service", "weekday": 4, **times, **ramadan}, by=SYSTEM)
    sent = as_sent(admin.get(reverse("opening_hours")).context["form"])
    del sent["service-4-open"]
    admin.post(reverse("opening_hours"), sent | {"service-4-opens": "25:99"})
    assert [rule.name for rule in HoursRule.objects.filter(kind="service", weekday=4)] == ["Ramadan"]
    replace_week([{"kind": "service", "weekday": 0, "name": "Senin", **times}], by=SYSTEM)
    assert set(HoursRule.objects.filter(kind="service").values_list("name", flat=True)) == {"Senin", "Ramadan"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"service-0-closes": "07:00"}, "Jam tutup harus sesudah jam buka."),
        ({"service-0-opens": ""}, "Isi jamnya, atau hapus tanda hari ini."),
        ({"service-0-break_to": ""}, "Isi awal dan akhir istirahat"),
        ({"service-0-last_ticket": "16:00"}, "Nomor antrean terakhir harus di antara"),
        ({"working-2-break_from": "06:00"}, "Istirahat harus berada di antara"),
    ],
)
def test_hours_out_of_order_are_refused_beside_their_day(admin, changed, words):
    sent = as_sent(admin.get(reverse("opening_hours")).context["form"])
    answer = admin.post(reverse("opening_hours"), sent | changed)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert len(answer.context["form"].errors) == 1 and not HoursRule.objects.exists()


def test_a_week_without_any_day_is_refused(admin):
    answer = admin.post(reverse("opening_hours"), {"service-0-opens": "08:00"})
    assert answer.status_code == 422 and "Belum ada hari yang dicentang." in answer.content.decode()


PASTED = "2 Mei 2027 Hari Jadi Kabupaten\n03/05/2027\tCuti daerah\n\n2027-05-04; Pemilihan kepala desa"


def test_days_are_pasted_as_people_write_them_and_twice_is_once(admin):
    page = reverse("opening_holidays")
    for _time in range(2):
        assert admin.post(page, {"kind": "holiday", "days": PASTED}).status_code == 302
    assert list(CalendarDay.objects.values_list("date", "name")) == [
        (datetime.date(2027, 5, 2), "Hari Jadi Kabupaten"),
        (datetime.date(2027, 5, 3), "Cuti daerah"),
        (datetime.date(2027, 5, 4), "Pemilihan kepala desa"),
    ]
    assert JournalEntry.objects.filter(verb="set_calendar_day").count() == 3
    day = CalendarDay.objects.first()
    admin.post(reverse("opening_holiday_remove", args=[day.pk]))
    admin.post(reverse("opening_holiday_remove", args=[day.pk]))
    assert CalendarDay.objects.count() == 2


def test_every_line_that_cannot_be_read_is_named_and_nothing_is_stored(admin):
    lines = f"kapan-kapan libur\n2 Mei 2027\n3 Mei 2027 Satu\n3 Mei 2027 Dua\n4 Mei 2027 {'x' * 121}"
    answer = admin.post(reverse("opening_holidays"), {"kind": "holiday", "days": lines})
    assert [error.split(":")[0] for error in answer.context["form"].errors["days"]] == [
        f"Baris {n}" for n in (1, 2, 4, 5)
    ]
    assert answer.context["form"]["days"].value() == lines and not CalendarDay.objects.exists()
    many = "\n".join(f"{n}/1/2027 Hari" for n in range(101))
    assert admin.post(reverse("opening_holidays"), {"kind": "holiday", "days": many}).status_code == 422


def test_national_days_are_known_unless_the_office_says_otherwise(admin):
    national = admin.get(reverse("opening_holidays")).context["national"]
    christmas = datetime.date(2026, 12, 25)
    assert christmas in {note.day for note in national}
    set_calendar_day(by=SYSTEM, date=christmas, kind="working", name="Tetap buka")
    page = admin.get(reverse("opening_holidays"))
    assert christmas not in {note.day for note in page.context["national"]} and len(page.context["own"]) == 1
