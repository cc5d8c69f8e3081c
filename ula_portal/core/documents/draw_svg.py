"""Draw an SVG: reads it from stdin and writes a PNG of SIDE × SIDE px, transparent around it, to stdout.

Runs as a separate program (see ``svg``), so that a drawing that never ends ends nothing else.
"""

import base64
import resource
import sys

# Bytes and seconds; a coat of arms takes a tenth of both.
MEMORY = 1024 * 1024 * 1024
SECONDS = 10
PAGE = (
    "<style>@page {{ size: {side}px; margin: 0 }} html, body {{ margin: 0 }}"
    " img {{ display: block; width: {side}px; height: {side}px; object-fit: contain }}</style>"
    '<img src="data:image/svg+xml;base64,{svg}">'
)


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import pypdfium2
    import weasyprint
    from weasyprint.urls import URLFetcher

    side, svg = int(sys.argv[1]), base64.b64encode(sys.stdin.buffer.read()).decode()
    fetcher = URLFetcher(allowed_protocols=["data"])
    document = weasyprint.HTML(string=PAGE.format(side=side, svg=svg), url_fetcher=fetcher).write_pdf()
    page = pypdfium2.PdfDocument(document)[0]
    picture = page.render(scale=side / page.get_width(), fill_color=(0, 0, 0, 0)).to_pil()
    picture.convert("RGBA").save(sys.stdout.buffer, "PNG")
    return 0


if __name__ == "__main__":
    sys.exit(main())
