"""People of the office: accounts, roles, tenures of positions in time, absences."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeAlias, TypedDict

from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import WithAnnotations

from .office import Position, Unit


class HeldAs(TypedDict):
    """Annotations of ``core.office.queries.positions_of``."""

    secretariat_for_ids: list[int]
    held_as: str | None


# A position with the annotations of ``core.office.queries.positions_of``.
HeldPosition: TypeAlias = "WithAnnotations[Position, HeldAs]"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("an account needs an e-mail address")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").lower())


class User(AbstractBaseUser):
    """A member of staff. Citizens have no account. Permissions come only from ``StaffRole``.

    Django's permission checks go to the backend. Its ``PermissionsMixin`` is not used, since it adds a superuser flag.
    """

    email = models.EmailField(_("surel"), unique=True)
    full_name = models.CharField(_("nama lengkap"), max_length=150)
    front_title = models.CharField(_("gelar depan"), max_length=40, blank=True)
    back_title = models.CharField(_("gelar belakang"), max_length=80, blank=True)
    nip = models.CharField(_("NIP"), max_length=18, blank=True)
    rank = models.CharField(_("pangkat/golongan"), max_length=80, blank=True)
    is_active = models.BooleanField(_("aktif"), default=True)
    date_joined = models.DateTimeField(_("terdaftar sejak"), auto_now_add=True)

    # The permission to open Django's admin at all.
    ENTER_PANEL = "admin.enter"
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = UserManager()

    class Meta:
        verbose_name = _("petugas")
        verbose_name_plural = pgettext_lazy("jamak", "petugas")
        ordering = ["full_name"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Func(F("email"), function="lower")), name="user_email_lower")
        ]

    # Cached on the object during a request by ``core.permissions`` and ``core.office.queries``.
    _portal_roles: frozenset[tuple[str, int | None]]
    _portal_units: dict[str, tuple[frozenset[tuple[str, int | None]], set[int]]]
    _portal_positions: "tuple[date, list[HeldPosition]]"

    def __str__(self) -> str:
        return self.full_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Make sessions end when the password or the address changes, since somebody else may have had either."""
        salt, words = "ula_portal.core.session", f"{self.password}\n{self.email}"
        return salted_hmac(salt, words, secret=secret, algorithm="sha256").hexdigest()

    @property
    def titled_name(self) -> str:
        """Name with academic titles, as letters print it."""
        name = f"{self.front_title} {self.full_name}".strip()
        return f"{name}, {self.back_title}" if self.back_title else name

    @property
    def is_staff(self) -> bool:
        """Whether the user may open the admin panel; Django's admin reads this."""
        return self.has_perm(self.ENTER_PANEL)

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        return self.is_active and any(backend.has_perm(self, perm, obj) for backend in get_backends())

    def has_perms(self, perms: Iterable[str], obj: models.Model | None = None) -> bool:
        return all(self.has_perm(p, obj) for p in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(
            hasattr(backend, "has_module_perms") and backend.has_module_perms(self, app_label)
            for backend in get_backends()
        )


class EmailChange(models.Model):
    """The old and new address of an account, for the notices to both. Deleted after some weeks."""

    user = models.ForeignKey(User, models.CASCADE, related_name="email_changes")
    old_email = models.EmailField()
    new_email = models.EmailField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(old_email=F("new_email")), name="email_change_changes")]

    def __str__(self) -> str:
        return f"{self.user_id}"


class Role(models.TextChoices):
    FRONT_DESK = "frontdesk", _("Petugas meja depan")
    COUNTER = "counter", _("Petugas loket")
    OFFICIAL = "official", _("Pejabat")
    SECTION_HEAD = "section_head", _("Kepala bidang/bagian")
    DRAFTER = "drafter", _("Penyusun SOP")
    HEAD = "head", _("Kepala dinas")
    ADMINISTRATOR = "admin", _("Administrator")

    @classmethod
    def with_unit(cls) -> "tuple[Role, ...]":
        """Roles that are limited to one unit and its sub-units."""
        return (cls.SECTION_HEAD, cls.DRAFTER)


class StaffRole(models.Model):
    """A role of a user. For section heads and drafters it applies to ``unit`` and its sub-units."""

    user = models.ForeignKey(User, models.CASCADE, related_name="staff_roles", verbose_name=_("petugas"))
    role = models.CharField(_("peran"), max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"))

    class Meta:
        verbose_name = _("peran petugas")
        verbose_name_plural = pgettext_lazy("jamak", "peran petugas")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "unit"], name="staff_role_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=~Q(role__in=[Role.SECTION_HEAD, Role.DRAFTER]) | Q(unit__isnull=False),
                name="section_head_has_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


def _dates(start: str, end: str) -> Func:
    return Func(
        F(start),
        F(end),
        RangeBoundary(inclusive_upper=True),
        function="daterange",
        output_field=DateRangeField(),
    )


class Tenure(models.Model):
    """A user holds a position in a period. Acting holders (``plt``, ``plh``) do so by a superior's order."""

    class Kind(models.TextChoices):
        DEFINITIVE = "definitive", _("Definitif")
        PLT = "plt", _("Pelaksana tugas (Plt.)")
        PLH = "plh", _("Pelaksana harian (Plh.)")

    user = models.ForeignKey(User, models.PROTECT, related_name="tenures", verbose_name=_("petugas"))
    position = models.ForeignKey(Position, models.PROTECT, related_name="tenures", verbose_name=_("jabatan"))
    kind = models.CharField(_("jenis"), max_length=12, choices=Kind.choices, default=Kind.DEFINITIVE)
    from_date = models.DateField(_("mulai"))
    to_date = models.DateField(_("sampai"), null=True, blank=True)
    # The order to act: its number, its date, and who gave it (for the head of office, the regent).
    mandate = models.CharField(_("nomor surat perintah"), max_length=120, blank=True)
    mandate_date = models.DateField(_("tanggal surat perintah"), null=True, blank=True)
    mandate_by = models.CharField(_("pejabat pemberi perintah"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("masa jabatan")
        verbose_name_plural = pgettext_lazy("jamak", "masa jabatan")
        constraints = [
            models.CheckConstraint(
                condition=Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")),
                name="tenure_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(kind="definitive")
                | (
                    Q(to_date__isnull=False, mandate_date__isnull=False, mandate_date__lte=F("from_date"))
                    & ~Q(mandate="")
                    & ~Q(mandate_by="")
                ),
                name="acting_tenure_has_order",
            ),
            ExclusionConstraint(
                name="tenure_same_person_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("position", RangeOperators.EQUAL),
                    (_dates("from_date", "to_date"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["position", "from_date"])]

    def __str__(self) -> str:
        return f"{self.user} – {self.position}"

    @property
    def prefix(self) -> str:
        """The prefix of the position's name in a signature block: ``Plt. ``, ``Plh. `` or nothing."""
        return {"plt": "Plt. ", "plh": "Plh. "}.get(self.kind, "")


class Absence(models.Model):
    """Days on which a user is absent; meanwhile their steps go to the deputy or to an acting holder.

    ``recorded_by``: the user who recorded it (None: the set-up); ``seen_at``: when the absentee saw what another user
    recorded.
    """

    class Kind(models.TextChoices):
        TRAVEL = "travel", _("Dinas luar")
        LEAVE = "leave", _("Cuti")
        SICK = "sick", _("Sakit")
        MEETING = "meeting", _("Rapat")

    user = models.ForeignKey(User, models.CASCADE, related_name="absences", verbose_name=_("petugas"))
    kind = models.CharField(_("alasan"), max_length=10, choices=Kind.choices)
    from_date = models.DateField(_("mulai"))
    to_date = models.DateField(_("sampai"))
    deputy = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="deputising", verbose_name=_("pengganti")
    )
    recorded_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("dicatat oleh")
    )
    seen_at = models.DateTimeField(_("dibaca"), null=True, blank=True)

    class Meta:
        verbose_name = _("ketidakhadiran")
        verbose_name_plural = pgettext_lazy("jamak", "ketidakhadiran")
        constraints = [
            models.CheckConstraint(condition=Q(to_date__gte=F("from_date")), name="absence_dates_in_order"),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("user")), name="absence_deputy_is_another"
            ),
            # A user who records somebody else's absence cannot become their deputy that way.
            models.CheckConstraint(
                condition=Q(deputy__isnull=True)
                | Q(recorded_by__isnull=True)
                | Q(recorded_by=F("user"))
                | ~Q(recorded_by=F("deputy")),
                name="absence_recorder_is_not_deputy",
            ),
        ]
        indexes = [models.Index(fields=["user", "from_date", "to_date"])]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"
