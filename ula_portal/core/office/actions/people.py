"""Verbs for staff: accounts, roles, tenures of positions, absences.

Allowed: administrators and the set-up commands; the callers check this.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from ula_portal.core import clock, identifiers
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import EmailChange, Position, Role, StaffRole, Tenure, Unit, User
from ula_portal.core.notices import outbox
from ula_portal.core.permissions import clear_cached_roles
from ula_portal.core.verbs.errors import Refused
from ula_portal.core.verbs.transactions import part, verb

from ..queries import administrators, clear_cached_positions

# Longer than a notice may take to its last try.
EMAIL_CHANGES_KEPT = datetime.timedelta(days=30)
_TITLES = ("front_title", "back_title", "nip", "rank")


@verb
def create_staff_member(*, by: Actor, email: str, full_name: str, password: str | None = None, **titles: str) -> User:
    """Create an account for a member of staff, without any role (see ``assign_role``).

    ``titles``: ``front_title``, ``back_title``, ``nip`` (18 digits), ``rank``. Without a password, the account can be
    used once the person has set one by e-mail.
    Effects: journal.
    Raises: Refused (``field``) if the address is taken, or the NIP or password is not valid.
    """
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise Refused(_("Surel ini sudah dipakai petugas lain."), field="email")
    if unknown := set(titles) - set(_TITLES):
        raise TypeError(f"unknown details of a person: {', '.join(sorted(unknown))}")
    user = User(email=email, full_name=full_name, **titles)
    user.nip = _nip(user.nip)
    if password is None:
        user.set_unusable_password()
    else:
        _check_password(password, user)
        user.set_password(password)
    user.save(force_insert=True)
    journal.record("create_staff_member", "user", user.pk, by)
    return user


def _nip(text: str) -> str:
    """The 18 digits of a NIP in any spelling; "" for an empty text. Raises: Refused."""
    try:
        return identifiers.parse_nip(text).number if text else ""
    except ValueError as error:
        raise Refused(str(error), field="nip") from error


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password") from error


@verb
def set_password(account: User, *, by: Actor, password: str) -> User:
    """Set the password of an account.

    Effects: its user is logged out everywhere; journal.
    Raises: Refused if the password is too weak.
    """
    user = User.objects.select_for_update().get(pk=account.pk)
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    journal.record("set_password", "user", user.pk, by)
    return user


@verb
def change_email(account: User, *, by: Actor, email: str) -> User:
    """Change the address of an account, which is also its log-in name. The same address again changes nothing.

    Effects: the user is logged out everywhere, links for a new password expire, both addresses get a notice; journal.
    Raises: Refused if the address is taken or not valid.
    """
    user, email = User.objects.select_for_update().get(pk=account.pk), email.strip().lower()
    if email == user.email:
        return user
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(error.messages[0], field="email") from error
    if User.objects.filter(email=email).exists():
        raise Refused(_("Surel ini sudah dipakai petugas lain."), field="email")
    change = EmailChange.objects.create(user=user, old_email=user.email, new_email=email, at=clock.now())
    user.email = email
    user.save(update_fields=["email"])
    for kind in ("email_left", "email_taken"):
        outbox.tell(kind, "email_change", change.pk)
    journal.record("change_email", "user", user.pk, by)
    return user


@verb
def delete_old_email_changes() -> int:
    """Delete address changes whose notices were sent long ago; returns how many rows. Run by the worker."""
    return EmailChange.objects.filter(at__lte=clock.now() - EMAIL_CHANGES_KEPT).delete()[0]


@verb
def set_active(account: User, *, by: Actor, active: bool) -> User:
    """Close or open an account. A closed account can neither log in nor hold a position.

    Effects: journal.
    Raises: Refused for the last administrator.
    """
    user = User.objects.select_for_update().get(pk=account.pk)
    if not active:
        _keep_an_administrator(user)
    if user.is_active != active:
        user.is_active = active
        user.save(update_fields=["is_active"])
        journal.record("open_account" if active else "close_account", "user", user.pk, by)
    return user


@verb
def assign_role(account: User, *, by: Actor, role: str, unit: Unit | None = None) -> StaffRole:
    """Give an account a role. Section heads and drafters get it for a unit. Calling it again changes nothing.

    Effects: journal.
    Raises: Refused for an unknown role, and for a section head or drafter without a unit.
    """
    if role not in Role.values:
        raise Refused(_("Peran ini tidak dikenal."), field="role")
    if role in Role.with_unit() and unit is None:
        raise Refused(_("Peran kepala bidang/bagian dan penyusun SOP memerlukan unit."), field="unit")
    assigned, created = StaffRole.objects.get_or_create(user=account, role=role, unit=unit)
    if created:
        clear_cached_roles(account)
        journal.record("assign_role", "user", account.pk, by, role=role, unit=assigned.unit_id)
    return assigned


@verb
def revoke_role(account: User, *, by: Actor, role: str, unit: Unit | None = None) -> None:
    """Remove a role from an account.

    Effects: journal.
    Raises: Refused if the account does not have the role, and for the last administrator.
    """
    if role == Role.ADMINISTRATOR:
        _keep_an_administrator(account)
    removed, _kinds = StaffRole.objects.filter(user=account, role=role, unit=unit).delete()
    if not removed:
        raise Refused(_("Petugas ini tidak memiliki peran tersebut."), field="role")
    clear_cached_roles(account)
    journal.record("revoke_role", "user", account.pk, by, role=role, unit=unit and unit.pk)


@part
def lock_administrators() -> None:
    """Let concurrent callers wait until the commit, so that two administrators cannot remove each other."""
    with connection.cursor() as cursor:
        # An advisory lock, since two callers would lock the rows in opposite order.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('administrators'))")


def has_other_administrator(user: User) -> bool:
    """Whether another user with an open account is an administrator; see ``lock_administrators``."""
    lock_administrators()
    return administrators().exclude(user=user).exists()


def _keep_an_administrator(user: User) -> None:
    mine = StaffRole.objects.filter(user=user, role=Role.ADMINISTRATOR)
    if mine.exists() and not has_other_administrator(user):
        raise Refused(_("Harus ada paling sedikit satu administrator yang aktif."), field="role")


@dataclass(frozen=True)
class Order:
    """The order to act in a position (Plh., Plt.): its number, its date, and the superior who gave it."""

    number: str
    date: datetime.date | None
    given_by: str


@verb
def begin_tenure(
    holder: User,
    *,
    by: Actor,
    position: Position,
    kind: str = Tenure.Kind.DEFINITIVE,
    from_date: datetime.date | None = None,
    to_date: datetime.date | None = None,
    order: Order | None = None,
) -> Tenure:
    """Let a user hold a position from a day (default: today), as definitive or acting (Plt., Plh.) holder.

    ``order`` and ``to_date`` are required for an acting holder; ``order`` is ignored for a definitive one.
    Effects: the position's rights and work from the first day; journal.
    Raises: Refused (``field``) if the order is
    incomplete, the dates are out of order, or the user already holds the position in that period.
    """
    from_date = from_date or clock.today()
    if to_date and to_date < from_date:
        raise Refused(_("Tanggal selesai mendahului tanggal mulai."), field="to_date")
    written = {} if kind == Tenure.Kind.DEFINITIVE else _order_of_acting(order, from_date, to_date)
    # Locked, so that concurrent calls see each other's tenures.
    User.objects.select_for_update().get(pk=holder.pk)
    until = Q() if to_date is None else Q(from_date__lte=to_date)
    overlapping = Tenure.objects.filter(
        until, Q(to_date__isnull=True) | Q(to_date__gte=from_date), user=holder, position=position
    )
    if overlapping.exists():
        raise Refused(_("Petugas ini sudah memegang jabatan tersebut pada masa itu."), field="from_date")
    tenure = Tenure.objects.create(
        user=holder, position=position, kind=kind, from_date=from_date, to_date=to_date, **written
    )
    clear_cached_positions(holder)
    clear_cached_roles(holder)
    journal.record("begin_tenure", "user", holder.pk, by, tenure=tenure.pk, position=position.pk, kind=kind)
    return tenure


def _order_of_acting(order: Order | None, from_date: datetime.date, to_date: datetime.date | None) -> dict[str, Any]:
    """The order's columns. Raises: Refused for what the table's constraint would not accept."""
    if order is None or not order.number.strip():
        raise Refused(_("Tulis nomor surat perintah."), field="mandate")
    if order.date is None:
        raise Refused(_("Isi tanggal surat perintah."), field="mandate_date")
    if order.date > from_date:
        raise Refused(_("Surat perintah harus bertanggal sebelum atau pada hari mulai."), field="mandate_date")
    if not order.given_by.strip():
        raise Refused(_("Tulis pejabat yang memberi perintah."), field="mandate_by")
    if to_date is None:
        raise Refused(_("Isi hari terakhir masa tugas."), field="to_date")
    return {"mandate": order.number.strip(), "mandate_date": order.date, "mandate_by": order.given_by.strip()}


@verb
def end_tenure(tenure: Tenure, *, by: Actor, last_day: datetime.date | None = None) -> Tenure:
    """End a tenure with ``last_day`` (default: today, included). A tenure that ends by then stays unchanged.

    Effects: journal.
    Raises: Refused if ``last_day`` is before its first day.
    """
    person, tenure = tenure.user, Tenure.objects.select_for_update().get(pk=tenure.pk)
    last_day = last_day or clock.today()
    if last_day < tenure.from_date:
        raise Refused(_("Tanggal selesai mendahului tanggal mulai."), field="to_date")
    if tenure.to_date is not None and tenure.to_date <= last_day:
        return tenure
    tenure.to_date = last_day
    tenure.save(update_fields=["to_date"])
    clear_cached_positions(person)
    clear_cached_roles(person)
    journal.record("end_tenure", "user", tenure.user_id, by, tenure=tenure.pk, position=tenure.position_id)
    return tenure
