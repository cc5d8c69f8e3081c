"""Appointments (*janji kedatangan*): weekly plans, the slots opened from them, and the seats booked in the slots."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from services.models import Request, Service
from ula_portal.core import clock
from ula_portal.core.models import HoursRule, Location, Notice, User
from ula_portal.core.text.badges import Badge
from ula_portal.core.verbs.moves import Moving, StateField
from visitors.states import BOOKING, SLOT

from .rules import Closure
from .visit import Visit, Visitor

# Minutes that one appointment may take.
SHORTEST, LONGEST = 5, 480


class SlotPlan(models.Model):
    """The weekdays and hours in which a service receives booked visitors at a location, slot after slot."""

    service = models.ForeignKey(Service, models.PROTECT, related_name="+", verbose_name=_("layanan"))
    location = models.ForeignKey(Location, models.PROTECT, related_name="+", verbose_name=_("lokasi"))
    # 0 Monday to 6 Sunday.
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=HoursRule.WEEKDAYS), verbose_name=_("hari"), default=list
    )
    from_time = models.TimeField(_("dari pukul"))
    to_time = models.TimeField(_("sampai pukul"))
    minutes = models.PositiveSmallIntegerField(_("lama satu janji (menit)"), default=30)
    capacity = models.PositiveSmallIntegerField(_("tempat tiap waktu"), default=2)
    from_date = models.DateField(_("berlaku mulai"), null=True, blank=True)
    to_date = models.DateField(_("berlaku sampai"), null=True, blank=True)
    active = models.BooleanField(_("dipakai"), default=True)
    # Slots are open up to this day; NULL when the plan has changed and must be followed again.
    opened_until = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("jadwal janji kedatangan")
        verbose_name_plural = pgettext_lazy("jamak", "jadwal janji kedatangan")
        ordering = ["service__name", "location__name", "from_time", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(to_time__gt=F("from_time")), name="slot_plan_times_in_order"),
            models.CheckConstraint(condition=Q(minutes__gte=SHORTEST, minutes__lte=LONGEST), name="slot_plan_minutes"),
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=50), name="slot_plan_capacity"),
            models.CheckConstraint(
                condition=Q(weekdays__len__gte=1, weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6]),
                name="slot_plan_weekdays",
            ),
            models.CheckConstraint(
                condition=Q(from_date__isnull=True) | Q(to_date__isnull=True) | Q(to_date__gte=F("from_date")),
                name="slot_plan_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.from_time:%H.%M}–{self.to_time:%H.%M}"


class Slot(Moving):
    """A time at which a number of visitors may come by appointment; opened by ``appointments.actions.plans`` only."""

    class State(models.TextChoices):
        OPEN = "open", _("Dibuka")
        # Closed by a person, and opened again only by a person.
        CLOSED = "closed", _("Ditutup")
        # Outside service hours or on a holiday; opens again when the calendar changes.
        OFF = "off", _("Di luar jam pelayanan")
        # No plan wants it any more: bookings stay, new ones are refused.
        DROPPED = "dropped", _("Tidak lagi dijadwalkan")

    service = models.ForeignKey(Service, models.PROTECT, related_name="+", verbose_name=_("layanan"), db_index=False)
    location = models.ForeignKey(Location, models.PROTECT, related_name="+", verbose_name=_("lokasi"), db_index=False)
    starts_at = models.DateTimeField(_("mulai"))
    ends_at = models.DateTimeField(_("selesai"))
    capacity = models.PositiveSmallIntegerField(_("tempat"))
    state = StateField(_("keadaan"), max_length=8, choices=State.choices, default=State.OPEN, moves=SLOT)
    closed_reason = models.CharField(_("alasan ditutup"), max_length=200, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ditutup oleh"), db_index=False
    )
    # The sudden closure that closed it and will open it again; NULL when a person closed this slot itself.
    closure = models.ForeignKey(
        Closure, models.PROTECT, null=True, blank=True, related_name="slots", verbose_name=_("penutupan mendadak")
    )

    class Meta:
        verbose_name = _("waktu janji kedatangan")
        verbose_name_plural = pgettext_lazy("jamak", "waktu janji kedatangan")
        constraints = [
            models.UniqueConstraint(fields=["service", "location", "starts_at"], name="slot_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_times_in_order"),
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=50), name="slot_capacity"),
            models.CheckConstraint(
                condition=Q(closure__isnull=True) | Q(state="closed"), name="slot_of_a_closure_is_closed"
            ),
        ]
        indexes = [models.Index(fields=["location", "starts_at"], name="slot_day_of_location")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.starts_at:%Y-%m-%d %H:%M}"


class Booking(Moving):
    """A seat in a slot, booked by a visitor; it keeps its secret address when it moves to another slot."""

    class State(models.TextChoices):
        BOOKED = "booked", _("Terjadwal")
        ARRIVED = "arrived", _("Sudah datang")
        MISSED = "missed", _("Tidak datang")
        CANCELLED = "cancelled", _("Dibatalkan")
        # The office closed its slot and has asked the visitor to choose another time.
        DISPLACED = "displaced", _("Perlu waktu lain")

    # States in which the seat is taken.
    SEATED = ("booked", "arrived", "missed")
    # States from which the visitor may still cancel or move it.
    COMING = ("booked", "displaced")
    # States in which the visitor may be checked in on the day.
    ARRIVABLE = ("booked", "missed", "displaced")

    slot = models.ForeignKey(Slot, models.PROTECT, related_name="bookings", verbose_name=_("waktu"))
    # From 1 to the slot's capacity; NULL after the seat was given back.
    seat = models.PositiveSmallIntegerField(_("tempat"), null=True, blank=True)
    # The seat that a closure took, given back when the slot opens again; kept when the visitor came all the same.
    lost_seat = models.PositiveSmallIntegerField(_("tempat semula"), null=True, blank=True)
    # The notice about the closure; dropped if the slot opens again before it is sent.
    displaced_notice = models.ForeignKey(Notice, models.SET_NULL, null=True, blank=True, related_name="+")
    visitor = models.ForeignKey(Visitor, models.PROTECT, related_name="bookings", verbose_name=_("tamu"))
    email = models.EmailField(_("surel"), blank=True)
    wants_reminder = models.BooleanField(_("minta diingatkan"), default=False)
    request = models.ForeignKey(
        Request, models.PROTECT, null=True, blank=True, related_name="bookings", verbose_name=_("permohonan")
    )
    state = StateField(_("keadaan"), max_length=10, choices=State.choices, default=State.BOOKED, moves=BOOKING)
    booked_at = models.DateTimeField(_("dibuat"))
    moves = models.PositiveSmallIntegerField(_("kali dipindah"), default=0)
    reminded_at = models.DateTimeField(_("diingatkan"), null=True, blank=True)
    ended_at = models.DateTimeField(_("berakhir"), null=True, blank=True)
    # Why the office took the time away; shown to the visitor.
    reason = models.CharField(_("alasan"), max_length=200, blank=True)
    visit = models.OneToOneField(
        Visit, models.PROTECT, null=True, blank=True, related_name="booking", verbose_name=_("kunjungan")
    )
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("janji kedatangan")
        verbose_name_plural = pgettext_lazy("jamak", "janji kedatangan")
        constraints = [
            models.UniqueConstraint(fields=["slot", "seat"], name="booking_seat_once"),
            models.CheckConstraint(
                condition=Q(seat__isnull=False, lost_seat__isnull=True, state__in=["booked", "arrived", "missed"])
                | Q(seat__isnull=True, lost_seat__isnull=True, state="cancelled")
                | Q(seat__isnull=True, lost_seat__isnull=False, state__in=["displaced", "arrived"]),
                name="booking_holds_a_seat",
            ),
            models.CheckConstraint(
                condition=Q(visit__isnull=False, state="arrived") | Q(visit__isnull=True) & ~Q(state="arrived"),
                name="booking_arrived_with_visit",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(state="booked"),
                name="one_coming_booking_per_request",
            ),
        ]
        indexes = [
            # For the worker's sweep, and for the limit of bookings per person.
            models.Index(fields=["slot"], condition=Q(state="booked"), name="booking_coming"),
            models.Index(fields=["email"], condition=Q(state="booked") & ~Q(email=""), name="booking_coming_email"),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id}/{self.seat}"

    @property
    def badge(self) -> Badge:
        if self.state == self.State.BOOKED and not self.may_change:
            return Badge("neutral", _("Waktunya sudah lewat"))
        tones = {"booked": "info", "arrived": "good", "displaced": "warn"}
        return Badge(tones.get(self.state, "neutral"), self.get_state_display())

    @property
    def is_today(self) -> bool:
        """Whether its slot is today, in the office's time zone."""
        return clock.local(self.slot.starts_at).date() == clock.today()

    @property
    def may_arrive(self) -> bool:
        """Whether its visitor may be checked in now, even when late or when the time was closed."""
        return self.is_today and self.state in self.ARRIVABLE

    @property
    def may_change(self) -> bool:
        """Whether it may still be moved or cancelled: it is still to come, or the office took its time away."""
        return self.state == self.State.DISPLACED or (
            self.state == self.State.BOOKED and self.slot.ends_at > clock.now()
        )
