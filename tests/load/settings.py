"""The portal's own settings as in production, without the limits on how often one client may try."""

from ula_portal.settings import *  # noqa: F403

_NAMES = (
    *("draft", "submit", "upload", "upload-size", "message", "code", "code-number", "lost-code", "lost-code-number"),
    *("proof", "verify"),
)
THROTTLES = dict.fromkeys(_NAMES, (1000000000, 300))
# Nobody is asked to compute or wait.
PROOF_FROM = dict.fromkeys(("draft", "submit", "code", "lost-code"), 1000000000)
# The demo office's people are older than the days of grace and have no second factor.
MFA_GRACE_DAYS = 36500
