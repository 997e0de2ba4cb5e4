"""Models that are given on the command line: their cards, and maps of an image beside them."""

from pathlib import Path

from recording.commands import MODEL_ENDINGS
from recording.kit import REPOSITORY, Runs
from recording.methods import METHODS, SAMPLING

LARGEST = 32 << 20
_IMAGES = {".png", ".jpg", ".jpeg"}
# Methods that run the network once for every channel or patch are left to small models.
_SLOW = ["scorecam", "ablationcam", "occlusion", "reciprocam", "rise"]
# Methods that some networks do not allow, each of which stands alone; sscam and iscam take too long, kpcacam too much
# memory where maps are large.
_PARTICULAR = ["cam", "finercam", "fullgrad", "guidedbackprop"]
_OTHERS = ["deconvnet", "guidedgradcam", "iscam", "kpcacam", "refinecam", "sscam"]
_QUICK = [method for method in METHODS if method not in [*_SLOW, *_PARTICULAR, *_OTHERS]]


def add(runs: Runs, folders: list[Path]):
    """Every model below the folders, in an order of its own; each lies beside the other small files of its folder."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in MODEL_ENDINGS and path.is_file() and path.stat().st_size <= LARGEST:
                _add(runs, folder, path)


def _add(runs: Runs, folder: Path, path: Path):
    inside = path.relative_to(folder).parent
    small = {
        f"given/{other.name}": other
        for other in path.parent.iterdir()
        if other.is_file() and other.suffix not in MODEL_ENDINGS and other.stat().st_size < 1 << 20
    }
    images = sorted(name for name in small if Path(name).suffix in _IMAGES)
    image = images[0] if images else "models/example.jpg"
    files = {**small, f"given/{path.name}": path}
    if not images:
        files[image] = REPOSITORY / image
    name = f"given/{folder.name}/{inside / path.name}"
    model = ["-w", f"given/{path.name}"]
    runs.add(f"{name}/card", ["inspect", model[1]], ["inspect", model[1], "--json"], files=files)
    kept = ["--heatmap", "out/{stem}.{method}.npy", "--jsonl"]
    runs.add(f"{name}/map", ["explain", image, *model, "-d", "out", *kept, "--verbose"], [
        "explain", image, *model, "-o", "raw.png", "--dump", "dump.safetensors", "--normalize", "none",
        "--quiet"
    ],
             files=files)
    methods = [*_PARTICULAR, ",".join(_QUICK)] + [",".join(_SLOW)] * (path.stat().st_size < 2 << 20)
    for number, chosen in enumerate(methods):
        samples = ["--samples", "2"] if SAMPLING & {*chosen.split(",")} else []
        runs.add(f"{name}/methods-{number}",
                 ["explain", image, *model, "-d", "out", *kept, "-m", chosen, *samples],
                 files=files)
    runs.add(f"{name}/converted", ["convert", model[1], "-o", "made.bin"],
             ["explain", image, "-w", "made.bin", "-d", "out", *kept, "-t", "0", "--signed"],
             files=files)
