from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class VisitorsConfig(AppConfig):
    name = "visitors"
    verbose_name = _("Tamu dan antrean")

    def ready(self):
        from ula_portal.core import ports
        from ula_portal.core.journal.subjects import register_subject, register_verbs
        from ula_portal.core.live import channels
        from ula_portal.core.notices import tasks
        from ula_portal.core.time import actions as time
        from ula_portal.core.web import navigation
        from ula_portal.core.web.admin_site import load_pages

        from . import permissions
        from .appointments import notices as booking_notices
        from .appointments.actions import arriving, plans
        from .appointments.tasks import enqueue_slot_update
        from .counter import journal_words
        from .counter import queries as counter
        from .counter.actions import day_end
        from .display import voice
        from .hosting import notices as host_notices
        from .hosting.queries import guests
        from .queue.queries.ports import queue_now, visit_of
        from .streams.channels import DISPLAY, STAFF, TICKET

        load_pages("visitors", "appointments.admin", "places.admin")
        channels.register_channels(DISPLAY, TICKET, STAFF)
        ports.queue_now.answer(queue_now)
        ports.visit_of.answer(visit_of)
        register_verbs(journal_words.VERBS)
        tasks.add_chore(day_end.end_past_days)
        tasks.add_chore(voice.delete_old_recordings)
        register_subject("ticket_printer", _("Printer nomor"), lambda pk: f"/admin/visitors/ticketprinter/{pk}/change/")
        register_subject("screen_rule", _("Suara layar"), lambda pk: f"/admin/visitors/screenrule/{pk}/change/")
        register_subject(
            "screen_notice", _("Pengumuman layar"), lambda pk: f"/admin/visitors/screennotice/{pk}/change/"
        )
        register_subject("queue_rule", _("Aturan antrean"), lambda pk: f"/admin/visitors/queuerule/{pk}/change/")
        register_subject("closure", _("Penutupan mendadak"), lambda pk: f"/admin/visitors/closure/{pk}/change/")
        # No address: people who read the journal may not open the front desk's sheets.
        register_subject("paper_sheet", _("Lembar nomor cadangan"))
        register_subject("counter", _("Loket"), lambda pk: f"/admin/visitors/counter/{pk}/change/")
        register_subject("slot_plan", _("Jadwal janji kedatangan"), lambda pk: f"/admin/visitors/slotplan/{pk}/change/")
        register_subject("booking", _("Janji kedatangan"), lambda pk: f"/admin/visitors/booking/{pk}/change/")
        booking_notices.register_notices()
        host_notices.register_notices()
        for chore in (plans.open_due_slots, arriving.mark_missed, arriving.remind_visitors):
            tasks.add_chore(chore)
        time.on_calendar_change(enqueue_slot_update)
        navigation.add_rail_entry(
            pgettext_lazy("menu", "Tamu"),
            "checkin",
            "users",
            permissions.may_check_in,
            order=20,
            group=navigation.SERVING,
            hint=_("Catat tamu yang datang, cetak nomor antrean, buka permohonan."),
        )
        navigation.add_rail_entry(
            pgettext_lazy("menu", "Janji"),
            "bookings",
            "calendar",
            permissions.may_see_bookings,
            order=25,
            group=navigation.SERVING,
            hint=_("Tamu yang sudah membuat janji kedatangan. Catat kedatangannya atau tutup waktunya."),
        )
        navigation.add_rail_entry(
            _("Tamu Anda"),
            "guests",
            "door",
            permissions.may_host,
            order=35,
            group=navigation.SERVING,
            hint=_("Siapa yang datang untuk Anda. Persilakan masuk, minta menunggu, atau wakilkan."),
            badge=guests.host_calls_waiting,
            topics=guests.host_topics_for,
            news=_("Ada tamu untuk Anda."),
        )
        navigation.add_rail_entry(
            _("Loket"),
            "counter",
            "monitor",
            permissions.rooms_to_call_to,
            order=30,
            group=navigation.SERVING,
            hint=_("Panggil nomor berikutnya, layani, alihkan, selesaikan."),
            badge=counter.waiting_for_rooms,
            topics=guests.host_topics_for,
            news=_("Ada tamu menunggu di ruang Anda."),
        )
