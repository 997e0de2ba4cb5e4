"""One engine with one model in a process of its own. Run by Scripts/benchmark with the peers' Python:

    peer.py ENGINE FOLDER MODEL THREADS

Says `{"ready": ...}` and then answers each line of standard input with a line of JSON: `runs N` times N passes one by
one, `seconds S` counts passes for S seconds, `peak` tells the most memory held.
"""

import json
import os
import pathlib
import resource
import sys
import time

import numpy as np


class Setting:
    """What every engine is made from."""

    def __init__(self, folder, name, threads):
        self.folder, self.name, self.threads = pathlib.Path(folder), name, threads
        self.x = np.load(self.file("input.npy"))

    def file(self, ending):
        return self.folder / f"{self.name}.{ending}"


# ----------------------------------------------------------------------------------------------------------------------
# Forward passes: each of these returns a function that runs one, on an input that is where the engine wants it, in
# single precision throughout, and returns the output.


def onnxruntime(setting):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = setting.threads, 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(setting.file("onnx")), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"image": setting.x})[0]


def ncnn(setting):
    import ncnn

    net = ncnn.Net()
    net.opt.num_threads = setting.threads
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = False
    net.opt.use_bf16_storage = False
    if net.load_param(str(setting.file("ncnn.param"))) or net.load_model(str(setting.file("ncnn.bin"))):
        raise RuntimeError("ncnn does not load what pnnx wrote")
    source = ncnn.Mat(setting.x[0]).clone()

    def forward():
        extractor = net.create_extractor()
        extractor.input("in0", source)
        return np.array(extractor.extract("out0")[1])

    return forward


def mnn(setting):
    import MNN

    interpreter = MNN.Interpreter(str(setting.file("mnn")))
    session = interpreter.createSession({"backend": "CPU", "numThread": setting.threads, "precision": "high"})
    target = interpreter.getSessionInput(session)
    kind = MNN.Tensor_DimensionType_Caffe
    target.copyFrom(MNN.Tensor(tuple(setting.x.shape), MNN.Halide_Type_Float, setting.x, kind))
    output = interpreter.getSessionOutput(session)
    shape = output.getShape()
    result = MNN.Tensor(shape, MNN.Halide_Type_Float, np.zeros(shape, np.float32), kind)

    def forward():
        interpreter.runSession(session)
        output.copyToHostTensor(result)
        return np.array(result.getNumpyData() if hasattr(result, "getNumpyData") else result.getData())

    return forward


def openvino(setting):
    import openvino

    # Left alone it may compute in bfloat16 where the processor can.
    options = {"INFERENCE_NUM_THREADS": setting.threads, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    request = openvino.Core().compile_model(str(setting.file("onnx")), "CPU", options).create_infer_request()
    request.set_input_tensor(openvino.Tensor(setting.x))

    def forward():
        request.infer()
        return request.get_output_tensor().data

    return forward


def torch_model(setting):
    import torch

    import models

    torch.set_num_threads(setting.threads)
    return torch, models.load(setting.folder, setting.name), models.ENTRIES[setting.name].layer


def pytorch(setting):
    torch, model, _ = torch_model(setting)
    x = torch.from_numpy(setting.x)

    def forward():
        with torch.inference_mode():
            return model(x).numpy()

    return forward


# ----------------------------------------------------------------------------------------------------------------------
# Whole explanations: forward, backward and map. They return the map, which is not compared.


def pytorch_article(setting):
    """As the tutorial does it: hooks that stay, a backward pass through the whole network."""
    from shared.networks import without_inplace

    torch, model, path = torch_model(setting)
    seen, x = {}, torch.from_numpy(setting.x)
    layer = model.get_submodule(path)
    layer.register_forward_hook(lambda module, inputs, output: seen.update(activations=output.detach().clone()))
    layer.register_full_backward_hook(lambda module, inputs, outputs: seen.update(gradients=outputs[0]))
    without_inplace(model)  # A full backward hook refuses a layer whose output a next one overwrites.

    def explain():
        model.zero_grad()
        model(x).max().backward()
        pooled = seen["gradients"].mean(dim=(0, 2, 3))
        heatmap = (seen["activations"] * pooled[None, :, None, None]).mean(dim=1).relu()
        return (heatmap / heatmap.max().clamp(min=1e-12)).numpy()

    return explain


def grad_cam(setting):
    torch, model, path = torch_model(setting)
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import BinaryClassifierOutputTarget, ClassifierOutputTarget

    if setting.name == "xray":
        model.classifier.append(torch.nn.Flatten())
    cam = GradCAM(model=model, target_layers=[model.get_submodule(path)])
    x = torch.from_numpy(setting.x)
    top = int(np.load(setting.file("output.npy")).argmax())
    target = BinaryClassifierOutputTarget(1) if setting.name == "xray" else ClassifierOutputTarget(top)
    return lambda: cam(input_tensor=x, targets=[target])


def torchcam(setting):
    torch, model, path = torch_model(setting)
    from shared.networks import without_inplace
    from torchcam.methods import GradCAM

    if setting.name == "xray":
        model.classifier.append(torch.nn.Flatten())
    without_inplace(model)
    cam = GradCAM(model, target_layer=path)
    x = torch.from_numpy(setting.x).requires_grad_(True)
    top = int(np.load(setting.file("output.npy")).argmax())
    return lambda: cam(top, model(x))[0].numpy()


FORWARD = {"onnxruntime": onnxruntime, "ncnn": ncnn, "mnn": mnn, "openvino": openvino, "pytorch": pytorch}
EXPLAIN = {"pytorch-article": pytorch_article, "grad-cam": grad_cam, "torchcam": torchcam}


# ----------------------------------------------------------------------------------------------------------------------


def difference(found, expected):
    """The largest difference from PyTorch's output, as a share of its largest magnitude."""
    found, expected = (np.asarray(values, np.float64).reshape(-1) for values in (found, expected))
    if found.shape != expected.shape:
        return float("inf")
    return float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-30))


def answer(line, run):
    word, *values = line.split()
    if word == "runs":
        times = []
        for _ in range(int(values[0])):
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1000)
        return {"times": times}
    if word == "seconds":
        count, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < float(values[0]):
            run()
            count += 1
        return {"count": count, "seconds": elapsed}
    return {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main():
    # Engines print what they please on standard output; the answers keep it to themselves.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    engine, folder, name, threads = sys.argv[1:]
    setting = Setting(folder, name, int(threads))
    try:
        run = (FORWARD | EXPLAIN)[engine](setting)
        output = run()
        ready = {"ready": True, "difference": None}
        if engine in FORWARD:
            ready["difference"] = difference(output, np.load(setting.file("output.npy")))
    except Exception as error:  # Whatever an engine throws is its line in the table.
        text = str(error).strip().splitlines()
        ready = {"ready": False, "error": f"{type(error).__name__}: {text[0] if text else ''}"}
    print(json.dumps(ready), file=answers, flush=True)
    for line in sys.stdin if ready["ready"] else ():
        print(json.dumps(answer(line, run)), file=answers, flush=True)


if __name__ == "__main__":
    main()
