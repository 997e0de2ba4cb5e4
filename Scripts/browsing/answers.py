"""A report with a truth as a test sees it: how answers stand to it, worked out here a second time, and what all such reports have."""

import csv
import json
import random
import subprocess
from collections import Counter

from browsing import records
from browsing.checks import Checks
from browsing.page import DEVICES


class Truth(Checks):
    """A report with a truth on one device."""

    name = ""
    models = ["w.bin"]

    def __init__(self, browser, folder, made, gradcam, screens):
        self.records = self.make(made)
        super().__init__(browser, folder, self.records, "desktop", "light", screens)
        self.truth = self.draw(random.Random(11))
        self.url = f"file://{folder}/{self.name}.html"
        records.write(self.records, f"{folder}/{self.name}.jsonl")
        with open(f"{folder}/{self.name}.csv", "w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["image", "class"])
            for path, names in self.truth.items():
                table.writerows([[path, name] for name in names or [""]])
        subprocess.run([gradcam, "report", f"{self.name}.jsonl", "-o", f"{self.name}.html", "--truth", f"{self.name}.csv", "--quiet"],
                       cwd=folder, check=True, stdout=subprocess.PIPE)

    def begin(self, device, scheme):
        self.device, self.scheme = device, scheme
        self.is_phone = DEVICES[device][2]
        self.browser.events.clear()
        self.browser.shape(*DEVICES[device], scheme)
        self.load("")

    def picture(self, name):
        super().picture(f"{self.name}-{name}")

    def images(self):
        """One item an image."""
        seen = set()
        return [item for item in self.all if not (item.path in seen or seen.add(item.path))]

    def answers(self, item):
        return None if "error" in item.record else {item.label}

    def outcome(self, item):
        truth = self.truth.get(item.path)
        if truth is None:
            return "unlabelled"
        if self.answers(item) is None:
            return "none"
        return "right" if item.label in truth else "wrong"

    def side(self, item, name):
        truth, answers = self.truth.get(item.path), self.answers(item)
        if truth is None or answers is None:
            return None
        return ("t" if (name in truth) == (name in answers) else "f") + ("p" if name in answers else "n")

    def summary(self, images):
        """What the table's head says of images."""
        counts = Counter(self.outcome(item) for item in images)
        judged = counts["right"] + counts["wrong"]
        return f"{counts['right']} of {judged} right ({100 * counts['right'] / judged:.1f} %)" + "".join(
            f", {counts[key]} {words}" for key, words in [("open", "open"), ("none", "without prediction")] if counts[key])

    def by_class(self, images, names, has_open=False):
        """The table's rows are these classes with these images' counts, most errors first."""
        rows = self.rows()
        heading = ["Class", "false positive", "false negative", "true positive", "true negative", "no prediction"]
        assert rows[0] == heading + ["not recorded"] * has_open, rows[0]
        assert sorted(row[0] for row in rows[1:]) == sorted(names), rows
        judged = [item for item in images if self.outcome(item) not in ("unlabelled", "none")]
        for name, *cells in rows[1:]:
            counts = Counter(self.side(item, name) for item in judged)
            counts["none"] = sum(self.outcome(item) == "none" and name in self.truth[item.path] for item in images)
            expected = [counts[side] for side in ["fp", "fn", "tp", "tn", "none"] + [None] * has_open]
            assert [int(cell) for cell in cells] == expected, f"{name}: {cells}, not {counts}"
        errors = [int(row[1]) + int(row[2]) for row in rows[1:]]
        assert errors == sorted(errors, reverse=True), "the worst class is not the first"
        place = next((number for number, row in enumerate(rows) if row[5].isdigit() and row[5] != "0"), None)
        assert place is not None, "no class has an image without prediction"
        return rows[1][0], rows[place][0], place

    def open_table(self):
        self.is_true(f"document.querySelector('#confusion').open === {json.dumps(not self.is_phone)}", "the table is not open on a desktop alone")
        self.browser.evaluate("scrollTo(0, 0)")
        if self.is_phone:
            self.browser.press("#confusion summary")

    def rows(self):
        """The table's rows, each its cells' texts."""
        return self.browser.evaluate("[...document.querySelectorAll('.confusion tr')].map(row => [...row.children].map(one => one.textContent))")

    def look(self):
        about = dict(self.browser.evaluate("[...document.querySelectorAll('#about > div')].map(row => [...row.children].map(one => one.textContent))"))
        counts = Counter(self.outcome(item) for item in self.images())
        names = {"right": "right", "wrong": "wrong", "open": "open", "none": "no prediction", "unlabelled": "without truth"}
        judged = ", ".join(f"{counts[key]:,} {name}" for key, name in names.items() if counts[key])
        assert about["Truth"] == f"{'by model below' if len(self.models) > 1 else judged} ({self.name}.csv)", about
        images, failed = (len({item.path for item in of}) for of in [self.all, self.only(lambda item: "error" in item.record)])
        assert about["Images"] == f"{images:,}" + (f", {failed:,} failed" if failed else ""), about
        assert about["Records last written"].endswith(" UTC") and len(about["Records last written"]) == 20, about
        assert about["Model" if len(self.models) == 1 else "Models"].startswith("w.bin"), about
        self.is_true("document.documentElement.scrollWidth <= innerWidth", "the page is wider than the window")
        self.open_table()
        self.picture("first")

    def outcomes(self):
        self.load("")
        for key in ["right", "wrong", "open", "none", "unlabelled"]:
            expected = self.only(lambda item: self.outcome(item) == key)
            if not expected:
                continue
            option = self.option("outcomes", key)
            self.filtering(lambda: self.browser.press(option))
            self.shows(expected)
            assert self.text(f"{option} .many") == f"{len(expected):,}"
            self.filtering(lambda: self.browser.press("#clear"))
        self.choose("#sort", "wrong")
        key = lambda item: (self.outcome(item) != "wrong", item.confidence is None, -(item.confidence or 0))
        cards = self.cards()
        assert all(sorted(self.all, key=key)[place].path == path for place, path in cards.items()), "wrong first is another order"
        self.choose("#sort", "worst")

    def sides(self):
        name = max(Counter(name for names in self.truth.values() for name in names).items(), key=lambda one: one[1])[0]
        self.filtering(lambda: self.choose("#about-class", name))
        self.shows(self.only(lambda item: self.side(item, name) == "fp"))
        for side in ["fn", "tp", "tn"]:
            option = self.option("sides", side)
            self.filtering(lambda: self.browser.press(option))
            expected = self.only(lambda item: self.side(item, name) == side)
            self.shows(expected)
            assert self.text(f"{option} .many") == f"{len(expected):,}", f"the count of {side} is wrong"
            fragment = self.browser.evaluate("location.hash")
            self.load(fragment)
            self.shows(expected)
        self.filtering(lambda: self.browser.press("#clear"))
        self.filtering(lambda: self.browser.press(self.option("truths", name)))
        self.shows(self.only(lambda item: name in self.truth.get(item.path, [])))
        self.filtering(lambda: self.browser.press("#clear"))

    def cell(self, position, expected):
        """A number shows its images, and all when it is pressed again."""
        self.load("")
        self.open_table()
        selector = f".confusion tbody tr:nth-child({position[0]}) > :nth-child({position[1]}) .cell"
        self.browser.press(selector)
        self.shows(expected)
        self.is_true(f"document.querySelector({json.dumps(selector)}).getAttribute('aria-pressed') === 'true'", "the cell is not marked")
        self.browser.press(selector)
        self.shows(self.all)
        self.browser.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")
        self.browser.key("Enter")
        self.shows(expected)

    def complaints(self):
        self.is_true("window.pwned === undefined", "text of a record ran as a script")
        for event in self.browser.events:
            assert event.get("method") not in ("Runtime.exceptionThrown", "Page.javascriptDialogOpening", "Log.entryAdded"), event
            if event.get("method") == "Network.requestWillBeSent":
                url = event["params"]["request"]["url"]
                assert url.startswith(("file:", "data:", "about:", "blob:")), f"the page asks for {url}"
