"""Writes small seeded state dicts of the architectures that the tool knows, as safetensors."""

import json
import random
import struct
from pathlib import Path

Shapes = dict[str, tuple[int, ...]]


def write_models(folder: Path):
    """Writes one file for each architecture; their widths are small, their layers complete."""
    folder.mkdir()
    models = {
        "resnet18": _resnet([2, 2, 2, 2], 4),
        "resnet34": _resnet([3, 4, 6, 3], 2),
        "resnet50": _resnet([3, 4, 6, 3], 2, bottleneck=True),
        "resnet18d": _resnet([2, 2, 2, 2], 4, deep=True),
        "resnext50": _resnet([3, 4, 6, 3], 16, bottleneck=True, groups=32),
        "resnet-short": _resnet([1, 1, 1, 1], 4),
        "vgg11": _vgg([1, 1, 2, 2, 2], False),
        "vgg13_bn": _vgg([2, 2, 2, 2, 2], True),
        "alexnet": _alexnet(),
        "densenet": _densenet([2, 2, 2, 1], ""),
        "densenet-old": _densenet([1, 2, 1, 1], "."),
        "squeezenet1_0": _squeezenet([3, 4, 5, 7, 8, 9, 10, 12], 7),
        "squeezenet1_1": _squeezenet([3, 4, 6, 7, 9, 10, 11, 12], 3),
        "mobilenet_v2": _mobilenet(),
    }
    for name, shapes in models.items():
        write_safetensors(folder / f"{name}.safetensors",
                          {key: (shape, _values(key, shape))
                           for key, shape in shapes.items()})


def write_safetensors(path: Path, tensors: dict, metadata: dict[str, str] | None = None):
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    for name, (shape, values) in tensors.items():
        part = struct.pack(f"<{len(values)}f", *values)
        header[name] = {
            "dtype": "F32", "shape": list(shape), "data_offsets": [len(data),
                                                                   len(data) + len(part)]
        }
        data += part
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def _values(name: str, shape: tuple[int, ...]) -> list[float]:
    count = 1
    for side in shape:
        count *= side
    source = random.Random(name)
    drawn = [2 * source.random() - 1 for _ in range(count)]
    if len(shape) > 1:
        scale = (6 / (count // shape[0]))**0.5
        return [scale * value for value in drawn]
    if name.endswith("running_var"):
        return [1 + 0.3 * abs(value) for value in drawn]
    return [(1 if name.endswith("weight") else 0) + 0.2 * value for value in drawn]


# MARK: - Parts


def _conv(name: str, input: int, output: int, kernel: int, *, groups: int = 1, bias: bool = False) -> Shapes:
    shapes = {f"{name}.weight": (output, input // groups, kernel, kernel)}
    return shapes | ({f"{name}.bias": (output, )} if bias else {})


def _norm(name: str, width: int) -> Shapes:
    return {f"{name}.{part}": (width, ) for part in ("weight", "bias", "running_mean", "running_var")}


def _linear(name: str, input: int, output: int) -> Shapes:
    return {f"{name}.weight": (output, input), f"{name}.bias": (output, )}


# MARK: - Architectures


def _resnet(blocks: list[int],
            planes: int,
            *,
            bottleneck: bool = False,
            groups: int = 1,
            deep: bool = False) -> Shapes:
    width = planes * 4 // 64 * groups if groups > 1 else planes
    if deep:
        shapes = _conv("conv1.0", 3, 4, 3) | _norm("conv1.1", 4) | _conv("conv1.3", 4, 4, 3) | _norm(
            "conv1.4", 4)
        shapes |= _conv("conv1.6", 4, 4, 3)
    else:
        shapes = _conv("conv1", 3, 4, 7)
    shapes |= _norm("bn1", 4)
    input = 4
    for stage, count in enumerate(blocks):
        inner, output = width << stage, (planes << stage) * (4 if bottleneck else 1)
        for index in range(count):
            path = f"layer{stage + 1}.{index}"
            sides = [(input, inner, 1), (inner, inner, 3),
                     (inner, output, 1)] if bottleneck else [(input, output, 3), (output, output, 3)]
            for number, (before, after, kernel) in enumerate(sides, 1):
                shapes |= _conv(f"{path}.conv{number}",
                                before,
                                after,
                                kernel,
                                groups=groups if kernel == 3 else 1)
                shapes |= _norm(f"{path}.bn{number}", after)
            if (stage > 0 and index == 0) or input != output:
                place = 1 if deep else 0
                shapes |= _conv(f"{path}.downsample.{place}", input, output, 1)
                shapes |= _norm(f"{path}.downsample.{place + 1}", output)
            input = output
    return shapes | _linear("fc", input, 6)


def _vgg(stages: list[int], norms: bool) -> Shapes:
    shapes, place, input = {}, 0, 3
    for stage, count in enumerate(stages):
        for _ in range(count):
            shapes |= _conv(f"features.{place}", input, 4 + stage, 3, bias=True)
            shapes |= _norm(f"features.{place + 1}", 4 + stage) if norms else {}
            place, input = place + (3 if norms else 2), 4 + stage
        place += 1
    return shapes | _linear("classifier.0", input * 49, 8) | _linear("classifier.3", 8, 8) | _linear(
        "classifier.6", 8, 5)


def _alexnet() -> Shapes:
    shapes, input = {}, 3
    for place, width, kernel in [(0, 4, 11), (3, 6, 5), (6, 8, 3), (8, 6, 3), (10, 6, 3)]:
        shapes |= _conv(f"features.{place}", input, width, kernel, bias=True)
        input = width
    return shapes | _linear("classifier.1", input * 36, 8) | _linear("classifier.4", 8, 8) | _linear(
        "classifier.6", 8, 5)


def _densenet(layers: list[int], dot: str) -> Shapes:
    growth, width = 2, 4
    shapes = _conv("features.conv0", 3, width, 7) | _norm("features.norm0", width)
    for block, count in enumerate(layers, 1):
        for layer in range(1, count + 1):
            path = f"features.denseblock{block}.denselayer{layer}"
            shapes |= _norm(f"{path}.norm{dot}1", width) | _conv(f"{path}.conv{dot}1", width, 8, 1)
            shapes |= _norm(f"{path}.norm{dot}2", 8) | _conv(f"{path}.conv{dot}2", 8, growth, 3)
            width += growth
        if block < len(layers):
            shapes |= _norm(f"features.transition{block}.norm", width)
            shapes |= _conv(f"features.transition{block}.conv", width, width // 2, 1)
            width //= 2
    return shapes | _norm("features.norm5", width) | _linear("classifier", width, 5)


def _squeezenet(fires: list[int], kernel: int) -> Shapes:
    shapes, input = _conv("features.0", 3, 6, kernel, bias=True), 6
    for place in fires:
        shapes |= _conv(f"features.{place}.squeeze", input, 3, 1, bias=True)
        shapes |= _conv(f"features.{place}.expand1x1", 3, 4, 1, bias=True)
        shapes |= _conv(f"features.{place}.expand3x3", 3, 4, 3, bias=True)
        input = 8
    return shapes | _conv("classifier.1", input, 5, 1, bias=True)


def _mobilenet() -> Shapes:

    def part(path: str, input: int, output: int, kernel: int, groups: int = 1) -> Shapes:
        return _conv(f"{path}.0", input, output, kernel, groups=groups) | _norm(f"{path}.1", output)

    shapes, input, place = part("features.0", 3, 4, 3), 4, 1
    for output, count in [(2, 1), (3, 2), (4, 3), (4, 4), (5, 3), (6, 3), (8, 1)]:
        for _ in range(count):
            path, hidden, next = f"features.{place}.conv", input * (6 if place > 1 else 1), 0
            if place > 1:
                shapes, next = shapes | part(f"{path}.0", input, hidden, 1), 1
            shapes |= part(f"{path}.{next}", hidden, hidden, 3, groups=hidden)
            shapes |= _conv(f"{path}.{next + 1}", hidden, output, 1) | _norm(f"{path}.{next + 2}", output)
            input, place = output, place + 1
    return shapes | part("features.18", input, 12, 1) | _linear("classifier.1", 12, 5)
