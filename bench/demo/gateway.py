"""What the demo starts: the model servers and Millrace, with its admin API."""

import atexit
import http.client
import json
import select
import signal
import socket
import subprocess
import time

ROUTE = "risk"
CONFIG = """\
workers: 1
data_dir: {folder}/data
admin: {{bind: "127.0.0.1:{admin}", token_file: "{folder}/admin.token"}}
listeners:
  - bind: 127.0.0.1:{port}
backends:
{backends}
routes:
  - name: risk
    match: {{path: /score/risk, method: POST}}
    backend_refs:
{refs}
    timeouts: {{total: 2s}}
{rollout}"""
ROLLOUT = """\
    rollout:
      candidate: {candidate}
      primary: {primary}
      steps: [10, 50, 100]
      guardrails:
        - {{metric: error_rate, max_ratio: 2, floor: 0.05}}
        - {{metric: latency_p95, slo: 500ms}}
"""

_children = []


class DemoFailure(Exception):
    """Something that must work does not; the text is for people."""


def start(command, **more):
    # A session of its own: Ctrl-C reaches the demo alone, which then ends its children in order.
    child = subprocess.Popen([str(word) for word in command], start_new_session=True, **more)
    _children.append(child)
    return child


def stop(child, grace):
    """Ends a child; true when it went by itself and with 0."""
    _children.remove(child)
    child.terminate()
    try:
        return child.wait(grace) == 0
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return False


def stop_all():
    for child in list(_children):
        stop(child, grace=5.0)


atexit.register(stop_all)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_model(program, name, latency_ms, error_rate):
    """Starts a model server on a free port, which it prints, and returns the port."""
    child = start(
        [program, "--port", 0, "--name", name, "--latency-ms", latency_ms,
         "--error-rate", error_rate],
        stdout=subprocess.PIPE, text=True,
    )
    ready, _, _ = select.select([child.stdout], [], [], 10.0)
    words = child.stdout.readline().split() if ready else []
    if words[:2] != ["listening", "on"]:
        raise DemoFailure(f"the model server {name} does not start")
    return int(words[2])


class Gateway:
    """Millrace under its temporary configuration."""

    def __init__(self, program, folder, models, weights):
        self.port, self.admin_port = free_port(), free_port()
        self.admin = f"http://127.0.0.1:{self.admin_port}"
        self.folder, self.models = folder, models
        self.config = folder / "millrace.yaml"
        self.write_config(weights)
        self.log = folder / "millrace.log"
        self.program = program
        self.run()

    def run(self):
        with open(self.log, "ab") as log:
            command = [self.program, "serve", "-c", self.config]
            self.child = start(command, stdout=log, stderr=log)
        self.wait_until_ready()

    def write_config(self, weights, rollout=""):
        backends = "\n".join(
            f'  {name}: {{url: "http://127.0.0.1:{port}/ml/v4/deployments/'
            f'{name.replace("-", "_")}/predictions?version=2026-01-01"}}'
            for name, port in self.models.items()
        )
        refs = "\n".join(
            f"      - {{backend: {name}, weight: {weight}}}"
            for name, weight in zip(self.models, weights)
        )
        self.config.write_text(CONFIG.format(
            admin=self.admin_port, port=self.port, folder=self.folder, backends=backends, refs=refs,
            rollout=rollout,
        ))

    def wait_until_ready(self):
        end = time.monotonic() + 15.0
        while time.monotonic() < end and self.child.poll() is None:
            try:
                if self.ask("GET", "/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise DemoFailure(f"millrace does not start:\n{self.log.read_text(errors='replace')}")

    def ask(self, method, path, content=None):
        """One request to the admin API: status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=5.0)
        fields = {}
        token = self.folder / "admin.token"
        if token.exists():
            fields["Authorization"] = f"Bearer {token.read_text().strip()}"
        body = None
        if content is not None:
            fields["Content-Type"] = "application/json"
            body = json.dumps(content)
        try:
            connection.request(method, path, body, fields)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as error:
            raise DemoFailure(f"{method} {path} got no proper answer: {error!r}") from error
        finally:
            connection.close()

    def versions(self):
        """The route's versions, as the admin API tells them."""
        status, body = self.ask("GET", "/api/v1/routes")
        if status != 200:
            raise DemoFailure(f"GET /api/v1/routes: {status} {body.decode(errors='replace')}")
        route = next(one for one in json.loads(body)["routes"] if one["name"] == ROUTE)
        return route["backend_refs"]

    def counts(self):
        """Requests so far by version."""
        return {version["backend"]: version["requests"] for version in self.versions()}

    def set_weights(self, weights):
        wanted = {"weights": dict(zip(self.models, weights))}
        status, body = self.ask("PUT", f"/api/v1/routes/{ROUTE}/weights", wanted)
        if status not in (200, 204):
            raise DemoFailure(f"the weights were refused: {status} {body.decode(errors='replace')}")

    def reload(self, weights):
        """Edits the file, asks for a reload, and waits until it is in force."""
        self.write_config(weights)
        self.child.send_signal(signal.SIGHUP)
        end = time.monotonic() + 5.0
        while time.monotonic() < end:
            if tuple(version["weight"] for version in self.versions()) == tuple(weights):
                return
            time.sleep(0.05)
        raise DemoFailure(f"the reload had no effect:\n{self.log.read_text(errors='replace')}")

    def begin_rollout(self, weights, candidate, primary):
        """Edits the file so that the route has a rollout, and asks for a reload."""
        self.write_config(weights, ROLLOUT.format(candidate=candidate, primary=primary))
        self.child.send_signal(signal.SIGHUP)
        end = time.monotonic() + 5.0
        while time.monotonic() < end:
            rollout = self.rollout()
            if rollout is not None and candidate in (one["backend"] for one in rollout["candidates"]):
                return
            time.sleep(0.05)
        raise DemoFailure(f"the rollout does not begin:\n{self.log.read_text(errors='replace')}")

    def rollout(self):
        """The route's rollout, as the admin API tells it, or nothing."""
        status, body = self.ask("GET", f"/api/v1/rollouts/{ROUTE}")
        return json.loads(body) if status == 200 else None

    def kill(self):
        """As a crash: no warning, no time to write anything."""
        _children.remove(self.child)
        self.child.kill()
        self.child.wait()

    def stop(self):
        return stop(self.child, grace=10.0)
