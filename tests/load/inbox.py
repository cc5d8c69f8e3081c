"""``make bench ARGS="--only inbox"``: the inbox at a million requests beside the same one at ten thousand.

The small database is a copy of the large one before it grew, on the same PostgreSQL; each call is measured in both by
turns, in this process through Django's test client. Takes some ten minutes. Prints a table and writes
``VAR_DIR/bench-inbox.json``.
"""

import io
import json
import os
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median, quantiles

from . import servers
from .bench import machine, say

SMALL = 10_000
ROUNDS = 12
GOALS = {"inbox": ("daftar pekerjaan", 1.5), "search": ("pencarian", 3.0)}
TABS = ("mine", "pool", "waiting", "late", "done")
ROLES = ("official", "section_head", "head", "admin", "frontdesk", "counter")


def measure_sizes(requests: int) -> None:
    """Measure both sizes, print and write what was found. ``requests``: how many stand in the large database."""
    var_dir = Path(os.environ.get("VAR_DIR") or servers.BASE / "var").resolve()
    with servers.database(var_dir):
        import django

        django.setup()
        from django.core.management import call_command

        from . import growing

        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("migrate", verbosity=0, interactive=False)
        say(f"Mengisi {SMALL:,} permohonan …")
        call_command("seed_load", requests=SMALL, stdout=sys.stderr, stderr=io.StringIO())
        _execute("VACUUM ANALYZE")
        _copy_to("small")
        say(f"Memperbanyak sampai {requests:,} permohonan …")
        growing.grow(requests, lambda done, of: say(f"{done} dari {of}"))
        _execute("VACUUM ANALYZE")
        found = measure()
    print(table(found, requests))
    path = var_dir / "bench-inbox.json"
    path.write_text(json.dumps({"machine": machine(), "requests": requests, "works": found}, indent=1))
    say(f"Tersimpan di {path}")


def _copy_to(name):
    """A copy of the database, which nobody may use meanwhile."""
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


def _use(name):
    """Let every query of this process go to another database of the same server."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def measure() -> dict:
    """Milliseconds of each call in both databases: work → {"small", "large", "slowest"} (medians by call)."""
    from django.db import connection

    large = connection.settings_dict["NAME"]
    clients = {}
    for name in ("small", large):
        _use(name)
        clients[name] = _calls()
    found = defaultdict(lambda: {"small": [], "large": [], "slowest": {}})
    for number in range(ROUNDS + 1):
        say(f"Putaran {number} dari {ROUNDS}" if number else "Pemanasan …")
        for name in ("small", large):
            _use(name)
            for (work, label), (client, address) in clients[name].items():
                began = time.perf_counter()
                status = client.get(address).status_code
                took = (time.perf_counter() - began) * 1000
                assert status == 200, (label, status)
                if number:
                    size = "small" if name == "small" else "large"
                    found[work][size].append(took)
                    found[work]["slowest"].setdefault(label, {}).setdefault(size, []).append(took)
    for each in found.values():
        each["slowest"] = {
            label: {size: round(median(taken), 1) for size, taken in sizes.items()}
            for label, sizes in each["slowest"].items()
        }
    return dict(found)


def _calls():
    """Who asks for what: (work, label) → (client, address)."""
    from django.test import Client
    from django.urls import reverse

    from services.models import InboxEntry, Request
    from ula_portal.core.models import User

    calls = {}
    number = Request.objects.exclude(number=None).latest("pk").number
    busiest = InboxEntry.objects.exclude(place="closed").values_list("service_id", flat=True)[0]
    for role in ROLES:
        user = User.objects.filter(staff_roles__role=role).order_by("pk").first()
        client = Client()
        client.force_login(user)
        for tab in TABS:
            calls["inbox", f"{role} {tab}"] = client, f"/petugas/kasus/?tab={tab}"
            calls["inbox", f"{role} {tab} disaring"] = (
                client,
                f"/petugas/kasus/?tab={tab}&service={busiest}&source=online",
            )
        page = client.get("/petugas/kasus/?tab=late").context["page"]
        if page and page.next:
            calls["inbox", f"{role} halaman kedua"] = client, f"/petugas/kasus/?tab=late&hal={page.next}"
        for words in (number, "salmah contoh tanjung", "salmah", "salmahh tanjongg", "000123", "qwertz"):
            answer = client.post(reverse("case_search"), {"q": words})
            calls["search", f"{role} {words}"] = client, answer["Location"]
    return calls


def _p95(taken):
    return quantiles(taken, n=20, method="inclusive")[18]


def table(found, requests) -> str:
    """One line per work: medians and 95th percentiles of both sizes."""
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
