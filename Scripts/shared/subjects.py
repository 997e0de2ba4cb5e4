"""Models, with pictures in which it is known where each class lies: what `measure_methods.py` asks methods about."""

import dataclasses
import itertools
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
    """`options` choose the model; `layers` follow `-l` where a method needs a choice of its own, None stands for all others."""

    options: list
    layers: dict
    cases: list


def xray(_, folder, count):
    """The demo model, and radiographs of the held-out stream whose opacity lies in the model's crop."""
    cases, index = [], 1
    while len(cases) < count:
        gray, mask, _ = radiographs.radiograph(1, radiographs.HELD_OUT, index)
        mask = radiographs.resize_and_crop(Image.fromarray(mask), Image.NEAREST) > 0
        if mask.any():
            path = folder / f"{index:05}.jpg"
            path.write_bytes(radiographs.as_jpeg(gray, index))
            cases.append(Case(path, "opacity", mask))
        index += 2
    return Subject(["-w", DEMO], {None: "resnet_blocks.4", "refinecam": "resnet_blocks.3,resnet_blocks.4"}, cases)


def vit(trained, folder, count):
    """What train_vit.py left, and pictures of the held-out stream behind those that it measured; one of their things is asked for."""
    cases, places = [], {}
    for index in range(10_000, 10_000 + count):
        pixels, masks = textures.picture(1, textures.HELD_OUT, index)
        (target, mask), (_, other) = masks.items()
        path = placed(places, folder, textures.LABELS[target], f"{index}.png")
        Image.fromarray(pixels).save(path)
        cases.append(Case(path, textures.LABELS[target], mask, other))
    options = ["-w", trained / "vit.onnx", "--labels", trained / "labels.txt", "--preprocess", "half,resize=64,crop=none",
               "--activation", "sigmoid"]
    # Every patch's way to the answer ends at another place for each pooling.
    pooling = json.loads((trained / "figures.json").read_text())["pooling"]
    several = {"token": "blocks.2.norm1,blocks.3.norm1", "mean": "blocks.2,blocks.3"}[pooling]
    return Subject(options, {"refinecam": several}, cases)


def photos(trained, folder, count):
    """What train_head.py left, and mosaics of four photographs, one of which is asked for."""
    cases, places = [], {}
    labels = (trained / "labels.txt").read_text().split()
    for index in range(count):
        pixels, cells = mosaics.mosaic(1, index, labels)
        target = labels[index % len(labels)]
        path = placed(places, folder, target, f"{index:05}.png")
        Image.fromarray(pixels).save(path)
        cases.append(Case(path, target, cells[target], ~cells[target]))
    return Subject(photos_options(trained), {}, cases)


def photos_options(trained):
    """How what train_head.py left is asked."""
    return ["-w", trained / "photos.onnx", "--labels", trained / "labels.txt", "--preprocess", "imagenet,resize=224,crop=none",
            "--activation", "sigmoid"]


def placed(places, folder, target, name):
    """A path in the folder of the pictures that are asked for one class."""
    if target not in places:
        places[target] = folder / target
        places[target].mkdir()
    return places[target] / name


def by_target(cases):
    """Cases that one run explains, by the class asked for."""
    key = lambda case: case.target  # noqa: E731
    return [(target, list(group)) for target, group in itertools.groupby(sorted(cases, key=key), key)]


SUBJECTS = {"xray": xray, "vit": vit, "photos": photos}
