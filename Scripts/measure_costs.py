#!/usr/bin/env python3
"""Times methods on a ResNet-18 at layer4 beside pytorch-grad-cam, in turn in one run: a table of the guide to performance.

    pip install -c Scripts/constraints.txt torch torchvision grad-cam
    Scripts/measure_costs.py [--tool PATH] [--threads N] [--rounds N] [--methods NAME,…]

Both explain the same seeded model and image, warm, without decoding and drawing, with the same number of threads. The slow methods
run in the first round only; each figure is the best of all rounds.
"""

import argparse
import json
import pathlib
import tempfile
import time
import warnings

import torch

from shared.running import TOOL, run
from shared.tables import head, line
from shared.vision import models

warnings.filterwarnings("ignore")
import pytorch_grad_cam as pgc  # noqa: E402
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget  # noqa: E402

METHODS = {
    "gradcam": pgc.GradCAM, "gradcam++": pgc.GradCAMPlusPlus, "xgradcam": pgc.XGradCAM, "hirescam": pgc.HiResCAM,
    "layercam": pgc.LayerCAM, "gradcam-elementwise": pgc.GradCAMElementWise, "eigencam": pgc.EigenCAM,
    "ablationcam": pgc.AblationCAM, "scorecam": pgc.ScoreCAM,
}
SLOW = ("ablationcam", "scorecam")


def theirs(model, method):
    x = torch.randn(1, 3, 224, 224)
    with METHODS[method](model=model, target_layers=[model.layer4]) as cam:
        cam.batch_size = 32
        runs = 1 if method in SLOW else 5
        if method not in SLOW:
            cam(input_tensor=x, targets=[ClassifierOutputTarget(3)])
        times = []
        for _ in range(runs):
            start = time.monotonic()
            cam(input_tensor=x, targets=[ClassifierOutputTarget(3)])
            times.append((time.monotonic() - start) * 1000)
    return min(times)


def ours(tool, weights, method, threads):
    runs = 1 if method == "scorecam" else 40
    command = [tool, "bench", weights, "--method", method, "--threads", threads, "--runs", runs, "--json", "--quiet"]
    report = json.loads(run(command).stdout)
    return report["explain_ms"]["minimum"], report["forward_ms"]["minimum"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", default=TOOL)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--methods", default=",".join(METHODS))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = models.resnet18(weights=None).eval()
    best = {}

    def note(key, value):
        best[key] = min(value, best.get(key, value))

    with tempfile.TemporaryDirectory() as folder:
        weights = pathlib.Path(folder) / "resnet18.pth"
        torch.save(model.state_dict(), weights)
        for turn in range(options.rounds):
            for method in options.methods.split(","):
                if turn > 0 and method in SLOW:
                    continue
                mine, forward = ours(options.tool, weights, method, options.threads)
                note(method, mine)
                note("forward", forward)
                note(f"pgc {method}", theirs(model, method))
    print(f"one forward pass: {best['forward']:.1f} ms\n")
    print(head(["method", "gradcam", "pytorch-grad-cam", "times faster"]))
    for method in options.methods.split(","):
        mine, other = best[method], best[f"pgc {method}"]
        print(line([f"`{method}`", f"{mine:,.1f} ms", f"{other:,.0f} ms", f"{other / mine:,.1f}"]))


if __name__ == "__main__":
    main()
