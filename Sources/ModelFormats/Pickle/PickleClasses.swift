/// What the classes and functions that a pickle names mean to us.
///
/// None of them is ever run: what a pickle would have made by one is kept as a node that says so. Checkpoints hold objects of any
/// package beside the weights (settings, callbacks, histories), and as nodes they are no more than data. Only what weights
/// themselves are made of has to be known: see `TorchContents.tensor`.
enum PickleClasses {
  /// The node that stands for what `name` would make.
  static func kind(of name: String) -> PickleNode.Kind {
    if dictionaries.contains(name) { return .dictionary }
    if sets.contains(name) { return .set }
    return name == "collections.deque" ? .list : .object
  }

  /// Functions that make an object of the class which is their first argument.
  static let reconstructors: Set = [
    "copyreg._reconstructor", "copy_reg._reconstructor", "copyreg.__newobj__", "copy_reg.__newobj__",
  ]

  private static let dictionaries: Set = [
    "builtins.dict", "__builtin__.dict", "collections.OrderedDict", "collections.defaultdict", "collections.Counter",
  ]

  private static let sets: Set = [
    "builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset",
  ]

  /// What stands for a storage where `pickle` wrote it, and not `torch.save`.
  static let pickledStorage = "torch.storage._load_from_bytes"

  /// The refusal of an object that stands where weights are looked for.
  ///
  /// - Parameter isModule: whether it is a network with its weights.
  static func refusal(of name: String, isModule: Bool) -> InputError {
    if isModule {
      return InputError(
        "", "holds a whole pickled module (\(name.printable)), which only its own Python code can load",
        remedy: .saveWeightsOrExport)
    }
    if name == pickledStorage {
      return InputError("", "was written by pickle, not by torch.save", remedy: .saveWeights)
    }
    return InputError("", "asks for \(name.printable), which is never run", remedy: .saveWeightsAlone)
  }
}

extension Message {
  // What to do with a checkpoint that is none, or more than weights.
  static let saveWeights: Message = "save the weights with torch.save(model.state_dict(), 'weights.pth')"
  static let saveWeightsAlone: Message = "save the weights alone: torch.save(model.state_dict(), 'weights.pth')"
  static let saveWeightsOrExport: Message = "export it to ONNX, or save model.state_dict() alone: gradcam help export"
  static let exportByHelp: Message = "export the model to ONNX: gradcam help export"
}
