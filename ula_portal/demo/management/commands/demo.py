"""Run the whole portal with a fictional office."""

import fcntl
import os
import sys
from contextlib import contextmanager

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

from ula_portal.core.data import schema
from ula_portal.demo import build, logins, mark, office, today, welcome
from ula_portal.serving import preparing, supervisor


class Command(BaseCommand):
    help = "Prepare the demonstration office, then serve it until Ctrl-C (address, pages and log-ins are printed)."

    def add_arguments(self, parser):
        parser.add_argument("--reset", action="store_true", help="drop all demonstration data and build them anew")
        parser.add_argument(
            "--confirm",
            metavar="NAME",
            default="",
            help="the office's name, for --reset where accounts or services were added to the demonstration",
        )
        parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default 8000)")
        parser.add_argument("--no-serve", action="store_true", help="prepare only, do not start the server")

    def handle(self, *, reset, confirm, port, no_serve, **options):
        if settings.PRODUCTION:
            raise CommandError("Perintah demo tidak tersedia pada PORTAL_ENV=production.")
        with _single_instance():
            if not no_serve:
                supervisor.require_free_port(port)
            try:
                self._prepare(reset, confirm)
            except KeyboardInterrupt:
                self.stderr.write("\nPenyiapan dihentikan. Mulai lagi dengan perintah yang sama.")
                sys.exit(130)
            address = f"http://127.0.0.1:{port}"
            if no_serve:
                self.stdout.write(welcome.welcome_text(address))
                return
            status = supervisor.run(port, lambda: self.stdout.write(welcome.welcome_text(address)))
        sys.exit(status)

    def _prepare(self, reset, confirm):
        state = mark.state()
        # Checked before anything is changed.
        if state == "foreign":
            raise CommandError(build.FOREIGN)
        # Letters need the portal's style sheets.
        preparing.collect_static()
        other_version = schema.version_problem()
        if state == "complete" and not reset and not other_version:
            call_command("migrate", verbosity=0, interactive=False)
        else:
            if other_version:
                self.stderr.write("Data contoh ini dari versi portal lain; semuanya dibuat ulang dari awal.")
            elif state == "incomplete":
                self.stderr.write("Penyiapan yang lalu terputus; data contoh dibuat ulang dari awal.")
            elif state == "complete":
                self.stderr.write("Menghapus data contoh yang lama …")
            build.clear(confirm or _ask_for_name(state))
            build.build()
            return
        if logins.read_logins() is None:
            self.stderr.write("Berkas kata sandi tidak ada; semua petugas mendapat kata sandi baru.")
            office.renew_logins()
        today.open_waiting_room()


def _ask_for_name(state):
    """Ask for the office's name in the terminal if it is needed for confirmation; else ""."""
    added = mark.added() if state != "empty" else None
    if not added or not sys.stdin.isatty():
        return ""
    print(f"Basis data peragaan ini sudah ditambahi {added}. Semuanya akan dihapus dan tidak dapat dikembalikan.")
    return input(f"Ketik nama kantornya ({added.office}) untuk melanjutkan: ")


@contextmanager
def _single_instance():
    """Refuse a second demo with the same data folder, since both would use the same database."""
    descriptor = os.open(settings.VAR_DIR / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise CommandError(f"Peragaan sudah berjalan dengan folder data {settings.VAR_DIR}.") from None
    finally:
        os.close(descriptor)
