"""Requests as their applicants see them. The secret in the address, or number and code, is the right to read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from services.deadlines.due_days import DueDay, days_left, due_days, left_sentence
from services.deadlines.rules import DueExplanation, explain
from services.engine.badges import STEPS, applicant_badge, state_badge
from services.engine.decisions import ground_of_refusal
from services.engine.queries.progress import PlacedLine, progress_of
from services.engine.queries.recording import flow_of_case
from services.letters.queries import letter_of
from services.models import Letter, Message, Pause, Request, StepRun, TimelineEntry
from ula_portal.core import clock, workdays
from ula_portal.core.models import Role, User
from ula_portal.core.permissions import has_role
from ula_portal.core.security import codes
from ula_portal.core.text.badges import Badge

from ..absence_words import away_sentence
from .events import Event, events_of

DESK = (Role.FRONT_DESK, Role.COUNTER, Role.ADMINISTRATOR, Role.HEAD)
State = Request.State


def request_by_number_and_code(number: str, code: str) -> Request | None:
    """A request by what stands on its receipt, as people type it.

    The same work is done and None answered whether the number or the code is wrong: one look into the index, one hash
    and one comparison in constant time for each way to read the code. The caller limits the tries.
    """
    found = Request.objects.filter(number=tidy_number(number)).values_list("pk", "code_hash").first()
    # A request that does not exist has a code that nobody can type.
    pk, hashed = found or (None, "0" * 64)
    # All spellings are compared, whichever fits, so that the time tells nothing but what was typed.
    fits = [codes.same(each, hashed) for each in codes.spellings(code)]
    return Request.objects.get(pk=pk) if any(fits) and pk else None


def request_by_renewal(token: str) -> Request | None:
    """A request by the link that makes a new code, while that link is good."""
    return Request.objects.filter(renewal_hash=codes.stored_hash(token), renewal_until__gt=clock.now()).first()


def request_by_number_for_desk(user: User, number: str) -> Request | None:
    """A request by its number (this year's last digits will do), for the desk. None for others and when unknown."""
    if not has_role(user, *DESK):
        return None
    return (
        Request.objects.filter(number=tidy_number(number))
        .exclude(state=State.DRAFT)
        .select_related("service__unit", "responsible", "sop_version")
        .first()
    )


def tidy_number(typed: str) -> str:
    """A request's number as it is stored: ``ula 2026 123`` and, this year, ``123`` are ULA-2026-000123."""
    text = re.sub(r"[^0-9A-Z]", "", typed.upper()[:40])
    found = re.fullmatch(r"(?:ULA)?(20\d\d)(\d{6,})", text) or re.fullmatch(r"()(\d{1,6})", text)
    if not found:
        # Groups typed without leading zeros need their separators to be told apart.
        found = re.fullmatch(r"\s*ULA[\s./-]*(20\d\d)[\s./-]+(\d{1,6})\s*", typed.upper()[:40])
    if not found:
        return text
    return f"ULA-{found[1] or clock.today().year}-{int(found[2]):06d}"


class ShownLine(PlacedLine):
    """A line of the way with what is told besides its class."""

    badge: Badge


@dataclass(frozen=True)
class Tracking:
    """What the tracking page shows. ``where``: a position, never a name."""

    request: Request
    badge: Badge
    where: str
    since: datetime | None
    due: DueExplanation
    days: list[DueDay]
    progress: list[ShownLine]
    pause: Pause | None
    letter: Letter | None
    # While the clock stands still: what of the promised time is left, in words.
    left: str = ""
    # Why the step waits with somebody else than its official, in words; the clock goes on.
    away: str = ""
    refusal: str = ""
    objection_until: date | None = None
    events: list[Event] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def is_office_turn(self) -> bool:
        """Whether the applicant has nothing to do now."""
        return bool(self.where) and self.pause is None and self.request.complete_at is not None

    @property
    def is_open_way(self) -> bool:
        """Whether steps to come hang on decisions not taken yet."""
        return any(line["state"] == "next" for line in self.progress)


def tracking_of(request: Request, *, missing: bool = False) -> Tracking:
    """What the applicant may know of a request from ``request_by_token``. At most three queries more.

    ``missing``: a required document has not come yet, so that until the clock starts it is the applicant's turn,
    whatever the office has begun.
    """
    run = next((run for run in request.runs.all() if run.finished_at is None), None)
    lacks_papers = missing and request.complete_at is None and request.is_open
    entries = list(TimelineEntry.objects.filter(request=request, audience="public").order_by("id"))
    words = any(entry.verb.startswith("message_") for entry in entries)
    messages = (
        list(request.messages.filter(internal=False).order_by("at", "id")) if words or _is_refused(request) else []
    )
    fetched = request.closed_at or (run and run.led_by == "applicant")
    pause = next((pause for pause in request.pauses.all() if pause.to_at is None), None)
    days, where = due_days(request), "" if lacks_papers else _where(run)
    return Tracking(
        request=request,
        badge=state_badge(State.WAITING_APPLICANT) if lacks_papers else applicant_badge(request, run),
        where=where,
        since=run.offered_at if run else None,
        due=explain(request),
        days=days,
        left=left_sentence(days_left(request, days)) if days and pause else "",
        away=away_sentence(run) if run and not pause else "",
        # What is wanted stands on top of the page, not once more in the line.
        progress=[
            {**line, "badge": STEPS[line["state"]]}
            for line in (_less_said(line, where, lacks_papers) for line in progress_of(request))
        ],
        pause=pause,
        letter=letter_of(request) if fetched else None,
        events=events_of(request, entries),
        messages=messages,
        **(_refusal(request, messages) if _is_refused(request) else {}),
    )


def _less_said(line: PlacedLine, where: str, lacks_papers: bool) -> PlacedLine:
    """A line of the way without what the page says above it: what is wanted, who has it now and since when."""
    if line["state"] == "now" and lacks_papers:
        return {**line, "note": "", "state": "waiting", "meta": _("Menunggu kelengkapan dari Anda")}
    said_above = line["state"] == "now" and where
    return {**line, "note": "", "meta": _("Sedang dikerjakan") if said_above else line["meta"]}


def _is_refused(request: Request) -> bool:
    return request.state == State.REJECTED


def _refusal(request: Request, messages: Sequence[Message]) -> dict[str, Any]:
    """Why, as the decision or whoever closed the request says it, and until when the applicant may object."""
    ground = ground_of_refusal(flow_of_case(request), request.runs.all())
    # Only what was written with the closing: other messages of the office are no reason.
    words = [message.text for message in messages if message.author_id and message.at == request.closed_at]
    return {"refusal": ground or "".join(words), "objection_until": objection_until(request)}


def objection_until(request: Request) -> date:
    """Last day on which an objection to a refusal may be filed; of a closed request."""
    assert request.closed_at, "only a closed request was refused"
    return workdays.add_working_days(clock.local(request.closed_at).date(), settings.OBJECTION_DAYS)


def _where(run: StepRun | None) -> str:
    if run is None or run.led_by == "applicant":
        return ""
    if run.unit and run.led_by != "external":
        return run.unit.name
    return run.position.name if run.position else ""
