/// A layer of a pickled module by its class, where it has no weights that tell it: an activation, a pooling, an identity.
package struct PlainLayer: Sendable, Hashable {
  /// As `named_modules()` has it.
  package let path: String
  /// The class in `torch.nn`: `ReLU`.
  package let kind: String

  package init(path: String, kind: String) { (self.path, self.kind) = (path, kind) }

  private static let modules = [
    "torch.nn.modules.activation.", "torch.nn.modules.pooling.", "torch.nn.modules.linear.Identity",
  ]

  init?(_ path: String, className: String) {
    guard Self.modules.contains(where: className.hasPrefix), let kind = className.split(separator: ".").last else {
      return nil
    }
    self.init(path: path, kind: String(kind))
  }
}

/// The weights of a whole pickled module, as `torch.save(model)` writes it and TorchScript keeps it: an object for each module, whose
/// state holds its tensors and the modules inside it.
///
/// What the module computes is code that the file may or may not bring and that is never run. Its weights are of use where somebody else
/// tells what they are: a class of a library whose networks are known, or the user.
struct PickledModule {
  /// The class, as Python names it: `torchvision.models.resnet.ResNet`.
  let className: String
  /// Whether the module is TorchScript's, which keeps tensors and modules as plain attributes.
  let isScript: Bool
  private let root: PickleValue
  private let contents: TorchContents

  /// Modules nest no deeper in any real network.
  private static let deepest = 64
  private static let scriptPrefix = "__torch__."

  /// - Returns: nil where `value` is no module.
  init?(_ value: PickleValue, in contents: TorchContents) {
    guard let node = contents.pickle.node(value), let maker = node.maker,
      let state = contents.pickle.entries(node.state)
    else { return nil }
    isScript = maker.hasPrefix(Self.scriptPrefix)
    guard isScript || state.contains(where: { $0.key == "_modules" }) else { return nil }
    className = Self.pythonName(maker)
    (root, self.contents) = (value, contents)
  }

  /// The name without what TorchScript adds: its prefix, and the numbers by which it tells classes of one name apart.
  private static func pythonName(_ maker: String) -> String {
    guard maker.hasPrefix(scriptPrefix) else { return maker }
    let parts = maker.dropFirst(scriptPrefix.count).split(separator: ".")
    return parts.filter { !$0.hasPrefix("___torch_mangle_") }.joined(separator: ".")
  }

  /// Whether the class is one of a library whose networks are known by their weights, be it wrapped for training.
  var isOfKnownLibrary: Bool {
    var (module, depth) = (self, 0)
    while Self.wrappers.contains(module.className), depth < 4 {
      guard
        let inner = module.children(in: module.state(of: module.root)).first(where: {
          ["module", "_orig_mod"].contains($0.key)
        }),
        let next = PickledModule(inner.value, in: contents)
      else { return false }
      (module, depth) = (next, depth + 1)
    }
    return Self.libraries.contains(where: module.className.hasPrefix)
  }

  private static let libraries = [
    "torchvision.models.", "timm.models.", "transformers.models.", "monai.networks.nets.",
  ]
  private static let wrappers: Set = [
    "torch.nn.parallel.data_parallel.DataParallel", "torch.nn.parallel.distributed.DistributedDataParallel",
    "torch._dynamo.eval_frame.OptimizedModule", "torch.optim.swa_utils.AveragedModel",
  ]

  /// What the modules of a file may cost in all: a module that many others hold is looked through, and named, as often.
  final class Budget {
    private var entriesLeft = 1 << 21
    private var bytesLeft = 1 << 26

    /// Takes off what was looked at, and the bytes of names that are about to be made.
    fileprivate func spend(entries: Int, bytes: Int) throws(InputError) {
      entriesLeft -= entries
      bytesLeft -= bytes
      guard entriesLeft >= 0, bytesLeft >= 0 else { throw PickledModule.endless }
    }
  }

  private static let endless = InputError("", "is damaged: its modules nest without end")

  /// The tensors under the names that `state_dict()` gives them, and the layers that have none.
  ///
  /// - Throws: `InputError` without a subject: modules without end.
  func stateDict(_ budget: Budget) throws(InputError) -> (
    tensors: [(key: String, value: PickleValue)], layers: [PlainLayer]
  ) {
    var found: [(key: String, value: PickleValue)] = []
    var layers: [PlainLayer] = []
    var open = [(prefix: "", module: root, depth: 0)]
    while let (prefix, module, depth) = open.popLast() {
      guard depth < Self.deepest else { throw Self.endless }
      let state = state(of: module)
      let (tensors, inside) = (tensors(in: state), children(in: state))
      let named = tensors.count + inside.count
      let bytes = (tensors + inside).reduce(named * prefix.utf8.count) { $0 + $1.key.utf8.count }
      try budget.spend(entries: 1 + state.count + named, bytes: bytes)
      found += tensors.map { (prefix + $0.key, $0.value) }
      layers += inside.compactMap { name, child in
        let maker = contents.pickle.node(child)?.maker ?? ""
        return PlainLayer(prefix + name, className: Self.pythonName(maker))
      }
      open += inside.reversed().map { ("\(prefix)\($0.key).", $0.value, depth + 1) }
    }
    return (found, layers)
  }

  var source: TorchCheckpoint.Source { isScript ? .torchScript : .module }

  /// What is said of a module whose class tells nothing.
  var refusal: InputError {
    guard isScript else { return PickleClasses.refusal(of: className, isModule: true) }
    return InputError(
      "", "is a TorchScript program (\(className.printable)), which is never run", remedy: .saveWeightsOrExport)
  }

  private func state(of module: PickleValue) -> [(key: String, value: PickleValue)] {
    contents.pickle.node(module).flatMap { contents.pickle.entries($0.state) } ?? []
  }

  private func tensors(in state: [(key: String, value: PickleValue)]) -> [(key: String, value: PickleValue)] {
    if isScript { return state.filter { contents.isTensor($0.value) } }
    let left = Set(
      state.first { $0.key == "_non_persistent_buffers_set" }.map { contents.pickle.texts($0.value) } ?? [])
    let holders = state.filter { ["_parameters", "_buffers"].contains($0.key) }
    return holders.flatMap { contents.pickle.entries($0.value) ?? [] }.filter {
      contents.isTensor($0.value) && !left.contains($0.key)
    }
  }

  private func children(in state: [(key: String, value: PickleValue)]) -> [(key: String, value: PickleValue)] {
    let named =
      isScript ? state : state.first { $0.key == "_modules" }.flatMap { contents.pickle.entries($0.value) } ?? []
    return named.filter { contents.pickle.node($0.value)?.maker != nil && !contents.isTensor($0.value) }
  }
}
