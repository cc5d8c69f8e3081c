"""What the inbox reads: a row per submitted request, kept by the database (``services/sql/inbox_follows.sql``).

Nothing else writes ``InboxEntry`` and ``Participation``. They copy what a list sorts and filters by into one row, so
that each list is one walk along one index, however many requests there are. Ids stand without constraints: the rows
that they copy hold them.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import Unit, User

from .case import StepRun
from .request import Request

ON_THE_CLOCK = Q(place__in=["office", "agency"])
FREE = Q(place="office", assignee_id__isnull=True)
ELSEWHERE = Q(place__in=["agency", "applicant", "paused"])
BY_DUE, BY_OFFER = ["due_at", "request"], ["offered_at", "request"]


class InboxEntry(models.Model):
    """Where a submitted request is, and the words it is found by.

    The column ``arrived_xid`` (xid8, not a field here) is the transaction that brought it to its place.
    """

    class Place(models.TextChoices):
        OFFICE = "office", _("Kantor")
        AGENCY = "agency", _("Instansi lain")
        APPLICANT = "applicant", _("Pemohon")
        PAUSED = "paused", _("Menunggu kelengkapan")
        CLOSED = "closed", _("Ditutup")

    request = models.OneToOneField(Request, models.CASCADE, primary_key=True, related_name="entry")
    run = models.ForeignKey(
        StepRun, models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    place = models.CharField(max_length=10, choices=Place.choices)
    state = models.CharField(max_length=20)
    source = models.CharField(max_length=10)
    service_id = models.BigIntegerField()
    # The unit that answers for the case; ``pool_unit_id``: the one whose pool the open step is in.
    unit_id = models.BigIntegerField(null=True)
    pool_unit_id = models.BigIntegerField(null=True)
    position_id = models.BigIntegerField(null=True)
    step_no = models.PositiveSmallIntegerField(null=True)
    assignee_id = models.BigIntegerField(null=True)
    responsible_id = models.BigIntegerField(null=True)
    # Who finished the step before the open one.
    handed_by_id = models.BigIntegerField(null=True)
    # The step before the open one sent it back to here.
    returned = models.BooleanField(default=False, db_default=False)
    # The earlier of the open step's alarm and the request's due date; the year 3000 without any.
    due_at = models.DateTimeField()
    offered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # Number, names, NISN and the like, schools: a to z and digits, a space before and after each word.
    words = models.TextField()

    class Meta:
        verbose_name = _("entri daftar pekerjaan")
        verbose_name_plural = pgettext_lazy("jamak", "entri daftar pekerjaan")
        indexes = [
            models.Index(fields=["assignee_id", *BY_DUE], condition=ON_THE_CLOCK, name="entry_mine"),
            models.Index(fields=["position_id", *BY_DUE], condition=FREE, name="entry_free_position"),
            models.Index(fields=["pool_unit_id", *BY_DUE], condition=FREE, name="entry_free_unit"),
            models.Index(fields=["unit_id", *BY_DUE], condition=FREE, name="entry_free_case_unit"),
            models.Index(fields=BY_DUE, condition=ON_THE_CLOCK, name="entry_due"),
            models.Index(fields=["service_id", *BY_DUE], condition=ON_THE_CLOCK, name="entry_due_service"),
            models.Index(fields=["unit_id", *BY_DUE], condition=ON_THE_CLOCK, name="entry_due_unit"),
            models.Index(fields=["position_id", *BY_DUE], condition=ON_THE_CLOCK, name="entry_due_position"),
            models.Index(fields=["responsible_id", *BY_DUE], condition=ON_THE_CLOCK, name="entry_due_responsible"),
            models.Index(fields=["assignee_id", *BY_OFFER], condition=ELSEWHERE, name="entry_waits_assignee"),
            models.Index(fields=["pool_unit_id", *BY_OFFER], condition=ELSEWHERE, name="entry_waits_unit"),
            models.Index(fields=["handed_by_id", *BY_OFFER], condition=ELSEWHERE, name="entry_waits_handed"),
            models.Index(
                fields=["responsible_id", *BY_OFFER], condition=~Q(place="closed"), name="entry_waits_responsible"
            ),
            models.Index(fields=BY_OFFER, condition=Q(place="applicant"), name="entry_waits_applicant"),
            models.Index(fields=["closed_at", "request"], condition=Q(place="closed"), name="entry_closed"),
            models.Index(
                fields=["service_id", "closed_at", "request"], condition=Q(place="closed"), name="entry_closed_service"
            ),
            models.Index(
                fields=["unit_id", "closed_at", "request"], condition=Q(place="closed"), name="entry_closed_unit"
            ),
            GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="entry_words"),
        ]

    def __str__(self):
        return str(self.request_id)


class Participation(models.Model):
    """Somebody finished a step of a request or answers for it; ``closed_at``, ``service_id`` copy the request's."""

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

    def __str__(self):
        return f"{self.entry_id}: {self.user_id}"


class SavedFilter(models.Model):
    """A choice of the inbox under a name. Shared with a unit, it holds no words: they name people."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_filters", verbose_name=_("pemilik"))
    name = models.CharField(_("nama"), max_length=60)
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("dibagikan kepada unit")
    )
    # Tab and filters by the names that stand in addresses.
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

    def __str__(self):
        return self.name
