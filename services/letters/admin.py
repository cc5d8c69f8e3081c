"""Letters in the admin panel: templates can be edited, letters are read-only."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from services.engine.queries.cases import visible_to
from services.models import Letter, LetterTemplate, Request
from ula_portal.core.journal.admin import JournaledAdmin, ReadOnlyAdmin
from ula_portal.core.models import Role
from ula_portal.core.text.fields import ListField
from ula_portal.core.verbs.errors import Refused

from .actions.templates import refuse_unknown


class LetterTemplateForm(forms.ModelForm):
    subject = ListField(
        label=_("Pokok surat pada halaman Periksa keaslian surat"),
        required=False,
        help_text=_(
            "Nama isian, satu per baris, misalnya nama_siswa lalu nisn. Nilainya tampil tersamar, agar salinan dengan "
            "nama lain ketahuan."
        ),
    )

    class Meta:
        model = LetterTemplate
        fields = ("code", "name", "title", "classification", "number_pattern", "body", "subject", "is_refusal")
        widgets = {"body": forms.Textarea(attrs={"rows": 18, "cols": 90})}
        help_texts = {
            "classification": _("Kode klasifikasi arsip sesuai perihal, misalnya 400.3.5."),
            "number_pattern": _("Boleh memakai {code}, {sequence}, {unit}, {roman_month}, dan {year}."),
            "body": _(
                "Baris kosong memisahkan alinea. Boleh memakai {applicant}, {service}, {request_number}, "
                "{submitted_on}, {legal_basis}, {reason}, dan nama isian formulir dalam kurung kurawal."
            ),
        }

    def clean_number_pattern(self):
        pattern = self.cleaned_data["number_pattern"]
        if "{sequence}" not in pattern or "{year}" not in pattern:
            raise forms.ValidationError(
                _("Pola nomor harus memuat {sequence} dan {year}, agar tidak ada nomor kembar.")
            )
        return pattern

    def clean_subject(self):
        return [name.strip("{} ") for name in self.cleaned_data["subject"]]

    def _post_clean(self):
        """Check placeholders on the edited instance and attach the error to the field that names an unknown one."""
        super()._post_clean()
        if not self.errors:
            try:
                refuse_unknown(self.instance)
            except Refused as refused:
                self.add_error(refused.field, str(refused))


@admin.register(LetterTemplate)
class LetterTemplateAdmin(JournaledAdmin):
    journal_kind = "letter_template"
    form = LetterTemplateForm
    list_display = ("name", "title", "classification", "is_refusal")
    search_fields = ("name", "title", "code")
    prepopulated_fields = {"code": ("name",)}
    read_by = (Role.ADMINISTRATOR, Role.SECTION_HEAD)
    ordering = ("name",)
    actions = None


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """The register of letters: number, request, state. The file itself is on the page of the case."""

    list_display = ("number", "request", "template", "state", "reserved_at", "issued_at", "issued_by")
    list_select_related = ("request", "template", "issued_by")
    list_filter = ("state", "year")
    search_fields = ("number",)
    fields = ("number", "request", "template", "state", "reserved_at", "issued_at", "issued_by", "collected_at")
    ordering = ("-year", "-sequence")
    actions = None

    def rows_of(self, user, rows):
        """Letters of the cases that the user may read."""
        return rows.filter(request__in=Request.objects.filter(visible_to(user)))
