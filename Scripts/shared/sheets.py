"""A sheet of pictures: the rows are methods, the columns cases."""

import pathlib

import numpy as np
from PIL import Image, ImageDraw, ImageFont

TILE, GAP, TITLE = 128, 4, 150


def outlined(pixels, mask):
    """A picture with a white line around what the mask covers."""
    inner = np.pad(mask, 1)
    inner = inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2] & inner[1:-1, 2:]
    pixels = np.array(pixels)
    pixels[mask & ~inner] = 255
    return Image.fromarray(pixels)


class Sheet:
    """Rows come one by one; each has a title at its left."""

    def __init__(self):
        self.rows = []

    def add(self, title, pictures):
        self.rows.append((title, [picture.convert("RGB").resize((TILE, TILE), Image.NEAREST) for picture in pictures]))

    def add_cases(self, cases):
        self.add("what is asked for", [outlined(Image.open(case.path).convert("RGB").resize(case.mask.shape[::-1]), case.mask)
                                       for case in cases])

    def add_overlays(self, title, cases, folder: pathlib.Path):
        """The tool's own overlays, as it names those of pictures from a folder."""
        self.add(title, [Image.open(next(folder.glob(f"{case.path.name}.*.png"))) for case in cases])

    def save(self, path):
        columns = max(len(pictures) for _, pictures in self.rows)
        whole = Image.new("RGB", (TITLE + columns * (TILE + GAP), len(self.rows) * (TILE + GAP)), "white")
        draw, font = ImageDraw.Draw(whole), ImageFont.load_default(14)
        for row, (title, pictures) in enumerate(self.rows):
            y = row * (TILE + GAP)
            draw.text((GAP, y + TILE // 2 - 8), title, "black", font)
            for column, picture in enumerate(pictures):
                whole.paste(picture, (TITLE + column * (TILE + GAP), y))
        whole.save(path)
