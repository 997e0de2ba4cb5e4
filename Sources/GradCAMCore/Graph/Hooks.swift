/// The module that a hook fires for.
public struct HookedModule: Sendable, Hashable {
  /// `resnet_blocks.4`; empty for the network itself.
  public let path: String
  /// `ResNetBlock`, `Conv2d`.
  public let kind: String
  /// Which of the module's runs in the pass this is, from 0; a shared ReLU has several.
  public let call: Int
}

/// What a forward hook puts in the place of a module's output.
public struct Replacement {
  let output: Tensor
  let pullback: ((Tensor) -> Tensor)?

  /// - Parameters:
  ///   - output: of the same shape as what it replaces.
  ///   - pullback: the gradient with respect to the old output, from the gradient with respect to the new one. Without it the new
  ///     output is a constant, and no gradient flows to the module or beyond (in PyTorch autograd would find the way itself).
  public init(_ output: Tensor, pullback: ((Tensor) -> Tensor)? = nil) {
    (self.output, self.pullback) = (output, pullback)
  }
}

/// Sees a module's inputs and output when it has run, and may replace the output.
public typealias ForwardHook = (_ module: HookedModule, _ inputs: [Tensor], _ output: Tensor) throws -> Replacement?

/// Sees the gradients at a module's inputs and output when its backward pass is through, and may replace the former.
///
/// `gradInputs` has an entry for each input, nil where that gradient was not computed. Returning nil changes nothing.
public typealias FullBackwardHook = (
  _ module: HookedModule, _ gradInputs: [Tensor?], _ gradOutputs: [Tensor]
) throws -> [Tensor?]?

/// Sees the gradient at a module's output before its backward pass, and may replace it.
public typealias FullBackwardPreHook = (_ module: HookedModule, _ gradOutputs: [Tensor]) throws -> [Tensor]?

/// Sees the gradient at what a pass was fed: the network's input, or the activations that the pass was resumed with.
public typealias SourceHook = (_ gradient: Tensor) throws -> Void

/// What `register…Hook` returns: removes the hook. As in PyTorch, dropping the handle leaves the hook in place.
public final class RemovableHandle {
  private weak var table: HookTable?
  private let id: Int

  init(_ table: HookTable, id: Int) { (self.table, self.id) = (table, id) }

  /// Takes the hook out; harmless when it is out already.
  public func remove() { table?.remove(id) }
}

/// The hooks of one session, by module.
final class HookTable {
  /// Hooks of one kind by module: a pass asks for them once a call.
  typealias Entries<Hook> = [Int: [Entry<Hook>]]

  struct Entry<Hook> {
    let id: Int
    let hook: Hook
    let needsGradInputs: Bool
  }

  /// What a module's hooks ask of a pass.
  struct Needs: Hashable {
    var forward = false
    var backward = false
    var gradInputs = false
  }

  var forward: Entries<ForwardHook> = [:]
  var backward: Entries<FullBackwardHook> = [:]
  var backwardPre: Entries<FullBackwardPreHook> = [:]
  /// Of the module `source`.
  var sources: Entries<SourceHook> = [:]
  private(set) var nextID = 0

  /// What stands for a module in the place of hooks on a pass's source.
  static let source = -1

  func add<Hook>(
    _ hook: Hook, to list: ReferenceWritableKeyPath<HookTable, Entries<Hook>>, of module: Int, prepend: Bool = false,
    needsGradInputs: Bool = false
  ) -> RemovableHandle {
    let entry = Entry(id: nextID, hook: hook, needsGradInputs: needsGradInputs)
    let count = self[keyPath: list][module]?.count ?? 0
    self[keyPath: list][module, default: []].insert(entry, at: prepend ? 0 : count)
    nextID += 1
    return RemovableHandle(self, id: entry.id)
  }

  func remove(_ id: Int) { remove { $0 == id } }

  /// Removes every hook registered since `nextID` was `first`.
  func removeAll(from first: Int) { remove { $0 >= first } }

  private func remove(_ isOut: (Int) -> Bool) {
    func rest<Hook>(_ entries: Entries<Hook>) -> Entries<Hook> {
      entries.compactMapValues { entries in
        let kept = entries.filter { !isOut($0.id) }
        return kept.isEmpty ? nil : kept
      }
    }
    (forward, backward, backwardPre, sources) = (rest(forward), rest(backward), rest(backwardPre), rest(sources))
  }

  /// By module, what its hooks ask for; the part of a pass's plan that depends on hooks.
  var needs: [Int: Needs] {
    var needs: [Int: Needs] = [:]
    for module in forward.keys { needs[module, default: Needs()].forward = true }
    for module in backwardPre.keys { needs[module, default: Needs()].backward = true }
    for (module, entries) in backward {
      needs[module, default: Needs()].backward = true
      if entries.contains(where: \.needsGradInputs) { needs[module, default: Needs()].gradInputs = true }
    }
    if !sources.isEmpty { needs[Self.source, default: Needs()].gradInputs = true }
    return needs
  }

  /// A module's hooks of one kind. A hook may register and remove hooks; a list is read once, before its hooks run.
  func hooks<Hook>(_ list: KeyPath<HookTable, Entries<Hook>>, of module: Int) -> [Hook] {
    (self[keyPath: list][module] ?? []).map(\.hook)
  }
}
