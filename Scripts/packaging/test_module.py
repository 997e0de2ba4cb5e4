"""Tests of the Python module, run by Scripts/packaging/try in an environment that has it: test_module.py MODELS"""

import pathlib
import sys
import tempfile

import gradcam
import numpy

MODELS = pathlib.Path(sys.argv[1])
WEIGHTS, IMAGE = MODELS / "demo-xray.bin", MODELS / "images/opacity-01.jpg"


def fails(work, text):
    try:
        work()
    except gradcam.Error as error:
        assert text in str(error), error
    else:
        raise AssertionError(f"no error about {text}")


record, = gradcam.explain(IMAGE, weights=WEIGHTS)
assert record["prediction"][0]["label"] == "opacity" and record["maps"][0]["verdict"] == "ok", record
array = record["maps"][0]["array"]
assert array.shape == (8, 8) and array.dtype == numpy.float32 and 0.99 < array.max() <= 1, array
both = gradcam.explain([IMAGE, MODELS / "images/opacity-02.jpg"], weights=WEIGHTS, method="layercam", target="all", layer="resnet_blocks.3")
assert len(both) == 2 and [entry["target"]["label"] for entry in both[0]["maps"]] == ["normal", "opacity"], both
assert both[0]["maps"][0]["method"] == "layercam" and both[0]["maps"][0]["array"].shape == (16, 16)
fails(lambda: gradcam.explain("none.jpg", weights=WEIGHTS), "none.jpg")
fails(lambda: gradcam.explain(IMAGE, weights=WEIGHTS, method="gradcan"), "gradcan")
with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
    file.write('{"image":"a.jpg","maps":[{"method":"gradcam"},{"method":"fem"}]}\n\n{"image":"b.jpg","error":"is no image"}\n')
    file.flush()
    table = gradcam.records(file.name)
rows = table if isinstance(table, list) else table.to_dict("records")
assert [row["image"] for row in rows] == ["a.jpg", "a.jpg", "b.jpg"] and rows[1]["method"] == "fem" and rows[2]["error"]
print("the module works")
