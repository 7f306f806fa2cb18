#!/usr/bin/env python3
"""The admin API and the commands that use it: who may, what changes, what a reload does."""
import json
import os
import re
import signal
import stat

from support import GatewayTest, command, fetch, main, simple_config, wait_until
from wire import Client


class AdminTest(GatewayTest):
    def pair(self, weights=(1, 0), **more):
        return self.gateway(simple_config(self.upstream(), self.upstream(), weights=list(weights)),
                            **more)

    # -- who may
    def test_reads_need_no_token_and_changes_do(self):
        gateway = self.pair()
        change = ("PUT", "/api/v1/routes/all/weights", {"weights": {"b1": 1}})

        for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/api/v1/routes",
                     "/api/v1/routes/all", "/api/v1/backends", "/api/v1/build"):
            self.assertEqual(gateway.admin("GET", path, token=False)[0], 200, path)
        for method, path, body in (change, ("POST", "/api/v1/reload", {}),
                                   ("GET", "/api/v1/config", None), ("GET", "/config_dump", None)):
            for token in (False, "wrong", gateway.token[:-1], gateway.token + "x", " "):
                status, headers, text = gateway.admin(method, path, body, token=token)
                self.assertEqual(status, 401, (path, token))
                self.assertEqual(json.loads(text)["reason"], "unauthorized")
                self.assertTrue(headers["WWW-Authenticate"])
        self.assertEqual(gateway.admin(*change)[0], 200)

    def test_the_token_file_is_for_its_owner_alone(self):
        gateway = self.pair()

        self.assertEqual(stat.S_IMODE(os.stat(gateway.token_file).st_mode), 0o600)
        self.assertGreaterEqual(len(gateway.token), 32)
        token = gateway.token
        self.assertEqual(gateway.restart().token, token, "an existing token is kept")

    def test_browsers_are_refused(self):
        gateway = self.pair()
        for headers, status in (({"Origin": "http://evil.test"}, 403), ({"Origin": "null"}, 403),
                                ({"Origin": "http://127.0.0.1:%d" % gateway.admin_port}, 403),
                                ({"Host": "evil.test"}, 421), ({"Host": "evil.test:9901"}, 421),
                                ({"Host": "localhost.evil.test"}, 421)):
            for token in (False, True):
                found = gateway.admin("GET", "/api/v1/routes", token=token, headers=headers)[0]
                self.assertEqual(found, status, headers)
        for host in ("localhost", "localhost:1234", "127.0.0.1", "[::1]:80"):
            self.assertEqual(gateway.admin("GET", "/healthz", headers={"Host": host})[0], 200, host)

    def test_a_change_must_be_json(self):
        gateway = self.pair()
        for media in ("text/plain", "application/x-www-form-urlencoded", ""):
            found = gateway.admin("PUT", "/api/v1/routes/all/weights", '{"weights":{"b1":1}}',
                                  headers={"Content-Type": media})
            self.assertEqual(found[0], 415, media)

    def test_a_backend_that_is_the_admin_api_is_refused(self):
        config = json.dumps({
            "admin": {"bind": "127.0.0.1:9901"}, "listeners": [{"bind": "127.0.0.1:0"}],
            "backends": {"a": {"url": "http://127.0.0.1:9901"}, "b": {"url": "http://localhost:9901"}},
            "routes": [{"name": "x", "backend_refs": [{"backend": "a"}, {"backend": "b"}]}]})

        code, _, errors = command("check", "-c", self.gateway(config, start=False).path)

        self.assertEqual(code, 3)
        self.assertRegex(errors, r"backends\.a\.url")
        self.assertRegex(errors, r"backends\.b\.url")

    def test_more_than_loopback_needs_the_word_insecure(self):
        config = {"admin": {"bind": "0.0.0.0:0"}, "backends": {"a": {"url": "http://127.0.0.1:1"}},
                  "routes": [{"name": "x", "backend_refs": [{"backend": "a"}]}]}
        refused = self.gateway(config, start=False)
        allowed = self.gateway(dict(config, admin={"bind": "0.0.0.0:0", "insecure": True}), start=False)

        self.assertEqual(command("check", "-c", refused.path)[0], 3)
        self.assertEqual(command("check", "-c", allowed.path)[0], 0)

    # -- weights
    def test_new_weights_are_in_force_for_every_request_after_the_answer(self):
        gateway = self.pair()
        clients = [Client(gateway.port) for _ in range(8)]  # on both workers
        for client in clients:
            self.addCleanup(client.close)
        for turn in range(40):
            now = turn % 2
            gateway.set_weights("all", b0=1 - now, b1=now)
            for client in clients:  # at once: less than the 10 ms that are allowed
                client.request()
            seen = {client.answer().get("x-millrace-version") for client in clients}
            self.assertEqual(seen, {"b%d" % now}, "turn %d" % turn)
        self.assertEqual(gateway.metric("millrace_connections_accepted_total"), 8,
                         "no connection was closed for it")

    def test_weights_that_are_not_named_stay(self):
        gateway = self.pair((30, 70))

        answer = gateway.set_weights("all", b1=10)

        self.assertEqual([ref["weight"] for ref in answer["backend_refs"]], [30, 10])
        self.assertEqual(answer["weights_from"], "api")
        self.assertEqual(answer["epoch"], 2)
        self.assertAlmostEqual(answer["backend_refs"][0]["share"], 0.75, places=4)
        self.assertEqual(gateway.metric("millrace_weight", version="b1"), 10)

    def test_wrong_changes_are_refused_and_change_nothing(self):
        gateway = self.pair((3, 1))
        wrong = [({"weights": {"nope": 1}}, 400), ({"weights": {"b0": -1}}, 400),
                 ({"weights": {"b0": 1.5}}, 400), ({"weights": {"b0": "1"}}, 400),
                 ({"weights": {"b0": 1000001}}, 400), ({"weights": {}}, 400), ({"weight": {}}, 400),
                 ({"weights": {"b0": 1, "nope": 1}}, 400), ("{", 400), ("", 400), ("[]", 400),
                 ({"weights": {"b0": 1}, "more": 1}, 400), ("x" * (2 << 20), 413)]
        for body, status in wrong:
            found = gateway.admin_json("PUT", "/api/v1/routes/all/weights", body)
            self.assertEqual(found[0], status, str(body)[:60])
            self.assertTrue(found[1]["error"])
        self.assertEqual(gateway.admin("PUT", "/api/v1/routes/nope/weights", {"weights": {"b0": 1}})[0], 404)
        self.assertEqual(gateway.admin("POST", "/api/v1/routes/all/weights", {})[0], 405)
        self.assertEqual(gateway.admin("GET", "/api/v1/nothing")[0], 404)
        refs = gateway.admin_json("GET", "/api/v1/routes/all")[1]["backend_refs"]
        self.assertEqual([ref["weight"] for ref in refs], [3, 1])

    # -- reload
    def test_a_good_reload_is_in_force_when_it_is_answered(self):
        gateway = self.pair()
        client = self.client(gateway)
        self.assertEqual(client.fetch("/x").status, 200)

        changed = simple_config(self.upstream(), self.upstream(), match={"path": "/new"})
        gateway.write_config(changed)
        status, answer = gateway.reload()

        self.assertEqual((status, answer), (200, {"status": "reloaded"}))
        self.assertEqual(client.fetch("/x").status, 404)
        self.assertEqual(client.fetch("/new").status, 200)
        self.assertEqual(gateway.metric("millrace_config_reloads_total", result="success"), 2)

    def test_a_bad_reload_keeps_the_old_configuration_and_says_so_everywhere(self):
        gateway = self.pair()
        bad = simple_config(self.upstream(), match={"path": "/new"}, weight=3)
        bad["backends"]["b0"]["timeouts"] = {"conect": "1s"}
        gateway.write_config(bad)

        for how in ("api", "signal"):
            seen = len(gateway.messages())
            if how == "api":
                status, answer = gateway.reload()
                self.assertEqual(status, 422)
                text = "\n".join(answer["errors"])
                self.assertRegex(text, r"millrace\.yaml:\d+:\d+: .*conect.*connect")
                self.assertRegex(text, r"routes\[0\]\.weight")
            else:
                gateway.signal(signal.SIGHUP)
            line = gateway.wait_for_log("conect", after=seen)
            self.assertEqual(line["level"], "error")
            self.assertIn("old configuration stays", line["message"])
        gateway.wait_for_metric("millrace_config_reloads_total", 2, result="failure")
        self.assertEqual(gateway.metric("millrace_config_last_reload_successful"), 0)
        self.assertEqual(fetch(gateway, "/x").status, 200)

    def test_a_signal_reloads(self):
        gateway = self.pair()
        gateway.write_config(simple_config(self.upstream(), match={"path": "/new"}))
        gateway.signal(signal.SIGHUP)

        gateway.wait_for_log("reloaded ")

        self.assertEqual(fetch(gateway, "/x").status, 404)
        self.assertEqual(gateway.metric("millrace_config_last_reload_successful"), 1)

    def test_what_only_a_restart_can_change_is_refused(self):
        gateway = self.pair()
        gateway.write_config(dict(gateway.config, workers=1))

        status, answer = gateway.reload()

        self.assertEqual(status, 422)
        self.assertIn("workers", answer["errors"][0])
        self.assertIn("restart", answer["errors"][0])

    def test_a_missing_file_is_a_bad_reload(self):
        gateway = self.pair()
        os.rename(gateway.path, gateway.path + ".away")

        self.assertEqual(gateway.reload()[0], 422)
        self.assertEqual(fetch(gateway).status, 200)

    def test_weights_set_at_run_time_survive_a_reload(self):
        gateway = self.pair((90, 10))
        gateway.set_weights("all", b0=20, b1=80)

        self.assertEqual(gateway.reload()[0], 200)

        route = gateway.admin_json("GET", "/api/v1/routes/all")[1]
        self.assertEqual([ref["weight"] for ref in route["backend_refs"]], [20, 80])
        self.assertEqual((route["weights_from"], route["epoch"]), ("api", 2))

    def test_the_file_wins_when_its_backend_refs_changed(self):
        gateway = self.pair((90, 10))
        gateway.set_weights("all", b0=20, b1=80)
        changed = dict(gateway.config)
        changed["routes"] = [dict(changed["routes"][0], backend_refs=[
            {"backend": "b0", "weight": 60}, {"backend": "b1", "weight": 40}])]
        gateway.write_config(changed)

        self.assertEqual(gateway.reload()[0], 200)

        route = gateway.admin_json("GET", "/api/v1/routes/all")[1]
        self.assertEqual([ref["weight"] for ref in route["backend_refs"]], [60, 40])
        self.assertEqual((route["weights_from"], route["epoch"]), ("file", 3))
        gateway.wait_for_log("changed in the file, which wins")

    def test_weights_set_at_run_time_survive_a_restart_with_a_data_dir(self):
        config = simple_config(self.upstream(), self.upstream(), weights=[90, 10])
        gateway = self.gateway(config, start=False)
        gateway.write_config(dict(config, data_dir=gateway.directory))
        gateway.start()
        gateway.set_weights("all", b0=20, b1=80)

        gateway.restart()

        route = gateway.admin_json("GET", "/api/v1/routes/all")[1]
        self.assertEqual([ref["weight"] for ref in route["backend_refs"]], [20, 80])
        self.assertEqual((route["weights_from"], route["epoch"]), ("api", 2))

    # -- what it shows
    def test_secrets_are_masked_in_the_dump_and_never_logged(self):
        config = simple_config(self.upstream())
        config["ids"] = {"keys": [{"id": 1, "secret_env": "TEST_ID_KEY"}]}
        config["affinity_key"] = {"secret_env": "TEST_AFFINITY_KEY"}
        secrets = {"TEST_ID_KEY": "sesame-open-sesame-1", "TEST_AFFINITY_KEY": "sesame-open-sesame-2"}
        gateway = self.gateway(config, env=secrets)

        status, headers, dump = gateway.admin("GET", "/api/v1/config")

        self.assertEqual((status, headers["Content-Type"]), (200, "application/yaml"))
        self.assertNotIn("sesame", dump + "\n".join(gateway.messages()))
        self.assertIn("preserve_host: false", dump, "defaults are shown")

    def test_readiness_ends_when_a_drain_begins(self):
        gateway = self.pair()
        client = self.client(gateway)
        client.send("GET /x HTTP/1.1\r\nHo")  # keeps the drain going
        wait_until(lambda: gateway.metric("millrace_connections_open") == 1, "the connection")
        gateway.signal(signal.SIGTERM)
        gateway.wait_for_log("draining")

        self.assertEqual(gateway.admin_json("GET", "/readyz")[0], 503)
        self.assertEqual(gateway.admin_json("GET", "/healthz")[0], 200)

    def test_the_description_names_what_answers(self):
        gateway = self.pair()
        paths = gateway.admin_json("GET", "/openapi.json")[1]["paths"]
        self.assertGreaterEqual(len(paths), 10)
        for path, methods in paths.items():
            for method, described in methods.items():
                body = {"put": {"weights": {"b0": 1}}, "post": {"why": "a test"}}.get(method)
                status = gateway.admin(method.upper(), path.replace("{name}", "all"), body)[0]
                # The route has no rollout, there is no dead letter, and the file has no feedback.
                absent = path.startswith(("/api/v1/rollouts/", "/api/v1/dead-letters/"))
                expected = 404 if absent or path == "/feedback" else 200
                self.assertEqual(status, expected, path)
                self.assertIn(str(status), described["responses"])
                unauthorized = gateway.admin(method.upper(), path.replace("{name}", "all"), body,
                                             token=False)[0]
                needs_token = "security" in described and path != "/feedback"
                self.assertEqual(unauthorized == 401, needs_token, path)

    def test_backends_show_their_endpoints_and_connections(self):
        gateway = self.pair()
        fetch(gateway)

        backend = gateway.admin_json("GET", "/api/v1/backends")[1]["backends"][0]

        self.assertEqual((backend["name"], backend["connections"]), ("b0", 1))
        self.assertEqual(backend["endpoints"][0]["addresses"], ["127.0.0.1"])

    # -- commands
    def test_status_and_weights_talk_to_the_running_gateway(self):
        gateway = self.pair((90, 10))
        fetch(gateway)
        where = ["--admin", "127.0.0.1:%d" % gateway.admin_port, "--token-file", gateway.token_file]

        code, text, _ = command("status", *where)
        self.assertEqual(code, 0)
        self.assertRegex(text, r"b0 +90 +90\.00%")
        code, text, _ = command("status", "--json", *where)
        self.assertEqual(json.loads(text)["routes"][0]["name"], "all")
        code, text, _ = command("weights", "all", "b0=1", "b1=3", *where)
        self.assertEqual(code, 0, text)
        self.assertEqual(gateway.metric("millrace_weight", version="b1"), 3)
        code, text, _ = command("weights", "all", *where)
        self.assertRegex(text, r"b1 +3 +75\.00%")
        for arguments, expected in ((["weights", "nope", "b0=1"], 1), (["weights", "all", "x=1"], 1),
                                    (["weights", "all", "b0=-1"], 2), (["weights", "all", "b0"], 2),
                                    (["weights"], 2), (["status", "--nope"], 2)):
            code, _, errors = command(*arguments, *(where if expected == 1 else []))
            self.assertEqual(code, expected, (arguments, errors))
            self.assertTrue(errors)

    def test_a_route_without_a_rollout_is_told_apart(self):
        gateway = self.pair((90, 10))
        where = ["--admin", "127.0.0.1:%d" % gateway.admin_port, "--token-file", gateway.token_file]

        self.assertEqual(gateway.admin_json("GET", "/api/v1/rollouts")[1], {"rollouts": []})
        code, text, _ = command("rollouts", *where)
        self.assertEqual((code, text), (0, "no route has a rollout\n"))
        for arguments in (["rollouts", "all"], ["explain", "all"], ["pause", "all"],
                          ["promote", "all", "--why", "a test"]):
            code, _, errors = command(*arguments, *where)
            self.assertEqual(code, 1, arguments)
            self.assertIn("no rollout", errors)
        self.assertEqual(command("rollback", "all", *where)[0], 2, "without a reason")

    def test_commands_say_when_nothing_answers(self):
        code, _, errors = command("status", "--admin", "127.0.0.1:1")
        self.assertEqual(code, 4)
        self.assertTrue(errors)
        self.assertEqual(command("nonsense")[0], 2)
        self.assertEqual(command()[0], 2)
        self.assertEqual(command("--help")[0], 0)
        self.assertRegex(command("--version")[1], r"\d+\.\d+\.\d+")

    def test_check_prints_every_error_with_its_place_at_once(self):
        gateway = self.gateway(json.dumps({
            "workers": "many", "lisseners": [], "listeners": [{"bind": "127.0.0.1:99999"}],
            "backends": {"a": {"url": "ftp://x"}},
            "routes": [{"name": "x", "backend_refs": [{"backend": "b", "weight": -1}]}]}, indent=1),
            start=False)

        code, _, errors = command("check", "-c", gateway.path)

        self.assertEqual(code, 3)
        for place in (r":\d+:\d+: workers", r"lisseners", r"listeners\[0\]\.bind", r"backends\.a\.url",
                      r"backend_refs\[0\]\.weight"):
            self.assertRegex(errors, place)
        self.assertRegex(errors, r"lisseners.*listeners")
        self.assertEqual(command("serve", "-c", gateway.path)[0], 3)
        self.assertEqual(command("check", "-c", "/nowhere/at/all.yaml")[0], 3)

    def test_the_shipped_files_are_valid(self):
        root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "config")
        files = [os.path.join(folder, name) for folder, _, names in os.walk(root)
                 for name in names if name.endswith(".yaml")]
        self.assertGreaterEqual(len(files), 5)
        for path in files:
            code, _, errors = command("check", "-c", path)
            self.assertEqual(code, 0, errors)

    def test_the_schema_is_the_shipped_one(self):
        code, text, _ = command("schema")
        self.assertEqual(code, 0)
        shipped = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "config",
                               "millrace.schema.json")
        with open(shipped) as file:
            self.assertEqual(json.loads(text), json.load(file))


if __name__ == "__main__":
    main()
