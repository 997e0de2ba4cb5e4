#!/usr/bin/env python3
"""Times `gradcam evaluate` beside torch-cam's, pytorch-grad-cam's and Quantus' metrics on a ResNet-18, in turn in one run.

    pip install -c Scripts/constraints.txt torch torchvision onnx onnxscript grad-cam torchcam quantus pillow
    Scripts/measure_evaluation.py [--tool PATH] [--images N] [--threads N] [--rounds N] [--only NAME,…]

All measure maps of Grad-CAM at `layer4` of the same seeded network, for the same pictures of 224×224, with as many steps, and with the
same number of threads. The tool measures its four baselines beside: its time is divided by its maps. Maps are made in advance for
pytorch-grad-cam and Quantus, which take them so; torch-cam and the tool make them. Start-up, loading and decoding count for the tool alone.
Each figure is the median of the rounds, the least in brackets. Last, what the default metrics cost over all methods, in forward passes
of one image (`gradcam bench`) for each map.
"""

import argparse
import json
import pathlib
import statistics
import tempfile
import time
import warnings

import numpy as np
import torch
from PIL import Image

from shared.exporting import export
from shared.running import TOOL, run
from shared.tables import head, line
from shared.vision import models

warnings.filterwarnings("ignore")

MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
BASELINES = 4
STEPS, PERCENTILES, FLIPS = 20, [20, 40, 60, 80], 28


def pictures(folder, count):
    """Smooth coloured noise: the network sees no object, and takes as long as for one."""
    random = np.random.default_rng(1)
    for number in range(count):
        coarse = Image.fromarray(random.integers(0, 256, (14, 14, 3), np.uint8))
        coarse.resize((224, 224), Image.BICUBIC).save(folder / f"{number:03}.png")


def tensor(folder):
    arrays = [np.asarray(Image.open(path), np.float64) / 255 for path in sorted(folder.glob("*.png"))]
    return torch.tensor(np.stack([(array - MEAN) / DEVIATION for array in arrays]).transpose(0, 3, 1, 2), dtype=torch.float32)


def maps_of(model, inputs):
    from pytorch_grad_cam import GradCAM
    with GradCAM(model=model, target_layers=[model.layer4]) as cam:
        return np.concatenate([cam(input_tensor=image[None], targets=None) for image in inputs])


def torch_cam(model, inputs, _):
    """Deletion and insertion, with the maps' making."""
    from torchcam.methods import GradCAM
    from torchcam.metrics import DeletionInsertionMetric
    with GradCAM(model, target_layer="layer4") as extractor:
        metric = DeletionInsertionMetric(extractor, lambda scores: torch.softmax(scores, -1), steps=STEPS)
        for image in inputs:
            metric.update(image[None])


def pytorch_grad_cam(model, inputs, maps):
    """ROAD, most and least relevant first."""
    from pytorch_grad_cam.metrics.road import ROADCombined
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget
    classes = model(inputs).argmax(1).tolist()
    metric = ROADCombined(percentiles=PERCENTILES)
    for image, values, index in zip(inputs, maps, classes):
        metric(image[None], values[None], [ClassifierOutputSoftmaxTarget(index)], model)


def quantus_flipping(model, inputs, maps):
    """Pixel flipping, in steps of 1,792 pixels."""
    import quantus
    classes = model(inputs).argmax(1).numpy()
    metric = quantus.PixelFlipping(features_in_step=224 * 224 // FLIPS, perturb_baseline="mean", disable_warnings=True)
    metric(model=model, x_batch=inputs.numpy(), y_batch=classes, a_batch=maps[:, None], device="cpu", softmax=True, batch_size=20)


CASES = {
    "torch-cam, deletion and insertion": (torch_cam, ["--metrics", "deletion,insertion", "--steps", STEPS]),
    "pytorch-grad-cam, ROAD": (pytorch_grad_cam, ["--metrics", "road"]),
    "Quantus, pixel flipping": (quantus_flipping, ["--metrics", "deletion", "--steps", FLIPS]),
}


def timed(work):
    start = time.monotonic()
    work()
    return (time.monotonic() - start) * 1000


def told(values):
    return f"{statistics.median(values):.0f} ({min(values):.0f})"


def compare(options, model, weights, folder):
    inputs = tensor(folder)
    with torch.no_grad():
        model(inputs[:1])
    maps = maps_of(model, inputs)
    print(head(["metric, ms an image and map", "library", "gradcam", "times faster"]))
    for name, (library, words) in CASES.items():
        if options.only and not any(word in name for word in options.only.split(",")):
            continue
        command = [options.tool, "evaluate", folder, "-w", weights, "--preprocess", "imagenet,resize=224", "--layers", "layer4",
                   "--quiet", *words, "--jobs", options.threads, "--threads", 1]
        theirs, ours = [], []
        for _ in range(options.rounds):
            with torch.set_grad_enabled(library is torch_cam):
                theirs.append(timed(lambda: library(model, inputs, maps)) / len(inputs))
            ours.append(timed(lambda: run(command)) / len(inputs) / (1 + BASELINES))
        ratio = statistics.median(theirs) / statistics.median(ours)
        print(line([name, told(theirs), told(ours), f"{ratio:.1f}"]), flush=True)


def overhead(options, weights, folder):
    """What the default metrics add to the making of the maps, in forward passes a map."""
    listed = [line.split()[0] for line in run([options.tool, "methods"]).stdout.splitlines()]
    bench = run([options.tool, "bench", weights, "--threads", options.threads, "--runs", 40, "--json", "--quiet"])
    forward = json.loads(bench.stdout)["forward_ms"]["median"]
    command = [options.tool, "evaluate", folder, "-w", weights, "--preprocess", "imagenet,resize=224", "--quiet", "--json",
               "--samples", 2, "--jobs", options.threads, "--threads", 1, "--methods", ",".join(["gradcam", "all"])]
    figures = []
    for metrics in (["--metrics", "complexity"], []):
        rows = []
        figures.append(statistics.median(timed(lambda: rows.append(run([*command, *metrics]).stdout)) for _ in range(options.rounds)))
    rows = {(row["method"], row["layer"]) for row in json.loads(rows[-1])["rows"]}
    count = len(rows) * options.images
    passes = (figures[1] - figures[0]) / count / forward
    print(f"\n{len(listed)} methods listed, {len(rows)} rows with the baselines; a forward pass takes {forward:.1f} ms; maps alone "
          f"{figures[0] / options.images:.0f} ms an image, with the default metrics {figures[1] / options.images:.0f} ms: "
          f"{passes:.1f} forward passes a map")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", default=TOOL)
    parser.add_argument("--images", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only")
    parser.add_argument("--no-overhead", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = models.resnet18(weights=None).eval()
    with tempfile.TemporaryDirectory() as name:
        folder, weights = pathlib.Path(name) / "pictures", pathlib.Path(name) / "resnet18.onnx"
        folder.mkdir()
        pictures(folder, options.images)
        export(model, torch.zeros(1, 3, 224, 224), str(weights), True, {})
        compare(options, model, weights, folder)
        if not options.no_overhead:
            overhead(options, weights, folder)


if __name__ == "__main__":
    main()
