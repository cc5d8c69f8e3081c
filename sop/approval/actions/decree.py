"""Checks of a decree and of the first day in force, for versions approved in the portal and on paper."""

import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sop.models import SopVersion
from ula_portal.core import clock
from ula_portal.core.verbs.errors import Refused

NUMBER_LENGTH = 120


def clean_number(decree: str) -> str:
    """The decree's number on one line. Raises Refused with the field ``decree`` if it is missing or too long."""
    decree = " ".join((decree or "").split())
    if not decree:
        raise Refused(_("Isi nomor keputusan pengesahan."), field="decree")
    if len(decree) > NUMBER_LENGTH:
        raise Refused(_("Nomor keputusan paling panjang %(n)s huruf.") % {"n": NUMBER_LENGTH}, field="decree")
    return decree


def refuse_days(version: SopVersion, decree_date: datetime.date | None, effective_from: datetime.date | None) -> None:
    """Raise Refused for missing days, a decree in the future, or a version that would be in force too early.

    A version cannot be in force before its decree or before the version that is published. The refusal's ``field`` is
    ``decree_date`` or ``effective_from``.
    """
    if not isinstance(decree_date, datetime.date):
        raise Refused(_("Isi tanggal keputusan."), field="decree_date")
    if not isinstance(effective_from, datetime.date):
        raise Refused(_("Isi tanggal efektif."), field="effective_from")
    if decree_date > clock.today():
        raise Refused(_("Tanggal keputusan tidak boleh sesudah hari ini."), field="decree_date")
    if effective_from < decree_date:
        sentence = _("Tanggal efektif tidak boleh sebelum tanggal keputusan, %(day)s.")
        raise Refused(sentence % {"day": written_date(decree_date)}, field="effective_from")
    refuse_before_earlier(version, effective_from)


def refuse_before_earlier(version: SopVersion, effective_from: datetime.date) -> None:
    """Raise Refused with the field ``effective_from`` if a published version of the SOP takes effect later."""
    starts = SopVersion.objects.filter(sop_id=version.sop_id, state=SopVersion.State.PUBLISHED).exclude(pk=version.pk)
    latest = max((day for day in starts.values_list("effective_from", flat=True) if day), default=None)
    if latest and effective_from < latest:
        sentence = _("Tanggal efektif tidak boleh sebelum %(day)s, hari mulai berlakunya versi sebelumnya.")
        raise Refused(sentence % {"day": written_date(latest)}, field="effective_from")


def written_date(day: datetime.date) -> str:
    return date_format(day, "j F Y")
