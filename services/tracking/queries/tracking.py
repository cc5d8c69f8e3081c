"""Requests as their applicants see them. Access is granted by the secret address, or by number and code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from services.deadlines.due_days import DueDay, days_left, due_days, left_sentence
from services.deadlines.rules import DueExplanation, explain_due_date
from services.engine.badges import STEPS, applicant_badge, state_badge
from services.engine.decisions import reason_of_refusal
from services.engine.queries.progress import NumberedProgressLine, progress_of
from services.engine.queries.recording import flow_of_case
from services.letters.queries import letter_for_applicant
from services.models import Letter, Message, Pause, Request, StepRun, TimelineEntry
from ula_portal.core import clock, workdays
from ula_portal.core.models import Role, User
from ula_portal.core.permissions import has_role
from ula_portal.core.security import codes
from ula_portal.core.text.badges import Badge

from ..absence_words import away_sentence
from .events import TrackingEvent, tracking_events
from .headline import Meter, headline_of, meter_of

DESK = (Role.FRONT_DESK, Role.COUNTER, Role.ADMINISTRATOR, Role.HEAD)
State = Request.State


def request_by_number_and_code(number: str, code: str) -> Request | None:
    """Return a request by number and code as typed from the receipt; None if either is wrong.

    The work is the same whichever of the two is wrong: one index look-up, and one hash and constant-time comparison for
    each possible spelling of the code. The caller must limit the number of attempts.
    """
    found = Request.objects.filter(number=tidy_number(number)).values_list("pk", "code_hash").first()
    # An unknown number is compared with a hash that no code can have.
    pk, hashed = found or (None, "0" * 64)
    # All spellings are compared even after a match, so that the time only depends on the input.
    matches = [codes.matches(each, hashed) for each in codes.spellings(code)]
    return Request.objects.get(pk=pk) if any(matches) and pk else None


def request_by_number(number: str) -> Request | None:
    """Return a request by its number as typed. The caller must not reveal whether it exists."""
    return Request.objects.filter(number=tidy_number(number)).first()


def request_by_renewal(token: str) -> Request | None:
    """Return a request by the token of its link for a new code; None if the link is unknown, used or expired."""
    return Request.objects.filter(renewal_hash=codes.stored_hash(token), renewal_until__gt=clock.now()).first()


def request_by_number_for_desk(user: User, number: str) -> Request | None:
    """Return a submitted request by its number, for the desk; this year's requests by the last digits alone.

    Returns None if it is unknown or the user has no role at the desk.
    """
    if not has_role(user, *DESK):
        return None
    return (
        Request.objects.filter(number=tidy_number(number))
        .exclude(state=State.DRAFT)
        .select_related("service__unit", "responsible", "sop_version")
        .first()
    )


def tidy_number(typed: str) -> str:
    """Return a typed number in its stored form: ``ula 2026 123`` and, in 2026, ``123`` become ULA-2026-000123."""
    text = re.sub(r"[^0-9A-Z]", "", typed.upper()[:40])
    match = re.fullmatch(r"(?:ULA)?(20\d\d)(\d{6,})", text) or re.fullmatch(r"()(\d{1,6})", text)
    if not match:
        # Without leading zeros the groups can only be told apart by their separators.
        match = re.fullmatch(r"\s*ULA[\s./-]*(20\d\d)[\s./-]+(\d{1,6})\s*", typed.upper()[:40])
    if not match:
        return text
    return f"ULA-{match[1] or clock.today().year}-{int(match[2]):06d}"


class ShownLine(NumberedProgressLine):
    """A line of the progress with its badge."""

    badge: Badge


@dataclass(frozen=True)
class Tracking:
    """The contents of the tracking page. ``where``: the unit or position that has the case, never a person."""

    request: Request
    headline: str
    meter: Meter | None
    badge: Badge
    where: str
    since: datetime | None
    due: DueExplanation
    days: list[DueDay]
    progress: list[ShownLine]
    pause: Pause | None
    letter: Letter | None
    # During a pause: how much of the promised time is left, in words.
    left: str = ""
    # A sentence about the absence of the step's official; the clock keeps running.
    away: str = ""
    refusal: str = ""
    objection_until: date | None = None
    events: list[TrackingEvent] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def is_office_turn(self) -> bool:
        """Whether the office must act next and the applicant has nothing to do."""
        return bool(self.where) and self.pause is None and self.request.complete_at is not None

    @property
    def steps_done(self) -> int:
        """How many steps of the progress are over."""
        return sum(line["state"] in ("done", "skipped") for line in self.progress)

    @property
    def is_open_way(self) -> bool:
        """Whether later steps depend on decisions that have not been made."""
        return any(line["state"] == "next" for line in self.progress)


def tracking_of(request: Request, *, missing: bool = False, to_mend: bool = False) -> Tracking:
    """Return what the applicant may see of a request from ``request_by_token``. Runs at most three more queries.

    ``missing``: True if a required document is absent; until the clock starts the applicant must then act next, even
    if the office has begun to work. ``to_mend``: True if a document has to be replaced.
    """
    run = next((run for run in request.runs.all() if run.finished_at is None), None)
    lacks_papers = missing and request.complete_at is None and request.is_open
    entries = list(TimelineEntry.objects.filter(request=request, audience="public").order_by("id"))
    has_messages = any(entry.verb.startswith("message_") for entry in entries)
    messages = (
        list(request.messages.filter(internal=False).order_by("at", "id"))
        if has_messages or _is_refused(request)
        else []
    )
    may_show_letter = request.closed_at or (run and run.led_by == "applicant")
    pause = next((pause for pause in request.pauses.all() if pause.to_at is None), None)
    letter = letter_for_applicant(request) if may_show_letter else None
    days, where = due_days(request), "" if lacks_papers else _where(run)
    due = explain_due_date(request)
    return Tracking(
        request=request,
        headline=headline_of(request, run, pause, letter, to_mend=to_mend, lacks_papers=lacks_papers, late=due.late),
        meter=meter_of(request, due),
        badge=state_badge(State.WAITING_APPLICANT) if lacks_papers else applicant_badge(request, run),
        where=where,
        since=run.offered_at if run else None,
        due=due,
        days=days,
        left=left_sentence(days_left(request, days)) if days and pause else "",
        away=away_sentence(run) if run and not pause else "",
        # What the applicant must do is shown at the top of the page, so the lines do not repeat it.
        progress=[
            {**line, "badge": STEPS[line["state"]]}
            for line in (_without_repetition(line, where, lacks_papers) for line in progress_of(request))
        ],
        pause=pause,
        letter=letter,
        events=tracking_events(request, entries),
        messages=messages,
        **(_refusal(request, messages, letter) if _is_refused(request) else {}),
    )


def _without_repetition(line: NumberedProgressLine, where: str, lacks_papers: bool) -> NumberedProgressLine:
    """Return a line of the progress without what the page shows above: what is wanted, who has the case since when."""
    if line["state"] == "now" and lacks_papers:
        return {**line, "note": "", "state": "waiting", "meta": _("Menunggu kelengkapan dari Anda")}
    shown_above = line["state"] == "now" and where
    return {**line, "note": "", "meta": _("Sedang dikerjakan") if shown_above else line["meta"]}


def _is_refused(request: Request) -> bool:
    return request.state == State.REJECTED


def _refusal(request: Request, messages: Sequence[Message], letter: Letter | None) -> dict[str, Any]:
    """Return the reason given by the deciding step or by the closing official, and the last day for an objection."""
    ground = reason_of_refusal(flow_of_case(request), request.runs.all())
    # Only the message written when the request was closed; other messages of the office are not the reason.
    words = [message.text for message in messages if message.author_id and message.at == request.closed_at]
    return {"refusal": ground or "".join(words), "objection_until": objection_until(request, letter)}


def objection_until(request: Request, letter: Letter | None) -> date:
    """Return the last day on which an objection to the refusal of a closed request may be filed.

    Counted from the date of the letter, as the letter itself says; without a letter, from the day of closing.
    """
    refused_at = letter.issued_at if letter else request.closed_at
    assert refused_at, "only a closed request was refused"
    return workdays.add_working_days(clock.local(refused_at).date(), settings.OBJECTION_DAYS)


def _where(run: StepRun | None) -> str:
    if run is None or run.led_by == "applicant":
        return ""
    if run.unit and run.led_by != "external":
        return run.unit.name
    return run.position.name if run.position else ""
