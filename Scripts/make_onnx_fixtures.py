#!/usr/bin/env python3
"""Writes the ONNX files under Tests/Fixtures/onnx, by both of PyTorch's exporters and by onnx's own helpers.

    pip install "torch==2.13.0+cpu" onnx onnxscript numpy
    Scripts/make_onnx_fixtures.py [SECTION ...]      all sections unless some are named

What each must be read as stands in Tests/ModelFormatsTests/ONNX*.swift; wrong files are put together there.
"""
import pathlib
import sys
import warnings

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
import torch
from torch import nn

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "onnx"


def save(model, name):
    onnx.checker.check_model(model)
    path = FOLDER / f"{name}.onnx"
    path.write_bytes(model.SerializeToString())
    print(f"{path.stat().st_size:8} {path.name}")


def model(nodes, inputs, outputs, initializers=(), functions=(), opsets=(("", 17),), ir_version=8):
    graph = helper.make_graph(nodes, "graph", inputs, outputs, initializers)
    imports = [helper.make_opsetid(domain, version) for domain, version in opsets]
    made = helper.make_model(graph, functions=functions, opset_imports=imports, ir_version=ir_version)
    made.producer_name = "fixtures"
    return made


def value(name, shape=(1, 2), kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


# ---------------------------------------------------------------------------------------------------------------------
# exporters: one network with everything that makes module names hard


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 2, 1)
        self.act = nn.Hardswish()
        self.branch = nn.ModuleList([nn.Conv2d(2, 2, 1), nn.Sequential(nn.Conv2d(2, 2, 1), nn.ReLU())])
        self.conv_1 = nn.Conv2d(2, 2, 1)

    def forward(self, x):
        y = self.act(self.conv(x))
        for layer in self.branch:
            y = layer(y)
        return self.act(self.conv_1(y)) + x


class Network(nn.Module):
    """Nested containers, a list and a dictionary of modules, modules and a block called twice, bare functions."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Sequential(nn.Conv2d(3, 2, 1), nn.BatchNorm2d(2), nn.ReLU()), nn.MaxPool2d(2))
        self.block = Block()
        self.named = nn.ModuleDict({"down": nn.Conv2d(2, 2, 1)})
        self.fc = nn.Linear(2, 3)

    def forward(self, x):
        x = self.block(self.block(self.features(x)))
        x = torch.relu(torch.relu(self.named["down"](x)) * 2)
        return self.fc(x.mean((2, 3)))


def exporters():
    torch.manual_seed(1)
    network = Network().eval()
    example = (torch.randn(1, 3, 8, 8),)
    batch = {"input": {0: "batch"}}
    for name, options in {
        "scoped": dict(dynamo=False, opset_version=13, dynamic_axes=batch),
        "dynamo": dict(dynamo=True, external_data=False, dynamic_shapes=({0: "batch"},)),
    }.items():
        path = FOLDER / f"{name}.onnx"
        torch.onnx.export(network, example, path, input_names=["input"], output_names=["logits"], **options)
        made = onnx.load(path)
        for node in made.graph.node:
            # Stack traces name folders of the machine that this ran on.
            keep = [p for p in node.metadata_props if p.key.endswith(("name_scopes", "class_hierarchy", "namespace"))]
            del node.metadata_props[:]
            node.metadata_props.extend(keep)
            node.doc_string = ""
        del made.graph.value_info[4:], made.graph.metadata_props[:], made.metadata_props[:]
        save(made, name)


# ---------------------------------------------------------------------------------------------------------------------
# tensors: every type in every place that numbers may stand in; each tensor is 0, 1, 100


def tensors():
    kinds = "FLOAT DOUBLE FLOAT16 BFLOAT16 INT64 INT32 INT16 INT8 UINT64 UINT32 UINT16 UINT8 BOOL".split()
    initializers, nodes, outputs = [], [], []
    for kind in kinds:
        number = TensorProto.DataType.Value(kind)
        values = np.array([0, 1, 100]).astype(helper.tensor_dtype_to_np_dtype(number))
        typed = helper.make_tensor(f"{kind}.typed", number, [3], values)
        raw = helper.make_tensor(f"{kind}.raw", number, [3], values.tobytes(), raw=True)
        initializers += [typed, raw]
        nodes.append(helper.make_node("Constant", [], [f"{kind}.constant"], value=helper.make_tensor("", number, [3], values)))
        outputs += [value(f"{kind}.{place}", [3], number) for place in ("constant", "typed", "raw")]
    initializers += [
        helper.make_tensor("negative", TensorProto.INT8, [2], [-1, -128]),
        helper.make_tensor("scalar", TensorProto.FLOAT, [], [2.5]),
        helper.make_tensor("nothing", TensorProto.FLOAT, [0, 2], []),
    ]
    save(model(nodes, [], outputs, initializers), "tensors")


# ---------------------------------------------------------------------------------------------------------------------
# attributes: every kind of attribute


def attributes():
    dense = helper.make_tensor("dense", TensorProto.FLOAT, [2], [1.5, 2.5])
    branch = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "branch", [], [value("y")])
    sparse = helper.make_sparse_tensor(dense, helper.make_tensor("places", TensorProto.INT64, [2], [0, 3]), [4])
    node = helper.make_node(
        "Everything", ["x", "", "x"], ["z"], name="everything", domain="custom", int=-3, float=0.5, string="text",
        tensor=dense, ints=[1, -2], floats=[0.25, 4.0], strings=["a", "b"], graph=branch, graphs=[branch],
        tensors=[dense], sparse=sparse, type=helper.make_tensor_type_proto(TensorProto.FLOAT, [1]),
    )
    made = model([node], [value("x", ["batch", None, 2])], [value("z", ())], opsets=[("ai.onnx", 17), ("custom", 3)])
    helper.set_model_props(made, {"names": "cat, dog"})
    made.producer_version = "1.2"
    save(made, "attributes")


# ---------------------------------------------------------------------------------------------------------------------
# external: tensors in a file beside the model, and the form of ONNX's first years


def external():
    weight = numpy_helper.from_array(np.arange(6, dtype=np.float32).reshape(2, 3), "weight")
    bias = numpy_helper.from_array(np.array([7, 8], dtype=np.float32), "bias")
    made = model([helper.make_node("Gemm", ["x", "weight", "bias"], ["y"], name="fc", transB=1)],
                 [value("x", (1, 3))], [value("y")], [weight, bias])
    (FOLDER / "external.data").unlink(missing_ok=True)
    onnx.save(made, FOLDER / "external.onnx", save_as_external_data=True, location="external.data", size_threshold=0)
    (FOLDER / "external.data").chmod(0o644)
    legacy = model([helper.make_node("Gemm", ["x", "weight", "bias"], ["y"], transB=1)],
                   [value("x", (1, 3)), value("weight", (2, 3)), value("bias", (2,))], [value("y")],
                   [weight, bias], opsets=[("", 7)], ir_version=3)
    save(legacy, "legacy")


# ---------------------------------------------------------------------------------------------------------------------
# functions: calls inside calls, attributes handed down, defaults, absent inputs and outputs


def reference(name, outer):
    return onnx.AttributeProto(name=name, ref_attr_name=outer, type=onnx.AttributeProto.FLOAT)


def functions():
    opset = [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)]
    inner = helper.make_node("LeakyRelu", ["a"], ["b"], name="leaky")
    inner.attribute.append(reference("alpha", "slope"))
    activation = helper.make_function(
        "local", "Activation", ["a"], ["b"], [inner], opset, attributes=[],
        attribute_protos=[helper.make_attribute("slope", 0.125)])
    handed = helper.make_node("Activation", ["sum"], ["out"], domain="local")
    handed.attribute.append(reference("slope", "steepness"))
    block = helper.make_function(
        "local", "Block", ["x", "y", "low"], ["out", "x", "unused"],
        [helper.make_node("Add", ["x", "y"], ["sum"], name="add"), handed,
         helper.make_node("Clip", ["sum", "low"], ["unused"], name="clip")],
        opset, attributes=["steepness"])
    nodes = [
        helper.make_node("Block", ["x", "x"], ["first", "copy"], name="one", domain="local", steepness=0.25),
        helper.make_node("Block", ["first", "copy", "low"], ["second", "", "third"], name="one", domain="local"),
        helper.make_node("Activation", ["second"], ["fourth"], domain="local"),
        helper.make_node("Sum", ["fourth", "third"], ["y"], name="sum"),
    ]
    entry = onnx.StringStringEntryProto(key="pkg.torch.onnx.name_scopes", value="['', 'layer1', 'act']")
    nodes[0].metadata_props.append(entry)
    low = helper.make_tensor("low", TensorProto.FLOAT, [], [0.0])
    made = model(nodes, [value("x")], [value("y")], [low], [activation, block], opsets=[("", 17), ("local", 1)], ir_version=10)
    save(made, "functions")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    FOLDER.mkdir(parents=True, exist_ok=True)
    sections = [exporters, tensors, attributes, external, functions]
    for section in sections:
        if len(sys.argv) == 1 or section.__name__ in sys.argv[1:]:
            section()
