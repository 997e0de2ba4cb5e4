"""torchvision, whose compiled operators are absent beside a CPU build of torch; none is used here.

Imported before anything else that imports torchvision (timm, grad-cam, torch-cam).
"""

import contextlib

import torch

for operator in ("nms", "qnms"):
    with contextlib.suppress(RuntimeError):
        torch.library.define(f"torchvision::{operator}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from torchvision import models, transforms  # noqa: E402,F401
