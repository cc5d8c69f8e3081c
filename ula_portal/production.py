"""Checks before a production portal starts; each failure is one sentence for the operator."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.http.request import validate_host

from ula_portal import env

_WHERE = "pada PORTAL_ENV=production"


def check_settings(*, debug: bool, hosts: Sequence[str], portal_url: str, allow_http: bool) -> None:
    """Report settings that would reveal secrets, trust forged input, lose mail, or answer at no address."""
    if debug:
        env.report(f"Variabel DEBUG tidak boleh true {_WHERE}: halaman galat akan membuka isi sistem.")
    if not env.is_set("ALLOWED_HOSTS"):
        env.report(f"Variabel ALLOWED_HOSTS wajib diisi {_WHERE}, misalnya portal.example.id.")
    elif "*" in hosts:
        env.report(f'Variabel ALLOWED_HOSTS tidak boleh "*" {_WHERE}; sebutkan nama host portal.')
    elif env.is_usable("PORTAL_URL") and not validate_host(urlsplit(portal_url).hostname or "", hosts):
        env.report(f"Variabel ALLOWED_HOSTS tidak memuat nama host dari PORTAL_URL ({urlsplit(portal_url).hostname}).")
    if not env.is_set("PORTAL_URL"):
        env.report(f"Variabel PORTAL_URL wajib diisi {_WHERE}, misalnya https://portal.example.id.")
    elif env.is_usable("PORTAL_URL") and urlsplit(portal_url).scheme != "https" and not allow_http:
        env.report(
            f"Variabel PORTAL_URL harus https:// {_WHERE}; untuk jaringan tertutup tanpa TLS isi ALLOW_HTTP=true."
        )
    if not env.is_set("EMAIL_URL"):
        env.report(f"Variabel EMAIL_URL wajib diisi {_WHERE}; isi EMAIL_URL=none bila portal ini tidak mengirim surel.")
    elif env.read_email_url("EMAIL_URL", default="none")["backend"].endswith(
        ("filebased.EmailBackend", "console.EmailBackend")
    ):
        env.report(
            f"Variabel EMAIL_URL tidak boleh file:// atau console:// {_WHERE}: isi surel, termasuk tautan kata sandi, "
            "akan terbaca di server."
        )


def check_owner(owner: dict, own: dict | None) -> None:
    """Report an owner of the tables that does not go with the portal's own role."""
    if own is None:
        env.report("Variabel DATABASE_OWNER_URL hanya berlaku bersama DATABASE_URL.")
    elif any(owner[name] != own[name] for name in ("HOST", "PORT", "NAME")):
        env.report("Variabel DATABASE_OWNER_URL dan DATABASE_URL harus menunjuk basis data yang sama.")
    elif owner["USER"] == own["USER"]:
        env.report("Variabel DATABASE_OWNER_URL dan DATABASE_URL harus memakai pengguna yang berbeda.")


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
