"""The portal's server with a clock that a test sets; run instead of ``ula_portal.asgi``.

The file named by ``NIGHT_CLOCK`` contains the seconds by which the portal's clock is ahead and, on an optional second
line, a mark that makes the display's page count as another version.
"""

import datetime
import os
from pathlib import Path

from tests import strict_templates
from ula_portal.asgi import application
from ula_portal.core import clock
from ula_portal.live import hub
from visitors.display import page as screen_page
from visitors.streams import feed

__all__ = ["application"]

strict_templates.install()
_file = Path(os.environ["NIGHT_CLOCK"])
_page_code = screen_page._page_code


def _told(line):
    return [*_file.read_text().splitlines(), "", ""][line]


# Heartbeats, and checks whether the board has changed, come every half second instead of every 15 seconds.
hub.BEAT_EVERY = feed.BOARD_LASTS = 0.5
clock.now = lambda: datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=float(_told(0)))
screen_page._page_code = lambda: _page_code() + _told(1)
