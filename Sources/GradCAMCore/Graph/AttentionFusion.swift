/// Joins softmax(Q·Kᵀ)·V, with the factors and masks in it and the movements around it, to one step wherever nobody needs the values
/// between.
///
/// Queries, keys and values are read where the last operation that computed left them, and the result is written in the order that the
/// movements behind it would bring it to. What is joined agrees with the separate steps to rounding, not to the byte.
struct AttentionFusion {
  private let steps: [Program.Step]
  private let graph: Graph
  private let shapes: [Shape]
  private let kept: Set<Slot>
  private var producers: [Slot: Int] = [:]
  private var consumers: [Slot: [Int]] = [:]
  private var result: [Program.Step?]

  /// Scores of fewer queries times keys are left alone.
  private static let fewScores = 64
  /// The longest way that is followed from one step to the next.
  private static let reach = 24

  static func fuse(_ steps: [Program.Step], _ graph: Graph, shapes: [Shape], kept: Set<Slot>) -> [Program.Step] {
    var fusion = AttentionFusion(steps, graph, shapes, kept)
    for index in steps.indices { fusion.fuse(at: index) }
    return Program.needed(fusion.result.compactMap { $0 }, kept: kept)
  }

  private init(_ steps: [Program.Step], _ graph: Graph, _ shapes: [Shape], _ kept: Set<Slot>) {
    (self.steps, self.graph, self.shapes, self.kept) = (steps, graph, shapes, kept)
    result = steps
    for (index, step) in steps.enumerated() {
      for slot in step.outputs { producers[slot] = index }
      for slot in Set(step.inputs) { consumers[slot, default: []].append(index) }
    }
  }

  private mutating func fuse(at index: Int) {
    guard case .shares(let axis)? = graph.operation(of: steps[index])?.attentionPart,
      let slot = steps[index].inputs.first, shapes[slot].rank >= 2,
      shapes[slot].axis(axis) == shapes[slot].rank - 1, let scores = scores(slot, Self.reach),
      let product = product(behind: index),
      let (step, absorbed) = step(scores, product: product.index, shares: product.shares)
    else { return }
    replace(scores.steps + [index] + product.between + absorbed, by: step, at: absorbed.last ?? product.index)
  }

  /// Puts a joined step in the place of others.
  ///
  /// Attentions that follow must not look through the joined step, nor join what it reads.
  private mutating func replace(_ absorbed: [Int], by step: Program.Step, at place: Int) {
    for index in absorbed {
      result[index] = nil
      for slot in steps[index].outputs { producers[slot] = nil }
    }
    result[place] = step
    for slot in Set(step.inputs) where !consumers[slot, default: []].contains(place) {
      consumers[slot, default: []].append(place)
    }
  }

  private func part(_ index: Int) -> FusionPart? { graph.operation(of: steps[index])?.fusionPart }

  private func movement(_ index: Int) -> Movement? {
    guard let operation = graph.operation(of: steps[index]), steps[index].inputs.count == 1 else { return nil }
    return operation.movement(shapes[steps[index].inputs[0]], shapes[steps[index].outputs[0]])
  }

  /// The only step that uses what `slot` holds.
  private func soleConsumer(_ slot: Slot) -> Int? {
    guard !kept.contains(slot), let users = consumers[slot], users.count == 1 else { return nil }
    return users[0]
  }

  // MARK: The scores

  private struct Mask {
    enum Source { case slot(Slot), constant(Tensor) }
    var source: Source
    /// What it is added to.
    var scores: Shape
  }

  /// A product of queries and keys, and what is done to it before the softmax.
  private struct Scores {
    /// The step of the product.
    let product: Int
    var factor = 1.0
    var masks: [Mask] = []
    var steps: [Int]
  }

  private func scores(_ slot: Slot, _ reach: Int) -> Scores? {
    guard reach > 0, soleConsumer(slot) != nil, let index = producers[slot] else { return nil }
    let step = steps[index]
    var found: Scores?
    switch part(index) {
    case .matmul?: return Scores(product: index, steps: [index])
    case .factor(let factor)? where shapes[step.inputs[0]] == shapes[slot]:
      found = scores(step.inputs[0], reach - 1)
      // Masks are added to products as they are.
      guard found?.masks.isEmpty ?? false else { return nil }
      found?.factor *= factor
    case .bias(let constant)? where shapes[step.inputs[0]] == shapes[slot]:
      found = scores(step.inputs[0], reach - 1)
      found?.masks.append(Mask(source: .constant(constant), scores: shapes[slot]))
    case .addition? where step.inputs.count == 2 && step.inputs[0] != step.inputs[1]:
      for (own, other) in [(0, 1), (1, 0)] where found == nil && shapes[step.inputs[own]] == shapes[slot] {
        found = scores(step.inputs[own], reach / 2)
        found?.masks.append(Mask(source: .slot(step.inputs[other]), scores: shapes[slot]))
      }
    default:
      guard isSplitOfStack(index) else { return nil }
      found = scores(step.inputs[0], reach - 1)
    }
    found?.steps.append(index)
    return found
  }

  /// Whether a step only arranges matrices in a stack of other sizes.
  private func isSplitOfStack(_ index: Int) -> Bool {
    guard let movement = movement(index), movement.parts.isEmpty, movement.order == nil else { return false }
    let (input, output) = (shapes[steps[index].inputs[0]], shapes[steps[index].outputs[0]])
    return input.rank >= 2 && output.rank >= 2 && input.dimensions.suffix(2) == output.dimensions.suffix(2)
  }

  /// The product of the shares that a softmax gives and of values, and the steps between.
  private func product(behind softmax: Int) -> (index: Int, shares: Slot, between: [Int])? {
    var (slot, between) = (steps[softmax].outputs[0], [Int]())
    while between.count < Self.reach, let next = soleConsumer(slot) {
      if case .matmul? = part(next) {
        let inputs = steps[next].inputs
        return inputs[0] == slot && inputs[1] != slot ? (next, slot, between) : nil
      }
      guard isSplitOfStack(next) else { return nil }
      between.append(next)
      slot = steps[next].outputs[0]
    }
    return nil
  }

  // MARK: The step

  /// Where a value was before it was moved about, and scaled.
  private struct Source {
    var slot: Slot
    var view: StridedView
    var factor = 1.0
  }

  private func source(_ slot: Slot, factors: Bool, _ reach: Int = AttentionFusion.reach) -> Source {
    let here = Source(slot: slot, view: StridedView(shapes[slot]))
    guard reach > 0, let index = producers[slot], steps[index].inputs.count == 1 else { return here }
    let input = steps[index].inputs[0]
    if factors, case .factor(let factor)? = part(index), shapes[input] == shapes[slot] {
      var inner = source(input, factors: true, reach - 1)
      inner.factor *= factor
      return inner
    }
    guard let movement = movement(index) else { return here }
    let inner = source(input, factors: factors, reach - 1)
    if let view = movement.view(inner.view, output: shapes[slot]) {
      return Source(slot: inner.slot, view: view, factor: inner.factor)
    }
    return movement.view(StridedView(shapes[input]), output: shapes[slot]).map { Source(slot: input, view: $0) } ?? here
  }

  /// The joined step, and the steps from the second product on that are part of it.
  private func step(_ scores: Scores, product: Int, shares: Slot) -> (Program.Step, [Int])? {
    let (first, second) = (steps[scores.product], steps[product])
    let (a, b, scoresShape) = (shapes[first.inputs[0]], shapes[first.inputs[1]], shapes[first.outputs[0]])
    let (v, mixed) = (shapes[second.inputs[1]], shapes[second.outputs[0]])
    let (stack, mixedStack) = (Array(scoresShape.dimensions.dropLast(2)), Array(mixed.dimensions.dropLast(2)))
    let (count, queries, keys) = (stack.reduce(1, *), a.rank < 2 ? 0 : a[a.rank - 2], b.dimensions.last ?? 0)
    guard min(a.rank, b.rank, v.rank, shapes[shares].rank) >= 2, mixedStack.reduce(1, *) == count,
      shapes[shares].dimensions.dropLast(2).reduce(1, *) == count, a.count > 0, b.count > 0, v.count > 0,
      queries * keys >= Self.fewScores
    else { return nil }
    let (query, value) = (source(first.inputs[0], factors: true), source(second.inputs[1], factors: false))
    var key = source(first.inputs[1], factors: true)
    key.view = key.view.permuted(Array(0..<b.rank - 2) + [b.rank - 1, b.rank - 2])
    let target = target(of: product)
    var attention = HeadAttention(
      queryCount: queries, keyCount: keys, width: a[a.rank - 1], valueWidth: v[v.rank - 1],
      query: HeadAttention.Stack(query.view, in: stack), key: HeadAttention.Stack(key.view, in: stack),
      value: HeadAttention.Stack(value.view, in: mixedStack), output: HeadAttention.Stack(target.view, in: mixedStack),
      factor: Float(scores.factor * query.factor * key.factor))
    var inputs = [query.slot, key.slot, value.slot]
    var constants: [Tensor?] = []
    for mask in scores.masks {
      guard let (view, constant) = view(mask) else { return nil }
      attention.masks.append(HeadAttention.Stack(view, in: Array(mask.scores.dimensions.dropLast(2))))
      constants.append(constant)
      if case .slot(let slot) = mask.source { inputs.append(slot) }
    }
    var step = Program.Step(
      work: .write(FusedAttention(attention: attention, masks: constants)), inputs: inputs,
      outputs: steps[target.steps.last ?? product].outputs)
    step.node = first.node
    return (step, [product] + target.steps)
  }

  /// A mask as a look at its slot's memory, or at that of a constant in logical order.
  private func view(_ mask: Mask) -> (StridedView, Tensor?)? {
    let (view, shape, constant): (StridedView?, Shape, Tensor?)
    switch mask.source {
    case .slot(let slot): (view, shape, constant) = (StridedView(shapes[slot]), shapes[slot], nil)
    case .constant(let tensor):
      let flat = tensor.reshaped(to: Shape(tensor.count))
      (view, shape, constant) = (StridedView(flat.shape).reshaped(to: tensor.shape.dimensions), tensor.shape, flat)
    }
    let missing = Array(repeating: 1, count: max(2 - shape.rank, 0))
    return view?.reshaped(to: missing + shape.dimensions).map { ($0, constant) }
  }

  /// Where the second product's elements go, through the movements behind it, and the steps of these.
  private func target(of product: Int) -> (view: StridedView, steps: [Int]) {
    let slot = steps[product].outputs[0]
    var (found, path) = ((view: StridedView(shapes[slot]), steps: [Int]()), [(movement: Movement, input: Shape)]())
    var last = slot
    while path.count < Self.reach, let next = soleConsumer(last), let movement = movement(next) {
      path.append((movement, shapes[last]))
      last = steps[next].outputs[0]
      var view: StridedView? = StridedView(shapes[last])
      for (movement, input) in path.reversed() { view = view.flatMap { movement.origin($0, input: input) } }
      guard let view else { break }
      found = (view, found.steps + [next])
    }
    return found
  }
}

/// Attention of all heads as one step, whose inputs are queries, keys, values, and the masks that are no constants.
struct FusedAttention: Writer {
  let attention: HeadAttention
  /// By mask, its numbers; nil for those among the inputs.
  let masks: [Tensor?]
  var algorithm: String? { "attention" }
  var scratch: Int { attention.scratch }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    var rest = inputs.dropFirst(3)
    let masks = masks.map { $0 ?? rest.removeFirst() }
    let pass = HeadAttention.Pass(
      query: inputs[0].elements, key: inputs[1].elements, value: inputs[2].elements, masks: masks.map(\.elements),
      output: output)
    withExtendedLifetime(masks) { attention.run(pass, context) }
  }
}

extension Graph {
  /// The operation that a step runs as it is.
  func operation(of step: Program.Step) -> (any Operation)? {
    switch step.work {
    case .node(let index): nodes[index].operation
    case .operation(let operation): operation
    case .write, .enter, .leave: nil
    }
  }
}

extension Program {
  /// The steps whose results somebody needs, and those where hooks fire.
  static func needed(_ steps: [Step], kept: Set<Slot>) -> [Step] {
    var used = kept
    var needed: [Step] = []
    for step in steps.reversed() {
      switch step.work {
      case .node, .operation, .write: if !step.outputs.contains(where: used.contains) { continue }
      case .enter, .leave: break
      }
      used.formUnion(step.inputs)
      needed.append(step)
    }
    return needed.reversed()
  }
}
