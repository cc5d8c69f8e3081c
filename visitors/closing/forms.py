"""Forms of closing: an immediate stop of service, another end, and times of appointments."""

import datetime

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from ula_portal.core import clock
from ula_portal.core.text.fields import LineField


class ClosureForm(forms.Form):
    """Why service stops, and when it goes on if that is known."""

    reason = LineField(label=_("Alasan"), max_length=120, help_text=_("Dibaca tamu di layar, misalnya: listrik padam."))
    until = forms.TimeField(
        label=_("Dilanjutkan pukul (tidak wajib)"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Kosongkan bila belum diketahui: berlaku sampai jam pelayanan hari ini berakhir."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = _plain_helper()

    def values(self) -> dict:
        """Arguments of ``closing.actions.close_suddenly``."""
        return {"reason": self.cleaned_data["reason"], "until": _moment(clock.today(), self.cleaned_data["until"])}


class ClosureEndForm(forms.Form):
    """When service goes on."""

    until = forms.TimeField(
        label=_("Dilanjutkan pukul"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Kosongkan bila belum diketahui: berlaku sampai jam pelayanan hari ini berakhir."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = _plain_helper()

    def moment(self) -> datetime.datetime | None:
        return _moment(clock.today(), self.cleaned_data["until"])


def _plain_helper():
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper


def _moment(day, time):
    """A time of day at the office as a moment; None without a time."""
    return None if time is None else datetime.datetime.combine(day, time, tzinfo=clock.OFFICE_ZONE)


class ClosingForm(forms.Form):
    """The period in which the office cannot receive visitors; the whole day without times."""

    day = forms.DateField(label=_("Hari"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    from_time = forms.TimeField(
        label=_("Dari pukul"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
    )
    to_time = forms.TimeField(
        label=_("Sampai pukul"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
    )
    reason = LineField(
        label=_("Alasan (dibaca tamu yang sudah berjanji)"),
        max_length=200,
        error_messages={"required": _("Tulis alasannya. Tamu yang sudah berjanji akan membacanya.")},
    )
