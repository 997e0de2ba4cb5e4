#!/usr/bin/env python3
"""Compares what a built gradcam measures of maps with the same metrics in double precision.

    pip install -c Scripts/constraints.txt torch safetensors numpy scipy pillow
    Scripts/compare_metrics.py PATH/TO/gradcam [--images FILE …] [--replacement KIND] [--cifar RESNET20.th]

Grad-CAM's maps of the demo model, and of a trained CIFAR-10 ResNet-20 where its checkpoint is given
(github.com/akamaster/pytorch_resnet_cifar10), by every metric of faithfulness, with the same random numbers. Prints a line a model and
image with the largest difference; exits 1 where one is over 1e-4 (of infidelity, 1e-4 of its value).
"""

import argparse
import json
import pathlib

import torch
from safetensors.torch import load_file

from shared.comparing import comparison
from shared.faithfulness import GradCAM, Subject
from shared.networks import CIFARResNet, XRayClassifier
from shared.running import DEMO, REPOSITORY, run

SEED = 7
BOUND = 1e-4


def demo():
    model = XRayClassifier(3, 8)
    tensors = load_file(DEMO)
    model.load_state_dict({key: value for key, value in tensors.items() if not key.startswith("gradcam.")})
    return model


def resnet20(path):
    model = CIFARResNet(16, 10, blocks=3)
    state = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
    model.load_state_dict({key.removeprefix("module."): value for key, value in state.items()})
    return model


def compared(folder, tool, weights, model, layer, target, image, replacement, preprocess):
    """The largest difference of all metrics, as a share of its bound, and what is over it."""
    dump, records = folder / "dump.safetensors", folder / "records.jsonl"
    for path in (dump, records):
        path.unlink(missing_ok=True)
    given = [image, "-w", weights, *preprocess]
    run([tool, "explain", *given, "-l", layer, "--dump", dump, "-o", folder / "overlay.png"])
    tensors = load_file(dump)
    index = tensors["output"].flatten().argmax().item() if target is None else target
    run([tool, "evaluate", *given, "--layers", layer, "-t", index, "--metrics", "faithfulness", "--seed", SEED, "--replacement",
         replacement, "--records", records])
    maps = json.loads(records.read_text().splitlines()[-1])["maps"]
    found = next(one["metrics"] for one in maps if one["method"] == "gradcam")
    subject = Subject(GradCAM(model, layer, index if target is None else None), tensors["input"][0], SEED)
    worst, problems = (0, ""), []
    for name, value in subject.measured([replacement]).items():
        name = name.removesuffix(f".{replacement}")
        if found[name] is None:
            problems.append(f"{name} is not defined, and {value:.6g}")
            continue
        difference = abs(found[name] - value) / (value if name == "infidelity" else 1)
        worst = max(worst, (difference, name))
        if not difference <= BOUND:
            problems.append(f"{name} {found[name]:.6g}, not {value:.6g}")
    return f"{len(found)} metrics, {worst[0]:.1e} ({worst[1]})", problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", metavar="PATH/TO/gradcam", type=pathlib.Path)
    parser.add_argument("--images", nargs="+", metavar="FILE", type=pathlib.Path,
                        default=[REPOSITORY / "models" / "images" / f"opacity-0{number}.jpg" for number in (1, 2)])
    parser.add_argument("--replacement", choices=["mean", "blur", "noise"], default="mean")
    parser.add_argument("--cifar", metavar="RESNET20.th", type=pathlib.Path)
    arguments = parser.parse_args()
    cases = [("demo", DEMO, demo(), "resnet_blocks.4", 1, [])]
    if arguments.cifar:
        preprocess = ["--preprocess", "imagenet,resize=32,crop=32"]
        cases.append(("cifar", arguments.cifar, resnet20(arguments.cifar), "layer3", None, preprocess))
    with comparison(arguments.tool.resolve()) as made:
        for name, weights, model, layer, target, preprocess in cases:
            for image in arguments.images:
                made.case(f"{name} {image.name}", lambda: compared(
                    made.folder, made.tool, weights, model, layer, target, image, arguments.replacement, preprocess))


if __name__ == "__main__":
    main()
