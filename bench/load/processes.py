"""Child processes: started on a core of their own, measured by /proc, and never left behind."""

import atexit
import os
import resource
import signal
import socket
import subprocess
import time
from dataclasses import dataclass

PROXY_CORE = 0
LOAD_CORE = 1
NANOSECONDS = 1_000_000_000
TICK_NS = NANOSECONDS // os.sysconf("SC_CLK_TCK")

_children = []


@dataclass
class CpuTime:
    """Nanoseconds that a process tree has spent on a core."""

    total: int
    user_ticks: int
    system_ticks: int

    def since(self, earlier):
        return CpuTime(
            self.total - earlier.total,
            self.user_ticks - earlier.user_ticks,
            self.system_ticks - earlier.system_ticks,
        )

    def user_part(self):
        """Part of the time spent in user mode, as the kernel's ticks have it."""
        ticks = self.user_ticks + self.system_ticks
        return self.user_ticks / ticks if ticks else 0.0


def raise_descriptor_limit():
    """As many descriptors as 10,000 proxied connections need, if we may; returns the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (65_536, hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
            break
        except (ValueError, OSError):
            continue
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, cores=(LOAD_CORE,), output=None, **more):
    """Starts a command in a process group of its own, pinned to `cores`."""

    def settle():
        os.sched_setaffinity(0, set(cores) & os.sched_getaffinity(0) or os.sched_getaffinity(0))

    child = subprocess.Popen(
        [str(word) for word in command],
        stdout=output or subprocess.DEVNULL,
        stderr=subprocess.STDOUT if output else subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=settle,
        **more,
    )
    _children.append(child)
    return child


def stop(child, grace=5.0):
    """Asks a child to end, then insists, on its whole group."""
    if child in _children:
        _children.remove(child)
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(grace)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def stop_all():
    for child in list(_children):
        stop(child, grace=2.0)


atexit.register(stop_all)


def wait_for_port(port, child, seconds=10.0):
    """Until something listens there; False when the child died or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and child.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False


def tree(pid):
    """A process and all that descend from it."""
    found = [pid]
    for one in found:
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{task}/children") as file:
                    found.extend(int(word) for word in file.read().split())
        except FileNotFoundError:
            continue
    return found


def cpu_time(pid):
    """What a process tree has used so far: exact in total, by ticks for user and system."""
    total = user = system = 0
    for one in tree(pid):
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                with open(f"/proc/{one}/task/{task}/schedstat") as file:
                    total += int(file.read().split()[0])
            with open(f"/proc/{one}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        user += int(fields[11])
        system += int(fields[12])
    return CpuTime(total, user, system)


def private_bytes(pid):
    """Memory that a process tree shares with nobody."""
    total = 0
    for one in tree(pid):
        with open(f"/proc/{one}/smaps_rollup") as file:
            for line in file:
                if line.startswith(("Private_Clean:", "Private_Dirty:")):
                    total += int(line.split()[1]) * 1024
    return total


def tcp_memory_bytes():
    """What the kernel holds in socket buffers of TCP."""
    with open("/proc/net/sockstat") as file:
        for line in file:
            words = line.split()
            if words[0] == "TCP:":
                return int(words[words.index("mem") + 1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
