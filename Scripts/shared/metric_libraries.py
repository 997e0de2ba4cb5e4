"""What other libraries' metrics say of one image and one map, by the names that the tool has for them.

All take a network that gives logits, one image N C H W and a class. Where a library draws at random, it is handed the tool's own numbers;
where it sorts, ties stand as they come: its own sort is not stable, and differs between processors.
"""

import contextlib
import io
import sys
import warnings
from unittest import mock

import numpy as np
import openvino
import shared.vision  # noqa: F401
import torch
import torch.nn.functional as F

# openvino_xai imports it, and OpenVINO 2026 has it no more; no metric needs it.
if not hasattr(openvino, "runtime"):
    openvino.runtime = sys.modules["openvino.runtime"] = openvino

import captum.attr
import captum.metrics
import pytorch_grad_cam as pgc
import pytorch_grad_cam.metrics.arcc as pgc_arcc
import pytorch_grad_cam.metrics.cam_mult_image as pgc_confidence
import pytorch_grad_cam.metrics.road as pgc_road
import quantus
import torchcam.methods
import torchcam.metrics
from fixtures.random import Random
from openvino_xai.metrics import ADCC, InsertionDeletionAUC, PointingGame
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget, ClassifierOutputTarget

LIBRARIES = ["pytorch-grad-cam", "torch-cam", "captum", "quantus", "openvino-xai"]
INFIDELITY_STREAM, SENSITIVITY_STREAM, ROAD_STREAM = 122, 130, 140


class Subject:
    """An image, a network with a layer, a class, the finding, and the map that Quantus and openvino_xai are given.

    `picture` (H W C) and `prepare`, which makes an input of one, are for openvino_xai, whose images are pictures; `boxes` are (x, y, width,
    height) in its pixels. `relevance` is H W, at the input's size.
    """

    def __init__(self, model, layer, x, target, relevance, boxes, picture, prepare, explain):
        self.model, self.layer, self.x, self.target = model.eval(), layer, x, target
        self.relevance, self.boxes, self.picture, self.prepare, self.explain = relevance, boxes, picture, prepare, explain
        height, width = relevance.shape
        y, x = np.mgrid[:height, :width] + 0.5
        self.truth = np.zeros((height, width), bool)
        for left, top, across, down in boxes:
            self.truth |= (x >= left) & (x <= left + across) & (y >= top) & (y <= top + down)

    @property
    def at(self):
        return self.model.get_submodule(self.layer)

    def probabilities(self, x):
        with torch.no_grad():
            return F.softmax(self.model(x), -1)


def enlarged(plane, height, width):
    """A map H W enlarged bilinearly in the tool's own order of operations.

    PyTorch's `interpolate` lets some values that are equal, as at the edges, differ in their last bit, which decides orders.
    """

    def taps(source, target):
        places = np.maximum((np.arange(target) + 0.5) * source / target - 0.5, 0)
        first = np.minimum(places.astype(int), source - 1)
        return first, np.minimum(first + 1, source - 1), (places - first).astype(np.float32)

    plane = np.asarray(plane, np.float32)
    above, below, share = taps(plane.shape[0], height)
    lines = plane[above] + (plane[below] - plane[above]) * share[:, None]
    left, right, share = taps(plane.shape[1], width)
    return lines[:, left] + (lines[:, right] - lines[:, left]) * share


def stable():
    """NumPy's sort with ties as they come."""
    sort = np.argsort
    return mock.patch("numpy.argsort", lambda values, axis=-1, **_: sort(values, axis=axis, kind="stable"))


def noise_of(numbers, size):
    """ROAD's noise: of `size` numbers a picture, whose own number the next of `numbers` is, by pixel and then by channel."""
    numbers = iter(numbers)

    def like(values):
        channels, count = values.shape
        first = next(numbers) * size
        found = Random(0, ROAD_STREAM).normal(first + np.arange(count * channels)).reshape(count, channels).T
        return torch.from_numpy(np.ascontiguousarray(found, np.float32))

    return mock.patch("torch.randn_like", like)


def pytorch_grad_cam(subject):
    x, model = subject.x, subject.model
    logit, share = [ClassifierOutputTarget(subject.target)], [ClassifierOutputSoftmaxTarget(subject.target)]
    with pgc.GradCAM(model, [subject.at]) as cam:
        gray = cam(x, logit)
        coherency = pgc_arcc.Coherency()(x, gray, logit, model, cam)[0]
        # Its numbers are those of its percentiles among the nine, for which the score that is explained is the logit's.
        arcc = pgc_arcc.ARCC(cam)
        arcc.road = lambda x, gray, _, model: pgc_road.ROADCombined([20, 40, 60, 80])(x, gray, share, model)
        with noise_of([1, 3, 5, 7, 10, 12, 14, 16], x.numel()):
            arcc = arcc(x, gray, logit, model)[0]
    with noise_of(range(18), x.numel()):
        road = pgc_road.ROADCombined()(x, gray, share, model)[0]
    with noise_of(range(18), x.numel()):
        least = pgc_road.ROADLeastRelevantFirstAverage()(x, gray, share, model)[0]
        most = pgc_road.ROADMostRelevantFirstAverage()(x, gray, share, model)[0]
    return {
        "road": road, "road-lerf": least, "road-morf": most, "arcc": arcc,
        "drop": pgc_confidence.DropInConfidence()(x, gray, share, model)[0],
        "increase": pgc_confidence.IncreaseInConfidence()(x, gray, share, model)[0],
        "coherency": coherency,
        "complexity": pgc_arcc.Complexity()(gray)[0],
    }


class OfLogits:
    """An extractor whose maps are those of the logits, whatever scores it is handed: its metrics hand over the softmax's."""

    def __init__(self, extractor, x):
        self.extractor, self.x, self.model = extractor, x, extractor.model
        self.fuse_cams, self._hooks_off = extractor.fuse_cams, extractor._hooks_off

    def __call__(self, index, scores):
        return self.extractor(index, self.model(self.x))


def torch_cam(subject):
    softmax = lambda logits: F.softmax(logits, -1)
    with torchcam.methods.GradCAM(subject.model, target_layer=subject.layer) as extractor:
        x = subject.x.clone().requires_grad_(True)
        own = OfLogits(extractor, x)
        confidence = torchcam.metrics.ClassificationMetric(own, softmax)
        areas = torchcam.metrics.DeletionInsertionMetric(own, softmax)
        for metric in (confidence, areas):
            metric.update(x, subject.target)
        return {
            "drop": confidence.summary()["avg_drop"], "increase": confidence.summary()["conf_increase"],
            "insertion": areas.summary()["insertion_auc"], "deletion": areas.summary()["deletion_auc"],
        }


def captum_(subject):
    maps = captum.attr.LayerGradCam(subject.model, subject.at)

    def explain(x):
        """A tuple: a tensor it takes apart image by image, and finds the root of the number of samples times too much."""
        with torch.enable_grad():
            return maps.attribute(x[0] if isinstance(x, tuple) else x, subject.target).detach(),

    def perturb(x, radius):
        """The tool counts its numbers in the order in which it stores images: channels innermost."""
        count, (channels, height, width) = x.shape[0], x.shape[1:]
        shares = Random(0, SENSITIVITY_STREAM).uniform(np.arange(x.numel())).reshape(count, height, width, channels)
        return x + torch.from_numpy((radius * (2 * shares - 1)).astype(np.float32)).permute(0, 3, 1, 2)

    size = subject.x.shape[2:]
    attributions = F.interpolate(explain(subject.x)[0], size, mode="bilinear").expand_as(subject.x) / subject.x.shape[1]
    where = torch.from_numpy(squares(*size))
    # What replaces pixels is the image's mean colour.
    mean = subject.x.mean((2, 3), keepdim=True)

    def remove(x):
        inside = where[:, None].expand(len(where), *x.shape[1:])
        return inside.float(), torch.where(inside, mean, x)

    infidelity = captum.metrics.infidelity(subject.probabilities, remove, subject.x, attributions, target=subject.target,
                                           n_perturb_samples=len(where))
    return {"infidelity": infidelity.item(),
            "sensitivity-max": captum.metrics.sensitivity_max(explain, subject.x, perturb).item()}


def squares(height, width, count=64):
    """The tool's random squares, N H W."""
    shorter, random = min(height, width), Random(0, INFIDELITY_STREAM)
    least, most = max(1, shorter // 8), max(1, shorter // 2)
    found = np.zeros((count, height, width), bool)
    for square in range(count):
        parts = random.uniform(3 * square + np.arange(3))
        side = least + int(parts[0] * (most - least + 1))
        top, left = int(parts[1] * (height - side + 1)), int(parts[2] * (width - side + 1))
        found[square, top:top + side, left:left + side] = True
    return found


def quantus_(subject, sort=stable, steps=None):
    """`steps` of pixel flipping; a row of the image a step where nobody says."""
    with warnings.catch_warnings(), sort(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")

        def measured(metric, **options):
            # It normalises maps in place.
            return metric(disable_warnings=True, **options)(
                model=subject.model, x_batch=subject.x.numpy().copy(), y_batch=np.array([subject.target]),
                a_batch=subject.relevance[None, None].copy(), s_batch=subject.truth[None, None].copy(), device="cpu")

        flipped = measured(quantus.PixelFlipping, features_in_step=subject.x.numel() // steps if steps else subject.x.shape[-1])[0]
        found = {
            # Its own area is by a function that NumPy 2.4 has no more.
            "deletion": np.trapezoid(np.array(flipped)),
            "complexity": measured(quantus.Complexity)[0],
            "sparseness": measured(quantus.Sparseness)[0],
            "pointing": float(measured(quantus.PointingGame)[0]),
            "energy": measured(quantus.AttributionLocalisation)[0],
            "mass": measured(quantus.RelevanceMassAccuracy)[0],
            "rank": measured(quantus.RelevanceRankAccuracy)[0],
            "auroc": measured(quantus.AUC)[0],
        }
        if subject.relevance.size > 1000:
            found["top-k"] = measured(quantus.TopKIntersection)[0]
    return found


def openvino_xai_(subject, sort=stable):
    """The network runs in PyTorch: OpenVINO has no part in the formulas."""

    def metric(kind):
        made = kind.__new__(kind)
        made.model_predict = lambda picture: subject.probabilities(subject.prepare(picture))[0].numpy()
        return made

    areas, parts = metric(InsertionDeletionAUC), metric(ADCC)
    parts.black_box_kwargs = {}
    parts.explainer = lambda picture, **_: mock.Mock(saliency_map={0: subject.explain(subject.prepare(picture))})
    with sort():
        found = areas(subject.relevance, subject.target, subject.picture)
    # A map that is within 0…1 it leaves as it is.
    stretched = subject.relevance * 7 / max(np.abs(subject.relevance).max(), 1e-30) + 3
    found |= parts(stretched, subject.target, subject.picture)
    found["drop"] = found.pop("average_drop")
    found["pointing"] = PointingGame()(subject.relevance, subject.boxes)["pointing_game"]
    return found


MEASURES = dict(zip(LIBRARIES, [pytorch_grad_cam, torch_cam, captum_, quantus_, openvino_xai_]))
