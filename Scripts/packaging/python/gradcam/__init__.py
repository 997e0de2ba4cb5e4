"""Explains what an image classifier looked at, through the command `gradcam`.

    import gradcam
    record = gradcam.explain("photo.jpg", weights="w.bin")[0]
    record["maps"][0]["array"]          # the map as float32, rows by columns
    table = pandas.DataFrame(gradcam.records("maps.jsonl"))
"""

import base64
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile

import numpy

__all__ = ["Error", "command", "explain", "records"]

# Options of the command that say where its files and records go: here they become arrays and dictionaries.
_OWN = {"csv", "dump", "files_from", "heatmap", "json", "jsonl", "null", "output", "output_dir", "records", "report", "resume", "weights"}


class Error(Exception):
    """A run that could not begin or end: options or a model that the command refuses, or no command."""


def command():
    """The path of the command: GRADCAM in the environment, the one installed with this module, or the first in PATH."""
    try:
        installed = importlib.metadata.files("gradcam") or []
    except importlib.metadata.PackageNotFoundError:
        installed = []
    beside = [str(file.locate()) for file in installed if file.name == "gradcam" and os.access(file.locate(), os.X_OK)]
    found = os.environ.get("GRADCAM") or (beside or [shutil.which("gradcam")])[0]
    if not found:
        raise Error("the command gradcam is not installed (pip install gradcam, or name it in GRADCAM)")
    return found


def explain(paths, *, weights, **options):
    """Explains an image, a folder, or several of them, and returns their records in that order; a folder's images stand by name.

    A record is a dictionary with the keys that `gradcam explain --jsonl` prints. It always has `error` and `maps`. `error` is None, or it
    says why this image failed, and `maps` is empty: one bad image does not stop the others. Each of `maps` has `array`, its numbers as
    float32 at the layer's size. Options are those of the command: `method="layercam"`, `layer=["layer3", "layer4"]`, `target="top5"`,
    `signed=True`. All records and maps are held in memory: for a large folder run the command with --records, and read these with records().

    Raises Error where the command refuses an option or the model, and TypeError for an option of files, which are not left behind.
    """
    own = _OWN.intersection(options)
    if own:
        raise TypeError(f"explain() makes no files: {', '.join(sorted(own))} is for the command")
    names = [os.fsencode(path) for path in ([paths] if isinstance(paths, (str, bytes, os.PathLike)) else paths)]
    words = [command(), "explain", "--weights", os.fspath(weights), "--jsonl", "--quiet", *_words(options)]
    images = [position for position, name in enumerate(names) if not os.path.isdir(name)]
    found = [[] for _ in names]
    for position, record in zip(images, _explained(words, [names[position] for position in images])):
        found[position] = [record]
    for position, name in enumerate(names):
        if os.path.isdir(name):
            inside = _run(words, [name])
            again = [_path(record) for record in inside if _collides(record)]
            inside = [record for record in inside if not _collides(record)] + _explained(words, again)
            found[position] = sorted(inside, key=_path)
    return [record for group in found for record in group]


def _explained(words, images):
    """A record for each image, in their order. Images of one folder and stem would share a map's file: they go to runs of their own."""
    found, left = [None] * len(images), list(range(len(images)))
    while left:
        waiting = {}
        for position in left:
            waiting.setdefault(images[position], []).append(position)
        for record in _run(words, [], [images[position] for position in left]):
            if not _collides(record):
                found[waiting[_path(record)].pop(0)] = record
        still = [position for position in left if found[position] is None]
        if len(still) == len(left):
            raise Error(f"no record of {os.fsdecode(images[still[0]])}")
        left = still
    return found


def _run(words, folder, images=()):
    """The records of one run over a folder or a list of images, with the maps that it left in files."""
    with tempfile.TemporaryDirectory(prefix="gradcam-") as place:
        # A single image named as an operand has all cores; a list is for many.
        operands, listed = (folder, []) if folder else (images, []) if len(images) == 1 else ([], images)
        words = [*words, "--output-dir", f"{place}/overlays", "--heatmap", f"{place}/{{stem}}.{{method}}.{{layer}}.{{target}}.{{mode}}.npy"]
        if listed:
            words += ["--files-from", "-", "--null"]
        process = subprocess.run([*words, "--", *operands], input=b"".join(name + b"\0" for name in listed), capture_output=True)
        found = [json.loads(line) for line in process.stdout.splitlines() if line]
        said = process.stderr.decode(errors="replace").strip().splitlines()
        if process.returncode not in (0, 1) or (process.returncode == 1 and not any("error" in record for record in found)):
            raise Error((said or [f"gradcam ended with {process.returncode}"])[-1].removeprefix("gradcam: "))
        for record in found:
            record.setdefault("error", None)
            for entry in record.setdefault("maps", []):
                entry["array"] = numpy.load(os.fsdecode(_path(entry, "heatmap")))
                # The files are gone when this returns.
                for key in ["heatmap", "heatmap_base64", "output", "output_base64"]:
                    entry.pop(key, None)
        return found


def _path(record, key="image"):
    """A path of a record as bytes, which need not be UTF-8."""
    encoded = record.get(f"{key}_base64")
    return base64.b64decode(encoded) if encoded else record[key].encode()


def _collides(record):
    return record.get("kind") == "collision"


def _words(options):
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            yield flag
        elif value is not None and value is not False:
            for one in value if isinstance(value, (list, tuple)) else [value]:
                yield f"{flag}={os.fspath(one) if isinstance(one, os.PathLike) else one}"


def records(path):
    """The records of a file as a list of flat dictionaries, a row a map, as `pandas.DataFrame` takes them.

    A row has the map's keys and the record's without `maps`; `target` and the best `prediction` are spread: `target.label`,
    `prediction.label`, `prediction.probability`. Every row has `error`. An image that failed has one row, without a map's keys.
    """
    rows = []
    with open(path, encoding="utf-8") as lines:
        for line in filter(str.strip, lines):
            record = {"error": None, **json.loads(line)}
            best = record.pop("prediction", None) or [{}]
            record |= {f"prediction.{key}": value for key, value in best[0].items()}
            for entry in record.pop("maps", None) or [{}]:
                target = entry.pop("target", {})
                rows.append({**record, **entry, **{f"target.{key}": value for key, value in target.items()}})
    return rows


def main():
    """Runs the command with the words of the process, for `python -m gradcam`."""
    os.execv(command(), ["gradcam", *sys.argv[1:]])
