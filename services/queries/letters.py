"""Letters: the applicant's, and any letter by the code printed on it."""

from django.urls import reverse

from ula_portal.core import codes

from ..models import Letter

CODE_PURPOSE = "letter"
CODE_LENGTH = 12


def verification_code(letter) -> str:
    """The code printed on a letter, in groups of four (``ABCD-EFGH-JKMN``); only its hash stands in the database."""
    code = codes.code(CODE_PURPOSE, letter.nonce, CODE_LENGTH)
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def verification_path(letter) -> str:
    """Path of the page that verifies a letter, as its QR code has it."""
    return reverse("letter_verify", args=[codes.code(CODE_PURPOSE, letter.nonce, CODE_LENGTH)])


def issued_letter(request) -> Letter | None:
    """The valid letter of a request, for the office; it may not have reached the applicant yet. One query."""
    return request.letters.filter(state=Letter.State.ISSUED).select_related("file", "template", "issued_by").first()


def letter_of(request) -> Letter | None:
    """The letter that the applicant may fetch: issued, and either the request is closed or it waits for collection.

    Until then it may still be stamped or checked by the office. At most two queries.
    """
    letter = issued_letter(request)
    if letter is None or request.closed_at or letter.collected_at:
        return letter
    run = next((run for run in request.runs.all() if run.finished_at is None), None)
    return letter if run and run.led_by == "applicant" and run.step.shape == "end" else None


def letter_by_code(typed: str) -> Letter | None:
    """The letter with a verification code as people type it; reserved numbers are nobody's letter yet. One query."""
    code = codes.normalise(typed or "")
    if len(code) != CODE_LENGTH:
        return None
    return (
        Letter.objects.filter(verify_hash=codes.stored_hash(code))
        .exclude(state=Letter.State.RESERVED)
        .select_related("request__service", "file", "template")
        .first()
    )
