#!/usr/bin/env python3
"""Measures how far maps are from each other on several kinds of processors, and how far real changes are: what verify's bounds
are chosen by.

    pip install -c Scripts/constraints.txt torch torchvision safetensors numpy pillow
    Scripts/measure_processors.py PATH/TO/gradcam [--kernels NAME,…] [--images N] [--samples N]

OpenBLAS is told to take other kernels than the processor's own, by OPENBLAS_CORETYPE: name those that the processor can run. The
demo model explains radiographs and a seeded ResNet-18 photographs, at the last layer and at an early one. Prints a line a method
with the largest distances between any two kinds of kernels, of any cell as a share of the map's largest magnitude and of all on
the mean, and the least distances from maps by another seed, another target, and weights that are 1 % off. Maps of zeros are left
out, and so is another target of methods that have no sides. The tool's own vectors are the processor's best in all runs.
"""

import argparse
import base64
import itertools
import json
import os
import pathlib
import tempfile

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from shared import radiographs
from shared.networks import XRayClassifier
from shared.pictures import photo
from shared.running import DEMO, run
from shared.tables import head, line
from shared.zoo import network

AT_LAYER = ("gradcam,gradcam++,xgradcam,hirescam,layercam,gradcam-elementwise,eigencam,eigengradcam,segeigencam,kpcacam,fem,"
            "randomcam,shapleycam")
AT_INPUT = "fullgrad,saliency,inputxgradient,guidedbackprop,deconvnet,guidedgradcam"
SAMPLED_AT_INPUT = "smoothgrad,vargrad,integratedgradients"
SAMPLED = ("smoothgradcam++", SAMPLED_AT_INPUT)
DEAR = "scorecam,ablationcam,reciprocam,occlusion"
# What goes together in one run, and whether an early layer is of interest, too.
GROUPS = [(AT_LAYER, True), ("smoothgradcam++", True), (AT_INPUT, False), (SAMPLED_AT_INPUT, False), (DEAR, False)]
DEMO_INPUT = ["--preprocess", "half"]
RESNET_INPUT = ["--input-shape", "3x96x96", "--preprocess", "imagenet-squash,resize=96x96,crop=none"]


def is_random(methods):
    return methods in SAMPLED or "randomcam" in methods


class Station:
    """A model, its pictures and its layers; `changed` has weights that are 1 % off."""

    def __init__(self, model, changed, words, layers, targets):
        self.model, self.changed, self.words, self.layers, self.targets = model, changed, words, layers, targets

    def maps(self, tool, pictures, methods, samples, layer, kernels=None, model=None, target=0, seed=0):
        """By picture and method, the numbers that verify compares."""
        environment = {**os.environ, **({"OPENBLAS_CORETYPE": kernels} if kernels else {})}
        words = ["-m", methods, "-l", layer, "-t", self.targets[target], *self.words]
        words += ["--samples", samples] if methods in SAMPLED else []
        words += ["--seed", seed] if is_random(methods) else []
        printed = run([tool, "explain", *pictures, "-w", model or self.model, "-d", pictures[0].parent / "out", "--jsonl",
                       "--quiet", *words], env=environment).stdout
        records = map(json.loads, printed.splitlines())
        return {(record["image"], found["method"]): np.frombuffer(base64.b64decode(found["digest"]["grid"]), "<f4").astype(float)
                for record in records for found in record["maps"]}


def distances(one, other):
    """Of any cell, and on the mean; None where both maps are zero."""
    apart, both = np.abs(one - other), np.abs([one, other])
    return (apart.max() / both.max(), apart.sum() / both.sum(axis=1).max()) if both.any() else None


def shaken(state):
    """Every weight times 1 and 1 % of a normal number."""
    generator = torch.Generator().manual_seed(5)
    return {key: value * (1 + 0.01 * torch.randn(value.shape, generator=generator)) if value.is_floating_point() else value
            for key, value in state.items()}


def draw(kind, index):
    if kind == "photograph":
        return photo(220, 180, index)
    return Image.fromarray(radiographs.radiograph(1, radiographs.HELD_OUT, index)[0])


def stations(folder):
    state = load_file(DEMO)
    demo = {key: state[key] for key in XRayClassifier(3, 8).state_dict()}
    resnet = {key: value.contiguous() for key, value in network("resnet18").state_dict().items()}
    for name, weights in (("demo", demo), ("resnet", resnet)):
        save_file(weights, folder / f"{name}.safetensors")
        save_file(shaken(weights), folder / f"{name}-off.safetensors")
    return {
        "radiograph": Station(folder / "demo.safetensors", folder / "demo-off.safetensors", DEMO_INPUT,
                              ["resnet_blocks.4", "resnet_blocks.0"], ["positive", "negative"]),
        "photograph": Station(folder / "resnet.safetensors", folder / "resnet-off.safetensors", RESNET_INPUT,
                              ["layer4", "layer1"], ["7", "8"]),
    }


def measured(tool, station, pictures, methods, samples, layer, kernels):
    """By method, the largest distances between kernels and the least from changes."""
    explain = lambda **change: station.maps(tool, pictures, methods, samples, layer, **change)
    made = [explain(kernels=name) for name in (None, *kernels)]
    changes = [explain(target=1), explain(model=station.changed)]
    changes += [explain(seed=1)] if is_random(methods) else []
    for method in methods.split(","):
        keys = [key for key in made[0] if key[1] == method]
        noise = [distances(one[key], other[key]) for key in keys for one, other in itertools.combinations(made, 2)]
        real = [distances(made[0][key], change[key]) for key in keys for change in changes
                if change[key].any() and not np.array_equal(change[key], made[0][key])]
        yield method, np.max([d for d in noise if d] or [(0, 0)], axis=0), np.min(real, axis=0) if real else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", metavar="PATH/TO/gradcam", type=pathlib.Path)
    parser.add_argument("--kernels", default="Haswell,Sandybridge,Nehalem", type=lambda names: names.split(","))
    parser.add_argument("--images", type=int, default=24)
    parser.add_argument("--samples", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        print(head(["method", "layer", "kernels: any cell", "mean", "changes: any cell", "mean"]), flush=True)
        for kind, station in stations(folder).items():
            pictures = [folder / f"{kind}-{index}.png" for index in range(options.images)]
            for index, path in enumerate(pictures):
                draw(kind, index).save(path)
            for methods, wants_early in GROUPS:
                chosen = pictures[:max(options.images // 8, 1)] if methods == DEAR else pictures
                for layer in station.layers[:2 if wants_early else 1]:
                    found = measured(options.tool.resolve(), station, chosen, methods, options.samples, layer, options.kernels)
                    for method, noise, real in found:
                        shares = [f"{share:.1e}" for share in (*noise, *(real if real is not None else ()))]
                        print(line([f"`{method}`", f"`{layer}`", *shares, *["–"] * (4 - len(shares))]), flush=True)


if __name__ == "__main__":
    main()
