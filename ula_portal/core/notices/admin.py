"""Admin page of notices: their state, and an action that sends failed ones again."""

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ula_portal.core.journal import subjects
from ula_portal.core.journal.actors import staff
from ula_portal.core.journal.admin import ReadOnlyAdmin
from ula_portal.core.models import Notice
from ula_portal.core.notices import kinds, outbox


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "kind_label", "subject", "state", "attempts", "next_try_at"]
    list_filter = ["state"]
    fields = [
        *("created_at", "kind_label", "subject", "user", "path"),
        *("state", "attempts", "next_try_at", "last_error", "sent_at"),
    ]
    ordering = ["-id"]
    actions = ["retry"]

    @admin.display(description=_("jenis"))
    def kind_label(self, notice):
        kind = kinds.kind_of(notice.kind)
        return kind.label if kind else notice.kind

    @admin.display(description=_("pokok"))
    def subject(self, notice):
        return f"{subjects.describe(notice.subject_kind).label} {notice.subject_id}"

    # Django grants actions by model permission; sending again only needs permission to see the list.
    @admin.action(description=_("Kirim lagi yang gagal"), permissions=["view"])
    def retry(self, request, queryset):
        count = outbox.retry(queryset.only("pk"), by=staff(request.user))
        if count:
            text = ngettext("%(n)d pemberitahuan dikirim lagi.", "%(n)d pemberitahuan dikirim lagi.", count) % {
                "n": count
            }
            self.message_user(request, text, messages.SUCCESS)
        else:
            self.message_user(request, _("Tidak ada pemberitahuan gagal di antara yang dipilih."), messages.WARNING)
