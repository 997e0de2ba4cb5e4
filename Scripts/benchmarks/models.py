"""The seeded models that are measured, and their files for each engine. Run by Scripts/benchmark with the peers' Python:

    models.py FOLDER MODEL FORMAT...      formats: torch, onnx, ncnn, mnn

Writes FOLDER/MODEL.pth and .onnx, .pt, .ncnn.param and .bin, .mnn, and the numbers that engines are checked with:
FOLDER/MODEL.input.npy and .output.npy. What exists is kept. Exits with 1 and a line on stderr where a format fails.
"""

import contextlib
import io
import pathlib
import shutil
import subprocess
import sys
import warnings

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from shared.networks import HALF, IMAGENET, XRayClassifier
from shared.running import last_line
from shared.vision import models as torchvision_models
from shared.vision import transforms

warnings.filterwarnings("ignore")


class Entry:
    """A model: how it is made, its size, the layer that is explained, and whether gradcam knows its state dict."""

    def __init__(self, make, layer, size=224, resize=256, norm=IMAGENET, state_dict=True):
        self.make, self.layer, self.size, self.resize, self.norm = make, layer, size, resize, norm
        self.state_dict = state_dict

    def prepare(self, path):
        """The image as the network takes it."""
        steps = [transforms.Resize(self.resize), transforms.CenterCrop(self.size), transforms.ToTensor(),
                 transforms.Normalize(*self.norm)]
        return transforms.Compose(steps)(Image.open(path).convert("RGB"))[None]


def torchvision_entry(name, layer, **options):
    return Entry(lambda: getattr(torchvision_models, name)(weights=None), layer, **options)


ENTRIES = {
    "xray": Entry(XRayClassifier, "resnet_blocks.4", size=256, norm=HALF),
    "resnet18": torchvision_entry("resnet18", "layer4"),
    "resnet50": torchvision_entry("resnet50", "layer4"),
    "vgg16": torchvision_entry("vgg16", "features.29"),
    "mobilenet_v3_large": torchvision_entry("mobilenet_v3_large", "features.16", state_dict=False),
    "efficientnet_b0": torchvision_entry("efficientnet_b0", "features.8", state_dict=False),
    "densenet121": torchvision_entry("densenet121", "features.norm5"),
    "mnasnet0_5": torchvision_entry("mnasnet0_5", "layers.16", state_dict=False),
    "regnet_x_400mf": torchvision_entry("regnet_x_400mf", "trunk_output", state_dict=False),
    "convnext_tiny": torchvision_entry("convnext_tiny", "features.7", state_dict=False),
    # The libraries' way through a transformer takes a function that turns tokens into a picture: they have no figure.
    "vit_b_16": torchvision_entry("vit_b_16", "encoder.layers.encoder_layer_11.ln_1", state_dict=False),
    "swin_t": torchvision_entry("swin_t", "features.7", state_dict=False),
}


def build(name):
    """The seeded network. Batch norms get the statistics of random images and then some: activations stay in the range
    of a trained network's, however deep it is, and no factor is 1."""
    torch.manual_seed(7)
    entry = ENTRIES[name]
    model = entry.make()
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    if norms:
        calibrate(model, norms, entry.size)
    return model.eval()


def calibrate(model, norms, size):
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = None
    blobs = F.interpolate(torch.randn(4, 3, 9, 9), size=size, mode="bicubic")
    with torch.no_grad():
        model.train()(blobs + 0.1 * torch.randn(4, 3, size, size))
        for norm, momentum in zip(norms, momenta):
            norm.momentum = momentum
            norm.running_mean += 0.1 * norm.running_var.sqrt() * torch.randn_like(norm.running_mean)
            norm.running_var *= torch.empty_like(norm.running_var).uniform_(0.7, 1.4)
            norm.weight.uniform_(0.7, 1.3)
            norm.bias.normal_(0, 0.1)


def load(folder, name):
    """The network from the file that gradcam reads too, without the initialisation that takes a large one seconds."""
    path = folder / f"{name}.pth"
    with torch.device("meta"):
        model = ENTRIES[name].make()
    model.load_state_dict(torch.load(path, mmap=True), assign=True)
    return model.eval()


# ----------------------------------------------------------------------------------------------------------------------
# Files


@contextlib.contextmanager
def whole(path):
    """A name to write under: what is cut short is not taken for a file later."""
    part = path.with_name(f"part-{path.name}")
    yield part
    part.rename(path)


def write_torch(folder, name):
    model = build(name)
    x = ENTRIES[name].prepare(folder / "image.jpg")
    with torch.inference_mode():
        output = model(x)
    np.save(folder / f"{name}.input.npy", x.numpy())
    np.save(folder / f"{name}.output.npy", output.numpy())
    with whole(folder / f"{name}.pth") as path:
        torch.save(model.state_dict(), path)


def write_onnx(folder, name):
    x = torch.from_numpy(np.load(folder / f"{name}.input.npy"))
    with whole(folder / f"{name}.onnx") as path:
        torch.onnx.export(load(folder, name), x, path, dynamo=False, opset_version=17, input_names=["image"],
                          output_names=["output"])


def write_ncnn(folder, name):
    """Through TorchScript and pnnx, in a folder of its own for all that pnnx leaves behind."""
    x = torch.from_numpy(np.load(folder / f"{name}.input.npy"))
    with contextlib.ExitStack() as stack:
        place = folder / f"{name}.pnnx"
        place.mkdir(exist_ok=True)
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        torch.jit.trace(load(folder, name), x).save(place / "model.pt")
        shape = ",".join(map(str, x.shape))
        tool(["pnnx", "model.pt", f"inputshape=[{shape}]", "fp16=0"], place)
        for ending in ("param", "bin"):
            shutil.move(place / f"model.ncnn.{ending}", folder / f"{name}.ncnn.{ending}")


def write_mnn(folder, name):
    with whole(folder / f"{name}.mnn") as path:
        tool(["mnnconvert", "-f", "ONNX", "--modelFile", f"{name}.onnx", "--MNNModel", path.name, "--bizCode", "bench"],
             folder)
        if not path.exists():
            raise RuntimeError("mnnconvert wrote no file")


def tool(command, folder):
    """Runs a converter that came with the peers."""
    program = pathlib.Path(sys.executable).parent / command[0]
    process = subprocess.run([program, *command[1:]], cwd=folder, capture_output=True, text=True)
    if process.returncode != 0:
        text = last_line(process.stderr.strip() or process.stdout.strip() or "no word", process.returncode)
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {text}")


FORMATS = {"torch": ("pth", write_torch), "onnx": ("onnx", write_onnx), "ncnn": ("ncnn.bin", write_ncnn),
           "mnn": ("mnn", write_mnn)}


def main():
    folder, name, formats = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    torch.set_num_threads(2)
    for form in formats:
        ending, write = FORMATS[form]
        if (folder / f"{name}.{ending}").exists():
            continue
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                write(folder, name)
        except Exception as error:  # Whatever a converter throws is that peer's line in the table.
            sys.exit(f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}")


if __name__ == "__main__":
    main()
