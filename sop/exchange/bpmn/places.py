"""Which lane a node stands in by its place in the drawing, for tools that write no ``flowNodeRef``."""

import math

from .names import tag


def lanes_by_place(root, node_ids, lane_ids) -> dict[str, str]:
    """Node id → id of the smallest lane around the node's middle; nodes outside of all lanes are left out."""
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


def _holds(box, point):
    return box[0] <= point[0] <= box[0] + box[2] and box[1] <= point[1] <= box[1] + box[3]


def _boxes(root):
    boxes = {}
    for shape in root.iter(tag("bpmndi", "BPMNShape")):
        bounds = shape.find(tag("dc", "Bounds"))
        if bounds is None:
            continue
        try:
            box = tuple(float(bounds.get(key, "")) for key in ("x", "y", "width", "height"))
        except ValueError:
            continue
        if all(map(math.isfinite, box)):
            boxes[(shape.get("bpmnElement") or "").rpartition(":")[2]] = box
    return boxes
