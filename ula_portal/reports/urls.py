"""Addresses of reports."""

from django.urls import path

from . import views

urlpatterns = [path("petugas/laporan/", views.report, name="report")]
