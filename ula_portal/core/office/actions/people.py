"""Staff: accounts, roles, tenures of positions in time, absences. Administrators and set-up only."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ula_portal.core import clock, identifiers
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM, Actor, staff
from ula_portal.core.models import Absence, EmailChange, Position, Role, StaffRole, Tenure, Unit, User
from ula_portal.core.notices import outbox
from ula_portal.core.verbs.errors import Refused

# Beyond the last try of a notice.
EMAIL_CHANGES_KEPT = datetime.timedelta(days=30)
_TITLES = ("front_title", "back_title", "nip", "rank")


@transaction.atomic
def create_staff_member(
    email: str, full_name: str, password: str | None = None, *, actor: Actor = SYSTEM, **titles: str
) -> User:
    """Open an account for a member of staff; what it may do comes with ``assign_role``.

    ``titles``: ``front_title``, ``back_title``, ``nip`` (18 digits), ``rank``. Without a password the account can be
    used only after the person has set one by e-mail. Raises Refused with the field when the address is taken, the NIP
    is no NIP or the password is too weak.
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
    journal.record("create_staff_member", "user", user.pk, actor)
    return user


def _nip(text: str) -> str:
    """The 18 digits, however they were written; an empty text stays empty."""
    try:
        return identifiers.parse_nip(text).number if text else ""
    except ValueError as error:
        raise Refused(str(error), field="nip") from error


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), field="password") from error


@transaction.atomic
def set_password(user: User, password: str, *, actor: Actor = SYSTEM) -> User:
    """Set somebody's password; they are logged out everywhere. Raises Refused when it is too weak."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    journal.record("set_password", "user", user.pk, actor)
    return user


@transaction.atomic
def change_email(user: User, email: str, *, actor: Actor = SYSTEM) -> User:
    """Give an account another address, the only one it then logs in with.

    The person is logged out everywhere and links to a new password end; both addresses are told. The same address again
    changes nothing. Raises Refused when it is taken or no address.
    """
    user, email = User.objects.select_for_update().get(pk=user.pk), email.strip().lower()
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
    journal.record("change_email", "user", user.pk, actor)
    return user


def forget_email_changes() -> int:
    """Delete changes of addresses whose notices are long sent; how many rows. The worker's chore."""
    return EmailChange.objects.filter(at__lte=clock.now() - EMAIL_CHANGES_KEPT).delete()[0]


@transaction.atomic
def set_active(user: User, active: bool, *, actor: Actor = SYSTEM) -> User:
    """Close or open an account. A closed one can neither log in nor hold a position.

    Raises Refused for the last administrator.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not active:
        _keep_an_administrator(user)
    if user.is_active != active:
        user.is_active = active
        user.save(update_fields=["is_active"])
        journal.record("open_account" if active else "close_account", "user", user.pk, actor)
    return user


@transaction.atomic
def assign_role(user: User, role: str, *, unit: Unit | None = None, actor: Actor = SYSTEM) -> StaffRole:
    """Give a role, for section heads and drafters with the unit it reaches. Giving it again changes nothing.

    Raises Refused for an unknown role and for a section head or drafter without unit.
    """
    if role not in Role.values:
        raise Refused(_("Peran ini tidak dikenal."), field="role")
    if role in Role.with_unit() and unit is None:
        raise Refused(_("Peran kepala bidang/bagian dan penyusun SOP memerlukan unit."), field="unit")
    given, created = StaffRole.objects.get_or_create(user=user, role=role, unit=unit)
    if created:
        forget_roles(user)
        journal.record("assign_role", "user", user.pk, actor, role=role, unit=given.unit_id)
    return given


@transaction.atomic
def revoke_role(user: User, role: str, *, unit: Unit | None = None, actor: Actor = SYSTEM) -> None:
    """Take a role away. Raises Refused when the person does not have it, and for the last administrator."""
    if role == Role.ADMINISTRATOR:
        _keep_an_administrator(user)
    removed, _kinds = StaffRole.objects.filter(user=user, role=role, unit=unit).delete()
    if not removed:
        raise Refused(_("Petugas ini tidak memiliki peran tersebut."), field="role")
    forget_roles(user)
    journal.record("revoke_role", "user", user.pk, actor, role=role, unit=unit and unit.pk)


def has_other_administrator(user: User) -> bool:
    """Whether somebody else with an open account is an administrator.

    Whoever asks next waits until the commit: two who remove each other at once must leave one.
    """
    with connection.cursor() as cursor:
        # Locks of the rows themselves would be taken crosswise.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('administrators'))")
    others = StaffRole.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    return others.exclude(user=user).exists()


def _keep_an_administrator(user: User) -> None:
    mine = StaffRole.objects.filter(user=user, role=Role.ADMINISTRATOR)
    if mine.exists() and not has_other_administrator(user):
        raise Refused(_("Harus ada paling sedikit satu administrator yang aktif."), field="role")


def forget_roles(user: User) -> None:
    """Roles are remembered on the object for a request; see ``permissions.roles_of``."""
    user.__dict__.pop("_portal_roles", None)


def forget_positions(*people: User) -> None:
    """Positions are remembered on the object for a request; see ``queries.positions_of``."""
    for user in people:
        user.__dict__.pop("_portal_positions", None)


@dataclass(frozen=True)
class Order:
    """The order by which somebody acts (Plh., Plt.): its number, its date, and the superior who gave it."""

    number: str
    date: datetime.date | None
    given_by: str


@transaction.atomic
def begin_tenure(
    user: User,
    position: Position,
    *,
    kind: str = Tenure.Kind.DEFINITIVE,
    from_date: datetime.date | None = None,
    to_date: datetime.date | None = None,
    order: Order | None = None,
    actor: Actor = SYSTEM,
) -> Tenure:
    """Let somebody hold a position from a day (default: today), as definitive or acting (Plt., Plh.) holder.

    ``order``: an ``Order``, due with a last day for an acting holder, else left out. Raises Refused (``field``) when it
    lacks something, the dates are out of order, or the person holds the position already in that time.
    """
    from_date = from_date or clock.today()
    if to_date and to_date < from_date:
        raise Refused(_("Tanggal selesai mendahului tanggal mulai."), field="to_date")
    written = {} if kind == Tenure.Kind.DEFINITIVE else _order_of_acting(order, from_date, to_date)
    # Locked, so that of two tenures at once the second sees the first.
    User.objects.select_for_update().get(pk=user.pk)
    until = Q() if to_date is None else Q(from_date__lte=to_date)
    overlapping = Tenure.objects.filter(
        until, Q(to_date__isnull=True) | Q(to_date__gte=from_date), user=user, position=position
    )
    if overlapping.exists():
        raise Refused(_("Petugas ini sudah memegang jabatan tersebut pada masa itu."), field="from_date")
    tenure = Tenure.objects.create(
        user=user, position=position, kind=kind, from_date=from_date, to_date=to_date, **written
    )
    forget_positions(user)
    forget_roles(user)
    journal.record("begin_tenure", "user", user.pk, actor, tenure=tenure.pk, position=position.pk, kind=kind)
    return tenure


def _order_of_acting(order: Order | None, from_date: datetime.date, to_date: datetime.date | None) -> dict[str, Any]:
    """Columns of the order; the table's constraint holds the same."""
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


@transaction.atomic
def end_tenure(tenure: Tenure, *, last_day: datetime.date | None = None, actor: Actor = SYSTEM) -> Tenure:
    """End a tenure with ``last_day`` (default: today), that day included. One that ends by then already stays as it is.

    Raises Refused before its first day.
    """
    person, tenure = tenure.user, Tenure.objects.select_for_update().get(pk=tenure.pk)
    last_day = last_day or clock.today()
    if last_day < tenure.from_date:
        raise Refused(_("Tanggal selesai mendahului tanggal mulai."), field="to_date")
    if tenure.to_date is not None and tenure.to_date <= last_day:
        return tenure
    tenure.to_date = last_day
    tenure.save(update_fields=["to_date"])
    forget_positions(person)
    forget_roles(person)
    journal.record("end_tenure", "user", tenure.user_id, actor, tenure=tenure.pk, position=tenure.position_id)
    return tenure


@transaction.atomic
def record_absence(
    user: User,
    kind: str,
    from_date: datetime.date,
    to_date: datetime.date,
    *,
    deputy: User | None = None,
    by: User | None = None,
) -> Absence:
    """Note days on which somebody is away (both included); the deputy's inbox then shows their work.

    ``by``: who notes it (None: set-up). Raises Refused when the dates are out of order, for days already noted, or when
    the deputy is the person, has a closed account, or notes somebody else's absence.
    """
    if to_date < from_date:
        raise Refused(_("Tanggal selesai mendahului tanggal mulai."), field="to_date")
    if deputy and deputy.pk == user.pk:
        raise Refused(_("Pengganti harus petugas lain."), field="deputy")
    if deputy and not deputy.is_active:
        raise Refused(_("Akun pengganti sudah ditutup."), field="deputy")
    if deputy and by and by.pk == deputy.pk:
        raise Refused(_("Anda tidak dapat mencatat diri sendiri sebagai pengganti orang lain."), field="deputy")
    # Locked, so that of two at once the second sees what the first noted.
    User.objects.select_for_update().get(pk=user.pk)
    if Absence.objects.filter(user=user, from_date__lte=to_date, to_date__gte=from_date).exists():
        raise Refused(_("Pada masa itu ketidakhadiran sudah tercatat."), field="from_date")
    absence = Absence.objects.create(
        user=user, kind=kind, from_date=from_date, to_date=to_date, deputy=deputy, recorded_by=by
    )
    forget_positions(user, *filter(None, [deputy]))
    actor = staff(by) if by else SYSTEM
    journal.record("record_absence", "user", user.pk, actor, absence=absence.pk, deputy=deputy and deputy.pk)
    return absence
