"""Admin pages of hours and calendar days. A change moves the due dates of open requests."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ula_portal.core.journal.admin import JournaledAdmin
from ula_portal.core.models import CalendarDay, HoursRule
from ula_portal.core.text.words import clock_time, short_date
from ula_portal.core.time import actions as time
from ula_portal.core.time.forms import HoursChecks


class CalendarAdmin(JournaledAdmin):
    """Base of both pages. Other processes use a change within a minute."""

    actions = None

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        time.calendar_changed()

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        time.calendar_changed()


class HoursForm(HoursChecks, forms.ModelForm):
    pass


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
