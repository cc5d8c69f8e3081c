"""URLs of the set-up."""

from django.urls import path

from .views import balance, calendar, emblem, inviting, office, overview, people, places, starter, structure

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
    path("petugas/kantor/layanan-awal/", starter.starter, name="opening_starter"),
    path("petugas/kantor/layanan-awal/<str:code>/sop/", starter.starter_sop, name="opening_starter_sop"),
    path("petugas/kantor/saldo-awal/", balance.balance, name="opening_balance"),
    path("petugas/kantor/saldo-awal/sop/", balance.sops, name="opening_balance_sops"),
    path("petugas/kantor/saldo-awal/permohonan/", balance.requests, name="opening_balance_requests"),
    path("petugas/kantor/jam/", calendar.hours, name="opening_hours"),
    path("petugas/kantor/hari-libur/", calendar.holidays, name="opening_holidays"),
    path("petugas/kantor/hari-libur/<int:pk>/hapus/", calendar.holiday_remove, name="opening_holiday_remove"),
    path("petugas/kantor/loket/", places.counters, name="opening_counters"),
    path("petugas/kantor/loket/semua-layanan/", places.serve_all, name="opening_serve_all"),
]
