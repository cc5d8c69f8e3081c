"""The portal's own server with a clock that a test moves; run instead of ``ula_portal.asgi``, which has no such switch.

The file named by ``NIGHT_CLOCK`` holds the seconds by which the portal's time is ahead, and on a second line, where
wanted, a mark that makes the display's page count as another version's.
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
_code = screen_page._code


def _told(line):
    return [*_file.read_text().splitlines(), "", ""][line]


# A display is looked after each second instead of each quarter of a minute.
hub.BEAT_EVERY = feed.BOARD_LASTS = 0.5
clock.now = lambda: datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=float(_told(0)))
screen_page._code = lambda: _code() + _told(1)
