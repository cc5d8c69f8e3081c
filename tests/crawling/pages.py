"""An answer of the portal as a user sees it: its links, its controls, and what distinguishes it from other pages."""

import functools
import re
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from django.conf import settings
from lxml import html

ADDRESSES = {"href", "src", "action", "formaction", "value", "nonce", "name", "data-live", "data-rail", "data-copy"}
# The host name of Django's test client.
HOST = "testserver"
CONTROLS = "//a | //area | //button | //summary | //input[@type='submit' or @type='button' or @type='reset']"
# RFC 3966: the full number without spaces; national short numbers are allowed.
DIALLED = re.compile(r"tel:(\+[1-9][0-9]{6,14}|[0-9]{3,15})")
MAILED = re.compile(r"mailto:[^@\s?]+@[^@\s?]+\.[^@\s?]+(\?\S*)?")


@dataclass(frozen=True)
class Link:
    href: str | None
    text: str
    current: bool
    skip: bool
    target_blank: bool = False


@dataclass(frozen=True, eq=False)
class Answer:
    """``address``: path and query of the answer, after all redirects."""

    address: str
    status: int
    content: bytes = b""
    is_page: bool = False
    policy: str = ""
    kind: str = "text/html; charset=utf-8"

    @functools.cached_property
    def tree(self):
        return html.document_fromstring(self.content.decode())

    @functools.cached_property
    def places(self) -> set[str]:
        return {*self.tree.xpath("//@id"), *self.tree.xpath("//a/@name"), "", "top"}

    @functools.cached_property
    def links(self) -> list[Link]:
        return [_link(each) for each in self.tree.xpath("//a | //area") if not _unseen(each)]

    @functools.cached_property
    def scripts(self) -> list[str]:
        """Addresses of scripts that are not static files, such as the panel's translations."""
        found = [inside(self.address, each) for each in self.tree.xpath("//script/@src")]
        return [each for each in found if each and not each.startswith(settings.STATIC_URL)]

    @functools.cached_property
    def likeness(self) -> str:
        """What a user can distinguish: the page without addresses and values that change with every answer."""
        parts = []
        for each in self.tree.iter():
            if not isinstance(each.tag, str) or each.tag in ("script", "link", "meta", "head"):
                continue
            kept = sorted((name, value) for name, value in each.attrib.items() if not _is_address(each, name))
            parts.append(f"<{each.tag} {kept}>{(each.text or '').strip()}|{(each.tail or '').strip()}")
        return "\n".join(parts)

    @functools.cached_property
    def controls(self) -> set[str]:
        """The kinds of controls, without texts, addresses and numbers: what a script could distinguish."""
        scripts = " ".join(sorted(each.rsplit("/", 1)[-1] for each in self.tree.xpath("//script/@src")))
        return {f"{_kind(each)} {scripts}" for each in self.tree.xpath(CONTROLS)}


def _is_address(element, name):
    if name == "value":
        return element.tag == "input" and element.get("type") == "hidden"
    return name in ADDRESSES - {"name"} or name.startswith("hx-")


def _kind(element):
    told = {"class", "type", "role", "target", "method", "download"}
    attributes = [
        f"{name}={value if name in told else ''}"
        for name, value in sorted(element.attrib.items())
        if name in told or name.startswith(("data-", "hx-", "aria-", "on"))
    ]
    form = next(element.iterancestors("form"), None)
    posted = "" if form is None else f" in {form.get('method', 'get')} form {form.get('class', '')}"
    return f"{element.tag} {attributes}{posted}"


def _link(element):
    return Link(
        href=element.get("href"),
        text=" ".join(element.text_content().split()) or element.get("aria-label", ""),
        current=element.get("aria-current", "false") != "false",
        # The "no, back" link of the admin panel is Django's: a script navigates back, as the breadcrumbs do.
        skip=bool({"skip-link", "cancel-link"} & {*element.get("class", "").split()})
        or element.get("id", "").startswith("content-start"),
        target_blank=element.get("target") == "_blank" or element.get("data-popup") == "yes",
    )


def _unseen(element):
    """Whether a link gets its address from a script; the browser presses it if it is visible.

    This includes the admin panel's pencil next to a choice, which is no link until something is chosen.
    """
    if "related-widget-wrapper-link" in element.get("class", "").split() and element.get("data-href-template"):
        return True
    return any("hidden" in each.attrib or each.tag == "template" for each in (element, *element.iterancestors()))


def path_of(address: str) -> str:
    return urlsplit(address).path


def inside(address: str, href: str) -> str | None:
    """Path, query and fragment of a link within the portal; None if it leads elsewhere."""
    # ``urljoin`` drops a bare question mark.
    parts = urlsplit(urljoin(f"http://{HOST}{address}", f"{path_of(address)}{href}" if href.startswith("?") else href))
    if parts.netloc != HOST:
        return None
    return (
        (parts.path or "/")
        + (f"?{parts.query}" if parts.query else "")
        + (f"#{parts.fragment}" if parts.fragment else "")
    )


def without_place(address: str) -> str:
    return urldefrag(address).url
