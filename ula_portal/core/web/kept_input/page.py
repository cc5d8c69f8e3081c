"""Parse the forms and fields of an HTML page, with their positions in the text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Tag:
    """A start tag: its attributes and its position in the text."""

    name: str
    attrs: dict[str, str | None]
    start: int
    end: int

    def rendered(self, **changes: str | bool | None) -> str:
        """The tag as HTML with changed attributes. None removes an attribute, True writes it without a value."""
        words = [self.name]
        for name, value in {**self.attrs, **changes}.items():
            if value is None and name in changes:
                continue
            words.append(name if value is None or value is True else f'{name}="{_escaped(value)}"')
        return f"<{' '.join(words)}>"


@dataclass
class Control:
    """A field of a form. ``inside``: position of a text area's text; ``options``: of a select, as (tag, value).

    ``details``: the ``<details>`` elements that contain it.
    """

    tag: Tag
    details: list[Tag]
    inside: tuple[int, int] = (0, 0)
    options: list[tuple[Tag, str | None]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.tag.attrs.get("name") or ""

    @property
    def kind(self) -> str:
        return (self.tag.attrs.get("type") or "text").lower() if self.tag.name == "input" else self.tag.name

    @property
    def value(self) -> str:
        return self.tag.attrs.get("value") or ""

    @property
    def is_button(self) -> bool:
        return self.kind in ("button", "submit", "image", "reset")


@dataclass
class Form:
    tag: Tag
    controls: list[Control] = field(default_factory=list)


def _escaped(value: object) -> str:
    return str(value).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


Attributes = list[tuple[str, str | None]]


class HtmlPage(HTMLParser):
    """A parsed page: its ``forms``, the position after its ``<main>`` tag, and ``label(control)``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.main: int | None = None
        self._lines = [0]
        for line in text.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self._open: Form | None = None
        self._details: list[Tag] = []
        self._control: Control | None = None
        self._label: str | None = None
        self._labels: dict[str, str] = {}
        self._detached: list[tuple[str, Control]] = []
        self.feed(text)
        self.close()
        by_id = {form.tag.attrs.get("id"): form for form in self.forms}
        for owner, control in self._detached:
            if owner in by_id:
                by_id[owner].controls.append(control)

    def label(self, control: Control) -> str:
        """The text of a control's label, or its name."""
        return " ".join(self._labels.get(control.tag.attrs.get("id") or "", "").split()) or control.name

    def _position(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        start = self._position()
        # The first of two attributes with the same name counts.
        once = dict(attrs) | dict(reversed(attrs))
        found = Tag(tag, once, start, start + len(self.get_starttag_text() or ""))
        if tag == "main" and self.main is None:
            self.main = found.end
        elif tag == "form":
            self._open = Form(found)
            self.forms.append(self._open)
        elif tag == "details":
            self._details.append(found)
        elif tag == "label":
            self._label = found.attrs.get("for")
        elif tag in ("input", "select", "textarea", "button"):
            self._add(Control(found, list(self._details)))
        elif tag == "option" and self._control is not None:
            self._control.options.append((found, found.attrs.get("value")))

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def _add(self, control: Control) -> None:
        owner = control.tag.attrs.get("form")
        if owner:
            self._detached.append((owner, control))
        elif self._open is not None:
            self._open.controls.append(control)
        control.inside = (control.tag.end, control.tag.end)
        if control.tag.name in ("select", "textarea"):
            self._control = control

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "details" and self._details:
            self._details.pop()
        elif tag == "label":
            self._label = None
        elif self._control is not None and tag == self._control.tag.name:
            self._control.inside = (self._control.tag.end, self._position())
            self._control = None

    def handle_data(self, data: str) -> None:
        if self._label:
            self._labels[self._label] = self._labels.get(self._label, "") + data
