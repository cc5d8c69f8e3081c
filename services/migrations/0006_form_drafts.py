"""Forms are written by the office: drafts with pages, published versions that the database keeps as they are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ula_portal.core.data.sql import SqlText


class Migration(migrations.Migration):
    dependencies = [("services", "0005_beginnings"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="FormPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField(verbose_name="urutan")),
                ("title", models.CharField(max_length=100, verbose_name="judul")),
                ("version", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="pages", to="services.formversion", verbose_name="versi")),
            ],
            options={"verbose_name": "halaman formulir", "verbose_name_plural": "halaman formulir", "ordering": ["version", "order"]},
        ),
        migrations.AddField("field", "page", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name="fields", to="services.formpage", verbose_name="halaman")),
        migrations.AddField("formversion", "is_draft", models.BooleanField(default=False, verbose_name="draf")),
        migrations.AddField("formversion", "published_at", models.DateTimeField(blank=True, null=True, verbose_name="diterbitkan")),
        migrations.AddField("formversion", "revision", models.PositiveIntegerField(default=0, verbose_name="perubahan")),
        migrations.AddField("formversion", "edited_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="diubah oleh")),
        migrations.AddField("formversion", "edited_at", models.DateTimeField(blank=True, null=True, verbose_name="diubah")),
        migrations.AddField("formversion", "removed", models.JSONField(blank=True, default=list, verbose_name="isian yang dihapus")),
        # Until now, every version came into use with its creation.
        migrations.RunSQL("UPDATE services_formversion SET published_at = created_at", migrations.RunSQL.noop),
        migrations.AddConstraint("formversion", models.UniqueConstraint(condition=models.Q(is_draft=True), fields=("service",), name="form_one_draft")),
        migrations.AddConstraint("formversion", models.CheckConstraint(condition=models.Q(is_draft=False) | models.Q(is_current=False, published_at=None), name="form_draft_is_not_published")),
        migrations.AddConstraint("formversion", models.CheckConstraint(condition=models.Q(is_current=False) | models.Q(published_at__isnull=False), name="form_current_is_published")),
        SqlText("form_frozen", "dbef821f72ec"),
    ]
