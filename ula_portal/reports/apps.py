from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "ula_portal.reports"
    label = "reports"

    def ready(self):
        from ula_portal.core.web import navigation

        from .views import may_read_reports

        navigation.add_rail_entry(
            _("Laporan"),
            "report",
            "chart",
            may_read_reports,
            order=70,
            group=navigation.OFFICE,
            hint=_("Berapa yang masuk, tepat waktu, dan di mana permohonan menunggu."),
        )
