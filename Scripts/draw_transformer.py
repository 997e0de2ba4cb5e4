#!/usr/bin/env python3
"""Draws a trained transformer's maps for the guide to layers and methods: `models/transformer.jpg`.

    Scripts/draw_transformer.py --trained FOLDER [--tool PATH] [--out FILE]           # what train_head.py left in FOLDER

One mosaic of the four photographs whose licences leave all free: the first of its random stream, not a chosen one. A row asks for one
of the classes, a column shows a method. Verdicts that are not `ok` go to standard output.
"""

import argparse
import json
import pathlib
import tempfile

from PIL import Image, ImageDraw, ImageFont

from shared.mosaics import mosaic
from shared.running import REPOSITORY, TOOL, run
from shared.sheets import outlined
from shared.subjects import photos_options

FREE = ["cat", "cup", "astronaut", "rocket"]
METHODS = ["gradcam", "hirescam", "chefer", "legrad", "gradrollout", "attention", "rollout"]
TILE, GAP, HEAD = 128, 4, 22


def overlays(tool, trained, picture, label, folder):
    """The tool's overlay by method, for one class of the picture."""
    records = run([tool, "explain", picture, *photos_options(trained), "-m", ",".join(METHODS), "-t", label, "-d", folder, "--jsonl"]).stdout
    maps = [found for line in records.splitlines() for found in json.loads(line)["maps"]]
    for found in maps:
        if found["verdict"] != "ok":
            print(f"{label}, {found['method']}: {found['verdict']}")
    return {found["method"]: Image.open(folder / pathlib.Path(found["output"]).name) for found in maps}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trained", type=pathlib.Path, required=True)
    parser.add_argument("--tool", default=TOOL)
    parser.add_argument("--out", type=pathlib.Path, default=REPOSITORY / "models/transformer.jpg")
    options = parser.parse_args()
    pixels, cells = mosaic(1, 0, FREE)
    step, titles = TILE + GAP, ["asked for", *METHODS]
    sheet = Image.new("RGB", (len(titles) * step - GAP, HEAD + len(FREE) * step - GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for column, title in enumerate(titles):
        draw.text((column * step, 2), title, "black", font)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        picture = folder / "mosaic.png"
        Image.fromarray(pixels).save(picture)
        for row, label in enumerate(FREE):
            drawn = overlays(options.tool, options.trained, picture, label, folder / label)
            for column, tile in enumerate([outlined(pixels, cells[label]), *(drawn[method] for method in METHODS)]):
                sheet.paste(tile.convert("RGB").resize((TILE, TILE), Image.LANCZOS), (column * step, HEAD + row * step))
    sheet.save(options.out, quality=85, optimize=True)


if __name__ == "__main__":
    main()
