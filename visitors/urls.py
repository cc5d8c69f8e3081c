"""URLs of the visitors floor."""

from django.urls import path

from .appointments.views import appointments, bookings
from .appointments.views import changes as booking_changes
from .appointments.views import own as own_appointment
from .closing.views import sudden as closing
from .closing.views import times
from .counter import views as counter
from .desk.views import desk as checkin
from .desk.views import paper, printing
from .display.views import display, voice
from .hosting import views as hosting
from .own_ticket import views as queue

urlpatterns = [
    path("petugas/tamu/", checkin.checkin, name="checkin"),
    path("petugas/tamu/tiket/<int:pk>/", printing.ticket_print, name="ticket_print"),
    path("petugas/tamu/tiket/<int:pk>/printer/", printing.ticket_to_printer, name="ticket_to_printer"),
    path("petugas/tamu/tiket/<int:pk>/lapor/", checkin.report_back, name="ticket_report_back"),
    path("petugas/tamu/kunjungan/<int:pk>/pulang/", checkin.check_out, name="visit_check_out"),
    path("petugas/tamu/kunjungan/<int:pk>/kartu/", printing.badge_print, name="badge_print"),
    path("petugas/tamu/di-dalam/", printing.inside_print, name="inside_print"),
    path("petugas/tamu/tutup/", closing.service_closure, name="service_closure"),
    path("petugas/tamu/kertas/", paper.paper_numbers, name="paper_numbers"),
    path("petugas/tamu/kertas/<int:pk>/", paper.paper_sheet, name="paper_sheet"),
    path("petugas/tamu/kertas/<int:pk>/catat/", paper.paper_enter, name="paper_enter"),
    path("petugas/janji/", bookings.bookings, name="bookings"),
    path("petugas/janji/<int:pk>/", booking_changes.change_booking, name="booking"),
    path("petugas/janji/<int:pk>/batal/", booking_changes.cancel, name="booking_cancel"),
    path("petugas/janji/<int:pk>/datang/", bookings.arrive, name="booking_arrive"),
    path("petugas/janji/tutup/", times.close_times, name="slots_close"),
    path("petugas/janji/buka/", times.reopen_times, name="slots_reopen"),
    path("petugas/tamu-anda/", hosting.guests, name="guests"),
    path("petugas/loket/", counter.counter, name="counter"),
    path("layar/<slug:location>/", display.display, name="display"),
    path("layar/<slug:location>/data/", display.display_data, name="display_data"),
    path("layar/<slug:location>/suara/<int:event>/", voice.display_voice, name="display_voice"),
    path("layar/gambar/<int:pk>/", voice.display_picture, name="display_picture"),
    path("antrean/", queue.queue_public, name="queue_public"),
    path("antrean/tiket/<str:token>/", queue.ticket_own, name="ticket_own"),
    path("janji-temu/", appointments.appointments, name="appointments"),
    path("janji-temu/isi/<int:slot>/", appointments.book, name="appointment_book"),
    path("janji-temu/buka/", appointments.find, name="appointment_find"),
    path("janji-temu/<str:token>/", own_appointment.appointment, name="appointment"),
    path("janji-temu/<str:token>/pindah/", own_appointment.move, name="appointment_move"),
    path("janji-temu/<str:token>/batal/", own_appointment.cancel, name="appointment_cancel"),
    path("janji-temu/<str:token>/kalender/", own_appointment.calendar, name="appointment_calendar"),
    path("janji-temu/<str:token>/cetak/", own_appointment.paper, name="appointment_paper"),
]
