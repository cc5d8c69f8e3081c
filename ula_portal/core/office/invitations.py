"""The link and the start code of an invitation, and whether it still holds.

Both are derived from the row's nonce and from the account's address and password, so that an invitation also ends when
either changes. Only hashes are stored.
"""

import datetime
from dataclasses import dataclass

from ula_portal.core import clock
from ula_portal.core.models import Invitation, User
from ula_portal.core.security import codes

VALID = datetime.timedelta(days=14)
CODE_LENGTH = 8


@dataclass(frozen=True)
class Secrets:
    """``token``: of the link; ``code``: to type from paper, beside the address."""

    token: str
    code: str


def secrets_of(nonce: str, user: User) -> Secrets:
    seed = f"{nonce}:{user.email}:{user.password}"
    return Secrets(codes.token("invitation", seed), codes.code("invitation-code", seed, CODE_LENGTH))


def is_open(invitation: Invitation) -> bool:
    """Whether a first password can still be set with it: not used, not expired, and the account is as it was."""
    user = invitation.user
    if invitation.used_at is not None or invitation.expires_at <= clock.now() or not user.is_active:
        return False
    return codes.matches(secrets_of(invitation.nonce, user).token, invitation.token_hash)


def by_token(token: str) -> Invitation | None:
    """The open invitation with this link. One query."""
    hashed = codes.stored_hash(token)
    invitation = Invitation.objects.select_related("user").filter(token_hash=hashed).first()
    return invitation if invitation and is_open(invitation) else None


def by_code(email: str, code: str) -> Invitation | None:
    """The open invitation of the account with this address, if the start code is its own. One query."""
    found = Invitation.objects.select_related("user").filter(user__email=email.strip().lower()).first()
    if found is None or not is_open(found):
        return None
    fits = any(codes.matches(each, found.code_hash) for each in codes.spellings(code, CODE_LENGTH))
    return found if fits else None
