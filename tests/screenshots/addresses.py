"""Which pages are shown to whom: all addresses of the access table, and lists with their filters."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse

from tests.access_table import CITIZEN, MODELS, TABLE
from tests.factories.world import ROLES
from visitors.queue.actions.tickets import ticket_token

from .objects import Missing

# Pages that show each role its own work; all others are shown to the first role that may open them.
OWN = {"staff_home", "case_list", "case_detail", "guests", "counter", "report", "admin:index"}
PREFERRED = ("anonymous", "official", "frontdesk", "counter", "admin", "section_head", "head")
# The same page with another part of its contents.
PARTS = {
    "service_list": ["?q=pindah+sekolah", "?q=tidakadasamasekali", "?untuk=umum"],
    "case_list": ["?tab=pool", "?tab=waiting", "?tab=late", "?tab=done"],
    "case_detail": ["?tab=pesan", "?tab=riwayat"],
    "sop_list": ["?q=mutasi"],
    "sop_drafts": ["?bagian=draf"],
}
# The same page of another object: name, and what the page shows.
OTHERS = [
    ("track_detail", lambda o: [o.token(o.asked)]),
    ("track_detail", lambda o: [o.token(o.lettered)]),
    ("case_detail", lambda o: [o.asked.number]),
    ("case_detail", lambda o: [o.signing.number]),
    ("case_detail", lambda o: [o.lettered.number]),
    ("ticket_own", lambda o: [ticket_token(o.called)]),
    ("ticket_own", lambda o: [ticket_token(o.missed)]),
]
# Pages that end the session.
LAST = ("account_logout", "admin:logout")


@dataclass(frozen=True)
class Shot:
    """A page as a user sees it. ``name``: the URL name in the access table."""

    name: str
    role: str
    address: str

    @property
    def is_display(self) -> bool:
        return self.name == "display"


def shots(objects) -> tuple[list[Shot], list[str]]:
    """All pages for which the data contain an object, and the names of the others."""
    found, missing = [], []
    for name, args in [*((name, row.args) for name, row in TABLE.items()), *OTHERS]:
        answers = zip(ROLES, TABLE[name].get.split(), strict=True)
        roles = [role for role, answer in answers if answer.startswith("200")]
        roles = [role for role in PREFERRED if role in roles and (role == "anonymous" or objects.user(role))]
        if not roles:
            continue
        try:
            address = reverse(name, args=args(objects))
        except (Missing, AttributeError, ObjectDoesNotExist):
            missing.append(name)
            continue
        for part in ["", *PARTS.get(name, ())]:
            found += [Shot(name, role, address + part) for role in (roles[:1] if name in CITIZEN else roles)]
    found += panel(objects) if objects.user("admin") else []
    found += [Shot("not_found", "anonymous", "/tidak-ada/"), Shot("refused", "official", "/petugas/tamu/")]
    return sorted(found, key=lambda shot: shot.name in LAST), missing


def panel(objects) -> Iterator[Shot]:
    """List, empty form and first row of each table in the admin panel."""
    for model in admin.site._registry:
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        _may_view, may_add = MODELS[model._meta.label_lower]
        yield Shot(f"{label}_changelist", "admin", reverse(f"{label}_changelist"))
        if "admin" in may_add:
            yield Shot(f"{label}_add", "admin", reverse(f"{label}_add"))
        if row := model._default_manager.order_by("pk").first():
            yield Shot(f"{label}_change", "admin", reverse(f"{label}_change", args=[row.pk]))


def chosen(every: list[Shot], only: list[str], roles: list[str]) -> list[Shot]:
    """The shots whose name or path matches one of ``only`` (shell patterns), for one of ``roles``. Without ``roles``
    each address is taken once, and pages with a user's own work once for each role.
    """
    if only:
        every = [
            shot
            for shot in every
            if any(fnmatch(shot.name, part) or fnmatch(shot.address.split("?")[0], part) for part in only)
        ]
    if roles:
        return [shot for shot in every if shot.role in roles]
    seen, found = set(), []
    for shot in every:
        if (shot.name in OWN and "?" not in shot.address) or shot.address not in seen:
            found.append(shot)
        seen.add(shot.address)
    return found
