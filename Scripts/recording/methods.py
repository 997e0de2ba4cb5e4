"""Every method on models of every kind, with every option that changes a map."""

from recording.kit import Runs

METHODS = """cam gradcam gradcam++ smoothgradcam++ xgradcam hirescam layercam gradcam-elementwise eigencam
eigengradcam segeigencam kpcacam fullgrad fem scorecam sscam iscam ablationcam reciprocam finercam refinecam
shapleycam randomcam saliency inputxgradient smoothgrad vargrad integratedgradients guidedbackprop deconvnet
guidedgradcam occlusion rise""".split()
SAMPLING = {"smoothgradcam++", "sscam", "iscam", "smoothgrad", "vargrad", "integratedgradients", "rise"}
LIBRARIES = ["pytorch-grad-cam", "torch-cam", "captum"]
KEPT = "-d out --heatmap 'out/{stem}.{method}.{layer}.{target}.npy' --jsonl"

_SMALL = "--preprocess imagenet,resize=64,crop=64"
# A model, an image, options, and two layers for methods that take several.
MODELS = {
    "demo": ("models/demo-xray.bin", "models/images/opacity-01.jpg", "", "resnet_blocks.3,resnet_blocks.4"),
    "cifar": ("cli/cifar.th", "cli/photo.jpg", "", "layer2,layer3"),
    "resnet": ("seeded/resnet18.safetensors", "cli/photo.jpg", _SMALL, "layer3,layer4"),
    "vgg": ("seeded/vgg11.safetensors", "cli/photo.jpg", _SMALL, "features.10,features.15"),
    "alexnet": ("seeded/alexnet.safetensors", "cli/gray.jpg", _SMALL, "features.7,features.11"),
    "densenet": ("seeded/densenet.safetensors", "cli/photo.jpg", _SMALL, "features.denseblock3,relu"),
    "squeezenet": ("seeded/squeezenet1_0.safetensors", "cli/photo.jpg", _SMALL, "features.8,classifier.2"),
    "mobilenet": ("seeded/mobilenet_v2.safetensors", "cli/photo.jpg", _SMALL, "features.10,features.18"),
    "onnx-dense": ("networks/dense-current.onnx", "cli/tiny.png", "", "features.relu,features.trunk"),
    "onnx-patches": ("networks/patches-current.onnx", "cli/tiny.png", "", "features.stem,features.gelu"),
    "onnx-branches": ("networks/branches-current.onnx", "cli/tiny.png", "", "features.relu,features.trunk"),
    "onnx-enlarged": ("networks/enlarged-current.onnx", "cli/tiny.png", "", "features.down,features.trunk"),
    "onnx-shuffle": ("networks/shuffle-current.onnx", "cli/tiny.png", "", "features.branch,features.trunk"),
    "onnx-squeeze": ("networks/squeeze-current.onnx", "cli/tiny.png", "", "features.stem,features.trunk"),
}


def explain(model: str, words: str) -> str:
    weights, image, options, _ = MODELS[model]
    return f"explain {image} -w {weights} {options} {words} {KEPT}"


def _method(method: str, model: str) -> str:
    layers = MODELS[model][3]
    words = f"-m {method}" + (" --samples 3" if method in SAMPLING else "")
    return words + (f" -l {layers}" if method == "refinecam" else "")


def add(runs: Runs):
    for model in MODELS:
        for method in METHODS:
            runs.add(f"methods/{model}/{method}", explain(model, _method(method, model)))
    for library in LIBRARIES:
        for model in ["cifar", "squeezenet", "onnx-dense"]:
            for method in METHODS:
                runs.add(f"compat/{library}/{model}/{method}",
                         explain(model, f"{_method(method, model)} --compat {library}"))
    for name, words in _OPTIONS.items():
        for model in ["cifar", "resnet", "onnx-dense"]:
            for method in ["gradcam", "layercam", "eigencam", "scorecam", "saliency", "rise"]:
                runs.add(f"map-options/{name}/{model}/{method}",
                         explain(model, f"{_method(method, model)} {words}"))
    for method in METHODS:
        for name, words in {
                "two": "--aug-smooth --eigen-smooth", "signed": "--signed", "against": "-t 1 --against 2",
                "batch": "--batch 2", "many": "-t 0 -t 2 -t top", "counterfactual":
                "--counterfactual --normalize minmax", "im2col": "--engine im2col", "output":
                "--score output --normalize none"
        }.items():
            runs.add(f"each-method/{name}/{method}", explain("cifar", f"{_method(method, 'cifar')} {words}"))
        if method not in ("sscam", "refinecam"):
            runs.add(f"each-method/layers/{method}",
                     explain("cifar", f"{_method(method, 'cifar')} -l layer1,layer2"))
    _layers(runs)
    _targets(runs)
    _choices(runs)


_OPTIONS = {
    "output": "--score output",
    "logit": "--score logit",
    "max": "--normalize max",
    "minmax": "--normalize minmax",
    "none": "--normalize none",
    "signed": "--signed",
    "signed-none": "--signed --normalize none",
    "counterfactual": "--counterfactual",
    "counterfactual-signed": "--counterfactual --signed",
    "against": "-t 0 --against 1",
    "aug": "--aug-smooth",
    "eigen": "--eigen-smooth",
    "aug-eigen": "--aug-smooth --eigen-smooth",
    "batch-1": "--batch 1",
    "batch-7": "--batch 7",
    "seed": "--seed 12345678901",
    "strict": "--strict",
    "im2col": "--engine im2col",
    "threads": "--threads 1",
    "threads-3": "--threads 3 --jobs 1",
    "dump": "--dump out.safetensors",
    "dump-none": "--dump out.safetensors --normalize none --score output",
}


def _layers(runs: Runs):
    for name, (model, words) in {
            "last": ("cifar", "-l layer3.-1"),
            "first": ("cifar", "-l layer1.0"),
            "several": ("cifar", "-l layer1,layer2 -l layer3"),
            "inner": ("cifar", "-l layer2.0.conv1,layer2.0.bn1"),
            "twice": ("cifar", "-l layer2,layer2 -l layer2"),
            "same-by-two-names": ("cifar", "-l layer3.-1,layer3.0"),
            "input": ("cifar", "-l input"),
            "conv": ("cifar", "-l conv1"),
            "head": ("cifar", "-l linear"),
            "none": ("cifar", "-l layer9"),
            "near": ("cifar", "-l layr3"),
            "over": ("cifar", "-l layer3.7"),
            "under": ("cifar", "-l layer3.-7"),
            "word": ("cifar", "-l layer3.x"),
            "empty-item": ("cifar", "-l layer3,"),
            "demo-minus": ("demo", "-l resnet_blocks.-1,resnet_blocks.-2"),
            "demo-whole": ("demo", "-l resnet_blocks"),
            "demo-all":
        ("demo",
         "-l resnet_blocks.0,resnet_blocks.1,resnet_blocks.2,resnet_blocks.3,resnet_blocks.4 -m layercam"),
            "demo-head": ("demo", "-l classifier.0"),
            "dense": ("densenet", "-l features.denseblock1,features.-1"),
            "onnx-node": ("onnx-dense", "-l features.-1,features.relu_1"),
            "onnx-none": ("onnx-patches", "-l zzz"),
            "squeeze-fire": ("squeezenet", "-l features.12.squeeze,features.12.expand3x3_activation"),
    }.items():
        runs.add(f"layers/{name}", explain(model, words))
    for fuse in ["mean", "max", "product"]:
        for method in ["gradcam", "layercam", "eigencam", "scorecam", "saliency"]:
            for words in [
                    "", "--signed", "--normalize none", *(f"--compat {library}" for library in LIBRARIES)
            ]:
                name = words.replace("--", "").replace(" ", "-")
                runs.add(f"fuse/{fuse}/{method}{'/' if name else ''}{name or '/plain'}",
                         explain("cifar", f"-m {method} -l layer1,layer2,layer3 --fuse {fuse} {words}"))
    runs.add("fuse/one", explain("cifar", "-l layer2 --fuse mean"))
    runs.add("fuse/negative", explain("demo", "-l resnet_blocks.-1,resnet_blocks.-3 --fuse max -m gradcam++"))
    runs.add("fuse/refinecam", explain("cifar", "-l layer1,layer2 --fuse mean -m refinecam"))


def _targets(runs: Runs):
    for model in ["demo", "cifar", "onnx-dense", "resnet"]:
        for target in [
                "top", "top5", "all", "0", "1", "-1", "99", "positive", "negative", "opacity", "opacty",
                "TOP", "0,1", "top,1", "1 -t 1", "top -t 0", "all -t 0", "''", "top5 --against 0",
                "all --against 1", "top --against 0", "top --against 1", "0 --against 0", "1 --against 99",
                "1 --against top", "1 --against normal"
        ]:
            name = target.replace(" ", "").replace("'", "") or "empty"
            runs.add(f"targets/{model}/{name}", explain(model, f"-t {target}"))


def _choices(runs: Runs):
    for name, (model, words) in {
            "several-methods": ("cifar", "-m gradcam,layercam -m eigencam,gradcam"),
            "budget": ("cifar", "-m rise --budget 0.000001 --batch 4"),
            "budget-smoothgrad": ("cifar", "-m smoothgrad --budget 0.000001 --batch 2"),
            "budget-none": ("cifar", "-m gradcam --budget 1"),
            "budget-samples": ("cifar", "-m rise --samples 5 --budget 0.000001 --batch 2"),
            "samples-none": ("cifar", "-m gradcam --samples 3"),
            "steps-too-many": ("cifar", "-m integratedgradients --samples 1000000"),
            "seed-1": ("cifar", "-m randomcam --seed 1"),
            "seed-max": ("cifar", f"-m rise --samples 9 --seed {2**63 - 1}"),
            "samples-17": ("cifar", "-m rise --samples 17 --batch 5"),
            "against-no-class": ("cifar", "-m eigencam --against 1"),
            "counterfactual-no-class": ("cifar", "-m eigencam --counterfactual"),
            "against-fem": ("cifar", "-m gradcam,fem --against 1"),
            "unknown": ("cifar", "-m gradcamm"),
            "unknown-far": ("cifar", "-m xyzzyxyzzy"),
            "empty-item": ("cifar", "-m gradcam,,fem"),
            "uppercase": ("cifar", "-m GradCAM"),
            "strict-fails": ("onnx-squeeze", "--strict"),
            "compat-look": ("cifar", "--compat torch-cam --alpha 0.9 --colormap viridis"),
            "compat-normalize": ("cifar", "--compat captum --normalize none"),
            "compat-signed": ("cifar", "--compat captum --signed"),
            "compat-panel": ("cifar", "--compat pytorch-grad-cam --panel"),
            "compat-aug": ("cifar", "--compat pytorch-grad-cam --aug-smooth"),
            "compat-eigen": ("cifar", "--compat pytorch-grad-cam --eigen-smooth"),
            "compat-original": ("cifar", "--compat captum --canvas original --boxes"),
            "demo-score": ("demo", "--score output -m gradcam,gradcam++"),
            "demo-compat": ("demo", "--compat pytorch-grad-cam -m gradcam,xgradcam,fem"),
            "demo-vargrad": ("demo", "-m vargrad --samples 2 --signed"),
            "dump": ("demo", "--dump d.safetensors"),
            "dump-saliency": ("demo", "-m saliency --dump d.safetensors"),
            "dump-eigencam": ("cifar", "-m eigencam --dump d.safetensors"),
            "dump-fused": ("cifar", "-l layer2,layer3 --fuse mean --dump d.safetensors"),
    }.items():
        runs.add(f"choices/{name}", explain(model, words))
