from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SopConfig(AppConfig):
    name = "sop"
    verbose_name = _("SOP")

    def ready(self) -> None:
        from django.urls import reverse

        from ula_portal.core.journal.subjects import register_subject, register_verbs
        from ula_portal.core.web import navigation
        from ula_portal.core.web.admin_site import load_pages

        from . import permissions
        from .approval import journal_words, notices
        from .approval.queries import deciding

        load_pages("sop", "approval.admin")
        register_subject("sop_version", _("Versi SOP"), lambda pk: reverse("admin:sop_sopversion_change", args=[pk]))
        register_verbs(journal_words.VERBS)
        notices.register_notices()
        navigation.add_rail_entry(
            _("SOP"),
            "sop_drafts",
            "flow",
            permissions.may_start,
            order=60,
            group=navigation.OFFICE,
            hint=_("Menyusun SOP, memeriksa, dan mengajukannya."),
            badge=deciding.waiting_for,
        )
