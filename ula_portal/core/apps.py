"""The core floor: office, people, calendar, files, journal, notices."""

import functools

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "ula_portal.core"
    label = "core"
    verbose_name = _("Kantor dan petugas")

    def ready(self) -> None:
        from .data import idempotency
        from .documents import pdf
        from .live import changes, channels
        from .notices import tasks
        from .office import email_notices, emblem, invitation_notices, people_notices
        from .office.actions import people
        from .security import checks  # noqa: F401 (registers itself)
        from .web.admin_site import load_pages
        from .web.kept_input import storage

        load_pages("ula_portal.core", "journal.admin", "notices.admin", "time.admin")
        load_pages("ula_portal.core.office.admin", "office", "people")
        email_notices.register_notices()
        people_notices.register_notices()
        invitation_notices.register_notices()
        tasks.add_chore(idempotency.delete_expired_keys)
        tasks.add_chore(people.delete_old_email_changes)
        tasks.add_chore(storage.delete_expired_forms)
        channels.register_channels(changes.CHANNEL)
        pdf.register_pictures("/logo/", emblem.emblem_content)
        _register_subjects()
        _add_navigation()


def _register_subjects() -> None:
    """Register the subjects of core's own journal entries, with the admin page that shows each."""
    from .journal.subjects import register_subject, register_verbs

    pages = {
        "office": (_("Kantor"), "office"),
        "unit": (_("Unit"), "unit"),
        "position": (_("Jabatan"), "position"),
        "location": (_("Lokasi"), "location"),
        "user": (_("Petugas"), "user"),
        "hours": (_("Jam kerja dan pelayanan"), "hoursrule"),
        "calendar_day": (_("Hari khusus"), "calendarday"),
    }
    for kind, (label, model) in pages.items():
        register_subject(kind, label, functools.partial(_panel_page, model))
    # Notices refer to these; their journal entries are stored with the person.
    register_subject("absence", _("Ketidakhadiran"))
    register_subject("tenure", _("Masa jabatan"))
    register_subject("setup_address", _("Alamat penyiapan"))
    register_subject("invitation", _("Undangan"))
    register_verbs(VERBS)


def _panel_page(model: str, pk: str) -> str:
    return reverse(f"admin:core_{model}_change", args=[pk])


VERBS = {
    "admin_add": _("ditambahkan di Panel administrasi"),
    "admin_change": _("diubah di Panel administrasi"),
    "admin_delete": _("dihapus di Panel administrasi"),
    "issue_setup_address": _("alamat untuk membuat administrator dibuat di server"),
    "set_up_office": _("data kantor diatur"),
    "set_emblem": _("logo diganti"),
    "remove_emblem": _("logo dihapus"),
    "add_unit": _("unit ditambahkan"),
    "continue_numbers": _("nomor terakhir di kertas dicatat"),
    "add_position": _("jabatan ditambahkan"),
    "entrust_paper": _("ditetapkan menjadi sekretariat"),
    "change_secretariat": _("sekretariat diubah"),
    "withdraw_paper": _("tidak lagi menjadi sekretariat"),
    "add_location": _("lokasi ditambahkan"),
    "create_staff_member": _("akun petugas dibuat"),
    "invite_staff_member": _("diundang membuat kata sandi"),
    "set_password": _("kata sandi diatur"),
    "change_email": _("alamat surel diganti"),
    "open_account": _("akun dibuka"),
    "close_account": _("akun ditutup"),
    "assign_role": _("peran diberikan"),
    "change_role": _("peran diubah"),
    "revoke_role": _("peran dicabut"),
    "begin_tenure": _("masa jabatan dimulai"),
    "change_tenure": _("masa jabatan diubah"),
    "end_tenure": _("masa jabatan diakhiri"),
    "remove_tenure": _("masa jabatan dihapus"),
    "record_absence": _("ketidakhadiran dicatat"),
    "change_absence": _("ketidakhadiran diubah"),
    "remove_absence": _("ketidakhadiran dihapus"),
    "set_hours": _("jam diatur"),
    "remove_hours": _("jam dihapus"),
    "set_calendar_day": _("hari khusus diatur"),
    "remove_calendar_day": _("hari khusus dihapus"),
}


def _add_navigation() -> None:
    from .office.absences import unseen_absences
    from .permissions import is_staff_member, may_enter_admin
    from .web import navigation

    navigation.add_rail_entry(_("Beranda"), "staff_home", "home", is_staff_member, order=10)
    hint = _("Catat bila Anda dinas luar, cuti, sakit, atau rapat: pekerjaan Anda beralih kepada pengganti.")
    navigation.add_rail_entry(
        _("Kehadiran"),
        "absences",
        "presence",
        is_staff_member,
        order=95,
        hint=hint,
        badge=unseen_absences,
        group=navigation.OWN,
    )
    hint = _("Meneruskan permohonan, menerbitkan SOP dan layanan, mengatur petugas, jam, dan hari libur.")
    navigation.add_rail_entry(
        _("Panel administrasi"),
        "admin:index",
        "gear",
        may_enter_admin,
        order=90,
        hint=hint,
        group=navigation.OFFICE,
        short=_("Panel"),
    )


class PortalAdminConfig(AdminConfig):
    """Django's admin with the portal's own site class, to which the routing pages are added."""

    default_site = "ula_portal.core.web.admin_site.PortalAdminSite"
