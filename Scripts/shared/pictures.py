"""Pictures that stand for photographs."""

import numpy as np
from PIL import Image


def photo(width, height, seed):
    """Soft blobs, edges and grain: what photographs are made of, and about as large when compressed."""
    generator = np.random.default_rng(seed)
    blobs = Image.fromarray(generator.integers(0, 200, (7, 9, 3), dtype=np.uint8))
    pixels = np.asarray(blobs.resize((width, height), Image.BICUBIC)).astype(np.int16)
    y, x = np.mgrid[:height, :width]
    pixels[(x // max(width // 11, 1) + y // max(height // 7, 1)) % 5 == 0] += 40
    pixels += generator.integers(-12, 13, pixels.shape, dtype=np.int16)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
