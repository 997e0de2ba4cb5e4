"""Help, lists, completions, the cards of models, conversions and timings."""

from recording.kit import FIXTURES, Runs, put, remove, step

COMMANDS = [
    "explain", "report", "verify", "convert", "inspect", "methods", "colormaps", "completions", "man", "help",
    "bench"
]
MODEL_ENDINGS = {".bin", ".ckpt", ".onnx", ".pkl", ".pt", ".pth", ".safetensors", ".tar", ".th", ".zip"}
MODEL = "models/demo-xray.bin"
XRAY = "models/images/opacity-01.jpg"


def add(runs: Runs):
    _words(runs)
    _fixtures(runs)
    _options(runs)
    _conversions(runs)
    _timings(runs)


def _words(runs: Runs):
    runs.add("words/nothing", "")
    for word in ["--help", "-h", "--version", "methods", "colormaps", "man"]:
        runs.add(f"words/{word}", word)
    for command in COMMANDS:
        runs.add(f"words/help-{command}", f"help {command}", f"{command} --help", f"{command} -h",
                 f"{command} --version")
    for shell in ["bash", "zsh", "fish"]:
        runs.add(f"words/completions-{shell}", f"completions {shell}")
    runs.add("words/help-in-between", "explain --alpha x --bogus -rh", "explain -o --help",
             "methods x --version", "methods -- --help", "explain -- --help")


def _fixtures(runs: Runs):
    """Every model file of the fixtures, read for a card and for a map."""
    for path in sorted(FIXTURES.rglob("*")):
        if path.suffix not in MODEL_ENDINGS:
            continue
        name = str(path.relative_to(FIXTURES))
        files = {"onnx/external.data": FIXTURES / "onnx/external.data"} if "external" in name else {}
        runs.add(f"cards/{name}",
                 f"inspect {name}",
                 f"inspect {name} --json",
                 f"explain cli/tiny.png -w {name} -d out --jsonl --heatmap out/map.npy",
                 files=files)
    for path in sorted(runs.seeded.iterdir()):
        name = f"seeded/{path.name}"
        runs.add(f"cards/{name}", f"inspect {name}", f"inspect {name} --json",
                 f"explain cli/photo.jpg -w {name} -d out --jsonl --heatmap out/map.npy --verbose")
    runs.add("cards/demo", f"inspect {MODEL}", f"inspect {MODEL} --json --quiet",
             step("inspect /dev/stdin", stdin=MODEL))


def _options(runs: Runs):
    """What options make of a model: its card, and one map."""
    labels = {
        "two": b"healthy\nill\n", "crlf": b"healthy\r\nill\r\n", "no-end": b"healthy\nill", "one": b"ill\n",
        "blank": b"healthy\n\nill\n", "binary": b"\xff\xfe\n\x80\n", "empty": b"", "ten":
        b"".join(b"c%d\n" % i
                 for i in range(10)), "strange": "a/b\nü \t,\"x\"\n".encode(), "twice": b"same\nsame\n"
    }
    lines = {
        "arch": (MODEL, "--arch xray-classifier"),
        "arch-unknown": ("cli/xray.pth", "--arch vgg12"),
        "arch-right": ("cli/xray.pth", "--arch xray-classifier"),
        "arch-keys": ("cli/xray.pth", "--arch xray-classifier:nc=3,nf=2"),
        "arch-wrong-keys": ("cli/xray.pth", "--arch xray-classifier:nf=9"),
        "arch-bad-key": ("cli/xray.pth", "--arch xray-classifier:zz=9"),
        "arch-bad-pair": ("cli/xray.pth", "--arch xray-classifier:nf"),
        "arch-bad-number": ("cli/xray.pth", "--arch xray-classifier:nf=0"),
        "arch-other": ("cli/cifar.th", "--arch resnet18"),
        "arch-cifar": ("cli/cifar.th", "--arch cifar-resnet:depth=8"),
        "arch-onnx": ("networks/dense-current.onnx", "--arch densenet"),
        "arch-vgg-as-alexnet": ("seeded/vgg11.safetensors", "--arch alexnet"),
        "shape": ("networks/dense-old.onnx", "--input-shape 3x48x64"),
        "shape-gray": ("cli/gray.pth", "--input-shape 1x256x256"),
        "shape-wrong": (MODEL, "--input-shape 3x64x64"),
        "shape-channels": ("cli/cifar.th", "--input-shape 1x32x32"),
        "shape-small": ("cli/cifar.th", "--input-shape 3x16x24"),
        "shape-tiny": ("seeded/vgg11.safetensors", "--input-shape 3x8x8"),
        "shape-and-crop": ("cli/cifar.th", "--input-shape 3x16x24 --preprocess resize=20,crop=20"),
        "output": ("networks/dense-current.onnx", "--output-name nothing"),
        "output-of-weights": ("cli/xray.pth", "--output-name x"),
    }
    presets = [
        "half", "imagenet", "imagenet-squash", "unit", "tf", "caffe", "raw", "resize=40,crop=32",
        "resize=32x32", "resize=none", "unit,resize=48,crop=32,interpolation=nearest",
        "unit,resize=32,interpolation=bicubic", "unit,resize=32,crop=none",
        "imagenet,resize=32,crop=32,antialias=off", "imagenet,resize=32,crop=32,channels=bgr",
        "imagenet,resize=40x24,crop=32x32", "scale=1,mean=0/10/20,std=1/2/3,resize=32",
        "resize=32,scale=65535", "resize=20,crop=32"
    ]
    wrong = [
        "imagnet", "imagenet,crp=3", "imagenet,", ",crop=3", "crop=3,imagenet", "crop=3,half,crop=4",
        "crop=32,crop=32", "crop=0", "crop=1x2x3", "crop=-1", "crop=99999999", "mean=a", "mean=1/2",
        "mean=1//2", "std=0", "std=0/1/1", "scale=0", "scale=inf", "scale=nan", "interpolation=cubic",
        "antialias=yes", "channels=gray", "channels=rbg", "resize=x", "resize=", "nonsense", "=3",
        "resize=3,crop", "resize=60000", "mean=1/2/3/4", "crop=8x8"
    ]
    for kind in [*presets, *wrong]:
        lines[f"preprocess-{kind.replace('/', '_')}"] = ("cli/cifar.th", f"--preprocess '{kind}'")
    for kind in [
            "half", "channels=rgb", "channels=gray,mean=0.5", "imagenet", "mean=0.5/0.5/0.5",
            "resize=256,crop=256,channels=bgr"
    ]:
        lines[f"gray-preprocess-{kind.replace('/', '_')}"] = ("cli/gray.pth", f"--preprocess '{kind}'")
    for name in labels:
        lines[f"labels-{name}"] = (MODEL, f"--labels {name}.txt")
        lines[f"cifar-labels-{name}"] = ("cli/cifar.th", f"--labels {name}.txt")
    for name, (model, words) in lines.items():
        runs.add(f"options/{name}",
                 f"inspect {model} {words}",
                 f"explain cli/photo.jpg -w {model} {words} -d out --jsonl --heatmap out/map.npy",
                 files={f"{label}.txt": text
                        for label, text in labels.items() if f"{label}.txt" in words})


def _conversions(runs: Runs):
    models = [
        MODEL, "cli/xray.pth", "cli/gray.pth", "cli/cifar.th", "networks/dense-current.onnx",
        "networks/branches-old.onnx", "networks/patches-current.onnx", "networks/enlarged-current.onnx",
        "networks/shuffle-old.onnx", "networks/squeeze-current.onnx", "onnx/scoped.onnx", "onnx/dynamo.onnx",
        *(f"seeded/{path.name}" for path in sorted(runs.seeded.iterdir()) if "next" not in path.name)
    ]
    for model in models:
        runs.add(f"convert/{model}", f"convert {model} -o made.bin", "inspect made.bin",
                 "inspect made.bin --json",
                 "explain cli/photo.jpg -w made.bin -d out --jsonl --heatmap out/map.npy",
                 "convert made.bin -o again.bin --quiet")
    runs.add(
        "convert/options",
        f"convert cli/cifar.th -o made.bin --preprocess unit,resize=40,crop=32 --labels l.txt -l layer2 --quiet",
        "inspect made.bin",
        "explain cli/photo.jpg -w made.bin -d out --jsonl",
        "explain cli/photo.jpg -w made.bin -d out2 --jsonl --preprocess tf,resize=32 -t c3 -l layer3",
        files={"l.txt": b"".join(b"c%d\n" % index for index in range(10))})
    for name, words in {
            "nothing": "",
            "no-output": MODEL,
            "to-stdout": f"{MODEL} -o -",
            "onto-itself": f"{MODEL} -o ./models//demo-xray.bin",
            "layer": f"{MODEL} -o made.bin -l resnet_blocks.-1",
            "no-layer": f"{MODEL} -o made.bin -l resnet_blocks.9",
            "flat-layer": f"{MODEL} -o made.bin -l classifier",
            "in-no-folder": f"{MODEL} -o none/made.bin",
            "on-a-folder": f"{MODEL} -o models",
            "below-a-file": f"{MODEL} -o {MODEL}/made.bin",
            "full": f"{MODEL} -o /dev/full",
            "missing": "none.pth -o made.bin",
            "two": f"{MODEL} {MODEL} -o made.bin",
            "not-a-model": f"{XRAY} -o made.bin",
            "many-words": f"{MODEL} -o {'x' * 256}",
    }.items():
        runs.add(f"convert/wrong-{name}", f"convert {words}")
    runs.add("convert/no-room", step(f"convert {MODEL} -o made.bin", shell='ulimit -f 64; exec "$@"'))
    runs.add("convert/over-another", f"convert cli/gray.pth -o made.bin", "convert cli/xray.pth -o made.bin")
    runs.add("convert/damaged", f"convert {MODEL} -o made.bin", put("made.bin", b"gradcam"),
             "inspect made.bin", remove("made.bin"), "inspect made.bin")


def _timings(runs: Runs):
    for name, words in {
            "plain": MODEL,
            "image": f"{MODEL} {XRAY}",
            "json": f"{MODEL} --json",
            "layers": f"{MODEL} --layers",
            "layers-json": f"{MODEL} --layers --json",
            "stages": f"{MODEL} {XRAY} --stages",
            "stages-json": f"{MODEL} {XRAY} --stages --json",
            "jobs": f"{MODEL} -j 2 --threads 1",
            "method": f"cli/cifar.th -m layercam",
            "layer": "cli/cifar.th -l layer2",
            "samples": "cli/cifar.th -m smoothgrad --samples 2 --batch 2",
            "im2col": "cli/cifar.th --engine im2col --layers",
            "onnx": "networks/dense-current.onnx --json",
            "quiet": "cli/cifar.th --quiet",
            "shape": "cli/cifar.th --input-shape 3x16x16",
            "two-methods": "cli/cifar.th -m gradcam,fem",
            "no-image": f"{MODEL} --stages",
            "no-model": "",
            "three": f"{MODEL} {XRAY} {XRAY}",
            "missing-image": f"{MODEL} none.jpg",
            "no-layer": "cli/cifar.th -l none",
            "layers-and-stages": f"{MODEL} {XRAY} --layers --stages",
            "no-method": "cli/cifar.th -m none",
            "rise": "cli/cifar.th -m rise --samples 3",
    }.items():
        runs.add(f"bench/{name}", f"bench {words} --runs 2")
    runs.add("bench/no-runs", "bench cli/cifar.th --runs 0")
