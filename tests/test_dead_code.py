"""No function, class, method or import that nothing uses: vulture reads the code, templates count as use."""

import re
from collections import Counter

from vulture import Vulture

from tests.test_architecture import ROOT, modules

# Who calls what nothing here names.
CALLED_BY = {
    "Django's forms": r"clean_\w+|prepare_value|has_changed|validate|Media",
    "Django's admin": r"lookups|get_\w+|has_\w+_permission|has_permission|log_\w+|lookup_allowed|to_field_allowed"
    r"|save_formset|change_view",
    "Django's commands and migrations": r"add_arguments|database_forwards|state_forwards",
    "Django's models and log-in": r"create_user|_get_session_auth_hash|has_perms|get_by_natural_key|get_user",
    "settings, which name it": r"\w+Middleware|\w+Config|HideTokens|ResetTokens|PortalBackend|PortalAccountAdapter"
    r"|PortalAdminSite|portal",
    "django-allauth": r"is_open_for_signup|get_reset_password_from_key_url|get_login_redirect_url",
    "Django's checks": r"trusted_proxies",
    "html.parser": r"handle_\w+",
    "the demo, by the kind of a field": r"_textarea|_nisn|_nuptk|_nik|_phone",
}
# Verbs and reads that stand ready: a page of theirs comes with the set-up of an office, or a test asks them.
READY = {
    "end_tenure": "a person's term ends before its day; the panel's form writes it with others",
    "revoke_role": "as end_tenure",
    "set_active": "as end_tenure",
    "set_hours": "one day's hours; the panel writes a week's at once",
    "remove_hours": "as set_hours",
    "remove_calendar_day": "as set_hours",
    "ramadan_week": "the hours of Ramadan that the ministry's circular gives, to begin with",
    "clear_verdict": "a paper's verdict is taken back",
    "ensure_letter_templates": "the letters of an office's first day",
    "nrr": "the index's average of each element, as the regulation has it in its table",
    "value_with_rounded_weight": "the index with the weight that the regulation prints",
    "sample_size": "how many answers a survey needs",
    "states_after": "the queue as its events tell it; tests hold the rows to it",
    "board_of": "the board of one place, read now",
    "versions_in_force": "what of many SOPs is in force on a day",
    "names_of": "a test holds each text of the database to its migration",
    "clear_flow_cache": "tests begin anew",
    "clear_process_caches": "tests begin anew",
    "tenure_of": "who holds a position on a day",
}
KINDS = {"function", "class", "method", "property", "import", "unreachable_code"}


def used_in_templates():
    """Every word of a template."""
    return {word for path in ROOT.glob("templates/**/*.*") for word in re.findall(r"\w+", path.read_text())}


def unused():
    """Name and place of what vulture finds."""
    vulture = Vulture(ignore_decorators=["@admin.register", "@admin.display", "@admin.action"])
    vulture.scavenge([str(ROOT / name) for name in ("ula_portal", "sop", "services", "visitors", "manage.py")])
    said = Counter(word for path in modules() for word in re.findall(r"\w+", path.read_text()))
    for item in vulture.get_unused_code(min_confidence=60):
        # A type may be named in a text, as one that is read later.
        is_type = item.typ in ("class", "import") and said[item.name] > 1
        if item.typ in KINDS and not is_type:
            yield item.name, f"{item.filename.relative_to(ROOT)}:{item.first_lineno} {item.typ} {item.name}"


def test_nothing_is_left_that_nothing_uses():
    called = re.compile("|".join(f"(?:{names})" for names in CALLED_BY.values()))
    words = used_in_templates()
    found = dict(unused())
    dead = [
        place for name, place in found.items() if not called.fullmatch(name) and name not in words and name not in READY
    ]
    assert dead == []
    assert set(READY) - set(found) == set(), "used by now: take them off the list"
