"""Counters, rules of the queue, screens and the guest book in the admin panel."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from services.models import Service
from ula_portal.core.files import uploads
from ula_portal.core.journal.admin import JournaledAdmin, ReadOnlyAdmin
from ula_portal.core.text.words import megabytes
from ula_portal.core.verbs.errors import Refused
from visitors.models import Closure, Counter, QueueRule, ScreenNotice, ScreenRule, TicketPrinter, Visit


class CounterForm(forms.ModelForm):
    """Services as check boxes: there are few, and Django's pair of lists is neither accessible nor within the CSP."""

    class Meta:
        model = Counter
        fields = ("location", "kind", "name", "number", "position", "services", "preferred", "active")
        widgets = {"services": forms.CheckboxSelectMultiple, "preferred": forms.CheckboxSelectMultiple}
        help_texts = {
            "number": _("Dibacakan pada panggilan. Kosongkan untuk ruang pejabat."),
            "services": _("Loket ini memanggil nomor layanan yang dipilih, dan nomor tanpa layanan."),
            "preferred": _("Didahulukan di loket ini selama belum ada yang menunggu lama. Pilih dari layanan di atas."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "services" in self.fields:
            offered = Service.objects.exclude(kind=Service.Kind.ELSEWHERE)
            self.fields["services"].queryset = self.fields["preferred"].queryset = offered

    def clean_preferred(self):
        """Only services that the counter serves can be preferred there."""
        preferred = self.cleaned_data["preferred"]
        served = {service.pk for service in self.cleaned_data.get("services", ())}
        others = [service.name for service in preferred if service.pk not in served]
        if others:
            raise forms.ValidationError(_("Loket ini tidak melayani: %(names)s.") % {"names": ", ".join(others)})
        return preferred


@admin.register(Counter)
class CounterAdmin(JournaledAdmin):
    """Counters and rooms; one that has been used is deactivated, not deleted, so that its history keeps its name."""

    journal_kind = "counter"
    list_display = ("name", "location", "kind", "number", "position", "active")
    list_select_related = ("location", "position")
    list_filter = ("location", "kind", "active")
    search_fields = ("name",)
    fields = ("location", "kind", "name", "number", "position", "services", "preferred", "active")
    form = CounterForm
    ordering = ("location__name", "kind", "number", "name")
    actions = None

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or not obj.sessions.exists())


@admin.register(QueueRule)
class QueueRuleAdmin(JournaledAdmin):
    """Turns of lanes and calls per location; without a row the defaults apply."""

    journal_kind = "queue_rule"
    list_display = (
        *("location", "priority_in_a_row", "ages_after_minutes", "calls_before_no_show"),
        *("recall_after_seconds", "numbers_before_return"),
    )
    list_select_related = ("location",)
    fields = list_display
    ordering = ("location__name",)
    actions = None


@admin.register(TicketPrinter)
class TicketPrinterAdmin(JournaledAdmin):
    """Thermal printers in the office's network; one in use per location."""

    journal_kind = "ticket_printer"
    list_display = ("name", "location", "address", "port", "width", "active")
    list_select_related = ("location",)
    fields = ("location", "name", ("address", "port"), "width", "active")
    ordering = ("location__name", "name")
    actions = None


@admin.register(ScreenRule)
class ScreenRuleAdmin(JournaledAdmin):
    """Whether a location's display speaks, and when it is silent."""

    journal_kind = "screen_rule"
    list_display = ("location", "voice", "silent_from", "silent_to")
    list_select_related = ("location",)
    fields = ("location", "voice", ("silent_from", "silent_to"))
    ordering = ("location__name",)
    actions = None


class ScreenNoticeForm(forms.ModelForm):
    """A notice; its picture is checked like every upload."""

    upload = forms.FileField(
        label=_("Gambar (tidak wajib)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=format_lazy(
            _("JPG atau PNG, paling besar {size}. Tanpa data pribadi: dilihat semua orang."),
            size=lazy(lambda: megabytes(settings.UPLOAD_MAX_BYTES), str)(),
        ),
    )
    without_picture = forms.BooleanField(label=_("Tanpa gambar"), required=False)

    class Meta:
        model = ScreenNotice
        fields = ("location", "text", "from_date", "to_date", "order")

    def clean_upload(self):
        upload = self.cleaned_data["upload"]
        if upload is None:
            return None
        try:
            stored = uploads.store_upload(upload)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None
        if not stored.viewing:
            uploads.forget(stored)
            raise forms.ValidationError(_("Pilih gambar JPG atau PNG."))
        return stored

    def clean(self):
        data = super().clean()
        first, last = data.get("from_date"), data.get("to_date")
        if first and last and last < first:
            self.add_error("to_date", _("Tanggal akhir sebelum tanggal awal."))
        return data

    def save(self, commit=True):
        earlier = self.instance.picture
        if self.cleaned_data.get("upload"):
            self.instance.picture = self.cleaned_data["upload"]
        elif self.cleaned_data.get("without_picture"):
            self.instance.picture = None
        if earlier and earlier != self.instance.picture:
            transaction.on_commit(lambda: uploads.forget(earlier))
        return super().save(commit)


@admin.register(ScreenNotice)
class ScreenNoticeAdmin(JournaledAdmin):
    """Notices that displays show in turn."""

    journal_kind = "screen_notice"
    list_display = ("text", "location", "from_date", "to_date", "order")
    list_select_related = ("location",)
    list_filter = ("location",)
    form = ScreenNoticeForm
    fields = ("text", "location", ("from_date", "to_date"), "order", "upload", "without_picture")
    ordering = ("order", "pk")
    actions = None


@admin.register(Closure)
class ClosureAdmin(ReadOnlyAdmin):
    """Sudden closures, newest first; they are made and ended on the desk's page."""

    list_display = ("closed_at", "location", "reason", "until", "reopened_at")
    list_select_related = ("location",)
    list_filter = ("location",)
    fields = ("location", "reason", ("closed_at", "closed_by"), "until", ("reopened_at", "reopened_by"))
    ordering = ("-closed_at", "-id")
    actions = None


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    """The guest book, newest first, searched by the visitor's name or a part of it."""

    list_display = ("checked_in_at", "visitor", "purpose", "service", "location", "left_at", "recorded_late_at")
    list_select_related = ("visitor", "service", "location")
    list_filter = ("purpose", "location")
    search_fields = ("visitor__name",)
    search_help_text = _("Nama tamu atau sebagian namanya.")
    fields = (
        ("visitor", "head_count"),
        "companion",
        "purpose",
        "service",
        "request",
        "host",
        "location",
        ("checked_in_at", "checked_in_by"),
        ("left_at", "left_assumed"),
        "recorded_late_at",
        "note",
    )
    ordering = ("-checked_in_at", "-id")
    actions = None
