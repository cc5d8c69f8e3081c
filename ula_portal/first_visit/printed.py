"""The secret address, in words for the terminal. It must not be written anywhere else."""

from django.urls import reverse

from ula_portal.core.journal.actors import SYSTEM
from ula_portal.core.models import SetupAddress
from ula_portal.core.office.actions.first_administrator import issue_setup_address
from ula_portal.core.text.words import duration_text
from ula_portal.core.verbs.errors import Outdated


def new_address(portal: str, *, despite_others: bool = False) -> str:
    """Make a new address and return what to tell the operator; "" if there is an administrator already.

    ``portal``: the portal's own address.
    """
    try:
        token = issue_setup_address(by=SYSTEM, despite_others=despite_others)
    except Outdated:
        return ""
    return (
        "Buka alamat ini untuk membuat administrator. "
        f"Alamat ini berlaku satu kali, selama {duration_text(SetupAddress.LIFETIME)}:\n"
        f"  {portal}{reverse('first_visit', args=[token])}"
    )
