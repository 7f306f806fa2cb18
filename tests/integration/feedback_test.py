#!/usr/bin/env python3
"""Labels: in answers, behind them through POST /feedback, and what rollouts make of them."""
import http.client
import json
import os
import signal
import threading
import time

from support import PATIENCE, GatewayTest, command, main, wait_until
from wire import Client

TOKEN = "a token of feedback, for tests only"
ENVIRONMENT = {"MILLRACE_IT_TOKEN": TOKEN, "MILLRACE_IT_ID_KEY": "an id key, for tests only"}
NAMES = ("accepted", "duplicate", "late", "early", "unknown", "malformed", "no_prediction")


def answering(body="{}", fields=()):
    """An upstream's behaviour: this answer for everything."""
    def behave(connection, request):
        connection.read_body(request)
        connection.answer(200, body() if callable(body) else body, fields)
    return behave


class FeedbackTest(GatewayTest):
    def setUp(self):
        super().setUp()
        self.data = os.path.join(os.environ.get("TMPDIR", "/tmp"), "millrace-feedback-%d-%d" % (
            os.getpid(), time.monotonic_ns()))
        self.addCleanup(lambda: os.system("rm -rf '%s'" % self.data))

    def config(self, first=None, second=None, labels=None, rollout=None, data=False, **feedback):
        one = self.upstream(first or answering())
        other = self.upstream(second or first or answering())
        route = {"name": "all", "match": {"path_prefix": "/"}, "timeouts": {"total": "1s"},
                 "backend_refs": [{"backend": "v1", "weight": 50}, {"backend": "v2", "weight": 50}]}
        if labels:
            route["labels"] = labels
        if rollout:
            route["rollout"] = rollout
        config = {
            "workers": 2, "backends": {"v1": {"url": one.url}, "v2": {"url": other.url}},
            "ids": {"keys": [{"id": 1, "secret_env": "MILLRACE_IT_ID_KEY"}]},
            "feedback": dict({"token_env": "MILLRACE_IT_TOKEN"}, **feedback),
            "routes": [route]}
        if data:
            config["data_dir"] = self.data
        return config

    def started(self, config):
        return self.gateway(config, env=ENVIRONMENT)

    def ids(self, gateway, count, target="/"):
        """(id, version) of so many answers."""
        client = self.client(gateway)
        answers = [client.fetch(target) for _ in range(count)]
        return [(one.get("x-millrace-id"), one.get("x-millrace-version")) for one in answers]

    def feedback(self, gateway, said, token=TOKEN, port=None, kind="application/json", path="/feedback"):
        body = said if isinstance(said, str) else json.dumps(said)
        fields = {"Content-Type": kind}
        if token:
            fields["Authorization"] = "Bearer " + token
        connection = http.client.HTTPConnection(
            "127.0.0.1", port or gateway.admin_port, timeout=PATIENCE)
        try:
            connection.request("POST", path, body=body, headers=fields)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def results(self, gateway, said, **more):
        status, answer = self.feedback(gateway, said, **more)
        self.assertEqual(status, 200, answer)
        return [one["result"] for one in answer["results"]]

    def received(self, gateway, result):
        return gateway.metric("millrace_feedback_labels_total", result=result)

    # -- what becomes of labels
    def test_single_labels_lists_and_lines(self):
        gateway = self.started(self.config())
        ids = [one for one, _ in self.ids(gateway, 6)]

        self.assertEqual(self.results(gateway, {"id": ids[0], "label": True}), ["accepted"])
        self.assertEqual(
            self.results(gateway, [{"id": ids[1], "label": "wrong"}, {"id": ids[2], "score": 0.5}]),
            ["accepted", "accepted"])
        lines = "\n".join(json.dumps({"id": one, "label": True}) for one in ids[3:])
        self.assertEqual(self.results(gateway, lines, kind="application/x-ndjson"), ["accepted"] * 3)

        self.assertEqual(self.received(gateway, "accepted"), 6)
        self.assertEqual(gateway.metric("millrace_labels_total", route="all", label="right"), 4)
        self.assertEqual(gateway.metric("millrace_labels_total", route="all", label="wrong"), 1)
        self.assertEqual(gateway.metric("millrace_label_scores_total", route="all"), 1)

    def test_each_label_is_told_what_became_of_it(self):
        gateway = self.started(self.config(age_max="2s"))
        other = self.started(self.config())
        (first, _), (second, _) = self.ids(gateway, 2)
        forged = second[:30] + ("A" if second[30] != "A" else "B") + second[31:]
        foreign = self.ids(other, 1)[0][0]

        said = [{"id": first, "label": True}, {"id": first, "label": False},
                {"id": forged, "label": True}, {"id": foreign, "label": True},
                {"id": "", "label": True}, {"id": second}, {"id": second, "true_value": 1}]
        self.assertEqual(self.results(gateway, said), [
            "accepted", "duplicate", "unknown", "unknown", "malformed", "malformed", "no_prediction"])
        self.assertEqual(self.results(gateway, {"id": first, "label": True}), ["duplicate"])
        self.assertEqual(
            wait_until(lambda: self.late_by_now(gateway), "an answer to be too old"), ["late"])
        for name, count in (("duplicate", 2), ("unknown", 2), ("malformed", 2), ("late", 1)):
            self.assertEqual(self.received(gateway, name), count, name)
        self.assertEqual(gateway.metric("millrace_labels_total"), self.received(gateway, "accepted"))

    def late_by_now(self, gateway):
        """Labels an answer once it is older than two seconds."""
        self.kept = getattr(self, "kept", None) or (self.ids(gateway, 1)[0][0], time.monotonic())
        if time.monotonic() < self.kept[1] + 3.2:
            return None
        return self.results(gateway, {"id": self.kept[0], "label": True})

    def test_an_answer_that_has_not_ended_is_early(self):
        go_on = threading.Event()
        self.addCleanup(go_on.set)

        def behave(connection, request):
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na")
            go_on.wait(PATIENCE)
            connection.send(b"b")
        gateway = self.started(self.config(behave))
        client = self.client(gateway)
        client.request("/")
        head = client.answer_head()
        said = {"id": head.get("x-millrace-id"), "label": True}

        self.assertEqual(self.results(gateway, said), ["early"])
        go_on.set()
        client.body_of(head)
        self.assertEqual(self.results(gateway, said), ["accepted"])

    def test_the_credential_is_always_asked_for(self):
        gateway = self.started(self.config(rate_max=5))
        said = {"id": self.ids(gateway, 1)[0][0], "label": True}

        for token in (None, "", TOKEN[:-1], TOKEN + "x", gateway.token):
            self.assertEqual(self.feedback(gateway, said, token=token)[0], 401, token)
        self.assertEqual(self.feedback(gateway, said, kind="text/plain")[0], 415)
        self.assertEqual(self.feedback(gateway, "no")[0], 400)
        self.assertEqual(self.feedback(gateway, "7")[0], 400)
        self.assertEqual(self.feedback(gateway, json.dumps([said] * 20_000))[0], 413)
        self.assertEqual(self.results(gateway, said), ["accepted"])
        status, answer = self.feedback(gateway, [said] * 5)
        self.assertEqual((status, answer["reason"]), (429, "too_many_labels"))
        self.assertEqual(gateway.metric("millrace_feedback_refused_total", reason="unauthorized"), 5)

    def test_a_listener_of_its_own_takes_feedback_and_nothing_else(self):
        gateway = self.started(self.config(bind="127.0.0.1:0"))
        line = gateway.wait_for_log("feedback on 127.0.0.1:")["message"]
        port = int(line.rsplit(":", 1)[1])
        said = {"id": self.ids(gateway, 1)[0][0], "label": True}

        self.assertEqual(self.feedback(gateway, said)[0], 404)
        self.assertEqual(self.feedback(gateway, said, port=port, token=None)[0], 401)
        self.assertEqual(self.feedback(gateway, said, port=port, path="/metrics")[0], 404)
        self.assertEqual(self.results(gateway, said, port=port), ["accepted"])
        gateway.reload()
        self.assertEqual(self.results(gateway, said, port=port), ["duplicate"])

    # -- predictions and answers that label themselves
    def test_a_true_value_is_compared_with_the_prediction_in_the_body(self):
        body = json.dumps({"x": [1] * 200, "predictions": [{"values": [["yes", 0.75]]}]})
        gateway = self.started(self.config(
            answering(body), labels={"prediction": {"pointer": "/predictions/0/values/0/0"}}))
        ids = [one for one, _ in self.ids(gateway, 3)]

        self.assertEqual(
            self.results(gateway, [{"id": ids[0], "true_value": "yes"},
                                   {"id": ids[1], "true_value": "no"}]), ["accepted"] * 2)
        self.assertEqual(gateway.metric("millrace_labels_total", label="right"), 1)
        self.assertEqual(gateway.metric("millrace_labels_total", label="wrong"), 1)
        self.assertEqual(gateway.metric("millrace_predictions_remembered"), 3)

    def test_a_prediction_in_a_field_may_be_near_the_truth(self):
        gateway = self.started(self.config(
            answering("x", [("X-Prediction", "10.5")]),
            labels={"prediction": {"header": "x-prediction"}, "compare": "tolerance",
                    "tolerance": 1}))
        ids = [one for one, _ in self.ids(gateway, 3)]

        self.assertEqual(
            self.results(gateway, [{"id": ids[0], "true_value": 11}, {"id": ids[1], "true_value": 9},
                                   {"id": ids[2], "true_value": "high"}]),
            ["accepted", "accepted", "no_prediction"])
        self.assertEqual(gateway.metric("millrace_labels_total", label="right"), 1)
        self.assertEqual(gateway.metric("millrace_labels_total", label="wrong"), 1)

    def test_answers_that_label_themselves_count_though_they_stream(self):
        def behave(connection, request):
            connection.send(b"HTTP/1.1 200 OK\r\nX-Quality: 0.5\r\nTransfer-Encoding: chunked\r\n\r\n")
            for part in (b'{"a":[1,2],"corr', b'ect":tr', b'ue}'):
                connection.send(b"%x\r\n%s\r\n" % (len(part), part))
                time.sleep(0.002)
            connection.send(b"0\r\n\r\n")
        gateway = self.started(self.config(behave, labels={
            "label": {"pointer": "/correct"}, "score": {"header": "x-quality"}}))
        client = self.client(gateway)
        answers = [client.fetch("/") for _ in range(5)]

        self.assertEqual({one.body for one in answers}, {b'{"a":[1,2],"correct":true}'})
        wait_until(lambda: gateway.metric("millrace_labels_total", label="right") == 5, "the labels")
        self.assertEqual(gateway.metric("millrace_label_scores_sum"), 2.5)
        self.assertEqual(gateway.metric("millrace_answer_labels_total", result="accepted"), 10)
        said = {"id": answers[0].get("x-millrace-id"), "label": False}
        self.assertEqual(self.results(gateway, said), ["duplicate"])

    def test_answers_without_what_was_asked_for_are_counted(self):
        gateway = self.started(self.config(answering("<html>"), labels={
            "label": {"pointer": "/correct"}}))
        self.ids(gateway, 3)
        wait_until(lambda: gateway.metric("millrace_answer_notes_missing_total") == 3, "the count")
        self.assertEqual(gateway.metric("millrace_labels_total"), 0)

    def test_labels_that_cannot_be_recorded_are_refused(self):
        with open(self.data, "w", encoding="ascii") as file:
            file.write("not a directory")
        gateway = self.started(self.config(data=True))
        (one, _), = self.ids(gateway, 1)

        status, answer = self.feedback(gateway, {"id": one, "label": True})

        self.assertEqual(status, 503, answer)
        self.assertEqual([each["result"] for each in answer["results"]], ["failed"])

    # -- evidence
    def accuracy(self, age="2s", **more):
        return dict({
            "candidate": "v2", "primary": "v1", "strategy": "fixed_split", "steps": [50],
            "guardrails": [{"metric": "accuracy", "max_drop": 0.1, "label_age": age}]}, **more)

    def rollout(self, gateway):
        status, found = gateway.admin_json("GET", "/api/v1/rollouts/all")
        return found if status == 200 else {}

    def labelled(self, gateway):
        """Labels that have entered the evidence: of the primary, of the candidate."""
        guardrails = (self.rollout(gateway).get("candidates") or [{}])[0].get("guardrails")
        if not guardrails:
            return 0, 0
        return guardrails[0]["primary"]["count"], guardrails[0]["candidate"]["count"]

    def test_a_version_whose_labels_are_wrong_is_rolled_back(self):
        gateway = self.started(self.config(rollout=self.accuracy(), data=True))
        wait_until(lambda: self.rollout(gateway).get("phase") == "progressing", "the rollout")

        def failed():
            said = [{"id": one, "label": version == "v1"} for one, version in self.ids(gateway, 20)]
            self.results(gateway, said)
            return self.rollout(gateway)["phase"] == "failed"
        wait_until(failed, "the rollback", 60)

        end = self.rollout(gateway)
        self.assertEqual(end["decisions"][-1]["reason"], "guardrail violated")
        self.assertIn("accuracy", end["decisions"][-1]["detail"])
        refs = gateway.admin_json("GET", "/api/v1/routes/all")[1]["backend_refs"]
        self.assertEqual([one["share"] for one in refs], [1.0, 0.0])

    def test_a_version_that_labels_itself_wrong_is_rolled_back(self):
        gateway = self.started(self.config(
            answering("{\"correct\": true}"), answering("{\"correct\": false}"),
            labels={"label": {"pointer": "/correct"}}, rollout=self.accuracy()))
        wait_until(lambda: self.rollout(gateway).get("phase") == "progressing", "the rollout")

        wait_until(lambda: self.ids(gateway, 20) and self.rollout(gateway)["phase"] == "failed",
                   "the rollback", 60)

    def scores(self, strategy, **more):
        """Two versions whose answers tell scores, the candidate's the better ones."""
        rewards = [{"name": "stars", "min": 1, "max": 5, "age": "2s"}]
        return self.config(
            answering(fields=(("x-stars", "2"),)), answering(fields=(("x-stars", "5"),)),
            labels={"score": {"header": "x-stars"}},
            rollout=dict({"candidate": "v2", "primary": "v1", "strategy": strategy,
                          "rewards": rewards}, **more), data=True)

    def assert_replayed(self, gateway):
        """The record gives the same decisions again, bit for bit."""
        gateway.stop()
        code, out, err = command("replay", "--data-dir", self.data)
        self.assertEqual(code, 0, out + err)

    def test_an_ab_test_promotes_the_version_with_the_better_scores(self):
        gateway = self.started(self.scores("ab"))
        wait_until(lambda: self.rollout(gateway).get("phase") == "progressing", "the rollout")

        wait_until(lambda: self.ids(gateway, 20) and self.rollout(gateway)["phase"] == "succeeded",
                   "the promotion", 60)

        self.assertEqual(self.rollout(gateway)["decisions"][-1]["reason"], "promoted")
        refs = gateway.admin_json("GET", "/api/v1/routes/all")[1]["backend_refs"]
        self.assertEqual([one["share"] for one in refs], [0.0, 1.0])
        self.assert_replayed(gateway)

    def test_a_bandit_gives_the_better_version_more_before_anything_is_proven(self):
        gateway = self.started(self.scores(
            "bandit", bandit={"batch": "1s"}, step_outcomes_min=10,
            guardrails=[{"metric": "error_rate"}]))  # takes thousands of requests to prove
        wait_until(lambda: self.rollout(gateway).get("phase") == "progressing", "the rollout")

        def moved():
            self.ids(gateway, 10)
            refs = gateway.admin_json("GET", "/api/v1/routes/all")[1]["backend_refs"]
            return refs[1]["share"] > 0.7
        wait_until(moved, "a batch of the bandit", 60)
        reasons = [one["reason"] for one in self.rollout(gateway)["decisions"]]
        self.assertIn("batch", reasons)
        self.assert_replayed(gateway)

    def test_labels_that_arrive_for_one_version_alone_decide_nothing(self):
        gateway = self.started(self.config(rollout=self.accuracy()))
        wait_until(lambda: self.rollout(gateway).get("phase") == "progressing", "the rollout")

        def broken():
            said = [{"id": one, "label": False} for one, version in self.ids(gateway, 20)
                    if version == "v2"]
            self.results(gateway, said)
            return self.rollout(gateway)["candidates"][0]["guardrails"][0]["arrivals_broken"]
        wait_until(broken, "the arrivals to be told broken", 60)
        self.assertEqual(self.rollout(gateway)["phase"], "progressing")

    def test_a_kill_after_the_answer_loses_no_label_and_counts_none_twice(self):
        gateway = self.started(self.config(rollout=self.accuracy(age="6s"), data=True))
        wait_until(lambda: self.rollout(gateway).get("phase") == "progressing", "the rollout")
        told = {"v1": 0, "v2": 0}
        said = []
        for _ in range(3):
            for _ in range(10):
                one = [{"id": id, "label": True} for id, version in self.ids(gateway, 5)]
                said += one
            for id, version in (pairs := self.ids(gateway, 20)):
                told[version] += 1
            answer = self.results(gateway, [{"id": id, "label": True} for id, _ in pairs])
            self.assertEqual(answer, ["accepted"] * 20)
            gateway.signal(signal.SIGKILL)
            gateway.process.wait(10)
            gateway.process = None
            gateway.start()
            again = self.results(gateway, [{"id": id, "label": False} for id, _ in pairs])
            self.assertEqual(again, ["duplicate"] * 20)

        wait_until(lambda: sum(self.labelled(gateway)) >= 60, "the labels to enter", 60)
        self.assertEqual(self.labelled(gateway), (told["v1"], told["v2"]))
        # An answer of the first process can still be labelled, or is late: it is never unknown.
        self.assertIn(self.results(gateway, said[0]), (["accepted"], ["late"]))


if __name__ == "__main__":
    main()
