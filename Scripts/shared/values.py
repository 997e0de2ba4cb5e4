"""Values inside a network, found again by what they hold: a tool's layer need not be a module of PyTorch's."""

import torch
from torch.overrides import TorchFunctionMode

from shared.layers import difference


class Values(TorchFunctionMode):
    """Keeps every tensor of one shape that a function gives while it is active, in the order of the calls."""

    def __init__(self, shape):
        super().__init__()
        self.shape, self.kept = shape, []

    def __torch_function__(self, function, types, arguments=(), options=None):
        found = function(*arguments, **(options or {}))
        for value in found if isinstance(found, (tuple, list)) else [found]:
            if isinstance(value, torch.Tensor) and value.shape == self.shape and value.requires_grad:
                self.kept.append(value)
        return found


def closest(kept, wanted):
    """The tensor among `kept` that is nearest to `wanted`, and its distance as a share of the largest magnitude.

    The last of equals: a ReLU of what is positive gives the same values as its input, whose gradient it cuts at 0.
    """
    magnitude = wanted.abs().max().item()
    distances = [difference(value.detach(), wanted, magnitude) for value in kept]
    if not distances:
        return None, float("inf")
    nearest = min(reversed(range(len(kept))), key=distances.__getitem__)
    return kept[nearest], distances[nearest]


def signed_map(activations, gradients, shape):
    """Grad-CAM's map of `shape` before its ReLU, of values stored N C H W or N H W C."""
    if activations.shape[-2:] != shape:
        activations, gradients = activations.movedim(-1, 1), gradients.movedim(-1, 1)
    return (gradients.mean((2, 3), keepdim=True) * activations).sum(1)[0]


def compare_values(model, dump, bound):
    """The largest differences by tensor at the layer of `dump`, whatever PyTorch calls it, and what is over `bound`."""
    with Values(dump["activations"].shape) as values:
        output = model(dump["input"])
    worst = {"output": difference(dump["output"], output.detach(), output.abs().max().item())}
    value, worst["activations"] = closest(values.kept, dump["activations"])
    if value is None:
        return "", [f"nothing in PyTorch has the shape {tuple(dump['activations'].shape)}"]
    gradients, = torch.autograd.grad(output[0, dump["output"].argmax()], value)
    worst["gradients"] = difference(dump["gradients"], gradients, gradients.abs().max().item())
    expected = signed_map(value.detach(), gradients, dump["cam"].shape[-2:])
    worst["cam"] = difference(dump["cam"], expected.relu(), expected.abs().max().item())
    problems = [f"{key} is off by {share:.1e}, over {bound:.0e}" for key, share in worst.items() if not share <= bound]
    return ", ".join(f"{key} {share:.1e}" for key, share in worst.items()), problems
