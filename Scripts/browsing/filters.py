"""Visits that use what chooses and orders the cards."""

import json

from browsing import records
from browsing.page import Page


class Filters(Page):
    """Every filter, every order, and the address that keeps them."""

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
        for verdict in ["failed", *records.VERDICTS, "damaged", "ok"]:
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
        for key, value in [("method", "layercam"), ("layer", "layer4"), ("target", "class c"), ("mode", "rather than")]:
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
