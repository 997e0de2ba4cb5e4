#!/usr/bin/env python3
"""Makes what Scripts/fuzz starts from, out of the tests' fixtures and the tool itself: so that seeds follow the formats.

    Scripts/fuzzing/seeds.py TOOL FOLDER        a folder for each target that needs more than fixtures

`models` holds every small model of the fixtures as `gradcam convert` writes it; `graph` the graphs inside those and one for
each operator; `metadata` what they say beside; `records` lines that `gradcam explain` wrote; `settings` what lies beside
models; `words`, `names` and `lists` what somebody may type; `lossless` the JPEG streams and the deflated data inside DICOM
files. It needs nothing but Python.
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
# What Scripts/fuzz lets grow no larger.
MOST_BYTES = 1 << 16

# An operator behind a convolution of an image, with its inputs beside and its attributes.
OPERATORS = [
    ("Relu", [], {}), ("Sigmoid", [], {}), ("Clip", [], {}), ("LeakyRelu", [], {"alpha": {"float": 0.1}}),
    ("Softmax", [], {"axis": {"int": 1}}), ("Identity", [], {}), ("Erf", [], {}), ("HardSwish", [], {}),
    ("Gelu", [], {"approximate": {"string": "tanh"}}), ("Add", ["c"], {}), ("Mul", ["c"], {}), ("Sub", ["c"], {}),
    ("Div", ["c"], {}), ("Pow", ["c"], {}), ("Max", ["c", "c"], {}), ("Sum", ["c", "c"], {}), ("Mean", ["c"], {}),
    ("MaxPool", [], {"kernel_shape": {"ints": [2, 2]}, "strides": {"ints": [2, 2]}}),
    ("AveragePool", [], {"kernel_shape": {"ints": [3, 3]}, "pads": {"ints": [1, 1, 1, 1]}}),
    ("LpPool", [], {"kernel_shape": {"ints": [2, 2]}, "p": {"int": 2}}), ("GlobalMaxPool", [], {}),
    ("BatchNormalization", ["b", "b", "b", "b"], {}), ("InstanceNormalization", ["b", "b"], {}),
    ("GroupNormalization", ["b", "b"], {"num_groups": {"int": 3}}), ("LRN", [], {"size": {"int": 3}}),
    ("LayerNormalization", ["l"], {"axis": {"int": -1}}), ("LpNormalization", [], {"axis": {"int": 1}}),
    ("ConvTranspose", ["w"], {"strides": {"ints": [2, 2]}}), ("Conv", ["w", "b"], {"dilations": {"ints": [2, 2]}}),
    ("Conv", ["d"], {"group": {"int": 3}}), ("Transpose", [], {"perm": {"ints": [0, 1, 3, 2]}}),
    ("Reshape", ["s"], {}), ("Unsqueeze", ["i"], {}), ("Expand", ["s"], {}), ("Tile", ["t"], {}),
    ("Slice", ["i", "k", "k"], {}), ("Pad", ["p"], {"mode": {"string": "reflect"}}), ("Gather", ["i"], {"axis": {"int": 1}}),
    ("Concat", ["c", "w1"], {"axis": {"int": 1}}), ("DepthToSpace", [], {"blocksize": {"int": 1}}),
    ("SpaceToDepth", [], {"blocksize": {"int": 3}}), ("Resize", ["", "f"], {"mode": {"string": "linear"}}),
    ("Resize", ["", "", "s"], {"mode": {"string": "nearest"}}), ("MatMul", ["m"], {}),
    ("ReduceMean", ["k"], {"keepdims": {"int": 1}}), ("ReduceMax", [], {}), ("ReduceSum", ["i"], {}),
    ("ReduceLogSumExp", ["k"], {}), ("ArgMax", [], {"axis": {"int": 1}}), ("Where", ["c", "c"], {}), ("Cast", [], {"to": {"int": 1}}),
]
# The tensors that those take: a type, a shape and, of whole numbers, their values.
TENSORS = {
    "w": ("F32", [3, 3, 3, 3]), "d": ("F32", [3, 1, 3, 3]), "b": ("F32", [3]), "l": ("F32", [9]), "m": ("F32", [9, 4]),
    "w1": ("F32", [1, 1, 9, 9]), "f": ("F32", [4]), "s": ("I64", [4], [1, 3, 9, 9]), "t": ("I64", [4], [1, 1, 2, 1]),
    "i": ("I64", [1], [1]), "k": ("I64", [1], [2]), "p": ("I64", [8], [0, 0, 1, 1, 0, 0, 1, 1]),
}

WORDS = [
    # Preprocessing.
    "imagenet", "imagenet,crop=256", "half", "unit,resize=224,crop=none", "tf", "caffe", "raw", "imagenet-squash",
    "resize=256x320,crop=224x288,interpolation=bicubic,antialias=off,channels=bgr,scale=1,mean=1/2/3,std=0.5",
    "window=0/4095,bits=12,pillow=12", "window=none,bits=8,pillow=13", "resize=none,crop=none,channels=gray,mean=-0.5",
    # Targets, layers, architectures, parts, shapes and numbers.
    "top", "top5", "all", "17", "opacity", "features.0", "features.-1", "layer4.-1.conv2", "conv", "+1", "",
    "xray-classifier:nc=3,nf=8", "resnet18:nc=1000", "resnet50", "1/8", "8/8", "0/0", "3x224x224", "1e-3", "0x10", "-0", "1.5",
    # Command lines, an argument a line.
    "explain\na.jpg\n--weights\nw.bin\n--method=gradcam,layercam\n--target\ntop5\n--heatmap={stem}-{target}.npy",
    "explain\n-\n-w\nw.bin\n--output\n-\n--layer=features\n--resume\n--records\nr.jsonl\n--jobs=2\n--threads=1",
    "inspect\nw.bin\n--json", "convert\nw.pth\n-o\nw.bin\n--labels\nl.txt", "verify\nr.jsonl", "report\nr.jsonl\n-o\nr.html",
    "help\nexplain", "--version", "explain\n--shard\n1/8\n--compat\npytorch-grad-cam\n--boxes\n0.5\nx",
]
NAMES = [
    "{stem}.npy\nopacity\nlayer1", "out/{stem}-{method}-{layer}-{target}-{mode}.png\na/b\na_b\n..\n.", "{stem}{target}.svg\n\n-\nclass 1",
    "{target}.jpg\n" + "\n".join("é" * length for length in (100, 126, 127, 128, 200)), "x\nagainst\nsigned\nfused-mean\nrather-than-a",
]
INDEX = '{"metadata": {}, "weight_map": {"a.weight": "model-00001-of-00002.safetensors", "a.bias": "b.bin"}}'
LABELS = [
    "cat\r\ndog\r\n", '["cat", "dog"]', '{"0": "cat", "1": "dog"}', '{"cat": 0, "dog": 1}', '{"0": ["n01", "cat"]}',
    "index,label\n0,cat\n1,\"dog, \"\"brown\"\"\"\n", "label;id\nfox;0\n", "0\tcat\n1\tdog\n", '{"id2label": {0: \'cat\'}}', "[x]\ny\n",
]
LISTS = ["a.jpg\nb.jpg\n", "a\r\n\r\n/b//c/../d\n", "a\0b\0\0c", "-\n./-\n%2F/x", '{"image":"a"}\n\n{"image":"b"}', "x" * 70000]


def tensors(content):
    """The metadata of a safetensors file, and its tensors: a type, a shape and the bytes of each by name."""
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8:8 + length])
    metadata = header.pop("__metadata__", {})
    body = content[8 + length:]
    return metadata, {name: (entry["dtype"], entry["shape"], body[slice(*entry["data_offsets"])])
                      for name, entry in header.items() if not name.startswith("gradcam.packed.")}


def with_tensors(graph, found):
    """A graph's JSON with the tensors that FuzzGraph has to lay beside it; only whole numbers keep their values."""
    entries = []
    for name, (kind, shape, *values) in found.items():
        entry = {"name": name, "type": kind, "shape": shape}
        if values:
            entry["values"] = values[0]
        entries.append(entry)
    return json.dumps({**graph, "beside": entries}, separators=(",", ":"), ensure_ascii=False)


def whole_numbers(kind, data):
    return [list(struct.unpack(f"<{len(data) // 8}q", data))] if kind == "I64" and len(data) <= 256 else []


def operator_graph(name, inputs, attributes):
    def node(title, operator, inputs, output, attributes=None):
        return {"name": title, "domain": "", "op": operator, "opset": 18, "inputs": inputs, "outputs": [output],
                "attributes": attributes or {}, "metadata": {}}

    nodes = [
        node("/conv/Conv", "Conv", ["x", "w", "b"], "c", {"pads": {"ints": [1, 1, 1, 1]}}),
        node(f"/middle/{name}", name, ["c", *inputs], "r", attributes),
        node("/pool/GlobalAveragePool", "GlobalAveragePool", ["r"], "p"), node("/Flatten", "Flatten", ["p"], "y"),
    ]
    graph = {"inputs": [{"name": "x", "type": "F32", "dimensions": [1, 3, 9, 9]}], "outputs": ["y"], "nodes": nodes,
             "weights": list(TENSORS)}
    return with_tensors(graph, TENSORS)


def convert(tool, into, folder):
    """Every model of the fixtures that converts, as a file of ours; gives their paths."""
    models = []
    for path in sorted(path for ending in ("onnx", "pth", "th", "safetensors") for path in FIXTURES.rglob(f"*.{ending}")):
        target = into / f"{path.parent.name}-{path.name}.bin"
        if path.stat().st_size > 4 * MOST_BYTES or path.parent.name == "regressions":
            continue
        done = subprocess.run([tool, "convert", "--quiet", path, "-o", target], cwd=folder, capture_output=True)
        if done.returncode == 0:
            models.append(target)
    return models


def write(folder, texts):
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"{number:04}").write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape"))


def records(tool, models, folder):
    """Lines that runs of several kinds wrote."""
    images = sorted(str(path) for path in (FIXTURES / "cli").iterdir() if path.suffix in (".jpg", ".png"))
    model = next(path for path in models if path.name == "cli-gray.pth.bin")
    runs = [["--target=all", "--method=gradcam,layercam"], ["--boxes=0.5", "--contours=0.5", "--heatmap={stem}-{target}.npy"],
            ["--method=smoothgrad,rise", "--seed=5"], ["--canvas=original", "--counterfactual"], ["--clip=99", "--target=top5"]]
    lines = []
    for options in runs:
        with tempfile.TemporaryDirectory(dir=folder) as outputs:
            command = [tool, "explain", *images, "missing.jpg", "--weights", model, "--output-dir", outputs, "--json", "--quiet"]
            done = subprocess.run([*command, *options], cwd=folder, capture_output=True)
            lines += [line for line in done.stdout.split(b"\n") if line.startswith(b"{")]
    return lines


def streams():
    """Lossless JPEGs, from their beginning to the file's end, and deflated data sets."""
    files = [path.read_bytes() for path in sorted((FIXTURES / "dicom").glob("lossless-*.dcm"))]
    deflated = (FIXTURES / "dicom" / "deflated.dcm").read_bytes()
    return [file[file.index(b"\xFF\xD8"):] for file in files] + [deflated[144 + struct.unpack("<I", deflated[140:144])[0]:]]


def settings():
    """What FuzzSettings takes: settings of a processor and of a model, an index, and labels, with a NUL between them."""
    cases, _ = tensors((FIXTURES / "folders" / "settings.safetensors").read_bytes())
    found = [json.loads(case) for _, case in sorted(cases.items())]
    texts = [[json.dumps(case["processor"] or ""), json.dumps(case["config"] or ""), INDEX] for case in found]
    return ["\0".join([*text, LABELS[number % len(LABELS)]]) for number, text in enumerate(texts)]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tool, into = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    (into / "models").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        models = convert(tool, into / "models", folder)
        graphs, metadata = [operator_graph(*entry) for entry in OPERATORS], []
        for path in models:
            said, found = tensors(path.read_bytes())
            graph = said.pop("gradcam.graph", None)
            if graph:
                found = {name: (kind, shape, *whole_numbers(kind, data)) for name, (kind, shape, data) in found.items()}
                graphs.append(with_tensors(json.loads(graph), found))
            metadata.append("\n".join(f"{key} {value}" for key, value in sorted(said.items())))
        write(into / "graph", [graph for graph in graphs if len(graph) <= MOST_BYTES])
        write(into / "metadata", sorted(set(metadata)))
        write(into / "records", records(tool, models, folder))
    for path in models:
        if path.stat().st_size > MOST_BYTES:
            path.unlink()
    # FuzzWords takes a digit for the kind of what follows.
    words = [f"{kind}{word}" for word in WORDS for kind in range(6)]
    own = (("words", words), ("names", NAMES), ("lists", LISTS), ("lossless", streams()), ("settings", settings()))
    for name, texts in own:
        write(into / name, texts)
    for path in sorted(into.iterdir()):
        print(f"seeds: {path.name}: {len(list(path.iterdir()))}")


if __name__ == "__main__":
    main()
