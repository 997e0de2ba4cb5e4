#!/usr/bin/env python3
"""Writes Tests/Fixtures/images: small pictures of every kind, and what Pillow, NumPy and matplotlib make of them.

    pip install numpy pillow matplotlib
    Scripts/make_image_fixtures.py

`expected.safetensors` holds the answers. A name says what it answers:

    decode/FILE                         samples, height width channels (1 or 3)
    oriented/FILE                       the same after ImageOps.exif_transpose
    resize/FILE/KERNEL/WIDTHxHEIGHT     Image.resize
    plain/FILE/KERNEL/WIDTHxHEIGHT      the same kernels, not widened when shrinking
    float/source, float/KERNEL/WxH      a float32 map, and Image.resize in mode "F"
    crop|tensor|gray/FILE/SPEC          torchvision's Resize, CenterCrop, ToTensor and Normalize
    colormap/NAME                       256 colours
    overlay/NAME                        the reference recipe on overlay/image and overlay/map
    npy/SHAPE                           a .npy file of 0, 1, 2, …
"""
import io, json, math, pathlib, struct, warnings, zlib
import numpy as np
from PIL import Image, ImageOps
from matplotlib import colormaps

warnings.filterwarnings("ignore", module="PIL")
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/Fixtures/images"
KERNELS = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
expected = {}


def picture(width, height, channels, levels=256, seed=1):
    """Slopes, an edge and noise: every kind of content that a codec or a kernel treats in its own way."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = [x / max(width - 1, 1), y / max(height - 1, 1), (x + y) % 7 / 6, 1 - x / max(width, 1)]
    p = np.stack([planes[c % 4] for c in range(channels)], -1)
    p = np.where((x > width // 2)[..., None], 1 - p, p) * 0.8 + 0.2 * rng.random((height, width, channels))
    return np.clip(p * levels, 0, levels - 1).astype(np.uint16 if levels > 256 else np.uint8)


def decoded(path):
    image = Image.open(path)
    if image.mode == "I":  # gray of 16 bits, of which the high eight are kept
        return (np.asarray(image) >> 8).astype(np.uint8)[..., None]
    image = image.convert("L" if image.mode in ("L", "1") else "RGB")
    pixels = np.asarray(image)
    return pixels.reshape(*pixels.shape[:2], -1)


# ---------------------------------------------------------------- JPEG

def jpegs():
    rgb = Image.fromarray(picture(37, 29, 3))
    gray = Image.fromarray(picture(37, 29, 1)[..., 0])
    cmyk = Image.fromarray(picture(19, 13, 4), mode="CMYK")
    for name, image, options in [
        ("baseline", rgb, dict(quality=85, subsampling="4:2:0")),
        ("full-chroma", rgb, dict(quality=95, subsampling="4:4:4")),
        ("half-chroma", rgb, dict(quality=75, subsampling="4:2:2")),
        ("progressive", rgb, dict(quality=80, progressive=True)),
        ("restarts", rgb, dict(quality=70, restart_marker_blocks=2)),
        ("rgb", rgb, dict(quality=90, keep_rgb=True)),
        ("gray", gray, dict(quality=85)),
        ("gray-progressive", gray, dict(quality=85, progressive=True)),
        ("cmyk", cmyk, dict(quality=90)),
        ("one-pixel", Image.fromarray(picture(1, 1, 3)), dict(quality=90)),
        ("one-row", Image.fromarray(picture(53, 1, 3)), dict(quality=90)),
    ]:
        image.save(FOLDER / f"{name}.jpg", **options)
        expected[f"decode/{name}.jpg"] = decoded(FOLDER / f"{name}.jpg")
    # The Adobe marker's last byte tells CMYK (0) from YCCK (2).
    data = bytearray((FOLDER / "cmyk.jpg").read_bytes())
    data[data.index(b"Adobe") + 11] = 2
    (FOLDER / "ycck.jpg").write_bytes(data)
    expected["decode/ycck.jpg"] = decoded(FOLDER / "ycck.jpg")


def exif_block(orientation, order):
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    entries = [struct.pack(order + "HHI", 0x010F, 2, 4) + b"abc\0",
               struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)]
    return header + struct.pack(order + "H", len(entries)) + b"".join(entries) + bytes(4)


def orientations():
    small = Image.fromarray(picture(7, 5, 3))
    for orientation in range(1, 9):
        name = f"orientation-{orientation}.jpg"
        block = exif_block(orientation, "<" if orientation % 2 else ">")
        small.save(FOLDER / name, quality=95, subsampling="4:4:4", exif=b"Exif\0\0" + block)
        expected[f"oriented/{name}"] = np.asarray(ImageOps.exif_transpose(Image.open(FOLDER / name)))
        expected[f"decode/{name}"] = decoded(FOLDER / name)
    for place in ("before", "after"):
        name = f"orientation-6-{place}.png"
        extra = [(b"eXIf", exif_block(6, ">"))]
        write_png(name, picture(7, 5, 3), 2, 8, **{place: extra})
        expected[f"oriented/{name}"] = np.asarray(ImageOps.exif_transpose(Image.open(FOLDER / name)))


# ---------------------------------------------------------------- PNG

def chunk(kind, data, damage=0):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) ^ damage)


def scanlines(samples, depth):
    """Rows as PNG packs them, each with filter 0; nothing for an empty pass."""
    height, width = samples.shape[:2]
    rows = b""
    for row in samples.reshape(height, -1) if samples.size else []:
        if depth == 16:
            packed = row.astype(">u2").tobytes()
        elif depth == 8:
            packed = row.astype(np.uint8).tobytes()
        else:
            bits = "".join(format(v, f"0{depth}b") for v in row)
            bits += "0" * (-len(bits) % 8)
            packed = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        rows += b"\0" + packed
    return rows


def write_png(name, samples, color_type, depth, interlaced=False, before=(), after=(), size=None, damage={}):
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", *(size or (width, height)), depth, color_type, 0, 0, int(interlaced))
    passes = [(0, 8, 0, 8), (0, 8, 4, 8), (4, 8, 0, 4), (0, 4, 2, 4), (2, 4, 0, 2), (0, 2, 1, 2), (1, 2, 0, 1)]
    parts = [samples[y::dy, x::dx] for y, dy, x, dx in passes] if interlaced else [samples]
    data = zlib.compress(b"".join(scanlines(part, depth) for part in parts), 9)
    chunks = [(b"IHDR", header), *before, (b"IDAT", data), *after, (b"IEND", b"")]
    (FOLDER / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content, damage.get(kind, 0)) for kind, content in chunks))


def pngs():
    rng = np.random.default_rng(3)
    palette = rng.integers(0, 256, (256, 3), dtype=np.uint8)
    gamma = (b"gAMA", struct.pack(">I", 100000))
    for color_type, kind, channels, depths in [
        (0, "gray", 1, (1, 2, 4, 8, 16)), (2, "rgb", 3, (8, 16)), (3, "palette", 1, (1, 2, 4, 8)),
        (4, "gray-alpha", 2, (8, 16)), (6, "rgba", 4, (8, 16)),
    ]:
        for depth in depths:
            levels = 1 << depth
            samples = picture(13, 9, channels, levels, seed=depth)
            if color_type == 3:
                shown = palette[samples[..., 0]]
                before = [gamma, (b"PLTE", palette[:levels].tobytes()), (b"tRNS", bytes([0, 100, 200])[:levels])]
            else:
                colors = samples[..., :1] if channels < 3 else samples[..., :3]
                shown = colors >> 8 if depth == 16 else colors.astype(np.uint16) * (255 // (levels - 1))
                clear = {0: samples[4, 4], 2: samples[4, 4]}.get(color_type)
                before = [gamma] + ([(b"tRNS", clear.astype(">u2").tobytes())] if clear is not None else [])
            for interlaced in (False, True):
                name = f"{kind}-{depth}{'-interlaced' if interlaced else ''}.png"
                write_png(name, samples, color_type, depth, interlaced, before)
                expected[f"decode/{name}"] = shown.astype(np.uint8)
                if (color_type, depth) not in ((0, 16), (4, 8), (4, 16)):  # modes I;16 and LA: by definition alone
                    seen = np.asarray(Image.open(FOLDER / name).convert("L" if color_type == 0 else "RGB"))
                    assert (seen.reshape(shown.shape) == shown).all(), name
    write_png("one-pixel.png", picture(1, 1, 3), 2, 8, interlaced=True)
    expected["decode/one-pixel.png"] = decoded(FOLDER / "one-pixel.png")


# ---------------------------------------------------------------- PBM, PGM, PPM

def write_pnm(name, magic, samples, most=None, header=None):
    """Samples as they are, in binary for P4 to P6 and as numbers for P1 to P3."""
    height, width = samples.shape[:2]
    header = header or b"%s\n%d %d\n" % (magic, width, height) + (b"%d\n" % most if most else b"")
    if magic == b"P4":
        data = np.packbits(samples[..., 0], axis=1).tobytes()
    elif magic in (b"P5", b"P6"):
        data = samples.astype(np.uint8 if most < 256 else ">u2").tobytes()
    else:
        data = b"\n".join(b" ".join(b"%d" % v for v in row) for row in samples.reshape(height, -1))
    (FOLDER / name).write_bytes(header + data)
    expected[f"decode/{name}"] = decoded(FOLDER / name)


def pnms():
    for most in (1, 7, 100, 255, 256, 1000, 4095, 65535):
        for magic, channels, kind in ((b"P5", 1, "pgm"), (b"P6", 3, "ppm"), (b"P2", 1, "pgm"), (b"P3", 3, "ppm")):
            plain = "plain-" if magic < b"P4" else ""
            write_pnm(f"{plain}most-{most}.{kind}", magic, picture(13, 9, channels, most + 1, seed=most), most)
    # Every value of a byte, of which those above the largest are white.
    write_pnm("over-100.pgm", b"P5", np.arange(256, dtype=np.uint8).reshape(16, 16, 1), 100)
    write_pnm("over-300.pgm", b"P5", np.arange(256, dtype=np.uint16).reshape(16, 16, 1) * 5, 300)
    write_pnm("over-300.ppm", b"P6", np.arange(192, dtype=np.uint16).reshape(8, 8, 3) * 5, 300)
    # Every value once, so that each is rounded as Pillow rounds it.
    write_pnm("all-4095.pgm", b"P5", np.arange(4096, dtype=np.uint16).reshape(64, 64, 1), 4095)
    write_pnm("all-510.ppm", b"P6", np.arange(510, dtype=np.uint16).reshape(10, 17, 3), 510)
    bits = picture(13, 9, 1, 2)
    write_pnm("bits.pbm", b"P4", bits)
    write_pnm("plain-bits.pbm", b"P1", bits)
    write_pnm("eight-bits.pbm", b"P4", picture(8, 3, 1, 2))
    gray = picture(5, 4, 1)
    write_pnm("comments.pgm", b"P5", gray, 255,
              header=b"P5\r# made by hand\r\n\t\v\f # twice\n 5#in a token\n  # 9 9\n4\n#\n0000002#half\n55 ")
    write_pnm("no-line-ends.pgm", b"P5", gray, 255, header=b"P5 5 4 255 ")
    (FOLDER / "plain-comments.pgm").write_bytes(b"P2 3 2 9#\n 1 2 #3\n3\r4 5#five\n 6")
    (FOLDER / "plain-close.pbm").write_bytes(b"P1\n5 2\n10101#comment\n01 0\n10")
    (FOLDER / "two-in-a-row.ppm").write_bytes(b"".join((FOLDER / f"most-{most}.ppm").read_bytes() for most in (255, 7)))
    for name in ("plain-comments.pgm", "plain-close.pbm", "two-in-a-row.ppm"):
        expected[f"decode/{name}"] = decoded(FOLDER / name)


def damaged():
    samples = picture(5, 4, 3)
    write_png("bad-header-crc.png", samples, 2, 8, damage={b"IHDR": 1})
    write_png("bad-data-crc.png", samples, 2, 8, damage={b"IDAT": 1})
    write_png("bad-text-crc.png", samples, 2, 8, before=[(b"gAMA", struct.pack(">I", 45455))], damage={b"gAMA": 1})
    write_png("claims-too-much.png", samples, 2, 8, size=(100000, 100000))
    write_png("claims-more-rows.png", samples, 2, 8, size=(5, 9))
    write_png("zero-width.png", samples, 2, 8, size=(0, 4))
    write_png("index-over-palette.png", picture(13, 9, 1, 256), 3, 8, before=[(b"PLTE", bytes(range(6)))])


# ---------------------------------------------------------------- Resizing and preprocessing

def resizes():
    color, gray = picture(41, 31, 3, seed=5), picture(41, 31, 1, seed=6)
    Image.fromarray(color).save(FOLDER / "resize-rgb.png")
    Image.fromarray(gray[..., 0]).save(FOLDER / "resize-gray.png")
    Image.fromarray(picture(3, 200, 3, seed=7)).save(FOLDER / "tower.png")
    for name in ("resize-rgb.png", "resize-gray.png"):
        image = Image.open(FOLDER / name)
        for width, height in ((20, 15), (41, 31), (60, 47), (1, 1), (5, 50), (41, 9), (7, 31)):
            for kernel, code in KERNELS.items():
                resized = np.asarray(image.resize((width, height), code)).reshape(height, width, -1)
                expected[f"resize/{name}/{kernel}/{width}x{height}"] = resized
    for kernel in ("bilinear", "bicubic"):
        expected[f"plain/resize-gray.png/{kernel}/11x50"] = plain_resize(gray[..., 0], 11, 50, kernel)[..., None]
    values = np.random.default_rng(8).random((6, 9), dtype=np.float32)
    expected["float/source"] = values
    for width, height in ((40, 25), (9, 6), (4, 3), (1, 1)):
        for kernel, code in KERNELS.items():
            image = Image.fromarray(values, mode="F").resize((width, height), code)
            expected[f"float/{kernel}/{width}x{height}"] = np.asarray(image)


def plain_resize(samples, width, height, kernel):
    """PIL's arithmetic with kernels of their own width."""
    def weight(x):
        x = abs(x)
        if kernel == "bilinear":
            return max(1 - x, 0)
        a = -0.5
        if x < 1:
            return ((a + 2) * x - (a + 3)) * x * x + 1
        return (((x - 5) * x + 8) * x - 4) * a if x < 2 else 0
    def across(rows, size):
        result = np.zeros((rows.shape[0], size), np.uint8)
        for i in range(size):
            center, support = (i + 0.5) * rows.shape[1] / size, 1 if kernel == "bilinear" else 2
            first, last = max(int(center - support + 0.5), 0), min(int(center + support + 0.5), rows.shape[1])
            weights = np.array([weight(j - center + 0.5) for j in range(first, last)])
            weights = np.trunc(weights / weights.sum() * 2**22 + np.where(weights < 0, -0.5, 0.5)).astype(np.int64)
            result[:, i] = np.clip((rows[:, first:last].astype(np.int64) @ weights + 2**21) >> 22, 0, 255)
        return result
    return across(across(samples, width).T, height).T


def center_crop(image, height, width):
    w, h = image.size
    if width > w or height > h:
        left, top = max((width - w) // 2, 0), max((height - h) // 2, 0)
        padded = Image.new(image.mode, (max(w, width), max(h, height)))
        padded.paste(image, (left, top))
        image, (w, h) = padded, padded.size
    left, top = int(round((w - width) / 2.0)), int(round((h - height) / 2.0))
    return image.crop((left, top, left + width, top + height))


def short_side(image, size, kernel=Image.BILINEAR):
    w, h = image.size
    short, long = min(w, h), max(w, h)
    other = int(size * long / short)
    return image.resize((size, other) if w <= h else (other, size), kernel)


def preprocessing():
    def crop(name, spec, image):
        expected[f"crop/{name}/{spec}"] = np.asarray(image).reshape(image.height, image.width, -1)
    rgb = Image.open(FOLDER / "resize-rgb.png")
    gray = Image.open(FOLDER / "resize-gray.png")
    tower = Image.open(FOLDER / "tower.png")
    crop("resize-rgb.png", "resize=24,crop=24", center_crop(short_side(rgb, 24), 24, 24))
    crop("resize-rgb.png", "resize=20,crop=17x13", center_crop(short_side(rgb, 20), 17, 13))
    crop("resize-rgb.png", "resize=16,crop=20", center_crop(short_side(rgb, 16), 20, 20))
    crop("resize-rgb.png", "resize=none,crop=51x33", center_crop(rgb, 51, 33))
    crop("resize-rgb.png", "resize=18x23,crop=none", rgb.resize((23, 18), Image.BILINEAR))
    crop("resize-rgb.png", "resize=24,crop=21,interpolation=bicubic",
         center_crop(short_side(rgb, 24, Image.BICUBIC), 21, 21))
    crop("resize-rgb.png", "resize=24,crop=21,interpolation=nearest",
         center_crop(short_side(rgb, 24, Image.NEAREST), 21, 21))
    crop("resize-gray.png", "resize=24,crop=20", center_crop(short_side(gray.convert("RGB"), 24), 20, 20))
    crop("tower.png", "resize=8,crop=8", center_crop(short_side(tower, 8), 8, 8))
    crop("resize-rgb.png", "resize=24,crop=20,channels=gray", center_crop(short_side(rgb.convert("L"), 24), 20, 20))
    small = np.asarray(center_crop(short_side(rgb, 12), 10, 9)).astype(np.float32) / np.float32(255)
    mean, std = (np.array(v, np.float32) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    expected["tensor/resize-rgb.png/imagenet,resize=12,crop=10x9"] = ((small - mean) / std).transpose(2, 0, 1)[None]
    raw = np.asarray(center_crop(short_side(rgb, 12), 10, 9)).astype(np.float32)[..., ::-1]
    mean = np.array((103.939, 116.779, 123.68), np.float32)
    expected["tensor/resize-rgb.png/caffe,resize=12,crop=10x9"] = (raw - mean).transpose(2, 0, 1)[None]


# ---------------------------------------------------------------- Pictures of maps

def overlays():
    for name in ("jet", "turbo", "viridis", "inferno", "magma", "gray", "bwr"):
        expected[f"colormap/{name}"] = (255 * colormaps[name](np.arange(256))[:, :3]).astype(np.uint8)
    image = picture(40, 31, 3, seed=9)
    values = np.random.default_rng(10).random((5, 7), dtype=np.float32) ** 2
    values /= values.max()
    expected["overlay/image"], expected["overlay/map"] = image, values
    for name, colors, alpha, gamma, kernel in [
        ("reference", "jet", 0.4, 2, "bicubic"), ("viridis", "viridis", 0.75, 1, "bilinear"),
        ("nearest", "inferno", 0.5, 2, "nearest"),
    ]:
        large = np.asarray(Image.fromarray(values, mode="F").resize((40, 31), KERNELS[kernel]))
        color = (255 * colormaps[colors](np.abs(large) ** gamma)[:, :, :3]).astype(np.uint8)
        mixed = (1 - alpha) * image.astype(np.float64) + alpha * color
        expected[f"overlay/{name}"] = np.rint(mixed).astype(np.uint8)
    for shape in ((2, 3), (5,), (1, 2, 3, 4)):
        file = io.BytesIO()
        np.save(file, np.arange(math.prod(shape), dtype=np.float32).reshape(shape))
        name = "npy/" + "x".join(map(str, shape))
        expected[name] = np.frombuffer(file.getvalue(), np.uint8)


def save():
    header, offset = {}, 0
    for name, array in expected.items():
        kind = {"uint8": "U8", "float32": "F32"}[str(array.dtype)]
        header[name] = dict(dtype=kind, shape=list(array.shape), data_offsets=[offset, offset + array.nbytes])
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    with open(FOLDER / "expected.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in expected.values():
            file.write(np.ascontiguousarray(array).tobytes())


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for make in (jpegs, orientations, pngs, pnms, damaged, resizes, preprocessing, overlays, save):
        make()
