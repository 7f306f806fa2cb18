"""Numbers to tables: minimum and median per peer, ratios inside a round with their spread."""

import statistics
from dataclasses import dataclass

from peers import RELAY

OURS = "millrace"


@dataclass
class Spread:
    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values):
        values = list(values)
        return cls(min(values), statistics.median(values), max(values)) if values else None

    def __str__(self):
        return f"{self.median:.2f} ({self.low:.2f}..{self.high:.2f})"


def ratios(mine, others):
    """Round by round, mine over the best of the others: slots of one round ran side by side."""
    return Spread.of(
        own / min(column[index] for column in others)
        for index, own in enumerate(mine)
        if all(index < len(column) and column[index] > 0 for column in others)
    ) if others else None


def column(slots, field):
    return [getattr(slot, field) for slot in slots]


def summarise(slots_of_peer):
    """`slots_of_peer`: slots of one workload at one number of connections, by peer."""
    found = {}
    for name, slots in slots_of_peer.items():
        cpu = column(slots, "cpu")
        best = [column(other, "cpu") for peer, other in slots_of_peer.items()
                if peer not in (name, RELAY, OURS)]
        floor = [column(slots_of_peer[RELAY], "cpu")] if RELAY in slots_of_peer else []
        quantiles = {
            rank: ratios(
                column(slots, rank),
                [column(other, rank) for peer, other in slots_of_peer.items()
                 if peer not in (name, RELAY, OURS)],
            )
            for rank in ("p50", "p99")
        }
        found[name] = {
            "cpu_min": min(cpu),
            "cpu_median": statistics.median(cpu),
            "user_share": statistics.median(
                slot.user / slot.cpu if slot.cpu else 0.0 for slot in slots
            ),
            "rate": statistics.median(column(slots, "rate")),
            "p50": statistics.median(column(slots, "p50")),
            "p99": statistics.median(column(slots, "p99")),
            "errors": sum(column(slots, "errors")),
            "rounds": len(slots),
            "min_to_best": ratio_of_minima(cpu, best),
            "min_to_relay": ratio_of_minima(cpu, floor),
            "cpu_to_best": ratios(cpu, best),
            "cpu_to_relay": ratios(cpu, floor),
            "p50_to_best": quantiles["p50"],
            "p99_to_best": quantiles["p99"],
        }
    return found


def ratio_of_minima(mine, others):
    """The steadiest estimate: minimum over all rounds against the best minimum of the others."""
    return min(mine) / min(min(column) for column in others) if others else None


HEADINGS = (
    "peer", "CPU min", "median", "user", "system", "per s", "p50", "p99", "errors",
    "CPU/best: min", "median (spread)", "CPU/relay: min", "median (spread)", "p50/best", "p99/best",
)


def workload_table(title, summary):
    """Lines of one workload's table; times in microseconds."""
    rows = [HEADINGS]
    for name, row in summary.items():
        user = row["cpu_min"] * row["user_share"]
        rows.append((
            name, f"{row['cpu_min']:.2f}", f"{row['cpu_median']:.2f}", f"{user:.2f}",
            f"{row['cpu_min'] - user:.2f}", f"{row['rate']:.0f}", f"{row['p50']:.0f}",
            f"{row['p99']:.0f}", str(row["errors"]), shown(row["min_to_best"]),
            shown(row["cpu_to_best"]), shown(row["min_to_relay"]), shown(row["cpu_to_relay"]),
            shown(row["p50_to_best"]), shown(row["p99_to_best"]),
        ))
    return [title, *aligned(rows), ""]


def shown(value):
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def aligned(rows):
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [
        "  ".join(
            word.ljust(width) if index == 0 else word.rjust(width)
            for index, (word, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in rows
    ]


def extras_lines(extras):
    """Lines for everything that was not measured in slots."""
    lines = []
    for title, by_peer in extras.items():
        lines.append(title)
        for name, found in by_peer.items():
            lines.append(f"  {name:10} {told(found)}")
        lines.append("")
    return lines


def told(found):
    if "skipped" in found:
        return f"skipped: {found['skipped']}"
    words = []
    for key, value in found.items():
        if value is None:
            continue
        if isinstance(value, float):
            value = f"{value:.0f}" if value >= 100 else f"{value:.2f}"
        elif isinstance(value, dict):
            value = ", ".join(f"{name} {count}" for name, count in value.items())
        words.append(f"{key} {value}")
    return "; ".join(words)


def machine_lines(machine):
    return [
        f"{machine['date']}  commit {machine['commit']}",
        f"{machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}, "
        f"load before {machine['load_before']:.2f}",
        f"built with {machine['compiler']}: {machine['flags']}",
        *(f"{name}: {version}" for name, version in machine["versions"].items()),
        "CPU, p50 and p99 in microseconds; CPU is user + system of the proxy's processes per "
        "request (W6: per chunk);",
        "best: the better of nginx and HAProxy in the same round; W6's p50 and p99 are a chunk's "
        "delay on the way",
        "",
    ]
