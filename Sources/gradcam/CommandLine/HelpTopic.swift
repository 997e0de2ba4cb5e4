import GradCAMCore

/// A page of `gradcam help` that is about no command.
struct HelpTopic: Sendable {
  let name: String
  let summary: String
  let lines: [String]

  static let all = [export, presets]

  /// What `--preprocess` does by each of its words.
  static let presets = HelpTopic(
    name: "presets", summary: "what the presets of --preprocess do",
    lines: [
      "resize and crop make the picture as large as the model's input. Without them it keeps its size, or",
      "takes the size that the model says. Then each sample x, 0 to 255, becomes (x / scale - mean) / std.",
      "",
    ]
      + Preprocessing.presets.flatMap { name, preset in
        ["\(name)", "  \(preset.description.replacing(",", with: " "))"]
      }
      + [
        "", "A pair after a preset changes it: --preprocess imagenet,crop=288. imagenet-squash resizes without",
        "keeping proportions. tf is what Keras calls tf, and caffe has blue first and no scale.",
      ])

  /// How to make an ONNX file of what is not read: an entry for each kind of source, with lines of Python that work when pasted.
  static let export = HelpTopic(
    name: "export", summary: "how to make an ONNX file of any model",
    lines: [
      "gradcam reads the graph of an ONNX file as it is. Any network that computes scores from one image can",
      "be exported. Export it in evaluation mode, in float32, and before any thresholding.",
    ]
      + section(
        "A PyTorch module in memory",
        [
          "import torch",
          "model.eval()",
          "image = torch.zeros(1, 3, 224, 224)",
          "torch.onnx.export(model, (image,), \"model.onnx\", external_data=False)",
        ])
      + section(
        "A checkpoint (.pth, .ckpt, .safetensors) of an architecture that gradcam does not know",
        [
          "from my_project import Network",
          "model = Network(classes=5)",
          "model.load_state_dict(torch.load(\"model.pth\", map_location=\"cpu\")[\"state_dict\"])",
          "torch.onnx.export(model.eval(), (image,), \"model.onnx\", external_data=False)",
        ])
      + section(
        "A whole pickled module (torch.save(model))",
        [
          "import my_project",
          "model = torch.load(\"model.pth\", map_location=\"cpu\", weights_only=False)",
          "model.eval()",
          "torch.onnx.export(model, (image,), \"model.onnx\", external_data=False)",
        ])
      + section(
        "TorchScript (torch.jit.save)",
        [
          "import torch",
          "model = torch.jit.load(\"model.pt\", map_location=\"cpu\").eval()",
          "image = torch.zeros(1, 3, 224, 224)",
          "torch.onnx.export(model, (image,), \"model.onnx\", dynamo=False)",
        ])
      + section(
        "torch.export (.pt2)",
        [
          "import torch",
          "program = torch.export.load(\"model.pt2\")",
          "exported = torch.onnx.export(program, dynamo=True)",
          "exported.save(\"model.onnx\")",
        ])
      + section(
        "Keras 3 (.keras, .h5), and SavedModel or TensorFlow Lite through tf2onnx",
        [
          "import keras",
          "model = keras.saving.load_model(\"model.keras\")",
          "model(keras.ops.zeros((1, 224, 224, 3)))  # PyTorch's backend wants one call before",
          "model.export(\"model.onnx\", format=\"onnx\")",
          "# python -m tf2onnx.convert --saved-model FOLDER --output model.onnx (or --tflite FILE)",
        ])
      + section(
        "A wrapper in the manner of scikit-learn (skorch), fastai or Lightning: export the module inside",
        [
          "model = net.module_          # skorch",
          "model = learn.model          # fastai",
          "model = lightning_module     # Lightning: itself, or the attribute that holds the network",
          "torch.onnx.export(model.eval(), (image,), \"model.onnx\", external_data=False)",
        ])
      + [
        "",
        "A file whose architecture is one that gradcam knows needs no export: save the weights alone with",
        "torch.save(model.state_dict(), \"weights.pth\"). --arch NAME takes the weights of a pickled module or of",
        "TorchScript for that network's.",
      ])

  private static func section(_ title: String, _ code: [String]) -> [String] {
    ["", "\(title):"] + code.map { "  \($0)" }
  }
}
