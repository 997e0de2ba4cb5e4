#!/usr/bin/env python3
"""Writes what onnxruntime computes for the tests of operations, where ONNX's text leaves doubts, into Tests/Fixtures.

    pip install "onnxruntime==1.32.0" "onnx==1.23.2" safetensors numpy
    Scripts/make_onnx_operation_fixtures.py

NAME.input (and NAME.weight), NAME.output; a name says which attributes it has, and the tests build the same operation from it.
"""
import pathlib
import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from safetensors.numpy import save_file

PATH = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "operations" / "onnx.safetensors"
TYPES = {"float32": TensorProto.FLOAT, "int64": TensorProto.INT64}
random = np.random.default_rng(5)
cases = {}


def normal(*shape):
    return random.standard_normal(shape).astype(np.float32)


def run(kind, inputs, opset, **attributes):
    """`inputs` may hold None where an optional input is left out."""
    names = ["" if value is None else f"input{index}" for index, value in enumerate(inputs)]
    present = {name: value for name, value in zip(names, inputs) if name}
    infos = [helper.make_tensor_value_info(name, TYPES[str(v.dtype)], v.shape) for name, v in present.items()]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, None)
    node = helper.make_node(kind, names, ["output"], **attributes)
    graph = helper.make_graph([node], "graph", infos, [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, present)[0]


def add(name, kind, inputs, opset=19, **attributes):
    cases[f"{name}.input"] = inputs[0]
    if kind.startswith("Conv"):
        cases[f"{name}.weight"] = inputs[1]
    cases[f"{name}.output"] = run(kind, inputs, opset, **attributes)


def resize():
    modes = {f"nearest.{m}": dict(mode="nearest", nearest_mode=m)
             for m in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")}
    modes.update(linear=dict(mode="linear"), cubic=dict(mode="cubic", cubic_coeff_a=-0.75),
                 inside=dict(mode="cubic", cubic_coeff_a=-0.5, exclude_outside=1))
    sizes = {"larger": dict(sizes=[1, 2, 7, 9]), "smaller": dict(sizes=[1, 2, 1, 3]),
             "doubled": dict(scales=[1, 1, 2, 2]), "scaled": dict(scales=[1, 1, 1.7, 0.6])}
    for coordinates in ("half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"):
        for mode, attributes in modes.items():
            if coordinates == "half_pixel_symmetric" and mode.endswith((".floor", ".ceil")):
                continue  # its places fall on whole numbers but for the last bit, which no text settles
            x = normal(1, 2, 4, 5)
            for size, value in sizes.items():
                scales = np.array(value["scales"], np.float32) if "scales" in value else None
                to = np.array(value["sizes"], np.int64) if "sizes" in value else None
                add(f"resize.{size}.{coordinates}.{mode}", "Resize", [x, None, scales, to][: 3 if to is None else 4],
                    coordinate_transformation_mode=coordinates, **attributes)


def windows():
    for rule in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        x, shape = normal(2, 3, 6, 7), dict(kernel_shape=[3, 2], strides=[2, 3], auto_pad=rule)
        add(f"conv.{rule}", "Conv", [x, normal(4, 3, 3, 2)], **shape)
        add(f"max.{rule}", "MaxPool", [x], **shape)
        add(f"average.{rule}", "AveragePool", [x], **shape)
        add(f"average_counting.{rule}", "AveragePool", [x], count_include_pad=1, **shape)
        add(f"lp.{rule}", "LpPool", [x], p=3, **shape)
        add(f"transposed.{rule}", "ConvTranspose", [x, normal(3, 2, 3, 2)], **shape)
        add(f"transposed_padded.{rule}", "ConvTranspose", [x, normal(3, 2, 3, 2)], output_padding=[1, 1], **shape)
    for opset in (10, 19):
        for counting in (0, 1):
            add(f"ceil.{counting}.{opset}", "AveragePool", [normal(1, 2, 6, 8)], opset, kernel_shape=[3, 3],
                strides=[2, 3], pads=[1, 0, 0, 1], ceil_mode=1, count_include_pad=counting)
    add("transposed_sized.NOTSET", "ConvTranspose", [normal(1, 2, 4, 5), normal(2, 3, 3, 3)], strides=[2, 2],
        output_shape=[8, 12])
    add("transposed_sized.SAME_UPPER", "ConvTranspose", [normal(1, 2, 4, 5), normal(2, 3, 3, 3)], strides=[2, 2],
        output_shape=[8, 12], auto_pad="SAME_UPPER")
    add("transposed_grouped", "ConvTranspose", [normal(2, 4, 3, 4), normal(4, 3, 3, 2)], strides=[2, 3], group=2,
        pads=[1, 0, 2, 1], output_padding=[1, 2], dilations=[2, 1])


def rearrangements():
    x = normal(2, 8, 4, 6)
    for mode in ("reflect", "edge", "wrap"):
        pads = np.array([0, 1, -1, 3, 0, 0, 2, -2], np.int64)
        add(f"pad.{mode}", "Pad", [x, pads], mode=mode)
    for mode in ("DCR", "CRD"):
        add(f"spread.{mode}", "DepthToSpace", [x], blocksize=2, mode=mode)
    add("pack", "SpaceToDepth", [x], blocksize=2)
    integers = lambda *values: np.array(values, np.int64)
    add("slice", "Slice", [x, integers(-1, -100, 5), integers(-(2**63), 100, 0), integers(1, 2, 3), integers(-3, 3, -2)])
    add("slice_before", "Slice", [x, integers(-100), integers(-200), integers(3), integers(-1)])
    add("gather", "Gather", [x, np.array([[0, -1, 3], [3, 2, -6]], np.int64)], axis=3)
    cases["matmul.input"], cases["matmul.weight"] = normal(2, 3, 1, 4, 5), normal(3, 5, 2)
    cases["matmul.output"] = run("MatMul", [cases["matmul.input"], cases["matmul.weight"]], 19)


resize()
windows()
rearrangements()
save_file({name: np.ascontiguousarray(value) for name, value in cases.items()}, PATH)
print(f"{PATH.stat().st_size} {len(cases)} tensors")
