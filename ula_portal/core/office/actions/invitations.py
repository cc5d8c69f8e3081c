"""Verbs that invite staff to set their first password, and that accept an invitation."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from ula_portal.core import clock
from ula_portal.core.journal import actions as journal
from ula_portal.core.journal.actors import Actor
from ula_portal.core.models import Invitation, User
from ula_portal.core.notices import mail, outbox
from ula_portal.core.security import codes
from ula_portal.core.verbs.errors import Outdated, Refused
from ula_portal.core.verbs.transactions import verb

from ..invitations import VALID, is_open, secrets_of
from .people import set_password

# People invited by one call: as many as fit on the slips that are printed at once.
MOST = 200


@verb
def invite(people: Sequence[User], *, by: Actor, way: str) -> list[Invitation]:
    """Invite people to set their first password, by mail or by a printed slip. A new invitation ends the earlier one.

    People who have logged in, and closed accounts, are left out. Returns the invitations, by name.
    Allowed: administrators; the callers check this.
    Effects: a notice to each person if ``way`` is mail; journal of each.
    Raises: Refused if nobody is left to invite, for more than ``MOST`` people, and for mail if the portal sends none.
    """
    if way == Invitation.Way.MAIL and not mail.is_sent():
        raise Refused(_("Portal ini tidak mengirim surel. Cetak slip undangan."))
    if len(people) > MOST:
        raise Refused(_("Undang paling banyak %(count)s petugas sekaligus.") % {"count": MOST})
    wanted = User.objects.filter(pk__in=[each.pk for each in people], is_active=True, last_login=None)
    # Locked in one order, so that two calls cannot deadlock.
    invited = sorted(wanted.order_by("pk").select_for_update(), key=lambda user: (user.full_name, user.pk))
    if not invited:
        raise Refused(_("Tidak ada yang perlu diundang. Mereka sudah pernah masuk, atau akunnya ditutup."))
    rows = Invitation.objects.bulk_create(
        [_invitation(user, way) for user in invited],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["way", "nonce", "token_hash", "code_hash", "made_at", "expires_at", "used_at"],
    )
    if way == Invitation.Way.MAIL:
        for row in rows:
            outbox.tell("staff_invited", "invitation", row.pk, user=row.user)
    journal.record_many("user", [journal.Act("invite_staff_member", user.pk) for user in invited], by)
    return rows


def _invitation(user: User, way: str) -> Invitation:
    nonce, now = codes.new_nonce(), clock.now()
    secrets = secrets_of(nonce, user)
    hashes = {"token_hash": codes.stored_hash(secrets.token), "code_hash": codes.stored_hash(secrets.code)}
    return Invitation(user=user, way=way, nonce=nonce, made_at=now, expires_at=now + VALID, **hashes)


@verb
def accept_invitation(invitation: Invitation, *, by: Actor, password: str) -> User:
    """Set the first password of the invited person. The invitation ends with it.

    Allowed: whoever holds the link or the start code; the callers check this. ``by``: the invited person.
    Effects: journal.
    Raises: Outdated if the invitation has ended meanwhile; Refused (``password``) if the password is too weak.
    """
    user = User.objects.select_for_update().get(pk=invitation.user_id)
    row = Invitation.objects.select_for_update().filter(user=user, nonce=invitation.nonce).first()
    if row is not None:
        row.user = user
    if row is None or not is_open(row):
        raise Outdated(_("Undangan ini tidak berlaku lagi. Minta undangan baru kepada administrator."))
    set_password(user, by=by, password=password)
    row.used_at = clock.now()
    row.save(update_fields=["used_at"])
    return User.objects.get(pk=user.pk)
