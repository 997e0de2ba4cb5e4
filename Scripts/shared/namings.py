"""Small seeded networks as other libraries name them, by name, with two layers of each by the names here and there."""

import dataclasses
import typing

import torch
from torch import nn

from shared import openmmlab
from shared.networks import with_last_relu
from shared.vision import models


@dataclasses.dataclass
class Naming:
    make: typing.Callable
    # The default layer and one in the middle, by the names here; those of the library's own modules.
    layers: tuple
    modules: tuple
    # What the tool is told that the weights do not say.
    options: tuple = ()
    # The height and width of the fixtures' input.
    size: tuple = (64, 48)


STAGES = ("layer4", "layer2")


def small(block, depths=(1, 2, 1, 1), classes=5):
    """torchvision's ResNet with eight channels where there are 64."""
    net = models.ResNet(block, depths)
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            inputs = 3 if module is net.conv1 else module.in_channels // 8
            module.__init__(inputs, module.out_channels // 8, module.kernel_size, module.stride, module.padding, bias=False)
        elif isinstance(module, nn.BatchNorm2d):
            module.__init__(module.num_features // 8)
    net.fc = nn.Linear(net.fc.in_features // 8, classes)
    return net


BASIC, BOTTLENECK = models.resnet.BasicBlock, models.resnet.Bottleneck


def transformer(name, **config):
    """A classifier of transformers that answers with its logits alone."""
    import transformers

    net = getattr(transformers, f"{name}ForImageClassification")(
        getattr(transformers, f"{name}Config")(**config, num_labels=5))
    forward = net.forward
    net.forward = lambda x: forward(x).logits
    return net


def hugging_resnet(kind):
    return transformer(
        "ResNet", embedding_size=8, hidden_sizes=[16, 24, 32, 40], depths=[1, 2, 1, 1], layer_type=kind)


def narrow_mobilenet(name):
    return transformer(name, depth_multiplier=0.25)


def monai(make):
    from monai.networks import nets

    return make(nets)


def monai_densenet(nets):
    return nets.DenseNet(
        2, 3, 5, init_features=8, growth_rate=4, block_config=(2, 3, 1, 2), bn_size=3)


def monai_resnet(nets):
    return nets.ResNet("basic", [1, 2, 1, 1], [8, 16, 32, 64], spatial_dims=2, n_input_channels=3, num_classes=5)


class Flat(nn.Sequential):
    """A trunk and its head, with pooling between."""

    def __init__(self, trunk, head, pool=nn.AdaptiveAvgPool2d(1)):
        super().__init__(trunk, nn.Sequential(pool, nn.Flatten(), *head))


class Headed(nn.Module):
    """`Sequential(*children)` of a network, beside a layer of its owner's."""

    def __init__(self, net, classes=5):
        super().__init__()
        self.features, self.fc = nn.Sequential(*list(net.children())[:-1]), nn.Linear(net.fc.in_features, classes)

    def forward(self, x):
        return self.fc(self.features(x).flatten(1))


class XBlock(nn.Module):
    """fastai's `ResBlock`."""

    def __init__(self, inputs, outputs, stride, deep):
        super().__init__()
        conv = lambda i, o, kernel=1, stride=1, act=True: nn.Sequential(
            nn.Conv2d(i, o, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(o), *([nn.ReLU()] if act else []))
        inner = outputs // 4
        self.convpath = nn.Sequential(
            *([conv(inputs, inner), conv(inner, inner, 3, stride), conv(inner, outputs, act=False)] if deep else
              [conv(inputs, outputs, 3, stride), conv(outputs, outputs, 3, act=False)]))
        pool = [nn.AvgPool2d(2, ceil_mode=True)] if stride > 1 else []
        self.idpath = nn.Sequential(*pool, *([conv(inputs, outputs, act=False)] if inputs != outputs else []))
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(self.convpath(x) + self.idpath(x))


def xresnet(deep):
    """fastai's `XResNet`, which is one list."""
    conv = lambda i, o, stride=1: nn.Sequential(
        nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU())
    inputs, stages = 8, []
    for stage, depth in enumerate((1, 2, 1, 1)):
        blocks = []
        for index in range(depth):
            outputs = (8 << stage) * (4 if deep else 1)
            blocks.append(XBlock(inputs, outputs, 2 if stage and index == 0 else 1, deep))
            inputs = outputs
        stages.append(nn.Sequential(*blocks))
    return nn.Sequential(
        conv(3, 4, 2), conv(4, 4), conv(4, 8), nn.MaxPool2d(3, 2, 1), *stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Dropout(), nn.Linear(inputs, 5))


class LiuBlock(nn.Module):
    """K. Liu's pytorch-cifar: `models/resnet.py`."""

    def __init__(self, inputs, planes, stride, expansion):
        super().__init__()
        outputs = planes * expansion
        shapes = [(inputs, planes, 1, 1), (planes, planes, 3, stride), (planes, outputs, 1, 1)]
        shapes = shapes if expansion > 1 else [(inputs, planes, 3, stride), (planes, planes, 3, 1)]
        self.count = len(shapes)
        for number, (i, o, kernel, step) in enumerate(shapes, 1):
            setattr(self, f"conv{number}", nn.Conv2d(i, o, kernel, step, kernel // 2, bias=False))
            setattr(self, f"bn{number}", nn.BatchNorm2d(o))
        self.shortcut = nn.Sequential()
        if stride > 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = x
        for number in range(1, self.count + 1):
            y = getattr(self, f"bn{number}")(getattr(self, f"conv{number}")(y))
            y = y.relu() if number < self.count else y
        return (y + self.shortcut(x)).relu()


class LiuResNet(nn.Module):
    def __init__(self, depths=(1, 2, 1, 1), expansion=1, classes=10):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 8, 3, 1, 1, bias=False), nn.BatchNorm2d(8)
        inputs, self.count = 8, len(depths)
        for stage, depth in enumerate(depths):
            blocks = []
            for index in range(depth):
                blocks.append(LiuBlock(inputs, 8 << stage, 2 if stage and index == 0 else 1, expansion))
                inputs = (8 << stage) * expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.linear = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.bn1(self.conv1(x)).relu()
        for stage in range(self.count):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.linear(x.mean((2, 3)))


class WeiaiBlock(nn.Module):
    """weiaicunzai's pytorch-cifar100: `models/resnet.py`."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.residual_function = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
        self.shortcut = nn.Sequential()
        if stride > 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return (self.residual_function(x) + self.shortcut(x)).relu()


class WeiaiResNet(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.conv1 = nn.Sequential(nn.Conv2d(3, 8, 3, 1, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        for stage in range(4):
            inputs, outputs = (8 << max(stage - 1, 0)), 8 << stage
            setattr(self, f"conv{stage + 2}_x", nn.Sequential(
                WeiaiBlock(inputs, outputs, 2 if stage else 1), WeiaiBlock(outputs, outputs, 1)))
        self.fc = nn.Linear(64, classes)

    def forward(self, x):
        x = self.conv5_x(self.conv4_x(self.conv3_x(self.conv2_x(self.conv1(x)))))
        return self.fc(x.mean((2, 3)))


def renamed_child(net, old, new):
    """The network with one child under another name."""
    forward = net.forward

    def called(x):
        net._modules[old] = net._modules[new]
        try:
            return forward(x)
        finally:
            del net._modules[old]

    net._modules[new] = net._modules.pop(old)
    net.forward = called
    return net


def densenet():
    return with_last_relu(models.DenseNet(4, (2, 3, 1, 2), 8, bn_size=3, num_classes=5))


def mm(*arguments, **options):
    return lambda: openmmlab.ImageClassifier(openmmlab.ResNet(*arguments, **options))


OPENMM = tuple(f"backbone.{layer}" for layer in STAGES)
SEPARATE = ("backbone.layers.3", "backbone.layers.1")
HUGGING = tuple(f"resnet.encoder.stages.{stage}" for stage in (3, 1))

NAMINGS = {
    "hf.resnet-basic": Naming(lambda: hugging_resnet("basic"), STAGES, HUGGING),
    "hf.resnet-bottleneck": Naming(lambda: hugging_resnet("bottleneck"), STAGES, HUGGING),
    "hf.mobilenet_v1": Naming(
        lambda: narrow_mobilenet("MobileNetV1"), *[("mobilenet_v1.layer.25", "mobilenet_v1.layer.11")] * 2, size=(65, 48)),
    "hf.mobilenet_v2": Naming(
        lambda: narrow_mobilenet("MobileNetV2"), *[("mobilenet_v2.conv_1x1", "mobilenet_v2.layer.6")] * 2, size=(65, 48)),
    "mm.resnet": Naming(mm(), STAGES, OPENMM),
    "mm.resnet-caffe": Naming(mm(caffe=True), STAGES, OPENMM, ("--arch", "resnet:strided=1")),
    "mm.resnet_v1c": Naming(mm(deep=True), STAGES, OPENMM),
    "mm.resnet_v1d": Naming(mm(deep=True, averages=True), STAGES, OPENMM),
    "mm.resnet_cifar": Naming(mm(kernel=3, stride=1, pool=False), STAGES, OPENMM, size=(32, 32)),
    "mm.seresnet": Naming(mm(gated=True), STAGES, OPENMM),
    "mm.resnext": Naming(mm(groups=4), STAGES, OPENMM),
    "mm.vgg": Naming(
        lambda: openmmlab.ImageClassifier(openmmlab.VGG(norm=False)), ("features.19", "features.9"),
        ("backbone.features.11", "backbone.features.5"), size=(224, 224)),
    "mm.vgg_bn": Naming(
        lambda: openmmlab.ImageClassifier(openmmlab.VGG()), ("features.27", "features.13"),
        ("backbone.features.11", "backbone.features.5"), size=(224, 224)),
    "mm.mobilenet_v2": Naming(
        lambda: openmmlab.ImageClassifier(openmmlab.MobileNetV2()), ("features.18", "features.10"),
        ("backbone.conv2", "backbone.layer4.3"), size=(70, 64)),
    "mm.densenet": Naming(
        lambda: openmmlab.ImageClassifier(openmmlab.DenseNet()), ("relu", "features.denseblock2"),
        ("backbone.transitions.3", "backbone.stages.1")),
    "mm.shufflenet_v2": Naming(
        lambda: openmmlab.ImageClassifier(openmmlab.ShuffleNetV2()), ("conv5", "stage3"), SEPARATE),
    "monai.densenet": Naming(
        lambda: monai(monai_densenet), ("relu", "features.denseblock2"), ("class_layers.relu", "features.denseblock2")),
    "monai.resnet": Naming(lambda: monai(monai_resnet), STAGES, STAGES),
    "children.resnet": Naming(lambda: Headed(small(BASIC)), STAGES, ("features.7", "features.5")),
    "fastai.xresnet-basic": Naming(lambda: xresnet(False), STAGES, ("7", "5")),
    "fastai.xresnet-bottleneck": Naming(lambda: xresnet(True), STAGES, ("7", "5")),
    "cifar.liu-basic": Naming(LiuResNet, STAGES, STAGES, size=(32, 32)),
    "cifar.liu-bottleneck": Naming(lambda: LiuResNet(expansion=4), STAGES, STAGES, size=(32, 32)),
    "cifar.liu-three-stages": Naming(
        lambda: LiuResNet((2, 2, 2)), ("layer3", "layer2"), ("layer3", "layer2"), size=(32, 32)),
    "cifar.weiaicunzai": Naming(WeiaiResNet, STAGES, ("conv5_x", "conv3_x"), size=(32, 32)),
    "cadene.resnet": Naming(lambda: renamed_child(small(BOTTLENECK), "fc", "last_linear"), STAGES, STAGES),
    "cadene.densenet": Naming(
        lambda: renamed_child(densenet(), "classifier", "last_linear"), *[("relu", "features.denseblock2")] * 2),
}
# Their architectures are known by other files; with those, they belong to the list above.
WITH_REGNET = {
    "hf.regnet_y": Naming(
        lambda: transformer(
            "RegNet", embedding_size=8, hidden_sizes=[8, 16, 24, 32], depths=[1, 2, 1, 1], groups_width=4, layer_type="y"),
        ("trunk_output", "trunk_output.block2"), ("regnet.encoder.stages.3", "regnet.encoder.stages.1")),
    "mm.regnet": Naming(
        lambda: openmmlab.ImageClassifier(openmmlab.regnet()), ("trunk_output", "trunk_output.block2"), OPENMM),
}
