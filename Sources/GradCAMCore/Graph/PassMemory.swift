import ModelFormats

/// What a pass through a graph takes, in bytes.
struct PassMemory: Hashable {
  /// Stays with the graph, for all sessions: weights in the engine's orders, as far as they are not there yet.
  var weights = 0
  /// Stays with the session.
  var arena = 0
  /// Is given back behind the pass: values that others see, and gradients, at their most.
  var values = 0
}

extension Session {
  /// What a forward pass over an input of a shape, with the hooks that are registered now, takes, and a backward pass behind it.
  ///
  /// - Throws: as `forward`.
  func memory(for input: Shape) throws(InputError) -> PassMemory {
    let program = try program(source: input, resumed: nil)
    let values = saturatingSum(program.mostValues, input.count)
    let float = MemoryLayout<Float>.stride
    let most = program.forward.reduce(0) { max($0, $1.writer?.scratch ?? 0) }
    let scratch = saturatingProduct(most, context.threads.count)
    return PassMemory(
      weights: saturatingProduct(graph.weightsToPack(by: program), float),
      arena: saturatingProduct(saturatingSum(program.memory.size, scratch), float),
      values: saturatingProduct(values, float))
  }
}

extension Program {
  /// The most floats that live outside the arena at any time: of values in a forward pass, or of what is left of them and gradients.
  fileprivate var mostValues: Int {
    let isMade = isMade
    var (live, most) = (0, 0)
    for step in forward {
      for slot in made(by: step) { live = saturatingSum(live, shapes[slot].count) }
      most = max(most, live)
      for slot in step.frees where isMade[slot] { live -= shapes[slot].count }
    }
    return max(most, saturatingSum(live, mostGradients))
  }

  /// By slot, whether its tensor finds memory of its own.
  private var isMade: [Bool] {
    var isMade = [Bool](repeating: false, count: shapes.count)
    for step in forward { for slot in made(by: step) { isMade[slot] = true } }
    return isMade
  }

  /// What a step of the forward pass puts outside the arena. An operation that hands its input on is counted, too.
  private func made(by step: Step) -> [Slot] {
    switch step.work {
    case .node, .operation, .write: step.outputs.filter { memory.places[$0] == nil }
    case .enter, .leave: []
    }
  }

  /// The most floats of gradients in a backward pass that begins at the output.
  private var mostGradients: Int {
    var live = Set<Slot>([output])
    var (floats, most) = (shapes[output].count, shapes[output].count)
    for step in backward.reversed() {
      for slot in step.inputs where wantsGradient[slot] {
        let size = shapes[slot].count
        // A second gradient of a value is there beside the first and their sum.
        if !live.insert(slot).inserted {
          most = max(most, saturatingSum(floats, saturatingProduct(size, 2)))
        } else if case .node = step.work {
          floats = saturatingSum(floats, size)
        }
      }
      most = max(most, floats)
      guard case .node = step.work else { continue }
      for slot in step.outputs where live.remove(slot) != nil { floats -= shapes[slot].count }
    }
    return most
  }
}

extension Graph {
  /// Floats of the weights that passes of a program bring into an order that they are not in yet.
  fileprivate func weightsToPack(by program: Program) -> Int {
    var seen = Set<WeightOrder>()
    var floats = 0
    func add(_ packing: (weight: ConvolutionWeight, form: ConvolutionWeight.Form)?) {
      guard let packing, !packing.weight.has(packing.form) else { return }
      let order = WeightOrder(weight: ObjectIdentifier(packing.weight), form: packing.form)
      if seen.insert(order).inserted { floats = saturatingSum(floats, packing.weight.count(packing.form)) }
    }
    for step in program.forward {
      guard let node = step.node, let input = step.inputs.first, let output = step.outputs.first else { continue }
      add(nodes[node].operation.packing(program.shapes[input], program.shapes[output]))
    }
    for step in program.backward {
      guard let node = step.node, let input = step.inputs.first, program.wantsGradient[input] else { continue }
      add(nodes[node].operation.gradientPacking(program.shapes[input], program.shapes[step.outputs[0]]))
    }
    return floats
  }
}

private struct WeightOrder: Hashable {
  let weight: ObjectIdentifier
  let form: ConvolutionWeight.Form
}
