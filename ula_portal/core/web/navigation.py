"""The staff rail: apps add their entries; each shows only to who may open it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict

from django.db.models import QuerySet
from django.urls import reverse
from django_stubs_ext import StrOrPromise

from ula_portal.core.data.batched_counts import count_in_one_query
from ula_portal.core.live import changes
from ula_portal.core.models import User

# Beyond this a badge says only that there are more; counts go no further than one more.
MOST_COUNTED = 99


May = Callable[[User], bool | QuerySet[Any, Any]]
Badge = Callable[[User], QuerySet[Any, Any]]
Topics = Callable[[User], set[str]]


class Row(TypedDict):
    """An entry as a person sees it. ``badge``: how much waits, or that there is more than is counted."""

    label: StrOrPromise
    url: str
    icon: str
    active: bool
    hint: StrOrPromise
    news: StrOrPromise
    badge: int | str
    hot: bool


@dataclass(frozen=True)
class Entry:
    label: StrOrPromise
    url_name: str
    icon: str
    may: May
    order: int
    hint: StrOrPromise
    badge: Badge | None
    topics: Topics | None
    news: StrOrPromise


_entries: list[Entry] = []


def add(
    label: StrOrPromise,
    url_name: str,
    icon: str,
    may: May,
    order: int = 100,
    hint: StrOrPromise = "",
    badge: Badge | None = None,
    topics: Topics | None = None,
    news: StrOrPromise = "",
) -> None:
    """Add a rail entry.

    ``icon`` is a name of templates/components/icons/. ``may`` takes the user: whether, or a query set that must have a
    row. ``hint`` says on the start page what the page is for. ``badge`` takes the user and gives the query set of what
    waits there for them. All query sets are asked together. ``topics`` takes the user and gives what an open page
    listens to (``core.live.changes``); when more waits there than before, it says ``news``.
    """
    _entries.append(Entry(label, url_name, icon, may, order, hint, badge, topics, news))


def entries_for(user: User, path: str) -> list[Row]:
    """Entries a person sees, with what waits there for them.

    One query, besides what the entries' rights need.
    """
    offered = [(entry, entry.may(user)) for entry in sorted(_entries, key=lambda e: e.order)]
    offered = [(entry, may) for entry, may in offered if isinstance(may, QuerySet) or may]
    asked: dict[tuple[Entry, str], tuple[QuerySet[Any, Any], int]]
    asked = {(entry, "may"): (may, 1) for entry, may in offered if isinstance(may, QuerySet)}
    asked |= {(entry, "badge"): (entry.badge(user), MOST_COUNTED + 1) for entry, _may in offered if entry.badge}
    found = count_in_one_query(asked)
    return [
        _row(entry, path, found.get((entry, "badge"), 0)) for entry, _may in offered if found.get((entry, "may"), 1)
    ]


def live_address(user: User) -> str:
    """Where an open page hears that something new waits in the rail; the entries' rights are not asked for it."""
    topics = set[str]().union(*(entry.topics(user) for entry in _entries if entry.topics))
    return changes.address(topics)


def _row(entry: Entry, path: str, waiting: int) -> Row:
    url = reverse(entry.url_name)
    active = path == url or (entry.url_name != "staff_home" and path.startswith(url))
    return {
        "label": entry.label,
        "url": url,
        "icon": entry.icon,
        "active": active,
        "hint": entry.hint,
        "news": entry.news,
        "badge": f"{MOST_COUNTED}+" if waiting > MOST_COUNTED else waiting,
        "hot": bool(waiting),
    }
