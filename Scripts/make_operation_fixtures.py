#!/usr/bin/env python3
"""Writes what PyTorch computes for the tests of operations, hooks and architectures into Tests/Fixtures.

    pip install "torch==2.13.0+cpu" "torchvision==0.28.0" timm==1.0.31 safetensors numpy
    Scripts/make_operation_fixtures.py

Operations: NAME.input, NAME.output, NAME.outputGradient, NAME.gradient, and weights as PyTorch names them.
Architectures: weights and inputs are made up by `synthetic`, which Tests/TestSupport/SyntheticWeights.swift repeats to the bit.
"""
import collections, pathlib
import numpy as np
import torch
# torchvision's compiled operators are absent beside a CPU build of torch; none is used here.
for operator in ("nms", "qnms"):
    try:
        torch.library.define(f"torchvision::{operator}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass
import torch.nn as nn, torch.nn.functional as F
from safetensors.torch import save_file
import timm
from torchvision import models

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures"
NAN, INF = float("nan"), float("inf")


def save(name, tensors, metadata=None):
    path = FIXTURES / f"{name}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: value.detach().clone().contiguous().float() for key, value in tensors.items()}, path, metadata)
    print(f"{path.stat().st_size:8} {path.relative_to(FIXTURES)}")


def parameters(module):
    return {key: value for key, value in module.state_dict().items() if not key.endswith("num_batches_tracked")}


# MARK: Operations


def operations():
    torch.manual_seed(1)
    random = torch.randn
    cases = {}

    def add(name, module, x):
        x = x.clone().requires_grad_()
        module = module.eval()
        y = module(x)
        gradient = random(y.shape)
        y.backward(gradient)
        values = {"input": x, "output": y, "outputGradient": gradient, "gradient": x.grad, **parameters(module)}
        cases.update({f"{name}.{key}": value for key, value in values.items()})

    special = torch.tensor([[-2, -0.0, 0.0, 3, NAN, INF, -INF, -1e-45, 1e-45, 100, -100]])
    add("relu", nn.ReLU(), special)
    add("leakyrelu", nn.LeakyReLU(0.3), special)
    add("sigmoid", nn.Sigmoid(), special)
    add("softmax.large", nn.Softmax(1), torch.tensor([[1e4, 1e4 - 1, -1e4], [-INF, 0, 1], [88, 89, 90]]))
    add("softmax.nan", nn.Softmax(1), torch.tensor([[1, NAN, 2], [INF, 0, 1]]))
    add("softmax.rows", nn.Softmax(2), random(2, 3, 4, 5))

    ties = torch.randint(0, 3, (2, 3, 7, 6)).float()
    holes = random(2, 2, 7, 8)
    holes[0, 0, 1, 2] = holes[0, 0, 1, 3] = holes[1, 1, 4, 4] = NAN
    holes[1, 0] = -INF
    add("maxpool.ties", nn.MaxPool2d(3, 2, 1), ties)
    add("maxpool.nan", nn.MaxPool2d((3, 2), (2, 1), (1, 0)), holes)
    add("maxpool.ceil", nn.MaxPool2d((2, 3), (2, 2), 0, ceil_mode=True), random(2, 2, 7, 8))
    add("maxpool.dropped", nn.MaxPool2d(2, (3, 2), 1, ceil_mode=True), random(1, 2, 4, 5))
    add("maxpool.dilation", nn.MaxPool2d((2, 3), (1, 2), (1, 1), dilation=(3, 2), ceil_mode=True), random(2, 2, 9, 10))
    for counts in (True, False):
        key = "counts" if counts else "ignores"
        add(f"avgpool.{key}", nn.AvgPool2d((3, 2), (2, 1), (1, 1), count_include_pad=counts), random(2, 3, 6, 5))
        ceil = nn.AvgPool2d(3, (2, 3), 1, ceil_mode=True, count_include_pad=counts)
        add(f"avgpool.ceil.{key}", ceil, random(2, 2, 8, 9))
    add("adaptive.uneven", nn.AdaptiveAvgPool2d((3, 4)), random(2, 3, 7, 5))
    add("adaptive.enlarging", nn.AdaptiveAvgPool2d((5, 3)), random(2, 2, 3, 2))

    norm = nn.BatchNorm2d(3, eps=1e-3)
    for buffer in (norm.weight, norm.bias, norm.running_mean):
        buffer.data.normal_()
    norm.running_var.uniform_(0.01, 2)
    add("batchnorm", norm, random(2, 3, 4, 5))
    add("conv.groups", nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 2), dilation=(1, 2), groups=2), random(2, 4, 7, 6))
    add("conv.depthwise", nn.Conv2d(3, 6, 3, 2, 1, groups=3, bias=False), random(2, 3, 6, 7))
    add("linear", nn.Linear(5, 3), random(2, 4, 5))
    add("flatten", nn.Flatten(), random(2, 3, 2, 4))
    add("relu6", nn.ReLU6(), torch.cat([special, torch.tensor([[6, 5.999999, 6.000001, 5, 7]])], 1))
    save("operations/semantics", cases)


def pointwise():
    """Activations, arithmetic, norms and reductions: NAME.input0, …, NAME.output, NAME.outputGradient, NAME.gradient0, …"""
    torch.manual_seed(2)
    random = torch.randn
    cases = {}

    def add(name, function, *inputs):
        inputs = [x.clone().requires_grad_() for x in inputs]
        y = function(*inputs)
        gradient = random(y.shape)
        y.backward(gradient)
        cases.update({f"{name}.output": y, f"{name}.outputGradient": gradient})
        for index, x in enumerate(inputs):
            cases.update({f"{name}.input{index}": x, f"{name}.gradient{index}": x.grad})

    special = torch.tensor([-2, -0.0, 0.0, 3, -3, 6, 1, -1, 0.3, 2.5, 1.5, NAN, INF, -INF, -1e-45, 1e-45, 100, -100])
    activations = {
        "elu": nn.ELU(0.7), "selu": nn.SELU(), "celu": nn.CELU(0.6), "relu6": nn.ReLU6(), "hardtanh": nn.Hardtanh(-1, 3),
        "hardsigmoid": nn.Hardsigmoid(), "hardswish": nn.Hardswish(), "silu": nn.SiLU(), "mish": nn.Mish(),
        "softplus": nn.Softplus(), "softplus.steep": nn.Softplus(3, 2), "softsign": nn.Softsign(), "tanh": nn.Tanh(),
        "erf": torch.erf, "gelu": nn.GELU(), "gelu.tanh": nn.GELU("tanh"), "threshold": nn.Threshold(1, 0),
        "abs": torch.abs, "sqrt": torch.sqrt, "log": torch.log, "exp": torch.exp, "reciprocal": torch.reciprocal,
        "round": torch.round, "floor": torch.floor, "ceil": torch.ceil, "sign": torch.sign,
    }
    for name, function in activations.items():
        # Of infinities these make NaN in PyTorch alone, by the way they are computed there.
        add(name, function, special[special.abs() != INF] if name in ("softsign", "gelu", "mish") else special)
    prelu = nn.PReLU(3)
    prelu.weight.data = torch.tensor([0.3, -0.2, 1.5])
    add("prelu", prelu, random(2, 3, 4, 5))
    add("logsoftmax.large", nn.LogSoftmax(1), torch.tensor([[1e4, 1e4 - 1, -1e4], [-INF, 0, 1], [88, 89, 90]]))
    add("logsoftmax.rows", nn.LogSoftmax(2), random(2, 3, 4, 5))

    x = random(2, 3, 4, 5)
    add("mul.gates", torch.mul, x, random(2, 3, 1, 1))
    add("mul.map", torch.mul, random(3, 4, 5), x)
    add("mul.rank5", torch.mul, random(2, 1, 2, 4, 1), random(3, 1, 4, 5))
    add("add.columns", torch.add, x, random(5))
    add("div.zero", torch.div, torch.tensor([1.0, -1, 0, 2]), torch.tensor([0.0, 0, 0, 4]))
    bases = torch.tensor([0.0, 0, 0, -2, -2, 2, 3, -1.5, 4])
    add("pow.corners", torch.pow, bases, torch.tensor([0.0, 1, 2, 2, 3, 0, -1, 0, 0.5]))
    ties = lambda *shape: torch.randint(0, 3, shape).float()
    add("maximum.ties", torch.maximum, ties(2, 3, 4, 5), ties(3, 1, 1))
    add("minimum.ties", torch.minimum, ties(2, 3, 4), ties(3, 4))
    add("where", lambda a, b: torch.where(x > 0, a, b), random(2, 3, 1, 5), random(4, 1))
    cases["where.condition"] = (x > 0).float()

    add("mean", lambda x: x.mean((2, 3)), random(2, 3, 4, 5))
    add("amax.ties", lambda x: x.amax((1, 3)), ties(2, 3, 4, 5))
    add("amin.ties", lambda x: x.amin((2, 3), keepdim=True), ties(2, 3, 4, 5))
    zeros = random(2, 3, 4, 5)
    zeros[0, 1, 2] = zeros[0, 0, 1, 1] = zeros[1, 2, 0, 0] = zeros[1, 2, 3, 4] = 0
    add("norm.zeros", lambda x: torch.linalg.vector_norm(x, 2, 3), zeros)
    add("norm1.zeros", lambda x: torch.linalg.vector_norm(x, 1, 1), zeros)
    add("prod.zeros", lambda x: x.flatten(2).prod(2), zeros)
    add("logsumexp.large", lambda x: x.logsumexp(1), torch.tensor([[1e4, 1e4 - 1, -1e4], [-INF, 0, 1], [88, 89, 90]]))
    add("normalize.zeros", lambda x: F.normalize(x, dim=3), zeros)

    weights, biases = torch.tensor([0.5, -1, 2, 0.1]), torch.tensor([0.2, 0, -1, 3])
    add("instancenorm", lambda x: F.instance_norm(x, weight=weights, bias=biases, eps=1e-3), 3 + random(2, 4, 5, 3))
    add("groupnorm", lambda x: F.group_norm(x, 2, weights, biases, 1e-3), 3 + random(2, 4, 5, 3))
    add("groupnorm.rank3", lambda x: F.group_norm(x, 2, weights, biases, 1e-3), random(2, 4, 7))
    add("layernorm", lambda x: F.layer_norm(x, (4,), weights, biases, 1e-3), 3 + random(2, 5, 4))
    channels = lambda x: F.layer_norm(x.permute(0, 2, 3, 1), (4,), weights, biases, 1e-3).permute(0, 3, 1, 2)
    add("layernorm.channels", channels, 3 + random(2, 4, 5, 3))
    add("lrn", nn.LocalResponseNorm(5, 0.3, 0.75, 1.5), random(2, 7, 3, 4))
    save("operations/pointwise", cases)


# MARK: Hooks


class Block(nn.Module):
    """A residual block that uses one ReLU twice."""

    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(y)) + x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(2, 4, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU())
        self.block = Block(4)
        self.maxpool = nn.MaxPool2d(2, ceil_mode=True)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        return self.fc(torch.flatten(self.avgpool(self.maxpool(self.block(self.stem(x)))), 1))


def net():
    torch.manual_seed(3)
    network = Net().eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.2)
    x = torch.randn(2, 2, 9, 11).requires_grad_()
    return network, x, {"input": x, "outputGradient": torch.randn(2, 3), **parameters(network)}


def calls():
    """Every hook on every module: in what order they are called, and with what."""
    network, x, tensors = net()
    events = []

    def record(kind, path, **values):
        for name, value in values.items():
            tensors[f"{len(events)}.{name}"] = (value[0] if isinstance(value, tuple) else value).clone()
        events.append(f"{kind} {path}")

    for path, module in network.named_modules():
        module.register_forward_hook(lambda m, i, o, path=path: record("forward", path, input=i, output=o))
        module.register_full_backward_hook(
            lambda m, i, o, path=path: record("backward", path, gradInput=i, gradOutput=o))
        module.register_full_backward_pre_hook(lambda m, o, path=path: record("pre", path, gradOutput=o))
    network(x).backward(tensors["outputGradient"])
    save("graph/calls", tensors, {"events": "\n".join(events)})


def replacements():
    """Values and gradients that hooks replace, one after the other in the order of registration."""
    network, x, tensors = net()
    network.maxpool.register_forward_hook(lambda m, i, o: o * torch.arange(o.numel()).reshape(o.shape) / 8)
    network.maxpool.register_forward_hook(lambda m, i, o: o.flip(0, 1, 2, 3) + 1)
    network.block.register_full_backward_pre_hook(lambda m, o: (o[0] * 2,))
    network.block.register_full_backward_pre_hook(lambda m, o: (o[0] + 0.25,))
    network.block.conv1.register_full_backward_hook(lambda m, i, o: (i[0] * 0.5,))
    network.block.register_full_backward_hook(lambda m, i, o: (i[0] - 0.125,))
    network.block.relu.register_full_backward_hook(lambda m, i, o: (i[0].clamp(min=0),))
    seen = lambda name: lambda m, i, o: tensors.update({f"{name}.gradInput": i[0], f"{name}.gradOutput": o[0]})
    network.block.register_full_backward_hook(seen("block"))
    network.stem.register_full_backward_hook(seen("stem"))
    output = network(x)
    output.backward(tensors["outputGradient"])
    save("graph/replacements", {**tensors, "output": output, "inputGradient": x.grad})


# MARK: Architectures

TABLE_SIZE = 65521


def table():
    h = np.arange(TABLE_SIZE, dtype=np.uint64) * 2654435761 % 2**32
    h ^= h >> np.uint64(15)
    h = h * 2246822519 % 2**32
    h ^= h >> np.uint64(13)
    return h.astype(np.float64) / 2**32 - 0.5


def synthetic(name, shape, table=table()):
    """Numbers that depend on a tensor's name and shape alone, of a size that keeps activations near one."""
    offset = 2166136261
    for byte in name.encode():
        offset = (offset ^ byte) * 16777619 % 2**32
    values = np.resize(np.roll(table, -(offset % TABLE_SIZE)), int(np.prod(shape))).reshape(shape)
    if len(shape) > 1 and name != "input":
        scale, shift = (24 / np.prod(shape[1:])) ** 0.5, 0
    elif name.endswith("running_var"):
        scale, shift = 0.5, 1
    elif name.endswith("weight"):
        scale, shift = 0.4, 1
    else:
        scale, shift = (2, 0) if name == "input" else (0.2, 0)
    return torch.from_numpy((values * scale + shift).astype(np.float32))


class ResNetBlock(nn.Module):
    def __init__(self, channels, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, outputs, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential(nn.Conv2d(channels, outputs, 1, 2, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class XRayClassifier(nn.Module):
    def __init__(self, nc, nf):
        super().__init__()
        widths = [nc] + [nf * 2**i for i in range(5)]
        self.resnet_blocks = nn.Sequential(*[ResNetBlock(*widths[i : i + 2]) for i in range(5)])
        self.classifier = nn.Sequential(nn.Conv2d(widths[5], 1, 8, 1, 0, bias=False), nn.Dropout(0.2), nn.Sigmoid())

    def forward(self, x):
        return self.classifier(self.resnet_blocks(x))


class BasicBlock(nn.Module):
    """The CIFAR ResNet's: its shortcut has no weights (option A)."""

    def __init__(self, channels, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, outputs, 3, 1 if channels == outputs else 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.more = outputs - channels

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.more:
            before = self.more // 2
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, before, self.more - before))
        return F.relu(y + x)


class CIFARResNet(nn.Module):
    def __init__(self, n, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        stage = lambda c, k: nn.Sequential(BasicBlock(c, k), *[BasicBlock(k, k) for _ in range(n - 1)])
        self.layer1 = stage(width, width)
        self.layer2 = stage(width, 2 * width)
        self.layer3 = stage(2 * width, 4 * width)
        self.linear = nn.Linear(4 * width, classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class DenseNet(models.DenseNet):
    """torchvision's, with a module in place of the function between the last norm and the pooling."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.classifier(torch.flatten(F.adaptive_avg_pool2d(self.relu(self.features(x)), 1), 1))


def narrow(network, divisor, channels, classes):
    """The same network with fewer channels in all layers but the first and the last."""
    layers = [m for m in network.modules() if isinstance(m, (nn.Conv2d, nn.BatchNorm2d, nn.Linear))]
    for index, layer in enumerate(layers):
        inputs, outputs = layer.weight.shape[1] if layer.weight.dim() > 1 else 0, layer.weight.shape[0]
        inputs = channels if index == 0 else inputs // divisor
        outputs = classes if index == len(layers) - 1 else outputs // divisor
        if isinstance(layer, nn.BatchNorm2d):
            layer.__init__(outputs)
        elif isinstance(layer, nn.Linear):
            layer.__init__(inputs, outputs)
        else:
            layer.__init__(inputs, outputs, layer.kernel_size, layer.stride, layer.padding)
    return network


def architecture(name, network, input_shape, layers, logits="", target=0):
    """Logits, and activations and gradients at some layers, of the sum of the target's scores over the batch."""
    network.eval()
    for key, value in parameters(network).items():
        value.copy_(synthetic(key, tuple(value.shape)))
    modules = dict(network.named_modules())
    values = collections.OrderedDict()
    for layer in [logits] + layers:
        modules[layer].register_forward_hook(lambda m, i, o, layer=layer: values.__setitem__(layer, o))
    network(synthetic("input", input_shape))
    scores = values[logits].reshape(input_shape[0], -1)
    gradients = torch.autograd.grad(scores[:, target].sum(), [values[layer] for layer in layers])
    tensors = {"logits": scores}
    for layer, gradient in zip(layers, gradients):
        tensors.update({f"{layer}.activations": values[layer], f"{layer}.gradients": gradient})
    save(f"architectures/{name}", tensors, {"parameters": listing(network)})


def listing(network):
    return "\n".join(f"{key} {list(value.shape)}" for key, value in parameters(network).items())


def architectures():
    last = ["resnet_blocks.3", "resnet_blocks.4"]
    architecture("xray-nf2", XRayClassifier(3, 2), (1, 3, 256, 256), last, "classifier.0")
    architecture("xray-nf3", XRayClassifier(1, 3), (1, 1, 256, 256), last[1:], "classifier.0")
    architecture("xray-nf4", XRayClassifier(3, 4), (1, 3, 256, 256), last[1:], "classifier.0")
    architecture("cifar", CIFARResNet(1, 4, 10), (2, 3, 20, 28), ["layer2", "layer3"], target=3)
    architecture("cifar-deep", CIFARResNet(3, 2, 5), (1, 3, 32, 32), ["layer2", "layer3"], target=1)
    architecture("resnet18", models.resnet18(num_classes=7), (1, 3, 64, 48), ["layer3", "layer4"], target=2)
    architecture("resnet50", models.resnet50(num_classes=4), (1, 3, 40, 17), ["layer4"], target=2)
    resnext = models.ResNet(models.resnet.Bottleneck, [1, 2, 1, 1], 5, groups=8, width_per_group=4)
    architecture("resnext", resnext, (1, 3, 33, 20), ["layer4"], target=1)
    architecture("resnet18d", timm.create_model("resnet18d", num_classes=3), (1, 3, 70, 37), ["layer3", "layer4"])
    bottleneck, widths = timm.models.resnet.Bottleneck, {"stem_width": 8, "channels": (8, 16, 32, 64)}
    tiered = timm.models.ResNet(bottleneck, (1, 2, 1, 1), 6, stem_type="deep_tiered", avg_down=True, **widths)
    architecture("resnet-tiered", tiered, (1, 3, 70, 37), ["layer3", "layer4"], target=5)
    vgg = narrow(models.vgg11(), 16, 3, 5)
    architecture("vgg11", vgg, (1, 3, 64, 96), ["features.7", "features.19"], target=4)
    vgg = narrow(models.vgg13_bn(), 16, 1, 3)
    architecture("vgg13_bn", vgg, (2, 1, 70, 45), ["features.19", "features.33"], target=1)
    architecture("alexnet", narrow(models.alexnet(), 16, 3, 4), (1, 3, 127, 90), ["features.4", "features.11"], target=3)
    densenet = DenseNet(4, (2, 3, 1, 2), 6, bn_size=3, num_classes=5)
    architecture("densenet", densenet, (1, 3, 70, 64), ["features.denseblock2", "relu"], target=2)
    squeezenet = narrow(models.squeezenet1_0(), 8, 3, 5)
    architecture("squeezenet1_0", squeezenet, (1, 3, 70, 61), ["features.8", "classifier.2"], target=2)
    squeezenet = narrow(models.squeezenet1_1(), 8, 2, 3)
    architecture("squeezenet1_1", squeezenet, (2, 2, 65, 80), ["features.7", "classifier.2"], target=1)
    mobilenet = models.mobilenet_v2(width_mult=0.25, num_classes=4)
    architecture("mobilenet_v2", mobilenet, (1, 3, 64, 70), ["features.10", "features.18"], target=3)
    for name in ("resnet34", "resnet101", "resnet152"):
        with torch.device("meta"):
            network = getattr(models, name)()
        save(f"architectures/{name}", {}, {"parameters": listing(network)})


if __name__ == "__main__":
    torch.set_num_threads(1)
    operations()
    pointwise()
    calls()
    replacements()
    architectures()
