"""Acting holders of a position (Plh., Plt.): a superior's order, recorded by the secretariat or administrators."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Position, Tenure, User
from ula_portal.core.text.words import duration_text
from ula_portal.core.verbs.errors import NotAllowed, Refused
from ula_portal.core.verbs.transactions import verb

from .. import permissions as office
from ..people_notices import tell_of_acting
from .absences import LONGEST, TOO_LONG
from .people import Order, begin_tenure

WHO_RECORDS = gettext_lazy("Plh. dan Plt. jabatan ini dicatat oleh sekretariatnya atau administrator.")


@dataclass(frozen=True)
class ActingTerm:
    """How somebody acts in a position: ``kind`` ("plh" or "plt"), the first and last day, and the order to do so."""

    kind: str
    from_date: datetime.date | None
    to_date: datetime.date | None
    order: Order | None


@verb
def record_acting(holder: User, *, by: Actor, position: Position, term: ActingTerm, key: str = "") -> Tenure:
    """Record that somebody acts in a position by a superior's order.

    The same key again returns the earlier tenure.
    Allowed: ``permissions.may_record_acting``, for anybody but oneself.
    Effects: as ``begin_tenure``; the acting holder and the position's holders get a notice.
    Raises: NotAllowed; Outdated if the earlier tenure was removed since; Refused (``field``) as ``begin_tenure``, and
    for another kind, oneself, a closed account, or a period in the past or too long.
    """
    user, kind, from_date, to_date = by.staff_member, term.kind, term.from_date, term.to_date
    claimed = idempotency.claim(by.key, key)
    if earlier := claimed.earlier(Tenure.objects):
        return earlier
    if not office.may_record_acting(user, position):
        raise NotAllowed(WHO_RECORDS)
    if kind not in (Tenure.Kind.PLH, Tenure.Kind.PLT):
        raise Refused(_("Pilih Plh. atau Plt."), field="kind")
    if holder.pk == user.pk:
        raise Refused(_("Surat perintah untuk Anda sendiri dicatat oleh petugas lain."), field="user")
    if not holder.is_active:
        raise Refused(_("Akun petugas ini sudah ditutup."), field="user")
    if to_date and to_date < clock.today():
        raise Refused(_("Masa ini sudah lewat."), field="to_date")
    if to_date and from_date and to_date - from_date > LONGEST:
        raise Refused(TOO_LONG % {"time": duration_text(LONGEST)}, field="to_date")
    tenure = begin_tenure(
        holder, by=by, position=position, kind=kind, from_date=from_date, to_date=to_date, order=term.order
    )
    tell_of_acting(tenure)
    claimed.record("tenure", tenure.pk)
    return tenure


@verb
def end_acting(tenure: Tenure, *, by: Actor) -> None:
    """End an acting tenure with yesterday. One that begins today or later is deleted; one that is over or gone, or
    definitive, stays unchanged.

    Allowed: ``permissions.may_record_acting``.
    Effects: journal.
    Raises: NotAllowed.
    """
    user = by.staff_member
    tenures = Tenure.objects.select_for_update(of=("self",)).select_related("position")
    current, today = tenures.exclude(kind=Tenure.Kind.DEFINITIVE).filter(pk=tenure.pk).first(), clock.today()
    if current is None or (current.to_date and current.to_date < today):
        return
    if not office.may_record_acting(user, current.position):
        raise NotAllowed(WHO_RECORDS)
    entry, ids = "end_tenure", {"tenure": current.pk, "position": current.position_id}
    if current.from_date >= today:
        entry = "remove_tenure"
        current.delete()
    else:
        current.to_date = today - datetime.timedelta(days=1)
        current.save(update_fields=["to_date"])
    journal.record(entry, "user", current.user_id, by, **ids)
