#!/usr/bin/env python3
"""Measures every method on synthetic radiographs whose opacities are known: the table of the README.

    pip install -c Scripts/constraints.txt torch numpy pillow
    Scripts/measure_methods.py [--images N] [--tool PATH] [--methods NAME,…]

Draws radiographs of the held-out stream until N of them have an opacity that lies in the model's crop, has the tool explain the
opacity, and prints for each method how often the map's hottest pixel lies in the mask (pointing game), which share of the map's sum
lies in it (energy), and milliseconds an image (one map; the forward pass, decoding and drawing counted). Maps are enlarged
bicubically to 256×256 and cut at 0; of maps with a sign, what speaks for the class counts.
"""

import argparse
import pathlib
import shutil
import tempfile
import time

import numpy as np
from PIL import Image

from shared import radiographs
from shared.localisation import localise
from shared.running import DEMO, TOOL, Failure, run
from shared.tables import head, line

LAYER, EARLIER = "resnet_blocks.4", "resnet_blocks.3"
# What costs too much for 200 images in full, with what the table says of it.
FEWER = {
    "sscam": ["--samples", "2"], "iscam": ["--samples", "3"], "smoothgrad": ["--samples", "20"], "vargrad": ["--samples", "20"],
    "integratedgradients": ["--samples", "20"], "rise": ["--samples", "300"],
}


def draw(folder, count):
    """Writes radiographs with opacities; gives their names and masks in the model's crop."""
    masks, index = {}, 1
    while len(masks) < count:
        gray, mask, _ = radiographs.radiograph(1, radiographs.HELD_OUT, index)
        mask = radiographs.resize_and_crop(Image.fromarray(mask), Image.NEAREST) > 0
        if mask.any():
            name = f"{index:05}.jpg"
            (folder / name).write_bytes(radiographs.as_jpeg(gray, index))
            masks[name] = mask
        index += 2
    return masks


def explain(tool, folder, method, extra):
    layers = f"{EARLIER},{LAYER}" if method == "refinecam" else LAYER
    command = [tool, "explain", folder, "-w", DEMO, "-m", method, "-l", layers, "-t", "opacity",
               "-d", folder / "maps", "--heatmap", folder / "maps" / "{stem}.npy", "--jsonl", "--quiet", *extra]
    # What the method before left there is no map of this one's.
    shutil.rmtree(folder / "maps", ignore_errors=True)
    start = time.monotonic()
    run(command)
    return (time.monotonic() - start) * 1000


def measure(masks, folder):
    found = [localise(np.load(folder / "maps" / f"{pathlib.Path(name).stem}.npy"), mask) for name, mask in masks.items()]
    return np.mean(found, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--tool", default=TOOL)
    parser.add_argument("--methods")
    options = parser.parse_args()
    listed = run([options.tool, "methods"]).stdout
    methods = options.methods.split(",") if options.methods else [line.split()[0] for line in listed.splitlines()]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        masks = draw(folder, options.images)
        print(f"{len(masks)} images, mask {np.mean([m.mean() for m in masks.values()]):.1%} of the picture on average")
        print(head(["method", "pointing game", "energy inside", "ms an image"]))
        for method in methods:
            try:
                milliseconds = explain(options.tool, folder, method, FEWER.get(method, []))
            except Failure as failure:
                print(line([f"`{method}`", "–", "–", str(failure)]), flush=True)
                continue
            pointing, energy = measure(masks, folder)
            note = " (" + " ".join(FEWER[method]).lstrip("-") + ")" if method in FEWER else ""
            print(line([f"`{method}`{note}", f"{pointing:.1%}", f"{energy:.1%}", f"{milliseconds / len(masks):.0f}"]), flush=True)


if __name__ == "__main__":
    main()
