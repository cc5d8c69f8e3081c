"""Checks before a production portal starts; each failure is one sentence for the operator."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from ula_portal import env

_WHERE = "pada PORTAL_ENV=production"


def check_settings(*, debug: bool, hosts: Sequence[str], portal_url: str, allow_http: bool) -> None:
    """Check settings that would reveal secrets, trust forged input or lose mail.

    Raises: EnvError for the first such setting.
    """
    if debug:
        raise env.EnvError(f"Variabel DEBUG tidak boleh true {_WHERE}: halaman galat akan membuka isi sistem.")
    if not env.is_set("ALLOWED_HOSTS"):
        raise env.EnvError(f"Variabel ALLOWED_HOSTS wajib diisi {_WHERE}, misalnya portal.example.id.")
    if "*" in hosts:
        raise env.EnvError(f'Variabel ALLOWED_HOSTS tidak boleh "*" {_WHERE}; sebutkan nama host portal.')
    if not env.is_set("PORTAL_URL"):
        raise env.EnvError(f"Variabel PORTAL_URL wajib diisi {_WHERE}, misalnya https://portal.example.id.")
    if urlsplit(portal_url).scheme != "https" and not allow_http:
        raise env.EnvError(
            f"Variabel PORTAL_URL harus https:// {_WHERE}; untuk jaringan tertutup tanpa TLS isi ALLOW_HTTP=true."
        )
    if not env.is_set("EMAIL_URL"):
        raise env.EnvError(
            f"Variabel EMAIL_URL wajib diisi {_WHERE}; isi EMAIL_URL=none bila portal ini tidak mengirim surel."
        )
    if env.read_email_url("EMAIL_URL", default="none")["backend"].endswith(
        ("filebased.EmailBackend", "console.EmailBackend")
    ):
        raise env.EnvError(
            f"Variabel EMAIL_URL tidak boleh file:// atau console:// {_WHERE}: isi surel, termasuk tautan kata sandi, "
            "akan terbaca di server."
        )


def check_database() -> None:
    """Refuse a database that the demo built. A database that does not answer is accepted here; pages report it.

    Raises: EnvError.
    """
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('core_journalentry') IS NOT NULL")
            if not cursor.fetchone()[0]:
                return
            # The marker that ``ula_portal.demo`` writes; this module may not import that one.
            cursor.execute("SELECT EXISTS (SELECT FROM core_journalentry WHERE subject_kind = 'demo')")
            found = cursor.fetchone()[0]
    except DatabaseError:
        return
    finally:
        connection.close()
    if found:
        raise env.EnvError(
            f"Basis data ini dibuat oleh peragaan (manage.py demo) dan tidak dapat dipakai {_WHERE}; "
            "mulai dengan basis data kosong."
        )
