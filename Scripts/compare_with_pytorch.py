#!/usr/bin/env python3
"""Compares a built gradcam with PyTorch: seeded models of every kind, saved in every way, on images of every kind.

    pip install -c Scripts/constraints.txt torch torchvision safetensors numpy pillow
    Scripts/compare_with_pytorch.py PATH/TO/gradcam [SECTION ...]      models, checkpoints, images; all unless some are named

Needs no network and no data. Prints a line a case and a count; exits with 1 where a number falls short of its tolerance.
"""

import argparse
import struct
import zlib

import numpy as np
import torch
from PIL import Image, ImageOps
from safetensors.torch import load_file, save_file

from shared.comparing import comparison, words
from shared.networks import HALF, IMAGENET, CIFARResNet, XRayClassifier, seeded
from shared.pictures import photo
from shared.running import run
from shared.vision import models, transforms


class Case:
    """A model with what it takes: how images are prepared for it, and the layers to look at, the last stage first."""

    def __init__(self, name, model, layers, resize, crop, norm, channels=3):
        self.name, self.model, self.layers = name, model, layers
        self.resize, self.crop, self.norm, self.channels = resize, crop, norm, channels

    def prepare(self, path):
        """The picture that the model sees, and the same as numbers."""
        if path.with_suffix(".npy").exists():
            return self.prepare_deep(np.load(path.with_suffix(".npy")))
        picture = upright(path).convert("L") if self.channels == 1 else upright(path)
        crop = transforms.CenterCrop(self.crop)(transforms.Resize(self.resize, antialias=True)(picture))
        x = transforms.Normalize(*self.norm)(transforms.ToTensor()(crop))[None]
        return np.asarray(crop).reshape(self.crop, self.crop, -1), x

    def prepare_deep(self, samples):
        """The same of 16-bit samples, height width channels: they keep their bits through Pillow's mode F. The picture is in
        levels that are not whole."""
        levels = samples.reshape(*samples.shape[:2], -1) / 65535 * 255
        if self.channels == 1 and levels.shape[2] == 3:
            levels = levels @ np.array([19595, 38470, 7471])[:, None] / 65536
        planes = [Image.fromarray(plane.astype(np.float32), mode="F") for plane in np.moveaxis(levels, -1, 0)]
        crops = [np.asarray(transforms.CenterCrop(self.crop)(transforms.Resize(self.resize)(plane))) for plane in planes]
        x = torch.from_numpy(np.stack(crops * (self.channels if len(crops) == 1 else 1))) / 255
        return (x * 255).numpy().transpose(1, 2, 0), transforms.Normalize(*self.norm)(x)[None]


def upright(path):
    picture = Image.open(path)
    return ImageOps.exif_transpose(picture).convert("RGB")


def xray(nc, nf):
    model = seeded(lambda: XRayClassifier(nc, nf), nc + nf)
    layers = [f"resnet_blocks.{index}" for index in (4, 2, 0)]
    return Case(f"xray nc={nc} nf={nf}", model, layers, 256, 256, HALF, nc)


def cifar(depth, classes):
    model = seeded(lambda: CIFARResNet(16, classes, (depth - 2) // 6), depth)
    return Case(f"cifar-resnet{depth} of {classes}", model, ["layer3", "layer2", "layer1"], 32, 32, IMAGENET)


def resnet(depth, classes):
    model = seeded(lambda: getattr(models, f"resnet{depth}")(weights=None, num_classes=classes), depth)
    return Case(f"resnet{depth} of {classes}", model, ["layer4", "layer3.0", "layer1"], 256, 224, IMAGENET)


# ----------------------------------------------------------------------------------------------------------------------
# what PyTorch says


def pytorch(case, x, path):
    """Output, activations, gradients of the top class's logit, and the map, at one layer."""
    seen = {}
    head = case.model.classifier[0] if hasattr(case.model, "classifier") else list(case.model.children())[-1]
    layer = case.model.get_submodule(path)
    handles = [layer.register_forward_hook(lambda module, inputs, output: seen.update(activations=output)),
               head.register_forward_hook(lambda module, inputs, output: seen.update(logits=output.flatten()))]
    output = case.model(x)
    logits = seen["logits"]
    gradients, = torch.autograd.grad(logits[int(logits.argmax())], seen["activations"])
    for handle in handles:
        handle.remove()
    cam = (gradients.mean(dim=(2, 3), keepdim=True) * seen["activations"]).sum(1).clamp(min=0)[0]
    heatmap = cam / cam.max() if cam.max() > 0 else cam
    found = dict(input=x, output=output, activations=seen["activations"], gradients=gradients, cam=cam, heatmap=heatmap)
    return {key: value.detach().double().numpy() for key, value in found.items()}


# ----------------------------------------------------------------------------------------------------------------------
# comparing


def explain(comparison, what, case, weights, image, layer):
    """One run of the tool against PyTorch."""
    dump = comparison.folder / "dump"
    dump.unlink(missing_ok=True)

    def compared():
        run([comparison.tool, "explain", image, "-w", weights, "-l", layer, "--dump", dump,
             "-o", comparison.folder / "overlay.png", "--quiet"], timeout=300)
        crop, x = case.prepare(image)
        return differences(case, layer, load_file(dump), pytorch(case, x, layer), crop)

    comparison.case(what, compared)


def differences(case, layer, found, expected, crop):
    """The worst share of a tolerance as a text, and what is over its own."""
    problems = crop_problems(case, found["input"].numpy(), crop)
    worst, flipped = 0, ""
    for key, tolerance in tolerances(case, layer).items():
        error, spread = distances(found[key].double().numpy(), expected[key])
        worst = max(worst, error / tolerance)
        if error <= tolerance:
            continue
        deep = layer != case.layers[0] and key in ("cam", "heatmap")
        if deep and spread <= tolerance and error <= 10 * tolerance:
            flipped = ", in single cells: a ReLU near zero flipped"
        else:
            problems.append(f"{key} off by {error:.1e}, over {tolerance:.0e}")
    return f"{worst:.0%} of the tolerance{flipped}", problems


def tolerances(case, layer):
    """Below the last stage, one flip of a ReLU near zero moves single gradients by percents, in PyTorch's float32
    against its float64 too: there, maps are compared, and where single cells are off, their root mean square."""
    tolerances = dict(input=1e-6, output=1e-4, activations=1e-4)
    if layer == case.layers[0]:
        return tolerances | dict(gradients=1e-4, cam=1e-4, heatmap=1e-4)
    return tolerances | dict(cam=1e-3, heatmap=1e-3)


def crop_problems(case, x, crop):
    mean, std = (np.array(values).reshape(1, -1, 1, 1) for values in case.norm)
    levels = ((x * std + mean) * 255)[0].transpose(1, 2, 0)
    if crop.dtype == np.uint8:
        levels, tolerance = np.rint(levels), 0
    else:
        tolerance = 255e-6
    different = int((np.abs(levels - crop) > tolerance).sum()) if levels.shape == crop.shape else -1
    return [f"{different} samples of the crop differ"] if different else []


def distances(found, expected):
    """The worst and the root mean square difference, as shares of the largest expected magnitude."""
    if found.shape != expected.shape:
        return float("inf"), float("inf")
    differences = np.abs(found - expected) / (np.abs(expected).max() or 1)
    return float(differences.max()), float(np.sqrt((differences**2).mean()))


# ----------------------------------------------------------------------------------------------------------------------
# every architecture


def all_models(comparison):
    makes = [lambda nc=nc, nf=nf: xray(nc, nf) for nc in (1, 3) for nf in (2, 8, 16)]
    makes += [lambda d=d, c=c: cifar(d, c) for d, c in ((8, 10), (20, 100), (32, 2), (44, 7))]
    makes += [lambda d=d, c=c: resnet(d, c) for d, c in ((18, 1000), (34, 2), (50, 10), (101, 37), (152, 1000))]
    image = comparison.folder / "photo.jpg"
    photo(500, 375, 1).save(image, quality=92)
    for index, make in enumerate(makes):
        case = make()
        weights = comparison.folder / "weights"
        ways = list(WAYS.values())
        ways[index % len(ways)](case.model.state_dict(), weights)
        for layer in case.layers:
            explain(comparison, f"{case.name} at {layer}", case, weights, image, layer)
        weights.unlink()


# ----------------------------------------------------------------------------------------------------------------------
# every form of a checkpoint


def cast(weights, kind):
    return {name: value.to(kind) if value.is_floating_point() else value for name, value in weights.items()}


def training(weights):
    """What a training script saves beside the weights."""
    layer = torch.nn.Linear(2, 2)
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    return {"epoch": 3, "args": argparse.Namespace(lr=0.1, sizes=[1, 2]), "best": np.float64(0.9),
            "optimizer": optimizer.state_dict(), "state_dict": weights}


def legacy(weights, path):
    torch.save(weights, path, _use_new_zipfile_serialization=False)


WAYS = {
    "zip": torch.save,
    "legacy": legacy,
    "safetensors": lambda weights, path: save_file({k: v.contiguous() for k, v in weights.items()}, path),
    **{f"zip, protocol {n}": lambda weights, path, n=n: torch.save(weights, path, pickle_protocol=n)
       for n in (2, 3, 4, 5)},
    **{f"legacy, protocol {n}": lambda weights, path, n=n: torch.save(
        weights, path, pickle_protocol=n, _use_new_zipfile_serialization=False) for n in (2, 3, 4, 5)},
    **{f"under {key}": lambda weights, path, key=key: torch.save({"epoch": 1, key: weights}, path)
       for key in ("state_dict", "model_state_dict", "model", "net")},
    **{f"prefix {prefix}": lambda weights, path, prefix=prefix: torch.save(
        {prefix + name: value for name, value in weights.items()}, path)
       for prefix in ("module.", "model.", "module.model.")},
    "training state": lambda weights, path: torch.save(training(weights), path),
    "legacy training state": lambda weights, path: legacy(training(weights), path),
}

KINDS = {"half": torch.float16, "bfloat16": torch.bfloat16, "float64": torch.float64}


def checkpoints(comparison):
    image = comparison.folder / "photo.jpg"
    photo(300, 400, 2).save(image, quality=92)
    for case in (xray(3, 2), cifar(8, 10)):
        weights = comparison.folder / "weights"
        for name, save in WAYS.items():
            save(case.model.state_dict(), weights)
            explain(comparison, f"{case.name}, {name}", case, weights, image, case.layers[0])
        for name, kind in KINDS.items():
            narrow = cast(case.model.state_dict(), kind)
            case.model.load_state_dict(cast(narrow, torch.float32))
            for way in ("zip", "legacy", "safetensors"):
                WAYS[way](narrow, weights)
                explain(comparison, f"{case.name}, {name}, {way}", case, weights, image, case.layers[0])
                converted = comparison.folder / "w.bin"
                run([comparison.tool, "convert", weights, "-o", converted, "--quiet"])
                explain(comparison, f"{case.name}, {name}, {way}, converted", case, converted, image, case.layers[0])


# ----------------------------------------------------------------------------------------------------------------------
# every kind of image


def rotated(picture, path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture.save(path, exif=exif)


def deep_color(picture, path):
    """A 16-bit RGB PNG, which Pillow does not write."""
    samples = np.asarray(picture).astype(">u2") * 257 ^ 0x5A
    np.save(path.with_suffix(".npy"), samples.astype(np.uint16))
    rows = b"".join(b"\0" + row.tobytes() for row in samples.astype(">u2"))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 16, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)


def deep_gray(path):
    samples = np.random.default_rng(12).integers(0, 65536, (270, 310), dtype=np.uint16)
    np.save(path.with_suffix(".npy"), samples)
    Image.fromarray(samples).save(path)


def transparent(picture):
    picture = picture.convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return picture


IMAGES = {
    "colour photograph": ("a.jpg", lambda path: photo(640, 480, 3).save(path, quality=90)),
    "portrait, 4:4:4": ("b.jpg", lambda path: photo(451, 700, 4).save(path, quality=95, subsampling=0)),
    "4:2:2": ("c.jpg", lambda path: photo(333, 301, 5).save(path, quality=80, subsampling=1)),
    "gray JPEG": ("d.jpg", lambda path: photo(1000, 900, 6).convert("L").save(path, quality=90)),
    "2400 pixels": ("e.jpg", lambda path: photo(2400, 1800, 7).save(path, quality=85)),
    "progressive, 2400 pixels": ("f.jpg", lambda path: photo(1601, 2400, 8).save(path, quality=85, progressive=True)),
    "CMYK": ("g.jpg", lambda path: photo(400, 300, 9).convert("CMYK").save(path, quality=90)),
    "progressive CMYK": ("h.jpg", lambda path: photo(401, 303, 10).convert("CMYK").save(path, progressive=True)),
    **{f"EXIF orientation {n}": (f"i{n}.jpg", lambda path, n=n: rotated(photo(320, 200, 11), path, n))
       for n in range(2, 9)},
    "16-bit gray PNG": ("j.png", deep_gray),
    "16-bit RGB PNG": ("k.png", lambda path: deep_color(photo(280, 290, 13), path)),
    "palette PNG": ("l.png", lambda path: photo(300, 260, 14).convert("P", palette=Image.Palette.ADAPTIVE).save(path)),
    "palette PNG with transparency": (
        "m.png", lambda path: photo(300, 260, 15).quantize(16).save(path, transparency=3)),
    "RGBA PNG": ("n.png", lambda path: transparent(photo(256, 256, 16)).save(path)),
    "gray PNG with alpha": ("o.png", lambda path: transparent(photo(300, 257, 17)).convert("LA").save(path)),
    "1-bit PNG": ("p.png", lambda path: photo(299, 300, 18).convert("1").save(path)),
    "one pixel": ("q.png", lambda path: photo(1, 1, 19).save(path)),
    "3×517": ("r.png", lambda path: photo(3, 517, 20).save(path)),
    "257×255": ("s.jpg", lambda path: photo(257, 255, 21).save(path)),
    "225×4001": ("t.png", lambda path: photo(4001, 225, 22).save(path)),
    "31×33": ("u.jpg", lambda path: photo(31, 33, 23).save(path, quality=99)),
}


def images(comparison):
    cases = [xray(3, 2), xray(1, 2), cifar(8, 10), resnet(18, 5)]
    for index, case in enumerate(cases):
        torch.save(case.model.state_dict(), comparison.folder / f"weights{index}")
    for name, (file, make) in IMAGES.items():
        path = comparison.folder / file
        make(path)
        for index, case in enumerate(cases):
            weights = comparison.folder / f"weights{index}"
            explain(comparison, f"{name} ({file}) for {case.name}", case, weights, path, case.layers[0])


# ----------------------------------------------------------------------------------------------------------------------

SECTIONS = {"models": all_models, "checkpoints": checkpoints, "images": images}


def main():
    tool, names = words(__doc__, "SECTION", SECTIONS)
    with comparison(tool) as made:
        for name in names:
            SECTIONS[name](made)


if __name__ == "__main__":
    main()
