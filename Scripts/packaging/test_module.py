"""Tests of the Python module, run by Scripts/packaging/try in an environment that has it and numpy alone: test_module.py MODELS"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import gradcam
import numpy

MODELS = pathlib.Path(sys.argv[1]).resolve()
WEIGHTS, IMAGES = MODELS / "demo-xray.bin", MODELS / "images"
OPACITY, NORMAL = IMAGES / "opacity-01.jpg", IMAGES / "normal-01.jpg"


def fails(work, text, kind=gradcam.Error):
    try:
        work()
    except kind as error:
        assert text in str(error), error
    else:
        raise AssertionError(f"no error about {text}")


def arrays(records):
    return [record["maps"][0]["array"] for record in records]


def one_image():
    record, = gradcam.explain(OPACITY, weights=WEIGHTS)
    assert record["error"] is None and record["image"] == str(OPACITY), record
    assert record["prediction"][0]["label"] == "opacity" and record["maps"][0]["verdict"] == "ok", record
    array = record["maps"][0]["array"]
    assert array.shape == (8, 8) and array.dtype == numpy.float32 and 0.99 < array.max() <= 1, array
    assert gradcam.explain(str(OPACITY), weights=str(WEIGHTS))[0]["image"] == str(OPACITY)
    assert gradcam.explain([], weights=WEIGHTS) == []


def options():
    both = gradcam.explain([OPACITY, NORMAL], weights=WEIGHTS, method="layercam", target="all", layer="resnet_blocks.3", seed=7)
    assert len(both) == 2 and [entry["target"]["label"] for entry in both[0]["maps"]] == ["normal", "opacity"], both
    assert both[0]["maps"][0]["method"] == "layercam" and both[0]["maps"][0]["array"].shape == (16, 16)
    record, = gradcam.explain(OPACITY, weights=WEIGHTS, layer=["resnet_blocks.3", "resnet_blocks.-1"], method=["gradcam", "fem"], boxes=True)
    assert len(record["maps"]) == 4 and {len(entry["array"]) for entry in record["maps"]} == {8, 16}, record
    assert "boxes" in record["maps"][0], record
    signed, plain = arrays([*gradcam.explain(NORMAL, weights=WEIGHTS, signed=True), *gradcam.explain(NORMAL, weights=WEIGHTS, signed=False)])
    assert signed.min() < 0 <= plain.min(), (signed, plain)
    fails(lambda: gradcam.explain(OPACITY, weights=WEIGHTS, method="gradcan"), "gradcan")
    fails(lambda: gradcam.explain(OPACITY, weights=WEIGHTS, no_such=1), "no-such")
    fails(lambda: gradcam.explain(OPACITY, weights="none.bin"), "none.bin: no such file")
    fails(lambda: gradcam.explain(OPACITY, weights=WEIGHTS, output_dir="maps"), "output_dir", TypeError)


def a_folder():
    found = gradcam.explain(IMAGES, weights=WEIGHTS)
    assert [record["image"] for record in found] == [str(path) for path in sorted(IMAGES.glob("*.jpg"))], found
    assert all(record["maps"][0]["array"].shape == (8, 8) for record in found)


def one_name_in_several_places(folder):
    """Two folders with the same names, images of the same names in both, one stem with two endings, and an image given twice."""
    for name, image in [("a", OPACITY), ("b", NORMAL)]:
        (folder / name).mkdir()
        shutil.copy(image, folder / name / "x.jpg")
    shutil.copy(IMAGES / "opacity-02.jpg", folder / "a/x.jpeg")
    expected = [alone[0] for alone in (arrays(gradcam.explain(path, weights=WEIGHTS)) for path in [IMAGES / "opacity-02.jpg", OPACITY, NORMAL])]
    found = gradcam.explain([folder / "a", folder / "b"], weights=WEIGHTS)
    assert [record["image"] for record in found] == [f"{folder}/{name}" for name in ("a/x.jpeg", "a/x.jpg", "b/x.jpg")], found
    numpy.testing.assert_array_equal(arrays(found), expected)
    names = ["b/x.jpg", "a/x.jpg", "a/x.jpeg", "a/x.jpg"]
    found = gradcam.explain([folder / name for name in names], weights=WEIGHTS)
    assert [record["image"] for record in found] == [f"{folder}/{name}" for name in names], found
    numpy.testing.assert_array_equal(arrays(found), [expected[2], expected[1], expected[0], expected[1]])


def failing_images(folder):
    (folder / "bad.jpg").write_bytes(b"\xff\xd8 no more")
    shutil.copy(OPACITY, folder / "good.jpg")
    shutil.copy(OPACITY, os.path.join(os.fsencode(folder), b"latin-\xe9.jpg"))
    record, = gradcam.explain("none.jpg", weights=WEIGHTS)
    assert record["error"] == "no such file" and record["maps"] == [], record
    found = gradcam.explain([folder / "good.jpg", folder / "bad.jpg", folder / "none.jpg"], weights=WEIGHTS)
    assert [bool(record["error"]) for record in found] == [False, True, True], found
    assert [len(record["maps"]) for record in found] == [1, 0, 0], found
    in_folder = {pathlib.Path(record["image"]).name: record["error"] for record in gradcam.explain(folder, weights=WEIGHTS)}
    assert len(in_folder) == 3 and in_folder["bad.jpg"] and in_folder["good.jpg"] is None, in_folder
    raw, = gradcam.explain(os.path.join(os.fsencode(folder), b"latin-\xe9.jpg"), weights=WEIGHTS)
    assert raw["error"] is None and raw["maps"], raw
    both = gradcam.explain([folder / "good.jpg", os.fsdecode(os.path.join(os.fsencode(folder), b"latin-\xe9.jpg"))], weights=WEIGHTS)
    numpy.testing.assert_array_equal(*arrays(both))


def record_files(folder):
    (folder / "bad.jpg").write_bytes(b"no image")
    file = folder / "maps.jsonl"
    subprocess.run([gradcam.command(), "explain", OPACITY, folder / "bad.jpg", "-w", WEIGHTS, "-m", "gradcam,fem", "-q", "-j1",
                    "-d", folder, "--records", file], check=False, capture_output=True)
    with file.open("a") as more:
        more.write("\n")
    rows = gradcam.records(file)
    assert [pathlib.Path(row["image"]).name for row in rows] == ["opacity-01.jpg", "opacity-01.jpg", "bad.jpg"], rows
    assert [row.get("method") for row in rows] == ["gradcam", "fem", None], rows
    assert rows[0]["target.label"] == rows[0]["prediction.label"] == "opacity" and rows[0]["prediction.probability"] > 0.9, rows[0]
    assert [row["error"] is None for row in rows] == [True, True, False], rows
    assert "pandas" not in sys.modules
    json.dumps(rows)


def main():
    one_image()
    options()
    a_folder()
    for test in [one_name_in_several_places, failing_images, record_files]:
        with tempfile.TemporaryDirectory() as folder:
            test(pathlib.Path(folder))
    shown = subprocess.run([sys.executable, "-m", "gradcam", "--version"], check=True, capture_output=True, text=True).stdout
    assert shown.startswith("gradcam "), shown
    print("the module works")


main()
