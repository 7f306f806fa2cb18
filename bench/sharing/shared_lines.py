#!/usr/bin/env python3
"""Cache lines that two workers write on the path of a request: there must be none.

A millrace in which every write to memory is watched (written_lines.cpp) serves requests with two
workers; every line that both have written is printed with the places that wrote it.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/load"))

from loads import WORKLOADS, run_wrk  # noqa: E402
from peers import Peer, Site  # noqa: E402
from processes import (  # noqa: E402
    LOAD_CORE, PROXY_CORE, free_port, raise_descriptor_limit, start, stop_all, wait_for_port,
)

AFTER, FOR = 4, 6  # seconds: until everything is warm, and watched


def main():
    program, tools = (Path(word).resolve() for word in sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="millrace-sharing-") as scratch:
        report = Path(scratch) / "lines.txt"
        watch = [
            "setarch", "-R", "env", f"WRITTEN_LINES_AFTER={AFTER}", f"WRITTEN_LINES_FOR={FOR}",
            f"WRITTEN_LINES_TO={report}",
        ]
        try:
            requests = serve_under_watch(program, tools, Path(scratch), watch)
            wait_for(report)
            lines, shared = read(report)
        finally:
            stop_all()
    faults = [each for each in shared if not is_meant(program, each)]
    if not lines:
        print("sharing: no line was written by a worker, so nothing was watched", file=sys.stderr)
        return 1
    print(f"{requests} requests in {AFTER + FOR} s; in the last {FOR} s the workers wrote {lines} "
          f"cache lines, {len(shared)} of them both, "
          f"{len(shared) - len(faults)} of these as meant: {MEANT}")
    for address, writers in faults:
        print(f"  {address}")
        for worker, place in writers:
            print(f"    worker {worker}: {source_of(program, place)}")
    return 1 if faults else 0


# A budget is one counter for the whole process, written when a connection opens or closes.
MEANT = "connection_budget"


def is_meant(program, line):
    return all(MEANT in source_of(program, place) for _, place in line[1])


def serve_under_watch(program, tools, scratch, watch):
    stubs = []
    for _ in range(2):
        port = free_port()
        if not wait_for_port(port, start([tools / "upstream_stub", port])):
            raise RuntimeError("upstream_stub does not start")
        stubs.append(port)
    site = Site(tools, program, scratch, tuple(stubs), raise_descriptor_limit())
    peer = Peer("millrace", site, workers=2, cores=(PROXY_CORE, LOAD_CORE), prefix=watch)
    return run_wrk(WORKLOADS["W2"], peer.port, AFTER + FOR + 1, 64).requests


def wait_for(report):
    end = time.monotonic() + 10
    while not report.exists() or not report.read_text().startswith("lines"):
        if time.monotonic() > end:
            raise RuntimeError("the program under watch wrote no report")
        time.sleep(0.2)
    time.sleep(1)


def read(report):
    """How many lines were written, and the shared ones with who wrote them from where."""
    lines, shared = 0, []
    for words in map(str.split, report.read_text().splitlines()):
        if words[0] == "lines":
            lines = int(words[1])
        elif words[0] == "shared":
            shared.append((words[1], []))
        else:
            shared[-1][1].append((words[1], int(words[2], 16)))
    return lines, shared


def source_of(program, place):
    said = subprocess.run(
        ["addr2line", "-Cfpi", "-e", program, hex(place - BASE - 1)],
        capture_output=True, text=True, check=False,
    )
    return said.stdout.strip().replace("\n", " ")


BASE = 0x555555554000  # where a position-independent program is loaded without randomisation


if __name__ == "__main__":
    sys.exit(main())
