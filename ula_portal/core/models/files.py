"""Private files: stored under random names outside any public folder, served only after a permission check."""

import secrets
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def random_path(instance: models.Model, filename: str) -> str:
    """A random path that reveals nothing; two levels of folders keep each folder small."""
    token = secrets.token_hex(20)
    return f"{token[:2]}/{token[2:4]}/{token}"


class StoredFile(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    blob = models.FileField(_("berkas"), upload_to=random_path, max_length=80)
    # The viewing copy of a photo (JPEG, upright, without metadata); empty if the file is shown as it is.
    viewing = models.FileField(_("bentuk lihat"), upload_to=random_path, max_length=80, blank=True)
    name = models.CharField(_("nama asli"), max_length=150)
    content_type = models.CharField(_("jenis isi"), max_length=60)
    size = models.PositiveIntegerField(_("ukuran (bita)"))
    sha256 = models.CharField(_("sidik"), max_length=64)
    created_at = models.DateTimeField(_("disimpan"))

    class Meta:
        verbose_name = _("berkas")
        verbose_name_plural = pgettext_lazy("jamak", "berkas")

    def __str__(self) -> str:
        return self.name
