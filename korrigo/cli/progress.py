"""Progress on a terminal: one bar a job, or one for all jobs of a kind; on anything else a line now and then."""

import sys
import time
from collections import defaultdict
from dataclasses import dataclass

WIDTH = 28


@dataclass(frozen=True)
class Bar:
    """How far something is: ``done`` of ``total`` (0: nobody knows yet) ``unit``."""

    title: str
    done: int
    total: int
    unit: str
    stage: str = ""

    @property
    def tenths(self) -> int:
        return 10 * self.done // self.total if self.total else 0


class Progress:
    """Shows the live jobs; made to be called often."""

    def __init__(self, titles: dict[str, str], stream=None):
        self.titles = titles
        self.stream = stream or sys.stderr
        self.terminal = self.stream.isatty()
        self.seen: dict[str, set[str]] = defaultdict(set)
        self.shown: dict[str, tuple] = {}
        self.lines = 0
        self.started = time.monotonic()

    def __call__(self, jobs) -> None:
        bars = self.bars(jobs)
        if self.terminal:
            self._paint([self._line(bar) for bar in bars.values()])
            return
        for kind, bar in bars.items():
            mark = (bar.stage, bar.total > 0, bar.tenths)
            if self.shown.get(kind) != mark:
                self.shown[kind] = mark
                print(self._line(bar), file=self.stream, flush=True)

    def end(self) -> None:
        if self.terminal:
            self._paint([])

    def bars(self, jobs) -> dict[str, Bar]:
        """One bar for each kind that is at work: its only job's own progress, or how many of its jobs are over."""
        live: dict[str, list] = defaultdict(list)
        for job in jobs:
            live[job.kind].append(job)
        for kind in self.seen.keys() - live.keys():
            del self.seen[kind]
        bars = {}
        for kind, of_kind in live.items():
            seen = self.seen[kind]
            seen.update(job.id for job in of_kind)
            running = [job for job in of_kind if job.state == "running"]
            if not running:
                continue
            title = self.titles.get(kind, kind)
            if len(seen) > 1:
                bars[kind] = Bar(title, len(seen) - len(of_kind), len(seen), "jobs")
            else:
                bars[kind] = Bar(title, running[0].done, running[0].total, running[0].unit, running[0].stage)
        return bars

    def _line(self, bar: Bar) -> str:
        filled = "█" * (bar.done * WIDTH // bar.total if bar.total else 0)
        count = f"{bar.done}/{bar.total} {bar.unit}" if bar.total else ""
        seconds = time.monotonic() - self.started
        return f"{seconds:6.1f} s  {bar.title:26.26s} {filled:·<{WIDTH}} {count:16s} {bar.stage}".rstrip()

    def _paint(self, lines: list[str]) -> None:
        """Overwrite what was painted last."""
        if self.lines:
            self.stream.write(f"\x1b[{self.lines}A\x1b[J")
        self.stream.write("".join(f"{line}\n" for line in lines))
        self.stream.flush()
        self.lines = len(lines)
