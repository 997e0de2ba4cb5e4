#!/usr/bin/env python3
"""Trains a small Vision Transformer on drawings with patterned things at known places, for `draw_cases.py --model vit`.

    pip install -c Scripts/constraints.txt torch torchvision timm numpy pillow onnx onnxscript
    Scripts/train_vit.py [--pooling token|mean] [--out FOLDER]

Some minutes on a quiet core. Only the names of the two patterns in a drawing train it, never their places. The folder gets the network as
ONNX (`vit.onnx`), the state dict in timm's names (`vit.pth`, which `-w` opens with `--arch vit:heads=4`), `labels.txt`,
and `figures.json`.
"""

import argparse
import json
import pathlib
import tempfile
import time

import numpy as np
import torch
import torch.nn.functional as F

import shared.vision  # noqa: F401
from shared.exporting import export
from shared.textures import HELD_OUT, LABELS, SIZE, TRAIN, data_set

from timm.models.vision_transformer import VisionTransformer

PATCH, WIDTH, DEPTH, HEADS = 8, 64, 4, 4
BATCH, RATE = 64, 2e-3


def network(pooling):
    """A class token and timm's norm before the head; or, pooled, the patches' mean and timm's norm behind it."""
    tokens = {"class_token": True, "global_pool": "token"} if pooling == "token" else {"class_token": False, "global_pool": "avg"}
    return VisionTransformer(img_size=SIZE, patch_size=PATCH, embed_dim=WIDTH, depth=DEPTH, num_heads=HEADS,
                             num_classes=len(LABELS), **tokens)


def as_input(images):
    """Bytes (N × H × W × 3) to the network's input: divided by 255, mean 0.5, deviation 0.5."""
    return ((images.float() / 255 - 0.5) / 0.5).permute(0, 3, 1, 2).contiguous()


def augment(images, generator):
    """Mirrors each picture across and down, or not; no pattern becomes another."""
    for axis in (1, 2):
        flipped = torch.rand(len(images), generator=generator) < 0.5
        images = torch.where(flipped[:, None, None, None], images.flip(axis), images)
    return as_input(images)


def train(model, images, labels, epochs, generator):
    """AdamW with one cycle; every class is a question of its own."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, RATE, total_steps=epochs * (len(images) // BATCH), pct_start=0.2)
    model.train()
    for epoch in range(epochs):
        start, losses = time.time(), []
        order = torch.randperm(len(images), generator=generator)
        for i in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[i:i + BATCH]
            loss = F.binary_cross_entropy_with_logits(model(augment(images[chosen], generator)), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1:2}  loss {np.mean(losses):.4f}  {time.time() - start:.0f} s", flush=True)


def measure(model, images, labels):
    """How often a class is rightly said to be there or not, and how often all of a picture's are."""
    model.eval()
    with torch.no_grad():
        logits = torch.cat([model(as_input(part)) for part in images.split(250)])
    right = (logits > 0) == (labels > 0)
    return {"images": len(images), "answers": right.float().mean().item(), "pictures": right.all(1).float().mean().item()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pooling", choices=["token", "mean"], default="token")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "gradcam-vit")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--images", type=int, default=8000)
    parser.add_argument("--held-out", type=int, default=1000)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    start, generator = time.time(), torch.Generator().manual_seed(options.seed)
    model = network(options.pooling)
    train(model, *data_set(options.seed, TRAIN, options.images), options.epochs, generator)
    figures = measure(model, *data_set(options.seed, HELD_OUT, options.held_out))
    figures |= {"seed": options.seed, "pooling": options.pooling, "epochs": options.epochs,
                "training_images": options.images, "minutes": (time.time() - start) / 60}
    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), options.out / "vit.pth")
    export(model, torch.zeros(1, 3, SIZE, SIZE), options.out / "vit.onnx", True, {0: "batch"})
    (options.out / "labels.txt").write_text("\n".join(LABELS) + "\n")
    (options.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
