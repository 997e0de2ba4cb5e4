"""What a DICOM picture is in 8 bits by pydicom's functions, rescaled as the README says."""

import numpy as np
from PIL import Image
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi_lut


def stored_range(dataset):
    """What the whole range of stored samples becomes, which pydicom stretches windows over."""
    slope, intercept = dataset.get("RescaleSlope"), dataset.get("RescaleIntercept")
    if dataset.get("ModalityLUTSequence"):
        low, high = 0, 2 ** dataset.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    elif dataset.PixelRepresentation == 0:
        low, high = 0, 2 ** dataset.BitsStored - 1
    else:
        low, high = -(2 ** (dataset.BitsStored - 1)), 2 ** (dataset.BitsStored - 1) - 1
    if slope is not None and intercept is not None:
        low, high = low * slope + intercept, high * slope + intercept
    return low, high


def gray(dataset, pixels, window=0):
    """Levels of a monochrome frame; `window` None takes the range of its values."""
    values = apply_modality_lut(pixels, dataset)
    if window is not None and dataset.get("VOILUTSequence"):
        table = dataset.VOILUTSequence[window]
        shown, low, high = apply_voi_lut(values, dataset, window), 0, 2 ** table.LUTDescriptor[2] - 1
    elif window is not None and dataset.get("WindowWidth") is not None:
        shown, (low, high) = apply_voi_lut(values, dataset, window), stored_range(dataset)
    else:
        shown, low, high = values.astype(np.float64), values.min(), values.max()
        slope, intercept = dataset.get("RescaleSlope"), dataset.get("RescaleIntercept")
        is_rescaled = None not in (slope, intercept) and (slope, intercept) != (1, 0)
        is_plain = not is_rescaled and not dataset.get("ModalityLUTSequence")
        if dataset.BitsStored <= 8 and dataset.PixelRepresentation == 0 and is_plain:
            low, high = 0, 2 ** dataset.BitsStored - 1
    share = (shown - low) / (high - low) if high != low else np.zeros_like(shown)
    levels = np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)
    return 255 - levels if dataset.PhotometricInterpretation == "MONOCHROME1" else levels


def color(dataset, pixels):
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        picture = apply_color_lut(pixels, dataset)[..., :3]
        depth = dataset.RedPaletteColorLookupTableDescriptor[2]
        return (picture >> (depth - 8)).astype(np.uint8)
    return np.rint(pixels / (2 ** dataset.BitsStored - 1) * 255).astype(np.uint8)


def square(dataset, picture):
    """The picture with square pixels."""
    for name in ("PixelAspectRatio", "PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        if dataset.get(name) and len(dataset.get(name)) == 2:
            height, width = map(float, dataset.get(name))
            break
    else:
        return picture
    rows, columns = picture.shape[:2]
    size = (columns, round(rows * height / width)) if height >= width else (round(columns * width / height), rows)
    if size == (columns, rows):
        return picture
    return np.asarray(Image.fromarray(picture).resize(size, Image.BILINEAR))


def picture(dataset, frame=0, window=0):
    """Height width for gray, height width 3 for colour."""
    pixels = dataset.pixel_array
    if int(dataset.get("NumberOfFrames") or 1) > 1:
        pixels = pixels[frame]
    is_gray = dataset.PhotometricInterpretation.startswith("MONOCHROME")
    return square(dataset, gray(dataset, pixels, window) if is_gray else color(dataset, pixels))
