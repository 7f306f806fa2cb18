#!/usr/bin/env python3
"""The durable record: replayed, on disks that fail, and over changes of the file."""
import json
import os
import shutil
import sqlite3
import time

from disks import Disk
from rollout_test import Load, admin_of, answer_of, kill
from support import GatewayTest, command, fetch, main, wait_until
from wire import canned_answer

GUARDRAILS = [{"metric": "error_rate", "max_ratio": 2, "floor": 0.1}]


class JournalTest(GatewayTest):
    def setUp(self):
        super().setUp()
        self.good, self.tried = (self.upstream(canned=canned_answer()) for _ in range(2))
        self.data = os.path.join(os.environ.get("TMPDIR", "/tmp"), "millrace-journal-%d-%d" % (
            os.getpid(), time.monotonic_ns()))
        self.addCleanup(shutil.rmtree, self.data, ignore_errors=True)

    def config(self, data=None, **rollout):
        rollout = dict({"candidate": "v2", "steps": [20, 50, 100], "guardrails": GUARDRAILS,
                        "approve": {"promotion": True}}, **rollout)
        return {
            "workers": 2,
            "data_dir": data or self.data,
            "backends": {"v1": {"url": self.good.url}, "v2": {"url": self.tried.url}},
            "routes": [{
                "name": "all", "match": {"path_prefix": "/"}, "timeouts": {"total": "1s"},
                "backend_refs": [{"backend": "v1", "weight": 100}, {"backend": "v2", "weight": 0}],
                "rollout": rollout}]}

    def load(self, gateway):
        load = Load(gateway)
        self.addCleanup(load.close)
        return load

    def rollout(self, gateway):
        status, found = gateway.admin_json("GET", "/api/v1/rollouts/all")
        return found if status == 200 else {}

    def wait_for_phase(self, gateway, phase):
        return wait_until(
            lambda: (found := self.rollout(gateway)).get("phase") == phase and found,
            "the rollout to be " + phase, 60.0)

    def share(self, gateway, version="v2"):
        refs = gateway.admin_json("GET", "/api/v1/routes/all")[1]["backend_refs"]
        return next(one["share"] for one in refs if one["backend"] == version)

    def wait_for_share(self, gateway, share):
        wait_until(lambda: abs(self.share(gateway) - share) < 0.001,
                   "the share to be %.2f" % share, 60.0)

    def ready(self, gateway):
        status, _, text = gateway.admin("GET", "/readyz", token=False)
        return status, json.loads(text)

    def assert_serves(self, gateway):
        self.assertEqual(fetch(gateway).status, 200)

    def assert_says_that_it_stopped(self, gateway):
        status, body = wait_until(
            lambda: (said := self.ready(gateway))[1].get("detail") and said, "the detail")
        self.assertEqual(status, 200)
        self.assertIn("decisions stopped", body["detail"])
        self.assertEqual(gateway.metric("millrace_journal_writable"), 0)
        code, text, _ = command("status", *admin_of(gateway))
        self.assertEqual(code, 0)
        self.assertIn("decisions stopped", text)


class ReplayTest(JournalTest):
    def replayed(self, *arguments):
        code, out, err = command("replay", "--data-dir", self.data, "--json", *arguments)
        return code, [json.loads(line) for line in out.splitlines()], err

    def test_a_story_with_a_kill_and_a_person_comes_out_bit_for_bit(self):
        gateway = self.gateway(self.config())
        self.load(gateway)
        self.wait_for_share(gateway, 0.5)
        gateway.admin("POST", "/api/v1/rollouts/all/pause", {"who": "ann", "why": "a \"look\""})
        wait_until(lambda: self.rollout(gateway).get("paused"), "the pause")
        live, reports, err = self.replayed()
        self.assertEqual((live, reports[0]["differences"]), (0, []), err)
        wait_until(lambda: self.replayed()[1][0]["decisions"] == 3, "the pause to be committed")
        kill(gateway)
        gateway.start()
        wait_until(lambda: self.rollout(gateway).get("paused"), "the rollout")
        gateway.admin("POST", "/api/v1/rollouts/all/resume", {"who": "ann", "why": "seen"})
        self.wait_for_phase(gateway, "waiting")
        _, told, _ = command("explain", "all", *admin_of(gateway))
        for before_and_after in ("started", "by ann (admin): \"a \"look\"\"", "by ann (admin): \"seen\""):
            self.assertIn(before_and_after, told)
        gateway.admin("POST", "/api/v1/rollouts/all/approve", {"who": "ann", "why": "good"})
        self.wait_for_phase(gateway, "succeeded")
        gateway.stop()

        code, reports, err = self.replayed("all")

        self.assertEqual(code, 0, (reports, err))
        self.assertTrue(reports[0]["exact"])
        self.assertEqual(reports[0]["resumes"], 1)
        # started, a step, pause, resume, ready, approve and promoted
        self.assertEqual(reports[0]["decisions"], 7)
        self.assertEqual(reports[0]["decisions_without_inputs"], 0)
        self.assertGreaterEqual(reports[0]["memories"], 3)

    def test_what_was_changed_by_hand_is_found(self):
        gateway = self.gateway(self.config())
        self.load(gateway)
        self.wait_for_share(gateway, 0.5)
        gateway.stop()
        database = sqlite3.connect(self.data + "/millrace.db")
        with database:
            database.execute("UPDATE decisions SET checksum = 0, shares_before = 'v2=3'"
                             " WHERE reason = 'step opened'")
        database.close()

        code, out, _ = command("replay", "--data-dir", self.data)
        self.assertEqual(code, 1)
        self.assertIn("DIFFERS: decision 2 (step opened", out)
        self.assertIn("shares_before", out)

        database = sqlite3.connect(self.data + "/millrace.db")
        with database:
            database.execute("UPDATE inputs SET data = zeroblob(length(data)) WHERE sequence > 2")
        database.close()
        code, out, _ = command("replay", "--data-dir", self.data)
        self.assertEqual(code, 1)
        self.assertIn("is damaged", out)


class DiskTest(JournalTest):
    def disk(self, kilobytes=4096):
        disk = Disk(kilobytes)
        self.addCleanup(disk.close)
        return disk

    def on_disk(self, disk, **rollout):
        return self.gateway(self.config(disk.path + "/data", **rollout), wrapper=disk.wrapper)

    def test_a_full_disk_stops_more_weight_until_there_is_room(self):
        disk = self.disk()
        gateway = self.on_disk(disk)
        self.wait_for_share(gateway, 0.2)
        disk.fill()
        self.assert_says_that_it_stopped(gateway)
        load = self.load(gateway)
        wait_until(lambda: "cannot be recorded" in self.rollout(gateway)["trouble"],
                   "the trouble", 60.0)
        self.assertAlmostEqual(self.share(gateway), 0.2, 3)
        self.assert_serves(gateway)
        self.assertEqual({status for _, _, status in load.answers}, {200})

        disk.free()

        self.wait_for_share(gateway, 0.5)
        wait_until(lambda: "detail" not in self.ready(gateway)[1], "the end of the trouble")

    def test_a_full_disk_stops_no_rollback_and_a_kill_does_not_undo_it(self):
        disk = self.disk()
        gateway = self.on_disk(disk)
        self.wait_for_share(gateway, 0.2)
        disk.fill()
        self.assert_says_that_it_stopped(gateway)
        self.tried.canned = answer_of(503)
        load = self.load(gateway)
        self.wait_for_phase(gateway, "failed")
        self.assertEqual(self.share(gateway), 0.0)
        wait_until(lambda: gateway.metric("millrace_journal_rollback_marks_total",
                                          result="success") == 1, "the mark")
        load.close()

        kill(gateway)
        gateway.start()  # the disk is still full

        self.assert_serves(gateway)
        self.assertEqual(self.share(gateway), 0.0)
        wait_until(lambda: self.rollout(gateway), "the rollout")
        self.assertEqual(self.share(gateway), 0.0)

    def test_a_disk_that_turns_read_only_stops_more_weight_not_the_rollback(self):
        disk = self.disk()
        gateway = self.on_disk(disk)
        self.wait_for_share(gateway, 0.2)
        kill(gateway)
        disk.make_read_only()

        gateway.start()

        self.assert_serves(gateway)
        self.assert_says_that_it_stopped(gateway)
        self.assertAlmostEqual(self.share(gateway), 0.2, 3)
        self.assertEqual(self.rollout(gateway)["phase"], "progressing")
        self.tried.canned = answer_of(503)
        self.load(gateway)
        self.wait_for_phase(gateway, "failed")
        self.assertEqual(self.share(gateway), 0.0)
        gateway.wait_for_log("cannot be marked")
        self.assertEqual(gateway.admin("PUT", "/api/v1/routes/all/weights",
                                       {"weights": {"v2": 5}})[0], 409)

    def test_a_directory_that_cannot_be_made_stops_rollouts_before_they_begin(self):
        gateway = self.gateway(self.config("/proc/none"))
        self.load(gateway)

        self.assert_serves(gateway)
        self.assert_says_that_it_stopped(gateway)
        wait_until(lambda: "cannot be recorded" in self.rollout(gateway).get("trouble", ""),
                   "the trouble")
        self.assertEqual(self.rollout(gateway)["phase"], "initializing")
        self.assertEqual(self.share(gateway), 0.0)

    def damage(self, how):
        """A gateway whose candidate had half, killed, its database damaged; started again."""
        gateway = self.gateway(self.config())
        self.load(gateway)
        self.wait_for_share(gateway, 0.5)
        kill(gateway)
        how()
        gateway.start()
        return gateway

    def overwrite_log(self):
        """What a disk may do to a page."""
        os.unlink(self.data + "/millrace.db-wal")
        with open(self.data + "/millrace.db", "r+b") as file:
            file.seek(0, os.SEEK_END)
            size = max(file.tell(), 8192)
            file.seek(100)
            file.write(os.urandom(size - 100))

    def test_a_damaged_database_leaves_the_primary_serving(self):
        gateway = self.damage(self.overwrite_log)

        self.assert_serves(gateway)
        self.assert_says_that_it_stopped(gateway)
        self.assertEqual(self.share(gateway), 0.0)
        gateway.wait_for_log("what was committed last is not known")
        wait_until(lambda: self.rollout(gateway), "the rollout")
        self.assertEqual(self.share(gateway), 0.0)

    def test_a_torn_database_leaves_the_primary_serving(self):
        def tear():
            os.unlink(self.data + "/millrace.db-wal")
            os.truncate(self.data + "/millrace.db", 3000)

        gateway = self.damage(tear)

        self.assert_serves(gateway)
        self.assertEqual(self.share(gateway), 0.0)

    def test_a_torn_log_is_an_older_commit(self):
        def tear():
            wal = self.data + "/millrace.db-wal"
            os.truncate(wal, os.path.getsize(wal) - 1500)

        gateway = self.damage(tear)

        self.assert_serves(gateway)
        self.assertLessEqual(self.share(gateway), 0.5)
        self.assertEqual(self.ready(gateway), (200, {"status": "ok"}))
        self.assertEqual(command("replay", "--data-dir", self.data)[0], 0)

    def test_two_gateways_never_share_a_directory(self):
        self.gateway(self.config())
        with self.assertRaisesRegex(AssertionError, "locked by another gateway"):
            self.gateway(self.config())


class ChangeTest(JournalTest):
    """Each change of the file in mid-rollout has one answer."""

    def begun(self, **rollout):
        gateway = self.gateway(self.config(**rollout))
        self.wait_for_share(gateway, 0.2)
        return gateway, self.rollout(gateway)

    def change(self, gateway, change):
        changed = json.loads(json.dumps(gateway.config))
        change(changed)
        gateway.write_config(changed)
        return gateway.reload()

    def closed(self):
        database = sqlite3.connect("file:%s/millrace.db?mode=ro" % self.data, uri=True)
        try:
            return database.execute("SELECT rollout, summary FROM decisions"
                                    " WHERE reason = 'closed'").fetchall()
        finally:
            database.close()

    def assert_begins_anew(self, gateway, first, share=0.2):
        now = wait_until(lambda: (found := self.rollout(gateway)).get("id") != first["id"]
                         and found.get("phase") == "progressing" and found, "another rollout")
        self.assertEqual(now["attempt"], 2)
        self.wait_for_share(gateway, share)
        wait_until(lambda: self.closed(), "the end of the first to be recorded")
        self.assertEqual(self.closed()[0][0], int(first["id"]))
        code, text, _ = command("explain", "all", *admin_of(gateway))
        self.assertEqual(code, 0)
        self.assertIn("attempt 2 of the same version", text)

    def test_a_changed_policy_begins_anew_as_the_next_attempt(self):
        gateway, first = self.begun()

        def change(config):
            config["routes"][0]["rollout"]["steps"] = [30, 100]

        self.assertEqual(self.change(gateway, change)[0], 200)

        self.assert_begins_anew(gateway, first, 0.3)

    def test_another_address_is_another_version_and_begins_anew(self):
        gateway, first = self.begun()
        other = self.upstream(canned=canned_answer())

        def change(config):
            config["backends"]["v2"]["url"] = other.url

        self.assertEqual(self.change(gateway, change)[0], 200)

        now = wait_until(lambda: (found := self.rollout(gateway)).get("id") != first["id"]
                         and found, "another rollout")
        self.assertEqual(now["attempt"], 1)  # it was never tried

    def test_a_version_that_comes_beside_leaves_the_rollout_alone(self):
        gateway, first = self.begun(primary="v1")

        def change(config):
            config["backends"]["v3"] = {"url": self.good.url}
            config["routes"][0]["backend_refs"].append({"backend": "v3", "weight": 100})

        self.assertEqual(self.change(gateway, change)[0], 200)

        # v3 has its half of the weights; the rollout's 20 % are of the other half.
        self.wait_for_share(gateway, 0.1)
        self.assertEqual(self.rollout(gateway)["id"], first["id"])

    def test_a_candidate_that_leaves_while_it_is_tried_is_refused(self):
        gateway, first = self.begun()

        def change(config):
            config["routes"][0]["backend_refs"].pop()

        status, answer = self.change(gateway, change)

        self.assertNotEqual(status, 200)
        self.assertIn("v2", json.dumps(answer))
        self.assertEqual(self.rollout(gateway)["id"], first["id"])
        self.assertAlmostEqual(self.share(gateway), 0.2, 3)

    def test_a_rollout_that_leaves_the_file_ends_with_its_weights_as_they_are(self):
        gateway, first = self.begun()

        def change(config):
            del config["routes"][0]["rollout"]

        self.assertEqual(self.change(gateway, change)[0], 200)

        wait_until(lambda: not self.rollout(gateway), "the rollout to be gone")
        self.assertAlmostEqual(self.share(gateway), 0.2, 3)
        wait_until(lambda: self.closed(), "the end to be recorded")
        self.assertIn("not in the file", self.closed()[0][1])
        self.assertEqual(gateway.admin("PUT", "/api/v1/routes/all/weights",
                                       {"weights": {"v2": 0}})[0], 200)

    def test_two_rollouts_on_one_route_are_refused(self):
        gateway, first = self.begun()
        text = json.dumps(gateway.complete(gateway.config))
        twice = text.replace('"rollout":', '"rollout": {"candidate": "v2"}, "rollout":', 1)
        gateway.write_config(twice)

        status, answer = gateway.reload()

        self.assertNotEqual(status, 200)
        self.assertIn("rollout", json.dumps(answer))
        self.assertEqual(self.rollout(gateway)["id"], first["id"])

    def test_a_file_that_changed_while_nothing_ran_closes_what_was_open(self):
        gateway, first = self.begun()
        kill(gateway)
        changed = json.loads(json.dumps(gateway.config))
        changed["routes"][0]["rollout"]["steps"] = [30, 100]
        gateway.write_config(changed)
        gateway.start()

        self.assert_begins_anew(gateway, first, 0.3)


if __name__ == "__main__":
    main()
