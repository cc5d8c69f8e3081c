"""The demo office's files: ``data/office.json``, ``services.json``, ``letters.json``, ``sops/``."""

import functools
import json
from pathlib import Path

DATA = Path(__file__).parent / "data"


@functools.cache
def read_source(name: str) -> dict:
    """The content of a file in ``data``. It is cached, so callers must not change it."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def sop_of(code: str) -> dict:
    """The SOP of a service."""
    return read_source(f"sops/{code.lower()}.json")


def service_codes() -> list[str]:
    """Codes of the services that have an SOP, in the order of the catalogue."""
    return [entry["code"] for entry in read_source("services.json")["services"] if entry["kind"] != "elsewhere"]
