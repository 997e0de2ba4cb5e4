#!/usr/bin/env python3
"""Compares a built gradcam with PyTorch on the state dicts of torchvision's, timm's and Hugging Face's networks, and on
small ones as other libraries name them.

    pip install -c Scripts/constraints.txt torch torchvision timm transformers monai efficientnet_pytorch safetensors numpy pillow
    Scripts/compare_state_dicts.py PATH/TO/gradcam [MODEL ...]

Every network gets seeded weights and randomised batch-norm statistics, and is explained at the default layer (from a
checkpoint) and at one in the middle (from safetensors); small ones also as their owners wrap them (wrapped.NAME). Prints one line a network with the largest differences, as shares
of each tensor's largest magnitude; exits 1 where one is over its bound.
"""

import torch
from safetensors.torch import save_file

from shared.comparing import comparison, words
from shared.layers import compare, explain
from shared.namings import NAMINGS
from shared.networks import randomise_norms, without_inplace
from shared.pictures import photo
from shared.wrapped import WRAPPED, wrapped
from shared.zoo import NAMES, STATE_DICTS, network


def compared(tool, folder, name):
    model = network(name)
    state = {key: value.contiguous() for key, value in model.state_dict().items()}
    torch.save(state, folder / "model.pth")
    save_file(state, folder / "model.safetensors")
    options = ["--arch", NAMES[name]] if name in NAMES else []
    return compare(
        model, STATE_DICTS[name], explain(tool, folder, folder / "model.pth", *options),
        lambda layer: explain(tool, folder, folder / "model.safetensors", "--layer", layer, *options))


def compared_wrapped(tool, folder, name):
    model, content, layers, options = wrapped(name)
    torch.save(content, folder / "model.pth")
    explained = lambda *more: explain(tool, folder, folder / "model.pth", *options, *more)
    return compare(model, layers, explained(), lambda layer: explained("--layer", layer))


def named_otherwise(tool, folder, name):
    naming = NAMINGS[name]
    torch.manual_seed(7)
    model = without_inplace(randomise_norms(naming.make(), generator=torch.Generator().manual_seed(3))).eval()
    file = folder / "model.pth"
    torch.save(model.state_dict(), file)
    here = dict(zip(naming.modules, naming.layers))
    return compare(
        model, naming.modules, explain(tool, folder, file, *naming.options),
        lambda layer: explain(tool, folder, file, *naming.options, "--layer", here[layer]))


def main():
    own = {f"wrapped.{name}": name for name in WRAPPED}
    tool, names = words(__doc__, "MODEL", [*STATE_DICTS, *NAMINGS, *own], {"wrapped": list(own), "names": list(NAMINGS)})
    with comparison(tool) as made:
        photo(340, 260, 5).save(made.folder / "image.png")
        for name in names:
            if name in own:
                made.case(name, lambda: compared_wrapped(tool, made.folder, own[name]))
            else:
                made.case(name, lambda: (named_otherwise if name in NAMINGS else compared)(tool, made.folder, name))


if __name__ == "__main__":
    main()
