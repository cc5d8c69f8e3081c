#!/usr/bin/env python3
"""Command line of the portal; starts the embedded database for the commands that need one."""

import os
import sys


def main() -> None:
    """Run the command in ``sys.argv``; a wrong setting or a database that cannot start is one sentence,
    status 2.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ula_portal.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django belum terpasang; jalankan: make setup, lalu .venv/bin/python manage.py …")
    from ula_portal.embedded_postgres import EmbeddedPostgresError
    from ula_portal.embedded_postgres.readiness import ensure_ready
    from ula_portal.env import EnvError

    try:
        ensure_ready(sys.argv)
        execute_from_command_line(sys.argv)
    except (EnvError, EmbeddedPostgresError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit("\nDihentikan.")


if __name__ == "__main__":
    main()
