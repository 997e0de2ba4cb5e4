"""How well a map finds what a mask covers."""

import numpy as np
from PIL import Image


def localise(values, mask):
    """Whether the hottest pixel lies in the mask (pointing game), and which share of the map's sum does (energy).

    The map is enlarged bicubically to the mask's size and cut at 0; one without anything above 0 finds nothing.
    """
    heat = enlarged(values, mask.shape)
    if heat.max() <= 0:
        return False, 0.0
    return bool(mask.flat[heat.argmax()]), float(heat[mask].sum() / heat.sum())


def enlarged(values, shape):
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize(shape[::-1], Image.BICUBIC)).clip(0)


def bump(shape):
    """What knows no picture: the hottest in the middle, a Gaussian whose deviation is a quarter of each side."""
    y, x = (np.linspace(-2, 2, length) for length in shape)
    return np.exp(-(y[:, None] ** 2 + x[None] ** 2) / 2)


def interval(hits):
    """Wilson's 95 % interval of a share, in per cent: "61–72"."""
    n, share, z = len(hits), np.mean(hits), 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return f"{100 * max(0.0, middle - half):.0f}–{100 * min(1.0, middle + half):.0f}"
