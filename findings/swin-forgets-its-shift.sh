#!/usr/bin/env bash
# Hugging Face's Swin answers a large image otherwise once it has seen one of the usual size: transformers 5.24.0, torch 2.13.0.
#
# A block whose map is no larger than its window needs no shift, and the forward pass writes that into the module: shift_size
# becomes 0 and stays 0. The last block of a model for 224 pixels (a map of 7×7, windows of 7) loses its shift with the first
# image of 224, and never shifts again on the 14×14 places of a 448-pixel image. So logits depend on which sizes came before, in
# evaluation mode and without gradients; a batch job over mixed sizes is not reproducible, and a model that was exported or
# evaluated at 224 before is not the one that was loaded.
#
# Seen on 2026-12-01: shift_size of the last block 3, then 0; logits of the same 448-pixel image differ by 7.7e-4 of their
# largest magnitude (seeded weights of deviation 0.05).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 transformers==5.24.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import torch
from transformers import SwinConfig, SwinForImageClassification

torch.manual_seed(0)
model = SwinForImageClassification(SwinConfig(num_labels=10)).eval()
for parameter in model.parameters():
    parameter.data = torch.randn_like(parameter) * 0.05 + (parameter.dim() == 1) * parameter.data
large, usual = torch.rand(1, 3, 448, 448), torch.rand(1, 3, 224, 224)
last = model.swin.encoder.layers[-1].blocks[-1]
with torch.no_grad():
    before, shift_before = model(large, interpolate_pos_encoding=True).logits, last.shift_size
    again = model(large, interpolate_pos_encoding=True).logits
    model(usual)
    after, shift_after = model(large, interpolate_pos_encoding=True).logits, last.shift_size
difference = ((after - before).abs().max() / before.abs().max()).item()
print(f"shift_size {shift_before}, then {shift_after}; the same image's logits differ by {difference:.1e}")
assert torch.equal(before, again), "two passes in a row differ, so that this shows nothing"
assert (shift_before, shift_after) == (3, 0), "the shift is kept"
assert difference > 1e-5, "the logits are the same"
PYTHON
