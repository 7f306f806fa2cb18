"""Measurements beside the slots: memory of a connection, system calls, instructions, workers."""

import re
import shutil
import signal
import socket
import statistics
import subprocess
import time
from dataclasses import replace

from loads import WORKLOADS, run_slot, run_wrk
from peers import Peer
from processes import (
    LOAD_CORE, PROXY_CORE, private_bytes, start, stop, tcp_memory_bytes, tree,
)

IN_STEP = 64


def memory_per_connection(name, site, count, mode):
    """Private bytes that a fresh proxy adds for each of `count` connections, and the kernel's."""
    peer = Peer(name, site)
    try:
        run_wrk(WORKLOADS["W1"], peer.port, 1, 64)  # code, pools and tables are warm
        time.sleep(0.5)
        before, kernel_before = private_bytes(peer.pid), tcp_memory_bytes()
        holder = start(
            [site.tools / "idle_connections", peer.port, count, mode],
            cores=(LOAD_CORE,), output=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
        )
        said = holder.stdout.readline().strip()
        if said != f"holding {count}":
            raise RuntimeError(f"{name}: {said or 'the connections could not be opened'}")
        time.sleep(2.0)
        after, kernel_after = private_bytes(peer.pid), tcp_memory_bytes()
        holder.stdin.close()
        closed = int(holder.stdout.read().split()[-1])
        stop(holder)
        return {
            "connections": count,
            "bytes": (after - before) / count,
            "kernel_bytes": (kernel_after - kernel_before) / count,
            "closed_meanwhile": closed if mode == "idle" else None,
        }
    finally:
        peer.stop()


def system_calls(name, site, seconds=2):
    """System calls per request of W2 under strace, with the most frequent ones."""
    if shutil.which("strace") is None:
        return {"skipped": "strace is not installed"}
    peer = Peer(name, site)
    try:
        summary = peer.folder / "strace.txt"
        pids = [word for pid in tree(peer.pid) for word in ("-p", str(pid))]
        tracer = start(["strace", "-c", "-f", "-o", summary, *pids], cores=(LOAD_CORE,))
        time.sleep(0.5)
        if tracer.poll() is not None:
            return {"skipped": "strace may not attach here (ptrace is restricted)"}
        slot = run_wrk(WORKLOADS["W2"], peer.port, seconds, 64)
        tracer.send_signal(signal.SIGINT)
        tracer.wait(10)
        stop(tracer)
        calls = parse_strace(summary.read_text())
    finally:
        peer.stop()
    per_request = {call: count / slot.requests for call, count in calls.items()}
    return {
        "per_request": sum(per_request.values()),
        "calls": {call: round(value, 3) for call, value in per_request.items() if value >= 0.01},
    }


def parse_strace(text):
    """Calls by name from the table of `strace -c`."""
    calls = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 5 and re.fullmatch(r"[\d.]+", words[0]) and words[-1] != "total":
            calls[words[-1]] = int(words[3])
    return calls


def instructions(name, site, few=1_280, many=6_400):
    """User instructions per request of W2: the difference of two runs under callgrind."""
    if shutil.which("valgrind") is None:
        return {"skipped": "valgrind is not installed"}
    counted = [counted_run(name, site, requests) for requests in (few, many)]
    if None in counted:
        return {"skipped": f"callgrind gave no count for {name}"}
    return {"per_request": (counted[1] - counted[0]) / (many - few)}


def counted_run(name, site, requests):
    prefix = [
        "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--trace-children=no",
    ]
    peer = Peer(name, site, prefix=prefix)
    try:
        post_in_step(peer.port, requests)
    finally:
        stop(peer.child, grace=60.0)
    found = re.search(r"Collected : (\d+)", peer.output())
    return int(found.group(1)) if found else None


def post_in_step(port, requests):
    """Exactly that many POSTs of 2 KB over 64 connections that all take one step at a time."""
    body = b"x" * 2048
    head = f"POST /score HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(body)}\r\n\r\n"
    message = head.encode() + body
    clients = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(IN_STEP)]
    for _ in range(requests // IN_STEP):
        for client in clients:
            client.sendall(message)
        for client in clients:
            read_answer(client)
    for client in clients:
        client.close()


def read_answer(client):
    data = b""
    while b"\r\n\r\n" not in data:
        data += received(client)
    head, _, rest = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode(errors="replace"))
    left = int(re.search(rb"content-length: *(\d+)", head, re.IGNORECASE).group(1)) - len(rest)
    while left > 0:
        left -= len(received(client))


def received(client):
    data = client.recv(65536)
    if not data:
        raise RuntimeError("the proxy closed a connection")
    return data


def two_workers(name, site, seconds, rounds):
    """CPU per request of W2 with one worker and with two, on the same cores under the same load."""
    cores = (PROXY_CORE, LOAD_CORE)
    one = Peer(name, site, workers=1, cores=cores)
    two = Peer(name, site, workers=2, cores=cores)
    try:
        costs = {1: [], 2: []}
        for _ in range(rounds):
            for workers, peer in ((1, one), (2, two)):
                slot = run_slot(WORKLOADS["W2"], peer, seconds, 64, site.tools, cores)
                costs[workers].append(slot.cpu)
    finally:
        one.stop()
        two.stop()
    ratios = [pair / alone for alone, pair in zip(costs[1], costs[2])]
    return {"one": min(costs[1]), "two": min(costs[2]), "ratio": statistics.median(ratios)}


def many_routes(name, site, rounds, seconds, count=1_000):
    """CPU and instructions per request of W2 behind a thousand other routes, against none."""
    crowded = replace(site, routes_before=count - 1)
    one, many = Peer(name, site), Peer(name, crowded)
    try:
        ratios = []
        for _ in range(rounds):
            alone, among = (
                run_slot(WORKLOADS["W2"], peer, seconds, 64, site.tools).cpu
                for peer in (one, many)
            )
            ratios.append(among / alone)
    finally:
        one.stop()
        many.stop()
    return {
        "routes": count,
        "cpu_ratio_median": statistics.median(ratios),
        "instructions_one": instructions(name, site).get("per_request"),
        "instructions_many": instructions(name, crowded).get("per_request"),
    }


def growth(name, site, count, seconds):
    """Private bytes that stay behind after many requests, and after many connections have gone."""
    peer = Peer(name, site)
    try:
        run_wrk(WORKLOADS["W2"], peer.port, 2, 64)
        open_and_close(site, peer, count)
        begin = private_bytes(peer.pid)
        slot = run_wrk(WORKLOADS["W2"], peer.port, seconds, 64)
        after_requests = private_bytes(peer.pid)
        open_and_close(site, peer, count)
        return {
            "requests": slot.requests,
            "bytes_after_requests": after_requests - begin,
            "connections": count,
            "bytes_after_connections": private_bytes(peer.pid) - after_requests,
        }
    finally:
        peer.stop()


def open_and_close(site, peer, count):
    holder = start(
        [site.tools / "idle_connections", peer.port, count, "idle"],
        output=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
    )
    said = holder.communicate("", timeout=60)[0]
    stop(holder)
    if f"holding {count}" not in said:
        raise RuntimeError(f"{peer.name}: {said}")
    time.sleep(0.5)
