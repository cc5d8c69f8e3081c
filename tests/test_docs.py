"""The documents match the code: commands, variables, make targets, links, addresses, pictures, names of buttons."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve
from PIL import Image

from tests.test_architecture import modules
from ula_portal import env

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "img"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PICTURE_BYTES, OVERVIEW_BYTES, ALL_BYTES = 120_000, 300_000, 2_500_000
# Addresses of future work that a document may mention, and paths that only look like addresses of the portal.
FOREIGN = re.compile(r"^/(var|live|usr|root|etc|srv|opt|work/|api|folder|host)")


def _text(path):
    return path.read_text(encoding="utf-8")


def _described():
    return _text(ROOT / "README.md") + _text(ROOT / "docs" / "operation.md")


def _without_code_blocks(text):
    return re.sub(r"```.*?```", "", text, flags=re.S)


def _commands():
    found = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    found |= {path.stem for path in ROOT.glob("ula_portal/*/management/commands/*.py")}
    return sorted(found - {"__init__"})


def _targets():
    declared = re.search(r"^\.PHONY:(.*)$", _text(ROOT / "Makefile"), re.M).group(1).split()
    return sorted(declared)


def _links(text):
    """Targets of Markdown links and pictures, without those to other sites."""
    found = re.findall(r"!?\[[^\]]*\]\(([^)\s]+)\)", _without_code_blocks(text))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def _anchors(text):
    """Anchors of headings as on GitHub: lower case, words joined by hyphens."""
    titles = re.findall(r"^#+ (.+)$", _without_code_blocks(text), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _addresses(text):
    """Addresses of the portal in code spans; placeholders are replaced by a value."""
    spans = re.findall(r"`(/[^`\s]*/)`|`(/)`", _without_code_blocks(text))
    return sorted({(first or second) for first, second in spans if not FOREIGN.match(first or second)})


@pytest.mark.parametrize("command", _commands())
def test_every_command_is_described(command):
    assert re.search(rf"`(?:manage\.py )?{command}\b", _described()), f"manage.py {command} is in no document"


@pytest.mark.parametrize("name", sorted(env._known))
def test_every_variable_is_described(name):
    assert re.search(rf"`{name}[`=]|\b{name}=", _text(ROOT / "docs" / "operation.md")), f"{name} is not described"


@pytest.mark.parametrize("target", _targets())
def test_every_make_target_is_described(target):
    assert re.search(rf"make {target}\b", _described()), f"make {target} is in no document"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(document):
    for target in _links(_text(document)):
        path, _, anchor = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        assert found.exists(), f"{document.name} links to {target}"
        if anchor:
            assert anchor in _anchors(_text(found)), (
                f"{document.name} links to a heading that {found.name} lacks: {anchor}"
            )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_addresses_named_exist(document):
    for address in _addresses(_text(document)):
        concrete = re.sub(r"<[^>]*>|…", "a", address)
        try:
            resolve(concrete)
        except Resolver404:
            pytest.fail(f"{document.name} names {address}, which the portal does not have")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_named_exist(document):
    """Files of the project in code spans, by their path from the project's root."""
    tops = "docs|setup|tests|templates|static|services|sop|visitors|ula_portal"
    for path in re.findall(rf"`((?:{tops})/[\w./-]+)`", _text(document)):
        assert (ROOT / path).exists() or (ROOT / f"{path}.py").exists(), f"{document.name} names {path}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_python_that_is_shown_finds_what_it_imports(document):
    for module, names in re.findall(r"^ +from ([\w.]+) import ([\w, ]+)$", document.read_text(), re.MULTILINE):
        for name in names.split(", "):
            found = importlib.import_module(module)
            assert hasattr(found, name) or importlib.util.find_spec(f"{module}.{name}"), f"{module} has no {name}"


def test_pictures_are_used_and_small():
    wanted = {
        (document.parent / target).resolve()
        for document in DOCUMENTS
        for target in _links(_text(document))
        if target.endswith(".png")
    }
    present = {path.resolve() for path in IMAGES.glob("*")}
    assert present == wanted, "a picture nobody shows, or one that is missing"
    sizes = {path.name: path.stat().st_size for path in present}
    assert sizes.pop("overview.png") <= OVERVIEW_BYTES
    assert max(sizes.values()) <= PICTURE_BYTES, sizes
    assert sum(sizes.values()) + OVERVIEW_BYTES <= ALL_BYTES


@pytest.mark.parametrize("path", sorted(IMAGES.glob("*.png")), ids=lambda path: path.name)
def test_pictures_are_a_phone_or_a_window(path):
    if path.name in ("overview.png", "sop-bagan.png"):
        return
    width = Image.open(path).width
    assert width == (360 if path.name.startswith("warga-") else 1280 if path.name == "layar.png" else 1200)


def test_pictures_are_what_the_script_takes():
    script = "".join(_text(path) for path in sorted((ROOT / "docs" / "screenshots").glob("*.py")))
    taken = set(re.findall(r'(?:shoot|save_picture)\([^"\n]*"([a-z-]+)"', script))
    taken |= set(re.findall(r'act\([^)]*, "([a-z]+-[a-z-]+)"\)', script))
    assert taken >= {path.stem for path in IMAGES.glob("*.png")}


def test_versions_named_are_those_required():
    needed = tomllib.loads(_text(ROOT / "pyproject.toml"))["project"]["requires-python"].removeprefix(">=")
    assert f"Python {needed} or newer" in _text(ROOT / "README.md")


def test_words_in_bold_stand_on_the_pages():
    """The guides print the labels of buttons, tabs and fields in bold; the interface must contain them."""
    sources = [
        *ROOT.glob("templates/**/*.html"),
        *ROOT.glob("locale/id/**/*.po"),
        *ROOT.glob("ula_portal/demo/data/**/*.json"),
        *ROOT.glob("services/exchange/data/**/*.json"),
    ]
    for app in ("services", "sop", "visitors", "ula_portal"):
        sources += ROOT.glob(f"{app}/**/*.py")
    interface = "\n".join(_text(path) for path in sources).lower()
    for document in (ROOT / "docs" / "panduan").glob("*.md"):
        for words in re.findall(r"\*\*([^*]+)\*\*", _text(document)):
            # "Tambahkan …" is composed by the admin.
            plain = words.rstrip(".").lower().removeprefix("tambahkan ")
            assert plain in interface, f"{document.name} names “{words}”, which no page has"


def test_documents_name_no_machine_and_no_registry():
    for document in DOCUMENTS:
        assert not re.search(r"/work/|/tmp/|pypi\.org|npmjs", _text(document)), document.name


def test_names_in_the_glossary_exist_in_the_code():
    code = "".join(f"{path}\n{_text(path)}" for path in modules())
    spans = re.findall("`([^`]+)`", _text(ROOT / "docs" / "glossary.md"))
    assert len(spans) > 100
    words = {word for span in spans for word in re.findall(r"[A-Za-z]\w+", span)}
    assert {word for word in words if word not in code} == set()
