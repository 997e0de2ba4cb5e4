"""Graphs with each operator of ONNX, with attributes that it takes and some that it does not."""

from recording.kit import Runs, link
from recording.onnx import (HEAD, HEAD_WEIGHTS, STEM, STEM_WEIGHT, Graph, floats, integers, node, number,
                            text, value, with_operator)

LINES = """
Relu
Sigmoid
Tanh
Softplus
Softsign
Mish
HardSwish
Erf
Identity
LeakyRelu | LeakyRelu alpha=0.3
PRelu ; w:4,1,1 | PRelu ; s:0.2 | PRelu ; w:3 | PRelu
Elu | Elu alpha=0.5
Celu alpha=2.0
Selu | Selu alpha=1.5 gamma=1.2
HardSigmoid | HardSigmoid alpha=0.1 beta=0.4
Gelu opset=20 | Gelu approximate=tanh opset=20
Clip ; s:0.1 s:0.4 | Clip ; - s:0.3 | Clip ; s:0.1 | Clip min=0.1 max=0.5 opset=6 | Clip ; x
Softmax | Softmax axis=1 | Softmax axis=9 | Softmax opset=11 | Softmax axis=-3
LogSoftmax axis=1 | LogSoftmax axis=-7
Dropout | Dropout ; s:0.5 n:1 | Dropout ; s:0.5 n:0
Add ; w:4,1,1 | Add ; x | Add ; w:5 | Add ; w:3,3 | Add
Sub ; w:4,8,8 | Sub ; s:1
Mul ; x | Mul ; w:1,4,8,1 | Mul ; w:4,7,8
Div ; s:2 | Div ; w:4,1,1 | Div ; x
Pow ; s:2 | Pow ; s:0.5 | Pow ; x
Min ; s:0.2 | Min ; x s:0.1 s:0.2
Max ; s:0.2 | Max
Sum ; x x
Mean ; x s:1
Sqrt
Exp
Log
Neg
Abs
Reciprocal
Floor
Ceil
Round
Sign
Not
And ; x
Or ; x
Xor ; x
Equal ; s:0.1
Less ; s:0.1
LessOrEqual ; x
Greater ; s:0.1
GreaterOrEqual ; x
Where ; x x | Where ; s:0 x | Where ; x
ReduceMean axes=1, keepdims=1 | ReduceMean keepdims=1 | ReduceMean axes=9, | ReduceMean axes=-1,
ReduceMean opset=18 ; i:-1
ReduceSum axes=3, opset=11 | ReduceSum ; i:3 | ReduceSum noop_with_empty_axes=1
ReduceMax axes=3,
ReduceMin axes=2,
ReduceProd axes=3,
ReduceL1 axes=3,
ReduceL2 axes=3,
ReduceSumSquare axes=3,
ReduceLogSumExp axes=3, | ReduceLogSumExp axes=-5,
ArgMax axis=1 | ArgMax axis=1 keepdims=0 | ArgMax axis=7 | ArgMax axis=3 select_last_index=1
Conv kernel_shape=3,3 pads=1,1,1,1 ; w:4,4,3,3 w:4 | Conv group=4 pads=1,0,2,1 strides=2,1 ; w:4,1,3,3
Conv dilations=2,2 auto_pad=SAME_UPPER ; w:4,4,3,3 | Conv auto_pad=SAME_LOWER strides=2,2 ; w:4,4,2,2
Conv auto_pad=VALID ; w:4,4,3,3 | Conv auto_pad=BOGUS ; w:4,4,3,3 | Conv ; w:4,3,3,3 | Conv group=3 ; w:4,4,3,3
Conv kernel_shape=5,5 ; w:4,4,3,3 | Conv strides=0,1 ; w:4,4,3,3 | Conv pads=1,1,1 ; w:4,4,3,3
Conv ; w:4,4,3,3 w:5 | Conv ; w:4,4,3 | Conv ; w:4,4 | Conv ; w:4,4,9,9 | Conv ; x | Conv ; w:0,4,3,3
Conv strides=1,1,1 ; w:4,4,3,3 | Conv group=0 ; w:4,4,3,3 | Conv pads=-1,-1,-1,-1 ; w:4,4,3,3 | Conv
Conv strides=text ; w:4,4,3,3
ConvTranspose strides=2,2 ; w:4,4,2,2
ConvTranspose group=2 pads=1,1,1,1 output_padding=1,1 strides=2,2 ; w:4,2,3,3 w:4
ConvTranspose output_shape=15,15 strides=2,2 ; w:4,4,3,3 | ConvTranspose output_padding=5,5 ; w:4,4,3,3
ConvTranspose dilations=2,2 ; w:4,4,3,3 | ConvTranspose auto_pad=SAME_UPPER strides=2,2 ; w:4,4,3,3
ConvTranspose ; w:3,4,3,3 | ConvTranspose pads=9,9,9,9 ; w:4,4,3,3 | ConvTranspose ; w:4,0,3,3
BatchNormalization ; w:4 w:4 w:4 f:1,1,2,1 | BatchNormalization epsilon=0.1 ; w:4 w:4 w:4 f:1,1,2,1
BatchNormalization training_mode=1 ; w:4 w:4 w:4 f:1,1,2,1 | BatchNormalization ; w:4 w:4 w:3 f:1,1,2,1
BatchNormalization ; w:5 w:5 w:5 f:1,1,2,1,1 | BatchNormalization ; w:4 w:4
InstanceNormalization ; w:4 w:4 | InstanceNormalization ; w:3 w:3
GroupNormalization num_groups=2 opset=21 ; w:4 w:4 | GroupNormalization num_groups=2 opset=18 ; w:2 w:2
GroupNormalization num_groups=3 ; w:4 w:4 | GroupNormalization num_groups=2 ; w:7 w:7
LayerNormalization ; w:8 w:8 | LayerNormalization axis=1 ; w:4,8,8 | LayerNormalization axis=2 epsilon=0.1 ; w:8,8
LayerNormalization ; w:5 | LayerNormalization axis=9 ; w:8
LRN size=3 | LRN size=2 alpha=0.1 beta=0.5 bias=2.0 | LRN size=0 | LRN size=-2
LpNormalization axis=1 | LpNormalization p=1 axis=-1 | LpNormalization axis=9
Cast to=1 | Cast to=7 | Cast to=9 | Cast to=10 | Cast to=6
CastLike ; x
Reshape ; i:1,4,64,1 | Reshape ; i:0,4,-1,16 | Reshape ; i:-1,4,8,8 | Reshape ; i:1,3,8,8 | Reshape ; i:-1,-1,2
Reshape allowzero=1 ; i:1,0,8,8 | Reshape ; x | Reshape ; i:0,0,0,0,0 | Reshape
Flatten | Flatten axis=2 | Flatten axis=0 | Flatten axis=9 | Flatten axis=-1
Transpose perm=0,1,3,2 | Transpose perm=0,1,2 | Transpose perm=0,1,1,2 | Transpose | Transpose perm=1,0,2,3
Squeeze axes=0, opset=11 | Squeeze ; i:1 | Squeeze | Squeeze ; i:9
Unsqueeze ; i:0 | Unsqueeze axes=2, opset=11 | Unsqueeze | Unsqueeze ; i:9 | Unsqueeze ; i:1,1
Concat axis=2 ; x | Concat axis=1 ; x | Concat axis=1 ; w:1,2,8,8 | Concat axis=2 ; w:1,4,3,7 | Concat axis=9 ; x
Concat axis=-1 ; x x
Split*2 axis=2 | Split*2 axis=1 ; i:4,0 | Split*2 axis=2 split=6,2 opset=11 | Split*2 axis=2 ; i:3,3
Split*2 axis=9 | Split*3 axis=3
Slice ; i:1 i:7 i:2 | Slice ; i:-1 i:-9 i:3 i:-1 | Slice ; i:0,0 i:4,4 i:2,3 i:2,1
Slice starts=1, ends=5, axes=2, opset=9 | Slice ; i:0 i:4 i:9 | Slice ; i:0,1 i:4 | Slice ; i:4 i:4 i:2
Slice ; i:0 | Slice ; i:0 i:4 i:2 i:0 | Slice ; i:0 i:9223372036854775807 i:1
Pad ; i:0,0,1,1,0,0,2,2 | Pad mode=reflect ; i:0,0,1,1,0,0,2,2 | Pad mode=edge ; i:0,0,1,1,0,0,2,2
Pad mode=wrap opset=19 ; i:0,0,1,1,0,0,2,2 | Pad ; i:0,0,1,1,0,0,2,2 s:0.7
Pad pads=0,0,1,1,0,0,1,1 value=0.5 opset=9 | Pad mode=bogus ; i:0,0,1,1,0,0,2,2 | Pad ; i:1,1,1 | Pad
Pad ; i:1,1 s:0 i:2 | Pad ; i:1,1 s:0 i:2,3 | Pad mode=reflect ; i:0,0,9,9,0,0,9,9 | Pad ; i:0,0,-1,-1,0,0,-1,-1
Pad ; i:0,0,-9,0,0,0,0,0 | Pad ; i:1,1,1,1
Expand ; i:1,4,8,8 | Expand ; i:2,4,8,8 | Expand ; i:1,4,8,9 | Expand ; i:1,1,1,1,1
Tile ; i:1,1,2,3 | Tile ; i:1,1 | Tile ; i:1,1,0,1 | Tile ; i:2,1,1,1
Gather axis=2 ; i:1,3,5 | Gather axis=1 ; i:3,2,1,0 | Gather axis=2 ; i:9 | Gather axis=3 ; n:-1
Gather axis=9 ; i:0 | Gather ; i:0
DepthToSpace blocksize=2 | DepthToSpace blocksize=2 mode=CRD | DepthToSpace blocksize=3 | DepthToSpace
DepthToSpace blocksize=0
SpaceToDepth blocksize=2 | SpaceToDepth blocksize=3 | SpaceToDepth blocksize=-1
MatMul ; w:8,8 | MatMul ; w:1,4,8,8 | MatMul ; w:7,8 | MatMul ; x | MatMul ; w:8
Gemm ; w:8,8 | Gemm transB=1 ; w:8,64
Resize mode=nearest ; - f:1,1,2,2 | Resize mode=linear ; - f:1,1,1.5,2 | Resize mode=cubic ; - - i:1,4,12,12
Resize mode=linear coordinate_transformation_mode=align_corners ; - - i:1,4,5,12
Resize mode=nearest nearest_mode=floor coordinate_transformation_mode=asymmetric ; - f:1,1,2,2
Resize mode=nearest nearest_mode=ceil ; - f:1,1,0.5,0.5
Resize mode=nearest nearest_mode=round_prefer_ceil ; - f:1,1,3,3
Resize mode=linear coordinate_transformation_mode=pytorch_half_pixel ; - f:1,1,2,2
Resize mode=bogus ; - f:1,1,2,2 | Resize nearest_mode=bogus ; - f:1,1,2,2
Resize coordinate_transformation_mode=tf_crop_and_resize ; - f:1,1,2,2 | Resize antialias=1 ; - f:1,1,2,2
Resize ; - f:1,2,2,2 | Resize ; - f:2,2 | Resize | Resize axes=2,3 opset=18 ; - f:2,2
Resize axes=2,3 opset=18 ; - f:2 | Resize keep_aspect_ratio_policy=not_larger opset=18 ; - - i:1,4,9,9
Resize mode=cubic cubic_coeff_a=-0.5 exclude_outside=1 ; - f:1,1,2,2 | Resize ; - f:1,1,0,0
Resize opset=10 ; f:1,1,2,2
Upsample opset=9 ; f:1,1,2,2 | Upsample scales=1.0,1.0,2.0,2.0 opset=7 mode=linear | Upsample opset=9
MaxPool kernel_shape=2,2 strides=2,2 | MaxPool kernel_shape=3,3 pads=1,1,1,1 ceil_mode=1 strides=2,2
MaxPool kernel_shape=2,2 dilations=2,2 | MaxPool*2 kernel_shape=2,2 | MaxPool | MaxPool kernel_shape=9,9
MaxPool kernel_shape=2,2 auto_pad=SAME_UPPER | MaxPool kernel_shape=2 | MaxPool kernel_shape=2,2 pads=3,3,3,3
MaxPool kernel_shape=0,2 | MaxPool kernel_shape=2,
AveragePool kernel_shape=2,2 | AveragePool kernel_shape=3,3 pads=1,1,1,1 count_include_pad=1
AveragePool kernel_shape=3,3 pads=1,1,1,1 strides=2,2 ceil_mode=1
AveragePool kernel_shape=3,3 auto_pad=SAME_LOWER | AveragePool
LpPool kernel_shape=2,2 | LpPool kernel_shape=2,2 p=1 strides=2,2 | LpPool kernel_shape=2,2 p=0
LpPool kernel_shape=2,2 p=3
GlobalAveragePool
GlobalMaxPool
Shape | Shape start=1 end=3
Size
Einsum equation=x | Attention | TopK ; i:1 | NonZero | LSTM | QuantizeLinear ; s:1
"""


def add(runs: Runs):
    for name, graphs in _operators().items():
        files = {f"{index:02}.onnx": with_operator(graph) for index, graph in enumerate(graphs)}
        runs.add(f"operators/{name}", *(_explain(file) for file in files), files=files)
        runs.add(f"operators-converted/{name}",
                 "convert 00.onnx -o made.bin",
                 "inspect made.bin --json",
                 _explain("made.bin"),
                 files={"00.onnx": files["00.onnx"]})
    files = {f"{name}.onnx": content for name, content in _graphs().items()}
    for name in files:
        runs.add(
            f"broken-graphs/{name}",
            f"inspect {name}",
            _explain(name),
            files={name: files[name], "weights/w.data": bytes(range(256)) *
                   2, "outside/w.data": bytes(512)} if "external" in name else {name: files[name]})
    runs.add("broken-graphs/linked-data",
             link("w.data", "/dev/zero"),
             "inspect model.onnx",
             files={"model.onnx": _external("w.data")})


def _operators() -> dict[str, list[str]]:
    """The graphs of each operator, in the order of the lines."""
    found: dict[str, list[str]] = {}
    for line in LINES.strip().splitlines():
        for graph in line.split("|"):
            found.setdefault(graph.split()[0].partition("*")[0], []).append(graph.strip())
    return found


def _explain(model: str) -> list[str]:
    out = model.partition(".")[0]
    return [
        "explain", "cli/tiny.png", "-w", model, "-d", f"out-{out}", "-m", "gradcam,saliency", "--jsonl",
        "--quiet", "--heatmap", f"out-{out}/{{method}}.npy"
    ]


def _external(location: str, offset: str | None = None, length: str | None = None) -> bytes:
    entries = {"location": location, "offset": offset, "length": length}
    kept = b"".join(
        text(13,
             text(1, key) + text(2, entry)) for key, entry in entries.items() if entry is not None)
    weight = floats("stem.weight", [4, 3, 3, 3], extra=kept + number(14, 1))
    return Graph([STEM, node("Relu", ["c"], ["t"]), *HEAD], [weight, *HEAD_WEIGHTS]).model()


def _graphs() -> dict[str, bytes]:
    weights = [STEM_WEIGHT, *HEAD_WEIGHTS]
    relu = node("Relu", ["c"], ["t"])
    usual = [STEM, relu, *HEAD]
    graphs = {
        "right":
        Graph(usual, weights),
        "reversed":
        Graph(usual[::-1], weights),
        "no-nodes":
        Graph([], weights),
        "no-outputs":
        Graph(usual, weights, outputs=[]),
        "no-inputs":
        Graph(usual, weights, inputs=[]),
        "two-inputs":
        Graph([*usual, node("Add", ["z", "z"], ["q"])],
              weights,
              inputs=[value("x", [1, 3, 8, 8]), value("z", [1])]),
        "two-outputs":
        Graph(usual, weights, outputs=[value("y", [1, 5]), value("m", [1, 4])]),
        "map-output":
        Graph(usual, weights, outputs=[value("t", [1, 4, 8, 8])]),
        "open-sizes":
        Graph(usual, weights, inputs=[value("x", ["batch", 3, "h", "w"])]),
        "open-channels":
        Graph(usual, weights, inputs=[value("x", ["n", "c", 8, 8])]),
        "two-images":
        Graph(usual, weights, inputs=[value("x", [2, 3, 8, 8])]),
        "flat-input":
        Graph(usual, weights, inputs=[value("x", [1, 3])]),
        "absurd-input":
        Graph(usual, weights, inputs=[value("x", [1, 3, 1 << 40, 8])]),
        "four-channels":
        Graph(usual, weights, inputs=[value("x", [1, 4, 8, 8])]),
        "no-weights":
        Graph(usual, []),
        "weights-twice":
        Graph(usual, [*weights, STEM_WEIGHT]),
        "unnamed-weight":
        Graph(usual, [*weights, floats("", [1])]),
        "made-twice":
        Graph([STEM, relu, relu, *HEAD], weights),
        "cycle":
        Graph([STEM, node("Add", ["c", "t"], ["t"]), *HEAD], weights),
        "long-cycle":
        Graph([STEM, node("Add", ["c", "u"], ["t"]),
               node("Relu", ["t"], ["u"]), *HEAD], weights),
        "no-operator":
        Graph([STEM, node("", ["c"], ["t"]), *HEAD], weights),
        "makes-nothing":
        Graph([STEM, node("Relu", ["c"], []), *HEAD], weights),
        "missing-output":
        Graph([STEM, relu], weights),
        "constant-output":
        Graph([node("Identity", ["head.bias"], ["y"])], weights),
        "opset-0":
        Graph(usual, weights, opset=0),
        "opset-5":
        Graph(usual, weights, opset=5),
        "opset-99":
        Graph(usual, weights, opset=99),
        "softmax":
        Graph([
            STEM, relu, HEAD[0],
            node("Gemm", ["m", "head.weight"], ["g"], {"transB": "1"}),
            node("Softmax", ["g"], ["y"])
        ], weights),
        "sigmoid":
        Graph([
            STEM, relu, HEAD[0],
            node("Gemm", ["m", "head.weight"], ["g"], {"transB": "1"}),
            node("Sigmoid", ["g"], ["y"])
        ], weights),
        "constant-axes":
        Graph([
            STEM, relu,
            node("Constant", [], ["k"], {"value_ints": "2,3"}),
            node("ReduceMean", ["t", "k"], ["m"], {"keepdims": "0"}), HEAD[1]
        ],
              weights,
              opset=18),
        "constant-nothing":
        Graph([node("Constant", [], ["k"]), *usual], weights),
        "constant-text":
        Graph([node("Constant", [], ["k"], {"value_string": "a"}), *usual], weights),
        "constant-two":
        Graph([node("Constant", [], ["k"], {"value_int": "1", "value_ints": "1,2"}), *usual], weights),
        "range":
        Graph([STEM, node("Range", ["a", "b", "a"], ["k"]),
               node("Add", ["c", "k"], ["t"]), *HEAD],
              [*weights, floats("a", [], [1]), floats("b", [], [9])]),
        "range-none":
        Graph([STEM, node("Range", ["z", "z", "z"], ["k"]),
               node("Add", ["c", "k"], ["t"]), *HEAD], [*weights, floats("z", [], [0])]),
        "fill":
        Graph([STEM, node("ConstantOfShape", ["s"], ["k"]),
               node("Add", ["c", "k"], ["t"]), *HEAD], [*weights, integers("s", [4, 1, 1])]),
        "fill-absurd":
        Graph([STEM, node("ConstantOfShape", ["s"], ["k"]),
               node("Add", ["c", "k"], ["t"]), *HEAD], [*weights, integers("s", [1 << 30, 1 << 30])]),
    }
    made = {name: graph.model() for name, graph in graphs.items()}
    for name, words in {
            "right": ("weights/w.data", ), "at": ("weights/w.data", "64", "432"), "beyond":
        ("weights/w.data", "400"), "short": ("weights/w.data", "0", "100"), "no-number":
        ("weights/w.data", "x"), "missing": ("none.data", ), "above": ("../w.data", ), "inside-and-out":
        ("weights/../../w.data", ), "absolute": ("/dev/zero", ), "empty": ("", ), "folder": ("weights", ),
            "negative": ("weights/w.data", "-4")
    }.items():
        made[f"external-{name}"] = _external(*words)
    made["two-graphs"] = made["right"] + text(7, b"")
    made["old-version"] = number(1, 0) + made["right"][2:]
    made["quoted-twice"] = made["right"] + number(1, 9)
    return made
