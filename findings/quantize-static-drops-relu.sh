#!/usr/bin/env bash
# onnxruntime 1.32.0: quantize_static leaves no Relu in a QDQ model. Saturation takes its place.
#
# The network here is Conv, Relu, GlobalAveragePool. In the quantised file the Relu is gone: the QuantizeLinear behind the
# convolution has the type's smallest number, -128, for its zero point, so that everything negative saturates at it.
#
# Why it matters: gradients through QDQ models are usually passed straight through the rounding. Whoever passes them
# through the saturation as well explains a network without ReLUs. They must stop where the type's range ends.
#
# Seen on 2026-11-30: operators of the QDQ model as listed below, no Relu among them; zero point of the convolution's output -128.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import logging

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

logging.disable(logging.WARNING)
random = np.random.default_rng(0)
weights = numpy_helper.from_array(random.normal(size=(4, 3, 3, 3)).astype(np.float32), "w")
nodes = [
    helper.make_node("Conv", ["x", "w"], ["convolved"]),
    helper.make_node("Relu", ["convolved"], ["rectified"]),
    helper.make_node("GlobalAveragePool", ["rectified"], ["y"]),
]
graph = helper.make_graph(
    nodes, "network", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4, 1, 1])], [weights])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), "float.onnx")


class Images(CalibrationDataReader):
    def __init__(self):
        self.left = [random.normal(size=(1, 3, 8, 8)).astype(np.float32) for _ in range(4)]

    def get_next(self):
        return {"x": self.left.pop()} if self.left else None


quantize_static("float.onnx", "qdq.onnx", Images(), quant_format=QuantFormat.QDQ)
quantised = onnx.load("qdq.onnx").graph
operators = [node.op_type for node in quantised.node]
values = {tensor.name: numpy_helper.to_array(tensor) for tensor in quantised.initializer}
convolution = next(node for node in quantised.node if node.op_type == "Conv")
quantize = next(node for node in quantised.node if convolution.output[0] in node.input)
zero = values[quantize.input[2]]
print("operators:", ", ".join(operators))
print("behind the convolution:", quantize.op_type, "with the zero point", int(zero), "of", zero.dtype)
assert "Relu" not in operators, "the Relu is kept"
assert quantize.op_type == "QuantizeLinear" and zero == np.iinfo(zero.dtype).min, "another zero point"
PYTHON
