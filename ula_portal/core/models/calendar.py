"""Working and service hours, and days that differ from the national calendar."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HoursRule(models.Model):
    """Hours of one weekday. Rules with dates (Ramadan) override rules without."""

    class Kind(models.TextChoices):
        WORKING = "working", _("Jam kerja")
        SERVICE = "service", _("Jam pelayanan loket")

    WEEKDAYS = [
        (0, _("Senin")),
        (1, _("Selasa")),
        (2, _("Rabu")),
        (3, _("Kamis")),
        (4, _("Jumat")),
        (5, _("Sabtu")),
        (6, _("Minggu")),
    ]

    kind = models.CharField(_("jenis"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("nama aturan"), max_length=80)
    from_date = models.DateField(_("berlaku mulai"), null=True, blank=True)
    to_date = models.DateField(_("berlaku sampai"), null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(_("hari"), choices=WEEKDAYS)
    opens = models.TimeField(_("buka"))
    closes = models.TimeField(_("tutup"))
    break_from = models.TimeField(_("istirahat mulai"), null=True, blank=True)
    break_to = models.TimeField(_("istirahat sampai"), null=True, blank=True)
    last_ticket = models.TimeField(_("nomor antrean terakhir"), null=True, blank=True)

    class Meta:
        verbose_name = _("jam kerja dan pelayanan")
        verbose_name_plural = pgettext_lazy("jamak", "jam kerja dan pelayanan")
        ordering = ["kind", "from_date", "weekday"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "from_date", "to_date", "weekday"],
                name="hours_rule_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="hours_in_order"),
            models.CheckConstraint(
                condition=Q(break_from__isnull=True, break_to__isnull=True)
                # A comparison with NULL passes a check constraint, so NULL is excluded explicitly.
                | Q(break_from__isnull=False, break_to__isnull=False)
                & Q(break_from__gte=F("opens"), break_to__gt=F("break_from"), break_to__lte=F("closes")),
                name="hours_break_inside",
            ),
            models.CheckConstraint(
                condition=~Q(break_from=F("opens"), break_to=F("closes")), name="hours_break_leaves_work"
            ),
            models.CheckConstraint(
                condition=Q(last_ticket__isnull=True) | Q(last_ticket__gte=F("opens"), last_ticket__lte=F("closes")),
                name="hours_last_ticket_inside",
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="hours_weekday_known"),
            models.CheckConstraint(
                condition=Q(from_date__isnull=True, to_date__isnull=True) | Q(to_date__gte=F("from_date")),
                name="hours_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}: {self.get_weekday_display()}"


class CalendarDay(models.Model):
    """A day that differs from the national calendar."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Libur")
        JOINT_LEAVE = "joint_leave", _("Cuti bersama")
        WORKING = "working", _("Hari kerja")

    date = models.DateField(_("tanggal"), unique=True)
    kind = models.CharField(_("jenis"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("nama"), max_length=120)

    class Meta:
        verbose_name = _("hari khusus")
        verbose_name_plural = pgettext_lazy("jamak", "hari khusus")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%d-%m-%Y}: {self.name}"
