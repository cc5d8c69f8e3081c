"""The catalogue in the admin panel: services, requirements, forms; why something cannot be published."""

from django.contrib import admin, messages
from django.forms import BaseInlineFormSet
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from services.catalogue.actions.publishing import publish_service, withdraw_service
from services.fields.show_if import words_of
from services.models import Category, Field, FormVersion, Requirement, Service
from services.permissions import may_publish_services
from ula_portal.core.journal.actors import staff
from ula_portal.core.journal.admin import JournaledAdmin, ReadOnlyAdmin, RowsBeside
from ula_portal.core.models import Role
from ula_portal.core.verbs.errors import Refused

from .forms import RequirementForm, ServiceForm
from .queries.catalogue import gaps_of, unpublished_reasons, with_publication_facts
from .standard import EDITED


class RequirementInline(RowsBeside):
    """Requirements are deactivated rather than deleted, because running requests refer to them."""

    model, form, can_delete = Requirement, RequirementForm, False
    fields = ("text", "issued_by", ("order", "kind"), ("required", "active"), "show_if")


@admin.register(Service)
class ServiceAdmin(JournaledAdmin):
    journal_kind = "service"
    read_by = (Role.ADMINISTRATOR, Role.HEAD, Role.SECTION_HEAD)
    form = ServiceForm
    inlines = (RequirementInline,)
    list_display = ("code", "name", "short_kind", "state", "visibility")
    list_display_links = ("code", "name")
    list_filter = ("state", "kind", "category", "unit")
    list_select_related = ("unit", "sop", "category")
    search_fields = ("code", "name", "official_name")
    ordering = ("order", "name")
    readonly_fields = ("state", "visibility", "gaps")
    prepopulated_fields = {"slug": ("name",)}
    actions = ("publish", "withdraw")
    fieldsets = (
        (None, {"fields": ("code", "name", "official_name", "slug", "kind", "state", "visibility", "gaps")}),
        (
            _("Untuk masyarakat"),
            {
                "fields": (
                    *("category", "audiences", "summary", "synonyms", "channels", "when_not", "where", "after"),
                    "order",
                )
            },
        ),
        (
            _("Standar pelayanan"),
            {
                "fields": (
                    "unit",
                    "sop",
                    "working_days",
                    "fee_idr",
                    "product",
                    "complaint_handling",
                    "legal_basis",
                    "decree",
                    "decree_date",
                    "reviewed_on",
                )
            },
        ),
        (
            _("Standar pelayanan: komponen 8 sampai 14"),
            {"classes": ("collapse",), "fields": tuple(f"component_{number}" for number in EDITED)},
        ),
        (_("Di kantor"), {"fields": ("ticket_letter", "letter_template", "editor_note", "confidence")}),
    )

    def get_queryset(self, request):
        return with_publication_facts(super().get_queryset(request))

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def has_delete_permission(self, request, obj=None):
        """Return False: services are withdrawn, never deleted, because requests and statistics refer to them."""
        return False

    @admin.display(description=_("jenis"), ordering="kind")
    def short_kind(self, service):
        return service.get_kind_display().partition(" (")[0]

    @admin.display(description=_("tampil kepada masyarakat"))
    def visibility(self, service):
        """Say whether the public sees the service, or why not. Uses the annotations of the list's query."""
        if service.pk is None:
            return _("Belum: simpan dahulu.")
        reasons = unpublished_reasons(service)
        if service.state == Service.State.PUBLISHED and not reasons:
            return _("Ya")
        if not reasons:
            return _("Belum: siap diterbitkan.")
        return format_html_join(" ", "{}", ((reason,) for reason in reasons))

    @admin.display(description=_("yang masih kurang"))
    def gaps(self, service):
        found = gaps_of(service) if service.pk else []
        return format_html_join("", "<div>{}</div>", ((gap,) for gap in found)) if found else "–"

    @admin.action(description=_("Terbitkan layanan yang dipilih"), permissions=["publish"])
    def publish(self, request, queryset):
        done = self._each(request, queryset, publish_service)
        if done:
            text = ngettext("%(n)d layanan diterbitkan.", "%(n)d layanan diterbitkan.", done)
            self.message_user(request, text % {"n": done}, messages.SUCCESS)

    @admin.action(description=_("Tarik layanan yang dipilih dari masyarakat"), permissions=["publish"])
    def withdraw(self, request, queryset):
        done = self._each(request, queryset, withdraw_service)
        if done:
            text = ngettext("%(n)d layanan ditarik.", "%(n)d layanan ditarik.", done)
            self.message_user(request, text % {"n": done}, messages.SUCCESS)

    def has_publish_permission(self, request):
        return may_publish_services(request.user)

    def _each(self, request, queryset, verb) -> int:
        """Apply a verb to each service, show every refusal as a message, and return how many succeeded."""
        done = 0
        for service in queryset:
            try:
                verb(service, by=staff(request.user))
                done += 1
            except Refused as refused:
                self.message_user(request, f"{service}: {refused}", messages.ERROR)
        return done


@admin.register(Category)
class CategoryAdmin(JournaledAdmin):
    journal_kind = "category"
    read_by = (Role.ADMINISTRATOR, Role.HEAD, Role.SECTION_HEAD)
    list_display = ("name", "slug", "order")
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("order", "name")
    actions = None


class FieldFormSet(BaseInlineFormSet):
    """Adds each field's condition in words, with the labels of the other fields."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labels = {form.instance.name: form.instance.label for form in self.forms}
        for form in self.forms:
            form.condition = words_of(form.instance.show_if, labels)


class FieldInline(admin.TabularInline):
    model, extra, can_delete, formset = Field, 0, False, FieldFormSet
    template = "services/catalogue/form_fields.html"
    fields = ("order", "name", "label", "type", "required", "help", "rules", "show_if", "is_common")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(FormVersion)
class FormVersionAdmin(ReadOnlyAdmin):
    """Read-only, because a form version never changes; changed fields create a new version."""

    list_display = ("service", "ordinal", "is_current", "created_at")
    list_filter = ("is_current",)
    list_select_related = ("service",)
    search_fields = ("service__code", "service__name")
    fields = ("service", "ordinal", "is_current", "created_at")
    inlines = (FieldInline,)
    ordering = ("service__order", "-ordinal")
    actions = None
