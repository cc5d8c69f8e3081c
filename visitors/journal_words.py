"""What the journal's verbs about counters mean."""

from django.utils.translation import gettext_lazy as _

VERBS = {
    "add_counter": _("loket ditambahkan"),
    "close_suddenly": _("pelayanan dihentikan mendadak"),
    "reopen": _("pelayanan dibuka kembali"),
    "reserve_numbers": _("nomor cadangan dicetak"),
}
