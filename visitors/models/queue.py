"""Counters, tickets and the append-only events of the queue."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from services.models import Service
from ula_portal.core.models import Location, Position, User
from ula_portal.core.text.badges import Badge
from ula_portal.core.verbs.moves import Moving, StateField
from visitors.states import TICKET

from .rules import ticket_label
from .visit import Visit


class Counter(models.Model):
    class Kind(models.TextChoices):
        COUNTER = "counter", _("Loket")
        ROOM = "room", _("Ruang pejabat")

    location = models.ForeignKey(Location, models.PROTECT, related_name="counters", verbose_name=_("lokasi"))
    name = models.CharField(_("nama"), max_length=120)
    # Announced and shown large ("loket dua"); rooms have none.
    number = models.PositiveSmallIntegerField(_("nomor loket"), null=True, blank=True)
    kind = models.CharField(_("jenis"), max_length=8, choices=Kind.choices, default=Kind.COUNTER)
    position = models.ForeignKey(
        Position,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pejabat di ruang ini"),
    )
    services = models.ManyToManyField(Service, blank=True, related_name="+", verbose_name=_("layanan"))
    # Called first within the lane whose turn it is, while nobody there has waited long.
    preferred = models.ManyToManyField(
        Service, blank=True, related_name="+", verbose_name=_("layanan yang didahulukan")
    )
    active = models.BooleanField(_("dipakai"), default=True)

    class Meta:
        verbose_name = _("loket")
        verbose_name_plural = pgettext_lazy("jamak", "loket")
        ordering = ["kind", "number", "name"]
        constraints = [models.UniqueConstraint(fields=["location", "name"], name="counter_name_once")]

    def __str__(self) -> str:
        return self.name


class CounterSession(models.Model):
    """A person's work at a counter, from opening to closing; at most one open session per counter and per person."""

    counter = models.ForeignKey(Counter, models.PROTECT, related_name="sessions", verbose_name=_("loket"))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("petugas"))
    opened_at = models.DateTimeField(_("dibuka"))
    paused_at = models.DateTimeField(_("jeda sejak"), null=True, blank=True)
    closed_at = models.DateTimeField(_("ditutup"), null=True, blank=True)

    class Meta:
        verbose_name = _("sesi loket")
        verbose_name_plural = pgettext_lazy("jamak", "sesi loket")
        constraints = [
            models.UniqueConstraint(
                fields=["counter"], condition=Q(closed_at__isnull=True), name="one_open_session_per_counter"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(closed_at__isnull=True), name="one_open_session_per_user"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counter}: {self.user}"

    @property
    def badge(self) -> Badge:
        """For an open session."""
        return Badge("warn", _("Jeda"), "pause") if self.paused_at else Badge("good", _("Buka"))


class TicketSeries(models.Model):
    """The last number of a location, day and letter; locking its row keeps the series gapless."""

    location = models.ForeignKey(Location, models.PROTECT, related_name="+")
    day = models.DateField()
    letter = models.CharField(max_length=1)
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "day", "letter"], name="ticket_series_once")]

    def __str__(self) -> str:
        return f"{self.location_id} {self.day} {self.letter}"


class Ticket(Moving):
    class State(models.TextChoices):
        WAITING = "waiting", _("Menunggu")
        CALLED = "called", _("Dipanggil")
        SERVING = "serving", _("Dilayani")
        HELD = "held", _("Ditunda")
        FINISHED = "finished", _("Selesai")
        NO_SHOW = "no_show", _("Tidak hadir")
        CANCELLED = "cancelled", _("Batal")

    LIVE_STATES = ("waiting", "called", "serving", "held")

    class Lane(models.TextChoices):
        REGULAR = "regular", _("Umum")
        PRIORITY = "priority", _("Prioritas")

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="tickets", verbose_name=_("kunjungan"))
    # Only looked up together with the day. Every call updates all indexes, so columns not looked up alone have none.
    location = models.ForeignKey(Location, models.PROTECT, related_name="+", verbose_name=_("lokasi"), db_index=False)
    day = models.DateField(_("hari"))
    letter = models.CharField(_("huruf"), max_length=1)
    number = models.PositiveIntegerField(_("nomor"))
    lane = models.CharField(_("jalur"), max_length=8, choices=Lane.choices, default=Lane.REGULAR)
    priority_ground = models.CharField(_("alasan prioritas"), max_length=40, blank=True)
    state = StateField(_("keadaan"), max_length=10, choices=State.choices, default=State.WAITING, moves=TICKET)
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("layanan"), db_index=False
    )
    # The only counter or room that may call it; NULL for any counter that serves the service.
    target = models.ForeignKey(
        Counter, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dialihkan ke"), db_index=False
    )
    session = models.ForeignKey(
        CounterSession,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        verbose_name=_("sesi loket"),
        db_index=False,
    )
    issued_at = models.DateTimeField(_("diambil"))
    # Order in the queue; kept by a transfer, changed when the visitor reports back after a no-show.
    waiting_since = models.DateTimeField(_("menunggu sejak"))
    called_at = models.DateTimeField(_("dipanggil"), null=True, blank=True)
    calls = models.PositiveSmallIntegerField(_("kali dipanggil"), default=0)
    served_at = models.DateTimeField(_("mulai dilayani"), null=True, blank=True)
    finished_at = models.DateTimeField(_("selesai"), null=True, blank=True)
    result = models.CharField(_("hasil"), max_length=200, blank=True)
    # What the last click changed, so that it can be taken back (``queue.actions.undoing``); no personal data.
    undo = models.JSONField(null=True, blank=True, editable=False)
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("nomor antrean")
        verbose_name_plural = pgettext_lazy("jamak", "nomor antrean")
        constraints = [
            models.UniqueConstraint(fields=["location", "day", "letter", "number"], name="ticket_number_once"),
            models.UniqueConstraint(fields=["token_hash"], name="ticket_token_once"),
            models.UniqueConstraint(
                fields=["visit"],
                condition=Q(state__in=["waiting", "called", "serving", "held"]),
                name="one_live_ticket_per_visit",
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(state__in=["called", "serving"]),
                name="one_called_ticket_per_session",
            ),
            models.CheckConstraint(condition=Q(letter__regex=r"^[A-HJ-NPR-Z]$"), name="ticket_letter_readable"),
            models.CheckConstraint(
                condition=~Q(state__in=["called", "serving"]) | Q(session__isnull=False),
                name="called_ticket_has_session",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(session__isnull=True), name="waiting_ticket_has_no_session"
            ),
        ]
        indexes = [
            models.Index(
                fields=["location", "day", "lane", "waiting_since", "id"],
                condition=Q(state="waiting"),
                name="ticket_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return ticket_label(self.letter, self.number)

    @property
    def counter(self) -> Counter | None:
        """The counter that called it last; None while it waits."""
        return self.session.counter if self.session else None


class QueueEvent(models.Model):
    """An event of the queue, from which displays and other open pages are updated; append-only by trigger, no personal
    data.

    A column ``xid`` (xid8, default ``pg_current_xact_id()``) lets a reader take only rows whose transaction lies below
    ``pg_snapshot_xmin``. With a plain id as cursor it would lose rows of transactions that commit late.
    """

    # Not checked by the database, since all clerks would lock the row of their location. The ticket's key is checked.
    location = models.ForeignKey(Location, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, blank=True, related_name="events")
    counter = models.ForeignKey(Counter, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("kejadian antrean")
        verbose_name_plural = pgettext_lazy("jamak", "kejadian antrean")
        indexes = [
            # For the last calls of a counter, which decide whose lane is next.
            models.Index(fields=["counter", "-at", "-id"], condition=Q(kind="called"), name="event_calls_of_counter"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_id}"
