"""Drives Chromium by its DevTools protocol over a pipe: no driver, no port, nothing but the standard library.

Commands and answers are JSON between NUL bytes, on the browser's descriptors 3 and 4.
"""

import json
import os
import select
import subprocess
import time


class Chromium:
    """A headless browser with one page."""

    def __init__(self, program, profile, patience=60):
        self.patience = patience
        self.number = 0
        self.buffer = b""
        self.events = []
        to_browser, self.commands = os.pipe()
        self.answers, from_browser = os.pipe()

        def place_pipes():
            # By way of high numbers: one end may be 3 or 4 already.
            os.dup2(to_browser, 103)
            os.dup2(from_browser, 104)
            os.dup2(103, 3)
            os.dup2(104, 4)

        words = [program, "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={profile}", "--no-first-run",
                 "--disable-gpu", "--hide-scrollbars", "--disable-background-networking", "--disable-dev-shm-usage",
                 "--disable-component-update", "--force-color-profile=srgb"]
        # The sandbox refuses to run as root, as in a container.
        words += ["--no-sandbox"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen(words, preexec_fn=place_pipes, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        """Gives a command and returns its answer."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + self.patience
        while True:
            answer = self._read(deadline)
            if answer is None:
                raise AssertionError(f"Chromium does not answer {method}")
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def _read(self, deadline):
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.answers], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                return None
            part = os.read(self.answers, 1 << 20)
            if not part:
                raise AssertionError("Chromium ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def evaluate(self, expression):
        """The value of a JavaScript expression on the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, expression, what):
        """Waits until an expression is true."""
        deadline = time.monotonic() + self.patience
        while not self.evaluate(expression):
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}")
            time.sleep(0.02)

    def settle(self):
        """Waits until what was asked for is drawn."""
        self.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def open(self, url):
        self.call("Page.navigate", url="about:blank")
        self.wait("location.href === 'about:blank'", "an empty page")
        failure = self.call("Page.navigate", url=url).get("errorText")
        assert not failure, f"{url}: {failure}"

    def shape(self, width, height, is_phone, scheme):
        """Takes the size and ways of a device, and its preference for light or dark."""
        self.is_phone = is_phone
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=2 if is_phone else 1, mobile=is_phone)
        self.call("Emulation.setTouchEmulationEnabled", enabled=is_phone)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    # Input, as it comes from a person.

    def point(self, selector):
        """The middle of an element, brought into the window and not covered by another."""
        place = self.evaluate(f"""(() => {{
            const one = document.querySelector({json.dumps(selector)});
            if (!one) return "there is none";
            one.scrollIntoView({{block: "nearest", inline: "nearest"}});
            const box = one.getBoundingClientRect();
            const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
            const top = document.elementFromPoint(x, y);
            if (!top || !(one === top || one.contains(top) || top.contains(one) && top.tagName === "LABEL"))
                return "it is covered by " + (top ? top.tagName + "#" + top.id + "." + top.className : "nothing at all");
            return [x, y];
        }})()""")
        assert isinstance(place, list), f"{selector}: {place}"
        return place

    def press(self, selector, modifiers=0):
        """A click, or a tap where the device has a touch screen."""
        x, y = self.point(selector)
        self.press_at(x, y, modifiers)

    def press_at(self, x, y, modifiers=0):
        if self.is_phone and not modifiers:
            self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
            self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        else:
            common = {"x": x, "y": y, "button": "left", "clickCount": 1, "modifiers": modifiers}
            self.call("Input.dispatchMouseEvent", type="mousePressed", **common)
            self.call("Input.dispatchMouseEvent", type="mouseReleased", **common)
        self.settle()

    def hover(self, selector):
        x, y = self.point(selector)
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        self.settle()

    def wheel(self, by):
        self.call("Input.dispatchMouseEvent", type="mouseWheel", x=600 if not self.is_phone else 200, y=400, deltaX=0, deltaY=by)
        self.settle()

    keys = {"Enter": 13, "Escape": 27, " ": 32, "PageUp": 33, "PageDown": 34, "End": 35, "Home": 36, "ArrowLeft": 37,
            "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Delete": 46, "Tab": 9, "Backspace": 8}

    def key(self, key, modifiers=0):
        """Presses one key."""
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else None)
        code = self.keys.get(key, ord(key.upper()) if len(key) == 1 and key.isalnum() else 0)
        common = {"key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        if text and not modifiers & 2:
            self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        else:
            commands = ["selectAll"] if key == "a" and modifiers & 2 else []
            self.call("Input.dispatchKeyEvent", type="rawKeyDown", commands=commands, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)
        self.settle()

    def type(self, selector, text):
        """Replaces what a field holds, key by key."""
        self.press(selector)
        self.key("a", modifiers=2)
        self.key("Delete")
        for letter in text:
            self.key(letter)

    def close(self):
        self.session = None
        try:
            self.call("Browser.close")
            self.process.wait(timeout=20)
        except (AssertionError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.commands)
        os.close(self.answers)
