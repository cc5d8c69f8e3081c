"""Routing in the admin panel: the rules, and the screen where requests wait for an official."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from ula_portal.core import admin_site
from ula_portal.core.admin_journal import JournaledAdmin
from ula_portal.core.queries import people_holding_positions

from ..models import RoutingRule
from ..permissions import may_route_somewhere
from ..queries.routing import waiting_count
from ..views.routing import routing_page, routing_undo


class RoutingRuleForm(forms.ModelForm):
    class Meta:
        model = RoutingRule
        fields = ("order", "service", "unit", "source", "answers", "position", "user", "automatic", "active")
        help_texts = {
            "order": _("Aturan pertama yang cocok dipakai."),
            "service": _("Kosong: semua layanan."),
            "answers": _('Isian yang harus terpenuhi, misalnya {"jenjang": ["SD"]}. Kosong: tanpa syarat.'),
            "automatic": _("Pejabat ditetapkan saat permohonan masuk. Tanpa ini, aturan hanya memberi saran."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = [user.pk for user in people_holding_positions()]
        if "user" in self.fields:
            self.fields["user"].queryset = self.fields["user"].queryset.filter(pk__in=people)

    def clean_answers(self):
        answers = self.cleaned_data["answers"] or {}
        if not isinstance(answers, dict):
            raise forms.ValidationError(_('Tulis sebagai pasangan nama isian dan jawaban, misalnya {"jenjang": "SD"}.'))
        return answers

    def clean(self):
        cleaned = super().clean()
        if bool(cleaned.get("position")) == bool(cleaned.get("user")):
            raise forms.ValidationError(_("Pilih satu tujuan: jabatan atau petugas."))
        return cleaned


@admin.register(RoutingRule)
class RoutingRuleAdmin(JournaledAdmin):
    journal_kind = "routing_rule"
    form = RoutingRuleForm
    list_display = ("order", "service", "unit", "source", "position", "user", "automatic", "active")
    list_display_links = ("order",)
    list_select_related = ("service", "unit", "position", "user")
    list_filter = ("active", "automatic")
    ordering = ("order",)
    actions = None

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Rules choose among what exists; services and positions are made on pages of their own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for right in ("can_add_related", "can_change_related", "can_view_related"):
            if hasattr(getattr(field, "widget", None), right):
                setattr(field.widget, right, False)
        return field


admin_site.add_page("penerusan/", routing_page, "routing")
admin_site.add_page("penerusan/urungkan/", routing_undo, "routing_undo")
admin_site.add_link(_("Penerusan permohonan"), "admin:routing", may_route_somewhere, count=waiting_count)
