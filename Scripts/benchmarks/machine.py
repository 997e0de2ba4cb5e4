"""What the machine is, and whether it is quiet enough to measure on."""

import os
import pathlib
import platform
import time


def cores():
    return len(os.sched_getaffinity(0))


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def spin():
    """Milliseconds that a fixed piece of arithmetic takes: the best of five, as it is the processor that is asked."""
    best = float("inf")
    for _ in range(5):
        start, value = time.perf_counter(), 1
        for _ in range(200_000):
            value = value * 1_664_525 + 1_013_904_223 & 0xFFFFFFFF
        best = min(best, time.perf_counter() - start)
    return best * 1000


def busy(seconds=0.5):
    """The share of the machine's time that anybody used while this process slept."""
    def ticks():
        values = list(map(int, pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]))
        return sum(values), values[3] + values[4]

    (all0, idle0), _ = ticks(), time.sleep(seconds)
    all1, idle1 = ticks()
    return 1 - (idle1 - idle0) / max(all1 - all0, 1)


class Watch:
    """Looks at the machine between rounds."""

    def __init__(self):
        self.spins, self.shares, self.loads = [], [], []

    def look(self):
        self.shares.append(busy())
        self.spins.append(spin())
        self.loads.append(os.getloadavg()[0])

    @property
    def warnings(self):
        spread = max(self.spins) / min(self.spins) - 1
        found = []
        if spread > 0.1:
            found.append(f"the processor's speed varied by {spread:.0%} between rounds (over 10 %)")
        if max(self.shares) > 0.1:
            found.append(f"others used up to {max(self.shares):.0%} of the machine between rounds (over 10 %)")
        if self.loads[0] > 0.5:
            found.append(f"the load average was {self.loads[0]:.2f} before the run")
        return found

    def record(self):
        return {"spin_ms": self.spins, "busy": self.shares, "load": self.loads, "warnings": self.warnings}
