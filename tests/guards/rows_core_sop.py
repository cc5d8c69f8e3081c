"""Rows that satisfy the check constraints of the lower apps, and changes that violate them.

By constraint: rows with only the columns that it checks, each with the changes that it refuses, one for each clause.
"""

FILE = "00000000-0000-0000-0000-000000000000"
OPEN_DAY = {"opens": "08:00", "closes": "15:00"}
BREAK = OPEN_DAY | {"break_from": "12:00", "break_to": "13:00"}
ORDER = {
    "kind": "plh",
    "from_date": "2026-03-02",
    "to_date": "2026-03-09",
    "mandate": "800/1",
    "mandate_date": "2026-03-02",
    "mandate_by": "Bupati",
}
INVITED = {"made_at": "2026-03-02", "expires_at": "2026-03-16"}
HASHED = {"token_hash": "0" * 64, "code_hash": "f" * 64}
PAPER = {"on_paper": True, "decree": "1", "decree_date": "2026-03-02", "decree_scan_id": FILE, "is_opening": False}
RECORDED = {"on_paper": True, "recorded_by_id": 1, "recorded_at": "2026-03-02"}
APPROVED = {"on_paper": False, "approved_by_id": 1, "approved_at": "2026-03-02"}

CHECKS = {
    "hours_in_order": [(OPEN_DAY, [{"closes": "08:00"}, {"closes": "07:00"}])],
    "hours_break_inside": [
        (OPEN_DAY, []),
        (
            BREAK,
            [
                {"break_from": None},
                {"break_to": None},
                {"break_from": "07:59"},
                {"break_to": "12:00"},
                {"break_to": "15:01"},
            ],
        ),
        (BREAK | {"break_from": "08:00"}, []),
        (BREAK | {"break_to": "15:00"}, []),
    ],
    "hours_break_leaves_work": [
        (BREAK | {"break_from": "08:00"}, [{"break_to": "15:00"}]),
        (BREAK | {"break_to": "15:00"}, []),
    ],
    "hours_last_ticket_inside": [
        (OPEN_DAY, []),
        (OPEN_DAY | {"last_ticket": "08:00"}, [{"last_ticket": "07:59"}]),
        (OPEN_DAY | {"last_ticket": "15:00"}, [{"last_ticket": "15:01"}]),
    ],
    "hours_weekday_known": [({"weekday": 6}, [{"weekday": 7}])],
    "hours_dates_in_order": [
        ({}, []),
        ({"from_date": "2026-03-02"}, []),
        ({"to_date": "2026-03-02"}, []),
        ({"from_date": "2026-03-02", "to_date": "2026-03-02"}, [{"to_date": "2026-03-01"}]),
    ],
    "invitation_dates_in_order": [(INVITED, [{"expires_at": "2026-03-02"}, {"expires_at": "2026-03-01"}])],
    "invitation_is_hashed": [(HASHED, [{"token_hash": "ABCD2345"}, {"code_hash": "ABCD2345"}])],
    "secretariat_of_another": [({"keeper_id": 1, "position_id": 2}, [{"position_id": 1}])],
    "user_email_lower": [({"email": "a@b.id"}, [{"email": "A@b.id"}])],
    "email_change_changes": [({"old_email": "a@b.id", "new_email": "c@b.id"}, [{"new_email": "a@b.id"}])],
    "section_head_has_unit": [
        ({"role": "administrator"}, []),
        ({"role": "section_head", "unit_id": 1}, [{"unit_id": None}]),
        ({"role": "drafter", "unit_id": 1}, [{"unit_id": None}]),
    ],
    "tenure_dates_in_order": [
        ({"from_date": "2026-03-02"}, []),
        ({"from_date": "2026-03-02", "to_date": "2026-03-02"}, [{"to_date": "2026-03-01"}]),
    ],
    "acting_tenure_has_order": [
        ({"kind": "definitive", "mandate": "", "mandate_by": ""}, []),
        (
            ORDER,
            [
                {"to_date": None},
                {"mandate": ""},
                {"mandate_date": None},
                {"mandate_date": "2026-03-03"},
                {"mandate_by": ""},
                {"kind": "plt", "mandate": ""},
            ],
        ),
    ],
    "absence_dates_in_order": [({"from_date": "2026-03-02", "to_date": "2026-03-02"}, [{"to_date": "2026-03-01"}])],
    "absence_deputy_is_another": [({"user_id": 1}, []), ({"user_id": 1, "deputy_id": 2}, [{"deputy_id": 1}])],
    "absence_recorder_is_not_deputy": [
        ({"user_id": 1, "deputy_id": 2}, []),
        ({"user_id": 1, "recorded_by_id": 2}, []),
        ({"user_id": 1, "deputy_id": 2, "recorded_by_id": 1}, []),
        ({"user_id": 1, "deputy_id": 2, "recorded_by_id": 3}, [{"recorded_by_id": 2}]),
    ],
    "idempotency_key_is_hashed": [
        ({"key": "0123456789abcdef" * 4}, [{"key": "a" * 63}, {"key": "A" * 64}, {"key": "g" * 64}])
    ],
    "sop_approved_by_somebody": [
        ({"state": "draft", "on_paper": False}, [{"state": "approved"}, {"state": "published"}]),
        ({"state": "approved"} | APPROVED, [{"approved_by_id": None}, {"approved_at": None}]),
        (
            {"state": "published"} | RECORDED,
            [{"on_paper": False}, {"recorded_by_id": None}, {"recorded_at": None}],
        ),
    ],
    "sop_on_paper_has_decree": [
        ({"on_paper": False, "decree": ""}, [{"on_paper": True}]),
        (PAPER, [{"decree": ""}, {"decree_date": None}, {"decree_scan_id": None}, {"approved_by_id": 1}]),
        (PAPER | {"decree_scan_id": None, "is_opening": True}, [{"is_opening": False}, {"decree": ""}]),
    ],
    "sop_opening_was_on_paper": [
        ({"is_opening": False, "on_paper": False}, []),
        ({"is_opening": True, "on_paper": True}, [{"on_paper": False}]),
    ],
    "sop_in_force_after_its_decree": [
        ({"decree_date": "2026-03-02"}, []),
        ({"effective_from": "2026-03-02"}, []),
        ({"decree_date": "2026-03-02", "effective_from": "2026-03-02"}, [{"effective_from": "2026-03-01"}]),
    ],
    "sop_published_has_date": [
        ({"state": "approved"}, []),
        ({"state": "published", "effective_from": "2026-03-02"}, [{"effective_from": None}]),
    ],
    "sop_author_is_not_approver": [
        ({"author_id": 1}, []),
        ({"approved_by_id": 1}, []),
        ({"author_id": 1, "approved_by_id": 2}, [{"approved_by_id": 1}]),
    ],
    "sop_version_dates_in_order": [
        ({"effective_from": "2026-03-02"}, []),
        ({"effective_from": "2026-03-02", "effective_to": "2026-03-02"}, [{"effective_to": "2026-03-01"}]),
    ],
    "sop_actor_position_fits_kind": [
        ({"kind": "position", "position_id": 1}, [{"kind": "applicant"}, {"kind": "external"}]),
        ({"kind": "external"}, []),
    ],
    "sop_correction_answered": [
        ({"state": "open"}, [{"answered_by_id": 1}]),
        (
            {"state": "withdrawn", "answered_by_id": 1, "answered_at": "2026-03-02"},
            [{"answered_by_id": None}, {"answered_at": None}],
        ),
    ],
    "sop_correction_answered_by_another": [
        (
            {"state": "withdrawn", "proposed_by_id": 1, "answered_by_id": 1},
            [{"state": "taken"}, {"state": "declined"}],
        ),
        ({"state": "taken", "proposed_by_id": 1, "answered_by_id": 2}, []),
    ],
}
