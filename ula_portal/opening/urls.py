"""URLs of the set-up."""

from django.urls import path

from .views import emblem, office, overview

urlpatterns = [
    path("petugas/kantor/", overview.opening, name="opening"),
    path("petugas/kantor/data/", office.details, name="opening_office"),
    path("petugas/kantor/logo/", emblem.emblem, name="opening_emblem"),
    path("petugas/kantor/logo/hapus/", emblem.remove, name="opening_emblem_remove"),
    path("petugas/kantor/logo/kembalikan/", emblem.restore, name="opening_emblem_restore"),
    path("petugas/kantor/kop-surat/", office.letterhead, name="opening_letterhead"),
    path("petugas/kantor/kop-surat/lihat/", office.letterhead_preview, name="opening_letterhead_preview"),
]
