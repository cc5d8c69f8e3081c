"""Where each submitted request is and when it is due: one row per request, kept up to date by database triggers.

Only the triggers in ``services/sql/inbox_follows.sql`` write ``InboxEntry`` and ``Participation``. These rows copy the
values by which lists sort and filter, so that each list reads a single index, however many requests there are. The ids
have no foreign key constraints, because the original rows have them.

The conditions below are the only definition in SQL of where a case is and whether it is late;
``services.deadlines.urgency`` is their counterpart in Python for a single case.
"""

import datetime
from collections.abc import Iterable

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import Unit, User

from .case import StepRun
from .request import Request


class CasePlace(models.TextChoices):
    """Where a case is: exactly one place at a time."""

    OFFICE = "office", _("Kantor")
    AGENCY = "agency", _("Instansi lain")
    # The clock is stopped: in a step of the applicant, and in a step of the office or an agency respectively.
    APPLICANT = "applicant", _("Pemohon")
    PAUSED = "paused", _("Menunggu kelengkapan")
    # The applicant has answered, but their decision is not recorded yet: the clock runs.
    ANSWERED = "answered", _("Jawaban pemohon belum dicatat")
    # The office has done its part; the letter waits for collection.
    READY = "ready", _("Siap diambil")
    CLOSED = "closed", _("Ditutup")


CLOCK_RUNS = [CasePlace.OFFICE, CasePlace.AGENCY, CasePlace.ANSWERED]
CLOCK_STANDS = [CasePlace.APPLICANT, CasePlace.PAUSED]
# In a step of the applicant, which the desk can record.
AT_APPLICANT = [CasePlace.APPLICANT, CasePlace.ANSWERED, CasePlace.READY]

OPEN, CLOSED = ~Q(place=CasePlace.CLOSED), Q(place=CasePlace.CLOSED)
ON_THE_CLOCK = Q(place__in=CLOCK_RUNS)
# Open, and the office has not done its part yet.
RUNNING = Q(place__in=CLOCK_RUNS + CLOCK_STANDS)
UNCLAIMED = Q(place=CasePlace.OFFICE, assignee_id__isnull=True)
ELSEWHERE = Q(place__in=[CasePlace.AGENCY, CasePlace.APPLICANT, CasePlace.PAUSED, CasePlace.ANSWERED, CasePlace.READY])
SERVED_AT_DESK = Q(place__in=AT_APPLICANT)
# The due date of cases without one, so that they are sorted last; the same as in ``inbox_row.sql``.
NO_DUE_DATE = datetime.datetime(3000, 1, 1, tzinfo=datetime.UTC)
BY_DUE, BY_OFFER = ["due_at", "request"], ["offered_at", "request"]


def late(at: datetime.datetime) -> Q:
    """Condition: on the clock and past the open step's alarm or the promised date, whichever comes first."""
    return ON_THE_CLOCK & Q(due_at__lt=at)


def promise_broken(at: datetime.datetime) -> Q:
    """Condition: on the clock and past the date promised to the applicant."""
    return ON_THE_CLOCK & Q(promised_at__lt=at)


def at_units(unit_ids: Iterable[int]) -> Q:
    """Condition: the case belongs to one of the units, or its open step is in their pool or at their positions."""
    return Q(unit_id__in=unit_ids) | Q(pool_unit_id__in=unit_ids) | Q(run__position__unit_id__in=unit_ids)


class InboxEntry(models.Model):
    """Where a submitted request is, and the words by which it is found.

    The column ``arrived_xid`` (xid8, not a field here) is the transaction that moved it to its present place.
    """

    request = models.OneToOneField(Request, models.CASCADE, primary_key=True, related_name="entry")
    run = models.ForeignKey(
        StepRun, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    place = models.CharField(max_length=10, choices=CasePlace.choices)
    state = models.CharField(max_length=20)
    source = models.CharField(max_length=10)
    service_id = models.BigIntegerField()
    # The unit to which the case belongs; ``pool_unit_id``: the unit in whose pool the open step is.
    unit_id = models.BigIntegerField(null=True)
    pool_unit_id = models.BigIntegerField(null=True)
    position_id = models.BigIntegerField(null=True)
    step_no = models.PositiveSmallIntegerField(null=True)
    assignee_id = models.BigIntegerField(null=True)
    responsible_id = models.BigIntegerField(null=True)
    # Id of the user who finished the step before the open one.
    handed_by_id = models.BigIntegerField(null=True)
    # Whether the step before the open one sent the case back.
    returned = models.BooleanField(default=False, db_default=False)
    # The earlier of the open step's alarm and the date promised to the applicant; ``NO_DUE_DATE`` without either.
    due_at = models.DateTimeField()
    promised_at = models.DateTimeField(null=True)
    offered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # Number, names, NISN and similar numbers, schools, reduced to a-z and digits, with a space around each word.
    words = models.TextField()

    class Meta:
        verbose_name = _("entri daftar pekerjaan")
        verbose_name_plural = pgettext_lazy("jamak", "entri daftar pekerjaan")
        indexes = [
            models.Index(fields=["assignee_id", *BY_DUE], condition=ON_THE_CLOCK, name="entry_mine"),
            models.Index(fields=["position_id", *BY_DUE], condition=UNCLAIMED, name="entry_free_position"),
            models.Index(fields=["pool_unit_id", *BY_DUE], condition=UNCLAIMED, name="entry_free_unit"),
            models.Index(fields=["unit_id", *BY_DUE], condition=UNCLAIMED, name="entry_free_case_unit"),
            models.Index(fields=BY_DUE, condition=ON_THE_CLOCK, name="entry_due"),
            models.Index(fields=["service_id", *BY_DUE], condition=ON_THE_CLOCK, name="entry_due_service"),
            models.Index(fields=["unit_id", *BY_DUE], condition=ON_THE_CLOCK, name="entry_due_unit"),
            models.Index(fields=["position_id", *BY_DUE], condition=ON_THE_CLOCK, name="entry_due_position"),
            models.Index(fields=["responsible_id", *BY_DUE], condition=ON_THE_CLOCK, name="entry_due_responsible"),
            models.Index(fields=["assignee_id", *BY_OFFER], condition=ELSEWHERE, name="entry_waits_assignee"),
            models.Index(fields=["pool_unit_id", *BY_OFFER], condition=ELSEWHERE, name="entry_waits_unit"),
            models.Index(fields=["handed_by_id", *BY_OFFER], condition=ELSEWHERE, name="entry_waits_handed"),
            models.Index(fields=["responsible_id", *BY_OFFER], condition=OPEN, name="entry_waits_responsible"),
            models.Index(fields=BY_OFFER, condition=SERVED_AT_DESK, name="entry_waits_applicant"),
            models.Index(fields=["closed_at", "request"], condition=CLOSED, name="entry_closed"),
            models.Index(fields=["service_id", "closed_at", "request"], condition=CLOSED, name="entry_closed_service"),
            models.Index(fields=["unit_id", "closed_at", "request"], condition=CLOSED, name="entry_closed_unit"),
            GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="entry_words"),
        ]

    def __str__(self) -> str:
        return str(self.request_id)


class Participation(models.Model):
    """A user who finished a step of a request or is responsible for it, with copies of two of its columns."""

    entry = models.ForeignKey(InboxEntry, models.CASCADE, db_index=False, related_name="participations")
    user_id = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)
    service_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("keikutsertaan")
        verbose_name_plural = pgettext_lazy("jamak", "keikutsertaan")
        constraints = [models.UniqueConstraint(fields=["entry", "user_id"], name="participation_once")]
        indexes = [
            models.Index(
                fields=["user_id", "closed_at", "entry"],
                condition=Q(closed_at__isnull=False),
                name="participation_closed",
            ),
            models.Index(
                fields=["user_id", "service_id", "closed_at", "entry"],
                condition=Q(closed_at__isnull=False),
                name="participation_closed_service",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.user_id}"


class SavedFilter(models.Model):
    """A named filter of the inbox. One shared with a unit has no search words, because those name people."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_filters", verbose_name=_("pemilik"))
    name = models.CharField(_("nama"), max_length=60)
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("dibagikan kepada unit")
    )
    # Tab and filters, by the names of their query parameters.
    choice = models.JSONField(_("pilihan"), default=dict)
    words = models.CharField(_("kata pencarian"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("dibuat"))

    class Meta:
        verbose_name = _("saringan")
        verbose_name_plural = pgettext_lazy("jamak", "saringan")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(F("owner"), Lower("name"), name="saved_filter_name_once"),
            models.CheckConstraint(condition=Q(unit__isnull=True) | Q(words=""), name="shared_filter_holds_no_words"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_filter_is_named"),
        ]

    def __str__(self) -> str:
        return self.name
