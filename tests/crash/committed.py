"""What a data directory says that was committed last: read from copies, as the gateway's own start is
what the test is about."""
import os
import shutil
import sqlite3
import struct
import tempfile
from dataclasses import dataclass, field

UNITS = 65536
MARK_BYTES = 4096


@dataclass
class Committed:
    """Of one route, by its newest rollout."""

    rollout: int
    phase: str
    step: int
    ended: bool
    weights: dict  # by backend, of the weights that were in force
    pieces: list  # (begin, backend)
    marked: set = field(default_factory=set)  # candidates whose rollback is marked

    def share_max(self, steps):
        """Percent that the candidate may have at most: what was committed gives it."""
        if self.marked or self.phase in ("initializing", "failed"):
            return 0.0
        return 100.0 if self.phase == "succeeded" else float(steps[self.step])

    def share_in_force(self, candidate):
        total = sum(self.weights.values())
        return 100.0 * self.weights[candidate] / total if total else 0.0


def read_committed(directory):
    """By route; empty when nothing was committed yet."""
    with tempfile.TemporaryDirectory(prefix="millrace-committed-") as scratch:
        for name in ("millrace.db", "millrace.db-wal", "rollback.marks"):
            if os.path.exists(os.path.join(directory, name)):
                shutil.copy(os.path.join(directory, name), scratch)
        return read_copy(scratch)


def read_live(directory):
    """The same while a gateway is at work on it."""
    return read_database(directory, "?mode=ro")


def read_copy(directory):
    return read_database(directory, "")


def read_database(directory, mode):
    path = os.path.join(directory, "millrace.db")
    if not os.path.exists(path):
        return {}
    database = sqlite3.connect("file:%s%s" % (path, mode), uri=True, timeout=20)
    try:
        found = {}
        states = dict(database.execute("SELECT route, state FROM route_state"))
        for identity, route, phase, state, ended in database.execute(
                "SELECT id, route, phase, state, ended FROM rollouts ORDER BY id"):
            weights, pieces = parse_state(states[route])
            step = int(state.rsplit(" ", 1)[1])
            found[route] = Committed(identity, phase, step, bool(ended), weights, pieces)
        for route, rollout, candidate in read_marks(os.path.join(directory, "rollback.marks")):
            if route in found and found[route].rollout == rollout:
                found[route].marked.add(candidate)
        return found
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return {}  # killed before its tables were made
        raise
    finally:
        database.close()


def parse_state(text):
    weights, pieces, names = {}, [], []
    for line in text.splitlines():
        key, _, rest = line.partition(" ")
        if key == "ref":
            weight, name = rest.split(" ", 1)
            names.append(name)
            weights[name] = int(weight)
        elif key == "piece":
            begin, version = rest.split(" ")
            pieces.append((int(begin), int(version)))
    return weights, [(begin, names[version]) for begin, version in pieces]


def read_marks(path):
    """(route, rollout, candidate) of each whole mark; those that are torn are none."""
    marks = []
    if not os.path.exists(path):
        return marks
    with open(path, "rb") as file:
        while slot := file.read(MARK_BYTES):
            if not slot.startswith(b"MILLMARK"):
                continue
            rollout, = struct.unpack_from("<q", slot, 24)
            route_length, candidate_length = struct.unpack_from("<II", slot, 36)
            names = slot[44:44 + route_length + candidate_length].decode()
            marks.append((names[:route_length], rollout, names[route_length:]))
    return marks
