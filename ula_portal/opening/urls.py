"""URLs of the set-up."""

from django.urls import path

from .views import emblem, inviting, office, overview, people, structure

urlpatterns = [
    path("petugas/kantor/", overview.opening, name="opening"),
    path("petugas/kantor/data/", office.details, name="opening_office"),
    path("petugas/kantor/logo/", emblem.emblem, name="opening_emblem"),
    path("petugas/kantor/logo/hapus/", emblem.remove, name="opening_emblem_remove"),
    path("petugas/kantor/logo/kembalikan/", emblem.restore, name="opening_emblem_restore"),
    path("petugas/kantor/kop-surat/", office.letterhead, name="opening_letterhead"),
    path("petugas/kantor/kop-surat/lihat/", office.letterhead_preview, name="opening_letterhead_preview"),
    path("petugas/kantor/unit/", structure.units, name="opening_units"),
    path("petugas/kantor/jabatan/", structure.positions, name="opening_positions"),
    path("petugas/kantor/pegawai/", people.people, name="opening_people"),
    path("petugas/kantor/pegawai/cari/", people.people_search, name="opening_people_search"),
    path("petugas/kantor/pegawai/tambah/", people.person_add, name="opening_person_add"),
    path("petugas/kantor/pegawai/impor/", people.people_import, name="opening_people_import"),
    path("petugas/kantor/pegawai/templat/", people.people_template, name="opening_people_template"),
    path("petugas/kantor/pegawai/undang/", inviting.people_invite, name="opening_people_invite"),
]
