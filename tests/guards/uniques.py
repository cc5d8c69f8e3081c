"""Unique indexes: tables with their unique columns, and example rows for indexes with a condition."""

# By table: the columns of each unique index without a condition.
WHOLE = {
    "core_calendarday": ["date"],
    "core_hoursrule": ["kind from_date to_date weekday"],
    "core_idempotencykey": ["actor key"],
    "core_invitation": ["token_hash", "user_id"],
    "core_journalentry": ["subject_kind subject_id sequence"],
    "core_journalhead": ["subject_kind subject_id"],
    "core_journalseal": ["day"],
    "core_keptinput": ["token_hash"],
    "core_location": ["code"],
    "core_numbersequence": ["key year"],
    "core_position": ["code"],
    "core_secretariat": ["keeper_id position_id"],
    "core_setupaddress": ["token_hash"],
    "core_staffrole": ["user_id role unit_id"],
    "core_throttlecount": ["name who"],
    "core_unit": ["code"],
    "core_user": ["email"],
    "services_alarmcall": ["alarm_id user_id"],
    "services_category": ["slug"],
    "services_field": ["version_id name"],
    "services_formversion": ["service_id ordinal"],
    "services_letter": ["number", "verify_hash", "year sequence"],
    "services_lettertemplate": ["code"],
    "services_mention": ["message_id user_id"],
    "services_messagetemplate": ["title unit_id"],
    "services_participation": ["entry_id user_id"],
    "services_readyreason": ["text"],
    "services_request": ["draft_hash", "number", "renewal_hash", "token_hash"],
    "services_routingrule": ["order"],
    "services_school": ["npsn"],
    "services_service": ["code", "slug"],
    "services_steprun": ["request_id ordinal"],
    "sop_actor": ["version_id name", "version_id order"],
    "sop_removedstep": ["step_id version_id"],
    "sop_sop": ["number", "slug"],
    "sop_sopversion": ["sop_id ordinal"],
    "sop_step": ["version_id no"],
    "sop_stepactor": ["step_id actor_id", "step_id order"],
    "sop_versioneditor": ["version_id user_id"],
    "visitors_booking": ["code_hash", "slot_id seat", "token_hash", "visit_id"],
    "visitors_counter": ["location_id name"],
    "visitors_counter_preferred": ["counter_id service_id"],
    "visitors_counter_services": ["counter_id service_id"],
    "visitors_hostcall": ["visit_id"],
    "visitors_papersheet": ["location_id day letter first"],
    "visitors_queuerule": ["location_id"],
    "visitors_screenrule": ["location_id"],
    "visitors_slot": ["service_id location_id starts_at"],
    "visitors_ticket": ["location_id day letter number", "token_hash"],
    "visitors_ticketseries": ["location_id day letter"],
}
# Null values count as equal.
EMPTY_IS_ALIKE = {
    "core_hoursrule kind from_date to_date weekday",
    "core_staffrole user_id role unit_id",
    "services_messagetemplate title unit_id",
}
# Checked at the end of the transaction or of the statement.
DEFERRABLE = {
    "services_routingrule order": "DEFERRABLE INITIALLY DEFERRED",
    "sop_actor version_id order": "DEFERRABLE",
    "sop_step version_id no": "DEFERRABLE",
}

DAYS = {"sop_id": 1, "state": "published", "effective_from": "2026-03-02", "effective_to": "2026-03-05"}
TENURE = {"user_id": 1, "position_id": 1, "from_date": "2026-03-02", "to_date": "2026-03-05"}
CLOSED = {"location_id": 1, "closed_at": "2026-03-02 08:00", "until": "2026-03-02 12:00"}

# By index: a row, changes with which a second one is refused, and changes with which it is accepted.
UNDER_CONDITION = {
    "sop_one_open_draft": (
        {"sop_id": 1, "state": "draft"},
        [{}, {"state": "verified"}],
        [{"sop_id": 2}, {"state": "approved"}, {"state": "published"}, {"state": "withdrawn"}],
    ),
    "sop_correction_open_once": (
        {"version_id": 1, "proposed_by_id": 1, "step_id": None, "field": "name", "state": "open"},
        [{}],
        [{"version_id": 2}, {"proposed_by_id": 2}, {"step_id": 1}, {"field": "note"}, {"state": "taken"}],
    ),
    "sop_versions_in_force_apart": (
        DAYS,
        [{}, {"state": "approved"}, {"effective_from": "2026-03-04", "effective_to": None}],
        [
            {"sop_id": 2},
            {"effective_from": "2026-03-05", "effective_to": None},
            {"effective_to": "2026-03-02"},
            {"state": "withdrawn"},
            {"effective_from": None},
        ],
    ),
    "tenure_same_person_no_overlap": (
        TENURE,
        [{}, {"from_date": "2026-03-05", "to_date": None}],
        [{"user_id": 2}, {"position_id": 2}, {"from_date": "2026-03-06", "to_date": None}],
    ),
    "one_closure_at_a_time": (
        CLOSED,
        [{}, {"closed_at": "2026-03-02 11:59", "until": "2026-03-03"}],
        [
            {"location_id": 2},
            {"closed_at": "2026-03-02 12:00", "until": "2026-03-03"},
            {"closed_at": "2026-03-02 07:00", "reopened_at": "2026-03-02 08:00"},
        ],
    ),
    "form_one_current_version": (
        {"service_id": 1, "is_current": True},
        [{}],
        [{"service_id": 2}, {"is_current": False}],
    ),
    "form_one_draft": (
        {"service_id": 1, "is_draft": True},
        [{}],
        [{"service_id": 2}, {"is_draft": False}],
    ),
    "request_paper_number_once": (
        {"service_id": 1, "paper_number": "12/2026"},
        [{}],
        [{"service_id": 2}, {"paper_number": "13/2026"}, {"paper_number": ""}],
    ),
    "one_document_per_requirement": (
        {"request_id": 1, "requirement_id": 1},
        [{}],
        [{"request_id": 2}, {"requirement_id": 2}, {"requirement_id": None}, {"removed_at": "2026-03-02"}],
    ),
    "one_document_per_field": (
        {"request_id": 1, "field_name": "foto"},
        [{}],
        [{"request_id": 2}, {"field_name": "lain"}, {"removed_at": "2026-03-02"}],
    ),
    "one_open_run_per_request": (
        {"request_id": 1},
        [{}],
        [{"request_id": 2}, {"finished_at": "2026-03-02"}],
    ),
    "one_open_pause": ({"request_id": 1}, [{}], [{"request_id": 2}, {"to_at": "2026-03-02"}]),
    "alarm_once_per_run": (
        {"request_id": 1, "run_id": 1, "step_id": 1},
        [{}, {"request_id": 2}],
        [{"run_id": 2}, {"step_id": 2}],
    ),
    "alarm_once_per_request": (
        {"request_id": 1, "run_id": None, "step_id": 1},
        [{}],
        [{"request_id": 2}, {"run_id": 1}, {"step_id": 2}],
    ),
    "saved_filter_name_once": (
        {"owner_id": 1, "name": "Terlambat"},
        [{}, {"name": "terlambat"}],
        [{"owner_id": 2}, {"name": "Terlambat 2"}],
    ),
    "one_valid_letter_per_request": (
        {"request_id": 1, "state": "issued"},
        [{}],
        [{"request_id": 2}, {"state": "reserved"}, {"state": "withdrawn"}],
    ),
    "one_reserved_letter_per_request": (
        {"request_id": 1, "state": "reserved"},
        [{}],
        [{"request_id": 2}, {"state": "issued"}, {"state": "withdrawn"}],
    ),
    "one_coming_booking_per_request": (
        {"request_id": 1, "state": "booked"},
        [{}],
        [{"request_id": 2}, *({"state": state} for state in ("arrived", "missed", "cancelled", "displaced"))],
    ),
    "one_printer_in_use_per_location": (
        {"location_id": 1, "active": True},
        [{}],
        [{"location_id": 2}, {"active": False}],
    ),
    "one_open_session_per_counter": (
        {"counter_id": 1, "user_id": 1},
        [{}],
        [{"counter_id": 2}, {"closed_at": "2026-03-02"}],
    ),
    "one_open_session_per_user": (
        {"counter_id": 1, "user_id": 1},
        [{}],
        [{"user_id": 2}, {"closed_at": "2026-03-02"}],
    ),
    "one_live_ticket_per_visit": (
        {"visit_id": 1, "state": "waiting"},
        [{"state": state} for state in ("waiting", "called", "serving", "held")],
        [{"visit_id": 2}, *({"state": state} for state in ("finished", "no_show", "cancelled"))],
    ),
    "one_called_ticket_per_session": (
        {"session_id": 1, "state": "called"},
        [{"state": state} for state in ("called", "serving")],
        [{"session_id": 2}, *({"state": state} for state in ("waiting", "held", "finished"))],
    ),
}
