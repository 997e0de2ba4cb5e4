#!/usr/bin/env bash
# openvino_xai takes the least relevant pixels for the most relevant ones where its own explainers made the map: openvino_xai 1.1.0.
#
# Its RISE and AISE, which explain any model, return maps of unsigned bytes from 0 to 255. InsertionDeletionAUC sorts pixels by
# np.argsort(-map), and the negative of an unsigned byte wraps: -0 is 0, the least of all, -255 is 1, and -1 is 255. So all pixels of
# value 0, where the map says that nothing is relevant, come first, before the hottest. The same map as floats is ranked as it should
# be. A map that marks the object and nothing else gets the insertion of one that leaves it for last; scores of methods whose maps
# hold more zeros sink, whatever they show.
#
# Seen on 2026-12-01, a network that looks at a square in the middle: a map that is that square has insertion 0.05 and deletion 0.95
# as bytes, 0.95 and 0.05 as floats. The map that its own
# AISE makes of that network is of bytes, too; few of them are 0, and its insertion is 0.938 in the place of 0.940.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q openvino_xai==1.1.0 openvino==2024.4.0 openvino-dev==2024.4.0 numpy==1.26.4 opencv-python-headless==4.11.0.86 \
  scipy==1.15.3
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import openvino as ov
from openvino.runtime import opset13 as ops
from openvino_xai import Task
from openvino_xai.explainer.explainer import ExplainMode, Explainer
from openvino_xai.metrics import InsertionDeletionAUC

SIDE = 32
square = np.zeros((SIDE, SIDE), np.float32)
square[12:20, 12:20] = 1

# One logit is the square's brightness, the other 0.
image = ops.parameter([1, 3, SIDE, SIDE], np.float32)
brightness = ops.reduce_sum(ops.multiply(image, ops.constant(square / square.sum() / 3 / 255 * 8)), [1, 2, 3])
logit = ops.reshape(ops.subtract(brightness, ops.constant(np.float32(4))), [1, 1], False)
model = ov.Model([ops.concat([logit, ops.constant(np.zeros((1, 1), np.float32))], 1)], [image])
preprocess = lambda picture: np.asarray(picture, np.float32).transpose(2, 0, 1)[None]


def softmax(outputs):
    logits = outputs[0]
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


metric = InsertionDeletionAUC(model, preprocess, softmax)
picture = np.full((SIDE, SIDE, 3), 255, np.uint8)
ideal = (square * 255).astype(np.uint8)
bytes_, floats = (metric(ideal.astype(kind), 0, picture) for kind in (np.uint8, np.float32))
print("the square itself, bytes ", bytes_)
print("the square itself, floats", floats)

explainer = Explainer(model, task=Task.CLASSIFICATION, preprocess_fn=preprocess, postprocess_fn=lambda outputs: outputs[0],
                      explain_mode=ExplainMode.BLACKBOX)
explanation = explainer(picture, targets=[0], colormap=False)
own = explanation.saliency_map[0]
own_bytes, own_floats = (metric(own.astype(kind), 0, picture) for kind in (own.dtype, np.float32))
print("its own map,", own.dtype, own_bytes, "as floats", own_floats)
assert own.dtype == np.uint8 and (own == 0).any(), "its explainers' maps are no bytes"
assert floats["insertion"] > bytes_["insertion"] + 0.2 and bytes_["deletion"] > floats["deletion"] + 0.2, "bytes are ranked like floats"
assert abs(own_bytes["insertion"] - own_floats["insertion"]) > 1e-4, "its own map is ranked like its floats"
PYTHON
