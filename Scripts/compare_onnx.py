#!/usr/bin/env python3
"""Compares a built gradcam with PyTorch on ONNX exports of torchvision's convolutional classifiers.

    pip install "torch==2.13.0+cpu" "torchvision==0.28.0" timm==1.0.31 onnx onnxscript safetensors numpy pillow
    Scripts/compare_onnx.py PATH/TO/gradcam [MODEL ...]

Every network gets seeded weights and randomised batch-norm statistics, is exported by both of PyTorch's exporters, and is
explained at the default layer and at one in the middle. Prints one line a network and exporter with the largest
differences, as shares of each tensor's largest magnitude; exits 1 where one is over its bound, where the default layer is
another than it should be, or where `convert` changes the picture.
"""
import argparse, contextlib, io, pathlib, subprocess, sys, tempfile, warnings

import torch

import compare_state_dicts as common
from compare_state_dicts import BOUNDS, difference, explain, models, pooled, reference, weighted

warnings.filterwarnings("ignore")

# Each network's default layer by PyTorch's name, and one in its middle.
LAYERS = {
    **{name: common.LAYERS[name] for name in (
        "alexnet", "vgg11", "vgg16_bn", "resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "densenet121",
        "squeezenet1_0", "squeezenet1_1", "mobilenet_v2")},
    "googlenet": ("inception5b", "inception4c"), "inception_v3": ("Mixed_7c", "Mixed_6b"),
    "mobilenet_v3_small": ("features.12", "features.6"), "mobilenet_v3_large": ("features.16", "features.8"),
    "mnasnet0_5": ("layers", "layers.10"), "mnasnet1_0": ("layers", "layers.10"),
    "shufflenet_v2_x0_5": ("conv5", "stage3"), "shufflenet_v2_x1_0": ("conv5", "stage3"),
    "efficientnet_b0": ("features.8", "features.4"), "efficientnet_b1": ("features.8", "features.4"),
    "efficientnet_v2_s": ("features.7", "features.4"),
    "regnet_y_400mf": ("trunk_output", "trunk_output.block2"), "regnet_x_400mf": ("trunk_output", "trunk_output.block2"),
    "convnext_tiny": ("features.7", "features.3"),
}
EXPORTERS = ("old", "current")
# Built without the slow initialisation that seeded weights replace anyhow, and without auxiliary heads.
OPTIONS = {name: {"aux_logits": False, "init_weights": False} for name in ("googlenet", "inception_v3")}


def size(name):
    return 299 if name == "inception_v3" else 224


def network(name):
    """The seeded network; for those that need options, the common one's way with them bound."""
    if name not in OPTIONS:
        return common.network(name)
    factory = getattr(models, name)
    setattr(models, name, lambda: factory(**OPTIONS[name]))
    try:
        return common.network(name)
    finally:
        setattr(models, name, factory)


def export(model, name, exporter, path):
    example = torch.randn(1, 3, size(name), size(name))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        if exporter == "current":
            torch.onnx.export(model, (example,), path, dynamo=True, external_data=False, verbose=False)
        else:
            # Any batch: shapes that depend on it have to fold away.
            torch.onnx.export(model, example, path, dynamo=False, opset_version=13, input_names=["image"],
                              dynamic_axes={"image": {0: "batch"}})


def same_picture(tool, folder, path, options):
    """Whether the model that `convert` writes gives the same overlay to the byte."""
    before = (folder / "overlay.png").read_bytes()
    subprocess.run([tool, "convert", path, "-o", folder / "w.bin", "--quiet"], check=True, capture_output=True)
    explain(tool, folder, folder / "w.bin", *options)
    return (folder / "overlay.png").read_bytes() == before


def compare(tool, folder, name, exporter):
    """Differences by layer and tensor, and whether all are within their bounds."""
    model = network(name)
    path = folder / "model.onnx"
    export(model, name, exporter, path)
    options = ("--preprocess", f"imagenet,resize={size(name)},crop={size(name)}")
    last, middle = LAYERS[name]
    found = {last: explain(tool, folder, path, *options)}
    texts, holds = [], same_picture(tool, folder, path, options)
    if not holds:
        texts.append("another picture after convert")
    for layer in dict.fromkeys([middle, *pooled(model, middle)]):
        if layer != last:
            found[layer] = explain(tool, folder, path, "--layer", layer, *options)
    for layer, bounds in zip((last, middle), BOUNDS):
        tensors = weighted(found[layer])
        expected = reference(model, layer, tensors["input"], tensors["output"].argmax().item(), found)
        worst = {}
        for key in bounds:
            magnitude = expected[key].abs().max().item()
            if key == "cam":
                magnitude = max(magnitude, expected["map"].abs().max().item() * 1e-2)
            worst[key] = difference(tensors[key], expected[key], magnitude)
        holds = holds and all(worst[key] <= bound for key, bound in bounds.items())
        texts.append(f"{layer}: " + ", ".join(f"{key} {value:.1e}" for key, value in worst.items()))
    return "; ".join(texts), holds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", metavar="PATH/TO/gradcam", type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("models", nargs="*", metavar="MODEL", help=", ".join(LAYERS))
    arguments = parser.parse_args()
    cases = [(name, exporter) for name in arguments.models or LAYERS for exporter in EXPORTERS]
    short = 0
    with tempfile.TemporaryDirectory(prefix="gradcam-compare-") as folder:
        folder = pathlib.Path(folder)
        common.photograph(folder / "image.png")
        for name, exporter in cases:
            try:
                text, holds = compare(arguments.tool, folder, name, exporter)
            except RuntimeError as error:
                text, holds = str(error), False
            short += not holds
            print(f"{'ok   ' if holds else 'SHORT'} {name:18} {exporter:8} {text}", flush=True)
    print(f"{short} of {len(cases)} fall short" if short else f"all {len(cases)} agree")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
