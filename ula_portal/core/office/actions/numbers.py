"""The verb that lets the portal's numbers go on where the books on paper end."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import clock
from ula_portal.core.data.numbering import continue_after, last_numbers
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Role
from ula_portal.core.permissions import has_role
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import verb

SERIES = {
    "letter": gettext_lazy("Surat keluar"),
    "request": gettext_lazy("Permohonan"),
    "sop": gettext_lazy("SOP"),
}
HIGHEST = 99_999


@verb
def continue_numbers(series: str, *, by: Actor, last: int) -> int:
    """Let a series of this year go on after the last number on paper. Returns the series' last number.

    ``series``: a key of ``SERIES``. The same number again changes nothing.
    Allowed: administrators.
    Effects: journal.
    Raises: NotAllowed; Refused with the series as ``field`` for a number below the last one, or above ``HIGHEST``.
    """
    if not has_role(by.staff_member, Role.ADMINISTRATOR):
        raise NotAllowed(_("Nomor terakhir dicatat oleh administrator."))
    year = clock.today().year
    if not 0 < last <= HIGHEST:
        raise Refused(_("Tulis nomor antara 1 dan %(n)s.") % {"n": HIGHEST}, field=series)
    if continue_after(series, year, last):
        journal.record("continue_numbers", "office", series, by, year=year, last=last)
        return last
    now = last_numbers(year)[series]
    if last < now:
        sentence = _("Nomor terakhir di portal sudah %(n)s. Nomor tidak dapat mundur.")
        raise Refused(sentence % {"n": now}, field=series)
    return now
