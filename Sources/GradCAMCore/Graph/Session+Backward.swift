import ModelFormats

extension Session {
  /// Runs the last forward pass back, from a score to wherever hooks wait for gradients, and no further.
  ///
  /// May be called several times after one forward pass, with other gradients.
  ///
  /// - Parameters:
  ///   - gradient: of the score, with respect to the value at `point`; of its shape.
  ///   - point: where the score is taken.
  /// - Throws: `InputError` without a forward pass or for another shape; whatever a hook throws.
  public func backward(_ gradient: Tensor, at point: ScorePoint = .output) throws {
    try backward(gradient, at: point, reaching: nil)
  }

  /// The same, to the outputs of some calls alone, on which hooks wait for gradients.
  ///
  /// - Parameter calls: nil for all hooks.
  func backward(_ gradient: Tensor, at point: ScorePoint, reaching calls: Set<Int>?) throws {
    guard let pass else { throw InputError("", "a backward pass needs a forward pass before it") }
    guard let slot = pass.program.slot(at: point) else {
      throw InputError("", "the pass began behind the logits", remedy: "a score of the output")
    }
    try backward(gradient, pass, from: slot, reaching: calls)
  }

  /// Runs the last forward pass back from the output of a call that has forward hooks to those of `calls`, and no further.
  func backward(_ gradient: Tensor, atOutputOf call: Int, reaching calls: Set<Int>) throws {
    guard let pass else { throw InputError("", "a backward pass needs a forward pass before it") }
    let step = pass.program.backward.first { if case .leave(call, _) = $0.work { true } else { false } }
    // Without such a step, no hook waits behind the call.
    guard let step else { return }
    try backward(gradient, pass, from: step.outputs[0], reaching: calls)
  }

  private func backward(_ gradient: Tensor, _ pass: Pass, from slot: Slot, reaching calls: Set<Int>?) throws {
    guard pass.program.shapes[slot] == gradient.shape else {
      throw InputError("", "a gradient of the shape \(gradient.shape) for a value of \(pass.program.shapes[slot])")
    }
    var backward = BackwardPass(session: self, pass: pass, reaching: calls)
    try backward.run(gradient, at: slot)
  }
}

/// One backward pass under way.
private struct BackwardPass {
  let graph: Graph
  let hooks: HookTable
  let context: ExecutionContext
  let pass: Pass
  /// By slot, whether its gradient is wanted by a hook there or upstream.
  let wantsGradient: [Bool]
  /// Whether the pass goes to what it was fed, where hooks wait there.
  let reachesSource: Bool
  var gradients: [Tensor?]
  /// By call, the gradients at its output, once they are known.
  var gradOutputs: [Int: Tensor] = [:]

  /// - Parameter calls: those to go back to; nil for all that hooks wait on.
  init(session: Session, pass: Pass, reaching calls: Set<Int>?) {
    (graph, hooks, context, self.pass) = (session.graph, session.hooks, session.context, pass)
    wantsGradient = calls.map(pass.program.wantedGradients) ?? pass.program.wantsGradient
    reachesSource = calls == nil
    gradients = Array(repeating: nil, count: pass.program.shapes.count)
  }

  mutating func run(_ gradient: Tensor, at slot: Slot) throws {
    gradients[slot] = gradient
    for step in pass.program.backward.reversed() {
      switch step.work {
      case .node(let index): propagate(graph.nodes[index].operation, step)
      case .enter(let call): try enter(call, step)
      case .leave(let call, _): try leave(call, step)
      case .write, .operation: preconditionFailure("backward passes are not fused")
      }
      for slot in step.outputs { gradients[slot] = nil }
    }
    guard reachesSource else { return }
    let source = pass.program.source
    for hook in hooks.hooks(\.sources, of: HookTable.source) {
      try hook(gradients[source] ?? Tensor(repeating: 0, pass.program.shapes[source]))
    }
  }

  private mutating func propagate(_ operation: any Operation, _ step: Program.Step) {
    guard let gradient = gradients[step.outputs[0]] else { return }
    let wanted = step.inputs.map { wantsGradient[$0] }
    guard wanted.contains(true) else { return }
    let saved = Saved(
      inputShapes: step.inputs.map { pass.program.shapes[$0] },
      inputs: operation.keeps.contains(.inputs) ? step.inputs.map(pass.value) : [],
      output: operation.keeps.contains(.output) ? pass.value(step.outputs[0]) : nil)
    let results = operation.backward(gradient, saved, wanted: wanted, context)
    for (slot, result) in zip(step.inputs, results) { accumulate(result, at: slot) }
  }

  private mutating func accumulate(_ gradient: Tensor?, at slot: Slot) {
    guard let gradient, wantsGradient[slot] else { return }
    if let sum = gradients[slot] {
      gradients[slot] = sum.map(gradient, threads: context.threads) { $0 + $1 }
    } else {
      gradients[slot] = gradient
    }
  }

  /// The way back through a call's output: its pre-hooks, its replacements' pullbacks, and, where the pass ends here or its
  /// inputs' gradients are not wanted, its full backward hooks.
  private mutating func leave(_ call: Int, _ step: Program.Step) throws {
    guard var gradient = gradients[step.outputs[0]] else { return }
    let module = HookedModule(graph, call: call)
    for hook in hooks.hooks(\.backwardPre, of: graph.calls[call].module) {
      guard let replaced = try hook(module, [gradient]) else { continue }
      guard replaced.count == 1, replaced[0].shape == gradient.shape else {
        throw InputError("\(module.path)", "a backward pre-hook changed the gradients' number or shape")
      }
      gradient = replaced[0]
    }
    gradOutputs[call] = gradient
    var inner: Tensor? = gradient
    for replacement in (pass.replacements[call] ?? []).reversed() {
      inner = inner.flatMap { replacement.pullback?($0) }
      guard inner.map({ $0.shape == gradient.shape }) ?? true else {
        throw InputError("\(module.path)", "a replacement's pullback changed the gradient's shape")
      }
    }
    accumulate(inner, at: step.inputs[0])
    if inner == nil || !pass.program.firesOnEnter.contains(call) {
      // Their values are not part of this pass, and what hooks put there goes nowhere.
      let none = [Tensor?](repeating: nil, count: graph.calls[call].inputs.count)
      _ = try fire(call, module, none, shapes: [])
      gradOutputs[call] = nil
    }
  }

  /// The way back through a call's inputs: its full backward hooks, which may replace the gradients there.
  private mutating func enter(_ call: Int, _ step: Program.Step) throws {
    var received = step.outputs.map { gradients[$0] }
    // Without a gradient at the output the pass did not come this way, or the hooks have fired already.
    if gradOutputs[call] != nil {
      let module = HookedModule(graph, call: call)
      received = try fire(call, module, received, shapes: step.inputs.map { pass.program.shapes[$0] })
      gradOutputs[call] = nil
    }
    for (slot, gradient) in zip(step.inputs, received) { accumulate(gradient, at: slot) }
  }

  /// Fires a call's full backward hooks; gives the inputs' gradients that they leave.
  private func fire(
    _ call: Int, _ module: HookedModule, _ gradInputs: [Tensor?], shapes: [Shape]
  ) throws -> [Tensor?] {
    guard let gradOutput = gradOutputs[call] else { return gradInputs }
    var gradInputs = gradInputs
    for hook in hooks.hooks(\.backward, of: graph.calls[call].module) {
      guard let replaced = try hook(module, gradInputs, [gradOutput]) else { continue }
      let shapesFit = zip(replaced, shapes).allSatisfy { new, shape in new.map { $0.shape == shape } ?? true }
      guard replaced.count == gradInputs.count, shapesFit else {
        throw InputError("\(module.path)", "a full backward hook changed the gradients' number or shape")
      }
      gradInputs = replaced
    }
    return gradInputs
  }
}
