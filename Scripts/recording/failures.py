"""Command lines that are wrong, and models that are damaged."""

import io
import json
import random
import struct
import zipfile

from recording.commands import COMMANDS
from recording.kit import FIXTURES, REPOSITORY, Runs, step

CIFAR = "-w cli/cifar.th"
EXPLAIN = f"explain cli/tiny.png {CIFAR} -d out"

# What each option of explain takes, and values that it does not.
VALUES = {
    "alpha": ["-0.1", "1.1", "x", "nan", "inf", "", "0x1", "1e400", ".5", "+0.5", "0,5"],
    "gamma": ["0", "-1", "x", "inf", "1e-99", "1e39", ""],
    "threshold": ["0", "1.01", "x", ""],
    "resample": ["bicubc", "BILINEAR", "", "lanczos"],
    "canvas": ["orignal", "x", ""],
    "colormap": ["jett", "JET", "", "rainbowest", "jet,gray"],
    "score": ["loggit", "x", ""],
    "normalize": ["min", "mx", ""],
    "fuse": ["sum", "maxx", ""],
    "compat": ["captm", "pytorch-gradcam", "torchcam", ""],
    "engine": ["im2cl", "gpu", ""],
    "jobs": ["0", "1025", "-1", "1.5", "x", "", "99999999999999999999"],
    "threads": ["0", "1025", "x"],
    "seed": ["-1", "1.5", "x", "9223372036854775808", ""],
    "samples": ["0", "1000001", "x"],
    "batch": ["0", "1025", "x"],
    "budget": ["0", "-1", "x", "inf", "nan", ""],
    "max-errors": ["0", "x", ""],
    "shard": ["1/2/3", "x"],
    "method": ["", "gradcm", ",", "gradcam,"],
    "layer": ["", ",", "layer2,,layer3", "layer22"],
    "target": ["", "10", "-1", "nothing"],
    "against": ["", "10", "top", "all", "nothing"],
    "input-shape": [
        "3x32", "3X32X32", "0x32x32", "axbxc", "3x32x32x1", "", "3x99999999999999999999x1", "-3x32x32",
        "3x0x0", "3×32×32"
    ],
    "labels": ["none.txt", "", "cli"],
    "arch": [
        "", "nothing", "cifar-resnet:", "cifar-resnet:x", "cifar-resnet:depth=x",
        "cifar-resnet:depth=8,depth=8", "cifar-resnet:bogus=1", ":", "cifar-resnt"
    ],
    "output-name": ["", "x"],
    "weights": ["", "none.bin", "cli", "cli/tiny.png", "/dev/null", "-"],
    "clip": ["0", "-1", "101", "nan", "x", ""],
    "heatmap": ["", "x", "x.gif", ".npy", "{stem}", "-"],
    "dump": ["-", ""],
    "output": [""],
    "records": ["-", ""],
}
SWITCHES = [
    "recursive", "null", "no-orient", "fast-decode", "signed", "counterfactual", "aug-smooth", "eigen-smooth",
    "strict", "panel", "boxes", "contours", "json", "jsonl", "csv", "resume", "quiet", "verbose"
]


def add(runs: Runs):
    _values(runs)
    _words(runs)
    _models(runs)
    _files(runs)


def _values(runs: Runs):
    for option, values in VALUES.items():
        for value in values:
            lines = [[*EXPLAIN.split(), f"--{option}={value}"], [*EXPLAIN.split(), f"--{option}", value]]
            runs.add(f"wrong-values/{option}/{value.replace('/', '_') or 'empty'}", *lines)
        runs.add(f"wrong-values/{option}/missing", f"{EXPLAIN} --{option}", f"{EXPLAIN} --{option} --json",
                 f"explain --{option}", f"{EXPLAIN} --{option[:-1]} 1", f"{EXPLAIN} --{option}s=1",
                 f"{EXPLAIN} --{option.upper()} 1")
    for switch in SWITCHES:
        runs.add(f"wrong-values/{switch}", f"{EXPLAIN} --{switch}=on", f"{EXPLAIN} --{switch}=",
                 f"{EXPLAIN} --{switch[1:]}", f"{EXPLAIN} --no-{switch}", f"{EXPLAIN} --{switch}",
                 f"{EXPLAIN} --{switch} --{switch}")
    for option in [*VALUES, *SWITCHES, "title", "base", "pictures", "runs", "layers", "stages"]:
        runs.add(f"wrong-values/elsewhere/{option}", *(f"{command} x --{option}=1" for command in COMMANDS))


def _words(runs: Runs):
    lines = {
        "commands": [
            "explan", "EXPLAIN", "x", "--quiet explain", "-w x explain", "--", "-", "''", "help explan",
            "help x y", "help --quiet", "man x", "methods x", "colormaps -q", "completions",
            "completions bsh", "completions bash zsh", "help help", "--help explain", "--version x",
            "--bogus", "-x"
        ],
        "explain": [
            "explain", f"explain {CIFAR}", "explain cli/tiny.png", "explain none.jpg",
            "explain cli/tiny.png -w", "explain cli/tiny.png -w none.bin", f"explain none.jpg {CIFAR}",
            f"explain '' {CIFAR}", f"explain cli/tiny.png -- {CIFAR}"
        ],
        "letters": [
            f"{EXPLAIN} -x", f"{EXPLAIN} -rx", f"{EXPLAIN} -M gradcam", f"{EXPLAIN} -W x", f"{EXPLAIN} -mfem",
            f"{EXPLAIN} -m=fem", f"{EXPLAIN} -j", f"{EXPLAIN} -j0", f"{EXPLAIN} -rj1", f"{EXPLAIN} -jr",
            f"{EXPLAIN} -json", f"{EXPLAIN} -output x", f"{EXPLAIN} -panel", f"{EXPLAIN} -\u00fc",
            f"{EXPLAIN} --\u00fc", f"{EXPLAIN} -t-1", f"{EXPLAIN} -t -1", f"{EXPLAIN} --=", f"{EXPLAIN} --=x",
            f"{EXPLAIN} ---json", f"{EXPLAIN} -0", f"{EXPLAIN} -c jet"
        ],
        "pairs": [
            f"{EXPLAIN} --json --jsonl", f"{EXPLAIN} --jsonl --csv", f"{EXPLAIN} --csv --json",
            f"{EXPLAIN} --json --jsonl --csv", f"explain cli/tiny.png {CIFAR} -o - --json",
            f"explain cli/tiny.png {CIFAR} -o - --csv", f"explain cli/tiny.png {CIFAR} -o- --jsonl",
            f"{EXPLAIN} --threshold .5", f"{EXPLAIN} -o x.png", f"{EXPLAIN} --resume",
            f"{EXPLAIN} --colormap jet --colormap gray", f"{EXPLAIN} --signed --normalize minmax",
            f"{EXPLAIN} --signed --colormap jet", f"{EXPLAIN} --against 1 --counterfactual",
            f"{EXPLAIN} --fast-decode --canvas original", f"{EXPLAIN} --samples 3 --budget 1",
            f"{EXPLAIN} --aug-smooth -m rise --samples 2", f"{EXPLAIN} --eigen-smooth -m saliency",
            f"{EXPLAIN} -j 3 --threads 3"
        ],
        "inspect": [
            "inspect", "inspect none", "inspect cli", "inspect ''", "inspect -",
            "inspect cli/cifar.th cli/xray.pth", "inspect cli/tiny.png", "inspect /dev/null",
            "inspect --jsonl cli/cifar.th", "inspect -l x cli/cifar.th"
        ],
        "strange-words": [["explain", "\udcff.jpg", "-w", "cli/cifar.th", "-d", "out"],
                          ["explain", "cli/tiny.png", "-w", "cli/cifar.th", "-d", "o\udcff"],
                          ["explain", "cli/tiny.png", "-w", "cli/cifar.th", "-d", "out", "-t", "\udcff"],
                          ["explain", "--\udcff"], ["\udcff"], ["explain", "cli/tiny.png", "-w", "\udcff"],
                          ["explain", "x\ny.jpg", "-w", "cli/cifar.th"],
                          ["explain", "\x1b[31m.jpg", "-w", "cli/cifar.th"],
                          ["explain", "cli/tiny.png", "-w", "cli/cifar.th", "-o", "x\n.png"],
                          ["explain", "cli/tiny.png", "-w", "cli/cifar.th", "-d", "out", "-m", "\udcff"],
                          ["inspect", "cli/cifar.th", "--arch", "\udcff"],
                          ["convert", "cli/cifar.th", "-o", "\udcff.bin"]],
    }
    for name, group in lines.items():
        for index, line in enumerate(group):
            runs.add(f"wrong-words/{name}/{index:02}", line)


def _models(runs: Runs):
    """Models that were cut, or had bytes changed at places that are the same each time."""
    models = [
        "cli/cifar.th", "cli/gray.pth", "checkpoints/plain.safetensors", "checkpoints/prefixed.zip.pth",
        "checkpoints/protocol2.legacy.pth", "checkpoints/nested5.zip.pth", "networks/dense-old.onnx",
        "networks/dense-current.onnx", "networks/patches-old.onnx", "networks/enlarged-old.onnx",
        "networks/shuffle-old.onnx", "networks/squeeze-old.onnx", "networks/branches-old.onnx",
        "onnx/dynamo.onnx", "onnx/scoped.onnx", "onnx/tensors.onnx", "onnx/functions.onnx",
        "onnx/attributes.onnx", "onnx/external.onnx"
    ]
    contents = {name: (FIXTURES / name).read_bytes()
                for name in models} | {"demo.bin": (REPOSITORY / "models/demo-xray.bin").read_bytes()}
    for name, content in contents.items():
        files = {}
        for place in [
                0, 1, 3, 7, 8, 9, 60,
                len(content) // 4,
                len(content) // 2,
                len(content) - 30,
                len(content) - 1
        ]:
            files[f"cut-{place}"] = content[:place]
        source = random.Random(name)
        for index in range(16):
            # Half of the places are in the first bytes, where headers and graphs stand.
            place = int(source.random() * (len(content) if index % 2 else min(len(content), 600)))
            files[f"changed-{place}"] = content[:place] + bytes([content[place] ^
                                                                 (1 << index % 8)]) + content[place + 1:]
        files["longer"] = content + b"more"
        runs.add(f"damaged/{name}", *(f"inspect {file}" for file in files), files=files)
    _words_of_graphs(runs,
                     {name: content
                      for name, content in contents.items() if name.startswith("networks/")})


def _words_of_graphs(runs: Runs, graphs: dict[str, bytes]):
    """Graphs in which an operator or an attribute has another name of the same length."""
    words = [
        "Conv", "Relu", "Gemm", "MatMul", "GlobalAveragePool", "Concat", "Reshape", "Transpose", "Softmax",
        "Flatten", "AveragePool", "MaxPool", "Add", "Mul", "Sigmoid", "Resize", "BatchNormalization", "Slice",
        "Split", "Constant", "Shape", "Gather", "Clip", "strides", "pads", "dilations", "group",
        "kernel_shape", "axis", "perm", "epsilon", "ceil_mode", "transB", "auto_pad", "count_include_pad"
    ]
    for name, content in graphs.items():
        files = {}
        for word in words:
            raw = word.encode()
            if raw in content:
                files[f"{word}.onnx"] = content.replace(raw, raw[:-1] + b"Z")
                files[f"{word}-once.onnx"] = content.replace(raw, b"Z" + raw[1:], 1)
        runs.add(f"graphs/{name}",
                 *(f"inspect {file}" for file in files),
                 *(f"explain cli/tiny.png -w {file} -d out --jsonl" for file in list(files)[::3]),
                 files=files)


def _files(runs: Runs):
    """Files that are no models, and models whose headers say what cannot be."""
    files = {
        "lfs": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "hdf5":
        b"\x89HDF\r\n\x1a\n" + bytes(60), "gzip": b"\x1f\x8b\x08" + bytes(30), "page":
        b"<!DOCTYPE html><html></html>", "json": b'{"a": 1}', "tflite": b"\x18\0\0\0TFL3" + bytes(40), "text":
        b"weights", "xz": b"\xfd7zXZ\0", "bz2": b"BZh9", "numpy": b"\x93NUMPY\x01\0"
    }
    for name, members in {
            "empty": [], "other": ["a.txt"], "no-pickle": ["m/version"], "npz": ["a.npy"], "keras":
        ["model.weights.h5", "config.json"], "twice": ["m/data.pkl", "m/twin.pkl"], "two-pickles":
        ["a/data.pkl", "b/data.pkl"], "script": ["m/code/a.py", "m/data.pkl"]
    }.items():
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for member in members:
                archive.writestr(zipfile.ZipInfo(member), b"\x80\x02}.")
        files[f"zip-{name}"] = made.getvalue().replace(b"twin.pkl", b"data.pkl")
    for name, header in _headers().items():
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        files[f"header-{name}"] = struct.pack("<Q", len(text)) + text + bytes(16)
    files["header-long"] = struct.pack("<Q", 1 << 40) + b"{}"
    files["header-longer"] = struct.pack("<Q", 1 << 63) + b"{}" + bytes(100)
    for name, content in files.items():
        runs.add(f"no-models/{name}",
                 "inspect file",
                 "explain cli/tiny.png -w file -d out",
                 files={"file": content})
    model = (REPOSITORY / "models/demo-xray.bin").read_bytes()
    size = struct.unpack("<Q", model[:8])[0]
    header = json.loads(model[8:8 + size])
    said = header["__metadata__"]
    changes = {
        f"{key}-{index}": said | {key: value}
        for key in said
        for index, value in enumerate(["", "x", "null", "[]", "{}", "7", '"x"'])
    }
    changes |= {
        f"without-{key}": {other: value
                           for other, value in said.items() if other != key}
        for key in said
    }
    changes |= {
        f"preprocess-{key}":
        said | {"gradcam.preprocess": json.dumps(json.loads(said["gradcam.preprocess"]) | {key: value})}
        for key, value in {
            "mean": [1, 2], "std": [0], "crop": "x", "resize": 64, "scale": 0, "interpolation": "x",
            "channels": "gray", "more": 1
        }.items()
    }
    changes |= {
        "labels": said | {"gradcam.labels": '["a"]'}, "layer": said | {"gradcam.layer": '"resnet_blocks.7"'},
        "flat-layer": said | {"gradcam.layer": '"classifier"'}
    }
    for name, metadata in changes.items():
        text = json.dumps(header | {"__metadata__": metadata}).encode()
        text += b" " * (-len(text) % 8)
        content = struct.pack("<Q", len(text)) + text + model[8 + size:]
        runs.add(f"metadata/{name}",
                 "inspect m.bin",
                 "explain cli/tiny.png -w m.bin -d out --jsonl",
                 files={"m.bin": content})


def _headers() -> dict[str, dict | bytes]:
    """Headers of safetensors files with 16 bytes of data."""

    def one(**changes) -> dict:
        return {"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]} | changes}

    return {
        "right": one(),
        "type": one(dtype="Q4"),
        "half": one(dtype="F16"),
        "integer": one(dtype="I64"),
        "shape": one(shape=[5]),
        "negative": one(shape=[-4]),
        "absurd": one(shape=[1 << 40, 1 << 40]),
        "no-shape": {"a": {"dtype": "F32", "data_offsets": [0, 16]}},
        "beyond": one(data_offsets=[0, 32]),
        "backwards": one(data_offsets=[16, 0]),
        "gap": one(data_offsets=[4, 16], shape=[3]),
        "short": one(data_offsets=[0, 8], shape=[2]),
        "overlap": one() | {"b": one()["a"]},
        "list": [],
        "no-tensors": {},
        "number": {"a": 1},
        "metadata-numbers": one() | {"__metadata__": {"a": 1}},
        "not-json": b"{nope}",
        "twice":
        b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}',
        "not-utf8": b'{"\xff":1}',
        "scalar": one(shape=[], data_offsets=[0, 4]),
        "empty-name": {"": one()["a"]},
    }
