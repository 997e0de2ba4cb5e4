#!/usr/bin/env python3
"""Measures runs over folders: how they gain by a second core, what memory they take, and what they lose between the stages.

    pip install -c Scripts/constraints.txt numpy pillow
    Scripts/measure_folders.py [--images 2000] [--large MODEL] [--tool PATH]

Draws JPEGs of 256 to 2,000 pixels and has the tool explain them with the demo model: images a second on one core and on two, in turn,
and the peak memory after a tenth of the images and after all. With --large, a model whose engine takes most of the time, it also sets
the rate on two cores beside cores / (decode + preprocess + engine + draw + encode), each stage measured alone on one core
(`gradcam bench --stages`).
"""

import argparse
import json
import multiprocessing
import pathlib
import statistics
import tempfile
import time

import numpy as np
from PIL import Image

from shared.running import DEMO, TOOL, Failure, run


def draw(path):
    """A photograph-like JPEG: soft blobs with grain."""
    random = np.random.default_rng(int(path.stem))
    width, height = random.integers(256, 2001, 2)
    blobs = Image.fromarray(random.integers(0, 256, (8, 8, 3), dtype=np.uint8)).resize((width, height), Image.BICUBIC)
    grain = random.standard_normal((height, width, 1), dtype=np.float32) * 6
    pixels = (np.asarray(blobs) + grain).clip(0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(path, quality=88)


def explain(tool, model, cores, images, output):
    """Images a second and peak megabytes of a run over a list, bound to some cores."""
    command = ["taskset", "-c", "0" if cores == 1 else f"0-{cores - 1}", tool, "explain", "--files-from", "-", "-w", model,
               "-d", output, "-j", cores, "--threads", "1", "--verbose"]
    start = time.monotonic()
    try:
        process = run(command, input="\n".join(map(str, images)))
    except Failure as failure:
        raise SystemExit(f"the run failed: {failure}")
    seconds = time.monotonic() - start
    peak = next(line for line in reversed(process.stderr.splitlines()) if line.startswith("peak memory: "))
    return len(images) / seconds, int(peak.split()[2])


def stages(tool, model, image):
    command = ["taskset", "-c", "0", tool, "bench", model, image, "--stages", "--json", "--runs", "5"]
    return json.loads(run(command).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--large", type=pathlib.Path, help="a model whose engine takes most of the time")
    parser.add_argument("--tool", type=pathlib.Path, default=TOOL)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "in").mkdir()
        images = [folder / "in" / f"{index:05}.jpg" for index in range(options.images)]
        with multiprocessing.Pool() as pool:
            pool.map(draw, images, chunksize=8)
        part = images[: options.images // 10]
        memory = {len(some): explain(options.tool, DEMO, 2, some, folder / "out")[1] for some in (part, images)}
        print("peak memory:", ", ".join(f"{peak} MB after {count} images" for count, peak in memory.items()))
        rates = {1: [], 2: []}
        for _ in range(3):
            for cores in rates:
                rates[cores].append(explain(options.tool, DEMO, cores, images, folder / "out")[0])
        one, two = (statistics.median(rates[cores]) for cores in (1, 2))
        print(f"demo model: {one:.1f} images a second on one core, {two:.1f} on two: {two / one:.2f} times")
        if options.large is None:
            return
        some = images[:: max(1, len(images) // 20)]
        times = [stages(options.tool, options.large, image) for image in some]
        means = {name: statistics.mean(time[name] for time in times) for name in times[0]}
        ideal = 2 * 1000 / sum(means.values())
        rate = statistics.median(explain(options.tool, options.large, 2, some * 8, folder / "out")[0] for _ in range(3))
        print("stages:", ", ".join(f"{name} {value:.1f}" for name, value in means.items()))
        print(f"large model: {rate:.1f} images a second on two cores, {ideal:.1f} by the stages: {rate / ideal:.2f}")


if __name__ == "__main__":
    main()
