"""ONNX by both of PyTorch's exporters."""

import contextlib
import io
import os

import torch


@contextlib.contextmanager
def silence():
    """Drops what is printed meanwhile, also by libraries: a failed export prints the whole graph."""
    kept = [os.dup(descriptor) for descriptor in (1, 2)]
    with open(os.devnull, "wb") as nowhere:
        for descriptor in (1, 2):
            os.dup2(nowhere.fileno(), descriptor)
        try:
            yield
        finally:
            for descriptor, own in zip((1, 2), kept):
                os.dup2(own, descriptor)
                os.close(own)


def export(model, example, path, is_current, axes, opset=13, current_opset=None):
    """Writes an ONNX file by the current exporter or the old one, whose `axes` of the input (index: name) stay open. Each has
    its own `opset`; that of the current one is its default where none is given."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), silence():
        if is_current:
            torch.onnx.export(model, (example,), path, dynamo=True, external_data=False, verbose=False,
                              opset_version=current_opset)
        else:
            torch.onnx.export(model, example, path, dynamo=False, opset_version=opset, input_names=["image"],
                              dynamic_axes={"image": axes})


def tidy(made, keeps=lambda key: "stack_trace" not in key):
    """The model without what names the machine that made it: of nodes' metadata only what `keeps` says remains."""
    for node in made.graph.node:
        kept = [entry for entry in node.metadata_props if keeps(entry.key)]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
        node.doc_string = ""
    return made
