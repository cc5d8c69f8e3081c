"""What an office finds in its lists at first, and edits in the admin panel: alarms, reasons, messages."""

from django.db import migrations

from services.conversation import message_templates

# kind, offset, unit, whom, text
ALARMS = (
    ("step", -2, "hour", "assignee", "Langkah ini hampir mencapai batas waktunya."),
    ("step", 0, "hour", "assignee", "Langkah ini melewati batas waktunya. Selesaikan, atau mintalah bantuan atasan."),
    ("step", 1, "day", "superior", "Langkah ini belum selesai sehari setelah batas waktunya."),
    ("request", -1, "day", "assignee", "Besok hari kerja terakhir untuk menepati janji layanan."),
    ("request", 0, "hour", "assignee", "Janji layanan terlewati. Selesaikan permohonan ini lebih dahulu."),
    ("request", 0, "hour", "superior", "Janji layanan kepada pemohon terlewati."),
    ("request", 2, "day", "office_head", "Janji layanan terlewati dua hari kerja."),
)


def fill(apps, schema_editor):
    alarm, reason, template = (apps.get_model("services", name) for name in ("AlarmStep", "ReadyReason", "MessageTemplate"))
    alarm.objects.bulk_create(alarm(order=10 * number, kind=kind, offset=offset, offset_unit=unit, whom=whom, text=text) for number, (kind, offset, unit, whom, text) in enumerate(ALARMS, 1))
    reason.objects.bulk_create(reason(text=text, order=10 * place) for place, text in enumerate(message_templates.REASONS, 1))
    template.objects.bulk_create(template(title=title, text=text) for title, text in message_templates.TEMPLATES)


class Migration(migrations.Migration):
    dependencies = [("services", "0004_guards")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
