"""Follows every link of every page for one user after another and reports those that lead nowhere."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urldefrag, urlsplit

from django.urls import Resolver404, resolve

from .pages import DIALLED, MAILED, Answer, Link, inside, path_of, without_place

# The number of pages of one kind that are opened for each user, if they differ only by an id or a query.
OF_A_KIND = 2


def kind_of(address: str) -> str:
    """The kind of a page: its URL name and the name of its query parameter.

    Each filter of a list is a separate kind; all queries with two or more parameters are one kind. In the admin panel
    histories, deletions and filtered lists of all models are alike, so the model does not make a separate kind, and
    adding and changing share one form.
    """
    parts = urlsplit(address)
    asked = sorted(parse_qs(parts.query, keep_blank_values=True))
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        name = re.sub("[0-9]+", "1", parts.path)
    if name.startswith("admin:"):
        page = name.rsplit("_", 1)[-1]
        if not asked and page not in ("history", "delete"):
            return re.sub("_(add|change)$", "_form", name) + "?"
        return f"admin:{page}?"
    return f"{name}?{'&' if len(asked) > 1 else ''.join(asked)}"


def drawing_of(address: str) -> str:
    """Pages with the same controls but other data: the URL name, in the admin panel without the model."""
    name = kind_of(address).split("?")[0]
    return f"admin:{name.rsplit('_', 1)[-1]}" if name.startswith("admin:") else name


@dataclass
class Crawler:
    """``ask``: returns a user's answer at an address after redirects. ``findings``: texts without duplicates. ``area``:
    prefixes of the addresses whose pages are crawled; others are only requested.
    """

    who: str
    ask: Callable[[str], Answer]
    area: tuple[str, ...] = ("/",)
    answers: dict[str, Answer] = field(default_factory=dict)
    findings: dict[str, None] = field(default_factory=dict)
    _seen_of_a_kind: Counter = field(default_factory=Counter)

    def crawl(self, starts: Iterable[str]) -> None:
        starts = list(dict.fromkeys(starts))
        self._seen_of_a_kind.update(kind_of(address) for address in starts if address not in self.answers)
        for address in starts:
            if self.answer(address).status >= 400:
                self.found(address, f"{self.answer(address).status}")
        todo, done = deque(starts), set()
        while todo:
            page = self.answer(todo.popleft())
            if not page.is_page or page.address in done or not page.address.startswith(self.area):
                continue
            done.add(page.address)
            for link in page.links:
                target = self.check(page, link)
                if target and self._wanted(target):
                    todo.append(target)

    @property
    def pages(self) -> list[Answer]:
        """The pages that were crawled or could be."""
        found = {each.address: each for each in self.answers.values() if each.is_page and each.status < 400}
        return [each for each in found.values() if each.address.startswith(self.area)]

    def answer(self, address: str) -> Answer:
        if address not in self.answers:
            answer = self.answers[address] = self.ask(address)
            # The target of a redirect is not requested again.
            self.answers.setdefault(answer.address, answer)
        return self.answers[address]

    def found(self, address: str, what: str) -> None:
        self.findings[f"{self.who} {address}: {what}"] = None

    def check(self, page: Answer, link: Link) -> str | None:
        """Check one link of a page; returns the address to follow, without its fragment."""
        href, name = link.href, f"“{link.text[:60]}” ({link.href})"
        if not (href or "").strip():
            return self.found(page.address, f"{name} has no address")
        if href.startswith("tel:"):
            return None if DIALLED.fullmatch(href) else self.found(page.address, f"{name} cannot be dialled")
        if href.startswith("mailto:"):
            return None if MAILED.fullmatch(href) else self.found(page.address, f"{name} is no address of mail")
        target = inside(page.address, href)
        if re.match("[a-z+]+:", href) and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", href):
            return self.found(page.address, f"{name} is no address")
        if target is None:
            return None
        return self._inside(page, link, name, target)

    def _inside(self, page, link, name, target):
        target, place = urldefrag(target)
        if link.href.startswith("#") or (place and target == page.address):
            if not link.skip and not place:
                return self.found(page.address, f"{name} leads to the page it stands on")
            return None if place in page.places else self.found(page.address, f"{name} leads to no place")
        if not self._wanted(target) and target not in self.answers:
            return None
        self._seen_of_a_kind[kind_of(target)] += target not in self.answers
        answer = self.answer(target)
        if answer.status >= 400:
            return self.found(page.address, f"{name} answers {answer.status}")
        if not answer.is_page:
            return None
        if place and place not in answer.places:
            self.found(page.address, f"{name} leads to no place")
        if not (link.current or link.skip or link.target_blank) and same(page, answer):
            self.found(page.address, f"{name} leads to the page it stands on")
        return target

    def _wanted(self, target):
        return target in self.answers or self._seen_of_a_kind[kind_of(target)] < OF_A_KIND

    def pressed(self, page: Answer, name: str, address: str, *, a_link: bool, must_differ: bool) -> None:
        """Check where a press has led the browser. ``a_link``: it was already checked as a link."""
        target = without_place(address)
        if a_link and not self._wanted(target):
            return
        answer = self.answer(target)
        if answer.status >= 400:
            self.found(page.address, f"{name} leads to {target}, which answers {answer.status}")
        elif must_differ and answer.is_page and same(page, answer):
            self.found(page.address, f"{name} leads to the page it stands on")


def same(page: Answer, other: Answer) -> bool:
    """Whether two pages look the same to a user."""
    if path_of(page.address) != path_of(other.address):
        return False
    return page.address == other.address or page.likeness == other.likeness
