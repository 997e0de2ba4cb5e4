"""What the tutorial's reader runs: explains one image with the X-ray classifier in PyTorch, from start to overlay.

    article.py WEIGHTS.pth IMAGE OVERLAY.png [FEATURES]
"""

import contextlib
import sys

import matplotlib
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

for operator in ("nms", "qnms"):  # absent beside some builds of torch
    with contextlib.suppress(RuntimeError):
        torch.library.define(f"torchvision::{operator}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from torch import nn
from torchvision import transforms


class ResNetBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, kernel_size=3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, kernel_size=3, stride=1, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential(
            nn.Conv2d(inputs, outputs, kernel_size=1, stride=2, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class XRayClassifier(nn.Module):
    def __init__(self, features):
        super().__init__()
        widths = [3] + [features * 2**index for index in range(5)]
        self.resnet_blocks = nn.Sequential(*[ResNetBlock(widths[i], widths[i + 1]) for i in range(5)])
        self.classifier = nn.Sequential(nn.Conv2d(widths[5], 1, 8, bias=False), nn.Dropout(0.2), nn.Sigmoid())

    def forward(self, x):
        return self.classifier(self.resnet_blocks(x))


activations, gradients = None, None


def forward_hook(module, inputs, output):
    global activations
    activations = output


def backward_hook(module, grad_inputs, grad_outputs):
    global gradients
    gradients = grad_outputs


def main(weights, image, overlay, features=64):
    model = XRayClassifier(int(features))
    model.load_state_dict(torch.load(weights))
    model.eval()
    handles = [model.resnet_blocks[-1].register_forward_hook(forward_hook, prepend=False),
               model.resnet_blocks[-1].register_full_backward_hook(backward_hook, prepend=False)]

    prepare = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(256), transforms.ToTensor(),
                                  transforms.Normalize((0.5,), (0.5,))])
    x = prepare(Image.open(image).convert("RGB"))
    model(x.unsqueeze(0)).backward()

    pooled = gradients[0].mean(dim=[0, 2, 3])
    weighted = activations.detach() * pooled[None, :, None, None]
    heatmap = F.relu(weighted.mean(dim=1).squeeze())
    heatmap /= heatmap.max().clamp(min=1e-12)

    picture = ((x.permute(1, 2, 0).numpy() * 0.5 + 0.5) * 255).astype(np.uint8)
    enlarged = np.asarray(Image.fromarray(heatmap.numpy()).resize((256, 256), Image.BICUBIC))
    colors = matplotlib.colormaps["jet"](np.abs(enlarged)**2)[..., :3] * 255
    Image.fromarray((0.6 * picture + 0.4 * colors).round().clip(0, 255).astype(np.uint8)).save(overlay)
    for handle in handles:
        handle.remove()


if __name__ == "__main__":
    main(*sys.argv[1:])
