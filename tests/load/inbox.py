"""``make bench ARGS="--only inbox"``: compare the inbox at a million requests with the same one at ten thousand.

The small database is a copy of the large one from before it grew, on the same PostgreSQL. Each call is measured in both
alternately, in this process through Django's test client. Takes about ten minutes. Prints a table and writes
``VAR_DIR/bench-inbox.json``.
"""

import io
import re
import sys
import time
from collections import defaultdict
from html import unescape
from statistics import median, quantiles

from . import servers
from .report import machine, say, write

SMALL = 10_000
ROUNDS = 6
SIZES = ("small", "large")
GOALS = {"inbox": ("daftar pekerjaan", 1.5), "search": ("pencarian", 3.0)}
TABS = ("mine", "pool", "waiting", "late", "done")
ROLES = ("official", "section_head", "head", "counter")


def measure_sizes(requests: int) -> None:
    """Measure both sizes, print and write the figures. ``requests``: the number of requests in the large database."""
    with servers.prepared_portal() as place:
        from django.core.management import call_command

        from . import growing

        say(f"Mengisi {SMALL:,} permohonan …")
        call_command("seed_load", requests=SMALL, stdout=sys.stderr, stderr=io.StringIO())
        _execute("VACUUM ANALYZE")
        _copy_to("small")
        say(f"Memperbanyak sampai {requests:,} permohonan …")
        growing.grow(requests, lambda done, of: say(f"{done} dari {of}"))
        _execute("VACUUM ANALYZE")
        found = measure()
    print(table(found, requests))
    write(place.results / "bench-inbox.json", requests=requests, works=found)


def _copy_to(name):
    """Copy the database, which nothing may use in the meantime."""
    from django.db import connections

    connections.close_all()
    main = connections["default"].settings_dict["NAME"]
    connection = servers.connect({**connections["default"].settings_dict, "NAME": "postgres"})
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE {name} TEMPLATE "{main}"')
    connection.close()


def _execute(sql):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)


class _Switch:
    """Sends every query of this process to one of two databases of the same server, each with its own connection."""

    def __init__(self):
        from django.db import connections

        self.connections = connections
        self.of = {"large": connections["default"], "small": connections.create_connection("default")}
        self.of["small"].settings_dict = {**self.of["large"].settings_dict, "NAME": "small"}

    def to(self, size):
        self.connections["default"] = self.of[size]


def measure() -> dict:
    """Milliseconds of each call in both databases: work → {"small", "large", "slowest" (medians by call)}."""
    switch, calls = _Switch(), {}
    for size in SIZES:
        switch.to(size)
        calls[size] = _calls()
    found = defaultdict(lambda: {"small": [], "large": [], "slowest": defaultdict(lambda: defaultdict(list))})
    for number in range(ROUNDS + 1):
        say(f"Putaran {number} dari {ROUNDS}" if number else "Pemanasan …")
        for work, label in calls["large"].keys() & calls["small"].keys():
            # Directly one after the other, so that other load on the machine affects both.
            for size in SIZES:
                switch.to(size)
                client, address = calls[size][work, label]
                began = time.perf_counter()
                status = client.get(address).status_code
                took = (time.perf_counter() - began) * 1000
                if status != 200:
                    raise SystemExit(f"{label}: {status}")
                if number:
                    found[work][size].append(took)
                    found[work]["slowest"][label][size].append(took)
    switch.to("large")
    for each in found.values():
        each["slowest"] = {
            label: {size: round(median(taken), 1) for size, taken in sizes.items()}
            for label, sizes in each["slowest"].items()
        }
    return dict(found)


def _calls():
    """The calls to be measured: (work, label) → (client, address)."""
    from django.test import Client
    from django.urls import reverse

    from services.models import InboxEntry, Request
    from ula_portal.core.models import User

    calls = {}
    number = Request.objects.exclude(number=None).latest("pk").number
    service = InboxEntry.objects.exclude(place="closed").values_list("service_id", flat=True).order_by("pk")[0]
    for role in ROLES:
        client = Client()
        client.force_login(User.objects.filter(staff_roles__role=role).order_by("pk")[0])
        for tab in TABS:
            calls["inbox", f"{role} {tab}"] = client, f"/petugas/kasus/?tab={tab}"
        for tab in ("late", "done"):
            address = f"/petugas/kasus/?tab={tab}&service={service}&source=online"
            calls["inbox", f"{role} {tab} disaring"] = client, address
        following = re.search(r'rel="next" href="([^"]+)"', client.get("/petugas/kasus/?tab=late").content.decode())
        if following:
            calls["inbox", f"{role} halaman kedua"] = client, f"/petugas/kasus/{unescape(following[1])}"
        for words in (number, "salmah contoh tanjung", "salmah", "salmahh tanjongg"):
            answer = client.post(reverse("case_search"), {"q": words})
            calls["search", f"{role} {words}"] = client, answer["Location"]
    return calls


def _p95(taken):
    return quantiles(taken, n=20, method="inclusive")[18]


def table(found, requests) -> str:
    """One line for each work: medians and 95th percentiles of both sizes."""
    lines = [
        f"| pekerjaan | p50 {SMALL:,} | p50 {requests:,} | p95 {SMALL:,} | p95 {requests:,} | rasio p95 | sasaran |",
        "|---|---|---|---|---|---|---|",
    ]
    for work, each in found.items():
        name, goal = GOALS[work]
        small, large = _p95(each["small"]), _p95(each["large"])
        times = (median(each["small"]), median(each["large"]), small, large)
        cells = [name, *(f"{taken:.1f} ms" for taken in times), f"{large / small:.2f}"]
        lines.append(f"| {' | '.join(cells)} | ≤ {goal} {'ya' if large <= goal * small else 'BELUM'} |")
    return "\n".join(["", machine(), "", *lines, ""])
