"""There is no unused function, class, method or import, according to vulture; use in templates counts."""

import re
from collections import Counter

from vulture import Vulture

from tests.test_architecture import ROOT, modules

# Called by names that are not in the source.
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
# Verbs and queries for later use: the set-up of an office gives them a page, or a test calls them.
READY = {
    "end_tenure": "ends a person's term early; the panel's form writes it with other fields",
    "revoke_role": "as end_tenure",
    "set_active": "as end_tenure",
    "set_hours": "the hours of one day; the panel writes a whole week",
    "remove_hours": "as set_hours",
    "ramadan_week": "default hours of Ramadan, as in the regulation",
    "clear_verdict": "takes back the verdict on a document",
    "nrr": "the average of each element, as in the regulation's table",
    "value_with_rounded_weight": "the index with the rounded weight that the regulation prints",
    "sample_size": "the number of responses that a survey needs",
    "states_after": "the queue according to its events; tests compare the rows with it",
    "board_of": "the current board of one place",
    "versions_in_force": "the versions of many SOPs in force on a day",
    "clear_flow_cache": "tests start without cached values",
    "clear_process_caches": "tests start without cached values",
    "names_of": "a test compares each SQL text with its migration",
    "tenure_of": "the tenure of a position on a day",
}
KINDS = {"function", "class", "method", "property", "import", "unreachable_code"}


def used_in_templates():
    """Every word of a template."""
    return {word for path in ROOT.glob("templates/**/*.*") for word in re.findall(r"\w+", path.read_text())}


def unused():
    """Name and place of everything that vulture finds."""
    vulture = Vulture(ignore_decorators=["@admin.register", "@admin.display", "@admin.action"])
    vulture.scavenge([str(ROOT / name) for name in ("ula_portal", "sop", "services", "visitors", "manage.py")])
    said = Counter(word for path in modules() for word in re.findall(r"\w+", path.read_text()))
    for item in vulture.get_unused_code(min_confidence=60):
        # A type may be used in a string, as a forward reference.
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
