#!/usr/bin/env python3
"""Which version a request gets: shares, sticky units, minimal movement."""
import math
import re
import unittest

from support import GatewayTest, fetch, main, simple_config
from wire import Client, canned_answer, many, version_of

HEAD = b"GET /x HTTP/1.1\r\nHost: example.test\r\n%s\r\n"


def bound(count, share):
    """Half the width of the 99.9 % interval of a binomial share, in requests."""
    return 3.29 * math.sqrt(count * share * (1 - share)) + 1


class SplittingTest(GatewayTest):
    def split(self, weights, **more):
        first, second = (self.upstream(canned=canned_answer()) for _ in range(2))
        return self.gateway(simple_config(first, second, weights=weights, **more))

    def versions(self, gateway, heads):
        return [version_of(head) for head in many(gateway.port, heads)]

    def units(self, gateway, count, field=b"x-user-id: u%d\r\n"):
        """The version of each unit."""
        return self.versions(gateway, [HEAD % (field % i) for i in range(count)])

    def assert_share(self, versions, name, share):
        count = len(versions)
        self.assertLess(abs(versions.count(name) - count * share), bound(count, share),
                        "%s got %d of %d" % (name, versions.count(name), count))

    def assert_coin(self, gateway, name, share, count):
        """A fair sample leaves a 99.9 % interval once in a thousand, two in a row never."""
        try:
            self.assert_share(self.versions(gateway, [HEAD % b""] * count), name, share)
        except AssertionError:
            self.assert_share(self.versions(gateway, [HEAD % b""] * count), name, share)

    # -- the coin
    def test_requests_are_split_90_to_10(self):
        gateway = self.split([90, 10])

        self.assert_coin(gateway, "b1", 0.1, 8000)

    def test_requests_are_split_20_to_80(self):
        gateway = self.split([20, 80])

        self.assert_coin(gateway, "b0", 0.2, 8000)

    def test_shares_are_weights_by_their_sum_not_percentages(self):
        gateway = self.split([1, 2])

        self.assert_coin(gateway, "b0", 1 / 3, 5000)

    def test_a_weight_of_0_gets_nothing(self):
        gateway = self.split([1, 0])

        self.assertEqual(set(self.versions(gateway, [HEAD % b""] * 500)), {"b0"})

    def test_all_weights_0_is_a_503(self):
        gateway = self.split([1, 0])
        gateway.set_weights("all", b0=0)

        self.assert_refused(fetch(gateway), 503, "no_backend")

    def test_requests_on_one_connection_are_drawn_each_for_itself(self):
        gateway = self.split([50, 50])

        drawn = self.versions(gateway, [HEAD % b""] * 2000)

        changes = sum(a != b for a, b in zip(drawn, drawn[1:]))
        self.assertLess(abs(changes - 1000), 2 * bound(2000, 0.5), "no round robin, no runs")

    # -- units
    def test_a_header_keeps_its_version(self):
        gateway = self.split([50, 50], affinity={"header": "x-user-id"})

        first = self.units(gateway, 2000)

        self.assert_share(first, "b0", 0.5)
        self.assertEqual(self.units(gateway, 2000), first)

    def test_a_request_without_the_header_is_drawn_alone(self):
        gateway = self.split([50, 50], affinity={"header": "x-user-id"})

        self.assertEqual(set(self.versions(gateway, [HEAD % b""] * 200)), {"b0", "b1"})

    def test_a_query_parameter_keeps_its_version(self):
        gateway = self.split([50, 50], affinity={"query": "user"})
        heads = [b"GET /x?a=%d&user=u%d HTTP/1.1\r\nHost: example.test\r\n\r\n" % (noise, i)
                 for noise in (1, 2) for i in range(500)]

        versions = self.versions(gateway, heads)

        self.assertEqual(versions[:500], versions[500:])
        self.assertEqual(set(versions), {"b0", "b1"})

    def test_a_trace_keeps_its_version(self):
        gateway = self.split([50, 50], affinity={"trace_id": True})
        traces = [b"traceparent: 00-%032x-%016x-01\r\n" % (i * 0x9e3779b97f4a7c15 + 1, span)
                  for span in (1, 2) for i in range(500)]

        versions = self.versions(gateway, [HEAD % trace for trace in traces])

        self.assertEqual(versions[:500], versions[500:])
        self.assertEqual(set(versions), {"b0", "b1"})

    def test_a_client_address_keeps_its_version(self):
        gateway = self.split([50, 50], affinity={"client_ip": True})

        versions = {version_of(head) for _ in range(5)
                    for head in many(gateway.port, [HEAD % b""] * 40)}

        self.assertEqual(len(versions), 1)

    # -- the cookie
    def cookie_route(self, **cookie):
        return self.split([50, 50], affinity={"cookie": dict({"name": "mv"}, **cookie)})

    def test_a_cookie_is_issued_with_its_attributes(self):
        gateway = self.cookie_route(max_age="30d", same_site="Strict", secure=True, path="/score")

        issued = fetch(gateway).get("set-cookie")

        name, *attributes = [part.strip() for part in issued.split(";")]
        self.assertRegex(name, r"^mv=[A-Za-z0-9_-]{16,}$")
        self.assertEqual({part.lower() for part in attributes}, {
            "max-age=2592000", "path=/score", "samesite=strict", "secure", "httponly"})

    def test_a_session_cookie_has_no_age(self):
        gateway = self.cookie_route(http_only=False)

        attributes = fetch(gateway).get("set-cookie").lower()

        self.assertNotIn("max-age", attributes)
        self.assertNotIn("expires", attributes)
        self.assertNotIn("httponly", attributes)
        self.assertIn("samesite=lax", attributes)

    def test_who_shows_the_cookie_keeps_the_version_and_gets_no_new_one(self):
        gateway = self.cookie_route()
        seen = set()
        for _ in range(12):
            first = fetch(gateway)
            cookie = first.get("set-cookie").split(";")[0]

            again = [fetch(gateway, fields={"Cookie": "a=b; %s; c=d" % cookie}) for _ in range(4)]

            self.assertEqual({answer.get("x-millrace-version") for answer in again},
                             {first.get("x-millrace-version")})
            self.assertEqual([answer.get("set-cookie") for answer in again], [None] * 4)
            seen.add(first.get("x-millrace-version"))
        self.assertEqual(seen, {"b0", "b1"})

    def test_a_forged_cookie_is_replaced(self):
        gateway = self.cookie_route()
        good = fetch(gateway).get("set-cookie").split(";")[0]
        middle = 3 + (len(good) - 3) // 2
        tampered = good[:middle] + ("A" if good[middle] != "A" else "B") + good[middle + 1:]

        for forged in ("mv=x", "mv=", "mv=" + "A" * (len(good) - 3), tampered):
            answer = fetch(gateway, fields={"Cookie": forged})
            self.assertIsNotNone(answer.get("set-cookie"), forged)
            self.assertNotIn(forged + ";", answer.get("set-cookie"))

    # -- the same everywhere, moved as little as possible
    def test_two_processes_and_a_restart_assign_alike(self):
        config = {"affinity": {"header": "x-user-id"}}
        one, other = self.split([30, 70], **config), self.split([30, 70], **config)
        before = self.units(one, 1500)

        self.assertEqual(self.units(other, 1500), before)
        one.restart()
        self.assertEqual(self.units(one, 1500), before)

    def test_another_affinity_key_assigns_otherwise(self):
        first, second = (self.upstream(canned=canned_answer()) for _ in range(2))
        config = simple_config(first, second, affinity={"header": "x-user-id"})
        secret = dict(config, affinity_key={"secret_env": "TEST_AFFINITY_KEY"})
        env = {"TEST_AFFINITY_KEY": "a secret of more than sixteen bytes"}
        plain, keyed, same = (self.gateway(config), self.gateway(secret, env=env),
                              self.gateway(secret, env=env))

        self.assertNotEqual(self.units(plain, 300), self.units(keyed, 300))
        self.assertEqual(self.units(keyed, 300), self.units(same, 300))

    def test_a_ramp_moves_only_the_extra_units_and_nobody_back(self):
        gateway = self.split([100, 0], affinity={"header": "x-user-id"})
        count = 3000
        before = self.units(gateway, count)
        self.assertEqual(set(before), {"b0"})
        for percent in (5, 10, 25, 50, 100):
            gateway.set_weights("all", b0=100 - percent, b1=percent)
            now = self.units(gateway, count)

            back = sum(was == "b1" and is_ == "b0" for was, is_ in zip(before, now))
            self.assertEqual(back, 0, "at %d %%" % percent)
            self.assert_share(now, "b1", percent / 100)
            before = now

    def test_no_unit_moves_between_versions_whose_weights_stay(self):
        ups = [self.upstream(canned=canned_answer()) for _ in range(3)]
        gateway = self.gateway(simple_config(*ups, weights=[50, 30, 20],
                                             affinity={"header": "x-user-id"}))
        before = self.units(gateway, 3000)

        gateway.set_weights("all", b0=40, b2=30)

        now = self.units(gateway, 3000)
        moves = {(was, is_) for was, is_ in zip(before, now) if was != is_}
        self.assertEqual(moves, {("b0", "b2")})
        self.assert_share(now, "b2", 0.3)

    def test_a_version_whose_weight_rises_loses_nobody(self):
        gateway = self.split([90, 10], affinity={"header": "x-user-id"})
        gateway.set_weights("all", b0=50, b1=50)
        before = self.units(gateway, 1500)
        gateway.set_weights("all", b0=90, b1=10)

        now = self.units(gateway, 1500)

        self.assert_share(now, "b1", 0.1)
        self.assertEqual([is_ for was, is_ in zip(before, now) if was == "b0" and is_ != "b0"], [])

    # -- ids
    def test_answers_say_which_version_served_and_which_exchange_it_was(self):
        gateway = self.split([50, 50])

        heads = list(many(gateway.port, [HEAD % b""] * 300))

        ids = [re.search(rb"x-millrace-id: (\S+)", head).group(1) for head in heads]
        self.assertEqual(len(set(ids)), 300)
        self.assertTrue(all(re.fullmatch(rb"[A-Za-z0-9_-]{40,}", each) for each in ids))

    def test_millrace_ids_that_come_in_are_removed(self):
        upstream = self.upstream()
        gateway = self.gateway(simple_config(upstream))

        answer = fetch(gateway, fields={"x-millrace-id": "forged", "x-millrace-version": "b9"})

        names = [name for name, _ in answer.json()["fields"]]
        self.assertNotIn("x-millrace-id", names)
        self.assertNotIn("x-millrace-version", names)
        self.assertEqual(answer.all("x-millrace-version"), ["b0"])
        self.assertEqual(len(answer.all("x-millrace-id")), 1)

    def test_a_request_id_is_kept_made_or_replaced(self):
        gateway = self.gateway(simple_config(self.upstream()))
        cases = {"keep-Me_1.2": True, "a": True, "": False, "has blank": False, "x" * 4000: False,
                 "quote\"d": False, "semi;colon{}": False}
        for given, kept in cases.items():
            answer = fetch(gateway, fields={"x-request-id": given})

            sent = dict(answer.json()["fields"])["x-request-id"]
            self.assertEqual(answer.all("x-request-id"), [sent])
            self.assertEqual(sent == given, kept, given)
            self.assertRegex(sent, r"^[\x21-\x7e]{1,200}$")
        made = {fetch(gateway).get("x-request-id") for _ in range(20)}
        self.assertEqual(len(made), 20)

    def test_a_trace_is_kept_or_started(self):
        gateway = self.gateway(simple_config(self.upstream()))
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

        kept = fetch(gateway, fields={"traceparent": trace, "tracestate": "a=b"})
        started = fetch(gateway, fields={"traceparent": "00-zz-1-0", "tracestate": "a=b"})
        new = fetch(gateway)

        self.assertEqual(dict(kept.json()["fields"])["traceparent"], trace)
        self.assertEqual(dict(kept.json()["fields"])["tracestate"], "a=b")
        shape = r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-9a-f]$"
        self.assertRegex(dict(started.json()["fields"])["traceparent"], shape)
        self.assertNotIn("tracestate", dict(started.json()["fields"]))
        self.assertRegex(dict(new.json()["fields"])["traceparent"], shape)

    def test_every_id_can_be_turned_off(self):
        config = simple_config(self.upstream())
        config["ids"] = {"request_id": False, "millrace_id": False, "version": False,
                         "trace_context": False}
        gateway = self.gateway(config)

        answer = fetch(gateway)
        given = fetch(gateway, fields={"x-request-id": "any thing"})

        for name in ("x-request-id", "x-millrace-id", "x-millrace-version"):
            self.assertIsNone(answer.get(name), name)
        sent = dict(answer.json()["fields"])
        self.assertNotIn("x-request-id", sent)
        self.assertNotIn("traceparent", sent)
        self.assertEqual(dict(given.json()["fields"])["x-request-id"], "any thing")

    def test_a_client_may_stay_on_one_connection_for_thousands_of_requests(self):
        gateway = self.split([50, 50])
        client = Client(gateway.port)
        self.addCleanup(client.close)

        for _ in range(1000):
            self.assertEqual(client.fetch().status, 200)

        self.assertEqual(gateway.metric("millrace_connections_accepted_total"), 1)


if __name__ == "__main__":
    main()
