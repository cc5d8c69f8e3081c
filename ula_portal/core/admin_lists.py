"""Lists of Django's admin that stay quick with a million rows; for the admins of all apps."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils.functional import cached_property


class CappedPaginator(Paginator):
    """Counts at most ``CAP`` rows, so that no list reads a whole table; what lies beyond is found by searching."""

    CAP = 1000

    @cached_property
    def count(self):
        return self.object_list.order_by()[: self.CAP].count()


class QuickList(admin.ModelAdmin):
    """A model admin whose list never counts all rows. Columns of ``list_display`` must not query."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    # Counts beside filters would read the whole table once per choice.
    show_facets = admin.ShowFacets.NEVER
