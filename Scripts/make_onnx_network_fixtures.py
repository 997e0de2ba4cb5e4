#!/usr/bin/env python3
"""Writes small awkward networks as ONNX files by both of PyTorch's exporters, with PyTorch's numbers, to Tests/Fixtures/networks.

    pip install "torch==2.13.0+cpu" onnx onnxscript numpy safetensors
    Scripts/make_onnx_network_fixtures.py [NETWORK ...]

Every network ends in a module `trunk` whose output is the last feature map, in front of pooling and a classifier.
"""
import contextlib, io, pathlib, sys, warnings

import onnx
import torch
from torch import nn
from torch.nn import functional as F
from safetensors.torch import save_file

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "networks"
SIZE = (3, 24, 20)


class Shuffle(nn.Module):
    """Channels split, one half through a depthwise convolution, joined and shuffled (ShuffleNet v2)."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.branch = nn.Sequential(
            nn.Conv2d(4, 4, 1), nn.ReLU(), nn.Conv2d(4, 4, 3, 1, 1, groups=4, bias=False), nn.BatchNorm2d(4))
        self.trunk = nn.Sequential(nn.Conv2d(8, 12, 1), nn.ReLU())

    def forward(self, x):
        x = self.stem(x)
        left, right = x.chunk(2, dim=1)
        x = torch.cat((left, self.branch(right)), 1)
        n, c, h, w = x.size()
        x = x.view(n, 2, c // 2, h, w).transpose(1, 2).contiguous().view(n, c, h, w)
        return self.trunk(x)


class Squeeze(nn.Module):
    """Squeeze and excitation with hard activations, SiLU behind it (MobileNet v3, EfficientNet)."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.Hardswish())
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1, self.fc2 = nn.Conv2d(8, 4, 1), nn.Conv2d(4, 8, 1)
        self.trunk = nn.Sequential(nn.Conv2d(8, 12, 3, 1, 1), nn.SiLU())

    def forward(self, x):
        x = self.stem(x)
        return self.trunk(F.hardsigmoid(self.fc2(F.relu(self.fc1(self.avgpool(x))))) * x)


class Dense(nn.Module):
    """Dense connections, norms in front, a function behind the last norm (DenseNet)."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, 1, 1)
        self.norm1, self.conv1 = nn.BatchNorm2d(6), nn.Conv2d(6, 4, 3, 1, 1)
        self.norm2, self.conv2 = nn.BatchNorm2d(10), nn.Conv2d(10, 4, 3, 1, 1)
        self.pool, self.norm3, self.trunk = nn.AvgPool2d(2, 2), nn.BatchNorm2d(14), nn.ReLU()

    def forward(self, x):
        x = self.stem(x)
        x = torch.cat([x, self.conv1(F.relu(self.norm1(x)))], 1)
        x = torch.cat([x, self.conv2(F.relu(self.norm2(x)))], 1)
        return self.trunk(self.norm3(self.pool(x)))


class LayerNorm2d(nn.LayerNorm):
    def forward(self, x):
        return F.layer_norm(x.permute(0, 2, 3, 1), self.normalized_shape, self.weight, self.bias).permute(0, 3, 1, 2)


class Patches(nn.Module):
    """Patches, layer norms over channels, a block that works channels-last (ConvNeXt)."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 4, 4), LayerNorm2d(8))
        self.depthwise, self.norm = nn.Conv2d(8, 8, 7, 1, 3, groups=8), nn.LayerNorm(8)
        self.grow, self.shrink = nn.Linear(8, 16), nn.Linear(16, 8)
        self.scale, self.trunk = nn.Parameter(torch.rand(8, 1, 1)), nn.Identity()

    def forward(self, x):
        x = self.stem(x)
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        y = self.shrink(F.gelu(self.grow(y))).permute(0, 3, 1, 2)
        return self.trunk(x + self.scale * y)


class Branches(nn.Module):
    """Branches with kernels of one dimension and poolings beside them, input scaled by channel (Inception)."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, 2)
        self.wide, self.tall = nn.Conv2d(6, 6, (1, 7), padding=(0, 3)), nn.Conv2d(6, 6, (7, 1), padding=(3, 0))
        self.trunk = nn.Sequential(nn.Conv2d(18, 8, 1), nn.LeakyReLU(0.2))

    def forward(self, x):
        x = torch.cat([x[:, i:i + 1] * (0.4 + 0.1 * i) + 0.1 * i for i in range(3)], 1)
        x = F.max_pool2d(F.relu(self.stem(x)), 3, 2, ceil_mode=True)
        pooled = F.avg_pool2d(x, 3, 1, 1)
        return self.trunk(torch.cat([self.tall(F.relu(self.wide(x))), pooled, x], 1))


class Enlarged(nn.Module):
    """Down and up again: a transposed convolution and both resizings, joined."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 8, 4, 4)
        self.up = nn.ConvTranspose2d(8, 4, 3, 2, 1, output_padding=1)
        self.norm = nn.GroupNorm(2, 20)
        self.trunk = nn.Sequential(nn.Conv2d(20, 6, 3, padding=1), nn.ELU())

    def forward(self, x):
        x = self.down(x)
        nearest = F.interpolate(x, scale_factor=2, mode="nearest")
        smooth = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        return self.trunk(self.norm(torch.cat([self.up(x), nearest, smooth], 1)))


NETWORKS = [Shuffle, Squeeze, Dense, Patches, Branches, Enlarged]


class Classifier(nn.Module):
    def __init__(self, features, channels):
        super().__init__()
        self.features, self.head = features, nn.Linear(channels, 5)

    def forward(self, x):
        return self.head(torch.flatten(F.adaptive_avg_pool2d(self.features(x), 1), 1))


def network(kind, seed):
    torch.manual_seed(seed)
    features = kind()
    model = Classifier(features, features(torch.zeros(1, *SIZE)).shape[1])
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
    return model.eval()


def export(model, example, path, is_current):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        if is_current:
            torch.onnx.export(model, (example,), path, dynamo=True, external_data=False, verbose=False)
        else:
            axes = {"image": {0: "n", 2: "h", 3: "w"}}
            torch.onnx.export(
                model, example, path, dynamo=False, opset_version=13, input_names=["image"], dynamic_axes=axes)
    made = onnx.load(path)
    for node in made.graph.node:
        # What remains names the machine that made the file.
        kept = [entry for entry in node.metadata_props if "stack_trace" not in entry.key]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
        node.doc_string = ""
    onnx.save(made, path)


def write(kind, seed):
    model, name = network(kind, seed), kind.__name__.lower()
    x, seen = torch.rand(2, *SIZE, generator=torch.Generator().manual_seed(seed)), {}
    model.features.trunk.register_forward_hook(lambda module, inputs, output: seen.__setitem__("activations", output))
    output = model(x)
    gradients, = torch.autograd.grad(output[:, 2].sum(), seen["activations"])
    tensors = {"input": x, "output": output, "activations": seen["activations"], "gradients": gradients}
    save_file({key: value.detach().contiguous() for key, value in tensors.items()}, FOLDER / f"{name}.safetensors")
    for is_current in (False, True):
        path = FOLDER / f"{name}-{'current' if is_current else 'old'}.onnx"
        export(model, x[:1], str(path), is_current)
        print(f"{path.stat().st_size:8} {path.name}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for seed, kind in enumerate(NETWORKS):
        if len(sys.argv) == 1 or kind.__name__.lower() in sys.argv[1:]:
            write(kind, seed)
