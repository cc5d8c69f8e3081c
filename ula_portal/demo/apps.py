from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """The demonstration office, and the commands that use all apps."""

    name = "ula_portal.demo"
    label = "demo"

    def ready(self):
        from django.conf import settings

        from ula_portal.core.journal.subjects import register_subject, register_verbs
        from ula_portal.core.notices import tasks

        from . import today

        register_subject("demo", _("Data contoh"))
        register_verbs({"demo_begun": _("penyiapan data contoh dimulai"), "demo_built": _("data contoh siap")})
        if not settings.PRODUCTION:
            tasks.add_chore(today.keep_open)
