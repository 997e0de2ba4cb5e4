#!/usr/bin/env python3
"""Makes the demo model: draws synthetic chest radiographs, trains the X-ray classifier on them, measures, packs.

    pip install -c Scripts/constraints.txt torch numpy pillow
    Scripts/train_demo.py --gradcam .build/release/gradcam          # everything, under an hour on two cores
    Scripts/train_demo.py pack --gradcam .build/release/gradcam     # only pack and describe what was trained before

Only the labels (normal, opacity) train the model; the masks serve to measure where Grad-CAM points.
"""

import argparse
import hashlib
import json
import pathlib
import subprocess
import tempfile
import time

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from shared.networks import XRayClassifier
from shared.radiographs import HELD_OUT, SIZE, TRAIN, VALIDATION, as_jpeg, data_set, radiograph
from shared.running import REPOSITORY

LABELS = ["normal", "opacity"]
LAYER = "resnet_blocks.4"


def as_input(images):
    """Bytes to the model's input: three equal channels, divided by 255, mean 0.5, deviation 0.5."""
    return ((images.float() / 255 - 0.5) / 0.5)[:, None].expand(-1, 3, -1, -1).contiguous()


# ---- Model and training --------------------------------------------------------------------------------------------

def logit(model, features):
    """The answer before the sigmoid, one number an image."""
    return model.classifier[1](model.classifier[0](features)).flatten()


def initialise(model):
    """Starts the head alike at all 64 positions, and the shortcuts, which see every second pixel only, weak."""
    with torch.no_grad():
        head = model.classifier[0].weight
        head.copy_(torch.randn_like(head[:, :, :1, :1]) * 0.003)
        for block in model.resnet_blocks:
            block.shortcut[1].weight.fill_(0.25)
    align(model)


def align(model):
    """Holds the stride-2 kernels to the 2×2 pixels that an output cell covers.

    A kernel centred on pixel 2i shifts the map by half a pixel of each block's input, 16 pixels of the image in all.
    """
    with torch.no_grad():
        for block in model.resnet_blocks:
            block.conv1.weight[:, :, 0, :] = 0
            block.conv1.weight[:, :, :, 0] = 0


def augment(images, generator):
    """Flips, shifts by up to 32 pixels and changes the exposure, each image its own way."""
    batch = F.pad(images[:, None].float(), (32, 32, 32, 32), mode="replicate")[:, 0]
    pairs = len(images) // 2
    dy, dx, flip = (torch.randint(0, n, (pairs,), generator=generator).repeat_interleave(2).tolist() for n in (65, 65, 2))
    batch = torch.stack([picture[y:y + SIZE, x:x + SIZE] for picture, y, x in zip(batch, dy, dx)])
    batch = torch.stack([picture.flip(1) if flipped else picture for picture, flipped in zip(batch, flip)])
    gain = (0.85 + 0.3 * torch.rand(pairs, 1, 1, generator=generator)).repeat_interleave(2, 0)
    return as_input((batch * gain).clamp(0, 255))


def train(model, images, labels, epochs, generator, check):
    """AdamW with one cycle; after each step the head moves 2 % of the way to its mean over positions.

    Images come in pairs of one scene with and without its opacities.
    """
    head, batch = model.classifier[0].weight, 16
    body = [p for p in model.parameters() if p is not head]
    rates = [2e-3, 1e-4]
    optimiser = torch.optim.AdamW([{"params": body}, {"params": [head]}], lr=rates[0], weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, rates, total_steps=epochs * (len(images) // batch), pct_start=0.2)
    for epoch in range(epochs):
        start, losses = time.time(), []
        model.train()
        order = torch.randperm(len(images) // 2, generator=generator)
        order = torch.stack([2 * order, 2 * order + 1], 1).flatten()
        for i in range(0, len(order) - batch + 1, batch):
            chosen = order[i:i + batch]
            logits = logit(model, model.resnet_blocks(augment(images[chosen], generator)))
            loss = F.binary_cross_entropy_with_logits(logits, labels[chosen].float())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            with torch.no_grad():
                head.lerp_(head.mean((2, 3), keepdim=True).expand_as(head), 0.02)
            align(model)
            losses.append(loss.item())
        note = check() if epoch % 3 == 2 else ""
        print(f"epoch {epoch + 1:2}  loss {np.mean(losses):.4f}  {time.time() - start:.0f} s  {note}", flush=True)


# ---- Measuring -----------------------------------------------------------------------------------------------------

def grad_cam(model, images):
    """Logits, and Grad-CAM at LAYER as `gradcam` computes it: enlarged by PIL's BICUBIC, clipped at zero."""
    with torch.no_grad():
        features = model.resnet_blocks(as_input(images))
    features.requires_grad_(True)
    logits = logit(model, features)
    gradient, = torch.autograd.grad(logits.sum(), features)
    maps = F.relu((gradient.mean((2, 3), keepdim=True) * features).mean(1)).detach().numpy()
    enlarged = [np.asarray(Image.fromarray(m).resize((SIZE, SIZE), Image.BICUBIC)).clip(0) for m in maps]
    return logits.detach().numpy(), np.stack(enlarged)


def localisation(maps, masks, chosen):
    """How well the chosen images' maps find their masks, and what chance gives; an empty map counts as a miss."""
    rows = []
    for heat, mask in zip(maps[chosen], masks[chosen]):
        total = heat.sum()
        hit, energy = (mask.flat[heat.argmax()], heat[mask].sum() / total) if total > 0 else (False, 0)
        rows.append((hit, energy, mask.mean()))
    hit, energy, area = np.array(rows, float).mean(0)
    return {"images": len(rows), "hottest_point_in_mask": hit, "energy_in_mask": energy, "chance": area}


def measure(model, images, masks, labels):
    """The figures on one split."""
    model.eval()
    parts = [grad_cam(model, images[i:i + 50]) for i in range(0, len(images), 50)]
    logits, maps = (np.concatenate(part) for part in zip(*parts))
    labels, masks, said = labels.numpy(), masks.numpy(), logits > 0
    return {
        "images": len(labels),
        "accuracy": float(np.mean(said == labels)),
        "sensitivity": float(said[labels == 1].mean()),
        "specificity": float(1 - said[labels == 0].mean()),
        "found": localisation(maps, masks, (labels == 1) & said),
        "all": localisation(maps, masks, labels == 1),
    }


# ---- Packing -------------------------------------------------------------------------------------------------------

def pack(arguments, build):
    """Writes the model file, the sample images with their masks, and the card."""
    out = arguments.out
    (build / "labels.txt").write_text("\n".join(LABELS) + "\n")
    subprocess.run([arguments.gradcam, "convert", build / "demo-xray.pth", "-o", out / "demo-xray.bin",
                    "--preprocess", "half", "--labels", build / "labels.txt", "--layer", LAYER], check=True)
    for folder in ("images", "masks"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    counts = [0, 0]
    for index in range(12):
        gray, mask, label = radiograph(arguments.seed, HELD_OUT, index)
        counts[label] += 1
        name = f"{LABELS[label]}-{counts[label]:02}"
        (out / "images" / f"{name}.jpg").write_bytes(as_jpeg(gray, index))
        if label:
            Image.fromarray(mask).save(out / "masks" / f"{name}.png", optimize=True)
    figures = json.loads((build / "figures.json").read_text())
    (out / "README.md").write_text(card(figures, out / "demo-xray.bin"))


def card(figures, model):
    """The model card."""
    row = lambda name, f: (f"| {name} | {f['images']} | {f['hottest_point_in_mask']:.1%} | {f['energy_in_mask']:.1%} "
                           f"| {f['chance']:.1%} |")
    return f"""# The demo model

`{model.name}` is the X-ray classifier (`xray-classifier:nc=3,nf=8`) trained on **drawings**. It tells synthetic chest
radiographs with one or two soft opacities in a lung from such without.

**It is for no medical use whatsoever.** No picture of any person went into it. Shown a real radiograph it answers
nonsense; it is here so that a newcomer sees the tool work, and so that maps can be held against known truth.

| | |
| --- | --- |
| made by | `Scripts/train_demo.py` (PyTorch, seed {figures['seed']}), in {figures['minutes']:.0f} minutes on two cores |
| training | {figures['training_images']} drawings, {figures['epochs']} epochs, labels only; the masks were not used |
| held out | {figures['images']} drawings of another random stream |
| labels | {', '.join(LABELS)} |
| input | 256×256: short side resized, centre cropped, mean and deviation 0.5 |
| layer | `{LAYER}`, a map of 8×8 cells |
| sha256 | `{hashlib.sha256(model.read_bytes()).hexdigest()}` |

The training departs from the usual in three ways, for the sake of maps that point at what they mean: the head's 8×8 kernel
starts alike at all positions and is drawn to its mean over them after each step; the stride-2 kernels are held to the 2×2
pixels that an output cell covers, and the shortcuts beside them start weak; and each batch holds the same scenes with and
without their opacities.

## Figures on the held-out drawings

Accuracy {figures['accuracy']:.1%} (sensitivity {figures['sensitivity']:.1%}, specificity {figures['specificity']:.1%}).

Where Grad-CAM at `{LAYER}` points, its map enlarged by bicubic interpolation and cut at zero; chance is the share
of the picture that the mask covers:

| drawings with opacities | number | hottest point in the mask | energy in the mask | chance, for both |
| --- | --- | --- | --- | --- |
{row('that the model finds', figures['found'])}
{row('all', figures['all'])}

An 8×8 map has cells of 32 pixels, larger than many of the masks; these figures are what such a map gives.

## Images

`images/` holds the first twelve held-out drawings as they came, right answers or wrong, and `masks/` the masks of their
opacities. `example.jpg` is the tool's `--panel` for one of them.

## Labels

`labels/imagenet-1k.txt` names ImageNet's 1,000 classes in the order that trained networks give them, a label a line, for
`--labels` and `gradcam convert --labels`. The list is torchvision's (BSD-3-Clause, © Soumith Chintala 2016).
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", nargs="?", choices=["all", "pack"], default="all")
    parser.add_argument("--gradcam", required=True, help="the built tool, which packs the model")
    parser.add_argument("--out", type=pathlib.Path, default=REPOSITORY / "models")
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "gradcam-demo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--held-out", type=int, default=1000)
    parser.add_argument("--epochs", type=int, default=12)
    arguments = parser.parse_args()
    arguments.build.mkdir(parents=True, exist_ok=True)
    if arguments.step == "all":
        learn(arguments)
    pack(arguments, arguments.build)


def learn(arguments):
    """Draws, trains, measures; leaves the weights and the figures in the build folder."""
    start = time.time()
    torch.manual_seed(arguments.seed)
    generator = torch.Generator().manual_seed(arguments.seed)
    images, _, labels = data_set(arguments.seed, TRAIN, arguments.images)
    validation = data_set(arguments.seed, VALIDATION, 200)
    model = XRayClassifier(3, 8)
    initialise(model)

    def check():
        figures = measure(model, *validation)
        return f"validation: accuracy {figures['accuracy']:.3f}, hottest point {figures['all']['hottest_point_in_mask']:.3f}"

    train(model, images, labels, arguments.epochs, generator, check)
    torch.save(model.state_dict(), arguments.build / "demo-xray.pth")
    figures = measure(model, *data_set(arguments.seed, HELD_OUT, arguments.held_out))
    figures |= {"seed": arguments.seed, "epochs": arguments.epochs, "training_images": arguments.images,
                "minutes": (time.time() - start) / 60}
    (arguments.build / "figures.json").write_text(json.dumps(figures, indent=1))
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
