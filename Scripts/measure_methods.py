#!/usr/bin/env python3
"""Measures every method on pictures in which it is known where the class lies: the tables of the README.

    pip install -c Scripts/constraints.txt torch numpy pillow
    Scripts/measure_methods.py [--images N] [--tool PATH] [--methods NAME,…]          # the demo model on synthetic radiographs
    Scripts/measure_methods.py --model vit --trained FOLDER                           # what train_vit.py left in FOLDER
    Scripts/measure_methods.py --model photos --trained FOLDER                        # what train_head.py left in FOLDER

The tool explains a class that each of N pictures shows. A row a method (of those that `gradcam methods` lists): how often the map's
hottest pixel lies in what shows the class (pointing game, with its 95 % interval) or, where pictures show several classes, in
another's; which share of the map's sum lies in it (energy); and milliseconds an image (one map; the forward pass, decoding and
drawing counted). Maps are enlarged bicubically to the picture and cut at 0; of maps with a sign, what speaks for the class counts.
Two rows know no picture: a map that is the same everywhere, and one that is the hottest in the middle. `--sheet FILE` leaves the first
eight pictures with every method's overlays.
"""

import argparse
import pathlib
import shutil
import tempfile
import time

import numpy as np

from shared.localisation import bump, interval, localise
from shared.running import TOOL, Failure, run
from shared.sheets import Sheet
from shared.subjects import SUBJECTS, by_target
from shared.tables import head, line

# What costs too much for 200 images in full, with what the table says of it.
FEWER = {
    "sscam": ["--samples", "2"], "iscam": ["--samples", "3"], "smoothgrad": ["--samples", "20"], "vargrad": ["--samples", "20"],
    "integratedgradients": ["--samples", "20"], "rise": ["--samples", "300"],
}


def explain(tool, subject, layer, method, maps):
    """Leaves a map for each case in a folder; gives the milliseconds that this took."""
    layers = subject.layers.get(method, layer or subject.layers.get(None))
    # What the method before left there is no map of this one's.
    shutil.rmtree(maps, ignore_errors=True)
    start = time.monotonic()
    for target, cases in by_target(subject.cases):
        run([tool, "explain", cases[0].path.parent, *subject.options, "-m", method, *(["-l", layers] if layers else []), "-t", target,
             "-d", maps / "overlays", "--heatmap", maps / "{stem}.npy", "--jsonl", "--quiet", *FEWER.get(method, [])])
    return (time.monotonic() - start) * 1000


def found(cases, map_of):
    """Cells of a row: hits with their interval, the others' hits where there are others, energy."""
    maps = [map_of(case) for case in cases]
    hits, energy = zip(*(localise(values, case.mask) for case, values in zip(cases, maps)))
    cells = [f"{np.mean(hits):.1%} ({interval(hits)})"]
    if cases[0].others is not None:
        cells.append(f"{np.mean([localise(values, case.others)[0] for case, values in zip(cases, maps)]):.1%}")
    return [*cells, f"{np.mean(energy):.1%}"]


def baselines(cases):
    """A point anywhere hits as often as the class covers of the picture."""
    shares = [f"{np.mean([mask.mean() for mask in masks]):.1%}"
              for masks in ([case.mask for case in cases], [case.others for case in cases]) if masks[0] is not None]
    print(line(["*the same everywhere*", *shares, shares[0], "–"]))
    print(line(["*the middle*", *found(cases, lambda case: bump(case.mask.shape)), "–"]), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=SUBJECTS, default="xray")
    parser.add_argument("--trained", type=pathlib.Path, help="where train_vit.py or train_head.py left the model")
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--tool", default=TOOL)
    parser.add_argument("--methods")
    parser.add_argument("--layer", help="in the place of the model's default layer")
    parser.add_argument("--sheet", type=pathlib.Path, help="a PNG of the overlays")
    options = parser.parse_args()
    if options.model != "xray" and options.trained is None:
        parser.error(f"--model {options.model} takes --trained FOLDER")
    listed = run([options.tool, "methods"]).stdout
    methods = options.methods.split(",") if options.methods else [line.split()[0] for line in listed.splitlines()]
    with tempfile.TemporaryDirectory() as name:
        folder, maps = pathlib.Path(name) / "pictures", pathlib.Path(name) / "maps"
        folder.mkdir()
        subject = SUBJECTS[options.model](options.trained, folder, options.images)
        cases = subject.cases
        print(f"{len(cases)} images, the class covers {np.mean([case.mask.mean() for case in cases]):.1%} of the picture on average")
        table(options, methods, subject, maps)


def table(options, methods, subject, maps):
    """Prints a row a method, and leaves the sheet of overlays where one is wanted."""
    cases, sheet = subject.cases, Sheet()
    shown = cases[:8]
    sheet.add_cases(shown)
    several = [] if cases[0].others is None else ["hits another class"]
    print(head(["method", "pointing game", *several, "energy inside", "ms an image"]))
    baselines(cases)
    for method in methods:
        try:
            milliseconds = explain(options.tool, subject, options.layer, method, maps)
        except Failure as failure:
            print(line([f"`{method}`", *["–" for _ in several], "–", "–", str(failure)]), flush=True)
            continue
        cells = found(cases, lambda case: np.load(maps / f"{case.path.stem}.npy"))
        note = " (" + " ".join(FEWER[method]).lstrip("-") + ")" if method in FEWER else ""
        print(line([f"`{method}`{note}", *cells, f"{milliseconds / len(cases):.0f}"]), flush=True)
        sheet.add_overlays(method, shown, maps / "overlays")
        if options.sheet:
            sheet.save(options.sheet)


if __name__ == "__main__":
    main()
