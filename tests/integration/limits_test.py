#!/usr/bin/env python3
"""Every limit has its own answer, its own metric, and is followed by ordinary service."""
import json
import socket
import threading
import time

from support import GatewayTest, fetch, main, simple_config, wait_until
from wire import Client, Closed, canned_answer


class LimitsTest(GatewayTest):
    def limited(self, upstream=None, limits=None, timeouts=None, backend=None, **more):
        """One worker, one route; `limits` and `timeouts` of the listener, `backend` of the backend."""
        self.up = upstream or self.upstream()
        config = simple_config(self.up, **more.pop("route", {}))
        config["workers"] = 1
        config["listeners"] = [{"limits": limits or {}, "timeouts": timeouts or {}}]
        config["backends"]["b0"].update(backend or {})
        return self.gateway(config, **more)

    def assert_counted(self, gateway, reason, count=1, family="millrace_local_answers_total"):
        gateway.wait_for_metric(family, count, reason=reason)

    def assert_limit(self, gateway, raw, status, reason, closes=True):
        """Raw bytes get this answer, its metric rises, and others are served as before."""
        before = gateway.metric("millrace_local_answers_total", reason=reason)
        client = self.client(gateway)
        try:
            client.send(raw)
        except OSError:
            pass  # the answer came before all was taken
        self.assert_refused(client.answer(), status, reason)
        if closes:
            self.assertTrue(client.closed_within(), "the connection stays open")
        else:
            self.assertEqual(client.fetch().status, 200, "the connection goes on")
        self.assert_counted(gateway, reason, before + 1)
        self.assertEqual(fetch(gateway).status, 200)

    # -- what a request may be
    def test_malformed_requests_are_400_by_their_reason(self):
        gateway = self.limited()
        for raw, reason in (("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "bad_request_line"),
                            ("GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n", "bad_field"),
                            ("GET / HTTP/1.1\r\nHost: a\nX: z\r\n\r\n", "bad_line_ending"),
                            ("GET / HTTP/1.1\r\n\r\n", "bad_host"),
                            ("GET /# HTTP/1.1\r\nHost: a\r\n\r\n", "bad_target"),
                            ("GET /../x HTTP/1.1\r\nHost: a\r\n\r\n", "bad_path"),
                            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "bad_framing"),
                            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                             "bad_content_length"),
                            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
                             "bad_chunk"),
                            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "0\r\nX Y: z\r\n\r\n", "bad_trailer")):
            self.assert_limit(gateway, raw, 400, reason)

    def test_what_is_not_served_is_417_501_and_505(self):
        gateway = self.limited()
        self.assert_limit(gateway, "POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\nContent-Length: 0\r\n\r\n",
                          417, "bad_expectation")
        self.assert_limit(gateway, "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 501,
                          "unsupported_method")
        self.assert_limit(gateway, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501,
                          "bad_transfer_encoding")
        self.assert_limit(gateway, "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, "unsupported_version")

    def test_a_long_request_line_is_414(self):
        gateway = self.limited(limits={"request_line_bytes_max": 1000})
        self.assert_limit(gateway, "GET /%s HTTP/1.1\r\nHost: a\r\n\r\n" % ("a" * 1000), 414,
                          "request_line_too_long")
        self.assert_limit(gateway, "GET /" + "a" * 40000, 414, "request_line_too_long")
        self.assertEqual(fetch(gateway, "/" + "a" * 980).status, 200)

    def test_a_large_head_is_431(self):
        gateway = self.limited(limits={"header_bytes_max": 4096, "header_count_max": 10})
        self.assert_limit(gateway, "GET / HTTP/1.1\r\nHost: a\r\nX: %s\r\n\r\n" % ("a" * 4096), 431,
                          "header_too_large")
        self.assert_limit(gateway, "GET / HTTP/1.1\r\nHost: a\r\n" + "X: a\r\n" * 20000, 431,
                          "too_many_fields")
        self.assert_limit(gateway, "GET / HTTP/1.1\r\nHost: a\r\n" + "X: a\r\n" * 10 + "\r\n", 431,
                          "too_many_fields")
        self.assertEqual(fetch(gateway, fields=[("X", "a")] * 9).status, 200)

    def test_a_body_over_the_limit_is_413_when_its_length_is_known(self):
        gateway = self.limited(limits={"body_bytes_max": 1000})
        self.assert_limit(gateway, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", 413,
                          "body_too_large")
        self.assert_limit(gateway, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n"
                          + b"a" * 300000, 413, "body_too_large")
        self.assertEqual(fetch(gateway, method="POST", body="a" * 1000).status, 200)
        self.assertTrue(all(len(request.body) in (0, 1000) for request in self.up.requests))

    def test_a_body_over_the_limit_is_413_when_it_is_chunked(self):
        gateway = self.limited(limits={"body_bytes_max": 1000})
        head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        self.assert_limit(gateway, head + b"3e9\r\n" + b"a" * 1001 + b"\r\n0\r\n\r\n", 413, "body_too_large")
        self.assert_limit(gateway, head + b"10\r\n0123456789abcdef\r\n" * 3000, 413, "body_too_large")
        client = self.client(gateway)  # the limit is passed after the upstream got some
        client.send(head + b"1f4\r\n" + b"a" * 500 + b"\r\n")
        wait_until(lambda: any("chunked" in r.get("transfer-encoding", "") for r in self.up.requests),
                   "the upstream")
        client.send(b"1f5\r\n" + b"a" * 501 + b"\r\n")
        self.assert_refused(client.answer(), 413, "body_too_large")
        self.assertFalse(any(request.complete and "chunked" in request.get("transfer-encoding", "")
                             for request in self.up.requests))

    def test_a_route_may_allow_other_bodies(self):
        gateway = self.limited(limits={"body_bytes_max": 10}, route={"body_bytes_max": 2000})
        self.assertEqual(fetch(gateway, method="POST", body="a" * 2000).status, 200)
        self.assert_refused(fetch(gateway, method="POST", body="a" * 2001), 413, "body_too_large")

    # -- time
    def test_a_head_that_does_not_come_is_408(self):
        gateway = self.limited(timeouts={"header": "200ms"})
        self.assert_limit(gateway, "GET / HT", 408, "request_timed_out")
        client = self.client(gateway)  # bytes that keep dripping do not help
        client.send("GET / HTTP/1.1\r\n")
        stop = threading.Event()
        self.addCleanup(stop.set)

        def drip():
            try:
                while not stop.wait(0.03):
                    client.send("X: a\r\n")
            except OSError:
                pass

        threading.Thread(target=drip, daemon=True).start()
        self.assert_refused(client.answer(), 408, "request_timed_out")

    def test_a_body_that_stops_coming_is_408(self):
        gateway = self.limited(timeouts={"body": "200ms"})
        self.assert_limit(gateway, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", 408,
                          "request_timed_out")
        self.assertFalse(self.up.requests[0].complete)

    def test_an_idle_connection_is_closed_without_a_word(self):
        gateway = self.limited(timeouts={"keep_alive": "200ms"})
        client = self.client(gateway)
        self.assertEqual(client.fetch().status, 200)

        self.assertTrue(client.closed_within())
        self.assertEqual(client.buffer, b"")

    def test_a_client_that_takes_nothing_is_cut(self):
        body = b"x" * (32 << 20)
        upstream = self.upstream(canned=canned_answer(body))
        gateway = self.limited(upstream, timeouts={"write": "300ms"})
        client = self.client(gateway, receive_buffer=4096)
        client.request()

        self.assert_counted(gateway, "downstream_stalled", family="millrace_aborted_exchanges_total")
        gateway.wait_for_metric("millrace_upstream_connections_open", 0)

    def test_an_upstream_that_does_not_begin_is_504(self):
        gone = threading.Event()
        upstream = self.upstream(lambda connection, _: connection.wait_gone() and gone.set())
        gateway = self.limited(upstream, backend={"timeouts": {"first_byte": "200ms"}})

        self.assert_refused(fetch(gateway), 504, "upstream_first_byte_timed_out")
        self.assertTrue(gone.wait(5), "the upstream connection is closed")
        self.assert_counted(gateway, "upstream_first_byte_timed_out")

    def test_an_upload_is_not_charged_to_the_upstream(self):
        gateway = self.limited(backend={"timeouts": {"first_byte": "300ms"}})
        client = self.client(gateway)
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n")
        for _ in range(8):  # together longer than first_byte
            time.sleep(0.06)
            client.send("a")

        self.assertEqual(client.answer().status, 200)

    def test_an_answer_that_stops_is_a_visible_cut(self):
        def stop_in_the_middle(connection, request):
            if request.target == "/length":
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            elif request.target == "/chunked":
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
            else:
                connection.send("HTTP/1.1 200 OK\r\n\r\nhalf")
            connection.wait_gone()

        gateway = self.limited(self.upstream(stop_in_the_middle),
                               backend={"timeouts": {"idle": "200ms"}})
        for count, (target, version) in enumerate((("/length", "1.1"), ("/chunked", "1.1"),
                                                   ("/until-close", "1.1"), ("/until-close", "1.0"))):
            answer = fetch(gateway, target, version=version)
            self.assertEqual((answer.status, answer.body, answer.complete), (200, b"half", False), target)
            self.assert_counted(gateway, "upstream_stalled", count + 1,
                                family="millrace_aborted_exchanges_total")

    def test_the_whole_exchange_may_take_so_long(self):
        def drip(connection, request):
            if request.target == "/silent":
                connection.wait_gone()
                return
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while not connection.gone.is_set():
                connection.send("1\r\nx\r\n")
                time.sleep(0.02)

        gateway = self.limited(self.upstream(drip), route={"timeouts": {"total": "300ms"}})
        self.assert_refused(fetch(gateway, "/silent"), 504, "total_timed_out")
        answer = fetch(gateway, "/drip")
        self.assertFalse(answer.complete)
        self.assert_counted(gateway, "total_timed_out", family="millrace_aborted_exchanges_total")

    # -- upstreams that are not there
    def test_an_upstream_that_refuses_is_502(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        gateway = self.limited(backend={"url": "http://127.0.0.1:%d" % port})

        self.assert_refused(fetch(gateway), 502, "upstream_connect_failed")
        self.assert_counted(gateway, "upstream_connect_failed")
        gateway.wait_for_metric("millrace_failures_total", 1, origin="upstream")

    def test_an_upstream_that_does_not_accept_is_504(self):
        full = socket.socket()
        self.addCleanup(full.close)
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = []
        for _ in range(4):  # a backlog of none takes one or two; the rest wait for ever
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
            fillers.append(filler)
            self.addCleanup(filler.close)
        gateway = self.limited(backend={"url": "http://127.0.0.1:%d" % full.getsockname()[1],
                                        "timeouts": {"connect": "300ms"}})

        self.assert_refused(fetch(gateway), 504, "upstream_connect_timed_out")
        self.assert_counted(gateway, "upstream_connect_timed_out")

    def test_a_name_that_means_nothing_is_503(self):
        gateway = self.limited(backend={"url": "http://no-such-name.invalid:80"})

        self.assert_refused(fetch(gateway), 503, "upstream_unresolved")
        self.assert_counted(gateway, "upstream_unresolved")

    # -- how many
    def test_connections_over_the_limit_get_503_at_once(self):
        gateway = self.limited(limits={"connections_max": 3})
        held = [self.client(gateway) for _ in range(3)]
        for client in held:
            self.assertEqual(client.fetch().status, 200)
        one_more = self.client(gateway)

        refused = one_more.answer()

        self.assertEqual((refused.status, refused.json()["reason"]), (503, "too_many_connections"))
        self.assertTrue(one_more.closed_within())
        self.assert_counted(gateway, "too_many_connections")
        self.assertEqual(gateway.metric("millrace_connections_refused_total"), 1)
        self.assertEqual(held[0].fetch().status, 200, "who is in is served")
        held[1].close()
        gateway.wait_for_metric("millrace_connections_open", 2)
        self.assertEqual(self.client(gateway).fetch().status, 200)

    def test_a_backend_with_all_its_connections_in_use_is_503(self):
        release = threading.Event()
        self.addCleanup(release.set)

        def hold(connection, _):
            release.wait(10)
            connection.answer()

        gateway = self.limited(self.upstream(hold), backend={"limits": {"connections_max": 2}})
        busy = [self.client(gateway) for _ in range(2)]
        for client in busy:
            client.request()
        self.up.request(1)

        self.assert_refused(fetch(gateway), 503, "upstream_connections_exhausted")
        self.assert_counted(gateway, "upstream_connections_exhausted")
        release.set()
        self.assertEqual([client.answer().status for client in busy], [200, 200])
        self.assertEqual(fetch(gateway).status, 200)

    def test_a_connection_serves_so_many_requests(self):
        gateway = self.limited(limits={"requests_per_connection_max": 3})
        client = self.client(gateway)

        answers = [client.fetch() for _ in range(3)]

        self.assertEqual([a.status for a in answers], [200] * 3)
        self.assertEqual([a.get("connection") for a in answers], [None, None, "close"])
        self.assertTrue(client.closed_within())

    def crowd(self, gateway, count, all_connect_first):
        """So many clients at once: the status of each; None for who was only closed."""
        clients, statuses = [], []
        for _ in range(count):
            clients.append(Client(gateway.port, timeout=5))
            self.addCleanup(clients[-1].close)
            if not all_connect_first:
                statuses.append(self.status_of(clients[-1]))
        if all_connect_first:
            statuses = [self.status_of(client) for client in clients]
        for client in clients:
            client.close()
        return statuses

    def status_of(self, client):
        try:
            return client.fetch().status  # nobody waits until the client's own 5 s
        except (Closed, ConnectionError):
            return None

    def test_a_process_without_free_descriptors_refuses_quickly_and_recovers(self):
        gateway = self.limited(open_files=80)

        statuses = self.crowd(gateway, 150, all_connect_first=False)

        self.assertGreater(statuses.count(200), 10)
        self.assertLess(statuses.count(200), 150)
        wait_until(lambda: self.status_of(self.client(gateway)) == 200, "service after the rush")
        self.assertGreater(gateway.metric("millrace_connections_refused_total"), 0)

    def test_clients_do_not_take_the_descriptors_that_upstreams_need(self):
        gateway = self.limited(open_files=80)

        statuses = self.crowd(gateway, 150, all_connect_first=True)

        self.assertGreater(statuses.count(200), 10, "who got in is served")
        self.assertEqual(set(statuses) - {200, 503, None}, set())
        wait_until(lambda: self.status_of(self.client(gateway)) == 200, "service after the rush")
        self.assertEqual(gateway.metric("millrace_failures_total", origin="upstream"), 0,
                         "a lack of descriptors is not the upstream's failure")

    def test_a_refusal_of_an_http_1_0_request_closes(self):
        gateway = self.limited()
        client = self.client(gateway)
        client.send("GET / HTTP/1.0\r\nHost: a\r\nX Y: z\r\n\r\n")
        answer = client.answer()

        self.assertEqual(json.loads(answer.body)["reason"], "bad_field")
        self.assertTrue(client.closed_within())


if __name__ == "__main__":
    main()
