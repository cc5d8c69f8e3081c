import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from services.conversation import words as message_words


def begin_with_ready_words(apps, schema_editor):
    """What an office finds in its lists at first; it edits them in the admin panel."""
    reason = apps.get_model("services", "ReadyReason")
    template = apps.get_model("services", "MessageTemplate")
    reason.objects.bulk_create(
        reason(text=text, order=10 * place) for place, text in enumerate(message_words.REASONS, 1)
    )
    template.objects.bulk_create(template(title=title, text=text) for title, text in message_words.TEMPLATES)


class Migration(migrations.Migration):

    dependencies = [
        ("services", "0011_inbox"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReadyReason",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=300, unique=True, verbose_name="alasan")),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="urutan")),
                ("active", models.BooleanField(default=True, verbose_name="dipakai")),
            ],
            options={
                "verbose_name": "alasan perbaikan berkas",
                "verbose_name_plural": "alasan perbaikan berkas",
                "ordering": ["order", "text"],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="dibaca")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mentions",
                        to="services.message",
                        verbose_name="catatan internal",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mentions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="disebut",
                    ),
                ),
            ],
            options={
                "verbose_name": "sebutan",
                "verbose_name_plural": "sebutan",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["user", "-id"], name="mention_by_user"),
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)), fields=["user"], name="mention_unread"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("message", "user"), name="mentioned_once_per_note")
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=100, verbose_name="judul")),
                (
                    "text",
                    models.TextField(
                        validators=[django.core.validators.MaxLengthValidator(2000)], verbose_name="isi"
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="dipakai")),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="core.unit",
                        verbose_name="hanya untuk unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "templat pesan",
                "verbose_name_plural": "templat pesan",
                "ordering": ["title", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("title", "unit"),
                        name="message_template_title_once_per_unit",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.RunPython(begin_with_ready_words, migrations.RunPython.noop),
    ]
