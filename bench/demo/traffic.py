"""A bounded stream of scoring requests over a few kept connections."""

import http.client
import json
import random
import threading
import time
from collections import Counter

CLIENTS = 8
PATH = "/score/risk"
TIMEOUT = 10.0


class Traffic:
    """Clients that together send `rate` requests a second until they are stopped."""

    def __init__(self, port, rate):
        self.port = port
        self.pause = CLIENTS / rate
        self.lock = threading.Lock()
        self.ending = threading.Event()
        self.answered = Counter()  # by version
        self.model_errors = 0
        self.lost = 0  # no answer, or one that no model gave
        self.last_loss = ""
        self.outage = False  # the gateway is being killed on purpose
        self.cut = 0  # requests that got no answer for that
        self.threads = [
            threading.Thread(target=self.run, args=(number,), daemon=True)
            for number in range(CLIENTS)
        ]

    @property
    def total(self):
        return sum(self.answered.values())

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ending.set()
        for thread in self.threads:
            if thread.is_alive():
                thread.join(TIMEOUT)

    def run(self, number):
        rows = random.Random(number)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        due = time.monotonic() + self.pause * number / CLIENTS
        while not self.ending.wait(max(0.0, due - time.monotonic())):
            due = max(due + self.pause, time.monotonic() - 1.0)
            try:
                connection.request("POST", PATH, scoring(rows), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                self.count(answer.getheader("x-millrace-version"), answer.status)
            except (OSError, http.client.HTTPException) as error:
                self.lose(repr(error))
                connection.close()  # the next request opens it again
        connection.close()

    def count(self, version, status):
        if version is None or status not in (200, 500):
            self.lose(f"status {status}")
            return
        with self.lock:
            self.answered[version] += 1
            self.model_errors += status == 500

    def lose(self, reason):
        with self.lock:
            if self.outage:
                self.cut += 1
                return
            self.lost += 1
            self.last_loss = reason


def scoring(rows):
    """A request of one to three customers."""
    values = [
        [rows.randint(1, 72), rows.choice(("basic", "plus", "pro")), round(rows.uniform(5, 120), 2)]
        for _ in range(rows.randint(1, 3))
    ]
    return json.dumps({"input_data": [{"fields": ["tenure", "plan", "spend"], "values": values}]})
