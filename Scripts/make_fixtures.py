#!/usr/bin/env python3
"""Makes the files under Tests/Fixtures with the tools whose formats and numbers gradcam has to match.

    make_fixtures.py [SECTION ...]      all sections unless some are named

Needs torch, numpy and safetensors. The fixtures are committed; run this only to change them.
"""

import argparse
import collections
import datetime
import io
import pathlib
import pickle
import sys
import tarfile
import types
import zipfile

import numpy as np
import torch
from safetensors.torch import save_file

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures"


# ---------------------------------------------------------------------------------------------------------------------
# checkpoints: what torch.save and safetensors write, each with the tensors to be found in NAME.expected.safetensors


def checkpoints():
    folder = FIXTURES / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    weights = small_state_dict()
    for protocol in (2, 3, 4, 5):
        save_both(folder, f"protocol{protocol}", weights, weights, pickle_protocol=protocol)
    dtypes = every_dtype()
    save_both(folder, "dtypes", dtypes, dtypes)
    layouts = every_layout()
    save_both(folder, "layouts", layouts, layouts)
    extras = everything_else()
    for protocol in (2, 5):
        save_both(folder, f"nested{protocol}", {**extras, "state_dict": weights}, weights, pickle_protocol=protocol)
    for key in ("model_state_dict", "model", "net", "weights"):
        save_both(folder, f"under-{key}", {"epoch": 3, key: weights}, weights)
    save_both(folder, "prefixed", prefixed(weights, "module.model."), weights)
    save_both(folder, "part-prefixed", layouts_with_odd_names(), layouts_with_odd_names())
    save_both(folder, "parameters", parameters(), {name: tensor.data for name, tensor in parameters().items()})
    save_both(folder, "cyclic", cyclic(weights), weights)
    save_both(folder, "python2", {"state_dict": Python2Dict(weights)}, weights)
    torch.save(weights, folder / "protocol1.zip.pth", pickle_protocol=1)
    expect(folder, "protocol1", weights)
    refused(folder, weights)
    safetensors_files(folder, weights, dtypes)


def small_state_dict():
    torch.manual_seed(2)
    network = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.Linear(3, 2))
    return network.state_dict()


def every_dtype():
    values = torch.tensor([0.0, 1.0, -2.5, 3.14159265358979, 65504.0, 6e-8, 1e-5])
    whole = torch.tensor([0, 1, -2, 100, -128, 127])
    return {
        "float32": torch.tensor([0.0, -0.0, 1e-45, 3.4e38, float("inf"), -1.5]),
        "float64": torch.tensor([0.1, 1e-300, 1e300, 16777217.0, -2.0], dtype=torch.float64),
        "float16": torch.cat([values, torch.tensor([float("inf"), float("-inf")])]).half(),
        "bfloat16": torch.cat([values, torch.tensor([float("inf"), 3e38])]).bfloat16(),
        "int64": torch.tensor([0, -1, 2**53 + 1, -(2**62)]),
        "int32": torch.tensor([0, -1, 2**31 - 1], dtype=torch.int32),
        "int16": whole.short(),
        "int8": whole.char(),
        "uint8": torch.tensor([0, 1, 255], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
    }


def every_layout():
    base = torch.arange(60, dtype=torch.float32).reshape(3, 4, 5) / 7
    image = torch.randn(2, 3, 4, 5)
    return {
        "base": base,
        "transposed": base.permute(2, 0, 1),
        "sliced": base[1:, ::2, 1:4],
        "tail": base[2, 3],
        "half-transposed": base.transpose(0, 1).half().transpose(0, 2),
        "channels-last": image.contiguous(memory_format=torch.channels_last),
        "expanded": torch.tensor([[1.5], [2.5]]).expand(2, 3),
        "scalar": torch.tensor(7.25),
        "scalar-inside": base[1, 2, 3],
        "empty": torch.zeros(0, 3),
        "empty-axis": base[:, :0],
        "count": torch.tensor(12345),
    }


def layouts_with_odd_names():
    return {"module.a": torch.ones(2), "b": torch.zeros(1), "module.": torch.zeros(1), "größe": torch.ones(1)}


def everything_else():
    """What training scripts keep beside the weights."""
    layer = torch.nn.Linear(2, 2)
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 10)
    return {
        "epoch": 3,
        "best": np.float64(0.75),
        "steps": np.int64(12),
        "history": np.arange(3.0),
        "optimizer": optimizer.state_dict(),
        "scheduler": schedule.state_dict(),
        "args": argparse.Namespace(lr=0.1, data=pathlib.PurePosixPath("/data"), size=torch.Size([1, 2])),
        "config": types.SimpleNamespace(name="größe", nothing=None),
        "when": datetime.datetime(2024, 5, 6, 7, 8, 9, tzinfo=datetime.timezone.utc),
        "took": datetime.timedelta(seconds=5),
        "classes": {"NORMAL", "PNEUMONIA"},
        "frozen": frozenset([1, 2]),
        "complex": 1 + 2j,
        "bytes": b"\x00\xff",
        "buffer": bytearray(b"abc"),
        "slice": slice(1, 2, None),
        "range": range(3),
        "big": 2**100,
        "negative": -(2**40),
        "counts": collections.Counter("hello"),
        "default": collections.defaultdict(list, a=[1]),
        "queue": collections.deque([1, 2]),
        "device": torch.device("cpu"),
        "dtype": torch.float16,
        "long text": "x" * 300,
        "many": list(range(300)),
        "flags": (True, False, None, 1.5, (), []),
        "activation": torch.nn.functional.relu,
        7: "a key that is no string",
    }


def parameters():
    torch.manual_seed(3)
    plain = torch.nn.Parameter(torch.randn(2, 3))
    frozen = torch.nn.Parameter(torch.randn(3), requires_grad=False)
    named = torch.nn.Parameter(torch.randn(2))
    named.note = "an attribute"
    tensor = torch.randn(2)
    tensor.note = "an attribute"
    return {"plain": plain, "frozen": frozen, "named": named, "tensor": tensor}


def cyclic(weights):
    circle = {"state_dict": weights, "list": []}
    circle["self"] = circle
    circle["list"].append(circle["list"])
    return circle


class Python2Dict:
    """Pickled as Python 2 pickled an OrderedDict: by a list of pairs."""

    def __init__(self, items):
        self.items = [list(pair) for pair in items.items()]

    def __reduce__(self):
        return collections.OrderedDict, (self.items,)


class Whole(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def forward(self, x):
        return self.layer(x)


class Command:
    def __reduce__(self):
        import os

        return os.system, ("touch gradcam-was-here",)


class Settings:
    def __init__(self):
        self.lr = 0.1


def refused(folder, weights):
    """Files that must not load, each for its own reason."""
    # The older format keeps the source of modules and where it was, which here would be a folder of whoever runs this.
    torch.serialization.get_source_lines_and_file = lambda _: (["class Whole: ...\n"], 1, "model.py")
    save_both(folder, "refused-module", Whole())
    save_both(folder, "refused-nested-module", {"epoch": 1, "model": torch.nn.Linear(1, 1)})
    save_both(folder, "refused-command", Command())
    save_both(folder, "refused-nested-command", {"state_dict": weights, "extra": Command()})
    save_both(folder, "refused-class", {"state_dict": weights, "settings": Settings()})
    save_both(folder, "refused-no-tensors", {"epoch": 3, "arch": "resnet", "lr": 0.1})
    save_both(folder, "refused-several", {"generator": weights, "discriminator": weights.copy()})
    save_both(folder, "refused-list", [torch.ones(2)])
    save_both(folder, "refused-tensor", torch.ones(2))
    save_both(folder, "refused-complex", {"a": torch.ones(2), "b": torch.ones(2, dtype=torch.complex64)})
    save_both(folder, "refused-uint16", {"a": torch.ones(2, dtype=torch.uint16)})
    save_both(folder, "refused-expanded", {"a": torch.ones(1).expand(1 << 20)})
    save_both(folder, "refused-quantised", {"a": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)})
    save_both(folder, "refused-sparse", {"a": torch.eye(2).to_sparse()})
    (folder / "refused-command.pkl").write_bytes(pickle.dumps(Command()))
    (folder / "refused-pickle.pkl").write_bytes(pickle.dumps({"epoch": 3}))
    (folder / "refused-pickled-tensors.pkl").write_bytes(pickle.dumps(weights))
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(Whole()), script)
    rezip(script, folder / "refused-torchscript.pt", keep=lambda name: not name.endswith(".debug_pkl"))
    legacy(folder / "refused-view.legacy.pth", torch.ones(3), view=("v", 0, 2))
    legacy(folder / "refused-big-endian.legacy.pth", torch.ones(3), little_endian=False)
    legacy(folder / "refused-protocol.legacy.pth", torch.ones(3), protocol=1002)
    source = folder / "protocol2.zip.pth"
    rezip(source, folder / "refused-big-endian.zip.pth", replace={"byteorder": b"big"})
    rezip(source, folder / "refused-compressed.zip.pth", compression=zipfile.ZIP_DEFLATED)
    rezip(source, folder / "refused-short-storage.zip.pth", replace={"data/0": b"\0" * 8})
    rezip(source, folder / "refused-lost-storage.zip.pth", keep=lambda name: name != "data/0")
    rezip(source, folder / "refused-no-pickle.zip", keep=lambda name: name != "data.pkl")
    with tarfile.open(folder / "refused-ancient.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
        for name in ("storages", "tensors", "pickle"):
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())


def safetensors_files(folder, weights, dtypes):
    save_file(weights, folder / "plain.safetensors", metadata={"format": "pt", "größe": "zwölf \"Zoll\"\n"})
    expect(folder, "plain", weights)
    save_file(dtypes, folder / "dtypes.safetensors")
    save_file(prefixed(weights, "_orig_mod.module."), folder / "prefixed.safetensors")
    save_file({}, folder / "nothing.safetensors")
    expect(folder, "nothing", {})


def prefixed(weights, prefix):
    return {prefix + name: tensor for name, tensor in weights.items()}


def save_both(folder, name, content, expected=None, **options):
    torch.save(content, folder / f"{name}.zip.pth", **options)
    torch.save(content, folder / f"{name}.legacy.pth", _use_new_zipfile_serialization=False, **options)
    if expected is not None:
        expect(folder, name, expected)


def expect(folder, name, tensors):
    """The tensors as they are and, named NAME@float32, as PyTorch widens or rounds them; their order as metadata."""
    plain = {key: tensor.detach().contiguous().clone() for key, tensor in tensors.items()}
    floats = {f"{key}@float32": tensor.float().clone() for key, tensor in plain.items()}
    save_file({**plain, **floats}, folder / f"{name}.expected.safetensors", metadata={"names": "\n".join(plain)})


def legacy(path, tensor, view=None, little_endian=True, protocol=1001):
    """The older format by hand, with what today's PyTorch no longer writes."""

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if isinstance(value, torch.storage.TypedStorage):
                return ("storage", torch.FloatStorage, "1", "cpu", len(value), view)
            return None

    with open(path, "wb") as file:
        pickle.dump(0x1950A86A20F9469CFC6C, file, protocol=2)
        pickle.dump(protocol, file, protocol=2)
        pickle.dump({"protocol_version": 1001, "little_endian": little_endian}, file, protocol=2)
        Pickler(file, protocol=2).dump({"a": tensor})
        pickle.dump(["1"], file, protocol=2)
        file.write(tensor.numel().to_bytes(8, "little") + tensor.numpy().tobytes())


def rezip(source, target, replace={}, keep=lambda _: True, compression=None):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            name = entry.filename.split("/", 1)[1]
            if keep(name):
                how = entry.compress_type if compression is None else compression
                new.writestr(zipfile.ZipInfo(entry.filename), replace.get(name, old.read(entry)), how)


# ---------------------------------------------------------------------------------------------------------------------

SECTIONS = {"checkpoints": checkpoints}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    names = parser.parse_args().sections
    for name in names:
        if name not in SECTIONS:
            parser.error(f"there is no section {name}; there are {', '.join(SECTIONS)}")
    for name in names or SECTIONS:
        SECTIONS[name]()


if __name__ == "__main__":
    sys.exit(main())
