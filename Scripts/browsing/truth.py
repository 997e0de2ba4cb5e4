"""Visits of reports with a truth: the table of true and predicted classes, the filters by it, a reviewer's marks, and the files that
the page saves. What is expected is worked out here from the records and the truth."""

import base64
import csv
import io
import json
import os
import random
import time
from collections import Counter

from browsing import records
from browsing.answers import Truth

CLASSES = ["cat", "</script><b>dog", "fox & \"hen\""]
FINDINGS = ["Atelectasis", "Edema", "Effusion", "Fracture", "Mass", "Nodule", "Hernia"]


def check(gradcam, browser, folder, made, screens):
    """Makes a report of each kind and uses it."""
    plain = ManyClasses(browser, folder, made, gradcam, screens)
    plain.url = f"file://{folder}/report.html"
    plain.begin("desktop", "light")
    plain.load("#about=axolotl&side=fp&outcome=right&truth=axolotl&sort=wrong")
    plain.shows(plain.all)
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
            if number % 9 == 4:
                record = {"image": record["image"], "error": "is damaged"}
            found.append(record)
        return found

    def draw(self, draw):
        truth = {record["image"]: draw.choice([[name] for name in CLASSES] + [[]] * (number % 5 == 0))
                 for number, record in enumerate(self.records) if number % 9}
        # Of each class, and of none of them, some failed.
        failed = [record["image"] for record in self.records[4::9]]
        return truth | {path: [[name] for name in CLASSES][number % 4] if number % 4 < 3 else [] for number, path in enumerate(failed)}

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
        right = sum(count for (truth, label), count in counts.items() if truth == label and label)
        judged = sum(count for (truth, label), count in counts.items() if label)
        unknown = sum(count for (truth, label), count in counts.items() if not label)
        said = self.text("#confusion-summary")
        assert said == f"{right} of {judged} right ({100 * right / judged:.1f} %), {unknown} without prediction", said
        self.is_true("document.querySelector('.confusion tbody tr:nth-child(4) > :nth-child(5) .cell').classList.contains('wrong')",
                     "no prediction of none of the classes is right")
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
            if len(found) % 10 == 7:
                record = {"image": record["image"], "error": "is damaged"}
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
        name, failed, place = self.by_class(self.images(), FINDINGS, has_open=True)
        assert self.text("#confusion-summary") == self.summary(self.images()), self.text("#confusion-summary")
        self.cell((place, 6), self.only(lambda item: self.outcome(item) == "none" and failed in self.truth[item.path]))
        self.cell((1, 2), self.only(lambda item: self.side(item, name) == "fp"))
        self.cell((1, 3), self.only(lambda item: self.side(item, name) == "fn"))


class TwoModels(Truth):
    """Two models of other classes over the same images: each is counted by itself, and by its own classes. Failures name no model."""

    name = "models"
    unit = "images"
    models = ["w.bin", "v.bin"]
    classes = {"w.bin": FINDINGS[:4], "v.bin": CLASSES}

    def make(self, made):
        draw = random.Random(7)
        found = []
        for number, record in enumerate(made_once(made)[:80]):
            if "prediction" not in record or number % 10 == 6:
                found.append({"image": record["image"], "error": "is damaged"})
                continue
            for model, activation in [("w.bin", "sigmoid"), ("v.bin", "softmax")]:
                names = draw.sample(self.classes[model], len(self.classes[model]))
                shares = sorted((draw.random() for _ in names), reverse=True)
                total = 1 if activation == "sigmoid" else sum(shares)
                prediction = [{"index": self.classes[model].index(name), "label": name, "logit": 1, "probability": share / total}
                              for name, share in zip(names, shares)]
                one = record["maps"][0] | {"target": {key: prediction[0][key] for key in ["index", "label"]}}
                found.append(record | {"model": model, "activation": activation, "prediction": prediction, "maps": [one]})
        return found

    def draw(self, draw):
        said = {}
        for record in self.records:
            if record.get("model") == "w.bin":
                said[record["image"]] = [one["label"] for one in record["prediction"] if one["probability"] >= 0.5]
        # A class that neither model has is nobody's.
        return {path: [draw.choice(CLASSES), *(said.get(path, FINDINGS[:2]) if draw.random() < 0.6 else draw.sample(FINDINGS[:4], 1)),
                       *["tumour"] * (number % 8 == 5)]
                for number, path in enumerate(dict.fromkeys(record["image"] for record in self.records)) if number % 9}

    def steps(self):
        return [self.look, self.lines, *[lambda model=model: self.table(model) for model in self.models], self.sides]

    def of(self, model):
        """The images that count for a model: it answers them, or nobody does."""
        return self.only(lambda item: item.record.get("model", model) == model)

    def answers(self, item):
        if item.record.get("model") != "w.bin":
            return super().answers(item)
        return {one["label"] for one in item.record["prediction"] if one["probability"] >= 0.5}

    def outcome(self, item):
        if item.record.get("model") != "w.bin" or item.path not in self.truth:
            return super().outcome(item)
        return "right" if self.answers(item) == set(self.truth[item.path]) - set(CLASSES) else "wrong"

    def side(self, item, name):
        return super().side(item, name) if name in self.classes.get(item.record.get("model"), []) else None

    def lines(self):
        assert self.text("#confusion-summary") == "2 models, each by itself", self.text("#confusion-summary")
        rows = self.rows()
        assert [row[1] for row in rows] == [self.summary(self.of(model)) for model in self.models], rows
        for row, model in zip(rows, self.models):
            assert row[0].startswith(model), row

    def table(self, model):
        self.load("")
        self.open_table()
        self.browser.press(f".models .link[title={json.dumps(model)}]")
        images = self.of(model)
        self.shows(images)
        self.picture(model)
        assert self.text("#confusion-summary") == self.summary(images), self.text("#confusion-summary")
        name, failed, place = self.by_class(images, self.classes[model])
        left = self.text("#confusion-body .hint:nth-of-type(2)")
        lacking = {"tumour"} | {one for other in self.models if other != model for one in self.classes[other]}
        named = sum(one in left for one in lacking)
        assert named == 4 and (len(lacking) == 4 or left.endswith(f" and {len(lacking) - 4} more.")), left
        assert not any(one in left for one in self.classes[model]), left
        # A number keeps to the model, and leads back to all of it.
        for position, expected in [((1, 2), self.only(lambda item: self.side(item, name) == "fp")),
                                   ((place, 6), [item for item in images if self.outcome(item) == "none" and failed in self.truth[item.path]])]:
            selector = f".confusion tbody tr:nth-child({position[0]}) > :nth-child({position[1]}) .cell"
            self.browser.press(selector)
            self.shows(expected)
            self.browser.press(selector)
            self.shows(images)
        self.filtering(lambda: self.choose("#choose-model", ""))
        self.lines()


def made_once(made):
    """The records of one map or none: a card an image."""
    return [record | ({"maps": record["maps"][:1]} if "maps" in record else {}) for record in made]


KINDS = [ManyClasses, FewClasses, SeveralClasses, TwoModels]
