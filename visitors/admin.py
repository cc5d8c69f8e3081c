"""Counters and the guest book in the admin panel."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from services.models import Service
from ula_portal.core.admin_journal import JournaledAdmin, ReadOnlyAdmin

from .models import Counter, Visit


class CounterForm(forms.ModelForm):
    """Services as check boxes: there are few, and Django's pair of lists is neither accessible nor within the CSP."""

    class Meta:
        model = Counter
        fields = ("location", "kind", "name", "number", "position", "services", "active")
        widgets = {"services": forms.CheckboxSelectMultiple}
        help_texts = {
            "number": _("Dibacakan pada panggilan; kosongkan untuk ruang pejabat."),
            "services": _("Loket ini memanggil nomor layanan yang dipilih, dan nomor tanpa layanan."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "services" in self.fields:
            self.fields["services"].queryset = Service.objects.exclude(kind=Service.Kind.ELSEWHERE)


@admin.register(Counter)
class CounterAdmin(JournaledAdmin):
    """Counters and rooms; one that has been used is taken out of use, not deleted: its history keeps its name."""

    journal_kind = "counter"
    list_display = ("name", "location", "kind", "number", "position", "active")
    list_select_related = ("location", "position")
    list_filter = ("location", "kind", "active")
    search_fields = ("name",)
    fields = ("location", "kind", "name", "number", "position", "services", "active")
    form = CounterForm
    raw_id_fields = ("position",)
    ordering = ("location__name", "kind", "number", "name")
    actions = None

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or not obj.sessions.exists())


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    """The guest book. Found by the visitor's name, as a whole or its beginning; the newest first."""

    list_display = ("checked_in_at", "visitor", "purpose", "service", "location", "left_at")
    list_select_related = ("visitor", "service", "location")
    list_filter = ("purpose", "location")
    search_fields = ("visitor__name",)
    search_help_text = _("Nama tamu atau sebagian namanya.")
    fields = (
        ("visitor", "head_count"),
        "companion",
        "purpose",
        "service",
        "request",
        "host",
        "location",
        ("checked_in_at", "checked_in_by"),
        "left_at",
        "note",
    )
    ordering = ("-checked_in_at", "-id")
    actions = None
