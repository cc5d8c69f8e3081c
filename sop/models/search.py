"""The search index of the public library.

It is written only by database triggers (``sop/sql/search.sql``), whenever a version is published or withdrawn, or the
name of its SOP or unit changes.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .document import SopVersion


class SearchEntry(models.Model):
    """All words of a published version. Weights: A name, B number, unit, C activities, outputs, actors, D the rest."""

    version = models.OneToOneField(
        SopVersion, models.CASCADE, primary_key=True, related_name="search_entry", verbose_name=_("versi")
    )
    words = SearchVectorField(_("kata"))
    # The words that were counted in SearchWord for this version.
    vocabulary = ArrayField(models.TextField(), verbose_name=_("kosakata"))

    class Meta:
        verbose_name = _("entri pencarian SOP")
        verbose_name_plural = pgettext_lazy("jamak", "entri pencarian SOP")
        indexes = [GinIndex(fields=["words"], name="sop_entry_words")]

    def __str__(self) -> str:
        return str(self.version_id)


class Passage(models.Model):
    """A piece of text of a published version, which is shown as an excerpt in search results."""

    class Place(models.TextChoices):
        NAME = "name", _("Nama SOP")
        NUMBER = "number", _("Nomor SOP")
        UNIT = "unit", _("Unit")
        ACTOR = "actor", _("Pelaksana")
        ACTIVITY = "activity", _("Uraian kegiatan")
        OUTPUT = "output", _("Output")
        INPUTS = "inputs", _("Kelengkapan")
        NOTE = "note", _("Keterangan")
        LEGAL_BASIS = "legal_basis", _("Dasar hukum")
        QUALIFICATIONS = "qualifications", _("Kualifikasi pelaksana")
        RELATED = "related", _("Keterkaitan")
        EQUIPMENT = "equipment", _("Peralatan/perlengkapan")
        WARNINGS = "warnings", _("Peringatan")
        RECORDS = "records", _("Pencatatan dan pendataan")

    version = models.ForeignKey(SopVersion, models.CASCADE, related_name="passages", verbose_name=_("versi"))
    place = models.CharField(_("tempat"), max_length=20, choices=Place.choices)
    step_no = models.PositiveSmallIntegerField(_("nomor langkah"), null=True, blank=True)
    text = models.TextField(_("teks"))
    words = SearchVectorField(_("kata"))

    class Meta:
        verbose_name = _("kutipan SOP")
        verbose_name_plural = pgettext_lazy("jamak", "kutipan SOP")

    def __str__(self) -> str:
        return self.text[:60]


class SearchWord(models.Model):
    """A word of published versions (lower case, without accents), and the number of versions that contain it."""

    word = models.TextField(_("kata"), primary_key=True)
    versions = models.IntegerField(_("jumlah versi"))

    class Meta:
        verbose_name = _("kata SOP")
        verbose_name_plural = pgettext_lazy("jamak", "kata SOP")
        # Unlike GIN, GiST can return the most similar words first.
        indexes = [GistIndex(OpClass("word", name="gist_trgm_ops"), name="sop_word_trigrams")]

    def __str__(self) -> str:
        return self.word
