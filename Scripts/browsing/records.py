"""Records as `gradcam explain --jsonl` writes them, thousands and of every kind, over a few real pictures; and what a
report makes of them, worked out here a second time."""

import base64
import json
import os
import random

VERDICTS = ["all-negative", "constant", "zero-gradient", "saturated", "not-finite"]
HOSTILE = [
    "</script><script>window.pwned=1</script>.jpg", "<img src=x onerror=window.pwned=1>.jpg", "a b#c?d%20e.jpg",
    "quote\"and'apostrophe.jpg", "new\nline.jpg", "javascript:window.pwned=1.jpg", "&amp;&lt;<!--.jpg", "ünïcödé 图.jpg",
    "back\\slash.jpg", "{{data}}.jpg", "__proto__.jpg", "\u202egpj.rtl.jpg", b"bytes\xff\xfe.jpg", "data:text,x.jpg",
]
LABELS = [f"class {letter}" for letter in "abcdefghijklmnop"] + [
    "</script><img src=x onerror=window.pwned=1>", "__proto__", "a, b & \"c\"", "tench, Tinca tinca"]


# What a record keeps of the one that a real run wrote.
KEPT = ["width", "height", "seen", "version", "options", "preprocess", "processor", "model_sha256", "image_sha256", "recipe"]


def make(folder, explained, count, seed=7):
    """Links originals and overlays of the records `explained` into `folder` under `count` names of their own, and returns
    a record for each."""
    os.makedirs(f"{folder}/in")
    os.makedirs(f"{folder}/out")
    draw = random.Random(seed)
    return [_record(folder, explained[number % len(explained)], number, draw) for number in range(count)]


def write(records, path):
    with open(path, "w") as file:
        for record in records:
            file.write(json.dumps(record, sort_keys=True) + "\n")


def _record(folder, explained, number, draw):
    plain = HOSTILE[number // 7] if number % 7 == 3 and number // 7 < len(HOSTILE) else f"scan-{number:05}.jpg"
    name = plain if isinstance(plain, bytes) else plain.encode()
    image = b"in/" + name
    path = os.path.join(folder.encode(), image)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # One in sixty has gone since, as one in forty of the overlays.
    if number % 60 != 11:
        os.link(f"{folder}/{explained['image']}", path)
    record = {"image": image.decode(errors="replace")}
    if isinstance(plain, bytes):
        record["image_base64"] = base64.b64encode(image).decode()
    if number % 50 == 49:
        return record | {"error": "is a damaged PNG: <b>bad</b> CRC & more"}
    record |= {"model": "w.bin", "milliseconds": 7.5, "future_key": {"kept": [1, 2]}} | {key: explained[key] for key in KEPT}
    if number % 23 == 4:
        record |= {"damaged": True, "warning": "is damaged: the file is cut short"}
    record["prediction"] = _prediction(draw, number)
    record["maps"] = [_map(folder, explained["maps"][0], number, method, record, draw)
                      for method in ["gradcam", "layercam"][:1 + (number % 3 == 0)]]
    return record


def _prediction(draw, number):
    best = draw.choice([draw.uniform(0.2, 1), draw.uniform(0.9, 1), 1.0 if number % 11 == 0 else 0.55])
    rest = 1 - best
    second = min(best, rest * draw.choice([0.4, 0.98]))
    labels = draw.sample(LABELS, 3)
    shares = [None] * 3 if number % 97 == 5 else [best, second, max(0.0, rest - second)]
    return [{"index": LABELS.index(label), "label": label, "logit": 1.5, "probability": share}
            for label, share in zip(labels, shares)]


def _map(folder, explained, number, method, record, draw):
    output = f"out/{number:05} #%.{method}.png"
    if number % 40 != 7:
        os.link(f"{folder}/{explained['output']}", f"{folder}/{output}")
    best, second = record["prediction"][:2]
    # Records of older versions do not say which side of the class is explained.
    side = [{}, {"mode": "for", "positive_share": 0.02}, {"mode": "against"},
            {"mode": "rather than", "against": {"index": second["index"], "label": second["label"]}}][number % 4]
    return side | {"method": method, "layer": f"layer{3 + number % 2}", "target": {"index": best["index"], "label": best["label"]},
            "score": 4.2, "activation_shape": [1, 512, 8, 8], "map_shape": [8, 8], "map_min": -0.5, "map_max": 2.5,
            "verdict": VERDICTS[number % 5] if number % 13 == 1 else "ok", "border": draw.choice([None, draw.random()]),
            "entropy": 0.75, "digest": explained["digest"], "seed": 18446744073709551615, "output": output, "heatmap": None, "contours": [[[1, 2]]] * 3}


class Item:
    """What a card shows: a map of an image, or an image that failed."""

    def __init__(self, number, record, one):
        self.id, self.record, self.path = number, record, record["image"]
        self.verdict = one["verdict"] if one else "failed"
        if self.verdict == "ok" and record.get("damaged"):
            self.verdict = "damaged"
        prediction = record.get("prediction", [])
        self.label = prediction[0]["label"] if prediction else ""
        self.confidence = prediction[0]["probability"] if prediction else None
        following = prediction[1]["probability"] if prediction else None
        self.is_unsure = self.confidence is not None and (self.confidence < 0.5 or self.confidence - following < 0.1)
        if record.get("activation") == "sigmoid" and self.confidence is not None:
            self.is_unsure = abs(self.confidence - 0.5) < 0.1
        one = one or {}
        self.border, self.method, self.layer = one.get("border"), one.get("method"), one.get("layer")
        self.target = one["target"]["label"] if one else None
        self.mode = one.get("mode", "for") if one else None
        other = f" rather than {one['against']['label']}" if self.mode == "rather than" else ""
        self.explains = f"evidence {'against' if self.mode == 'against' else 'for'} {self.target}{other}" if one else None
        self.rank = 0 if not one else 1 if self.verdict != "ok" else 2 if self.is_unsure else 3


def items(records):
    """The cards of a report, in the order of the records."""
    pairs = [(record, one) for record in records for one in record.get("maps", [None])]
    return [Item(number, record, one) for number, (record, one) in enumerate(pairs)]


def _falling(value):
    return (value is None, 0 if value is None else -value)


ORDERS = {
    "worst": lambda item: (item.rank, _falling(item.border)),
    "unsure": lambda item: (item.confidence is None, item.confidence or 0),
    "sure": lambda item: _falling(item.confidence),
    "border": lambda item: _falling(item.border),
    "input": lambda item: 0,
}
