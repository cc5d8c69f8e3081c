"""Draw one page of a PDF: reads the file from stdin and writes a JPEG to stdout.

Runs as a separate program (see ``pages``), so that a file that crashes the drawing library crashes nothing else. Usage:
``draw_page.py PAGE LONG_SIDE``; PAGE counts from 0, LONG_SIDE is in px. Exit status 3: there is no such page.
"""

import resource
import sys

# Bytes; enough for a scanned page of 60 million pixels.
MEMORY = 1536 * 1024 * 1024
SECONDS = 20
QUALITY = 82


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import pypdfium2

    number, long_side = int(sys.argv[1]), int(sys.argv[2])
    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    if not 0 <= number < len(document):
        return 3
    page = document[number]
    scale = long_side / max(*page.get_size(), 1)
    picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    picture.save(sys.stdout.buffer, "JPEG", quality=QUALITY)
    return 0


if __name__ == "__main__":
    sys.exit(main())
