"""One network of the zoo, explained by the tool at its default layer and in its middle, against PyTorch."""

import torch
from safetensors.torch import load_file
from torch import nn

from shared.running import run

# At the default layer, and in the middle, where a sign that flips below a ReLU moves single gradients by percents.
BOUNDS = [{"output": 2e-4, "activations": 2e-4, "gradients": 2e-4, "map": 2e-4, "cam": 2e-4},
          {"output": 2e-4, "activations": 1e-4, "map": 1e-3, "cam": 1e-3}]


def explain(tool, folder, weights, *options):
    """The tensors of the tool's dump for FOLDER/image.png; leaves FOLDER/overlay.png."""
    dump = folder / "dump.safetensors"
    dump.unlink(missing_ok=True)
    run([tool, "explain", folder / "image.png", "-w", weights, "--dump", dump, "-o", folder / "overlay.png", *options])
    return load_file(dump)


def pooled(model, middle):
    """The layers from `middle` on whose output goes straight into a max pooling."""
    children = list(model.features.named_children()) if hasattr(model, "features") else []
    names = [f"features.{name}" for name, _ in children]
    first = names.index(middle) if middle in names else len(names)
    return [name for name, (_, next) in list(zip(names, children[1:]))[first:] if isinstance(next, nn.MaxPool2d)]


def maps(values):
    """A layer's values as N C H W: those of the picture's tokens, row by row, where special ones stand before them."""
    if values.dim() == 4:
        rows, columns, features = values.shape[1:]
        return values.permute(0, 3, 1, 2) if rows == columns != features else values
    side = int(values.shape[1] ** 0.5)
    return values[:, values.shape[1] - side * side:].transpose(1, 2).reshape(values.shape[0], -1, side, side)


def weighted(tensors):
    """Grad-CAM's map before its ReLU, beside what it is made of."""
    tensors = {**tensors, **{key: maps(tensors[key]) for key in ("activations", "gradients")}}
    signed = (tensors["gradients"].mean((2, 3), keepdim=True) * tensors["activations"]).sum(1)[0]
    return {**tensors, "map": signed}


def reference(model, layer, x, target, found):
    """What PyTorch computes.

    Gradients are those at the tool's own activations where these are in `found`: a near tie in a max pooling, which
    rounding decides, would move single gradients from one position to the next.
    """
    seen = {}
    keep = lambda module, inputs, output: seen.__setitem__("activations", output)
    modules = dict(model.named_modules())
    with torch.no_grad():
        handle = modules[layer].register_forward_hook(keep)
        values = {"output": model(x), "activations": seen["activations"]}
        handle.remove()
    handles = [modules[layer].register_forward_hook(keep)]
    for name, tensors in found.items():
        # The tool's value, and PyTorch's way back.
        replace = lambda module, inputs, output, own=tensors["activations"]: own + (output - output.detach())
        handles.append(modules[name].register_forward_hook(replace))
    score = model(x)[0, target]
    for handle in handles:
        handle.remove()
    values["gradients"], = torch.autograd.grad(score, seen["activations"])
    values = weighted(values)
    return {**values, "cam": values["map"].relu()}


def difference(found, expected, magnitude):
    found, expected = found.squeeze().double(), expected.squeeze().double()
    if found.shape != expected.shape or not torch.isfinite(found).all():
        return float("inf")
    return ((found - expected).abs().max() / max(magnitude, 1e-30)).item()


def compare(model, layers, dump, explained_at):
    """The largest differences by layer and tensor as a text, and those over their bounds.

    `dump` is what the tool found at the default layer, `explained_at(layer)` gives what it finds at another.
    """
    last, middle = layers
    found = {last: dump}
    for layer in dict.fromkeys([middle, *pooled(model, middle)]):
        if layer != last:
            found[layer] = explained_at(layer)
    texts, problems = [], []
    for layer, bounds in zip(layers, BOUNDS):
        tensors = weighted(found[layer])
        expected = reference(model, layer, tensors["input"], tensors["output"].argmax().item(), found)
        worst = {}
        for key, bound in bounds.items():
            magnitude = expected[key].abs().max().item()
            if key == "cam":
                # A map without anything positive is zero, and has no magnitude of its own.
                magnitude = max(magnitude, expected["map"].abs().max().item() * 1e-2)
            worst[key] = difference(tensors[key], expected[key], magnitude)
            if not worst[key] <= bound:
                problems.append(f"{key} at {layer} is off by {worst[key]:.1e}, over {bound:.0e}")
        texts.append(f"{layer}: " + ", ".join(f"{key} {value:.1e}" for key, value in worst.items()))
    return "; ".join(texts), problems
