"""Explains what an image classifier looked at, through the command `gradcam`.

    import gradcam
    record = gradcam.explain("photo.jpg", weights="w.bin")[0]
    record["maps"][0]["array"]          # the map as float32, rows by columns
    table = gradcam.records("maps.jsonl")
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile

import numpy

__all__ = ["Error", "command", "explain", "records"]


class Error(Exception):
    """What the command said of an image, or of how it was called."""


def command():
    """The path of the command: GRADCAM in the environment, the one installed with this module, or the first in PATH."""
    beside = pathlib.Path(sysconfig.get_path("scripts")) / "gradcam"
    found = os.environ.get("GRADCAM") or (str(beside) if beside.exists() else shutil.which("gradcam"))
    if not found:
        raise Error("the command gradcam is not installed")
    return found


def explain(paths, *, weights, **options):
    """Explains one image, or several, and returns a list of records: dictionaries as `gradcam explain --jsonl` prints them.

    Each map of a record has `array`, its numbers as float32. Options are those of the command: `method="layercam"`,
    `layer=["layer3", "layer4"]`, `target="top5"`, `signed=True`. An image that fails raises Error.
    """
    images = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    with tempfile.TemporaryDirectory(prefix="gradcam-") as folder:
        words = [command(), "explain", "--weights", weights, "--jsonl", "--quiet", "--output-dir", f"{folder}/overlays",
                 "--heatmap", f"{folder}/{{stem}}.{{method}}.{{layer}}.{{target}}.{{mode}}.npy", *_words(options), "--", *images]
        process = subprocess.run([os.fspath(word) for word in words], capture_output=True, text=True)
        found = [json.loads(line) for line in process.stdout.splitlines()]
        if process.returncode != 0:
            failed = [f"{record['image']}: {record['error']}" for record in found if "error" in record]
            lines = process.stderr.strip().splitlines()
            raise Error((failed + lines or [f"gradcam ended with {process.returncode}"])[0].removeprefix("gradcam: "))
        for record in found:
            for entry in record["maps"]:
                entry["array"] = numpy.load(entry["heatmap"])
                # The files are gone when this returns.
                entry["heatmap"] = entry["output"] = None
        return found


def _words(options):
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            yield flag
        elif value is not None and value is not False:
            for one in value if isinstance(value, (list, tuple)) else [value]:
                yield from (flag, str(one))


def records(path):
    """The records of a file as a pandas DataFrame with a row a map, or, without pandas, as a list of dictionaries.

    A row has the map's keys, and the record's without `maps`. An image that failed has one row, with `error`.
    """
    rows = []
    with open(path, encoding="utf-8") as lines:
        for line in filter(str.strip, lines):
            record = json.loads(line)
            maps = record.pop("maps", None) or [{}]
            rows += [{**record, **entry} for entry in maps]
    try:
        import pandas
    except ImportError:
        return rows
    return pandas.DataFrame(rows)


def main():
    """Runs the command with the words of the process, for `python -m gradcam`."""
    os.execv(command(), ["gradcam", *sys.argv[1:]])
