#!/usr/bin/env python3
"""Soaks the tool: a folder of images is explained while runs are killed, disks fill, and files vanish and change, until all is done.

    Scripts/soak.py [--images 20000] [--minutes 180] [--seed 1] [--tool PATH]

Runs with --resume follow one another; what befalls each is drawn by a seeded generator (Scripts/soaking/troubles.py). When the time is over,
runs without trouble finish the rest, and everything is held against a run over the same images that nothing befell: one good record
and one whole output an image, no other file, no image harmed, memory that does not grow. Takes no packages. As root it fills a file
system of its own; else a limit on files' sizes stands in for a full disk.
"""

import argparse
import collections
import json
import pathlib
import statistics
import sys
import tempfile
import time

from shared.running import TOOL
from soaking import checks, troubles
from soaking.runs import Fault, Run
from soaking.world import World


class Soak:
    """The runs of a soak, and what was seen of them."""

    def __init__(self, world, tool):
        self.world, self.tool = world, tool
        self.random = world.random
        self.touched = set()
        # What the model was changed to.
        self.models = set()
        self.counts = collections.Counter()
        self.faults = []
        self.megabytes = []

    def start(self, **options):
        jobs = ["--jobs", str(self.random.randint(1, 3))]
        quiet = ["--quiet"] if self.random.random() < 0.5 else []
        return Run(self.world.command(self.tool) + jobs + quiet, **options)

    def moment(self):
        """Seconds until something happens: often at the start, now and then late."""
        return self.random.choice([0.05, 0.3, 1, 3]) * self.random.random()

    def touch(self, paths):
        self.touched.update(map(str, paths))

    def touch_named(self, line):
        try:
            self.touched.add(json.loads(line)["image"])
        except ValueError:
            pass

    def trouble(self):
        """One run, with what befalls it."""
        kind = self.random.choices(list(troubles.ALL), list(troubles.ALL.values()))[0]
        self.counts[kind.__name__] += 1
        try:
            self.megabytes.append(kind(self).megabytes)
        except Fault as fault:
            self.faults.append(f"{kind.__name__}: {fault}")

    def is_finished(self):
        outputs = (output for path in self.world.contents for output in self.world.outputs(path))
        return all(output.exists() for output in outputs)

    def wear(self):
        """Takes outputs of images that are finished, so that there is work."""
        paths = self.world.pick(max(20, len(self.world.contents) // 10))
        self.touch(paths)
        for path in paths:
            for output in self.world.outputs(path):
                output.unlink(missing_ok=True)

    def settle(self):
        """Finishes what is left, in runs that nothing befalls."""
        for _ in range(3):
            run = Run(self.world.command(self.tool) + ["--quiet"])
            # As long as it takes.
            while run.sleep(3600):
                pass
            self.megabytes.append(run.end({0, 1}).megabytes)
            if run.status == 0:
                return
        self.faults.append(f"the last run without trouble ended with {run.status}: {run.last}")

    def reference(self, folder):
        maps, records = folder / "maps", folder / "records.jsonl"
        run = Run(self.world.command(self.tool, maps, records, resume=False) + ["--quiet"])
        while run.sleep(3600):
            pass
        run.end({0})
        return maps, records, run.megabytes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=180)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tool", type=pathlib.Path, default=TOOL)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as root, tempfile.TemporaryDirectory(prefix="soak-") as clean:
        world = World(pathlib.Path(root), options.images, options.seed)
        try:
            soak = Soak(world, options.tool.resolve())
            sys.exit(soak_through(soak, options.minutes, pathlib.Path(clean)))
        finally:
            world.disk.close()


def soak_through(soak, minutes, clean):
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        if soak.is_finished():
            soak.wear()
        soak.trouble()
    soak.settle()
    maps, records, megabytes = soak.reference(clean)
    soak.faults += checks.check(soak, maps, records)
    # The reference explains every image; the others explain some, and read the records of all.
    most = max(soak.megabytes)
    if most > 1.5 * megabytes + 32:
        soak.faults.append(f"a run took {most:.0f} MB, where one over all images takes {megabytes:.0f}")
    print(f"{sum(soak.counts.values())} runs over {len(soak.world.contents)} images: "
          + ", ".join(f"{count} {name}" for name, count in soak.counts.most_common()))
    print(f"memory: {statistics.median(soak.megabytes):.0f} MB by median, {most:.0f} at most, {megabytes:.0f} undisturbed")
    for fault in soak.faults[:40]:
        print(f"fault: {fault}")
    print(f"{len(soak.faults)} faults")
    return 1 if soak.faults else 0


if __name__ == "__main__":
    main()
