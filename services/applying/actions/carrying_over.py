"""Carrying answers over to the next request of somebody who applies for several people, such as a school operator."""

from collections.abc import Iterable

from services.fields.queries import FieldDefinition, fields_of
from services.models import Request
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.transactions import verb

from .drafts import save_answers

# Fields common to all forms that describe a person other than the applicant.
FIELDS_ABOUT_OTHERS = {"nama_pemberi_kuasa"}


@verb
def carry_over(draft: Request, *, by: Actor, earlier: Request) -> Request:
    """Copy the applicant's answers about themselves from an earlier request of the same service to a new draft.

    Copies name, contact, address, and the school if the form asks for only one; never documents or answers about the
    person the request was for. Fields that have changed since are not copied.

    Allowed: whoever has the addresses of both.
    """
    if draft.service_id != earlier.service_id:
        return draft
    now, before = fields_of(draft.form_version_id), set(_own_questions(fields_of(earlier.form_version_id)))
    names = [each.name for each in _own_questions(now) if each in before and each.name in earlier.answers]
    return save_answers(draft, by=by, answers={name: earlier.answers[name] for name in names}, only=names)


def _own_questions(fields: Iterable[FieldDefinition]) -> list[FieldDefinition]:
    """Return the questions about the applicant, and the one about the school if there is only one."""
    schools = [each for each in fields if each.type in ("npsn", "school")]
    own = [each for each in fields if each.is_common and each.kind.is_question and each.name not in FIELDS_ABOUT_OTHERS]
    return own + (schools if len(schools) == 1 else [])
