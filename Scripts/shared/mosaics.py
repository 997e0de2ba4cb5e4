"""Photographs that come with scikit-image and scikit-learn, and mosaics of four of them.

The photographs: an astronaut (NASA, public domain), a cat and a cup (CC0), a rocket (SpaceX, public domain), a motorcycle (Middlebury
stereo data), a palace (danielbuechele, CC BY 2.0), a flower (vultilion, CC BY 2.0) and coins (Brooklyn Museum, no known restrictions).
"""

import functools
import importlib.util
import pathlib

import numpy as np
from PIL import Image

SIDE, CELL = 224, 112  # a picture, and a photograph in a mosaic: cells hold whole patches of 14 and 16 pixels
# By label: the package and the file, and the box of it that shows the thing (left, top, right, bottom, as shares).
PHOTOS = {
    "astronaut": ("skimage", "data/astronaut.png", (0.1, 0, 0.8, 0.9)),
    "cat": ("skimage", "data/chelsea.png", (0.15, 0, 0.8, 0.97)),
    "cup": ("skimage", "data/coffee.png", (0.15, 0, 0.85, 1)),
    "rocket": ("skimage", "data/rocket.jpg", (0.25, 0, 0.75, 0.95)),
    "motorcycle": ("skimage", "data/motorcycle_left.png", (0.1, 0.05, 0.9, 0.95)),
    "palace": ("sklearn", "datasets/images/china.jpg", (0.05, 0.1, 0.75, 0.9)),
    "flower": ("sklearn", "datasets/images/flower.jpg", (0.3, 0.1, 0.85, 0.8)),
    "coins": ("skimage", "data/coins.png", (0, 0, 1, 1)),
}


@functools.cache
def photo(label):
    """A package's file. The package itself is not imported: it need not be able to."""
    package, name, _ = PHOTOS[label]
    found = importlib.util.find_spec(package)
    if found is None:
        raise SystemExit(f"{package} is not installed: pip install --no-deps scikit-image scikit-learn")
    folder, *_ = found.submodule_search_locations
    return Image.open(pathlib.Path(folder) / name).convert("RGB")


def crop(rng, label, side):
    """A part of the photograph that shows most of the thing, a square of so many pixels, mirrored or not, brighter or darker."""
    image, box = photo(label), np.array(PHOTOS[label][2])
    size = box[2:] - box[:2]
    part = size * rng.uniform(0.75, 1)
    corner = box[:2] + (size - part) * rng.uniform(0, 1, 2)
    left, top, right, bottom = np.array([*corner, *(corner + part)]) * (*image.size, *image.size)
    pixels = np.asarray(image.resize((side, side), Image.BICUBIC, box=(left, top, right, bottom)), np.float32)
    pixels = pixels[:, ::rng.choice([-1, 1])] * rng.uniform(0.85, 1.15)
    return pixels.clip(0, 255).astype(np.uint8)


def mosaic(seed, index, labels):
    """Four crops, one of them of label `index` modulo their number: pixels, and by label the mask of its cell."""
    rng = np.random.default_rng([seed, index])
    first = index % len(labels)
    shown = [first, *rng.choice([i for i in range(len(labels)) if i != first], 3, replace=False)]
    pixels, cells = np.empty((SIDE, SIDE, 3), np.uint8), {}
    for number, label in zip(rng.permutation(4), shown):
        y, x = CELL * (number // 2), CELL * (number % 2)
        pixels[y:y + CELL, x:x + CELL] = crop(rng, labels[label], CELL)
        cells[labels[label]] = np.zeros((SIDE, SIDE), bool)
        cells[labels[label]][y:y + CELL, x:x + CELL] = True
    return pixels, cells
