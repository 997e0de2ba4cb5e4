#!/usr/bin/env bash
# A pooling window larger than the map has three meanings: onnxruntime 1.32.0 and onnx 1.23.2 disagree, onnx with itself.
#
# AveragePool and MaxPool with a window and a stride of 5 over a map of 3×3, ceil_mode=0 and no padding. ONNX's formula,
# floor((3 - 5) / 5 + 1), gives a map of no element. onnxruntime computes one value over what is there, as if ceil_mode were
# 1, and onnx's shape inference announces it; onnx's reference evaluator returns an empty tensor. PyTorch refuses such a
# pooling, so that only files that were edited or written by other tools have it.
#
# Seen on 2026-11-30: onnxruntime [[[[5.0]]]] and [[[[9.0]]]], shape inference [1, 1, 1, 1], the evaluator no element.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

picture = np.arange(1, 10, dtype=np.float32).reshape(1, 1, 3, 3)
for operator, expected in (("AveragePool", 5), ("MaxPool", 9)):
    node = helper.make_node(operator, ["x"], ["y"], kernel_shape=[5, 5], strides=[5, 5], ceil_mode=0)
    graph = helper.make_graph(
        [node], "pooling", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 3, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", "c", "h", "w"])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    onnx.checker.check_model(model)
    computed = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": picture})[0]
    shape = onnx.shape_inference.infer_shapes(model).graph.output[0].type.tensor_type.shape
    sizes = [dimension.dim_value for dimension in shape.dim]
    reference = ReferenceEvaluator(model).run(None, {"x": picture})[0]
    print(f"{operator}: onnxruntime {computed.tolist()}, shape inference {sizes}, reference evaluator {reference.shape}")
    assert computed.tolist() == [[[[expected]]]], "onnxruntime gives something else"
    assert sizes == [1, 1, 1, 1], "shape inference says something else"
    assert reference.size == 0, "the reference evaluator gives something"
PYTHON
