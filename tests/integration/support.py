"""What every integration test needs: a running gateway, scripted upstreams, a raw client, deadlines.

Nothing here sleeps for a fixed time to let something happen: it waits for it, with a deadline.
"""
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from wire import Client, Upstream, fetch, named  # noqa: F401  (one import for the tests)

PATIENCE = 10.0  # seconds until a wait is a failure; never a measure of speed


def binary():
    return os.environ["MILLRACE_BINARY"]


def wait_until(predicate, what, timeout=PATIENCE):
    """Returns the predicate's first true value; fails the test after the deadline."""
    deadline = time.monotonic() + timeout
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("still waiting after %.1f s for %s" % (timeout, what))
        time.sleep(0.003)


def needed_program(name):
    """The path of a program, or a failure: a missing program must never look like a passed test."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
    if path is None:
        raise AssertionError("%s is not installed: this test cannot run without it" % name)
    return path


def free_port():
    """A port for a program that cannot choose one itself: below those that the kernel gives away, so
    that no connection of another test takes it before the program does."""
    for _ in range(1000):
        port = random.randrange(12000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise AssertionError("no free port")


def simple_config(*upstreams, weights=None, **route):
    """One route over all paths; backends b0, b1 … in the order of the upstreams."""
    backends = {"b%d" % i: {"url": up.url} for i, up in enumerate(upstreams)}
    refs = [{"backend": name, "weight": (weights or [1] * len(backends))[i]}
            for i, name in enumerate(backends)]
    base = {"name": "all", "match": {"path_prefix": "/"}, "backend_refs": refs}
    return {"workers": 2, "backends": backends, "routes": [dict(base, **route)]}


class Gateway:
    """A `millrace serve` of its own, on free ports, in a directory of its own."""

    def __init__(self, config, env=None, open_files=None, start=True, wrapper=()):
        self.directory = tempfile.mkdtemp(prefix="millrace-it-")
        self.path = os.path.join(self.directory, "millrace.yaml")
        self.token_file = os.path.join(self.directory, "admin.token")
        self.config = config
        self.env = dict(os.environ, **(env or {}))
        self.open_files = open_files
        self.wrapper = list(wrapper)  # words in front of the command
        self.process = None
        self.write_config(config)
        if start:
            self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    # -- life
    def complete(self, config):
        """The configuration with what every test wants: free ports, a token file of its own."""
        full = dict(config)
        full.setdefault("listeners", [{}])
        full["listeners"] = [dict({"bind": "127.0.0.1:0"}, **one) for one in full["listeners"]]
        full.setdefault("admin", {"bind": "127.0.0.1:0", "token_file": self.token_file})
        return full

    def write_config(self, config):
        self.config = config
        text = config if isinstance(config, str) else json.dumps(self.complete(config), indent=1)
        with open(self.path + ".new", "w") as file:
            file.write(text)
        os.replace(self.path + ".new", self.path)

    def start(self):
        self.log, self.log_changed, self.stdout = [], threading.Condition(), []
        command = [binary(), "serve", "-c", self.path]
        if self.open_files:
            command = ["bash", "-c", 'ulimit -n %d; exec "$@"' % self.open_files, "-"] + command
        self.process = subprocess.Popen(self.wrapper + command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env=self.env)
        self.log_reader = threading.Thread(target=self._read_log, args=(self.process.stderr,),
                                           daemon=True)
        self.log_reader.start()
        threading.Thread(target=self._read_stdout, args=(self.process.stdout,), daemon=True).start()
        self.wait_for_log("ready", exactly=True)
        self.ports = [int(found.group(1)) for found in
                      (re.match(r"listening on .*:(\d+)$", line) for line in self.messages())
                      if found]
        self.port = self.ports[0]
        admin = [re.match(r"admin on .*:(\d+), token in (.*)$", m) for m in self.messages()]
        admin = [found for found in admin if found]
        self.admin_port = int(admin[0].group(1)) if admin else None
        return self

    def _read_log(self, pipe):
        for line in pipe:
            with self.log_changed:
                try:
                    self.log.append(json.loads(line))
                except ValueError:
                    self.log.append({"level": "unreadable", "message": line.decode("latin-1")})
                self.log_changed.notify_all()
        pipe.close()

    def _read_stdout(self, pipe):
        for line in pipe:
            self.stdout.append(line.decode("utf-8", "replace"))
        pipe.close()

    def messages(self):
        with self.log_changed:
            return [line["message"] for line in self.log]

    def wait_for_log(self, text, exactly=False, after=0, timeout=PATIENCE):
        """The first log line after the first `after` ones that holds the text."""
        deadline = time.monotonic() + timeout
        with self.log_changed:
            while True:
                for line in self.log[after:]:
                    if line["message"] == text or (not exactly and text in line["message"]):
                        return line
                left = deadline - time.monotonic()
                died = self.process.poll() is not None
                if left <= 0 or died:
                    raise AssertionError("no log line %r (exit %s); log: %s" % (
                        text, self.process.poll(), [entry["message"] for entry in self.log[-8:]]))
                self.log_changed.wait(min(left, 0.2))

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=PATIENCE):
        return self.process.wait(timeout)

    def stop(self):
        """Ends it; a gateway that does not end by itself is killed and fails the test."""
        if self.process is None:
            return None
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(1.0)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGTERM)  # a second one ends it at once
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    raise AssertionError("the gateway did not end on two SIGTERMs")
        if process.returncode < 0:
            raise AssertionError("the gateway died of signal %d; log: %s" % (
                -process.returncode, self.messages()[-8:]))
        self.log_reader.join(PATIENCE)
        foreign = self.foreign_lines()
        if any("Sanitizer" in line or "runtime error" in line for line in foreign):
            raise AssertionError("a sanitizer found something:\n" + "".join(foreign[:80]))
        return process.returncode

    def foreign_lines(self):
        """What is on standard error and not from our log: reports of sanitizers, above all."""
        with self.log_changed:
            return [line["message"] for line in self.log if line["level"] == "unreadable"]

    def restart(self):
        self.stop()
        return self.start()

    def rss(self):
        with open("/proc/%d/status" % self.process.pid) as file:
            return int(re.search(r"VmRSS:\s+(\d+) kB", file.read()).group(1)) * 1024

    def open_sockets(self):
        return len(os.listdir("/proc/%d/fd" % self.process.pid))

    # -- admin
    @property
    def token(self):
        with open(self.token_file) as file:
            return file.read().strip()

    def admin(self, method, path, body=None, token=True, headers=None):
        """(status, headers, body) of one call of the admin API."""
        fields = {}
        if token:
            fields["Authorization"] = "Bearer " + (self.token if token is True else token)
        if body is not None:
            fields["Content-Type"] = "application/json"
            body = body if isinstance(body, (str, bytes)) else json.dumps(body)
        fields.update(headers or {})
        fields = {name: value for name, value in fields.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=PATIENCE)
        try:
            connection.request(method, path, body=body, headers=fields)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    def admin_json(self, method, path, body=None, **more):
        status, _, text = self.admin(method, path, body, **more)
        return status, json.loads(text)

    def set_weights(self, route, **weights):
        status, answer = self.admin_json("PUT", "/api/v1/routes/%s/weights" % route,
                                         {"weights": weights})
        assert status == 200, (status, answer)
        return answer

    def reload(self):
        return self.admin_json("POST", "/api/v1/reload", {})

    def metrics_text(self):
        return self.admin("GET", "/metrics", token=False)[2]

    def metric(self, name, **labels):
        """The value of a series; 0 when it does not exist; summed when the labels name several."""
        total = 0.0
        for line in self.metrics_text().splitlines():
            found = re.match(r"%s(?:\{(.*)\})? (\S+)$" % re.escape(name), line)
            if found:
                given = dict(re.findall(r'(\w+)="([^"]*)"', found.group(1) or ""))
                if all(given.get(key) == value for key, value in labels.items()):
                    total += float(found.group(2))
        return total

    def wait_for_metric(self, name, value, **labels):
        wait_until(lambda: self.metric(name, **labels) == value,
                   "%s%s to be %s; at first it was %s" % (
                       name, labels, value, self.metric(name, **labels)))


class GatewayTest(unittest.TestCase):
    """Starts gateways and upstreams, and ends them whatever happens."""

    longMessage = True

    def gateway(self, config, **more):
        started = Gateway(config, **more)
        self.addCleanup(started.__exit__)
        return started

    def upstream(self, *args, **more):
        started = Upstream(*args, **more)
        self.addCleanup(started.close)
        return started

    def client(self, gateway, **more):
        opened = Client(gateway.port, **more)
        self.addCleanup(opened.close)
        return opened

    def assert_refused(self, answer, status, reason):
        """The gateway's own answer in its own shape."""
        self.assertEqual(answer.status, status, answer.body)
        body = json.loads(answer.body)
        self.assertEqual(body["reason"], reason)
        self.assertTrue(body["error"])
        self.assertEqual(body["request_id"], answer.get("x-request-id"))


def command(*arguments, env=None, timeout=PATIENCE):
    """(exit code, stdout, stderr) of one run of the program."""
    done = subprocess.run([binary()] + list(arguments), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=dict(os.environ, **(env or {})),
                          timeout=timeout)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def main():
    """`python3 x_test.py PATH_TO_MILLRACE [unittest arguments]`."""
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit("usage: %s PATH_TO_MILLRACE [TEST ...]" % sys.argv[0])
    os.environ["MILLRACE_BINARY"] = os.path.abspath(sys.argv[1])
    program = unittest.main(module="__main__", argv=[sys.argv[0]] + sys.argv[2:], exit=False,
                            verbosity=2, warnings="ignore")
    skipped = program.result.skipped
    for test, why in skipped:
        print("SKIPPED %s: %s" % (test, why), file=sys.stderr)
    sys.stderr.flush()
    os._exit(0 if program.result.wasSuccessful() and not skipped else 1)
