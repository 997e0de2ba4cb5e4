#!/usr/bin/env python3
"""Opens a report of thousands of records in headless Chromium and uses every control of the page with real input, on a
desktop and a phone, light and dark. What the page shows is compared with what is worked out here from the records.
Needs nothing but Python's standard library and Chromium.

    browse_report.py .build/release/gradcam                       # the test
    browse_report.py .build/release/gradcam --screens DIR         # and pictures of the page
    browse_report.py .build/release/gradcam --first-paint 1000    # and fails where the first cards take longer (ms)
"""

import argparse
import base64
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

from browsing import records
from browsing.chromium import Chromium
from browsing.page import DEVICES, Page

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
            for device in DEVICES:
                for scheme in ["light", "dark"]:
                    Visit(browser, folder, made, device, scheme, options.screens).run(options.first_paint)
        finally:
            browser.close()


def make_report(gradcam, folder, count):
    """Explains the demo's images, and writes a report of many records over them."""
    def run(*words):
        subprocess.run([gradcam, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    run("explain", f"{ROOT}/models/images", "-w", f"{ROOT}/models/demo-xray.bin", "-d", "real", "--quiet")
    originals = []
    for path in sorted(glob.glob(f"{ROOT}/models/images/*.jpg")):
        # A copy, since a link may not cross file systems.
        originals.append(shutil.copy(path, f"{folder}/real"))
    made = records.make(folder, originals, sorted(glob.glob(f"{folder}/real/*.png")), count)
    records.write(made, f"{folder}/records.jsonl")
    run("report", "records.jsonl", "-o", "report.html", "--title", "A <run> & {{more}}", "--quiet")
    return made


class Visit(Page):
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

    def measure(self):
        # Chromium tells of a paint some time after it.
        self.browser.wait("performance.getEntriesByName('first-contentful-paint').length > 0", "the first paint")
        times = self.browser.evaluate("""new Promise(done => requestAnimationFrame(() => setTimeout(() => done([
            performance.getEntriesByName('first-contentful-paint')[0]?.startTime, performance.now(),
            performance.getEntriesByName('ready')[0].startTime]))))""")
        paint, _, ready = times
        size = os.path.getsize(f"{self.folder}/report.html") / 1e6
        print(f"{self.device}, {self.scheme}: {len(self.all):,} cards, {size:.1f} MB: first paint {paint:.0f} ms, "
              f"cards made {ready:.0f} ms after the page was asked for")
        if self.first_paint is not None:
            assert paint <= self.first_paint and ready <= self.first_paint, "the first paint is late"

    def first_look(self):
        self.shows(self.all)
        assert self.text("h1") == "A <run> & {{more}}" == self.browser.evaluate("document.title")
        self.is_true("document.documentElement.scrollWidth <= innerWidth", "the page is wider than the window")
        self.browser.wait("[...document.querySelectorAll('.frame img')].filter(one => one.getBoundingClientRect().top "
                          "< innerHeight).every(one => one.complete && one.naturalWidth > 0)", "pictures in the window")
        self.picture("first")

    def scroll(self):
        self.browser.wheel(3000)
        self.browser.wait("scrollY > 1000", "the page to scroll")
        self.shows(self.all)
        assert min(self.cards()) > 0, "cards far above the window are kept"
        self.picture("scrolled")
        self.browser.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        self.browser.settle()
        cards = self.cards()
        assert max(cards) == len(self.all) - 1, "the last card is missing"
        assert len(cards) < 150, f"{len(cards)} cards exist at once"
        self.shows(self.all)
        self.browser.evaluate("scrollTo(0, 0)")
        self.browser.settle()

    def orders(self):
        for order in records.ORDERS:
            self.choose("#sort", order)
            self.shows(self.all, order)
        self.choose("#sort", "name")
        shown = [path for _, path in sorted(self.cards().items())]
        collated = self.browser.evaluate(
            f"{json.dumps([item.path for item in self.all])}.sort(new Intl.Collator(undefined, {{numeric: true}}).compare)")
        assert shown == collated[:len(shown)], "by name is in another order"
        self.choose("#sort", "worst")

    def search(self):
        self.filtering(lambda: self.browser.type("#search", "SCAN-00"))
        self.shows(self.only(lambda item: "scan-00" in item.path))
        if not self.is_phone:
            self.browser.press("#search")
            self.browser.key("Escape")
            self.is_true("document.activeElement !== document.querySelector('#search')", "Escape does not leave the search")
            self.browser.key("/")
            self.is_true("document.activeElement === document.querySelector('#search')", "/ does not go to the search")
            self.browser.key("?")
            self.is_true("!document.querySelector('#help').open", "a key that is typed does something else")
        self.filtering(lambda: self.browser.type("#search", "ÜNÏ"))
        self.shows(self.only(lambda item: "ünï" in item.path))
        self.filtering(lambda: self.browser.press("#clear"))
        self.shows(self.all)
        self.is_true("document.querySelector('#search').value === ''", "the search keeps what was cleared")

    def verdicts(self):
        for verdict in ["failed", *records.VERDICTS, "ok"]:
            expected = self.only(lambda item: item.verdict == verdict)
            option = self.option("verdicts", verdict)
            self.filtering(lambda: self.browser.press(option))
            self.shows(expected)
            assert self.text(f"{option} .many") == f"{len(expected):,}", "the count of a verdict is wrong"
            self.filtering(lambda: self.browser.press(option))
        both = {"failed", "saturated"}
        for verdict in both:
            self.filtering(lambda: self.browser.press(self.option("verdicts", verdict)))
        self.shows(self.only(lambda item: item.verdict in both))
        if self.is_phone:
            assert self.text("#filter-count") == "1", "the button does not count the filters"
            self.browser.press("#filters-open")
            self.picture("filters")
            self.browser.press("#filters-close")
        self.filtering(lambda: self.browser.press("#clear"))

    def confidence(self):
        def between(least, most):
            return self.only(lambda item: item.confidence is not None and least <= item.confidence * 100
                             and (item.confidence * 100 < most or most == 100))
        browser = self.browser
        self.filtering(lambda: browser.press(".bin:nth-child(11)"))
        self.shows(between(50, 55))
        assert browser.evaluate("document.querySelector('.bin:nth-child(11)').title") == f"50 to 55 %: {len(between(50, 55)):,}"
        self.filtering(lambda: browser.press(".bin:nth-child(13)", modifiers=8))
        self.shows(between(50, 65))
        self.is_true("document.querySelector('.bin:nth-child(12)').getAttribute('aria-pressed') === 'true'", "a bar is not marked")
        self.filtering(lambda: browser.press(".bin:nth-child(20)"))
        self.shows(between(95, 100))
        self.filtering(lambda: browser.press(".bin:nth-child(20)"))
        self.shows(self.all)
        self.filtering(lambda: [browser.type("#least", "30"), browser.key("Tab"), browser.type("#most", "72"), browser.key("Enter")])
        self.shows(between(30, 72))
        self.filtering(lambda: browser.press("#unsure"))
        self.shows([item for item in between(30, 72) if item.is_unsure])
        self.filtering(lambda: browser.press("#clear"))
        self.filtering(lambda: browser.press("#unsure"))
        self.shows(self.only(lambda item: item.is_unsure))
        self.filtering(lambda: browser.press("#unsure"))
        self.shows(self.all)

    def classes(self):
        first, second = "__proto__", records.LABELS[16]
        self.filtering(lambda: self.browser.press(self.option("classes", first)))
        self.shows(self.only(lambda item: item.label == first))
        self.filtering(lambda: self.browser.press(self.option("classes", second)))
        self.shows(self.only(lambda item: item.label in (first, second)))
        self.filtering(lambda: self.browser.press("#clear"))
        def find():
            self.browser.type("#class-search", "tinca")
            found = self.browser.evaluate("[...document.querySelectorAll('#classes .option')].map(one => one.dataset.value)")
            assert found == ["tench, Tinca tinca"], f"the search for a class finds {found}"
            self.browser.press(self.option("classes", "tench, Tinca tinca"))
        self.filtering(find)
        self.shows(self.only(lambda item: item.label.startswith("tench")))
        self.filtering(lambda: self.browser.press("#clear"))
        self.is_true("document.querySelectorAll('#classes .option').length > 5", "the search for a class stays")
        self.filtering(lambda: self.browser.press(self.option("classes", "")))
        self.shows(self.only(lambda item: item.label == ""))
        self.filtering(lambda: self.browser.press("#clear"))

    def choices(self):
        for key, value in [("method", "layercam"), ("layer", "layer4"), ("target", "class c")]:
            self.filtering(lambda: self.choose(f"#choose-{key}", value))
            self.shows(self.only(lambda item: getattr(item, key) == value))
            self.filtering(lambda: self.choose(f"#choose-{key}", ""))
        self.shows(self.all)

    def nothing(self):
        self.filtering(lambda: self.browser.type("#search", "no such name"))
        self.shows([])
        self.picture("empty")
        self.browser.press("#empty-clear")
        self.shows(self.all)

    def summary(self):
        for kind, test in [("failed", lambda item: item.rank == 0), ("doubtful", lambda item: item.rank == 1),
                           ("unsure", lambda item: item.is_unsure)]:
            self.browser.evaluate("scrollTo(0, 0)")
            self.browser.press(f".pill.{kind}")
            self.shows(self.only(test))
            assert self.text(f".pill.{kind} b") == f"{len(self.only(test)):,}", f"the number of {kind} is wrong"
        self.filtering(lambda: self.browser.press("#clear"))

    def sources(self):
        """The pictures on the first cards that show one."""
        return self.browser.evaluate(
            "[...document.querySelectorAll('#grid .card.rank-3 img.front')].slice(0, 6).map(one => one.getAttribute('src'))")

    def views(self):
        self.filtering(lambda: self.browser.press(self.option("verdicts", "ok")))
        self.choose("#sort", "sure")
        overlays = self.sources()
        assert overlays and all(source.startswith(("out/", "in/")) or "files/" in source for source in overlays), overlays
        self.browser.press("#show-original")
        originals = self.sources()
        assert all(one != other for one, other in zip(overlays, originals)), "the button shows no originals"
        self.picture("originals")
        self.browser.press("#show-overlay")
        assert self.sources() == overlays
        for key in ["o", " "]:
            self.browser.evaluate("document.activeElement.blur()")
            self.browser.key(key)
            assert self.sources() == originals, f"{key!r} does not swap"
            self.browser.key(key)
            assert self.sources() == overlays, f"{key!r} does not swap back"
        if not self.is_phone:
            self.browser.hover("#grid .card.rank-3 .frame")
            self.browser.wait("getComputedStyle(document.querySelector('.card.rank-3.swapped .back')).opacity === '1' && "
                              "getComputedStyle(document.querySelector('.card.rank-3.swapped .front')).opacity === '0'", "the original under the mouse")
            self.browser.hover("#count")
            self.browser.wait("!document.querySelector('.swapped')", "the overlay to come back")
        self.filtering(lambda: self.browser.press("#clear"))
        self.choose("#sort", "worst")

    def active(self):
        return self.browser.evaluate("Number(document.querySelector('.card.active').dataset.index)")

    def keys(self):
        self.load("")
        self.browser.key("ArrowRight")
        assert self.active() == 1, "an arrow does not move"
        columns = self.browser.evaluate("new Set([...document.querySelectorAll('.card')].map(one => one.getBoundingClientRect().x)).size")
        self.browser.key("ArrowDown")
        assert self.active() == 1 + columns
        self.browser.key("ArrowUp")
        self.browser.key("ArrowLeft")
        assert self.active() == 0
        self.browser.key("PageDown")
        assert self.active() > columns
        self.browser.key("End")
        assert self.active() == len(self.all) - 1
        self.is_true("(box => box.top >= 0 && box.bottom <= innerHeight)(document.querySelector('.active').getBoundingClientRect())",
                     "the card that the keys are at lies outside the window")
        self.is_true("document.querySelector('#grid').getAttribute('aria-activedescendant') === document.querySelector('.active').id",
                     "a screen reader is not told of the card")
        self.browser.key("PageUp")
        self.browser.key("Home")
        assert self.active() == 0
        self.browser.key("ArrowRight")
        self.browser.key("Enter")
        self.is_true("document.querySelector('#detail').open", "Enter does not open the card")
        self.browser.key("Escape")
        self.is_true("!document.querySelector('#detail').open", "Escape does not close it")

    def detail(self):
        browser = self.browser
        ordered = sorted(self.all, key=records.ORDERS["worst"])
        at = next(place for place, item in enumerate(ordered) if len(item.record.get("maps", [])) > 1 and item.rank == 3)
        self.load(f"#item={ordered[at].id}")
        name = lambda: browser.evaluate("document.querySelector('#detail-name').title")
        place = lambda: self.text("#detail-place")
        assert name() == ordered[at].path and place() == f"{at + 1:,} of {len(ordered):,}", (name(), place())
        self.picture("detail")
        for move, by in [(lambda: browser.press("#next"), 1), (lambda: browser.press("#previous"), 0), (lambda: browser.key("ArrowRight"), 1),
                         (lambda: browser.key("ArrowRight"), 2), (lambda: browser.key("ArrowLeft"), 1)]:
            move()
            assert name() == ordered[at + by].path, f"{name()!r} is not the next by {by}"
        browser.key("ArrowLeft")
        source = lambda: browser.evaluate("document.querySelector('.stage img').getAttribute('src')")
        overlay = source()
        assert overlay.startswith("out/") and browser.evaluate("document.querySelector('.stage img').naturalWidth") == 256
        browser.press(".stage")
        original = source()
        assert original.startswith("in/"), f"{original} is no original"
        browser.key("o")
        assert source() == overlay, "o does not swap the large picture"
        browser.key(" ")
        assert source() == original, "the space bar does not swap the large picture"
        browser.key(" ")
        browser.press(".all summary")
        self.is_true("document.querySelector('.all').open", "the fields do not open")
        fields = self.text(".all dl")
        for field in ["future_key", '{"kept":[1,2]}', "18446744073709551615", "milliseconds7.5", "contours3"]:
            assert field in fields, f"{field} is not among the fields"
        self.picture("fields")
        browser.press(".sibling[aria-pressed=false]")
        assert name() == ordered[at].path and source() != overlay, "the other map does not open"
        browser.press("#detail-close")
        self.is_true("!document.querySelector('#detail').open && location.hash === ''", "the detail does not close")
        failed = ordered[0]
        self.load(f"#item={failed.id}")
        assert failed.record["error"] in self.text("#detail-facts"), "the reason of a failure is missing"
        self.is_true("document.querySelector('#previous').disabled", "there is something before the first")
        if not self.is_phone:
            self.picture("failed")
            browser.press_at(8, 8)
            self.is_true("!document.querySelector('#detail').open", "a click beside the detail does not close it")
        else:
            browser.press("#detail-close")

    def help(self):
        self.browser.key("?")
        self.is_true("document.querySelector('#help').open", "? brings no help")
        self.picture("help")
        self.browser.key("Escape")
        self.browser.evaluate("scrollTo(0, 0)")
        self.browser.press("#help-open")
        self.is_true("document.querySelector('#help').open", "the button brings no help")
        self.browser.press("#help-close")
        self.is_true("!document.querySelector('#help').open", "the help does not close")

    def theme(self):
        color = lambda: self.browser.evaluate("getComputedStyle(document.body).backgroundColor")
        light, dark = "rgb(245, 246, 248)", "rgb(15, 18, 22)"
        own, other = (light, dark) if self.scheme == "light" else (dark, light)
        assert color() == own, f"{color()} is not {self.scheme}"
        self.browser.press("#theme")
        assert color() == other, "the switch does nothing"
        self.load("")
        assert color() == other, "the choice is forgotten"
        self.browser.press("#theme")
        assert color() == own, "the switch does not go back"
        self.browser.evaluate("localStorage.clear()")

    def address(self):
        label = records.LABELS[16]
        self.filtering(lambda: [self.browser.press(self.option("verdicts", "ok")), self.browser.press(self.option("classes", label)),
                                self.browser.type("#least", "20"), self.browser.key("Tab")])
        self.choose("#sort", "border")
        expected = self.only(lambda item: item.verdict == "ok" and item.label == label and (item.confidence or 0) >= 0.2)
        self.shows(expected, "border")
        fragment = self.browser.evaluate("location.hash")
        self.load(fragment)
        self.shows(expected, "border")
        self.browser.evaluate("location.hash = '#verdict=failed'")
        self.browser.wait("document.querySelector('#sort').value === 'worst'", "the new address")
        self.shows(self.only(lambda item: item.verdict == "failed"))
        self.load("#sort=nonsense&from=-5&to=abc&item=999999999&view=x&__proto__=1")
        self.shows(self.all)

    def printing(self):
        # A thousand cards take a while, and are the same in the dark.
        for fragment, count in [("#verdict=saturated", None), ("", min(1000, len(self.all)))][:1 if self.scheme == "dark" else 2]:
            self.load(fragment)
            self.browser.evaluate("addEventListener('afterprint', () => { window.printed = window.onPaper; })")
            self.browser.evaluate("addEventListener('beforeprint', () => { window.onPaper = document.querySelectorAll('#print .card').length; })")
            pdf = base64.b64decode(self.browser.call("Page.printToPDF", printBackground=True)["data"])
            count = count or len(self.only(lambda item: item.verdict == "saturated"))
            printed = self.browser.evaluate("window.printed")
            assert printed == count, f"{printed} cards were printed, not {count}"
            assert pdf.startswith(b"%PDF") and pdf.count(b"/Type /Page\n") > count // 40, "the printout is short"
            self.is_true("document.querySelector('#print').childElementCount === 0", "the printout stays on the page")
            if self.screens and fragment:
                with open(f"{self.screens}/{self.device}-{self.scheme}-print.pdf", "wb") as file:
                    file.write(pdf)
        self.load("")

    def missing(self):
        for name, view, note in [("scan-00007", "overlay", "no overlay"), ("scan-00011", "original", "no picture")]:
            self.load(f"#name={name}&view={view}")
            assert self.text(".frame .missing") == note, "no note stands for a picture that has gone"

    def names(self):
        """Everything that can be pressed or filled in has a name for those who do not see it."""
        self.load("")
        nodes = self.browser.call("Accessibility.getFullAXTree")["nodes"]
        for node in nodes:
            role = node.get("role", {}).get("value")
            if role in ("button", "combobox", "searchbox", "spinbutton", "checkbox", "option", "listbox", "link") and not node.get("ignored"):
                assert node.get("name", {}).get("value"), f"a {role} has no name"

    def complaints(self):
        """Nothing went wrong out of sight, and nothing was asked of any network."""
        self.is_true("window.pwned === undefined", "text of a record ran as a script")
        for event in self.browser.events:
            method, parameters = event.get("method"), event.get("params", {})
            assert method not in ("Runtime.exceptionThrown", "Page.javascriptDialogOpening", "Runtime.consoleAPICalled"), parameters
            assert method != "Log.entryAdded", f"the console says {parameters['entry'].get('text')}"
            if method == "Network.requestWillBeSent":
                url = parameters["request"]["url"]
                assert url.startswith(("file:", "data:", "about:")), f"the page asks for {url}"
            if method == "Network.loadingFailed":
                assert parameters.get("canceled"), f"a file could not be loaded: {parameters}"


if __name__ == "__main__":
    sys.exit(main())
