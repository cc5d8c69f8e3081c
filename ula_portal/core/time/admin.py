"""Admin pages of hours and calendar days. A change moves the due dates of open requests."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ula_portal.core.journal.admin import JournaledAdmin
from ula_portal.core.models import CalendarDay, HoursRule
from ula_portal.core.text.words import clock_time, short_date
from ula_portal.core.time import actions as time


class CalendarAdmin(JournaledAdmin):
    """Base of both pages. Other processes use a change within a minute."""

    actions = None

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        time.calendar_changed()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        time.calendar_changed()


class HoursForm(forms.ModelForm):
    """Shows at the field what the table's constraints would refuse."""

    def clean(self):
        data = super().clean()
        opens, closes = data.get("opens"), data.get("closes")
        start, end, last = data.get("break_from"), data.get("break_to"), data.get("last_ticket")
        if opens and closes:
            if closes <= opens:
                self.add_error("closes", _("Jam tutup harus sesudah jam buka."))
            elif bool(start) != bool(end):
                self.add_error("break_to", _("Isi awal dan akhir istirahat, atau kosongkan keduanya."))
            elif start and not opens <= start < end <= closes:
                self.add_error("break_from", _("Istirahat harus berada di antara jam buka dan jam tutup."))
            elif start and (start, end) == (opens, closes):
                self.add_error("break_from", _("Istirahat tidak dapat menghabiskan seluruh hari."))
            if last and closes > opens and not opens <= last <= closes:
                self.add_error("last_ticket", _("Nomor antrean terakhir harus di antara jam buka dan jam tutup."))
        first, final = data.get("from_date"), data.get("to_date")
        if first and final and final < first:
            self.add_error("to_date", _("Tanggal selesai mendahului tanggal mulai."))
        return data


@admin.register(HoursRule)
class HoursRuleAdmin(CalendarAdmin):
    journal_kind = "hours"
    form = HoursForm
    fields = [
        *("kind", "name", ("from_date", "to_date"), "weekday", ("opens", "closes"), ("break_from", "break_to")),
        "last_ticket",
    ]
    list_display = ["name", "kind", "weekday", "hours", "pause", "validity"]
    list_filter = ["kind", "weekday"]

    @admin.display(description=_("jam"))
    def hours(self, rule):
        return f"{clock_time(rule.opens)}–{clock_time(rule.closes)}"

    @admin.display(description=_("istirahat"))
    def pause(self, rule):
        return f"{clock_time(rule.break_from)}–{clock_time(rule.break_to)}" if rule.break_from else "–"

    @admin.display(description=_("berlaku"))
    def validity(self, rule):
        if not rule.from_date and not rule.to_date:
            return _("selalu")
        return f"{short_date(rule.from_date) or '…'} – {short_date(rule.to_date) or '…'}"


@admin.register(CalendarDay)
class CalendarDayAdmin(CalendarAdmin):
    journal_kind = "calendar_day"
    list_display = ["date", "kind", "name"]
    list_filter = ["kind"]
    search_fields = ["name"]
    ordering = ["-date"]
