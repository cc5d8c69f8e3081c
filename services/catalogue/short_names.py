"""Names of services short enough for a chip, cut where the name only becomes more precise."""

import re
from collections import Counter
from collections.abc import Iterable

from services.models import Service

# "Pindah sekolah | ke luar kabupaten", "Izin penelitian |, magang, atau observasi"
_PRECISION = re.compile(r",| \(| (?:yang|ke|dari|untuk|dan|atau) ")


def with_short_names(chosen: Iterable[Service], among: Iterable[Service]) -> list[tuple[str, Service]]:
    """Return pairs of short name and service. A name that two of the services ``among`` would share stays whole."""
    times = Counter(_cut(service.name) for service in among)
    return [
        (short if times[short] == 1 else service.name, service) for service in chosen for short in [_cut(service.name)]
    ]


def _cut(name: str) -> str:
    return _PRECISION.split(name, maxsplit=1)[0]
