"""Notices about people: an absence that somebody else recorded, and acting holders of positions."""

from datetime import date

from django.conf import settings
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ula_portal.core.models import Absence, Notice, Tenure, User
from ula_portal.core.notices import kinds, outbox
from ula_portal.core.notices.kinds import NoticeText

PATH = "/petugas/kehadiran/"


def register_notices() -> None:
    """Register the kinds of notices. Called once from ``AppConfig.ready``."""
    kinds.register_kind("absence_recorded", gettext_lazy("Ketidakhadiran dicatat oleh petugas lain"), _absence_message)
    kinds.register_kind("acting_recorded", gettext_lazy("Plh. atau Plt. ditetapkan"), _acting_message)


def tell_absentee(absence: Absence) -> None:
    """Notify the absentee that somebody else recorded the absence. Its details are read at delivery."""
    outbox.tell("absence_recorded", "absence", absence.pk, user=absence.user, path=PATH)


def tell_of_acting(tenure: Tenure) -> None:
    """Notify the acting holder and the definitive holders of the position."""
    definitive = Tenure.objects.filter(position_id=tenure.position_id, kind=Tenure.Kind.DEFINITIVE)
    definitive = definitive.filter(Q(to_date__isnull=True) | Q(to_date__gte=tenure.from_date))
    for user in User.objects.filter(Q(pk=tenure.user_id) | Q(pk__in=definitive.values("user_id")), is_active=True):
        outbox.tell("acting_recorded", "tenure", tenure.pk, user=user, path=PATH)


def _days(first: date, last: date) -> dict[str, object]:
    return {"from": date_format(first, "j F Y"), "to": date_format(last, "j F Y")}


def _absence_message(notice: Notice) -> NoticeText | None:
    absence = Absence.objects.select_related("deputy", "recorded_by").filter(pk=notice.subject_id).first()
    if absence is None or notice.user is None or not notice.user.is_active:
        return None
    words = _days(absence.from_date, absence.to_date) | {
        "by": absence.recorded_by or _("administrator"),
        "kind": absence.get_kind_display().lower(),
        "deputy": absence.deputy or _("tidak ada"),
    }
    text = _(
        "%(by)s mencatat bahwa Anda tidak di tempat (%(kind)s) dari %(from)s sampai %(to)s.\nPengganti: %(deputy)s.\n\n"
        "Bila ini keliru, buka halaman Kehadiran dan hapus catatan itu."
    )
    return _message(notice.user, notice.path, _("Anda dicatat tidak di tempat"), text % words)


def _acting_message(notice: Notice) -> NoticeText | None:
    tenure = Tenure.objects.select_related("user", "position").filter(pk=notice.subject_id).first()
    if tenure is None or tenure.to_date is None or notice.user is None or not notice.user.is_active:
        return None
    words = _days(tenure.from_date, tenure.to_date) | {
        "name": tenure.user,
        "post": f"{tenure.prefix}{tenure.position.name}",
        "order": tenure.mandate,
        "given_by": tenure.mandate_by,
    }
    text = _(
        "%(name)s tercatat sebagai %(post)s dari %(from)s sampai %(to)s.\n"
        "Dasarnya surat perintah nomor %(order)s dari %(given_by)s.\n\n"
        "Bila ini keliru, hubungi administrator."
    )
    return _message(notice.user, notice.path, _("%(post)s ditetapkan") % words, text % words)


def _message(user: User, path: str, subject: str, text: str) -> NoticeText:
    return NoticeText(user.email, subject, f"{text}\n\n{settings.PORTAL_URL}{path}")
