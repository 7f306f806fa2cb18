#!/usr/bin/env python3
"""Kills a gateway with -9 at random points while rollouts ramp under load, starts it again, and looks
whether it kept its word each time:

* the weights and the partition of the last commit,
* never more for a candidate than was committed,
* never a candidate back that clients saw being rolled back,
* the evidence of the last commit: how old the oldest of what is missing was is told.

In the end `millrace replay` recomputes every decision of every process. Ends by itself; the exit code
is 0 when all held.
"""
import argparse
import collections
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))

from committed import UNITS, read_committed, read_live  # noqa: E402
from support import Gateway, free_port, wait_until  # noqa: E402
from wire import Client, Closed, Upstream, canned_answer  # noqa: E402

STEPS = [5, 10, 20, 35, 50, 100]
ROUTES = {"good": 0.0, "worse": 0.3, "broken": 1.0}  # how often the candidate fails
CANDIDATE = "v2"
# A rollback is in force before its mark is on disk: a write and a sync lie between.
MARK_TIME = 0.05


class Load:
    """Requests to every route, until it is closed; outages are waited for."""

    def __init__(self, port, threads):
        self.port, self.ending, self.answered = port, threading.Event(), 0
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(threads)]
        for thread in self.threads:
            thread.start()

    def run(self):
        client, targets = None, ["/" + route for route in ROUTES]
        while not self.ending.is_set():
            try:
                client = client or Client(self.port)
                for target in targets:
                    client.fetch(target)
                    self.answered += 1
                self.ending.wait(0.002)
            except (OSError, AssertionError, Closed):
                client = None
                self.ending.wait(0.01)

    def close(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(10.0)


class Failing(Upstream):
    """Answers fast and keeps nothing of what it was asked; fails now and then."""

    def __init__(self, failing):
        self.failing, self.draw = failing, random.Random(7)
        super().__init__(canned=canned_answer())

    def _serve_canned(self, connection):
        bad = b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno"
        try:
            while connection.sock.recv(65536):
                # The gateway sends one request at a time over a connection, in one piece.
                connection.sock.sendall(
                    bad if self.draw.random() < self.failing else self.canned)
        except OSError:
            pass
        connection.sock.close()


class Watcher:
    """What a client of the admin API saw, by time."""

    def __init__(self, gateway):
        self.gateway, self.ending = gateway, threading.Event()
        self.seen = collections.deque(maxlen=2000)  # (begun, answered, {route: rollout})
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.ending.wait(0.02):
            begun = time.monotonic()
            try:
                shown = rollouts_of(self.gateway)
                self.seen.append((begun, time.monotonic(), shown))
            except (OSError, ValueError):
                continue

    def close(self):
        self.ending.set()
        self.thread.join(10.0)


def rollouts_of(gateway):
    shown = gateway.admin_json("GET", "/api/v1/rollouts")[1]["rollouts"]
    return {one["route"]: one for one in shown}


def evidence_of(rollout):
    """How many outcomes have entered."""
    return sum(guardrail["primary"]["count"] + guardrail["candidate"]["count"]
               for candidate in rollout["candidates"] for guardrail in candidate["guardrails"])


class Loop:
    def __init__(self, asked):
        self.asked = asked
        self.random = random.Random(asked.seed)
        self.directory = tempfile.mkdtemp(prefix="millrace-kills-")
        self.data = os.path.join(self.directory, "data")
        self.port, self.admin_port = free_port(), free_port()
        self.upstreams = {"v1": Upstream(canned=canned_answer())}
        for route, failing in ROUTES.items():
            self.upstreams[route] = Failing(failing)
        self.generations = dict.fromkeys(ROUTES, 0)
        self.failures, self.ages = [], []
        self.counts = collections.Counter()
        self.rolled_back = {}  # rollout id -> when a client saw it
        self.over = set()  # rollouts behind which the file asked for another one
        self.gateway = Gateway(self.config(), start=False)

    def config(self):
        backends = {"v1": {"url": self.upstreams["v1"].url}}
        routes = []
        for route in ROUTES:
            backends[CANDIDATE + "-" + route] = {"url": self.upstreams[route].url}
            routes.append({
                "name": route, "match": {"path_prefix": "/" + route}, "timeouts": {"total": "1s"},
                "backend_refs": [{"backend": "v1", "weight": 100},
                                 {"backend": CANDIDATE + "-" + route, "weight": 0}],
                "rollout": {
                    "candidate": CANDIDATE + "-" + route, "steps": STEPS,
                    # Another number is another rollout.
                    "step_outcomes_min": 20 + self.generations[route],
                    "guardrails": [{"metric": "error_rate", "max_ratio": 2, "floor": 0.1}]}})
        return {
            "workers": 2, "data_dir": self.data,
            "journal": {"replayable_rollouts_max": 10000},
            "listeners": [{"bind": "127.0.0.1:%d" % self.port}],
            "admin": {"bind": "127.0.0.1:%d" % self.admin_port,
                      "token_file": os.path.join(self.directory, "token")},
            "backends": backends, "routes": routes}

    # -- one round
    def run(self):
        self.gateway.token_file = os.path.join(self.directory, "token")
        self.gateway.start()
        load = Load(self.port, self.asked.threads)
        began = time.monotonic()
        try:
            for number in range(self.asked.kills):
                if time.monotonic() - began > self.asked.minutes * 60:
                    print("time is over", flush=True)
                    break
                self.round(number)
                if (number + 1) % 50 == 0:
                    print("%d kills, %d requests, %s" % (
                        number + 1, load.answered, self.summary()), flush=True)
        finally:
            load.close()
        self.gateway.stop()
        self.replay()
        self.report(load, time.monotonic() - began)
        return 1 if self.failures else 0

    def round(self, number):
        watcher = Watcher(self.gateway)
        time.sleep(self.random.uniform(0.02, self.asked.seconds))
        self.kill()
        killed = time.monotonic()
        watcher.close()
        self.note_rollbacks(watcher, killed)
        self.counts["kills"] += 1
        if self.random.random() < 0.1:
            self.kill_while_it_starts()
        committed = read_committed(self.data)
        self.gateway.start()
        try:
            self.verify(number, committed, watcher, killed)
        except Exception:
            print("round %d: %s" % (number, self.gateway.messages()[-5:]), file=sys.stderr)
            raise
        self.begin_anew()

    def kill(self):
        self.gateway.signal(signal.SIGKILL)
        self.gateway.process.wait(20)

    def kill_while_it_starts(self):
        """Also a start is a point at which it may die."""
        with subprocess.Popen(
                [os.environ["MILLRACE_BINARY"], "serve", "-c", self.gateway.path],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as starting:
            time.sleep(self.random.uniform(0.0, 0.2))
            starting.kill()
        self.counts["kills while starting"] += 1

    def note_rollbacks(self, watcher, killed):
        for _, answered, shown in watcher.seen:
            for one in shown.values():
                if one["phase"] == "failed" and answered < killed:
                    self.rolled_back.setdefault(int(one["id"]), answered)

    # -- what must hold
    def verify(self, number, committed, watcher, killed):
        shown = wait_until(lambda: self.all_rollouts(), "the rollouts", 20.0)
        for route in ROUTES:
            if route not in committed:
                continue
            last, now = committed[route], shown[route]
            if int(now["id"]) == last.rollout:
                self.verify_weights(number, route, last)
                self.verify_rollback(number, route, last, now, killed)
                self.verify_evidence(route, now, watcher, killed)
            elif last.ended and last.rollout in self.over:
                self.counts["began anew"] += 1
            else:
                self.fail(number, route, "rollout %d went on as %s" % (last.rollout, now["id"]))

    def all_rollouts(self):
        shown = rollouts_of(self.gateway)
        return shown if all(route in shown for route in ROUTES) else None

    def verify_weights(self, number, route, last):
        found = self.gateway.admin_json("GET", "/api/v1/routes/" + route)[1]
        candidate = CANDIDATE + "-" + route
        share = next(100 * one["share"] for one in found["backend_refs"]
                     if one["backend"] == candidate)
        allowed = last.share_max(STEPS)
        if abs(share - allowed) > 200 / UNITS:
            # It may have decided something by now, which is on disk before it takes effect.
            live = read_live(self.data)[route]
            if live == last or share > live.share_max(STEPS) + 200 / UNITS:
                self.fail(number, route, "%.3f %% instead of %.3f %% (%s)" % (share, allowed, last))
            self.counts["moved on already"] += 1
        elif last.marked or abs(last.share_in_force(candidate) - allowed) > 0.01:
            # What was recorded, or marked, and not in force in the database yet.
            self.counts["between record and effect"] += 1
        else:
            pieces = [(one["begin"], one["backend"]) for one in found["partition"]]
            if pieces != last.pieces:
                self.fail(number, route, "partition %s instead of %s" % (pieces, last.pieces))
            self.counts["same partition"] += 1

    def verify_rollback(self, number, route, last, now, killed):
        seen = self.rolled_back.get(last.rollout)
        if seen is None:
            return
        if now["phase"] == "failed":
            self.counts["rollbacks kept"] += 1
        elif killed - seen > MARK_TIME:
            self.fail(number, route, "rollout %s: back behind a rollback that was seen %.3f s before"
                      % (now["id"], killed - seen))
        else:
            self.counts["killed before the mark was on disk"] += 1
            del self.rolled_back[last.rollout]

    def verify_evidence(self, route, now, watcher, killed):
        kept = evidence_of(now)
        for begun, _, shown in watcher.seen:
            before = shown.get(route)
            if before and before["id"] == now["id"] and evidence_of(before) > kept:
                self.ages.append(killed - begun)
                return
        self.counts["nothing was missing"] += 1

    def begin_anew(self):
        """Rollouts that came to their end begin again."""
        shown = rollouts_of(self.gateway)
        ended = [route for route, one in shown.items() if one["phase"] in ("failed", "succeeded")]
        for route in ended:
            self.over.add(int(shown[route]["id"]))
            self.generations[route] += 1
            self.counts["rollouts ended"] += 1
        if ended:
            self.gateway.write_config(self.config())
            self.gateway.reload()

    def fail(self, number, route, what):
        self.failures.append("kill %d, route %s: %s" % (number + 1, route, what))
        print(self.failures[-1], flush=True)

    # -- the end
    def replay(self):
        done = subprocess.run(
            [os.environ["MILLRACE_BINARY"], "replay", "--data-dir", self.data, "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)
        reports = [json.loads(line) for line in done.stdout.splitlines()]
        for name in ("inputs", "decisions", "memories", "resumes", "decisions_without_inputs",
                     "inputs_lost"):
            self.counts["replayed " + name.replace("_", " ")] = sum(one[name] for one in reports)
        for one in reports:
            for text in one["differences"] + ([one["error"]] if one["error"] else []):
                self.failures.append("replay of rollout %d: %s" % (one["rollout"], text))
        if done.returncode != 0 and not self.failures:
            self.failures.append("replay: exit code %d: %s" % (
                done.returncode, done.stderr.decode()))

    def summary(self):
        worst = "%.3f s" % max(self.ages) if self.ages else "nothing"
        return "%d failures, oldest evidence missing: %s" % (len(self.failures), worst)

    def report(self, load, took):
        for name, count in sorted(self.counts.items()):
            print("%-36s %d" % (name, count))
        print("%-36s %d in %.0f s" % ("requests", load.answered, took))
        if self.ages:
            ordered = sorted(self.ages)
            print("%-36s median %.3f, p99 %.3f, max %.3f (target 1)" % (
                "age of missing evidence in s", ordered[len(ordered) // 2],
                ordered[len(ordered) * 99 // 100], ordered[-1]))
        for failure in self.failures[:20]:
            print("FAILED: " + failure)
        print("seed %d: %s" % (self.asked.seed, "FAILED" if self.failures else "all held"))

    def close(self):
        try:
            self.gateway.__exit__()
        finally:
            for upstream in self.upstreams.values():
                upstream.close()
            shutil.rmtree(self.directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("millrace", help="the program")
    parser.add_argument("-n", "--kills", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=2.0, help="the longest life (default 2)")
    parser.add_argument("--threads", type=int, default=3, help="clients (default 3)")
    parser.add_argument("--minutes", type=float, default=60.0, help="at most (default 60)")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    os.environ["MILLRACE_BINARY"] = os.path.abspath(asked.millrace)
    loop = Loop(asked)
    try:
        code = loop.run()
    finally:
        loop.close()
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
