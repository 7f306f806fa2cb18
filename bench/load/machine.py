"""What the numbers were measured on and with."""

import os
import platform
import re
import subprocess
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def first_line(*command):
    """The first line that a command prints, or `unknown`."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20,
            cwd=ROOT, check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return done.stdout.strip().splitlines()[0] if done.stdout.strip() else "unknown"


def cpu_model():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def commit():
    """Short id of the commit, with a mark when the tree differs from it."""
    try:
        short = subprocess.run(
            ["git", "rev-parse", "--short=10", "HEAD"], cwd=ROOT, check=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ).stdout.strip()
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no"], cwd=ROOT, check=True,
            text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "nocommit"
    return short + ("-dirty" if changed else "")


def build_flags(millrace):
    """Compiler and flags of the build folder that the binary is in."""
    cache = Path(millrace).parent / "CMakeCache.txt"
    if not cache.exists():
        return "unknown"
    values = dict(re.findall(r"^(\w+):\w+=(.*)$", cache.read_text(), re.MULTILINE))
    kind = values.get("CMAKE_BUILD_TYPE", "")
    words = [values.get("CMAKE_CXX_COMPILER", ""), kind, values.get("CMAKE_CXX_FLAGS", ""),
             values.get(f"CMAKE_CXX_FLAGS_{kind.upper()}", "")]
    return " ".join(word for word in words if word)


def describe(millrace):
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit(),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "load_before": os.getloadavg()[0],
        "flags": build_flags(millrace),
        "compiler": first_line("g++", "--version"),
        "versions": {
            "nginx": first_line("nginx", "-v"),
            "haproxy": first_line("haproxy", "-v"),
            "wrk": first_line("wrk", "-v"),
            "millrace": first_line(str(millrace), "--version"),
        },
    }
