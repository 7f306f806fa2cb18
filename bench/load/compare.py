#!/usr/bin/env python3
"""Millrace beside nginx, HAProxy and a raw relay: what a request costs, how long it takes.

All proxies run at once, one worker each on one core; load and back ends share the other core. In each
round every proxy gets one slot of every workload, so ratios inside a round compare like with like.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from dataclasses import asdict, is_dataclass
from pathlib import Path

import extras
import machine
import report
from loads import WORKLOADS, run_slot
from peers import ALL, Peer, Site, available
from processes import free_port, raise_descriptor_limit, start, stop_all, wait_for_port

ROOT = Path(__file__).resolve().parents[2]
GROWTH_SECONDS = 30
EXTRAS = ("idle", "slow", "syscalls", "instructions", "routes", "workers", "growth")


def main():
    asked = arguments()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also when started in the background
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    limit = raise_descriptor_limit()
    with tempfile.TemporaryDirectory(prefix="millrace-bench-") as scratch:
        try:
            return measure(asked, Path(scratch), limit)
        except KeyboardInterrupt:
            print("\nstopped", file=sys.stderr)
            return 130
        except (RuntimeError, OSError) as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
        finally:
            stop_all()


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="of one slot")
    parser.add_argument("--connections", default="64,8", help="of wrk; the first is what CPU means")
    parser.add_argument("--only", default="", help=", ".join((*WORKLOADS, *EXTRAS)))
    parser.add_argument("--peers", default=",".join(ALL))
    parser.add_argument("--idle-connections", type=int, default=10_000)
    parser.add_argument("--millrace", type=Path, default=ROOT / "build/release/millrace")
    parser.add_argument("--tools", type=Path, default=ROOT / "build/release/bench/load")
    parser.add_argument("--results", type=Path, default=ROOT / "bench/results")
    asked = parser.parse_args()
    asked.only = names(parser, asked.only, (*WORKLOADS, *EXTRAS)) or [*WORKLOADS, *EXTRAS]
    asked.peers = names(parser, asked.peers, ALL)
    asked.connections = [int(word) for word in asked.connections.split(",")]
    return asked


def names(parser, text, known):
    found = [word for word in text.split(",") if word]
    for word in found:
        if word not in known:
            parser.error(f"'{word}' is none of {', '.join(known)}")
    return found


def measure(asked, scratch, limit):
    site = Site(
        asked.tools.resolve(), asked.millrace.resolve(), scratch, start_stubs(asked.tools), limit
    )
    missing = {name: available(name, site) for name in asked.peers}
    for name, reason in missing.items():
        if reason:
            print(f"without {name}: {reason}")
    peers = [name for name in asked.peers if not missing[name]]
    about = machine.describe(asked.millrace)
    print("\n".join(report.machine_lines(about)))
    workloads = [WORKLOADS[name] for name in asked.only if name in WORKLOADS]
    slots = run_rounds(asked, site, peers, workloads) if workloads else {}
    summaries, lines = summarised(slots)
    print("\n".join(lines))
    found = run_extras(asked, site, peers)
    write(asked.results, about, slots, summaries, found, lines)
    return 0


def start_stubs(tools):
    """Two back ends on the core of the load."""
    ports = []
    for _ in range(2):
        port = free_port()
        child = start([tools.resolve() / "upstream_stub", port])
        if not wait_for_port(port, child):
            raise RuntimeError("upstream_stub does not start")
        ports.append(port)
    return tuple(ports)


def run_rounds(asked, site, names_of_peers, workloads):
    """Slots by (workload, connections) and peer."""
    peers = [Peer(name, site) for name in names_of_peers]
    slots = {}
    try:
        for number in range(asked.rounds):
            print(f"round {number + 1} of {asked.rounds}", file=sys.stderr, flush=True)
            order = peers[number % len(peers):] + peers[:number % len(peers)]
            for workload in workloads:
                counts = [workload.streams] if workload.streams else asked.connections
                for count in counts:
                    for peer in order:
                        slot = run_slot(workload, peer, asked.seconds, count, site.tools)
                        of_peer = slots.setdefault((workload.name, count), {})
                        of_peer.setdefault(peer.name, []).append(slot)
                        time.sleep(0.05)
    finally:
        for peer in peers:
            peer.stop()
    return {key: {name: found[name] for name in names_of_peers} for key, found in slots.items()}


def summarised(slots):
    summaries, lines = {}, []
    for (name, count), of_peer in slots.items():
        summaries[f"{name} at {count}"] = summary = report.summarise(of_peer)
        kind = "streams" if WORKLOADS[name].streams else "connections"
        rounds = len(next(iter(of_peer.values())))
        title = f"{name}  {WORKLOADS[name].title}  ({count} {kind}, {rounds} rounds)"
        lines += report.workload_table(title, summary)
    return summaries, lines


def run_extras(asked, site, peers):
    """The measurements that need a fresh proxy each; prints each when it is done."""
    count = min(asked.idle_connections, site.connections_max - 100)
    jobs = {
        "idle": ("idle connections, private bytes each", peers,
                 lambda name: extras.memory_per_connection(name, site, count, "idle")),
        "slow": ("slow readers of 1 MiB, private bytes each", peers,
                 lambda name: extras.memory_per_connection(name, site, count, "slow")),
        "syscalls": ("W2, system calls per request", peers,
                     lambda name: extras.system_calls(name, site)),
        "instructions": ("W2, user instructions per request", only_ours(peers),
                         lambda name: extras.instructions(name, site)),
        "routes": ("W2, behind a thousand routes against one", only_ours(peers),
                   lambda name: extras.many_routes(name, site, asked.rounds, asked.seconds)),
        "workers": ("W2, CPU per request with one and two workers on two cores",
                    only_ours(peers),
                    lambda name: extras.two_workers(name, site, asked.seconds, asked.rounds)),
        "growth": ("private bytes more after W2 for a while and after many connections", peers,
                   lambda name: extras.growth(name, site, count, GROWTH_SECONDS)),
    }
    found = {}
    for key, (title, names_of_peers, job) in jobs.items():
        if key not in asked.only or not names_of_peers:
            continue
        found[title] = {}
        for name in names_of_peers:
            try:
                found[title][name] = job(name)
            except (RuntimeError, OSError) as error:
                found[title][name] = {"skipped": str(error)}
        print("\n".join(report.extras_lines({title: found[title]})))
    return found


def only_ours(peers):
    return [name for name in peers if name == report.OURS]


def write(folder, about, slots, summaries, found, lines):
    """JSON with every slot, and the tables as they were printed."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"{about['date'][:10]}-{about['commit']}"
    rounds = {
        f"{name} at {count}": {peer: [slot.as_dict() for slot in of] for peer, of in by.items()}
        for (name, count), by in slots.items()
    }
    content = {"machine": about, "summary": summaries, "extras": found, "rounds": rounds}
    stem.with_suffix(".json").write_text(json.dumps(content, indent=1, default=plain) + "\n")
    text = [*report.machine_lines(about), *lines, *report.extras_lines(found)]
    stem.with_suffix(".txt").write_text("\n".join(text) + "\n")
    print(f"written to {stem}.json and .txt")


def plain(value):
    if is_dataclass(value):
        return asdict(value)
    raise TypeError(f"{type(value)} cannot be written")


if __name__ == "__main__":
    sys.exit(main())
