"""The services floor: what it tells the floors below and the portal's lists when it starts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = _("Layanan dan permohonan")

    def ready(self):
        from ula_portal.core import notify

        from . import case_notices, receipt

        notify.register("request_received", _("Permohonan diterima (kepada pemohon)"), receipt.compose_received)
        case_notices.register()
