#!/usr/bin/env bash
# Quantus' pointing game counts an image without an object as a hit, and its weighting cannot run: quantus 0.6.0.
#
# Hits are an array of truth values. Where a mask is empty, NaN is written into it to leave the image out, and becomes True: the more
# images have no object (or have it cropped away), the better every method scores, a map of noise included. Nothing is said. Other
# localisation metrics of the package hold numbers, and return NaN. weighted=True writes 1 - area/size, a column, into the same row of
# truth values, and ends in a TypeError at the first hit.
#
# Seen on 2026-12-01: four maps that point elsewhere score [False, False, True, True] where the last two masks are empty, a mean of 0.5
# in the place of 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q quantus==0.6.0 numpy==1.26.4
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import quantus


def pointing(masks, maps, **options):
    shape = (len(masks), 1, 8, 8)
    metric = quantus.PointingGame(disable_warnings=True, **options)
    return metric(model=None, x_batch=np.zeros(shape), y_batch=np.zeros(len(masks), int), a_batch=maps.reshape(shape).copy(),
                  s_batch=masks.reshape(shape).copy())


maps = np.zeros((4, 8, 8))
maps[:, 0, 0] = 1
masks = np.zeros((4, 8, 8), int)
masks[:2, 5:, 5:] = 1
found = pointing(masks, maps)
print("two masks beside the point, two empty ones:", found, "mean", np.nanmean(np.array(found, float)))
assert [bool(hit) for hit in found] == [False, False, True, True], "an empty mask is no hit"

large = np.zeros((1, 8, 8), int)
large[:, :6] = 1
assert [bool(hit) for hit in pointing(large, maps[:1])] == [True], "the point in the mask is no hit"
try:
    print("weighted:", pointing(large, maps[:1], weighted=True))
except (TypeError, ValueError) as error:
    print("weighted:", type(error).__name__, error)
else:
    raise SystemExit("a weighted hit goes through")
PYTHON
