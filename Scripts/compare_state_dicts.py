#!/usr/bin/env python3
"""Compares a built gradcam with PyTorch on the state dicts of torchvision's and timm's networks.

    pip install "torch==2.13.0+cpu" "torchvision==0.28.0" timm==1.0.31 safetensors numpy pillow
    Scripts/compare_state_dicts.py PATH/TO/gradcam [MODEL ...]

Every network gets seeded weights and randomised batch-norm statistics, and is explained at the default layer (from a
checkpoint) and at one in the middle (from safetensors). Prints one line a network with the largest differences, as shares
of each tensor's largest magnitude; exits 1 where one is over its bound.
"""
import argparse, pathlib, subprocess, sys, tempfile, types
import numpy as np
import torch
# torchvision's compiled operators are absent beside a CPU build of torch; none is used here.
for operator in ("nms", "qnms"):
    try:
        torch.library.define(f"torchvision::{operator}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass
import timm
import torch.nn as nn, torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file, save_file
from torchvision import models

# Each network's default layer, and one in its middle.
LAYERS = {
    **{f"resnet{depth}": ("layer4", "layer2") for depth in (18, 34, 50, 101, 152)},
    **{name: ("layer4", "layer2") for name in ("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d")},
    **{name: ("layer4", "layer2") for name in ("wide_resnet50_2", "wide_resnet101_2")},
    "vgg11": ("features.19", "features.9"), "vgg11_bn": ("features.27", "features.13"),
    "vgg13": ("features.23", "features.13"), "vgg13_bn": ("features.33", "features.19"),
    "vgg16": ("features.29", "features.15"), "vgg16_bn": ("features.42", "features.22"),
    "vgg19": ("features.35", "features.17"), "vgg19_bn": ("features.51", "features.25"),
    "alexnet": ("features.11", "features.4"),
    **{f"densenet{depth}": ("relu", "features.denseblock2") for depth in (121, 161, 169, 201)},
    "squeezenet1_0": ("classifier.2", "features.7"), "squeezenet1_1": ("classifier.2", "features.6"),
    "mobilenet_v2": ("features.18", "features.10"),
    **{f"timm.resnet{kind}": ("layer4", "layer2") for kind in ("18", "34", "50", "18d", "34d", "50d", "101d", "10t", "50t")},
}
# At the default layer, and in the middle, where a sign that flips below a ReLU moves single gradients by percents.
BOUNDS = [{"output": 2e-4, "activations": 2e-4, "gradients": 2e-4, "map": 2e-4, "cam": 2e-4},
          {"output": 2e-4, "activations": 1e-4, "map": 1e-3, "cam": 1e-3}]


def network(name):
    torch.manual_seed(7)
    model = timm.create_model(name[5:]) if name.startswith("timm.") else getattr(models, name)()
    if name.startswith("densenet"):
        # A module in the place of the function between the last norm and the pooling, so that it can be hooked.
        model.relu = nn.ReLU()
        model.forward = types.MethodType(dense_forward, model)
    generator = torch.Generator().manual_seed(3)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
            module.weight.data.uniform_(0.5, 1.5, generator=generator)
            module.bias.data.normal_(0, 0.1, generator=generator)
        # What is overwritten cannot be differentiated by.
        if hasattr(module, "inplace"):
            module.inplace = False
    return model.eval()


def dense_forward(self, x):
    return self.classifier(torch.flatten(F.adaptive_avg_pool2d(self.relu(self.features(x)), 1), 1))


def photograph(path):
    """Smooth blobs with a little noise, drawn by a seed."""
    random = np.random.default_rng(5)
    blobs = Image.fromarray(random.integers(0, 256, (9, 12, 3), np.uint8)).resize((340, 260), Image.Resampling.BICUBIC)
    pixels = np.asarray(blobs) + random.normal(0, 8, (260, 340, 3))
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)


def explain(tool, folder, weights, *options):
    dump = folder / "dump.safetensors"
    dump.unlink(missing_ok=True)
    command = [tool, "explain", folder / "image.png", "-w", weights, "--dump", dump, "-o", folder / "overlay.png", *options]
    result = subprocess.run([str(word) for word in command], capture_output=True)
    if result.returncode != 0:
        raise RuntimeError(result.stderr.decode(errors="replace").strip()[-300:])
    return load_file(dump)


def pooled(model, middle):
    """The layers from `middle` on whose output goes straight into a max pooling."""
    children = list(model.features.named_children()) if hasattr(model, "features") else []
    names = [f"features.{name}" for name, _ in children]
    first = names.index(middle) if middle in names else len(names)
    return [name for name, (_, next) in list(zip(names, children[1:]))[first:] if isinstance(next, nn.MaxPool2d)]


def weighted(tensors):
    """Grad-CAM's map before its ReLU, beside what it is made of."""
    signed = (tensors["gradients"].mean((2, 3), keepdim=True) * tensors["activations"]).sum(1)[0]
    return {**tensors, "map": signed}


def reference(model, layer, x, target, found):
    """What PyTorch computes.

    Gradients are those at the tool's own activations where these are in `found`: a near tie in a max pooling, which
    rounding decides, would move single gradients from one position to the next.
    """
    seen = {}
    keep = lambda module, inputs, output: seen.__setitem__("activations", output)
    modules = dict(model.named_modules())
    with torch.no_grad():
        handle = modules[layer].register_forward_hook(keep)
        values = {"output": model(x), "activations": seen["activations"]}
        handle.remove()
    handles = [modules[layer].register_forward_hook(keep)]
    for name, tensors in found.items():
        # The tool's value, and PyTorch's way back.
        replace = lambda module, inputs, output, own=tensors["activations"]: own + (output - output.detach())
        handles.append(modules[name].register_forward_hook(replace))
    score = model(x)[0, target]
    for handle in handles:
        handle.remove()
    values["gradients"], = torch.autograd.grad(score, seen["activations"])
    values = weighted(values)
    return {**values, "cam": values["map"].relu()}


def difference(found, expected, magnitude):
    found, expected = found.squeeze().double(), expected.squeeze().double()
    if found.shape != expected.shape or not torch.isfinite(found).all():
        return float("inf")
    return ((found - expected).abs().max() / max(magnitude, 1e-30)).item()


def compare(tool, folder, name):
    """Differences by layer and tensor, and whether all are within their bounds."""
    model = network(name)
    state = {key: value.contiguous() for key, value in model.state_dict().items()}
    torch.save(state, folder / "model.pth")
    save_file(state, folder / "model.safetensors")
    texts, holds = [], True
    last, middle = LAYERS[name]
    found = {last: explain(tool, folder, folder / "model.pth")}
    for layer in dict.fromkeys([middle, *pooled(model, middle)]):
        if layer != last:
            found[layer] = explain(tool, folder, folder / "model.safetensors", "--layer", layer)
    for layer, bounds in zip((last, middle), BOUNDS):
        tensors = weighted(found[layer])
        expected = reference(model, layer, tensors["input"], tensors["output"].argmax().item(), found)
        worst = {}
        for key in bounds:
            magnitude = expected[key].abs().max().item()
            if key == "cam":
                # A map without anything positive is zero, and has no magnitude of its own.
                magnitude = max(magnitude, expected["map"].abs().max().item() * 1e-2)
            worst[key] = difference(tensors[key], expected[key], magnitude)
        holds = holds and all(worst[key] <= bound for key, bound in bounds.items())
        texts.append(f"{layer}: " + ", ".join(f"{key} {value:.1e}" for key, value in worst.items()))
    return "; ".join(texts), holds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool", metavar="PATH/TO/gradcam")
    parser.add_argument("models", nargs="*", metavar="MODEL", help=", ".join(LAYERS))
    arguments = parser.parse_args()
    short = 0
    with tempfile.TemporaryDirectory(prefix="gradcam-compare-") as folder:
        folder = pathlib.Path(folder)
        photograph(folder / "image.png")
        for name in arguments.models or LAYERS:
            try:
                text, holds = compare(arguments.tool, folder, name)
            except RuntimeError as error:
                text, holds = str(error), False
            short += not holds
            print(f"{'ok   ' if holds else 'SHORT'} {name:18} {text}", flush=True)
    print(f"{short} of {len(arguments.models or LAYERS)} fall short" if short else "all agree")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
