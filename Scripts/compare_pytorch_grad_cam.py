#!/usr/bin/env python3
"""Compares a built gradcam with pytorch-grad-cam on transformers, whose users write a function that lays tokens out.

    pip install -c Scripts/constraints.txt torch torchvision timm onnx onnxscript safetensors numpy pillow
    pip install --no-deps -c Scripts/constraints.txt grad-cam      and what Scripts/make_fixtures names beside it
    Scripts/compare_pytorch_grad_cam.py PATH/TO/gradcam [MODEL ...]

Every network gets seeded weights, is exported to ONNX and explained with `--compat pytorch-grad-cam`. Prints a line a network and
layer with the largest difference of the scaled maps; exits 1 where it is over 1e-5.
"""

import warnings

import numpy as np
import shared.vision  # noqa: F401
import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.image import scale_cam_image
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

from shared.comparing import comparison, words
from shared.exporting import export
from shared.layers import explain
from shared.pictures import photo
from shared.zoo import network


def without_tokens(special, side):
    """Special tokens dropped, the others laid out in rows unless they are so already, features first."""
    return lambda tokens: tokens[:, special:].reshape(tokens.shape[0], side, side, -1).permute(0, 3, 1, 2)


# By model: the layers, and the function.
CASES = {
    "timm.vit_tiny_patch16_224": (["blocks.11.norm1"], without_tokens(1, 14)),
    "timm.deit_tiny_distilled_patch16_224": (["blocks.11.norm1"], without_tokens(2, 14)),
    "timm.swin_tiny_patch4_window7_224": (["layers.3.blocks.1.norm1", "layers.3.blocks.1.norm2"], without_tokens(0, 7)),
    "vit_b_32": (["encoder.layers.encoder_layer_11.ln_1"], without_tokens(1, 7)),
    "swin_t": (["features.7.1.norm1", "features.7.1.norm2"], without_tokens(0, 7)),
}


def compared(tool, folder, model, layer, reshape):
    dump = explain(
        tool, folder, folder / "model.onnx", "--preprocess", "imagenet,resize=224,crop=224", "--layer", layer,
        "--compat", "pytorch-grad-cam", "--heatmap", folder / "map.npy")
    with GradCAM(model, [model.get_submodule(layer)], reshape_transform=reshape) as cam:
        expected = cam(dump["input"], [ClassifierOutputTarget(dump["output"].argmax().item())])[0]
    found = scale_cam_image(np.load(folder / "map.npy")[None], expected.shape[::-1])[0]
    worst = np.abs(found - expected).max()
    return f"{worst:.1e}", ([] if worst <= 1e-5 else [f"off by {worst:.1e}"]) + ([] if expected.max() > 0 else ["an empty map"])


def main():
    warnings.filterwarnings("ignore")
    tool, names = words(__doc__, "MODEL", CASES)
    with comparison(tool) as made:
        photo(340, 260, 5).save(made.folder / "image.png")
        for name in names:
            layers, reshape = CASES[name]
            model = network(name)
            if name.startswith("vit_"):
                # torchvision's head begins with zeros, and no gradient passes those.
                torch.nn.init.normal_(model.heads.head.weight, std=0.02)
            export(model, torch.randn(1, 3, 224, 224), made.folder / "model.onnx", True, None)
            for layer in layers:
                made.case(f"{name} {layer}", lambda: compared(tool, made.folder, model, layer, reshape))


if __name__ == "__main__":
    main()
