"""Addresses of the visitors floor."""

from django.urls import path

from .views import checkin, counter, display, queue

urlpatterns = [
    path("petugas/tamu/", checkin.checkin, name="checkin"),
    path("petugas/tamu/tiket/<int:pk>/", checkin.ticket_print, name="ticket_print"),
    path("petugas/tamu/tiket/<int:pk>/lapor/", checkin.report_back, name="ticket_report_back"),
    path("petugas/tamu/kunjungan/<int:pk>/pulang/", checkin.check_out, name="visit_check_out"),
    path("petugas/loket/", counter.counter, name="counter"),
    path("layar/<slug:location>/", display.display, name="display"),
    path("layar/<slug:location>/data/", display.display_data, name="display_data"),
    path("antrean/", queue.queue_public, name="queue_public"),
    path("antrean/tiket/<str:token>/", queue.ticket_own, name="ticket_own"),
]
