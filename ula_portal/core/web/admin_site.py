"""The admin panel: Django's, with the portal's name and additional pages of the apps."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ula_portal.core.data.admin import PanelAdmin
from ula_portal.core.data.batched_counts import count_in_one_query
from ula_portal.core.journal import subjects
from ula_portal.core.models import JournalEntry, User

from .navigation import MOST_COUNTED

# Packages whose admin pages are left out, since they do not know the portal's roles.
PACKAGES = ("django.", "allauth.", "django_tasks_db.")
# Changes that the start page shows.
RECENT = 8
_pages = []
_links = []


def load_pages(app: str, *modules: str) -> None:
    """Import an app's admin modules, which register their pages. Call it once its models are loaded."""
    for name in modules:
        import_module(f"{app}.{name}")


def add_page(route: str, view: Callable[..., HttpResponseBase], name: str) -> None:
    """Add a page under /admin/. The view gets the admin's own access check."""
    _pages.append((route, view, name))


def add_link(
    label: StrOrPromise,
    url_name: str,
    may: Callable[[User], object],
    *,
    query: str = "",
    count: Callable[[User], QuerySet[Any, Any]] | None = None,
) -> None:
    """Show a link on the admin's start page to users for whom ``may(user)`` is true.

    ``query``: the query string; ``count(user)``: queryset of the rows that wait there, whose number is shown.
    """
    _links.append((label, url_name, may, query, count))


def _links_for(user):
    """Links of the start page as (label, address, number). One query, besides those of the permissions."""
    links = [link for link in _links if link[2](user)]
    found = count_in_one_query({link: (link[4](user), MOST_COUNTED + 1) for link in links if link[4]})
    for link in links:
        label, name, _may, query, _count = link
        yield label, f"{reverse(name)}{'?' + query if query else ''}", found.get(link, 0)


class PortalAdminSite(admin.AdminSite):
    site_header = _("Portal ULA")
    site_title = _("Portal ULA")
    index_title = _("Administrasi")
    index_template = "admin/portal_index.html"
    enable_nav_sidebar = False

    def register(self, model_or_iterable, admin_class=None, **options):
        """Register pages based on PanelAdmin; models of packages (groups, second factors …) are skipped.

        Raises: ImproperlyConfigured for a page of our own model with another base.
        """
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        own = [model for model in models if not model.__module__.startswith(PACKAGES)]
        if own and not issubclass(admin_class or object, PanelAdmin):
            raise ImproperlyConfigured(f"the pages of {own} are not built on PanelAdmin")
        super().register(own, admin_class, **options)

    def has_permission(self, request):
        return request.user.is_authenticated and request.user.is_staff

    def get_urls(self):
        own = [path(route, self.admin_view(view), name=name) for route, view, name in _pages]
        return own + super().get_urls()

    def index(self, request, extra_context=None):
        own = {"portal_links": list(_links_for(request.user)), "recent": self._recent(request)}
        return super().index(request, own | (extra_context or {}))

    def _recent(self, request):
        """The newest changes made in the panel as (name, address, verb, time); None without the right to them.

        One query, and one per table that occurs among them.
        """
        if not request.user.has_perm("core.view_journalentry"):
            return None
        pages = {page.journal_kind: page for page in self._registry.values() if getattr(page, "journal_kind", "")}
        entries = list(JournalEntry.objects.filter(subject_kind__in=pages).order_by("-id")[:RECENT])
        ids: dict[str, set[str]] = {}
        for entry in entries:
            ids.setdefault(entry.subject_kind, set()).add(entry.subject_id)
        rows = {kind: pages[kind].get_queryset(request).in_bulk(found) for kind, found in ids.items()}
        return [self._recent_row(entry, rows[entry.subject_kind]) for entry in entries]

    @staticmethod
    def _recent_row(entry, rows):
        row = next((each for pk, each in rows.items() if str(pk) == entry.subject_id), None)
        words = str(row) if row else f"{subjects.describe(entry.subject_kind).label} {entry.subject_id}"
        url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk]) if row else ""
        return words, url, subjects.verb_label(entry.verb), entry.at

    def login(self, request, extra_context=None):
        """Redirect to the portal's log-in page, which has rate limits."""
        from django.contrib.auth.views import redirect_to_login
        from django.core.exceptions import PermissionDenied

        if request.user.is_authenticated:
            raise PermissionDenied
        # Not back to this address, which refuses logged-in users.
        wanted = request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
        return redirect_to_login(wanted if safe else reverse("admin:index"), reverse("account_login"))
