"""Parse the forms and fields of an HTML page, with their positions in the text.

Positions are indexes into the page's HTML, so that ``filling`` can replace single tags and leave the rest as it is.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]


@dataclass
class Tag:
    """A start tag: its attributes, with None for one without a value, and its position from ``start`` up to ``end``."""

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
    """A field or button of a form.

    ``details``: start tags of the ``<details>`` elements around it, the outermost first. ``content``: start and end of
    the text between the tags of a text area; without length for an input. ``options``: of a select, as (tag, value);
    the value is None if the tag has no such attribute.
    """

    tag: Tag
    details: list[Tag]
    content: tuple[int, int] = (0, 0)
    options: list[tuple[Tag, str | None]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.tag.attrs.get("name") or ""

    @property
    def kind(self) -> str:
        """The type of an input in lower case ("text", "checkbox"), else the name of the tag ("select")."""
        return (self.tag.attrs.get("type") or "text").lower() if self.tag.name == "input" else self.tag.name

    @property
    def value(self) -> str:
        """The attribute ``value``, which a text area or select does not have."""
        return self.tag.attrs.get("value") or ""

    @property
    def is_button(self) -> bool:
        return self.kind in ("button", "submit", "image", "reset")


@dataclass
class Form:
    """A form. ``controls``: those inside it, then those elsewhere on the page that name it in ``form=``."""

    tag: Tag
    controls: list[Control] = field(default_factory=list)


def _escaped(value: object) -> str:
    return str(value).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


class HtmlPage(HTMLParser):
    """A parsed page: its ``forms``, and ``main_start``, the position after its ``<main>`` tag (None without one)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.main_start: int | None = None
        # Positions at which the lines begin, since the parser only knows line and column.
        self._line_starts = [0]
        for line in text.split("\n"):
            self._line_starts.append(self._line_starts[-1] + len(line) + 1)
        # The elements in which the parser is now: a form, details, a text area or select, and the id a label is for.
        self._form: Form | None = None
        self._details: list[Tag] = []
        self._control: Control | None = None
        self._label_for: str | None = None
        # Texts of labels by the id of their control.
        self._labels: dict[str, str] = {}
        # Controls that stand outside their form, with the form's id.
        self._detached: list[tuple[str, Control]] = []
        self.feed(text)
        self.close()
        forms_by_id = {form.tag.attrs.get("id"): form for form in self.forms}
        for form_id, control in self._detached:
            if form_id in forms_by_id:
                forms_by_id[form_id].controls.append(control)

    def label(self, control: Control) -> str:
        """The text of a control's label, or its name."""
        return " ".join(self._labels.get(control.tag.attrs.get("id") or "", "").split()) or control.name

    def _position(self) -> int:
        """Position of the tag that the parser handles now."""
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        start = self._position()
        # In the order of the page; as in browsers, the first of two attributes with the same name counts.
        unique = dict(attrs) | dict(reversed(attrs))
        found = Tag(tag, unique, start, start + len(self.get_starttag_text() or ""))
        if tag == "main" and self.main_start is None:
            self.main_start = found.end
        elif tag == "form":
            self._form = Form(found)
            self.forms.append(self._form)
        elif tag == "details":
            self._details.append(found)
        elif tag == "label":
            self._label_for = found.attrs.get("for")
        elif tag in ("input", "select", "textarea", "button"):
            self._add(Control(found, list(self._details)))
        elif tag == "option" and self._control is not None:
            self._control.options.append((found, found.attrs.get("value")))

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def _add(self, control: Control) -> None:
        form_id = control.tag.attrs.get("form")
        if form_id:
            self._detached.append((form_id, control))
        elif self._form is not None:
            self._form.controls.append(control)
        control.content = (control.tag.end, control.tag.end)
        if control.tag.name in ("select", "textarea"):
            self._control = control

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "details" and self._details:
            self._details.pop()
        elif tag == "label":
            self._label_for = None
        elif self._control is not None and tag == self._control.tag.name:
            self._control.content = (self._control.tag.end, self._position())
            self._control = None

    def handle_data(self, data: str) -> None:
        if self._label_for:
            self._labels[self._label_for] = self._labels.get(self._label_for, "") + data
