"""What must hold when a soak is over."""

import collections
import json

from soaking.world import files, sha256


def check(soak, reference_maps, reference_records):
    """A line for everything that is wrong, against a run that nothing befell."""
    world = soak.world
    faults = []
    for path, content in world.contents.items():
        if path.read_bytes() != content:
            faults.append(f"the image {path.name} is not what it was")
    faults += others(world.images, {path.relative_to(world.images) for path in world.contents}, "the images")
    faults += outputs(world.maps, reference_maps)
    faults += others(world.root, None, "the folder")
    expected, _ = read(reference_records)
    records, bad = read(world.records)
    faults += [f"line {number} of the records is none" for number in bad]
    faults += history(soak, records, {record["image"]: record for record in expected})
    return faults


def others(folder, wanted, name):
    if wanted is None:
        top = {path.name for path in folder.iterdir()}
        return [f"{name} holds {path}, which nobody asked for" for path in top - {"images", "disk", "model.bin"}]
    return [f"{name} hold {path}, which nobody asked for" for path in files(folder).keys() - wanted]


def outputs(maps, reference):
    made, wanted = files(maps), files(reference)
    faults = [f"there is {path}, which nobody asked for" for path in made.keys() - wanted.keys()]
    faults += [f"there is no {path}" for path in wanted.keys() - made.keys()]
    return faults + [f"{path} has other bytes" for path in made.keys() & wanted.keys()
                     if made[path].read_bytes() != wanted[path].read_bytes()]


def read(path):
    records, bad = [], []
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            try:
                records.append(json.loads(line))
            except ValueError:
                bad.append(number)
    return records, bad


def answer(record):
    """What a record says of an image, but for what differs from run to run."""
    maps = [{key: value for key, value in map.items() if key not in ("output", "heatmap", "milliseconds")}
            for map in record["maps"]]
    return record["image_sha256"], record["model_sha256"], record["prediction"], maps


def history(soak, records, expected):
    faults = []
    model = sha256(soak.world.model)
    good = collections.defaultdict(list)
    last = {}
    for record in records:
        last[record["image"]] = record
        if "error" not in record:
            if record["model_sha256"] != model:
                if record["model_sha256"] not in soak.models:
                    faults.append(f"{record['image']}: a record of a model that never was")
                continue
            good[record["image"]].append(record)
            if record["image_sha256"] == expected[record["image"]]["image_sha256"] \
                    and answer(record) != answer(expected[record["image"]]):
                faults.append(f"{record['image']}: a record of a map that the model does not make")
    untouched = {str(path) for path in soak.world.contents} - soak.touched
    for image in expected:
        if "error" in last.get(image, {"error": ""}):
            faults.append(f"{image}: its last record is of a failure, or missing")
        elif answer(last[image]) != answer(expected[image]):
            faults.append(f"{image}: its last record is not its own")
        if image in untouched and len(good[image]) != 1:
            faults.append(f"{image}: {len(good[image])} good records, and nothing befell it")
    return faults + [f"{image}: a record of no image" for image in last.keys() - expected.keys()]
