"""The staff rail: apps add entries, which are shown only to users who may open them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ula_portal.core.data.batched_counts import count_in_one_query
from ula_portal.core.live import changes
from ula_portal.core.models import User

# The groups of the rail, in their order by the entries' own.
SERVING = _("Pelayanan")
CASES = _("Permohonan")
OFFICE = _("Kantor")
OWN = _("Anda")

# A badge shows at most this number and a plus sign; counting stops at one more.
MOST_COUNTED = 99


May = Callable[[User], bool | QuerySet[Any, Any]]
Badge = Callable[[User], QuerySet[Any, Any]]
Topics = Callable[[User], set[str]]


class RailItem(TypedDict):
    """An entry as a user sees it. ``badge``: the number of number rows, or a text such as "99+"."""

    label: StrOrPromise
    short: StrOrPromise
    group: StrOrPromise
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
    group: StrOrPromise
    short: StrOrPromise


_entries: list[Entry] = []


def add_rail_entry(
    label: StrOrPromise,
    url_name: str,
    icon: str,
    may: May,
    order: int = 100,
    hint: StrOrPromise = "",
    badge: Badge | None = None,
    topics: Topics | None = None,
    news: StrOrPromise = "",
    group: StrOrPromise = "",
    short: StrOrPromise = "",
) -> None:
    """Add an entry to the staff rail.

    ``icon``: name of a file in templates/components/icons/; ``may(user)``: a bool, or a queryset that must not be
    empty; ``hint``: explanation on the start page; ``badge(user)``: queryset of the rows that wait there;
    ``topics(user)``: the topics that an open page listens to (``core.live.changes``); ``news``: text to announce when
    more rows wait than before; ``group``: one of the groups above, whose entries have adjacent orders; ``short``: the
    word under the icon in the narrow rail, if the label is longer than one. All querysets are evaluated in one query.
    """
    _entries.append(Entry(label, url_name, icon, may, order, hint, badge, topics, news, group, short))


def entries_for(user: User, path: str) -> list[RailItem]:
    """The entries that a user may open, with their badges. One query, besides those of the permissions."""
    offered = [(entry, entry.may(user)) for entry in sorted(_entries, key=lambda e: e.order)]
    offered = [(entry, may) for entry, may in offered if isinstance(may, QuerySet) or may]
    querysets: dict[tuple[Entry, str], tuple[QuerySet[Any, Any], int]]
    querysets = {(entry, "may"): (may, 1) for entry, may in offered if isinstance(may, QuerySet)}
    querysets |= {(entry, "badge"): (entry.badge(user), MOST_COUNTED + 1) for entry, _may in offered if entry.badge}
    found = count_in_one_query(querysets)
    shown = [(entry, reverse(entry.url_name)) for entry, _may in offered if found.get((entry, "may"), 1)]
    here = _here([url for _entry, url in shown], path)
    return [_row(entry, url, url == here, found.get((entry, "badge"), 0)) for entry, url in shown]


def live_address(user: User) -> str:
    """The address of the stream that reports changes of the rail. Does not check the entries' permissions."""
    topics = set[str]().union(*(entry.topics(user) for entry in _entries if entry.topics))
    return changes.address(topics)


def _here(urls: list[str], path: str) -> str:
    """The address that is open or leads to the open page: the longest, since some entries lie below others."""
    home = reverse("staff_home")
    return max((url for url in urls if path == url or (url != home and path.startswith(url))), key=len, default="")


def _row(entry: Entry, url: str, active: bool, number: int) -> RailItem:
    return {
        "label": entry.label,
        "short": entry.short or entry.label,
        "group": entry.group,
        "url": url,
        "icon": entry.icon,
        "active": active,
        "hint": entry.hint,
        "news": entry.news,
        "badge": f"{MOST_COUNTED}+" if number > MOST_COUNTED else number,
        "hot": bool(number),
    }
