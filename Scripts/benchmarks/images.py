"""Seeded JPEGs. Run with the peers' Python:

    images.py FOLDER COUNT WIDTH HEIGHT      writes FOLDER/000.jpg and so on; what exists is kept
"""

import pathlib
import sys

import numpy as np
from PIL import Image


def picture(width, height, seed):
    """Soft blobs, edges and grain: what photographs are made of, and about as large when compressed."""
    generator = np.random.default_rng(seed)
    blobs = Image.fromarray(generator.integers(0, 200, (7, 9, 3), dtype=np.uint8))
    pixels = np.asarray(blobs.resize((width, height), Image.BICUBIC)).astype(np.int16)
    y, x = np.mgrid[:height, :width]
    edges = (x // max(width // 11, 1) + y // max(height // 7, 1)) % 5 == 0
    grain = generator.integers(-12, 13, pixels.shape, dtype=np.int16)
    return Image.fromarray((pixels + 40 * edges[..., None] + grain).clip(0, 255).astype(np.uint8))


def main():
    folder, count, width, height = pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:])
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        path = folder / f"{index:03}.jpg"
        if not path.exists():
            picture(width, height, index).save(path, quality=90)


if __name__ == "__main__":
    main()
