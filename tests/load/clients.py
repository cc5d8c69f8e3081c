"""Put load on a server with eight clients for some seconds: with wrk if it is installed, else with our own client."""

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

CLIENTS = 8


@dataclass(frozen=True)
class Call:
    """One request; ``body`` makes it a POST of a form."""

    path: str
    body: str = ""
    cookie: str = ""


@dataclass(frozen=True)
class Measured:
    """The result of a run: answers per second, latencies in ms, answers other than 2xx and 3xx, all answers."""

    per_second: float
    p50: float
    p95: float
    p99: float
    failed: int
    answers: int


def percentiles(times: Iterable[float]) -> tuple[float, float, float]:
    """The 50th, 95th and 99th percentiles."""
    ordered = sorted(times)
    p50, p95, p99 = (ordered[min(int(len(ordered) * share), len(ordered) - 1)] for share in (0.50, 0.95, 0.99))
    return p50, p95, p99


def has_wrk() -> bool:
    return shutil.which("wrk") is not None


def load(port: int, calls: list[Call], seconds: float) -> Measured:
    """Send the calls repeatedly in turn; each client has its own share of them."""
    return _with_wrk(port, calls, seconds) if has_wrk() else asyncio.run(_own(port, calls, seconds))


_LUA = """
local calls, mine, at = {}, {}, 0
for line in io.lines("%(file)s") do
  local path, body, cookie = line:match("^(.-)\\t(.-)\\t(.*)$")
  local headers = {["Cookie"] = cookie ~= "" and cookie or nil}
  if body ~= "" then
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    calls[#calls + 1] = {"POST", path, headers, body}
  else
    calls[#calls + 1] = {"GET", path, headers, nil}
  end
end
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init(args) at = number end
-- Thread k takes every second call, beginning with the k-th.
function request()
  local call = calls[(at %% #calls) + 1]
  at = at + 2
  return wrk.format(call[1], call[2], call[3], call[4])
end
function done(summary, latency, requests)
  local e = summary.errors
  local shape = '\\nJSON {"answers": %%d, "micros": %%d, "failed": %%d, "p50": %%.3f, "p95": %%.3f, "p99": %%.3f}\\n'
  io.write(string.format(shape, summary.requests, summary.duration,
    e.status + e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
"""


def _with_wrk(port, calls, seconds):
    with tempfile.TemporaryDirectory(prefix="ula-bench-") as folder:
        lines, script = Path(folder, "calls"), Path(folder, "script.lua")
        lines.write_text("".join(f"{call.path}\t{call.body}\t{call.cookie}\n" for call in calls))
        script.write_text(_LUA % {"file": lines})
        # wrk would count an answer of more than two seconds as failed; here it counts by its latency.
        command = ["wrk", "-t2", f"-c{CLIENTS}", f"-d{max(round(seconds), 1)}s", "--timeout", "20s", "-s", str(script)]
        done = subprocess.run([*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.split("JSON ", 1)[1].splitlines()[0])
    rate = found["answers"] / (found["micros"] / 1e6)
    return Measured(rate, found["p50"], found["p95"], found["p99"], found["failed"], found["answers"])


async def _own(port, calls, seconds):
    until = time.perf_counter() + seconds
    began = time.perf_counter()
    shares = [calls[number::CLIENTS] or calls for number in range(CLIENTS)]
    results = await asyncio.gather(*(_client(port, share, until) for share in shares))
    took = time.perf_counter() - began
    latencies = [ms for ms_list, _failed in results for ms in ms_list]
    failed = sum(failed for _ms_list, failed in results)
    if not latencies:
        return Measured(0, 0, 0, 0, failed, 0)
    return Measured(len(latencies) / took, *percentiles(latencies), failed, len(latencies))


async def _client(port, calls, until):
    latencies, failed, at = [], 0, 0
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(_raw(port, calls[at % len(calls)]))
        at += 1
        status = await _answer(reader)
        latencies.append((time.perf_counter() - began) * 1000)
        failed += status >= 400
    writer.close()
    return latencies, failed


def by_turns(port: int, calls: list[Call], seconds: float) -> list[Measured]:
    """Send the calls repeatedly one after another over one connection and measure each separately.

    Other load on the machine affects all of them equally. ``per_second`` follows from the median latency.
    """
    taken = asyncio.run(_turns(port, calls, time.perf_counter() + seconds))
    measured = []
    for each in taken:
        p50, p95, p99 = percentiles(ms for ms, _status in each)
        failed = sum(status >= 400 for _ms, status in each)
        measured.append(Measured(1000 / p50, p50, p95, p99, failed, len(each)))
    return measured


async def _turns(port, calls, until):
    taken = [[] for _call in calls]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until or not all(taken):
        for call, results in zip(calls, taken, strict=True):
            began = time.perf_counter()
            writer.write(_raw(port, call))
            status = await _answer(reader)
            results.append(((time.perf_counter() - began) * 1000, status))
    writer.close()
    return taken


def _raw(port, call):
    lines = [f"{'POST' if call.body else 'GET'} {call.path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    if call.cookie:
        lines.append(f"Cookie: {call.cookie}")
    if call.body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(call.body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + call.body).encode()


async def _answer(reader):
    """Read one answer to its end; returns its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
    if headers.get("transfer-encoding") == "chunked":
        while size := int((await reader.readline()).strip() or b"0", 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head[0].split()[1])
