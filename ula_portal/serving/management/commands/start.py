"""Run the portal: check, migrate, collect static files, then serve with a worker until stopped."""

import sys
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from ula_portal import env
from ula_portal.demo import mark
from ula_portal.first_visit.printed import new_address
from ula_portal.serving import preparing, supervisor


class Command(BaseCommand):
    help = "Run the portal until Ctrl-C or SIGTERM: server processes and a worker, after migrating the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only",
            choices=supervisor.PARTS,
            help="run only the server or only the worker on this machine; a worker waits until a server has migrated",
        )
        parser.add_argument("--host", default=supervisor.HOST, help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")

    def handle(self, *, only: str | None, host: str, port: int, **options: Any) -> None:
        parts = (only,) if only else supervisor.PARTS
        serves = "server" in parts
        checks = [preparing.check_folder, preparing.check_database]
        if serves:
            checks.append(lambda: supervisor.require_free_port(port, host))
        _check_all(checks)
        preparing.migrate(waits=not serves)
        preparing.collect_static()
        address = settings.PORTAL_URL if env.is_set("PORTAL_URL") else f"http://127.0.0.1:{port}"
        sys.exit(supervisor.run(port, lambda: _welcome(address, serves), host=host, parts=parts))


def _check_all(checks: list[Any]) -> None:
    """Run all checks.

    Raises: CommandError with the sentence of each that failed.
    """
    faults = []
    for check in checks:
        try:
            check()
        except (CommandError, env.EnvError) as error:
            faults.append(str(error))
    if faults:
        raise CommandError("\n".join(faults))


def _welcome(address: str, serves: bool) -> None:
    lines = ["", f"Portal ULA berjalan di {address}" if serves else "Pekerja Portal ULA berjalan."]
    if serves:
        lines.append(new_address(address) or f"Petugas masuk di {address}/petugas/")
    if serves and mark.state() == "complete":
        lines.append("Basis data ini berisi kantor contoh. Kantor sungguhan memerlukan VAR_DIR atau DATABASE_URL lain.")
    if not settings.PRODUCTION:
        lines.append("Ini percobaan. Untuk dipakai sungguhan, isi PORTAL_ENV=production (docs/operation.md).")
    print("\n".join([*lines, "Ctrl-C menghentikan portal.", ""]), flush=True)
