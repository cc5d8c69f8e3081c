"""The demo office's own file, ``data/office.json``. Services, letters and SOPs are those of the starter catalogue."""

import functools
import json
from pathlib import Path

from services.exchange import starter

DATA = Path(__file__).parent / "data"


@functools.cache
def office() -> dict:
    """The content of the office's file. It is cached, so callers must not change it."""
    return json.loads((DATA / "office.json").read_text(encoding="utf-8"))


def service_codes() -> list[str]:
    """Codes of the services that have an SOP, in the order of the catalogue."""
    return [entry["code"] for entry in starter.catalogue()["services"] if entry["kind"] != "elsewhere"]
