"""Metrics of faithfulness in double precision, with PyTorch and NumPy, by the tool's counter-based random numbers."""

import numpy as np
import torch
import torch.nn.functional as F
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import spsolve

from fixtures.random import Random

BATCH = 16
CLASSICS = ["insertion", "deletion", "sensitivity-n", "infidelity"]
SINGLES = ["drop", "increase", "gain", "coherency", "complexity", "adcc"]
ROADS = ["road-morf", "road-lerf", "road", "arcc"]


class GradCAM:
    """A model, a layer and a class; the score's map of any input, and the class's probability."""

    def __init__(self, model, layer, target):
        """`target` is None for the positive class of a model of one output that ends in a sigmoid."""
        self.model, self.target = model.double().eval(), target
        self.layer = model.get_submodule(layer)

    def probability(self, outputs):
        return outputs.flatten() if self.target is None else outputs.flatten(1).softmax(1)[:, self.target]

    def probabilities(self, images):
        with torch.no_grad():
            return np.concatenate([self.probability(self.model(part)).numpy() for part in torch.stack(images).split(BATCH)])

    def map(self, x):
        """After its ReLU, at the layer's size."""
        seen = []
        handle = self.layer.register_forward_hook(lambda m, i, o: seen.append(o))
        outputs = self.model(x[None])
        handle.remove()
        # A sigmoid's logit, and a class's.
        score = torch.logit(outputs.flatten()[0]) if self.target is None else outputs.flatten(1)[0, self.target]
        gradient, = torch.autograd.grad(score, seen[0])
        return (gradient.mean((2, 3), keepdim=True) * seen[0]).sum((0, 1)).clamp_min(0).detach()


class Subject:
    """One image, C H W, and what all metrics make of its map. Random numbers and ties go by what single precision holds."""

    def __init__(self, explained, x, seed, steps=5):
        self.explained, self.x, self.seed, self.steps = explained, x.double(), seed, steps
        self.channels, self.height, self.width = x.shape
        self.map = explained.map(self.x)
        self.relevance = F.interpolate(self.map[None, None], x.shape[1:], mode="bilinear")[0, 0]
        values = self.relevance.float().double().flatten().numpy()
        keys = Random(seed, 101).bits(np.arange(values.size))
        self.order = np.lexsort((keys, -values))
        most = self.relevance.clamp_min(0).max()
        self.mask = self.relevance.clamp_min(0) / (most if most > 0 else 1)
        self.masked = self.x * self.mask
        self.whole, self.left = explained.probabilities([self.x, self.masked])

    # What stands in the place of pixels

    def replacement(self, kind):
        if kind == "mean":
            return self.x.mean((1, 2), keepdim=True).expand_as(self.x)
        if kind == "blur":
            deviation = min(self.height, self.width) / 10
            reach = max(1, int(np.ceil(3 * deviation)))
            kernel = torch.exp(-torch.arange(-reach, reach + 1).double() ** 2 / (2 * deviation**2))
            kernel = kernel / kernel.sum()
            padded = F.pad(self.x[:, None], (reach,) * 4, mode="replicate")
            return F.conv2d(F.conv2d(padded, kernel.reshape(1, 1, 1, -1)), kernel.reshape(1, 1, -1, 1))[:, 0]
        noise = Random(self.seed, 90).normal(np.arange(self.x.numel())).reshape(self.x.shape)
        mean = self.x.mean((1, 2), keepdim=True)
        return mean + self.x.std((1, 2), keepdim=True, unbiased=False) * torch.from_numpy(noise)

    def replaced(self, by, where):
        """The image with another in its place where `where`, H W, says so."""
        return torch.where(torch.from_numpy(where.reshape(self.height, self.width)), by, self.x)

    # The metrics

    def singles(self):
        again = self.explained.map(self.masked)
        correlation = np.corrcoef(self.map.flatten(), again.flatten())[0, 1]
        found = {
            "drop": max(0, self.whole - self.left) / self.whole, "increase": float(self.left > self.whole),
            "gain": max(0, self.left - self.whole) / (1 - self.whole), "coherency": (correlation + 1) / 2,
            "complexity": self.mask.mean().item(),
        }
        return found | {"adcc": harmonic(found["coherency"], 1 - found["complexity"], 1 - found["drop"])}

    def exchanged(self, kind):
        """Insertion and deletion."""
        other, size = self.replacement(kind), self.order.size
        counts = [0, *range(-(-size // self.steps), size, -(-size // self.steps)), size]
        found = {}
        for name, first, last in (("insertion", other, self.x), ("deletion", self.x, other)):
            images = []
            for count in counts:
                where = np.zeros(size, bool)
                where[self.order[:count]] = True
                images.append(torch.where(torch.from_numpy(where.reshape(first.shape[1:])), last, first))
            found[name] = np.trapezoid(self.explained.probabilities(images), np.array(counts) / size)
        return found

    def sensitivity(self, kind, side=8, percents=(10, 20, 40, 80), subsets=16):
        rows, columns = min(side, self.height), min(side, self.width)
        y, x = np.mgrid[:self.height, :self.width]
        cell = (y * rows // self.height) * columns + x * columns // self.width
        other, random, correlations = self.replacement(kind), Random(self.seed, 121), []
        for number, percent in enumerate(percents):
            held, images = [], []
            for subset in range(number * subsets, (number + 1) * subsets):
                keys = random.bits(subset * rows * columns + np.arange(rows * columns))
                where = np.isin(cell, np.argsort(keys)[:max(1, rows * columns * percent // 100)])
                held.append(self.relevance.numpy()[where].sum())
                images.append(self.replaced(other, where))
            correlations.append(np.corrcoef(held, self.whole - self.explained.probabilities(images))[0, 1])
        return np.mean(correlations)

    def infidelity(self, kind, squares=64):
        shorter, random = min(self.height, self.width), Random(self.seed, 122)
        least, most = max(1, shorter // 8), max(1, shorter // 2)
        other, held, images = self.replacement(kind), [], []
        for square in range(squares):
            parts = random.uniform(3 * square + np.arange(3))
            size = least + int(parts[0] * (most - least + 1))
            top, left = int(parts[1] * (self.height - size + 1)), int(parts[2] * (self.width - size + 1))
            where = np.zeros((self.height, self.width), bool)
            where[top:top + size, left:left + size] = True
            held.append(self.relevance.numpy()[where].sum())
            images.append(self.replaced(other, where))
        held, drops = np.array(held), self.whole - self.explained.probabilities(images)
        scale = (held * drops).sum() / (held**2).sum()
        return ((scale * held - drops) ** 2).mean()

    def roads(self, singles, percents=(20, 40, 60, 80), noise=0.01):
        random, images = Random(self.seed, 120), []
        for number in range(2 * len(percents)):
            count = self.order.size * percents[number % len(percents)] // 100
            where = np.zeros(self.order.size, bool)
            where[self.order[:count] if number < len(percents) else self.order[self.order.size - count:]] = True
            where = where.reshape(self.height, self.width)
            filled = imputed(self.x.numpy(), where)
            # Numbers are counted as the tool stores pixels: channels last.
            numbers = random.normal(number * self.x.numel() + np.arange(self.x.numel()))
            numbers = numbers.reshape(self.height, self.width, self.channels).transpose(2, 0, 1)
            images.append(torch.from_numpy(np.where(where, filled + noise * numbers, filled)))
        values = self.explained.probabilities(images)
        most, least = values[:len(percents)].mean(), values[len(percents):].mean()
        share = min(max(least - most, 0), 1)
        return {"road-morf": most, "road-lerf": least, "road": (least - most) / 2,
                "arcc": harmonic(singles["coherency"], 1 - singles["complexity"], share)}

    def measured(self, kinds=("mean",)):
        """By metric; those that take a replacement by `metric.kind`."""
        singles = self.singles()
        found = singles | self.roads(singles)
        for kind in kinds:
            values = self.exchanged(kind) | {"sensitivity-n": self.sensitivity(kind), "infidelity": self.infidelity(kind)}
            found |= {f"{name}.{kind}": value for name, value in values.items()}
        return {name: float(value) for name, value in found.items()}


def harmonic(*values):
    return 0.0 if min(values) <= 0 else len(values) / sum(1 / value for value in values)


def imputed(image, missing):
    """C H W with what is missing, H W, the weighted mean of its neighbours: a sparse system, solved directly."""
    (height, width), count = missing.shape, missing.sum()
    number = np.full(missing.shape, -1)
    number[missing] = np.arange(count)
    y, x = np.nonzero(missing)
    total, known = np.zeros(count), np.zeros((count, len(image)))
    rows, columns, entries = [], [], []
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            weight = {0: 0, 1: 1 / 6, 2: 1 / 12}[abs(down) + abs(right)]
            inside = (y + down >= 0) & (y + down < height) & (x + right >= 0) & (x + right < width) & (weight > 0)
            here, there = np.nonzero(inside)[0], number[y[inside] + down, x[inside] + right]
            total[here] += weight
            is_known = there < 0
            known[here[is_known]] += weight * image[:, y[inside] + down, x[inside] + right][:, is_known].T
            rows, columns = [*rows, here[~is_known]], [*columns, there[~is_known]]
            entries.append(np.full((~is_known).sum(), -weight))
    diagonal = np.arange(count)
    matrix = csc_matrix((np.concatenate([*entries, total]),
                         (np.concatenate([*rows, diagonal]), np.concatenate([*columns, diagonal]))), (count, count))
    filled = image.copy()
    filled[:, missing] = spsolve(matrix, known).reshape(count, -1).T
    return filled
