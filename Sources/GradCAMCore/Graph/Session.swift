public import ModelFormats

/// What a forward pass gives.
public struct Outputs: Sendable {
  /// What leaves the network.
  public let output: Tensor
  /// The value before a final sigmoid or softmax; nil where the pass began behind it.
  public let logits: Tensor?
}

/// A running network: its hooks, and what its last forward pass left for a backward pass.
///
/// A graph is shared by all; a session belongs to one thread at a time.
///
/// Hooks are PyTorch's, with two differences. Gradients of a module's inputs are computed only for hooks registered with
/// `needsGradInputs`, or where something upstream wants them: that makes a pass that stops at a late layer almost free. And a
/// replaced output is a constant unless its replacement brings a pullback.
public final class Session {
  /// Which value a score is taken of.
  public enum ScorePoint: String, Sendable, CaseIterable {
    /// The value before a final sigmoid or softmax.
    case logit
    /// The network's own output.
    case output
  }

  private struct Key: Hashable {
    var shape: Shape
    var resumed: Int?
    var beside: [Value: Shape]
    var wanted: [Value]
    var needs: [Int: HookTable.Needs]
  }

  /// The network that runs.
  public let graph: Graph
  let context: ExecutionContext
  let hooks = HookTable()
  private var programs: [Key: Program] = [:]
  /// Memory of values that only passes see, overwritten by the next one.
  private var arena: TensorStorage?
  /// Sees every step of a forward pass, the shapes of all slots, and the seconds it took.
  var observer: ((Program.Step, [Shape], Double) -> Void)?
  var pass: Pass?

  /// - Parameters:
  ///   - threads: cores for one pass.
  ///   - engine: which convolution algorithms may be used.
  ///   - vectors: a narrower level of inner loops than the processor's, for checking; of one that it cannot do, its best.
  public init(_ graph: Graph, threads: Int = 1, engine: Engine = .auto, vectors: VectorLevel = .auto) {
    self.graph = graph
    context = ExecutionContext(threads: threads, engine: engine, kernels: VectorKernels(vectors) ?? .best)
  }

  /// A session with hooks and passes of its own over the same graph, which shares the threads and the scratch memory of another.
  ///
  /// The two belong to the same thread; one pass runs at a time.
  ///
  /// - Parameter graph: another that runs; nil for the same.
  init(beside other: Session, _ graph: Graph? = nil) { (self.graph, context) = (graph ?? other.graph, other.context) }

  // MARK: Hooks

  /// Calls `hook` whenever the module at `path` has run, after the hooks registered before (with `prepend`, ahead of them).
  ///
  /// - Parameter path: as PyTorch prints it; empty for the whole network.
  /// - Throws: `InputError` when there is no such module.
  public func registerForwardHook(
    _ path: String, prepend: Bool = false, _ hook: @escaping ForwardHook
  ) throws(InputError) -> RemovableHandle {
    hooks.add(hook, to: \.forward, of: try graph.resolve(path), prepend: prepend)
  }

  /// Calls `hook` whenever a backward pass has gone through the module at `path`.
  ///
  /// - Parameter needsGradInputs: whether gradients at the module's inputs have to be computed for it.
  /// - Throws: `InputError` when there is no such module.
  public func registerFullBackwardHook(
    _ path: String, prepend: Bool = false, needsGradInputs: Bool = false, _ hook: @escaping FullBackwardHook
  ) throws(InputError) -> RemovableHandle {
    hooks.add(
      hook, to: \.backward, of: try graph.resolve(path), prepend: prepend, needsGradInputs: needsGradInputs)
  }

  /// Calls `hook` whenever a backward pass is about to go through the module at `path`.
  ///
  /// - Throws: `InputError` when there is no such module.
  public func registerFullBackwardPreHook(
    _ path: String, prepend: Bool = false, _ hook: @escaping FullBackwardPreHook
  ) throws(InputError) -> RemovableHandle {
    hooks.add(hook, to: \.backwardPre, of: try graph.resolve(path), prepend: prepend)
  }

  /// Calls `hook` when a backward pass has come to what the pass was fed: the network's input, or the activations that it was
  /// resumed with. PyTorch's counterpart is a hook on the input tensor.
  public func registerSourceHook(_ hook: @escaping SourceHook) -> RemovableHandle {
    hooks.add(hook, to: \.sources, of: HookTable.source)
  }

  /// Runs `body` and removes every hook registered meanwhile, also when it throws.
  public func withHooks<Result>(_ body: () throws -> Result) rethrows -> Result {
    let first = hooks.nextID
    defer { hooks.removeAll(from: first) }
    return try body()
  }

  // MARK: Passes

  /// Runs the network over a batch. What the pass before kept is gone, even if this one fails.
  ///
  /// - Parameter input: N C H W.
  /// - Throws: `InputError` naming the module that the shape does not fit; whatever a hook throws.
  public func forward(_ input: Tensor) throws -> Outputs {
    releasePass()
    return try run(try program(source: input.shape, resumed: nil), input)
  }

  /// Runs what follows the layer at `path`, from given activations; the layer's forward hooks do not fire.
  ///
  /// - Parameter activations: what leaves the layer, N C H W for any N.
  /// - Throws: `InputError` when there is no such layer, or when a connection passes it by; whatever a hook throws.
  public func forward(resumingAt path: String, with activations: Tensor) throws -> Outputs {
    let module = graph.modules[try graph.resolve(path)]
    return try forward(resumingBehind: module.calls[module.calls.count - 1], with: activations)
  }

  /// The same behind one of a module's calls.
  ///
  /// - Parameter beside: what passes the call by, as `Bypass` lists it.
  func forward(
    resumingBehind call: Int, with activations: Tensor, beside: [Value: Tensor] = [:]
  ) throws -> Outputs {
    releasePass()
    do {
      let program = try program(source: activations.shape, resumed: call, beside: beside.mapValues(\.shape))
      return try run(program, activations, beside)
    } catch let error as InputError {
      throw error.about("\(graph.modules[graph.calls[call].module].path)")
    }
  }

  /// Runs the network over a batch, and gives some of its values as they are before anything is made of them.
  ///
  /// - Throws: as `forward`.
  func values(_ wanted: [Value], of input: Tensor) throws -> [Tensor] {
    releasePass()
    defer { releasePass() }
    let program = try program(source: input.shape, resumed: nil, wanted: wanted)
    _ = try run(program, input)
    return pass.map { pass in program.wanted.map(pass.value) } ?? []
  }

  /// Forgets what the last forward pass left.
  public func releasePass() { pass = nil }

  func program(
    source: Shape, resumed: Int?, beside: [Value: Shape] = [:], wanted: [Value] = []
  ) throws(InputError) -> Program {
    let key = Key(shape: source, resumed: resumed, beside: beside, wanted: wanted, needs: hooks.needs)
    if let program = programs[key] { return program }
    let program = try ProgramCompiler.compile(
      graph, source: source, resumed: resumed, beside: beside, wanted: wanted, needs: key.needs, engine: context.engine)
    // A few: the plain one, the hooked one, a resumed one; more means shapes that keep changing.
    if programs.count >= 8 { programs.removeAll() }
    programs[key] = program
    return program
  }

  private func run(_ program: Program, _ source: Tensor, _ beside: [Value: Tensor] = [:]) throws -> Outputs {
    var pass = Pass(
      program: program, values: Array(repeating: nil, count: program.shapes.count),
      arena: freeArena(program.memory.size))
    pass.values[program.source] = source
    for (value, slot) in program.beside { pass.values[slot] = beside[value] }
    for step in program.forward {
      let start = observer == nil ? 0 : secondsNow()
      try run(step, &pass)
      for slot in step.frees { pass.values[slot] = nil }
      observer?(step, pass.program.shapes, secondsNow() - start)
    }
    self.pass = pass
    return Outputs(output: pass.value(program.output), logits: program.logits.map(pass.value))
  }

  private func run(_ step: Program.Step, _ pass: inout Pass) throws {
    let inputs = step.inputs.map { pass.value($0) }
    switch step.work {
    case .node(let index): pass.values[step.outputs[0]] = graph.nodes[index].operation.forward(inputs, context)
    case .operation(let operation): pass.values[step.outputs[0]] = operation.forward(inputs, context)
    case .write(let writer):
      let output = memory(step.outputs[0], pass)
      writer.forward(inputs, to: output.storage.base, context)
      pass.values[step.outputs[0]] = output
    case .enter: for (slot, value) in zip(step.outputs, inputs) { pass.values[slot] = value }
    case .leave(let call, let fires): pass.values[step.outputs[0]] = try fires ? leave(call, inputs, &pass) : inputs[0]
    }
  }

  /// The session's arena where nothing lives in it, else a new one: a hook may run a pass of its own in the middle of another.
  private func freeArena(_ size: Int) -> TensorStorage {
    if isKnownUniquelyReferenced(&arena), let arena, arena.count >= size { return arena }
    let made = TensorStorage(count: size)
    arena = made
    return made
  }

  /// A tensor for what a step writes: a place in the arena, or memory of its own.
  private func memory(_ slot: Slot, _ pass: Pass) -> Tensor {
    let shape = pass.program.shapes[slot]
    guard let place = pass.program.memory.places[slot] else { return Tensor(shape) { _ in } }
    let storage = TensorStorage(borrowing: pass.arena.base + place, count: shape.count, owner: pass.arena)
    return Tensor(shape: shape, storage: storage)
  }

  /// Fires a call's forward hooks; gives the output that they leave.
  private func leave(_ call: Int, _ values: [Tensor], _ pass: inout Pass) throws -> Tensor {
    let index = graph.calls[call].module
    let module = HookedModule(graph, call: call)
    var output = values[0]
    for hook in hooks.hooks(\.forward, of: index) {
      guard let replacement = try hook(module, Array(values.dropFirst()), output) else { continue }
      guard replacement.output.shape == output.shape else {
        throw InputError(
          "\(module.path)", "a forward hook gave an output of \(replacement.output.shape)",
          remedy: "the shape \(output.shape)")
      }
      output = replacement.output
      pass.replacements[call, default: []].append(replacement)
    }
    return output
  }
}

extension HookedModule {
  init(_ graph: Graph, call: Int) {
    let call = graph.calls[call]
    let record = graph.modules[call.module]
    self.init(path: record.path, kind: record.kind, call: call.ordinal)
  }
}

/// What a forward pass leaves for backward passes.
struct Pass {
  let program: Program
  var values: [Tensor?]
  /// Memory of the values that only this pass sees.
  let arena: TensorStorage
  /// By call, what forward hooks put in the place of its output, in order.
  var replacements: [Int: [Replacement]] = [:]

  /// The tensor in a slot. Its absence is a bug of the compiler's.
  func value(_ slot: Slot) -> Tensor {
    guard let value = values[slot] else { preconditionFailure("a value freed too early") }
    return value
  }
}
