"""Open BPMN files in bpmn-js and take pictures: ``python tests/bpmn/picture.py OUT_DIR FILE …``.

Prints the warnings of bpmn-js. Needs ``npm ci`` in this folder and the system's Chromium.
"""

import json
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
SCRIPT = HERE / "node_modules" / "bpmn-js" / "dist" / "bpmn-viewer.production.min.js"
SHOW = """async xml => {
  document.body.innerHTML = '<div id="canvas" style="height: 100vh"></div>';
  const viewer = new BpmnJS({ container: '#canvas' });
  const { warnings } = await viewer.importXML(xml);
  viewer.get('canvas').zoom('fit-viewport');
  const box = viewer.get('canvas').viewbox().inner;
  return { warnings: warnings.map(warning => warning.message), width: box.width, height: box.height };
}"""


def show(page, xml: str) -> dict:
    """Open a diagram in the page at its own size; returns its warnings, width and height."""
    page.set_content("<body style='margin: 0'></body>")
    page.add_script_tag(path=str(SCRIPT))
    shown = page.evaluate(SHOW, xml)
    page.set_viewport_size({"width": int(shown["width"]) + 40, "height": int(shown["height"]) + 40})
    page.evaluate("() => window.dispatchEvent(new Event('resize'))")
    return page.evaluate(SHOW, xml)


def main(out, files):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium-headless-shell")
        page = browser.new_page()
        for file in map(Path, files):
            shown = show(page, file.read_text(encoding="utf-8"))
            page.screenshot(path=str(Path(out) / f"{file.stem}.png"))
            print(file.name, json.dumps(shown, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
