"""What the tutorial's reader runs: explains one image with the X-ray classifier in PyTorch, from start to overlay.

    article.py WEIGHTS.pth IMAGE OVERLAY.png [FEATURES]
"""

import sys

import matplotlib
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from shared.networks import XRayClassifier
from shared.vision import transforms

activations, gradients = None, None


def forward_hook(module, inputs, output):
    global activations
    activations = output


def backward_hook(module, grad_inputs, grad_outputs):
    global gradients
    gradients = grad_outputs


def main(weights, image, overlay, features=64):
    model = XRayClassifier(3, int(features))
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
