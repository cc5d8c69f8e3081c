"""SOPs in the admin panel: the list of versions, their pages, importing files."""

from django.contrib import admin
from django.urls import path
from django.utils.translation import gettext_lazy as _

from sop import permissions
from sop.drafting import views as intake
from sop.models import SopVersion
from sop.rules.queries import validity
from ula_portal.core.journal.admin import JournaledAdmin, ReadOnlyAdmin
from ula_portal.core.models import Unit
from ula_portal.core.text.cleaning import row_id
from ula_portal.core.text.words import short_date
from ula_portal.core.web import admin_site

from .queries import deciding
from .queries.panel import versions_for, waiting_at
from .views import panel
from .views.corrections import propose_corrections
from .views.version_page import version_page


class UnitFilter(admin.SimpleListFilter):
    title, parameter_name = _("unit"), "unit"

    def lookups(self, request, model_admin):
        return list(Unit.objects.filter(sops__isnull=False).distinct().values_list("code", "name"))

    def queryset(self, request, queryset):
        return queryset.filter(sop__unit__code=self.value()) if self.value() else queryset


class InForceFilter(admin.SimpleListFilter):
    title, parameter_name = _("berlaku"), "berlaku"

    def lookups(self, request, model_admin):
        return [("ya", _("Berlaku hari ini")), ("tidak", _("Tidak berlaku hari ini"))]

    def queryset(self, request, queryset):
        if self.value() == "ya":
            return queryset.filter(validity.in_force())
        return queryset.exclude(validity.in_force()) if self.value() == "tidak" else queryset


class WaitingFilter(admin.SimpleListFilter):
    """Versions on which somebody has to act; "saya": the current user."""

    title, parameter_name = _("menunggu"), "menunggu"

    def lookups(self, request, model_admin):
        return [
            ("saya", _("Menunggu saya")),
            ("verifikasi", _("Menunggu verifikasi")),
            ("pengesahan", _("Menunggu pengesahan")),
            ("penerbitan", _("Menunggu penerbitan")),
        ]

    def queryset(self, request, queryset):
        if self.value() == "saya":
            return queryset.filter(pk__in=deciding.waiting_for(request.user).values("pk"))
        condition = waiting_at(self.value())
        return queryset if condition is None else queryset.filter(condition)


@admin.register(SopVersion)
class SopVersionAdmin(ReadOnlyAdmin, JournaledAdmin):
    """Versions are read and decided on here. Their content comes from the editor and from files."""

    journal_kind = "sop_version"
    list_display = ("document_name", "number", "unit", "ordinal", "state_now", "in_force_days")
    list_filter = (WaitingFilter, "state", InForceFilter, UnitFilter, "is_example")
    search_fields = ("sop__name", "sop__number")
    search_help_text = _("Nama atau nomor SOP.")
    ordering = ("sop__name", "-ordinal")
    actions = None

    @admin.display(description=_("nama SOP"), ordering="sop__name")
    def document_name(self, version):
        return version.title

    @admin.display(description=_("nomor"), ordering="sop__number")
    def number(self, version):
        return version.sop.number

    @admin.display(description=_("unit"))
    def unit(self, version):
        return version.sop.unit.name

    @admin.display(description=_("keadaan"), ordering="state")
    def state_now(self, version):
        is_proposed = version.state == SopVersion.State.DRAFT and version.proposed_at
        return _("Draf, menunggu verifikasi") if is_proposed else version.get_state_display()

    @admin.display(description=_("masa berlaku"), ordering="effective_from")
    def in_force_days(self, version):
        if not version.effective_from or version.state not in ("published", "withdrawn"):
            return None
        last = f" – {short_date(version.effective_to)}" if version.effective_to else ""
        return f"{short_date(version.effective_from)}{last}"

    def rows_of(self, user, rows):
        return versions_for(user)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("impor/", wrap(self.import_view), name="sop_import"),
            path("impor/templat.xlsx", wrap(intake.empty_workbook), name="sop_template"),
            path("<int:pk>/unduh/<str:kind>/", wrap(panel.version_file), name="sop_version_file"),
            path("<int:pk>/pdf/", wrap(panel.version_pdf), name="sop_version_pdf"),
            path("<int:pk>/pelaksana/", wrap(self.confirm_view), name="sop_version_actors"),
            path("<int:pk>/keputusan/", wrap(panel.decree_scan), name="sop_version_scan"),
            path("<int:pk>/usulan/", wrap(self.corrections_view), name="sop_version_correct"),
            path("<int:pk>/tindakan/<str:verb>/", wrap(self.act_view), name="sop_version_act"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request, extra_context=None):
        own = {"title": _("Versi SOP"), "may_import": permissions.may_import(request.user)}
        return super().changelist_view(request, own | (extra_context or {}))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return version_page(request, row_id(object_id), self._context(request))

    def act_view(self, request, pk, verb):
        return panel.act(request, pk, verb, self._context(request))

    def confirm_view(self, request, pk):
        return panel.confirm(request, pk, self._context(request))

    def corrections_view(self, request, pk):
        return propose_corrections(request, pk, self._context(request))

    def import_view(self, request):
        return intake.import_page(request, intake.admin_page(self._context(request)))

    def _context(self, request):
        return {**self.admin_site.each_context(request), "opts": self.opts}


admin_site.add_link(
    _("SOP yang menunggu Anda"),
    "admin:sop_sopversion_changelist",
    permissions.may_read_drafts,
    query="menunggu=saya",
    count=deciding.waiting_for,
)
admin_site.add_link(_("Masukkan berkas SOP"), "admin:sop_import", permissions.may_import)
