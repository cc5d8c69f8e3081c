"""The next request of somebody who applies for several people, one after the other: a school's operator, a parent."""

from collections.abc import Iterable

from django.db import transaction

from services.fields.queries import FieldDefinition, fields_of
from services.models import Request

from .requests import save_answers

# What everybody is asked but that tells of another person than the applicant.
OF_OTHERS = {"nama_pemberi_kuasa"}


@transaction.atomic
def carry_over(draft: Request, earlier: Request) -> Request:
    """Give a new draft what the applicant wrote about themselves in an earlier request of the same service.

    Name, contact, address and the one school of the form; never documents, nor what was said about the person whom the
    request was for. A question that was changed meanwhile is asked anew. Whoever holds the addresses of both may.
    """
    if draft.service_id != earlier.service_id:
        return draft
    now, before = fields_of(draft.form_version_id), set(_own(fields_of(earlier.form_version_id)))
    names = [each.name for each in _own(now) if each in before and each.name in earlier.answers]
    return save_answers(draft, {name: earlier.answers[name] for name in names}, only=names)


def _own(fields: Iterable[FieldDefinition]) -> list[FieldDefinition]:
    """The questions about the applicant, and about the school where the form asks for one only."""
    schools = [each for each in fields if each.type == "npsn"]
    own = [each for each in fields if each.is_common and not each.kind.is_file and each.name not in OF_OTHERS]
    return own + (schools if len(schools) == 1 else [])
