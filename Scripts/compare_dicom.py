#!/usr/bin/env python3
"""Compares a built gradcam with pydicom on pydicom's own test files.

    pip install -c Scripts/constraints.txt pydicom numpy pillow
    Scripts/compare_dicom.py PATH/TO/gradcam [FOLDER|FILE ...]

The first and the last frame of every file are explained with an overlay that is the picture alone, which must be, to the byte, what
`pixel_array`, `apply_modality_lut`, `apply_voi_lut` and `apply_color_lut` make, as the guide to medical images says how 8 bits come of that. Prints a
line for each file that differs or that one of the two does not read, and the counts at the end. Exits 1 where a picture differs, where
a file that pydicom reads without plugins is neither read nor refused by name, or where a message is no single line of 300 bytes.
"""

import collections
import io
import logging
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pydicom
from PIL import Image

from shared.dicom import picture
from shared.tables import table

MODEL = pathlib.Path(__file__).resolve().parents[1] / "Tests" / "Fixtures" / "cli" / "xray.pth"
# What the tool says of files that it does not read, by what the table calls them.
REFUSALS = {
    "bits a sample": "refused: 32 bits", "which is not read": "refused: a transfer syntax or kind of samples",
    "which are not read": "refused: floating point", "without pixels": "refused: no pixels",
    "before its pixels": "refused: pixels described, and none there", "index of DICOM files": "refused: DICOMDIR",
}


def expected(dataset, frame):
    made = picture(dataset, frame)
    return np.repeat(made[..., None], 3, 2) if made.ndim == 2 else made


def drawn(tool, path, frame):
    """The picture as the tool reads it, or what it says."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out.png"
        process = subprocess.run(
            [tool, "explain", path, "-w", MODEL, "-o", out, "--canvas", "original", "--alpha", "0", "--quiet",
             "--frame", str(frame + 1)], capture_output=True)
        lines = [line for line in process.stderr.splitlines() if b"verdict" not in line]
        if process.returncode == 0:
            return np.asarray(Image.open(io.BytesIO(out.read_bytes())).convert("RGB")), ""
        if process.returncode != 1 or len(lines) != 1 or len(lines[0]) > 300 + len(str(path)):
            return None, f"status {process.returncode}: {process.stderr[-300:]!r}"
        return None, lines[0].decode(errors="replace").removeprefix(f"gradcam: {path}: ")


def outcomes(tool, path):
    try:
        dataset = pydicom.dcmread(path, force=True)
        count = int(dataset.get("NumberOfFrames") or 1)
    except Exception:
        dataset, count = None, 1
    for frame in sorted({0, count - 1}):
        try:
            wanted = expected(dataset, frame)
        except Exception as error:
            wanted, reason = None, f"{type(error).__name__}: {error}".splitlines()[0]
        found, words = drawn(tool, path, frame)
        if found is not None and wanted is not None:
            if found.shape != wanted.shape:
                yield "differs", f"{found.shape}, not {wanted.shape}"
            else:
                distance = np.abs(found.astype(int) - wanted).max()
                yield ("equal", "") if distance == 0 else ("differs", f"by {distance} at most")
        elif found is not None:
            yield "read, and not by pydicom alone", reason
        else:
            refused = next((name for part, name in REFUSALS.items() if part in words), None)
            if refused is None and wanted is None:
                refused = "refused by both: damaged, or no DICOM"
            yield refused or "failed", words


def main():
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    tool = pathlib.Path(sys.argv[1]).resolve()
    roots = sys.argv[2:] or [pathlib.Path(pydicom.__file__).parent / "data" / "test_files"]
    counts = collections.Counter()
    for root in map(pathlib.Path, roots):
        paths = [root] if root.is_file() else sorted(path for path in root.rglob("*") if path.is_file())
        for path in paths:
            if path.suffix in (".py", ".pyc"):
                continue
            found = list(outcomes(tool, path))
            worst = min(found, key=lambda outcome: outcome[0] == "equal")
            counts[worst[0]] += 1
            if worst[0] != "equal":
                print(f"{path.name}: {worst[0]}: {worst[1]}")
    print("\n".join(table(["", "files"], [[name, str(count)] for name, count in sorted(counts.items())])))
    sys.exit(1 if counts["differs"] + counts["failed"] else 0)


if __name__ == "__main__":
    main()
