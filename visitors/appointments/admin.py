"""Appointments in the admin panel: plans are edited, slots and bookings are read-only."""

from django import forms
from django.contrib import admin
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from services.models import Service
from ula_portal.core.journal.admin import JournaledAdmin, ReadOnlyAdmin
from ula_portal.core.models import HoursRule
from visitors.models import Booking, Slot, SlotPlan
from visitors.models.appointment import LONGEST, SHORTEST

from .actions import plans


class SlotPlanForm(forms.ModelForm):
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Hari"),
        choices=HoursRule.WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = SlotPlan
        fields = (
            *("service", "location", "weekdays", "from_time", "to_time", "minutes", "capacity"),
            *("from_date", "to_date", "active"),
        )
        help_texts = {
            "service": _("Hanya layanan yang cara mengurusnya meliputi “Janji kedatangan”."),
            "to_time": _("Di luar jam pelayanan, saat istirahat, dan pada hari libur waktunya tidak dibuka."),
            "minutes": format_lazy(_("{least} sampai {most} menit."), least=SHORTEST, most=LONGEST),
            "capacity": _("Berapa orang boleh datang pada waktu yang sama."),
            "to_date": _("Kosong: tanpa batas."),
            "active": _("Tidak dipakai lagi: janji yang sudah dibuat tetap berlaku, yang baru tidak diterima."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "service" in self.fields:
            self.fields["service"].queryset = Service.objects.filter(channels__contains=["appointment"])

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        plan = SlotPlan(service=self._own("service"), location=self._own("location"))
        for name in ("weekdays", "from_time", "to_time", "from_date", "to_date", "active"):
            setattr(plan, name, data[name])
        if plan.from_time >= plan.to_time:
            self.add_error("to_time", _("Jam akhir harus sesudah jam mulai."))
        elif (rival := plans.overlapping_plan(plan, edited_pk=self.instance.pk)) is not None:
            self.add_error(None, _("Bertumpang tindih dengan jadwal %(other)s.") % {"other": rival})
        return data

    def _own(self, name):
        """The submitted value, or the stored one of a field that can no longer be changed."""
        return self.cleaned_data[name] if name in self.cleaned_data else getattr(self.instance, name)


@admin.register(SlotPlan)
class SlotPlanAdmin(JournaledAdmin):
    """Saving a plan opens its slots immediately; existing bookings are kept."""

    journal_kind = "slot_plan"
    form = SlotPlanForm
    fields = SlotPlanForm.Meta.fields
    list_display = ("service", "days", "from_time", "to_time", "minutes", "capacity", "location", "active")
    list_select_related = ("service", "location")
    list_filter = ("active", "location")
    search_fields = ("service__name",)
    actions = None

    @admin.display(description=_("hari"))
    def days(self, plan):
        names = dict(HoursRule.WEEKDAYS)
        return ", ".join(str(names[day]) for day in sorted(plan.weekdays))

    def get_readonly_fields(self, request, obj=None):
        # Slots of this service and place may be booked already; another one needs another plan.
        return ("service", "location") if obj else ()

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        plans.follow_plans(obj.service_id, obj.location_id)

    def delete_model(self, request, obj):
        pair = obj.service_id, obj.location_id
        super().delete_model(request, obj)
        plans.follow_plans(*pair)


@admin.register(Slot)
class SlotAdmin(ReadOnlyAdmin):
    list_display = ("starts_at", "service", "location", "capacity", "state", "closed_reason")
    list_select_related = ("service", "location")
    list_filter = ("state", "location")
    fields = ("service", "location", ("starts_at", "ends_at"), "capacity", "state", "closed_reason", "closed_by")
    ordering = ("-starts_at", "-id")
    actions = None


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = ("id", "visitor", "service", "starts_at", "state", "booked_at")
    list_select_related = ("visitor", "slot__service")
    list_filter = ("state",)
    search_fields = ("visitor__name",)
    search_help_text = _("Nama tamu atau sebagian namanya.")
    fields = (
        *("visitor", "email", "wants_reminder", "request", "slot", "seat", "state", "reason"),
        *(("booked_at", "reminded_at", "ended_at"), "moves", "visit"),
    )
    ordering = ("-id",)
    actions = None

    @admin.display(description=_("layanan"))
    def service(self, booking):
        return booking.slot.service

    @admin.display(description=_("waktu"))
    def starts_at(self, booking):
        return booking.slot.starts_at
