"""Saves a form field by field, while other users may be changing the same draft.

A form contains in ``was`` the values with which it was opened, and in ``clash`` the fields for which it has already
reported a different value by another user. These fields are not saved until the user has decided, by
``choose_<field>`` = "mine" or "stored". All other fields are saved.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.data.field_changes import EditedMeanwhile, Values
from ula_portal.core.verbs.errors import Refused

from .forms import EditorForm

# Builds the form bound to what was posted.
Build = Callable[[QueryDict], EditorForm]
# Saves the fields, by name, as far as they differ from the second argument.
Write = Callable[[Values, Values], object]
# Who reported a clash and when, in words, by field.
Reported = dict[str, tuple[str, str]]
# Number of attempts to save. If other users keep changing the same fields, the user has to decide.
ROUNDS = 3


@dataclass(frozen=True)
class Clash:
    """A field that two users changed. ``stored`` and ``mine``: the two values.

    ``by`` and ``at``: who stored the other value, and when, both in words.
    """

    name: str
    label: str
    stored: str
    mine: str
    by: str
    at: str


@dataclass
class Attempt:
    """The result of saving a form. ``was``: values for the form shown next; ``error``: the refusal, if any."""

    form: EditorForm
    was: Values
    saved: bool = False
    clashes: list[Clash] = field(default_factory=list)
    error: Refused | None = None
    new_clashes: bool = False

    @property
    def settled(self) -> bool:
        """Whether it was saved and no clash is left to decide."""
        return self.saved and not self.clashes

    @property
    def status(self) -> int:
        """The HTTP status of the response."""
        return 200 if self.settled else 409 if self.clashes else 422

    @property
    def was_text(self) -> str:
        return self.form.write_was(self.was)

    @property
    def clash_text(self) -> str:
        return json.dumps({clash.name: [clash.by, clash.at] for clash in self.clashes}, ensure_ascii=False)


def opened(form: EditorForm, values: Values) -> Attempt:
    """The attempt for a form that was not submitted yet."""
    return Attempt(form, values)


def save(post: QueryDict, build: Build, verb: Write, values: Callable[[], Values]) -> Attempt:
    """Save what was posted.

    ``build(data)``: returns the bound form. ``verb(fields, was)``: saves. ``values()``: reads the stored fields again.
    """
    data = post.copy()
    form = build(data)
    was = form.read_was(post.get(form.add_prefix("was"), ""))
    shown = {name for name, inputs in form.INPUTS.items() if inputs[0] in form.fields}
    if was is None or shown - set(was):
        was = values()
    clashing = _reported_clashes(post, form)
    for name in [name for name in clashing if _chosen(post, form, name)]:
        if _chosen(post, form, name) == "stored":
            form.put(data, name, was)
        del clashing[name]
    form = build(data)
    attempt = Attempt(form, was)
    if form.is_valid():
        _write(attempt, clashing, verb, values)
    else:
        attempt.clashes = [_clash(form, name, was[name], *clashing[name]) for name in clashing]
    return attempt


def _write(attempt: Attempt, clashing: Reported, verb: Write, values: Callable[[], Values]) -> None:
    form, was = attempt.form, attempt.was
    fields = {name: value for name, value in form.to_save(was).items() if name in was}
    mine = dict(fields)
    fields |= {name: was[name] for name in clashing}
    for _round in range(ROUNDS):
        try:
            verb(fields, was)
        except EditedMeanwhile as error:
            by, at = _who(error)
            attempt.new_clashes = True
            for name, stored in error.fields.items():
                clashing[name], was[name], fields[name] = (by, at), stored, stored
        except Refused as error:
            attempt.error = error
            if error.field:
                form.refuse(error.field, str(error))
            break
        else:
            attempt.saved = True
            now = values()
            # Fields that were not written keep the value that the user saw, although it may have changed since.
            fresh = {name for name, value in fields.items() if value != was[name]} | form.unseen()
            was.update({name: now[name] for name in fresh})
            break
    attempt.clashes = [_clash(form, name, was[name], *clashing[name], mine=mine.get(name)) for name in clashing]


def _clash(form: EditorForm, name: str, stored: Any, by: str, at: str, mine: Any = None) -> Clash:
    if mine is None:
        mine = form.cleaned_data.get(form.INPUTS[name][0], "") if hasattr(form, "cleaned_data") else ""
    return Clash(name, form.label_of(name), form.in_words(name, stored), form.in_words(name, mine), by, at)


def _chosen(post: QueryDict, form: EditorForm, name: str) -> str:
    return post.get(form.add_prefix(f"choose_{name}"), "")


def _reported_clashes(post: QueryDict, form: EditorForm) -> Reported:
    """The clashes that the form has reported before: (by, at) by field."""
    try:
        found = json.loads(post.get(form.add_prefix("clash"), "") or "{}")
    except (RecursionError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        name: (str(by_and_at[0]), str(by_and_at[1]))
        for name, by_and_at in found.items()
        if name in form.INPUTS and isinstance(by_and_at, list) and len(by_and_at) == 2
    }


def _who(error: EditedMeanwhile) -> tuple[str, str]:
    by = getattr(error.by, "full_name", None) or str(error.by or _("seseorang"))
    return by, date_format(clock.local(error.at), "H.i") if error.at else ""
