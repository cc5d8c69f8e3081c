"""The staff rail: apps add their entries; each shows only to who may open it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

# Beyond this a badge says only that there are more; counts go no further than one more.
MOST_COUNTED = 99


@dataclass(frozen=True)
class Entry:
    label: str
    url_name: str
    icon: str
    may: Callable[..., bool]
    order: int
    hint: str
    badge: Callable[..., int] | None


_entries: list[Entry] = []


def add(label, url_name: str, icon: str, may: Callable[..., bool], order: int = 100, hint="", badge=None) -> None:
    """Add a rail entry.

    ``icon`` is a name of templates/components/icons/, ``may`` takes the user, ``hint`` says on the start page what
    the page is for, ``badge`` takes the user and counts what waits there for them.
    """
    _entries.append(Entry(label, url_name, icon, may, order, hint, badge))


def entries_for(user, path: str) -> list[dict]:
    """Entries a person sees: label, url, icon, hint, whether the page is open now, and what waits there for them."""
    shown = []
    for entry in sorted(_entries, key=lambda e: e.order):
        if entry.may(user):
            url = reverse(entry.url_name)
            active = path == url or (entry.url_name != "staff_home" and path.startswith(url))
            waiting = entry.badge(user) if entry.badge else 0
            row = {"label": entry.label, "url": url, "icon": entry.icon, "active": active, "hint": entry.hint}
            badge = f"{MOST_COUNTED}+" if waiting > MOST_COUNTED else waiting
            shown.append(row | {"badge": badge, "hot": bool(waiting)})
    return shown
