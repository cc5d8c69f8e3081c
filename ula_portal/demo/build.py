"""Build the demo office from nothing, whole or not at all."""

import datetime
import shutil
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections

from ula_portal import embedded_postgres, env
from ula_portal.core import clock, notify, workdays
from ula_portal.core.actions import journal
from ula_portal.core.models import JournalEntry, Office, User

from . import logins, sources
from .catalogue import build_catalogue
from .month import Scale, first_day, play_month
from .office import Cast, build_office
from .play import Play
from .progress import Bar

SEED = 20260302
# One chain of the journal tells how far the building came: it is in the database that it speaks of.
_CHAIN = ("demo", "office")


def state() -> str:
    """``empty``, ``complete``, ``incomplete`` (an interrupted first start) or ``foreign`` (data of one's own)."""
    verbs = set(
        JournalEntry.objects.filter(subject_kind=_CHAIN[0], subject_id=_CHAIN[1]).values_list("verb", flat=True)
    )
    if "demo_built" in verbs:
        return "complete"
    if "demo_begun" in verbs:
        return "incomplete"
    return "foreign" if Office.objects.exists() or User.objects.exists() else "empty"


def build(scale: Scale | None = None, *, seed: int = SEED, stream=None) -> Play | None:
    """Fill an empty database with the demo office and its past month, through the actions alone.

    The same seed at the same moment gives the same past. ``scale.days`` of 0 leaves the month out. Returns the play.
    """
    play = None
    scale, now = scale or Scale(), clock.now()
    codes = list(scale.codes) or sources.service_codes()
    _hurry(True)
    journal.record("demo_begun", *_CHAIN)
    opening = datetime.datetime.combine(first_day(now, scale.days), datetime.time(7, 30), clock.OFFICE_ZONE)
    with notify.never_sent():
        with Bar("Menyiapkan kantor contoh", 1, stream), clock.at(opening - datetime.timedelta(days=40)):
            build_office()
        workdays.clear_cache()
        cast = Cast()
        with Bar("Memberlakukan SOP dan layanan", len(codes), stream) as bar:
            build_catalogue(cast, opening, codes, bar.step)
        if scale.days:
            with Bar("Menjalankan sebulan pelayanan", 1000, stream) as bar:
                play = play_month(cast, now, scale, seed, lambda share: bar.step(int(share * 1000) - bar.done))
    journal.record("demo_built", *_CHAIN)
    _hurry(False)
    return play


def _hurry(on):
    """Until all is built, a power cut may cost it all: an interrupted building is begun anew anyway."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit = {'off' if on else 'on'}")


def clear() -> None:
    """Empty the database and forget the files that belonged to it, so that it can be built anew.

    Refuses a database with data of one's own on a server of one's own (``DATABASE_URL``).
    """
    embedded = not env.read_database_url("DATABASE_URL")
    if not embedded and _is_foreign():
        raise CommandError(
            "Basis data pada DATABASE_URL berisi data yang bukan data contoh, sehingga tidak dihapus. "
            "Pakai basis data lain untuk peragaan."
        )
    connections.close_all()
    if embedded:
        embedded_postgres.recreate_database(settings.VAR_DIR)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connections.close_all()
    for folder in (settings.STORAGES["default"]["OPTIONS"]["location"], settings.VAR_DIR / "mail"):
        shutil.rmtree(Path(folder), ignore_errors=True)
    logins.path().unlink(missing_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    workdays.clear_cache()


def _is_foreign():
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('core_journalentry') IS NULL")
        never_migrated = cursor.fetchone()[0]
    return not never_migrated and state() == "foreign"
