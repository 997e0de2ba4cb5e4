#!/usr/bin/env python3
"""Makes the demo model: draws synthetic chest radiographs, trains the X-ray classifier on them, measures, packs.

    pip install torch numpy pillow
    Scripts/train_demo.py --gradcam .build/release/gradcam          # everything, under an hour on two cores
    Scripts/train_demo.py pack --gradcam .build/release/gradcam     # only pack and describe what was trained before

Everything is drawn from numbers: no picture of any person is used, and the model is for no medical use.
Only the labels (normal, opacity) train the model; the masks serve to measure where Grad-CAM points.
"""
import argparse, hashlib, io, json, pathlib, subprocess, tempfile, time
from multiprocessing import Pool

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFilter

SIZE = 256            # what the model sees: short side resized, centre cropped
CANVAS = 320          # short side of the drawing, before it is enlarged to the radiograph's own size
MASK_LEVEL = 0.35     # an opacity's mask: where it exceeds this share of its own peak
JPEG_QUALITY = 88
TRAIN, VALIDATION, HELD_OUT = 1, 2, 3  # splits, each with random streams of its own
LABELS = ["normal", "opacity"]
LAYER = "resnet_blocks.4"


# ---- Drawing -------------------------------------------------------------------------------------------------------

def step(distance, width):
    """A soft step from 0 to 1 over `width`, centred where `distance` is 0."""
    t = np.clip(distance / width + 0.5, 0, 1)
    return t * t * (3 - 2 * t)


def smooth_field(rng, shape, cells):
    """Smooth random variation of about unit size: `cells` × `cells` random numbers, enlarged."""
    coarse = Image.fromarray(rng.standard_normal((cells, cells), dtype=np.float32))
    return np.asarray(coarse.resize(shape[::-1], Image.BICUBIC))


def pose(rng, shape):
    """Body coordinates (u to the viewer's right, v down, the short side spans -1 to 1) under random size, shift, tilt."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    scale = min(shape) / 2 * rng.uniform(0.86, 1.08)
    x = (x - width / 2) / scale - rng.uniform(-0.07, 0.07)
    y = (y - height / 2) / scale - rng.uniform(-0.07, 0.07)
    angle = np.radians(rng.uniform(-6, 6))
    u, v = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    stretch = rng.uniform(0.92, 1.08)
    u, v = u * stretch, v / stretch
    return u + 0.012 * smooth_field(rng, shape, 5), v + 0.012 * smooth_field(rng, shape, 5)


def lung_fields(rng, u, v):
    """Soft masks: the rib cage, both lungs, the heart, what lies below the diaphragm."""
    side = np.abs(u)
    widest, top, half = rng.uniform(0.45, 0.65), rng.uniform(-0.9, -0.8), rng.uniform(0.74, 0.84)
    rise = np.clip((widest - v) / (widest - top), 0, 1)
    cage = step(half * np.sqrt(1 - rise ** rng.uniform(2.2, 2.8)) - side, 0.05)
    inner = rng.uniform(0.11, 0.15) + 0.9 * np.clip(-0.4 - v, 0, 1) ** 2 + 0.05 * np.exp(-((v + 0.3) / 0.12) ** 2) * (u > 0)
    low_right, low_left = rng.uniform(0.5, 0.62), rng.uniform(0.54, 0.68)
    dome = np.where(u < 0, low_right, low_left) + rng.uniform(0.8, 1.3) * (side - 0.36) ** 2
    below = step(v - dome, 0.035)
    hx, hy = rng.uniform(0.13, 0.19), rng.uniform(0.28, 0.4)
    rx, ry, lean = rng.uniform(0.28, 0.38), rng.uniform(0.3, 0.4), rng.uniform(0.3, 0.9)
    du, dv = u - hx - lean * (v - hy) * 0.5, v - hy
    heart = step(1 - np.sqrt((du / rx) ** 2 + (dv / ry) ** 2), 0.22)
    lungs = cage * step(side - inner, 0.05) * (1 - below)
    return cage, lungs, heart, below


def bones(rng, u, v, cage, below):
    """Ribs (two families of arcs, each drawn at once as a periodic profile), clavicles, spine."""
    side, spacing = np.abs(u), rng.uniform(0.155, 0.19)
    def arcs(curve, thickness):
        phase = np.abs((((v - curve) / spacing + rng.uniform()) % 1) - 0.5) * spacing
        body = step(thickness - phase, 0.02)
        return body * (0.7 + 0.5 * np.clip(phase / thickness, 0, 1) ** 2)
    back = arcs(rng.uniform(0.5, 0.7) * side ** 2 - rng.uniform(0.2, 0.3) * side, rng.uniform(0.032, 0.042))
    front = arcs(-rng.uniform(0.55, 0.75) * side - 0.25 * side ** 2, rng.uniform(0.036, 0.046))
    inside = cage * step(side - 0.1, 0.06) * (1 - 0.75 * below)
    ribs = inside * (back * rng.uniform(0.075, 0.12) + front * step(side - 0.35, 0.3) * rng.uniform(0.025, 0.055))
    height = rng.uniform(-0.72, -0.62) - 0.28 * (side - 0.1) + 0.25 * (side - 0.4) ** 2
    collar = step(0.034 - np.abs(v - height), 0.03) * step(side - 0.09, 0.06) * step(0.8 - side, 0.1)
    discs = 0.8 + 0.2 * np.cos(2 * np.pi * v / rng.uniform(0.14, 0.18))
    spine = step(rng.uniform(0.08, 0.1) - side, 0.07) * discs
    return ribs + collar * rng.uniform(0.08, 0.14) + spine * rng.uniform(0.05, 0.1)


def vessels(rng, u, v, shape):
    """Branching lines that leave both hila and thin out, with the hila themselves."""
    canvas = Image.new("L", shape[::-1])
    draw, shade = ImageDraw.Draw(canvas), 0
    for sign in (-1, 1):
        hu, hv = sign * rng.uniform(0.17, 0.23), rng.uniform(-0.1, 0.02)
        shade = shade + np.exp(-((u - hu) / 0.07) ** 2 - ((v - hv) / 0.13) ** 2)
        y, x = np.unravel_index(np.argmin((u - hu) ** 2 + (v - hv) ** 2), shape)
        for _ in range(16):
            heading, px, py = rng.uniform(-1.5, 1.5) + (np.pi if sign < 0 else 0), float(x), float(y)
            for width in (4, 3, 3, 2, 2, 1, 1):
                heading += rng.normal(0, 0.25)
                length = rng.uniform(8, 17)
                qx, qy = px + length * np.cos(heading), py + length * np.sin(heading)
                draw.line((px, py, qx, qy), fill=60 + 45 * width, width=width)
                px, py = qx, qy
    lines = np.asarray(canvas.filter(ImageFilter.GaussianBlur(1.2)), np.float32) / 255
    return lines * rng.uniform(0.05, 0.1) + shade * rng.uniform(0.06, 0.12)


def opacities(rng, u, v, lungs):
    """One or two irregular soft blobs inside the lungs, and the mask of where each exceeds MASK_LEVEL of its peak."""
    height, width = lungs.shape
    inset = min(lungs.shape) // 2 * 0.9
    rows, columns = np.ogrid[0:height, 0:width]
    square = (np.abs(rows - height / 2) < inset) & (np.abs(columns - width / 2) < inset)
    spots = np.flatnonzero((lungs > 0.8) & square)
    total, mask = np.zeros_like(lungs), np.zeros(lungs.shape, bool)
    for _ in range(rng.integers(1, 3)):
        y, x = np.unravel_index(rng.choice(spots), lungs.shape)
        radius, blob = rng.uniform(0.16, 0.27), 0
        for part in range(rng.integers(4, 8)):
            du, dv = (0, 0) if part == 0 else rng.normal(0, 0.55 * radius, 2)
            ru, rv = radius * rng.uniform(0.4, 0.8, 2)
            blob = blob + np.exp(-((u - u[y, x] - du) / ru) ** 2 - ((v - v[y, x] - dv) / rv) ** 2)
        blob = blob * lungs
        blob = blob / blob.max()
        mask |= blob > MASK_LEVEL
        total += blob * rng.uniform(0.24, 0.45)
    return total, mask


def anatomy(rng, rng_opacity, shape, with_opacity):
    """Attenuation (air 0, bone about 1) on a canvas, and the mask of the opacities."""
    u, v = pose(rng, shape)
    side = np.abs(u)
    cage, lungs, heart, below = lung_fields(rng, u, v)
    shoulder = 0.97 + 0.35 * step(-0.45 - v, 0.5) - 1.05 * step(-0.93 - v, 0.25)
    tissue = step(shoulder + rng.uniform(-0.05, 0.08) - side, 0.1)
    air = lungs * (1 - 0.92 * heart) * (rng.uniform(0.36, 0.44) + 0.05 * v)
    attenuation = tissue * (0.56 + 0.02 * smooth_field(rng, shape, 7)) - air
    attenuation += 0.12 * tissue * step(0.22 - side, 0.5) + 0.1 * below * tissue + bones(rng, u, v, cage, below)
    bubble = np.exp(-((u - 0.4) / 0.14) ** 2 - ((v - rng.uniform(0.75, 0.85)) / 0.07) ** 2)
    attenuation -= rng.uniform(0, 0.25) * bubble * below
    breast = np.exp(-((side - 0.45) / 0.28) ** 2 - ((v - 0.45) / 0.25) ** 2)
    attenuation += rng.uniform(0, 0.07) * breast
    attenuation += lungs * (vessels(rng, u, v, shape) + 0.012 * smooth_field(rng, shape, 40) + 0.015 * smooth_field(rng, shape, 12))
    mask = np.zeros(shape, bool)
    if with_opacity:
        shadow, mask = opacities(rng_opacity, u, v, lungs)
        attenuation += shadow
    return attenuation, mask


def radiograph(seed, split, index):
    """Draws image `index` of a split: (gray pixels, mask, label). Odd indices have opacities.

    Opacities come from a random stream of their own, so that nothing else of the picture depends on the label.
    """
    scene = index // 2 if split == TRAIN else index
    rng, rng_opacity = (np.random.default_rng([seed, split, scene, stream]) for stream in (0, 1))
    width = int(rng.integers(420, 901))
    height = int(width * rng.uniform(0.85, 1.2))
    factor = CANVAS / min(width, height)
    shape = (round(height * factor), round(width * factor))
    attenuation, mask = anatomy(rng, rng_opacity, shape, index % 2 == 1)
    enlarged = np.asarray(Image.fromarray(attenuation.astype(np.float32)).resize((width, height), Image.BICUBIC))
    y, x = np.ogrid[-1:1:height * 1j, -1:1:width * 1j]
    vignette = 1 - rng.uniform(0, 0.25) * ((x - rng.uniform(-0.2, 0.2)) ** 2 + (y - rng.uniform(-0.2, 0.2)) ** 2) / 2
    tone = np.clip(enlarged + 0.06, 0, 1.2) ** rng.uniform(0.75, 1.35) * rng.uniform(0.85, 1.15) * vignette
    grain = rng.standard_normal((int(height / 1.4), int(width / 1.4)), dtype=np.float32) * rng.uniform(0.006, 0.03)
    grain = np.asarray(Image.fromarray(grain).resize((width, height), Image.BILINEAR))
    gray = np.clip((tone + grain * (1.3 - np.clip(tone, 0, 1)) + rng.uniform(0, 0.05)) * 235, 0, 255).astype(np.uint8)
    mask = np.asarray(Image.fromarray(mask).resize((width, height), Image.NEAREST))
    return gray, mask, index % 2


# ---- Data sets -----------------------------------------------------------------------------------------------------

def as_jpeg(gray, index):
    """The radiograph as a JPEG file's bytes; every third one is stored as RGB."""
    stored, data = Image.fromarray(gray), io.BytesIO()
    (stored.convert("RGB") if index % 3 == 0 else stored).save(data, "JPEG", quality=JPEG_QUALITY)
    return data.getvalue()


def resize_and_crop(image, filter):
    """Short side to SIZE (the other truncated), then the centre: torchvision's Resize and CenterCrop."""
    width, height = image.size
    short = min(width, height)
    image = image.resize((int(SIZE * width / short), int(SIZE * height / short)), filter)
    left, top = round((image.width - SIZE) / 2), round((image.height - SIZE) / 2)
    return np.asarray(image.crop((left, top, left + SIZE, top + SIZE)))


def example(key):
    """(seed, split, index) to what the model sees: gray pixels (the three channels are equal), mask, label."""
    gray, mask, label = radiograph(*key)
    decoded = Image.open(io.BytesIO(as_jpeg(gray, key[2]))).convert("L")
    return resize_and_crop(decoded, Image.BILINEAR), resize_and_crop(Image.fromarray(mask), Image.NEAREST), label


def data_set(seed, split, count):
    """`count` images, masks and labels of a split, drawn by two processes."""
    start = time.time()
    with Pool(2) as pool:
        images, masks, labels = zip(*pool.imap(example, [(seed, split, i) for i in range(count)], chunksize=16))
    print(f"drew {count} radiographs in {time.time() - start:.0f} s", flush=True)
    return torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(masks)), torch.tensor(labels)


def as_input(images):
    """Bytes to the model's input: three equal channels, divided by 255, mean 0.5, deviation 0.5."""
    return ((images.float() / 255 - 0.5) / 0.5)[:, None].expand(-1, 3, -1, -1).contiguous()


# ---- Model and training --------------------------------------------------------------------------------------------

class ResNetBlock(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(cout)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        self.shortcut = nn.Sequential()
        if stride != 1 or cin != cout:
            self.shortcut = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(out)) + self.shortcut(x))


class XRayClassifier(nn.Module):
    def __init__(self, nc=3, nf=8):
        super().__init__()
        widths = [nc] + [nf * 2**i for i in range(5)]
        self.resnet_blocks = nn.Sequential(*[ResNetBlock(widths[i], widths[i + 1], 2) for i in range(5)])
        self.classifier = nn.Sequential(nn.Conv2d(widths[5], 1, 8, 1, 0, bias=False), nn.Dropout(0.2), nn.Sigmoid())

    def forward(self, x):
        return self.classifier(self.resnet_blocks(x))

    def logit(self, features):
        """The answer before the sigmoid, one number an image."""
        return self.classifier[1](self.classifier[0](features)).flatten()


def initialise(model):
    """Starts the head alike at all 64 positions, and the stride-2 kernels on the 2×2 pixels that an output cell covers.

    A kernel centred on pixel 2i would shift the map by half a cell at every block, up and to the left.
    """
    with torch.no_grad():
        head = model.classifier[0].weight
        head.copy_(torch.randn_like(head[:, :, :1, :1]) * 0.003)
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
            logits = model.logit(model.resnet_blocks(augment(images[chosen], generator)))
            loss = F.binary_cross_entropy_with_logits(logits, labels[chosen].float())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            with torch.no_grad():
                head.lerp_(head.mean((2, 3), keepdim=True).expand_as(head), 0.02)
            losses.append(loss.item())
        note = check() if epoch % 3 == 2 else ""
        print(f"epoch {epoch + 1:2}  loss {np.mean(losses):.4f}  {time.time() - start:.0f} s  {note}", flush=True)


# ---- Measuring -----------------------------------------------------------------------------------------------------

def grad_cam(model, images):
    """Logits, and Grad-CAM at LAYER as `gradcam` computes it: enlarged by PIL's BICUBIC, clipped at zero."""
    with torch.no_grad():
        features = model.resnet_blocks(as_input(images))
    features.requires_grad_(True)
    logits = model.logit(features)
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
starts alike at all positions and is drawn to its mean over them after each step; the stride-2 kernels start on the 2×2
pixels that an output cell covers; and each batch holds the same scenes with and without their opacities.

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
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", nargs="?", choices=["all", "pack"], default="all")
    parser.add_argument("--gradcam", required=True, help="the built tool, which packs the model")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent / "models")
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "gradcam-demo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--images", type=int, default=4000)
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
    model = XRayClassifier()
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
