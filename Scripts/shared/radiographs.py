"""Draws synthetic chest radiographs: lung fields, ribs, spine, heart, exposure, noise, size and pose, all from numbers.

No picture of any person is used. Half of them have one or two blurred opacities inside a lung, with a mask of where.
"""

import io
import time
from multiprocessing import Pool

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFilter

SIZE = 256            # what the model sees: short side resized, centre cropped
CANVAS = 320          # short side of the drawing, before it is enlarged to the radiograph's own size
MASK_LEVEL = 0.35     # an opacity's mask: where it exceeds this share of its own peak
JPEG_QUALITY = 88
TRAIN, VALIDATION, HELD_OUT = 1, 2, 3  # splits, each with random streams of its own


# ---- Drawing -------------------------------------------------------------------------------------------------------

def step(distance, width):
    """A soft step from 0 to 1 over `width`, centred where `distance` is 0."""
    t = np.clip(distance / width + 0.5, 0, 1)
    return t * t * (3 - 2 * t)


def smooth_field(rng, shape, cells):
    """Smooth random variation of about unit size: `cells` × `cells` random numbers, enlarged."""
    coarse = Image.fromarray(rng.standard_normal((cells, cells), dtype=np.float32))
    return np.asarray(coarse.resize(shape[::-1], Image.BICUBIC))


def pose(rng, shape):
    """Body coordinates (u to the viewer's right, v down, the short side spans -1 to 1) under random size, shift, tilt."""
    height, width = shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    scale = min(shape) / 2 * rng.uniform(0.86, 1.08)
    x = (x - width / 2) / scale - rng.uniform(-0.07, 0.07)
    y = (y - height / 2) / scale - rng.uniform(-0.07, 0.07)
    angle = np.radians(rng.uniform(-6, 6))
    u, v = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    stretch = rng.uniform(0.92, 1.08)
    u, v = u * stretch, v / stretch
    return u + 0.012 * smooth_field(rng, shape, 5), v + 0.012 * smooth_field(rng, shape, 5)


def lung_fields(rng, u, v):
    """Soft masks: the rib cage, both lungs, the heart, what lies below the diaphragm."""
    side = np.abs(u)
    widest, top, half = rng.uniform(0.45, 0.65), rng.uniform(-0.9, -0.8), rng.uniform(0.74, 0.84)
    rise = np.clip((widest - v) / (widest - top), 0, 1)
    cage = step(half * np.sqrt(1 - rise ** rng.uniform(2.2, 2.8)) - side, 0.05)
    inner = rng.uniform(0.11, 0.15) + 0.9 * np.clip(-0.4 - v, 0, 1) ** 2 + 0.05 * np.exp(-((v + 0.3) / 0.12) ** 2) * (u > 0)
    low_right, low_left = rng.uniform(0.5, 0.62), rng.uniform(0.54, 0.68)
    dome = np.where(u < 0, low_right, low_left) + rng.uniform(0.8, 1.3) * (side - 0.36) ** 2
    below = step(v - dome, 0.035)
    hx, hy = rng.uniform(0.13, 0.19), rng.uniform(0.28, 0.4)
    rx, ry, lean = rng.uniform(0.28, 0.38), rng.uniform(0.3, 0.4), rng.uniform(0.3, 0.9)
    du, dv = u - hx - lean * (v - hy) * 0.5, v - hy
    heart = step(1 - np.sqrt((du / rx) ** 2 + (dv / ry) ** 2), 0.22)
    lungs = cage * step(side - inner, 0.05) * (1 - below)
    return cage, lungs, heart, below


def bones(rng, u, v, cage, below):
    """Ribs (two families of arcs, each drawn at once as a periodic profile), clavicles, spine."""
    side, spacing = np.abs(u), rng.uniform(0.155, 0.19)
    def arcs(curve, thickness):
        phase = np.abs((((v - curve) / spacing + rng.uniform()) % 1) - 0.5) * spacing
        body = step(thickness - phase, 0.02)
        return body * (0.7 + 0.5 * np.clip(phase / thickness, 0, 1) ** 2)
    back = arcs(rng.uniform(0.5, 0.7) * side ** 2 - rng.uniform(0.2, 0.3) * side, rng.uniform(0.032, 0.042))
    front = arcs(-rng.uniform(0.55, 0.75) * side - 0.25 * side ** 2, rng.uniform(0.036, 0.046))
    inside = cage * step(side - 0.1, 0.06) * (1 - 0.75 * below)
    ribs = inside * (back * rng.uniform(0.075, 0.12) + front * step(side - 0.35, 0.3) * rng.uniform(0.025, 0.055))
    height = rng.uniform(-0.72, -0.62) - 0.28 * (side - 0.1) + 0.25 * (side - 0.4) ** 2
    collar = step(0.034 - np.abs(v - height), 0.03) * step(side - 0.09, 0.06) * step(0.8 - side, 0.1)
    discs = 0.8 + 0.2 * np.cos(2 * np.pi * v / rng.uniform(0.14, 0.18))
    spine = step(rng.uniform(0.08, 0.1) - side, 0.07) * discs
    return ribs + collar * rng.uniform(0.08, 0.14) + spine * rng.uniform(0.05, 0.1)


def vessels(rng, u, v, shape):
    """Branching lines that leave both hila and thin out, with the hila themselves."""
    canvas = Image.new("L", shape[::-1])
    draw, shade = ImageDraw.Draw(canvas), 0
    for sign in (-1, 1):
        hu, hv = sign * rng.uniform(0.17, 0.23), rng.uniform(-0.1, 0.02)
        shade = shade + np.exp(-((u - hu) / 0.07) ** 2 - ((v - hv) / 0.13) ** 2)
        y, x = np.unravel_index(np.argmin((u - hu) ** 2 + (v - hv) ** 2), shape)
        for _ in range(16):
            heading, px, py = rng.uniform(-1.5, 1.5) + (np.pi if sign < 0 else 0), float(x), float(y)
            for width in (4, 3, 3, 2, 2, 1, 1):
                heading += rng.normal(0, 0.25)
                length = rng.uniform(8, 17)
                qx, qy = px + length * np.cos(heading), py + length * np.sin(heading)
                draw.line((px, py, qx, qy), fill=60 + 45 * width, width=width)
                px, py = qx, qy
    lines = np.asarray(canvas.filter(ImageFilter.GaussianBlur(1.2)), np.float32) / 255
    return lines * rng.uniform(0.05, 0.1) + shade * rng.uniform(0.06, 0.12)


def opacities(rng, u, v, lungs):
    """One or two irregular soft blobs inside the lungs, and the mask of where each exceeds MASK_LEVEL of its peak."""
    height, width = lungs.shape
    inset = min(lungs.shape) // 2 * 0.9
    rows, columns = np.ogrid[0:height, 0:width]
    square = (np.abs(rows - height / 2) < inset) & (np.abs(columns - width / 2) < inset)
    spots = np.flatnonzero((lungs > 0.8) & square)
    total, mask = np.zeros_like(lungs), np.zeros(lungs.shape, bool)
    for _ in range(rng.integers(1, 3)):
        y, x = np.unravel_index(rng.choice(spots), lungs.shape)
        radius, blob = rng.uniform(0.2, 0.34), 0
        for part in range(rng.integers(4, 8)):
            du, dv = (0, 0) if part == 0 else rng.normal(0, 0.55 * radius, 2)
            ru, rv = radius * rng.uniform(0.4, 0.8, 2)
            blob = blob + np.exp(-((u - u[y, x] - du) / ru) ** 2 - ((v - v[y, x] - dv) / rv) ** 2)
        blob = blob * lungs
        blob = blob / blob.max()
        mask |= blob > MASK_LEVEL
        total += blob * rng.uniform(0.24, 0.45)
    return total, mask


def anatomy(rng, rng_opacity, shape, with_opacity):
    """Attenuation (air 0, bone about 1) on a canvas, and the mask of the opacities."""
    u, v = pose(rng, shape)
    side = np.abs(u)
    cage, lungs, heart, below = lung_fields(rng, u, v)
    shoulder = 0.97 + 0.35 * step(-0.45 - v, 0.5) - 1.05 * step(-0.93 - v, 0.25)
    tissue = step(shoulder + rng.uniform(-0.05, 0.08) - side, 0.1)
    air = lungs * (1 - 0.92 * heart) * (rng.uniform(0.36, 0.44) + 0.05 * v)
    attenuation = tissue * (0.56 + 0.02 * smooth_field(rng, shape, 7)) - air
    attenuation += 0.12 * tissue * step(0.22 - side, 0.5) + 0.1 * below * tissue + bones(rng, u, v, cage, below)
    bubble = np.exp(-((u - 0.4) / 0.14) ** 2 - ((v - rng.uniform(0.75, 0.85)) / 0.07) ** 2)
    attenuation -= rng.uniform(0, 0.25) * bubble * below
    breast = np.exp(-((side - 0.45) / 0.28) ** 2 - ((v - 0.45) / 0.25) ** 2)
    attenuation += rng.uniform(0, 0.07) * breast
    attenuation += lungs * (vessels(rng, u, v, shape) + 0.012 * smooth_field(rng, shape, 40) + 0.015 * smooth_field(rng, shape, 12))
    mask = np.zeros(shape, bool)
    if with_opacity:
        shadow, mask = opacities(rng_opacity, u, v, lungs)
        attenuation += shadow
    return attenuation, mask


def radiograph(seed, split, index):
    """Draws image `index` of a split: (gray pixels, mask, label). Odd indices have opacities.

    Opacities come from a random stream of their own, so that nothing else of the picture depends on the label.
    """
    scene = index // 2 if split == TRAIN else index
    rng, rng_opacity = (np.random.default_rng([seed, split, scene, stream]) for stream in (0, 1))
    width = int(rng.integers(420, 901))
    height = int(width * rng.uniform(0.85, 1.2))
    factor = CANVAS / min(width, height)
    shape = (round(height * factor), round(width * factor))
    attenuation, mask = anatomy(rng, rng_opacity, shape, index % 2 == 1)
    enlarged = np.asarray(Image.fromarray(attenuation.astype(np.float32)).resize((width, height), Image.BICUBIC))
    y, x = np.ogrid[-1:1:height * 1j, -1:1:width * 1j]
    vignette = 1 - rng.uniform(0, 0.25) * ((x - rng.uniform(-0.2, 0.2)) ** 2 + (y - rng.uniform(-0.2, 0.2)) ** 2) / 2
    tone = np.clip(enlarged + 0.06, 0, 1.2) ** rng.uniform(0.75, 1.35) * rng.uniform(0.85, 1.15) * vignette
    grain = rng.standard_normal((int(height / 1.4), int(width / 1.4)), dtype=np.float32) * rng.uniform(0.006, 0.03)
    grain = np.asarray(Image.fromarray(grain).resize((width, height), Image.BILINEAR))
    gray = np.clip((tone + grain * (1.3 - np.clip(tone, 0, 1)) + rng.uniform(0, 0.05)) * 235, 0, 255).astype(np.uint8)
    mask = np.asarray(Image.fromarray(mask).resize((width, height), Image.NEAREST))
    return gray, mask, index % 2


# ---- Data sets -----------------------------------------------------------------------------------------------------

def as_jpeg(gray, index):
    """The radiograph as a JPEG file's bytes; every third one is stored as RGB."""
    stored, data = Image.fromarray(gray), io.BytesIO()
    (stored.convert("RGB") if index % 3 == 0 else stored).save(data, "JPEG", quality=JPEG_QUALITY)
    return data.getvalue()


def resize_and_crop(image, filter):
    """Short side to SIZE (the other truncated), then the centre: torchvision's Resize and CenterCrop."""
    width, height = image.size
    short = min(width, height)
    image = image.resize((int(SIZE * width / short), int(SIZE * height / short)), filter)
    left, top = round((image.width - SIZE) / 2), round((image.height - SIZE) / 2)
    return np.asarray(image.crop((left, top, left + SIZE, top + SIZE)))


def example(key):
    """(seed, split, index) to what the model sees: gray pixels (the three channels are equal), mask, label."""
    gray, mask, label = radiograph(*key)
    decoded = Image.open(io.BytesIO(as_jpeg(gray, key[2]))).convert("L")
    return resize_and_crop(decoded, Image.BILINEAR), resize_and_crop(Image.fromarray(mask), Image.NEAREST), label


def data_set(seed, split, count):
    """`count` images, masks and labels of a split, drawn by two processes."""
    start = time.time()
    with Pool(2) as pool:
        images, masks, labels = zip(*pool.imap(example, [(seed, split, i) for i in range(count)], chunksize=16))
    print(f"drew {count} radiographs in {time.time() - start:.0f} s", flush=True)
    return torch.from_numpy(np.stack(images)), torch.from_numpy(np.stack(masks)), torch.tensor(labels)
