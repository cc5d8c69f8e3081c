"""Words of the visitors floor's verbs in the journal."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "add_counter": _("loket ditambahkan"),
    "close_suddenly": _("pelayanan dihentikan mendadak"),
    "move_closure_end": _("akhir penghentian pelayanan diubah"),
    "reopen": _("pelayanan dibuka kembali"),
    "reserve_numbers": _("nomor cadangan dicetak"),
    "add_slot_plan": _("jadwal janji temu ditambahkan"),
    "close_slots": _("waktu janji temu ditutup"),
    "reopen_slots": _("waktu janji temu dibuka lagi"),
    "book": _("janji temu dibuat"),
    "move_booking": _("janji temu dipindah"),
    "cancel_booking": _("janji temu dibatalkan"),
    "displace_booking": _("janji temu perlu waktu lain"),
    "restore_booking": _("janji temu berlaku lagi"),
    "arrive": _("tamu berjanji datang"),
    "miss_booking": _("tamu berjanji tidak datang"),
}
