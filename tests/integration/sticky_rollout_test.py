#!/usr/bin/env python3
"""Rollouts on sticky routes: users who come back, keep their version, and are the units."""
import os
import random
import signal
import threading
import time

from support import GatewayTest, command, main, wait_until
from wire import Client, Closed, canned_answer

CLIENTS = 4
RETURNING = 400  # users who come again and again; the others come once or twice


class Users:
    """Requests of users, half of them known ones, until it is closed. `keyed`: they say who they are."""

    def __init__(self, gateway, keyed=True):
        self.gateway, self.keyed = gateway, keyed
        self.ending = threading.Event()
        self.answers = []  # (time, user, version, status)
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True)
                        for number in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        choose, client, count = random.Random(number), None, 0
        while not self.ending.wait(0.003):
            count += 1
            user = ("known-%d" % choose.randrange(RETURNING) if count % 2 else
                    "new-%d-%d" % (number, count // 4))
            try:
                client = client or Client(self.gateway.port)
                answer = client.fetch("/", fields={"x-user": user} if self.keyed else {})
                self.answers.append(
                    (time.monotonic(), user, answer.get("x-millrace-version"), answer.status))
            except (OSError, AssertionError, Closed):
                client = None

    def versions(self):
        """By user, the versions in the order in which they came, each change once."""
        seen = {}
        for _, user, version, _ in sorted(self.answers):
            changes = seen.setdefault(user, [])
            if not changes or changes[-1] != version:
                changes.append(version)
        return seen

    def close(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(10.0)


def sometimes_failing(connection, request):
    """The same users always fail, whoever answers: what a request of theirs was, the next one is."""
    connection.read_body(request)
    connection.answer(500 if request.get("x-user", "").endswith("7") else 200, b"ok")


class StickyRolloutTest(GatewayTest):
    def config(self, primary, candidate, data=None, **rollout):
        rollout = dict({
            "candidate": "v2", "steps": [20, 50, 100], "unit_window": "300ms",
            "guardrails": [{"metric": "error_rate", "floor": 0.1}]}, **rollout)
        config = {
            "workers": 2,
            "backends": {"v1": {"url": primary.url}, "v2": {"url": candidate.url}},
            "routes": [{
                "name": "all", "match": {"path_prefix": "/"}, "timeouts": {"total": "1s"},
                "affinity": {"header": "x-user"},
                "backend_refs": [{"backend": "v1", "weight": 100}, {"backend": "v2", "weight": 0}],
                "rollout": rollout}]}
        if data:
            config["data_dir"] = data
        return config

    def good(self):
        return self.upstream(canned=canned_answer())

    def bad(self):
        return self.upstream(canned=b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno")

    def users(self, gateway, **more):
        started = Users(gateway, **more)
        self.addCleanup(started.close)
        return started

    def rollout(self, gateway):
        status, found = gateway.admin_json("GET", "/api/v1/rollouts/all")
        return found if status == 200 else {}

    def wait_for_phase(self, gateway, phase, timeout=90.0):
        return wait_until(
            lambda: (found := self.rollout(gateway)).get("phase") == phase and found,
            "the rollout to be " + phase, timeout)

    def share(self, gateway, version):
        refs = gateway.admin_json("GET", "/api/v1/routes/all")[1]["backend_refs"]
        return next(one["share"] for one in refs if one["backend"] == version)

    def test_users_who_always_fail_do_not_roll_back_an_equal_candidate(self):
        primary, candidate = self.upstream(sometimes_failing), self.upstream(sometimes_failing)
        gateway = self.gateway(self.config(primary, candidate, rollback_alpha=0.0001))
        users = self.users(gateway)

        end = self.wait_for_phase(gateway, "succeeded")
        users.close()

        self.assertEqual([one["reason"] for one in end["decisions"]],
                         ["started", "step opened", "promoted"])
        # Nobody moved more than once, and nobody moved back.
        moves = set(map(tuple, users.versions().values()))
        self.assertLessEqual(moves, {("v1",), ("v2",), ("v1", "v2")})
        self.assertIn(("v1", "v2"), moves)

    def test_a_bad_candidate_is_rolled_back_and_its_users_return(self):
        gateway = self.gateway(self.config(self.good(), self.bad()))
        users = self.users(gateway)

        end = self.wait_for_phase(gateway, "failed")
        decided = time.monotonic()
        wait_until(lambda: users.answers[-1][0] > decided + 0.3, "more traffic")
        users.close()

        self.assertEqual(end["decisions"][-1]["reason"], "guardrail violated")
        self.assertEqual(self.share(gateway, "v2"), 0.0)
        late = {version for when, _, version, _ in users.answers if when > decided + 0.1}
        self.assertEqual(late, {"v1"})
        self.assertLessEqual(set(map(tuple, users.versions().values())),
                             {("v1",), ("v2",), ("v1", "v2"), ("v2", "v1"), ("v1", "v2", "v1")})

    def test_requests_without_the_key_are_evidence_too(self):
        gateway = self.gateway(self.config(self.good(), self.bad()))
        self.users(gateway, keyed=False)

        end = self.wait_for_phase(gateway, "failed")

        self.assertEqual(end["decisions"][-1]["reason"], "guardrail violated")

    def test_a_kill_leaves_users_where_they_are_and_the_rollout_goes_on(self):
        data = os.path.join(os.environ.get("TMPDIR", "/tmp"), "millrace-sticky-%d-%d" % (
            os.getpid(), time.monotonic_ns()))
        self.addCleanup(lambda: os.system("rm -rf '%s'" % data))
        gateway = self.gateway(self.config(self.good(), self.good(), data=data))
        users = self.users(gateway)
        wait_until(lambda: self.share(gateway, "v2") > 0.1, "the first step", 60.0)
        wait_until(lambda: self.rollout(gateway)["units"]["known"] > 100, "users to be known", 60.0)
        time.sleep(2)  # what is committed is at most a second old

        gateway.signal(signal.SIGKILL)
        gateway.process.wait(10)
        gateway.process = None
        gateway.start()
        known = wait_until(lambda: self.rollout(gateway), "the rollout")["units"]["known"]
        self.wait_for_phase(gateway, "succeeded")
        users.close()

        self.assertGreater(known, 50)
        self.assertLessEqual(set(map(tuple, users.versions().values())),
                             {("v1",), ("v2",), ("v1", "v2")})
        gateway.stop()
        code, out, err = command("replay", "--data-dir", data)
        self.assertEqual(code, 0, out + err)


if __name__ == "__main__":
    main()
