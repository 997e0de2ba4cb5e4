#!/usr/bin/env python3
"""Opens a report of thousands of records in headless Chromium and uses every control of the page with real input, on a
desktop and a phone, light and dark. What the page shows is compared with what is worked out here from the records.
Needs nothing but Python's standard library and Chromium.

    browse_report.py .build/release/gradcam                       # the test
    browse_report.py .build/release/gradcam --screens DIR         # and pictures of the page
    browse_report.py .build/release/gradcam --first-paint 1000    # and fails where the first cards take longer (ms)
"""

import argparse
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

from browsing import odd, records, truth
from browsing.checks import Checks
from browsing.chromium import Chromium
from browsing.filters import Filters
from browsing.looks import Looks
from browsing.page import DEVICES

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("gradcam", help="the built tool")
    options.add_argument("--records", type=int, default=5000)
    options.add_argument("--screens", metavar="DIR", help="where to leave pictures of the page")
    options.add_argument("--first-paint", type=float, metavar="MS", help="the most that the first cards may take")
    options.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("chromium-browser"))
    options = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="gradcam-report-") as folder:
        made = make_report(os.path.abspath(options.gradcam), folder, options.records)
        browser = Chromium(options.chromium, f"{folder}/profile")
        try:
            odd.check(os.path.abspath(options.gradcam), browser, folder)
            truth.check(os.path.abspath(options.gradcam), browser, folder, made, options.screens)
            for device in DEVICES:
                for scheme in ["light", "dark"]:
                    Visit(browser, folder, made, device, scheme, options.screens).run(options.first_paint)
        finally:
            browser.close()


def make_report(gradcam, folder, count):
    """Explains the demo's images, and writes a report of many records over them."""
    def run(*words):
        return subprocess.run([gradcam, *words], cwd=folder, check=True, stdout=subprocess.PIPE).stdout
    os.mkdir(f"{folder}/real")
    for path in glob.glob(f"{ROOT}/models/images/*.jpg"):
        # A copy, since a link may not cross file systems.
        shutil.copy(path, f"{folder}/real")
    # A square is cut out of images of every shape, so that the page has to show the same part of the originals.
    explained = run("explain", "real", "-w", f"{ROOT}/models/demo-xray.bin", "--preprocess", "resize=256,crop=256",
                    "-d", "real", "--jsonl", "--quiet")
    made = records.make(folder, [json.loads(line) for line in explained.splitlines()], count)
    records.write(made, f"{folder}/records.jsonl")
    run("report", "records.jsonl", "-o", "report.html", "--title", "A <run> & {{more}}", "--quiet")
    return made


class Visit(Filters, Looks, Checks):
    """One look at the page on one device: every step uses some of its controls."""

    def run(self, first_paint):
        self.first_paint = first_paint
        self.browser.events.clear()
        self.browser.shape(*DEVICES[self.device], self.scheme)
        self.load("")
        for step in self.steps():
            try:
                step()
            except AssertionError as error:
                self.picture("failure")
                raise SystemExit(f"{self.device}, {self.scheme}, {step.__name__}: {error}")
        print(f"{self.device}, {self.scheme}: fine", flush=True)

    def steps(self):
        """All of them on a desktop in the light and on a phone in the dark; else those that colours concern."""
        looks = [self.measure, self.first_look, self.views, self.detail, self.help, self.theme, self.printing]
        if (self.scheme == "dark") != self.is_phone:
            return looks + [self.complaints]
        return [*looks, self.scroll, self.orders, self.search, self.verdicts, self.confidence, self.classes, self.choices,
                self.nothing, self.summary, self.keys, self.address, self.missing, self.names, self.complaints]


if __name__ == "__main__":
    sys.exit(main())
