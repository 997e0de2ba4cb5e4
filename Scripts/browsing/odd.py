"""Records whose values are of other kinds than a run writes: every card is shown and opened all the same."""

import json
import subprocess

# An object that no text can be made of, names that every object of a script has, and what is merely of another kind.
VALUES = [None, 3, 1e9, "", " ", "x", True, [], {}, {"toString": None, "valueOf": None}, "__proto__", "constructor", "\0"]
OF_MAPS = ["verdict", "mode", "method", "layer", "target", "against", "border", "entropy", "positive_share", "signed", "score",
           "map_shape", "contours", "boxes"]
OF_RECORDS = ["prediction", "seen", "activation", "activation_source", "milliseconds", "damaged", "warning", "options"]


def make():
    """A record for each place and each value."""
    found = [_record({key: value}) for key in OF_MAPS for value in VALUES]
    found += [_record({"verdict": "brand-new"}, **{key: value}) for key in OF_RECORDS for value in VALUES]
    for value in VALUES:
        found.append(_record({"mode": "rather than", "target": {"index": None, "label": value}, "against": {"label": value}}))
        found.append(_record({"positive_share": 0.1, "mode": value}))
        found.append(_record({}, prediction=[{"index": 1, "label": value, "probability": value, "logit": value}, value]))
    return [record | {"image": f"odd-{number}"} for number, record in enumerate(found)]


def _record(fields, **others):
    one = {"method": "gradcam", "layer": "l", "target": {"index": 1, "label": "c"}, "verdict": "ok", "border": 0.5, "output": None}
    prediction = [{"index": 1, "label": "c", "probability": 0.9, "logit": 1}]
    return {"width": 5, "height": 5, "prediction": prediction, "maps": [one | fields]} | others


def check(gradcam, browser, folder):
    """Opens every card of a report of such records."""
    made = make()
    with open(f"{folder}/odd.jsonl", "w") as file:
        file.writelines(json.dumps(record) + "\n" for record in made)
    subprocess.run([gradcam, "report", "odd.jsonl", "-o", "odd.html", "--quiet"], cwd=folder, check=True, stdout=subprocess.PIPE)
    browser.events.clear()
    browser.open(f"file://{folder}/odd.html")
    browser.wait("document.documentElement?.dataset.ready === 'true'", "the page of odd records")
    browser.evaluate(OPEN_ALL % len(made))
    browser.wait("window.isDone", "the odd cards")
    assert browser.evaluate("document.querySelector('#count').textContent") == f"{len(made)} images"
    bad = browser.evaluate("JSON.stringify(window.bad)")
    assert bad == "[]", f"cards are not shown: {bad}"
    thrown = [event for event in browser.events if event.get("method") == "Runtime.exceptionThrown"]
    assert not thrown, thrown[0]
    print("odd records: fine", flush=True)


# A card that is open has its pictures, and facts that end with all fields of its record.
OPEN_ALL = """(() => {
  Object.assign(window, { bad: [], isDone: false });
  const [detail, facts] = ["#detail", "#detail-facts"].map((name) => document.querySelector(name));
  let number = 0;
  const step = () => {
    if (number > 0 && !(detail.open && detail.querySelector("figure") && facts.childElementCount > 2)) bad.push(location.hash);
    if (number === %d) { isDone = true; return; }
    location.hash = `#item=${number++}`;
    setTimeout(step, 15);
  };
  step();
})()"""
