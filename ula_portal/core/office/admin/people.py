"""Admin pages of people: accounts with their roles, tenures and absences."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as AuthUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from ula_portal.core import identifiers
from ula_portal.core.journal import actors
from ula_portal.core.journal.admin import JournaledAdmin, RowsBeside, record_rows
from ula_portal.core.models import Role, StaffRole, Tenure, User
from ula_portal.core.notices import mail
from ula_portal.core.text.words import short_date

from ..actions import people

# Rows shown; older ones are in the journal.
SHOWN = 10


class _PersonFields(forms.ModelForm):
    """Checks of both forms: lower-case addresses, and a valid NIP."""

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean_nip(self):
        nip = identifiers.bare_number(self.cleaned_data["nip"])
        if nip:
            try:
                identifiers.parse_nip(nip)
            except ValueError as error:
                raise ValidationError(str(error)) from error
        return nip


class PersonAddForm(_PersonFields, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "full_name", "nip"]


class PersonChangeForm(_PersonFields, UserChangeForm):
    class Meta:
        model = User
        fields = ["email", "full_name", "front_title", "back_title", "nip", "rank", "is_active", "password"]
        help_texts = {
            "email": _("Alamat untuk masuk. Bila diganti, kedua alamat diberi tahu dan petugas ini harus masuk lagi.")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "email" in self.fields and not mail.is_sent():
            self.fields["email"].help_text = _("Alamat untuk masuk. Bila diganti, petugas ini harus masuk lagi.")


class RoleFormSet(forms.BaseInlineFormSet):
    def clean(self):
        """Refuse to remove the last administrator."""
        super().clean()
        rows = [f.cleaned_data for f in self.forms if getattr(f, "cleaned_data", None)]
        keeps_administrator = any(row.get("role") == Role.ADMINISTRATOR and not row.get("DELETE") for row in rows)
        if (
            self.instance.pk
            and not (keeps_administrator and self.instance.is_active)
            and not people.has_other_administrator(self.instance)
        ):
            raise ValidationError(_("Harus ada paling sedikit satu administrator yang aktif."))


class RoleInline(RowsBeside):
    model = StaffRole
    formset = RoleFormSet
    fields = [("role", "unit")]
    autocomplete_fields = ["unit"]


class TenureForm(forms.ModelForm):
    """Definitive tenures only. Acting ones are recorded on the page of absences, which asks for the order."""

    def clean(self):
        data = super().clean()
        start, end = data.get("from_date"), data.get("to_date")
        if start and data.get("position") and self.instance.user_id:
            until = Q() if end is None else Q(from_date__lte=end)
            others = Tenure.objects.filter(until, user_id=self.instance.user_id, position=data["position"])
            others = others.filter(Q(to_date__isnull=True) | Q(to_date__gte=start)).exclude(pk=self.instance.pk)
            if others.exists():
                self.add_error("from_date", _("Petugas ini sudah memegang jabatan tersebut pada masa itu."))
        return _dates_in_order(self, data)


def _dates_in_order(form, data):
    if data.get("from_date") and data.get("to_date") and data["to_date"] < data["from_date"]:
        form.add_error("to_date", _("Tanggal selesai mendahului tanggal mulai."))
    return data


class TenureInline(RowsBeside):
    model = Tenure
    form = TenureForm
    fields = ["position", ("from_date", "to_date")]
    autocomplete_fields = ["position"]
    ordering = ["-from_date"]
    verbose_name_plural = _("Masa jabatan definitif")

    def get_queryset(self, request):
        return super().get_queryset(request).filter(kind=Tenure.Kind.DEFINITIVE)


# Journal verbs for added, changed and deleted rows.
_VERBS = {
    StaffRole: ("assign_role", "change_role", "revoke_role"),
    Tenure: ("begin_tenure", "change_tenure", "remove_tenure"),
}


@admin.register(User)
class PersonAdmin(JournaledAdmin, AuthUserAdmin):
    """Accounts are closed, never deleted, since the journal refers to them."""

    journal_kind = "user"
    form, add_form = PersonChangeForm, PersonAddForm
    list_display = ["full_name", "email", "nip", "is_active", "last_login"]
    list_filter = ["is_active", "staff_roles__role"]
    search_fields = ["full_name", "email", "nip"]
    search_help_text = _("Nama, surel, atau NIP.")
    ordering = ["full_name"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined", "acting", "away"]
    fieldsets = [
        (None, {"fields": ["email", "password", "is_active"]}),
        (_("Identitas"), {"fields": ["front_title", "full_name", "back_title", "nip", "rank"]}),
        (_("Pemakaian"), {"fields": ["last_login", "date_joined"]}),
        (_("Kehadiran"), {"fields": ["acting", "away"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", "full_name", "nip", "usable_password", "password1", "password2"]}),
    ]
    add_form_template = "admin/core/user/add_form.html"
    inlines = [RoleInline, TenureInline]
    actions = None

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("Plh. dan Plt."))
    def acting(self, user):
        """Read-only: acting tenures are recorded on the page of absences, which asks for the order."""
        found = user.tenures.exclude(kind=Tenure.Kind.DEFINITIVE).select_related("position").order_by("-from_date")
        return _rows(
            (f"{each.prefix}{each.position.name}, {_span(each)}, {each.mandate}" for each in found[:SHOWN]),
            reverse("acting"),
            _("Catat Plh. atau Plt."),
        )

    @admin.display(description=_("ketidakhadiran"))
    def away(self, user):
        found = user.absences.select_related("deputy").order_by("-from_date")[:SHOWN]
        nobody = _("tanpa pengganti")
        lines = (f"{each.get_kind_display()}, {_span(each)}, {each.deputy or nobody}" for each in found)
        return _rows(lines, reverse("absences"), _("Buka Kehadiran"))

    def save_model(self, request, obj, form, change):
        """Change the address with its verb, which ends sessions and notifies both addresses."""
        if not change or "email" not in form.changed_data:
            super().save_model(request, obj, form, change)
            return
        wanted, obj.email = obj.email, form.initial["email"]
        super().save_model(request, obj, form, change)
        obj.email = people.change_email(obj, by=actors.staff(request.user), email=wanted).email

    def save_formset(self, request, form, formset, change):
        record_rows(formset, _VERBS[formset.model], "user", request.user, _ids_of)


def _span(row):
    return f"{short_date(row.from_date)} – {short_date(row.to_date)}"


def _rows(lines, address, label):
    """The lines, followed by a link to the page on which they are edited."""
    shown = format_html_join("", "<div>{}</div>", ((line,) for line in lines))
    return format_html('{}<a href="{}">{}</a>', shown, address, label)


def _ids_of(row):
    """The ids that the journal stores for a role or tenure."""
    return {"role": row.role, "unit": row.unit_id} if isinstance(row, StaffRole) else {"position": row.position_id}
