"""Visits that look behind the page: paper, files that have gone, screen readers, and complaints."""

import base64

from browsing.page import Page


class Checks(Page):
    """What is not seen by just looking."""

    def printing(self):
        # A thousand cards take a while, and are the same in the dark and from a phone.
        for fragment, count in [("#verdict=saturated", None), ("", min(1000, len(self.all)))][:1 if self.scheme == "dark" or self.is_phone else 2]:
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
