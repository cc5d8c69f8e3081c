"""Words of the visitors floor's verbs in the journal."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "add_counter": _("loket ditambahkan"),
    "serve_services": _("layanan loket ditambah"),
    "close_suddenly": _("pelayanan dihentikan mendadak"),
    "move_closure_end": _("akhir penghentian pelayanan diubah"),
    "reopen": _("pelayanan dibuka kembali"),
    "reserve_numbers": _("nomor cadangan dicetak"),
    "add_slot_plan": _("jadwal janji kedatangan ditambahkan"),
    "close_slots": _("waktu janji kedatangan ditutup"),
    "reopen_slots": _("waktu janji kedatangan dibuka lagi"),
    "book": _("janji kedatangan dibuat"),
    "move_booking": _("janji kedatangan dipindah"),
    "cancel_booking": _("janji kedatangan dibatalkan"),
    "displace_booking": _("janji kedatangan perlu waktu lain"),
    "restore_booking": _("janji kedatangan berlaku lagi"),
    "arrive": _("tamu berjanji datang"),
    "miss_booking": _("tamu berjanji tidak datang"),
}
