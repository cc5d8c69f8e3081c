"""Forms of hours and holidays."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorList
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.models import CalendarDay, HoursRule
from ula_portal.core.text.cleaning import plain_line
from ula_portal.core.text.fields import DateField, TextField
from ula_portal.core.time.actions import WeekdayHours
from ula_portal.core.time.forms import HoursChecks
from ula_portal.core.time.work_hours import ordinary_week

TIMES = ("opens", "closes", "break_from", "break_to", "last_ticket")
_NAMES = {HoursRule.Kind.SERVICE: "Jam pelayanan", HoursRule.Kind.WORKING: "Jam kerja"}
MOST_DAYS = 100
MOST_LETTERS = CalendarDay._meta.get_field("name").max_length or 0


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time", "class": "form-control"}, format="%H:%M")


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=_clock())


class DayForm(HoursChecks, forms.Form):
    """The hours of one weekday. ``kind``: working or service."""

    open = forms.BooleanField(required=False)
    opens = _time(gettext_lazy("Buka"))
    closes = _time(gettext_lazy("Tutup"))
    break_from = _time(gettext_lazy("Istirahat dari"))
    break_to = _time(gettext_lazy("sampai"))
    last_ticket = _time(gettext_lazy("Nomor terakhir"))

    def __init__(self, *args: Any, kind: str, weekday: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"{kind}-{weekday}", **kwargs)
        self.kind, self.weekday = kind, weekday
        self.fields["open"].label = dict(HoursRule.WEEKDAYS)[weekday]
        if kind == HoursRule.Kind.WORKING:
            del self.fields["last_ticket"]

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("open"):
            # Times of a closed day do not matter.
            self._errors.clear()
            return self.cleaned_data
        for name in ("opens", "closes"):
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, _("Isi jamnya, atau hapus tanda hari ini."))
        data: dict[str, Any] = super().clean()
        return data

    @property
    def all_errors(self) -> ErrorList:
        return ErrorList(each for errors in self.errors.values() for each in errors)

    @property
    def times(self) -> list[Any]:
        return [self[name] for name in TIMES if name in self.fields]

    @property
    def hours(self) -> WeekdayHours | None:
        """The rule of the day from a valid form; None for a closed day."""
        if not self.cleaned_data["open"]:
            return None
        times = {name: self.cleaned_data[name] for name in TIMES if name in self.fields}
        return WeekdayHours(kind=self.kind, weekday=self.weekday, name=_NAMES[HoursRule.Kind(self.kind)], **times)


class WeekForm:
    """The ordinary week of the counters and of the office, seven days each; a usual week to start from."""

    def __init__(self, data: Any, rules: list[HoursRule]) -> None:
        self.fresh = {kind: not any(rule.kind == kind for rule in rules) for kind in _NAMES}
        known = {(rule.kind, rule.weekday): {name: getattr(rule, name) for name in TIMES} for rule in rules}
        usual = {(kind, day): hours for kind in _NAMES if self.fresh[kind] for day, hours in _usual(kind).items()}
        self.days = {
            str(kind): [
                DayForm(data, kind=kind, weekday=day, initial=_initial((known | usual).get((kind, day))))
                for day in range(7)
            ]
            for kind in _NAMES
        }
        self.bound = data is not None
        self.error = ""

    @property
    def service(self) -> list[DayForm]:
        return self.days[HoursRule.Kind.SERVICE]

    @property
    def working(self) -> list[DayForm]:
        return self.days[HoursRule.Kind.WORKING]

    @property
    def errors(self) -> list[DayForm]:
        """The days that have any."""
        return [day for days in self.days.values() for day in days if day.errors] if self.bound else []

    def is_valid(self) -> bool:
        for days in self.days.values():
            if not self.errors and not any(day.cleaned_data["open"] for day in days):
                self.error = _("Belum ada hari yang dicentang.")
        return not self.errors and not self.error

    @property
    def rules(self) -> list[WeekdayHours]:
        return [hours for days in self.days.values() for day in days if (hours := day.hours)]


def _usual(kind: str) -> dict[int, dict[str, datetime.time | None]]:
    """Working hours of Perpres 21/2023; counters open half an hour later and close an hour earlier."""
    week = {}
    for day in ordinary_week():
        times: dict[str, datetime.time | None] = {name: getattr(day, name) for name in TIMES}
        if kind == HoursRule.Kind.SERVICE:
            times |= {"opens": datetime.time(8), "closes": datetime.time(15), "last_ticket": datetime.time(14, 30)}
        week[day.weekday] = times
    return week


def _initial(times: dict[str, Any] | None) -> dict[str, Any]:
    return {"open": True, **times} if times else {}


class HolidaysForm(forms.Form):
    """Days typed or pasted, one per line: the date, then the name."""

    kind = forms.ChoiceField(label=gettext_lazy("Jenis"), choices=CalendarDay.Kind.choices)
    days = TextField(
        label=gettext_lazy("Tanggal dan nama"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "2 Mei 2027 Hari Jadi Kabupaten"}),
        help_text=gettext_lazy("Tulis setiap hari pada barisnya sendiri. Boleh ditempel dari lembar kerja."),
    )

    def clean_days(self) -> list[tuple[datetime.date, str]]:
        found: dict[datetime.date, str] = {}
        errors = []
        lines = [(number, line) for number, line in enumerate(self.cleaned_data["days"].split("\n"), 1) if line.strip()]
        if len(lines) > MOST_DAYS:
            raise ValidationError(_("Paling banyak %(n)s hari sekaligus.") % {"n": MOST_DAYS})
        for number, line in lines:
            date, name = _day_and_name(line)
            if date is None:
                errors.append(_("Baris %(n)s: tanggalnya tidak terbaca.") % {"n": number})
            elif not name or len(name) > MOST_LETTERS:
                errors.append(
                    _("Baris %(n)s: tulis nama hari, paling banyak %(most)s huruf.")
                    % {"n": number, "most": MOST_LETTERS}
                )
            elif date in found:
                errors.append(_("Baris %(n)s: tanggal ini sudah ada di atas.") % {"n": number})
            else:
                found[date] = name
        if errors:
            raise ValidationError(errors)
        return list(found.items())

    @property
    def chosen(self) -> list[tuple[datetime.date, str, str]]:
        return [(date, self.cleaned_data["kind"], name) for date, name in self.cleaned_data["days"]]


def _day_and_name(line: str) -> tuple[datetime.date | None, str]:
    """The date at the start of a line, of one to three words, and the rest of it."""
    words = plain_line(line.replace(";", " ")).split(" ")
    for count in (3, 1):
        try:
            date = DateField(required=True).clean(" ".join(words[:count]).rstrip(","))
        except ValidationError:
            continue
        return date, " ".join(words[count:]).lstrip("–-:, ")
    return None, ""
