"""Visits of reports with a truth: the table of true and predicted classes, the filters by it, a reviewer's marks, and the files that
the page saves. What is expected is worked out here from the records and the truth."""

import base64
import csv
import io
import json
import os
import random
import subprocess
import time
from collections import Counter

from browsing import records
from browsing.checks import Checks
from browsing.page import DEVICES

CLASSES = ["cat", "</script><b>dog", "fox & \"hen\""]
FINDINGS = ["Atelectasis", "Edema", "Effusion", "Fracture", "Mass", "Nodule", "Hernia"]


def check(gradcam, browser, folder, made, screens):
    """Makes a report of each kind and uses it."""
    for kind in KINDS:
        visit = kind(browser, folder, made, gradcam, screens)
        for device, scheme in [("desktop", "light"), ("phone", "dark")]:
            visit.begin(device, scheme)
            for step in visit.steps():
                try:
                    step()
                except AssertionError as error:
                    visit.picture("failure")
                    raise SystemExit(f"{kind.__name__}, {device}, {step.__name__}: {error}")
            visit.complaints()
    print("truth: fine", flush=True)


class Truth(Checks):
    """A report with a truth on one device."""

    name = ""

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
        assert about["Truth"] == f"{judged} ({self.name}.csv)", about
        images, failed = len(self.images()), sum("error" in item.record for item in self.images())
        assert about["Images"] == f"{images:,}" + (f", {failed:,} failed" if failed else ""), about
        assert about["Records of"].endswith(" UTC") and len(about["Records of"]) == 20, about
        assert about["Model"].startswith("w.bin"), about
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


class ManyClasses(Truth):
    """Classes too many for a square table, and names of every kind; here the marks and files are tried, too."""

    name = "many"

    def make(self, made):
        return made

    def draw(self, draw):
        classes = records.LABELS + ["axolotl"]
        right = lambda record: draw.random() < 0.6 and "prediction" in record
        return {record["image"]: [record["prediction"][0]["label"] if right(record) else draw.choice(classes)]
                for number, record in enumerate(made_once(self.records)) if number % 7}

    def steps(self):
        steps = [self.look, self.table, self.outcomes, self.sides, self.marks, self.foreign, self.names]
        return steps if self.is_phone else [*steps, self.list, self.saved, self.full]

    def table(self):
        pairs = Counter((self.truth[item.path][0], item.label) for item in self.images()
                        if item.path in self.truth and self.outcome(item) != "right")
        rows = self.rows()[1:]
        counts = [count for _, count in pairs.most_common()][:40]
        assert [int(row[2]) for row in rows] == counts, "the table has other counts"
        words = {"": "no prediction"}
        for truth, predicted, count in rows:
            assert pairs[truth, "" if predicted == words[""] else predicted] == int(count), f"{truth} as {predicted} is not {count}"
        truth, predicted, _ = rows[0]
        label = "" if predicted == words[""] else predicted
        self.cell((1, 3), self.only(lambda item: self.truth.get(item.path) == [truth] and item.label == label))

    def marks(self):
        self.load("#sort=input")
        if self.is_phone:
            self.browser.press("#grid .card[data-index='0']")
            self.browser.press("#review-marks [data-value=agree]")
            self.browser.press("#detail-close")
        else:
            self.browser.key("ArrowRight")
            self.browser.key("ArrowLeft")
            self.browser.key("a")
        first = self.all[0].path
        self.is_true("document.querySelector('.card[data-index=\"0\"] .review').textContent === 'review: agree'", "the card has no mark")
        second = next(item for item in self.all if item.path != first)
        self.load(self.browser.evaluate("location.hash") + f"&item={second.id}")
        self.browser.press("#review-marks [data-value=disagree]")
        self.browser.type("#review-note", "heart, \"edge\"\u00e9 a")
        self.picture("detail")
        self.browser.press("#detail-close")
        self.load(self.browser.evaluate("location.hash"))
        expected = self.only(lambda item: item.path == second.path)
        self.filtering(lambda: self.browser.press(self.option("reviews", "disagree")))
        self.shows(expected, "input")
        # A filter by marks waits until the card is closed, so that the next is still the next.
        self.filtering(lambda: [self.browser.press(self.option("reviews", "disagree")), self.browser.press(self.option("reviews", "none"))])
        rest = self.only(lambda item: item.path not in (first, second.path))
        self.shows(rest, "input")
        self.browser.press("#grid .card[data-index='0']")
        self.browser.press("#review-marks [data-value=unsure]")
        assert self.text("#detail-place") == f"1 of {len(rest):,}", self.text("#detail-place")
        self.browser.press("#next")
        assert self.browser.evaluate("document.querySelector('#detail-name').title") == rest[1].path
        self.browser.press("#detail-close")
        self.shows([item for item in rest if item.path != rest[0].path], "input")
        self.filtering(lambda: self.browser.press("#clear"))
        self.shows(self.all, "input")
        assert self.text("#marks-note") == "3 marks, kept in the page's address.", self.text("#marks-note")
        self.marked = {first: ("agree", ""), second.path: ("disagree", "heart, \"edge\"\u00e9 a"), rest[0].path: ("unsure", "")}
        self.fragment = self.browser.evaluate("location.hash")

    def foreign(self):
        self.load("#marks=abc.0a1d&note=0.x")
        assert self.text("#marks-note") == "The address has marks of another page; they are left out."
        self.load("#marks=...zz&note=__proto__.x&note=9999999999.y&review=__proto__&outcome=constructor&side=toString&about=x")
        self.shows([])

    def download(self, name, act):
        """What the page saves as `name`."""
        path = f"{self.folder}/saved/{name}"
        if os.path.exists(path):
            os.remove(path)
        self.browser.call("Page.setDownloadBehavior", behavior="allow", downloadPath=f"{self.folder}/saved")
        act()
        deadline = time.monotonic() + 20
        while not os.path.exists(path):
            assert time.monotonic() < deadline, f"{name} is not saved"
            time.sleep(0.05)
        with open(path, "rb") as file:
            return file.read()

    def list(self):
        def paths(items):
            found = {item.path: base64.b64decode(item.record["image_base64"]) if "image_base64" in item.record else item.path.encode() for item in items}
            return list(found.values())
        wrong = sorted(self.only(lambda item: self.outcome(item) == "wrong" and "scan-" in item.path), key=records.ORDERS["worst"])
        self.load("#outcome=wrong&name=scan-")
        saved = self.download("gradcam-list.txt", lambda: self.browser.press("#save-list"))
        assert saved.split(b"\n")[:-1] == paths(wrong) and saved.endswith(b"\n"), "the list has other paths"
        self.load("#sort=input")
        saved = self.download("gradcam-list.nul", lambda: self.browser.press("#save-list"))
        assert saved.split(b"\0")[:-1] == paths(self.all) and any(b"\n" in path for path in paths(self.all)), "the list has other paths"
        assert "--null" in self.text("#files-note")

    def saved(self):
        self.load(self.fragment)
        saved = self.download("gradcam-marks.csv", lambda: self.browser.press("#save-marks")).decode()
        rows = list(csv.DictReader(io.StringIO(saved, newline="")))
        assert {row["image"]: (row["mark"], row["note"]) for row in rows} == self.marked, rows
        for row in rows:
            item = next(item for item in self.all if item.path == row["image"])
            assert (row["prediction"], row["truth"]) == (item.label, (self.truth.get(item.path) or [""])[0]), row
        self.load("")
        self.load_marks(f"{self.folder}/saved/gradcam-marks.csv")
        self.browser.wait("document.querySelector('#files-note').textContent === 'Took 3 marks.'", "the marks to be taken")
        for name in ["agree", "disagree", "unsure"]:
            expected = [path for path, (mark, _) in self.marked.items() if mark == name]
            self.filtering(lambda: self.browser.press(self.option("reviews", name)))
            self.shows(self.only(lambda item: item.path in expected))
            self.filtering(lambda: self.browser.press("#clear"))
        self.load_marks(f"{self.folder}/{self.name}.csv")
        self.browser.wait("document.querySelector('#files-note').textContent.includes('no table of marks')", "the table to be refused")

    def load_marks(self, path):
        root = self.browser.call("DOM.getDocument")["root"]["nodeId"]
        node = self.browser.call("DOM.querySelector", nodeId=root, selector="#marks-file")["nodeId"]
        self.browser.call("DOM.setFileInputFiles", nodeId=node, files=[path])

    def full(self):
        """Every image marked, with long notes: what finds no room in the address is told, and saved all the same."""
        with open(f"{self.folder}/full.csv", "w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["image", "mark", "note"])
            table.writerows([[item.path, "agree", "\u56f3" * 200] for item in self.images()])
        self.load("")
        self.load_marks(f"{self.folder}/full.csv")
        self.browser.wait("document.querySelector('#files-note').textContent.startsWith('Took ')", "the marks to be taken")
        assert "find no room there: save them." in self.text("#marks-note"), self.text("#marks-note")
        length = self.browser.evaluate("location.hash.length")
        assert 50000 < length < 62000, f"the address has {length} characters"
        saved = self.download("gradcam-marks.csv", lambda: self.browser.press("#save-marks")).decode()
        rows = list(csv.DictReader(io.StringIO(saved, newline="")))
        assert len(rows) == len(self.images()) and all(row["note"] == "\u56f3" * 200 for row in rows)


class FewClasses(Truth):
    """A square table, with images that failed and images of none of the classes."""

    name = "few"
    unit = "images"

    def make(self, made):
        draw = random.Random(3)
        found = []
        for number, record in enumerate(made_once(made)[:120]):
            if "prediction" in record:
                shares = sorted((draw.random() for _ in CLASSES), reverse=True)
                names = draw.sample(CLASSES, 3)
                record = record | {"activation": "softmax", "prediction": [
                    {"index": CLASSES.index(name), "label": name, "logit": 1, "probability": share / sum(shares)}
                    for name, share in zip(names, shares)]}
            found.append(record)
        return found

    def draw(self, draw):
        return {record["image"]: draw.choice([[name] for name in CLASSES] + [[]] * (number % 5 == 0))
                for number, record in enumerate(self.records) if number % 9}

    def steps(self):
        return [self.look, self.table, self.outcomes, self.sides]

    def table(self):
        counts = Counter(((self.truth[item.path] or [""])[0], item.label) for item in self.images() if item.path in self.truth)
        collate = lambda names: self.browser.evaluate(f"{json.dumps(names)}.sort(new Intl.Collator(undefined, {{numeric: true}}).compare)")
        names = collate(CLASSES)
        rows = self.rows()
        assert rows[0][1:] == [*names, "no prediction"], rows[0]
        assert [row[0] for row in rows[1:]] == [*names, "none of them"], rows
        for row, truth in zip(rows[1:], [*names, ""]):
            assert [int(cell) for cell in row[1:]] == [counts[truth, predicted] for predicted in [*names, ""]], row
        right = sum(count for (truth, label), count in counts.items() if truth == label)
        judged = sum(count for (truth, label), count in counts.items() if label)
        assert self.text("#confusion-summary").startswith(f"{right} of {judged} right ("), self.text("#confusion-summary")
        self.cell((1, 3), self.only(lambda item: self.truth.get(item.path) == [names[0]] and item.label == names[1]))
        self.cell((2, 5), self.only(lambda item: self.truth.get(item.path) == [names[1]] and item.label == ""))
        self.cell((4, 2), self.only(lambda item: self.truth.get(item.path) == [] and item.label == names[0]))


class SeveralClasses(Truth):
    """A model that gives each class its own probability, and images of several classes."""

    name = "several"
    unit = "images"

    def make(self, made):
        draw = random.Random(5)
        found = []
        for record in made_once(made)[:120]:
            if "prediction" in record:
                shares = sorted((draw.random() ** draw.choice([0.1, 2]) for _ in FINDINGS), reverse=True)[:5]
                record = record | {"activation": "sigmoid", "prediction": [
                    {"index": FINDINGS.index(name), "label": name, "logit": 1, "probability": share}
                    for name, share in zip(draw.sample(FINDINGS, 5), shares)]}
            found.append(record)
        return found

    def draw(self, draw):
        def names(record):
            said = [one["label"] for one in record.get("prediction", []) if one["probability"] >= 0.5]
            return said if draw.random() < 0.5 else draw.sample(FINDINGS, draw.choice([0, 1, 2, 3]))
        return {record["image"]: names(record) for number, record in enumerate(self.records) if number % 9}

    def steps(self):
        return [self.look, self.table, self.outcomes, self.sides]

    def answers(self, item):
        if "error" in item.record:
            return None
        return {one["label"] for one in item.record["prediction"] if one["probability"] >= 0.5}

    def unknown(self, item):
        """The classes of which the record says nothing, though they may be predicted."""
        ranked = item.record["prediction"]
        return set(FINDINGS) - {one["label"] for one in ranked} if ranked[-1]["probability"] >= 0.5 else set()

    def outcome(self, item):
        plain = super().outcome(item)
        if plain in ("unlabelled", "none"):
            return plain
        unknown, truth = self.unknown(item), set(self.truth[item.path])
        if (truth ^ self.answers(item)) - unknown:
            return "wrong"
        return "open" if unknown else "right"

    def side(self, item, name):
        side = super().side(item, name)
        return None if side is not None and name in self.unknown(item) else side

    def table(self):
        rows = self.rows()
        assert rows[0] == ["Class", "false positive", "false negative", "true positive", "true negative", "not recorded"], rows[0]
        assert sorted(row[0] for row in rows[1:]) == sorted(FINDINGS), rows
        judged = [item for item in self.images() if self.outcome(item) not in ("unlabelled", "none")]
        for name, *cells in rows[1:]:
            counts = Counter(self.side(item, name) for item in judged)
            assert [int(cell) for cell in cells] == [counts[side] for side in ["fp", "fn", "tp", "tn", None]], f"{name}: {cells}, not {counts}"
        errors = [int(row[1]) + int(row[2]) for row in rows[1:]]
        assert errors == sorted(errors, reverse=True), "the worst class is not the first"
        counts = Counter(self.outcome(item) for item in self.images())
        assert self.text("#confusion-summary").endswith(f", {counts['open']} open"), self.text("#confusion-summary")
        name = rows[1][0]
        self.cell((1, 2), self.only(lambda item: self.side(item, name) == "fp"))
        self.cell((1, 3), self.only(lambda item: self.side(item, name) == "fn"))


def made_once(made):
    """The records of one map or none: a card an image."""
    return [record | ({"maps": record["maps"][:1]} if "maps" in record else {}) for record in made]


KINDS = [ManyClasses, FewClasses, SeveralClasses]
