"""Write kept input into the fields of a page. Nothing else of the page's HTML changes."""

import re
from urllib.parse import urljoin, urlsplit

from django.template.loader import render_to_string

from .page import Control, Form, HtmlPage, Tag
from .rules import looks_typed
from .storage import KeptForm

# Start and end of a part of the page's HTML, and its replacement.
Edit = tuple[int, int, str]
# Row counts of formsets, which the page sets itself.
_COUNTS = re.compile(r"-(?:TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$")


def fill_page(text: str, address: str, kept_form: KeptForm) -> str:
    """The HTML of the page at ``address`` with the form's fields filled, and a notice at its top.

    If several forms have the same address, the most similar one is filled. Texts without a field are shown in the
    notice.
    """
    page = HtmlPage(text)
    form = _form_of(page, address, kept_form)
    filler = _FormFiller(kept_form, form)
    omitted = {page.label(each): None for each in (form.controls if form else ()) if each.name in kept_form.omitted}
    notice = render_to_string(
        "core/web/_kept_input.html",
        {
            "has_input": filler.has_input or bool(filler.leftover),
            "leftover": filler.leftover,
            "files": kept_form.files,
            "omitted": list(omitted),
        },
    )
    return _with_edits(
        text,
        [*filler.edits, (page.main_start, page.main_start, notice)] if page.main_start is not None else filler.edits,
    )


def add_lost_notice(text: str) -> str:
    """The HTML of the page with a notice that the input from before the log-in could not be stored."""
    place = HtmlPage(text).main_start
    notice = render_to_string("core/web/_kept_input_lost.html")
    return text if place is None else _with_edits(text, [(place, place, notice)])


def _with_edits(text: str, edits: list[Edit]) -> str:
    pieces, at = list[str](), 0
    for start, end, words in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [text[at:start], words]
        at = end
    return "".join([*pieces, text[at:]])


def _form_of(page: HtmlPage, address: str, kept_form: KeptForm) -> Form | None:
    wanted, names = urlsplit(kept_form.action), dict(kept_form.fields)

    def fits(form: Form) -> bool:
        targets = [form.tag.attrs.get("action")] + [each.tag.attrs.get("formaction") for each in form.controls]
        places = [urlsplit(urljoin(address, each or "")) for each in targets if each is not None or each is targets[0]]
        return any(place.path == wanted.path for place in places)

    def likeness(form: Form) -> int:
        score = 0
        for control in form.controls:
            if control.name not in names:
                continue
            same = control.value in names[control.name]
            if control.kind == "hidden" or control.is_button:
                score += 3 if same else -1
            else:
                score += 2
        return score

    posted = [form for form in page.forms if (form.tag.attrs.get("method") or "get").lower() == "post" and fits(form)]
    best = max(posted, key=likeness, default=None)
    return best if best and (likeness(best) > 0 or not kept_form.fields) else None


class _FormFiller:
    """The edits that write kept values into a form.

    ``has_input``: whether any field was filled; ``leftover``: texts without a field.
    """

    def __init__(self, kept_form: KeptForm, form: Form | None) -> None:
        self.edits: list[Edit] = []
        self.has_input = False
        self._values = {name: list(values) for name, values in kept_form.fields if not _COUNTS.search(name)}
        self._used: set[str] = set()
        opened: dict[int, Tag] = {}
        for control in form.controls if form else ():
            if control.name in self._values and self._write(control):
                self.has_input = True
                opened |= {details.start: details for details in control.details}
        if form:
            self.edits.append((form.tag.start, form.tag.end, form.tag.rendered(**{"data-kept": True})))
        for details in opened.values():
            self.edits.append((details.start, details.end, details.rendered(open=True)))
        self.leftover = [
            value
            for name, values in self._values.items()
            if name not in self._used
            for value in values
            if looks_typed(value)
        ]

    def _write(self, control: Control) -> bool:
        """Write its value into a control. Returns whether the user had entered it, not the page."""
        values, attrs = self._values[control.name], control.tag.attrs
        self._used.add(control.name)
        if control.is_button or control.kind in ("file", "password") or "disabled" in attrs or "readonly" in attrs:
            return False
        if control.kind in ("checkbox", "radio"):
            chosen = attrs.get("value", "on") in values
            self._tag(control.tag, checked=True if chosen else None)
            return chosen
        if control.tag.name == "select":
            return self._choose(control, values)
        # Several fields with the same name get the values in order.
        value = values.pop(0) if values else ""
        if control.tag.name == "textarea":
            self.edits.append((*control.content, "\n" + _text(value)))
        else:
            self._tag(control.tag, value=value)
        return control.kind != "hidden" and bool(value.strip())

    def _choose(self, control: Control, values: list[str]) -> bool:
        known = [value for _tag, value in control.options]
        if not any(value in known for value in values):
            return False
        for tag, value in control.options:
            self._tag(tag, selected=True if value in values else None)
        return any(values)

    def _tag(self, tag: Tag, **changes: str | bool | None) -> None:
        self.edits.append((tag.start, tag.end, tag.rendered(**changes)))


def _text(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
