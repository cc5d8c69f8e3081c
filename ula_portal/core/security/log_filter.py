"""Keep secrets out of logs: links to drafts, requests and tickets are keys."""

import logging
import re

# Tokens of ula_portal.core.security.codes: 43 characters of URL-safe base64.
_TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])")


class HideTokens(logging.Filter):
    """Replace every token in a record's message by three dots, wherever it stands."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = _TOKEN.sub("…", message)
        if hidden != message:
            record.msg, record.args = hidden, None
        return True
