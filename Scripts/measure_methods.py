#!/usr/bin/env python3
"""Measures every method on synthetic radiographs whose opacities are known: the table of the README.

    pip install "torch==2.13.0+cpu" numpy pillow
    Scripts/measure_methods.py [--images N] [--tool PATH] [--methods NAME,…]

Draws radiographs of the held-out stream until N of them have an opacity that lies in the model's crop, has the tool explain the
opacity, and prints for each method how often the map's hottest pixel lies in the mask (pointing game), which share of the map's sum
lies in it (energy), and milliseconds an image (one map; the forward pass, decoding and drawing counted). Maps are enlarged
bicubically to 256×256 and cut at 0; of maps with a sign, what speaks for the class counts.
"""
import argparse, json, pathlib, shutil, subprocess, tempfile, time
import numpy as np
from PIL import Image
import synthetic_radiographs as drawings

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
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
        gray, mask, _ = drawings.radiograph(1, drawings.HELD_OUT, index)
        mask = drawings.resize_and_crop(Image.fromarray(mask), Image.NEAREST) > 0
        if mask.any():
            name = f"{index:05}.jpg"
            (folder / name).write_bytes(drawings.as_jpeg(gray, index))
            masks[name] = mask
        index += 2
    return masks


def explain(tool, folder, method, extra):
    layers = f"{EARLIER},{LAYER}" if method == "refinecam" else LAYER
    command = [tool, "explain", folder, "-w", REPOSITORY / "models/demo-xray.bin", "-m", method, "-l", layers, "-t", "opacity",
               "-d", folder / "maps", "--heatmap", folder / "maps" / "{stem}.npy", "--jsonl", "--quiet", *extra]
    # What the method before left there is no map of this one's.
    shutil.rmtree(folder / "maps", ignore_errors=True)
    start = time.monotonic()
    run = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    return run, (time.monotonic() - start) * 1000


def measure(masks, folder):
    hits, energy = [], []
    for name, mask in masks.items():
        values = np.load(folder / "maps" / f"{pathlib.Path(name).stem}.npy")
        values = np.asarray(Image.fromarray(values.astype(np.float32)).resize(mask.shape[::-1], Image.BICUBIC)).clip(0)
        hits.append(mask.flat[values.argmax()] if values.max() > 0 else False)
        energy.append(values[mask].sum() / values.sum() if values.sum() > 0 else 0)
    return np.mean(hits), np.mean(energy)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--tool", default=str(REPOSITORY / ".build/release/gradcam"))
    parser.add_argument("--methods")
    options = parser.parse_args()
    listed = subprocess.run([options.tool, "methods"], capture_output=True, text=True, check=True).stdout
    methods = options.methods.split(",") if options.methods else [line.split()[0] for line in listed.splitlines()]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        masks = draw(folder, options.images)
        print(f"{len(masks)} images, mask {np.mean([m.mean() for m in masks.values()]):.1%} of the picture on average")
        print("| method | pointing game | energy inside | ms an image |\n| --- | --- | --- | --- |")
        for method in methods:
            run, milliseconds = explain(options.tool, folder, method, FEWER.get(method, []))
            if run.returncode != 0:
                reason = (run.stderr.strip().splitlines() or [f"ended with status {run.returncode}"])[-1]
                print(f"| `{method}` | – | – | {reason} |", flush=True)
                continue
            pointing, energy = measure(masks, folder)
            note = " (" + " ".join(FEWER[method]).lstrip("-") + ")" if method in FEWER else ""
            print(f"| `{method}`{note} | {pointing:.1%} | {energy:.1%} | {milliseconds / len(masks):.0f} |", flush=True)


if __name__ == "__main__":
    main()
