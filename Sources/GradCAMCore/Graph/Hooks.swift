/// The module that a hook fires for.
public struct HookedModule: Sendable, Hashable {
  /// `resnet_blocks.4`; empty for the network itself.
  public let path: String
  /// `ResNetBlock`, `Conv2d`.
  public let kind: String
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
  private struct Entry<Hook> {
    let id: Int
    let module: Int
    let hook: Hook
    var needsGradInputs = false
  }

  /// What a module's hooks ask of a pass.
  struct Needs: Hashable {
    var forward = false
    var backward = false
    var gradInputs = false
  }

  private var forwardHooks: [Entry<ForwardHook>] = []
  private var backwardHooks: [Entry<FullBackwardHook>] = []
  private var backwardPreHooks: [Entry<FullBackwardPreHook>] = []
  private var sourceHooks: [Entry<SourceHook>] = []
  private(set) var nextID = 0

  func addForward(_ module: Int, prepend: Bool, _ hook: @escaping ForwardHook) -> RemovableHandle {
    insert(Entry(id: nextID, module: module, hook: hook), into: &forwardHooks, prepend)
  }

  func addBackward(
    _ module: Int, prepend: Bool, needsGradInputs: Bool, _ hook: @escaping FullBackwardHook
  ) -> RemovableHandle {
    let entry = Entry(id: nextID, module: module, hook: hook, needsGradInputs: needsGradInputs)
    return insert(entry, into: &backwardHooks, prepend)
  }

  func addBackwardPre(_ module: Int, prepend: Bool, _ hook: @escaping FullBackwardPreHook) -> RemovableHandle {
    insert(Entry(id: nextID, module: module, hook: hook), into: &backwardPreHooks, prepend)
  }

  /// What stands for a module in the place of hooks on a pass's source.
  static let source = -1

  func addSource(_ hook: @escaping SourceHook) -> RemovableHandle {
    insert(Entry(id: nextID, module: Self.source, hook: hook), into: &sourceHooks, false)
  }

  private func insert<Hook>(_ entry: Entry<Hook>, into list: inout [Entry<Hook>], _ prepend: Bool) -> RemovableHandle {
    list.insert(entry, at: prepend ? 0 : list.count)
    nextID += 1
    return RemovableHandle(self, id: entry.id)
  }

  func remove(_ id: Int) { remove { $0 == id } }

  /// Removes every hook registered since `nextID` was `first`.
  func removeAll(from first: Int) { remove { $0 >= first } }

  private func remove(_ isOut: (Int) -> Bool) {
    forwardHooks.removeAll { isOut($0.id) }
    backwardHooks.removeAll { isOut($0.id) }
    backwardPreHooks.removeAll { isOut($0.id) }
    sourceHooks.removeAll { isOut($0.id) }
  }

  /// By module, what its hooks ask for; the part of a pass's plan that depends on hooks.
  var needs: [Int: Needs] {
    var needs: [Int: Needs] = [:]
    for entry in forwardHooks { needs[entry.module, default: Needs()].forward = true }
    for entry in backwardPreHooks { needs[entry.module, default: Needs()].backward = true }
    for entry in backwardHooks {
      needs[entry.module, default: Needs()].backward = true
      if entry.needsGradInputs { needs[entry.module, default: Needs()].gradInputs = true }
    }
    if !sourceHooks.isEmpty { needs[Self.source, default: Needs()].gradInputs = true }
    return needs
  }

  // A hook may register and remove hooks; each list is read once, before its hooks run.
  func forward(_ module: Int) -> [ForwardHook] { forwardHooks.filter { $0.module == module }.map(\.hook) }
  func backward(_ module: Int) -> [FullBackwardHook] { backwardHooks.filter { $0.module == module }.map(\.hook) }
  func source() -> [SourceHook] { sourceHooks.map(\.hook) }
  func backwardPre(_ module: Int) -> [FullBackwardPreHook] {
    backwardPreHooks.filter { $0.module == module }.map(\.hook)
  }
}
