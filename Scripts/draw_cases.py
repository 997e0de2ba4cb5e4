#!/usr/bin/env python3
"""Draws pictures in which it is known where each class lies, for `gradcam evaluate`.

    pip install -c Scripts/constraints.txt torch numpy pillow
    Scripts/draw_cases.py FOLDER [--images N]                                # radiographs for the demo model
    Scripts/draw_cases.py FOLDER --model vit|photos --trained TRAINED        # for what train_vit.py or train_head.py left

FOLDER gets `pictures/`, `asked.json` (COCO: the class to explain, and where it lies) and, where pictures show several classes,
`others.json`: the same classes, each at the place of what the picture shows beside it, which a good map of the class leaves out. The
command that evaluates them is printed.
"""

import argparse
import json
import pathlib
import shlex

import numpy as np
from PIL import Image

from shared.subjects import SUBJECTS


def runs(mask):
    """The lengths of runs down the columns, the first one outside: COCO's uncompressed encoding."""
    flat = mask.flatten(order="F").astype(np.int8)
    ends = [*(np.flatnonzero(np.diff(flat)) + 1).tolist(), flat.size]
    counts = np.diff([0, *ends]).tolist()
    return counts if flat[0] == 0 else [0, *counts]


def coco(cases, mask_of):
    """COCO's JSON: a mask a picture, of the class that is asked for."""
    names = sorted({case.target for case in cases})
    images, annotations = [], []
    for number, case in enumerate(cases, 1):
        mask = mask_of(case)
        height, width = mask.shape
        images.append({"id": number, "file_name": case.path.name, "height": height, "width": width})
        annotations.append({
            "id": number, "image_id": number, "category_id": names.index(case.target) + 1, "iscrowd": 1,
            "segmentation": {"size": [height, width], "counts": runs(mask)}})
    return {"images": images, "annotations": annotations, "categories": [{"id": i, "name": n} for i, n in enumerate(names, 1)]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--model", choices=SUBJECTS, default="xray")
    parser.add_argument("--trained", type=pathlib.Path, help="where train_vit.py or train_head.py left the model")
    parser.add_argument("--images", type=int, default=500)
    options = parser.parse_args()
    if options.model != "xray" and options.trained is None:
        parser.error(f"--model {options.model} takes --trained FOLDER")
    pictures = options.folder / "pictures"
    pictures.mkdir(parents=True)
    subject = SUBJECTS[options.model](options.trained, pictures, options.images)
    (options.folder / "asked.json").write_text(json.dumps(coco(subject.cases, lambda case: case.mask)))
    if subject.cases[0].others is not None:
        (options.folder / "others.json").write_text(json.dumps(coco(subject.cases, lambda case: case.others)))
    share = np.mean([case.mask.mean() for case in subject.cases])
    print(f"{len(subject.cases)} pictures; the class covers {share:.1%} of one on average")
    command = ["gradcam", "evaluate", pictures, *subject.options, "--boxes", options.folder / "asked.json"]
    print(shlex.join(str(word) for word in command))


if __name__ == "__main__":
    main()
