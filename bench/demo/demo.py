#!/usr/bin/env python3
"""The demo: three versions of a model behind Millrace, traffic, and weights that change under way:
first by hand, then by themselves. A good version earns all of the traffic, across a kill -9; a bad
one is rolled back.

Starts everything it shows, on loopback and free ports, in a temporary directory; ends by itself
after about a minute and a half or on Ctrl-C and leaves nothing behind. Exit code: 0 when the traffic
went where it should and nothing was lost, 1 when not, 130 after Ctrl-C.
"""

import argparse
import math
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from gateway import DemoFailure, Gateway, start_model, stop_all
from rollouts import show_rollouts
from table import Table
from traffic import Traffic

VERSIONS = ("risk-v1", "risk-v2", "risk-v3")


@dataclass
class Step:
    """Weights from a time on, and how they are set."""

    at: float  # part of the whole duration
    weights: tuple
    by_file: bool = False


STEPS = (
    Step(0.00, (90, 10, 0), by_file=True),
    Step(0.25, (70, 30, 0)),
    Step(0.50, (50, 50, 0)),
    Step(0.75, (10, 90, 0), by_file=True),
)


def main():
    asked = arguments()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also when started in the background
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="millrace-demo-") as scratch:
        try:
            return show(asked, Path(scratch))
        except KeyboardInterrupt:
            print("\nstopped; everything that was started has been ended")
            return 130
        except DemoFailure as failure:
            print(f"demo: {failure}", file=sys.stderr)
            return 1
        finally:
            stop_all()


def existing(text):
    path = Path(text).resolve()
    if not path.exists():
        raise argparse.ArgumentTypeError(f"{path} is not there")
    return path


def arguments():
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    parser.add_argument("--millrace", type=existing, required=True)
    parser.add_argument("--model-server", type=existing, required=True)
    parser.add_argument("--seconds", type=float, default=24.0, help="how long weights change by hand")
    parser.add_argument("--rate", type=float, default=300.0, help="requests per second")
    return parser.parse_args()


def show(asked, scratch):
    models = {
        VERSIONS[0]: start_model(asked.model_server, VERSIONS[0], latency_ms=8, error_rate=0.01),
        VERSIONS[1]: start_model(asked.model_server, VERSIONS[1], latency_ms=5, error_rate=0.005),
        VERSIONS[2]: start_model(asked.model_server, VERSIONS[2], latency_ms=5, error_rate=0.15),
    }
    gateway = Gateway(asked.millrace, scratch, models, STEPS[0].weights)
    introduce(gateway, models, asked)
    traffic = Traffic(gateway.port, asked.rate)
    table = Table(sys.stdout)
    begin = time.monotonic()
    try:
        traffic.start()
        base = run_steps(asked, gateway, traffic, table, begin)
        faults = share_fault(gateway, base)
        faults += show_rollouts(gateway, traffic, table, VERSIONS)
    finally:
        traffic.stop()
    return judge(gateway, traffic, faults)


def introduce(gateway, models, asked):
    print("Millrace splits the traffic of one route between the versions of a risk model.")
    for name, port in models.items():
        print(f"  model     {name} on 127.0.0.1:{port}, speaks Watson Machine Learning's scoring API")
    print(f"  gateway   http://127.0.0.1:{gateway.port}/score/risk")
    print(f"  admin     {gateway.admin}/api/v1/routes")
    print(f"  metrics   {gateway.admin}/metrics")
    print(f"  config    {gateway.config}")
    print(f"  traffic   {asked.rate:.0f} requests a second for a minute or two; Ctrl-C ends it")
    print(flush=True)


def run_steps(asked, gateway, traffic, table, begin):
    """Applies each step at its time and shows the table once a second; the last step's counts."""
    step = 0
    base = gateway.counts()
    while (elapsed := time.monotonic() - begin) < asked.seconds:
        if step + 1 < len(STEPS) and elapsed >= STEPS[step + 1].at * asked.seconds:
            step += 1
            table.say(apply(gateway, STEPS[step]))
            base = gateway.counts()
        part = elapsed / asked.seconds
        table.show(gateway.versions(), base, part, f"step {step + 1} of {len(STEPS)}", traffic)
        time.sleep(max(0.0, 1.0 - (time.monotonic() - begin - elapsed)))
    table.show(gateway.versions(), base, 1.0, "done", traffic)
    return base


def apply(gateway, step):
    """Changes the weights while the traffic runs, and says how."""
    words = " ".join(f"{name}={weight}" for name, weight in zip(VERSIONS, step.weights))
    if step.by_file:
        gateway.reload(step.weights)
        return f"edited the file and sent SIGHUP: {words}"
    gateway.set_weights(step.weights)
    return f"admin API: PUT /api/v1/routes/risk/weights, or: millrace weights risk {words}"


def share_fault(gateway, base):
    """What is wrong with the last step's shares: five standard deviations are allowed."""
    now = gateway.counts()
    got = [now[name] - base[name] for name in VERSIONS]
    total, wanted = sum(got), STEPS[-1].weights
    share = wanted[0] / sum(wanted)
    if abs(got[0] - total * share) > 5 * math.sqrt(total * share * (1 - share)) + 1:
        return [f"the last weights were {wanted}, the requests {got}"]
    return []


def judge(gateway, traffic, faults):
    """The last word: what was lost, and whether everything went where it should."""
    if traffic.lost:
        faults.append(f"{traffic.lost} requests got no answer ({traffic.last_loss})")
    for name in VERSIONS:
        if traffic.answered[name] == 0:
            faults.append(f"{name} got no traffic")
    answered = ", ".join(f"{name} {traffic.answered[name]}" for name in VERSIONS)
    print(f"{traffic.total} answers ({answered}), {traffic.model_errors} of them the models' own "
          f"errors, {traffic.lost} lost, {traffic.cut} cut by the kill -9")
    if not gateway.stop():
        faults.append("millrace did not end cleanly")
    for fault in faults:
        print(f"demo: {fault}", file=sys.stderr)
    if not faults:
        print("Weights changed by hand and by themselves; no request was lost for it.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
