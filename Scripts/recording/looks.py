"""How overlays look, and what images are read."""

from recording.kit import FIXTURES, Runs, step

MAPS = ["jet", "turbo", "viridis", "inferno", "magma", "gray", "bwr", "rwg", "jet-opencv"]
IMAGE = "models/images/opacity-01.jpg"
DEMO = "-w models/demo-xray.bin"


def add(runs: Runs):
    looks = {f"colormap-{name}": f"--colormap {name}" for name in MAPS}
    looks |= {f"signed-{name}": f"--colormap {name} --signed" for name in MAPS}
    looks |= {f"alpha-{value}": f"--alpha {value}" for value in ["0", "0.25", "1", "1e-3"]}
    looks |= {f"gamma-{value}": f"--gamma {value}" for value in ["0.5", "1", "3.7", "1e30"]}
    looks |= {
        f"resample-{kind}{'-original' * whole}": f"--resample {kind}" + " --canvas original" * whole
        for kind in ["bicubic", "bilinear", "nearest"]
        for whole in (False, True)
    }
    regions = {
        "boxes": "--boxes", "contours": "--contours", "both": "--boxes --contours", "low":
        "--boxes --contours --threshold 0.05", "high": "--boxes --contours --threshold 1", "signed":
        "--boxes --contours --signed", "raw": "--boxes --contours --normalize none"
    }
    for canvas in ["input", "original"]:
        for panel in ["", " --panel"]:
            looks |= {
                f"{canvas}{'-panel' * bool(panel)}-{name}": f"{words} --canvas {canvas}{panel}"
                for name, words in regions.items()
            }
            looks[f"{canvas}{'-panel' * bool(panel)}"] = f"--canvas {canvas}{panel}"
    looks |= {
        "panel-signed": "--panel --signed", "panel-none": "--panel --normalize none", "panel-fem":
        "--panel -m fem", "panel-colors": "--panel --colormap viridis --gamma 1 --alpha 0.8",
        "panel-counterfactual": "--panel --counterfactual"
    }
    for name, words in looks.items():
        runs.add(f"looks/{name}", f"explain {IMAGE} {DEMO} {words} -o out.png --jsonl --heatmap map.png")
    for name, words in {"panel": "--panel", "original": "--canvas original", "boxes":
                        "--boxes --contours"}.items():
        for image in [
                "cli/rotated.jpg", "cli/deep.png", "cli/cmyk.jpg", "images/one-row.jpg", "images/tower.png"
        ]:
            runs.add(f"looks/{name}/{image}", f"explain {image} -w cli/cifar.th {words} -o out.png --jsonl")
    _outputs(runs)
    _images(runs)


def _outputs(runs: Runs):
    one = f"explain {IMAGE} {DEMO}"
    for name, words in {
            "plain": "",
            "file": "-o sub.png",
            "file-in-folder": "-o made/sub.png",
            "folder": "-d a/b/c",
            "stdout": "-o -",
            "stdout-quiet": "-o - --quiet",
            "stdout-verbose": "-o - --verbose",
            "no-ending": "-o overlay",
            "jpeg-name": "-o overlay.jpg",
            "upper": "-o OVERLAY.PNG",
            "svg": "-o overlay.svg",
            "svg-panel": "-o overlay.svg --panel --boxes --contours --canvas original",
            "jpeg-panel": "-o overlay.JPEG --panel",
            "gif": "-o overlay.gif",
            "numbers": "-o overlay.npy",
            "clipped": "-m saliency,guidedbackprop --panel --jsonl",
            "clip-none": "-m saliency --clip 100 --panel --jsonl",
            "clip-layer": "--clip 90 --panel --jsonl",
            "npy": "--heatmap m.npy",
            "png": "--heatmap m.png",
            "upper-npy": "--heatmap m.NPY",
            "template": "--heatmap 'h/{stem}-{method}-{layer}-{target}.npy'",
            "template-png": "--heatmap '{target}/{stem}.png' -t top5",
            "template-unknown": "--heatmap '{layr}.npy'",
            "template-far": "--heatmap '{zzzzzz}.npy'",
            "template-open": "--heatmap '{stem.npy'",
            "template-close": "--heatmap 'stem}.npy'",
            "template-empty": "--heatmap '{}.npy'",
            "ending": "--heatmap m.gif",
            "jpeg": "--heatmap m.jpg",
            "drawing": "--heatmap m.svg",
            "npy-original": "--heatmap m.npy --canvas original",
            "png-original": "--heatmap m.png --canvas original",
            "jpeg-original": "--heatmap m.jpg --canvas original",
            "drawing-original": "--heatmap m.svg --canvas original --signed",
            "npy-none": "--heatmap m.npy --normalize none",
            "npy-signed": "--heatmap m.npy --signed",
            "png-none": "--heatmap m.png --normalize none",
            "png-signed": "--heatmap m.png --signed",
            "dump": "--dump d.safetensors",
            "dump-none": "--dump d.safetensors --normalize none",
            "dump-rise": "--dump d.safetensors -m rise --samples 2",
            "same-twice": "-o x.png --heatmap ./x.png",
            "dump-is-output": "-o d --dump d",
            "output-is-heatmap": "-o m.npy --heatmap m.npy",
            "over-image": f"-o {IMAGE}",
            "over-model": "-o models/../models/demo-xray.bin",
            "heatmap-over-model": "--heatmap models/x.npy --dump models/demo-xray.bin",
            "folder-is-file": f"-d {IMAGE}",
            "below-file": f"-o {IMAGE}/x.png",
            "output-is-folder": "-o models",
            "full": "-o /dev/full",
            "null": "-o /dev/null",
            "dump-full": "--dump /dev/full",
            "heatmap-below-file": "--heatmap models/demo-xray.bin/m.npy",
            "long": f"-o {'x' * 300}.png",
            "several-methods": "-m gradcam,fem",
            "panels": "--panel -t all",
            "several-layers": "-l resnet_blocks.3,resnet_blocks.4",
            "several-all": "-m gradcam,fem -l resnet_blocks.3,resnet_blocks.4 -t all",
            "one-of-methods": "-m gradcam,fem -o x.png",
            "one-of-targets": "-t all -o x.png",
            "one-of-layers": "-l resnet_blocks.3,resnet_blocks.4 -o x.png",
            "dump-of-methods": "-m gradcam,fem --dump x",
            "heatmap-of-methods": "-m gradcam,fem --heatmap x.npy",
            "heatmap-of-targets": "-t all --heatmap x.npy",
            "heatmap-of-layers": "-l resnet_blocks.3,resnet_blocks.4 --heatmap x.npy",
            "empty-output": "--output=",
            "empty-dir": "-d ''",
            "dot": "-d .",
            "slash": "-d out///",
    }.items():
        runs.add(f"outputs/{name}", f"{one} {words}")
    runs.add(
        "outputs/no-room",
        *(step(f"{one} -d out {words}", shell=f'ulimit -f {blocks}; exec "$@"')
          for words, blocks in [("", 0), ("", 4), ("--dump d.safetensors",
                                                   400), ("--heatmap m.npy", 0), ("--records r.jsonl", 0)]))
    runs.add("outputs/again", f"{one} -o x.png", f"{one} -o x.png -m fem", f"{one} -d .", f"{one} -d .")
    runs.add("outputs/over-a-picture",
             f"{one} -o cli/photo.jpg",
             f"{one} -o models/images/opacity-02.jpg",
             "explain cli/tiny.png -w cli/cifar.th -d out",
             files={
                 "cli/photo.jpg": FIXTURES / "cli/photo.jpg", "out/tiny.gradcam.png":
                 FIXTURES / "cli/tiny.png"
             })
    labels = "a/b\n..\n.\n\u00fc \U0001f600\nx:y\n-o\n" + "l" * 300 + "\n\n".strip() + "\ttab\nsame\nsame"
    runs.add("outputs/labels",
             *(f"explain cli/photo.jpg -w cli/cifar.th --labels l.txt -d out{index} --jsonl {words}"
               for index, words in enumerate([
                   "-t all", "-t all --heatmap 'h/{target}.npy'", "-t a/b", "-t ..", "-t same", "--target=-o",
                   "-t 'x:y' -t a/b --panel"
               ])),
             files={"l.txt": labels.encode() + b"\nlast\n"})


def _images(runs: Runs):
    kinds = {".png", ".jpg", ".pgm", ".ppm", ".pbm"}
    for path in sorted((FIXTURES / "images").iterdir()) + sorted((FIXTURES / "cli").iterdir()) + sorted(
        (FIXTURES / "regressions").iterdir()):
        if path.suffix not in kinds:
            continue
        name = str(path.relative_to(FIXTURES))
        runs.add(f"images/{name}", f"explain {name} -w cli/cifar.th -d out --jsonl --dump d.safetensors",
                 f"explain {name} -w cli/gray.pth -d out --jsonl --no-orient --canvas original",
                 f"explain {name} -w cli/cifar.th -d fast --fast-decode")
    for name in [
            "images/rgb.jpg", "images/rgb-8.png", "images/most-255.ppm", "images/two-in-a-row.ppm",
            "images/bits.pbm", "images/zero-width.png", "cli/rotated.jpg"
    ]:
        runs.add(
            f"images/stdin/{name}",
            *(step(f"explain - -w cli/cifar.th {words}", stdin=name)
              for words in ["-o -", "-d out --jsonl", "-d out --verbose"]))
    for name in ["models/images/normal-05.jpg", IMAGE]:
        for words in [
                "--fast-decode", "--fast-decode --canvas original", "--fast-decode --no-orient",
                "--fast-decode -m saliency"
        ]:
            runs.add(f"images/fast/{name}/{words.replace(' ', '')}",
                     f"explain {name} {DEMO} {words} -o o.png --jsonl --heatmap m.npy",
                     f"explain {name} -w cli/cifar.th {words} -o p.png --jsonl")
    for limit in ["1", "1023", "1024", "1025", "4294967296", "4294967297", "0", "-1", "1.5", "x", ""]:
        runs.add(f"images/max-pixels/{limit or 'empty'}",
                 f"explain cli/tiny.png images/rgb.jpg -w cli/cifar.th -d out --max-pixels={limit}")
    for ending in ["png", "jpg", "pgm", "ppm"]:
        source = {
            "png": "images/rgb-16.png", "jpg": "images/rgb.jpg", "pgm": "images/most-4095.pgm", "ppm":
            "images/plain-most-255.ppm"
        }[ending]
        content = (FIXTURES / source).read_bytes()
        for place in [0, 1, 2, 8, 20, 40, len(content) // 2, len(content) - 20, len(content) - 1]:
            runs.add(f"images/cut/{ending}-{place}",
                     f"explain cut.{ending} -w cli/cifar.th -d out --jsonl",
                     files={f"cut.{ending}": content[:place]})
        for place in range(0, len(content), max(1, len(content) // 12)):
            changed = content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1:]
            runs.add(f"images/changed/{ending}-{place}",
                     f"explain x.{ending} -w cli/cifar.th -d out --jsonl",
                     files={f"x.{ending}": changed})
    runs.add(
        "images/too-long",
        *(f"explain images/tower.png images/one-row.jpg -w cli/cifar.th -d out --preprocess {spec}"
          for spec in ["resize=20000,crop=32", "resize=65536x65536,crop=32", "unit,resize=32,crop=none"]))
    for name, content in {
            "text": b"hello\n", "gif": b"GIF89a" + bytes(40), "tiff": b"II*\0" + bytes(40), "bmp":
            b"BM" + bytes(40), "webp": b"RIFF\0\0\0\0WEBPVP8 ", "dicom": bytes(128) + b"DICM" + bytes(40),
            "heic": b"\0\0\0\x18ftypheic" + bytes(20), "zeros": bytes(100), "p7": b"P7\nWIDTH 1\n", "pdf":
            b"%PDF-1.4\n", "huge-ppm": b"P6 70000 70000 255\n", "zip": b"PK\3\4" + bytes(30), "svg": b"<svg/>"
    }.items():
        runs.add(f"images/other/{name}",
                 f"explain x.img -w cli/cifar.th -d out --jsonl",
                 f"explain x.img -w cli/cifar.th -d out",
                 files={"x.img": content})
