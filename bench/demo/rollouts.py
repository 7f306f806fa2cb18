"""The second half of the demo: weights that move by evidence, and survive a kill -9."""

import time

from gateway import DemoFailure

LIMIT = 90.0  # seconds that a rollout may take here


def show_rollouts(gateway, traffic, table, versions):
    """Rolls out a good version, kills the gateway in the middle, then tries a bad one. Faults."""
    first, good, bad = versions
    weights = (100, 0, 0)
    table.say(f"edited the file: a rollout of {good}, judged against {first}")
    gateway.begin_rollout(weights, good, first)
    follow(gateway, traffic, table, lambda rollout: share_of(rollout) >= 50)
    faults = crash(gateway, traffic, table)
    end = follow(gateway, traffic, table, has_ended)
    if end["verdict"] != "successful":
        faults.append(f"{good} is as good as {first}, but its rollout ended as {end['verdict']}")
    table.say(f"edited the file: a rollout of {bad}, which fails far more often than {good}")
    gateway.begin_rollout(weights, bad, good)
    end = follow(gateway, traffic, table, has_ended)
    if end["verdict"] != "failed":
        faults.append(f"{bad} is worse than {good}, but its rollout ended as {end['verdict']}")
    return faults


def follow(gateway, traffic, table, until):
    """Shows the table until the rollout is so far, and says each decision with its evidence."""
    base, said, begin = gateway.counts(), 0, time.monotonic()
    while True:
        rollout = gateway.rollout()
        for decision in rollout["decisions"][said:]:
            table.say(words_of(decision))
            said += 1
            base = gateway.counts()
        if until(rollout):
            return rollout
        passed = time.monotonic() - begin
        if passed > LIMIT:
            raise DemoFailure(f"the rollout is not decided after {LIMIT:.0f} s: {rollout['phase']}")
        part = min(passed / LIMIT, 0.99)
        table.show(gateway.versions(), base, part, f"rollout {rollout['phase']}", traffic)
        time.sleep(1.0)


def crash(gateway, traffic, table):
    """kill -9, start again: the same weights, and the rollout goes on."""
    before = weights_of(gateway)
    traffic.outage = True
    gateway.kill()
    gateway.run()
    time.sleep(1.0)
    traffic.outage = False
    after = weights_of(gateway)
    table.say(f"kill -9 and a new start: weights before {before}, after {after}")
    return [] if before == after else ["the weights did not survive the kill -9"]


def weights_of(gateway):
    return {one["backend"]: one["weight"] for one in gateway.versions()}


def share_of(rollout):
    return rollout["candidates"][0]["share"]


def has_ended(rollout):
    return rollout["phase"] in ("succeeded", "failed")


def words_of(decision):
    """One decision as a line: what, why, and the evidence that it was made on."""
    evidence = "; ".join(
        f"{one['name']}: candidate {one['candidate']['bad']}/{one['candidate']['count']}, "
        f"primary {one['primary']['bad']}/{one['primary']['count']}, "
        f"log E rollback {number(one['log_e_rollback'])} of {number(one['rollback_threshold'])}, "
        f"promotion {number(one['log_e_promotion'])} of {number(one['promotion_threshold'])}"
        for one in decision["evidence"][0]["guardrails"]
        if one["candidate"]["count"]
    )
    text = f"{decision['reason']}: {decision['detail']}"
    return f"{text} [{evidence}]" if evidence else text


def number(value):
    return "-" if value is None else f"{value:.1f}"
