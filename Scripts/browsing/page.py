"""The report's page as a test sees it: what it shows, and how its controls are reached."""

import base64
import json
import os

from browsing import records

DEVICES = {"desktop": (1280, 800, False), "phone": (390, 844, True)}


class Page:
    """The page on one device."""

    # What the page counts: maps where an image has several.
    unit = "maps"

    def __init__(self, browser, folder, made, device, scheme, screens):
        self.browser, self.folder, self.screens = browser, folder, screens
        self.device, self.scheme = device, scheme
        self.is_phone = DEVICES[device][2]
        self.all = records.items(made)
        self.url = f"file://{folder}/report.html"

    def load(self, fragment):
        self.browser.open(self.url + fragment)
        self.browser.wait("document.documentElement?.dataset.ready === 'true'", "the page")
        self.browser.settle()

    def text(self, selector):
        return self.browser.evaluate(f"document.querySelector({json.dumps(selector)}).textContent")

    def is_true(self, expression, what):
        assert self.browser.evaluate(expression), what

    def opens(self, selector, act, what):
        act()
        self.is_true(f"document.querySelector('{selector}').open", what)

    def closes(self, selector, act, what):
        act()
        self.is_true(f"!document.querySelector('{selector}').open", what)

    def picture(self, name):
        if not self.screens:
            return
        os.makedirs(self.screens, exist_ok=True)
        self.browser.wait("[...document.images].every(one => one.complete || one.loading === 'lazy')", "pictures")
        self.browser.settle()
        data = self.browser.call("Page.captureScreenshot", format="png")["data"]
        with open(f"{self.screens}/{self.device}-{self.scheme}-{name}.png", "wb") as file:
            file.write(base64.b64decode(data))

    def cards(self):
        """The paths of the cards that exist, by their place among the results."""
        return {int(place): path for place, path in self.browser.evaluate(
            "[...document.querySelectorAll('#grid .card')].map(card => [card.dataset.index, card.title])")}

    def explanations(self):
        """What the cards that exist say they explain, by their place among the results."""
        return {int(place): words for place, words in self.browser.evaluate(
            "[...document.querySelectorAll('#grid .card')].map(card => "
            "[card.dataset.index, card.querySelector('.about')?.textContent.split(' · ')[0] ?? null])")}

    def shows(self, expected, order="worst"):
        """The page shows these items in this order, as far as cards exist, and says how many there are."""
        expected = sorted(expected, key=records.ORDERS[order])
        count, total = f"{len(expected):,}", f"{len(self.all):,} {self.unit}"
        said = self.text("#count")
        assert said == (total if len(expected) == len(self.all) else f"{count} of {total}"), f"{said}, not {count}"
        cards = self.cards()
        assert (len(cards) > 0) == (len(expected) > 0), f"{len(cards)} cards of {count}"
        for place, path in cards.items():
            assert path == expected[place].path, f"place {place} has {path!r}, not {expected[place].path!r}"
        for place, words in self.explanations().items():
            assert words == expected[place].explains, f"place {place} explains {words!r}, not {expected[place].explains!r}"

    def only(self, test):
        return [item for item in self.all if test(item)]

    def filtering(self, use):
        """Does something with the filters, which a phone hides."""
        if self.is_phone:
            self.browser.press("#filters-open")
        use()
        if self.is_phone:
            self.browser.press("#filters-close")

    def option(self, facet, value):
        return f"#{facet} .option[data-value={json.dumps(value)}]"

    def choose(self, selector, value):
        """Chooses in a list by the keyboard, as its popup is no part of the page."""
        self.browser.evaluate(f"document.querySelector('{selector}').focus()")
        self.browser.key("Home")
        for _ in range(60):
            if self.browser.evaluate(f"document.querySelector('{selector}').value") == value:
                break
            self.browser.key("ArrowDown")
        else:
            raise AssertionError(f"{selector} does not offer {value}")
