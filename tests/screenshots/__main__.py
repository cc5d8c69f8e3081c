"""The command: ``make screenshots [OUT=FOLDER] [ARGS="--only PATTERN --as ROLE --states … --widths … --schemes …"]``.

Without OUT the pictures go to a new temporary folder, whose path is printed. Each state is shown by a process of its
own, since Django reads its database at the start.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .states import STATES, data_folder

WIDTHS = "360,768,1366,1440"
ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    options = _options()
    out = Path(options.out or os.environ.get("OUT") or tempfile.mkdtemp(prefix="ula-gambar-")).resolve()
    if out.is_relative_to(ROOT):
        sys.exit("Gambar ditulis di luar repositori; pilih folder lain.")
    if options.shown:
        return _show(options, out)
    print(f"Gambar: {out}")
    status = 0
    for state in options.states:
        with data_folder(state) as environment:
            command = [sys.executable, "-m", "tests.screenshots", *sys.argv[1:], "--out", str(out), "--shown", state]
            # As in tests: static files are served from their sources.
            environment |= {"PORTAL_ENV": "test", "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
            status |= subprocess.run(command, cwd=ROOT, env=os.environ | environment).returncode
    return status


def _listed(text):
    return [each for each in text.split(",") if each]


def _options():
    parser = argparse.ArgumentParser(prog="make screenshots", description="Gambar semua halaman dalam semua keadaan.")
    parser.add_argument("--only", action="append", default=[], help="alamat atau nama URL, boleh dengan *")
    parser.add_argument("--as", dest="roles", action="append", default=[], help="peran")
    parser.add_argument("--states", type=_listed, default=list(STATES), help=",".join(STATES))
    parser.add_argument("--widths", type=_listed, default=_listed(WIDTHS), help=WIDTHS)
    parser.add_argument("--schemes", type=_listed, default=["light", "dark"], help="light,dark")
    parser.add_argument("--no-axe", action="store_true", help="hanya gambar")
    parser.add_argument("--out", default="", help="folder di luar repositori")
    parser.add_argument("--shown", choices=STATES, help=argparse.SUPPRESS)
    return parser.parse_args()


def _show(options, out):
    """Take the pictures of one state, whose database is in ``VAR_DIR``."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "ula_portal.settings"
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM, FLAGS, _database_url, serve

    from . import addresses, sheets, states
    from .camera import Camera
    from .objects import Objects

    state, began = options.shown, time.monotonic()
    states.prepare(state)
    objects = Objects()
    every, missing = addresses.shots(objects)
    shots = addresses.chosen(every, options.only, options.roles)
    out.mkdir(parents=True, exist_ok=True)
    with (
        serve(_database_url()) as base,
        sync_playwright() as playwright,
        (out / f"report-{state}.txt").open("w", buffering=1) as report,
    ):
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, "--hide-scrollbars", "--lang=id-ID"]
        )
        camera = Camera(
            browser,
            base,
            objects,
            widths=[int(width) for width in options.widths],
            schemes=options.schemes,
            axe=not options.no_axe,
            spoilt=state == "error",
        )
        count = 0
        for taken in camera.take(shots):
            if taken.pictures:
                count += 1
                sheets.save(taken, out / state)
            if taken.pictures or taken.notes:
                lines = [f"{taken.shot.role} {taken.shot.address} ({taken.shot.name})", *taken.notes]
                report.write("\n    ".join(lines) + "\n")
        if missing:
            report.write(f"not in these data: {', '.join(missing)}\n")
        browser.close()
    print(f"  {state}: {count} halaman, {time.monotonic() - began:.0f} detik, {out / f'report-{state}.txt'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
