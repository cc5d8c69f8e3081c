"""Keeps secrets out of logs: whoever has the link to a draft, request or ticket can open it."""

import logging
import re

# Tokens of ula_portal.core.security.codes: 43 characters of URL-safe base64.
_TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])")


class HideTokens(logging.Filter):
    """Replaces every token in a log message by an ellipsis."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = _TOKEN.sub("…", message)
        if hidden != message:
            record.msg, record.args = hidden, None
        return True
