"""Filters of the inbox under a name: keep, rename, share with a unit, delete."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from services import permissions
from services.models import SavedFilter
from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal.actors import staff
from ula_portal.core.models import Unit, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused

# More than this nobody finds again.
MOST = 30


@transaction.atomic
def save_filter(
    user: User,
    *,
    name: str,
    choice: Mapping[str, object],
    words: str = "",
    unit: Unit | None = None,
    idempotency_key: str = "",
) -> SavedFilter:
    """Keep a choice (tab and filters, by the names in addresses) under a name of the person's own.

    ``unit``: a unit of the person's that may use it too; words are then left out, for they name people. Raises Refused
    (``field``) for a name in use, NotAllowed for another unit. The same key again gives the earlier result;
    Outdated where that was deleted since.
    """
    claimed = idempotency.claim(staff(user).key, idempotency_key)
    if earlier := claimed.earlier(SavedFilter.objects):
        return earlier
    if SavedFilter.objects.filter(owner=user).count() >= MOST:
        raise Refused(_("Anda sudah menyimpan %(n)d saringan. Hapus dahulu yang tidak dipakai.") % {"n": MOST})
    _must_be_own(user, unit)
    made = SavedFilter(owner=user, choice=choice, created_at=clock.now())
    _write(made, name, unit, words)
    claimed.record("saved_filter", made.pk)
    return made


@transaction.atomic
def change_filter(pk: int, user: User, *, name: str, unit: Unit | None = None) -> SavedFilter:
    """Rename a filter or change who may use it; its owner alone. Raises Outdated, NotAllowed, Refused (``field``)."""
    found = _lock(pk, user)
    _must_be_own(user, unit)
    _write(found, name, unit, found.words)
    return found


@transaction.atomic
def delete_filter(pk: int, user: User) -> None:
    """Delete a filter: its owner, and who leads the unit that it is shared with. Raises Outdated, NotAllowed."""
    _lock(pk, user, leaders=True).delete()


def _lock(pk: int, user: User, *, leaders: bool = False) -> SavedFilter:
    found = SavedFilter.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise Outdated(_("Saringan ini sudah dihapus."))
    leads = leaders and found.unit_id in permissions.standing_of(user).led_unit_ids
    if found.owner_id != user.pk and not leads:
        raise NotAllowed(_("Saringan ini milik rekan Anda. Hanya pemiliknya yang dapat mengubahnya."))
    return found


def _must_be_own(user: User, unit: Unit | None) -> None:
    standing = permissions.standing_of(user)
    if unit is not None and unit.pk not in standing.unit_ids | standing.led_unit_ids:
        raise NotAllowed(_("Saringan hanya dapat dibagikan kepada unit Anda."))


def _write(kept: SavedFilter, name: str, unit: Unit | None, words: str) -> None:
    kept.name, kept.unit = " ".join(name.split()), unit
    kept.words = "" if unit else words
    if not kept.name:
        raise Refused(_("Beri nama saringan ini."), field="name")
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise Refused(_("Anda sudah memakai nama ini untuk saringan lain."), field="name") from error
