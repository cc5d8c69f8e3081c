"""The text that the demo prints when it is ready: address, interesting pages, log-ins."""

from services.applying.receipt import spaced_code, tracking_token
from services.models import Request
from ula_portal.core.models import Role, User
from visitors.queue.actions.tickets import ticket_token

from . import logins, today

PAGES = [
    ("/", "Beranda publik: cari dan ajukan layanan"),
    ("/layanan/", "Katalog layanan"),
    ("/sop/", "SOP yang berlaku"),
    ("/lacak/", "Lacak permohonan"),
    ("/antrean/", "Antrean hari ini"),
    ("/layar/ula/", "Layar panggilan di ruang tunggu"),
    ("/petugas/", "Halaman petugas"),
    ("/petugas/tamu/", "Penerimaan tamu (petugas meja depan)"),
    ("/petugas/loket/", "Loket: panggil nomor berikutnya (petugas loket)"),
    ("/petugas/kasus/", "Pekerjaan saya (pejabat, kepala bidang)"),
    ("/admin/penerusan/", "Penerusan permohonan yang datang langsung (administrator)"),
    ("/admin/", "Panel administrasi"),
]


def welcome_text(address: str) -> str:
    """The whole text, for a terminal with 100 columns."""
    parts = [f"\nPortal ULA siap di {address}", "", "Halaman yang patut dibuka:"]
    parts += [f"  {address + path:<46} {what}" for path, what in PAGES]
    parts += [*_sample_request(address), *_sample_ticket(address), "", "Masuk sebagai petugas:"]
    parts += [_row("Peran", "Nama", "Surel", "Kata sandi")]
    names = dict(User.objects.values_list("email", "full_name"))
    for login in logins.read_logins() or []:
        label = str(Role(login["role"]).label)
        parts.append(_row(label, names.get(login["email"], ""), login["email"], login["password"]))
    parts += ["", f"Kata sandi juga tersimpan di {logins.path()}. Ctrl-C menghentikan portal.", ""]
    return "\n".join(parts)


def _row(role, name, email, password):
    return f"  {role:<22} {name:<27} {email:<29} {password}"


def _sample_request(address):
    """A request in progress, with its access code."""
    found = Request.objects.filter(source=Request.Source.ONLINE, sop_version__isnull=False)
    request = found.filter(state="in_progress").order_by("-pk").first() or found.order_by("-pk").first()
    if request is None:
        return []
    return [
        f"  Contoh permohonan: nomor {request.number}, kode pelacakan {spaced_code(request)}",
        f"  {address}/lacak/{tracking_token(request)}/",
    ]


def _sample_ticket(address):
    """A waiting ticket, with the address of the visitor's own page."""
    ticket = today.ticket_to_follow()
    if ticket is None:
        return []
    return [f"  Contoh nomor antrean: {ticket.label}", f"  {address}/antrean/tiket/{ticket_token(ticket)}/"]
