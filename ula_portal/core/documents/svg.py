"""SVG drawings of others: refused if they contain anything active or foreign, drawn as a picture, never passed on."""

import logging
import re
import subprocess
import sys
import threading
from pathlib import Path

from django.utils.translation import gettext as _
from lxml import etree

from ula_portal.core.verbs.errors import Refused

logger = logging.getLogger(__name__)
MAX_BYTES = 512 * 1024
MAX_ELEMENTS = 5_000
PATIENCE = 20
DRAW = Path(__file__).with_name("draw_svg.py")
_SVG = "{http://www.w3.org/2000/svg}"
# Elements that act, load, or hold another language.
_ACTIVE = {"script", "foreignObject", "iframe", "audio", "video", "set", "handler", "listener", "feImage"}
# A reference within the drawing, or a picture inside it.
_OWN = re.compile(r"\s*(?:#|data:image/(?:png|jpeg);base64,)", re.IGNORECASE)
_FOREIGN_STYLE = re.compile(r"@import|expression\s*\(|\\|url\(\s*['\"]?(?!\s*['\"]?#)", re.IGNORECASE)
_turns = threading.BoundedSemaphore(1)


def picture_of(content: bytes, side: int) -> bytes:
    """The drawing as a PNG of ``side`` × ``side`` px, transparent around it.

    Raises: Refused for what is no SVG, is too large, acts, refers to something outside, or cannot be drawn in time.
    """
    if len(content) > MAX_BYTES:
        raise Refused(_("SVG ini terlalu besar. Sederhanakan gambarnya, atau simpan sebagai PNG."))
    _refuse_unsafe(content)
    command = [sys.executable, "-I", str(DRAW), str(side)]
    with _turns:
        try:
            drawn: subprocess.CompletedProcess[bytes] = subprocess.run(
                command, input=content, capture_output=True, timeout=PATIENCE, env={}, check=False
            )
        except subprocess.TimeoutExpired:
            drawn = subprocess.CompletedProcess(command, 1, b"", b"took too long")
    if drawn.returncode or not drawn.stdout:
        logger.warning("an SVG could not be drawn: %s", drawn.stderr[-300:].decode(errors="replace"))
        raise Refused(_("SVG ini tidak dapat digambar. Simpan sebagai PNG, lalu unggah lagi."))
    return drawn.stdout


def _refuse_unsafe(content: bytes) -> None:
    # Entities could fold gigabytes into a few lines; programs that write them also save without.
    if b"<!ENTITY" in content.upper():
        raise Refused(_unsafe())
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(_("SVG ini rusak dan tidak dapat dibaca. Simpan ulang, lalu unggah lagi.")) from error
    if root.tag != f"{_SVG}svg":
        raise Refused(_("Berkas ini bukan gambar SVG. Pilih PNG atau SVG."))
    for count, element in enumerate(root.getroottree().iter()):
        if count > MAX_ELEMENTS:
            raise Refused(_("SVG ini terlalu rumit. Sederhanakan gambarnya, atau simpan sebagai PNG."))
        if _is_unsafe(element):
            raise Refused(_unsafe())
    # Instructions before the root, such as a style sheet of another address.
    if any(isinstance(each, etree._ProcessingInstruction) for each in root.itersiblings(preceding=True)):
        raise Refused(_unsafe())


def _is_unsafe(element: etree._Element) -> bool:
    if not isinstance(element.tag, str):
        return isinstance(element, etree._ProcessingInstruction | etree._Entity)
    name = etree.QName(element).localname
    if name in _ACTIVE or name.startswith("animate"):
        return True
    if name == "style" and _FOREIGN_STYLE.search("".join(element.itertext())):
        return True
    for attribute, value in element.attrib.items():
        plain = etree.QName(str(attribute)).localname.lower()
        if plain.startswith("on") or (plain in ("href", "src", "base") and not _OWN.match(str(value))):
            return True
        if "url(" in str(value).lower() and _FOREIGN_STYLE.search(str(value)):
            return True
    return False


def _unsafe() -> str:
    return _("SVG ini memuat skrip atau rujukan ke luar sehingga tidak aman. Simpan sebagai PNG, lalu unggah.")
