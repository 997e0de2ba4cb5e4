"""ONNX by both of PyTorch's exporters."""

import contextlib
import io

import torch


def export(model, example, path, is_current, axes):
    """Writes an ONNX file by the current exporter or the old one, whose `axes` of the input (index: name) stay open."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        if is_current:
            torch.onnx.export(model, (example,), path, dynamo=True, external_data=False, verbose=False)
        else:
            torch.onnx.export(model, example, path, dynamo=False, opset_version=13, input_names=["image"],
                              dynamic_axes={"image": axes})


def tidy(made, keeps=lambda key: "stack_trace" not in key):
    """The model without what names the machine that made it: of nodes' metadata only what `keeps` says remains."""
    for node in made.graph.node:
        kept = [entry for entry in node.metadata_props if keeps(entry.key)]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
        node.doc_string = ""
    return made
