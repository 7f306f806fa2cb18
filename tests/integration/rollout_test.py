#!/usr/bin/env python3
"""Rollouts on real traffic: weights that move themselves, people who steer, a kill -9 in the middle."""
import json
import os
import signal
import threading
import time

from support import GatewayTest, command, main, wait_until
from wire import Client, Closed, canned_answer

CLIENTS = 4


class Load:
    """Requests over a few kept connections, paced, until it is closed. Who cannot connect tries again."""

    def __init__(self, gateway, target="/"):
        self.gateway, self.target = gateway, target
        self.ending = threading.Event()
        self.answers = []  # (time, version, status)
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self):
        client = None
        while not self.ending.wait(0.004):
            try:
                client = client or Client(self.gateway.port)
                answer = client.fetch(self.target)
                self.answers.append(
                    (time.monotonic(), answer.get("x-millrace-version"), answer.status))
            except (OSError, AssertionError, Closed):
                client = None

    def close(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(10.0)


class RolloutTest(GatewayTest):
    def config(self, candidate=200, data=False, **rollout):
        good, tried = self.upstream(canned=canned_answer()), self.upstream(canned=answer_of(candidate))
        rollout = dict({
            "candidate": "v2", "steps": [20, 50, 100],
            "guardrails": [{"metric": "error_rate", "max_ratio": 2, "floor": 0.1}]}, **rollout)
        config = {
            "workers": 2,
            "backends": {"v1": {"url": good.url}, "v2": {"url": tried.url}},
            "routes": [{
                "name": "all", "match": {"path_prefix": "/"}, "timeouts": {"total": "1s"},
                "backend_refs": [{"backend": "v1", "weight": 100}, {"backend": "v2", "weight": 0}],
                "rollout": rollout}]}
        if data:
            config["data_dir"] = self.data
        return config

    def setUp(self):
        super().setUp()
        self.data = os.path.join(os.environ.get("TMPDIR", "/tmp"), "millrace-rollout-%d-%d" % (
            os.getpid(), time.monotonic_ns()))
        self.addCleanup(lambda: os.system("rm -rf '%s'" % self.data))

    def load(self, gateway):
        load = Load(gateway)
        self.addCleanup(load.close)
        return load

    def rollout(self, gateway):
        """As the API tells it; nothing until the controller has looked at it."""
        status, found = gateway.admin_json("GET", "/api/v1/rollouts/all")
        return found if status == 200 else {}

    def wait_for_phase(self, gateway, phase, timeout=60.0):
        return wait_until(
            lambda: (found := self.rollout(gateway)).get("phase") == phase and found,
            "the rollout to be " + phase, timeout)

    def share(self, gateway, version):
        refs = gateway.admin_json("GET", "/api/v1/routes/all")[1]["backend_refs"]
        return next(one["share"] for one in refs if one["backend"] == version)

    def steer(self, gateway, word, why="a test says so"):
        return gateway.admin("POST", "/api/v1/rollouts/all/" + word, {"why": why})[0]

    # -- by itself
    def test_a_good_candidate_gets_everything_step_by_step(self):
        gateway = self.gateway(self.config())
        self.load(gateway)

        end = self.wait_for_phase(gateway, "succeeded")

        self.assertEqual(end["verdict"], "successful")
        reasons = [one["reason"] for one in end["decisions"]]
        self.assertEqual(reasons, ["started", "step opened", "promoted"])
        self.assertEqual(self.share(gateway, "v2"), 1.0)

    def test_a_bad_candidate_loses_everything_and_the_clients_stay(self):
        gateway = self.gateway(self.config(candidate=503))
        load = self.load(gateway)

        end = self.wait_for_phase(gateway, "failed")
        decided = time.monotonic()
        wait_until(lambda: load.answers[-1][0] > decided + 0.1, "more traffic")

        self.assertEqual(end["verdict"], "failed")
        self.assertEqual(end["decisions"][-1]["reason"], "guardrail violated")
        self.assertEqual(self.share(gateway, "v2"), 0.0)
        late = [version for when, version, _ in load.answers if when > decided + 0.05]
        self.assertEqual(set(late), {"v1"})

    def test_without_traffic_nothing_is_decided(self):
        gateway = self.gateway(self.config())
        self.wait_for_phase(gateway, "progressing")

        log = len(gateway.messages())
        wait_until(lambda: self.rollout(gateway)["candidates"][0]["guardrails"], "an assessment")

        self.assertEqual(self.rollout(gateway)["phase"], "progressing")
        self.assertEqual(len(gateway.messages()), log)

    # -- people
    def test_people_steer_and_are_on_record(self):
        gateway = self.gateway(self.config())
        self.wait_for_phase(gateway, "progressing")

        self.assertEqual(self.steer(gateway, "rollback", why=""), 400)
        self.assertEqual(gateway.admin("POST", "/api/v1/rollouts/all/rollback", {"why": "x"},
                                       token=False)[0], 401)
        self.assertIn(self.steer(gateway, "rollback", why="smells"), (200, 202))
        end = self.wait_for_phase(gateway, "failed")

        self.assertEqual(end["decisions"][-1]["why"], "smells")
        self.assertEqual(self.share(gateway, "v2"), 0.0)
        self.assertEqual(self.steer(gateway, "resume"), 409)

    def test_weights_are_the_rollouts_unless_it_is_paused(self):
        gateway = self.gateway(self.config())
        self.wait_for_phase(gateway, "progressing")
        change = ("PUT", "/api/v1/routes/all/weights", {"weights": {"v1": 70, "v2": 30}})

        self.assertEqual(gateway.admin(*change)[0], 409)
        self.steer(gateway, "pause")
        wait_until(lambda: self.rollout(gateway)["paused"], "the pause")
        self.assertEqual(gateway.admin(*change)[0], 200)
        self.assertAlmostEqual(self.share(gateway, "v2"), 0.3, 3)
        self.steer(gateway, "resume")

        wait_until(lambda: abs(self.share(gateway, "v2") - 0.2) < 0.001, "the rollout's weights")

    def test_a_pause_stops_no_rollback(self):
        gateway = self.gateway(self.config(candidate=500))
        self.wait_for_phase(gateway, "progressing")
        self.steer(gateway, "pause")
        wait_until(lambda: self.rollout(gateway)["paused"], "the pause")

        self.load(gateway)

        self.wait_for_phase(gateway, "failed")
        self.assertEqual(self.share(gateway, "v2"), 0.0)

    def test_a_person_may_have_to_approve(self):
        gateway = self.gateway(self.config(approve={"start": True, "promotion": True}))
        self.load(gateway)
        self.assertEqual(self.wait_for_phase(gateway, "initializing")["candidates"][0]["share"], 0)

        self.steer(gateway, "approve")
        self.wait_for_phase(gateway, "waiting")
        self.assertLess(self.share(gateway, "v2"), 1.0)
        self.steer(gateway, "approve")

        self.wait_for_phase(gateway, "succeeded")

    def test_the_commands_of_the_shell(self):
        gateway = self.gateway(self.config())
        self.wait_for_phase(gateway, "progressing")

        code, listed, _ = command("rollouts", "-c", gateway.path, *admin_of(gateway))
        self.assertEqual(code, 0)
        self.assertIn("progressing", listed)
        code, _, _ = command("rollback", "all", "--why", "enough", "-c", gateway.path,
                             *admin_of(gateway))
        self.assertEqual(code, 0)
        self.wait_for_phase(gateway, "failed")
        code, told, _ = command("explain", "all", "-c", gateway.path, *admin_of(gateway))
        self.assertEqual(code, 0)
        self.assertIn("enough", told)

    # -- what outlives the process
    def test_a_kill_resumes_where_it_was_committed(self):
        gateway = self.gateway(self.config(data=True, approve={"promotion": True}))
        load = self.load(gateway)
        wait_until(lambda: self.share(gateway, "v2") > 0.4, "the second step", 60.0)
        time.sleep(1.5)  # the partition in force is committed behind its publication
        before = gateway.admin_json("GET", "/api/v1/routes/all")[1]["partition"]

        kill(gateway)
        gateway.start()

        self.assertEqual(gateway.admin_json("GET", "/api/v1/routes/all")[1]["partition"], before)
        found = wait_until(lambda: self.rollout(gateway), "the rollout")
        self.assertIn(found["phase"], ("progressing", "waiting"))
        self.assertEqual(found["candidates"][0]["share"], 50)
        load.close()

    def test_a_kill_does_not_bring_a_bad_candidate_back(self):
        gateway = self.gateway(self.config(candidate=503, data=True))
        load = self.load(gateway)
        self.wait_for_phase(gateway, "failed")

        kill(gateway)
        load.close()
        gateway.start()
        wait_until(lambda: self.rollout(gateway), "the rollout")

        self.assertEqual(self.share(gateway, "v2"), 0.0)
        self.assertEqual(self.rollout(gateway)["phase"], "failed")

    def test_a_reload_leaves_a_rollout_alone_and_a_new_one_begins_anew(self):
        gateway = self.gateway(self.config())
        self.wait_for_phase(gateway, "progressing")
        first = self.rollout(gateway)["id"]

        gateway.reload()
        self.assertEqual(self.rollout(gateway)["id"], first)
        changed = json.loads(json.dumps(gateway.config))
        changed["routes"][0]["rollout"]["steps"] = [30, 100]
        gateway.write_config(changed)
        gateway.reload()

        wait_until(lambda: self.rollout(gateway)["id"] != first, "another rollout")
        wait_until(lambda: abs(self.share(gateway, "v2") - 0.3) < 0.001, "its first step")


def answer_of(status):
    return b"HTTP/1.1 %d Whatever\r\nContent-Length: 2\r\n\r\nno" % status


def admin_of(gateway):
    return ("--admin", "127.0.0.1:%d" % gateway.admin_port, "--token-file", gateway.token_file)


def kill(gateway):
    """kill -9: what a test's gateway never does by itself."""
    gateway.signal(signal.SIGKILL)
    gateway.process.wait(10)
    gateway.process = None


if __name__ == "__main__":
    main()
