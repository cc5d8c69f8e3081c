"""The starter catalogue in ``data``: services with forms and requirements, their letter templates, an SOP for each."""

import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
Entry = dict[str, Any]
# The regency whose name and districts stand in the catalogue.
HOME = "Kabupaten Batu Bara"
DISTRICT = "kecamatan"


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


def for_regency(content: Any, regency: str, districts: Sequence[str]) -> Any:
    """A part of the catalogue as an office of ``regency`` needs it.

    The office's regency stands for HOME, and a choice of district offers ``districts``; without any the district is
    typed.
    """
    if regency in ("", HOME):
        return content
    if isinstance(content, str):
        return content.replace(HOME, regency)
    if isinstance(content, list):
        return [for_regency(each, regency, districts) for each in content]
    if not isinstance(content, dict):
        return content
    changed = {key: for_regency(value, regency, districts) for key, value in content.items()}
    if str(content.get("name", "")).startswith(DISTRICT) and "options" in content:
        outside = [shown for shown, own in zip(changed.pop("options"), content["options"], strict=True) if HOME in own]
        changed |= {"options": [*districts, *outside]} if districts else {"type": "text"}
    return changed
