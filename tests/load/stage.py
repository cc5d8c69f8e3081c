"""The data that the portal is measured with: the demo office, drafts ready to submit, waiting tickets."""

import io
import secrets

from django.db import connection

from services.applying.actions.drafts import create_draft, save_answers
from services.applying.actions.walk_in import read_answers
from services.applying.receipt import secret_hashes, tracking_token
from services.attachments.actions.documents import attach_document
from services.catalogue.queries.catalogue import published_services
from services.fields.queries import fields_of
from services.models import Document, Request, Service
from services.papers.queries.slots import document_slots
from ula_portal.core.journal import actors
from ula_portal.core.journal.actors import SYSTEM, applicant, staff
from ula_portal.core.models import Role, User
from ula_portal.core.office.actions import people
from ula_portal.core.security import codes
from ula_portal.demo import build
from ula_portal.demo.month import Scale
from ula_portal.demo.papers import sample_upload
from visitors.counter.actions.sessions import open_session
from visitors.models import Counter, CounterSession, Ticket
from visitors.places.actions import add_counter
from visitors.states import TICKET

from .report import say

# The service of the drafts: seven questions, five documents.
SERVICE = "MUT-K"
ANSWERS = {
    "hubungan": "Orang tua atau wali",
    "nama_pemohon": "Aminah Contoh Lubis",
    "no_hp": "081200000001",
    "surel": "pemohon@contoh.example",
    "kecamatan": "Talawi",
    "nama_siswa": "Budi Contoh",
    "nisn": "0000000001",
    "kelas": "4",
    "npsn_asal": "99990001",
    "nama_sekolah_tujuan": "SD Negeri 01 Contoh",
    "daerah_tujuan": "Kota Contoh Raya",
    "alasan": "Mengikuti orang tua yang pindah tugas.",
}


def build_office() -> None:
    build.build(Scale(requests=24, visits=10, letters=6, days=5), stream=io.StringIO())


def office_with_clerk(waiting: int = 0) -> tuple[int, int]:
    """Build the demo office with ``waiting`` tickets in the queue; returns the ids of a clerk's session and user."""
    say("Menyiapkan kantor …")
    build_office()
    clerk = clerks(1)[0]
    if waiting:
        fill_queue(waiting)
    return clerk


def service_paths() -> list[str]:
    return [f"/layanan/{service.slug}/" for service in published_services().exclude(kind="elsewhere")]


def tracking_paths() -> list[str]:
    return [f"/lacak/{tracking_token(request)}/" for request in Request.objects.exclude(number=None).order_by("pk")]


def a_number() -> str:
    """The number of a submitted request."""
    return Request.objects.exclude(number=None).order_by("pk").values_list("number", flat=True)[0]


def draft() -> Request:
    """A draft with all its answers and documents, made through the actions that a citizen uses."""
    service = Service.objects.get(code=SERVICE)
    made = create_draft(service, by=applicant())
    save_answers(made, by=applicant(made.pk), answers=read_answers(fields_of(made.form_version_id), typed=ANSWERS))
    made.refresh_from_db()
    for slot in document_slots(made):
        if slot.required:
            attach_document(
                made, by=actors.applicant(made.pk), upload=sample_upload(slot.label, as_photo=False), slot_key=slot.key
            )
    return made


def copies_of(original: Request, count: int) -> list[str]:
    """Copy the draft ``count`` times and return the paths of the review pages from which the copies are submitted."""
    nonces = [secrets.token_hex(16) for _ in range(count)]
    hashes = [secret_hashes(nonce) for nonce in nonces]
    own = ("id", "nonce", "code_hash", "token_hash", "draft_hash")
    columns = [field.column for field in Request._meta.concrete_fields if field.column not in own]
    parts = [field.column for field in Document._meta.concrete_fields if field.column not in ("id", "request_id")]
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH made AS ("
            f" INSERT INTO services_request (nonce, code_hash, token_hash, {', '.join(columns)})"
            f" SELECT k.nonce, k.code_hash, k.token_hash, {', '.join(f's.{column}' for column in columns)}"
            " FROM services_request s, unnest(%s::text[], %s::text[], %s::text[]) AS k (nonce, code_hash, token_hash)"
            " WHERE s.id = %s RETURNING id)"
            f" INSERT INTO services_document (request_id, {', '.join(parts)})"
            f" SELECT made.id, {', '.join(f'd.{column}' for column in parts)} FROM made, services_document d"
            " WHERE d.request_id = %s",
            [
                nonces,
                [each["code_hash"] for each in hashes],
                [each["token_hash"] for each in hashes],
                original.pk,
                original.pk,
            ],
        )
    slug = original.service.slug
    return [f"/layanan/{slug}/ajukan/{codes.token('request-token', nonce)}/periksa/" for nonce in nonces]


def submitted() -> int:
    return Request.objects.exclude(state=Request.State.DRAFT).count()


def clerks(count: int) -> list[tuple[int, int]]:
    """``count`` people, each at a counter that serves everything: pairs of session id and user id."""
    location = Counter.objects.first().location
    services = list(Service.objects.exclude(kind="elsewhere"))
    made = []
    for number in range(count):
        email, name = f"loket.uji{number}@example.id", f"Loket uji {number}"
        user = User.objects.filter(email=email).first()
        if user:
            # This demo has been measured before.
            Counter.objects.filter(name=name).update(active=True)
            counter = Counter.objects.get(name=name)
        else:
            user = people.create_staff_member(by=SYSTEM, email=email, full_name=f"Petugas Contoh {number}")
            people.assign_role(user, by=SYSTEM, role=Role.COUNTER)
            counter = add_counter(location, by=SYSTEM, name=name, number=90 + number, services=services)
        made.append((open_session(counter, by=staff(user)).pk, user.pk))
    return made


def fill_queue(count: int) -> None:
    """Fill today's queue to ``count`` waiting tickets, after ending all earlier ones."""
    TICKET.make_all(Ticket.objects.all(), "finish")
    TICKET.make_all(Ticket.objects.all(), "leave_queue")
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH visitor AS (INSERT INTO visitors_visitor (name, phone, institution) VALUES ('Tamu Contoh', '', '')"
            " RETURNING id), visit AS ("
            " INSERT INTO visitors_visit (purpose, head_count, note, companion, represents, proxy_seen, left_assumed,"
            " checked_in_at, checked_in_by_id, location_id, service_id, visitor_id)"
            " SELECT 'service', 1, '', '', '', false, false, now(), %(user)s, %(place)s, %(service)s, visitor.id"
            " FROM visitor, generate_series(1, %(count)s) RETURNING id), numbered AS ("
            " SELECT id, row_number() OVER (ORDER BY id) + coalesce((SELECT max(number) FROM visitors_ticket"
            " WHERE letter = 'Z'), 0) AS number FROM visit)"
            " INSERT INTO visitors_ticket (visit_id, location_id, day, letter, number, lane, priority_ground, state,"
            " service_id, issued_at, waiting_since, calls, result, nonce, token_hash)"
            " SELECT id, %(place)s, (now() AT TIME ZONE 'Asia/Jakarta')::date, 'Z', number,"
            " CASE WHEN number %% 10 = 0 THEN 'priority' ELSE 'regular' END, '', 'waiting', %(service)s, now(),"
            " now() + number * interval '1 microsecond', 0, '', 'n', md5(random()::text) || md5(id::text)"
            " FROM numbered",
            {
                "user": CounterSession.objects.values_list("user_id", flat=True).latest("pk"),
                "place": Counter.objects.values_list("location_id", flat=True).first(),
                "service": Service.objects.values_list("pk", flat=True).get(code=SERVICE),
                "count": count,
            },
        )
        cursor.execute("ANALYZE visitors_ticket")
