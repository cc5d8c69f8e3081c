"""The staff rail: apps add their entries; each shows only to who may open it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from ula_portal.core.data.at_once import counts
from ula_portal.core.live import changes

# Beyond this a badge says only that there are more; counts go no further than one more.
MOST_COUNTED = 99


@dataclass(frozen=True)
class Entry:
    label: str
    url_name: str
    icon: str
    may: Callable[..., bool | QuerySet]
    order: int
    hint: str
    badge: Callable[..., QuerySet] | None
    topics: Callable[..., set[str]] | None
    news: str


_entries: list[Entry] = []


def add(
    label,
    url_name: str,
    icon: str,
    may: Callable[..., bool | QuerySet],
    order: int = 100,
    hint="",
    badge=None,
    topics=None,
    news="",
) -> None:
    """Add a rail entry.

    ``icon`` is a name of templates/components/icons/. ``may`` takes the user: whether, or a query set that must have a
    row. ``hint`` says on the start page what the page is for. ``badge`` takes the user and gives the query set of what
    waits there for them. All query sets are asked together. ``topics`` takes the user and gives what an open page
    listens to (``core.live.changes``); when more waits there than before, it says ``news``.
    """
    _entries.append(Entry(label, url_name, icon, may, order, hint, badge, topics, news))


def entries_for(user, path: str) -> list[dict]:
    """Entries a person sees: label, url, icon, hint, whether the page is open now, and what waits there for them.

    One query, besides what the entries' rights need.
    """
    offered = [(entry, entry.may(user)) for entry in sorted(_entries, key=lambda e: e.order)]
    offered = [(entry, may) for entry, may in offered if isinstance(may, QuerySet) or may]
    asked = {(entry, "may"): (may, 1) for entry, may in offered if isinstance(may, QuerySet)}
    asked |= {(entry, "badge"): (entry.badge(user), MOST_COUNTED + 1) for entry, _may in offered if entry.badge}
    found = counts(asked)
    return [
        _row(entry, path, found.get((entry, "badge"), 0)) for entry, _may in offered if found.get((entry, "may"), 1)
    ]


def live_address(user) -> str:
    """Where an open page hears that something new waits in the rail; the entries' rights are not asked for it."""
    topics = set().union(*(entry.topics(user) for entry in _entries if entry.topics))
    return changes.address(topics)


def _row(entry, path, waiting):
    url = reverse(entry.url_name)
    active = path == url or (entry.url_name != "staff_home" and path.startswith(url))
    badge = f"{MOST_COUNTED}+" if waiting > MOST_COUNTED else waiting
    row = {
        "label": entry.label,
        "url": url,
        "icon": entry.icon,
        "active": active,
        "hint": entry.hint,
        "news": entry.news,
    }
    return row | {"badge": badge, "hot": bool(waiting)}
