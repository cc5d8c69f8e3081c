"""Addresses of the service studio."""

from django.urls import path

from .views import letters, listing, parts, publishing, requirements

_service = "petugas/layanan/<str:code>"
urlpatterns = [
    path("petugas/layanan/", listing.services, name="studio"),
    path("petugas/layanan/baru/", listing.new_service, name="studio_new"),
    path(f"{_service}/", parts.service_overview, name="studio_service"),
    path(f"{_service}/bagian/<slug:part>/", parts.service_part, name="studio_part"),
    path(f"{_service}/urungkan/", parts.undo, name="studio_undo"),
    path(f"{_service}/pratinjau/", parts.preview, name="studio_preview"),
    path(f"{_service}/contoh-surat/", letters.sample_letter, name="studio_letter"),
    path(f"{_service}/templat/", letters.add_template, name="studio_template_add"),
    path(f"{_service}/persyaratan/", requirements.add, name="studio_requirement_add"),
    path(f"{_service}/persyaratan/<slug:name>/", requirements.change, name="studio_requirement"),
    path(f"{_service}/terbitkan/", publishing.publish, name="studio_publish"),
    path(f"{_service}/buang/", publishing.discard, name="studio_discard"),
]
