#!/usr/bin/env python3
"""Webhooks with a real receiver: signatures, CloudEvents, retries, dead letters, and what waits for a
yes; roles and the audit record of the admin API."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import signal
import sqlite3
import ssl
import subprocess
import threading
import time

from rollout_test import Load, admin_of, answer_of, kill
from support import GatewayTest, command, main, wait_until
from wire import canned_answer

SECRET = b"a secret of more than sixteen bytes"
CIPHER = "whsec_" + base64.b64encode(SECRET).decode()


class Delivery:
    """One request that a receiver got."""

    def __init__(self, handler, body):
        self.path, self.body = handler.path, body
        self.fields = {name.lower(): value for name, value in handler.headers.items()}
        self.at = time.monotonic()

    def document(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.fields.get("ce-type") or self.document()["type"]

    @property
    def id(self):
        return self.fields["webhook-id"]

    def signature(self):
        content = "%s.%s.%s" % (self.id, self.fields["webhook-timestamp"], self.body.decode())
        digest = hmac.new(SECRET, content.encode(), hashlib.sha256).digest()
        return "v1," + base64.b64encode(digest).decode()


class Receiver:
    """Python's own HTTP server, which answers as `answer(delivery)` says: (status, headers, body)."""

    def __init__(self, answer=lambda delivery: (204, {}, b""), tls=None):
        receiver = self
        self.deliveries, self.answer, self.changed = [], answer, threading.Condition()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                delivery = Delivery(self, body)
                with receiver.changed:
                    receiver.deliveries.append(delivery)
                    receiver.changed.notify_all()
                status, fields, text = receiver.answer(delivery)
                try:
                    self.send_response(status)
                    for name, value in fields.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text)
                except OSError:
                    pass  # who asked did not wait

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = "%s://127.0.0.1:%d/hook?key=1" % (
            "https" if tls else "http", self.server.server_address[1])
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def of_type(self, kind):
        with self.changed:
            return [one for one in self.deliveries if one.type == kind]

    def wait_for(self, kind, count=1, timeout=60.0):
        return wait_until(lambda: len(found := self.of_type(kind)) >= count and found,
                          "%d of %s" % (count, kind), timeout)


class WebhooksTest(GatewayTest):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(os.environ.get("TMPDIR", "/tmp"), "millrace-webhooks-%d-%d" % (
            os.getpid(), time.monotonic_ns()))
        os.mkdir(self.data, 0o700)
        self.addCleanup(lambda: os.system("rm -rf '%s'" % self.data))
        self.secret_file = self.file("secret", CIPHER)

    def file(self, name, content):
        path = os.path.join(self.data, name)
        with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as to:
            to.write(content + "\n")
        os.replace(path + ".new", path)
        return path

    def receiver(self, *args, **more):
        started = Receiver(*args, **more)
        self.addCleanup(started.close)
        return started

    def hook(self, receiver, name="ci", **more):
        return dict({"name": name, "url": receiver.url, "secret_file": self.secret_file,
                     "retry_delay": "20ms", "retry_delay_max": "100ms", "timeout": "1s",
                     "confirm_interval": "50ms", "environment": "prod", "source": "/gw/eu"}, **more)

    def config(self, hooks, candidate=200, data=False, **rollout):
        good, tried = self.upstream(canned=canned_answer()), self.upstream(canned=answer_of(candidate))
        config = {
            "workers": 2, "webhooks": hooks,
            "backends": {"v1": {"url": good.url}, "v2": {"url": tried.url}},
            "routes": [{
                "name": "all", "match": {"path_prefix": "/"}, "timeouts": {"total": "1s"},
                "backend_refs": [{"backend": "v1", "weight": 100}, {"backend": "v2", "weight": 0}],
                "rollout": dict({
                    "candidate": "v2", "steps": [20, 50, 100],
                    "guardrails": [{"metric": "error_rate", "max_ratio": 2, "floor": 0.1}]},
                    **rollout)}]}
        if data:
            config["data_dir"] = os.path.join(self.data, "journal")
        return config

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

    def wait_for_words(self, gateway, words):
        """That it says for whom it waits; what it shows is as old as its last look."""
        wait_until(lambda: self.rollout(gateway)["waiting_for"] == words, "it to wait for " + words)

    def steer(self, gateway, word):
        return gateway.admin("POST", "/api/v1/rollouts/all/" + word, {"why": "a test says so"})[0]

    def letters(self, gateway):
        return gateway.admin_json("GET", "/api/v1/dead-letters")[1]["dead_letters"]

    def status(self, gateway, name="ci"):
        all = gateway.admin_json("GET", "/api/v1/webhooks")[1]["webhooks"]
        return next((one for one in all if one["name"] == name), None)

    # -- what is told
    def test_a_structured_event_is_signed_and_a_cloudevent(self):
        receiver = self.receiver()
        gateway = self.gateway(self.config([self.hook(receiver)]))
        self.wait_for_phase(gateway, "progressing")
        self.steer(gateway, "pause")

        told = receiver.wait_for("dev.millrace.rollout.paused")[0]

        document = told.document()
        self.assertEqual(told.path, "/hook?key=1")
        self.assertEqual(told.fields["webhook-signature"], told.signature())
        self.assertLess(abs(int(told.fields["webhook-timestamp"]) - time.time()), 60)
        self.assertTrue(told.fields["content-type"].startswith("application/cloudevents+json"))
        self.assertEqual(document["specversion"], "1.0")
        self.assertEqual(document["id"], told.id)
        self.assertEqual(document["source"], "/gw/eu")
        self.assertEqual(document["subject"], "service/all")
        self.assertEqual(document["datacontenttype"], "application/json")
        self.assertRegex(document["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(document["data"]["route"], "all")
        self.assertEqual(document["data"]["why"], "a test says so")
        started = receiver.of_type("dev.cdevents.service.deployed.0.3.0")[0].document()
        self.assertEqual(started["data"]["context"]["specversion"], "0.5.1")

    def test_a_binary_event_carries_a_cdevent(self):
        receiver = self.receiver()
        gateway = self.gateway(self.config(
            [self.hook(receiver, format="cloudevents_binary", events=["rolled_back"])], candidate=503))
        self.load(gateway)

        told = receiver.wait_for("dev.cdevents.service.rolledback.0.3.0")[0]

        document = told.document()
        self.assertEqual(told.fields["webhook-signature"], told.signature())
        self.assertEqual(told.fields["content-type"], "application/json")
        self.assertEqual(told.fields["ce-specversion"], "1.0")
        self.assertEqual(told.fields["ce-id"], told.id)
        self.assertEqual(told.fields["ce-source"], "/gw/eu")
        self.assertEqual(told.fields["ce-subject"], "service/all")
        self.assertEqual(document["context"]["type"], told.type)
        self.assertEqual(document["context"]["timestamp"], told.fields["ce-time"])
        self.assertEqual(document["subject"]["content"],
                         {"environment": {"id": "prod"}, "artifactId": "pkg:generic/v1"})
        self.assertEqual(document["customData"]["reason"], "guardrail violated")
        self.assertEqual(document["customData"]["shares"], {"v1": 100, "v2": 0})
        self.assertEqual({one.type for one in receiver.deliveries}, {told.type})

    def test_the_way_of_a_good_candidate_is_told_in_order(self):
        receiver = self.receiver()
        gateway = self.gateway(self.config([self.hook(receiver)], approve={"promotion": True}))
        self.load(gateway)
        self.wait_for_phase(gateway, "waiting")
        self.steer(gateway, "approve")

        receiver.wait_for("dev.cdevents.service.upgraded.0.3.0")

        types = [one.type for one in receiver.deliveries]
        for earlier, later in (
                ("dev.cdevents.service.deployed.0.3.0", "dev.cdevents.environment.modified.0.3.0"),
                ("dev.cdevents.environment.modified.0.3.0", "dev.millrace.rollout.waiting"),
                ("dev.millrace.rollout.waiting", "dev.millrace.rollout.approved"),
                ("dev.millrace.rollout.waiting", "dev.cdevents.service.upgraded.0.3.0")):
            self.assertLess(types.index(earlier), types.index(later), types)
        self.assertEqual(len({one.id for one in receiver.deliveries}), len(receiver.deliveries))

    def test_reloads_are_told(self):
        receiver = self.receiver()
        gateway = self.gateway(self.config([self.hook(receiver)]))

        gateway.reload()
        receiver.wait_for("dev.millrace.configuration.reloaded")
        gateway.write_config("nonsense: [")
        gateway.reload()
        refused = receiver.wait_for("dev.millrace.configuration.refused")[0]

        self.assertTrue(refused.document()["data"]["errors"])

    # -- what goes wrong
    def test_what_fails_comes_again_under_the_same_id(self):
        answers = iter([(503, {}, b""), (500, {}, b""), (302, {"Location": "/"}, b"")])
        receiver = self.receiver(lambda _: next(answers, (200, {}, b"")))
        gateway = self.gateway(self.config([self.hook(receiver, events=["started"])]))

        told = receiver.wait_for("dev.cdevents.service.deployed.0.3.0", 4)
        wait_until(lambda: self.status(gateway)["delivered"] == 1, "the delivery")

        self.assertEqual(len({one.id for one in told}), 1)
        self.assertEqual(len({one.body for one in told}), 1)
        for one in told:
            self.assertEqual(one.fields["webhook-signature"], one.signature())
        status = self.status(gateway)
        self.assertEqual((status["failed_attempts"], status["queued"]), (3, 0))
        self.assertEqual(self.letters(gateway), [])

    def test_retry_after_is_obeyed(self):
        answers = iter([(429, {"Retry-After": "2"}, b"")])
        receiver = self.receiver(lambda _: next(answers, (200, {}, b"")))
        self.gateway(self.config([self.hook(receiver, events=["started"])]))

        first, second = receiver.wait_for("dev.cdevents.service.deployed.0.3.0", 2)

        self.assertGreaterEqual(second.at - first.at, 1.9)

    def test_a_refused_event_holds_no_other_up(self):
        receiver = self.receiver(
            lambda one: (500 if "deployed" in one.type else 200, {}, b""))
        gateway = self.gateway(self.config([self.hook(receiver, attempts=100)]))
        self.wait_for_phase(gateway, "progressing")
        self.steer(gateway, "pause")

        receiver.wait_for("dev.millrace.rollout.paused")

    def test_the_last_attempt_makes_a_dead_letter_that_can_be_sent_again(self):
        working = threading.Event()
        receiver = self.receiver(lambda _: (200 if working.is_set() else 503, {}, b""))
        gateway = self.gateway(self.config([self.hook(receiver, events=["started"], attempts=3)]))

        letter = wait_until(lambda: self.letters(gateway), "the dead letter")[0]
        self.assertEqual(len(receiver.deliveries), 3)
        self.assertEqual((letter["webhook"], letter["attempts"]), ("ci", 3))
        self.assertIn("503", letter["reason"])
        self.assertEqual(letter["event_id"], receiver.deliveries[0].id)
        code, shown, _ = command("webhooks", *admin_of(gateway))
        self.assertEqual(code, 0)
        self.assertIn("dead letter %d" % letter["id"], shown)

        working.set()
        code, _, _ = command("webhooks", "resend", str(letter["id"]), *admin_of(gateway))
        self.assertEqual(code, 0)
        wait_until(lambda: self.status(gateway)["delivered"] == 1, "the delivery")
        self.assertEqual(receiver.deliveries[-1].id, letter["event_id"])
        self.assertEqual(self.letters(gateway), [])
        self.assertEqual(gateway.admin(
            "POST", "/api/v1/dead-letters/%d/resend" % letter["id"], {})[0], 404)

    def test_who_is_gone_gets_a_dead_letter_at_once(self):
        receiver = self.receiver(lambda _: (410, {}, b""))
        gateway = self.gateway(self.config([self.hook(receiver, events=["started"])]))

        wait_until(lambda: self.letters(gateway), "the dead letter")

        self.assertEqual(len(receiver.deliveries), 1)

    def test_what_is_not_delivered_outlives_a_kill(self):
        working = threading.Event()
        receiver = self.receiver(lambda _: (200 if working.is_set() else 503, {}, b""))
        dead = self.receiver(lambda _: (410, {}, b""))
        gateway = self.gateway(self.config(
            [self.hook(receiver, events=["started"], attempts=100, retry_delay="30s",
                       retry_delay_max="30s"),
             self.hook(dead, "gone", events=["started"])], data=True))
        first = receiver.wait_for("dev.cdevents.service.deployed.0.3.0")[0]
        letter = wait_until(lambda: self.letters(gateway), "the dead letter")[0]
        self.assertEqual(gateway.admin("POST", "/api/v1/reload", {})[0], 200)
        self.wait_for_phase(gateway, "progressing")
        wait_until(lambda: self.on_disk("outbox") == 1 and self.on_disk("dead_letters") == 1 and
                   self.on_disk("audit") >= 1, "the journal")
        kill(gateway)
        working.set()
        gateway.start()

        again = wait_until(lambda: [one for one in receiver.deliveries if one.id == first.id][1:],
                           "the delivery after the restart")
        self.assertEqual(again[0].body, first.body)
        self.assertEqual(self.letters(gateway), [letter])
        actions = [one["action"] for one in gateway.admin_json("GET", "/api/v1/audit")[1]["audit"]]
        self.assertEqual(actions, ["POST /api/v1/reload"])
        wait_until(lambda: self.on_disk("outbox") == 0, "the outbox to be empty")

    def on_disk(self, table):
        path = os.path.join(self.data, "journal", "millrace.db")
        with sqlite3.connect("file:%s?mode=ro" % path, uri=True) as journal:
            return journal.execute("SELECT count(*) FROM " + table).fetchone()[0]

    def test_a_webhook_that_leaves_the_file_leaves_dead_letters(self):
        receiver = self.receiver(lambda _: (503, {}, b""))
        config = self.config([self.hook(receiver, attempts=100, retry_delay="30s",
                                        retry_delay_max="30s")])
        gateway = self.gateway(config)
        receiver.wait_for("dev.cdevents.service.deployed.0.3.0")

        gateway.write_config(dict(config, webhooks=[]))
        self.assertEqual(gateway.reload()[0], 200)

        letter = wait_until(lambda: self.letters(gateway), "the dead letter")[0]
        self.assertIn("not in the file", letter["reason"])
        self.assertEqual(gateway.admin(
            "POST", "/api/v1/dead-letters/%d/resend" % letter["id"], {})[0], 409)

    # -- https
    def certificate(self, name):
        paths = [os.path.join(self.data, name + ending) for ending in (".pem", ".key")]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=" + name, "-addext",
             "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return paths

    def test_https_is_verified(self):
        certificate, key = self.certificate("receiver")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        receiver = self.receiver(tls=tls)
        gateway = self.gateway(self.config([
            self.hook(receiver, "trusted", ca_file=certificate, events=["started"]),
            self.hook(receiver, "stranger", events=["started"], attempts=2)]))

        receiver.wait_for("dev.cdevents.service.deployed.0.3.0")
        letter = wait_until(lambda: self.letters(gateway), "the dead letter")[0]

        self.assertEqual(letter["webhook"], "stranger")
        self.assertIn("certificate", letter["reason"])
        self.assertEqual(len(receiver.deliveries), 1)

    # -- what waits for a yes
    def test_start_step_and_promotion_wait_for_a_yes(self):
        allowed = set()
        receiver = self.receiver(
            lambda one: (200 if one.type.rsplit("_", 1)[-1] in allowed else 403, {}, b""))
        watcher = self.receiver()
        gateway = self.gateway(self.config([
            self.hook(receiver, events=[], confirm=["start", "step", "promotion"]),
            self.hook(watcher, "desk")]))
        self.load(gateway)

        asked = receiver.wait_for("dev.millrace.rollout.confirm_start", 3)
        self.assertEqual(len({one.id for one in asked}), 1)
        found = self.rollout(gateway)
        self.assertEqual((found["phase"], found["candidates"][0]["share"]), ("initializing", 0))
        self.wait_for_words(gateway, "confirmation of start by ci (answered 403)")
        self.assertIn("waits for confirmation of start by ci",
                      command("rollouts", *admin_of(gateway))[1])
        refused = watcher.wait_for("dev.millrace.webhook.refused")[0].document()
        self.assertEqual(refused["data"]["webhook"], "ci")
        self.assertEqual(refused["data"]["answer"], "answered 403")

        allowed.add("start")
        self.wait_for_phase(gateway, "progressing")
        question = receiver.wait_for("dev.millrace.rollout.confirm_step", 3)[0]
        self.assertEqual(question.document()["data"]["confirm"], "step")
        self.assertEqual(self.rollout(gateway)["candidates"][0]["share"], 20)

        allowed.add("step")
        receiver.wait_for("dev.millrace.rollout.confirm_promotion", 3)
        self.assertEqual(self.wait_for_phase(gateway, "waiting")["candidates"][0]["share"], 50)

        allowed.add("promotion")
        end = self.wait_for_phase(gateway, "succeeded")
        confirmed = [one["who"] for one in end["decisions"] if one["detail"] == "confirm"]
        self.assertEqual(confirmed, ["webhook ci"] * 3)
        self.assertEqual(watcher.of_type("dev.millrace.rollout.confirm_start"), [])

    def test_a_body_may_say_no(self):
        receiver = self.receiver(lambda _: (200, {}, b'{"confirm": false}'))
        gateway = self.gateway(self.config([self.hook(receiver, events=[], confirm=["start"])]))

        receiver.wait_for("dev.millrace.rollout.confirm_start", 2)

        wait_until(lambda: "said no" in self.rollout(gateway)["waiting_for"], "the no")
        self.assertEqual(self.rollout(gateway)["phase"], "initializing")

    def test_every_webhook_has_to_say_yes(self):
        second = threading.Event()
        first_receiver = self.receiver()
        second_receiver = self.receiver(lambda _: (200 if second.is_set() else 500, {}, b""))
        gateway = self.gateway(self.config([
            self.hook(first_receiver, "one", events=[], confirm=["start"]),
            self.hook(second_receiver, "two", events=[], confirm=["start"])]))

        second_receiver.wait_for("dev.millrace.rollout.confirm_start", 3)
        self.wait_for_words(gateway, "confirmation of start by two (answered 500)")
        self.assertEqual(len(first_receiver.deliveries), 1)
        second.set()

        self.wait_for_phase(gateway, "progressing")

    def test_a_rollback_waits_for_no_hook_that_hangs(self):
        ending = threading.Event()
        self.addCleanup(ending.set)

        def hang(one):
            if "confirm_start" not in one.type:
                ending.wait(120)
            return 200, {}, b""

        receiver = self.receiver(hang)
        gateway = self.gateway(self.config(
            [self.hook(receiver, confirm=["start", "step", "promotion"], timeout="1m")],
            candidate=200))
        load = self.load(gateway)
        receiver.wait_for("dev.millrace.rollout.confirm_step")
        self.wait_for_words(gateway, "confirmation of step by ci (not answered yet)")
        load.close()

        asked = time.monotonic()
        self.assertEqual(self.steer(gateway, "rollback"), 200)
        self.wait_for_phase(gateway, "failed")
        self.assertLess(time.monotonic() - asked, 30)
        refs = gateway.admin_json("GET", "/api/v1/routes/all")[1]["backend_refs"]
        self.assertEqual(refs[1]["share"], 0)

    def test_evidence_rolls_back_while_every_hook_hangs(self):
        ending = threading.Event()
        self.addCleanup(ending.set)

        def hang(one):
            if "confirm_start" not in one.type:
                ending.wait(120)
            return 200, {}, b""

        receiver = self.receiver(hang)
        gateway = self.gateway(self.config(
            [self.hook(receiver, confirm=["start", "step", "promotion"], timeout="1m")],
            candidate=503))
        self.load(gateway)

        end = self.wait_for_phase(gateway, "failed")

        self.assertEqual(end["decisions"][-1]["reason"], "guardrail violated")

    def test_a_hook_that_is_down_holds_a_start_until_it_leaves_the_file(self):
        receiver = Receiver()
        receiver.close()
        config = self.config([self.hook(receiver, events=[], confirm=["start"])])
        gateway = self.gateway(config)
        wait_until(lambda: "connect" in self.rollout(gateway).get("waiting_for", ""), "the answer")
        first = self.rollout(gateway)["id"]

        gateway.write_config(dict(config, webhooks=[]))
        gateway.reload()

        self.assertEqual(self.wait_for_phase(gateway, "progressing")["id"], first)

    # -- who may
    def with_tokens(self, tokens):
        config = self.config([])
        gateway = self.gateway(config, start=False)
        admin = {"bind": "127.0.0.1:0", "token_file": gateway.token_file, "tokens": tokens}
        gateway.write_config(dict(config, admin=admin))
        return gateway.start()

    def test_roles_and_the_audit_record(self):
        reader, operator = "reader-" + "r" * 20, "operator-" + "o" * 20
        gateway = self.with_tokens([
            {"name": "eye", "role": "read", "token_file": self.file("reader", reader)},
            {"name": "ci", "role": "operate", "token_file": self.file("operator", operator)}])
        self.wait_for_phase(gateway, "progressing")
        pause = ("POST", "/api/v1/rollouts/all/pause", {"why": "a look", "who": "ann"})

        status, refused = gateway.admin_json(*pause, token=reader)
        self.assertEqual((status, refused["reason"]), (403, "forbidden"))
        self.assertIn("'eye'", refused["error"])
        self.assertEqual(gateway.admin(*pause, token="nobody-" + "n" * 20)[0], 401)
        self.assertEqual(gateway.admin("GET", "/api/v1/config", token=reader)[0], 200)
        self.assertFalse(self.rollout(gateway)["paused"])
        self.assertEqual(gateway.admin(*pause, token=operator)[0], 200)
        wait_until(lambda: self.rollout(gateway)["paused"], "the pause")
        weights = {"weights": {"v1": 7, "v2": 3}, "why": "by hand"}
        self.assertEqual(
            gateway.admin("PUT", "/api/v1/routes/all/weights", weights, token=operator)[0], 200)

        self.assertEqual(gateway.admin("GET", "/api/v1/audit", token=False)[0], 401)
        audit = gateway.admin_json("GET", "/api/v1/audit", token=reader)[1]["audit"]
        self.assertEqual(
            [(one["who"], one["role"], one["said"], one["why"], one["status"], one["outcome"])
             for one in audit],
            [("eye", "read", "ann", "a look", 403, "forbidden"),
             ("", "", "ann", "a look", 401, "unauthorized"),
             ("ci", "operate", "ann", "a look", 200, "done"),
             ("ci", "operate", "", "by hand", 200, "done")])
        self.assertEqual({one["from"] for one in audit}, {"127.0.0.1"})
        self.assertEqual(self.rollout(gateway)["decisions"][-1]["who"], "ann (ci)")
        code, shown, _ = command(
            "audit", "--admin", "127.0.0.1:%d" % gateway.admin_port,
            "--token-file", os.path.join(self.data, "reader"))
        self.assertEqual(code, 0)
        self.assertIn("PUT /api/v1/routes/all/weights: by hand", shown)

    def test_a_token_that_is_rotated_opens_at_once_and_the_old_one_nothing(self):
        old, new = "old-" + "x" * 20, "new-" + "y" * 20
        gateway = self.with_tokens(
            [{"name": "ci", "role": "operate", "token_file": self.file("ci", old)}])
        self.assertEqual(gateway.admin("POST", "/api/v1/reload", {}, token=old)[0], 200)

        self.file("ci", new)

        self.assertEqual(gateway.admin("POST", "/api/v1/reload", {}, token=old)[0], 401)
        self.assertEqual(gateway.admin("POST", "/api/v1/reload", {}, token=new)[0], 200)

    def test_a_reload_by_signal_is_on_record(self):
        gateway = self.gateway(self.config([]))

        gateway.signal(signal.SIGHUP)

        entry = wait_until(
            lambda: gateway.admin_json("GET", "/api/v1/audit")[1]["audit"], "the record")[0]
        self.assertEqual((entry["who"], entry["action"], entry["outcome"]),
                         ("signal", "SIGHUP", "done"))


if __name__ == "__main__":
    main()
