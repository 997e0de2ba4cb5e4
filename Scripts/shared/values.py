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
    """Which of the tensors in `kept` is nearest to `wanted`; None where there are none.

    The last of equals: a ReLU of what is positive gives the same values as its input, whose gradient it cuts at 0.
    """
    magnitude = wanted.abs().max().item()
    distances = [difference(value.detach(), wanted, magnitude) for value in kept]
    return min(reversed(range(len(kept))), key=distances.__getitem__, default=None)


def as_maps(values, shape):
    """N C H W of values in any order: N C H W, N H W C, or tokens row by row, where special ones stand before them."""
    if values.dim() == 3:
        return values[:, values.shape[1] - shape[0] * shape[1]:].transpose(1, 2).reshape(values.shape[0], -1, *shape)
    return values if values.shape[-2:] == shape else values.movedim(-1, 1)


def signed_map(activations, gradients, shape):
    """Grad-CAM's map of `shape` before its ReLU."""
    activations, gradients = as_maps(activations, shape), as_maps(gradients, shape)
    return (gradients.mean((2, 3), keepdim=True) * activations).sum(1)[0]


def computed(model, dump, place=None):
    """What PyTorch computes in the model's own precision, and which of its values is the layer of `dump`: nearest, or at `place`."""
    with Values(dump["activations"].shape) as values:
        output = model(dump["input"].to(next(model.parameters()).dtype))
    place = closest(values.kept, dump["activations"]) if place is None else place
    if place is None:
        return None, None
    value = values.kept[place]
    gradients, = torch.autograd.grad(output[0, dump["output"].argmax()], value)
    signed = signed_map(value.detach(), gradients, dump["cam"].shape[-2:])
    return {"output": output.detach(), "activations": value.detach(), "gradients": gradients, "map": signed}, place


def distances(found, expected):
    """The largest differences by tensor, as shares of the largest magnitude; a map counts without its ReLU, as far as it is positive."""
    result = {key: difference(found[key], expected[key], expected[key].abs().max().item())
              for key in ("output", "activations", "gradients")}
    cam = found["cam"] if "cam" in found else found["map"].relu()
    return {**result, "cam": difference(cam, expected["map"].relu(), expected["map"].abs().max().item())}


def depends_on_picture(model, picture):
    """Whether the logits tell a picture from its negative, and one class from another."""
    with torch.no_grad():
        found, other = model(picture), model(-picture)
    return min((found - other).abs().max(), found.std()) > 1e-2 * found.abs().max()


def compare_values(model, dump, bound):
    """The largest differences by tensor at the layer of `dump`, whatever PyTorch calls it, and what is over `bound`.

    Where something is over it, PyTorch's float64 decides: float32 may be as far from it, and the tool at most twice as far as
    PyTorch's own float32.
    """
    single, place = computed(model, dump)
    if single is None:
        return "", [f"nothing in PyTorch has the shape {tuple(dump['activations'].shape)}"]
    worst = distances(dump, single)
    problems = [] if depends_on_picture(model, dump["input"]) else ["the logits hardly depend on the picture: nothing is shown"]
    text = ", ".join(f"{key} {share:.1e}" for key, share in worst.items())
    if all(share <= bound for share in worst.values()):
        return text, problems
    double, _ = computed(model.double(), dump, place)
    model.float()
    own, worst = distances(single, double), distances(dump, double)
    text += "; from float64: " + ", ".join(f"{key} {worst[key]:.1e} (PyTorch's float32 {own[key]:.1e})" for key in worst)
    problems += [f"{key} is {worst[key]:.1e} from float64, over {bound:.0e} and over twice {own[key]:.1e}"
                 for key in worst if not worst[key] <= max(bound, 2 * own[key])]
    return text, problems
