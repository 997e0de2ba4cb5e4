#!/usr/bin/env python3
"""Writes what the methods' formulas give into Tests/Fixtures/methods, for the tests of GradCAMCore/CAM.

    pip install "torch==2.13.0+cpu" "torchvision==0.28.0" timm==1.0.31 grad-cam==1.5.7 torchcam==0.5.0 captum safetensors numpy
    Scripts/make_method_fixtures.py

`formulas`: the papers' formulas written down again in double precision, with PyTorch's own gradients.
`libraries`: what pytorch-grad-cam and torch-cam compute. `captum`: its attributions on three models, every third pixel.
Weights and inputs are made up as in make_operation_fixtures.py.
"""
import copy
import numpy as np
import make_operation_fixtures as base
from make_operation_fixtures import models, narrow, save, synthetic
import torch, torch.nn as nn, torch.nn.functional as F

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(z):
    z = z.astype(np.uint64)
    with np.errstate(over="ignore"):
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


class Random:
    """The tool's counter-based random numbers, written down again."""

    def __init__(self, seed, stream):
        first = int(mix(np.array([(seed + GOLDEN) & MASK], np.uint64))[0])
        self.key = int(mix(np.array([first ^ (stream * 0xD1342543DE82EF95 & MASK)], np.uint64))[0])

    def bits(self, indices):
        with np.errstate(over="ignore"):
            return mix(np.uint64(self.key) + (np.asarray(indices).astype(np.uint64) + np.uint64(1)) * np.uint64(GOLDEN))

    def uniform(self, indices):
        return (self.bits(indices) >> np.uint64(40)).astype(np.float64) * 2.0**-24

    def normal(self, indices):
        bits = self.bits(indices)
        radius = np.sqrt(-2 * np.log(((bits >> np.uint64(32)).astype(np.float64) + 1) * 2.0**-32))
        return radius * np.cos(2 * np.pi * (bits & np.uint64(0xFFFFFFFF)).astype(np.float64) * 2.0**-32)


def made_up(model):
    """The model with the weights that its names and shapes say."""
    model.load_state_dict({key: synthetic(key, tuple(value.shape)) for key, value in base.parameters(model).items()}, strict=False)
    for module in model.modules():
        if isinstance(module, (nn.ReLU, nn.ReLU6)):
            module.inplace = False
    return model.eval()


class Case:
    """A model, an input and a layer in double precision; the score of one class."""

    def __init__(self, model, shape, layer, target):
        self.model, self.target = made_up(model).double(), target
        self.layer = self.model.get_submodule(layer)
        self.x = synthetic("input", shape).double()
        self.A, self.G, self.y = self.at(self.x)

    def score(self, output):
        return output.flatten(1)[:, self.target]

    def at(self, x):
        """Activations and gradients at the layer, and the scores, of a batch."""
        seen = []
        handle = self.layer.register_forward_hook(lambda m, i, o: seen.append(o))
        y = self.score(self.model(x))
        handle.remove()
        return seen[-1].detach(), torch.autograd.grad(y.sum(), seen[-1])[0], y.detach()

    def scores(self, x):
        with torch.no_grad():
            return torch.cat([self.score(self.model(part)) for part in x.split(16)])

    def replaced(self, activations):
        """The scores with other activations at the layer."""
        with torch.no_grad():
            handle = self.layer.register_forward_hook(lambda m, i, o: activations)
            y = self.score(self.model(self.x.expand(len(activations), -1, -1, -1)))
            handle.remove()
        return y

    def input_gradient(self, x):
        x = x.detach().clone().requires_grad_()
        return torch.autograd.grad(self.score(self.model(x)).sum(), x)[0]

    def noise(self, random, samples):
        """n C H W of normal numbers, counted as the tool stores them: channels last."""
        _, c, h, w = self.x.shape
        size = c * h * w
        values = random.normal(np.arange(samples * size)).reshape(samples, h, w, c)
        return torch.from_numpy(values).permute(0, 3, 1, 2)


def unit(x):
    """Scaled to 0…1 over the last two axes."""
    low, high = x.amin((-2, -1), keepdim=True), x.amax((-2, -1), keepdim=True)
    return torch.where(high > low, (x - low) / (high - low).clamp_min(1e-300), torch.zeros_like(x))


def weighted(w, a):
    return (w[:, :, None, None] * a).sum(1)


def plus_plus(a, g):
    sums = a.sum((2, 3), keepdim=True)
    alpha = torch.where(g != 0, g**2 / (2 * g**2 + g**3 * sums), torch.zeros_like(g))
    return weighted((alpha * g.clamp_min(0)).sum((2, 3)), a)


def principal(x, centered, largest=False):
    """The first principal component of 1 C H W, its sign by the channels' sum or by its largest magnitude."""
    rows = x[0].flatten(1).T
    if centered:
        rows = rows - rows.mean(0)
    v = torch.linalg.svd(rows, full_matrices=False)[2][0]
    m = rows @ v
    turned = -m.min() > m.max() if largest else m @ rows.sum(1) < 0
    return (-m if turned else m).reshape(x.shape[2:])


def kernel_principal(x):
    rows = x[0].flatten(1).T
    rows = rows - rows.mean(0)
    k = torch.tanh(rows @ rows.T / rows.shape[1] + 1)
    k = k - k.mean(0) - k.mean(1, keepdim=True) + k.mean()
    values, vectors = torch.linalg.eigh(k)
    m = vectors[:, -1] * values[-1].sqrt()
    return (-m if m @ rows.sum(1) < 0 else m).reshape(x.shape[2:])


def layer_maps(case):
    """The papers' maps before any ReLU."""
    a, g, x = case.A, case.G, case.x
    maps = {
        "gradcam": weighted(g.mean((2, 3)), a), "hirescam": (g * a).sum(1), "layercam": (g.clamp_min(0) * a).sum(1),
        "gradcam-elementwise": (g * a).clamp_min(0).sum(1), "gradcam++": plus_plus(a, g),
        "eigencam": principal(a, False), "eigengradcam": principal(g * a, True), "segeigencam": principal(g.abs() * a, True, True),
        "kpcacam": kernel_principal(a), "gradcam.eigensmooth": principal(g.mean((2, 3), keepdim=True) * a, True),
    }
    sums, magnitudes = a.sum((2, 3)), a.abs().sum((2, 3))
    share = torch.where(sums.abs() > 1e-7 * magnitudes, (g * a).sum((2, 3)) / sums, torch.zeros_like(sums))
    maps["xgradcam"] = weighted(share, a)
    threshold = a.mean((2, 3), keepdim=True) + 2 * a.std((2, 3), keepdim=True, unbiased=False)
    maps["fem"] = weighted(a.mean((2, 3)), (a >= threshold).double())
    channels, (h, w) = a.shape[1], a.shape[2:]
    ablated = a.repeat(channels, 1, 1, 1)
    ablated[range(channels), range(channels)] = 0
    maps["ablationcam"] = weighted(((case.y - case.replaced(ablated)) / case.y.abs())[None], a)
    cells = torch.eye(h * w).double().reshape(h * w, 1, h, w) * a
    kept = case.replaced(cells).reshape(h, w)
    maps["reciprocam"] = kept - kept.min()
    masks = unit(F.interpolate(a, x.shape[2:], mode="bilinear"))[0][:, None]
    maps["scorecam"] = weighted(case.scores(x * masks).softmax(0)[None], a)
    steps = torch.stack([case.scores(x * masks * i / 10) for i in range(1, 11)]).mean(0)
    maps["iscam"] = weighted(steps.softmax(0)[None], a)
    size = x.shape[2] * x.shape[3]
    noise = torch.from_numpy(2 * Random(7, 3).normal(np.arange(3 * size))).reshape(3, 1, 1, *x.shape[2:])
    smooth = torch.stack([case.scores(x * (masks + n)) for n in noise]).mean(0)
    maps["sscam"] = weighted(smooth.softmax(0)[None], a)
    _, noisy, _ = case.at(x + 0.3 * case.noise(Random(7, 1), 6))
    g1, g2, g3 = (noisy**power for power in (1, 2, 3))
    g1, g2, g3 = (m.mean(0, keepdim=True) for m in (g1, g2, g3))
    below = 2 * g2 + g3 * a.sum((2, 3), keepdim=True)
    alpha = torch.where(below != 0, g2 / below, torch.zeros_like(g2))
    maps["smoothgradcam++"] = weighted((alpha * g1.clamp_min(0)).sum((2, 3)), a)
    maps["randomcam"] = weighted(torch.from_numpy(Random(7, 2).uniform(np.arange(channels)) * 2 - 1)[None], a)
    return {key: value.squeeze() for key, value in maps.items()}


def through_relus(case, rule):
    """The input's gradient with other gradients passing the ReLUs, modules or functions."""

    class Passing(torch.autograd.Function):
        @staticmethod
        def forward(context, x, high):
            context.save_for_backward(x)
            context.high = high
            return x.clamp(0, high)

        @staticmethod
        def backward(context, gradient):
            x, = context.saved_tensors
            is_open = ((x > 0) & (x < context.high)).double() if rule == "guided" else 1
            return gradient.clamp_min(0) * is_open, None

    relu, forward6, forward = F.relu, nn.ReLU6.forward, nn.ReLU.forward
    F.relu = lambda x, inplace=False: Passing.apply(x, float("inf"))
    nn.ReLU.forward = lambda self, x: Passing.apply(x, float("inf"))
    nn.ReLU6.forward = lambda self, x: Passing.apply(x, 6.0)
    gradient = case.input_gradient(case.x)
    F.relu, nn.ReLU6.forward, nn.ReLU.forward = relu, forward6, forward
    return gradient


def full_gradient(case):
    kept, handles, grads = [], [], []
    for module in case.model.modules():
        if isinstance(module, nn.Conv2d) and module.bias is not None:
            bias = module.bias
        elif isinstance(module, nn.BatchNorm2d):
            bias = module.bias - module.running_mean * module.weight / (module.running_var + module.eps).sqrt()
        else:
            continue
        def keep(m, i, o, bias=bias.detach()):
            o.register_hook(lambda g: grads.append(bias[:, None, None] * g))
        handles.append(module.register_forward_hook(keep))
    gradient = case.input_gradient(case.x)
    for handle in handles:
        handle.remove()
    total = 0
    for part in [case.x * gradient] + grads:
        part = part.abs()
        part = (part - part.min()) / (part.max() - part.min()).clamp_min(1e-300)
        total = total + F.interpolate(part.sum(1, keepdim=True), case.x.shape[2:], mode="bilinear")
    return total.squeeze()


def attributions(case):
    """By channel, but for maps that have none."""
    x = case.x
    gradient = case.input_gradient(x)
    noisy = case.input_gradient(x + 0.15 * (x.max() - x.min()) * case.noise(Random(7, 1), 6))
    places, weights = np.polynomial.legendre.leggauss(20)
    path = torch.stack([x[0] * (p + 1) / 2 for p in places])
    integral = (case.input_gradient(path) * torch.from_numpy(weights / 2)[:, None, None, None]).sum(0, keepdim=True)
    guided = through_relus(case, "guided")
    cam = F.interpolate(weighted(case.G.mean((2, 3)), case.A).clamp_min(0)[None], x.shape[2:], mode="bilinear")
    h, w = x.shape[2:]
    side = min(h, w) // 8
    step = max(side // 2, 1)
    starts = lambda length: range(0, -(-(length - side) // step) * step + 1, step)
    drops, counts = torch.zeros(h, w).double(), torch.zeros(h, w).double()
    for top in starts(h):
        for left in starts(w):
            hidden = x.clone()
            hidden[:, :, top : top + side, left : left + side] = 0
            drops[top : top + side, left : left + side] += (case.y - case.scores(hidden))[0]
            counts[top : top + side, left : left + side] += 1
    return {
        "saliency": gradient.abs(), "inputxgradient": x * gradient, "smoothgrad": noisy.mean(0, keepdim=True),
        "vargrad": noisy.var(0, unbiased=False, keepdim=True), "integratedgradients": x * integral, "guidedbackprop": guided,
        "deconvnet": through_relus(case, "deconvolved"), "guidedgradcam": guided * cam, "occlusion": drops / counts,
        "fullgrad": full_gradient(case), "rise": rise(case),
    }


def rise(case, samples=24, cells=7):
    h, w = case.x.shape[2:]
    ch, cw = -(-h // cells), -(-w // cells)
    random, total = Random(7, 4), 0
    for sample in range(samples):
        first = sample * (cells * cells + 2)
        grid = torch.from_numpy((random.uniform(first + np.arange(cells * cells)) < 0.5).astype(float)).reshape(1, 1, cells, cells)
        top = int(random.uniform([first + cells * cells])[0] * ch)
        left = int(random.uniform([first + cells * cells + 1])[0] * cw)
        mask = F.interpolate(grid, ((cells + 1) * ch, (cells + 1) * cw), mode="bilinear")[..., top : top + h, left : left + w]
        with torch.no_grad():
            p = case.model(case.x * mask).flatten(1).softmax(1)[0, case.target]
        total = total + p * mask / (samples * 0.5)
    return total.squeeze()


MODELS = {
    "cifar": (lambda: base.CIFARResNet(1, 4, 10), (1, 3, 20, 28), 3),
    "squeezenet1_0": (lambda: narrow(models.squeezenet1_0(), 8, 3, 5), (1, 3, 70, 61), 2),
    "vgg11": (lambda: narrow(models.vgg11(), 16, 3, 5), (1, 3, 64, 96), 4),
    "alexnet": (lambda: narrow(models.alexnet(), 16, 3, 4), (1, 3, 127, 90), 3),
}


def formulas():
    for name, layers in {"cifar": ["layer3", "layer2"], "squeezenet1_0": ["features.8"]}.items():
        make, shape, target = MODELS[name]
        tensors = {}
        for layer in layers:
            case = Case(make(), shape, layer, target)
            tensors.update({f"{layer}.{key}": value for key, value in layer_maps(case).items()})
        tensors.update({key: thinned(value) for key, value in attributions(case).items()})
        if name == "cifar":
            tensors.update(contrasts(make, shape, target))
        save(f"methods/{name}", tensors)
    curved()


def contrasts(make, shape, target):
    """Methods and options that change the score, and those that join layers."""
    case = Case(make(), shape, "layer3", target)
    logits = case.model(case.x).detach()[0]
    near = [d for d in (logits - logits[target]).abs().argsort().tolist() if d != target][:3]
    scores = {
        "finercam": lambda o: o[:, target] - 0.6 * o[:, near].mean(1), "against.5": lambda o: o[:, target] - o[:, 5],
        "counterfactual": lambda o: -o[:, target],
    }
    tensors = {}
    for key, score in scores.items():
        case.score = score
        a, g, _ = case.at(case.x)
        tensors[f"layer3.{key}"] = weighted(g.mean((2, 3)), a).squeeze()
    maps = {}
    for layer in ("layer2", "layer3"):
        case = Case(make(), shape, layer, target)
        for key, m in (("gradcam", weighted(case.G.mean((2, 3)), case.A)), ("gradcam++", plus_plus(case.A, case.G))):
            m = m.clamp_min(0)
            maps.setdefault(key, []).append(m / m.max())
    for key, (one, other) in maps.items():
        other = F.interpolate(other[None], one.shape[1:], mode="bilinear")[0]
        maps[key] = torch.cat([one, other])
    tensors["fused.mean"], tensors["fused.max"] = maps["gradcam"].mean(0), maps["gradcam"].amax(0)
    tensors["fused.product"], tensors["refinecam"] = maps["gradcam"].prod(0), maps["gradcam++"].prod(0)
    case, augmented = Case(make(), shape, "layer3", target), 0
    for flip in (False, True):
        for factor in (0.9, 1, 1.1):
            a, g, _ = case.at((case.x.flip(3) if flip else case.x) * factor)
            m = weighted(g.mean((2, 3)), a).clamp_min(0)
            augmented = augmented + (m.flip(2) if flip else m) / 6
    tensors["augmented"] = augmented.squeeze()
    return tensors


def curved():
    """Shapley-CAM where the Hessian is not zero: the X-ray classifier's score behind its sigmoid, by a double backward pass."""
    model = made_up(base.XRayClassifier(3, 2)).double()
    x = synthetic("input", (1, 3, 256, 256)).double()
    a = model.resnet_blocks(x).detach().requires_grad_()
    g, = torch.autograd.grad(model.classifier(a).sum(), a, create_graph=True)
    h, = torch.autograd.grad(g, a, grad_outputs=a.detach())
    save("methods/curved", {"shapleycam": weighted((g - 0.5 * h).mean((2, 3)), a).squeeze(),
                            "gradcam": weighted(g.mean((2, 3)), a).squeeze()})


def thinned(values):
    """Every third row and column."""
    return values[..., ::3, ::3]


def libraries():
    import pytorch_grad_cam as pgc
    from pytorch_grad_cam.utils.image import show_cam_on_image
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
    import torchcam.methods as tc
    make, shape, target = MODELS["cifar"]
    model, x, tensors = made_up(make()), synthetic("input", shape), {}
    layer2, layer3, targets = model.layer2, model.layer3, [ClassifierOutputTarget(target)]

    def raw(cls, **options):
        with cls(model=model, target_layers=[layer3], **options) as cam:
            xs = x.clone().requires_grad_(True)
            cam.outputs = cam.activations_and_grads(xs)
            model.zero_grad()
            targets[0](cam.outputs[0]).backward(retain_graph=True)
            a, g = (part[-1].detach().numpy() for part in (cam.activations_and_grads.activations, cam.activations_and_grads.gradients))
            return np.asarray(cam.get_cam_image(x, layer3, targets, a, g, False), np.float32)[0]

    for key, cls in (("fem", pgc.FEM), ("kpcacam", pgc.KPCA_CAM), ("eigencam", pgc.EigenCAM)):
        tensors[f"pgc.{key}"] = torch.from_numpy(raw(cls))

    def whole(cam, **options):
        return torch.from_numpy(np.asarray(cam(input_tensor=x.clone().requires_grad_(True), **options), np.float32)[0].copy())

    tensors["pgc.fullgrad"] = whole(pgc.FullGrad(model, []), targets=targets)
    tensors["pgc.finercam"] = whole(pgc.FinerCAM(model, [layer3]), target_idx=target)
    tensors["pgc.fused"] = whole(pgc.GradCAM(model, [layer2, layer3]), targets=targets)
    tensors["pgc.augmented"] = whole(pgc.GradCAM(model, [layer3]), targets=targets, aug_smooth=True)
    tensors["pgc.refinecam"] = whole(pgc.RefineCAM(model, [layer2, layer3]), targets=targets)
    tensors["pgc.gradcam"] = gray = whole(pgc.GradCAM(model, [layer3]), targets=targets)
    picture = (synthetic("picture", (20, 28, 3)) - 0.3 > 0).double() * 0.5 + 0.2
    levels = (picture * 255).round()
    tensors["picture"] = levels
    shown = show_cam_on_image((levels / 255).numpy().astype(np.float32), gray.numpy(), use_rgb=True)
    tensors["pgc.overlay"] = torch.from_numpy(shown).float()
    for key, cls, layers in (("iscam", tc.ISCAM, "layer3"), ("gradcam", tc.GradCAM, "layer3"), ("layercam", tc.LayerCAM, ["layer2", "layer3"])):
        with cls(model, target_layer=layers, **({"num_samples": 10} if key == "iscam" else {})) as extractor:
            maps = extractor(target, model(x.clone().requires_grad_(True)), normalized=key != "iscam")
            tensors[f"torchcam.{key}"] = (extractor.fuse_cams(maps) if len(maps) > 1 else maps[0]).detach().squeeze()
    save("methods/libraries", tensors)


def captum():
    import captum.attr as ca
    for name, layer in (("squeezenet1_0", "features.8"), ("vgg11", "features.19"), ("alexnet", "features.11")):
        make, shape, target = MODELS[name]
        model, x = made_up(make()), synthetic("input", shape)
        at = model.get_submodule(layer)
        side = min(shape[2:]) // 8
        window = {"sliding_window_shapes": (3, side, side), "strides": (3, side // 2, side // 2)}
        values = {
            "saliency": ca.Saliency(model).attribute(x.clone().requires_grad_(), target),
            "inputxgradient": ca.InputXGradient(model).attribute(x.clone().requires_grad_(), target),
            "integratedgradients": ca.IntegratedGradients(model).attribute(x, target=target, n_steps=20),
            "guidedbackprop": ca.GuidedBackprop(copy.deepcopy(model)).attribute(x.clone().requires_grad_(), target),
            "deconvnet": ca.Deconvolution(copy.deepcopy(model)).attribute(x.clone().requires_grad_(), target),
            "occlusion": ca.Occlusion(model).attribute(x, target=target, **window),
        }
        guided = copy.deepcopy(model)
        values["guidedgradcam"] = ca.GuidedGradCam(guided, guided.get_submodule(layer)).attribute(x.clone().requires_grad_(), target)
        tensors = {key: thinned(value) for key, value in values.items()}
        tensors["gradcam"] = ca.LayerGradCam(model, at).attribute(x, target).squeeze()
        save(f"methods/captum-{name}", tensors)


if __name__ == "__main__":
    formulas()
    libraries()
    captum()
