"""Draws pictures of two things with patterns among plain ones on a soft, grainy ground; where each thing lies is known.

A thing's class is its pattern and its hue; place, size and outline are random and tell nothing. All else is pale.
"""

import colorsys
import time

import numpy as np
import torch
from PIL import Image

SIZE = 64
LABELS = ["bars", "rungs", "slants", "checks", "dots", "rings"]
THINGS, PLAIN = 2, 3                   # with a pattern and without, in each picture
RADIUS = (7.0, 12.0)                   # half of a thing's width and height, in pixels
TRAIN, HELD_OUT = 1, 2                 # splits, each with random streams of its own

Y, X = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) + 0.5


# ---- Drawing -------------------------------------------------------------------------------------------------------

def ground(rng):
    """Soft pale colours, and grain."""
    gray = rng.integers(50, 200, (5, 5, 1)) + rng.integers(-25, 26, (5, 5, 3))
    coarse = Image.fromarray(gray.astype(np.uint8))
    return np.asarray(coarse.resize((SIZE, SIZE), Image.BICUBIC), np.float32) + rng.normal(0, 8, (SIZE, SIZE, 3))


def outline(rng, centre, radii):
    """Where a thing lies: an ellipse or a rounded rectangle."""
    power = rng.choice([2, 6])
    return np.abs((Y - centre[0]) / radii[0]) ** power + np.abs((X - centre[1]) / radii[1]) ** power < 1


def wave(values, period, phase):
    return np.cos(2 * np.pi * values / period + phase)


def pattern(rng, label, centre):
    """-1 to 1 at each pixel."""
    period, (a, b) = rng.uniform(4.5, 6.5), rng.uniform(0, 2 * np.pi, 2)
    match LABELS[label]:
        case "bars":
            return wave(X, period, a)
        case "rungs":
            return wave(Y, period, a)
        case "slants":
            return wave(X + rng.choice([-1, 1]) * Y, period * np.sqrt(2), a)
        case "checks":
            return np.sign(wave(X, 1.4 * period, a) * wave(Y, 1.4 * period, b))
        case "dots":
            return np.where(wave(X, period, a) + wave(Y, period, b) > 0.8, 1.0, -1.0)
        case "rings":
            return wave(np.hypot(Y - centre[0], X - centre[1]), period, a)


def place(rng, taken):
    """Centre and radii of something whose box lies in the picture and, with a pixel around, off the boxes that are taken."""
    while True:
        radii = rng.uniform(*RADIUS, 2)
        centre = rng.uniform(radii, SIZE - radii)
        if all((np.abs(centre - other) > radii + size + 1).any() for other, size in taken):
            taken.append((centre, radii))
            return centre, radii


def colours(rng, label):
    """A dark and a bright colour of the class's hue, which varies by a quarter of the way to the next class's."""
    hue, saturation = (label + rng.uniform(-0.25, 0.25)) / len(LABELS), rng.uniform(0.4, 0.9)
    return [255 * np.array(colorsys.hsv_to_rgb(hue % 1, saturation, value)) for value in rng.uniform([0.25, 0.7], [0.45, 1])]


def picture(seed, split, index):
    """Draws picture `index` of a split: pixels (H × W × 3), and by the class of each thing its mask (H × W)."""
    rng = np.random.default_rng([seed, split, index])
    pixels, masks, taken = ground(rng), {}, []
    for label in rng.choice(len(LABELS), THINGS, replace=False):
        centre, radii = place(rng, taken)
        mask, (dark, bright) = outline(rng, centre, radii), colours(rng, label)
        share = (pattern(rng, label, centre)[..., None] + 1) / 2
        pixels[mask] = (dark + share * (bright - dark))[mask]
        masks[int(label)] = mask
    # Plain things may lie under things with a pattern, never over them.
    seen = ~np.logical_or.reduce(list(masks.values()))
    for _ in range(PLAIN):
        mask = outline(rng, *place(rng, [])) & seen
        pixels[mask] = rng.uniform(50, 205) + rng.uniform(-25, 25, 3)
    pixels += rng.normal(0, 6, pixels.shape)
    return pixels.clip(0, 255).astype(np.uint8), masks


# ---- Data sets -----------------------------------------------------------------------------------------------------

def data_set(seed, split, count):
    """`count` pictures (N × H × W × 3 bytes), and which classes each shows (N × classes, 0 or 1)."""
    start = time.time()
    images, labels = np.empty((count, SIZE, SIZE, 3), np.uint8), np.zeros((count, len(LABELS)), np.float32)
    for index in range(count):
        images[index], masks = picture(seed, split, index)
        labels[index, list(masks)] = 1
    print(f"drew {count} pictures in {time.time() - start:.0f} s", flush=True)
    return torch.from_numpy(images), torch.from_numpy(labels)
