"""Rows for the check constraints of the services app; see ``rows_core_sop``."""

from .rows_core_sop import FILE

FINISHED = {"outcome": "done", "started_at": "2026-03-02 08:00", "finished_at": "2026-03-02 09:00"}
NUMBERED = {"state": "submitted", "number": "1", "received_at": "2026-03-02", "sop_version_id": 1}
RETURNED = {"original": "kept", "returned_at": "2026-03-02", "returned_by_id": 1, "returned_to": "Ani"}
TAKEN_BACK = {"finished_at": "2026-03-02 09:00", "taken_back_at": "2026-03-02 09:00"}

CHECKS = {
    "published_request_service_has_sop": [
        (
            {"kind": "request", "state": "published", "sop_id": 1, "working_days": 1},
            [{"sop_id": None}, {"working_days": None}],
        ),
        ({"kind": "request", "state": "draft"}, []),
        ({"kind": "visit", "state": "published"}, []),
    ],
    "service_ticket_letter": [
        ({"ticket_letter": ""}, []),
        ({"ticket_letter": "A"}, [{"ticket_letter": letter} for letter in ("I", "O", "a", "1", " ")]),
    ],
    "submitted_request_is_numbered": [
        ({"state": "draft"}, []),
        (NUMBERED, [{"number": None}, {"received_at": None}, {"sop_version_id": None}]),
    ],
    "request_closed_when_ended": [
        *(({"state": state}, [{"closed_at": "2026-03-02"}]) for state in ("draft", "submitted", "in_progress")),
        ({"state": "waiting_applicant"}, [{"closed_at": "2026-03-02"}]),
        *(
            ({"state": state, "closed_at": "2026-03-02"}, [{"closed_at": None}])
            for state in ("completed", "rejected", "withdrawn")
        ),
    ],
    "request_due_needs_completeness": [
        ({}, []),
        ({"due_at": "2026-03-02", "complete_at": "2026-03-01"}, [{"complete_at": None}]),
    ],
    "shelf_of_kept_original": [
        ({"original": "kept", "kept_at": "2026-03-02", "shelf": "A"}, [{"original": "seen"}, {"kept_at": None}]),
        ({"original": "seen", "shelf": ""}, [{"shelf": "A"}, {"kept_at": "2026-03-02"}]),
    ],
    "returned_original_was_kept": [
        ({"original": "seen", "returned_to": ""}, [{"returned_by_id": 1}, {"returned_to": "Ani"}]),
        (RETURNED, [{"original": "seen"}, {"returned_at": None}, {"returned_by_id": None}]),
    ],
    "internal_note_has_author": [
        ({"internal": False}, []),
        ({"internal": True, "author_id": 1}, [{"author_id": None}]),
    ],
    "run_outcome_when_finished": [
        ({"outcome": ""}, [{"outcome": "done"}]),
        ({"outcome": "done", "finished_at": "2026-03-02"}, [{"outcome": ""}]),
    ],
    "deviation_has_reason": [
        ({"deviation": "", "deviation_reason": ""}, []),
        ({"deviation": "skipped", "deviation_reason": "x"}, [{"deviation_reason": ""}]),
    ],
    "skipped_run_is_deviation": [
        ({"outcome": "done", "deviation": ""}, []),
        ({"outcome": "skipped", "deviation": "reordered"}, []),
        ({"outcome": "skipped", "deviation": "skipped"}, [{"deviation": ""}, {"deviation": "overrun"}]),
    ],
    "run_starts_after_offer": [
        ({"offered_at": "2026-03-02"}, []),
        ({"offered_at": "2026-03-02", "started_at": "2026-03-02"}, [{"started_at": "2026-03-01"}]),
    ],
    "run_finishes_after_start": [
        ({"started_at": "2026-03-02"}, []),
        (FINISHED | {"finished_at": FINISHED["started_at"]}, [{"finished_at": "2026-03-01"}, {"started_at": None}]),
    ],
    "run_done_after_sent": [
        ({"sent_on": "2026-03-02"}, []),
        ({"happened_on": "2026-03-02"}, []),
        ({"sent_on": "2026-03-02", "happened_on": "2026-03-02"}, [{"happened_on": "2026-03-01"}]),
    ],
    "paper_run_names_recorder": [
        ({"recorded_from_paper": False}, []),
        (
            FINISHED | {"recorded_from_paper": True, "finished_by_id": 1, "happened_on": "2026-03-01"},
            [{"finished_at": None}, {"finished_by_id": None}, {"happened_on": None}],
        ),
    ],
    "undone_run_is_taken_back": [
        ({"outcome": "done"}, []),
        ({"outcome": "undone", "taken_back_at": "2026-03-02"}, [{"taken_back_at": None}]),
    ],
    "run_taken_back_in_its_minute": [
        ({}, []),
        (TAKEN_BACK, [{"finished_at": None}, {"taken_back_at": "2026-03-02 08:59:59"}]),
        (TAKEN_BACK | {"taken_back_at": "2026-03-02 09:01"}, [{"taken_back_at": "2026-03-02 09:01:01"}]),
    ],
    "done_by_is_from_paper": [
        ({"recorded_from_paper": False}, []),
        ({"recorded_from_paper": True, "done_by_id": 1}, [{"recorded_from_paper": False}]),
    ],
    "deviation_reason_given": [({"reason": "x"}, [{"reason": ""}])],
    "pause_in_order": [
        ({"from_at": "2026-03-02"}, []),
        ({"from_at": "2026-03-02", "to_at": "2026-03-02"}, [{"to_at": "2026-03-01"}]),
    ],
    "alarm_levels_in_range": [({"levels": 1}, [{"levels": 0}]), ({"levels": 9}, [{"levels": 10}])],
    "alarm_offset_in_range": [({"offset": -999}, [{"offset": -1000}]), ({"offset": 999}, [{"offset": 1000}])],
    "past_holding_ended_after_it_began": [
        ({"kept_at": "2026-03-02", "returned_at": "2026-03-02"}, [{"returned_at": "2026-03-01"}])
    ],
    "shared_filter_holds_no_words": [
        ({"words": "Ani"}, [{"unit_id": 1}]),
        ({"unit_id": 1, "words": ""}, []),
    ],
    "saved_filter_is_named": [({"name": "x"}, [{"name": ""}])],
    "issued_letter_has_file": [
        ({"state": "reserved"}, [{"state": "issued"}, {"state": "withdrawn"}]),
        ({"state": "issued", "file_id": FILE, "issued_at": "2026-03-02"}, [{"file_id": None}, {"issued_at": None}]),
    ],
    "form_draft_is_not_published": [
        ({"is_draft": False, "is_current": False}, []),
        ({"is_draft": False, "is_current": True, "published_at": "2026-03-02"}, [{"is_draft": True}]),
        ({"is_draft": True, "is_current": False}, [{"is_current": True}, {"published_at": "2026-03-02"}]),
    ],
    "form_current_is_published": [
        ({"is_current": False}, []),
        ({"is_current": True, "published_at": "2026-03-02"}, [{"published_at": None}]),
    ],
    "rule_names_one_target": [
        ({"position_id": 1}, [{"position_id": None}, {"user_id": 1}]),
        ({"user_id": 1}, [{"user_id": None}]),
    ],
    "routing_undone_after": [
        ({"at": "2026-03-02"}, []),
        ({"at": "2026-03-02", "undone_at": "2026-03-02"}, [{"undone_at": "2026-03-01"}]),
    ],
    "routing_gives_an_open_step": [
        ({"step_given": False}, []),
        ({"step_given": True, "run_id": 1}, [{"run_id": None}]),
    ],
}
