from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OpeningConfig(AppConfig):
    name = "ula_portal.opening"
    label = "opening"

    def ready(self) -> None:
        from ula_portal.core.web import navigation

        from .permissions import may_set_up

        navigation.add_rail_entry(
            _("Kantor"),
            "opening",
            "building",
            may_set_up,
            order=85,
            group=navigation.OFFICE,
            hint=_("Apa yang sudah lengkap, apa yang masih kurang, dan di mana melengkapinya."),
        )
