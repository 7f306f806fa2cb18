#!/usr/bin/env python3
"""Connections to upstreams: lent, given back, replaced, and never trusted after a surprise."""
import threading
import time

from support import GatewayTest, fetch, main, named, simple_config, wait_until
from wire import Closed


class UpstreamTest(GatewayTest):
    def in_front_of(self, behave, **backend):
        """A gateway with one worker in front of one upstream that does as told."""
        self.up = self.upstream(behave)
        config = simple_config(self.up)
        config["workers"] = 1
        config["backends"]["b0"].update(backend)
        return self.gateway(config)

    def opened(self, gateway):
        return gateway.metric("millrace_upstream_connections_opened_total")

    # -- the pool
    def test_a_connection_is_reused_one_request_after_the_other(self):
        gateway = self.in_front_of(named("up"))

        for _ in range(20):
            self.assertEqual(fetch(gateway).status, 200)

        self.assertEqual(len(self.up.connections), 1)
        self.assertEqual(gateway.metric("millrace_upstream_connections_reused_total"), 19)
        self.assertEqual(gateway.metric("millrace_upstream_connections_open"), 1)

    def test_an_idle_connection_is_closed_after_its_time(self):
        gateway = self.in_front_of(named("up"), limits={"idle_timeout": "200ms"})
        fetch(gateway)

        self.assertTrue(self.up.connection().gone.wait(5))
        gateway.wait_for_metric("millrace_upstream_connections_open", 0)

    def test_no_more_connections_rest_than_allowed(self):
        release = threading.Event()
        self.addCleanup(release.set)

        def wait(connection, _):
            release.wait(10)
            connection.answer()

        gateway = self.in_front_of(wait, limits={"idle_connections_max": 2})
        clients = [self.client(gateway) for _ in range(5)]
        for client in clients:
            client.request()
        self.up.request(4)
        release.set()

        self.assertEqual([client.answer().status for client in clients], [200] * 5)
        gateway.wait_for_metric("millrace_upstream_connections_open", 2)

    def test_a_short_keep_alive_of_the_upstream_is_respected(self):
        def announce(connection, _):
            connection.answer(fields=[("Keep-Alive", "timeout=1"), ("Connection", "keep-alive")])

        gateway = self.in_front_of(announce)
        fetch(gateway)
        fetch(gateway)

        self.assertEqual(len(self.up.connections), 2, "one second is no time to rest")

    def test_after_an_answer_with_close_a_new_connection_is_opened(self):
        gateway = self.in_front_of(
            lambda connection, _: connection.answer(fields=[("Connection", "close")]))

        client = self.client(gateway)
        self.assertEqual([client.fetch().status for _ in range(3)], [200] * 3)

        self.assertEqual(len(self.up.connections), 3)

    def test_after_extra_bytes_a_new_connection_is_opened(self):
        for extra in (b"x", b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL"):
            gateway = self.in_front_of(lambda connection, _: connection.send(
                b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + extra))

            self.assertEqual([fetch(gateway).body for _ in range(3)], [b"ok"] * 3)

            self.assertEqual(len(self.up.connections), 3)

    def test_bytes_that_come_late_end_the_connection(self):
        gateway = self.in_front_of(named("up"))
        fetch(gateway)

        self.up.connection().send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")

        self.assertTrue(self.up.connection().gone.wait(5))
        self.assertEqual(fetch(gateway).status, 200)

    # -- dead connections
    def dies_after_one(self, connection, request):
        """Answers the first request of a connection and closes at the second."""
        connection.read_body(request)
        if len(connection.requests) > 1:
            connection.close()
        else:
            connection.answer(body="ok")

    def test_a_pooled_connection_that_dies_under_a_get_is_not_noticed(self):
        gateway = self.in_front_of(self.dies_after_one)
        client = self.client(gateway)

        for method in ("GET", "GET", "HEAD", "PUT", "DELETE", "OPTIONS") * 3:
            self.assertEqual(client.fetch(method=method).status, 200, method)

        self.assertEqual(gateway.metric("millrace_failures_total"), 0)

    def test_a_pooled_connection_that_dies_under_a_post_is_a_502_and_never_sent_twice(self):
        gateway = self.in_front_of(self.dies_after_one)
        client = self.client(gateway)
        self.assertEqual(client.fetch(method="POST", body="one").status, 200)

        self.assert_refused(client.fetch(method="POST", body="two"), 502, "upstream_closed")

        bodies = [request.body for request in self.up.requests]
        self.assertEqual(bodies, [b"one", b"two"])

    def test_a_post_goes_out_on_a_live_connection_when_the_pooled_one_was_closed(self):
        gateway = self.in_front_of(named("up"))
        for _ in range(10):
            self.assertEqual(fetch(gateway, method="POST", body="x").status, 200)
            for connection in self.up.connections:
                connection.close()
            wait_until(lambda: gateway.metric("millrace_upstream_connections_open") == 0, "the close")

        self.assertEqual(len(self.up.requests), 10)

    def test_a_get_is_tried_again_once_only(self):
        def close(connection, _):
            connection.close()

        gateway = self.in_front_of(named("up"))
        fetch(gateway)
        self.up.behave = close

        self.assert_refused(fetch(gateway), 502, "upstream_closed")

        self.assertLessEqual(len(self.up.requests), 3)

    def test_nothing_is_tried_again_after_the_first_byte_of_an_answer(self):
        def interim_then_close(connection, _):
            if len(self.up.requests) > 1:
                connection.send("HTTP/1.1 103 Early Hints\r\n\r\n")
                connection.close()
            else:
                connection.answer()

        gateway = self.in_front_of(interim_then_close)
        fetch(gateway)

        answer = fetch(gateway)

        self.assertEqual(answer.status, 502)
        self.assertEqual(len(self.up.requests), 2, "the upstream had begun to answer")

    def test_an_upstream_that_was_away_is_used_again(self):
        gateway = self.in_front_of(named("first life"))
        self.assertEqual(fetch(gateway).status, 200)
        port = self.up.port
        self.up.close()
        wait_until(lambda: fetch(gateway).status == 502, "its end to be noticed")

        self.up = self.upstream(named("second life"), port=port)

        wait_until(lambda: fetch(gateway).status == 200, "its return")
        self.assertEqual(fetch(gateway).json()["name"], "second life")

    # -- answers
    def test_an_answer_that_is_cut_reaches_the_client_as_cut(self):
        def cut(connection, request):
            head = {"/length": "Content-Length: 10\r\n\r\nhalf",
                    "/chunked": "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                    "/chunk": "Transfer-Encoding: chunked\r\n\r\n8\r\nhalf",
                    "/until-close": "\r\nhalf"}[request.target]
            connection.send("HTTP/1.1 200 OK\r\n" + head)
            seen.wait(5)
            seen.clear()
            if request.target == "/until-close":
                connection.reset()
            else:
                connection.close()

        seen = threading.Event()
        gateway = self.in_front_of(cut)
        for count, target in enumerate(("/length", "/chunked", "/chunk", "/until-close")):
            client = self.client(gateway)
            client.request(target)
            client.until("half")
            seen.set()
            self.assertTrue(client.closed_within())
            self.assertNotIn(b"\r\n0\r\n\r\n", client.buffer, target)
            gateway.wait_for_metric("millrace_aborted_exchanges_total", count + 1, reason="upstream_cut")
        gateway.wait_for_metric("millrace_failures_total", 4, origin="upstream")

    def test_a_close_delimited_answer_is_whole_when_the_upstream_ends_it(self):
        def until_close(connection, _):
            connection.send("HTTP/1.1 200 OK\r\n\r\n" + "x" * 100000)
            connection.close()

        gateway = self.in_front_of(until_close)
        client = self.client(gateway)
        for _ in range(3):  # the client's connection lives on: to it the answer is chunked
            answer = client.fetch()
            self.assertTrue(answer.complete)
            self.assertEqual(len(answer.body), 100000)
            self.assertEqual(answer.get("transfer-encoding"), "chunked")

    def test_an_http_1_0_upstream_is_understood(self):
        def old(connection, _):
            connection.send("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello")
            connection.close()

        gateway = self.in_front_of(old)
        for version in ("1.1", "1.0"):
            answer = fetch(gateway, version=version)
            self.assertEqual((answer.version, answer.body, answer.complete),
                             ("HTTP/1.1", b"hello", True))

    def test_head_204_and_304_have_no_body_and_the_connection_goes_on(self):
        def by_target(connection, request):
            if request.method == "HEAD":
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
            else:
                connection.send("HTTP/1.1 %s X\r\nETag: \"e\"\r\n\r\n" % request.target[1:])

        gateway = self.in_front_of(by_target)
        client = self.client(gateway)
        for _ in range(3):
            self.assertEqual(client.fetch(method="HEAD").get("content-length"), "5")
            for status in (204, 304):
                answer = client.fetch("/%d" % status)
                self.assertEqual((answer.status, answer.get("etag")), (status, '"e"'))
                self.assertIsNone(answer.get("transfer-encoding"))

        self.assertEqual(len(self.up.connections), 1)

    def test_interim_answers_are_passed_at_once_but_never_to_http_1_0(self):
        go = threading.Event()

        def hints(connection, _):
            connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            go.wait(5)
            connection.answer(body="ok")

        gateway = self.in_front_of(hints)
        client = self.client(gateway)
        client.request()
        interim = client.head()
        self.assertEqual((interim.status, interim.get("link")), (103, "</a>"))
        go.set()
        self.assertEqual(client.answer().body, b"ok")

        self.assertEqual(fetch(gateway, version="1.0").interim, [])

    def test_an_early_final_answer_is_passed_and_the_connection_not_reused(self):
        def early(connection, request):
            if request.method == "POST":
                connection.answer(413, "no")
                connection.wait_gone()
            else:
                connection.answer()

        gateway = self.in_front_of(early)
        client = self.client(gateway)
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc")

        answer = client.answer()

        self.assertEqual((answer.status, answer.body, answer.get("connection")), (413, b"no", "close"))
        self.assertTrue(self.up.connection().gone.wait(5))
        self.assertEqual(fetch(gateway).status, 200)

    # -- where it goes
    def test_several_endpoints_share_the_load(self):
        ups = [self.upstream(named("e%d" % i)) for i in range(3)]
        gateway = self.gateway({
            "workers": 1, "backends": {"a": {"urls": [up.url + "/p" for up in ups]}},
            "routes": [{"name": "r", "match": {"path_prefix": "/"}, "backend_refs": [{"backend": "a"}]}]})
        client = self.client(gateway)

        names = [client.fetch("/x").json()["name"] for _ in range(300)]

        for name in ("e0", "e1", "e2"):
            self.assertGreater(names.count(name), 50, names.count(name))

    def test_a_busy_endpoint_gets_less(self):
        release = threading.Event()
        self.addCleanup(release.set)
        slow = self.upstream(lambda connection, _: (release.wait(10), connection.answer()))
        fast = self.upstream(named("fast"))
        gateway = self.gateway({
            "workers": 1, "backends": {"a": {"urls": [slow.url, fast.url]}},
            "routes": [{"name": "r", "backend_refs": [{"backend": "a"}]}]})
        stuck = [self.client(gateway) for _ in range(12)]
        for client in stuck:
            client.request()
            seen = len(slow.requests)
            try:  # either it is answered or it hangs at the slow one
                client.sock.settimeout(0.2)
                wait_until(lambda: len(slow.requests) > seen or client.receive(timeout=0.01), "one", 1)
            except (OSError, AssertionError, Closed):
                pass

        self.assertLessEqual(len(slow.requests), 2, "of two the one with fewer in flight is chosen")

    def test_a_name_is_resolved(self):
        self.up = self.upstream(named("by name"))
        gateway = self.gateway({
            "workers": 2, "backends": {"a": {"url": "http://localhost:%d" % self.up.port}},
            "routes": [{"name": "r", "backend_refs": [{"backend": "a"}]}]})

        for _ in range(6):
            answer = fetch(gateway)
            self.assertEqual(answer.json()["name"], "by name")
            self.assertEqual(dict(answer.json()["fields"])["host"], "localhost:%d" % self.up.port)

    def test_the_limit_of_a_backend_counts_for_all_workers(self):
        release = threading.Event()
        self.addCleanup(release.set)

        def wait(connection, _):
            release.wait(10)
            connection.answer()

        self.up = self.upstream(wait)
        config = simple_config(self.up)
        config["backends"]["b0"]["limits"] = {"connections_max": 4}
        gateway = self.gateway(config)
        clients = [self.client(gateway) for _ in range(12)]
        for client in clients:
            client.request()
        gateway.wait_for_metric("millrace_local_answers_total", 8,
                                reason="upstream_connections_exhausted")
        release.set()

        self.assertEqual(sorted(client.answer().status for client in clients), [200] * 4 + [503] * 8)
        self.assertEqual(len(self.up.connections), 4)

    def test_a_slow_upstream_delays_nobody_else(self):
        release = threading.Event()
        self.addCleanup(release.set)
        slow = self.upstream(lambda connection, _: (release.wait(10), connection.answer()))
        fast = self.upstream(named("fast"))
        gateway = self.gateway({
            "workers": 1, "backends": {"s": {"url": slow.url}, "f": {"url": fast.url}},
            "routes": [{"name": "s", "match": {"path": "/slow"}, "backend_refs": [{"backend": "s"}]},
                       {"name": "f", "backend_refs": [{"backend": "f"}]}]})
        client = self.client(gateway)
        client.request("/slow")
        slow.request()

        begin = time.monotonic()
        self.assertEqual([fetch(gateway).status for _ in range(50)], [200] * 50)

        self.assertLess(time.monotonic() - begin, 5)


if __name__ == "__main__":
    main()
