"""Progress on a terminal: one bar a job; on anything else a line now and then."""

import sys
import time

WIDTH = 28


class Progress:
    """Shows the live jobs; made to be called often."""

    def __init__(self, titles: dict[str, str], stream=None):
        self.titles = titles
        self.stream = stream or sys.stderr
        self.terminal = self.stream.isatty()
        self.shown: dict[str, tuple] = {}
        self.lines = 0
        self.started = time.monotonic()

    def __call__(self, jobs) -> None:
        running = [job for job in jobs if job.state == "running"]
        if self.terminal:
            self._paint([self._bar(job) for job in running])
        else:
            for job in running:
                mark = (job.stage, 10 * job.done // job.total if job.total else 0)
                if self.shown.get(job.id) != mark:
                    self.shown[job.id] = mark
                    print(self._bar(job), file=self.stream, flush=True)

    def end(self) -> None:
        if self.terminal:
            self._paint([])

    def _bar(self, job) -> str:
        title = self.titles.get(job.kind, job.kind)
        share = job.done / job.total if job.total else 0
        bar = "█" * int(share * WIDTH)
        count = f"{job.done}/{job.total} {job.unit}" if job.total else ""
        return f"{time.monotonic() - self.started:6.1f} s  {title:26.26s} {bar:·<{WIDTH}} {count:16s} {job.stage}"

    def _paint(self, lines: list[str]) -> None:
        """Overwrite what was painted last."""
        if self.lines:
            self.stream.write(f"\x1b[{self.lines}A\x1b[J")
        self.stream.write("".join(f"{line}\n" for line in lines))
        self.stream.flush()
        self.lines = len(lines)
