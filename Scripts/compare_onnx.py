#!/usr/bin/env python3
"""Compares a built gradcam with PyTorch on ONNX exports of torchvision's, timm's and Hugging Face's classifiers.

    pip install -c Scripts/constraints.txt torch torchvision timm onnx onnxscript safetensors numpy pillow
    Scripts/compare_onnx.py PATH/TO/gradcam [MODEL ...]

Every network gets seeded weights and randomised batch-norm statistics, is exported by both of PyTorch's exporters, and is
explained at the default layer and at one in the middle. Prints one line a network and exporter with the largest
differences, as shares of each tensor's largest magnitude; exits 1 where one is over its bound, where the default layer is
another than it should be, or where `convert` changes the picture.

`timm.NAME` is any classifier of timm's, `timm` are sixty of its convolutional ones; `transformers` are transformers and
hybrids of every family. They are explained at the default layer, which the line names: a value of PyTorch's pass that holds
the same numbers. Those of `timm` are exported by the current exporter, transformers also by the old one at opset 17, and a
few by the current one at opset 17, where attention is written out, and 23, where it is one node. What an exporter
refuses is listed as absent, and counts as short where both do; so does a network whose logits hardly depend on the picture. A
number that is over its bound may be as far from PyTorch's float64 as twice PyTorch's own float32 is.
"""

import copy
import json
import warnings

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

from shared.comparing import Absent, comparison, words
from shared.exporting import export
from shared.layers import compare, explain
from shared.pictures import photo
from shared.running import run
from shared.values import compare_values
from shared.zoo import AT_OPSETS, OPSETS, OTHERS, STATE_DICTS, TIMM, TRANSFORMERS, network

LAYERS = {
    **{name: STATE_DICTS[name] for name in (
        "alexnet", "vgg11", "vgg16_bn", "resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2", "densenet121",
        "squeezenet1_0", "squeezenet1_1", "mobilenet_v2", "googlenet", "inception_v3", "shufflenet_v2_x0_5",
        "shufflenet_v2_x1_0", "convnext_tiny")},
    **OTHERS,
}


def same_picture(tool, folder, path, options):
    """Whether the model that `convert` writes gives the same overlay, but for the texts that name the model."""
    before = pixels(folder)
    run([tool, "convert", path, "-o", folder / "w.bin", "--quiet"])
    explain(tool, folder, folder / "w.bin", *options)
    return np.array_equal(pixels(folder), before)


def pixels(folder):
    return np.asarray(Image.open(folder / "overlay.png"))


def compared(tool, folder, name, exporter):
    model, path = network(name), folder / "model.onnx"
    size = 299 if name == "inception_v3" else 224
    # Any batch: shapes that depend on it have to fold away.
    export(model, torch.randn(1, 3, size, size), path, exporter == "current", {0: "batch"})
    options = ("--preprocess", f"imagenet,resize={size},crop={size}")
    dump = explain(tool, folder, path, *options)
    other = [] if same_picture(tool, folder, path, options) else ["another picture after convert"]
    text, problems = compare(
        model, LAYERS[name], dump, lambda layer: explain(tool, folder, path, "--layer", layer, *options))
    return text, other + problems


class Logits(torch.nn.Module):
    """A model of Hugging Face's as what exporters take: its scores alone."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x).logits


def first_cause(error):
    """The first line of the error that others were raised from."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).strip() or repr(error)).splitlines()[0][:120]


def without_fused_attention(model):
    """Has timm's or Hugging Face's attention written out in single products; whether there is any that was fused."""
    if isinstance(model, Logits):
        model.model.set_attn_implementation("eager")
        return True
    fused = [module for module in model.modules() if getattr(module, "fused_attn", False)]
    for module in fused:
        module.fused_attn = False
    return bool(fused)


def exported(model, example, path, exporter):
    """Writes the model, without fused attention where the exporter refuses that; what it then said. `Absent` where it refuses both."""
    note, is_current = "", exporter != "old"
    opset = int(exporter.split()[1]) if "opset" in exporter else None
    # Of copies: Hugging Face's Swin answers otherwise once it has been traced.
    written = lambda own: export(own, example, path, is_current, {0: "batch"}, opset=17, current_opset=opset)
    try:
        try:
            written(copy.deepcopy(model))
        except Exception as error:  # Exporters raise whatever they like.
            plain = copy.deepcopy(model)
            if not without_fused_attention(plain):
                raise
            note = f" without fused attention ({first_cause(error)})"
            written(plain)
    except Exception as error:
        raise Absent(f"PyTorch's exporter refuses it: {first_cause(error)}") from error
    return note


def compared_by_value(tool, folder, name, exporter):
    model, path = network(name), folder / "model.onnx"
    if name.startswith("hf."):
        del model.forward
        model = Logits(model)
    for old in folder.glob("model.onnx*"):
        old.unlink()
    # A network takes other sizes than its own, too, and larger ones say nothing more, but where position embeddings have one.
    own = getattr(model, "pretrained_cfg", {"input_size": (3, 224, 224)})
    size = own["input_size"][-1] if own.get("fixed_input_size") else min(own["input_size"][-1], 299)
    note = exported(model, torch.randn(1, 3, size, size), path, exporter)
    dump = folder / "dump.safetensors"
    dump.unlink(missing_ok=True)
    lines = run([tool, "explain", folder / "image.png", "-w", path, "--preprocess", f"imagenet,resize={size},crop={size}",
                 "--dump", dump, "-o", folder / "overlay.png", "--jsonl"]).stdout
    text, problems = compare_values(model, load_file(dump), 2e-4)
    shown = json.loads(lines)["maps"][0]
    return f"{shown['layer']} {shown['activation_shape']} {shown['verdict']}{note}: {text}", problems


def main():
    warnings.filterwarnings("ignore")
    tool, names = words(__doc__, "MODEL", [*LAYERS, *TRANSFORMERS], {"timm": TIMM, "transformers": TRANSFORMERS}, "timm.")
    with comparison(tool) as made:
        photo(340, 260, 5).save(made.folder / "image.png")
        for name in names:
            compare = compared if name in LAYERS else compared_by_value
            exporters = [*(["old"] if name in {*LAYERS, *TRANSFORMERS} else []), "current",
                         *([f"opset {opset}" for opset in OPSETS] if name in AT_OPSETS else [])]
            if not any([made.case(f"{name} {exporter}", lambda: compare(tool, made.folder, name, exporter))
                        for exporter in exporters]):
                made.report(name, ["no exporter takes it"])


if __name__ == "__main__":
    main()
