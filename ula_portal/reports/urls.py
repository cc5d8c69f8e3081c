"""URLs of reports."""

from django.urls import path

from . import views

urlpatterns = [
    path("petugas/laporan/", views.report, name="report"),
    path("petugas/laporan/permohonan/", views.cases, name="report_cases"),
    path("petugas/laporan/berkas/", views.case_file, name="report_file"),
]
