"""Verbs of the first visit: the secret address that a start prints, and the administrator who is made there."""

from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Office, Role, SetupAddress, User
from ula_portal.core.security import codes
from ula_portal.core.verbs.errors import Outdated
from ula_portal.core.verbs.transactions import verb

from ..queries import administrators, usable_setup_addresses
from .office import set_up_office
from .people import assign_role, create_staff_member, lock_administrators


@verb
def issue_setup_address(*, by: Actor, despite_others: bool = False) -> str:
    """Make the token of a new address for the first administrator, and end the earlier one.

    ``despite_others``: the address also works while there are administrators.
    Allowed: whoever may run commands on the server; the callers are commands.
    Effects: journal. Returns the token, of which only a hash is stored.
    Raises: Outdated if there is an administrator already.
    """
    lock_administrators()
    if administrators().exists() and not despite_others:
        raise Outdated(_("Portal ini sudah mempunyai administrator."))
    SetupAddress.objects.all().delete()
    token = codes.token("setup", codes.new_nonce())
    address = SetupAddress.objects.create(
        token_hash=codes.stored_hash(token), made_at=clock.now(), despite_others=despite_others
    )
    journal.record("issue_setup_address", "setup_address", address.pk, by)
    return token


@verb
def make_first_administrator(
    address: SetupAddress,
    *,
    by: Actor,
    email: str,
    full_name: str,
    password: str,
    name: str = "",
    regency: str = "",
) -> User:
    """Make the administrator with whom the set-up of an office begins.

    ``name`` and ``regency`` of the office are used if it has none yet.

    Allowed: whoever knows the address, once, for a day (``setup_address``). Of two at once one wins.
    Effects: an account with the role of an administrator; the address ends; journal.
    Raises: Outdated if the address was used, replaced or is too old, or if there is an administrator meanwhile; Refused
    (``field``) if the e-mail address is taken or the password too weak.
    """
    lock_administrators()
    usable = usable_setup_addresses().filter(pk=address.pk).first()
    if usable is None:
        raise Outdated(_("Alamat ini sudah dipakai atau sudah lewat waktunya."))
    if name and not Office.objects.exists():
        set_up_office(by=by, name=name, regency=regency)
    user = create_staff_member(by=by, email=email, full_name=full_name, password=password)
    assign_role(user, by=by, role=Role.ADMINISTRATOR)
    usable.delete()
    return user
