"""Log-ins of the demo: random passwords in ``VAR_DIR/demo-logins.json``, readable only by the owner."""

import json
import os
import secrets
from pathlib import Path

from django.conf import settings

from ula_portal.core.models import Role

# Without characters that are easily confused.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
# Of several people with one role, these have the most work.
BUSIEST = ("layanan.dikdas@", "kabid.dikdas@")
# The order of the table.
ORDER = [Role.FRONT_DESK, Role.COUNTER, Role.OFFICIAL, Role.SECTION_HEAD, Role.HEAD, Role.ADMINISTRATOR]


def new_password() -> str:
    """A random password: three groups of four letters and digits (59 bits)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def path() -> Path:
    return settings.VAR_DIR / "demo-logins.json"


def write_logins(logins: list[dict]) -> None:
    """Write ``[{"role", "email", "password"}]``, one of each role first; readable only by the owner."""
    firsts, rest = [], list(logins)
    for role in ORDER:
        fitting = [login for login in rest if login["role"] == role]
        first = next((login for login in fitting if login["email"].startswith(BUSIEST)), next(iter(fitting), None))
        if first:
            firsts.append(first)
            rest.remove(first)
    draft = path().with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(firsts + rest, file, indent=1)
    draft.replace(path())


def read_logins() -> list[dict] | None:
    """The stored log-ins, or None if the file is missing or unreadable."""
    try:
        stored = json.loads(path().read_text(encoding="utf-8"))
        return [{key: str(login[key]) for key in ("role", "email", "password")} for login in stored]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def main_role(roles: list[str]) -> str:
    """The most important of a person's roles."""
    weight = {Role.ADMINISTRATOR: 0, Role.HEAD: 1, Role.SECTION_HEAD: 2, Role.FRONT_DESK: 3, Role.COUNTER: 4}
    return min(roles, key=lambda role: weight.get(role, 9))
