"""Load millions of rows for measurements."""

import time

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from ula_portal.demo import build, mark
from ula_portal.demo.month import Scale
from ula_portal.demo.progress import Bar
from ula_portal.demo.seeding import copying, requests, visits

# Rows per request and visit, for the progress bar.
ROWS_PER_REQUEST, ROWS_PER_VISIT = 29, 7


class Command(BaseCommand):
    help = "Fill the database with made-up requests and visits by COPY, through the real constraints."

    def add_arguments(self, parser):
        parser.add_argument("--requests", type=int, default=0, help="how many requests, closed and open")
        parser.add_argument("--visits", type=int, default=0, help="how many visits with ticket and events")
        parser.add_argument("--seed", type=int, default=1, help="the same seed on the same day gives the same rows")

    def handle(self, *, seed, **options):
        if options["requests"] < 0 or options["visits"] < 0:
            raise CommandError("--requests and --visits are 0 or more.")
        state = mark.state()
        if state == "foreign":
            raise CommandError(build.FOREIGN)
        if state == "empty":
            build.build(Scale(requests=0, visits=0, days=0), stream=self.stderr)
        began, rows = time.monotonic(), 0
        works = [
            ("Permohonan", requests.request_batches, options["requests"], ROWS_PER_REQUEST),
            ("Kunjungan", visits.visit_batches, options["visits"], ROWS_PER_VISIT),
        ]
        for label, batches, count, each in works:
            if count:
                with Bar(label, count * each, self.stderr) as bar:
                    rows += copying.write_all(batches(count, seed), bar.step)
        seconds = time.monotonic() - began
        self.stdout.write(f"{rows:,} rows in {seconds:.1f} s: {rows / max(seconds, 0.001):,.0f} rows a second.")
