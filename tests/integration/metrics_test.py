#!/usr/bin/env python3
"""What it counts and writes: /metrics for Prometheus, the access log, the operational log."""
import json
import os
import signal
import subprocess
import tempfile
import urllib.parse
import urllib.request

from support import GatewayTest, fetch, free_port, main, needed_program, simple_config, wait_until
from wire import named


def promtool_check(text):
    done = subprocess.run([needed_program("promtool"), "check", "metrics"], input=text.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20)
    return done.returncode, done.stdout.decode()


class MetricsTest(GatewayTest):
    def busy_gateway(self, **config):
        """A gateway that has seen one of each: answers of every class, refusals, aborts."""
        def by_target(connection, request):
            if request.target == "/cut":
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
                connection.close()
            else:
                named("up", int(request.target[1:]))(connection, request)

        gateway = self.gateway(dict(simple_config(self.upstream(by_target), match={"method": [
            "GET", "POST"]}), **config))
        for status in (200, 200, 201, 302, 404, 500):
            self.assertEqual(fetch(gateway, "/%d" % status).status, status)
        self.assertEqual(fetch(gateway, "/200", "POST", body="x" * 1000).status, 200)
        self.assertFalse(fetch(gateway, "/cut").complete)
        self.assertEqual(fetch(gateway, "/200", "DELETE").status, 404)
        self.assertEqual(fetch(gateway, "/../x").status, 400)
        gateway.wait_for_metric("millrace_requests_total", 8)  # recorded after the answer is sent
        return gateway

    def test_promtool_finds_nothing_wrong(self):
        code, text = promtool_check(self.busy_gateway().metrics_text())

        self.assertEqual((code, text), (0, ""))

    def test_counters_equal_what_was_sent(self):
        gateway = self.busy_gateway()
        def ended(code_class):
            return gateway.metric("millrace_requests_total", route="all", version="b0",
                                  code_class=code_class)

        self.assertEqual([ended(one) for one in ("2xx", "3xx", "4xx", "5xx")], [5, 1, 1, 1])
        self.assertEqual(gateway.metric("millrace_requests_total"), 8)
        self.assertEqual(gateway.metric("millrace_requests_received_total"), 10)
        self.assertEqual(gateway.metric("millrace_requests_without_route_total"), 1)
        self.assertEqual(gateway.metric("millrace_request_bytes_total"), 1000)
        self.assertEqual(gateway.metric("millrace_request_duration_seconds_count"), 8)
        self.assertEqual(gateway.metric("millrace_request_duration_seconds_bucket", le="+Inf"), 8)
        self.assertEqual(gateway.metric("millrace_aborted_exchanges_total", reason="upstream_cut"), 1)
        self.assertEqual(gateway.metric("millrace_failures_total", origin="upstream"), 1)
        self.assertEqual(gateway.metric("millrace_connections_accepted_total"), 10)
        gateway.wait_for_metric("millrace_connections_open", 0)

    def test_requests_of_both_versions_add_up(self):
        config = simple_config(self.upstream(), self.upstream(), weights=[1, 3])
        gateway = self.gateway(config)
        client = self.client(gateway)
        seen = [client.fetch().get("x-millrace-version") for _ in range(400)]

        for version in ("b0", "b1"):
            gateway.wait_for_metric("millrace_requests_total", seen.count(version), version=version)
        self.assertEqual(gateway.metric("millrace_weight", route="all", version="b1"), 3)

    def test_bounds_of_the_histograms_are_configured(self):
        gateway = self.busy_gateway(metrics={"latency_buckets": ["2ms", "3s"],
                                             "first_byte_buckets": ["10s"]})

        self.assertEqual(gateway.metric("millrace_request_duration_seconds_bucket", le="3"), 8)
        self.assertEqual(gateway.metric("millrace_time_to_first_byte_seconds_bucket", le="10"), 8)
        self.assertNotIn('le="0.25"', gateway.metrics_text())

    def test_a_real_prometheus_scrapes_it(self):
        gateway = self.busy_gateway()
        expected = gateway.metric("millrace_requests_total", code_class="2xx")
        directory = tempfile.TemporaryDirectory(prefix="millrace-prometheus-")
        self.addCleanup(directory.cleanup)
        path = os.path.join(directory.name, "prometheus.yml")
        with open(path, "w") as file:
            json.dump({"global": {"scrape_interval": "1s"}, "scrape_configs": [{
                "job_name": "millrace",
                "static_configs": [{"targets": ["127.0.0.1:%d" % gateway.admin_port]}]}]}, file)
        log = open(os.path.join(directory.name, "log"), "w+")
        self.addCleanup(log.close)
        port = free_port()
        process = subprocess.Popen(
            [needed_program("prometheus"), "--config.file=" + path,
             "--storage.tsdb.path=" + os.path.join(directory.name, "data"),
             "--web.listen-address=127.0.0.1:%d" % port], stdout=log, stderr=subprocess.STDOUT)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)

        def query(expression):
            try:
                url = "http://127.0.0.1:%d/api/v1/query?query=%s" % (
                    port, urllib.parse.quote(expression))
                with urllib.request.urlopen(url, timeout=5) as answer:
                    return [float(one["value"][1]) for one in json.load(answer)["data"]["result"]]
            except OSError:
                self.assertIsNone(process.poll(), "prometheus ended")
                return []

        wait_until(lambda: query('up{job="millrace"}') == [1.0], "a good scrape", timeout=30)
        self.assertEqual(query('millrace_requests_total{route="all",version="b0",code_class="2xx"}'),
                         [expected])
        self.assertEqual(query('sum(millrace_request_duration_seconds_count)'), [8.0])
        bounds = query("histogram_quantile(0.5, sum by (le) "
                       "(millrace_request_duration_seconds_bucket))")
        self.assertTrue(0 < bounds[0] < 10, bounds)


class AccessLogTest(GatewayTest):
    def logged(self, path=None):
        config = simple_config(self.upstream(), match={"path_prefix": "/a"})
        gateway = self.gateway(config, start=False)
        self.log_path = path or os.path.join(gateway.directory, "access.log")
        gateway.write_config(dict(config, log={"access": self.log_path}))
        return gateway.start()

    def lines(self, count, path=None):
        def enough():
            if not os.path.exists(path or self.log_path):
                return None
            with open(path or self.log_path) as file:
                found = file.read()
            complete = found.endswith("\n") and found.count("\n") >= count
            return [json.loads(line) for line in found.splitlines()] if complete else None

        return wait_until(enough, "%d lines of the access log" % count)

    def test_every_exchange_is_one_line_of_json(self):
        gateway = self.logged()
        self.assertEqual(fetch(gateway, "/a?q=\"", fields={"x-request-id": "r1"}).status, 200)
        answer = fetch(gateway, "/a?q=1", "POST", body="x" * 10, fields={"x-request-id": "r2"})
        fetch(gateway, "/nowhere", fields={"x-request-id": "r3"}, version="1.0")

        lines = {line["request_id"]: line for line in self.lines(3)}

        self.assertEqual(lines["r1"]["target"], "/a?q=\"")
        one = lines["r2"]
        self.assertEqual(
            (one["client"], one["method"], one["host"], one["target"], one["protocol"], one["status"],
             one["route"], one["version"], one["reason"], one["bytes_received"], one["bytes_sent"]),
            ("127.0.0.1", "POST", "example.test", "/a?q=1", "HTTP/1.1", 200, "all", "b0", "ok", 10,
             len(answer.body)))
        self.assertEqual(one["endpoint"].split(":")[0], "127.0.0.1")
        self.assertTrue(0 < one["first_byte_seconds"] <= one["latency_seconds"] < 10)
        self.assertRegex(one["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$")
        lost = lines["r3"]
        self.assertEqual((lost["status"], lost["reason"], lost["route"], lost["protocol"]),
                         (404, "no_route", "", "HTTP/1.0"))

    def test_a_thousand_exchanges_are_a_thousand_lines(self):
        gateway = self.logged()
        client = self.client(gateway)
        ids = [client.fetch("/a").get("x-request-id") for _ in range(1000)]

        lines = self.lines(1000)

        self.assertEqual([line["request_id"] for line in lines], ids)
        self.assertEqual(gateway.metric("millrace_access_log_dropped_lines_total"), 0)

    def test_the_log_is_opened_again_on_a_signal(self):
        gateway = self.logged()
        fetch(gateway, "/a")
        self.lines(1)
        os.rename(self.log_path, self.log_path + ".1")
        gateway.signal(signal.SIGUSR1)

        wait_until(lambda: os.path.exists(self.log_path), "the new file")
        fetch(gateway, "/a")

        self.lines(1)
        self.assertEqual(len(self.lines(1, self.log_path + ".1")), 1)

    def test_stdout_takes_the_log_too_and_an_orderly_end_loses_nothing(self):
        gateway = self.logged("stdout")
        client = self.client(gateway)
        for _ in range(50):
            client.fetch("/a")
        gateway.signal(signal.SIGTERM)
        gateway.wait()

        wait_until(lambda: len(gateway.stdout) == 50, "fifty lines on stdout")
        self.assertEqual({json.loads(line)["status"] for line in gateway.stdout}, {200})


class LogTest(GatewayTest):
    def test_the_operational_log_is_json_and_names_the_ports(self):
        gateway = self.gateway(simple_config(self.upstream()))
        fetch(gateway)

        self.assertTrue(all(set(line) >= {"time", "level", "message"} for line in gateway.log))
        self.assertEqual({line["level"] for line in gateway.log}, {"info"})


if __name__ == "__main__":
    main()
