"""The portal's settings as in production, without the limits on attempts per client."""

from ula_portal.settings import *  # noqa: F403

_NAMES = (
    *("draft", "submit", "upload", "upload-size", "message", "code", "code-number", "lost-code", "lost-code-number"),
    *("proof", "verify"),
)
THROTTLES = dict.fromkeys(_NAMES, (1000000000, 300))
# No proof of work and no waiting.
PROOF_FROM = dict.fromkeys(("draft", "submit", "code", "lost-code"), 1000000000)
# The demo's staff accounts are past the grace period and have no second factor.
MFA_GRACE_DAYS = 36500
