"""Saving a form field by field, while somebody else may be changing the same draft.

A form carries in ``was`` the values it was opened with, and in ``clash`` those of its fields about which it has
already told that somebody else wrote something different: these are held back until the person has chosen, by
``choose_<field>`` = "mine" or "stored". Every other field is saved all the same.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sop.drafting.actions.draft import EditedMeanwhile
from ula_portal.core import clock
from ula_portal.core.verbs.errors import Refused

from ..forms.base import EditorForm

# Somebody who types faster than we ask: after so many rounds the person decides.
ROUNDS = 3


@dataclass(frozen=True)
class Clash:
    """One field that two people wrote: what is ``stored``, ``by`` whom and ``at`` what moment (both in words)."""

    name: str
    label: str
    stored: str
    mine: str
    by: str
    at: str


@dataclass
class Attempt:
    """What became of a form. ``was``: what the form on the page now stands on; ``error``: the refusal, if any."""

    form: EditorForm
    was: dict
    saved: bool = False
    clashes: list[Clash] = field(default_factory=list)
    error: Refused | None = None
    new_clashes: bool = False

    @property
    def settled(self) -> bool:
        """Saved, and nothing is left to choose."""
        return self.saved and not self.clashes

    @property
    def status(self) -> int:
        """The answer's HTTP status."""
        return 200 if self.settled else 409 if self.clashes else 422

    @property
    def was_text(self) -> str:
        return self.form.write_was(self.was)

    @property
    def clash_text(self) -> str:
        return json.dumps({clash.name: [clash.by, clash.at] for clash in self.clashes}, ensure_ascii=False)


def opened(form: EditorForm, values: dict) -> Attempt:
    """A form that nobody has sent yet."""
    return Attempt(form, values)


def save(post, build: Callable, verb: Callable, values: Callable) -> Attempt:
    """Save what was posted.

    ``build(data)`` gives the bound form, ``verb(fields, was)`` writes, ``values()`` reads the stored fields anew.
    """
    data = post.copy()
    form = build(data)
    was = form.read_was(post.get(form.add_prefix("was"), ""))
    if was is None or set(form.INPUTS) - set(was) - {"number"}:
        was = values()
    held = _held(post, form)
    for name in [name for name in held if _chosen(post, form, name)]:
        if _chosen(post, form, name) == "stored":
            form.put(data, name, was)
        del held[name]
    form = build(data)
    attempt = Attempt(form, was)
    if form.is_valid():
        _write(attempt, held, verb, values)
    else:
        attempt.clashes = [_clash(form, name, was[name], *held[name]) for name in held]
    return attempt


def _write(attempt, held, verb, values):
    form, was = attempt.form, attempt.was
    fields = {name: value for name, value in form.to_save(was).items() if name in was}
    mine = dict(fields)
    fields |= {name: was[name] for name in held}
    for _round in range(ROUNDS):
        try:
            verb(fields, was)
        except EditedMeanwhile as error:
            by, at = _who(error)
            attempt.new_clashes = True
            for name, stored in error.fields.items():
                held[name], was[name], fields[name] = (by, at), stored, stored
        except Refused as error:
            attempt.error = error
            if error.field:
                form.refuse(error.field, str(error))
            break
        else:
            attempt.saved = True
            now = values()
            # What was not written stays as it was seen: it may have changed since, and is not this form's to say.
            fresh = {name for name, value in fields.items() if value != was[name]} | form.unseen()
            was.update({name: now[name] for name in fresh})
            break
    attempt.clashes = [_clash(form, name, was[name], *held[name], mine=mine.get(name)) for name in held]


def _clash(form, name, stored, by, at, mine=None):
    if mine is None:
        mine = form.cleaned_data.get(form.INPUTS[name][0], "") if hasattr(form, "cleaned_data") else ""
    return Clash(name, form.label_of(name), form.in_words(name, stored), form.in_words(name, mine), by, at)


def _chosen(post, form, name):
    return post.get(form.add_prefix(f"choose_{name}"), "")


def _held(post, form):
    """Clashes that the form has told of before: field → (by, at)."""
    try:
        found = json.loads(post.get(form.add_prefix("clash"), "") or "{}")
    except (RecursionError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        name: (str(told[0]), str(told[1]))
        for name, told in found.items()
        if name in form.INPUTS and isinstance(told, list) and len(told) == 2
    }


def _who(error):
    by = getattr(error.by, "full_name", None) or str(error.by or _("seseorang"))
    return by, date_format(clock.local(error.at), "H.i") if error.at else ""
