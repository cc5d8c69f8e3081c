"""Saved filters of the inbox: save, rename, share with a unit, delete."""

from collections.abc import Mapping

from django.db import IntegrityError
from django.utils.translation import gettext as _

from services import permissions
from services.models import SavedFilter
from ula_portal.core import clock
from ula_portal.core.data import idempotency
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Unit, User
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.filters import FILTER_DELETED

# Per person, so that the list stays readable.
MAX_FILTERS = 30


@verb
def save_filter(
    *,
    by: Actor,
    name: str,
    choice: Mapping[str, object],
    words: str = "",
    unit: Unit | None = None,
    key: str = "",
) -> SavedFilter:
    """Save a filter of the inbox under a name. Calling it again with the same key returns the earlier result.

    ``choice``: tab and filters, by their names in addresses. ``unit``: may use the filter too; the search words are
    then left out, because they name people.

    Allowed: every member of staff; ``unit`` has to be one of theirs.
    Raises: NotAllowed for another unit; Refused (``field``) for an empty name, a name in use, or too many filters;
    Outdated when the earlier result of ``key`` was deleted.
    """
    user = by.staff_member
    claimed = idempotency.claim(by.key, key)
    if earlier := claimed.earlier(SavedFilter.objects):
        return earlier
    if SavedFilter.objects.filter(owner=user).count() >= MAX_FILTERS:
        raise Refused(_("Anda sudah menyimpan %(n)d saringan. Hapus dahulu yang tidak dipakai.") % {"n": MAX_FILTERS})
    _must_be_own(user, unit)
    made = SavedFilter(owner=user, choice=choice, created_at=clock.now())
    _write(made, name, unit, words)
    claimed.record("saved_filter", made.pk)
    return made


@verb
def change_filter(saved: SavedFilter, *, by: Actor, name: str, unit: Unit | None = None) -> SavedFilter:
    """Rename a filter or change which unit may use it.

    Allowed: its owner.
    Raises: Outdated when it was deleted; NotAllowed; Refused (``field``) for the name.
    """
    user = by.staff_member
    found = _lock(saved, user)
    _must_be_own(user, unit)
    _write(found, name, unit, found.words)
    return found


@verb
def delete_filter(saved: SavedFilter, *, by: Actor) -> None:
    """Delete a filter.

    Allowed: its owner, and the head of the unit with which it is shared.
    Raises: Outdated when it was deleted already; NotAllowed.
    """
    _lock(saved, by.staff_member, leaders=True).delete()


def _lock(saved: SavedFilter, user: User, *, leaders: bool = False) -> SavedFilter:
    found = SavedFilter.objects.select_for_update().filter(pk=saved.pk).first()
    if found is None:
        raise Outdated(FILTER_DELETED)
    leads = leaders and found.unit_id in permissions.standing_of(user).led_unit_ids
    if found.owner_id != user.pk and not leads:
        raise NotAllowed(_("Saringan ini milik rekan Anda. Hanya pemiliknya yang dapat mengubahnya."))
    return found


def _must_be_own(user: User, unit: Unit | None) -> None:
    standing = permissions.standing_of(user)
    if unit is not None and unit.pk not in standing.unit_ids | standing.led_unit_ids:
        raise NotAllowed(_("Saringan hanya dapat dibagikan kepada unit Anda."))


def _write(saved: SavedFilter, name: str, unit: Unit | None, words: str) -> None:
    saved.name, saved.unit = " ".join(name.split()), unit
    saved.words = "" if unit else words
    if not saved.name:
        raise Refused(_("Beri nama saringan ini."), field="name")
    try:
        saved.save()
    except IntegrityError as error:
        raise Refused(_("Anda sudah memakai nama ini untuk saringan lain."), field="name") from error
