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
