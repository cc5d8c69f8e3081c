"""What every page of the admin panel is built on: quick lists, declared filters only, rows the person may read."""

from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import DateField
from django.utils.functional import cached_property

from ula_portal.core.models import Role
from ula_portal.core.permissions import has_role


class CappedPaginator(Paginator):
    """Counts at most ``CAP`` rows, so that no list reads a whole table; what lies beyond is found by searching."""

    CAP = 1000

    @cached_property
    def count(self):
        return self.object_list.order_by()[: self.CAP].count()


class NamedRow(helpers.AdminReadonlyField):
    """A row that another one names leads to its page only who may open that; Django leads everybody there."""

    def get_admin_url(self, remote_field, remote_obj):
        request = getattr(self.form, "request", None)
        site, model = self.model_admin.admin_site, remote_field.model
        if request and site.is_registered(model):
            panel = site.get_model_admin(model)
            may = panel.has_view_or_change_permission(request, remote_obj)
            if not may or not panel.get_queryset(request).filter(pk=remote_obj.pk).exists():
                return str(remote_obj)
        return super().get_admin_url(remote_field, remote_obj)


# Django names this class in the middle of its own; there is no setting for it.
helpers.AdminReadonlyField = NamedRow


class PanelAdmin(admin.ModelAdmin):
    """The base of all model admins of the panel; the site takes no other.

    The list never counts all rows; columns of ``list_display`` must not query. Lists, pages, searches and
    autocompletion show the rows of ``rows_of``. Django lets a list be filtered by any field of its table, shown or not;
    here an address may name the filters that the list declares, and everything else is answered by 400.
    """

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    # Counts beside filters would read the whole table once per choice.
    show_facets = admin.ShowFacets.NEVER
    # Roles that may read every row; whoever may read some of them is told apart by ``rows_of``.
    read_by = (Role.ADMINISTRATOR,)

    def rows_of(self, user, rows):
        """The rows that a person may read."""
        return rows if has_role(user, *self.read_by) else rows.none()

    def get_queryset(self, request):
        return self.rows_of(request.user, super().get_queryset(request))

    def history_view(self, request, object_id, extra_context=None):
        """Django looks for the row first, and so tells whoever may not look whether there is one."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Somebody else may save the same between the form's check and the saving: a second check finds it."""
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
        """The parameters in which a filter of the list is written: equal to a value, or without one."""
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
        """Rows are named by their key only, so that no address tries out what stands in another column."""
        return to_field == self.opts.pk.name

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        # Made anew for each request: see NamedRow.
        form.request = request
        return form
