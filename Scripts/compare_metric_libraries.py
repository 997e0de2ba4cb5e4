#!/usr/bin/env python3
"""Compares `gradcam evaluate --compat` with the libraries' own metrics, image by image, and with the papers'.

    pip install -c Scripts/constraints.txt torch torchvision captum quantus numpy pillow scipy scikit-learn safetensors openvino
    pip install --no-deps -c Scripts/constraints.txt grad-cam torchcam openvino_xai        and what Scripts/make_fixtures names beside them
    Scripts/compare_metric_libraries.py PATH/TO/gradcam [--cifar cifar10-resnet20.th] [--only LIBRARY] IMAGE ...

Explains the demo model's answer, and with --cifar that of a trained CIFAR ResNet-20 (github.com/akamaster/pytorch_resnet_cifar10), by
Grad-CAM: pytorch-grad-cam, torch-cam and captum make their own maps, Quantus and openvino_xai are given gradcam's. A box around the map's
hottest pixel is the finding. Where a library draws at random it is handed the tool's numbers; where it sorts, ties stand as they come.

Prints a table a model and image: the library's number, gradcam's under --compat, their difference, and gradcam's by the paper. Exits 1 where
a difference is over 1e-4 (of a sum over steps: 1e-4 a step; of numbers above 1: of the number).
"""

import argparse
import json
import pathlib
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from torch import nn

from shared.metric_libraries import LIBRARIES, MEASURES, Subject, enlarged
from shared.networks import HALF, IMAGENET, CIFARResNet, XRayClassifier
from shared.running import DEMO, run
from shared.tables import table

BOUND = 1e-4
# Of pixel flipping, which takes a pass a row and channel where nobody says.
STEPS = 96


class TwoLogits(nn.Module):
    """The X-ray classifier with a logit a class: a softmax over 0 and z is the sigmoid of z."""

    def __init__(self, classifier):
        super().__init__()
        self.resnet_blocks, self.head = classifier.resnet_blocks, classifier.classifier[0]

    def forward(self, x):
        z = self.head(self.resnet_blocks(x)).flatten(1)
        return torch.cat([torch.zeros_like(z), z], 1)


class Model:
    def __init__(self, name, network, weights, side, layer, normalisation, options=()):
        self.name, self.network, self.weights, self.side, self.layer = name, network.eval(), weights, side, layer
        self.mean, self.std = (np.array(values, np.float32) for values in normalisation)
        self.options = ["-w", weights, "--layers", layer, *options]

    def prepare(self, picture):
        """What enters the network for a picture, H W C with levels to 255."""
        values = (np.asarray(picture, np.float32) / np.float32(255) - self.mean) / self.std
        return torch.from_numpy(np.ascontiguousarray(values.transpose(2, 0, 1), np.float32))[None]


def demo():
    tensors = {key: value for key, value in load_file(DEMO).items() if not key.startswith("gradcam.")}
    network = XRayClassifier(features=tensors["resnet_blocks.0.conv1.weight"].shape[0])
    network.load_state_dict(tensors)
    return Model("demo-xray", TwoLogits(network), DEMO, 256, "resnet_blocks.4", HALF, ["--target", "positive"])


def cifar(weights):
    state = torch.load(weights, map_location="cpu", weights_only=False)["state_dict"]
    network = CIFARResNet(16, 10, 3)
    network.load_state_dict({key.removeprefix("module."): value for key, value in state.items()})
    return Model("cifar10-resnet20", network, weights, 32, "layer3", IMAGENET, ["--preprocess", "imagenet,resize=32x32,crop=32x32"])


def evaluated(tool, model, folder, *options):
    """What the tool measured of Grad-CAM's map, by name."""
    records = folder / "records.jsonl"
    records.unlink(missing_ok=True)
    run([tool, "evaluate", folder / "image.png", *model.options, "--methods", "gradcam", "--boxes", folder / "boxes.csv",
         "--records", records, *options])
    record = json.loads(records.read_text().splitlines()[0])
    return next(found["metrics"] for found in record["maps"] if found["method"] == "gradcam")


def gradcam(network, layer, x, target):
    """Grad-CAM's map at the input's size, H W."""
    kept = []
    handle = network.get_submodule(layer).register_forward_hook(lambda module, inputs, output: kept.append(output))
    with torch.enable_grad():
        score = network(x.float().requires_grad_(True))[0, target]
    handle.remove()
    gradients, = torch.autograd.grad(score, kept[0])
    cam = (gradients.mean((2, 3), keepdim=True) * kept[0]).sum(1, keepdim=True).relu().detach()
    return F.interpolate(cam, x.shape[2:], mode="bilinear").numpy()[0, 0]


def own_map(tool, model, folder):
    """The tool's unscaled map, enlarged as the tool enlarges it; the class that it explains."""
    printed = run([tool, "explain", folder / "image.png", *model.options[:2], "--layer", model.layer, *model.options[4:],
                   "--normalize", "none", "--heatmap", folder / "map.npy", "-d", folder, "--json"])
    target = json.loads(printed.stdout)[0]["maps"][0]["target"]["index"]
    return enlarged(np.load(folder / "map.npy"), model.side, model.side), target


def compared(tool, model, path, folder, libraries):
    """Rows of the table, and how many are over the bound."""
    picture = Image.open(path).convert("RGB").resize((model.side, model.side), Image.BILINEAR)
    picture.save(folder / "image.png")
    relevance, target = own_map(tool, model, folder)
    top, left = np.unravel_index(relevance.argmax(), relevance.shape)
    width, height = model.side // 3, model.side // 4
    # The hottest pixel lies one beyond the box: whose edges are inclusive is seen.
    box = (max(0, int(left) - width), max(0, int(top) - height // 2), width, height)
    (folder / "boxes.csv").write_text("image,x,y,width,height\nimage.png," + ",".join(map(str, box)) + "\n")
    explain = lambda x: gradcam(model.network, model.layer, x, target)
    picture = np.asarray(picture)
    subject = Subject(
        model.network, model.layer, model.prepare(picture), target, relevance, [box], picture, model.prepare, explain)
    papers = evaluated(tool, model, folder, "--metrics", "all")
    rows, short = [], 0
    for library in libraries:
        expected = MEASURES[library](subject, **({"steps": STEPS} if library == "quantus" else {}))
        options = ["--steps", STEPS] if library == "quantus" else []
        found = evaluated(tool, model, folder, "--compat", library, "--metrics", ",".join(expected), *options)
        for name, value in expected.items():
            bound = BOUND * (STEPS if (library, name) == ("quantus", "deletion") else max(1, abs(value)))
            own = found[name] if found[name] is not None else float("nan")
            difference = abs(own - value) if not (np.isnan(own) and np.isnan(value)) else 0.0
            short += not difference <= bound
            paper = papers.get(name)
            rows.append([library, name, f"{value:.5f}", f"{own:.5f}", f"{difference:.1e}", "–" if paper is None else f"{paper:.5f}"])
    return rows, short


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", metavar="PATH/TO/gradcam", type=pathlib.Path)
    parser.add_argument("--cifar", metavar="FILE", type=pathlib.Path, help="the weights of the CIFAR ResNet-20")
    parser.add_argument("--only", choices=LIBRARIES, action="append", help="a library; may be repeated")
    parser.add_argument("images", metavar="IMAGE", type=pathlib.Path, nargs="+")
    arguments = parser.parse_args()
    models = ([cifar(arguments.cifar)] if arguments.cifar else []) + [demo()]
    total = count = 0
    with tempfile.TemporaryDirectory(prefix="gradcam-compare-") as folder:
        for model in models:
            for path in arguments.images:
                rows, short = compared(arguments.tool.resolve(), model, path, pathlib.Path(folder), arguments.only or LIBRARIES)
                print(f"{model.name}, {path.name}\n", *table(["library", "metric", "library's", "gradcam's", "difference", "paper's"], rows), "", sep="\n", flush=True)
                total, count = total + short, count + len(rows)
    print(f"{count - total} of {count} agree")
    sys.exit(1 if total or not count else 0)


if __name__ == "__main__":
    main()
