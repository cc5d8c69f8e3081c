"""Build the demo office from scratch."""

import datetime

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from ula_portal import embedded_postgres, env
from ula_portal.core import clock, workdays
from ula_portal.core.data import schema
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.notices import outbox

from . import logins, mark, sources, today
from .catalogue import build_catalogue
from .month import Scale, first_day, simulate_month
from .office import Cast, build_office
from .progress import Bar
from .simulation import Simulation

SEED = 20260302
FOREIGN = (
    "Basis data ini berisi data yang bukan data contoh, sehingga tidak ada yang diisi atau dihapus. "
    "Pakai VAR_DIR atau DATABASE_URL lain untuk peragaan."
)


def build(scale: Scale | None = None, *, seed: int = SEED, stream=None) -> Simulation | None:
    """Fill an empty database with the demo office and its past month, using only the verbs of the apps.

    The same seed at the same moment gives the same past. With ``scale.days`` 0 there is no past month. Returns the
    simulation.
    """
    simulation = None
    scale, now = scale or Scale(), clock.now()
    codes = list(scale.codes) or sources.service_codes()
    _set_fast_commits(True)
    with transaction.atomic():
        journal.record("demo_begun", *mark.CHAIN, SYSTEM)
    opening = datetime.datetime.combine(first_day(now, scale.days), datetime.time(7, 30), clock.OFFICE_ZONE)
    with outbox.never_sent():
        with Bar("Menyiapkan kantor contoh", 1, stream), clock.at(opening - datetime.timedelta(days=40)):
            build_office()
        workdays.clear_cache()
        cast = Cast()
        with Bar("Memberlakukan SOP dan layanan", len(codes), stream) as bar:
            build_catalogue(cast, opening, codes, bar.step)
        if scale.days:
            with Bar("Menjalankan sebulan pelayanan", 1000, stream) as bar:
                simulation = simulate_month(
                    cast, now, scale, seed, lambda share: bar.step(int(share * 1000) - bar.done)
                )
    if scale.days:
        today.open_waiting_room()
    with transaction.atomic():
        journal.record("demo_built", *mark.CHAIN, SYSTEM)
    _set_fast_commits(False)
    return simulation


def _set_fast_commits(on):
    """Switch synchronous commits off during the build; an interrupted build starts again anyway."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET synchronous_commit = {'off' if on else 'on'}")


def clear(confirmed_name: str = "") -> None:
    """Empty the demo's database, delete its files, and migrate it, so that the demo can be built again.

    ``confirmed_name``: the office's name as entered by the user, required if accounts or services were added since.
    Raises: CommandError for a database that the demo did not build, or if the name is missing.
    """
    found = mark.state()
    if found == "foreign":
        raise CommandError(FOREIGN)
    if found != "empty" or schema.version_problem():
        _empty(confirmed_name)
    call_command("migrate", verbosity=0, interactive=False)
    workdays.clear_cache()


def _empty(confirmed_name):
    added = mark.added()
    if added and confirmed_name.strip() != added.office:
        raise CommandError(
            f"Basis data peragaan ini sudah ditambahi {added}; tidak ada yang dihapus tanpa nama kantornya: "
            f'--confirm "{added.office}".'
        )
    files = mark.files()
    connections.close_all()
    if env.read_database_url("DATABASE_URL"):
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connections.close_all()
    else:
        embedded_postgres.recreate_database(settings.VAR_DIR)
    # Only files of this database: another portal may use the same folder.
    for name in files:
        default_storage.delete(name)
    logins.path().unlink(missing_ok=True)
