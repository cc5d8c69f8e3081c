"""Publishing and withdrawing services."""

from django.utils.translation import gettext as _

from services.models import Service
from services.permissions import may_publish_services
from services.states import SERVICE
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.verbs.errors import NotAllowed, Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..queries.catalogue import unpublished_reasons


@verb
def publish_service(service: Service, *, by: Actor) -> Service:
    """Publish a service. Publishing a published one again does nothing.

    Allowed: administrators.
    Effects: The public sees the service and can request it; recorded in the journal.
    Raises: NotAllowed; Refused with every reason that prevents publication, such as an SOP that is not in force.
    """
    service = _locked(service, by)
    if service.state == Service.State.PUBLISHED:
        return service
    if reasons := unpublished_reasons(service):
        raise Refused(" ".join(str(reason) for reason in reasons))
    return _moved(service, "publish", by)


@verb
def withdraw_service(service: Service, *, by: Actor) -> Service:
    """Withdraw a service from the public pages.

    Allowed: administrators.
    Effects: New requests are refused, running ones continue; recorded in the journal.
    Raises: NotAllowed; Outdated if the service is not published.
    """
    service = _locked(service, by)
    if service.state != Service.State.PUBLISHED:
        raise Outdated(_("Layanan ini tidak sedang diterbitkan."))
    return _moved(service, "withdraw", by)


def _locked(service: Service, by: Actor) -> Service:
    if not may_publish_services(by.staff_member):
        raise NotAllowed(_("Hanya administrator yang dapat menerbitkan atau menarik layanan."))
    return Service.objects.select_for_update().get(pk=service.pk)


def _moved(service: Service, move: str, by: Actor) -> Service:
    SERVICE.make(service, move)
    service.save(update_fields=["state"])
    journal.record(f"{move}_service", "service", service.pk, by)
    return service
