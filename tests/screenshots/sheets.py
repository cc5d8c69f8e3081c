"""Contact sheets: the pictures of a page side by side, with their widths above."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

GAP, HEAD = 16, 30
GROUND, WORDS = "#8a8a8a", "white"


def sheet(taken) -> Image.Image:
    """One row of pictures for each scheme."""
    rows = {}
    for (width, scheme), picture in taken.pictures.items():
        label = f"{width} {scheme}  {taken.shot.role} {taken.shot.name}"
        rows.setdefault(scheme, []).append((label, picture))
    across = max(sum(picture.width + GAP for _label, picture in row) for row in rows.values()) + GAP
    down = sum(max(picture.height for _label, picture in row) + HEAD + GAP for row in rows.values())
    canvas = Image.new("RGB", (across, down), GROUND)
    draw, font, top = ImageDraw.Draw(canvas), ImageFont.load_default(16), 0
    for row in rows.values():
        left = GAP
        for label, picture in row:
            draw.text((left, top + 6), label, WORDS, font)
            canvas.paste(picture, (left, top + HEAD))
            left += picture.width + GAP
        top += max(picture.height for _label, picture in row) + HEAD + GAP
    return canvas


def file_name(shot) -> str:
    part = "".join(letter if letter.isalnum() else "-" for letter in shot.address.partition("?")[2])
    return "-".join(filter(None, (shot.name.replace(":", "-"), part, shot.role))) + ".png"


def save(taken, folder: Path) -> Path:
    """Write the sheet of a page, named after its URL name, its query and its role."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / file_name(taken.shot)
    sheet(taken).save(file, compress_level=4)
    return file
