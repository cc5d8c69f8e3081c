"""The databases whose pages are shown, each in a separate data folder.

``typical`` is the demo in the caller's folder. ``empty`` is an office with only its people, ``full`` one with long
names and hundreds of rows; ``error`` shows the same office's pages after their forms were submitted empty.
"""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator

from tests import postgres

STATES = ("typical", "empty", "full", "error")
ROWS = 200


@contextlib.contextmanager
def data_folder(state: str) -> Iterator[dict[str, str]]:
    """Environment with the data folder of a state; folders other than the caller's are deleted afterwards."""
    if state == "typical":
        # Builds the demo, or only migrates its database. The command refuses if the demo is running; then nothing is
        # missing.
        subprocess.run([sys.executable, "manage.py", "demo", "--no-serve"], cwd=postgres.ROOT, capture_output=True)
        yield {"VAR_DIR": os.environ.get("VAR_DIR") or str(postgres.ROOT / "var")}
        return
    folder = postgres.start_prepared_server()
    try:
        (folder / "static").mkdir()
        yield {"VAR_DIR": str(folder)}
    finally:
        postgres.stop_server(folder)


def prepare(state: str) -> None:
    """Fill the database that Django is connected to."""
    if state != "typical":
        from django.db import connection

        connection.settings_dict["NAME"] = postgres.MIGRATED
    {"typical": _typical, "empty": _empty}.get(state, _full)()


def _typical():
    from django.conf import settings

    from ula_portal import embedded_postgres
    from ula_portal.demo import mark, today

    embedded_postgres.ensure_running(settings.VAR_DIR)
    if mark.state() != "complete":
        sys.exit("Belum ada data contoh. Siapkan dahulu: .venv/bin/python manage.py demo --no-serve")
    today.open_waiting_room()
    _complete()


def _complete():
    """Add what no demo contains, so that its pages can be shown: a draft of an SOP, a sheet of paper
    numbers, a poster.
    """
    from sop.drafting.actions.importing import import_sop
    from sop.models import SopVersion
    from tests.factories.cases import content, rich_steps
    from tests.factories.services import picture
    from ula_portal.core.files.uploads import store_upload
    from ula_portal.core.journal.actors import SYSTEM, staff
    from ula_portal.core.models import Location, Role, User
    from visitors.checkin.actions.paper import reserve_numbers
    from visitors.models import PaperSheet, ScreenNotice

    if not SopVersion.objects.filter(state="draft").exists():
        import_sop(content(rich_steps(), "420/CONTOH/SOP-DISDIK/2026", "Legalisasi Rapor Contoh"), by=SYSTEM)
    if not PaperSheet.objects.exists():
        clerk = User.objects.filter(staff_roles__role=Role.FRONT_DESK).first()
        reserve_numbers(Location.objects.earliest("pk"), by=staff(clerk), count=5, letter="K")
    if not ScreenNotice.objects.exclude(picture=None).exists():
        poster = store_upload(picture("poster.png", "orange"))
        ScreenNotice.objects.create(text="Bawa berkas asli.", from_date="2026-01-01", picture=poster)


def _empty():
    from services.conversation.actions.default_templates import ensure_message_templates
    from tests.factories.core import named_cast
    from ula_portal.core.journal.actors import SYSTEM
    from ula_portal.core.office.actions import office

    office.set_up_office(
        by=SYSTEM, name="Dinas Pendidikan", regency="Kabupaten Contoh", letterhead=["DINAS PENDIDIKAN"]
    )
    ensure_message_templates()
    named_cast()
    office.add_location(by=SYSTEM, code="ula", name="Ruang Layanan ULA", address="Lantai 1")


def _full():
    from ula_portal.demo import build
    from ula_portal.demo.month import Scale
    from ula_portal.demo.seeding import copying, requests, visits

    quiet = io.StringIO()
    build.build(Scale(requests=30, visits=40, letters=8, days=8), stream=quiet)
    for batches in (requests.request_batches, visits.visit_batches):
        copying.write_all(batches(ROWS, 1), lambda _rows: None)
    _complete()
    _long_names()


def _long_names():
    """Names as long as their columns allow and people would still read."""
    from django.db import DatabaseError, transaction
    from django.db.models import F, Value
    from django.db.models.functions import Concat, Left

    from services.models import Category, Request, Service
    from ula_portal.core.models import Location, Position, Unit, User
    from visitors.models import Counter, Visitor

    person = "Raden Roro Hj. Siti Nurhalizah Kusumaningrum Wulandari "
    longer = [
        (User, "full_name", person),
        (Visitor, "name", person),
        (Request, "applicant_name", person),
        (Unit, "name", "Unit Pelaksana Teknis Daerah Penyelenggaraan "),
        (Position, "name", "Pengelola Administrasi Kepegawaian dan Tata Usaha "),
        (Service, "name", "Penerbitan surat keterangan dan rekomendasi bagi peserta didik: "),
        (Category, "name", "Kepesertadidikan dan kelembagaan: "),
        (Location, "name", "Ruang Pelayanan Terpadu Satu Pintu "),
        (Counter, "name", "Loket Pelayanan Terpadu "),
    ]
    for model, column, words in longer:
        limit = model._meta.get_field(column).max_length
        try:
            with transaction.atomic():
                model.objects.update(**{column: Left(Concat(Value(words), F(column)), limit)})
        except DatabaseError as error:
            print(f"  {model.__name__}.{column}: {str(error).splitlines()[0]}")
