"""URLs of services as files."""

from django.urls import path

from . import views

urlpatterns = [
    path("petugas/layanan-dari-berkas/", views.service_import, name="service_import"),
    path("petugas/layanan/<str:code>/berkas/", views.service_export, name="service_export"),
]
