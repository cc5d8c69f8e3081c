"""Verbs around requests that are not submitted by applicants: reading, the catalogue, the office's settings."""

from services.casework.actions import reading
from services.catalogue.actions.importing import import_catalogue
from services.catalogue.actions.publishing import publish_service, withdraw_service
from services.conversation.actions import default_templates
from services.engine.actions import recomputing
from services.inbox.actions import saved_filters
from services.letters.actions import issuing
from services.letters.actions import templates as setting_up
from services.models import MessageTemplate, RoutingRule
from services.routing.actions import rules as actions
from services.routing.actions import rules as routing_rules
from services.schools.actions.importing import import_schools
from services.schools.rules import SchoolRow
from tests.factories.cases import run_of
from tests.factories.services import entry
from ula_portal.core import clock, workdays
from ula_portal.core.journal.actors import SYSTEM, staff
from ula_portal.core.time import actions as calendar

from .rows import OUTDATED, REFUSED, SAME, Row, on


def withdrawn_service(w):
    withdraw_service(w.elsewhere, by=staff(w.cast.admin))
    return on(w.elsewhere, by=staff(w.cast.admin))


def filter_of(w, **more):
    return saved_filters.save_filter(by=staff(w.cast.official), name="Saringan", choice={"tab": "mine"}, **more)


def template(w):
    wording = {"name": "Surat baru", "title": "SURAT", "classification": "420"}
    wording["body"] = "Diterangkan bahwa {nama_pemohon}."
    return on(by=staff(w.cast.admin), code="SURAT-BARU", wording=wording)


def holiday(w):
    calendar.set_calendar_day(by=SYSTEM, date=clock.local(w.case.due_at).date(), kind="holiday", name="Libur contoh")
    workdays.clear_cache()
    return on()


ROWS = [
    Row(
        reading.record_reading,
        "official",
        lambda w: on(w.document(w.case), by=staff(w.cast.official)),
        wrote=("journal case: read_document",),
        again=SAME,
    ),
    Row(
        reading.record_reading_once_a_day,
        "official",
        lambda w: on(w.document(w.case), by=staff(w.cast.official)),
        wrote=("journal case: read_document",),
    ),
    Row(
        reading.record_reading_of_paper,
        "official",
        lambda w: on(run_of(w.case), by=staff(w.cast.official)),
        wrote=("journal case: read_paper",),
        again=SAME,
    ),
    Row(
        reading.record_receipt_reprint,
        "frontdesk",
        lambda w: on(w.case, by=staff(w.cast.frontdesk)),
        wrote=("journal case: reprint_receipt",),
        again=SAME,
    ),
    Row(
        reading.record_sheet_print,
        "official",
        lambda w: on(run_of(w.case), by=staff(w.cast.official)),
        wrote=("journal case: print_disposition",),
        again=SAME,
    ),
    Row(
        recomputing.recompute_due_dates,
        "system",
        holiday,
        wrote=(
            "journal asked: recompute_due_date",
            "journal case: recompute_due_date",
            "journal lettered: recompute_due_date",
            "journal signing: recompute_due_date",
            "timeline asked: due_recomputed",
            "timeline case: due_recomputed",
            "timeline lettered: due_recomputed",
            "timeline signing: due_recomputed",
        ),
    ),
    Row(
        import_catalogue,
        "system",
        lambda w: on({"services": [entry(unit="DIKDAS", kind="visit")]}, by=SYSTEM),
        wrote=("journal service: import_service",),
    ),
    Row(
        import_schools,
        "system",
        lambda w: on([SchoolRow("69990001", "SD Negeri 1 Contoh")], by=SYSTEM),
        wrote=("journal school_register: import_schools",),
    ),
    Row(publish_service, "admin", withdrawn_service, wrote=("journal service: publish_service",)),
    Row(
        withdraw_service,
        "admin",
        lambda w: on(w.elsewhere, by=staff(w.cast.admin)),
        wrote=("journal service: withdraw_service",),
        again=OUTDATED,
    ),
    Row(issuing.ensure_letter_templates, "system", lambda w: on()),
    Row(
        setting_up.add_letter_template,
        "admin",
        template,
        wrote=("journal letter_template: add_letter_template",),
        again=REFUSED,
    ),
    Row(
        actions.add_routing_rule,
        "admin",
        lambda w: on(by=staff(w.cast.admin), position=w.cast.positions["PENGELOLA-DIKDAS"]),
        wrote=("journal routing_rule: add_routing_rule",),
        again=SAME,
    ),
    Row(
        default_templates.ensure_message_templates, "system", lambda w: MessageTemplate.objects.all().delete() and on()
    ),
    Row(
        routing_rules.move_rule,
        "admin",
        lambda w: on(RoutingRule.objects.get(order=1), by=staff(w.cast.admin), up=False),
        wrote=("journal routing_rule: move_routing_rule", "journal routing_rule: move_routing_rule"),
    ),
    Row(
        saved_filters.save_filter,
        "official",
        lambda w: on(by=staff(w.cast.official), name="Saringan", choice={"tab": "mine"}, key="k"),
    ),
    Row(saved_filters.change_filter, "official", lambda w: on(filter_of(w), by=staff(w.cast.official), name="Lain")),
    Row(
        saved_filters.delete_filter,
        "official",
        lambda w: on(filter_of(w), by=staff(w.cast.official)),
        again=OUTDATED,
    ),
]
