#!/usr/bin/env python3
"""Runs a built tool with many command lines, each in a fresh folder, and keeps what it prints and writes, so that two
builds can be compared: before and after a change that must not change what users see, all are the same bytes.

    record_outputs.py .build/release/gradcam --into before             # about five minutes
    record_outputs.py .build/release/gradcam --into after              # with another build
    record_outputs.py --compare before after                           # prints what differs; status 1 if anything does
    record_outputs.py TOOL --into FOLDER --models DIR                  # with every model below DIR, too
    record_outputs.py TOOL --into FOLDER --only 'looks/*'              # some runs; --list prints their names

For each run the folder holds N.status, N.stdout and N.stderr of its N-th command line, the list of what it left, and
those files. Times, rates and a page's nonce are taken out, and nothing else. Needs Python's standard library alone.
"""

import argparse
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from recording import commands, failures, folders, given, looks, methods, operators, printing, reports
from recording.comparing import differences
from recording.kit import Run, Runs
from recording.running import record
from recording.weights import write_models


def main() -> int:
    options = _options()
    if options.compare:
        return _compare(*options.compare)
    with tempfile.TemporaryDirectory(prefix="recording-") as scratch:
        place = Path(scratch).resolve()
        write_models(place / "seeded")
        runs = _runs(place / "seeded", options.models).matching(options.only)
        if options.list:
            print("\n".join(run.name for run in runs))
            return 0
        if not runs:
            sys.exit(f"record_outputs.py: --only: no run is called {options.only}")
        return _record(options.tool.resolve(), runs, place, options.into, options.jobs)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", type=Path, nargs="?", metavar="TOOL")
    parser.add_argument("--into",
                        type=Path,
                        metavar="FOLDER",
                        help="where the recording goes; it must not exist yet")
    parser.add_argument("--models",
                        type=Path,
                        metavar="DIR",
                        action="append",
                        default=[],
                        help="further models; may be repeated")
    parser.add_argument("--only", metavar="GLOB", default="*", help="the names of runs that are done")
    parser.add_argument("--list", action="store_true", help="print the runs' names instead")
    parser.add_argument("-j",
                        "--jobs",
                        type=int,
                        default=os.cpu_count(),
                        metavar="N",
                        help="runs under way at once")
    parser.add_argument("--compare",
                        type=Path,
                        nargs=2,
                        metavar="FOLDER",
                        help="say what two recordings differ in")
    options = parser.parse_args()
    if options.compare:
        return options
    if not options.list and (not options.tool or not options.into):
        parser.error("TOOL and --into FOLDER are required, or --compare FOLDER FOLDER")
    if options.tool and not os.access(options.tool, os.X_OK):
        parser.error(f"{options.tool} is no program")
    if options.into and options.into.exists():
        parser.error(f"{options.into} is there already")
    for folder in options.models:
        if not folder.is_dir():
            parser.error(f"{folder} is no folder")
    return options


def _runs(seeded: Path, models: list[Path]) -> Runs:
    runs = Runs(seeded)
    for part in [commands, methods, looks, printing, folders, reports, failures, operators]:
        part.add(runs)
    given.add(runs, models)
    return runs


def _record(tool: Path, runs: list[Run], scratch: Path, into: Path, jobs: int) -> int:
    os.umask(0o022)
    into.mkdir(parents=True)
    start = time.monotonic()

    def one(item: tuple[int, Run]):
        number, run = item
        # Every scratch folder's path is of one length.
        record(tool, run, scratch / f"{number:05}" / "here", into / run.name)

    with ThreadPoolExecutor(jobs) as pool:
        for count, _ in enumerate(pool.map(one, enumerate(runs)), 1):
            if sys.stderr.isatty():
                print(f"\r{count} of {len(runs)} runs", end="", file=sys.stderr, flush=True)
    lines = sum(1 for _ in into.rglob("*.status"))
    print(f"{len(runs)} runs of {lines} command lines in {time.monotonic() - start:.0f} s")
    return 0


def _compare(first: Path, second: Path) -> int:
    for folder in (first, second):
        if not folder.is_dir():
            sys.exit(f"record_outputs.py: {folder} is no recording")
    found = differences(first, second)
    print("\n".join(found) if found else "no differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
