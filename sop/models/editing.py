"""Tables of the editor: who wrote a draft, removed steps, and copies of a draft before it was replaced."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ula_portal.core.models import User

from .document import SopVersion


class VersionEditor(models.Model):
    """A user who wrote or edited a version and may neither verify nor approve it (``sop/sql/decided.sql``)."""

    version = models.ForeignKey(SopVersion, models.CASCADE, related_name="editors", verbose_name=_("versi"))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("penyunting"))
    since = models.DateTimeField(_("sejak"))

    class Meta:
        verbose_name = _("penyunting versi SOP")
        verbose_name_plural = pgettext_lazy("jamak", "penyunting versi SOP")
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="sop_editor_once")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.user_id}"


class RemovedStep(models.Model):
    """A step that was removed from a draft, until it is restored.

    ``content``: the step's fields as in ``drafting.queries.editing.step_values`` (exits as step ids), and in addition
    ``actors`` (their names in order) and ``comments`` (ids). ``arrows``: the steps that led to it, as [step id, name
    of the exit]. ``redirected_to``: the step they lead to instead, or None.
    """

    version = models.ForeignKey(SopVersion, models.CASCADE, related_name="removed_steps", verbose_name=_("versi"))
    step_id = models.BigIntegerField(_("id langkah"))
    no = models.PositiveSmallIntegerField(_("nomor"))
    content = models.JSONField(_("isi"))
    arrows = models.JSONField(_("panah ke langkah ini"), default=list, blank=True)
    redirected_to = models.BigIntegerField(_("dialihkan ke"), null=True, blank=True)
    removed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("dihapus oleh"))
    removed_at = models.DateTimeField(_("dihapus"))

    class Meta:
        verbose_name = _("langkah yang dihapus")
        verbose_name_plural = pgettext_lazy("jamak", "langkah yang dihapus")
        ordering = ["version", "-removed_at", "-pk"]
        # The step comes first in the index, to find out whether a step that a user still has open was removed.
        constraints = [models.UniqueConstraint(fields=["step_id", "version"], name="sop_removed_step_once")]

    def __str__(self) -> str:
        return f"{self.no}. {self.content.get('activity', '')}"


class DraftCopy(models.Model):
    """The whole content of a draft before it was replaced.

    ``content``: as in the JSON file, and in addition ``known``: the actors as name → [kind, position id, confirmed].
    ``before``: paste, import or restore.
    """

    version = models.ForeignKey(SopVersion, models.CASCADE, related_name="copies", verbose_name=_("versi"))
    content = models.JSONField(_("isi"))
    before = models.CharField(_("sebelum"), max_length=20)
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("disimpan oleh")
    )
    made_at = models.DateTimeField(_("disimpan"))

    class Meta:
        verbose_name = _("salinan draf")
        verbose_name_plural = pgettext_lazy("jamak", "salinan draf")
        ordering = ["version", "-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.before} {self.made_at:%Y-%m-%d}"
