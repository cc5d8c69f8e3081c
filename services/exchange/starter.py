"""The starter catalogue in ``data``: services with forms and requirements, their letter templates, an SOP for each."""

import functools
import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
Entry = dict[str, Any]


def catalogue() -> Entry:
    """The services, in the format of ``import_catalogue``. It is cached, so callers must not change it."""
    return _read("services.json")


def letters() -> Entry:
    """The letter templates, each with the codes of its ``services``. It is cached, so callers must not change it."""
    return _read("letters.json")


def sop_of(code: str) -> Entry:
    """The example SOP of a service, in the format of ``import_sop``. It is cached, so callers must not change it."""
    return _read(f"sops/{code.lower()}.json")


@functools.cache
def _read(name: str) -> Entry:
    content: Entry = json.loads((DATA / name).read_text(encoding="utf-8"))
    return content


@functools.cache
def codes_with_sop() -> frozenset[str]:
    """The codes of the services that have an example SOP."""
    return frozenset(path.stem.upper() for path in (DATA / "sops").glob("*.json"))
