"""The networks that scripts share, and what makes any network fit to be explained and compared."""

import types

import torch
import torch.nn.functional as F
from torch import nn

# Means and deviations that inputs are normalised with.
HALF = ((0.5,), (0.5,))
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


class ResNetBlock(nn.Module):
    """The X-ray classifier's residual block, which halves the size."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, outputs, 3, 2, 1, bias=False), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, 2, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class XRayClassifier(nn.Module):
    """The five-block ResNet of the tutorial that the project began with."""

    def __init__(self, channels=3, features=64):
        super().__init__()
        widths = [channels] + [features << index for index in range(5)]
        self.resnet_blocks = nn.Sequential(*[ResNetBlock(*widths[index:index + 2]) for index in range(5)])
        self.classifier = nn.Sequential(nn.Conv2d(widths[5], 1, 8, bias=False), nn.Dropout(0.2), nn.Sigmoid())

    def forward(self, x):
        return self.classifier(self.resnet_blocks(x))


class PaddedBlock(nn.Module):
    """The CIFAR ResNets' block, whose shortcut pads channels with zeros and has no weights (option A)."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, 1 if inputs == outputs else 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        self.padding = (outputs - inputs) // 2

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.padding:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.padding, self.padding))
        return F.relu(y + x)


class CIFARResNet(nn.Module):
    """`blocks` blocks in each of three stages: ResNet-20 has three."""

    def __init__(self, width, classes, blocks=1):
        super().__init__()
        stage = lambda inputs, outputs: nn.Sequential(
            *[PaddedBlock(outputs if index else inputs, outputs) for index in range(blocks)])
        self.conv1, self.bn1 = nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        self.layer1, self.layer2 = stage(width, width), stage(width, 2 * width)
        self.layer3 = stage(2 * width, 4 * width)
        self.linear = nn.Linear(4 * width, classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(F.adaptive_avg_pool2d(x, 1).flatten(1))


def with_last_relu(densenet):
    """A DenseNet with a module `relu` for the function between its last norm and the pooling, which can be hooked."""

    def forward(self, x):
        return self.classifier(torch.flatten(F.adaptive_avg_pool2d(self.relu(self.features(x)), 1), 1))

    densenet.relu = nn.ReLU()
    densenet.forward = types.MethodType(forward, densenet)
    return densenet


def with_one_swish(efficientnet):
    """An EfficientNet of efficientnet_pytorch whose module `_swish` is called once, before pooling, so that it can be replaced."""

    def extract_features(self, x):
        x = F.silu(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        return self._swish(self._bn1(self._conv_head(x)))

    efficientnet.set_swish(memory_efficient=False)
    efficientnet.extract_features = types.MethodType(extract_features, efficientnet)
    return efficientnet


def without_inplace(model):
    """The model with no layer that overwrites its input: what is overwritten cannot be hooked or differentiated by."""
    for module in model.modules():
        if getattr(module, "inplace", False):
            module.inplace = False
    return model


def randomise_norms(model, deviation=0.1, is_affine=True, generator=None):
    """Batch norms that are not at their initial values."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, deviation, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
            if is_affine:
                module.weight.data.uniform_(0.5, 1.5, generator=generator)
                module.bias.data.normal_(0, deviation, generator=generator)
    return model


def seeded(make, seed):
    """The model that `make` gives, with seeded weights and batch norms, ready to answer."""
    torch.manual_seed(seed)
    return randomise_norms(make()).eval()
