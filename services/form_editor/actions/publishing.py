"""Verbs that put a form into use: the draft, or a former version again."""

from django.utils.translation import gettext as _

from services.fields.actions.versions import put_into_use
from services.models import FormVersion
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.editing import Form
from ..queries.problems import problems_of
from .draft import lock_service, open_draft


@verb
def publish_form(version: FormVersion, *, by: Actor, revision: int | None = None) -> FormVersion:
    """Publish a draft: new requests use it from now on.

    ``revision``: the one whose check the user saw; None: whatever the draft contains.
    Allowed: administrators; section heads in their unit.
    Effects: journal entry. The version until now becomes a former one, which drafts and requests under way keep; the
    database refuses changes of the published one.
    Raises: NotAllowed; Outdated if somebody changed or published it meanwhile; Refused if it has errors.
    """
    version = open_draft(version, by=by)
    if revision is not None and revision != version.revision:
        raise Outdated(_("Draf ini berubah sejak Anda membukanya. Periksa lagi, lalu terbitkan."))
    problems = [Refused(problem.sentence) for problem in problems_of(Form(version)) if problem.is_error]
    if problems:
        raise Refused(str(problems[0]), also=problems[1:])
    put_into_use(version)
    record("form_published", "service", version.service_id, by, version=version.ordinal)
    return version


@verb
def reuse_form(version: FormVersion, *, by: Actor) -> FormVersion:
    """Put a former version of a form into use again, which undoes publishing the one after it.

    Allowed: administrators; section heads in their unit.
    Effects: journal entry. A draft stays as it is.
    Raises: NotAllowed; Outdated if it is in use already; Refused for a version that was never published.
    """
    lock_service(version.service, by=by)
    version = FormVersion.objects.select_for_update(of=["self"]).select_related("service").get(pk=version.pk)
    if version.is_current:
        raise Outdated(_("Formulir ini sudah dipakai. Muat ulang halaman."))
    if version.published_at is None:
        raise Refused(_("Draf dipakai dengan menerbitkannya."))
    put_into_use(version)
    record("form_reused", "service", version.service_id, by, version=version.ordinal)
    return version
