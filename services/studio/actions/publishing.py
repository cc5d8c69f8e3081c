"""The verbs that end the editing of a service: publishing its changes, discarding them, asking for publication."""

from django.utils.translation import gettext as _

from services.catalogue.actions.publishing import publish_service
from services.catalogue.queries.catalogue import unpublished_reasons
from services.models import Service
from services.permissions import may_publish_services
from ula_portal.core import clock
from ula_portal.core.journal.actions import record
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Role
from ula_portal.core.office.queries import staff_with_role
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..notices import tell_asked
from ..queries.editing import drafted, is_asked, is_public
from .draft import establish, open_service


@verb
def publish_prepared(service: Service, *, by: Actor) -> Service:
    """Publish a service as the studio shows it, with changes that were left when it was withdrawn.

    Allowed: administrators.
    Effects, Raises: as ``catalogue.publish_service``.
    """
    return publish_service(open_service(service, by=by), by=by)


@verb
def publish_changes(service: Service, *, by: Actor, revision: int) -> Service:
    """Show the public the changes of a published service.

    ``revision``: of the draft that the user saw, so that nobody publishes what they have not seen.
    Allowed: administrators.
    Effects: the service and its requirements get the changed values; requests under way keep their form and SOP;
    journal.
    Raises: NotAllowed; Outdated if there are no changes, or other ones; Refused with every reason that would hide it.
    """
    if not may_publish_services(by.staff_member):
        raise NotAllowed(_("Hanya administrator yang dapat menerbitkan perubahan layanan."))
    service = _seen(service, by, revision)
    if reasons := unpublished_reasons(drafted(service)):
        raise Refused(" ".join(reasons))
    establish(service)
    draft = service.draft
    draft.asked_by = draft.asked_at = None
    draft.save()
    record("publish_service_changes", "service", service.pk, by)
    return service


@verb
def discard_changes(service: Service, *, by: Actor, revision: int) -> Service:
    """Discard the changes of a published service; the public page stays as it is.

    ``revision``: as in ``publish_changes``.
    Allowed: administrators; section heads for services of their unit.
    Effects: the values are those that the public sees; journal.
    Raises: NotAllowed; Outdated if there are no changes, or other ones.
    """
    service = _seen(service, by, revision)
    draft = service.draft
    draft.values, draft.changes = {}, []
    draft.asked_by = draft.asked_at = None
    draft.revision += 1
    draft.save()
    record("discard_service_changes", "service", service.pk, by)
    return service


def _seen(service: Service, by: Actor, revision: int) -> Service:
    service = open_service(service, by=by)
    if not service.draft.values:
        raise Outdated(_("Tidak ada perubahan yang menunggu terbit."))
    if service.draft.revision != revision:
        raise Outdated(_("Isinya baru saja diubah lagi. Baca perubahannya, lalu ulangi."))
    return service


@verb
def ask_publication(service: Service, *, by: Actor) -> Service:
    """Ask the administrators to publish a service or its changes. Asking again changes nothing.

    Allowed: administrators; section heads for services of their unit.
    Effects: each administrator gets a notice; the wish ends with the next change; journal.
    Raises: NotAllowed; Outdated if there is nothing to publish; Refused with every reason that prevents publication.
    """
    service = open_service(service, by=by)
    draft = service.draft
    if is_asked(service):
        return service
    if is_public(service) and not draft.values:
        raise Outdated(_("Tidak ada perubahan yang menunggu terbit."))
    if reasons := unpublished_reasons(drafted(service)):
        raise Refused(" ".join(reasons))
    draft.asked_by, draft.asked_at = by.staff_member, clock.now()
    draft.save()
    for administrator in staff_with_role(Role.ADMINISTRATOR):
        tell_asked(service, administrator)
    record("ask_publication", "service", service.pk, by)
    return service
