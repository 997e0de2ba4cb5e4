"""Models, with pictures in which it is known where each class lies: what `draw_cases.py` draws."""

import dataclasses
import json
import pathlib

import numpy as np
from PIL import Image

from shared import mosaics, radiographs, textures
from shared.running import DEMO


@dataclasses.dataclass
class Case:
    """A picture's file, the class that is asked for, where it lies, and where the picture shows other classes (or None)."""

    path: pathlib.Path
    target: str
    mask: np.ndarray
    others: np.ndarray | None = None


@dataclasses.dataclass
class Subject:
    """`options` choose the model, and whatever else its pictures ask of the tool."""

    options: list
    cases: list


def xray(_, folder, count):
    """The demo model, and radiographs of the held-out stream whose opacity lies in the model's crop."""
    cases, index = [], 1
    while len(cases) < count:
        gray, mask, _ = radiographs.radiograph(1, radiographs.HELD_OUT, index)
        if (radiographs.resize_and_crop(Image.fromarray(mask), Image.NEAREST) > 0).any():
            path = folder / f"{index:05}.jpg"
            path.write_bytes(radiographs.as_jpeg(gray, index))
            cases.append(Case(path, "opacity", mask > 0))
        index += 2
    return Subject(["-w", DEMO], cases)


def vit(trained, folder, count):
    """What train_vit.py left, and pictures of the held-out stream behind those that it measured; one of their things is asked for."""
    cases = []
    for index in range(10_000, 10_000 + count):
        pixels, masks = textures.picture(1, textures.HELD_OUT, index)
        (target, mask), (_, other) = masks.items()
        path = folder / f"{index}.png"
        Image.fromarray(pixels).save(path)
        cases.append(Case(path, textures.LABELS[target], mask, other))
    options = ["-w", trained / "vit.onnx", "--labels", trained / "labels.txt", "--preprocess", "half,resize=64,crop=none",
               "--activation", "sigmoid"]
    return Subject(options, cases)


def photos(trained, folder, count):
    """What train_head.py left, and mosaics of four photographs, one of which is asked for."""
    cases = []
    labels = (trained / "labels.txt").read_text().split()
    for index in range(count):
        pixels, cells = mosaics.mosaic(1, index, labels)
        target = labels[index % len(labels)]
        path = folder / f"{index:05}.png"
        Image.fromarray(pixels).save(path)
        cases.append(Case(path, target, cells[target], ~cells[target]))
    return Subject(photos_options(trained), cases)


def photos_options(trained):
    """How what train_head.py left is asked."""
    return ["-w", trained / "photos.onnx", "--labels", trained / "labels.txt", "--preprocess", "imagenet,resize=224,crop=none",
            "--activation", "sigmoid"]


SUBJECTS = {"xray": xray, "vit": vit, "photos": photos}
