#!/usr/bin/env python3
"""Runs every HTTP/1.1 case against the real gateway, strictly: once with one worker, once with two.

    conformance_test.py PATH_TO_MILLRACE [--workers 1 --workers 2] [--shards 10] [--only NAME]

The cases wait most of the time, so they run in shards side by side: each shard is a gateway and a
runner of its own. Last line: "<N> passed, <N> failed"; exit 0 only when nothing failed.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))

from support import Gateway, free_port  # noqa: E402

CASE_FILES = ["h1_cases.jsonl", "h1_upstream_cases.jsonl", "h1_more_cases.jsonl"]


def cases(only):
    found = []
    for name in CASE_FILES:
        with open(os.path.join(HERE, name)) as file:
            found += [line for line in file if line.strip() and not line.startswith("//")]
    return [line for line in found if only in json.loads(line)["name"]]


def config(workers, upstream_port):
    backend = {"url": "http://127.0.0.1:%d" % upstream_port, "preserve_host": True,
               "timeouts": {"first_byte": "4s"}}
    return {"workers": workers, "backends": {"upstream": backend},
            "routes": [{"name": "all", "backend_refs": [{"backend": "upstream"}]}]}


class Shard:
    """Some of the cases, against a gateway of their own."""

    def __init__(self, name, workers, lines, directory):
        path = os.path.join(directory, name + ".jsonl")
        with open(path, "w") as file:
            file.writelines(lines)
        self.name, self.wanted = name, len(lines)
        port = free_port()
        self.gateway = Gateway(config(workers, port))
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "run_h1_cases.py"),
             "127.0.0.1:%d" % self.gateway.port, "--upstream-port", str(port), "--strict",
             "--cases", path],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def result(self):
        """(passed, failed); what did not run has failed."""
        text = self.process.communicate()[0].decode("utf-8", "replace")
        for line in text.splitlines():
            if line.startswith("FAIL") or line.startswith("warning"):
                print("[%s] %s" % (self.name, line))
        try:
            self.gateway.__exit__()
        except AssertionError as error:
            print("[%s] FAIL %s" % (self.name, error))
            return 0, self.wanted
        last = re.search(r"^(\d+) passed, (\d+) failed$", text, re.M)
        if not last or int(last.group(1)) + int(last.group(2)) != self.wanted:
            print("[%s] FAIL the runner broke off:\n%s" % (self.name, text[-2000:]))
            return 0, self.wanted
        return int(last.group(1)), int(last.group(2))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--workers", type=int, action="append")
    parser.add_argument("--shards", type=int, default=10)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    os.environ["MILLRACE_BINARY"] = os.path.abspath(given.binary)
    lines = cases(given.only)
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="millrace-conformance-") as directory:
        for workers in given.workers or [1, 2]:
            shards = [Shard("%d-worker-%d" % (workers, i), workers, lines[i::given.shards], directory)
                      for i in range(min(given.shards, len(lines)))]
            results = [shard.result() for shard in shards]
            passed += sum(good for good, _ in results)
            failed += sum(bad for _, bad in results)
    print("%d passed, %d failed" % (passed, failed))
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
