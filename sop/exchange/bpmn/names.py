"""Namespaces of a BPMN file, and text that XML can hold."""

import unicodedata

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
WAYS = "http://www.omg.org/spec/DD/20100524/DI"
OWN = "urn:ula-portal:sop:1"
PREFIXES = {"bpmn": MODEL, "bpmndi": DIAGRAM, "dc": BOUNDS, "di": WAYS, "ula": OWN}


def tag(prefix: str, name: str) -> str:
    """The qualified name as lxml writes it: ``tag("bpmn", "task")``."""
    return f"{{{PREFIXES[prefix]}}}{name}"


def safe(text: object) -> str:
    """The text without what no file of ours holds: control characters (XML refuses most), lone surrogates."""
    text = str(text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) not in ("Cc", "Cs", "Cn"))
