"""The base class of all admin pages: fast lists, only declared filters, only rows that the user may read."""

from django import forms
from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import DateField, TimeField
from django.urls import reverse
from django.utils.functional import cached_property

from ula_portal.core.models import Role
from ula_portal.core.permissions import has_role
from ula_portal.core.text.fields import DateField as WrittenDate

WRITTEN = {"size": 12, "placeholder": "31/12/2026", "autocomplete": "off"}


class CappedPaginator(Paginator):
    """Counts at most ``CAP`` rows, so that no list reads a whole table. Rows beyond it are found by searching."""

    CAP = 1000

    @cached_property
    def count(self):
        return self.object_list.order_by()[: self.CAP].count()


class NamedRow(helpers.AdminReadonlyField):
    """Links a related row to its page only if the user may open that page. Django links it for everybody."""

    def get_admin_url(self, remote_field, remote_obj):
        request = getattr(self.form, "request", None)
        site, model = self.model_admin.admin_site, remote_field.model
        if request and site.is_registered(model):
            panel = site.get_model_admin(model)
            may = panel.has_view_or_change_permission(request, remote_obj)
            if not may or not panel.get_queryset(request).filter(pk=remote_obj.pk).exists():
                return str(remote_obj)
        return super().get_admin_url(remote_field, remote_obj)


# Django refers to this class by name in its own code; there is no setting to replace it.
helpers.AdminReadonlyField = NamedRow


class PlainFields:
    """Form fields of the panel: dates and times as they are written here, and a link to add a related row.

    A field of the device would show them in the order of the browser's language.
    """

    formfield_overrides = {
        DateField: {"form_class": WrittenDate, "widget": forms.DateInput(format="%d/%m/%Y", attrs=WRITTEN)},
        TimeField: {"widget": forms.TimeInput(format="%H.%M", attrs=WRITTEN | {"placeholder": "08.00"})},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            for right in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{right}_related", False)
            field.add_link = self._link_to_add(db_field.related_model, request)
        return field

    def _link_to_add(self, model, request):
        """Name and address to add a row that is missing in a choice; None if the user may not or there is no page."""
        if not (model and self.admin_site.is_registered(model)):
            return None
        may = self.admin_site.get_model_admin(model).has_add_permission(request)
        names = model._meta
        return may and {"name": names.verbose_name, "url": reverse(f"admin:{names.app_label}_{names.model_name}_add")}


class PanelAdmin(PlainFields, admin.ModelAdmin):
    """The base of all model admins. The site refuses any other class.

    Lists never count all rows, and columns of ``list_display`` must not run queries. Lists, pages, searches and
    autocompletion only show the rows of ``rows_of``. Django accepts any field of the table as a filter in the address;
    here only the declared filters are accepted, and every other parameter is answered with 400.
    """

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    # Counts next to the filters would read the whole table once per choice.
    show_facets = admin.ShowFacets.NEVER
    # Roles that may read every row. ``rows_of`` decides for everybody else.
    read_by = (Role.ADMINISTRATOR,)

    def rows_of(self, user, rows):
        """The rows that the user may read."""
        return rows if has_role(user, *self.read_by) else rows.none()

    def get_queryset(self, request):
        return self.rows_of(request.user, super().get_queryset(request))

    def history_view(self, request, object_id, extra_context=None):
        """Check the permission first. Django looks the row up first, which reveals whether it exists."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Validate a second time if somebody saved a conflicting row between validation and saving."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            return super().changeform_view(request, object_id, form_url, extra_context)

    def lookup_allowed(self, lookup, value, request=None):
        filters = self.get_list_filter(request) if request else self.list_filter
        declared = {name for each in filters for name in self._parameters_of(each)}
        if self.date_hierarchy:
            declared |= {f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")}
        return lookup in declared

    def _parameters_of(self, declared):
        """Query parameters that a declared filter uses: equal to a value, empty, or a range of dates."""
        if isinstance(declared, type):
            return {declared.parameter_name}
        path = declared[0] if isinstance(declared, list | tuple) else declared
        field = get_fields_from_path(self.model, path)[-1]
        names = {path, f"{path}__exact", f"{path}__isnull"}
        if field.is_relation:
            names.add(f"{path}__{field.target_field.name}__exact")
        if isinstance(field, DateField):
            names |= {f"{path}__gte", f"{path}__lt"}
        return names

    def to_field_allowed(self, request, to_field):
        """Accept only the primary key, so that no address can probe the values of another column."""
        return to_field == self.opts.pk.name

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        # The class is created per request, so this is safe. NamedRow reads it.
        form.request = request
        return form
