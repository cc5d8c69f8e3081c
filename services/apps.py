"""The services floor: what it registers with the core floor when the portal starts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = _("Layanan dan permohonan")

    def ready(self):
        from ula_portal.core import ports
        from ula_portal.core.journal.subjects import register_subject, register_verbs
        from ula_portal.core.live import changes
        from ula_portal.core.notices import kinds, tasks
        from ula_portal.core.time import actions as time
        from ula_portal.core.web import navigation
        from ula_portal.core.web.admin_site import load_pages

        from . import permissions
        from .alarms import notices as alarm_notices
        from .alarms.actions.ringing import ring_alarms
        from .applying import receipt
        from .applying.actions.drafts import drop_old_drafts
        from .casework import journal_words
        from .casework import notices as case_notices
        from .catalogue.queries.catalogue import register_gap_check, services_on_sops
        from .catalogue.rules.rights import may_edit_services
        from .conversation.queries.colleagues import unread_mentions
        from .deadlines.queries.statistics import case_statistics
        from .engine.actions.presence import follow_presence
        from .engine.tasks import when_the_calendar_changes
        from .inbox.queries import arrivals
        from .inbox.queries.inbox import mine_now
        from .letters.queries import gap_sentences
        from .routing.queries.routing import waiting_to_route
        from .studio import notices as studio_notices
        from .studio.queries.listing import waiting_for_publication

        load_pages(
            "services", "alarms.admin", "catalogue.admin", "conversation.admin", "letters.admin", "routing.admin"
        )
        kinds.register_kind("request_received", _("Permohonan diterima (kepada pemohon)"), receipt.compose_received)
        kinds.register_kind("code_wanted", _("Kode pelacakan baru (kepada pemohon)"), receipt.compose_renewal)
        case_notices.register_notices()
        alarm_notices.register_notices()
        studio_notices.register_notices()
        tasks.add_chore(drop_old_drafts)
        # Open steps are reassigned to people who are present before anybody is reminded of them.
        tasks.add_chore(follow_presence)
        tasks.add_chore(ring_alarms)
        time.on_calendar_change(when_the_calendar_changes)
        navigation.add_rail_entry(
            _("Pekerjaan"),
            "case_list",
            "inbox",
            permissions.may_see_cases,
            order=40,
            group=navigation.CASES,
            hint=_("Permohonan yang menunggu Anda, langkah demi langkah menurut SOP."),
            badge=mine_now,
        )
        navigation.add_rail_entry(
            _("Penerusan"),
            "admin:routing",
            "route",
            permissions.may_route_somewhere,
            order=45,
            group=navigation.CASES,
            hint=_("Permohonan tanpa penanggung jawab. Teruskan kepada pejabatnya."),
            badge=waiting_to_route,
        )
        navigation.add_rail_entry(
            _("Catatan untuk Anda"),
            "mention_list",
            "at",
            permissions.may_see_cases,
            order=41,
            group=navigation.CASES,
            short=_("Catatan"),
            hint=_("Catatan internal rekan yang menyebut nama Anda."),
            badge=unread_mentions,
        )
        navigation.add_rail_entry(
            _("Dokumen asli"),
            "held_list",
            "archive",
            permissions.may_see_kept_originals,
            order=43,
            group=navigation.CASES,
            short=_("Dokumen"),
            hint=_("Dokumen asli yang disimpan kantor, di rak mana, dan sejak kapan."),
        )
        navigation.add_rail_entry(
            _("Layanan"),
            "studio",
            "list",
            may_edit_services,
            order=62,
            group=navigation.OFFICE,
            hint=_("Menyiapkan layanan: SOP, formulir, persyaratan, surat, dan standar."),
            badge=waiting_for_publication,
        )
        register_gap_check(gap_sentences, "letter_template_id")
        changes.add_source(arrivals.mark_of_now, arrivals.topics_since)
        ports.case_statistics.answer(case_statistics)
        ports.services_on_sops.answer(services_on_sops)
        register_verbs(journal_words.VERBS)
        register_subject("request", _("Permohonan"))
        register_subject("service", _("Layanan"), lambda pk: f"/admin/services/service/{pk}/change/")
        register_subject("school_register", _("Daftar sekolah"))
        register_subject("category", _("Kelompok layanan"))
        register_subject("routing_rule", _("Aturan penerusan"))
        register_subject("letter_template", _("Templat surat"))
        register_subject("message_template", _("Templat pesan"))
        register_subject("ready_reason", _("Alasan perbaikan berkas"))
        register_subject("alarm_step", _("Tahap peringatan"))
