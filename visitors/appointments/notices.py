"""Notices to visitors about their appointments; addresses and secrets are read only when the worker sends them."""

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from services.applying.receipt import secret_link_warning
from ula_portal.core import clock
from ula_portal.core.models import Location, Notice
from ula_portal.core.notices import kinds
from ula_portal.core.notices.kinds import NoticeText
from ula_portal.core.notices.whatsapp import whatsapp_url
from ula_portal.core.text.words import duration_text
from visitors.models import Booking, Slot

from .queries.appointments import COME_EARLY, booking_code, booking_token


def booking_url(booking: Booking) -> str:
    """The absolute address of the booking's page, for QR codes, calendars and e-mails."""
    return settings.PORTAL_URL + reverse("appointment", args=[booking_token(booking)])


def when_in_words(slot: Slot) -> str:
    """``Selasa, 1 Desember 2026, pukul 09.00–09.30 WIB``."""
    starts, ends = clock.local(slot.starts_at), clock.local(slot.ends_at)
    day = date_format(starts, "l, j F Y")
    return _("%(day)s, pukul %(from)s–%(to)s WIB") % {
        "day": day,
        "from": date_format(starts, "H.i"),
        "to": date_format(ends, "H.i"),
    }


def whatsapp_link(booking: Booking, about: str = "") -> str:
    """An address that opens WhatsApp with a text for this visitor; "" without a phone number or a text for the
    occasion.

    ``about``: a key of ``BY_WHATSAPP``, by default the booking's state.
    """
    about = about or booking.state
    if not booking.visitor.phone or about not in BY_WHATSAPP:
        return ""
    words = {
        "service": booking.slot.service.name,
        "when": when_in_words(booking.slot),
        "reason": booking.reason.rstrip(". "),
        "url": booking_url(booking),
    }
    text = BY_WHATSAPP[about] % words
    return whatsapp_url(booking.visitor.phone, text)


def register_notices() -> None:
    """Register the kinds of notices; called once from ``AppConfig.ready``."""
    for kind, (label, subject, body) in KINDS.items():
        kinds.register_kind(kind, label, _composer(kind, subject, body))


# States in which a notice is still true; a late one is not sent otherwise.
_VALID_STATES = {
    "booking_made": Booking.COMING,
    "booking_moved": ("booked",),
    "booking_reminder": ("booked",),
    "booking_cancelled": ("cancelled",),
    "booking_displaced": ("displaced",),
    "booking_restored": ("booked",),
}


def _composer(kind: str, subject: StrOrPromise, body: StrOrPromise) -> Callable[[Notice], NoticeText | None]:
    def compose(notice: Notice) -> NoticeText | None:
        bookings = Booking.objects.select_related("slot__service", "slot__location", "displaced_notice")
        booking = bookings.filter(pk=notice.subject_id).first()
        if booking is None or not booking.email or booking.state not in _VALID_STATES[kind]:
            return None
        if kind == "booking_restored" and not _knows_of_closure(booking):
            return None
        words = {
            "service": booking.slot.service.name,
            "when": when_in_words(booking.slot),
            "day": date_format(clock.local(booking.slot.starts_at), "l, j F Y"),
            "place": _place(booking.slot.location),
            "code": booking_code(booking),
            "early": duration_text(COME_EARLY),
            "reason": booking.reason,
            "url": booking_url(booking),
        }
        # A mail without a link has none to warn about.
        warning = f"\n\n{secret_link_warning(booking.slot.service)}" if "%(url)s" in str(body) else ""
        return NoticeText(booking.email, str(subject % words), f"{body % words}{warning}")

    return compose


def _knows_of_closure(booking: Booking) -> bool:
    """Whether the visitor received the notice about the closure; one that was being sent may have been stopped after
    all.
    """
    notice = booking.displaced_notice
    return notice is not None and notice.state != Notice.State.SUPPRESSED


def _place(location: Location) -> str:
    return f"{location.name}, {location.address}" if location.address else location.name


BY_WHATSAPP = {
    "booked": gettext_lazy(
        "Pengingat janji kedatangan: %(service)s, %(when)s. Pindahkan atau batalkan janji di %(url)s"
    ),
    "displaced": gettext_lazy(
        "Mohon maaf, janji kedatangan Anda (%(service)s, %(when)s) tidak dapat kami terima: %(reason)s. Pilih waktu "
        "lain di %(url)s"
    ),
    "moved": gettext_lazy(
        "Janji kedatangan Anda (%(service)s) sudah dipindah ke %(when)s. Lihat, pindahkan lagi, atau batalkan "
        "janji di %(url)s"
    ),
    "cancelled": gettext_lazy(
        "Janji kedatangan Anda (%(service)s, %(when)s) sudah dibatalkan. Anda boleh membuat janji baru atau datang "
        "langsung pada jam pelayanan."
    ),
}
KINDS = {
    "booking_made": (
        gettext_lazy("Janji kedatangan dibuat (kepada tamu)"),
        gettext_lazy("Janji Anda tercatat: %(day)s"),
        gettext_lazy(
            "Janji kedatangan Anda sudah tercatat.\n\n"
            "Layanan: %(service)s\nWaktu: %(when)s\nTempat: %(place)s\nKode janji: %(code)s\n\n"
            "Datanglah %(early)s sebelumnya dan sebutkan nama Anda di meja depan.\n\n"
            "Lihat yang perlu dibawa, simpan ke kalender, pindahkan, atau batalkan di:\n%(url)s"
        ),
    ),
    "booking_moved": (
        gettext_lazy("Janji kedatangan dipindah (kepada tamu)"),
        gettext_lazy("Janji Anda dipindah ke %(day)s"),
        gettext_lazy(
            "Janji kedatangan Anda dipindah.\n\nLayanan: %(service)s\nWaktu yang baru: %(when)s\nTempat: %(place)s\n\n"
            "Lihat, pindahkan lagi, atau batalkan di:\n%(url)s"
        ),
    ),
    "booking_reminder": (
        gettext_lazy("Pengingat janji kedatangan (kepada tamu)"),
        gettext_lazy("Pengingat: janji Anda %(day)s"),
        gettext_lazy(
            "Kami menunggu kedatangan Anda.\n\nLayanan: %(service)s\nWaktu: %(when)s\nTempat: %(place)s\n\n"
            "Yang perlu dibawa ada di halaman janji Anda. Tidak jadi datang? Batalkan di sana, supaya tempatnya dapat "
            "dipakai orang lain:\n%(url)s"
        ),
    ),
    "booking_cancelled": (
        gettext_lazy("Janji kedatangan dibatalkan (kepada tamu)"),
        gettext_lazy("Janji Anda dibatalkan"),
        gettext_lazy(
            "Janji kedatangan Anda sudah dibatalkan.\n\nLayanan: %(service)s\nWaktu: %(when)s\n\n"
            "Anda boleh membuat janji baru kapan saja, atau datang langsung pada jam pelayanan."
        ),
    ),
    "booking_displaced": (
        gettext_lazy("Waktu janji kedatangan ditutup kantor (kepada tamu)"),
        gettext_lazy("Mohon pilih waktu lain untuk janji Anda"),
        gettext_lazy(
            "Mohon maaf, kami tidak dapat menerima Anda pada waktu yang dijanjikan.\n\n"
            "Layanan: %(service)s\nWaktu semula: %(when)s\nAlasan: %(reason)s\n\n"
            "Pilih waktu lain lewat tautan ini. Isian Anda tetap tersimpan:\n%(url)s"
        ),
    ),
    "booking_restored": (
        gettext_lazy("Waktu janji kedatangan dibuka lagi (kepada tamu)"),
        gettext_lazy("Janji Anda berlaku lagi: %(day)s"),
        gettext_lazy(
            "Pelayanan kami sudah dibuka kembali. Janji kedatangan Anda berlaku seperti semula.\n\n"
            "Layanan: %(service)s\nWaktu: %(when)s\nTempat: %(place)s\n\n"
            "Waktu ini tidak cocok lagi? Pindahkan atau batalkan lewat tautan ini:\n%(url)s"
        ),
    ),
}
