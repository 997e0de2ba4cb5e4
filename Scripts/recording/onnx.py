"""Writes small ONNX graphs: one operator between a convolution and a head, told in a line of text."""

import random
import struct
from dataclasses import dataclass, field


def _varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def number(index: int, value: int) -> bytes:
    return _varint(index << 3) + _varint(value)


def text(index: int, value: str | bytes) -> bytes:
    value = value.encode() if isinstance(value, str) else value
    return _varint(index << 3 | 2) + _varint(len(value)) + value


def floats(name: str, shape: list[int], values: list[float] | None = None, extra: bytes = b"") -> bytes:
    """A tensor of float32; seeded values where none are given."""
    if values is None:
        count = 1
        for side in shape:
            count *= side
        source = random.Random(name)
        values = [source.random() - 0.5 for _ in range(max(count, 0))]
    data = text(9, struct.pack(f"<{len(values)}f", *values)) if not extra else extra
    return b"".join(number(1, side) for side in shape) + number(2, 1) + text(8, name) + data


def integers(name: str, values: list[int], shape: list[int] | None = None) -> bytes:
    shape = [len(values)] if shape is None else shape
    return b"".join(number(1, side) for side in shape) + number(2, 7) + text(8, name) + text(
        9, struct.pack(f"<{len(values)}q", *values))


def attribute(name: str, value: str) -> bytes:
    """`1` is an integer, `1,` and `1,2` are several, a point makes them floats; the rest is text."""
    parts = [part for part in value.split(",") if part]
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return text(1, name) + text(4, value) + number(20, 3)
    are_floats = "." in value
    if "," not in value:
        if are_floats:
            return text(1, name) + b"\x15" + struct.pack("<f", numbers[0]) + number(20, 1)
        return text(1, name) + number(3, int(value)) + number(20, 2)
    if are_floats:
        return text(1, name) + b"".join(b"\x3d" + struct.pack("<f", one) for one in numbers) + number(20, 6)
    return text(1, name) + b"".join(number(8, int(one)) for one in numbers) + number(20, 7)


def node(operator: str,
         inputs: list[str],
         outputs: list[str],
         attributes: dict[str, str] | None = None) -> bytes:
    made = b"".join(text(1, name) for name in inputs) + b"".join(text(2, name) for name in outputs)
    made += text(3, f"the_{operator}") + text(4, operator)
    return made + b"".join(text(5, attribute(*pair)) for pair in (attributes or {}).items())


def value(name: str, shape: list[int | str]) -> bytes:
    dimensions = b"".join(
        text(1,
             text(2, side) if isinstance(side, str) else number(1, side)) for side in shape)
    return text(1, name) + text(2, text(1, number(1, 1) + text(2, dimensions)))


@dataclass
class Graph:
    nodes: list[bytes] = field(default_factory=list)
    weights: list[bytes] = field(default_factory=list)
    inputs: list[bytes] = field(default_factory=lambda: [value("x", [1, 3, 8, 8])])
    outputs: list[bytes] = field(default_factory=lambda: [value("y", [1, 5])])
    opset: int = 17

    def model(self) -> bytes:
        graph = b"".join(text(1, one) for one in self.nodes) + text(2, "graph")
        graph += b"".join(text(5, one) for one in self.weights)
        graph += b"".join(text(11, one)
                          for one in self.inputs) + b"".join(text(12, one) for one in self.outputs)
        return number(1, 8) + text(2, "recorder") + text(7, graph) + text(8, number(2, self.opset))


STEM = node("Conv", ["x", "stem.weight"], ["c"], {"kernel_shape": "3,3", "pads": "1,1,1,1"})
STEM_WEIGHT = floats("stem.weight", [4, 3, 3, 3])
HEAD = [
    node("ReduceMean", ["t"], ["m"], {"axes": "2,3", "keepdims": "0"}),
    node("Gemm", ["m", "head.weight", "head.bias"], ["y"], {"transB": "1"})
]
HEAD_WEIGHTS = [floats("head.weight", [5, 4]), floats("head.bias", [5])]


def with_operator(line: str) -> bytes:
    """A graph with the operator of a line: `Conv group=2 pads=1,1,1,1 ; w:4,2,3,3 w:4`.

    Behind the semicolon stand the inputs after the feature map: `w:SHAPE` seeded weights, `f:` and `i:` numbers,
    `s:` and `n:` one number without a shape, `x` the feature map again, `-` none. `Name*2` has two outputs,
    `opset=N` is the graph's.
    """
    head, _, rest = line.partition(";")
    name, *pairs = head.split()
    name, _, count = name.partition("*")
    attributes = dict(pair.split("=", 1) for pair in pairs)
    graph = Graph([STEM, node("Relu", ["c"], ["r"])], [STEM_WEIGHT, *HEAD_WEIGHTS],
                  opset=int(attributes.pop("opset", 17)))
    inputs = ["r"]
    for index, word in enumerate(rest.split()):
        if word in ("x", "-"):
            inputs.append("r" if word == "x" else "")
            continue
        kind, _, numbers = word.partition(":")
        parts = [part for part in numbers.split(",") if part]
        inputs.append(f"given{index}")
        if kind == "w":
            graph.weights.append(floats(inputs[-1], [int(part) for part in parts]))
        elif kind in "fs":
            graph.weights.append(
                floats(inputs[-1], [] if kind == "s" else [len(parts)], [float(part) for part in parts]))
        else:
            graph.weights.append(
                integers(inputs[-1], [int(part) for part in parts], [] if kind == "n" else None))
    outputs = ["t", *(f"t{index}" for index in range(1, int(count or 1)))]
    graph.nodes += [node(name, inputs, outputs, attributes), *HEAD]
    return graph.model()
