"""Networks as their owners save them: in modules of their own, with heads of their own, beside what only training needs.

Each is a narrow network with torchvision's names, and the file that its owner's code would have made of it.
"""

import torch
from torch import nn

from shared.networks import randomise_norms, with_last_relu, without_inplace
from shared.vision import models


class ConcatPool(nn.Module):
    """fastai's pooling: the maximum, then the average."""

    def forward(self, x):
        return torch.cat([nn.functional.adaptive_max_pool2d(x, 1), nn.functional.adaptive_avg_pool2d(x, 1)], 1)


class Flattened(nn.Module):
    """A 1×1 convolution behind pooling."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x):
        return self.conv(x[:, :, None, None]).flatten(1)


def narrow_resnet(head=lambda width: nn.Linear(width, 5), pool=None):
    net = models.ResNet(models.resnet.BasicBlock, [1, 1, 1, 1])
    for module in list(net.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Conv2d):
                inputs = 3 if child.in_channels == 3 else child.in_channels // 8
                setattr(module, name, nn.Conv2d(inputs, child.out_channels // 8, child.kernel_size, child.stride, child.padding, bias=False))
            elif isinstance(child, nn.BatchNorm2d):
                setattr(module, name, nn.BatchNorm2d(child.num_features // 8))
    net.fc = head(128 if pool else 64)
    if pool:
        net.avgpool = pool
    return net


def narrow_densenet(head=lambda width: nn.Linear(width, 5)):
    net = with_last_relu(models.DenseNet(4, (1, 2, 1, 1), 8, bn_size=2))
    net.classifier = head(net.classifier.in_features)
    return net


def narrow_mobilenet(head=None):
    net = models.mobilenet_v2(width_mult=0.25, num_classes=4)
    if head:
        net.classifier = head(1280)
    return net


def narrow_vgg(head):
    """VGG-11 at a sixteenth of its width; `head` takes 32×7×7 numbers."""
    net, width = models.vgg11(init_weights=False), 3
    for index, layer in enumerate(net.features):
        if isinstance(layer, nn.Conv2d):
            net.features[index] = nn.Conv2d(width, layer.out_channels // 16, 3, padding=1)
            width = layer.out_channels // 16
    net.classifier = head(width * 49)
    return net


def mlp(width, activation=nn.ReLU):
    return nn.Sequential(nn.Linear(width, 16), activation(), nn.Dropout(), nn.Linear(16, 5))


def fastai_head(width):
    """What fastai's `create_head` makes behind its pooling."""
    return nn.Sequential(
        nn.Identity(), nn.BatchNorm1d(width), nn.Dropout(0.25), nn.Linear(width, 16, bias=False), nn.ReLU(),
        nn.BatchNorm1d(16), nn.Dropout(), nn.Linear(16, 5, bias=False))


def renamed(state, *pairs):
    """Names by the first pair whose beginning they have."""
    def name(key):
        old, new = next(((old, new) for old, new in pairs if key.startswith(old)), ("", ""))
        return new + key[len(old):]
    return {name(key): value for key, value in state.items()}


def old_dense_names(state):
    for part in ("norm1", "conv1", "norm2", "conv2"):
        state = {key.replace(f".{part}.", f".{part[:4]}.{part[4]}.") if "denselayer" in key else key: value
                 for key, value in state.items()}
    return state


def beside(**tensors):
    return lambda state: {**state, **{key.replace("__", "."): torch.full(shape, 0.5) for key, shape in tensors.items()}}


def averaged(state):
    return {key: value * 0.5 if value.is_floating_point() else value for key, value in state.items()}


RESNET, DENSENET, MOBILENET, VGG = ("layer4", "layer2"), ("relu", "features.denseblock2"), ("features.18", "features.10"), (
    "features.19", "features.9")
# By name: the network, the file's content of its state dict, two layers to look at, and options.
WRAPPED = {
    "net": (narrow_resnet, lambda s: {"state_dict": renamed(s, ("", "net."))}, RESNET),
    "nested": (narrow_resnet, lambda s: renamed(s, ("fc.", "model.head.out."), ("", "model.backbone.encoder.")), RESNET),
    "module-inside": (narrow_resnet, lambda s: renamed(s, ("layer", "encoder.module._orig_mod.layer"), ("fc", "fc"), ("", "encoder.")), RESNET),
    "encoder": (narrow_resnet, lambda s: renamed(s, ("fc.", "classifier."), ("", "encoder.")), RESNET),
    "loss": (narrow_resnet, lambda s: beside(criterion__weight=(5,), n_averaged=(1,))(renamed(s, ("", "model."))), RESNET),
    "thresholds": (narrow_densenet, beside(op_threshs=(5,)), DENSENET),
    "projection": (narrow_resnet, beside(projector__0__weight=(64, 64), projector__2__weight=(16, 64)), RESNET),
    "average": (narrow_resnet, lambda s: {"model": s, "model_ema": averaged(s), "epoch": 3}, RESNET),
    "teacher": (narrow_resnet, lambda s: {**renamed(averaged(s), ("", "teacher.")), **renamed(s, ("", "student."))}, RESNET),
    "chosen": (narrow_resnet, lambda s: {**renamed(averaged(s), ("", "a.")), **renamed(s, ("", "b."))}, RESNET, "--state", "b"),
    "two-heads": (narrow_resnet, beside(head__weight=(3, 64), head__bias=(3,)), RESNET, "--head", "fc"),
    "dropout": (lambda: narrow_resnet(lambda w: nn.Sequential(nn.Dropout(), nn.Linear(w, 5))), dict, RESNET),
    "mlp": (lambda: narrow_resnet(mlp), dict, RESNET),
    "gelu": (lambda: narrow_resnet(lambda w: mlp(w, nn.GELU)), dict, RESNET, "--arch", "resnet:head-activation=gelu"),
    "no-activation": (lambda: narrow_resnet(lambda w: nn.Sequential(nn.Linear(w, 16), nn.Linear(16, 5))), dict, RESNET),
    "norms": (lambda: narrow_resnet(lambda w: nn.Sequential(
        nn.Linear(w, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 5))), dict, RESNET),
    "named": (lambda: narrow_resnet(lambda w: nn.Sequential(
        nn.Linear(w, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 5))), lambda s: renamed(
            s, ("fc.0.", "fc1."), ("fc.1.", "bn1."), ("fc.3.", "fc2."), ("", "backbone.")), RESNET),
    "out-of-order": (lambda: narrow_resnet(mlp), lambda s: dict(reversed(renamed(
        s, ("fc.0.", "hidden."), ("fc.3.", "answer."), ("", "trunk.")).items())), RESNET),
    "layer-norm": (lambda: narrow_resnet(lambda w: nn.Sequential(nn.LayerNorm(w), nn.Linear(w, 5))), dict, RESNET),
    "convolution": (lambda: narrow_resnet(lambda w: Flattened(w, 5)), dict, RESNET),
    "fastai": (lambda: narrow_resnet(fastai_head, ConcatPool()), lambda s: renamed(s, ("fc.", "head.")), RESNET),
    "chexnet": (lambda: narrow_densenet(lambda w: nn.Sequential(nn.Linear(w, 14))), lambda s: renamed(
        old_dense_names(s), ("", "module.densenet121.")), DENSENET),
    "dense-features": (narrow_densenet, lambda s: renamed(s, ("features.", "backbone."), ("classifier.", "fc.")), DENSENET),
    "mobile-sequence": (narrow_mobilenet, lambda s: renamed(s, ("features.", "0."), ("classifier.1.", "3.")), MOBILENET),
    "mobile-linear": (lambda: narrow_mobilenet(lambda w: nn.Linear(w, 3)), dict, MOBILENET),
    "mobile-mlp": (lambda: narrow_mobilenet(mlp), dict, MOBILENET),
    "vgg-short": (lambda: narrow_vgg(mlp), dict, VGG),
    "vgg-longer": (lambda: narrow_vgg(lambda w: nn.Sequential(
        nn.Linear(w, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, 16), nn.ReLU(), nn.Dropout(), nn.Sequential(
            nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 3)))), dict, VGG),
    "vgg-parallel": (lambda: narrow_vgg(lambda w: nn.Sequential(
        nn.Linear(w, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, 3))),
        lambda s: renamed(s, ("features.", "features.module.")), VGG),
}


def wrapped(name):
    """The network, what its owner saves, its layers, and the options that the file needs."""
    make, save, layers, *options = WRAPPED[name]
    torch.manual_seed(7)
    net = randomise_norms(make(), generator=torch.Generator().manual_seed(3))
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    net = without_inplace(net).eval()
    return net, save(net.state_dict()), layers, options
