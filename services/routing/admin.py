"""Routing in the admin panel: the rules, and the screen for requests that wait for an official."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from services.models import RoutingRule
from services.permissions import may_route_somewhere
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal import actors
from ula_portal.core.journal.admin import JournaledAdmin
from ula_portal.core.models import Role
from ula_portal.core.web import admin_site

from .actions.rules import place_last, recorded
from .forms import RoutingRuleForm
from .queries.fields import answer_fields, condition_words
from .queries.routing import waiting_to_route
from .queries.rules import all_rules, rule_lines
from .views.rules import rule_move, rule_test, rules_context
from .views.screen import routing_page, routing_undo


@admin.register(RoutingRule)
class RoutingRuleAdmin(JournaledAdmin):
    """The rules. Their list is a custom page, because the order matters and rules that never match are marked."""

    journal_kind = "routing_rule"
    read_by = (Role.ADMINISTRATOR, Role.SECTION_HEAD)
    form = RoutingRuleForm
    fieldsets = (
        (_("Bila semua ini cocok"), {"fields": ("service", "unit", "source", "conditions")}),
        (_("Teruskan kepada"), {"fields": ("position", "user", "automatic", "active")}),
    )
    actions = None

    class Media:
        css = {"all": ["css/services/routing.css"]}

    def get_fieldsets(self, request, obj=None):
        """People who may only view read the conditions in words."""
        if self.has_change_permission(request, obj):
            return self.fieldsets
        return ((None, {"fields": ("conditions_in_words", "position", "user", "automatic", "active")}),)

    @admin.display(description=_("Bila"))
    def conditions_in_words(self, rule):
        return "; ".join(condition_words(rule, answer_fields())) or _("semua permohonan")

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            **rules_context(request.user),
            "title": _("Aturan penerusan"),
            "opts": self.opts,
        }
        return TemplateResponse(request, "services/routing/rules.html", context)

    def save_model(self, request, obj, form, change):
        if not change:
            place_last(obj)
        super().save_model(request, obj, form, change)
        line = next((each for each in rule_lines(all_rules()) if each.rule.pk == obj.pk), None)
        if line is not None and line.hidden_words:
            words = {"place": line.place, "why": line.hidden_words}
            messages.warning(request, _("Aturan %(place)d %(why)s. Naikkan letaknya atau ubah syaratnya.") % words)

    def _record(self, request, verb, obj):
        journal.record(verb, self.journal_kind, obj.pk, actors.staff(request.user), **recorded(obj))


admin_site.add_page("penerusan/", routing_page, "routing")
admin_site.add_page("penerusan/urungkan/", routing_undo, "routing_undo")
admin_site.add_page("penerusan/uji/", rule_test, "routing_test")
admin_site.add_page("penerusan/aturan/<int:pk>/pindah/", rule_move, "routing_rule_move")
admin_site.add_link(_("Penerusan permohonan"), "admin:routing", may_route_somewhere, count=waiting_to_route)
