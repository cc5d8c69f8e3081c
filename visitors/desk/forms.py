"""Forms of the desk; they only validate input, the rules are in ``actions``."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ula_portal.core import clock
from ula_portal.core.data.idempotency import new_key
from ula_portal.core.text.fields import LineField
from visitors.checkin.actions.checkin import GROUNDS, Arrival, Errand, missing_fields
from visitors.checkin.actions.paper import PaperLine
from visitors.closing.forms import _moment, _plain_helper
from visitors.models import Visit

from .queries import desk

P = Visit.Purpose
# The field that a purpose asks for first.
_ASKED = {
    P.SERVICE: "service",
    P.CONSULT: "service",
    P.COMPLAINT: "service",
    P.FOLLOW_UP: "request_number",
    P.COLLECT: "request_number",
    P.MEET: "host",
}


class CheckInForm(forms.Form):
    """A visitor and what they come for. ``visitor``: id of a known one, who is then not asked for the name."""

    key = LineField(widget=forms.HiddenInput, max_length=64)
    visitor = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    name = LineField(label=_("Nama"), max_length=150, required=False)
    phone = LineField(label=_("Nomor HP (tidak wajib)"), max_length=30, required=False)
    institution = LineField(label=_("Instansi (tidak wajib)"), max_length=150, required=False)
    purpose = forms.ChoiceField(label=_("Keperluan"), choices=P.choices, widget=forms.RadioSelect, initial=P.SERVICE)
    service = forms.ModelChoiceField(label=_("Layanan"), queryset=None, required=False, empty_label=_("Pilih layanan"))
    open_request = forms.BooleanField(label=_("Buka permohonan sekarang"), required=False)
    request_number = LineField(label=_("Nomor permohonan"), max_length=40, required=False)
    host = forms.ModelChoiceField(
        label=_("Pejabat yang dituju"), queryset=None, required=False, empty_label=_("Pilih pejabat")
    )
    ground = forms.ChoiceField(
        label=_("Layanan prioritas"),
        choices=[("", _("Tidak")), *GROUNDS.items()],
        required=False,
    )
    head_count = forms.IntegerField(label=_("Jumlah tamu"), min_value=1, max_value=100, initial=1)
    companion = LineField(label=_("Pendamping (tidak wajib)"), max_length=150, required=False)
    represents = LineField(
        label=_("Mewakili siapa (tidak wajib)"),
        max_length=300,
        required=False,
        help_text=_("Satu nama atau beberapa, dipisah koma."),
    )
    proxy_seen = forms.BooleanField(label=_("Surat kuasa sudah diperlihatkan"), required=False)
    note = LineField(label=_("Catatan (tidak wajib)"), max_length=300, required=False)
    off_queue = forms.BooleanField(
        label=_("Berkas kolektif, tanpa nomor antrean"),
        required=False,
        help_text=_("Untuk operator yang membawa banyak berkas: dikerjakan di luar antrean loket."),
    )
    came_at = forms.TimeField(
        label=_("Sudah langsung masuk? Datang pukul"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Untuk tamu yang tidak lewat meja depan: dicatat kemudian, tanpa nomor antrean."),
    )

    def __init__(self, *args, place, known=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = known
        self.fields["key"].initial = new_key()
        self._offer_services(place)
        self._offer_hosts(list(desk.hosts_to_choose()))
        self.fields["phone"].widget.input_type = "tel"
        for name in ("name", "phone", "institution", "companion", "represents", "note"):
            # The browser must not offer a visitor's data when the next visitor is entered.
            # A placeholder of one blank lets the style sheet tell a filled field.
            self.fields[name].widget.attrs |= {"autocomplete": "off", "placeholder": " "}
        if known and not self.is_bound:
            # A known visitor was chosen by keyboard; most come for a service, and Shift and Tab lead to other purposes.
            purpose = self.initial.get("purpose", P.SERVICE)
            self.fields[_ASKED.get(purpose, "purpose")].widget.attrs["autofocus"] = True

    def _offer_services(self, place):
        """Offer the services that are chosen most often here first, each of them once."""
        services = {service.pk: service for service in desk.services_to_choose()}
        often = [pk for pk in desk.frequent_services(place.pk) if pk in services] or list(services)[: desk.CHIPS]
        self.quick = [(pk, str(services[pk])) for pk in often]
        others = [(pk, str(service)) for pk, service in services.items() if pk not in often]
        self.fields["service"].queryset = desk.services_to_choose()
        groups = [(_("Pilihan cepat"), self.quick), (_("Layanan lain"), others)]
        self.fields["service"].choices = [("", _("Pilih layanan")), *(group for group in groups if group[1])]

    def _offer_hosts(self, positions):
        """Offer positions with their holders' names, as visitors ask for them, and say who is absent today."""
        words = _("%(position)s (tidak di tempat hari ini)")
        named = {p.pk: ", ".join([str(p), *p.names]) for p in positions}
        labels = {p.pk: named[p.pk] if p.is_there else words % {"position": named[p.pk]} for p in positions}
        self.fields["host"].queryset = desk.hosts_to_choose()
        self.fields["host"].choices = [("", _("Pilih pejabat")), *labels.items()]

    def clean(self):
        """Report all missing fields together; the verb would name only the first."""
        data = super().clean()
        if not self.errors:
            for name, message in missing_fields(self._errand(), data["visitor"] or data["name"]).items():
                self.add_error(name, message)
        return data

    def _errand(self):
        data = self.cleaned_data
        return Errand(
            purpose=data["purpose"],
            service=data["service"],
            request_number=data["request_number"],
            host_id=data["host"].pk if data["host"] else None,
            open_request=data.get("open_request", False),
        )

    def values(self) -> dict:
        """Arguments of ``checkin.actions.checkin.check_in``."""
        data = self.cleaned_data
        names = (
            "name",
            "phone",
            "institution",
            "head_count",
            "companion",
            "note",
            "represents",
            "proxy_seen",
            "ground",
        )
        arrival = Arrival(visitor_id=data["visitor"], **{name: data[name] for name in names}, **self._without_number())
        return {"arrival": arrival, "errand": self._errand(), "key": data["key"]}

    def _without_number(self):
        """Collective files, and visitors who went straight in (with their true time), get no number."""
        came_at = _moment(clock.today(), self.cleaned_data["came_at"])
        if came_at:
            return {"came_at": came_at, "takes_number": False}
        return {"takes_number": not self.cleaned_data["off_queue"]}


class PaperNumbersForm(forms.Form):
    """How many numbers to print, and of which letter."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    letter = forms.CharField(label=_("Huruf"), max_length=1, initial="U", help_text=_("A sampai Z tanpa I, O, dan Q."))
    count = forms.IntegerField(label=_("Banyaknya nomor"), min_value=1, max_value=60, initial=20)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = new_key()
        self.helper = _plain_helper()

    def clean_letter(self):
        return self.cleaned_data["letter"].upper()

    def values(self) -> dict:
        """Arguments of ``checkin.actions.paper.reserve_numbers``."""
        data = self.cleaned_data
        return {"letter": data["letter"], "count": data["count"], "key": data["key"]}


class VisitCorrectionForm(CheckInForm):
    """The true errand of a visit that was recorded wrongly; the visitor stays the same."""

    visit = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    _STAY = ("name", "phone", "institution", "open_request", "head_count", "companion", "represents", "proxy_seen")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["visitor"].required = True
        for name in (*self._STAY, "note", "off_queue", "came_at"):
            del self.fields[name]

    def values(self) -> dict:
        """Arguments of ``checkin.actions.correcting.correct_visit``."""
        data = self.cleaned_data
        return {"errand": self._errand(), "ground": data["ground"], "key": data["key"]}


class PaperEntryForm(CheckInForm):
    """A visitor from a paper sheet: the number and the written times, besides what the desk asks anyway."""

    number = forms.IntegerField(label=_("Nomor di kertas"), min_value=1)
    finished_at = forms.TimeField(
        label=_("Selesai dilayani pukul"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Kosongkan bila tamu masih menunggu."),
    )
    result = LineField(label=_("Hasil (tidak wajib)"), max_length=200, required=False)

    def __init__(self, *args, sheet, **kwargs):
        super().__init__(*args, place=sheet.location, **kwargs)
        self.sheet = sheet
        # Whoever got a paper number waits with it, so only the time is asked for.
        del self.fields["off_queue"]
        self.fields["came_at"].required, self.fields["came_at"].label = True, _("Datang pukul")
        self.fields["came_at"].help_text = ""

    def _without_number(self):
        return {}

    def values(self) -> dict:
        """Arguments of ``checkin.actions.paper.enter_from_paper``."""
        data = self.cleaned_data
        came_at, finished_at = (_moment(self.sheet.day, data[name]) for name in ("came_at", "finished_at"))
        return super().values() | {"line": PaperLine(data["number"], came_at, finished_at, data["result"])}
