"""Base classes of admin pages that write to the journal, and the journal's own admin pages."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from ula_portal.core.data.admin import PanelAdmin, PlainFields
from ula_portal.core.models import JournalEntry, JournalSeal, User

from . import actions as journal
from . import actors, subjects


class JournaledAdmin(PanelAdmin):
    """Records changes in the journal, by ids, instead of in Django's log, which contains names.

    ``journal_kind``: the kind of subject. The history page redirects to the subject's chain.
    """

    journal_kind = ""

    def log_addition(self, request, obj, message):
        self._record(request, "admin_add", obj)

    def log_change(self, request, obj, message):
        self._record(request, "admin_change", obj)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self._record(request, "admin_delete", obj)

    def _record(self, request, verb, obj):
        journal.record(verb, self.journal_kind, obj.pk, actors.staff(request.user))

    def history_view(self, request, object_id, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        query = urlencode({"kind": self.journal_kind, "q": object_id})
        return HttpResponseRedirect(f"{reverse('admin:core_journalentry_changelist')}?{query}")


class RowsBeside(PlainFields, admin.StackedInline):
    """Inline rows in a line or two that fit a phone."""

    extra = 0


def record_rows(formset, verbs, kind, user, ids_of) -> None:
    """Save inline rows, and record each in the journal of the row they belong to.

    ``verbs``: for added, changed and deleted rows; ``ids_of(row)``: the ids that the journal stores.
    """
    formset.save()
    added, changed, removed = verbs
    rows = [(added, row) for row in formset.new_objects]
    rows += [(changed, row) for row, _fields in formset.changed_objects]
    rows += [(removed, row) for row in formset.deleted_objects]
    for verb, row in rows:
        journal.record(verb, kind, formset.instance.pk, actors.staff(user), **ids_of(row))


class ReadOnlyAdmin(PanelAdmin):
    """A read-only list."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class SubjectKindFilter(admin.SimpleListFilter):
    """Offers the registered kinds, since selecting the distinct kinds would read the whole table."""

    title = _("jenis pokok")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return subjects.choices()

    def queryset(self, request, queryset):
        return queryset.filter(subject_kind=self.value()) if self.value() else queryset


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "subject", "sequence", "what", "actor"]
    list_display_links = ["at"]
    list_filter = [SubjectKindFilter]
    fields = ["at", "subject", "sequence", "what", "verb", "actor", "data", "previous_hash", "hash"]
    search_fields = ["subject_id"]
    search_help_text = _("Id pokok, misalnya nomor baris petugas atau permohonan.")
    ordering = ["-id"]
    actions = None

    def get_search_results(self, request, queryset, search_term):
        """Exact match, with the kinds given, so that PostgreSQL can use the index of the chains."""
        if not search_term.strip():
            return queryset, False
        kinds = [request.GET["kind"]] if request.GET.get("kind") else [kind for kind, _label in subjects.choices()]
        return queryset.filter(subject_kind__in=kinds, subject_id=search_term.strip()), False

    @admin.display(description=_("pokok"))
    def subject(self, entry):
        kind = subjects.describe(entry.subject_kind)
        url = kind.url(entry.subject_id)
        text = f"{kind.label} {entry.subject_id}"
        return format_html('<a href="{}">{}</a>', url, text) if url else text

    @admin.display(description=_("yang terjadi"))
    def what(self, entry):
        return subjects.verb_label(entry.verb)

    @admin.display(description=_("pelaku"))
    def actor(self, entry):
        if entry.actor_kind == "staff":
            url = reverse("admin:core_user_change", args=[entry.actor_id])
            return format_html('<a href="{}">{} {}</a>', url, User._meta.verbose_name, entry.actor_id)
        names = {"system": _("sistem"), "applicant": pgettext("jejak audit", "pemohon"), "visitor": _("tamu")}
        return f"{names.get(entry.actor_kind, entry.actor_kind)} {entry.actor_id}".strip()


@admin.register(JournalSeal)
class JournalSealAdmin(ReadOnlyAdmin):
    list_display = ["day", "heads", "sealed_at", "hash"]
    ordering = ["-day"]
    actions = None
