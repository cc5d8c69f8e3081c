"""The core floor: office, people, calendar, files, journal, notices."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "ula_portal.core"
    label = "core"
    verbose_name = _("Kantor dan petugas")


class PortalAdminConfig(AdminConfig):
    """Django's admin with the portal's own site class (pages for routing hang on it)."""

    default_site = "ula_portal.core.admin_site.PortalAdminSite"
