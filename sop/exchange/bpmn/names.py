"""The namespaces of BPMN files, and text that is allowed in XML."""

import unicodedata

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
WAYPOINTS = "http://www.omg.org/spec/DD/20100524/DI"
OWN = "urn:ula-portal:sop:1"
PREFIXES = {"bpmn": MODEL, "bpmndi": DIAGRAM, "dc": BOUNDS, "di": WAYPOINTS, "ula": OWN}


def tag(prefix: str, name: str) -> str:
    """A qualified name in lxml's notation, as in ``tag("bpmn", "task")``."""
    return f"{{{PREFIXES[prefix]}}}{name}"


def safe(text: object) -> str:
    """A text without control characters, most of which XML does not allow, and without lone surrogates."""
    text = str(text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) not in ("Cc", "Cs", "Cn"))
