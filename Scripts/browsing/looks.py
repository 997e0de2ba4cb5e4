"""Visits that look at the cards, and closer at one."""

import os

from browsing import records
from browsing.page import Page


class Looks(Page):
    """Everything that shows pictures, by mouse, finger and keys."""

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
        # The images are of every shape, and the model saw a square of each, but for what the resize rounds.
        self.browser.wait("[...document.querySelectorAll('#grid .card.rank-3 img.front')].slice(0, 6)"
                          ".every(one => one.complete && Math.abs(one.naturalWidth - one.naturalHeight) <= 2)", "originals cut as the overlays are")
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
        self.opens("#detail", lambda: self.browser.key("Enter"), "Enter does not open the card")
        self.closes("#detail", lambda: self.browser.key("Escape"), "Escape does not close it")

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
        source = lambda: browser.evaluate(
            "(one => one.getAttribute('src') ?? one.getAttribute('href'))(document.querySelector('.stage img, .stage image'))")
        overlay = source()
        assert overlay.startswith("out/") and browser.evaluate("document.querySelector('.stage img').naturalWidth") == 256
        browser.press(".stage")
        original = source()
        assert original.startswith("in/"), f"{original} is no original"
        self.part(ordered[at].record)
        browser.key("o")
        assert source() == overlay, "o does not swap the large picture"
        browser.key(" ")
        assert source() == original, "the space bar does not swap the large picture"
        browser.key(" ")
        self.opens(".all", lambda: browser.press(".all summary"), "the fields do not open")
        fields = self.text(".all dl")
        for field in ["future_key", '{"kept":[1,2]}', "18446744073709551615", "milliseconds7.5", "contours3",
                      "--preprocess=resize=256,crop=256"]:
            assert field in fields, f"{field} is not among the fields"
        assert "digest" not in fields and "recipe" not in fields, "what only programs compare is shown"
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
            self.closes("#detail", lambda: browser.press_at(8, 8), "a click beside the detail does not close it")
        else:
            browser.press("#detail-close")

    def part(self, record):
        """The large original is the square that the model saw, with the whole around it out of sight."""
        view = [float(one) for one in self.browser.evaluate("document.querySelector('.stage svg').getAttribute('viewBox')").split()]
        assert view == record["seen"] and view[2:] != [record["width"], record["height"]], f"{view} is not the part"
        shown, whole, scale = self.browser.evaluate("""(() => {
            const box = one => (({x, y, width, height}) => [x, y, width, height])(one.getBoundingClientRect());
            const inner = document.querySelector('.stage svg svg');
            return [box(document.querySelector('.stage > svg')), box(inner.querySelector('image')), inner.getScreenCTM().a];
        })()""")
        corner = [shown[side] + (shown[2 + side] - view[2 + side] * scale) / 2 for side in (0, 1)]
        expected = [corner[0] - view[0] * scale, corner[1] - view[1] * scale, record["width"] * scale, record["height"] * scale]
        assert all(abs(one - other) < 0.5 for one, other in zip(whole, expected)), f"the whole lies at {whole}, not {expected}"

    def help(self):
        self.opens("#help", lambda: self.browser.key("?"), "? brings no help")
        self.picture("help")
        self.closes("#help", lambda: self.browser.key("Escape"), "Escape does not close the help")
        self.browser.evaluate("scrollTo(0, 0)")
        self.opens("#help", lambda: self.browser.press("#help-open"), "the button brings no help")
        self.closes("#help", lambda: self.browser.press("#help-close"), "the help does not close")

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
