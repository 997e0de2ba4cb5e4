/// The classes and functions that a pickle may name as the makers of its objects.
///
/// None of them is ever run: what a pickle would have made by one is kept as a node that says so. These are let pass
/// because they mean no more than data, and checkpoints hold them beside the weights. All others are refused, which
/// tells a user what the file would have done elsewhere.
enum PickleAllowList {
  /// The node that stands for what `name` would make; nil for what is refused.
  static func kind(of name: String) -> PickleNode.Kind? {
    if dictionaries.contains(name) { return .dictionary }
    if sets.contains(name) { return .set }
    if name == "collections.deque" { return .list }
    return objects.contains(name) ? .object : nil
  }

  /// Functions that make an object of the class which is their first argument.
  static let reconstructors: Set = [
    "copyreg._reconstructor", "copy_reg._reconstructor", "copyreg.__newobj__", "copy_reg.__newobj__",
  ]

  private static let dictionaries: Set = [
    "builtins.dict", "__builtin__.dict", "collections.OrderedDict", "collections.defaultdict", "collections.Counter",
    // What Lightning and others keep a model's settings in.
    "pytorch_lightning.utilities.parsing.AttributeDict", "lightning.pytorch.utilities.parsing.AttributeDict",
    "lightning_fabric.utilities.data.AttributeDict", "lightning.fabric.utilities.data.AttributeDict",
    "easydict.EasyDict", "yacs.config.CfgNode",
  ]

  private static let sets: Set = [
    "builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset",
  ]

  private static let objects: Set = [
    "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3",
    "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
    "torch._utils._rebuild_qtensor", "torch._utils._rebuild_sparse_tensor", "torch._tensor._rebuild_from_type_v2",
    "torch.Size", "torch.device", "torch.serialization._get_layout",
    "torchvision.transforms.functional.InterpolationMode",

    "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
    "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer",

    "builtins.bytearray", "__builtin__.bytearray", "builtins.bytes", "__builtin__.bytes", "_codecs.encode",
    "builtins.complex", "__builtin__.complex", "builtins.slice", "__builtin__.slice",
    "builtins.range", "__builtin__.range", "__builtin__.xrange",

    "argparse.Namespace", "types.SimpleNamespace",
    "datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta", "datetime.timezone",
    "pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath",
    "pathlib.PurePath", "pathlib.PurePosixPath", "pathlib.PureWindowsPath",
    "pathlib._local.Path", "pathlib._local.PosixPath", "pathlib._local.WindowsPath",
  ]

  /// The error for a maker that is not on the list.
  ///
  /// - Parameter isWhole: whether the pickle is nothing but this object.
  static func refusal(of name: String, isWhole: Bool) -> InputError {
    if isWhole || ["torch.nn.", "torchvision.models.", "timm."].contains(where: name.hasPrefix) {
      return InputError(
        "", "holds a whole pickled module (\(name.printable)), which only its own Python code can load",
        remedy: .saveWeightsOrExport)
    }
    if name == "torch.storage._load_from_bytes" {
      return InputError("", "was written by pickle, not by torch.save", remedy: .saveWeights)
    }
    return InputError("", "asks for \(name.printable), which is never run", remedy: .saveWeightsAlone)
  }
}

extension Message {
  // What to do with a checkpoint that is none, or more than weights.
  static let saveWeights: Message = "save the weights with torch.save(model.state_dict(), 'weights.pth')"
  static let saveWeightsAlone: Message = "save the weights alone: torch.save(model.state_dict(), 'weights.pth')"
  static let saveWeightsOrExport: Message =
    "save the weights alone, torch.save(model.state_dict(), 'weights.pth'), or export the model to ONNX"
}
