"""Finds the lane of a node by its position in the drawing, for tools that do not write ``flowNodeRef``."""

import math
from collections.abc import Iterable

from lxml import etree

from .names import tag

# Left, top, width, height.
Box = tuple[float, float, float, float]


def lanes_by_place(root: etree._Element, node_ids: Iterable[str], lane_ids: Iterable[str]) -> dict[str, str]:
    """The id of the smallest lane around the centre of each node, by node id. Nodes outside of lanes are left out."""
    boxes = _boxes(root)
    lanes = sorted((box[2] * box[3], lane_id) for lane_id in lane_ids if (box := boxes.get(lane_id)))
    found = {}
    for node_id in node_ids:
        if node_id not in boxes:
            continue
        x, y, width, height = boxes[node_id]
        middle = x + width / 2, y + height / 2
        around = next((lane_id for _area, lane_id in lanes if _holds(boxes[lane_id], middle)), None)
        if around:
            found[node_id] = around
    return found


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[0] + box[2] and box[1] <= point[1] <= box[1] + box[3]


def _boxes(root: etree._Element) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    for shape in root.iter(tag("bpmndi", "BPMNShape")):
        bounds = shape.find(tag("dc", "Bounds"))
        if bounds is None:
            continue
        try:
            x, y, width, height = (float(bounds.get(key, "")) for key in ("x", "y", "width", "height"))
        except ValueError:
            continue
        box = x, y, width, height
        if all(map(math.isfinite, box)):
            boxes[(shape.get("bpmnElement") or "").rpartition(":")[2]] = box
    return boxes
