"""Message templates and common reasons for correcting a document in the admin panel."""

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from services.letters.rules import unknown_placeholders
from services.models import MessageTemplate, ReadyReason
from ula_portal.core.journal.admin import JournaledAdmin
from ula_portal.core.models import Role
from ula_portal.core.permissions import has_role, unit_ids_led_by

from .message_templates import PLACEHOLDERS


class MessageTemplateForm(forms.ModelForm):
    class Meta:
        model = MessageTemplate
        fields = ("title", "text", "unit", "active")
        widgets = {"text": forms.Textarea(attrs={"rows": 10, "cols": 90})}
        help_texts = {
            "title": _("Nama yang dipilih petugas. Pemohon tidak melihatnya."),
            "text": _(
                "Boleh memakai {name} (nama pemohon), {number} (nomor permohonan), {service} (layanan), dan {due} "
                "(jatuh tempo). Petugas masih dapat mengubahnya sebelum mengirim."
            ),
            "unit": _("Kosong: untuk semua unit."),
        }

    def clean_text(self):
        text = self.cleaned_data["text"]
        if unknown := unknown_placeholders(text, PLACEHOLDERS):
            raise forms.ValidationError(
                _("Tidak dikenal: %(names)s. Yang dapat dipakai: {name}, {number}, {service}, {due}.")
                % {"names": ", ".join(f"{{{name.strip('{')}}}" for name in unknown)}
            )
        return text


@admin.register(MessageTemplate)
class MessageTemplateAdmin(JournaledAdmin):
    journal_kind = "message_template"
    form = MessageTemplateForm
    list_display = ("title", "unit", "active")
    list_filter = ("active", "unit")
    list_select_related = ("unit",)
    search_fields = ("title", "text")
    ordering = ("title",)
    actions = None

    def rows_of(self, user, rows):
        """All templates for administrators; for section heads those of their units and those for all units."""
        if has_role(user, Role.ADMINISTRATOR):
            return rows
        return rows.filter(Q(unit__isnull=True) | Q(unit__in=unit_ids_led_by(user)))


@admin.register(ReadyReason)
class ReadyReasonAdmin(JournaledAdmin):
    journal_kind = "ready_reason"
    read_by = (Role.ADMINISTRATOR, Role.SECTION_HEAD)
    list_display = ("text", "order", "active")
    fields = ("text", "order", "active")
    ordering = ("order", "text")
    actions = None
