"""Rules of a location's queue: turns of the lanes, sudden closures, and numbers printed on paper."""

import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.core.validators import BaseValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import Location, User

# Turns of the lanes at a location without a rule of its own.
IN_A_ROW, AGES_AFTER_MINUTES = 2, 20


def ticket_label(letter: str, number: int) -> str:
    """A ticket's number as it is printed, shown and announced: A-012."""
    return f"{letter}-{number:03d}"


# Allowed values of each number of ``QueueRule``: (minimum, maximum).
BOUNDS = {
    "priority_in_a_row": (1, 5),
    "ages_after_minutes": (5, 240),
    "calls_before_no_show": (1, 5),
    "recall_after_seconds": (5, 120),
    "numbers_before_return": (1, 20),
}


def _within(name: str) -> list[BaseValidator]:
    least, most = BOUNDS[name]
    return [MinValueValidator(least), MaxValueValidator(most)]


class QueueRule(models.Model):
    """How the lanes and calls of a location take turns; a location without a row uses the defaults of these fields."""

    location = models.OneToOneField(Location, models.CASCADE, related_name="queue_rule", verbose_name=_("lokasi"))
    priority_in_a_row = models.PositiveSmallIntegerField(
        _("prioritas berturut-turut"),
        default=IN_A_ROW,
        validators=_within("priority_in_a_row"),
        help_text=_("Banyaknya nomor prioritas yang dipanggil sebelum satu nomor umum."),
    )
    ages_after_minutes = models.PositiveSmallIntegerField(
        _("menunggu lama sejak (menit)"),
        default=AGES_AFTER_MINUTES,
        validators=_within("ages_after_minutes"),
        help_text=_("Sejak lama tunggu ini nomor umum bergantian satu-satu dengan nomor prioritas."),
    )
    calls_before_no_show = models.PositiveSmallIntegerField(
        _("panggilan sebelum dinyatakan tidak hadir"), default=3, validators=_within("calls_before_no_show")
    )
    recall_after_seconds = models.PositiveSmallIntegerField(
        _("jeda antarpanggilan (detik)"), default=10, validators=_within("recall_after_seconds")
    )
    numbers_before_return = models.PositiveSmallIntegerField(
        _("nomor sebelum dipanggil kembali"),
        default=3,
        validators=_within("numbers_before_return"),
        help_text=_("Tamu yang terlewat lalu melapor dipanggil setelah sekian nomor berikutnya."),
    )

    class Meta:
        verbose_name = _("aturan antrean")
        verbose_name_plural = pgettext_lazy("jamak", "aturan antrean")
        constraints = [
            models.CheckConstraint(
                condition=Q(**{f"{name}__range": bounds for name, bounds in BOUNDS.items()}),
                name="queue_rule_in_bounds",
            )
        ]

    def __str__(self) -> str:
        return str(self.location)

    @property
    def ages_after(self) -> datetime.timedelta:
        return datetime.timedelta(minutes=self.ages_after_minutes)

    def is_last(self, call: int) -> bool:
        """Whether a visitor counts as absent after this many calls; a first call is never announced as the last."""
        return call >= max(2, self.calls_before_no_show)


class _Period(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Closure(models.Model):
    """An unforeseen stop of service (power cut, flood) from ``closed_at`` until ``until``, or until it is reopened
    earlier.

    While it lasts no numbers are issued; waiting visitors keep theirs.
    """

    location = models.ForeignKey(Location, models.PROTECT, related_name="closures", verbose_name=_("lokasi"))
    closed_at = models.DateTimeField(_("ditutup"))
    until = models.DateTimeField(_("sampai"))
    # Public in the waiting room and on the home page, so it must not mention a person.
    reason = models.CharField(_("alasan"), max_length=120)
    closed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("ditutup oleh"))
    reopened_at = models.DateTimeField(_("dibuka kembali"), null=True, blank=True)
    reopened_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("dibuka oleh")
    )

    class Meta:
        verbose_name = _("penutupan mendadak")
        verbose_name_plural = pgettext_lazy("jamak", "penutupan mendadak")
        ordering = ["-closed_at"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("closed_at")), name="closure_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True) | Q(reopened_at__gte=F("closed_at")),
                name="closure_reopened_after_it_began",
            ),
            ExclusionConstraint(
                name="one_closure_at_a_time",
                expressions=[
                    ("location", RangeOperators.EQUAL),
                    (_Period(F("closed_at"), Coalesce("reopened_at", "until")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.location}: {self.reason}"


class PaperSheet(models.Model):
    """Numbers of a day that were printed in advance, for a failure of power or network.

    They are reserved in the series, so no number given out on paper is issued a second time. A used number becomes a
    ticket when its visit is entered afterwards; the others stay unused.
    """

    location = models.ForeignKey(Location, models.PROTECT, related_name="+", verbose_name=_("lokasi"))
    day = models.DateField(_("hari"))
    letter = models.CharField(_("huruf"), max_length=1)
    first = models.PositiveIntegerField(_("nomor pertama"))
    last = models.PositiveIntegerField(_("nomor terakhir"))
    printed_at = models.DateTimeField(_("dicetak"))
    printed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("dicetak oleh"))

    class Meta:
        verbose_name = _("lembar nomor cadangan")
        verbose_name_plural = pgettext_lazy("jamak", "lembar nomor cadangan")
        ordering = ["-day", "letter", "first"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first"), first__gte=1), name="paper_sheet_has_numbers"),
            models.UniqueConstraint(fields=["location", "day", "letter", "first"], name="paper_sheet_once"),
        ]

    def __str__(self) -> str:
        return f"{ticket_label(self.letter, self.first)} – {ticket_label(self.letter, self.last)}"

    @property
    def numbers(self) -> range:
        return range(self.first, self.last + 1)

    @property
    def labels(self) -> list[str]:
        return [ticket_label(self.letter, number) for number in self.numbers]
