"""Who may open and post what: every named URL of the portal with the answer that each role gets.

A row: URL name → arguments, answers to GET, answers to POST, posted data. The answers are in the order of ``ROLES``;
``in`` means a redirect to the log-in page. An answer with ``+`` changes something, one with ``r`` only records in the
journal who has read. All other answers must not change anything.
"""

from collections.abc import Callable
from dataclasses import dataclass

from services.exchange.content import as_file, content_of
from services.form_editor.actions.draft import start_draft
from services.form_editor.actions.fields import add_column, add_field
from services.models import RoutingRule
from services.papers.queries.brought import intake_slots
from tests.factories.cases import run_of
from tests.factories.services import picture
from ula_portal.core import clock
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.models import CalendarDay
from ula_portal.core.office.actions.first_administrator import issue_setup_address
from ula_portal.core.office.actions.invitations import invite
from ula_portal.core.office.invitations import secrets_of

ALL = "200 200 200 200 200 200 200 200"
STAFF = "in 200 200 200 200 200 200 200"
DESK = "in 200 200 403 403 403 403 403"
PANEL = "in in in in 200 200 200 in"
ADMIN = "in 403 403 403 403 403 200 403"
SENT = "302+ 302+ 302+ 302+ 302+ 302+ 302+ 302+"
MOVED = "302 302 302 302 302 302 302 302"


@dataclass(frozen=True)
class Row:
    args: Callable = lambda w: []
    get: str = ALL
    post: str = ""
    data: Callable = lambda w: {}


def _draft(w, *more):
    return [w.service.slug, w.token(w.draft), *more]


def _slot(w):
    return f"r{w.document(w.draft).requirement_id}"


def _run(w, request, **data):
    return {"key": "kunci-matriks", "run": run_of(request).pk, **data}


def _actors(w):
    found = {}
    for actor in w.sop_draft.actors.all():
        found |= {f"kind_{actor.pk}": actor.kind, f"actor_{actor.pk}": actor.position_id or ""}
    return found


def _invited(w):
    """Link and start code of a new invitation."""
    (invitation,) = invite([w.cast.outsider], by=SYSTEM, way="slip")
    return secrets_of(invitation.nonce, invitation.user)


CITIZEN = {
    "home": Row(),
    "service_list": Row(),
    "service_detail": Row(lambda w: [w.service.slug]),
    "service_poster": Row(lambda w: [w.service.slug]),
    "service_poster_pdf": Row(lambda w: [w.service.slug]),
    "apply_start": Row(lambda w: [w.service.slug], post=SENT),
    "apply_data": Row(_draft, post=SENT, data=lambda w: {"hubungan": "Diri sendiri", "later": "1"}),
    "apply_part": Row(lambda w: _draft(w, 2), post=SENT, data=lambda w: {"nama_pemohon": "Siti", "later": "1"}),
    "apply_continue": Row(_draft, MOVED),
    "school_search": Row(),
    "apply_resume": Row(post=ALL, data=lambda w: {"code": "AAAA AAAA AAAA"}),
    "apply_saved": Row(_draft),
    "apply_documents": Row(_draft),
    "apply_file": Row(lambda w: _draft(w, w.document(w.draft).pk)),
    "apply_remove": Row(lambda w: _draft(w, w.document(w.draft).pk), MOVED, SENT),
    "apply_restore": Row(lambda w: _draft(w, 1), MOVED, MOVED),
    "apply_upload": Row(lambda w: _draft(w, _slot(w)), MOVED, SENT, lambda w: {"file": picture("b.png", "red")}),
    "apply_review": Row(_draft, post=SENT),
    "track": Row(post=MOVED, data=lambda w: {"number": w.case.number, "code": w.code(w.case)}),
    "code_lost": Row(post=ALL, data=lambda w: {"number": w.case.number, "contact": "salah@example.id"}),
    "code_renew": Row(lambda w: ["x" * 43], post=MOVED),
    "track_detail": Row(lambda w: [w.token(w.case)]),
    "receipt": Row(lambda w: [w.token(w.case)]),
    "receipt_paper": Row(lambda w: [w.token(w.case)]),
    "receipt_pdf": Row(lambda w: [w.token(w.case)]),
    "track_contents": Row(lambda w: [w.token(w.case)]),
    "track_answer": Row(lambda w: [w.token(w.asked)], MOVED, SENT, lambda w: {"text": "Sudah."}),
    "track_message": Row(lambda w: [w.token(w.case)], MOVED, SENT, lambda w: {"text": "Kapan selesai?"}),
    "track_withdraw": Row(lambda w: [w.token(w.case)], post=SENT),
    "track_letter": Row(lambda w: [w.token(w.lettered)], MOVED, ALL.replace("200", "200+")),
    "track_file": Row(lambda w: [w.token(w.asked), w.document(w.asked).pk]),
    "track_restore": Row(lambda w: [w.token(w.asked), 1], MOVED, MOVED),
    "track_remove": Row(lambda w: [w.token(w.asked), w.document(w.asked).pk], MOVED, SENT),
    "track_upload": Row(lambda w: [w.token(w.asked), "lain"], MOVED, SENT, lambda w: {"file": picture("l.png", "red")}),
    "verify_form": Row(post=MOVED, data=lambda w: {"code": w.letter_code}),
    "letter_verify": Row(lambda w: [w.letter_code], post=ALL, data=lambda w: {"file": picture()}),
    "sop_list": Row(),
    "sop_detail": Row(lambda w: [w.sop_version.sop.slug]),
    "sop_pdf": Row(lambda w: [w.sop_version.sop.slug]),
    "sop_download": Row(lambda w: [w.sop_version.sop.slug, "json"]),
    "sop_version": Row(lambda w: [w.sop_version.sop.slug, w.sop_version.ordinal]),
    "sop_version_pdf": Row(lambda w: [w.sop_version.sop.slug, w.sop_version.ordinal]),
    "queue_public": Row(),
    "ticket_own": Row(lambda w: [w.ticket_token], post=SENT),
    "appointments": Row(),
    "appointment_book": Row(
        lambda w: [w.free_slot.pk], post=SENT, data=lambda w: {"name": "Siti", "idempotency_key": "kunci-matriks"}
    ),
    "appointment_find": Row(post=ALL, data=lambda w: {"code": "AAAA AAAA AAAA"}),
    "appointment": Row(lambda w: [w.booking_token]),
    "appointment_move": Row(lambda w: [w.booking_token], post=SENT, data=lambda w: {"slot": w.free_slot.pk}),
    "appointment_cancel": Row(lambda w: [w.booking_token], post=SENT),
    "appointment_calendar": Row(lambda w: [w.booking_token]),
    "appointment_paper": Row(lambda w: [w.booking_token]),
    "display": Row(lambda w: ["ula"]),
    "display_data": Row(lambda w: ["ula"]),
    "display_voice": Row(lambda w: ["ula", w.call_event.pk]),
    "display_picture": Row(lambda w: [w.screen_notice.pk]),
    "first_visit": Row(
        lambda w: [issue_setup_address(by=SYSTEM, despite_others=True)],
        post=SENT,
        data=lambda w: {
            "full_name": "Admin Baru",
            "email": "admin.baru@example.id",
            "password": "sandi-yang-panjang-1",
            "again": "sandi-yang-panjang-1",
        },
    ),
    # There is no emblem.
    "office_emblem": Row(lambda w: ["00000000-0000-0000-0000-000000000000"], get=ALL.replace("200", "404")),
    "start_code": Row(post=MOVED, data=lambda w: {"email": w.cast.outsider.email, "code": _invited(w).code}),
    "invitation": Row(
        lambda w: [_invited(w).token],
        post=SENT,
        data=lambda w: {"password": "songket-pucuk-rebung-7", "again": "songket-pucuk-rebung-7"},
    ),
    "privacy": Row(),
    "accessibility": Row(),
    "health": Row(),
    "set_language": Row(get=MOVED, post=MOVED, data=lambda w: {"language": "id"}),
}


def _rows(**row):
    """One row of a table of units or positions, as its page posts it."""
    return {"baris-TOTAL_FORMS": 1, "baris-INITIAL_FORMS": 0} | {f"baris-0-{name}": row[name] for name in row}


def _away(user):
    today = clock.today().isoformat()
    return {"key": "kunci-matriks", "user": user.pk, "kind": "leave", "from_date": today, "to_date": today}


def _order(w):
    today = clock.today().isoformat()
    said = {"mandate": "800/1", "mandate_date": today, "mandate_by": "Kepala Dinas"}
    place = {"position": w.cast.positions["KABID-DIKDAS"].pk, "user": w.cast.outsider.pk, "kind": "plh"}
    return {"key": "kunci-matriks", "from_date": today, "to_date": today, **said, **place}


def _service_file(w):
    content = content_of(w.service)
    content["service"]["code"] = "BARU"
    return {"content": as_file(content).decode()}


def _decree(w):
    said = {"decree": "1", "decree_date": "2024-03-04", "effective_from": "2024-03-04"}
    return said | {"position": "Kepala Dinas", "name": "Ani", "versions": [w.sop_draft.pk]}


_NONE_YET = "in 404 404 404 404 404 404 404"
_EXPECTING = "in 200 200 403 403 403 200 403"
_DECIDE = "in 403 403 302+ 302+ 403 403 404"
STAFF_PAGES = {
    "staff_home": Row(get=STAFF),
    "staff_rail": Row(get=STAFF),
    "style_page": Row(get=STAFF),
    "absences": Row(get=STAFF, post="in 422 422 302+ 302+ 302+ 302+ 422", data=lambda w: _away(w.cast.official)),
    "absence_end": Row(lambda w: [w.absence.pk], STAFF.replace("200", "405"), "in 302 302 302+ 302+ 302+ 302+ 302"),
    "acting": Row(get="in 403 403 403 403 403 200 403", post="in 403 403 403 403 403 302+ 403", data=_order),
    # An order that does not exist: nothing changes.
    "acting_end": Row(lambda w: [1], get="in 403 403 403 403 403 405 403", post="in 403 403 403 403 403 302 403"),
    "case_list": Row(get=STAFF),
    "mention_list": Row(get=STAFF),
    "held_list": Row(get=STAFF),
    "case_search": Row(get=STAFF.replace("200", "405"), post=STAFF.replace("200", "302"), data=lambda w: {"q": "Siti"}),
    "case_news": Row(get=STAFF),
    # The open step of ``case`` already belongs to the official; others get a message on the next page.
    "case_bulk": Row(
        get=STAFF.replace("200", "405"),
        post=STAFF.replace("200", "302"),
        data=lambda w: {"do": "claim", "chosen": run_of(w.case).pk},
    ),
    "case_filters": Row(
        get=STAFF, post=STAFF.replace("200", "302+"), data=lambda w: {"name": "Punya saya", "key": "kunci-matriks"}
    ),
    # A filter that does not exist: a message says so.
    "case_filter": Row(
        lambda w: [1], STAFF.replace("200", "405"), STAFF.replace("200", "302"), lambda w: {"do": "delete"}
    ),
    "case_detail": Row(lambda w: [w.case.number], "in 200 200 200 200 200 200 404"),
    "case_changes": Row(lambda w: [w.case.number], "in 200 200 200 200 200 200 404"),
    "case_document": Row(lambda w: [w.case.number, w.document(w.case).pk], "in 200r 200r 200r 200r 200r 200r 404"),
    # A file that is not a PDF has no pages; the tests of reading cover PDFs.
    "case_document_page": Row(
        lambda w: [w.case.number, w.document(w.case).pk, 1], "in 404r 404r 404r 404r 404r 404r 404"
    ),
    "case_receipt": Row(lambda w: [w.case.number], "in 200r 200r 200r 200r 403 403 404"),
    "case_record": Row(
        lambda w: [w.case.number],
        "in 403 403 200 200 403 200 404",
        "in 403 403 302+ 302+ 403 302+ 404",
        lambda w: _run(w, w.case, answer="yes", day_2=clock.today().isoformat(), photo=picture()),
    ),
    "case_disposition": Row(lambda w: [w.case.number], "in 403 403 200r 200r 403 200r 404"),
    "case_disposition_pdf": Row(lambda w: [w.case.number], "in 403 403 200r 200r 403 200r 404"),
    # There is no photo of the sheet yet.
    "case_paper": Row(lambda w: [w.case.number, run_of(w.case).pk], _NONE_YET),
    "case_letter": Row(lambda w: [w.lettered.number, w.letter.pk], "in 200 200 200 200 200 200 404"),
    "case_answers": Row(
        lambda w: [w.case.number],
        "in 200 200 200 200 403 403 404",
        "in 302+ 302+ 302+ 302+ 403 403 404",
        lambda w: {"no_hp": "0812 3456 7890"},
    ),
    "case_intake": Row(
        lambda w: [w.case.number],
        "in 200 200 200 200 403 403 404",
        "in 302+ 302+ 302+ 302+ 403 403 404",
        lambda w: {f"how-{intake_slots(w.case)[0].key}": "seen"},
    ),
    # No original is stored yet.
    "case_return": Row(
        lambda w: [w.case.number, w.document(w.case).pk],
        "in 405 405 405 405 405 405 405",
        "in 302 302 302 302 403 403 404",
        lambda w: {"received_by": "Ibu Contoh"},
    ),
    # Printing it is counted.
    "case_shortage": Row(lambda w: [w.case.number], "in 200+ 200+ 200+ 200+ 403 403 404"),
    "case_upload": Row(
        lambda w: [w.case.number, "lain"],
        "in 405 405 405 405 405 405 405",
        "in 302+ 302+ 302+ 302+ 403 403 404",
        lambda w: {"file": picture()},
    ),
    "case_letter_preview": Row(
        lambda w: [w.signing.number],
        "in 405 405 405 405 405 405 405",
        "in 302 302 302 200 302 302 404",
        lambda w: {"body": "Isi surat."},
    ),
    "case_act": Row(
        lambda w: [w.case.number, "putuskan"],
        "in 405 405 405 405 405 405 405",
        _DECIDE,
        lambda w: _run(w, w.case, answer="yes"),
    ),
    "checkin": Row(
        get=DESK,
        post="in 302+ 302+ 403 403 403 403 403",
        data=lambda w: {
            "do": "check_in",
            "key": "kunci-matriks",
            "name": "Tamu Contoh",
            "purpose": "consult",
            "head_count": 1,
        },
    ),
    "ticket_print": Row(lambda w: [w.waiting.pk], DESK),
    "ticket_to_printer": Row(
        lambda w: [w.waiting.pk], "in 405 405 403 403 403 403 403", "in 302 302 403 403 403 403 403"
    ),
    "ticket_report_back": Row(
        lambda w: [w.missed.pk], "in 405 405 403 403 403 403 403", "in 302+ 302+ 403 403 403 403 403"
    ),
    "visit_check_out": Row(
        lambda w: [w.missed.visit_id], "in 405 405 403 403 403 403 403", "in 302+ 302+ 403 403 403 403 403"
    ),
    "badge_print": Row(lambda w: [w.waiting.visit_id], DESK),
    "inside_print": Row(get=DESK),
    "guests": Row(
        get=STAFF,
        post="in 302 302 302+ 302 302 302 302",
        data=lambda w: {"call": w.host_call.pk, "answer": "coming"},
    ),
    "service_closure": Row(
        get="in 200 200 403 403 403 200 403",
        post="in 302+ 302+ 403 403 403 302+ 403",
        data=lambda w: {"do": "close", "reason": "Listrik padam", "confirmed": "1"},
    ),
    "paper_numbers": Row(
        get=DESK,
        post="in 302+ 302+ 403 403 403 403 403",
        data=lambda w: {"key": "kunci-matriks", "letter": "U", "count": 5},
    ),
    "paper_sheet": Row(lambda w: [w.paper_sheet.pk], DESK),
    "paper_enter": Row(
        lambda w: [w.paper_sheet.pk],
        DESK,
        "in 302+ 302+ 403 403 403 403 403",
        lambda w: {
            "key": "kunci-matriks",
            "number": w.paper_sheet.first,
            "came_at": "00:00",
            "finished_at": "00:00",
            "name": "Tamu Contoh",
            "purpose": "consult",
            "head_count": 1,
        },
    ),
    "bookings": Row(
        get=_EXPECTING, post=_EXPECTING.replace("200", "302"), data=lambda w: {"location": w.location.code}
    ),
    "booking": Row(
        lambda w: [w.booking.pk],
        _EXPECTING,
        _EXPECTING.replace("200", "302+"),
        data=lambda w: {"slot": w.free_slot.pk, "seen": w.booking.slot_id},
    ),
    "booking_cancel": Row(
        lambda w: [w.booking.pk],
        _EXPECTING.replace("200", "405"),
        _EXPECTING.replace("200", "302+"),
    ),
    "booking_arrive": Row(
        lambda w: [w.booking.pk], "in 405 405 403 403 403 403 403", "in 302+ 302+ 403 403 403 403 403"
    ),
    "slots_close": Row(
        get=_EXPECTING,
        post="in 302+ 302+ 403 403 403 302+ 403",
        data=lambda w: {"day": clock.today().isoformat(), "reason": "Listrik padam", "confirmed": "1"},
    ),
    # No slot was closed by hand, so there is none to reopen.
    "slots_reopen": Row(
        get="in 405 405 403 403 403 405 403",
        post=_EXPECTING.replace("200", "302"),
        data=lambda w: {"day": clock.today().isoformat()},
    ),
    "counter": Row(
        get=DESK, post="in 302+ 302+ 403 403 403 403 403", data=lambda w: {"do": "open", "counter": w.desk.pk}
    ),
    "service_export": Row(lambda w: [w.service.code], get=ADMIN),
    "service_import": Row(get=ADMIN, post=ADMIN.replace("200", "302+"), data=_service_file),
    "opening": Row(get=ADMIN),
    "opening_starter": Row(
        get=ADMIN,
        post=ADMIN.replace("200", "302+"),
        data=lambda w: {"codes": ["LEG-IJZ"], "unit_DIKDAS": w.cast.unit.pk, "sops": "on"},
    ),
    # The service does not exist: nothing changes.
    "opening_starter_sop": Row(
        lambda w: ["TIDAK-ADA"], get=ADMIN.replace("200", "405"), post=ADMIN.replace("200", "302")
    ),
    "opening_balance": Row(get=ADMIN, post=ADMIN.replace("200", "302+"), data=lambda w: {"letter": "77"}),
    # Its actors are not confirmed, so that nothing changes.
    "opening_balance_sops": Row(get=ADMIN, post=ADMIN, data=_decree),
    "opening_balance_requests": Row(
        get=ADMIN,
        post=ADMIN.replace("200", "302+"),
        data=lambda w: {
            "service": w.service.code,
            "number": "12/2026",
            "name": "Siti",
            "step": "2",
            "received_on": clock.today().isoformat(),
        },
    ),
    "opening_office": Row(
        get=ADMIN,
        post=ADMIN.replace("200", "302+"),
        data=lambda w: {"name": "Dinas", "regency": "Kabupaten Contoh", "address": "Jalan Contoh 1"},
    ),
    "opening_emblem": Row(
        get=ADMIN, post=ADMIN.replace("200", "302+"), data=lambda w: {"picture": picture("l.png", size=(120, 120))}
    ),
    # There is no emblem: nothing changes.
    "opening_emblem_remove": Row(get=ADMIN.replace("200", "405"), post=ADMIN.replace("200", "302")),
    "opening_emblem_restore": Row(get=ADMIN.replace("200", "405"), post=ADMIN.replace("200", "302")),
    "opening_hours": Row(
        get=ADMIN,
        post=ADMIN.replace("200", "302+"),
        data=lambda w: {
            f"{kind}-0-{name}": value
            for kind in ("service", "working")
            for name, value in (("open", "on"), ("opens", "08:00"), ("closes", "15:00"))
        },
    ),
    "opening_holidays": Row(
        get=ADMIN,
        post=ADMIN.replace("200", "302+"),
        data=lambda w: {"kind": "holiday", "days": "2 Mei 2030 Hari Jadi"},
    ),
    "opening_holiday_remove": Row(
        lambda w: [CalendarDay.objects.latest("pk").pk], ADMIN.replace("200", "405"), ADMIN.replace("200", "302+")
    ),
    "opening_counters": Row(
        get=ADMIN, post=ADMIN.replace("200", "302+"), data=lambda w: {"key": "kunci-matriks", "count": "2"}
    ),
    # The counter serves all services already: nothing changes.
    "opening_serve_all": Row(get=ADMIN.replace("200", "405"), post=ADMIN.replace("200", "302")),
    "opening_letterhead": Row(get=ADMIN, post=ADMIN.replace("200", "302+"), data=lambda w: {"letterhead": "DINAS"}),
    "opening_letterhead_preview": Row(
        get=ADMIN.replace("200", "405"), post=ADMIN, data=lambda w: {"letterhead": "DINAS"}
    ),
    "opening_units": Row(get=ADMIN, post=ADMIN.replace("200", "302+"), data=lambda w: _rows(name="Bidang Baru")),
    "opening_positions": Row(
        get=ADMIN, post=ADMIN.replace("200", "302+"), data=lambda w: _rows(name="Baru", unit=w.cast.unit.name)
    ),
    "opening_people": Row(get=ADMIN),
    "opening_people_search": Row(get=ADMIN.replace("200", "405"), post=ADMIN.replace("200", "302")),
    "opening_person_add": Row(
        get=ADMIN,
        post=ADMIN.replace("200", "302+"),
        data=lambda w: {"full_name": "Baru", "email": "baru@example.id", "positions": "Petugas Loket"},
    ),
    "opening_people_import": Row(
        get=ADMIN,
        post=ADMIN.replace("200", "302+"),
        data=lambda w: {"take": "all", "text": "Baru\t\t\t\t\tbaru@example.id\tPetugas Loket\n"},
    ),
    "opening_people_template": Row(get=ADMIN),
    "opening_people_invite": Row(
        get=ADMIN.replace("200", "405"),
        post=ADMIN.replace("200", "302+"),
        data=lambda w: {"way": "mail", "chosen": w.cast.outsider.pk},
    ),
    "report": Row(get="in 403 403 403 200 200 200 403"),
    "report_cases": Row(get="in 403 403 403 200 200 200 403"),
    "report_file": Row(get="in 403 403 403 200 200 200 403"),
}

_WRITER = "in 403 403 403 200 200 200 403"
_WRITER_POSTS = ("in 403 403 403 405 405 405 403", "in 403 403 403 302+ 302+ 302+ 403")
# A head of office has to confirm the first change of a draft, after which they may not approve it.
_EDITS = ("in 403 403 403 405 200 405 403", "in 403 403 403 302+ 409 302+ 403")


def _first_step(w):
    return [w.sop_draft.pk, w.sop_draft.steps.get(no=1).pk]


def _first_actor(w):
    return [w.sop_draft.pk, w.sop_draft.actors.get(order=1).pk]


def _identity(w):
    sop = w.sop_draft.sop
    return {"name": "Nama yang diubah", "number": sop.number, "unit_id": sop.unit_id}


EDITOR = {
    "sop_drafts": Row(get=_WRITER),
    "sop_new": Row(
        get=_WRITER,
        post=_WRITER_POSTS[1],
        data=lambda w: {"name": "SOP baru", "unit_id": w.sop_draft.sop.unit_id, "key": "kunci-matriks"},
    ),
    "sop_take_in": Row(get="in 403 403 403 200 403 200 403"),
    "sop_take_in_template": Row(get="in 403 403 403 200 403 200 403"),
    "sop_revise": Row(lambda w: [w.sop_version.sop_id], _WRITER_POSTS[0], "in 403 403 403 302+ 200 302+ 403"),
    "sop_edit": Row(lambda w: [w.sop_draft.pk], _WRITER),
    "sop_edit_identity": Row(lambda w: [w.sop_draft.pk], _WRITER, _EDITS[1], _identity),
    "sop_edit_actors": Row(lambda w: [w.sop_draft.pk], _WRITER),
    "sop_edit_actor_add": Row(
        lambda w: [w.sop_draft.pk], *_EDITS, lambda w: {"baru-who": "external", "baru-name": "Kecamatan"}
    ),
    "sop_edit_actor": Row(
        _first_actor,
        *_EDITS,
        lambda w: {f"a{_first_actor(w)[1]}-who": "external", f"a{_first_actor(w)[1]}-name": "Kecamatan"},
    ),
    "sop_edit_add": Row(lambda w: [w.sop_draft.pk], *_EDITS),
    "sop_edit_step": Row(_first_step, _WRITER, _EDITS[1], lambda w: {"activity": "Mengajukan lagi", "shape": "start"}),
    # Nothing was removed or copied: a message says that it no longer exists.
    "sop_edit_restore": Row(lambda w: [w.sop_draft.pk, 1], _EDITS[0], _EDITS[1].replace("+", ""), lambda w: {}),
    "sop_edit_restore_copy": Row(lambda w: [w.sop_draft.pk, 1], _EDITS[0], _EDITS[1].replace("+", ""), lambda w: {}),
    "sop_edit_paste": Row(
        lambda w: [w.sop_draft.pk],
        _WRITER,
        _EDITS[1],
        lambda w: {"do": "put", "text": "No\tUraian Kegiatan\tPelaksana\n1\tMenerima berkas\tPemohon", "key": "k"},
    ),
    "sop_edit_check": Row(lambda w: [w.sop_draft.pk], _WRITER),
    "sop_edit_propose": Row(lambda w: [w.sop_draft.pk], *_WRITER_POSTS),
    "sop_edit_own": Row(lambda w: [w.sop_draft.pk], _WRITER_POSTS[0], _WRITER_POSTS[1].replace("+", "")),
    "sop_edit_corrections": Row(lambda w: [w.sop_draft.pk], _WRITER),
    # A correction that does not exist: a message says that it has been answered.
    "sop_edit_correction": Row(lambda w: [w.sop_draft.pk, 1], _EDITS[0], _EDITS[1].replace("+", "")),
    "sop_edit_pdf": Row(lambda w: [w.sop_draft.pk], _WRITER),
    "sop_edit_download": Row(lambda w: [w.sop_draft.pk, "json"], _WRITER),
}


def _form(w):
    return start_draft(w.service, by=staff(w.cast.admin))


def _field_of_form(w):
    return _form(w).fields.select_related("version__service").last()


def _column_of_form(w):
    group = add_field(_form(w).pages.last(), by=staff(w.cast.admin), label="Siswa", type="group")
    column = add_column(group, by=staff(w.cast.admin), label="Nama", type="text").column
    return [w.service.code, group.pk, column.name]


_FORM = "in 403 403 403 200 403 200 403"
_FORM_ACTS = ("in 403 403 403 405 403 405 403", "in 403 403 403 302+ 403 302+ 403")
FORM = {
    "form_editor": Row(
        lambda w: [_form(w).service.code], _FORM, _FORM_ACTS[1], lambda w: {"do": "add_page", "title": "Baru"}
    ),
    "form_page": Row(
        lambda w: [w.service.code, _form(w).pages.last().pk], *_FORM_ACTS, lambda w: {"do": "save", "title": "Baru"}
    ),
    "form_field": Row(
        lambda w: [w.service.code, _field_of_form(w).pk], _FORM, _FORM_ACTS[1], lambda w: {"label": "Pertanyaan lain"}
    ),
    "form_column": Row(_column_of_form, _FORM, _FORM_ACTS[1], lambda w: {"label": "Nama siswa"}),
    "form_ways": Row(lambda w: [_form(w).service.code], _FORM),
    "form_preview": Row(lambda w: [_form(w).service.code], _FORM),
    "form_preview_page": Row(lambda w: [_form(w).service.code], _FORM, _FORM, lambda w: {"part": 9}),
    "form_publish": Row(
        lambda w: [_form(w).service.code], _FORM, _FORM_ACTS[1], lambda w: {"revision": _form(w).revision}
    ),
    # The version in use: nothing changes.
    "form_reuse": Row(lambda w: [w.service.code, 1], _FORM_ACTS[0], _FORM_ACTS[1].replace("+", "")),
}


# The log-in is public, signing up is closed, everything else needs an account.
def _service(w, *more):
    return [w.service.code, *more]


def _identity_of_service(w):
    service = w.service
    return {"name": "Nama baru", "kind": service.kind, "category_id": service.category_id, "unit_id": service.unit_id}


_STUDIO = "in 403 403 403 200 403 200 403"
_STUDIO_POST = ("in 403 403 403 405 403 405 403", "in 403 403 403 302+ 403 302+ 403")
STUDIO = {
    "studio": Row(get=_STUDIO),
    "studio_new": Row(
        get=_STUDIO,
        post=_STUDIO_POST[1],
        data=lambda w: {"name": "Baru", "kind": "visit", "category": "Umum", "unit": w.cast.unit.pk, "key": "kunci"},
    ),
    "studio_service": Row(_service, _STUDIO, _STUDIO_POST[1], _identity_of_service),
    "studio_part": Row(lambda w: _service(w, "standar"), _STUDIO, _STUDIO_POST[1], lambda w: {"product": "Surat"}),
    # Nothing was changed yet, so there is nothing to undo or to discard.
    "studio_undo": Row(_service, _STUDIO_POST[0], _STUDIO_POST[1].replace("+", ""), lambda w: {"no": 1}),
    "studio_discard": Row(_service, _STUDIO.replace("200", "302"), _STUDIO_POST[1].replace("+", "")),
    "studio_preview": Row(_service, _STUDIO),
    "studio_letter": Row(_service, _STUDIO),
    "studio_template_add": Row(
        _service, *_STUDIO_POST, lambda w: {"templat-name": "Templat baru", "templat-key": "kunci-matriks"}
    ),
    "studio_requirement_add": Row(
        _service, *_STUDIO_POST, lambda w: {"baru-text": "Akta", "baru-kind": "upload", "baru-key": "kunci-matriks"}
    ),
    "studio_requirement": Row(
        lambda w: _service(w, w.service.requirements.first().pk), *_STUDIO_POST, lambda w: {"do": "remove"}
    ),
    "studio_publish": Row(_service, _STUDIO_POST[0], "in 403 403 403 302 403 302+ 403", lambda w: {"do": "withdraw"}),
}
_OWN = "in 200 200 200 200 200 200 200"
_LOGGED_IN_GO_ON = "200 302 302 302 302 302 302 302"
# Redirects to the right page, or to the password confirmation.
_GO_ON = "in 302 302 302 302 302 302 302"
ACCOUNTS = {
    "account_login": Row(get=_LOGGED_IN_GO_ON),
    "account_logout": Row(get="302 200 200 200 200 200 200 200", post="302 302 302 302 302 302 302 302"),
    "account_signup": Row(get=_LOGGED_IN_GO_ON, post=_LOGGED_IN_GO_ON, data=lambda w: {"email": "baru@example.id"}),
    "account_inactive": Row(),
    "account_change_password": Row(get=_OWN),
    "account_set_password": Row(get=_GO_ON),
    "account_reset_password": Row(),
    "account_reset_password_done": Row(),
    "account_reset_password_from_key": Row(lambda w: ["a", "kunci-salah"]),
    "account_reset_password_from_key_done": Row(),
    "account_reauthenticate": Row(get=_OWN),
    # The account package stores its own copy of the e-mail address at the first visit.
    "mfa_index": Row(get=_OWN),
    "mfa_authenticate": Row(get=_GO_ON),
    "mfa_reauthenticate": Row(get=_GO_ON),
    "mfa_activate_totp": Row(get=_GO_ON),
    "mfa_deactivate_totp": Row(get=_NONE_YET),
    "mfa_view_recovery_codes": Row(get=_NONE_YET),
    "mfa_generate_recovery_codes": Row(get=_GO_ON),
    "mfa_download_recovery_codes": Row(get=_NONE_YET),
}

PANEL_PAGES = {
    "admin:routing": Row(
        get="in 403 403 403 200 403 200 403",
        post="in 403 403 403 302+ 403 302+ 403",
        data=lambda w: {"one": w.walk_in.pk, f"to_{w.walk_in.pk}": w.cast.official.pk},
    ),
    # Nothing has been routed yet: a message says that only the person who routed may undo.
    "admin:routing_undo": Row(
        get="in 403 403 403 405 405 405 403",
        post="in 403 403 403 302 403 302 403",
        data=lambda w: {"routing": 1},
    ),
    "admin:routing_test": Row(
        get="in 403 403 403 200 403 200 403",
        post="in 403 403 403 200 403 200 403",
        data=lambda w: {"number": w.case.number},
    ),
    "admin:routing_rule_move": Row(
        lambda w: [RoutingRule.objects.get(order=1).pk],
        "in 403 403 403 405 405 405 403",
        "in 403 403 403 403 403 302+ 403",
        lambda w: {"to": "down"},
    ),
    "admin:index": Row(get="in 403 403 403 200 200 200 403"),
    "admin:login": Row(get="in 403 403 403 403 403 403 403"),
    "admin:logout": Row(get="302 302 302 302 405 405 405 302"),
    "admin:password_change": Row(get="in 403 403 403 200 200 200 403"),
    "admin:password_change_done": Row(get="in 403 403 403 200 200 200 403"),
    "admin:autocomplete": Row(get="in 403 403 403 403 403 403 403"),
    "admin:jsi18n": Row(get="in 403 403 403 200 200 200 403"),
    "admin:view_on_site": Row(lambda w: [1, 1], "in 403 403 403 404 404 404 403"),
    "admin:app_list": Row(lambda w: ["core"], "in 403 403 403 404 404 200 403"),
    "admin:auth_user_password_change": Row(lambda w: [w.cast.official.pk], "in 403 403 403 403 403 200 403"),
    "admin:sop_import": Row(get="in 403 403 403 200 403 200 403"),
    "admin:sop_template": Row(get="in 403 403 403 200 403 200 403"),
    "admin:sop_version_file": Row(lambda w: [w.sop_draft.pk, "xlsx"], "in 403 403 403 200 200 200 403"),
    "admin:sop_version_pdf": Row(lambda w: [w.sop_draft.pk], "in 403 403 403 200 200 200 403"),
    "admin:sop_version_scan": Row(lambda w: [w.sop_draft.pk], "in 403 403 403 404 404 404 403"),
    "admin:sop_version_correct": Row(
        lambda w: [w.sop_draft.pk],
        "in 403 403 403 200 200 200 403",
        "in 403 403 403 302+ 302+ 422 403",
        lambda w: {"place": "legal_basis", "text": "Peraturan baru"},
    ),
    "admin:sop_version_actors": Row(
        lambda w: [w.sop_draft.pk],
        "in 403 403 403 405 405 405 403",
        "in 403 403 403 302+ 302+ 302+ 403",
        _actors,
    ),
    "admin:sop_version_act": Row(
        lambda w: [w.sop_draft.pk, "verify"],
        "in 403 403 403 405 405 405 403",
        "in 403 403 403 302+ 302+ 302 403",
    ),
}

TABLE = {**CITIZEN, **STAFF_PAGES, **EDITOR, **FORM, **STUDIO, **ACCOUNTS, **PANEL_PAGES}


@dataclass(frozen=True)
class CaseVerb:
    """``request``: attribute of the world; ``post``: answers; ``data``: posted data, or a function that returns it.
    ``leads``: end of the address redirected to; ``finishes``: completes a step, which the inbox then offers to undo.
    """

    request: str
    post: str
    leads: str
    finishes: bool
    data: dict

    def posted(self, w):
        said = {name: each(w) if callable(each) else each for name, each in self.data.items()}
        return _run(w, getattr(w, self.request)) | said


def _verb(request, post, leads="", finishes=False, **data):
    return CaseVerb(request, post, leads, finishes, data)


_SERVE = "in 302+ 302+ 302+ 302+ 403 403 404"
_LEAD = "in 422 422 422 302+ 422 302+ 404"
_READ = "in 302+ 302+ 302+ 302+ 302+ 302+ 404"
_NEXT = "?selesai=1"
# Every verb of the page of a case: its request, who may, the posted data.
CASE_VERBS = {
    # The step already belongs to the official.
    "ambil": _verb("walk_in", "in 409 409 302 409 409 409 404"),
    "mulai": _verb("case", _DECIDE),
    "selesai": _verb("lettered", _SERVE, _NEXT, True),
    "putuskan": _verb("case", _DECIDE, _NEXT, True, answer="yes"),
    "surat": _verb(
        "signing", "in 403 403 403 302+ 403 403 404", _NEXT, body=lambda w: f"Bagi {w.signing.applicant_name}."
    ),
    "jawaban": _verb("asked", _SERVE, text="Dibawa ke loket."),
    "serahkan": _verb("lettered", _SERVE, _NEXT),
    "lengkap": _verb("walk_in", _SERVE),
    "minta": _verb("case", _DECIDE, _NEXT, wanted="KTP buram."),
    "alihkan": _verb("case", _LEAD, _NEXT, to_user=lambda w: w.cast.section_head.pk, reason="Membantu."),
    "lewati": _verb("case", _LEAD, _NEXT, True, to_step_no="4", reason="Sudah diperiksa."),
    # Nobody has waited for thirty days.
    "tutup": _verb("asked", "in 403 403 422 422 403 403 404", reason="Tidak dijawab."),
    "tarik": _verb("case", _SERVE, _NEXT),
    # The signing head completed the previous step within this minute.
    "urungkan": _verb(
        "signing",
        "in 403 403 403 302+ 403 403 404",
        run=lambda w: w.signing.runs.filter(undo__isnull=False).latest("pk").pk,
    ),
    "penilaian": _verb(
        "case",
        _DECIDE,
        "?tab=berkas#percakapan",
        document=lambda w: w.document(w.case).pk,
        verdict="mend",
        note="Buram.",
    ),
    "pesan": _verb("case", _READ, "?tab=pesan#percakapan", text="Mohon segera."),
    "catatan": _verb("case", _READ, "?tab=catatan#percakapan", text="Sudah ditelepon."),
}

# The lists of the admin panel: who may view them, and who may add.
ADMINISTRATOR, READERS = ("admin",), ("section_head", "head", "admin")
MODELS = {
    "core.office": (ADMINISTRATOR, ()),
    "core.unit": (ADMINISTRATOR, ADMINISTRATOR),
    "core.position": (ADMINISTRATOR, ADMINISTRATOR),
    "core.location": (ADMINISTRATOR, ADMINISTRATOR),
    "core.user": (ADMINISTRATOR, ADMINISTRATOR),
    "core.hoursrule": (ADMINISTRATOR, ADMINISTRATOR),
    "core.calendarday": (ADMINISTRATOR, ADMINISTRATOR),
    "core.notice": (ADMINISTRATOR, ()),
    "core.journalentry": (ADMINISTRATOR, ()),
    "core.journalseal": (ADMINISTRATOR, ()),
    "sop.sopversion": (READERS, ()),
    "services.service": (READERS, ADMINISTRATOR),
    "services.category": (READERS, ADMINISTRATOR),
    "services.formversion": (ADMINISTRATOR, ()),
    "services.alarmstep": (READERS, ADMINISTRATOR),
    "services.routingrule": (("section_head", "admin"), ADMINISTRATOR),
    "services.lettertemplate": (("section_head", "admin"), ADMINISTRATOR),
    "services.messagetemplate": (("section_head", "admin"), ADMINISTRATOR),
    "services.readyreason": (("section_head", "admin"), ADMINISTRATOR),
    "services.letter": (("section_head", "admin"), ()),
    "visitors.counter": (ADMINISTRATOR, ADMINISTRATOR),
    "visitors.queuerule": (ADMINISTRATOR, ADMINISTRATOR),
    "visitors.closure": (ADMINISTRATOR, ()),
    "visitors.ticketprinter": (ADMINISTRATOR, ADMINISTRATOR),
    "visitors.screenrule": (ADMINISTRATOR, ADMINISTRATOR),
    "visitors.screennotice": (ADMINISTRATOR, ADMINISTRATOR),
    "visitors.visit": (ADMINISTRATOR, ()),
    "visitors.slotplan": (ADMINISTRATOR, ADMINISTRATOR),
    "visitors.slot": (ADMINISTRATOR, ()),
    "visitors.booking": (ADMINISTRATOR, ()),
}

# Who may delete rows; nobody may delete any others.
DELETERS = dict.fromkeys(
    (
        *("core.unit", "core.position", "core.location", "core.hoursrule", "core.calendarday"),
        "services.alarmstep",
        *("services.category", "services.routingrule", "services.lettertemplate", "visitors.counter"),
        *("visitors.queuerule", "visitors.ticketprinter", "visitors.screenrule", "visitors.screennotice"),
        "visitors.slotplan",
        *("services.messagetemplate", "services.readyreason"),
    ),
    ADMINISTRATOR,
)
