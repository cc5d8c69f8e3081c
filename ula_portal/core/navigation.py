"""The staff rail: apps add their entries; each shows only to who may open it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    label: str
    url_name: str
    icon: str
    may: Callable[..., bool]
    order: int
    hint: str


_entries: list[Entry] = []


def add(label, url_name: str, icon: str, may: Callable[..., bool], order: int = 100, hint="") -> None:
    """Add a rail entry.

    ``icon`` is a name of templates/components/icons/, ``may`` takes the user, ``hint`` says on the start page what
    the page is for.
    """
    _entries.append(Entry(label, url_name, icon, may, order, hint))


def entries_for(user, path: str) -> list[dict]:
    """Entries a person sees: label, url, icon, hint, and whether the page is open now."""
    shown = []
    for entry in sorted(_entries, key=lambda e: e.order):
        if entry.may(user):
            url = reverse(entry.url_name)
            active = path == url or (entry.url_name != "staff_home" and path.startswith(url))
            shown.append({"label": entry.label, "url": url, "icon": entry.icon, "active": active, "hint": entry.hint})
    return shown
