#!/usr/bin/env python3
"""Which route takes a request, and what the upstream gets to see of it."""
import json

from support import GatewayTest, command, fetch, main, named
from wire import Client


class MatchingTest(GatewayTest):
    def routes(self, *matches, **more):
        """A gateway whose routes r0, r1 … have these matches; one upstream names itself for each."""
        backends = {"r%d" % i: {"url": self.upstream(named("r%d" % i)).url}
                    for i in range(len(matches))}
        routes = [{"name": "r%d" % i, "match": match, "backend_refs": [{"backend": "r%d" % i}]}
                  for i, match in enumerate(matches)]
        return self.gateway(dict({"workers": 1, "backends": backends, "routes": routes}, **more))

    def route_of(self, gateway, target="/", method="GET", **more):
        answer = fetch(gateway, target, method, **more)
        if answer.status == 404:
            return None
        self.assertEqual(answer.status, 200, answer.body)
        return answer.get("x-millrace-version")

    def test_a_host_matches_without_its_port_in_any_case(self):
        gateway = self.routes({"host": "a.example"}, {"host": "*.b.example"})

        self.assertEqual(self.route_of(gateway, host="a.example"), "r0")
        self.assertEqual(self.route_of(gateway, host="A.EXAMPLE:8080"), "r0")
        self.assertEqual(self.route_of(gateway, host="x.b.example"), "r1")
        self.assertEqual(self.route_of(gateway, host="x.y.B.example"), "r1")
        self.assertIsNone(self.route_of(gateway, host="b.example"))
        self.assertIsNone(self.route_of(gateway, host="xa.example"))
        self.assertIsNone(self.route_of(gateway, host="xb.example"))

    def test_an_absolute_target_names_the_host(self):
        gateway = self.routes({"host": "a.example"})

        self.assertEqual(self.route_of(gateway, "http://a.example/x", host="other.example"), "r0")

    def test_an_exact_path_is_the_whole_path(self):
        gateway = self.routes({"path": "/score"})

        self.assertEqual(self.route_of(gateway, "/score"), "r0")
        self.assertEqual(self.route_of(gateway, "/score?x=/y"), "r0")
        for other in ("/score/", "/scor", "/Score", "/score/x", "//score", "/"):
            self.assertIsNone(self.route_of(gateway, other), other)

    def test_a_prefix_is_made_of_whole_segments(self):
        gateway = self.routes({"path_prefix": "/foo"})

        for path in ("/foo", "/foo/", "/foo/bar", "/foo//bar", "/foo?x"):
            self.assertEqual(self.route_of(gateway, path), "r0", path)
        for path in ("/foobar", "/fo", "/FOO", "/foo%2Fbar", "//foo", "/x/foo", "/foo;x"):
            self.assertIsNone(self.route_of(gateway, path), path)

    def test_a_regular_expression_matches_the_whole_path(self):
        gateway = self.routes({"path_regex": "/v[0-9]+/score"})

        self.assertEqual(self.route_of(gateway, "/v12/score"), "r0")
        for path in ("/v/score", "/v1/score/x", "/x/v1/score", "/v1/scores"):
            self.assertIsNone(self.route_of(gateway, path), path)

    def test_methods_match_exactly(self):
        gateway = self.routes({"method": "POST"}, {"method": ["GET", "HEAD"]})

        self.assertEqual(self.route_of(gateway, method="POST", body=""), "r0")
        self.assertEqual(self.route_of(gateway, method="GET"), "r1")
        self.assertIsNone(self.route_of(gateway, method="DELETE"))
        self.assertIsNone(self.route_of(gateway, method="get"))

    def test_headers_match_present_exact_prefix_and_regex(self):
        gateway = self.routes({"headers": {"x-a": "gold"}},
                              {"headers": {"x-b": {"prefix": "mobile/"}}},
                              {"headers": {"x-c": {"regex": "[0-7]"}}},
                              {"headers": {"x-d": {"present": True}, "x-e": {"exact": "1"}}})

        self.assertEqual(self.route_of(gateway, fields={"X-A": "gold"}), "r0")
        self.assertEqual(self.route_of(gateway, fields={"x-b": "mobile/7"}), "r1")
        self.assertEqual(self.route_of(gateway, fields={"x-c": "3"}), "r2")
        self.assertEqual(self.route_of(gateway, fields={"x-d": "", "x-e": "1"}), "r3")
        for fields in ({"x-a": "golden"}, {"x-a": "Gold"}, {"x-b": "mobile"}, {"x-c": "33"},
                       {"x-d": "1"}, {"x-e": "1"}):
            self.assertIsNone(self.route_of(gateway, fields=fields), fields)

    def test_query_parameters_match_present_exact_prefix_and_regex(self):
        gateway = self.routes({"query": {"a": "1"}}, {"query": {"b": {"prefix": "risk"}}},
                              {"query": {"c": {"regex": "[0-9]+"}}}, {"query": {"d": {"present": True}}})

        self.assertEqual(self.route_of(gateway, "/?x=2&a=1"), "r0")
        self.assertEqual(self.route_of(gateway, "/?b=risky"), "r1")
        self.assertEqual(self.route_of(gateway, "/?c=007"), "r2")
        self.assertEqual(self.route_of(gateway, "/?d"), "r3")
        for target in ("/?a=11", "/?A=1", "/?b=ris", "/?c=7x", "/?xd=1", "/", "/?a"):
            self.assertIsNone(self.route_of(gateway, target), target)

    def test_the_first_route_that_matches_wins(self):
        gateway = self.routes({"path": "/x", "headers": {"x-tester": {"present": True}}},
                              {"path": "/x"}, {"path_prefix": "/"})

        self.assertEqual(self.route_of(gateway, "/x", fields={"x-tester": "1"}), "r0")
        self.assertEqual(self.route_of(gateway, "/x"), "r1")
        self.assertEqual(self.route_of(gateway, "/y"), "r2")

    def test_no_route_is_a_404_in_our_own_shape(self):
        gateway = self.routes({"path": "/only"})
        client = self.client(gateway)

        client.request("/other", fields={"x-request-id": "abc"})
        answer = client.answer()

        self.assertEqual(answer.status, 404)
        self.assertEqual(answer.get("content-type"), "application/json")
        self.assertEqual(answer.json(), {"error": answer.json()["error"], "reason": "no_route",
                                         "request_id": "abc"})
        self.assertEqual(client.fetch("/only").status, 200, "the connection goes on")
        self.assertEqual(gateway.metric("millrace_requests_without_route_total"), 1)
        self.assertEqual(gateway.metric("millrace_local_answers_total", reason="no_route"), 1)

    def test_the_body_of_a_request_without_route_is_never_the_next_request(self):
        gateway = self.routes({"path": "/only"})
        client = self.client(gateway)

        client.send("POST /no HTTP/1.1\r\nHost: a\r\nContent-Length: 38\r\n\r\n"
                    "GET /only HTTP/1.1\r\nHost: smuggled\r\n\r\nGET /only HTTP/1.1\r\nHost: b\r\n\r\n")

        self.assertEqual(client.answer().status, 404)
        self.assertEqual(client.answer().status, 200)
        self.assertEqual(gateway.metric("millrace_requests_received_total"), 2)

    def test_a_route_that_nothing_reaches_is_refused_when_it_is_loaded(self):
        config = json.dumps({
            "listeners": [{"bind": "127.0.0.1:0"}], "backends": {"a": {"url": "http://127.0.0.1:1"}},
            "routes": [{"name": "x", "backend_refs": [{"backend": "a"}]},
                       {"name": "y", "backend_refs": [{"backend": "a"}]}]})
        gateway = self.gateway(config, start=False)

        code, _, errors = command("check", "-c", gateway.path)

        self.assertEqual(code, 3)
        self.assertIn("routes[1]", errors)


class ForwardingTest(GatewayTest):
    def one(self, match, path="", route=None, **backend):
        self.up = self.upstream()
        return self.gateway({
            "workers": 1, "backends": {"a": dict({"url": self.up.url + path}, **backend)},
            "routes": [dict({"name": "r", "match": match, "backend_refs": [{"backend": "a"}]},
                            **(route or {}))]})

    def assert_targets(self, gateway, expected):
        client = Client(gateway.port)
        self.addCleanup(client.close)
        for sent, seen in expected.items():
            answer = client.fetch(sent)
            self.assertEqual(answer.status, 200, sent)
            self.assertEqual(answer.json()["target"], seen, "for " + sent)

    def test_dot_segments_are_refused_in_every_spelling(self):
        gateway = self.one({"path_prefix": "/"})
        for path in ("/a/../b", "/..", "/.", "/a/.", "/a/./b", "/%2e%2e/b", "/a/%2E./b", "/a/.%2e",
                     "/%2e", "/a/..%2fb", "/a/..%5cb", "/..;x/b", "/%2e%2e%2f%2e%2e%2fetc",
                     "/a/%2e%2E/"):
            self.assert_refused(fetch(gateway, path), 400, "bad_path")
        self.assertEqual(self.up.requests, [])

    def test_what_only_looks_like_a_dot_segment_passes(self):
        gateway = self.one({"path_prefix": "/"})
        paths = ["/...", "/a..b", "/.well-known/x", "/a/..b", "/a/b..", "/x?p=../..", "/%252e%252e/x"]
        self.assert_targets(gateway, {path: path for path in paths})

    def test_slashes_encoded_or_doubled_stay_as_they_are(self):
        gateway = self.one({"path_prefix": "/"})
        paths = ["/a//b", "//", "//a", "/a%2Fb", "/a%2fb", "/a/", "/a%20b", "/%41"]
        self.assert_targets(gateway, {path: path for path in paths})

    def test_broken_escapes_are_refused(self):
        gateway = self.one({"path_prefix": "/"})
        for path in ("/%", "/%4", "/%zz", "/a%2", "/%u0041"):
            self.assert_refused(fetch(gateway, path), 400, "bad_path")

    def test_a_prefix_is_replaced_by_the_path_of_the_url(self):
        gateway = self.one({"path_prefix": "/foo"}, "/v2/models")
        self.assert_targets(gateway, {
            "/foo": "/v2/models", "/foo/": "/v2/models/", "/foo/bar": "/v2/models/bar",
            "/foo//bar": "/v2/models//bar", "/foo/a%2Fb": "/v2/models/a%2Fb",
            "/foo/bar?x=1": "/v2/models/bar?x=1", "/foo?x": "/v2/models?x"})

    def test_joins_neither_double_nor_lose_a_slash(self):
        gateway = self.one({"path_prefix": "/foo/"}, "/v2/")
        self.assert_targets(gateway, {"/foo/bar": "/v2/bar", "/foo/": "/v2/", "/foo//x": "/v2//x"})

    def test_a_url_without_path_changes_nothing_under_a_prefix(self):
        for path in ("", "/"):
            self.assert_targets(self.one({"path_prefix": "/foo"}, path),
                                {"/foo/bar": "/foo/bar", "/foo": "/foo", "/foo?": "/foo?"})

    def test_an_exact_path_is_replaced_as_a_whole(self):
        gateway = self.one({"path": "/score"}, "/ml/v4/predictions")
        self.assert_targets(gateway, {"/score": "/ml/v4/predictions",
                                      "/score?a=b": "/ml/v4/predictions?a=b"})

    def test_the_query_of_the_url_is_merged_in_and_wins(self):
        gateway = self.one({"path": "/score"}, "/p?version=2026-01-01&k=v")
        self.assert_targets(gateway, {
            "/score": "/p?version=2026-01-01&k=v",
            "/score?": "/p?version=2026-01-01&k=v",
            "/score?x=1": "/p?x=1&version=2026-01-01&k=v",
            "/score?version=1999": "/p?version=2026-01-01&k=v",
            "/score?version=1&x=%20&version=2": "/p?x=%20&version=2026-01-01&k=v",
            "/score?%76ersion=1&xversion=2": "/p?xversion=2&version=2026-01-01&k=v"})

    def test_host_is_the_authority_of_the_url(self):
        gateway = self.one({"path_prefix": "/"})

        fields = dict(fetch(gateway, host="public.example:80").json()["fields"])

        self.assertEqual(fields["host"], "127.0.0.1:%d" % self.up.port)
        self.assertEqual(fields["x-forwarded-host"], "public.example:80")
        self.assertEqual(fields["x-forwarded-proto"], "http")
        self.assertEqual(fields["x-forwarded-for"], "127.0.0.1")
        self.assertEqual(fields["via"], "1.1 millrace")

    def test_preserve_host_sends_what_the_client_sent(self):
        gateway = self.one({"path_prefix": "/"}, preserve_host=True)

        self.assertEqual(dict(fetch(gateway, host="public.example:81").json()["fields"])["host"],
                         "public.example:81")

    def test_fields_of_a_request_are_removed_then_set_then_added(self):
        gateway = self.one({"path_prefix": "/"}, request_headers={
            "remove": ["x-gone"], "set": {"x-set": "new"}, "add": {"x-more": "2"}},
            route={"request_headers": {"set": {"x-route": "r"}, "add": {"x-more": "3"}}})

        fields = fetch(gateway, fields=[("X-Gone", "1"), ("X-Set", "a"), ("x-set", "b"),
                                        ("x-more", "1")]).json()["fields"]

        self.assertEqual([value for name, value in fields if name == "x-gone"], [])
        self.assertEqual([value for name, value in fields if name == "x-set"], ["new"])
        self.assertEqual([value for name, value in fields if name == "x-more"], ["1", "2", "3"])
        self.assertEqual([value for name, value in fields if name == "x-route"], ["r"])

    def test_fields_of_an_answer_are_removed_then_set_then_added(self):
        gateway = self.one({"path_prefix": "/"}, response_headers={
            "remove": ["content-type"], "add": {"x-more": "1"}},
            route={"response_headers": {"set": {"x-route": "r"}, "add": {"x-more": "2"}}})

        answer = fetch(gateway)

        self.assertIsNone(answer.get("content-type"))
        self.assertEqual(answer.all("x-more"), ["1", "2"])
        self.assertEqual(answer.all("x-route"), ["r"])

    def test_forwarding_fields_are_believed_from_trusted_proxies_only(self):
        claims = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https",
                  "X-Forwarded-Host": "a.example", "Via": "1.0 edge"}
        for trusted, expected in (([], ("127.0.0.1", "http", "example.test")),
                                  (["127.0.0.0/8"], ("6.6.6.6, 127.0.0.1", "https", "a.example"))):
            gateway = self.gateway({
                "workers": 1, "listeners": [{"forwarding": {"trusted_proxies": trusted}}],
                "backends": {"a": {"url": self.upstream().url}},
                "routes": [{"name": "r", "backend_refs": [{"backend": "a"}]}]})

            fields = fetch(gateway, fields=claims).json()["fields"]

            found = dict(fields)
            self.assertEqual((found["x-forwarded-for"], found["x-forwarded-proto"],
                              found["x-forwarded-host"]), expected)
            self.assertEqual(", ".join(v for n, v in fields if n == "via"), "1.0 edge, 1.1 millrace")

    def test_forwarded_is_sent_when_it_is_wanted(self):
        gateway = self.gateway({
            "workers": 1,
            "listeners": [{"forwarding": {"forwarded": True, "x_forwarded": False, "via": False}}],
            "backends": {"a": {"url": self.upstream().url}},
            "routes": [{"name": "r", "backend_refs": [{"backend": "a"}]}]})

        fields = dict(fetch(gateway).json()["fields"])

        self.assertEqual(fields["forwarded"], 'for=127.0.0.1;proto=http;host="example.test"')
        self.assertFalse({"via", "x-forwarded-for", "x-forwarded-host"} & set(fields))

    def test_max_forwards_counts_the_hops_of_options(self):
        gateway = self.one({"path_prefix": "/"})

        passed = fetch(gateway, method="OPTIONS", fields={"Max-Forwards": "3"})
        self.assertEqual(dict(passed.json()["fields"])["max-forwards"], "2")
        other = fetch(gateway, method="GET", fields={"Max-Forwards": "0"})
        self.assertEqual(dict(other.json()["fields"])["max-forwards"], "0")
        seen = len(self.up.requests)
        last = fetch(gateway, method="OPTIONS", fields={"Max-Forwards": "0"})
        self.assertEqual(len(self.up.requests), seen, "0 is not forwarded; got %d" % last.status)

    def test_options_for_the_whole_server_matches_a_route_without_path(self):
        gateway = self.gateway({
            "workers": 1, "backends": {"a": {"url": self.upstream().url}},
            "routes": [{"name": "r", "backend_refs": [{"backend": "a"}]}]})

        self.assertEqual(fetch(gateway, "*", "OPTIONS").json()["target"], "*")


if __name__ == "__main__":
    main()
