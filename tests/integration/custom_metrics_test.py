#!/usr/bin/env python3
"""Custom metrics: a real Prometheus that promotion waits for, every state of a provider, Iter8's documents."""
import http.server
import json
import os
import ssl
import subprocess
import tempfile
import threading

from rollout_test import Load
from support import GatewayTest, command, free_port, main, needed_program, wait_until
from wire import canned_answer

FROM_PROMETHEUS = ".data.result[0].value[1] | tonumber"
SECRET = "t0p-s3cret-of-the-provider"


def answering(text, status=200):
    """An upstream's behaviour: always the same body."""
    def behave(connection, request):
        connection.answer(status, text.encode(), [("Content-Type", "application/json")])
    return behave


class Seven(http.server.BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: the name that http.server calls
        self.send_response(200)
        self.send_header("Content-Length", "1")
        self.end_headers()
        self.wfile.write(b"7")

    def log_message(self, *_):
        pass


class CustomMetricsTest(GatewayTest):
    def config(self, metrics, candidate=200, **rollout):
        good = self.upstream(canned=canned_answer())
        answer = canned_answer() if candidate == 200 else (
            b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % candidate)
        tried = self.upstream(canned=answer)
        return {
            "workers": 2,
            "backends": {"v1": {"url": good.url}, "v2": {"url": tried.url}},
            "routes": [{
                "name": "all", "match": {"path_prefix": "/"}, "timeouts": {"total": "1s"},
                "backend_refs": [{"backend": "v1", "weight": 100}, {"backend": "v2", "weight": 0}],
                "rollout": dict({
                    "candidate": "v2", "steps": [50, 100],
                    "guardrails": [{"metric": "error_rate", "max_ratio": 2, "floor": 0.1}]},
                    **rollout)}],
            "custom_metrics": metrics}

    def load(self, gateway):
        load = Load(gateway)
        self.addCleanup(load.close)
        return load

    def candidate(self, gateway):
        """The candidate as the API tells it; nothing until the controller has looked at it."""
        status, found = gateway.admin_json("GET", "/api/v1/rollouts/all")
        return dict(found["candidates"][0], phase=found["phase"]) if status == 200 else {}

    def wait_for_phase(self, gateway, phase, timeout=60.0):
        wait_until(lambda: self.candidate(gateway).get("phase") == phase,
                   "the rollout to be " + phase, timeout)

    def wait_for_state(self, gateway, metric, state, timeout=30.0):
        """The metric of the candidate once it is in the state."""
        def find():
            for each in self.candidate(gateway).get("metrics", []):
                if each["name"] == metric and each["candidate"]["state"] == state:
                    return each
            return None
        return wait_until(find, "%s to be %s" % (metric, state), timeout)

    def is_proven(self, gateway):
        guardrails = self.candidate(gateway).get("guardrails")
        return guardrails and all(
            each["log_e_promotion"] >= each["promotion_threshold"] and each["step_outcomes"] >= 50
            for each in guardrails)

    def prometheus(self, target):
        """The URL of a Prometheus of its own that scrapes the target every second."""
        directory = tempfile.TemporaryDirectory(prefix="millrace-prometheus-")
        self.addCleanup(directory.cleanup)
        path = os.path.join(directory.name, "prometheus.yml")
        with open(path, "w") as file:
            json.dump({"global": {"scrape_interval": "1s"}, "scrape_configs": [{
                "job_name": "models",
                "static_configs": [{"targets": ["127.0.0.1:%d" % target]}]}]}, file)
        log = open(os.path.join(directory.name, "log"), "w+")
        self.addCleanup(log.close)
        port = free_port()
        process = subprocess.Popen(
            [needed_program("prometheus"), "--config.file=" + path,
             "--storage.tsdb.path=" + os.path.join(directory.name, "data"),
             "--web.listen-address=127.0.0.1:%d" % port], stdout=log, stderr=subprocess.STDOUT)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return "http://127.0.0.1:%d/api/v1/query" % port

    # -- a real provider
    def test_promotion_waits_for_a_value_of_prometheus(self):
        cost = {"v1": 5.0, "v2": 9.0}

        def export(connection, request):
            lines = ["cost{version=\"%s\"} %g" % each for each in cost.items()]
            connection.answer(200, ("\n".join(lines) + "\n").encode(),
                              [("Content-Type", "text/plain; version=0.0.4")])

        url = self.prometheus(self.upstream(export).port)
        gateway = self.gateway(self.config(
            {"cost": {"url": url, "jq": FROM_PROMETHEUS, "interval": "200ms", "params": {
                "query": "last_over_time(cost{version='$tag'}[${elapsedTime}s])"}}},
            objectives=[{"metric": "cost", "upper_limit": 6, "max_ratio": 1.5}],
            variables={"v1": {"tag": "v1"}, "v2": {"tag": "v2"}}))
        self.load(gateway)

        seen = self.wait_for_state(gateway, "cost", "fresh", timeout=60.0)
        self.assertEqual((seen["candidate"]["value"], seen["holds"]), (9.0, False))
        self.assertEqual(seen["lack"], "cost: 9, more than 6")
        wait_until(lambda: self.is_proven(gateway), "the guardrail's proof", 60.0)
        self.assertEqual(self.candidate(gateway)["phase"], "progressing")
        told = command("explain", "all", "--admin", "127.0.0.1:%d" % gateway.admin_port,
                       "--token-file", gateway.token_file)
        self.assertIn("objective cost: 9", told[1])
        self.assertIn("missing: cost: 9, more than 6", told[1])

        cost["v2"] = 4.0

        self.wait_for_phase(gateway, "succeeded")
        self.assertGreater(gateway.metric(
            "millrace_custom_metric_fetches_total", metric="cost", state="fresh"), 0)

    # -- states
    def failing(self):
        """One metric for each state of a provider, and what they are called."""
        ended = threading.Event()
        self.addCleanup(ended.set)
        silent = self.upstream(lambda connection, request: ended.wait(60))
        urls = {
            "down": "http://127.0.0.1:%d" % free_port(),
            "slow": silent.url,
            "status": self.upstream(answering("{}", status=503)).url,
            "html": self.upstream(answering("<html>")).url,
            "words": self.upstream(answering('{"data": {"result": [{"value": [1, "many"]}]}}')).url,
            "empty": self.upstream(answering('{"data": {"result": []}}')).url,
            "fine": self.upstream(answering('{"data": {"result": [{"value": [1, "7"]}]}}')).url}
        metrics = {name: {"url": url, "jq": FROM_PROMETHEUS, "interval": "100ms",
                          "timeout": "300ms" if name == "slow" else "10s"}
                   for name, url in urls.items()}
        states = {"down": "provider down", "slow": "slow", "status": "wrong", "html": "wrong",
                  "words": "wrong", "empty": "no value", "fine": "fresh"}
        return metrics, states

    def test_every_state_of_a_provider_has_its_name(self):
        metrics, states = self.failing()
        gateway = self.gateway(self.config(metrics, indicators=sorted(metrics)))

        for name, state in states.items():
            self.wait_for_state(gateway, name, state)
        counted = {state: gateway.metric("millrace_custom_metric_fetches_total", metric=name,
                                         state=state) for name, state in states.items()}
        self.assertTrue(all(counted.values()), counted)
        self.assertEqual(gateway.metric(
            "millrace_custom_metric_value", route="all", metric="fine", version="v2"), 7.0)

    def test_a_provider_that_fails_stops_promotion_and_no_rollback(self):
        metrics, _ = self.failing()
        objectives = [{"metric": name, "upper_limit": 100} for name in ("down", "slow", "html")]

        good = self.gateway(self.config(metrics, objectives=objectives))
        self.load(good)
        wait_until(lambda: self.is_proven(good), "the guardrail's proof", 60.0)
        self.assertEqual(self.candidate(good)["phase"], "progressing")

        bad = self.gateway(self.config(metrics, candidate=503, objectives=objectives))
        self.load(bad)
        self.wait_for_phase(bad, "failed")
        self.assertEqual(self.candidate(bad)["why_out"], "error_rate")

    def test_a_provider_that_comes_back_lets_the_rollout_go_on(self):
        port = free_port()
        gateway = self.gateway(self.config(
            {"cost": {"url": "http://127.0.0.1:%d" % port, "jq": ".", "interval": "100ms"}},
            objectives=[{"metric": "cost", "upper_limit": 6}]))
        self.load(gateway)
        self.wait_for_state(gateway, "cost", "provider down")

        self.upstream(answering("5"), port=port)

        self.wait_for_phase(gateway, "succeeded")

    # -- secrets
    def test_secrets_reach_the_provider_and_nobody_else(self):
        provider = self.upstream(answering("1"))
        gateway = self.gateway(self.config(
            {"cost": {"url": provider.url + "/$token", "jq": ".", "interval": "100ms",
                      "auth": "bearer", "secrets": {"token": {"env": "PROVIDER_TOKEN"}}}},
            indicators=["cost"]), env={"PROVIDER_TOKEN": SECRET})
        self.wait_for_state(gateway, "cost", "fresh")

        asked = provider.request()
        self.assertEqual(asked.target, "/" + SECRET)
        self.assertIn(("authorization", "Bearer " + SECRET),
                      [(name.lower(), value) for name, value in asked.fields])
        dump = gateway.admin("GET", "/config_dump")[2]
        said = dump + gateway.metrics_text() + json.dumps(gateway.messages()) + json.dumps(
            self.candidate(gateway))
        self.assertNotIn(SECRET, said)

    def test_a_certificate_is_verified(self):
        directory = tempfile.TemporaryDirectory(prefix="millrace-tls-")
        self.addCleanup(directory.cleanup)
        key, certificate = (os.path.join(directory.name, name) for name in ("key.pem", "cert.pem"))
        subprocess.run(
            [needed_program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
             key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Seven)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        right = {"url": "https://localhost:%d" % server.server_port, "jq": ".",
                 "interval": "100ms", "ca_file": certificate}
        metrics = {
            "verified": right,
            "unknown": {key: value for key, value in right.items() if key != "ca_file"},
            "other": dict(right, url="https://127.0.0.1:%d" % server.server_port)}
        gateway = self.gateway(self.config(metrics, indicators=sorted(metrics)))

        self.assertEqual(
            self.wait_for_state(gateway, "verified", "fresh")["candidate"]["value"], 7)
        self.wait_for_state(gateway, "unknown", "provider down")
        self.wait_for_state(gateway, "other", "provider down")

    # -- Iter8's documents
    def write(self, name, text):
        directory = tempfile.TemporaryDirectory(prefix="millrace-iter8-")
        self.addCleanup(directory.cleanup)
        path = os.path.join(directory.name, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def test_a_metric_document_is_taken_as_it_is(self):
        provider = self.upstream(answering('{"data": {"result": [{"value": [1, "7"]}]}}'))
        path = self.write("metric.yaml", METRIC % provider.url)
        config = self.config({}, objectives=[{"metric": "mean-latency", "upper_limit": 420}])
        gateway = self.gateway(dict(config, metric_files=[path]))

        seen = self.wait_for_state(gateway, "mean-latency", "fresh")

        self.assertEqual(seen["candidate"]["value"], 7.0)
        targets = [provider.request(number).target for number in (0, 1)]
        self.assertTrue(any("service_name%3D~%27.%2Av2%27" in each for each in targets), targets)

    def test_an_imported_experiment_passes_the_check(self):
        path = self.write("experiment.yaml", EXPERIMENT + "---\n" + METRIC % "http://prometheus:9090")

        status, made, told = command("import", "iter8", path)

        self.assertEqual(status, 0, told)
        self.assertIn("largest value wins nothing", told)
        self.assertIn("# The reward iter8-knative/mean-latency", made)
        checked = command("check", "-c", self.write("millrace.yaml", made))
        self.assertEqual(checked[0], 0, checked)

    def test_a_wrong_expression_is_found_by_the_check(self):
        config = self.config({"cost": {"url": "http://127.0.0.1:1", "jq": ".a |"}})
        path = self.write("millrace.yaml", json.dumps(dict(
            config, listeners=[{"bind": "127.0.0.1:0"}])))

        status, _, told = command("check", "-c", path)

        self.assertEqual(status, 3)
        self.assertIn("custom metric 'cost': jq:", told)


METRIC = """apiVersion: iter8.tools/v2alpha2
kind: Metric
metadata:
  name: mean-latency
  namespace: iter8-knative
  labels: {creator: iter8}
spec:
  description: Mean latency
  units: milliseconds
  type: Gauge
  provider: prometheus
  urlTemplate: %s
  params:
  - name: query
    value: |
      sum(increase(latency_sum{service_name=~'.*$name'}[${elapsedTime}s])) or on() vector(0)
  jqExpression: ".data.result[0].value[1] | tonumber"
"""

EXPERIMENT = """apiVersion: iter8.tools/v2alpha2
kind: Experiment
metadata: {name: sklearn-iris, namespace: default}
spec:
  target: default/sklearn-iris
  strategy:
    testingPattern: A/B
    deploymentPattern: Progressive
    weights: {maxCandidateWeight: 60, maxCandidateWeightIncrement: 20}
    actions: {finish: [{run: "kubectl apply -f x"}]}
  versionInfo:
    baseline: {name: iris-v1, variables: [{name: revision, value: iris-00001}]}
    candidates: [{name: iris-v2, variables: [{name: revision, value: iris-00002}]}]
  criteria:
    rewards: [{metric: iter8-knative/mean-latency, preferredDirection: Low}]
    objectives:
    - {metric: iter8-knative/mean-latency, upperLimit: 420}
    - {metric: iter8-system/latency-95th-percentile, upperLimit: "300"}
  duration: {intervalSeconds: 15, iterationsPerLoop: 10}
"""

if __name__ == "__main__":
    main()
