#!/usr/bin/env python3
"""How fast a rollout moves the weights, on a real gateway under a real load:

* a candidate that answers 5xx to everything, at 10 % of 1,000 requests a second: from its first
  request to its last,
* from evidence that is complete to weights that every worker has, for a rollback and for more weight
  (which is on disk first), and whether any request went to the candidate later.

Starts what it needs on loopback and free ports; the exit code is 0 when the targets hold.
"""

import argparse
import datetime
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/integration"))

from support import Gateway, wait_until  # noqa: E402
from wire import Client, Closed, Upstream, canned_answer  # noqa: E402

TICK_MS, ALLOWED_MS = 250, 10
ROLLBACK_SECONDS = 2.0
FAILURE = b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno"


class Load:
    """Requests at a pace over a few connections; notes which version got each."""

    def __init__(self, port, rate, clients=10):
        self.ending = threading.Event()
        self.sent = []  # (wall clock when it was sent, version)
        begin = time.monotonic()
        self.threads = [
            threading.Thread(target=self.run, args=(port, begin + n / rate, clients / rate))
            for n in range(clients)
        ]
        for thread in self.threads:
            thread.start()

    def run(self, port, due, pace):
        client = Client(port)
        while not self.ending.is_set():
            time.sleep(max(0.0, due - time.monotonic()))
            due += pace
            sent = time.time()
            try:
                answer = client.fetch("/")
            except (OSError, Closed):
                break
            self.sent.append((sent, answer.get("x-millrace-version")))
        client.close()

    def close(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(10.0)


def config(primary, candidate, data, steps):
    return {
        "workers": 2,
        "data_dir": data,
        "backends": {"v1": {"url": primary.url}, "v2": {"url": candidate.url}},
        "routes": [{
            "name": "all",
            "match": {"path_prefix": "/"},
            "timeouts": {"total": "10s"},
            "backend_refs": [{"backend": "v1", "weight": 100}, {"backend": "v2", "weight": 0}],
            "rollout": {
                "candidate": "v2",
                "steps": steps,
                "guardrails": [{"metric": "error_rate", "max_ratio": 2, "floor": 0.1}],
            },
        }],
    }


def reactions(gateway):
    """(milliseconds, wall clock of the line) of each change that evidence asked for."""
    found = []
    for line in list(gateway.log):
        matched = re.search(r"weights in force (\d+) ms after the evidence", line["message"])
        if matched:
            when = datetime.datetime.fromisoformat(line["time"].replace("Z", "+00:00"))
            found.append((int(matched.group(1)), when.timestamp()))
    return found


def run_one(asked, steps, candidate_answer, phase):
    """One rollout under load until it is in that phase; the load's notes and the reactions."""
    scratch = tempfile.mkdtemp(prefix="millrace-reaction-")
    primary, candidate = Upstream(canned=canned_answer()), Upstream(canned=candidate_answer)
    try:
        with Gateway(config(primary, candidate, scratch + "/data", steps)) as gateway:
            load = Load(gateway.port, asked.rate)
            try:
                wait_until(lambda: phase_of(gateway) == phase, "the rollout to be " + phase, 120)
                time.sleep(0.5)
            finally:
                load.close()
            return load.sent, reactions(gateway)
    finally:
        primary.close()
        candidate.close()
        shutil.rmtree(scratch, ignore_errors=True)


def phase_of(gateway):
    status, found = gateway.admin_json("GET", "/api/v1/rollouts/all")
    return found.get("phase") if status == 200 else None


def measure_rollback(asked):
    """(seconds from the candidate's first request to its last, reaction in ms, seconds that a request
    went to the candidate behind the reaction; negative: none did) of each run."""
    runs = []
    for _ in range(asked.runs):
        sent, reacted = run_one(asked, [10, 50, 100], FAILURE, "failed")
        tried = [when for when, version in sent if version == "v2"]
        took, in_force = reacted[-1]
        runs.append((max(tried) - min(tried), took, max(tried) - in_force))
    return runs


def measure_steps(asked):
    """Reactions to what proves a good candidate, in milliseconds."""
    taken = []
    for _ in range(asked.runs):
        _, reacted = run_one(asked, [25, 50, 100], canned_answer(), "succeeded")
        taken += [took for took, _ in reacted]
    return taken


def show(name, values, unit, target):
    ordered = sorted(values)
    held = ordered[-1] <= target
    print("%-58s median %8.3f  max %8.3f %-2s  target %8.3f  %s" % (
        name, ordered[len(ordered) // 2], ordered[-1], unit, target, "ok" if held else "MISSED"))
    return held


def main():
    parser = argparse.ArgumentParser(prog="./dev bench rollback", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millrace", type=Path, default=ROOT / "build/release/millrace")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rate", type=float, default=1000.0, help="requests per second")
    asked = parser.parse_args()
    os.environ["MILLRACE_BINARY"] = str(asked.millrace.resolve())
    rollbacks = measure_rollback(asked)
    steps = measure_steps(asked)
    allowed = TICK_MS + ALLOWED_MS
    held = [
        show("hard failure: first to last request of the candidate",
             [one[0] for one in rollbacks], "s", ROLLBACK_SECONDS),
        show("rollback: complete evidence to weights in every worker",
             [one[1] for one in rollbacks], "ms", allowed),
        show("more weight: the same, recorded on disk in between", steps, "ms", allowed),
        show("a request to the candidate behind that (below 0: none)",
             [one[2] * 1000 for one in rollbacks], "ms", ALLOWED_MS),
    ]
    sys.stdout.flush()
    os._exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
