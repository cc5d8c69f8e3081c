"""Addresses of the visitors floor."""

from django.urls import path

from .views import checkin, closing, counter, display, paper, queue

urlpatterns = [
    path("petugas/tamu/", checkin.checkin, name="checkin"),
    path("petugas/tamu/tiket/<int:pk>/", checkin.ticket_print, name="ticket_print"),
    path("petugas/tamu/tiket/<int:pk>/lapor/", checkin.report_back, name="ticket_report_back"),
    path("petugas/tamu/kunjungan/<int:pk>/pulang/", checkin.check_out, name="visit_check_out"),
    path("petugas/tamu/tutup/", closing.service_closure, name="service_closure"),
    path("petugas/tamu/kertas/", paper.paper_numbers, name="paper_numbers"),
    path("petugas/tamu/kertas/<int:pk>/", paper.paper_sheet, name="paper_sheet"),
    path("petugas/tamu/kertas/<int:pk>/catat/", paper.paper_enter, name="paper_enter"),
    path("petugas/loket/", counter.counter, name="counter"),
    path("layar/<slug:location>/", display.display, name="display"),
    path("layar/<slug:location>/data/", display.display_data, name="display_data"),
    path("antrean/", queue.queue_public, name="queue_public"),
    path("antrean/tiket/<str:token>/", queue.ticket_own, name="ticket_own"),
]
