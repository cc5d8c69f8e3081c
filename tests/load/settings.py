"""The portal's own settings as in production, without the limits on how often one client may try."""

from ula_portal.settings import *  # noqa: F403

THROTTLES = dict.fromkeys(("draft", "submit", "upload", "message", "code", "code-number"), (1000000000, 300))
