#!/usr/bin/env python3
"""Nobody loses a request to a reload, a change of weights or an orderly end."""
import signal
import threading

from support import GatewayTest, fetch, main, simple_config, wait_until
from wire import Client, Closed, canned_answer


class Load:
    """Keep-alive clients that ask until they are stopped, and count what went wrong."""

    def __init__(self, gateway, clients=4):
        self.stopping, self.failures, self.asked = threading.Event(), [], 0
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.ask, args=(gateway.port, i))
                        for i in range(clients)]
        for thread in self.threads:
            thread.start()

    def ask(self, port, index):
        turn = index
        try:
            client = Client(port)
            while not self.stopping.is_set():
                turn += 1
                method = ("GET", "POST")[turn % 2]
                answer = client.fetch("/load", method, body="x" * 100 if method == "POST" else None)
                with self.lock:
                    self.asked += 1
                if answer.status != 200 or answer.body != b"ok" or answer.get("connection"):
                    self.failures.append((answer.status, answer.get("connection"), answer.body[:100]))
            client.close()
        except (Closed, OSError, ValueError) as error:
            self.failures.append(error)

    def go_on(self):
        """Until a hundred more were asked, or something went wrong."""
        enough = self.asked + 100
        wait_until(lambda: self.asked >= enough or self.failures, "a hundred requests")

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(20)


class ReloadUnderLoadTest(GatewayTest):
    def loaded(self):
        ups = [self.upstream(self.answer_ok) for _ in range(2)]
        config = simple_config(*ups, weights=[1, 1])
        gateway = self.gateway(config)
        return gateway, config, Load(gateway)

    @staticmethod
    def answer_ok(connection, request):
        connection.read_body(request)
        connection.send(canned_answer())

    def assert_nothing_was_lost(self, gateway, load):
        load.stop()
        self.assertEqual(load.failures[:5], [])
        self.assertGreater(load.asked, 3000)
        gateway.wait_for_metric("millrace_requests_total", load.asked, code_class="2xx")
        self.assertEqual(gateway.metric("millrace_connections_accepted_total"), 4)

    def test_thirty_reloads_lose_no_request(self):
        gateway, config, load = self.loaded()
        try:
            for turn in range(30):
                changed = dict(config, backends={name: dict(one) for name, one in
                                                 config["backends"].items()})
                changed["backends"]["b1"]["timeouts"] = {"idle": "%ds" % (20 + turn)}  # a new pool
                changed["routes"] = [{"name": "extra", "match": {"path": "/%d" % turn},
                                      "backend_refs": [{"backend": "b0"}]}] + config["routes"]
                gateway.write_config(changed)
                self.assertEqual(gateway.reload()[0], 200)
                load.go_on()
        finally:
            load.stop()
        self.assert_nothing_was_lost(gateway, load)
        self.assertEqual(gateway.metric("millrace_config_reloads_total", result="success"), 31)

    def test_thirty_signals_lose_no_request(self):
        gateway, _, load = self.loaded()
        try:
            for _ in range(30):
                seen = len(gateway.messages())
                gateway.signal(signal.SIGHUP)
                gateway.wait_for_log("reloaded ", after=seen)
                load.go_on()
        finally:
            load.stop()
        self.assert_nothing_was_lost(gateway, load)

    def test_thirty_changes_of_weights_lose_no_request(self):
        gateway, _, load = self.loaded()
        try:
            for turn in range(30):
                gateway.set_weights("all", b0=turn % 3, b1=2 - turn % 2)
                load.go_on()
        finally:
            load.stop()
        self.assert_nothing_was_lost(gateway, load)

    def test_a_backend_that_left_the_file_finishes_its_answers(self):
        begun, go = threading.Event(), threading.Event()

        def slow(connection, _):
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
            begun.set()
            go.wait(10)
            connection.send("half")

        old, new = self.upstream(slow), self.upstream(self.answer_ok)
        gateway = self.gateway(simple_config(old))
        client = self.client(gateway)
        client.request()
        self.assertTrue(begun.wait(5))

        gateway.write_config(simple_config(new))
        self.assertEqual(gateway.reload()[0], 200)
        self.assertEqual(fetch(gateway).body, b"ok")
        go.set()

        answer = client.answer()
        self.assertEqual((answer.body, answer.complete), (b"halfhalf", True))
        self.assertTrue(old.connection().gone.wait(5), "its connections do not rest in a pool")


class DrainTest(GatewayTest):
    def slow_gateway(self):
        self.release = threading.Event()
        self.addCleanup(self.release.set)

        def slow(connection, request):
            connection.read_body(request)
            if request.target == "/slow":
                self.release.wait(10)
            connection.answer(body="done")

        self.up = self.upstream(slow)
        # One worker: when it has closed an idle connection, it has begun to drain.
        return self.gateway(dict(simple_config(self.up), workers=1))

    def test_sigterm_lets_requests_end_and_exits_with_0(self):
        gateway = self.slow_gateway()
        idle, busy, uploading = (self.client(gateway) for _ in range(3))
        self.assertEqual(idle.fetch().status, 200)
        busy.request("/slow")
        uploading.send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
        self.up.request(2)

        gateway.signal(signal.SIGTERM)
        gateway.wait_for_log("draining")

        self.assertTrue(idle.closed_within(), "an idle connection is closed at once")
        self.assertIsNone(gateway.process.poll())
        uploading.send("cd")
        self.release.set()
        answers = [busy.answer(), uploading.answer()]
        self.assertEqual([answer.body for answer in answers], [b"done"] * 2)
        self.assertEqual([answer.get("connection") for answer in answers], ["close"] * 2)
        self.assertEqual(gateway.wait(), 0)

    def test_clients_that_come_while_it_drains_are_refused_and_hurt_nobody(self):
        for _ in range(30):  # some must meet the very moment at which the listener is closed
            gateway = self.gateway(dict(simple_config(self.upstream()), workers=1))
            gateway.signal(signal.SIGTERM)
            try:
                while True:
                    Client(gateway.port).close()
            except OSError:
                pass  # nobody listens any more

            self.assertEqual(gateway.wait(), 0)

    def test_a_second_signal_ends_it_at_once(self):
        gateway = self.slow_gateway()
        busy = self.client(gateway)
        busy.request("/slow")
        self.up.request()

        gateway.signal(signal.SIGINT)
        gateway.wait_for_log("draining")
        gateway.signal(signal.SIGINT)

        self.assertEqual(gateway.wait(), 1)
        self.assertTrue(busy.closed_within())

    def test_an_idle_gateway_ends_at_once_on_either_signal(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            gateway = self.slow_gateway()
            fetch(gateway)
            gateway.signal(number)
            self.assertEqual(gateway.wait(), 0)

    def test_a_tunnel_does_not_keep_the_drain_from_ending_on_a_second_signal(self):
        def switch(connection, _):
            connection.send("HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
            connection.wait_gone()

        gateway = self.gateway(simple_config(self.upstream(switch)))
        client = self.client(gateway)
        client.request(fields=[("Upgrade", "websocket"), ("Connection", "Upgrade")])
        self.assertEqual(client.head().status, 101)

        gateway.signal(signal.SIGTERM)
        gateway.wait_for_log("draining")
        gateway.signal(signal.SIGTERM)

        self.assertEqual(gateway.wait(), 1)
        self.assertTrue(client.closed_within())


if __name__ == "__main__":
    main()
