#!/usr/bin/env python3
"""How many labels a second POST /feedback takes, and what one costs.

    label_load.py PATH_TO_MILLRACE [LABELS [CONNECTIONS]]

Starts a gateway with a data_dir and an upstream of its own, collects the ids of so many answers, then sends
labels for them: half in lists of 100, half one by one over some kept connections. Prints one line of JSON
for each: labels per second as seen from here, and CPU microseconds of the gateway per label, its threads
for the journal included. Every label has to be accepted, so each of them was on disk before its answer.
"""
import json
import os
import selectors
import shutil
import socket
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/integration"))
from support import Gateway, wait_until  # noqa: E402
from wire import Upstream, canned_answer  # noqa: E402

TOKEN = "the token of a load test"
LIST = 100


def collect_ids(port, count):
    """The ids of so many answers, over one connection, many requests at a time."""
    connection = socket.create_connection(("127.0.0.1", port))
    ids, data, asked = [], b"", 0
    while len(ids) < count:
        burst = min(50, count - asked)
        if burst > 0 and asked - len(ids) < 50:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * burst)
            asked += burst
        data += connection.recv(65536)
        parts = data.split(b"x-millrace-id: ")
        ids += [part[:71].decode() for part in parts[1:] if len(part) > 71]
        data = b"x-millrace-id: " + parts[-1] if len(parts) > 1 and len(parts[-1]) <= 71 else parts[-1][-16:]
    connection.close()
    return ids


def request(said):
    body = json.dumps(said).encode()
    return (b"POST /feedback HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
            b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
                TOKEN.encode(), len(body), body))


def whole(answer):
    """True when it is all there."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        return False
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return len(body) >= length


def send_all(port, requests, connections):
    """Sends each on whichever connection is free; how many labels were accepted."""
    selector, accepted, waiting = selectors.DefaultSelector(), 0, list(reversed(requests))
    open_ones = 0
    for _ in range(min(connections, len(waiting))):
        one = socket.create_connection(("127.0.0.1", port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one.sendall(waiting.pop())
        selector.register(one, selectors.EVENT_READ, [b""])
        open_ones += 1
    while open_ones:
        for key, _ in selector.select():
            key.data[0] += key.fileobj.recv(65536)
            if not whole(key.data[0]):
                continue
            accepted += key.data[0].count(b'"result":"accepted"')
            key.data[0] = b""
            if waiting:
                key.fileobj.sendall(waiting.pop())
            else:
                selector.unregister(key.fileobj)
                key.fileobj.close()
                open_ones -= 1
    return accepted


def cpu_seconds(pid):
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(what, gateway, port, requests, labels, connections):
    cpu, began = cpu_seconds(gateway.process.pid), time.monotonic()
    accepted = send_all(port, requests, connections)
    took, used = time.monotonic() - began, cpu_seconds(gateway.process.pid) - cpu
    print(json.dumps({
        "what": what, "labels": labels, "accepted": accepted, "connections": connections,
        "labels_per_second": round(labels / took),
        "gateway_cpu_us_per_label": round(used / labels * 1e6, 2)}), flush=True)
    return accepted == labels


def main():
    os.environ["MILLRACE_BINARY"] = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 40_000
    connections = int(sys.argv[3]) if len(sys.argv) > 3 else 48
    data = tempfile.mkdtemp(prefix="millrace-labels-")
    upstream = Upstream(canned=canned_answer())
    config = {
        "workers": 1, "data_dir": data, "backends": {"v1": {"url": upstream.url},
                                                     "v2": {"url": upstream.url}},
        "feedback": {"bind": "127.0.0.1:0", "token_env": "MILLRACE_LOAD_TOKEN", "rate_max": 1_000_000},
        "routes": [{
            "name": "all", "match": {"path_prefix": "/"},
            "backend_refs": [{"backend": "v1", "weight": 50}, {"backend": "v2", "weight": 50}],
            "rollout": {"candidate": "v2", "primary": "v1", "strategy": "fixed_split", "steps": [50],
                        "guardrails": [{"metric": "accuracy", "label_age": "30m"}]}}]}
    good = False
    with Gateway(config, env={"MILLRACE_LOAD_TOKEN": TOKEN}) as gateway:
        port = int(gateway.wait_for_log("feedback on")["message"].rsplit(":", 1)[1])
        # Before that the weights are those of the file, which nobody judges.
        wait_until(lambda: gateway.admin_json("GET", "/api/v1/rollouts/all")[1].get("phase") ==
                   "progressing", "the rollout")
        ids = collect_ids(gateway.port, count)
        labels = [{"id": one, "label": True} for one in ids]
        lists = [request(labels[i:i + LIST]) for i in range(0, count // 2, LIST)]
        singles = [request(one) for one in labels[count // 2:]]
        good = measure("lists of %d" % LIST, gateway, port, lists, count // 2, 4)
        good = measure("one by one", gateway, port, singles, len(singles), connections) and good
    upstream.close()
    shutil.rmtree(data, ignore_errors=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
