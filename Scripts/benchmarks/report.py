"""The results as a Markdown page: the targets, then a table a section."""

from shared.tables import divided, number, ratio, table

FORWARD = ("onnxruntime", "ncnn", "mnn", "openvino", "pytorch")
LIMITS = {"xray": 0.8, "resnet50": 1.0, "resnet18": 0.8, "vgg16": 0.8, "mobilenet_v3_large": 1.3,
          "efficientnet_b0": 1.3, "densenet121": 1.3, "mnasnet0_5": 1.3, "regnet_x_400mf": 1.6, "convnext_tiny": 1.0,
          "vit_b_16": 1.1, "swin_t": 1.1}
# Images of a folder, decoded and drawn, for each that the engine explains by itself.
FOLDER_SHARE = 0.7
# The bound on a cold process holds where onnxruntime's forward pass takes this long.
COLD_BOUND, COLD_REFERENCE = 110, 58


def page(results):
    lines = [f"# gradcam {results['version']} beside its peers", "", results["machine_line"], ""]
    warnings = results["watch"]["warnings"]
    lines += [f"**Warning: not a quiet machine: {'; '.join(warnings)}.**" if warnings else "The machine was quiet."]
    lines += ["", results["method_line"], "", "Versions: " + ", ".join(results["versions"]) + "."]
    lines += section("Targets", targets(list(target_rows(results["models"]))))
    for title, rows in (("One image, warm process", warm_rows), ("Throughput", throughput_rows),
                        ("Whole cold process", cold_rows), ("Peak memory", memory_rows), ("Limits", limit_rows),
                        ("Layers", layer_rows)):
        heading, cells = rows(results["models"])
        if cells:
            lines += section(title, table(heading, [list(map(str, row)) for row in cells]))
    notes = [f"- {model}, {name}: {text}" for model, found in results["models"].items()
             for name, text in notes_of(found)]
    notes += [f"- {name}: {text}" for name, text in results["failures"].items()]
    return "\n".join(lines + (section("Without a figure, or with a doubtful one", notes) if notes else [])) + "\n"


def section(title, lines):
    return ["", f"## {title}", "", *lines]


def notes_of(found):
    yield from found.get("failures", {}).items()
    yield from ((name, f"its output differs from PyTorch's by {value:.1e}") for name, value in
                found.get("wrong", {}).items())
    if isinstance(found.get("layers"), str):
        yield "layers", found["layers"]


def figure(found, *keys):
    """What stands at `keys`, or None."""
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def explain_time(found):
    own = figure(found, "warm", "gradcam explain", "median")
    return own or figure(found, "warm", "gradcam (onnx) explain", "median")


def target_rows(models):
    for model, found in models.items():
        limit = LIMITS[model]
        value = divided(explain_time(found), figure(found, "warm", "onnxruntime", "median"))
        name = f"{model}: warm explanation ÷ onnxruntime's forward"
        yield name, value, lambda x, limit=limit: x <= limit, f"≤ {limit}"
        share = divided(figure(found, "throughput", "gradcam, whole folder", "best"), figure(found, "throughput", "gradcam", "best"))
        yield f"{model}: images of a folder a second ÷ its engine alone", share, lambda x: x >= FOLDER_SHARE, f"≥ {FOLDER_SHARE}"
    if "xray" not in models:
        return
    found = models["xray"]
    rates = [figure(found, "throughput", name, "best") or 0 for name in FORWARD]
    value = divided(figure(found, "throughput", "gradcam", "best"), max(rates))
    yield "xray: explanations a second ÷ the best peer's forward passes", value, lambda x: x >= 1.15, "≥ 1.15"
    own, script = (figure(found, "cold", name, "median") for name in ("gradcam", "the article's script"))
    yield "xray: the article's script ÷ gradcam, whole process", divided(script, own), lambda x: x >= 50, "≥ 50"
    reference = figure(found, "warm", "onnxruntime", "median")
    bound = COLD_BOUND * reference / COLD_REFERENCE if reference else COLD_BOUND
    yield ("xray: whole cold process, ms", own, lambda x: x <= bound,
           f"≤ {bound:.0f}" + (f" ({COLD_BOUND} where onnxruntime takes {COLD_REFERENCE})" if reference else ""))
    yield "xray: peak memory, MB", figure(found, "memory", "gradcam explain"), lambda x: x <= 180, "≤ 180"


def targets(rows):
    """What the table lets one check: name, figure, bound, and whether it holds."""
    cells = []
    for name, value, bound, text in rows:
        held = "not measured" if value is None else "holds" if bound(value) else "MISSED"
        cells.append([name, "–" if value is None else number(value), text, held])
    return table(["target", "measured", "bound", ""], cells)


def warm_rows(models):
    rows = []
    for model, found in models.items():
        figures = found.get("warm", {})
        reference = figure(figures, "onnxruntime", "median")
        own = explain_time(found)
        for name, entry in figures.items():
            what = "" if name.startswith("gradcam") else " forward" if name in FORWARD else " explanation"
            rows.append([model, name + what, number(entry["median"]), number(entry["minimum"]),
                         ratio(divided(entry["median"], reference)), ratio(divided(entry["median"], own))])
    return ["model", "what", "median ms", "minimum ms", "÷ onnxruntime", "÷ gradcam explain"], rows


def throughput_rows(models):
    rows = []
    for model, found in models.items():
        figures = found.get("throughput", {})
        best = max([figure(figures, name, "best") or 0 for name in FORWARD], default=0)
        for name, entry in figures.items():
            what = " explain" if name == "gradcam" else " forward" if name in FORWARD else ""
            rows.append([model, name + what, number(entry["best"]), entry["way"], ratio(divided(entry["best"], best))])
            rows += [[model, "", number(way["median"]), name, ""] for name, way in entry["ways"].items()
                     if name != entry["way"]]
    return ["model", "what", "images/s", "how", "÷ best peer"], rows


def cold_rows(models):
    rows = []
    for model, found in models.items():
        own = figure(found, "cold", "gradcam", "median")
        rows += [[model, name, number(entry["median"]), number(entry["minimum"]),
                  ratio(divided(entry["median"], own)), number(entry["cpu_ms"]), number(entry["peak_mb"], 0)]
                 for name, entry in found.get("cold", {}).items()]
    return ["model", "what", "median ms", "minimum ms", "÷ gradcam", "processor ms", "peak MB"], rows


def memory_rows(models):
    rows = []
    for model, found in models.items():
        own = figure(found, "memory", "gradcam explain")
        rows += [[model, name, number(value, 0), ratio(divided(value, own))]
                 for name, value in found.get("memory", {}).items()]
    return ["model", "what", "MB", "÷ gradcam explain"], rows


def limit_rows(models):
    """What a forward pass takes at least, by what the machine was seen to do, beside what it takes."""
    rows = []
    for model, found in models.items():
        limits = found.get("limits")
        if not limits:
            continue
        arithmetic = 2 * limits["multiply_adds"] / limits["flops"] * 1000
        memory = limits["bytes"] / limits["bandwidth"] * 1000
        own = figure(found, "warm", "gradcam forward", "median")
        rows.append([model, number(arithmetic), number(memory), number(max(arithmetic, memory)),
                     "–" if own is None else number(own), ratio(divided(own, max(arithmetic, memory)))])
    return ["model", "ms by arithmetic", "by memory", "the larger", "gradcam's forward pass", "÷ the larger"], rows


def layer_rows(models):
    rows = []
    for model, found in models.items():
        steps = found.get("layers")
        for step in steps if isinstance(steps, list) else []:
            shape = step.get("shape", "")
            if not step.get("algorithm"):
                continue
            alone = sorted(step.get("milliseconds_by_algorithm", {}).items(), key=lambda pair: pair[1])
            rows.append([model, step.get("layer", ""), "×".join(map(str, shape)) if isinstance(shape, list) else shape,
                         step.get("algorithm", ""), number(step.get("milliseconds"), 3), number(step.get("gflops"), 1),
                         ", ".join(f"{name} {number(value, 3)}" for name, value in alone)])
    return ["model", "layer", "shape", "algorithm", "ms", "GFLOP/s", "alone, by algorithm"], rows
