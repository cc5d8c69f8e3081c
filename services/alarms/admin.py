"""Alarm steps in the admin panel: who is reminded, and when."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from services.models import AlarmStep
from services.models.alarm import MAX_LEVELS
from ula_portal.core.journal.admin import JournaledAdmin
from ula_portal.core.models import Role
from ula_portal.core.notices import mail


class AlarmStepForm(forms.ModelForm):
    """An alarm step, with the signed offset split into a distance and a side.

    The unit of the distance is ``offset_unit``; ``clean`` writes the offset itself, which is no field of the form.
    """

    BEFORE, AFTER = "before", "after"
    distance = forms.IntegerField(
        label=_("Jarak"),
        min_value=0,
        # As the constraint "alarm_offset_in_range" allows.
        max_value=999,
        help_text=_("0 hari kerja: pada hari jatuh temponya. 0 jam kerja: saat jatuh tempo lewat."),
    )
    side = forms.ChoiceField(
        label=_("Sebelum atau sesudah"), choices=[(BEFORE, _("sebelum jatuh tempo")), (AFTER, _("sesudah jatuh tempo"))]
    )

    class Meta:
        model = AlarmStep
        fields = ("order", "kind", "offset_unit", "whom", "levels", "text", "active")
        widgets = {"text": forms.TextInput(attrs={"class": "vLargeTextField"})}
        help_texts = {
            "order": _("Hanya mengatur letak dalam daftar."),
            "whom": _("Yang tidak hadir digantikan oleh pelaksana harian, pengganti, atau atasan berikutnya."),
            "levels": _("Hanya untuk atasan: 1 adalah atasan langsung, 2 atasannya lagi."),
            "text": _("Kalimat dalam surel. Nomor permohonan, layanan, langkah, dan jatuh tempo ditambahkan sendiri."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offset = self.instance.offset
        if "text" in self.fields and not mail.is_sent():
            self.fields["text"].help_text = _(
                "Portal ini tidak mengirim surel. Yang mendesak tampil di daftar pekerjaan setiap petugas."
            )
        self.initial.setdefault("distance", abs(offset))
        self.initial.setdefault("side", self.BEFORE if offset < 0 else self.AFTER)

    def clean_levels(self):
        levels = self.cleaned_data["levels"]
        if not 1 <= levels <= MAX_LEVELS:
            raise forms.ValidationError(_("Isi 1 sampai %(n)s.") % {"n": MAX_LEVELS})
        return levels

    def clean(self):
        data = super().clean()
        if data.get("distance") is not None and data.get("side"):
            self.instance.offset = data["distance"] * (-1 if data["side"] == self.BEFORE else 1)
        return data


@admin.register(AlarmStep)
class AlarmStepAdmin(JournaledAdmin):
    journal_kind = "alarm_step"
    read_by = (Role.ADMINISTRATOR, Role.HEAD, Role.SECTION_HEAD)
    form = AlarmStepForm
    fields = ("order", "kind", ("distance", "offset_unit", "side"), ("whom", "levels"), "text", "active")
    list_display = ("when", "called", "text", "active")
    list_filter = ("active", "kind")
    ordering = ("order", "id")
    actions = None

    def get_fields(self, request, obj=None):
        """Users who may only view see the moment in words, since ``distance`` and ``side`` exist only on the form."""
        return self.fields if self.has_change_permission(request, obj) else self.list_display

    @admin.display(description=_("kapan"))
    def when(self, step):
        """The moment in words, such as "1 hari kerja sebelum batas langkah"."""
        return step.when_in_words()

    @admin.display(description=_("kepada"))
    def called(self, step):
        """Whom the step calls, in words; for higher superiors with the number of levels."""
        if step.whom == AlarmStep.Whom.SUPERIOR and step.levels > 1:
            return _("%(whom)s, %(n)d tingkat") % {"whom": step.get_whom_display(), "n": step.levels}
        return step.get_whom_display()
