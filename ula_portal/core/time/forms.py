"""What the forms of hours check, in the panel and in the set-up."""

from django.utils.translation import gettext_lazy as _


class HoursChecks:
    """Mixin: shows at the field what the table's constraints would refuse."""

    def clean(self):
        data = super().clean()
        opens, closes = data.get("opens"), data.get("closes")
        start, end, last = data.get("break_from"), data.get("break_to"), data.get("last_ticket")
        if opens and closes:
            if closes <= opens:
                self.add_error("closes", _("Jam tutup harus sesudah jam buka."))
            elif bool(start) != bool(end):
                self.add_error("break_to", _("Isi awal dan akhir istirahat, atau kosongkan keduanya."))
            elif start and not opens <= start < end <= closes:
                self.add_error("break_from", _("Istirahat harus berada di antara jam buka dan jam tutup."))
            elif start and (start, end) == (opens, closes):
                self.add_error("break_from", _("Istirahat tidak dapat menghabiskan seluruh hari."))
            if last and closes > opens and not opens <= last <= closes:
                self.add_error("last_ticket", _("Nomor antrean terakhir harus di antara jam buka dan jam tutup."))
        first, final = data.get("from_date"), data.get("to_date")
        if first and final and final < first:
            self.add_error("to_date", _("Tanggal selesai mendahului tanggal mulai."))
        return data
