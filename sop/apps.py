from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SopConfig(AppConfig):
    name = "sop"
    verbose_name = _("SOP")

    def ready(self):
        from django.urls import reverse

        from ula_portal.core.journal import subjects
        from ula_portal.core.web import navigation

        from . import permissions
        from .approval import admin, journal_words, notices  # noqa: F401 (pages of the admin panel register themselves)
        from .approval.queries import deciding

        subjects.register("sop_version", _("Versi SOP"), lambda pk: reverse("admin:sop_sopversion_change", args=[pk]))
        subjects.register_verbs(journal_words.VERBS)
        notices.register()
        navigation.add(
            _("SOP"),
            "sop_drafts",
            "flow",
            permissions.may_start,
            order=60,
            hint=_("Menyusun SOP, memeriksa, dan mengajukannya."),
            badge=deciding.waiting_for,
        )
