#!/usr/bin/env python3
"""Makes Tests/Fixtures/cli: small models and images for the tests that run the tool, and PyTorch's numbers for them.

    make_cli_fixtures.py

Needs torch, numpy, pillow and safetensors. The fixtures are committed; run this only to change them.
"""

import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save_file
from torch import nn

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "cli"
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


class Block(nn.Module):
    """The X-ray classifier's block."""

    def __init__(self, cin, cout):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(cin, cout, 3, 2, 1, bias=False), nn.BatchNorm2d(cout)
        self.conv2, self.bn2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False), nn.BatchNorm2d(cout)
        self.shortcut = nn.Sequential(nn.Conv2d(cin, cout, 1, 2, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class XRayClassifier(nn.Module):
    def __init__(self, nc, nf):
        super().__init__()
        widths = [nc] + [nf << i for i in range(5)]
        self.resnet_blocks = nn.Sequential(*[Block(widths[i], widths[i + 1]) for i in range(5)])
        self.classifier = nn.Sequential(nn.Conv2d(widths[5], 1, 8, bias=False), nn.Dropout(0.2), nn.Sigmoid())

    def forward(self, x):
        return self.classifier(self.resnet_blocks(x))


class PaddedBlock(nn.Module):
    """The CIFAR ResNets' block with the shortcut that pads channels with zeros."""

    def __init__(self, cin, cout):
        super().__init__()
        stride = 1 if cin == cout else 2
        self.conv1, self.bn1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm2d(cout)
        self.conv2, self.bn2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False), nn.BatchNorm2d(cout)
        self.shortcut = nn.Sequential()
        self.padding = (cout - cin) // 2

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.padding:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.padding, self.padding))
        return F.relu(y + x)


class CIFARResNet(nn.Module):
    def __init__(self, width, classes, blocks=1):
        super().__init__()
        stage = lambda cin, cout: nn.Sequential(*[PaddedBlock(cout if i else cin, cout) for i in range(blocks)])
        self.conv1, self.bn1 = nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        self.layer1, self.layer2 = stage(width, width), stage(width, 2 * width)
        self.layer3 = stage(2 * width, 4 * width)
        self.linear = nn.Linear(4 * width, classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(F.adaptive_avg_pool2d(x, 1).flatten(1))


def seeded(make, seed):
    """A model with seeded weights and batch norms that are not at their initial values."""
    torch.manual_seed(seed)
    model = make()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.1)
    return model.eval()


def aim(model, x):
    """Shifts and scales the head to make a third of the map at the last block negative, as a trained one's."""
    weight = model.classifier[0].weight.data
    with torch.no_grad():
        features = model.resnet_blocks(x)[0]
    weights = weight[0].mean(dim=(1, 2))
    ratios = torch.einsum("k,kyx->yx", weights, features) / features.sum(0)
    weight -= torch.quantile(ratios.flatten(), 0.35)
    weight *= 40


def make_images():
    """A picture of soft blobs, in every way that the tests need it saved."""
    noise = np.random.default_rng(1).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    picture = Image.fromarray(noise).resize((120, 90), Image.BICUBIC)
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(FOLDER / "photo.jpg", quality=90)
    picture.save(FOLDER / "rotated.jpg", quality=90, exif=exif)
    picture.convert("CMYK").save(FOLDER / "cmyk.jpg", quality=80, progressive=True)
    picture.convert("L").save(FOLDER / "gray.jpg", quality=90)
    picture.resize((32, 32)).save(FOLDER / "tiny.png")
    deep = np.random.default_rng(2).integers(0, 65536, (30, 40), dtype=np.uint16)
    Image.fromarray(deep).save(FOLDER / "deep.png")


def opened(name, channels):
    """The picture as Pillow and torchvision hand it to a model: upright, 8 bits."""
    picture = Image.open(FOLDER / name)
    if picture.mode == "I;16":
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    turned = {6: Image.Transpose.ROTATE_270}.get(picture.getexif().get(0x0112))
    picture = picture.transpose(turned) if turned is not None else picture
    return picture.convert("L" if channels == 1 else "RGB")


def prepared(picture, size, mean, std):
    """Resize to the short side, then CenterCrop, ToTensor and Normalize."""
    short, long = sorted(picture.size)
    other = int(size * long / short)
    picture = picture.resize((size, other) if picture.width <= picture.height else (other, size), Image.BILINEAR)
    left, top = (round((length - size) / 2) for length in picture.size)
    pixels = np.asarray(picture.crop((left, top, left + size, top + size)), np.float32)
    x = torch.from_numpy(pixels.reshape(size, size, -1).transpose(2, 0, 1).copy()).div(255)[None]
    mean, std = (torch.tensor(v, dtype=torch.float32).view(1, -1, 1, 1) for v in (mean, std))
    return (x - mean) / std


def explained(model, layer, x, target):
    """What the tool's dump has to hold, but for the input."""
    seen = {}
    layer.register_forward_hook(lambda module, inputs, output: seen.update(activations=output))
    logits = {}
    module = model.classifier[0] if isinstance(model, XRayClassifier) else model.linear
    module.register_forward_hook(lambda module, inputs, output: logits.update(value=output.flatten()))
    output = model(x)
    gradients, = torch.autograd.grad(logits["value"][target], seen["activations"])
    cam = F.relu((gradients.mean(dim=(2, 3), keepdim=True) * seen["activations"]).sum(1))[0]
    found = dict(output=output, activations=seen["activations"], gradients=gradients, cam=cam, heatmap=cam / cam.max())
    return {key: value.detach().contiguous() for key, value in found.items()}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    make_images()
    xray = seeded(lambda: XRayClassifier(3, 2), 2)
    aim(xray, prepared(opened("photo.jpg", 3), 256, (0.5,), (0.5,)))
    gray = seeded(lambda: XRayClassifier(1, 2), 5).half().float()
    cifar = seeded(lambda: CIFARResNet(4, 10), 4)
    torch.save(xray.state_dict(), FOLDER / "xray.pth")
    half = {name: value.half() if value.is_floating_point() else value for name, value in gray.state_dict().items()}
    torch.save({"epoch": 1, "net": half}, FOLDER / "gray.pth", _use_new_zipfile_serialization=False)
    wrapped = {f"module.{name}": value for name, value in cifar.state_dict().items()}
    torch.save({"state_dict": wrapped, "best": 0.9}, FOLDER / "cifar.th", _use_new_zipfile_serialization=False)
    expected = {}
    for name in ("photo.jpg", "rotated.jpg", "cmyk.jpg", "gray.jpg", "deep.png"):
        x = prepared(opened(name, 3), 256, (0.5,), (0.5,))
        for key, value in explained(xray, xray.resnet_blocks[4], x, 0).items():
            if key != "gradients" or name == "photo.jpg":  # they are the head's weights, whatever the image
                expected[f"xray.{name}.{key}"] = value
    x = prepared(opened("photo.jpg", 1), 256, (0.5,), (0.5,))
    expected |= {f"gray.photo.jpg.{k}": v for k, v in explained(gray, gray.resnet_blocks[4], x, 0).items()}
    x = prepared(opened("tiny.png", 3), 32, *IMAGENET)
    top = int(cifar(x).argmax())
    expected |= {f"cifar.tiny.png.{k}": v for k, v in explained(cifar, cifar.layer3, x, top).items()}
    save_file(expected, FOLDER / "expected.safetensors", {"cifar.top": str(top)})
    for key, value in expected.items():
        if key.endswith((".output", ".cam")):
            print(key, value.flatten()[:10].tolist())


if __name__ == "__main__":
    main()
