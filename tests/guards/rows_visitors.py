"""Rows for the check constraints of the visitors app; see ``rows_core_sop``."""

LEAST = {
    "ages_after_minutes": 5,
    "calls_before_no_show": 1,
    "numbers_before_return": 1,
    "priority_in_a_row": 1,
    "recall_after_seconds": 5,
}
MOST = {
    "ages_after_minutes": 240,
    "calls_before_no_show": 5,
    "numbers_before_return": 20,
    "priority_in_a_row": 5,
    "recall_after_seconds": 120,
}
ANSWERED = {"answer": "coming", "answered_at": "2026-03-02", "answered_by_id": 1}
SILENT = {"silent_from": "12:00", "silent_to": "13:00"}
SEATED = {"state": "booked", "seat": 1}
DISPLACED = {"state": "displaced", "lost_seat": 1}


def between(column, least, most):
    """Both ends of a range, and one value beyond each."""
    return [({column: least}, [{column: least - 1}]), ({column: most}, [{column: most + 1}])]


CHECKS = {
    "queue_rule_in_bounds": [
        (LEAST, [{name: value - 1} for name, value in LEAST.items()]),
        (MOST, [{name: value + 1} for name, value in MOST.items()]),
    ],
    "closure_ends_after_it_began": [({"closed_at": "2026-03-02", "until": "2026-03-03"}, [{"until": "2026-03-02"}])],
    "closure_reopened_after_it_began": [
        ({"closed_at": "2026-03-02"}, []),
        ({"closed_at": "2026-03-02", "reopened_at": "2026-03-02"}, [{"reopened_at": "2026-03-01"}]),
    ],
    "paper_sheet_has_numbers": [({"first": 1, "last": 1}, [{"first": 0}, {"first": 2}])],
    "visit_head_count": between("head_count", 1, 100),
    "visit_proxy_was_seen": [
        ({"represents": "", "proxy_seen": False}, []),
        ({"represents": "Ani", "proxy_seen": True}, [{"proxy_seen": False}]),
    ],
    "slot_plan_times_in_order": [({"from_time": "08:00", "to_time": "08:01"}, [{"to_time": "08:00"}])],
    "slot_plan_minutes": between("minutes", 5, 480),
    "slot_plan_capacity": between("capacity", 1, 50),
    "slot_plan_weekdays": [
        ({"weekdays": [0, 6]}, [{"weekdays": []}, {"weekdays": [7]}, {"weekdays": [-1]}]),
        ({"weekdays": [3]}, []),
    ],
    "slot_plan_dates_in_order": [
        ({"from_date": "2026-03-02"}, []),
        ({"to_date": "2026-03-02"}, []),
        ({"from_date": "2026-03-02", "to_date": "2026-03-02"}, [{"to_date": "2026-03-01"}]),
    ],
    "slot_times_in_order": [({"starts_at": "2026-03-02", "ends_at": "2026-03-03"}, [{"ends_at": "2026-03-02"}])],
    "slot_capacity": between("capacity", 1, 50),
    "slot_of_a_closure_is_closed": [
        ({"state": "open"}, []),
        ({"state": "closed", "closure_id": 1}, [{"state": state} for state in ("open", "off", "dropped")]),
    ],
    "booking_holds_a_seat": [
        *((SEATED | {"state": state}, [{"seat": None}, {"lost_seat": 1}]) for state in ("booked", "missed")),
        (SEATED | {"state": "arrived"}, [{"lost_seat": 1}, {"seat": None}]),
        ({"state": "cancelled"}, [{"seat": 1}, {"lost_seat": 1}]),
        (DISPLACED, [{"seat": 1}, {"lost_seat": None}, {"lost_seat": None, "seat": 1}]),
        (DISPLACED | {"state": "arrived"}, []),
    ],
    "booking_arrived_with_visit": [
        ({"state": "arrived", "visit_id": 1}, [{"visit_id": None}]),
        ({"state": "booked"}, [{"visit_id": 1}]),
    ],
    "host_answer_whole": [
        ({"answer": ""}, [{"answered_at": "2026-03-02"}, {"answered_by_id": 1}]),
        (ANSWERED, [{"answer": ""}, {"answered_at": None}, {"answered_by_id": None}]),
    ],
    "host_delegate_when_delegated": [
        ({"answer": "coming"}, [{"delegate_id": 1}]),
        ({"answer": "delegated", "delegate_id": 1}, [{"delegate_id": None}]),
    ],
    "printer_port": between("port", 1, 65535),
    "printer_width": [({"width": 58}, []), ({"width": 80}, [{"width": width} for width in (57, 59, 79, 81)])],
    "ticket_letter_readable": [
        ({"letter": "Z"}, [{"letter": letter} for letter in ("", "I", "O", "a", "1")]),
    ],
    "called_ticket_has_session": [
        ({"state": "waiting"}, [{"state": "called"}, {"state": "serving"}]),
        ({"state": "called", "session_id": 1}, []),
    ],
    "waiting_ticket_has_no_session": [({"state": "held", "session_id": 1}, [{"state": "waiting"}])],
    "silent_hours_whole": [
        ({}, []),
        (SILENT, [{"silent_from": None}, {"silent_to": None}, {"silent_to": "12:00"}]),
    ],
    "screen_notice_dates": [
        ({"from_date": "2026-03-02"}, []),
        ({"from_date": "2026-03-02", "to_date": "2026-03-02"}, [{"to_date": "2026-03-01"}]),
    ],
}
