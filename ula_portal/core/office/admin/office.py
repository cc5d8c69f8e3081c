"""Admin pages of the office: its letterhead, units, positions and locations."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from ula_portal.core.journal.admin import JournaledAdmin, RowsBeside, record_rows
from ula_portal.core.models import Location, Office, Position, Secretariat, Unit
from ula_portal.core.office import queries
from ula_portal.core.office.queries import office_cache
from ula_portal.core.permissions import unit_ids_below
from ula_portal.core.text.fields import ListField


class OfficeForm(forms.ModelForm):
    letterhead = ListField(label=_("Baris kop surat"), required=False, help_text=_("Satu baris kop surat per baris."))

    class Meta:
        model = Office
        fields = [
            *("name", "regency", "letterhead", "address", "postal_code", "phone", "email", "website", "city"),
            *("default_unit", "specimen_mark"),
        ]
        help_texts = {
            "default_unit": _(
                "Disarankan pada penerusan bila tidak ada aturan yang cocok. Syaratnya, pelaksana langkah dan "
                "pimpinan unit tidak ada di tempat."
            )
        }


@admin.register(Office)
class OfficeAdmin(JournaledAdmin):
    """There is one row, so the list redirects to its page."""

    journal_kind = "office"
    form = OfficeForm
    actions = None

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Office.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        office_cache.clear()

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        office = Office.objects.only("pk").first()
        target = reverse("admin:core_office_change", args=[office.pk]) if office else reverse("admin:core_office_add")
        return HttpResponseRedirect(target)


class UnitForm(forms.ModelForm):
    def clean_parent(self):
        parent = self.cleaned_data["parent"]
        if parent and self.instance.pk and parent.pk in unit_ids_below([self.instance.pk]):
            raise ValidationError(_("Unit tidak dapat berada di bawah dirinya sendiri."))
        return parent


@admin.register(Unit)
class UnitAdmin(JournaledAdmin):
    journal_kind = "unit"
    form = UnitForm
    list_display = ["name", "code", "short_name", "parent"]
    list_select_related = ["parent"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["parent"]
    actions = None


class PositionForm(forms.ModelForm):
    class Meta:
        help_texts = {
            "deputy_decides": _(
                "Berlaku bagi keputusan pada langkah SOP. Surat dan SOP tetap memerlukan pemegang jabatan, Plh., "
                "atau Plt."
            ),
        }

    def clean_superior(self):
        superior = above = self.cleaned_data["superior"]
        seen = {self.instance.pk}
        while above:
            if above.pk in seen:
                raise ValidationError(_("Jabatan tidak dapat menjadi atasan dirinya sendiri."))
            seen.add(above.pk)
            above = above.superior
        return superior


class SecretariatForm(forms.ModelForm):
    def clean_position(self):
        position = self.cleaned_data["position"]
        if position and self.instance.keeper_id and position.pk == self.instance.keeper_id:
            raise ValidationError(_("Jabatan tidak dapat menjadi sekretariat dirinya sendiri."))
        return position


class SecretariatInline(RowsBeside):
    """The positions whose secretariat this position is."""

    model = Secretariat
    form = SecretariatForm
    fk_name = "keeper"
    # No autocompletion: an empty box of Django's widget has no label for screen readers.
    fields = ["position"]
    verbose_name_plural = _("Sekretariat dari")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "position":
            field.help_text = _(
                "Pemegang jabatan ini dapat mencetak lembar disposisi pejabat tersebut. Ia mencatat atas namanya "
                "sendiri (“dicatat oleh”) apa yang ditulis pejabat itu di kertas. Foto lembarnya ikut disimpan. "
                "Selain itu ia tidak dapat mengerjakan atau memutuskan apa pun atas nama pejabat itu."
            )
        return field


# Journal verbs for added, changed and deleted rows.
SECRETARIAT_VERBS = ("entrust_paper", "change_secretariat", "withdraw_paper")


def _secretariat_ids(row):
    return {"secretariat_of": row.position_id}


@admin.register(Position)
class PositionAdmin(JournaledAdmin):
    journal_kind = "position"
    form = PositionForm
    list_display = ["name", "code", "unit", "superior", "heads_unit", "deputy_decides"]
    list_select_related = ["unit", "superior"]
    list_filter = ["heads_unit"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["unit", "superior"]
    readonly_fields = ["secretariats"]
    inlines = [SecretariatInline]
    actions = None

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    @admin.display(description=_("sekretariat"))
    def secretariats(self, position):
        """The position's secretariats, which are edited on the page of the other position."""
        keepers = queries.secretariats_of(position.pk) if position.pk else []
        if not keepers:
            return _("Belum ada. Ditetapkan pada jabatan yang akan mencatat, di bagian “Sekretariat dari”.")
        links = ((reverse("admin:core_position_change", args=[each.pk]), each.name) for each in keepers)
        return format_html_join(", ", '<a href="{}">{}</a>', links)

    def save_formset(self, request, form, formset, change):
        record_rows(formset, SECRETARIAT_VERBS, "position", request.user, _secretariat_ids)


@admin.register(Location)
class LocationAdmin(JournaledAdmin):
    journal_kind = "location"
    list_display = ["name", "code", "address"]
    search_fields = ["name", "code"]
    actions = None
