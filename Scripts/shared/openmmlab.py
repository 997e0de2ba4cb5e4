"""The structure and the names of MMPretrain's backbones, which need a CUDA-minded installation of their own."""

import torch
from torch import nn

from shared.vision import models


class ConvModule(nn.Module):
    def __init__(self, inputs, outputs, kernel=1, stride=1, groups=1, bias=False, norm=True, act=nn.ReLU):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=bias)
        self.bn = nn.BatchNorm2d(outputs) if norm else nn.Identity()
        self.act = act() if act else nn.Identity()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Gate(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv1 = ConvModule(width, 8, bias=True, norm=False)
        self.conv2 = ConvModule(8, width, bias=True, norm=False, act=nn.Sigmoid)

    def forward(self, x):
        return x * self.conv2(self.conv1(x.mean((2, 3), keepdim=True)))


class Block(nn.Module):
    """A bottleneck; `expansion` is 1 in a RegNet."""

    def __init__(self, inputs, planes, stride, expansion=4, groups=1, caffe=False, averages=False, gated=False):
        super().__init__()
        outputs = planes * expansion
        self.conv1, self.bn1 = nn.Conv2d(inputs, planes, 1, stride if caffe else 1, bias=False), nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1 if caffe else stride, 1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv3, self.bn3 = nn.Conv2d(planes, outputs, 1, bias=False), nn.BatchNorm2d(outputs)
        self.se_layer = Gate(outputs) if gated else None
        self.downsample = None
        if stride > 1 or inputs != outputs:
            pool = [nn.AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False)] if averages and stride > 1 else []
            self.downsample = nn.Sequential(
                *pool, nn.Conv2d(inputs, outputs, 1, 1 if pool else stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())).relu()
        y = self.bn3(self.conv3(y))
        y = self.se_layer(y) if self.se_layer else y
        return (y + (self.downsample(x) if self.downsample else x)).relu()


class ResNet(nn.Module):
    def __init__(self, depths=(1, 2, 1, 1), planes=8, kernel=7, stride=2, pool=True, deep=False, growth=2, **block):
        super().__init__()
        if deep:
            self.stem = nn.Sequential(ConvModule(3, 4, 3, 2), ConvModule(4, 4, 3), ConvModule(4, planes, 3))
        else:
            self.conv1 = nn.Conv2d(3, planes, kernel, stride, kernel // 2, bias=False)
            self.bn1 = nn.BatchNorm2d(planes)
        self.maxpool = nn.MaxPool2d(3, 2, 1) if pool else nn.Identity()
        inputs, expansion = planes, block.get("expansion", 4)
        for stage, depth in enumerate(depths):
            blocks = []
            for index in range(depth):
                first = 2 if stage or expansion == 1 else 1
                blocks.append(Block(inputs, planes * growth**stage, first if index == 0 else 1, **block))
                inputs = planes * growth**stage * expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.width = inputs

    def forward(self, x):
        x = self.stem(x) if hasattr(self, "stem") else self.bn1(self.conv1(x)).relu()
        return self.layer4(self.layer3(self.layer2(self.layer1(self.maxpool(x)))))


def regnet():
    """Its stem has a 3×3 convolution with a stride and no pooling; stages double here."""
    return ResNet(kernel=3, pool=False, expansion=1, groups=4)


class VGG(nn.Module):
    def __init__(self, depths=(1, 1, 2, 2, 2), norm=True, classes=5):
        super().__init__()
        layers, inputs = [], 3
        for stage, depth in enumerate(depths):
            for _ in range(depth):
                layers.append(ConvModule(inputs, 4 << min(stage, 3), 3, bias=True, norm=norm))
                inputs = 4 << min(stage, 3)
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Linear(inputs * 49, 16), nn.ReLU(), nn.Dropout(), nn.Linear(16, 16), nn.ReLU(), nn.Dropout(),
            nn.Linear(16, classes))

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class Inverted(nn.Module):
    def __init__(self, inputs, outputs, stride, ratio):
        super().__init__()
        hidden, act = inputs * ratio, nn.ReLU6
        self.conv = nn.Sequential(
            *([ConvModule(inputs, hidden, act=act)] if ratio > 1 else []),
            ConvModule(hidden, hidden, 3, stride, hidden, act=act), ConvModule(hidden, outputs, act=None))
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.conv(x) if self.adds else self.conv(x)


class MobileNetV2(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, inputs, self.width = ConvModule(3, 8, 3, 2, act=nn.ReLU6), 8, 32
        settings = [(1, 4, 1, 1), (6, 4, 2, 2), (6, 8, 3, 2), (6, 8, 4, 2), (6, 12, 3, 1), (6, 12, 3, 2), (6, 16, 1, 1)]
        for stage, (ratio, width, depth, stride) in enumerate(settings):
            blocks = []
            for index in range(depth):
                blocks.append(Inverted(inputs, width, 1 if index else stride, ratio))
                inputs = width
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.conv2 = ConvModule(inputs, self.width, act=nn.ReLU6)

    def forward(self, x):
        x = self.conv1(x)
        for stage in range(7):
            x = getattr(self, f"layer{stage + 1}")(x)
        return self.conv2(x)


class DenseLayer(nn.Module):
    def __init__(self, inputs, growth):
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(inputs), nn.Conv2d(inputs, 4 * growth, 1, bias=False)
        self.norm2, self.conv2 = nn.BatchNorm2d(4 * growth), nn.Conv2d(4 * growth, growth, 3, 1, 1, bias=False)

    def forward(self, x):
        return torch.cat([x, self.conv2(self.norm2(self.conv1(self.norm1(x).relu())).relu())], 1)


class DenseBlock(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.block = nn.ModuleList(layers)

    def forward(self, x):
        for layer in self.block:
            x = layer(x)
        return x


class Transition(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm, self.conv = nn.BatchNorm2d(width), nn.Conv2d(width, width // 2, 1, bias=False)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x):
        return self.pool(self.conv(self.norm(x).relu()))


class DenseNet(nn.Module):
    def __init__(self, depths=(2, 3, 1, 2), growth=4, width=8):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        self.stages, self.transitions = nn.ModuleList(), nn.ModuleList()
        for stage, depth in enumerate(depths):
            self.stages.append(DenseBlock([DenseLayer(width + index * growth, growth) for index in range(depth)]))
            width += depth * growth
            last = stage == len(depths) - 1
            self.transitions.append(nn.Sequential(nn.BatchNorm2d(width), nn.ReLU()) if last else Transition(width))
            width = width if last else width // 2
        self.width = width

    def forward(self, x):
        x = self.stem(x)
        for stage, transition in zip(self.stages, self.transitions):
            x = transition(stage(x))
        return x


class Shuffled(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        half = outputs // 2
        self.branch1 = nn.Sequential(
            ConvModule(inputs, inputs, 3, 2, inputs, act=None), ConvModule(inputs, half)) if stride == 2 else None
        self.branch2 = nn.Sequential(
            ConvModule(inputs if stride == 2 else half, half), ConvModule(half, half, 3, stride, half, act=None),
            ConvModule(half, half))

    def forward(self, x):
        left, right = (self.branch1(x), x) if self.branch1 else x.chunk(2, 1)
        return models.shufflenetv2.channel_shuffle(torch.cat([left, self.branch2(right)], 1), 2)


class ShuffleNetV2(nn.Module):
    def __init__(self, widths=(6, 8, 12, 16, 24)):
        super().__init__()
        self.conv1, self.maxpool = ConvModule(3, widths[0], 3, 2), nn.MaxPool2d(3, 2, 1)
        stage = lambda inputs, outputs, depth: nn.Sequential(
            *[Shuffled(outputs if index else inputs, outputs, 1 if index else 2) for index in range(depth)])
        stages = [stage(*widths[index:index + 2], depth) for index, depth in enumerate((4, 8, 4))]
        self.layers, self.width = nn.ModuleList([*stages, ConvModule(*widths[3:])]), widths[4]

    def forward(self, x):
        x = self.maxpool(self.conv1(x))
        for layer in self.layers:
            x = layer(x)
        return x


class Head(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        return self.fc(x.mean((2, 3)))


class ImageClassifier(nn.Module):
    def __init__(self, backbone, classes=5):
        super().__init__()
        self.backbone = backbone
        self.head = Head(backbone.width, classes) if hasattr(backbone, "width") else nn.Identity()

    def forward(self, x):
        return self.head(self.backbone(x))
