"""The workloads: what is sent, and what a slot of it measured."""

import json
import re
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from processes import LOAD_CORE, cpu_time, start, stop

HERE = Path(__file__).resolve().parent
UNITS_US = {"us": 1.0, "ms": 1e3, "s": 1e6, "m": 60e6}
STREAMS = 256
CALM_STREAMS = 32


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    script: str = ""  # of wrk
    streams: int = 0  # instead of wrk
    interval_ms: int = 5


WORKLOADS = {
    "W1": Workload("W1", "GET, 200 B answer"),
    "W2": Workload("W2", "POST 2 KB, 1 KB answer", script="post_2k.lua"),
    "W3": Workload("W3", "POST 64 KB, 64 KB answer", script="post_64k.lua"),
    "W6": Workload("W6", "256 streams of 50 small chunks, per chunk", streams=STREAMS),
    "W6-calm": Workload(
        "W6-calm", "32 streams, a chunk every 10 ms: delay on the way", streams=CALM_STREAMS,
        interval_ms=10,
    ),
}


@dataclass
class Slot:
    """What one peer did in one slot. Times in microseconds."""

    requests: int
    seconds: float
    errors: int
    p50: float
    p99: float
    cpu: float = 0.0  # per request
    user: float = 0.0  # by the kernel's ticks
    first_p99: float = 0.0
    gap_p99: float = 0.0

    @property
    def rate(self):
        return self.requests / self.seconds if self.seconds else 0.0

    def as_dict(self):
        return {**asdict(self), "rate": self.rate}


def run_slot(workload, peer, seconds, connections, tools, cores=(LOAD_CORE,)):
    """One workload against a running peer (or `None` for CPU: the stub itself)."""
    before = cpu_time(peer.pid)
    if workload.streams:
        slot = run_streams(workload, peer.port, seconds, tools, cores)
    else:
        slot = run_wrk(workload, peer.port, seconds, connections, cores)
    used = cpu_time(peer.pid).since(before)
    if slot.requests:
        slot.cpu = used.total / 1e3 / slot.requests
        slot.user = slot.cpu * used.user_part()
    return slot


def run_wrk(workload, port, seconds, connections, cores=(LOAD_CORE,)):
    command = [shutil.which("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    if workload.script:
        command += ["-s", HERE / workload.script]
    return parse_wrk(run(command + [f"http://127.0.0.1:{port}/"], seconds, cores))


def run_streams(workload, port, seconds, tools, cores):
    command = [tools / "stream_client", port, workload.streams, seconds, 50, workload.interval_ms]
    told = json.loads(run(command, seconds, cores))
    return Slot(
        requests=told["chunks"], seconds=told["seconds"], errors=told["errors"],
        p50=told["delay_us"]["p50"], p99=told["delay_us"]["p99"],
        first_p99=told["first_us"]["p99"], gap_p99=told["gap_us"]["p99"],
    )


def run(command, seconds, cores):
    """Runs a bounded load to its end and returns what it printed."""
    child = start(command, cores=cores, output=subprocess.PIPE, text=True)
    try:
        text, _ = child.communicate(timeout=seconds + 20)
    finally:
        stop(child)
    if child.returncode != 0:
        raise RuntimeError(f"{Path(command[0]).name} ended with {child.returncode}:\n{text}")
    return text


def parse_wrk(text):
    requests, seconds, unit = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)", text).groups()
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    socket_errors = re.search(r"Socket errors: (.*)", text)
    errors = int(refused.group(1)) if refused else 0
    if socket_errors:
        errors += sum(int(number) for number in re.findall(r"\d+", socket_errors.group(1)))
    return Slot(
        requests=int(requests), seconds=float(seconds) * UNITS_US[unit] / 1e6, errors=errors,
        p50=percentile(text, "50"), p99=percentile(text, "99"),
    )


def percentile(text, rank):
    found = re.search(rf"^\s+{rank}%\s+([\d.]+)(us|ms|s|m)$", text, re.MULTILINE)
    return float(found.group(1)) * UNITS_US[found.group(2)] if found else 0.0
