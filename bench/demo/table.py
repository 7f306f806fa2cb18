"""The live table: redrawn in place in a terminal, plain lines elsewhere."""

HEADING = ("version", "weight", "wanted", "got", "requests", "errors", "p50 ms", "p99 ms", "")
WIDTHS = (9, 6, 7, 7, 9, 7, 7, 7, 22)
BAR = 20
TELLING = 20  # requests from which on a share says something


class Table:
    def __init__(self, out):
        self.out = out
        self.live = out.isatty()
        self.drawn = 0  # lines on the screen that the next drawing replaces

    def say(self, text):
        """A line that stays."""
        self.erase()
        print(f"-> {text}", file=self.out, flush=True)

    def show(self, versions, base, part, title, traffic):
        """
        versions  as the admin API tells them
        base      requests by version when the weights were set: `got` counts from there
        part      of the demo that is over
        """
        since = {one["backend"]: one["requests"] - base[one["backend"]] for one in versions}
        weights = sum(one["weight"] for one in versions) or 1
        requests = sum(since.values())
        lines = [row(HEADING)]
        for one in versions:
            got = since[one["backend"]] / requests if requests >= TELLING else None
            lines.append(row((
                one["backend"], one["weight"], percent(one["weight"] / weights),
                "-" if got is None else percent(got),
                one["requests"], percent(one["error_rate"]), milliseconds(one["p50_ms"]),
                milliseconds(one["p99_ms"]), bar(got or 0.0),
            )))
        lines.append(f"[{bar(part)}] {part:4.0%}  {title}, {traffic.total} answers, "
                     f"{traffic.lost} lost")
        self.erase()
        if not self.live:
            lines.append("")
        print("\n".join(lines), file=self.out, flush=True)
        self.drawn = len(lines) if self.live and part < 1.0 else 0

    def erase(self):
        if self.drawn:
            self.out.write(f"\x1b[{self.drawn}A\x1b[J")
            self.drawn = 0


def row(words):
    first, *rest = zip(words, WIDTHS)
    cells = [str(first[0]).ljust(first[1])]
    cells += [str(word).rjust(width) for word, width in rest[:-1]]
    return "  ".join((*cells, str(rest[-1][0]))).rstrip()


def percent(share):
    return f"{share:.1%}"


def milliseconds(value):
    return "-" if value is None else f"{value:.1f}"


def bar(share):
    full = round(max(0.0, min(share, 1.0)) * BAR)
    return "#" * full + "." * (BAR - full)
