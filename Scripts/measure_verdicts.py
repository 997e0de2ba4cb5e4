#!/usr/bin/env python3
"""Measures what verdicts say of maps that are right and of maps that are noise: the tables of the guide to verdicts.

    pip install -c Scripts/constraints.txt torch numpy pillow
    Scripts/measure_verdicts.py [--images N] [--tool PATH] [--method NAME] [--model FILE --pictures FOLDER [--preprocess SPEC]]

Draws N radiographs of the held-out stream, half of them with an opacity and half without, and has the tool explain `opacity` for
all. Evidence for it in a drawing without one is noise. Prints how many maps get each verdict, how many would be faint below other
shares than the tool's (the greatest value of the unscaled map over the magnitude of its least), and how often the hottest pixel
lies in an opacity's mask with and without the maps whose verdict is not ok. With --model, maps of every class are made for the
pictures of a folder, too, and counted by whether the class is the one that the model predicts: its maps should not be faint.
"""

import argparse
import json
import pathlib
import tempfile
from collections import Counter
from multiprocessing import Pool

import numpy as np
from PIL import Image

from shared import radiographs
from shared.localisation import localise
from shared.running import DEMO, TOOL, run
from shared.tables import table

SHARES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]


def draw(index):
    """A drawing as a file's name and bytes, and its mask as the model sees it; None without an opacity."""
    gray, mask, label = radiographs.radiograph(1, radiographs.HELD_OUT, index)
    mask = radiographs.resize_and_crop(Image.fromarray(mask), Image.NEAREST) > 0 if label else None
    return f"{index:05}.jpg", radiographs.as_jpeg(gray, index), mask


def share(record):
    """What speaks for the class over what speaks against it; infinite where nothing does."""
    least, most = record["map_min"], record["map_max"]
    return max(most, 0) / -least if least < 0 else np.inf


def explain(tool, model, folder, maps, *extra):
    command = [tool, "explain", folder, "-w", model, "-d", maps, "--jsonl", "--quiet", *extra]
    return [record for record in map(json.loads, run(command).stdout.splitlines()) if "maps" in record]


def drawings(options, folder):
    """A row for each drawing: whether it has an opacity, its map's record, whether the hottest pixel lies in the mask."""
    with Pool(2) as pool:
        drawn = pool.map(draw, range(options.images), chunksize=16)
    for name, data, _ in drawn:
        (folder / name).write_bytes(data)
    masks = {name: mask for name, _, mask in drawn}
    records = explain(options.tool, DEMO, folder, folder / "maps", "-t", "opacity", "-m", options.method,
                      "--heatmap", folder / "maps" / "{stem}.npy")
    rows = []
    for record in records:
        name = pathlib.Path(record["image"]).name
        mask = masks[name]
        values = np.load(folder / "maps" / f"{pathlib.Path(name).stem}.npy")
        rows.append((mask is not None, record["maps"][0], mask is not None and localise(values, mask)[0]))
    return rows


def reference(options, folder):
    """The shares of a model's maps: of the classes that it predicts, and of all others."""
    extra = ["--preprocess", options.preprocess] if options.preprocess else []
    records = explain(options.tool, options.model, options.pictures, folder / "reference", "-t", "all", "-m", options.method, *extra)
    best, others = [], []
    for record in records:
        predicted = record["prediction"][0]["index"]
        for found in record["maps"]:
            (best if found["target"]["index"] == predicted else others).append(share(found))
    return [("maps of predicted classes", best), ("maps of other classes", others)]


def print_verdicts(rows):
    counts = [Counter(found["verdict"] for has, found, _ in rows if has == wanted) for wanted in (False, True)]
    names = sorted(set(counts[0]) | set(counts[1]), key=lambda name: (name != "ok", name))
    print(*table(["verdict", "normal", "opacity"], [[f"`{n}`", *(str(c[n]) for c in counts)] for n in names]), sep="\n")


def print_shares(groups):
    def cells(values):
        values = np.array(values)
        return [str(int(((values > 0) & (values < limit)).sum())) for limit in SHARES] + [f"{values.min():.3f}"]
    heading = ["maps with evidence below this share, but some", *(f"{limit:g}" for limit in SHARES), "least share"]
    print(*table(heading, [[f"{name} ({len(values)})", *cells(values)] for name, values in groups]), sep="\n")


def print_pointing(rows):
    opacities = [(found["verdict"], hit) for has, found, hit in rows if has]
    kinds = [("all", lambda verdict: True), ("without faint", lambda verdict: verdict != "faint"), ("ok alone", lambda v: v == "ok")]
    cells = []
    for name, keeps in kinds:
        hits = [hit for verdict, hit in opacities if keeps(verdict)]
        cells.append([name, str(len(hits)), f"{np.mean(hits):.1%}"])
    print(*table(["maps of drawings with opacities", "number", "pointing game"], cells), sep="\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--tool", default=TOOL)
    parser.add_argument("--method", default="gradcam")
    parser.add_argument("--model", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--preprocess")
    options = parser.parse_args()
    if (options.model is None) != (options.pictures is None):
        parser.error("--model and --pictures go together")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        rows = drawings(options, folder)
        print_verdicts(rows)
        print()
        groups = [("normal drawings", [share(m) for has, m, _ in rows if not has]), ("opacity drawings", [share(m) for has, m, _ in rows if has])]
        print_shares(groups + (reference(options, folder) if options.model else []))
        print()
        print_pointing(rows)


if __name__ == "__main__":
    main()
