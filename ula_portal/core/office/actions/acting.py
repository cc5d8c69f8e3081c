"""Acting holders of a position (Plh., Plt.): a superior's order, written down by the secretariat or administrators."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Position, Tenure, User
from ula_portal.core.text.words import lasting
from ula_portal.core.verbs.errors import NotAllowed, Refused

from .. import permissions as office
from ..people_notices import tell_of_acting
from .absences import LONGEST, TOO_LONG
from .people import Order, begin_tenure

WHO_RECORDS = gettext_lazy("Plh. dan Plt. jabatan ini dicatat oleh sekretariatnya atau administrator.")


@transaction.atomic
def record_acting(
    by: User,
    user: User,
    position: Position,
    kind: str,
    from_date: datetime.date | None,
    to_date: datetime.date | None,
    *,
    order: Order | None,
    idempotency_key: str = "",
) -> Tenure:
    """Record that somebody holds a position by a superior's order, from a day to a day, both included.

    ``kind``: "plh" or "plt"; ``order``: as ``begin_tenure`` takes it. Allowed: ``permissions.may_record_acting``, for
    anybody but oneself. Effects: rights and steps follow from the first day; the person and the position's holders are
    told. Raises: NotAllowed, Refused (``field``). The same key again gives the earlier one; Outdated where
    that was removed since.
    """
    claimed = idempotency.claim(staff(by).key, idempotency_key)
    if earlier := claimed.earlier(Tenure.objects):
        return earlier
    if not office.may_record_acting(by, position):
        raise NotAllowed(WHO_RECORDS)
    if kind not in (Tenure.Kind.PLH, Tenure.Kind.PLT):
        raise Refused(_("Pilih Plh. atau Plt."), field="kind")
    if user.pk == by.pk:
        raise Refused(_("Surat perintah untuk Anda sendiri dicatat oleh petugas lain."), field="user")
    if not user.is_active:
        raise Refused(_("Akun petugas ini sudah ditutup."), field="user")
    if to_date and to_date < clock.today():
        raise Refused(_("Masa ini sudah lewat."), field="to_date")
    if to_date and from_date and to_date - from_date > LONGEST:
        raise Refused(TOO_LONG % {"time": lasting(LONGEST)}, field="to_date")
    tenure = begin_tenure(user, position, kind=kind, from_date=from_date, to_date=to_date, order=order, actor=staff(by))
    tell_of_acting(tenure)
    claimed.record("tenure", tenure.pk)
    return tenure


@transaction.atomic
def end_acting(tenure_id: int, by: User) -> None:
    """The order is withdrawn: from today on it counts no more. One that begins today or later is taken away.

    Allowed: ``permissions.may_record_acting``. Raises: NotAllowed; one that is over or gone changes nothing.
    """
    tenures = Tenure.objects.select_for_update(of=("self",)).select_related("position")
    tenure, today = tenures.exclude(kind=Tenure.Kind.DEFINITIVE).filter(pk=tenure_id).first(), clock.today()
    if tenure is None or (tenure.to_date and tenure.to_date < today):
        return
    if not office.may_record_acting(by, tenure.position):
        raise NotAllowed(WHO_RECORDS)
    verb, ids = "end_tenure", {"tenure": tenure.pk, "position": tenure.position_id}
    if tenure.from_date >= today:
        verb = "remove_tenure"
        tenure.delete()
    else:
        tenure.to_date = today - datetime.timedelta(days=1)
        tenure.save(update_fields=["to_date"])
    journal.record(verb, "user", tenure.user_id, staff(by), **ids)
